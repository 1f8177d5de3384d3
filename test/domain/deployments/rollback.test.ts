import {describe, expect, test} from 'vitest'
import type {RestApi} from '../../../src/domain/apis.js'
import {
  editedStill,
  planRollback,
  type RollbackPorts,
  type RollbackRequest,
} from '../../../src/domain/deployments/rollback.js'
import {Problem} from '../../../src/domain/problem.js'
import type {Stage, StageChanges} from '../../../src/domain/stages.js'
import {FakeClock} from '../../support/session.js'

const api = {id: 'a1b2c3d4e5', name: 'petstore', endpointType: 'REGIONAL'} as RestApi

const stageOn = (name: string, deploymentId: string): Stage => ({
  ...{name, deploymentId, variables: {table: 'pets'}, methodSettings: [], tracing: true, tags: {}},
})

const at = (id: string, second: number, description?: string) => ({
  id,
  createdDate: new Date(second * 1000),
  description,
})

/** `one`, `two` and `three` were deployed in that order; `prod` serves the second. */
class Account {
  stages = [stageOn('prod', 'two'), stageOn('beta', 'one')]
  deployments = [at('two', 2, 'v2'), at('one', 1, 'v1'), at('three', 3, 'v3')]
  plans = ['gold']
  /** Answers instead of the service. */
  broken: Problem | undefined
  readonly updates: StageChanges[] = []
  readonly read: string[] = []

  readonly ports: RollbackPorts = {
    deployments: {list: () => each(...this.deployments)},
    snapshots: {
      edited: async () => {
        if (this.broken) throw this.broken
        const methods = {GET: {integration: {type: 'MOCK'}}}
        const nothing = {authorizers: [], models: [], validators: [], gatewayResponses: []}
        return {api: {}, resources: [{id: 'r', path: '/three', methods}], ...nothing}
      },
      exported: async (_, stage) => {
        this.read.push(`stage ${stage}`)
        if (this.broken) throw this.broken
        const {deploymentId} = this.stages.find(({name}) => name === stage) ?? {}
        return definition(`/${deploymentId}`)
      },
      summary: async (_, id) => {
        this.read.push(`summary ${id}`)
        if (this.broken) throw this.broken
        return {[`/${id}`]: {GET: {}}}
      },
    },
    stages: {
      get: async (_, name) => this.#stage(name),
      update: async (_, name, changes) => {
        this.updates.push(changes)
        const {deploymentId, canary} = changes
        this.stages = this.stages.map(stage => {
          if (stage.name !== name) return stage
          return {...stage, deploymentId, ...(canary === 'remove' ? {canary: undefined} : {})}
        })
        return this.#stage(name)
      },
    },
    plans: {
      list: () =>
        each(
          ...this.plans.map(name => ({
            id: name,
            name,
            apiStages: [{apiId: api.id, stage: 'prod', throttle: {}}],
            tags: {},
          })),
        ),
    },
    location: {region: 'eu-west-1', partition: 'aws', dnsSuffix: 'amazonaws.com'},
    session: {clock: new FakeClock(), signal: new AbortController().signal, notice: () => {}},
  }

  #stage(name: string): Stage {
    return this.stages.find(stage => stage.name === name)!
  }

  plan(change: Partial<RollbackRequest> = {}) {
    return planRollback(this.ports, {api, stage: this.stages[0]!, stages: this.stages, to: 'previous', ...change})
  }
}

async function* each<T>(...items: T[]) {
  yield* items
}

const definition = (path: string) => ({
  openapi: '3.0.1',
  info: {title: 'petstore', version: '1'},
  paths: {[path]: {get: {'x-amazon-apigateway-integration': {type: 'mock'}}}},
})

