import {inspect} from 'node:util'
import {expect, test} from 'vitest'
import {collect} from '../../src/domain/apis.js'
import {type ApiKey, type KeyStore, KeyValue, listKeys, masked} from '../../src/domain/keys.js'
import {deleteKeys, findKeys} from '../../src/domain/many-keys.js'
import type {PlanStore, UsagePlan} from '../../src/domain/plans.js'
import {Problem} from '../../src/domain/problem.js'

const SECRET = 'RGktCNXNfMOlnRY1r4LN7yhOMSjVYIK4a8wNbMZHBg'

const key = (id: string, name?: string): ApiKey => ({id, name, enabled: true, tags: {}})
const usagePlan = (id: string, stages: string[] = []): UsagePlan => ({
  id,
  name: id,
  apiStages: stages.map(stage => ({apiId: 'api', stage, throttle: {}})),
  tags: {},
})

async function* each<T>(items: readonly T[], seen: T[] = []): AsyncGenerator<T> {
  for (const item of items) {
    seen.push(item)
    yield item
  }
}

/** Ports of which each test says the parts it needs; the rest fails the test. There are no keys unless it says so. */
const keyStore = (parts: Partial<KeyStore>) => ({list: () => each([]), ...parts}) as KeyStore
const planStore = (parts: Partial<PlanStore>) => parts as PlanStore

test('the mask is what the service leaves of a key in its own logs: the last six characters', () => {
  expect(masked(SECRET)).toBe('****…bMZHBg')
  expect(masked('too-short-for-that')).toBe('****')
})

test('a key value shows its mask wherever it is made text of', () => {
  const value = new KeyValue(SECRET)
  const texts = [String(value), `${value}`, JSON.stringify({value}), inspect({value}, {depth: 9, showHidden: true})]
  for (const text of texts) expect(text).not.toContain('RGktCNX')
  expect(JSON.parse(JSON.stringify({value}))).toEqual({value: '****…bMZHBg'})
  expect(value.reveal()).toBe(SECRET)
})

test('many keys are found in one reading of all, each once', async () => {
  const calls: string[] = []
  const keys = keyStore({
    list: filter => {
      calls.push(JSON.stringify(filter))
      return each([key('a1', 'mobile'), key('b2', 'web')])
    },
  })
  const {done, failed} = await findKeys(keys, ['mobile', 'b2', 'a1', 'nobody'])
  expect(done.map(({id}) => id)).toEqual(['a1', 'b2'])
  expect(failed.map(({name}) => name)).toEqual(['nobody'])
  expect(calls).toEqual(['{}'])
})

test('listing the keys of a plan stops reading as soon as all of them were seen', async () => {
  const seen: ApiKey[] = []
  const keys = keyStore({list: () => each([key('a'), key('b'), key('c'), key('d')], seen)})
  const plans = planStore({
    list: () => each([usagePlan('gold')]),
    keys: () => each([{id: 'b', value: new KeyValue(SECRET)}]),
  })
  const found = await collect(listKeys(keys, plans, {plan: 'gold', tags: {}}))
  expect(found.map(({id}) => id)).toEqual(['b'])
  expect(seen.map(({id}) => id)).not.toContain('d')
})

test('keys by name and customer have both, whichever of the two the service heeds', async () => {
  const all = [
    {...key('a', 'app-1'), customerId: 'acme'},
    {...key('b', 'app-2'), customerId: 'other'},
    {...key('c', 'web'), customerId: 'acme'},
    {...key('d'), customerId: 'acme'},
  ]
  const keys = keyStore({list: () => each(all)})
  const found = await collect(listKeys(keys, planStore({}), {name: 'app-', customerId: 'acme', tags: {}}))
  expect(found.map(({id}) => id)).toEqual(['a'])
})

test('a key that is gone by the time it is to be deleted is what was wanted', async () => {
  const gone = async () => {
    throw new Problem('missing', 'Invalid API Key identifier specified')
  }
  const keys = keyStore({get: async () => key('abcdefghij', 'mobile'), delete: gone})
  const {done, failed} = await (await deleteKeys(keys, ['abcdefghij'])).apply()
  expect(done.map(({id}) => id)).toEqual(['abcdefghij'])
  expect(failed).toEqual([])
})
