import type {PatchOperation, UsagePlan as SdkUsagePlan, ThrottleSettings} from '@aws-sdk/client-api-gateway'
import {KeyValue} from '../domain/keys.js'
import type {Quota, Throttle} from '../domain/limits.js'
import {type StageRef, stageKey} from '../domain/plan-stages.js'
import type {PlanChange, PlanStore, UsagePlan} from '../domain/plans.js'
import {Problem} from '../domain/problem.js'
import type {Session} from '../domain/session.js'
import {openApiGateway} from './api-gateway.js'
import {allPages} from './paging.js'
import {changeTags} from './tags.js'

/** Usage plans over the SDK. */
export async function openPlans(session: Session): Promise<PlanStore> {
  const {sdk, send} = await openApiGateway(session)
  const inTurn = oneByOne()
  return {
    async *list({keyId}) {
      const filter = keyId === undefined ? {} : {keyId}
      const plans = allPages(page => send(new sdk.GetUsagePlansCommand({...page, ...filter})), session)
      for await (const plan of plans) yield usagePlanFrom(plan)
    },
    async create({apiStages, ...plan}) {
      return usagePlanFrom(await send(new sdk.CreateUsagePlanCommand({...plan, apiStages: [...apiStages]})))
    },
    async update(id, change) {
      const patchOperations = patchOf(change)
      return usagePlanFrom(await send(new sdk.UpdateUsagePlanCommand({usagePlanId: id, patchOperations})))
    },
    changeTags: (id, change) => changeTags(session, `/usageplans/${id}`, change),
    async delete(id) {
      await send(new sdk.DeleteUsagePlanCommand({usagePlanId: id}))
    },
    async *keys(id) {
      const keys = allPages(page => send(new sdk.GetUsagePlanKeysCommand({...page, usagePlanId: id})), session)
      for await (const key of keys) yield {id: key.id ?? '', name: key.name, value: new KeyValue(key.value ?? '')}
    },
    async addKey(planId, keyId) {
      const input = {usagePlanId: planId, keyId, keyType: 'API_KEY'}
      await inTurn(() => send(new sdk.CreateUsagePlanKeyCommand(input))).catch(error => {
        throw inPlainWords(error)
      })
    },
    async removeKey(planId, keyId) {
      await inTurn(() => send(new sdk.DeleteUsagePlanKeyCommand({usagePlanId: planId, keyId})))
    },
  }
}

/**
 * The service carries out one CreateUsagePlanKey at a time in an account and Region, and refuses what comes beside it.
 * Source: AWS support, in serverless/serverless#12065; hashicorp/terraform-provider-aws#10092. That DeleteUsagePlanKey is
 * alike is assumed.
 */
function oneByOne(): <Output>(call: () => Promise<Output>) => Promise<Output> {
  let last: Promise<unknown> = Promise.resolve()
  return call => {
    const next = last.then(call, call)
    last = next
    return next
  }
}

/** Recorded: the service has one sentence for a key that is on the plan already and for one on a rival of it. */
const SHARED_STAGE = /cannot reference multiple Usage Plans with the same API Stage: (\S+)/

function inPlainWords(error: unknown): unknown {
  if (!(error instanceof Problem)) return error
  const stage = SHARED_STAGE.exec(error.message)?.[1]
  if (stage === undefined) return error
  const text = `The key is on a plan with the stage ${stage} already, and can be on only one.`
  return new Problem(error.kind, text, 'See which: apigw keys get KEY', error)
}

/** Source: patch operations of UsagePlan; a stage is added and removed by value, its path has no suffix. */
function patchOf(change: PlanChange): PatchOperation[] {
  const {name, description, throttle, quota, productCode} = change
  const {addStages = [], removeStages = [], methodThrottles = []} = change
  return [
    ...replaced('/name', name),
    ...replaced('/description', description),
    ...limitPatch('/throttle', throttle),
    ...limitPatch('/quota', quota),
    ...(productCode === null ? removed('/productCode') : replaced('/productCode', productCode)),
    ...removeStages.map(stage => ({op: 'remove' as const, path: '/apiStages', value: stageKey(stage)})),
    ...addStages.flatMap(stage => [
      {op: 'add' as const, path: '/apiStages', value: stageKey(stage)},
      ...methodThrottlePatch(stage),
    ]),
    ...methodThrottles.flatMap(methodThrottlePatch),
  ]
}

/**
 * Each method by itself, so that what somebody else says of another at the same time is not lost. Recorded:
 * `/throttle/probe/GET/rateLimit` sets what is kept as `/probe/GET`, the path with its slashes; Terraform's provider
 * proves that `replace` also sets what was not there, on a stage that the same call adds.
 */
function methodThrottlePatch({
  throttle = {},
  ...stage
}: StageRef & {throttle?: Readonly<Record<string, Throttle | null>>}): PatchOperation[] {
  return Object.entries(throttle).flatMap(([method, limit]) =>
    limitPatch(`/apiStages/${stageKey(stage)}/throttle${method.replaceAll('~', '~0')}`, limit),
  )
}

function replaced(path: string, value: string | number | undefined): PatchOperation[] {
  return value === undefined ? [] : [{op: 'replace', path, value: String(value)}]
}

const removed = (path: string): PatchOperation[] => [{op: 'remove', path}]

function limitPatch(path: string, limit: Partial<Throttle> | Quota | null | undefined): PatchOperation[] {
  if (limit === undefined) return []
  if (limit === null) return removed(path)
  return Object.entries(limit).flatMap(([name, value]) => replaced(`${path}/${name}`, value))
}

function usagePlanFrom(plan: SdkUsagePlan): UsagePlan {
  return {
    id: plan.id ?? '',
    name: plan.name ?? '',
    description: plan.description,
    throttle: plan.throttle && throttleFrom(plan.throttle),
    quota: plan.quota && {
      limit: plan.quota.limit ?? 0,
      period: plan.quota.period ?? 'DAY',
      offset: plan.quota.offset ?? 0,
    },
    apiStages: (plan.apiStages ?? []).map(({apiId = '', stage = '', throttle = {}}) => ({
      apiId,
      stage,
      throttle: Object.fromEntries(Object.entries(throttle).map(([method, limits]) => [method, throttleFrom(limits)])),
    })),
    productCode: plan.productCode,
    tags: plan.tags ?? {},
  }
}

const throttleFrom = ({rateLimit = 0, burstLimit = 0}: ThrottleSettings): Throttle => ({rateLimit, burstLimit})
