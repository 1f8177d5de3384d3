import {expect, test} from 'vitest'
import type {RestApi} from '../../src/domain/apis.js'
import type {DomainMapping} from '../../src/domain/domains.js'
import {Problem} from '../../src/domain/problem.js'
import type {EditedApi} from '../../src/domain/snapshots/source.js'
import type {MethodSettings, Stage} from '../../src/domain/stages.js'
import {apiOverviews, apiStatus, isBehind, type StatusPorts} from '../../src/domain/status.js'

const api = (name = 'pets') => ({id: name, name, endpointType: 'REGIONAL', vpcEndpointIds: []}) as unknown as RestApi

const stage = (changes: Partial<Stage> = {}): Stage => ({
  name: 'prod',
  deploymentId: 'd1',
  variables: {},
  methodSettings: [],
  tracing: false,
  tags: {},
  ...changes,
})

const EMPTY: EditedApi = {api: {}, resources: [], authorizers: [], models: [], validators: [], gatewayResponses: []}

async function* each<T>(...items: T[]) {
  yield* items
}

/** An account where all is live, with what the test says otherwise. */
const ports = (changes: Partial<StatusPorts> = {}, stages: Stage[] = [stage()]): StatusPorts => ({
  stages: {list: async () => stages},
  deployments: {list: () => each()},
  snapshots: {edited: async () => EMPTY, exported: async () => ({openapi: '3.0.1', paths: {}})},
  domains: {mappings: () => each()},
  plans: {list: () => each()},
  location: {region: 'eu-west-1', partition: 'aws', dnsSuffix: 'amazonaws.com'},
  session: {progress: () => ({at() {}, end() {}})},
  ...changes,
})

const only = async (changes: Partial<StatusPorts>, stages?: Stage[]) =>
  (await apiStatus(ports(changes, stages), api(), [])).stages[0]

const settings = (changes: Partial<MethodSettings>): MethodSettings => ({
  method: '*',
  key: '*/*',
  dataTrace: false,
  metrics: false,
  caching: false,
  ...changes,
})

test('a throttle is what is set for all methods; -1 stands for the limits of the account', async () => {
  const throttle = async (...methodSettings: MethodSettings[]) => (await only({}, [stage({methodSettings})]))?.throttle
  expect(await throttle(settings({throttleRate: 0, throttleBurst: 0}))).toEqual({rate: 0, burst: 0})
  expect(await throttle(settings({throttleRate: -1, throttleBurst: 5}))).toEqual({rate: undefined, burst: 5})
  expect(await throttle(settings({throttleRate: -1, throttleBurst: -1}))).toBeUndefined()
  expect(await throttle(settings({method: 'GET /pets', throttleRate: 1, throttleBurst: 1}))).toBeUndefined()
})

test('a mapping without a stage leads to every stage, which the path names; those of other APIs are left out', async () => {
  const mapping = (changes: Partial<DomainMapping>): DomainMapping => ({
    domain: 'a.example.com',
    domainType: 'REGIONAL',
    basePath: '',
    apiId: 'pets',
    ...changes,
  })
  const mappings = [
    mapping({stage: 'prod'}),
    mapping({stage: 'beta'}),
    mapping({basePath: 'v1/pets'}),
    mapping({}),
    mapping({apiId: 'other', stage: 'prod'}),
  ]
  expect((await only({domains: {mappings: () => each(...mappings)}}))?.domains).toEqual([
    'https://a.example.com',
    'https://a.example.com/v1/pets/prod',
    'https://a.example.com/prod',
  ])
})

test('stages that cannot be read are no status; an interruption ends it wherever it comes', async () => {
  const fails = (kind: 'denied' | 'interrupted') => Promise.reject(new Problem(kind, 'Oops'))
  const denied = ports({stages: {list: () => fails('denied')}})
  await expect(apiStatus(denied, api(), [])).rejects.toMatchObject({kind: 'denied'})
  const cut = ports({
    plans: {
      async *list() {
        yield await fails('interrupted')
      },
    },
  })
  await expect(apiStatus(cut, api(), [])).rejects.toMatchObject({kind: 'interrupted'})
  // Both at once: nothing is left over that nobody waits for.
  const both = {...cut, stages: denied.stages}
  await expect(apiStatus(both, api(), [])).rejects.toMatchObject({kind: 'denied'})
  await new Promise(resolve => setImmediate(resolve))
})

