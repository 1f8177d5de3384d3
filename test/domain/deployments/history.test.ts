import {describe, expect, test} from 'vitest'
import type {Deployment} from '../../../src/domain/deployments/deployment.js'
import {
  deletionQuestion,
  describeDeployment,
  type HistoryPorts,
  history,
  planDeletions,
  planDescription,
  planPruning,
} from '../../../src/domain/deployments/history.js'
import {Problem} from '../../../src/domain/problem.js'
import type {Stage} from '../../../src/domain/stages.js'

const api = {id: 'abc', name: 'petstore'}
const DAY = 86_400_000

const at = (day: number) => new Date(Date.UTC(2026, 0, 1) + day * DAY)

/** Deployments named by the day on which they were made, listed in no order. */
const made = (...days: number[]): Deployment[] =>
  days.map(day => ({id: `d${day}`, createdDate: at(day), description: `release ${day}`}))

const stage = (name: string, deploymentId: string, canary?: string) =>
  ({name, deploymentId, canary: canary && {deploymentId: canary, percentTraffic: 10}}) as unknown as Stage

/** A service, and what was done to it. `looks` are what the stages serve, look by look; the last one holds. */
function service(deployments: Deployment[], ...looks: Stage[][]) {
  const log: string[] = []
  const refuses = new Map<string, Problem>()
  let left = deployments
  const ports: HistoryPorts = {
    deployments: {
      async *list() {
        yield* left
      },
      describe: async (_, id, description) => {
        log.push(`describe ${id} ${description}`)
        return {id, description, createdDate: at(0)}
      },
      delete: async (_, id) => {
        const refusal = refuses.get(id)
        if (refusal) throw refusal
        log.push(id)
        left = left.filter(one => one.id !== id)
      },
    },
    stages: {list: async () => (looks.length > 1 ? looks.shift()! : (looks[0] ?? []))},
    routes: {deployed: async (_, id) => [{path: `/${id}`, method: 'GET', apiKeyRequired: false}]},
  }
  return {ports, log, refuses}
}

describe('the history', () => {
  test('is told newest first, with every stage and canary that serves a deployment', async () => {
    const {ports} = service(made(2, 1, 3), [stage('prod', 'd1', 'd3'), stage('beta', 'd3')])
    expect(await history(ports, api)).toEqual([
      {...made(3)[0], stages: ['beta'], canaries: ['prod']},
      {...made(2)[0], stages: [], canaries: []},
      {...made(1)[0], stages: ['prod'], canaries: []},
    ])
  })

  test('has each deployment with its methods, also as latest', async () => {
    const {ports} = service(made(2, 1), [stage('prod', 'd2')])
    expect(await describeDeployment(ports, api, 'latest')).toMatchObject({
      id: 'd2',
      stages: ['prod'],
      routes: [{path: '/d2', method: 'GET'}],
    })
    await expect(describeDeployment(ports, api, 'd9')).rejects.toMatchObject({kind: 'missing'})
  })

  test('takes a new description, and calls nothing where it is so already', async () => {
    const {ports, log} = service(made(1))
    expect((await planDescription(ports, api, 'd1', 'release 1')).changes).toEqual([])
    const plan = await planDescription(ports, api, 'latest', '')
    expect(plan.changes).toMatchObject([{name: 'd1', detail: 'description taken away'}])
    expect(log).toEqual([])
    expect(await plan.apply()).toMatchObject({id: 'd1', description: '', stages: []})
    expect(log).toEqual(['describe d1 '])
  })
})

