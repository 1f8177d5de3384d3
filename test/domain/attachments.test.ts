import {expect, test} from 'vitest'
import {type AttachmentStores, attachToPlan, detachFromPlan} from '../../src/domain/attachments.js'
import {KeyValue} from '../../src/domain/keys.js'
import type {UsagePlan} from '../../src/domain/plans.js'
import {Problem} from '../../src/domain/problem.js'

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items
}

const GOLD: UsagePlan = {
  id: 'gold',
  name: 'gold',
  apiStages: [{apiId: 'gone', stage: 'prod', throttle: {}}],
  tags: {},
}

/** Stores with the plan `gold`, the API `api` with two stages and the keys k1, on the plan, and k2; `done` is what was done. */
function stores({failUpdate = false} = {}) {
  const done: string[] = []
  const parts = {
    plans: {
      list: ({keyId}: {keyId?: string}) => each(keyId === 'k2' ? [] : [GOLD]),
      keys: () => each([{id: 'k1', name: 'k1', value: new KeyValue('')}]),
      update: async (id: string, change: object) => {
        done.push(`update ${id} ${JSON.stringify(change)}`)
        if (failUpdate) throw new Problem('failed', 'no')
        return GOLD
      },
      addKey: async (_: string, keyId: string) => void done.push(`add ${keyId}`),
      removeKey: async (_: string, keyId: string) => void done.push(`remove ${keyId}`),
    },
    keys: {
      get: async () => {
        throw new Problem('missing', 'no')
      },
      list: () =>
        each([
          {id: 'k1', name: 'k1', enabled: true, tags: {}},
          {id: 'k2', name: 'k2', enabled: true, tags: {}},
        ]),
    },
    lookup: {
      apis: {list: () => each([{id: 'api', name: 'petstore'}])},
      stages: {list: async () => [{name: 'prod'}, {name: 'beta'}]},
    },
  }
  return {done, stores: parts as unknown as AttachmentStores}
}

test('stages go on the plan in one call before the keys, which open them at once', async () => {
  const {done, stores: ports} = stores()
  const plan = await attachToPlan(ports, 'gold', {keys: ['k1', 'k2'], stages: ['petstore/prod', 'petstore/beta']})
  const {failed} = await plan.apply()
  expect(failed).toEqual([])
  const addStages = [
    {apiId: 'api', apiName: 'petstore', stage: 'prod'},
    {apiId: 'api', apiName: 'petstore', stage: 'beta'},
  ]
  expect(done).toEqual([`update gold ${JSON.stringify({addStages})}`, 'add k2'])
})

test('stages that are refused are each named, and the keys are attached all the same', async () => {
  const {done, stores: ports} = stores({failUpdate: true})
  const plan = await attachToPlan(ports, 'gold', {keys: ['k2'], stages: ['petstore/prod', 'petstore/beta']})
  const {failed} = await plan.apply()
  expect(failed.map(({name}) => name)).toEqual(['petstore/prod', 'petstore/beta'])
  expect(done.filter(call => call.startsWith('update'))).toHaveLength(1)
  expect(done.at(-1)).toBe('add k2')
})

test('a stage whose API is gone can still be taken off, by the id of the API', async () => {
  const {done, stores: ports} = stores()
  const plan = await detachFromPlan(ports, 'gold', {keys: [], stages: ['gone:prod']})
  await plan.apply()
  expect(done).toEqual([`update gold ${JSON.stringify({removeStages: [{apiId: 'gone', stage: 'prod'}]})}`])
})

test('nothing to attach is wrong usage, found out before anything is read', async () => {
  await expect(attachToPlan({} as AttachmentStores, 'gold', {keys: [], stages: []})).rejects.toMatchObject({
    kind: 'usage',
  })
})

/** Moves k1 from gold to another plan, with or without a stage in common. */
async function moved(stage: string) {
  const {done, stores: ports} = stores()
  const silver = {...GOLD, id: 'silver', name: 'silver', apiStages: [{apiId: 'gone', stage, throttle: {}}]}
  const list = ({keyId}: {keyId?: string}) => each(keyId === undefined ? [GOLD, silver] : [GOLD])
  const plans = {
    ...ports.plans,
    list,
    addKey: async (planId: string) => void done.push(`add to ${planId}`),
    removeKey: async (planId: string) => void done.push(`remove from ${planId}`),
  }
  const plan = await attachToPlan({...ports, plans}, 'silver', {keys: ['k1'], stages: []}, 'gold')
  await plan.apply()
  return done
}

test('a key is moved without a gap, except between plans with a stage in common, which no key can be on at once', async () => {
  expect(await moved('beta')).toEqual(['add to silver', 'remove from gold'])
  expect(await moved('prod')).toEqual(['remove from gold', 'add to silver'])
})