describe('a rollback', () => {
  test('goes to the newest deployment that is older than the served one, by one call', async () => {
    const account = new Account()
    const {changes, question, apply} = await account.plan()
    expect(changes).toEqual([{action: 'update', kind: 'stage', name: 'prod', detail: 'back to one instead of two'}])
    expect(question).toBe('Let prod serve one instead of two?')
    expect(await apply()).toEqual({
      apiId: api.id,
      apiName: 'petstore',
      stage: 'prod',
      deploymentId: 'one',
      previousDeploymentId: 'two',
      description: 'v1',
      createdDate: new Date(1_000),
      changes: {added: 1, changed: 0, removed: 1},
      notCompared: [],
      kept: {settings: 2, usagePlans: 1},
      url: 'https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com/prod',
    })
    expect(account.updates).toEqual([{deploymentId: 'one'}])
  })

  test('goes to the deployment that is named, also to a newer one', async () => {
    const account = new Account()
    expect(await (await account.plan({to: 'three'})).apply()).toMatchObject({deploymentId: 'three'})
  })

  test('leaves out what was made for a temporary stage', async () => {
    const account = new Account()
    account.deployments.push(at('temp', 1.5, 'apigw: temporary, of the API as it was edited'))
    expect(await (await account.plan()).apply()).toMatchObject({deploymentId: 'one'})
  })

  test('to what is served already does nothing, and says so', async () => {
    const account = new Account()
    const {changes, nothing, apply, difference} = await account.plan({to: 'two'})
    expect({changes, nothing}).toEqual({changes: [], nothing: 'Nothing to do: prod serves two already.'})
    expect(difference).toMatchObject({items: [], untold: []})
    expect(await apply()).toMatchObject({deploymentId: 'two', notCompared: []})
    expect({updates: account.updates, read: account.read}).toEqual({updates: [], read: []})
  })

  test.each<[string, Partial<RollbackRequest>, (account: Account) => void, string, string]>([
    [
      'there is none before',
      {},
      account => account.stages.splice(0, 1, stageOn('prod', 'one')),
      'prod serves one, the oldest deployment of petstore: there is none before it.',
      'See them: apigw deployments list --api petstore',
    ],
    [
      'the served one is not listed',
      {},
      account => account.stages.splice(0, 1, stageOn('prod', 'gone')),
      'What is previous cannot be told: gone, which prod serves, is not listed.',
      'Name one, with --to ID.',
    ],
    [
      'the target is gone',
      {to: 'four'},
      () => {},
      'petstore has no deployment "four".',
      'The newest are: three, two, one',
    ],
  ])('is refused where %s', async (_, request, change, message, hint) => {
    const account = new Account()
    change(account)
    const error = expect.objectContaining({kind: 'missing', message, hint: expect.stringContaining(hint)})
    await expect(account.plan(request)).rejects.toEqual(error)
  })
})

describe('a canary', () => {
  const withCanary = (percentTraffic: number) => {
    const account = new Account()
    const canary = {deploymentId: 'three', percentTraffic, variables: {mode: 'c'}, useStageCache: false}
    account.stages[0] = {...account.stages[0]!, canary}
    return account
  }

  test('that gets requests is in the way: it would go on getting them', async () => {
    await expect(withCanary(10).plan()).rejects.toMatchObject({
      kind: 'conflict',
      message: 'prod has a canary, which would go on getting 10 % of the requests.',
      hint: 'End it first: apigw canary abort --api petstore --stage prod; or end it in the same step: --force',
    })
  })

  test('is what is in the way of a script, too, whatever is on no stage besides', async () => {
    const account = withCanary(10)
    account.stages[0]!.canary!.deploymentId = 'one'
    await expect(account.plan({isUnattended: true})).rejects.toMatchObject({
      kind: 'conflict',
      message: 'prod has a canary, which would go on getting 10 % of the requests.',
    })
  })

  test('ends in the same call by force, and that is said before', async () => {
    const account = withCanary(10)
    const {question, apply} = await account.plan({force: true})
    expect(question).toBe('Let prod serve one instead of two; its canary ends, which gets 10 % (three)?')
    expect(await apply()).toMatchObject({deploymentId: 'one', kept: {settings: 2}})
    expect(account.updates).toEqual([{deploymentId: 'one', canary: 'remove'}])
  })

  test('that gets none stays as it is set', async () => {
    const account = withCanary(0)
    await (await account.plan()).apply()
    expect(account.updates).toEqual([{deploymentId: 'one', canary: undefined}])
    expect(account.stages[0]?.canary?.deploymentId).toBe('three')
  })
})

const MAYBE_DONE = 'prod may be rolled back already: it serves two, and three, which is newer, is on no stage.'

