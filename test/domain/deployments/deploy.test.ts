import {describe, expect, test} from 'vitest'
import type {RestApi} from '../../../src/domain/apis.js'
import {type DeployPorts, type DeployRequest, planDeployment} from '../../../src/domain/deployments/deploy.js'
import {findDeployment} from '../../../src/domain/deployments/deployment.js'
import type {UsagePlan} from '../../../src/domain/plans.js'
import {Problem, type ProblemKind} from '../../../src/domain/problem.js'
import type {EditedApi} from '../../../src/domain/snapshots/source.js'
import type {Stage} from '../../../src/domain/stages.js'
import {FakeClock} from '../../support/session.js'

const api = {id: 'a1b2c3d4e5', name: 'pet store', endpointType: 'REGIONAL', vpcEndpointIds: []} as unknown as RestApi

const prod: Stage = {
  name: 'prod',
  deploymentId: 'old',
  variables: {table: 'pets'},
  methodSettings: [
    {method: '*', key: '*/*', dataTrace: false, metrics: true, caching: false, throttleRate: 10, throttleBurst: 20},
  ],
  tracing: true,
  tags: {team: 'pets'},
}

async function* each<T>(...items: T[]) {
  yield* items
}

/** An account with one API, whose stages and failures the test decides on; `calls` is what changed something. */
class Account {
  stage: Stage | undefined
  plans: UsagePlan[] = [plan('gold'), {...plan('silver'), apiStages: []}]
  /** Routes of the API as it is edited, and of what the stage serves; all are mocks. */
  edited = ['GET /pets']
  served: string[] = []
  deployments = [{id: 'old', createdDate: new Date(1_000)}]
  readonly calls: string[] = []
  readonly notices: string[] = []
  readonly clock = new FakeClock()
  /** Called at a step, such as `create` or `get 2`; may throw or change the account. */
  readonly at = new Map<string, () => void>()
  readonly #counts = new Map<string, number>()

  constructor(stage?: Stage) {
    this.stage = stage
  }

  #step(name: string): void {
    const count = (this.#counts.get(name) ?? 0) + 1
    this.#counts.set(name, count)
    this.at.get(name)?.()
    this.at.get(`${name} ${count}`)?.()
  }

  async *#list() {
    this.#step('deployments')
    yield* this.deployments
  }

  readonly ports: DeployPorts = {
    deployments: {
      list: () => this.#list(),
      create: async (_, {stage}) => {
        this.calls.push(`create${stage ? ` on ${stage.name}` : ''}${stage?.canary ? ' as canary' : ''}`)
        this.#step('create')
        if (stage?.canary) this.stage = {...prod, ...this.stage, canary: {...stage.canary, deploymentId: 'new'}}
        else if (stage) this.stage = {...bare(stage.name), variables: stage.variables ?? {}}
        this.#step('created')
        return {id: 'new'}
      },
    },
    snapshots: {
      edited: async () => {
        this.#step('edited')
        return editedApi(this.edited)
      },
      exported: async () => {
        this.#step('exported')
        return definition(this.served)
      },
      summary: async () => {
        this.#step('summary')
        return Object.fromEntries(this.served.map(route => [route.split(' ')[1], {[route.split(' ')[0]!]: {}}]))
      },
    },
    stages: {
      list: async () => (this.stage ? [this.stage] : []),
      get: async () => {
        this.#step('get')
        if (!this.stage) throw new Problem('missing', 'Invalid stage identifier specified')
        return this.stage
      },
      update: async (_, name, {deploymentId, variables}) => {
        this.calls.push(`update ${name} to ${deploymentId} with ${JSON.stringify(variables)}`)
        this.#step('update')
        this.stage = {...(this.stage ?? prod), deploymentId, variables: {...this.stage?.variables, ...variables}}
        this.#step('updated')
        return this.stage
      },
    },
    plans: {
      list: () => {
        this.#step('plans')
        return each(...this.plans)
      },
    },
    location: {region: 'eu-west-1', partition: 'aws', dnsSuffix: 'amazonaws.com'},
    session: {
      clock: this.clock,
      signal: new AbortController().signal,
      notice: (text: string) => this.notices.push(text),
    },
  }

  async deploy(change: Partial<DeployRequest> = {}) {
    return (await planDeployment(this.ports, {api, stage: 'prod', variables: {}, ...change})).apply()
  }
}

