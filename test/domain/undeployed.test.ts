import {expect, test} from 'vitest'
import {Problem, type ProblemKind} from '../../src/domain/problem.js'
import type {EditedApi} from '../../src/domain/snapshots/source.js'
import type {Stage} from '../../src/domain/stages.js'
import {liveNote, undeployedOn} from '../../src/domain/undeployed.js'

const api = {id: 'a1b2c3d4e5', name: 'pet store'}

const MOCK = {authorizationType: 'NONE', integration: {type: 'MOCK'}}

/** An API of mocks, as it is edited. */
const edited = (...paths: string[]): EditedApi => ({
  api: {},
  resources: paths.map(path => ({id: path, path, methods: {GET: MOCK}})),
  authorizers: [],
  models: [],
  validators: [],
  gatewayResponses: [],
})

/** The same as a stage serves it. */
const exported = (...paths: string[]) => ({
  openapi: '3.0.1',
  info: {title: 'pet store', version: '1'},
  paths: Object.fromEntries(paths.map(path => [path, {get: {'x-amazon-apigateway-integration': {type: 'mock'}}}])),
})

const stage = (name: string, deploymentId: string): Stage => ({
  name,
  deploymentId,
  variables: {},
  methodSettings: [],
  tracing: false,
  tags: {},
})

const fails = (kind: ProblemKind, message = 'Oops') => Promise.reject(new Problem(kind, message))

/** A service with the paths `/a` and `/b` edited, and stages that serve what is given; `calls` is what was asked. */
function service(served: Record<string, () => unknown>, stages: readonly Stage[]) {
  const calls: string[] = []
  return {
    calls,
    stages: {
      list: async () => {
        calls.push('stages')
        return [...stages]
      },
    },
    snapshots: {
      edited: async () => {
        calls.push('edited')
        return edited('/a', '/b')
      },
      exported: async (_: string, name: string) => {
        calls.push(`exported ${name}`)
        return served[name]?.()
      },
    },
  }
}

const THREE = [stage('prod', 'd1'), stage('beta', 'd2'), stage('blue', 'd1')]

test('the API is read once for all stages, and a deployment once for all that serve it', async () => {
  const {snapshots, calls} = service({prod: () => exported('/a'), beta: () => exported('/a', '/b')}, THREE)
  const found = await undeployedOn(snapshots, api, THREE)
  expect(calls.sort()).toEqual(['edited', 'exported beta', 'exported prod'])
  expect(found.map(({stage, difference}) => [stage, difference?.before, difference?.items.length])).toEqual([
    ['prod', {kind: 'stage', name: 'prod', deploymentId: 'd1'}, 1],
    ['beta', {kind: 'stage', name: 'beta', deploymentId: 'd2'}, 0],
    ['blue', {kind: 'stage', name: 'blue', deploymentId: 'd1'}, 1],
  ])
  expect(found[0]?.difference?.items).toMatchObject([{kind: 'route', name: 'GET /b', change: 'added'}])
})

test('without stages nothing is read', async () => {
  const {snapshots, calls} = service({}, [])
  expect(await undeployedOn(snapshots, api, [])).toEqual([])
  expect(calls).toEqual([])
})

test('a stage that cannot be compared says why, and the others are', async () => {
  const {snapshots} = service({prod: () => fails('denied', 'not authorized'), beta: () => exported('/a')}, THREE)
  expect(await undeployedOn(snapshots, api, THREE.slice(0, 2))).toMatchObject([
    {stage: 'prod', problem: {kind: 'denied', message: 'not authorized'}},
    {stage: 'beta', difference: {items: [{name: 'GET /b'}]}},
  ])
})

test('an interruption ends it, and so does a bug', async () => {
  const interrupted = service({prod: () => fails('interrupted')}, THREE)
  await expect(undeployedOn(interrupted.snapshots, api, THREE)).rejects.toMatchObject({kind: 'interrupted'})
  const wrong = service({prod: () => Promise.reject(new TypeError('x is not a function'))}, THREE)
  await expect(undeployedOn(wrong.snapshots, api, THREE)).rejects.toBeInstanceOf(TypeError)
})

