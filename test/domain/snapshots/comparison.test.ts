import {describe, expect, test} from 'vitest'
import {interrupted, Problem} from '../../../src/domain/problem.js'
import {type ComparisonPorts, compareDeployments, compareStage} from '../../../src/domain/snapshots/comparison.js'
import {deploymentSide} from '../../../src/domain/snapshots/deployments.js'
import type {TemporaryStagePorts} from '../../../src/domain/snapshots/temporary-stage.js'
import type {Stage} from '../../../src/domain/stages.js'
import {FakeClock} from '../../support/session.js'

const API = {id: 'a1b2c3d4e5', name: 'petstore'}
const NOW = Date.UTC(2026, 0, 1)

const stage = (name: string, deploymentId: string, more: Partial<Stage> = {}): Stage => ({
  name,
  deploymentId,
  variables: {},
  methodSettings: [],
  tracing: false,
  tags: {},
  ...more,
})

/** A definition with one route, whose name tells where it was read. */
const definition = (path: string) => ({
  openapi: '3.0.1',
  paths: {[`/${path}`]: {get: {'x-amazon-apigateway-integration': {type: 'mock'}}}},
})

/** A service with deployments a, b and c, of which the stages serve some. */
function service(stages: Stage[]) {
  const asked: string[] = []
  const made = [...stages]
  const ports: ComparisonPorts = {
    snapshots: {
      async edited() {
        asked.push('edited')
        return {api: {}, resources: [], authorizers: [], models: [], validators: [], gatewayResponses: []}
      },
      async exported(_api, name) {
        asked.push(`export of ${name}`)
        return definition(made.find(stage => stage.name === name)?.deploymentId ?? 'none')
      },
      async summary(_api, id) {
        asked.push(`summary of ${id}`)
        return {[`/${id}`]: {GET: {authorizationType: 'NONE', apiKeyRequired: false}}}
      },
    },
    deployments: {
      async *list() {
        for (const id of ['a', 'b', 'c']) yield {id, createdDate: new Date(NOW)}
      },
    },
    stages: {list: async () => stages},
  }
  const temporary: TemporaryStagePorts = {
    secret: () => '5ec2e7',
    session: {clock: new FakeClock(NOW), notice: () => {}},
    deployments: {list: ports.deployments.list, create: async () => ({id: 'never'})},
    stages: {
      async create(_api, {name, deploymentId}) {
        asked.push(`stage of ${deploymentId}`)
        made.push(stage(name, deploymentId))
        return made.at(-1) as Stage
      },
      update: async (_api, name) => made.find(stage => stage.name === name) as Stage,
    },
    undoing: {
      deployments: {delete: async () => {}},
      stages: {get: async () => stage('never', 'never'), delete: async () => void asked.push('stage gone')},
    },
  }
  return {ports, asked, temporary}
}

describe('a deployment', () => {
  const read = async (stages: Stage[], isAgreed = false) => {
    const {ports, asked, temporary} = service(stages)
    const options = {stages, temporary: isAgreed ? temporary : undefined}
    const {snapshot, side} = await deploymentSide(ports.snapshots, API, {id: 'a'}, options)
    expect(side).toMatchObject({kind: 'deployment', name: 'a', deploymentId: 'a'})
    expect(Object.keys(snapshot.routes)).toEqual(['GET /a'])
    return {asked, detail: snapshot.detail}
  }

  test('is read whole from a stage that serves it, whether a temporary stage was agreed to or not', async () => {
    const stages = [stage('prod', 'b'), stage('beta', 'a')]
    expect(await read(stages)).toEqual({asked: ['export of beta'], detail: 'full'})
    expect(await read(stages, true)).toEqual({asked: ['export of beta'], detail: 'full'})
  })

  test('is known by its summary where only a canary serves it, or the temporary stage of another run', async () => {
    const canary = {deploymentId: 'a', percentTraffic: 10, variables: {}, useStageCache: false}
    const stages = [stage('prod', 'b', {canary}), stage('apigw-temporary-of-another', 'a')]
    expect(await read(stages)).toEqual({asked: ['summary of a'], detail: 'summary'})
  })

  test('is read from a temporary stage where somebody agreed to one', async () => {
    const name = 'apigw-temporary-5ec2e7'
    expect(await read([], true)).toEqual({
      asked: ['stage of a', `export of ${name}`, 'stage gone'],
      detail: 'full',
    })
  })
})