function editedApi(routes: readonly string[]): EditedApi {
  const resources = routes.map((route, i) => {
    const [method = '', path = ''] = route.split(' ')
    return {id: `r${i}`, path, methods: {[method]: {authorizationType: 'NONE', integration: {type: 'MOCK'}}}}
  })
  return {api: {}, resources, authorizers: [], models: [], validators: [], gatewayResponses: []}
}

/** The form of an export. Source: Developer Guide, "Export a REST API". */
function definition(routes: readonly string[]) {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const route of routes) {
    const [method = '', path = ''] = route.split(' ')
    paths[path] = {...paths[path], [method.toLowerCase()]: {'x-amazon-apigateway-integration': {type: 'mock'}}}
  }
  return {openapi: '3.0.1', info: {title: 'pet store', version: '1'}, paths}
}

const bare = (name: string): Stage => ({
  name,
  deploymentId: 'new',
  variables: {},
  methodSettings: [],
  tracing: false,
  tags: {},
})

const canary = (deploymentId: string) => ({deploymentId, percentTraffic: 10, variables: {}, useStageCache: false})

function plan(name: string): UsagePlan {
  return {id: name, name, apiStages: [{apiId: api.id, stage: 'prod', throttle: {}}], tags: {}}
}

const fails =
  (kind: ProblemKind, message = 'Oops', code?: string) =>
  () => {
    throw new Problem(kind, message, undefined, {code})
  }

describe('a deployment', () => {
  test('of a new stage is one call that brings the variables along', async () => {
    const account = new Account()
    expect(await account.deploy({variables: {a: '1'}})).toEqual({
      apiId: api.id,
      apiName: 'pet store',
      stage: 'prod',
      deploymentId: 'new',
      previousDeploymentId: undefined,
      created: true,
      canaryPercent: undefined,
      deployed: true,
      changes: {added: 1, changed: 0, removed: 0},
      notCompared: [],
      kept: undefined,
      url: 'https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com/prod',
    })
    expect(account.calls).toEqual(['create on prod'])
    expect(account.stage?.variables).toEqual({a: '1'})
  })

  test('of a stage that exists makes the snapshot apart and brings it in, with variables, by one call', async () => {
    const account = new Account(prod)
    expect(await account.deploy({variables: {mode: 'b'}})).toMatchObject({created: false, previousDeploymentId: 'old'})
    expect(account.calls).toEqual(['create', 'update prod to new with {"mode":"b"}'])
    expect(account.stage).toEqual({...prod, deploymentId: 'new', variables: {table: 'pets', mode: 'b'}})
  })

  test('goes to the canary that gets requests, which stays as it is set', async () => {
    const canary = {deploymentId: 'try', percentTraffic: 10, variables: {mode: 'c'}, useStageCache: true}
    const account = new Account({...prod, canary})
    expect(await account.deploy()).toMatchObject({canaryPercent: 10, previousDeploymentId: 'try'})
    expect(account.calls).toEqual(['create on prod as canary'])
    expect(account.stage).toEqual({...prod, canary: {...canary, deploymentId: 'new'}})
    await expect(account.deploy({variables: {a: '1'}})).rejects.toMatchObject({kind: 'conflict'})
  })

  test('leaves a canary alone that gets no requests any more, and reaches the stage', async () => {
    const canary = {deploymentId: 'old', percentTraffic: 0, variables: {}, useStageCache: false}
    const account = new Account({...prod, canary})
    expect(await account.deploy()).toMatchObject({canaryPercent: undefined, previousDeploymentId: 'old'})
    expect(account.stage).toEqual({...prod, canary, deploymentId: 'new'})
  })
})

