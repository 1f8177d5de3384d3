import {expect, test} from 'vitest'
import {type DeployedApi, deployedApi, mock} from '../../support/deployed-api.js'
import {functionModules, invocationArn} from '../../support/functions.js'

type Input = Parameters<DeployedApi['apigateway']['testInvokeMethod']>[0]

const tested = (api: DeployedApi, route: string, input: Partial<Input> = {}) => {
  const [httpMethod, path] = route.split(' ') as [string, string]
  return api.apigateway.testInvokeMethod({
    restApiId: api.restApiId,
    resourceId: api.resources[path],
    httpMethod,
    ...input,
  })
}

/** The lines of the log behind their times, the request's id by name. */
function linesOf(log: string): string[] {
  const [first, ...rest] = log.split('\n')
  const id = /^Execution log for request ([0-9a-f-]{36})$/.exec(first!)?.[1]
  return rest.map(line => line.replace(/^\w{3} \w{3} \d\d \d\d:\d\d:\d\d UTC \d{4} : /, '').replaceAll(id!, '{id}'))
}

// The sequence was recorded on AWS: test_invoke_test_method.
test('a method is tested as it is edited now, with the whole trace for an answer', async () => {
  const api = await deployedApi({})
  await api.put('GET /pets/{petId}', mock('{"id": $input.params("petId")}', {apiKeyRequired: true}))
  const {
    log,
    latency,
    $metadata: _,
    ...answer
  } = await tested(api, 'GET /pets/{petId}', {
    pathWithQueryString: '/pets/123?mode=raise',
    headers: {'X-Who': 'me'},
  })
  expect(answer).toEqual({
    status: 200,
    body: '{"id": 123}',
    headers: {'Content-Type': 'application/json'},
    multiValueHeaders: {'Content-Type': ['application/json']},
  })
  expect(latency).toBeGreaterThanOrEqual(0)
  expect(linesOf(log!)).toEqual([
    'Starting execution for request: {id}',
    'HTTP Method: GET, Resource Path: /pets/123',
    'Method request path: {petId=123}',
    'Method request query string: {mode=raise}',
    'Method request headers: {X-Who=me}',
    'Method request body before transformations: ',
    'Method response body after transformations: {"id": 123}',
    'Method response headers: {Content-Type=application/json}',
    'Successfully completed execution',
    'Method completed with status: 200',
    '',
  ])
})

test('a tested function is called, with stage variables of the test', async () => {
  const functions = functionModules({
    pets: 'export const handler = async event => ({statusCode: 200, body: event.requestContext.stage + event.stageVariables.v})',
  })
  const api = await deployedApi({}, {functions})
  await api.put('GET /', {
    integration: {type: 'AWS_PROXY', integrationHttpMethod: 'POST', uri: invocationArn('pets')},
  })
  const answer = await tested(api, 'GET /', {stageVariables: {v: '1'}})
  expect(answer).toMatchObject({status: 200, body: 'test-invoke-stage1'})
  expect(linesOf(answer.log!)).toContainEqual(expect.stringMatching(/^Received response\. Status: 200, /))
  expect(answer.log).not.toContain('AWS Integration Endpoint RequestId')
})

// Recorded on AWS: test_failed_invoke_test_method.
test('a failed test is answered 200, with the failure inside', async () => {
  const api = await deployedApi({})
  await api.put('GET /', {
    integration: {type: 'HTTP_PROXY', integrationHttpMethod: 'GET', uri: 'http://${stageVariables.none}/'},
  })
  const answer = await tested(api, 'GET /')
  expect(answer).toMatchObject({
    status: 500,
    body: '{"message": "Internal server error"}',
    headers: {'x-amzn-ErrorType': 'InternalServerErrorException'},
  })
  expect(linesOf(answer.log!).slice(-3)).toEqual([
    'Execution failed due to configuration error: Invalid endpoint address',
    'Method completed with status: 500',
    '',
  ])
})

test('what is not there is named as the service names it', async () => {
  const api = await deployedApi({'GET /': mock('{}')})
  await expect(tested(api, 'GET /', {restApiId: 'nope'})).rejects.toMatchObject({
    name: 'NotFoundException',
    message: 'Invalid Resource identifier specified',
  })
  await expect(tested(api, 'PUT /')).rejects.toMatchObject({
    name: 'NotFoundException',
    message: 'Invalid Method identifier specified',
  })
})

test('an authorizer is tested without any method', async () => {
  const functions = functionModules({
    judge: `export const handler = async event => {
      if (event.authorizationToken === 'no') throw new Error('Unauthorized')
      const Statement = [{Effect: 'Allow', Action: 'execute-api:Invoke', Resource: event.methodArn}]
      return {principalId: 'me', policyDocument: {Version: '2012-10-17', Statement}, context: {role: 'admin'}}
    }`,
  })
  const api = await deployedApi({}, {functions})
  const {id: authorizerId} = await api.apigateway.createAuthorizer({
    restApiId: api.restApiId,
    name: 'judge',
    type: 'TOKEN',
    authorizerUri: invocationArn('judge'),
    identitySource: 'method.request.header.Authorization',
  })
  const test = (headers: Record<string, string>) =>
    api.apigateway.testInvokeAuthorizer({restApiId: api.restApiId, authorizerId, headers})
  const allowed = await test({Authorization: 'yes'})
  expect(allowed).toMatchObject({clientStatus: 0, principalId: 'me', authorization: {role: ['admin']}})
  expect(JSON.parse(allowed.policy!).Statement[0].Resource).toContain(`:${api.restApiId}/ESTestInvoke-stage/GET/`)
  expect(linesOf(allowed.log!)[0]).toBe(`Starting authorizer: ${authorizerId} for request: {id}`)
  expect(await test({Authorization: 'no'})).toMatchObject({clientStatus: 401})
  expect(await test({})).toMatchObject({clientStatus: 401})
})
