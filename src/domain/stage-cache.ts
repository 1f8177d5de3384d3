import {type RestApi, refOf} from './apis.js'
import {duration} from './duration.js'
import type {Plan} from './plan.js'
import {Problem} from './problem.js'
import type {Session} from './session.js'
import type {Stage, StageStore} from './stages.js'

/** What a stage keeps and can be made to forget. */
export interface StageCaches {
  /** Forgets the answers of integrations. */
  flush(apiId: string, stage: string): Promise<void>
  /** Forgets what authorizers have decided. */
  flushAuthorizers(apiId: string, stage: string): Promise<void>
}

/** What was forgotten. */
export interface Flushed {
  apiId: string
  apiName: string
  stage: string
  /** Answers of integrations, or what authorizers have decided. */
  flushed: 'answers' | 'authorizers'
  /** AVAILABLE, or FLUSH_IN_PROGRESS while the service is at it; nothing for authorizers. */
  cacheStatus?: string | undefined
}

/**
 * Empties the cache of a stage. Until it has filled again, every request reaches the back end.
 * @param what authorizers keep their decisions without a cache cluster, by themselves
 * @throws Problem conflict for a stage without cache cluster: what the service makes of that is not documented
 */
export function planCacheFlush(
  {stages, caches}: {stages: Pick<StageStore, 'get'>; caches: StageCaches},
  api: RestApi,
  stage: Stage,
  what: Flushed['flushed'],
): Plan<Flushed> {
  const {name} = stage
  const flushed = {apiId: api.id, apiName: api.name, stage: name, flushed: what}
  const ofStage = `of ${name} of ${api.name}`
  if (what === 'authorizers') {
    return {
      changes: [{action: 'flush', kind: 'cache', name, detail: `what authorizers ${ofStage} have decided`}],
      apply: async () => {
        await caches.flushAuthorizers(api.id, name)
        return flushed
      },
    }
  }
  if (stage.cacheSize === undefined) {
    const hint =
      `To have one: apigw stages update ${name} --api ${refOf(api)} --cache-size 0.5 --caching. ` +
      'Authorizers have a cache of their own: --authorizers'
    throw new Problem('conflict', `${name} has no cache cluster: there is nothing to flush.`, hint)
  }
  if (stage.cacheStatus === 'CREATE_IN_PROGRESS') {
    return {
      changes: [],
      nothing: `The cache of ${name} is just being made: there is nothing in it yet.`,
      apply: async () => ({...flushed, cacheStatus: stage.cacheStatus}),
    }
  }
  return {
    changes: [{action: 'flush', kind: 'cache', name, detail: `all answers ${ofStage}, ${stage.cacheSize} GB`}],
    apply: async () => {
      await caches.flush(api.id, name)
      return {...flushed, cacheStatus: (await stages.get(api.id, name)).cacheStatus}
    },
  }
}

/** Milliseconds between two looks. */
const INTERVAL = 5_000

/**
 * Waits until the service has made, emptied or deleted the cache cluster of a stage.
 * @returns the stage as it is then
 * @throws Problem gave-up when the session's patience ends before that
 */
export async function awaitCache(
  stages: Pick<StageStore, 'get'>,
  api: RestApi,
  stage: Stage,
  {clock, signal, maxWait, notice}: Pick<Session, 'clock' | 'signal' | 'maxWait' | 'notice'>,
): Promise<Stage> {
  const started = clock.now()
  let now = stage
  let told: string | undefined
  while (now.cacheStatus?.endsWith('_IN_PROGRESS')) {
    if (clock.now() - started + INTERVAL > maxWait) {
      const text = `After ${duration(maxWait)} the cache of ${now.name} is still ${now.cacheStatus}.`
      const look = `apigw stages get ${now.name} --api ${refOf(api)}`
      throw new Problem('gave-up', text, `Making or deleting one takes about four minutes. Look again: ${look}`)
    }
    if (now.cacheStatus !== told) notice(`waiting for the cache of ${now.name}: ${now.cacheStatus}`)
    told = now.cacheStatus
    await clock.sleep(INTERVAL, signal)
    now = await stages.get(api.id, now.name)
  }
  return now
}
