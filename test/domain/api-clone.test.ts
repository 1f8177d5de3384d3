import {describe, expect, test} from 'vitest'
import {type ClonePorts, type CloneRequest, planApiClone} from '../../src/domain/api-clone.js'
import type {CreateRequest, RestApi} from '../../src/domain/apis.js'
import {Problem} from '../../src/domain/problem.js'
import type {EditedApi, EditedMethod} from '../../src/domain/snapshots/source.js'
import {FakeClock} from '../support/session.js'

const source: RestApi = {
  id: 'abc0000001',
  name: 'petstore',
  description: 'All pets',
  version: '1',
  endpointType: 'PRIVATE',
  vpcEndpointIds: ['vpce-1'],
  binaryMediaTypes: ['image/png'],
  minimumCompressionSize: 5,
  apiKeySource: 'AUTHORIZER',
  disableExecuteApiEndpoint: true,
  ipAddressType: 'dualstack',
  securityPolicy: 'SecurityPolicy_TLS13_1_3_2025_09',
  endpointAccessMode: 'STRICT',
  policy:
    '{"Resource":"arn:aws:execute-api:us-east-1:123456789012:abc0000001/*","Other":"arn:aws:execute-api:us-east-1:123456789012:zzz/*"}',
  tags: {team: 'a', 'aws:cloudformation:stack-name': 'x'},
  warnings: [],
}
const other = {...source, id: 'other00001', name: 'taken'}

const functionUri = (name: string) =>
  `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${name}/invocations`
const arnOf = (name: string) => `arn:aws:lambda:us-east-1:123456789012:function:${name}`

const calling = (name: string, credentials?: string): EditedMethod => ({
  authorizationType: 'NONE',
  integration: {type: 'AWS_PROXY', uri: functionUri(name), credentials},
})

const edited = (methods: Record<string, EditedMethod>, api: Partial<EditedApi> = {}): EditedApi => ({
  api: {},
  resources: [{id: 'r1', path: '/pets', methods}],
  authorizers: [],
  models: [],
  validators: [],
  gatewayResponses: [],
  ...api,
})

const PETS = edited({GET: calling(arnOf('pets')), POST: calling(arnOf('pets'))})

/** A service; `looks` are what the clone is like, look by look. */
function service(sourceIs = PETS, ...looks: (EditedApi | Problem)[]) {
  const log: string[] = []
  const created: CreateRequest[] = []
  const clock = new FakeClock()
  const fail = new Map<string, Problem>()
  const ports: ClonePorts = {
    apis: {
      async *list() {
        yield* [source, other]
      },
      create: async request => {
        created.push(request)
        log.push(`create ${request.name}`)
        return {...source, ...request, id: 'new0000001', warnings: []} as RestApi
      },
    },
    stages: {list: async id => (id === source.id ? [{name: 'prod'}] : []) as never},
    plans: {
      async *list() {
        yield {id: 'p1', name: 'gold', apiStages: [{apiId: source.id, stage: 'prod', throttle: {}}], tags: {}}
        yield {id: 'p2', name: 'free', apiStages: [], tags: {}}
      },
    },
    domains: {
      async *mappings() {
        yield {domain: 'a.example.com', domainType: 'EDGE' as const, basePath: 'v1', apiId: source.id}
        yield {domain: 'b.example.com', domainType: 'EDGE' as const, basePath: 'v1', apiId: 'other'}
      },
    },
    deployments: {
      create: async (api, {stage}) => {
        const failure = fail.get('deploy')
        if (failure) throw failure
        log.push(`deploy ${api.id} to ${stage?.name}`)
        return {id: 'd1'}
      },
    },
    snapshots: {
      edited: async id => {
        if (id === source.id) return sourceIs
        const look = looks.length > 1 ? looks.shift()! : (looks[0] ?? sourceIs)
        if (look instanceof Problem) throw look
        return look
      },
    },
    caller: async () => {
      log.push('who am I')
      return {accountId: '123456789012', location: {region: 'us-east-1', partition: 'aws', dnsSuffix: 'amazonaws.com'}}
    },
    session: {clock, signal: new AbortController().signal},
  }
  return {ports, log, created, clock, fail}
}

