import {describe, expect, test} from 'vitest'
import {collect} from '../../src/domain/apis.js'
import type {ApiKey} from '../../src/domain/keys.js'
import type {Quota} from '../../src/domain/limits.js'
import type {UsagePlan} from '../../src/domain/plans.js'
import {Problem} from '../../src/domain/problem.js'
import {daysAfter, utcDay} from '../../src/domain/usage.js'
import {quotaStateOf, reportUsage, topKeys, type UsageStores} from '../../src/domain/usage-report.js'
import {FakeClock} from '../support/session.js'

/** A Monday; the week began the day before, and ends in five days and a half. */
const NOW = Date.parse('2026-11-23T12:00:00Z')

const quota = (limit: number, period: Quota['period'] = 'WEEK'): Quota => ({limit, period, offset: 0})

/** The last days, today last. */
const used = (...counts: number[]) =>
  counts.map((used, i) => ({day: daysAfter(utcDay(NOW), i - counts.length + 1), used, remaining: 0}))

describe('how it stands with a quota', () => {
  test('the share is of what may be sent in this period; days of the last one count for the pace only', () => {
    expect(quotaStateOf(quota(100), used(70, 0, 0, 0, 0, 0, 10, 10), 80, NOW)).toEqual({
      limit: 100,
      period: 'WEEK',
      used: 20,
      remaining: 80,
      share: 0.2,
      resets: new Date('2026-11-29T00:00:00Z'),
      pace: 12,
      daysLeft: 6.67,
      outlook: 'resets-first',
    })
  })

  test('what was given besides counts as allowed: an extended key is not at more than all of its quota', () => {
    expect(quotaStateOf(quota(100), used(100), 50, NOW)).toMatchObject({used: 100, remaining: 50, share: 0.6667})
  })

  test.each([
    ['one day to go at the pace', used(0, 0, 0, 0, 0, 0, 10, 5), 10, {pace: 10, daysLeft: 1, outlook: 'runs-out'}],
    ['just too late', used(0, 0, 0, 0, 0, 0, 10, 5), 56, {daysLeft: 5.6, outlook: 'resets-first'}],
    ['just in time', used(0, 0, 0, 0, 0, 0, 10, 5), 54, {daysLeft: 5.4, outlook: 'runs-out'}],
    ['nothing left', used(0, 0, 0, 0, 0, 0, 10, 5), 0, {daysLeft: 0, outlook: 'used-up'}],
    ['not used for a week', used(9, 0, 0, 0, 0, 0, 0, 0, 0), 100, {pace: 0, daysLeft: null, outlook: 'unused'}],
    ['never used', [], 100, {pace: 0, daysLeft: null, outlook: 'unused', share: 0}],
    ['first used today: the mean of the half day', used(0, 0, 0, 0, 0, 0, 0, 5), 100, {pace: 10}],
  ])('%s', (_title, days, remaining, expected) => {
    expect(quotaStateOf(quota(100), days, remaining, NOW)).toMatchObject(expected)
  })

  test('a quota of nothing is used up, and nothing is divided by zero', () => {
    const state = quotaStateOf(quota(0), used(0), 0, NOW)
    expect(state).toMatchObject({share: 1, pace: 0, daysLeft: 0, outlook: 'used-up'})
  })

  test('at midnight the first request is no pace yet: at least an hour is taken', () => {
    const midnight = Date.parse('2026-11-23T00:00:00Z')
    const days = [{day: '2026-11-23', used: 1, remaining: 99}]
    expect(quotaStateOf(quota(100, 'DAY'), days, 99, midnight)).toMatchObject({pace: 24, outlook: 'resets-first'})
  })
})

/** A plan, the names of the keys that may be listed, and the usage of today by key id. */
function storesOf(keys: () => AsyncIterable<ApiKey>, usage: Record<string, [used: number, remaining: number]>) {
  const plan: UsagePlan = {id: 'p1', name: 'gold', quota: quota(100), apiStages: [], tags: {}}
  const stores: UsageStores = {
    plans: {
      async *list() {
        yield plan
      },
    },
    keys: {get: () => Promise.reject(new Problem('missing', 'No.')), list: keys},
    usage: {
      async *read() {
        const day = utcDay(NOW)
        for (const [keyId, [used, remaining]] of Object.entries(usage)) yield {keyId, days: [{day, used, remaining}]}
      },
    },
  }
  const session = {clock: new FakeClock(NOW), progress: () => ({at() {}, end() {}})}
  const day = utcDay(NOW)
  return reportUsage(stores, {plans: [], range: {from: day, to: day}}, session)
}

async function* named(...ids: string[]): AsyncGenerator<ApiKey> {
  for (const id of ids) yield {id, name: `key ${id}`, enabled: true, tags: {}}
}

test('a key that is no longer there is shown by its id, as deleted', async () => {
  const {keys} = await storesOf(() => named('k1'), {k1: [1, 99], k2: [2, 98]})
  expect(await collect(keys)).toMatchObject([
    {keyId: 'k1', key: 'key k1', state: 'enabled'},
    {keyId: 'k2', key: undefined, state: 'deleted', used: 2},
  ])
})

test('where keys may not be listed their usage is reported all the same, and none is said to be deleted', async () => {
  // biome-ignore lint/correctness/useYield: it is refused before it has anything
  const refused = async function* (): AsyncGenerator<ApiKey> {
    throw new Problem('denied', 'No.')
  }
  const {keys} = await storesOf(refused, {k1: [1, 99]})
  const [only] = await collect(keys)
  expect(only).toMatchObject({keyId: 'k1', used: 1})
  expect(only?.state).toBeUndefined()
})

test.each([
  ['used', ['k2', 'k3', 'k1']],
  ['share', ['k2', 'k1', 'k3']],
  ['days-left', ['k2', 'k1', 'k3']],
] as const)('the first by %s, those that are not used last', async (by, expected) => {
  const report = await storesOf(() => named(), {k1: [10, 10], k2: [40, 0], k3: [20, 980], k4: [0, 100]})
  expect((await topKeys(report, by, 3, NOW)).map(({keyId}) => keyId)).toEqual(expected)
})

test('who runs out first is not known of a range that ends before today', async () => {
  const report = await storesOf(() => named(), {})
  const past = {...report, range: {from: '2026-11-01', to: '2026-11-22'}}
  await expect(topKeys(past, 'days-left', 3, NOW)).rejects.toMatchObject({kind: 'usage'})
})
