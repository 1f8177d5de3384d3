import {expect, test} from 'vitest'
import {deployedMockApi} from '../../support/mock-api.js'
import {sandboxForTest} from '../../support/sandbox.js'

test('a plan is refused for a stage that is not there and for a daily quota with an offset', async () => {
  const {apigateway} = await sandboxForTest()
  await expect(
    apigateway.createUsagePlan({name: 'gold', apiStages: [{apiId: 'nosuchapi', stage: 'dev'}]}),
  ).rejects.toMatchObject({name: 'NotFoundException', message: 'API Stage not found: nosuchapi:dev'})
  await expect(
    apigateway.createUsagePlan({name: 'gold', quota: {limit: 10, offset: 1, period: 'DAY'}}),
  ).rejects.toThrow('Usage Plan quota offset must be zero in the DAY period')
  expect((await apigateway.getUsagePlans({})).items ?? []).toEqual([])
})

test('a plan with stages cannot be deleted, one without can', async () => {
  const {apigateway} = await sandboxForTest()
  const {restApiId} = await deployedMockApi(apigateway)
  const {id: usagePlanId} = await apigateway.createUsagePlan({
    name: 'gold',
    apiStages: [{apiId: restApiId, stage: 'dev'}],
  })
  await expect(apigateway.deleteUsagePlan({usagePlanId})).rejects.toThrow(
    `Cannot delete Usage Plan ${usagePlanId} because there are API Stages associated with it, including ${restApiId}:dev`,
  )
  await apigateway.updateUsagePlan({
    usagePlanId,
    patchOperations: [{op: 'remove', path: '/apiStages', value: `${restApiId}:dev`}],
  })
  await apigateway.deleteUsagePlan({usagePlanId})
  await expect(apigateway.getUsagePlan({usagePlanId})).rejects.toThrow('Invalid Usage Plan ID specified')
})

test('a key may be on plans with different stages, but not twice on one stage', async () => {
  const {apigateway} = await sandboxForTest()
  const {restApiId: apiId} = await deployedMockApi(apigateway, ['dev', 'prod'])
  const planOn = async (stage: string) =>
    (await apigateway.createUsagePlan({name: stage, apiStages: [{apiId, stage}]})).id!
  const [dev, alsoDev, prod] = [await planOn('dev'), await planOn('dev'), await planOn('prod')]
  const {id: keyId} = await apigateway.createApiKey({})
  const put = (usagePlanId: string) => apigateway.createUsagePlanKey({usagePlanId, keyId, keyType: 'API_KEY'})
  await put(dev)
  await put(prod)
  for (const plan of [dev, alsoDev]) {
    await expect(put(plan)).rejects.toMatchObject({
      name: 'ConflictException',
      message: `Usage Plan ${plan} cannot be added because API Key ${keyId} cannot reference multiple Usage Plans with the same API Stage: ${apiId}:dev`,
    })
  }
  const plans = await apigateway.getUsagePlans({keyId})
  expect(plans.items?.map(({id}) => id)).toEqual([dev, prod])
})

test('limits of single methods are kept under path and method, however the path is written', async () => {
  const {apigateway} = await sandboxForTest()
  const {restApiId} = await deployedMockApi(apigateway)
  const {id: usagePlanId} = await apigateway.createUsagePlan({
    name: 'gold',
    apiStages: [{apiId: restApiId, stage: 'dev'}],
  })
  const at = `/apiStages/${restApiId}:dev/throttle`
  const patch = async (...patchOperations: {op: 'add' | 'replace' | 'remove'; path: string; value?: string}[]) =>
    (await apigateway.updateUsagePlan({usagePlanId, patchOperations})).apiStages?.[0]?.throttle

  expect(await patch({op: 'replace', path: `${at}/probe/GET/rateLimit`, value: '4.25'})).toEqual({
    '/probe/GET': {rateLimit: 4.25},
  })
  expect(await patch({op: 'add', path: `${at}//probe/GET/burstLimit`, value: '9'})).toEqual({
    '/probe/GET': {rateLimit: 4.25, burstLimit: 9},
  })
  expect(await patch({op: 'remove', path: `${at}/probe/GET`})).toBeUndefined()
  const both = {'//GET': {rateLimit: 1, burstLimit: 1}, '/pets/GET': {rateLimit: 2, burstLimit: 2}}
  expect(await patch({op: 'add', path: at, value: JSON.stringify(both)})).toEqual(both)
  // A stage with limits of its own can leave the plan.
  await apigateway.updateUsagePlan({
    usagePlanId,
    patchOperations: [{op: 'remove', path: '/apiStages', value: `${restApiId}:dev`}],
  })
  expect((await apigateway.getUsagePlan({usagePlanId})).apiStages ?? []).toEqual([])
})

