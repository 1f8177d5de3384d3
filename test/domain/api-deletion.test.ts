import {describe, expect, test} from 'vitest'
import {type Company, type DeletionPorts, planApiDeletion} from '../../src/domain/api-deletion.js'
import type {RestApi} from '../../src/domain/apis.js'
import type {DomainMapping} from '../../src/domain/domains.js'
import type {UsagePlan} from '../../src/domain/plans.js'
import {Problem} from '../../src/domain/problem.js'
import type {EditedApi} from '../../src/domain/snapshots/source.js'

const api = {id: 'abc', name: 'petstore'} as RestApi
const ALONE: Company = {mappings: false, logs: false}
const ALL: Company = {mappings: true, logs: true}

const plan = (name: string, ...stages: [apiId: string, stage: string][]): UsagePlan => ({
  id: `id-of-${name}`,
  name,
  apiStages: stages.map(([apiId, stage]) => ({apiId, stage, throttle: {}})),
  tags: {},
})

const mapping = (basePath: string, apiId = 'abc'): DomainMapping => ({
  domain: 'api.example.com',
  domainType: 'REGIONAL',
  basePath,
  apiId,
  stage: 'prod',
})

const invocation = (name: string) =>
  `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:${name}/invocations`

const EDITED = {
  resources: [
    {
      methods: {
        GET: {integration: {type: 'AWS_PROXY', uri: invocation('pets')}},
        POST: {integration: {type: 'HTTP_PROXY', uri: 'http://x', connectionType: 'VPC_LINK', connectionId: 'link01'}},
      },
    },
  ],
  authorizers: [
    {uri: invocation('judge')},
    {providerArns: ['arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_abc']},
  ],
} as unknown as EditedApi

interface World {
  plans?: UsagePlan[]
  mappings?: DomainMapping[]
  groups?: string[]
  /** Whether the service leaves deleted stages on their plans. */
  forgets?: boolean
  /** What fails, as it stands in the log. */
  fails?: string
  /** What may not be read. */
  denied?: string[]
}

/** A service with two stages, and what was done to it. */
function service({plans = [], mappings = [], groups = [], forgets = false, fails, denied = []}: World) {
  const log: string[] = []
  const notices: string[] = []
  const left = {plans, mappings, groups, api: true}
  const change = (text: string) => {
    if (text === fails) throw new Problem('failed', 'Refused.')
    log.push(text)
  }
  const read = <Answer>(what: string, answer: Answer) => {
    if (denied.includes(what)) throw new Problem('denied', `No ${what} for you.`)
    return answer
  }
  const ports: DeletionPorts = {
    apis: {
      delete: async id => {
        change(`delete ${id}`)
        if (!left.api) throw new Problem('missing', 'Invalid API identifier specified')
        left.api = false
        if (forgets) return
        left.plans = plans.map(one => ({...one, apiStages: one.apiStages.filter(stage => stage.apiId !== id)}))
      },
    },
    stages: {
      list: async () =>
        [
          {name: 'prod', variables: {}, accessLog: {destinationArn: 'arn:aws:logs:us-east-1:1:log-group:shared'}},
          {name: 'beta', variables: {}},
        ] as never,
    },
    plans: {
      async *list() {
        yield* left.plans
      },
      update: async (id, {removeStages = []}) => {
        change(`take ${removeStages.map(({apiId, stage}) => `${apiId}:${stage}`)} off ${id}`)
        return plans.find(one => one.id === id)!
      },
    },
    domains: {
      async *mappings() {
        yield* read('domains', left.mappings)
      },
      remove: async one => {
        change(`unmap ${one.basePath}`)
        left.mappings = left.mappings.filter(each => each !== one)
      },
    },
    deployments: {
      async *list() {
        yield* read('deployments', [{id: 'd1'}, {id: 'd2'}])
      },
    },
    groups: {
      async *list(prefix) {
        const found = read('groups', left.groups).filter(name => name.startsWith(prefix))
        yield* found.map(name => ({name, arn: '', storedBytes: 2048}))
      },
      delete: async name => {
        change(`forget ${name}`)
        left.groups = left.groups.filter(each => each !== name)
      },
    },
    snapshots: {edited: async () => read('edited', EDITED)},
    session: {notice: text => notices.push(text)},
  }
  return {ports, log, notices, left, mend: () => (fails = undefined)}
}

const PROD = 'API-Gateway-Execution-Logs_abc/prod'
const BETA = 'API-Gateway-Execution-Logs_abc/beta'

