import {expect, test} from 'vitest'
import {deployedMockApi, mockApi} from '../../support/mock-api.js'
import {sandboxForTest} from '../../support/sandbox.js'

test('a deployment does not change when the API is edited or deleted methods were in it', async () => {
  const {apigateway, sandbox} = await sandboxForTest()
  const {restApiId, method} = await deployedMockApi(apigateway)
  const {deploymentId} = await apigateway.getStage({restApiId, stageName: 'dev'})
  const invoke = async () => (await fetch(`${sandbox.url}/execute-api/${restApiId}/dev/`)).status
  const summary = async () => {
    const {apiSummary} = await apigateway.getDeployment({restApiId, deploymentId, embed: ['apisummary']})
    return apiSummary
  }
  const before = {'/': {GET: {authorizationType: 'NONE', apiKeyRequired: false}}}
  expect(await summary()).toEqual(before)
  await apigateway.updateMethod({
    ...method,
    patchOperations: [{op: 'replace', path: '/apiKeyRequired', value: 'true'}],
  })
  expect([await summary(), await invoke()]).toEqual([before, 200])
  await apigateway.deleteMethod(method)
  expect([await summary(), await invoke()]).toEqual([before, 200])
  expect((await apigateway.getDeployment({restApiId, deploymentId})).apiSummary).toBeUndefined()
})

test('what cannot go live is refused with the reason, and nothing is made', async () => {
  const {apigateway} = await sandboxForTest()
  const {id: restApiId, rootResourceId: resourceId} = await apigateway.createRestApi({name: 'empty'})
  const deploy = () => apigateway.createDeployment({restApiId, stageName: 'dev'})
  await expect(deploy()).rejects.toThrow("The REST API doesn't contain any methods")
  await apigateway.putMethod({restApiId, resourceId, httpMethod: 'GET', authorizationType: 'NONE'})
  await expect(deploy()).rejects.toThrow('No integration defined for method')
  await apigateway.putIntegration({restApiId, resourceId, httpMethod: 'GET', type: 'MOCK'})
  await apigateway.updateRestApi({
    restApiId,
    patchOperations: [{op: 'replace', path: '/endpointConfiguration/types/EDGE', value: 'PRIVATE'}],
  })
  await expect(deploy()).rejects.toThrow("Private REST API doesn't have a resource policy attached to it")
  expect((await apigateway.getDeployments({restApiId})).items ?? []).toEqual([])
  expect((await apigateway.getStages({restApiId})).item ?? []).toEqual([])
})

test('a method whose authorizer was deleted cannot go live', async () => {
  const {apigateway} = await sandboxForTest()
  const {restApiId, method} = await mockApi(apigateway)
  const {id: authorizerId} = await apigateway.createAuthorizer({
    restApiId,
    name: 'jwt',
    type: 'TOKEN',
    authorizerUri: 'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/x/invocations',
    identitySource: 'method.request.header.Authorization',
  })
  await apigateway.updateMethod({
    ...method,
    patchOperations: [
      {op: 'replace', path: '/authorizationType', value: 'CUSTOM'},
      {op: 'replace', path: '/authorizerId', value: authorizerId},
    ],
  })
  await apigateway.deleteAuthorizer({restApiId, authorizerId})
  await expect(apigateway.createDeployment({restApiId})).rejects.toThrow('Invalid Authorizer identifier specified')
})

test('redeploying to a stage keeps its settings', async () => {
  const {apigateway} = await sandboxForTest()
  const {restApiId} = await deployedMockApi(apigateway)
  const stage = {restApiId, stageName: 'dev'}
  await apigateway.updateStage({
    ...stage,
    patchOperations: [
      {op: 'replace', path: '/description', value: 'kept'},
      {op: 'replace', path: '/variables/a', value: '1'},
      {op: 'replace', path: '/*/*/throttling/rateLimit', value: '5'},
    ],
  })
  const before = await apigateway.getStage(stage)
  const {id} = await apigateway.createDeployment(stage)
  const after = await apigateway.getStage(stage)
  expect(after.deploymentId).toBe(id)
  expect(after.deploymentId).not.toBe(before.deploymentId)
  expect(after).toMatchObject({
    description: 'kept',
    variables: {a: '1'},
    methodSettings: {'*/*': {throttlingRateLimit: 5}},
  })
})

// Sources: the first recorded (LocalStack, test_create_delete_deployments), the second in Terraform's provider.
test('a deployment that a stage serves cannot be deleted, nor one that a canary serves', async () => {
  const {apigateway} = await sandboxForTest()
  const {restApiId} = await deployedMockApi(apigateway)
  const {deploymentId: served} = await apigateway.getStage({restApiId, stageName: 'dev'})
  const canarySettings = {percentTraffic: 10}
  const {id: tried} = await apigateway.createDeployment({restApiId, stageName: 'dev', canarySettings})
  const remove = (deploymentId: string | undefined) => apigateway.deleteDeployment({restApiId, deploymentId})
  await expect(remove(served)).rejects.toMatchObject({
    name: 'BadRequestException',
    message: 'Active stages pointing to this deployment must be moved or deleted',
  })
  await expect(remove(tried)).rejects.toMatchObject({
    name: 'BadRequestException',
    message: 'Active stages with canary settings pointing to this deployment must be moved or deleted',
  })
  await apigateway.updateStage({
    restApiId,
    stageName: 'dev',
    patchOperations: [{op: 'remove', path: '/canarySettings'}],
  })
  await remove(tried)
  expect((await apigateway.getDeployments({restApiId})).items?.map(({id}) => id)).toEqual([served])
})