describe('what is different', () => {
  const plan = (account: Account, change: Partial<DeployRequest> = {}) =>
    planDeployment(account.ports, {api, stage: 'prod', variables: {}, ...change})

  test('is counted, and told of a deployment that was made', async () => {
    const account = new Account(prod)
    account.edited = ['GET /pets', 'POST /pets']
    account.served = ['GET /pets', 'GET /cats', 'GET /dogs']
    const changes = {added: 1, changed: 0, removed: 2}
    expect((await plan(account)).difference.counts).toEqual(changes)
    expect(await account.deploy()).toMatchObject({deployed: true, changes, notCompared: []})
  })

  test('is nothing: no deployment is made, and the result tells what the stage serves', async () => {
    const account = new Account(prod)
    account.served = account.edited
    const {changes, nothing} = await plan(account, {variables: {table: 'pets'}})
    expect({changes, nothing}).toEqual({
      changes: [],
      nothing: 'No changes: prod serves pet store as it is edited already (old).',
    })
    expect(await account.deploy({variables: {table: 'pets'}})).toMatchObject({
      ...{deploymentId: 'old', deployed: false, created: false, changes: {added: 0, changed: 0, removed: 0}},
    })
    expect(account.calls).toEqual([])
  })

  test('is nothing, and a description is given: it is no reason to deploy, and that is said', async () => {
    const account = new Account(prod)
    account.served = account.edited
    const {changes, nothing} = await plan(account, {description: 'v2'})
    expect(changes).toEqual([])
    expect(nothing).toContain('The description is not used')
  })

  test('is nothing but a variable: it is set by one call, and no deployment is made', async () => {
    const account = new Account(prod)
    account.served = account.edited
    const variables = {table: 'pets', mode: 'b'}
    expect((await plan(account, {variables})).changes).toEqual([
      {action: 'update', kind: 'stage', name: 'prod', detail: 'variable mode: none → b'},
    ])
    expect(await account.deploy({variables})).toMatchObject({deployed: false, deploymentId: 'old'})
    expect(account.calls).toEqual(['update prod to undefined with {"mode":"b"}'])
  })

  test('is nothing, and it is deployed by force', async () => {
    const account = new Account(prod)
    account.served = account.edited
    expect(await account.deploy({force: true})).toMatchObject({deployed: true, deploymentId: 'new'})
  })

  test('is nothing as far as can be told: that is said, with what was not compared and how to deploy', async () => {
    const account = new Account(prod)
    account.served = account.edited
    const edited = editedApi(account.edited)
    const [resource] = edited.resources
    const requestModels = {'application/xml': 'Pet'}
    Object.assign(resource!.methods.GET!, {requestModels})
    const models = [{name: 'Pet', contentType: 'application/xml', schema: '{}'}]
    account.ports.snapshots.edited = async () => ({...edited, models})
    const {changes, nothing, difference} = await plan(account)
    expect(difference.untold).toHaveLength(1)
    expect(changes).toEqual([])
    expect(nothing).toContain('No changes as far as can be told')
    expect(nothing).toContain(`Not compared: ${difference.untold[0]}`)
    expect(nothing).toContain("To deploy all the same: apigw deploy --api 'pet store' --stage prod --force")
  })

  test.each(['exported', 'edited'] as const)(
    'cannot be told, because %s is refused: it is deployed, and that is said',
    async what => {
      for (const kind of ['denied', 'failed', 'missing'] as const) {
        const account = new Account(prod)
        account.served = account.edited
        account.at.set(what, fails(kind, 'Not here.'))
        const {remarks} = await plan(account)
        expect(remarks).toEqual([
          'What is different cannot be told: Not here. It is deployed whether or not anything is different.',
        ])
        expect(await account.deploy()).toMatchObject({deployed: true, changes: undefined, notCompared: ['anything']})
      }
    },
  )

  test('cannot be told, because the service does not answer: nothing is deployed', async () => {
    const account = new Account(prod)
    account.at.set('exported', fails('unreachable'))
    await expect(account.deploy()).rejects.toMatchObject({kind: 'unreachable'})
    expect(account.calls).toEqual([])
  })

  test('of a canary are the routes alone, so it is deployed even if they are alike', async () => {
    const canary = {deploymentId: 'try', percentTraffic: 10, variables: {}, useStageCache: false}
    const account = new Account({...prod, canary})
    account.served = account.edited
    const {difference, remarks} = await plan(account)
    expect(difference).toMatchObject({
      before: {deploymentId: 'try'},
      items: [],
      untold: expect.arrayContaining(['models']),
    })
    expect(remarks[0]).toContain('Of what the canary of prod serves only the routes can be compared.')
    expect(await account.deploy()).toMatchObject({deployed: true, changes: undefined, canaryPercent: 10})
  })

  test('a canary that serves what the stage serves is compared as a whole', async () => {
    const canary = {deploymentId: 'old', percentTraffic: 10, variables: {}, useStageCache: false}
    const account = new Account({...prod, canary})
    account.served = account.edited
    const {changes, gap} = await plan(account)
    expect({changes, gap}).toEqual({changes: [], gap: undefined})
  })
})