describe('deleting', () => {
  test('one that a stage or a canary serves is refused before any call, with the command that frees it', async () => {
    const {ports, log} = service(made(1, 2), [stage('prod', 'd1', 'd2')])
    const [first] = (await planDeletions(ports, api, ['d1'])).failed
    expect(first?.problem).toMatchObject({
      kind: 'conflict',
      message: 'd1 is served by the stage prod.',
      hint: expect.stringContaining('apigw stages update prod --api petstore --deployment ID'),
    })
    const [second] = (await planDeletions(ports, api, ['d2'])).failed
    expect(second?.problem).toMatchObject({
      kind: 'conflict',
      message: 'd2 is served by the canary of prod.',
      hint: 'To free it: apigw canary abort --stage prod --api petstore',
    })
    expect(log).toEqual([])
  })

  test('goes on past one that cannot be deleted, is not there or is served', async () => {
    const {ports, log, refuses} = service(made(1, 2, 3, 4), [stage('prod', 'd1')])
    refuses.set('d3', new Problem('failed', 'no'))
    const plan = await planDeletions(ports, api, ['d1', 'd2', 'nope', 'd3', 'd4', 'd4', 'latest'])
    expect(plan.changes.map(({name}) => name)).toEqual(['d2', 'd3', 'd4'])
    const {done, failed} = await plan.apply()
    expect(log).toEqual(['d2', 'd4'])
    expect(done.map(({id}) => id)).toEqual(['d2', 'd4'])
    expect(failed.map(({name}) => name)).toEqual(['d1', 'nope', 'd3'])
  })

  test('one that has gone meanwhile counts as deleted', async () => {
    const {ports, refuses} = service(made(1))
    refuses.set('d1', new Problem('missing', 'Invalid Deployment identifier specified'))
    expect(await (await planDeletions(ports, api, ['d1'])).apply()).toMatchObject({done: [{id: 'd1'}], failed: []})
  })

  test('what a stage went back to while somebody thought about the question is left alone', async () => {
    const {ports, log} = service(made(1, 2, 3), [stage('prod', 'd3')], [stage('prod', 'd1'), stage('beta', 'd3', 'd2')])
    const {failed} = await (await planPruning(ports, api, {keep: 0})).apply()
    expect(log).toEqual([])
    expect(failed.map(({problem}) => problem.kind)).toEqual(['conflict', 'conflict'])
  })

  test('of a run of many the stages are looked at again and again', async () => {
    const days = Array.from({length: 250}, (_, day) => day)
    const looks = [[], [], [stage('prod', 'd30')]]
    const {ports, log} = service(made(...days), ...looks)
    const {failed} = await (await planPruning(ports, api, {keep: 0})).apply()
    expect(failed.map(({name}) => name)).toEqual(['d30'])
    expect(log).toHaveLength(249)
  })
})

describe('pruning', () => {
  test('keeps what is served and, besides, the newest; the oldest go first', async () => {
    const {ports, log} = service(made(5, 1, 4, 2, 6, 3), [stage('prod', 'd6', 'd2'), stage('beta', 'd4')])
    const plan = await planPruning(ports, api, {keep: 1})
    expect(plan.kept).toEqual({served: 3, unused: 1})
    expect(log).toEqual([])
    await plan.apply()
    expect(log).toEqual(['d1', 'd3'])
  })

  test('by age takes only what was made before, and nothing without a date', async () => {
    const {ports} = service([...made(5, 1, 4, 2), {id: 'undated'}], [])
    const plan = await planPruning(ports, api, {keep: 1, before: at(4).getTime()})
    expect(plan.changes.map(({name}) => name)).toEqual(['d1', 'd2'])
    const all = await planPruning(ports, api, {keep: 1})
    expect(all.changes.map(({name}) => name)).toEqual(['undated', 'd1', 'd2', 'd4'])
  })

  test('interrupted, it tells what was not tried, and run again it goes on there', async () => {
    const {ports, log, refuses} = service(made(1, 2, 3), [])
    refuses.set('d2', new Problem('interrupted', 'Interrupted.'))
    const {done, failed} = await (await planPruning(ports, api, {keep: 0})).apply()
    expect([done.length, failed.map(({problem}) => problem.message)]).toEqual([1, ['Interrupted.', 'not tried']])
    refuses.clear()
    await (await planPruning(ports, api, {keep: 0})).apply()
    expect(log).toEqual(['d1', 'd2', 'd3'])
    expect((await planPruning(ports, api, {keep: 0})).size).toBe(0)
  })
})

test('to confirm is the id of one, and the number of several', async () => {
  const {ports} = service(made(1, 2), [])
  expect(deletionQuestion(await planDeletions(ports, api, ['d1']), api)).toMatchObject({name: 'd1'})
  expect(deletionQuestion(await planDeletions(ports, api, ['d1', 'd2']), api)).toEqual({
    name: '2',
    message: 'This deletes 2 deployments of petstore, for good: no stage can go back to them.',
  })
})
