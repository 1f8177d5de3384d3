import {createServer, type IncomingHttpHeaders} from 'node:http'
import type {AddressInfo} from 'node:net'
import {expect, onTestFinished, test} from 'vitest'
import {deployedApi} from '../../support/deployed-api.js'

interface Seen {
  method: string
  url: string
  headers: IncomingHttpHeaders
  body: string
}

/** A back end that keeps what it was sent and answers with it. */
async function backEnd(answer: {status?: number; headers?: Record<string, string>; body?: string} = {}) {
  const seen: Seen[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request.setEncoding('utf8')) body += chunk
    seen.push({method: request.method!, url: request.url!, headers: request.headers, body})
    response.writeHead(answer.status ?? 200, {'content-type': 'application/json', ...answer.headers})
    response.end(answer.body ?? JSON.stringify({json: body && JSON.parse(body)}))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return {url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen}
}

test('HTTP_PROXY hands on method, path, query, headers and body, and the answer as it is', async () => {
  const {url, seen} = await backEnd({status: 201, headers: {'x-made': 'yes', server: 'tiny'}, body: 'made'})
  const api = await deployedApi({
    'ANY /{proxy+}': {
      method: {requestParameters: {'method.request.path.proxy': true}},
      integration: {
        type: 'HTTP_PROXY',
        integrationHttpMethod: 'ANY',
        uri: `${url}/base/{proxy}`,
        requestParameters: {
          'integration.request.path.proxy': 'method.request.path.proxy',
          'integration.request.header.X-Stage': 'context.stage',
        },
      },
    },
  })
  const answer = await api.call('POST /a/b%20c?x=1&x=2', {headers: {'x-client': 'me'}, body: 'hello'})
  expect(answer).toMatchObject({status: 201, body: 'made'})
  expect(answer.headers.get('x-made')).toBe('yes')
  expect(answer.headers.get('x-amzn-remapped-server')).toBe('tiny')
  expect(seen).toMatchObject([
    {
      method: 'POST',
      url: '/base/a/b%20c?x=1&x=2',
      headers: {'x-client': 'me', 'x-stage': 'prod', 'x-amzn-apigateway-api-id': api.restApiId},
      body: 'hello',
    },
  ])
})

test('HTTP sends only what is mapped, and maps what comes back', async () => {
  const {url, seen} = await backEnd({headers: {'x-tag': 'v1'}, body: '{"name": "Rex", "age": 3}'})
  const api = await deployedApi({
    'POST /pets/{id}': {
      method: {requestParameters: {'method.request.path.id': true, 'method.request.header.X-Who': false}},
      integration: {
        type: 'HTTP',
        integrationHttpMethod: 'PUT',
        uri: `${url}/\${stageVariables.base}/{id}`,
        requestParameters: {
          'integration.request.path.id': 'method.request.path.id',
          'integration.request.querystring.who': 'method.request.header.X-Who',
          'integration.request.header.X-Fixed': "'fixed'",
          'integration.request.header.X-Kind': 'method.request.body.kind',
        },
        requestTemplates: {'application/json': '{"wrapped": $input.json("$.kind")}'},
      },
      responses: [
        {
          statusCode: '200',
          responseParameters: {
            'method.response.header.X-Name': 'integration.response.body.name',
            'method.response.header.X-Tag': 'integration.response.header.x-tag',
          },
          responseTemplates: {'application/json': 'age $input.path("$.age")'},
        },
      ],
    },
  })
  await api.patchStage({'/variables/base': 'v1'})
  const answer = await api.call('POST /pets/7?secret=1', {
    headers: {'x-who': 'me', 'x-client': 'no'},
    body: '{"kind": "dog"}',
  })
  expect(answer).toMatchObject({status: 200, body: 'age 3'})
  expect(answer.headers.get('x-name')).toBe('Rex')
  expect(answer.headers.get('x-tag')).toBe('v1')
  expect(seen).toMatchObject([
    {
      method: 'PUT',
      url: '/v1/7?who=me',
      headers: {'x-fixed': 'fixed', 'x-kind': 'dog', 'user-agent': `AmazonAPIGateway_${api.restApiId}`},
      body: '{"wrapped": "dog"}',
    },
  ])
  expect(seen[0]!.headers).not.toHaveProperty('x-client')
})

test('the status of the back end selects the integration response', async () => {
  const {url} = await backEnd({status: 503, body: 'down'})
  const api = await deployedApi({
    'GET /': {
      integration: {type: 'HTTP', integrationHttpMethod: 'GET', uri: url},
      responses: [
        {statusCode: '200'},
        {statusCode: '500', selectionPattern: '5\\d{2}', responseTemplates: {'application/json': 'sorry: $input.body'}},
      ],
    },
  })
  expect(await api.call('GET /')).toMatchObject({status: 500, body: 'sorry: down'})
})

test('the data trace has the endpoint lines in the order of the service', async () => {
  const {url} = await backEnd()
  const api = await deployedApi({
    'GET /': {integration: {type: 'HTTP_PROXY', integrationHttpMethod: 'GET', uri: `${url}/x`}},
  })
  await api.logAt('INFO', true)
  const answer = await api.call('GET /')
  const lines = await api.lines(answer.headers.get('x-amzn-requestid'))
  expect(lines.slice(10).map(line => line.replace(/[:.].*/s, ''))).toEqual([
    'Endpoint request URI',
    'Endpoint request headers',
    'Endpoint request body after transformations',
    'Sending request to http',
    'Received response',
    'Endpoint response headers',
    'Endpoint response body before transformations',
    'Method response body after transformations',
    'Method response headers',
    'Successfully completed execution',
    'Method completed with status',
  ])
  expect(lines[10]).toBe(`Endpoint request URI: ${url}/x`)
})

test('a back end that is not there is a 504, an address that is none a 500', async () => {
  const api = await deployedApi({
    'GET /refused': {integration: {type: 'HTTP_PROXY', integrationHttpMethod: 'GET', uri: 'http://127.0.0.1:1/'}},
    'GET /invalid': {
      integration: {type: 'HTTP_PROXY', integrationHttpMethod: 'GET', uri: 'http://${stageVariables.host}/'},
    },
  })
  await api.logAt('ERROR')
  const refused = await api.call('GET /refused')
  expect(refused).toMatchObject({
    status: 504,
    type: 'InternalServerErrorException',
    body: '{"message": "Network error communicating with endpoint"}',
  })
  const invalid = await api.call('GET /invalid')
  expect(invalid).toMatchObject({status: 500, body: '{"message": "Internal server error"}'})
  expect(await api.lines(invalid.headers.get('x-amzn-requestid'))).toEqual([
    'Execution failed due to configuration error: Invalid endpoint address',
    'Method completed with status: 500',
  ])
})

test('a back end that says nothing is given up after the time of the integration', async () => {
  const server = createServer(() => {})
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const uri = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const api = await deployedApi({
    'GET /': {integration: {type: 'HTTP_PROXY', integrationHttpMethod: 'GET', uri, timeoutInMillis: 100}},
  })
  expect(await api.call('GET /')).toMatchObject({status: 504, body: '{"message": "Endpoint request timed out"}'})
})