const NEXT: CloneRequest = {name: 'next', onNamesake: 'refuse'}

describe('a clone', () => {
  test('is made with all settings of its source, and addresses of its own in the policy', async () => {
    const {ports, created} = service()
    const plan = await planApiClone(ports, source, NEXT)
    expect(plan.changes).toEqual([
      {action: 'create', kind: 'API', name: 'next', detail: 'clone of petstore (abc0000001), 2 methods, private'},
    ])
    expect(created).toEqual([])
    await plan.apply()
    expect(created).toEqual([
      {
        cloneFrom: source.id,
        name: 'next',
        description: 'All pets',
        version: '1',
        endpointType: 'PRIVATE',
        vpcEndpointIds: ['vpce-1'],
        policy: '{"Resource":"execute-api:/*","Other":"arn:aws:execute-api:us-east-1:123456789012:zzz/*"}',
        binaryMediaTypes: ['image/png'],
        apiKeySource: 'AUTHORIZER',
        minimumCompressionSize: 5,
        disableExecuteApiEndpoint: true,
        tags: {team: 'a'},
        ipAddressType: 'dualstack',
        securityPolicy: 'SecurityPolicy_TLS13_1_3_2025_09',
        endpointAccessMode: 'STRICT',
      },
    ])
  })

  test('of another endpoint type has no VPC endpoints, and is not held to have those of its source', async () => {
    const clone = {...PETS, api: {vpcEndpointIds: []}}
    const {ports, created} = service({...PETS, api: {vpcEndpointIds: ['vpce-1']}}, clone)
    await (await planApiClone(ports, source, {...NEXT, endpointType: 'REGIONAL'})).apply()
    expect(created).toMatchObject([{endpointType: 'REGIONAL', vpcEndpointIds: []}])
    expect(Object.keys(created[0]!)).not.toContain('securityPolicy')
  })

  test('of another endpoint type is not held to speak TLS as its source does', async () => {
    const tls = {securityPolicy: 'SecurityPolicy_TLS13_1_3_2025_09', endpointAccessMode: 'STRICT'}
    const {ports} = service({...PETS, api: tls}, {...PETS, api: {securityPolicy: 'TLS_1_0'}})
    await (await planApiClone(ports, source, {...NEXT, endpointType: 'REGIONAL'})).apply()
  })

  test('is told with what its source has besides, and how functions let it in', async () => {
    const methods = {
      GET: calling(arnOf('pets')),
      PUT: calling(arnOf('roles'), 'arn:aws:iam::123456789012:role/x'),
      POST: calling(`${arnOf('').slice(0, -1)}:\${stageVariables.fn}`),
    }
    const judge = {id: 'a1', name: 'judge', type: 'TOKEN', uri: functionUri(arnOf('judge'))}
    const {ports} = service(edited(methods, {authorizers: [judge]}))
    const clone = await (await planApiClone(ports, source, NEXT)).apply()
    expect(clone.left).toMatchObject({
      stages: [{name: 'prod'}],
      plans: [{name: 'gold'}],
      mappings: [{domain: 'a.example.com'}],
    })
    expect(clone.permissions).toEqual(
      ['pets', 'judge'].map(name => expect.stringContaining(`--function-name '${arnOf(name)}'`)),
    )
    expect(clone.permissions[0]).toContain("--source-arn 'arn:aws:execute-api:us-east-1:123456789012:new0000001/*/*'")
    expect(clone.variableFunctions).toHaveLength(1)
  })

  test('asks who one is only where there are functions, and before anything is made', async () => {
    const mock = edited({GET: {integration: {type: 'MOCK'}}})
    const without = service(mock)
    await (await planApiClone(without.ports, source, NEXT)).apply()
    expect(without.log).toEqual(['create next'])
    const {ports, log} = service()
    await (await planApiClone(ports, source, NEXT)).apply()
    expect(log).toEqual(['who am I', 'create next'])
  })
})