test('a stage leaves its plans when it is deleted and does not come back with its name', async () => {
  const {apigateway} = await sandboxForTest()
  const {restApiId} = await deployedMockApi(apigateway)
  const {id: usagePlanId} = await apigateway.createUsagePlan({
    name: 'gold',
    apiStages: [{apiId: restApiId, stage: 'dev'}],
  })
  await apigateway.deleteStage({restApiId, stageName: 'dev'})
  await apigateway.createDeployment({restApiId, stageName: 'dev'})
  expect((await apigateway.getUsagePlan({usagePlanId})).apiStages ?? []).toEqual([])
})

test('usage counts the requests of a key per day against the quota, and remaining can be set', async () => {
  let now = Date.UTC(2026, 4, 4, 12)
  const {apigateway, sandbox} = await sandboxForTest({millis: () => now})
  const {restApiId} = await deployedMockApi(apigateway, ['dev'], {apiKeyRequired: true})
  const {id: usagePlanId} = await apigateway.createUsagePlan({
    name: 'gold',
    apiStages: [{apiId: restApiId, stage: 'dev'}],
    quota: {limit: 5, period: 'WEEK'},
  })
  const {id: keyId, value = ''} = await apigateway.createApiKey({enabled: true})
  await apigateway.createUsagePlanKey({usagePlanId, keyId, keyType: 'API_KEY'})
  const status = async () =>
    (await fetch(`${sandbox.url}/execute-api/${restApiId}/dev/`, {headers: {'x-api-key': value}})).status
  const usage = async () =>
    (await apigateway.getUsage({usagePlanId, startDate: '2026-05-04', endDate: '2026-05-05'})).items

  expect([await status(), await status()]).toEqual([200, 200])
  now += 24 * 3_600_000
  expect(await status()).toBe(200)
  expect(await usage()).toEqual({
    [keyId!]: [
      [2, 3],
      [1, 2],
    ],
  })
  await apigateway.updateUsage({
    usagePlanId,
    keyId,
    patchOperations: [{op: 'replace', path: '/remaining', value: '1'}],
  })
  expect([await status(), await status()]).toEqual([200, 429])
})

// AWS knowledge center, "How can I get the usage associated with an API key for Amazon API Gateway?"
test('usage of more than 90 days is not told at once', async () => {
  const {apigateway} = await sandboxForTest()
  const {id: usagePlanId} = await apigateway.createUsagePlan({name: 'gold'})
  const of = (startDate: string) => apigateway.getUsage({usagePlanId, startDate, endDate: '2026-03-31'})
  expect((await of('2026-01-01')).startDate).toBe('2026-01-01')
  await expect(of('2025-12-31')).rejects.toMatchObject({name: 'BadRequestException'})
})

test('a plan without a quota counts nothing, and shows its disabled keys too', async () => {
  const {apigateway} = await sandboxForTest({millis: () => Date.UTC(2026, 4, 4)})
  const {id: usagePlanId} = await apigateway.createUsagePlan({name: 'free'})
  const {id: keyId} = await apigateway.createApiKey({enabled: false})
  await apigateway.createUsagePlanKey({usagePlanId, keyId, keyType: 'API_KEY'})
  const {items} = await apigateway.getUsage({usagePlanId, startDate: '2026-05-04', endDate: '2026-05-04'})
  expect(items).toEqual({[keyId!]: [[0, 0]]})
})
