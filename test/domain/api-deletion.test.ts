import {expect, test} from 'vitest'
import {planApiDeletion} from '../../src/domain/api-deletion.js'
import type {RestApi} from '../../src/domain/apis.js'
import type {UsagePlan} from '../../src/domain/plans.js'
import {Problem} from '../../src/domain/problem.js'

const api = {id: 'abc', name: 'petstore'} as RestApi

const plan = (name: string, ...stages: [apiId: string, stage: string][]): UsagePlan => ({
  id: `id-of-${name}`,
  name,
  apiStages: stages.map(([apiId, stage]) => ({apiId, stage, throttle: {}})),
  tags: {},
})

/** A service that leaves deleted stages on their plans, if `forgets`. */
function service(plans: UsagePlan[], {forgets, refuses}: {forgets: boolean; refuses?: string}) {
  const log: string[] = []
  let left = plans
  const ports: Parameters<typeof planApiDeletion>[0] = {
    apis: {
      delete: async id => {
        log.push(`delete ${id}`)
        if (!forgets) left = plans.map(one => ({...one, apiStages: one.apiStages.filter(stage => stage.apiId !== id)}))
      },
    },
    stages: {list: async () => [{name: 'prod'}, {name: 'beta'}] as never},
    plans: {
      async *list() {
        yield* left
      },
      update: async (id, {removeStages = []}) => {
        if (id === refuses) throw new Problem('failed', 'Refused.')
        log.push(`take ${removeStages.map(({apiId, stage}) => `${apiId}:${stage}`)} off ${id}`)
        return plans.find(one => one.id === id)!
      },
    },
  }
  return {ports, log}
}

test('it tells the stages and plans that are concerned, and only those', async () => {
  const {ports} = service([plan('gold', ['abc', 'prod']), plan('free', ['other', 'prod'])], {forgets: false})
  const {changes, question} = await planApiDeletion(ports, api)
  expect(changes.map(({action, kind, name}) => `${action} ${kind} ${name}`)).toEqual([
    'delete API petstore',
    'delete stage prod',
    'delete stage beta',
    'detach usage plan gold',
  ])
  expect(question).toContain('prod, beta')
  expect(question).toContain('gold')
  expect(question).not.toContain('free')
})

test('plans that the service tidied itself are left alone', async () => {
  const {ports, log} = service([plan('gold', ['abc', 'prod'])], {forgets: false})
  await (await planApiDeletion(ports, api)).apply()
  expect(log).toEqual(['delete abc'])
})

test('plans that still name a stage of the API are tidied, after it is gone', async () => {
  const plans = [plan('gold', ['abc', 'prod'], ['other', 'x'], ['abc', 'beta'])]
  const {ports, log} = service(plans, {forgets: true})
  await (await planApiDeletion(ports, api)).apply()
  expect(log).toEqual(['delete abc', 'take abc:prod,abc:beta off id-of-gold'])
})

test('a plan that cannot be tidied is named, and so are those after it', async () => {
  const plans = [plan('a', ['abc', 'prod']), plan('b', ['abc', 'prod']), plan('c', ['abc', 'beta'])]
  const {ports} = service(plans, {forgets: true, refuses: 'id-of-b'})
  await expect((await planApiDeletion(ports, api)).apply()).rejects.toMatchObject({
    message: 'The API petstore is deleted, but still named by the usage plans b, c: Refused.',
  })
})
