import {expect, test} from 'vitest'
import {deployedMockApi, mockApi} from '../../support/mock-api.js'
import {sandboxForTest} from '../../support/sandbox.js'

test('a new API has the two models that the service makes by itself', async () => {
  const {apigateway} = await sandboxForTest()
  const {id: restApiId} = await apigateway.createRestApi({name: 'new'})
  const {items = []} = await apigateway.getModels({restApiId})
  expect(items.map(({name}) => name)).toEqual(['Empty', 'Error'])
  expect(JSON.parse(items[1]!.schema!)).toMatchObject({properties: {message: {type: 'string'}}})
})

test('a clone has the resources of its source under ids of its own, and changes without it', async () => {
  const {apigateway} = await sandboxForTest()
  const {restApiId: source, resourceId} = await mockApi(apigateway)
  const pets = await apigateway.createResource({restApiId: source, parentId: resourceId, pathPart: 'pets'})
  const clone = await apigateway.createRestApi({name: 'clone', cloneFrom: source})
  const {items = []} = await apigateway.getResources({restApiId: clone.id, embed: ['methods']})
  expect(items.map(({path}) => path)).toEqual(['/', '/pets'])
  expect(items[0]).toMatchObject({
    id: clone.rootResourceId,
    resourceMethods: {GET: {methodIntegration: {type: 'MOCK', cacheNamespace: clone.rootResourceId}}},
  })
  expect(items[1]).toMatchObject({parentId: clone.rootResourceId})
  expect(items[1]?.id).not.toBe(pets.id)
  await apigateway.deleteResource({restApiId: clone.id, resourceId: items[1]?.id})
  expect((await apigateway.getResources({restApiId: source})).items).toHaveLength(2)
})

test('an API with a base path mapping cannot be deleted; without one it leaves its usage plans', async () => {
  const {apigateway} = await sandboxForTest()
  const {restApiId} = await deployedMockApi(apigateway)
  const domainName = 'api.example.com'
  const {id: usagePlanId} = await apigateway.createUsagePlan({
    name: 'gold',
    apiStages: [{apiId: restApiId, stage: 'dev'}],
  })
  await apigateway.createDomainName({domainName})
  await apigateway.createBasePathMapping({domainName, restApiId, stage: 'dev'})
  await expect(apigateway.deleteRestApi({restApiId})).rejects.toThrow(
    `Deleting RestApi ${restApiId} failed. Please remove all base path mappings related to the RestApi in your domains.`,
  )
  await apigateway.deleteBasePathMapping({domainName, basePath: '(none)'})
  await apigateway.deleteRestApi({restApiId})
  await apigateway.deleteUsagePlan({usagePlanId})
})

test('identifiers are case-sensitive, and a list goes on where its page ended', async () => {
  const {apigateway} = await sandboxForTest()
  const ids: (string | undefined)[] = []
  for (const name of ['a', 'b', 'c']) ids.push((await apigateway.createRestApi({name})).id)
  const upper = 'ABC'
  await expect(apigateway.getRestApi({restApiId: upper})).rejects.toThrow(
    `Invalid API identifier specified 123456789012:${upper}`,
  )
  const first = await apigateway.getRestApis({limit: 2})
  const second = await apigateway.getRestApis({limit: 2, position: first.position})
  expect([...first.items!, ...second.items!].map(({id}) => id)).toEqual(ids)
})

test('one refused operation discards the whole patch', async () => {
  const {apigateway} = await sandboxForTest()
  const {id: restApiId} = await apigateway.createRestApi({name: 'old'})
  await expect(
    apigateway.updateRestApi({
      restApiId,
      patchOperations: [
        {op: 'replace', path: '/name', value: 'new'},
        {op: 'replace', path: '/minimumCompressionSize', value: '10485761'},
      ],
    }),
  ).rejects.toThrow('Invalid minimum compression size, must be between 0 and 10485760')
  expect((await apigateway.getRestApi({restApiId})).name).toBe('old')
})

test('an API has room for 300 resources', async () => {
  const {apigateway} = await sandboxForTest()
  const {id: restApiId, rootResourceId: parentId} = await apigateway.createRestApi({name: 'wide'})
  const create = (i: number) => apigateway.createResource({restApiId, parentId, pathPart: `r${i}`})
  for (let i = 1; i < 300; i += 20) {
    await Promise.all(Array.from({length: Math.min(20, 300 - i)}, (_, k) => create(i + k)))
  }
  await expect(create(300)).rejects.toMatchObject({
    name: 'LimitExceededException',
    message:
      'Maximum number of Resources for this API has been reached.  Please contact AWS if you need additional Resources.',
  })
})

test('a policy goes in as it is and comes out escaped', async () => {
  const {apigateway} = await sandboxForTest()
  const policy = '{"Version":"2012-10-17","Statement":[]}'
  const escaped = policy.replaceAll('"', '\\"')
  const {id: restApiId, policy: created} = await apigateway.createRestApi({name: 'x', policy})
  expect(created).toBe(escaped)
  const patchOperations = [{op: 'replace' as const, path: '/policy', value: policy}]
  expect((await apigateway.updateRestApi({restApiId, patchOperations})).policy).toBe(escaped)
  patchOperations[0]!.value = ''
  expect((await apigateway.updateRestApi({restApiId, patchOperations})).policy).toBeUndefined()
})

// Source: developer guide, Access policy language overview for Amazon API Gateway; go-to-k/cdk-real-drift#676.
test('execute-api:/... in a policy is expanded to the ARN of the API when it is saved', async () => {
  const {apigateway} = await sandboxForTest()
  const policy = '{"Version":"2012-10-17","Statement":[{"Resource":["execute-api:/*/GET/pets"]}]}'
  const {id: restApiId = '', policy: created} = await apigateway.createRestApi({name: 'x', policy})
  const expanded = policy.replace('execute-api:/', `arn:aws:execute-api:us-east-1:123456789012:${restApiId}/`)
  expect(created).toBe(expanded.replaceAll('"', '\\"'))
  const patchOperations = [{op: 'replace' as const, path: '/policy', value: policy.replace('pets', 'dogs')}]
  expect((await apigateway.updateRestApi({restApiId, patchOperations})).policy).toBe(
    expanded.replace('pets', 'dogs').replaceAll('"', '\\"'),
  )
})

test('the names of built-in properties are names like any other', async () => {
  const {apigateway} = await sandboxForTest()
  await expect(apigateway.getRestApi({restApiId: 'constructor'})).rejects.toMatchObject({name: 'NotFoundException'})
  await expect(apigateway.getApiKey({apiKey: 'toString'})).rejects.toMatchObject({name: 'NotFoundException'})
  const {restApiId} = await deployedMockApi(apigateway, ['constructor'])
  await apigateway.createModel({
    restApiId,
    name: 'toString',
    contentType: 'application/json',
    schema: '{"type":"object"}',
  })
  expect(await apigateway.getStage({restApiId, stageName: 'constructor'})).toMatchObject({stageName: 'constructor'})
  await expect(apigateway.getStage({restApiId, stageName: 'valueOf'})).rejects.toThrow(
    'Invalid stage identifier specified',
  )
})
