import {describe, expect, test} from 'vitest'
import type {RestApi} from '../../../src/domain/apis.js'
import type {LogGroup} from '../../../src/domain/logs/groups.js'
import {
  groupsToKeep,
  type InventoryPorts,
  inventory,
  type Owners,
  ownership,
  planPrune,
} from '../../../src/domain/logs/inventory.js'
import {planRetention} from '../../../src/domain/logs/retention.js'
import {type LoggedStage, restStage, v2Stage} from '../../../src/domain/logs/stages.js'
import {Problem} from '../../../src/domain/problem.js'
import type {Stage} from '../../../src/domain/stages.js'

const arnOf = (group: string) => `arn:aws:logs:us-east-1:123456789012:log-group:${group}`
const off = {level: 'OFF', dataTrace: false} as const

const rest = (id: string, name: string, stage: string, access?: string): LoggedStage =>
  restStage({id, name}, {
    name: stage,
    methodSettings: [],
    accessLog: access && {destinationArn: arnOf(access)},
  } as unknown as Stage)

const OWNERS: Owners = {
  apis: [
    {kind: 'REST', id: 'rest000001', name: 'petstore'},
    {kind: 'WebSocket', id: 'sock000001', name: 'chat'},
    {kind: 'HTTP', id: 'http000001', name: 'web'},
  ],
  stages: [
    rest('rest000001', 'petstore', 'prod', 'my-access'),
    v2Stage({kind: 'WebSocket', id: 'sock000001', name: 'chat'}, {name: 'live', setting: off, routes: []}),
    v2Stage({kind: 'HTTP', id: 'http000001', name: 'web'}, {name: '$default', setting: off, routes: []}),
  ],
  hidden: [],
}

describe('whose a group is', () => {
  test.each([
    ['API-Gateway-Execution-Logs_rest000001/prod', {kind: 'execution', canary: false, api: 'petstore', stage: 'prod'}],
    ['API-Gateway-Execution-Logs_rest000001/prod/Canary', {kind: 'execution', canary: true, api: 'petstore'}],
    ['/aws/apigateway/sock000001/live', {kind: 'execution', protocol: 'WebSocket', api: 'chat', stage: 'live'}],
    ['my-access', {kind: 'access', canary: false, api: 'petstore', stage: 'prod'}],
    ['my-access/Canary', {kind: 'access', canary: true, api: 'petstore', stage: 'prod'}],
    // Switched off, but the stage is there and may be switched on again.
    ['/aws/vendedlogs/apigw/rest000001/prod', {kind: 'access', api: 'petstore', stage: 'prod'}],
    ['/aws/vendedlogs/apigw/http000001/default', {kind: 'access', protocol: 'HTTP', api: 'web', stage: '$default'}],
    ['/aws/apigateway/welcome', {kind: 'welcome'}],
  ])('%s has one', (group, expected) => {
    expect(ownership(group, OWNERS)).toMatchObject({...expected, orphan: false})
  })

  test.each([
    ['API-Gateway-Execution-Logs_gone000001/prod', {kind: 'execution', protocol: 'REST', apiId: 'gone000001'}],
    ['API-Gateway-Execution-Logs_rest000001/test', {kind: 'execution', api: 'petstore', stage: 'test'}],
    ['API-Gateway-Execution-Logs_rest000001/test/Canary', {kind: 'execution', canary: true}],
    ['/aws/apigateway/gone000001/live', {kind: 'execution', protocol: 'WebSocket'}],
    ['/aws/apigateway/sock000001/test', {kind: 'execution', api: 'chat'}],
    ['/aws/vendedlogs/apigw/gone000001/prod', {kind: 'access', apiId: 'gone000001'}],
  ])('%s has lost it', (group, expected) => {
    expect(ownership(group, OWNERS)).toMatchObject({...expected, orphan: true})
  })

  test.each([
    ['a word where the id of a WebSocket API would be', '/aws/apigateway/production/users'],
    ['a name that is too short for an id', '/aws/apigateway/pets1/prod'],
    ['only one name', '/aws/apigateway/petstore'],
    ['more than API and stage', '/aws/apigateway/gone000001/prod/users'],
    ['the id of a REST API, which writes nothing there: somebody named it', '/aws/apigateway/rest000001/test'],
    ['the id of an HTTP API, which has no execution log', '/aws/apigateway/http000001/$default'],
    ['no stage', 'API-Gateway-Execution-Logs_gone000001'],
  ])('%s: nobody can tell, so it is no orphan', (_, group) => {
    expect(ownership(group, OWNERS).orphan).toBeUndefined()
  })

  test('while not all APIs can be seen, none is an orphan, and those that have an owner have it', () => {
    const blind: Owners = {...OWNERS, hidden: [new Problem('denied', 'not authorized')]}
    expect(ownership('API-Gateway-Execution-Logs_gone000001/prod', blind).orphan).toBeUndefined()
    expect(ownership('API-Gateway-Execution-Logs_rest000001/prod', blind).orphan).toBe(false)
  })
})

const GONE = 'API-Gateway-Execution-Logs_gone000001/prod'
const THERE = 'API-Gateway-Execution-Logs_rest000001/prod'