test('a deployment on no stage, as a run leaves it that was stopped, is told of and not taken up', async () => {
  const account = new Account(prod)
  account.deployments.push({id: 'orphan', createdDate: new Date(2_000)})
  const {remarks} = await planDeployment(account.ports, {api, stage: 'prod', variables: {}})
  expect(remarks).toEqual([expect.stringContaining('The newest deployment so far, orphan, is on no stage')])
  expect(await account.deploy()).toMatchObject({deploymentId: 'new'})
  account.at.set('deployments', fails('denied'))
  expect((await planDeployment(account.ports, {api, stage: 'prod', variables: {}})).remarks).toEqual([])
})

describe('when the deployment itself fails', () => {
  test('a refusal is passed on: nothing was done', async () => {
    const account = new Account(prod)
    account.at.set('create', fails('failed', 'Account quota', 'BadRequestException'))
    await expect(account.deploy()).rejects.toMatchObject({message: 'Account quota'})
  })

  test('after it was carried out, the user learns what the stage serves now', async () => {
    const account = new Account()
    account.at.set('created', fails('unreachable', 'The connection was lost during CreateDeployment.'))
    await expect(account.deploy()).rejects.toMatchObject({
      kind: 'unreachable',
      message: 'The answer to the deployment was lost: The connection was lost during CreateDeployment.',
      hint: "prod serves new since then, so it was probably done. Look: apigw stages get prod --api 'pet store'",
    })
  })

  test('after it went to the canary, the user learns what the canary serves now', async () => {
    const account = new Account({...prod, canary: canary('c')})
    account.at.set('created', fails('unreachable', 'The connection was lost.'))
    await expect(account.deploy()).rejects.toMatchObject({
      message: 'The answer to the deployment was lost: The connection was lost.',
      hint: "the canary of prod serves new since then, so it was probably done. Look: apigw stages get prod --api 'pet store'",
    })
  })

  test('before it was carried out, the user learns that nothing was changed', async () => {
    const account = new Account(prod)
    account.at.set('create', fails('failed', 'Internal failure', 'InternalFailure'))
    await expect(account.deploy()).rejects.toMatchObject({
      message: 'The deployment failed: Internal failure',
      hint: 'Nothing was changed on prod, which still serves old: run it again.',
    })
  })

  test('and the stage cannot be read either, the doubt is said', async () => {
    const account = new Account(prod)
    account.at.set('create', fails('unreachable'))
    account.at.set('get', fails('unreachable'))
    await expect(account.deploy()).rejects.toMatchObject({
      message: 'The deployment failed, perhaps after it was done: Oops',
      hint: "Look: apigw stages get prod --api 'pet store'",
    })
  })

  test('an interruption is not dressed up', async () => {
    const account = new Account(prod)
    account.at.set('create', fails('interrupted', 'Interrupted.'))
    await expect(account.deploy()).rejects.toMatchObject({kind: 'interrupted', message: 'Interrupted.'})
  })
})

