import {describe, expect, test} from 'vitest'
import {openDeployments} from '../../src/aws/deployments.js'
import {openStages} from '../../src/aws/stages.js'
import {petstore} from '../support/petstore.js'
import {FakeClock, sessionOn} from '../support/session.js'

describe('stages', () => {
  test('are read as they are, with method settings by the name of the method however the key was written', async () => {
    const {sandbox, apigateway, restApiId} = await petstore()
    await apigateway.createDeployment({restApiId, stageName: 'prod'})
    const replace = (path: string, value: string) => ({op: 'replace' as const, path, value})
    await apigateway.updateStage({
      restApiId,
      stageName: 'prod',
      patchOperations: [
        replace('/*/*/metrics/enabled', 'true'),
        replace('/~1pets~1{id}~1a~0b/POST/throttling/rateLimit', '1.5'),
        replace('/pets/GET/caching/ttlInSeconds', '60'),
        replace('/~1/GET/throttling/burstLimit', '3'),
      ],
    })
    const stages = await openStages(sessionOn(sandbox).session)
    const {methodSettings} = await stages.get(restApiId, 'prod')
    expect(methodSettings).toMatchObject([
      {method: '*', metrics: true, loggingLevel: undefined, dataTrace: false},
      {method: 'GET /', throttleBurst: 3},
      {method: 'GET /pets', cacheTtl: 60},
      {method: 'POST /pets/{id}/a~b', throttleRate: 1.5},
    ])
  })

  test('of two keys for a method the one that is written as documented comes first', async () => {
    const {sandbox, apigateway, restApiId} = await petstore()
    await apigateway.createDeployment({restApiId, stageName: 'prod'})
    const patchOperations = ['pets', '~1pets'].map((path, i) => ({
      op: 'replace' as const,
      path: `/${path}/GET/caching/ttlInSeconds`,
      value: String(i),
    }))
    await apigateway.updateStage({restApiId, stageName: 'prod', patchOperations})
    const stages = await openStages(sessionOn(sandbox).session)
    expect((await stages.get(restApiId, 'prod')).methodSettings.map(({key}) => key)).toEqual(['~1pets/GET', 'pets/GET'])
  })

  test('are changed with one call, and a setting of a method is found again under its name', async () => {
    const {sandbox, apigateway, restApiId} = await petstore()
    await apigateway.createDeployment({restApiId, stageName: 'prod', variables: {old: '1'}})
    const stages = await openStages(sessionOn(sandbox).session)
    const method = 'POST /pets/{id}/a~b'
    const updated = await stages.update(restApiId, 'prod', {
      description: 'x',
      variables: {a: '1'},
      unsetVariables: ['old'],
      methodSettings: [{method, throttleRate: 1.5, throttleBurst: 2, metrics: true}],
    })
    expect(sandbox.calls.get('UpdateStage')).toBe(1)
    expect(updated).toEqual(await stages.get(restApiId, 'prod'))
    expect(updated).toMatchObject({
      description: 'x',
      variables: {a: '1'},
      methodSettings: [{method, throttleRate: 1.5, throttleBurst: 2, metrics: true}],
    })
    expect((await apigateway.getStage({restApiId, stageName: 'prod'})).methodSettings).toHaveProperty(
      '~1pets~1{id}~1a~0b/POST',
    )
  })

  test('one that is not there is missing, whatever is asked of it', async () => {
    const {sandbox, restApiId} = await petstore()
    const stages = await openStages(sessionOn(sandbox).session)
    await expect(stages.get(restApiId, 'prod')).rejects.toMatchObject({kind: 'missing'})
    await expect(stages.update(restApiId, 'prod', {tracing: true})).rejects.toMatchObject({kind: 'missing'})
    await expect(stages.delete(restApiId, 'prod')).rejects.toMatchObject({kind: 'missing'})
  })
})

describe('deployments', () => {
  test('are listed over all pages', async () => {
    const {sandbox, apigateway, restApiId} = await petstore()
    const made = await Promise.all(Array.from({length: 501}, () => apigateway.createDeployment({restApiId})))
    const deployments = await openDeployments(sessionOn(sandbox).session)
    const found: string[] = []
    for await (const {id} of deployments.list(restApiId)) found.push(id)
    expect(found.sort()).toEqual(made.map(({id}) => id).sort())
    expect(sandbox.calls.get('GetDeployments')).toBe(2)
  })

  // The sandbox enforces the documented rates; both look at one clock. A refusal would show as a further call.
  test('keep to one in 5 s without being refused once, and say why they wait', async () => {
    const clock = new FakeClock()
    const {sandbox, restApiId} = await petstore({quotas: 'real', millis: clock.now})
    const {session, notices} = sessionOn(sandbox, {pacing: true, clock})
    const deployments = await openDeployments(session)
    const api = {id: restApiId, name: 'petstore'}
    for (const name of ['a', 'b', 'c']) await deployments.create(api, {stage: {name}})
    expect(sandbox.calls.get('CreateDeployment')).toBe(3)
    expect(clock.total).toBe(10_250)
    expect(notices).toEqual(
      [6, 5].map(seconds => `waiting ${seconds} s: CreateDeployment is limited to 1 call per 5 s`),
    )
  })

  test('that others make meanwhile are waited for: the refusal is obeyed and the deployment succeeds', async () => {
    const clock = new FakeClock()
    const {sandbox, apigateway, restApiId} = await petstore({quotas: 'real', millis: clock.now})
    const {session, notices} = sessionOn(sandbox, {pacing: true, clock})
    await apigateway.createDeployment({restApiId})
    const deployments = await openDeployments(session)
    await deployments.create({id: restApiId, name: 'petstore'}, {stage: {name: 'prod'}})
    expect((await apigateway.getStages({restApiId})).item).toMatchObject([{stageName: 'prod'}])
    expect(notices).toContainEqual(expect.stringContaining('throttled; CreateDeployment is limited to 1 call per 5 s'))
    expect(clock.total).toBeGreaterThanOrEqual(5_000)
  })

  test('throttled for longer than the session has patience are given up', async () => {
    const clock = new FakeClock()
    const throttled = {
      kind: 'error',
      status: 429,
      code: 'TooManyRequestsException',
      message: 'Too Many Requests',
    } as const
    const {sandbox, restApiId} = await petstore({
      fault: ({operation}) => (operation === 'CreateDeployment' ? throttled : undefined),
    })
    const {session} = sessionOn(sandbox, {clock, maxWait: 30_000})
    const deployments = await openDeployments(session)
    await expect(deployments.create({id: restApiId, name: 'petstore'}, {})).rejects.toMatchObject({
      kind: 'gave-up',
      message: 'Gave up on CreateDeployment: the service throttled it for 30 s.',
    })
  })
})
