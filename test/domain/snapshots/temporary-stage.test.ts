import {expect, test} from 'vitest'
import {interrupted, Problem} from '../../../src/domain/problem.js'
import {
  isTemporary,
  type TemporaryStagePorts,
  withTemporaryStage,
} from '../../../src/domain/snapshots/temporary-stage.js'
import type {Stage} from '../../../src/domain/stages.js'
import {FakeClock} from '../../support/session.js'

const API = {id: 'a1b2c3d4e5', name: 'petstore'}
const NOW = Date.UTC(2026, 0, 1)
const HOUR = 3_600_000

const stageOf = (name: string, deploymentId: string, createdDate = new Date(NOW)): Stage => ({
  name,
  deploymentId,
  createdDate,
  variables: {},
  methodSettings: [],
  tracing: false,
  tags: {},
})

interface Made {
  stages?: Stage[]
  deployments?: {id: string; description?: string; createdDate?: Date}[]
}

/** A service that keeps stages and deployments, and what it was asked to do. */
function service({stages = [], deployments = []}: Made = {}) {
  const made = {stages: [...stages], deployments: [...deployments]}
  const notices: string[] = []
  const calls: string[] = []
  const missing = (what: string) => new Problem('missing', `There is no ${what}.`)
  const ports: TemporaryStagePorts = {
    secret: () => '5ec2e7',
    session: {clock: new FakeClock(NOW), notice: text => void notices.push(text)},
    deployments: {
      async *list() {
        yield* made.deployments
      },
      async create(_api, {description, stage}) {
        calls.push('create deployment')
        made.deployments.push({id: 'dep001', createdDate: new Date(NOW), ...(description && {description})})
        if (stage) made.stages.push(stageOf(stage.name, 'dep001'))
        return {id: 'dep001', description}
      },
    },
    stages: {
      async create(_api, {name, deploymentId}) {
        calls.push(`create stage of ${deploymentId}`)
        const stage = stageOf(name, deploymentId)
        made.stages.push(stage)
        return stage
      },
      async update(_api, name, {methodSettings}) {
        calls.push(`throttle to ${methodSettings?.map(({method, throttleRate}) => `${throttleRate} of ${method}`)}`)
        return made.stages.find(stage => stage.name === name) as Stage
      },
    },
    undoing: {
      deployments: {
        async delete(_api, id) {
          const index = made.deployments.findIndex(each => each.id === id)
          if (index < 0) throw missing('deployment')
          if (made.stages.some(stage => stage.deploymentId === id)) {
            throw new Problem('failed', 'Active stages pointing to this deployment must be moved or deleted')
          }
          made.deployments.splice(index, 1)
        },
      },
      stages: {
        async get(_api, name) {
          const stage = made.stages.find(each => each.name === name)
          if (!stage) throw missing('stage')
          return stage
        },
        async delete(_api, name) {
          const index = made.stages.findIndex(each => each.name === name)
          if (index < 0) throw missing('stage')
          made.stages.splice(index, 1)
        },
      },
    },
  }
  const names = () => [...made.stages.map(({name}) => name), ...made.deployments.map(({id}) => id)]
  return {ports, made, names, notices, calls}
}

test('of what is edited a deployment and a stage are made, used and deleted again', async () => {
  const {ports, names, notices} = service()
  const seen = await withTemporaryStage(ports, API, {stages: []}, async stage => ({stage, there: names()}))
  expect(seen.stage).toEqual({name: 'apigw-temporary-5ec2e7', deploymentId: 'dep001'})
  expect(seen.there).toEqual(['apigw-temporary-5ec2e7', 'dep001'])
  expect(isTemporary(seen.stage)).toBe(true)
  expect(names()).toEqual([])
  expect(notices).toEqual([])
})

test('of a deployment only a stage is made, and the deployment stays', async () => {
  const {ports, names, calls} = service({deployments: [{id: 'old123', createdDate: new Date(NOW - HOUR)}]})
  const use = async (stage: {deploymentId: string}) => {
    calls.push('use')
    return stage
  }
  const used = await withTemporaryStage(ports, API, {stages: [], deploymentId: 'old123'}, use)
  expect(used.deploymentId).toBe('old123')
  expect(calls).toEqual(['create stage of old123', 'throttle to 0 of *', 'use'])
  expect(names()).toEqual(['old123'])
})

test('it answers no requests: before it is used it is throttled to none, or else not used', async () => {
  const {ports, names, calls} = service()
  await withTemporaryStage(ports, API, {stages: []}, async () => void calls.push('use'))
  expect(calls).toEqual(['create deployment', 'throttle to 0 of *', 'use'])
  const problem = new Problem('denied', 'Not you.')
  ports.stages.update = () => Promise.reject(problem)
  await expect(withTemporaryStage(ports, API, {stages: []}, async () => void calls.push('use'))).rejects.toBe(problem)
  expect(calls.filter(call => call === 'use')).toHaveLength(1)
  expect(names()).toEqual([])
})

test.each([
  ['fails', new Problem('failed', 'No.')],
  ['is interrupted', interrupted()],
])('nothing is left when what it is for %s', async (_how, problem) => {
  const {ports, names} = service()
  const using = withTemporaryStage(ports, API, {stages: []}, () => Promise.reject(problem))
  await expect(using).rejects.toBe(problem)
  expect(names()).toEqual([])
})