describe('when a later step fails', () => {
  test('the snapshot was made but not brought in: the stage serves the old one, and the rest of the work is named', async () => {
    const account = new Account(prod)
    account.at.set('update', fails('denied', 'not authorized'))
    await expect(account.deploy({variables: {url: 'http://x/?a=1&b=2'}})).rejects.toMatchObject({
      kind: 'denied',
      message: 'The snapshot new was made, but not brought to prod, which still serves old: not authorized',
      hint: "What is left to do: apigw stages update prod --api 'pet store' --deployment new --var 'url=http://x/?a=1&b=2'",
    })
    expect(account.stage).toEqual(prod)
  })

  test('the answer is lost of what brought the snapshot in: the stage serves it, so that it is done', async () => {
    const account = new Account(prod)
    account.at.set('updated', fails('unreachable', 'The connection was lost.'))
    expect(await account.deploy()).toMatchObject({
      deploymentId: 'new',
      previousDeploymentId: 'old',
      kept: {usagePlans: 1},
    })
  })

  test('somebody has deleted the snapshot before a stage served it: another one has to be made', async () => {
    const account = new Account(prod)
    account.at.set('update', fails('failed', 'Deployment id does not exist', 'BadRequestException'))
    await expect(account.deploy({variables: {a: '1'}})).rejects.toMatchObject({
      hint: "It is deleted again. To make another: apigw deploy --api 'pet store' --stage prod --var a=1",
    })
  })

  test('the answer is lost, and the stage did not get the snapshot: the rest of the work is named', async () => {
    const account = new Account(prod)
    account.at.set('update', fails('unreachable', 'The connection was lost.'))
    await expect(account.deploy()).rejects.toMatchObject({
      message: 'The snapshot new was made, but not brought to prod, which still serves old: The connection was lost.',
      hint: "What is left to do: apigw stages update prod --api 'pet store' --deployment new",
    })
  })

  test.each([
    ['the answer is lost and nothing can be read', 'unreachable', 'whether prod serves it is not known: Oops'],
    ['it is interrupted', 'interrupted', 'Oops The snapshot new was made; whether prod serves it is not known.'],
  ] as const)('%s: the doubt is said, and what may be left', async (_, kind, message) => {
    const account = new Account(prod)
    account.at.set('update', fails(kind))
    account.at.set('get', fails('unreachable'))
    const error = await account.deploy().catch(error => error)
    expect(error).toMatchObject({kind})
    expect(error.message).toContain(message)
    expect(error.hint).toBe(
      "Look: apigw stages get prod --api 'pet store'\n" +
        "What may be left to do: apigw stages update prod --api 'pet store' --deployment new",
    )
  })

  test.each(['gave-up', 'interrupted'] as const)(
    'the usage plans cannot be read any more (%s): it is said what is served',
    async kind => {
      const account = new Account(prod)
      account.at.set('plans 2', fails(kind, 'No.'))
      await expect(account.deploy()).rejects.toMatchObject({
        kind,
        message: 'prod serves new, but whether it is on its usage plans still could not be read: No.',
        hint: 'Look: apigw plans list. They were: gold',
      })
    },
  )

  test('the stage cannot be read back: it is said that it was deployed', async () => {
    const account = new Account(prod)
    account.at.set('get', fails('failed', 'Internal failure'))
    await expect(account.deploy()).rejects.toMatchObject({
      message: 'new was deployed to prod, but the stage could not be read back: Internal failure',
      hint: "Look whether it serves new: apigw stages get prod --api 'pet store'",
    })
  })
})

