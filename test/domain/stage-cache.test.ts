import {expect, test} from 'vitest'
import type {RestApi} from '../../src/domain/apis.js'
import {awaitCache, planCacheFlush} from '../../src/domain/stage-cache.js'
import type {Stage} from '../../src/domain/stages.js'
import {FakeClock} from '../support/session.js'

const api = {id: 'a1b2c3d4e5', name: 'petstore'} as RestApi
const prod = {name: 'prod', cacheSize: '0.5', cacheStatus: 'AVAILABLE'} as Stage

/** What awaitCache does with a cache that goes through the statuses, one at each look. */
async function waiting(statuses: string[], maxWait = 300_000) {
  const clock = new FakeClock()
  const notices: string[] = []
  const [first, ...rest] = statuses
  const stages = {get: async () => ({...prod, cacheStatus: rest.shift() ?? 'AVAILABLE'})}
  const patience = {clock, maxWait, signal: new AbortController().signal, notice: (text: string) => notices.push(text)}
  const stage = await awaitCache(stages, api, {...prod, cacheStatus: first}, patience)
  return {status: stage.cacheStatus, waited: clock.total, notices}
}

test('a cache is waited for as long as something is being done to it, and each status is told once', async () => {
  const flush = 'FLUSH_IN_PROGRESS'
  expect(await waiting([flush, flush, 'CREATE_IN_PROGRESS', 'AVAILABLE'])).toEqual({
    status: 'AVAILABLE',
    waited: 15_000,
    notices: [flush, 'CREATE_IN_PROGRESS'].map(status => `waiting for the cache of prod: ${status}`),
  })
  expect(await waiting(['DELETE_IN_PROGRESS', 'NOT_AVAILABLE'])).toMatchObject({status: 'NOT_AVAILABLE'})
  expect(await waiting(['AVAILABLE'])).toEqual({status: 'AVAILABLE', waited: 0, notices: []})
})

test('patience ends: gave-up, with what the cache is doing', async () => {
  const forever = Array.from({length: 100}, () => 'CREATE_IN_PROGRESS')
  await expect(waiting(forever, 60_000)).rejects.toMatchObject({
    kind: 'gave-up',
    message: 'After 1 min the cache of prod is still CREATE_IN_PROGRESS.',
    hint: expect.stringContaining('apigw stages get prod --api petstore'),
  })
})

test('after the flush the status is that of the service then', async () => {
  const flushed: string[] = []
  const caches = {flush: async (_: string, stage: string) => void flushed.push(stage), flushAuthorizers: async () => {}}
  const stages = {get: async () => ({...prod, cacheStatus: 'FLUSH_IN_PROGRESS'})}
  const plan = planCacheFlush({stages, caches}, api, prod, 'answers')
  expect(flushed).toEqual([])
  expect(await plan.apply()).toMatchObject({stage: 'prod', cacheStatus: 'FLUSH_IN_PROGRESS'})
  expect(flushed).toEqual(['prod'])
})
