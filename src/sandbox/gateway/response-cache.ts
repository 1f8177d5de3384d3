import type {CacheClusterStatus, Stage} from '@aws-sdk/client-api-gateway'
import {header, setHeader} from './fields.js'
import {GatewayFault} from './gateway-responses.js'
import type {Invocation, MethodResponse} from './invocation.js'
import {mappedRequestValue} from './parameter-mapping.js'

/** The largest answer that is kept, in bytes (Amazon API Gateway quotas, April 2026). */
const MAX_ITEM = 1_048_576

/** The cache of a stage: answers of integrations, kept for as long as the method's settings say. */
export class ResponseCache {
  readonly #items = new Map<string, {response: MethodResponse; expires: number}>()
  /** What is being done to the clusters of stages, and until when. */
  readonly #work = new Map<string, {status: CacheClusterStatus; until: number}>()

  /** @param clusterTime milliseconds that a cluster takes to be made, emptied or deleted */
  constructor(
    private readonly millis: () => number,
    private readonly clusterTime: number,
  ) {}

  /**
   * Answers from the cache, or asks the integration and keeps what it says. What has no entry of its own in the log of
   * the service has none here: a hit shows by the missing endpoint lines.
   * @throws GatewayFault ACCESS_DENIED where a client may not have the entry refreshed and the stage wants that to fail
   */
  async answer(invocation: Invocation, integrate: () => Promise<MethodResponse>): Promise<MethodResponse> {
    const ttl = timeToLive(invocation)
    // That a cluster in the making neither keeps nor answers anything is assumed.
    if (ttl <= 0 || this.status(invocation.apiId, invocation.stage) !== 'AVAILABLE') return integrate()
    const key = keyOf(invocation)
    const refresh = refreshOf(invocation)
    const kept = this.#items.get(key)
    const isHit = kept !== undefined && kept.expires > this.millis() && refresh !== 'granted'
    invocation.measured.cache = isHit ? 'hit' : 'miss'
    if (isHit) return warned(kept.response, refresh)
    const response = await integrate()
    const now = this.millis()
    for (const [old, {expires}] of this.#items) if (expires <= now) this.#items.delete(old)
    if (Buffer.byteLength(response.body) <= MAX_ITEM) this.#items.set(key, {response, expires: now + ttl * 1000})
    return warned(response, refresh)
  }

  /** How the cluster of a stage is. */
  status(apiId: string, {stageName, cacheClusterEnabled}: Stage): CacheClusterStatus {
    const work = this.#work.get(`${apiId}/${stageName}`)
    if (work && work.until > this.millis()) return work.status
    return cacheClusterEnabled ? 'AVAILABLE' : 'NOT_AVAILABLE'
  }

  /** Forgets all answers of a stage; of one without a cluster there are none. That it then succeeds is assumed. */
  flush(apiId: string, stage: Stage): void {
    if (stage.cacheClusterEnabled) this.#begin(apiId, stage, 'FLUSH_IN_PROGRESS')
  }

  /**
   * Follows a stage that was made, changed or deleted: another size is another cluster, and the content of the old one
   * is lost (developer guide, "Cache settings for REST APIs").
   */
  follow(apiId: string, before: Stage | undefined, after: Stage | undefined): void {
    const [had, has] = [before?.cacheClusterEnabled ?? false, after?.cacheClusterEnabled ?? false]
    if (after && has && (!had || before?.cacheClusterSize !== after.cacheClusterSize)) {
      this.#begin(apiId, after, 'CREATE_IN_PROGRESS')
    } else if (before && had && !has) {
      this.#begin(apiId, before, 'DELETE_IN_PROGRESS')
      // A stage of the same name that is made later begins anew.
      if (!after) this.#work.delete(`${apiId}/${before.stageName}`)
    }
  }

  #begin(apiId: string, {stageName}: Stage, status: CacheClusterStatus): void {
    for (const key of this.#items.keys()) if (key.startsWith(`${apiId}/${stageName} `)) this.#items.delete(key)
    this.#work.set(`${apiId}/${stageName}`, {status, until: this.millis() + this.clusterTime})
  }
}

/** Seconds; 0 for what is not cached. The setting for all methods is for GET only, a method's own for any. */
function timeToLive({request, setting, stage}: Invocation): number {
  if (!stage.cacheClusterEnabled || !setting?.cachingEnabled) return 0
  const isForAll = setting === stage.methodSettings?.['*/*']
  return isForAll && request.httpMethod !== 'GET' ? 0 : (setting.cacheTtlInSeconds ?? 300)
}

/** The path's own variables are part of the key only where the integration names them. */
function keyOf(invocation: Invocation): string {
  const {apiId, isCanary, method, request, resource, stage} = invocation
  const {cacheKeyParameters = [], cacheNamespace, requestParameters} = method.methodIntegration ?? {}
  const values = cacheKeyParameters.map(
    name => mappedRequestValue(requestParameters?.[name] ?? name, invocation) ?? null,
  )
  const cache = isCanary && !stage.canarySettings?.useStageCache ? 'canary' : 'stage'
  return `${apiId}/${stage.stageName} ${JSON.stringify([cache, cacheNamespace ?? resource.id, request.httpMethod, values])}`
}

type Refresh = 'none' | 'granted' | 'ignored' | 'warned'

/** What comes of a client's `Cache-Control: max-age=0`. Signed callers are taken to be allowed to refresh. */
function refreshOf({method, request, setting}: Invocation): Refresh {
  if (!/\bmax-age=0\b/.test(header(request.headers, 'cache-control') ?? '')) return 'none'
  if (setting?.requireAuthorizationForCacheControl === false || method.authorizationType === 'AWS_IAM') return 'granted'
  switch (setting?.unauthorizedCacheControlHeaderStrategy) {
    case 'FAIL_WITH_403':
      throw new GatewayFault('ACCESS_DENIED')
    case 'SUCCEED_WITHOUT_RESPONSE_HEADER':
      return 'ignored'
    default:
      return 'warned'
  }
}

/** The documentation promises a warning header; its text is an assumption. */
function warned(response: MethodResponse, refresh: Refresh): MethodResponse {
  if (refresh !== 'warned') return response
  const headers = new Map(response.headers)
  setHeader(headers, 'Warning', '199 - "Unauthorized cache invalidation ignored"')
  return {...response, headers}
}