test('nothing is left when the answer to the deployment was lost', async () => {
  const {ports, names} = service()
  const {create} = ports.deployments
  const lost = new Problem('unreachable', 'socket hang up')
  ports.deployments.create = async (api, request) => {
    await create(api, request)
    throw lost
  }
  await expect(withTemporaryStage(ports, API, {stages: []}, async () => {})).rejects.toBe(lost)
  expect(names()).toEqual([])
})

test('an API that cannot be deployed is told as the service tells it', async () => {
  const {ports, notices} = service()
  const refused = new Problem('failed', 'petstore cannot be deployed: it has no methods yet.')
  ports.deployments.create = () => Promise.reject(refused)
  await expect(withTemporaryStage(ports, API, {stages: []}, async () => {})).rejects.toBe(refused)
  expect(notices).toEqual([])
})

test.each(['gave-up', 'denied'] as const)(
  'where the service does not even try (%s) nothing is said to be left',
  async kind => {
    const {ports, notices} = service()
    ports.deployments.create = () => Promise.reject(new Problem(kind, 'No.'))
    ports.undoing.stages.get = () => Promise.reject(new Problem(kind, 'Neither.'))
    await expect(withTemporaryStage(ports, API, {stages: []}, async () => {})).rejects.toMatchObject({kind})
    expect(notices).toEqual([])
  },
)

test('a deployment that cannot be deleted is named without its stage, which is gone', async () => {
  const {ports, notices, names} = service()
  ports.undoing.deployments.delete = () => Promise.reject(new Problem('denied', 'Not you.'))
  await withTemporaryStage(ports, API, {stages: []}, async () => {})
  expect(names()).toEqual(['dep001'])
  expect(notices).toEqual([
    'The deployment dep001 of the temporary stage could not be deleted, a later run does it: Not you.\n' +
      'To tidy up: apigw deployments delete dep001 --api petstore --confirm dep001',
  ])
})

test('a stage that cannot be deleted is named, with the command that does it, and the result is kept', async () => {
  const {ports, notices} = service()
  ports.undoing.stages.delete = () => Promise.reject(new Problem('denied', 'Not you.'))
  expect(await withTemporaryStage(ports, API, {stages: []}, async () => 'read')).toBe('read')
  expect(notices).toEqual([
    'The temporary stage apigw-temporary-5ec2e7 could not be deleted, a later run does it: Not you.\n' +
      'To tidy up: apigw stages delete apigw-temporary-5ec2e7 --api petstore --confirm apigw-temporary-5ec2e7\n' +
      'To tidy up: apigw deployments delete dep001 --api petstore --confirm dep001',
  ])
})

const TEMPORARY = 'apigw: temporary, of the API as it was edited'

test('what runs that were killed have left is deleted; what one beside this has, and what is somebody else’s, stays', async () => {
  const [old, young] = [new Date(NOW - HOUR), new Date(NOW - 60_000)]
  const stages = [
    stageOf('prod', 'live00', old),
    stageOf('apigw-temporary-killed', 'left01', old),
    stageOf('apigw-temporary-shown', 'mine01', old),
    stageOf('apigw-temporary-beside', 'left02', young),
  ]
  const deployments = [
    {id: 'live00', description: TEMPORARY, createdDate: old},
    {id: 'mine01', description: 'mine', createdDate: old},
    {id: 'left01', description: TEMPORARY, createdDate: old},
    {id: 'left02', description: TEMPORARY, createdDate: young},
    {id: 'left03', description: TEMPORARY, createdDate: old},
  ]
  const {ports, names} = service({stages, deployments})
  await withTemporaryStage(ports, API, {stages}, async () => {})
  expect(names()).toEqual(['prod', 'apigw-temporary-beside', 'live00', 'mine01', 'left02'])
})

test('leftovers that may not be deleted do not stop the run', async () => {
  const stages = [stageOf('apigw-temporary-killed', 'left01', new Date(NOW - HOUR))]
  const {ports} = service({stages})
  const {delete: deleteStage} = ports.undoing.stages
  ports.undoing.stages.delete = async (api, name) => {
    if (name.endsWith('killed')) throw new Problem('denied', 'Not you.')
    await deleteStage(api, name)
  }
  expect(await withTemporaryStage(ports, API, {stages}, async () => 'read')).toBe('read')
})

test('a stage that is made after its making was interrupted is deleted, too', async () => {
  const {ports, made, names} = service()
  const clock = new FakeClock(NOW)
  const sleep = clock.sleep.bind(clock)
  clock.sleep = async milliseconds => {
    made.stages.push(stageOf('apigw-temporary-5ec2e7', 'old123'))
    await sleep(milliseconds)
  }
  ports.session = {...ports.session, clock}
  ports.stages.create = () => Promise.reject(interrupted())
  const using = withTemporaryStage(ports, API, {stages: [], deploymentId: 'old123'}, async () => {})
  await expect(using).rejects.toMatchObject({kind: 'interrupted'})
  expect(clock.slept).toEqual([1_000])
  expect(names()).toEqual([])
})