test('after an edit the stages that are behind are named with how far, and the commands that show and mend it', async () => {
  const ports = service({prod: () => exported(), beta: () => exported('/a')}, THREE.slice(0, 2))
  expect(await liveNote(ports, api)).toBe(
    "2 changes are not live on prod, 1 on beta: run `apigw deploy --api 'pet store' --stage prod`\n" +
      "See them: apigw stages diff --api 'pet store' --stage prod",
  )
})

test('of a stage whose canary gets requests it says where a deployment goes', async () => {
  const canary = {deploymentId: 'd9', percentTraffic: 10, variables: {}, useStageCache: false}
  const noteOn = (served: string[], percentTraffic: number) => {
    const stages = [{...stage('prod', 'd1'), canary: {...canary, percentTraffic}}]
    return liveNote(service({prod: () => exported(...served)}, stages), api)
  }
  expect(await noteOn(['/a'], 10)).toMatch(
    /\nWhat is deployed to prod goes to its canary; then: apigw canary promote --api 'pet store' --stage prod$/,
  )
  expect(await noteOn(['/a'], 0)).not.toContain('canary')
  expect(await noteOn(['/a', '/b'], 10)).not.toContain('canary')
})

test('a stage that serves all of it is not named', async () => {
  const ports = service({prod: () => exported('/a', '/b'), beta: () => exported('/a')}, THREE.slice(0, 2))
  expect(await liveNote(ports, api)).toBe(
    "1 change is not live on beta: run `apigw deploy --api 'pet store' --stage beta`\n" +
      "See it: apigw stages diff --api 'pet store' --stage beta",
  )
})

test('where all stages serve all of it, there is nothing to deploy', async () => {
  const served = {prod: () => exported('/a', '/b'), beta: () => exported('/a', '/b')}
  expect(await liveNote(service(served, THREE.slice(0, 1)), api)).toBe('Nothing to deploy: prod serves just this.')
  expect(await liveNote(service(served, THREE), api)).toBe('Nothing to deploy: prod, beta and blue serve just this.')
})

test('what cannot be counted is said without a number: the edit is done, and does not fail for that', async () => {
  const broken = service({prod: () => fails('denied'), beta: () => fails('gave-up')}, THREE.slice(0, 2))
  expect(await liveNote(broken, api)).toBe(
    "Not live yet on prod, beta: run `apigw deploy --api 'pet store' --stage prod --force`",
  )
  const half = service({prod: () => fails('denied'), beta: () => exported('/a')}, THREE.slice(0, 2))
  expect(await liveNote(half, api)).toContain('1 change is not live on beta, an unknown number on prod: run')
  const blind = {...broken, stages: {list: () => fails('denied')}}
  expect(await liveNote(blind, api)).toBe("Not live yet: run `apigw deploy --api 'pet store' --stage NAME`")
})

test('an edit that no stage tells of is not counted, and nothing is said to be live', async () => {
  const ports = service({prod: () => exported('/a', '/b')}, THREE.slice(0, 1))
  expect(await liveNote(ports, api, false)).toBe(
    "Not live yet on prod: run `apigw deploy --api 'pet store' --stage prod --force`",
  )
  expect(ports.calls).toEqual(['stages'])
})

test('where something is not told and nothing differs besides, nothing is said to be live', async () => {
  const {stages, snapshots} = service({prod: () => exported('/a', '/b')}, THREE.slice(0, 1))
  const odd = {...MOCK, requestParameters: {'integration.request.header.x': true}}
  const tree = ['/a', '/b'].map(path => ({id: path, path, methods: {GET: odd}}))
  const untold = {...snapshots, edited: async () => ({...edited(), resources: tree})}
  expect(await liveNote({stages, snapshots: untold}, api)).toMatch(/^Not live yet on prod: run/)
})

test('an API without stages is told the command that makes one, and nothing is compared', async () => {
  const ports = service({}, [])
  expect(await liveNote(ports, api)).toBe(
    "Not live yet, pet store has no stage: run `apigw deploy --api 'pet store' --stage NAME`",
  )
  expect(ports.calls).toEqual(['stages'])
})
