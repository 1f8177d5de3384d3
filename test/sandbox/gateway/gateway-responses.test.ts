import {expect, test} from 'vitest'
import {deployedApi, mock} from '../../support/deployed-api.js'

const respond = (api: Awaited<ReturnType<typeof deployedApi>>, responseType: string, response: object) =>
  api.apigateway.putGatewayResponse({restApiId: api.restApiId, responseType: responseType as 'THROTTLED', ...response})

test('a customised response replaces status, body and headers of what it stands for', async () => {
  const api = await deployedApi({'GET /': mock('{}', {apiKeyRequired: true})})
  await respond(api, 'INVALID_API_KEY', {
    statusCode: '401',
    responseParameters: {
      'gatewayresponse.header.Access-Control-Allow-Origin': "'*'",
      'gatewayresponse.header.X-Asked': 'method.request.header.X-Ask',
      'gatewayresponse.header.X-Stage': 'context.stage',
    },
    responseTemplates: {
      'application/json':
        '{"why": $context.error.messageString, "type": "$context.error.responseType", "none": "$context.none"}',
    },
  })
  expect((await api.call('GET /')).status).toBe(403)
  await api.deploy()
  const answer = await api.call('GET /', {headers: {'x-ask': 'me'}})
  expect(answer).toMatchObject({
    status: 401,
    type: 'ForbiddenException',
    body: '{"why": "Forbidden", "type": "INVALID_API_KEY", "none": ""}',
  })
  expect(answer.headers.get('access-control-allow-origin')).toBe('*')
  expect(answer.headers.get('x-asked')).toBe('me')
  expect(answer.headers.get('x-stage')).toBe('prod')
})

test('DEFAULT_4XX stands in for what has no response of its own, and keeps its status', async () => {
  const api = await deployedApi({'GET /': mock('{}', {apiKeyRequired: true})})
  await respond(api, 'DEFAULT_4XX', {responseTemplates: {'text/plain': 'sorry: $context.error.message'}})
  await api.deploy()
  for (const [route, body] of [
    ['GET /', 'sorry: Forbidden'],
    ['GET /none', 'sorry: Missing Authentication Token'],
  ] as const) {
    const answer = await api.call(route)
    expect(answer).toMatchObject({status: 403, body})
    expect(answer.headers.get('content-type')).toBe('text/plain')
  }
})

test('the status of a customised response is what the execution log tells', async () => {
  const api = await deployedApi({
    'GET /': {integration: {requestTemplates: {'application/json': 'nothing'}}},
  })
  await respond(api, 'DEFAULT_5XX', {statusCode: '599'})
  await api.deploy()
  await api.logAt('ERROR')
  const answer = await api.call('GET /')
  expect(answer.status).toBe(599)
  expect((await api.lines(answer.headers.get('x-amzn-requestid'))).at(-1)).toBe('Method completed with status: 599')
})