describe('a clone that is not whole', () => {
  test('is found out, with what is missing, different or new, and the command that takes it away', async () => {
    const partial = edited({GET: calling(arnOf('cats')), DELETE: calling(arnOf('pets'))})
    const {ports, log} = service(PETS, partial)
    await expect((await planApiClone(ports, source, {...NEXT, stage: 'prod'})).apply()).rejects.toMatchObject({
      kind: 'failed',
      message:
        'next (new0000001) was made, but it is not a whole copy of petstore: DELETE /pets is new, GET /pets is different, POST /pets is missing.',
      hint: 'To take it away: apigw apis delete new0000001',
    })
    expect(log).toEqual(['who am I', 'create next'])
  })

  test('is looked at again: a service may be late', async () => {
    const {ports, clock} = service(PETS, edited({}), PETS)
    await (await planApiClone(ports, source, NEXT)).apply()
    expect(clock.slept).toEqual([2_000])
  })

  test('is one, too, whose models refer to those of the source', async () => {
    const models = (id: string) => [
      {name: 'Pet', schema: `{"$ref":"https://apigateway.amazonaws.com/restapis/${id}/models/Cat"}`},
    ]
    const {ports} = service({...PETS, models: models(source.id)}, {...PETS, models: models(source.id)})
    await expect((await planApiClone(ports, source, NEXT)).apply()).rejects.toMatchObject({
      message: expect.stringContaining('the model Pet refers to models of petstore'),
    })
    const own = service({...PETS, models: models(source.id)}, {...PETS, models: models('new0000001')})
    await (await planApiClone(own.ports, source, NEXT)).apply()
  })

  test('is one, too, that speaks another TLS than its source', async () => {
    const {ports} = service({...PETS, api: {securityPolicy: source.securityPolicy}}, PETS)
    const {create} = ports.apis
    ports.apis.create = async request => ({...(await create(request)), securityPolicy: undefined})
    await expect((await planApiClone(ports, source, NEXT)).apply()).rejects.toMatchObject({
      message: expect.stringMatching(/: securityPolicy is different\.$/),
    })
  })

  test('or that cannot be read is said to be there', async () => {
    const {ports} = service(PETS, new Problem('denied', 'not authorized'))
    await expect((await planApiClone(ports, source, NEXT)).apply()).rejects.toMatchObject({
      kind: 'denied',
      message: 'next (new0000001) was made, but could not be compared with petstore: not authorized',
    })
  })
})

describe('with a stage', () => {
  test('it is deployed once it is known to be whole', async () => {
    const {ports, log} = service()
    const plan = await planApiClone(ports, source, {...NEXT, stage: 'beta'})
    expect(plan.changes.map(({kind, name}) => `${kind} ${name}`)).toEqual(['API next', 'stage beta'])
    await plan.apply()
    expect(log).toEqual(['who am I', 'create next', 'deploy new0000001 to beta'])
  })

  test('that it cannot be deployed to it is there all the same, and the command that deploys it is named', async () => {
    const {ports, fail} = service()
    fail.set('deploy', new Problem('failed', 'no'))
    await expect((await planApiClone(ports, source, {...NEXT, stage: 'beta'})).apply()).rejects.toMatchObject({
      message: 'next (new0000001) is there, but not deployed: no',
      hint: 'To finish: apigw deploy --api next --stage beta',
    })
  })
})

describe('a name in use', () => {
  test('is refused before anything is made', async () => {
    const {ports, log} = service()
    await expect(planApiClone(ports, source, {...NEXT, name: 'taken'})).rejects.toMatchObject({kind: 'conflict'})
    expect(log).toEqual([])
  })

  test('is taken where that is wanted, and only the missing stage is made', async () => {
    const {ports, log} = service()
    const reuse: CloneRequest = {name: 'taken', onNamesake: 'reuse'}
    expect(await (await planApiClone(ports, source, reuse)).apply()).toMatchObject({api: {id: other.id}, isNew: false})
    expect(log).toEqual(['who am I'])
    await (await planApiClone(ports, source, {...reuse, stage: 'beta'})).apply()
    expect(log.at(-1)).toBe('deploy other00001 to beta')
  })
})