describe('a stage', () => {
  const request = {canary: false, snapshotOnly: false}

  test('is compared from what it serves to what is edited, and against another from that one to it', async () => {
    const [prod, beta] = [stage('prod', 'a'), stage('beta', 'b')]
    const {ports} = service([prod, beta])
    const sides = async (against?: Stage) => {
      const {difference} = await compareStage(ports, API, {...request, stage: beta, stages: [prod, beta], against})
      return [difference.before, difference.after]
    }
    const createdDate = new Date(NOW)
    expect(await sides()).toEqual([
      {kind: 'stage', name: 'beta', deploymentId: 'b', createdDate},
      {kind: 'edited', name: 'as edited'},
    ])
    expect(await sides(prod)).toEqual([
      {kind: 'stage', name: 'prod', deploymentId: 'a', createdDate},
      {kind: 'stage', name: 'beta', deploymentId: 'b', createdDate},
    ])
  })

  test('is compared without the age of its deployment where deployments may not be read', async () => {
    const prod = stage('prod', 'a')
    const {ports} = service([prod])
    const refused = (problem: Problem): ComparisonPorts => ({
      ...ports,
      deployments: {
        async *list() {
          yield* []
          throw problem
        },
      },
    })
    const of = (problem: Problem) => compareStage(refused(problem), API, {...request, stage: prod, stages: [prod]})
    const {difference} = await of(new Problem('denied', 'Not you.'))
    expect(difference.before).toEqual({kind: 'stage', name: 'prod', deploymentId: 'a'})
    expect(difference.counts).toEqual({added: 0, changed: 0, removed: 1})
    await expect(of(interrupted())).rejects.toMatchObject({kind: 'interrupted'})
  })

  test('that cannot be exported is compared by its routes, and it is said why', async () => {
    const prod = stage('prod', 'a')
    const {ports, asked} = service([prod])
    // Source: the service's error text, as the developer guide on exports quotes it.
    const refusal = new Problem('failed', 'Only found non-JSON body models for GET /a', undefined, {
      code: 'BadRequestException',
    })
    const refusing = (problem: Problem): ComparisonPorts => ({
      ...ports,
      snapshots: {...ports.snapshots, exported: () => Promise.reject(problem)},
    })
    const of = (problem: Problem) => compareStage(refusing(problem), API, {...request, stage: prod, stages: [prod]})
    const {difference, remarks} = await of(refusal)
    expect(asked).toContain('summary of a')
    expect(difference).toMatchObject({before: {kind: 'stage', name: 'prod'}, counts: {removed: 1}})
    expect(difference.untold).toContain('models')
    expect(remarks).toEqual([
      'prod cannot be exported, so that only its routes are known, their authorization and whether they need ' +
        'a key. The service says: Only found non-JSON body models for GET /a',
    ])
    const {remarks: both} = await compareDeployments(refusing(refusal), API, {before: 'prod', after: 'a'}, undefined)
    expect(both.map(remark => remark.replace(/,.*/, ''))).toEqual(['prod cannot be exported', 'a cannot be exported'])
    await expect(of(new Problem('denied', 'Not you.'))).rejects.toMatchObject({kind: 'denied'})
  })

  test('whose canary serves what the stage does has nothing that is not compared', async () => {
    const canary = {deploymentId: 'a', percentTraffic: 0, variables: {}, useStageCache: false}
    const prod = stage('prod', 'a', {canary})
    const {ports} = service([prod])
    const {remarks} = await compareStage(ports, API, {...request, stage: prod, stages: [prod]})
    expect(remarks).toEqual([])
    const own = await compareStage(ports, API, {...request, stage: prod, stages: [prod], canary: true})
    expect(own).toMatchObject({remarks: [], difference: {before: {kind: 'deployment', name: 'canary of prod'}}})
  })
})

test('two temporary stages are never there at the same time', async () => {
  const {ports, asked, temporary} = service([])
  const {remarks} = await compareDeployments(ports, API, {before: 'a', after: 'b'}, temporary)
  expect(asked.filter(what => what.startsWith('stage'))).toEqual([
    'stage of a',
    'stage gone',
    'stage of b',
    'stage gone',
  ])
  expect(remarks).toEqual([])
})
