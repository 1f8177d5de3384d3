import {expect, test} from 'vitest'
import {mockApi} from '../../support/mock-api.js'
import {sandboxForTest} from '../../support/sandbox.js'

async function withMethod() {
  const clients = await sandboxForTest()
  return {...clients, ...(await mockApi(clients.apigateway))}
}

test('a method is made once; a second one in its place is a conflict', async () => {
  const {apigateway, method} = await withMethod()
  await expect(apigateway.putMethod({...method, authorizationType: 'NONE'})).rejects.toMatchObject({
    name: 'ConflictException',
    message: 'Method already exists for this resource',
  })
  await apigateway.deleteMethod(method)
  await expect(apigateway.getMethod(method)).rejects.toThrow('Invalid Method identifier specified')
  expect(await apigateway.putMethod({...method, authorizationType: 'NONE'})).toMatchObject({
    httpMethod: 'GET',
    authorizationType: 'NONE',
    apiKeyRequired: false,
  })
})

test('a patch that names a parameter wrongly changes nothing', async () => {
  const {apigateway, method} = await withMethod()
  await expect(
    apigateway.updateMethod({
      ...method,
      patchOperations: [
        {op: 'add', path: '/requestParameters/method.request.querystring.q', value: 'true'},
        {op: 'add', path: '/requestParameters/querystring.q', value: 'true'},
      ],
    }),
  ).rejects.toThrow('Invalid mapping expression specified: querystring.q')
  expect((await apigateway.getMethod(method)).requestParameters).toBeUndefined()
})

test('what is not there cannot be replaced or removed', async () => {
  const {apigateway, method} = await withMethod()
  const patch = (op: 'replace' | 'remove', path: string, value?: string) =>
    apigateway.updateMethodResponse({...method, statusCode: '200', patchOperations: [{op, path, value}]})
  const header = '/responseParameters/method.response.header.X'
  const model = '/responseModels/application~1json'
  await expect(patch('replace', header, 'true')).rejects.toThrow('Invalid parameter name specified')
  await expect(patch('remove', model)).rejects.toThrow('Content-Type specified was not found')
  await expect(patch('replace', '/statusCode', '201')).rejects.toThrow('Invalid patch path /statusCode')
})

test('parts of another API are not found under this one', async () => {
  const {apigateway, method, restApiId} = await withMethod()
  const other = await mockApi(apigateway, {name: 'other'})
  const {id: requestValidatorId} = await apigateway.createRequestValidator({restApiId: other.restApiId, name: 'all'})
  await expect(
    apigateway.updateMethod({
      ...method,
      patchOperations: [{op: 'replace', path: '/requestValidatorId', value: requestValidatorId}],
    }),
  ).rejects.toThrow('Invalid Request Validator identifier specified')
  await expect(apigateway.getMethod({...method, resourceId: other.resourceId})).rejects.toThrow(
    'Invalid Resource identifier specified',
  )
  await expect(apigateway.getRequestValidator({restApiId, requestValidatorId})).rejects.toMatchObject({
    name: 'NotFoundException',
  })
})