describe('a script that was stopped and runs again', () => {
  test('does not go further back than anybody wanted', async () => {
    await expect(new Account().plan({isUnattended: true})).rejects.toMatchObject({
      kind: 'conflict',
      message: MAYBE_DONE,
      hint: 'To go further back: apigw rollback --api petstore --stage prod --to one',
    })
  })

  test('goes to a deployment that it names, and is not held up by what another stage or a canary serves', async () => {
    const account = new Account()
    expect((await account.plan({isUnattended: true, to: 'one'})).remarks).toEqual([])
    account.stages.push(stageOn('gamma', 'three'))
    expect((await account.plan({isUnattended: true})).remarks).toEqual([])
  })
})

describe('a rollback whose answer is lost', () => {
  const lost = new Problem('unreachable', 'The connection was lost during UpdateStage.')

  test('is done where the stage serves the older deployment all the same', async () => {
    const account = new Account()
    const {update} = account.ports.stages
    account.ports.stages.update = async (...call) => {
      await update(...call)
      throw lost
    }
    expect(await (await account.plan()).apply()).toMatchObject({deploymentId: 'one', previousDeploymentId: 'two'})
  })

  test('is said not to be done where the stage serves what it did', async () => {
    const account = new Account()
    account.ports.stages.update = () => Promise.reject(lost)
    await expect((await account.plan()).apply()).rejects.toMatchObject({
      kind: 'unreachable',
      message: `prod still serves two: ${lost.message}`,
      hint: 'Nothing was changed: run it again.',
    })
  })

  test('is said to be in doubt where nobody tells', async () => {
    const account = new Account()
    const plan = await account.plan()
    account.ports.stages.update = () => Promise.reject(lost)
    account.ports.stages.get = () => Promise.reject(lost)
    await expect(plan.apply()).rejects.toMatchObject({
      message: `Whether prod serves one is not known: ${lost.message}`,
      hint: 'Look: apigw stages get prod --api petstore',
    })
  })
})

describe('what is different', () => {
  test('is told whole where another stage serves the target', async () => {
    const account = new Account()
    const {difference, remarks} = await account.plan()
    expect(account.read).toEqual(['stage prod', 'stage beta'])
    expect(remarks).toEqual([MAYBE_DONE])
    expect(difference).toMatchObject({
      before: {kind: 'stage', name: 'prod', deploymentId: 'two'},
      after: {kind: 'deployment', name: 'one'},
      items: [
        {name: 'GET /one', change: 'added'},
        {name: 'GET /two', change: 'removed'},
      ],
    })
  })

  test('is told by the routes alone where none does, and that is said', async () => {
    const account = new Account()
    const {difference, remarks} = await account.plan({to: 'three'})
    expect(account.read).toEqual(['stage prod', 'summary three'])
    expect(difference.counts).toEqual({added: 1, changed: 0, removed: 1})
    expect(difference.untold).not.toEqual([])
    expect(remarks).toEqual([expect.stringContaining('only its routes can be compared')])
  })

  test('does not hold up a rollback where the service does not tell', async () => {
    const account = new Account()
    account.broken = new Problem('failed', 'GetExport failed')
    const {remarks, apply} = await account.plan()
    expect(remarks).toEqual([MAYBE_DONE, expect.stringContaining('What is different cannot be told')])
    expect(await apply()).toMatchObject({deploymentId: 'one', changes: undefined, notCompared: ['anything']})
  })

  test('of the edited API is counted afterwards, with the command that brings it back', async () => {
    const account = new Account()
    await (await account.plan()).apply()
    const told = () => editedStill(account.ports, api, {stage: 'prod', deploymentId: 'one'})
    expect(await told()).toBe(
      'The API as edited was not rolled back, it differs by 2 changes. The next deployment would bring that back: ' +
        'apigw deploy --api petstore --stage prod',
    )
    account.broken = new Problem('denied', 'not authorized')
    expect(await told()).toContain('The API as edited was not rolled back: the next deployment')
  })
})

test('what the stage lost is named, and the command that brings it back', async () => {
  const account = new Account()
  const {update} = account.ports.stages
  account.ports.stages.update = async (...args) => {
    const after = await update(...args)
    account.stages[0] = {...after, tracing: false}
    account.plans = []
    return after
  }
  await expect((await account.plan()).apply()).rejects.toMatchObject({
    kind: 'failed',
    message: 'prod serves one, but the stage is not as it was: tracing was true and is false; usage plan gold is gone.',
    hint:
      'To restore it: apigw stages update prod --api petstore --tracing\n' +
      'To restore it: apigw plans attach gold --stage petstore/prod\n' +
      'Look: apigw stages get prod --api petstore',
  })
})
