import type {ApiKey, ThrottleSettings} from '@aws-sdk/client-api-gateway'
import {masked} from '../logs/log-writer.js'
import {TokenBucket} from '../quotas.js'
import type {Store, UsagePlanRecord} from '../store.js'
import {header} from './fields.js'
import {GatewayFault} from './gateway-responses.js'
import type {Invocation} from './invocation.js'
import {countRequest, remainingRequests} from './quota.js'

/** Rate and burst of all APIs of an account in a Region (Amazon API Gateway quotas, April 2026; large Regions). */
const ACCOUNT_THROTTLE = {rateLimit: 10_000, burstLimit: 5_000}

/** API keys, usage plans, throttles and quotas: who may call, and how often. */
export class UsageGate {
  readonly #buckets = new Map<string, TokenBucket>()

  constructor(
    private readonly store: Store,
    private readonly millis: () => number,
  ) {}

  /** Takes one of the requests that the account has in a Region, all its APIs together. */
  admitsToAccount(region: string): boolean {
    return this.#take(`account ${region}`, ACCOUNT_THROTTLE)
  }

  /**
   * Lets a request through to its method. Throttles are asked from the narrowest to the widest: the plan's, for the
   * method or else for the key, then the stage's for the method.
   * @throws GatewayFault INVALID_API_KEY, THROTTLED or QUOTA_EXCEEDED
   */
  admit(invocation: Invocation): void {
    const {log, method, request, resource} = invocation
    const value = keyValueOf(invocation)
    const shown = masked(value ?? '')
    const apiStage = `${invocation.apiId}/${invocation.stage.stageName}`
    const called = `'${request.httpMethod} ${resource.path}'`
    log.info(`Verifying Usage Plan for request: ${invocation.requestId}. API Key: ${shown} API Stage: ${apiStage}`)
    log.phase()
    const found = subscriptionOf(invocation, value)
    if (method.apiKeyRequired && !(typeof found === 'object' && found.key.enabled)) {
      const reason = typeof found === 'string' ? found : 'No Usage Plan found for key and API Stage'
      log.error(
        `API Key ${shown} not authorized because method ${called} requires API Key and ` +
          `API Key is not associated with a Usage Plan for API Stage ${apiStage}: ${reason}`,
      )
      throw new GatewayFault('INVALID_API_KEY')
    }
    // A key that is sent to a method that does not ask for one is counted and limited like a required one.
    if (typeof found === 'object') this.#admitToPlan(found, invocation, shown, apiStage)
    else {
      log.info(
        `API Key ${shown} authorized because method ${called} does not require API Key. ` +
          'Request will not contribute to throttle or quota limits',
      )
    }
    this.#admitToMethod(invocation)
    if (typeof found === 'object' && found.record.plan.quota) {
      countRequest(found.record, found.key.id!, this.millis())
      this.store.touch()
    }
    log.info(`Usage Plan check succeeded for API Key ${shown} and API Stage ${apiStage}`)
  }

  #admitToPlan({key, record}: Subscription, invocation: Invocation, shown: string, apiStage: string): void {
    const {apiId, log, request, resource, stage} = invocation
    const {plan} = record
    invocation.apiKey = key.value
    Object.assign(invocation.context.identity, {apiKey: key.value, apiKeyId: key.id})
    const methods = plan.apiStages?.find(part => part.apiId === apiId && part.stage === stage.stageName)?.throttle
    const methodKey = `${resource.path}/${request.httpMethod}`
    // That a limit of ANY holds for each verb, as a stage's setting does, is an assumption.
    const own = methods?.[methodKey] ?? methods?.[`/${methodKey}`] ?? methods?.[`${resource.path}/ANY`]
    const limits = own ?? plan.throttle
    const bucket = own ? `plan ${plan.id} ${key.id} ${apiStage} ${methodKey}` : `plan ${plan.id} ${key.id}`
    if (limits && !this.#take(bucket, limits)) {
      log.error(
        `API Key ${shown} exceeded throttle limit for API Stage ${apiStage}: Key throttle limit exceeded for ` +
          `Usage Plan ID ${plan.id}, ${limitedMethod(invocation)} ${limitsText(limits)}`,
      )
      throw new GatewayFault('THROTTLED')
    }
    if (remainingRequests(record, key.id!, this.millis()) <= 0) {
      log.error(
        `API Key ${shown} exceeded quota limit for API Stage ${apiStage}: Key quota exhausted for ` +
          `Usage Plan ID ${plan.id}. Q Limit: ${plan.quota?.limit} Period: ${plan.quota?.period}`,
      )
      throw new GatewayFault('QUOTA_EXCEEDED')
    }
  }

  #admitToMethod(invocation: Invocation): void {
    const {apiId, log, request, resource, setting, stage} = invocation
    const limits = {rateLimit: setting?.throttlingRateLimit, burstLimit: setting?.throttlingBurstLimit}
    if (limits.rateLimit === undefined && limits.burstLimit === undefined) return
    // -1 stands for "no limit of its own".
    if ((limits.rateLimit ?? 0) < 0 || (limits.burstLimit ?? 0) < 0) return
    if (this.#take(`stage ${apiId} ${stage.stageName} ${resource.id} ${request.httpMethod}`, limits)) return
    log.error(`Key throttle limit exceeded for ${limitedMethod(invocation)} ${limitsText(limits)}`)
    throw new GatewayFault('THROTTLED')
  }

  /**
   * Takes a token of a bucket; a bucket whose limits were changed starts full again. What stands in for a limit that is
   * left out is an assumption: the account's rate, and for the burst one second's worth of the rate.
   */
  #take(name: string, {rateLimit, burstLimit}: ThrottleSettings): boolean {
    const now = this.millis()
    const rate = rateLimit ?? ACCOUNT_THROTTLE.rateLimit
    const burst = burstLimit ?? Math.max(1, rate)
    const id = `${name} ${rate} ${burst}`
    let bucket = this.#buckets.get(id)
    if (!bucket) {
      bucket = new TokenBucket({burst, interval: 1000 / rate}, now)
      this.#buckets.set(id, bucket)
    }
    return bucket.take(now)
  }
}

interface Subscription {
  key: ApiKey
  record: UsagePlanRecord
}

/** By the API's choice the key comes in the `x-api-key` header or from the authorizer. */
function keyValueOf({context, request, snapshot}: Invocation): string | undefined {
  if (snapshot.api.apiKeySource === 'AUTHORIZER') return context.authorizer?.usageIdentifierKey as string | undefined
  return header(request.headers, 'x-api-key') || undefined
}

/** The key with its plan for the stage, or why there is none in the words of the execution log. */
function subscriptionOf({apiId, stage, state}: Invocation, value: string | undefined): Subscription | string {
  if (!value) return 'API Key was required but not present'
  const records = Object.values(state.usagePlans).filter(({plan}) =>
    plan.apiStages?.some(part => part.apiId === apiId && part.stage === stage.stageName),
  )
  if (records.length === 0) return 'API Stage is not in a Usage Plan'
  const key = state.apiKeys.withValue(value)
  const record = key && records.find(({keyIds}) => keyIds.has(key.id!))
  return record ? {key, record} : 'No Usage Plan found for key and API Stage'
}

const limitedMethod = ({apiId, request, resource, stage}: Invocation) =>
  `RestApi ${apiId}, Stage ${stage.stageName}, Resource ${resource.id}, HttpMethod ${request.httpMethod}.`

const limitsText = ({rateLimit = 0, burstLimit = 0}: ThrottleSettings) =>
  `Limit: ${rateLimit.toFixed(2)} Burst: ${burstLimit}`