/** An account with groups, REST APIs with a stage `prod` each, and everything that was asked and done. */
function account(groups: string[], apis: string[]) {
  const done: string[] = []
  let denied: Problem | undefined
  const ports: InventoryPorts = {
    apis: {
      async *list() {
        done.push('list APIs')
        if (denied) throw denied
        for (const id of apis) yield {id, name: id} as RestApi
      },
    },
    stages: {list: async () => [{name: 'prod', methodSettings: []} as unknown as Stage]},
    v2Apis: {async *list() {}, async *stages() {}},
    groups: {
      async *list(prefix) {
        done.push('list groups')
        for (const name of groups) {
          if (name.startsWith(prefix)) yield {name, arn: arnOf(name), storedBytes: 7} as LogGroup
        }
      },
      create: async name => void done.push(`create ${name}`),
      setRetention: async (name, days) => void done.push(`keep ${name} ${days}`),
      delete: async name => void done.push(`delete ${name}`),
      lastEvent: async () => undefined,
    },
  }
  return {ports, done, apis, deny: () => (denied = new Problem('denied', 'not authorized'))}
}

describe('a plan to prune', () => {
  test('deletes what has lost its owner, and nothing else', async () => {
    const {ports, done} = account([GONE, THERE, '/aws/apigateway/welcome', '/aws/apigateway/petstore'], ['rest000001'])
    const plan = await planPrune(ports)
    expect(plan.changes).toEqual([
      {
        action: 'delete',
        kind: 'log group',
        name: GONE,
        detail: 'of the REST API gone000001, which is gone',
      },
    ])
    expect(done.filter(text => text.startsWith('delete'))).toEqual([])
    await plan.apply()
    expect(done.filter(text => text.startsWith('delete'))).toEqual([`delete ${GONE}`])
  })

  test('lists the groups before the APIs: a new API has its group later', async () => {
    const {ports, done} = account([GONE], [])
    await planPrune(ports)
    expect(done.lastIndexOf('list groups')).toBeLessThan(done.indexOf('list APIs'))
  })

  test('leaves a group whose API has come while the question stood', async () => {
    const {ports, done, apis} = account([GONE], [])
    const plan = await planPrune(ports)
    apis.push('gone000001')
    const {failed} = await plan.apply()
    expect(failed).toMatchObject([{name: GONE, problem: {kind: 'conflict'}}])
    expect(done.filter(text => text.startsWith('delete'))).toEqual([])
  })

  test('is none where APIs cannot be listed, before and after the question', async () => {
    const {ports, done, deny} = account([GONE], [])
    const plan = await planPrune(ports)
    deny()
    await expect(planPrune(ports)).rejects.toMatchObject({kind: 'denied', hint: expect.stringContaining('/restapis')})
    expect((await plan.apply()).failed).toMatchObject([{problem: {kind: 'denied'}}])
    expect(done.filter(text => text.startsWith('delete'))).toEqual([])
  })
})

describe('the groups whose retention is meant', () => {
  test('are those of an API or stage, or one by its name, and none that is only named alike', async () => {
    const {ports} = account([GONE, THERE, '/aws/apigateway/petstore'], ['rest000001'])
    const found = await inventory(ports)
    const names = (refs: Parameters<typeof groupsToKeep>[1]) => groupsToKeep(found, refs).map(({group}) => group)
    expect(names({})).toEqual([GONE, THERE])
    expect(names({api: 'rest000001'})).toEqual([THERE])
    expect(names({api: 'gone000001'})).toEqual([GONE])
    expect(names({group: '/aws/apigateway/petstore'})).toEqual(['/aws/apigateway/petstore'])
    expect(() => names({group: 'other'})).toThrow(expect.objectContaining({kind: 'missing'}))
    expect(() => names({api: 'rest000001', stage: 'test'})).toThrow(expect.objectContaining({kind: 'missing'}))
    expect(() => names({api: 'nope'})).toThrow(expect.objectContaining({kind: 'missing'}))
  })

  test('are asked about only where events are lost', () => {
    const {ports} = account([], [])
    const group = (retentionDays: number | undefined, storedBytes = 7) => ({group: 'g', retentionDays, storedBytes})
    const question = (from: ReturnType<typeof group>, to: number | 'forever') =>
      planRetention(ports.groups, [from], to).question
    expect(question(group(undefined), 14)).toContain('older than 14 days there is lost')
    expect(question(group(30), 14)).toContain('lost')
    expect(question(group(7), 14)).toBeUndefined()
    expect(question(group(7), 'forever')).toBeUndefined()
    expect(question(group(undefined, 0), 14)).toBeUndefined()
  })

  test('are set only where they are otherwise', async () => {
    const {ports, done} = account([], [])
    const entries = [
      {group: 'a', retentionDays: 14, storedBytes: 0},
      {group: 'b', retentionDays: 7, storedBytes: 0},
    ]
    const plan = planRetention(ports.groups, entries, 14)
    expect(plan.changes.map(({name}) => name)).toEqual(['b'])
    expect((await plan.apply()).done.map(({retentionDays}) => retentionDays)).toEqual([14, 14])
    expect(done).toEqual(['keep b 14'])
  })
})
