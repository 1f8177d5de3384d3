import {expect, test} from 'vitest'
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
