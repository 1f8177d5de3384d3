import {expect, test} from 'vitest'
import type {RestApi} from '../../src/domain/apis.js'
import {planStageDeletion, planStageUpdate, type StagePorts, type StageUpdate} from '../../src/domain/stage-changes.js'
import type {Stage, StageChanges} from '../../src/domain/stages.js'

const api = {id: 'a1b2c3d4e5', name: 'petstore'} as RestApi

const prod: Stage = {
  name: 'prod',
  deploymentId: 'old',
  variables: {table: 'pets'},
  methodSettings: [{method: 'GET /gone', key: 'gone/GET', dataTrace: false, metrics: true, caching: false}],
  tracing: true,
  tags: {team: 'pets'},
}

async function* each<T>(...items: T[]) {
  yield* items
}

/** Plans an update of prod; `sent` is what UpdateStage, TagResource and UntagResource would get. */
async function update(wanted: StageUpdate, stage = prod) {
  const sent: unknown[] = []
  const ports = {
    stages: {
      update: async (_: string, __: string, changes: StageChanges) => sent.push(changes),
      tag: async (_: string, __: string, tags: Record<string, string>) => sent.push({tags}),
      untag: async (_: string, __: string, keys: readonly string[]) => sent.push({keys}),
      get: async () => stage,
    },
    deployments: {list: () => each({id: 'new'}, {id: 'old'})},
    routes: {resources: () => each()},
  } as unknown as StagePorts
  const plan = await planStageUpdate(ports, api, stage, wanted)
  await plan.apply()
  return {changes: plan.changes.map(({detail}) => detail), sent}
}

test('what is not there need not be taken away', async () => {
  const {changes, sent} = await update({
    tracing: false,
    unsetVariables: ['table', 'typo', 'constructor'],
    untag: ['tier', 'toString'],
  })
  expect(changes).toEqual(['tracing: on → off', 'variable table: pets → none'])
  expect(sent).toEqual([expect.objectContaining({tracing: false, unsetVariables: ['table']})])
})

test('the settings of a method that the API has no more can still be dropped, under the key they have', async () => {
  const {changes, sent} = await update({methodSettings: [{method: 'GET /gone', inherit: true}]})
  expect(changes).toEqual(['settings of GET /gone: own → those of all methods'])
  expect(sent).toEqual([
    expect.objectContaining({methodSettings: [{method: 'GET /gone', inherit: true, key: 'gone/GET'}]}),
  ])
})

test('but none can be set for it', async () => {
  await expect(update({methodSettings: [{method: 'GET /gone', metrics: false}]})).rejects.toMatchObject({
    kind: 'missing',
  })
})

test('a stage can have a hundred variables', async () => {
  const many = (count: number) => Object.fromEntries(Array.from({length: count}, (_, i) => [`v${i}`, '1']))
  await expect(update({variables: many(99)})).resolves.toBeDefined()
  await expect(update({variables: many(100)})).rejects.toMatchObject({kind: 'usage'})
})

test('only the plans that have this stage of this API lose it', async () => {
  const on = (name: string, apiId: string, stage: string) => ({
    id: name,
    name,
    apiStages: [{apiId, stage, throttle: {}}],
    tags: {},
  })
  const plans = {list: () => each(on('gold', api.id, 'prod'), on('dev', api.id, 'dev'), on('other', 'f6g7', 'prod'))}
  const {usagePlans} = await planStageDeletion({stages: {delete: async () => {}}, plans}, api, prod)
  expect(usagePlans).toEqual(['gold'])
})
