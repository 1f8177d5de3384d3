import {expect, test} from 'vitest'
import {issueKey} from '../../src/domain/issuing.js'
import type {ApiKey, KeyStore} from '../../src/domain/keys.js'
import type {PlanStore, UsagePlan} from '../../src/domain/plans.js'
import {Problem} from '../../src/domain/problem.js'

const key = (id: string, name?: string): ApiKey => ({id, name, enabled: true, tags: {}})
const usagePlan = (id: string, stages: string[] = []): UsagePlan => ({
  id,
  name: id,
  apiStages: stages.map(stage => ({apiId: 'api', stage, throttle: {}})),
  tags: {},
})

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items
}

/** Ports of which each test says the parts it needs; the rest fails the test. There are no keys unless it says so. */
const keyStore = (parts: Partial<KeyStore>) => ({list: () => each([]), ...parts}) as KeyStore
const planStore = (parts: Partial<PlanStore>) => parts as PlanStore

const REQUEST = {name: 'mobile', enabled: true, tags: {}, onNamesake: 'refuse' as const}

test('a key that one of two plans refuses is deleted, and nothing is done after that', async () => {
  const done: string[] = []
  const keys = keyStore({
    create: async request => {
      done.push(`create ${request.enabled}`)
      return key('k1', request.name)
    },
    delete: async id => {
      done.push(`delete ${id}`)
    },
  })
  const plans = planStore({
    list: ({keyId}) =>
      each(keyId ? [] : [usagePlan('gold', ['prod']), usagePlan('silver', ['beta']), usagePlan('tin', ['dev'])]),
    addKey: async planId => {
      done.push(`add to ${planId}`)
      if (planId === 'silver') throw new Problem('failed', 'full')
    },
  })
  const plan = await issueKey(keys, plans, {...REQUEST, plans: ['gold', 'silver', 'tin']})
  expect(done).toEqual([])
  await expect(plan.apply()).rejects.toMatchObject({kind: 'failed', message: expect.stringContaining('silver')})
  expect(done).toEqual(['create true', 'add to gold', 'add to silver', 'delete k1'])
})

test('an interruption between key and plan says what is left behind', async () => {
  const stop = async () => {
    throw new Problem('interrupted', 'Interrupted.')
  }
  const keys = keyStore({create: async () => key('k1', 'mobile'), delete: stop})
  const plans = planStore({list: () => each([usagePlan('gold'), usagePlan('tin')]), addKey: stop})
  const plan = await issueKey(keys, plans, {...REQUEST, plans: ['gold', 'tin']})
  await expect(plan.apply()).rejects.toMatchObject({
    kind: 'interrupted',
    message: expect.stringContaining('The key was created, has the id k1'),
    hint: [
      'To finish: apigw plans attach gold --key k1',
      'To finish: apigw plans attach tin --key k1',
      'To undo: apigw keys delete k1 --confirm mobile',
    ].join('\n'),
  })
})