describe('afterwards', () => {
  test('an answer that lags behind is read again', async () => {
    const account = new Account(prod)
    account.at.set('updated', () => {
      account.stage = prod
    })
    account.at.set('get 3', () => {
      account.stage = {...prod, deploymentId: 'new'}
    })
    expect(await account.deploy()).toMatchObject({deploymentId: 'new'})
    expect(account.clock.slept).toEqual([1_000, 1_000])
  })

  test('a stage that goes on serving the old snapshot is a failure', async () => {
    const account = new Account(prod)
    account.at.set('updated', () => {
      account.stage = prod
    })
    await expect(account.deploy()).rejects.toMatchObject({
      kind: 'failed',
      message: 'prod was told to serve new, but serves old still.',
    })
  })

  test('a canary that somebody starts at the same time is a conflict: not all requests get what was deployed', async () => {
    const account = new Account(prod)
    account.at.set('updated', () => {
      account.stage = {...prod, deploymentId: 'new', canary: canary('theirs')}
    })
    await expect(account.deploy()).rejects.toMatchObject({
      kind: 'conflict',
      message: 'prod serves new, but 10 % of the requests get theirs: somebody else started a canary at the same time.',
      hint:
        "Look: apigw canary status --api 'pet store' --stage prod\n" +
        "To give all requests new: apigw canary abort --api 'pet store' --stage prod",
    })
  })

  test.each([
    ['takes away', undefined, 'which is gone since then', "apigw stages get prod --api 'pet store'"],
    ['replaces', 'theirs', 'which serves theirs since then', "apigw canary status --api 'pet store' --stage prod"],
  ])('a canary that somebody %s is a conflict, and the whole stage is not offered instead', async (_, id, is, look) => {
    const account = new Account({...prod, canary: canary('c')})
    account.at.set('created', () => {
      account.stage = {...prod, canary: id === undefined ? undefined : canary(id)}
    })
    await expect(account.deploy()).rejects.toMatchObject({
      kind: 'conflict',
      message: `new was deployed to the canary of prod, ${is}: somebody else changed it at the same time.`,
      hint: `Look: ${look}`,
    })
  })

  test("somebody else's deployment at the same time is a conflict, with the command that brings this one in", async () => {
    const account = new Account(prod)
    account.at.set('updated', () => {
      account.stage = {...prod, deploymentId: 'theirs'}
    })
    await expect(account.deploy()).rejects.toMatchObject({
      kind: 'conflict',
      message: 'prod serves theirs, which came in at the same time, and not new.',
      hint: "To bring it in: apigw stages update prod --api 'pet store' --deployment new",
    })
  })

  test('what the stage lost is named: settings, variables, tags and usage plans', async () => {
    const account = new Account(prod)
    account.at.set('updated', () => {
      account.stage = {...bare('prod'), variables: {table: 'cats'}, tracing: true}
      account.plans = []
    })
    const problem: Problem = await account.deploy().catch(error => error)
    expect(problem.kind).toBe('failed')
    expect(problem.message).toMatch(/^prod serves new, but the stage is not as it was: /)
    for (const lost of [
      'variable table was pets and is cats',
      'tag team was pets and is gone',
      'metrics of * was true and is gone',
      'throttleRate of * was 10 and is gone',
      'usage plan gold is gone',
    ]) {
      expect(problem.message).toContain(lost)
    }
    expect(problem.message).not.toContain('silver')
    expect(problem.hint?.split('\n')).toEqual([
      "To restore it: apigw stages update prod --api 'pet store' --var table=pets --tag team=pets",
      "To restore it: apigw stages update prod --api 'pet store' --throttle-rate 10 --throttle-burst 20 --metrics",
      "To restore it: apigw plans attach gold --stage 'pet store/prod'",
      "Look: apigw stages get prod --api 'pet store'",
    ])
  })

  test('what its canary lost is named, too', async () => {
    const canary = {deploymentId: 'try', percentTraffic: 10, variables: {mode: 'c'}, useStageCache: true}
    const account = new Account({...prod, canary})
    account.at.set('created', () => {
      const lost = {percentTraffic: 0, variables: {}, useStageCache: false}
      account.stage = {...prod, canary: {...lost, deploymentId: 'new'}}
    })
    const problem: Problem = await account.deploy().catch(error => error)
    expect(problem.hint?.split('\n')[0]).toBe(
      "To restore it: apigw canary set --api 'pet store' --stage prod --percent 10 --var mode=c --use-stage-cache",
    )
  })

  test('what it kept is counted', async () => {
    const {kept} = await new Account(prod).deploy()
    // tracing, a variable, a tag, and of all methods level, data trace, metrics, caching, rate and burst
    expect(kept).toEqual({settings: 9, usagePlans: 1})
  })

  test('credentials that may not read usage plans can deploy all the same', async () => {
    const account = new Account(prod)
    account.at.set('plans', fails('denied', 'not authorized'))
    const {deploymentId, kept} = await account.deploy()
    expect({deploymentId, kept}).toEqual({deploymentId: 'new', kept: {settings: 9, usagePlans: undefined}})
    expect(account.notices).toEqual([expect.stringContaining('may not read usage plans')])
  })
})

test('the latest deployment is the youngest, and among those of one second the one listed last', async () => {
  const at = (id: string, second: number) => ({id, createdDate: new Date(second * 1000)})
  const deployments = {list: () => each(at('a', 1), at('b', 5), at('c', 5), at('d', 2))}
  expect(await findDeployment({deployments}, api, 'latest')).toMatchObject({id: 'c'})
  expect(await findDeployment({deployments}, api, 'a')).toMatchObject({id: 'a'})
  await expect(findDeployment({deployments}, api, 'x')).rejects.toMatchObject({
    kind: 'missing',
    hint: 'The newest are: c, b, d, a',
  })
})
