import type {APIGateway} from '@aws-sdk/client-api-gateway'

/** An API whose one method, `GET /`, answers 200 by itself. */
export async function mockApi(apigateway: APIGateway, members: {name?: string; apiKeyRequired?: boolean} = {}) {
  const {id: restApiId = '', rootResourceId: resourceId = ''} = await apigateway.createRestApi({
    name: members.name ?? 'mock',
  })
  const method = {restApiId, resourceId, httpMethod: 'GET'}
  await apigateway.putMethod({...method, authorizationType: 'NONE', apiKeyRequired: members.apiKeyRequired})
  await apigateway.putIntegration({
    ...method,
    type: 'MOCK',
    requestTemplates: {'application/json': '{"statusCode": 200}'},
  })
  await apigateway.putMethodResponse({...method, statusCode: '200'})
  await apigateway.putIntegrationResponse({...method, statusCode: '200'})
  return {restApiId, resourceId, method}
}

/** The same, on stages of the given names. */
export async function deployedMockApi(
  apigateway: APIGateway,
  stages: readonly string[] = ['dev'],
  members: {name?: string; apiKeyRequired?: boolean} = {},
) {
  const api = await mockApi(apigateway, members)
  for (const stageName of stages) await apigateway.createDeployment({restApiId: api.restApiId, stageName})
  return api
}