describe('what hangs on an API', () => {
  test('is told before anything is done: what goes, what could go, and what stays', async () => {
    const {ports, log} = service({
      plans: [plan('gold', ['abc', 'prod']), plan('free', ['other', 'prod'])],
      mappings: [mapping('pets'), mapping('other', 'other')],
      groups: [PROD, 'API-Gateway-Execution-Logs_other/prod'],
    })
    const {changes, question} = await planApiDeletion(ports, api, {mappings: true, logs: false})
    expect(changes.map(({action, kind, name, detail}) => [action, kind, name, detail].join(' ').trim())).toEqual([
      'delete base path mapping api.example.com/pets leads to the stage prod',
      'delete API petstore abc, with 2 deployments',
      'delete stage prod',
      'delete stage beta',
      'detach usage plan gold from petstore',
      `keep log group ${PROD} 2.0 KB; --with-logs deletes it`,
      'keep function pets',
      'keep function judge',
      'keep VPC link link01',
      'keep user pool us-east-1_abc',
      'keep access log shared',
    ])
    for (const {name} of changes) expect(question).toContain(name)
    expect(question).not.toContain('free')
    expect(log).toEqual([])
  })

  test('is deleted in an order in which a failure leaves an API that still works', async () => {
    const {ports, log} = service({mappings: [mapping('pets'), mapping('')], groups: [PROD, BETA]})
    await (await planApiDeletion(ports, api, ALL)).apply()
    expect(log).toEqual(['unmap pets', 'unmap ', 'delete abc', `forget ${PROD}`, `forget ${BETA}`])
  })

  test('of custom domain names forbids the deletion, unless they are to go with it', async () => {
    const {ports, log} = service({mappings: [mapping('pets'), mapping('shop/v1')]})
    await expect(planApiDeletion(ports, api, ALONE)).rejects.toMatchObject({
      kind: 'conflict',
      message:
        'petstore cannot be deleted while a custom domain name leads to it: api.example.com/pets, api.example.com/shop/v1.',
      hint: 'To take them away, too: apigw apis delete petstore --with-mappings',
    })
    expect(log).toEqual([])
  })

  test('and may not be read is said, and forbids only what was to go with it', async () => {
    const {ports, log} = service({denied: ['domains', 'groups', 'edited', 'deployments']})
    const deletion = await planApiDeletion(ports, api, ALONE)
    expect(deletion.question).toContain(
      'Not known: custom domain names (No domains for you.); log groups (No groups for you.); what it calls (No edited for you.)',
    )
    await deletion.apply()
    expect(log).toEqual(['delete abc'])
    await expect(planApiDeletion(ports, api, {...ALONE, mappings: true})).rejects.toMatchObject({kind: 'denied'})
    await expect(planApiDeletion(ports, api, {...ALONE, logs: true})).rejects.toMatchObject({kind: 'denied'})
  })

  test('a group that an access log goes to stays, whatever it is called', async () => {
    const {ports, log} = service({groups: [PROD]})
    ports.stages.list = async () =>
      [
        {name: 'prod', variables: {}, accessLog: {destinationArn: `arn:aws:logs:us-east-1:1:log-group:${PROD}`}},
      ] as never
    await (await planApiDeletion(ports, api, ALL)).apply()
    expect(log).toEqual(['delete abc'])
  })
})

describe('a failure half-way says what was done and what was not, and the same command goes on', () => {
  const world = {mappings: [mapping('a'), mapping('b')], groups: [PROD, BETA]}

  test.each(['unmap b', 'delete abc'])('at %s', async fails => {
    const {ports, log, left, mend} = service({...world, fails})
    const failure = (await planApiDeletion(ports, api, ALL)).apply()
    await expect(failure).rejects.toMatchObject({
      message: expect.stringMatching(/Done before that: deleted base path mapping .*Not done: .*delete API petstore/s),
      hint: 'Run the same command again when this is mended: it goes on where it stopped.',
    })
    expect(left).toMatchObject({api: true, groups: [PROD, BETA]})
    mend()
    await (await planApiDeletion(ports, api, ALL)).apply()
    expect(left).toMatchObject({api: false, mappings: [], groups: []})
    expect(log.filter(text => text === 'unmap a')).toHaveLength(1)
  })

  test('after the API has gone it names the command that does the rest', async () => {
    const {ports} = service({...world, fails: `forget ${PROD}`})
    await expect((await planApiDeletion(ports, api, ALL)).apply()).rejects.toMatchObject({
      message: expect.stringContaining(`The API petstore is deleted, but not the log group ${PROD}: Refused.`),
      hint: 'What is left to do: apigw logs prune --orphans --api abc --confirm 2',
    })
    const last = service({...world, fails: `forget ${BETA}`}).ports
    await expect((await planApiDeletion(last, api, ALL)).apply()).rejects.toMatchObject({
      hint: `What is left to do: apigw logs prune --orphans --api abc --confirm ${BETA}`,
    })
  })

  test('an API that has gone meanwhile counts as deleted', async () => {
    const {ports, left} = service({})
    left.api = false
    expect(await (await planApiDeletion(ports, api, ALONE)).apply()).toBe(api)
  })
})

describe('usage plans', () => {
  test('that the service tidied itself are left alone', async () => {
    const {ports, log} = service({plans: [plan('gold', ['abc', 'prod'])]})
    await (await planApiDeletion(ports, api, ALONE)).apply()
    expect(log).toEqual(['delete abc'])
  })

  test('that still name a stage of the API are tidied, after it is gone', async () => {
    const plans = [plan('gold', ['abc', 'prod'], ['other', 'x'], ['abc', 'beta'])]
    const {ports, log} = service({plans, forgets: true})
    await (await planApiDeletion(ports, api, ALONE)).apply()
    expect(log).toEqual(['delete abc', 'take abc:prod,abc:beta off id-of-gold'])
  })

  test('that cannot be tidied are named, and so are those after it', async () => {
    const plans = [plan('a', ['abc', 'prod']), plan('b', ['abc', 'prod']), plan('c', ['abc', 'beta'])]
    const {ports} = service({plans, forgets: true, fails: 'take abc:prod off id-of-b'})
    await expect((await planApiDeletion(ports, api, ALONE)).apply()).rejects.toMatchObject({
      message: expect.stringContaining(
        'The API petstore is deleted, but still named by the usage plans b, c: Refused.',
      ),
    })
  })
})
