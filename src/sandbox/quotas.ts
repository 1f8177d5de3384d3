import {ServiceError} from './errors.js'

/** A rate: `burst` calls at once, then one more every `interval` milliseconds. */
export interface Rate {
  burst: number
  interval: number
}

/**
 * Control-plane rates of API Gateway, fixed and per account.
 * Source: Amazon API Gateway quotas, "Quotas for creating, deploying and managing an API" (April 2026).
 * "5 requests per second" is a bucket of 5 that refills one every 200 ms.
 */
export const CONTROL_PLANE_RATES: Readonly<Record<string, Rate>> = {
  CreateApiKey: {burst: 5, interval: 200},
  DeleteApiKey: {burst: 5, interval: 200},
  CreateResource: {burst: 5, interval: 200},
  DeleteResource: {burst: 5, interval: 200},
  GetResources: {burst: 5, interval: 400},
  CreateDeployment: {burst: 1, interval: 5_000},
  'CreateRestApi:REGIONAL': {burst: 1, interval: 3_000},
  'CreateRestApi:EDGE': {burst: 1, interval: 30_000},
  PutRestApi: {burst: 1, interval: 1_000},
  DeleteRestApi: {burst: 1, interval: 30_000},
  UpdateAccount: {burst: 1, interval: 20_000},
  UpdateUsagePlan: {burst: 1, interval: 20_000},
  CreateDomainName: {burst: 1, interval: 30_000},
  UpdateDomainName: {burst: 1, interval: 30_000},
  DeleteDomainName: {burst: 1, interval: 30_000},
  CreateVpcLink: {burst: 1, interval: 15_000},
  DeleteVpcLink: {burst: 1, interval: 30_000},
  CreateDocumentationVersion: {burst: 1, interval: 20_000},
  ImportDocumentationParts: {burst: 1, interval: 30_000},
}

/** All operations together. */
export const TOTAL_RATE: Rate = {burst: 40, interval: 100}

/** Enforces the control plane's rates as the service does: one call too many is answered 429 and changes nothing. */
export class ControlPlaneQuotas {
  readonly #buckets = new Map<string, TokenBucket>()
  readonly #total: TokenBucket

  constructor(private readonly millis: () => number) {
    this.#total = new TokenBucket(TOTAL_RATE, millis())
  }

  /** @throws ServiceError TooManyRequestsException */
  take(operation: string, input: Record<string, unknown>): void {
    const now = this.millis()
    const name = rateName(operation, input)
    const rate = CONTROL_PLANE_RATES[name]
    if (!this.#total.take(now)) throw tooMany()
    if (!rate) return
    let bucket = this.#buckets.get(name)
    if (!bucket) {
      bucket = new TokenBucket(rate, now)
      this.#buckets.set(name, bucket)
    }
    if (!bucket.take(now)) throw tooMany()
  }
}

/** Creating and importing share a rate, and edge-optimized APIs have a slower one of their own. */
function rateName(operation: string, input: Record<string, unknown>): string {
  if (operation !== 'CreateRestApi' && operation !== 'ImportRestApi') return operation
  const configuration = input.endpointConfiguration as {types?: string[]} | undefined
  const parameters = input.parameters as Record<string, string> | undefined
  const type = configuration?.types?.[0] ?? parameters?.endpointConfigurationTypes ?? 'EDGE'
  return type === 'EDGE' ? 'CreateRestApi:EDGE' : 'CreateRestApi:REGIONAL'
}

/** `Retry-After: 1` is an assumption: the model declares the header, no recording shows its value. */
const tooMany = () => new ServiceError('TooManyRequestsException', 429, 'Too Many Requests', {'retry-after': '1'})

/** A token bucket that starts full. Times are milliseconds. */
export class TokenBucket {
  #tokens: number
  #updated: number

  constructor(
    private readonly rate: Rate,
    now: number,
  ) {
    this.#tokens = rate.burst
    this.#updated = now
  }

  take(now: number): boolean {
    this.#tokens = Math.min(this.rate.burst, this.#tokens + (now - this.#updated) / this.rate.interval)
    this.#updated = now
    if (this.#tokens < 1) return false
    this.#tokens -= 1
    return true
  }
}
