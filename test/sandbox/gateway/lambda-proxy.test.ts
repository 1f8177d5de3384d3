import {writeFileSync} from 'node:fs'
import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {expect, onTestFinished, test} from 'vitest'
import {deployedApi, type MethodSpec} from '../../support/deployed-api.js'
import {functionModules, invocationArn} from '../../support/functions.js'

const BAD_GATEWAY = {status: 502, type: 'InternalServerErrorException', body: '{"message": "Internal server error"}'}

const proxy = (name = 'pets', integration: MethodSpec['integration'] = {}): MethodSpec => ({
  integration: {type: 'AWS_PROXY', integrationHttpMethod: 'POST', uri: invocationArn(name), ...integration},
})

/** An API whose only method, `ANY /pets/{id}`, is a function of this source. */
const served = (source: string, integration?: MethodSpec['integration']) =>
  deployedApi({'ANY /pets/{id}': proxy('pets', integration)}, {functions: functionModules({pets: source})})

const returning = (value: unknown) => `export const handler = async () => (${JSON.stringify(value)})`

test('a function receives the event of version 1.0', async () => {
  const api = await served('export const handler = async event => ({statusCode: 200, body: JSON.stringify(event)})')
  await api.patchStage({'/variables/colour': 'red'})
  const answer = await api.call('POST /pets/a%20b?tag=x&tag=y', {
    headers: {'content-type': 'text/plain', 'x-twice': 'one'},
    body: 'hello',
  })
  const event = JSON.parse(answer.body)
  expect(Object.keys(event)).toEqual([
    'resource',
    'path',
    'httpMethod',
    'headers',
    'multiValueHeaders',
    'queryStringParameters',
    'multiValueQueryStringParameters',
    'pathParameters',
    'stageVariables',
    'requestContext',
    'body',
    'isBase64Encoded',
  ])
  expect(event).toMatchObject({
    resource: '/pets/{id}',
    httpMethod: 'POST',
    headers: {'x-twice': 'one', 'X-Forwarded-Proto': 'https'},
    multiValueHeaders: {'x-twice': ['one']},
    queryStringParameters: {tag: 'y'},
    multiValueQueryStringParameters: {tag: ['x', 'y']},
    pathParameters: {id: 'a%20b'},
    stageVariables: {colour: 'red'},
    body: 'hello',
    isBase64Encoded: false,
    requestContext: {
      accountId: '123456789012',
      apiId: api.restApiId,
      httpMethod: 'POST',
      path: '/prod/pets/a%20b',
      resourcePath: '/pets/{id}',
      stage: 'prod',
      requestId: answer.headers.get('x-amzn-requestid'),
      requestTime: expect.stringMatching(/^\d\d\/\w{3}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
    },
  })
})

test('what is absent is null in the event, not an empty map', async () => {
  const api = await deployedApi(
    {'GET /': proxy()},
    {functions: functionModules({pets: 'export const handler = async event => ({body: JSON.stringify(event)})'})},
  )
  const event = JSON.parse((await api.call('GET /')).body)
  expect(event).toMatchObject({
    queryStringParameters: null,
    multiValueQueryStringParameters: null,
    pathParameters: null,
    stageVariables: null,
    body: null,
  })
})

// Recorded on AWS: test_aws_proxy_response_payload_format_validation, 2024-11-15.
test.each([
  ['no body', {statusCode: 200}, {status: 200, body: ''}],
  ['headers of null', {statusCode: 200, headers: null, body: 'x'}, {status: 200, body: 'x'}],
  ['no status code', {headers: {'x-a': 'b'}}, {status: 200, body: ''}],
  ['a status code as text', {statusCode: '201', body: 'made'}, {status: 201, body: 'made'}],
  [
    'base64 without a binary media type',
    {statusCode: 200, body: 'eA==', isBase64Encoded: true},
    {status: 200, body: 'eA=='},
  ],
  ['a status code that is no number', {statusCode: 'ok'}, BAD_GATEWAY],
  ['an object for a body', {statusCode: 200, body: {a: 1}}, BAD_GATEWAY],
  ['a bare text', 'hello', BAD_GATEWAY],
  ['an empty object', {}, BAD_GATEWAY],
  ['nothing', null, BAD_GATEWAY],
  ['a key that is not known', {statusCode: 200, body: '', extra: 1}, BAD_GATEWAY],
  ['a single value among the multiple ones', {statusCode: 200, multiValueHeaders: {a: 'b'}}, BAD_GATEWAY],
])('a function that returns %s', async (_title, value, expected) => {
  const api = await served(returning(value))
  expect(await api.call('GET /pets/1')).toMatchObject(expected)
})

test('headers become text, lists become repeated headers, and both maps are merged', async () => {
  const api = await served(
    returning({
      statusCode: 200,
      headers: {'x-bool': true, 'x-both': 'solo', 'x-same': 'a'},
      multiValueHeaders: {'x-many': ['value1', 'value2'], 'x-both': ['multi'], 'x-same': ['a', 'b']},
    }),
  )
  const {headers} = await api.call('GET /pets/1')
  expect(headers.get('content-type')).toBe('application/json')
  expect(headers.get('x-bool')).toBe('true')
  expect(headers.get('x-many')).toBe('value1, value2')
  expect(headers.get('x-both')).toBe('multi, solo')
  expect(headers.get('x-same')).toBe('a, b')
  expect(headers.get('x-amzn-trace-id')).toMatch(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=/)
})

test('a function that throws gives 502, and the log has the lines of the service', async () => {
  const api = await served('export const handler = async () => { throw new RangeError("boom") }')
  await api.logAt('INFO', true)
  const answer = await api.call('GET /pets/1')
  expect(answer).toMatchObject(BAD_GATEWAY)
  const lines = await api.lines(answer.headers.get('x-amzn-requestid'))
  expect(lines.slice(10)).toEqual([
    'Endpoint request URI: https://lambda.us-east-1.amazonaws.com/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:pets/invocations',
    expect.stringMatching(
      /^Endpoint request headers: \{X-Amz-Date=\d{8}T\d{6}Z, x-amzn-apigateway-api-id=\{api\}, Accept=application\/json, User-Agent=AmazonAPIGateway_\{api\}, /,
    ),
    expect.stringMatching(/^Endpoint request body after transformations: \{"resource":"\/pets\/\{id\}",/),
    'Sending request to https://lambda.us-east-1.amazonaws.com/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:pets/invocations',
    expect.stringMatching(/^Received response\. Status: 200, Integration latency: \d+ ms$/),
    expect.stringMatching(/^Endpoint response headers: \{Date=.*, X-Amz-Function-Error=Unhandled, /),
    expect.stringMatching(
      /^Endpoint response body before transformations: \{"errorType":"RangeError","errorMessage":"boom","trace":\[/,
    ),
    expect.stringMatching(
      /^Lambda execution failed with status 200 due to customer function error: boom\. Lambda request id: [0-9a-f-]{36}$/,
    ),
    'Method completed with status: 502',
    expect.stringMatching(/^AWS Integration Endpoint RequestId : [0-9a-f-]{36}$/),
  ])
})

test('at ERROR a failed function leaves its failure, the status and the id of the call', async () => {
  const api = await served('export const handler = async () => { throw new Error("boom") }')
  await api.logAt('ERROR')
  const answer = await api.call('GET /pets/1')
  expect(await api.lines(answer.headers.get('x-amzn-requestid'))).toEqual([
    expect.stringContaining('Lambda execution failed with status 200 due to customer function error: boom.'),
    'Method completed with status: 502',
    expect.stringContaining('AWS Integration Endpoint RequestId : '),
  ])
})

test('a malformed answer is told in the log', async () => {
  const api = await served(returning('hello'))
  await api.logAt('ERROR')
  const answer = await api.call('GET /pets/1')
  expect((await api.lines(answer.headers.get('x-amzn-requestid'))).slice(0, 2)).toEqual([
    'Execution failed due to configuration error: Malformed Lambda proxy response',
    'Method completed with status: 502',
  ])
})

test('a successful call at INFO leaves nine lines', async () => {
  const api = await served(returning({statusCode: 200}))
  await api.logAt('INFO')
  const answer = await api.call('GET /pets/1')
  expect((await api.lines(answer.headers.get('x-amzn-requestid'))).slice(4)).toEqual([
    'Starting execution for request: {id}',
    'HTTP Method: GET, Resource Path: /pets/{id}',
    'Successfully completed execution',
    'Method completed with status: 200',
    expect.stringMatching(/^AWS Integration Endpoint RequestId : [0-9a-f-]{36}$/),
  ])
})

test.each([
  ['hangs', 'export const handler = () => new Promise(() => {})'],
  ['loops without end', 'export const handler = () => { for (;;); }'],
])('a function that %s is given up after the time of its integration', async (_title, source) => {
  const api = await served(source, {timeoutInMillis: 200})
  await api.logAt('ERROR')
  const answer = await api.call('GET /pets/1')
  expect(answer).toMatchObject({
    status: 504,
    type: 'InternalServerErrorException',
    body: '{"message": "Endpoint request timed out"}',
  })
  expect(await api.lines(answer.headers.get('x-amzn-requestid'))).toEqual([
    'Execution failed due to a timeout error',
    'Method completed with status: 504',
  ])
})

test.each([
  ['ends its process', 'export const handler = () => process.exit(3)', 'Runtime exited with error: exit status 3'],
  [
    'throws where nobody catches it',
    'export const handler = () => new Promise(() => setTimeout(() => { throw new Error("late") }))',
    'late',
  ],
  ['cannot be parsed', 'export const handler = ', 'Unexpected end of input'],
  ['imports what is not there', 'import "./nowhere.mjs"', 'Cannot find module'],
  ['exports no handler', 'export const main = () => 1', 'does not export handler'],
])('a function that %s gives 502, and the sandbox goes on', async (_title, source, reason) => {
  const api = await served(source)
  await api.logAt('ERROR')
  const answer = await api.call('GET /pets/1')
  expect(answer).toMatchObject(BAD_GATEWAY)
  expect((await api.lines(answer.headers.get('x-amzn-requestid')))[0]).toContain(reason)
  expect(await api.call('GET /pets/1')).toMatchObject(BAD_GATEWAY)
})

test('a handler may answer by its callback', async () => {
  const api = await served(
    'export const handler = (event, context, callback) => setTimeout(callback, 1, null, {statusCode: 204})',
  )
  expect((await api.call('GET /pets/1')).status).toBe(204)
})

test.each([
  ['a header that HTTP cannot carry', {statusCode: 200, headers: {'x-a': 'one\ntwo'}}],
  ['a status that is no answer', {statusCode: 101}],
  ['a status out of range', {statusCode: 999}],
])('a function that returns %s gives 500, not a broken connection', async (_title, value) => {
  const api = await served(returning(value))
  expect(await api.call('GET /pets/1')).toMatchObject({status: 500, body: '{"message": "Internal server error"}'})
})

test('an answer of 204 has no body, whatever the function says', async () => {
  const api = await served(returning({statusCode: 204, body: 'text', headers: {'transfer-encoding': 'chunked'}}))
  expect(await api.call('GET /pets/1')).toMatchObject({status: 204, body: ''})
})

test('a function whose file changes is loaded anew', async () => {
  const functions = functionModules({pets: returning({statusCode: 200, body: 'old'})})
  const api = await deployedApi({'GET /': proxy()}, {functions})
  expect((await api.call('GET /')).body).toBe('old')
  writeFileSync(functions.pets!, returning({statusCode: 200, body: 'new'}))
  expect((await api.call('GET /')).body).toBe('new')
})

/** A server that answers its first two requests only when both are there. */
async function meetingPoint(): Promise<string> {
  const waiting: (() => void)[] = []
  const server = createServer((_request, response) => {
    waiting.push(() => response.end())
    if (waiting.length === 2) for (const answer of waiting) answer()
    if (waiting.length > 2) response.end()
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test('calls at the same time do not share an environment, calls in turn do', async () => {
  const api = await served(
    `let calls = 0
     export const handler = async () => {
       await fetch(${JSON.stringify(await meetingPoint())})
       return {statusCode: 200, body: String(++calls)}
     }`,
  )
  const together = await Promise.all([api.call('GET /pets/1'), api.call('GET /pets/2')])
  expect(together.map(answer => answer.body)).toEqual(['1', '1'])
  expect((await api.call('GET /pets/3')).body).toBe('2')
})

test('a function that is not there looks like one that may not be called', async () => {
  const api = await deployedApi({'GET /': proxy('absent')})
  await api.logAt('ERROR')
  const answer = await api.call('GET /')
  expect(answer).toMatchObject({status: 500, body: '{"message": "Internal server error"}'})
  expect(await api.lines(answer.headers.get('x-amzn-requestid'))).toEqual([
    'Execution failed due to configuration error: Invalid permissions on Lambda function',
    'Method completed with status: 500',
  ])
})

test('a function is not called by any method but POST', async () => {
  const api = await served(returning({statusCode: 200}), {integrationHttpMethod: 'GET'})
  expect(await api.call('GET /pets/1')).toMatchObject({status: 500, body: '{"message": "Internal server error"}'})
})

test('the function may be named by a stage variable, and by an alias', async () => {
  const functions = functionModules({
    red: returning({statusCode: 200, body: 'red'}),
    blue: returning({statusCode: 200, body: 'blue'}),
  })
  const api = await deployedApi({'GET /': proxy('${stageVariables.fn}')}, {functions})
  await api.patchStage({'/variables/fn': 'red'})
  expect((await api.call('GET /')).body).toBe('red')
  await api.patchStage({'/variables/fn': 'blue:live'})
  expect((await api.call('GET /')).body).toBe('blue')
})
