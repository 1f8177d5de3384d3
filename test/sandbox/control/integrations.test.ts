import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {expect, onTestFinished, test} from 'vitest'
import {mockApi} from '../../support/mock-api.js'
import {sandboxForTest} from '../../support/sandbox.js'

async function withMethod() {
  const clients = await sandboxForTest()
  const {method, restApiId} = await mockApi(clients.apigateway)
  return {...clients, method, restApiId}
}

const LAMBDA =
  'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:f/invocations'

test.each([
  [{type: 'HTTP', uri: 'http://example.com'}, 'Enumeration value for HttpMethod must be non-empty'],
  [{type: 'HTTP_PROXY', integrationHttpMethod: 'GET', uri: 'nowhere'}, 'Invalid HTTP endpoint specified for URI'],
  [{type: 'AWS', integrationHttpMethod: 'POST', uri: 'lambda'}, 'Invalid ARN specified in the request'],
  [
    {type: 'AWS', integrationHttpMethod: 'POST', uri: 'arn:aws:lambda:us-east-1:123456789012:function:f'},
    'AWS ARN for integration must contain path or action',
  ],
  [
    {type: 'AWS_PROXY', integrationHttpMethod: 'POST', uri: 'arn:aws:apigateway:us-east-1:sqs:path/1/q'},
    "Integrations of type 'AWS_PROXY' currently only supports Lambda function and Firehose stream invocations.",
  ],
] as const)('an integration that cannot work is refused: %o', async (members, message) => {
  const {apigateway, method} = await withMethod()
  await expect(apigateway.putIntegration({...method, ...members})).rejects.toThrow(message)
  expect((await apigateway.getIntegration(method)).type).toBe('MOCK')
})

// Sources: hashicorp/terraform#5893, carrot/terraform-api-gateway-method-module#2.
test('a pattern selects one response of an integration', async () => {
  const {apigateway, method} = await withMethod()
  const put = (statusCode: string, selectionPattern?: string) =>
    apigateway.putIntegrationResponse({...method, statusCode, selectionPattern})
  await apigateway.putMethodResponse({...method, statusCode: '400'})
  const taken = {
    name: 'ConflictException',
    message: 'Integration response with selection pattern default already exists',
  }
  await put('200', '')
  await expect(put('400')).rejects.toMatchObject(taken)
  await put('400', '4..')
  await put('400', '4.*')
  const patchOperations = [{op: 'replace' as const, path: '/selectionPattern', value: ''}]
  await expect(
    apigateway.updateIntegrationResponse({...method, statusCode: '400', patchOperations}),
  ).rejects.toMatchObject(taken)
})

test('an integration shows the defaults of the service', async () => {
  const {apigateway, method} = await withMethod()
  const put = await apigateway.putIntegration({
    ...method,
    type: 'AWS_PROXY',
    integrationHttpMethod: 'POST',
    uri: LAMBDA,
  })
  expect(put).toMatchObject({
    httpMethod: 'POST',
    passthroughBehavior: 'WHEN_NO_MATCH',
    timeoutInMillis: 29_000,
    cacheNamespace: method.resourceId,
    cacheKeyParameters: [],
  })
})

test('a mapped parameter must be declared by the method, and its expression be one', async () => {
  const {apigateway, method} = await withMethod()
  const put = (source: string) =>
    apigateway.putIntegration({
      ...method,
      type: 'HTTP',
      integrationHttpMethod: 'GET',
      uri: 'http://example.com/${stageVariables.host}/{id}',
      requestParameters: {'integration.request.path.id': source},
    })
  const fault = (text: string) =>
    `Invalid mapping expression specified: Validation Result: warnings : [], errors : [${text}]`
  await expect(put('true')).rejects.toThrow(fault('Invalid mapping expression specified: true'))
  const source = 'method.request.querystring.id'
  await expect(put(source)).rejects.toThrow(fault(`Invalid mapping expression parameter specified: ${source}`))
  await apigateway.updateMethod({
    ...method,
    patchOperations: [{op: 'add', path: `/requestParameters/${source}`, value: 'false'}],
  })
  for (const good of [source, "'7'", 'context.requestId', 'stageVariables.id']) await put(good)
})

test('a MOCK integration keeps its type: its address cannot be patched', async () => {
  const {apigateway, method} = await withMethod()
  const patch = (path: string, value: string) =>
    apigateway.updateIntegration({...method, patchOperations: [{op: 'replace', path, value}]})
  await expect(patch('/uri', 'http://example.com')).rejects.toMatchObject({name: 'BadRequestException'})
  expect(await patch('/timeoutInMillis', '50')).toMatchObject({timeoutInMillis: 50})
  await expect(patch('/timeoutInMillis', '29001')).rejects.toMatchObject({name: 'BadRequestException'})
})

test('an empty response template is shown as null and passes the body of the back end through', async () => {
  const {apigateway, sandbox, method, restApiId} = await withMethod()
  const backend = createServer((_request, response) => response.end('{"from":"back end"}'))
  await new Promise<void>(resolve => backend.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void backend.close())
  const uri = `http://127.0.0.1:${(backend.address() as AddressInfo).port}/`
  await apigateway.putIntegration({...method, type: 'HTTP', integrationHttpMethod: 'GET', uri})
  const path = `/restapis/${restApiId}/resources/${method.resourceId}/methods/GET/integration/responses/200`
  for (const template of ['', null]) {
    // By hand: the SDK does not send null entries.
    const put = await fetch(sandbox.url + path, {
      method: 'PUT',
      headers: {authorization: 'AWS4-HMAC-SHA256 Credential=AK/20260101/us-east-1/apigateway/aws4_request'},
      body: JSON.stringify({responseTemplates: {'application/json': template}}),
    })
    expect(await put.json()).toEqual({statusCode: '200', responseTemplates: {'application/json': null}})
  }
  await apigateway.createDeployment({restApiId, stageName: 'dev'})
  const response = await fetch(`${sandbox.url}/execute-api/${restApiId}/dev/`)
  expect(await response.json()).toEqual({from: 'back end'})
})