test('of all APIs two are asked about at a time, it is told how far it is, and none is asked any more when the reader has gone', async () => {
  let underWay = 0
  let most = 0
  const asked: string[] = []
  const slow = ports({
    stages: {
      async list(id) {
        asked.push(id)
        most = Math.max(most, ++underWay)
        await new Promise(resolve => setImmediate(resolve))
        underWay--
        return []
      },
    },
  })
  const names = Array.from({length: 10}, (_, i) => `api${i}`)
  const seen: string[] = []
  const told: unknown[] = []
  slow.session = {progress: () => ({at: (done, of) => told.push([done, of?.total]), end: () => told.push('end')})}
  for await (const {name} of apiOverviews(slow, names.map(api))) {
    seen.push(name)
    if (seen.length === 5) break
  }
  expect(seen).toEqual(names.slice(0, 5))
  expect(told).toEqual([...[0, 1, 2, 3, 4].map(done => [done, 10]), 'end'])
  expect(most).toBe(2)
  expect(asked).toEqual(names.slice(0, 6))
})

test('whether something is behind is known as soon as one is, and else only if all could be compared', () => {
  const told = (...undeployed: (number | undefined)[]) => ({
    name: 'pets',
    stages: undeployed.map(count => ({stage: 'prod', undeployed: count})),
    unread: [],
  })
  expect(isBehind([told(0), told(0, 1)])).toBe(true)
  expect(isBehind([told(undefined), told(1)])).toBe(true)
  expect(isBehind([told(0), told()])).toBe(false)
  expect(() => isBehind([told(0), told(undefined)])).toThrow('not known')
  expect(() => isBehind([{...told(), unread: [{what: 'stages', why: 'no'}]}])).toThrow('not known')
  expect(isBehind([{...told(0), unread: [{what: 'usage plans', why: 'no'}]}])).toBe(false)
})

test('a method with a limit of its own does not log otherwise than the stage, one with another level does', async () => {
  const logging = async (...methodSettings: MethodSettings[]) => {
    const {stages, advice} = await apiStatus(ports({}, [stage({methodSettings})]), api(), [])
    return [stages[0]?.logging.overrides, advice.some(({command}) => command.startsWith('apigw logs enable'))]
  }
  expect(await logging(settings({method: 'GET /pets', loggingLevel: 'OFF', throttleRate: 1}))).toEqual([0, true])
  expect(await logging(settings({method: 'GET /pets', loggingLevel: 'ERROR'}))).toEqual([1, false])
  const all = settings({loggingLevel: 'INFO'})
  expect(await logging(all, settings({method: 'GET /pets', loggingLevel: 'INFO'}))).toEqual([0, false])
  expect(await logging(all, settings({method: 'GET /pets', loggingLevel: 'INFO', dataTrace: true}))).toEqual([1, false])
})

test('what is not live is said to become so by a deployment only where that does not go to a canary', async () => {
  const behind: EditedApi = {...EMPTY, resources: [{id: 'r1', path: '/new', methods: {GET: {}}}]}
  const snapshots = {...ports().snapshots, edited: async () => behind}
  const commands = async (canary: Stage['canary']) =>
    (await apiStatus(ports({snapshots}, [stage({canary})]), api(), [])).advice.map(({command}) => command)
  const deploy = 'apigw deploy --api pets --stage prod'
  const canary = {deploymentId: 'd2', variables: {}, useStageCache: false}
  expect(await commands(undefined)).toContain(deploy)
  expect(await commands({...canary, percentTraffic: 0})).toContain(deploy)
  expect(await commands({...canary, percentTraffic: 10})).not.toContain(deploy)
  expect(await commands({...canary, percentTraffic: 10})).toContain('apigw canary status --api pets --stage prod')
})
