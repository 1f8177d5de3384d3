import {expect, test} from 'vitest'
import {type DeployedApi, deployedApi, mock} from '../../support/deployed-api.js'
import {functionModules, invocationArn} from '../../support/functions.js'
import {giveLoggingRole} from '../../support/logging-role.js'

const GROUP = 'access'
const NOON = Date.UTC(2026, 8, 25, 12)

/** Has the stage log its accesses in this format, to a group that is there unless told otherwise. */
async function logAccesses(api: DeployedApi, format: string, {group = true} = {}): Promise<void> {
  await giveLoggingRole(api)
  if (group) await api.logs.createLogGroup({logGroupName: GROUP})
  await api.patchStage({
    '/accessLogSettings/destinationArn': `arn:aws:logs:us-east-1:123456789012:log-group:${GROUP}`,
    '/accessLogSettings/format': format,
  })
}

test('each request leaves a line in the format of the stage', async () => {
  const api = await deployedApi({'GET /pets/{id}': mock('0123456789')}, {millis: () => NOON})
  await logAccesses(
    api,
    '$context.requestId|$context.extendedRequestId|$context.identity.sourceIp|$context.identity.caller|$context.requestTime|' +
      '$context.requestTimeEpoch|$context.httpMethod|$context.resourcePath|$context.path|$context.protocol|$context.status|' +
      '$context.responseLength|$context.stage|$context.apiId|$context.unsupportedVariable|$stageVariables.colour',
  )
  await api.patchStage({'/variables/colour': 'red'})
  const {headers} = await api.call('GET /pets/7')
  expect(await api.logged(GROUP)).toEqual([
    [
      headers.get('x-amzn-requestid'),
      headers.get('x-amz-apigw-id'),
      '127.0.0.1',
      '-',
      '25/Sep/2026:12:00:00 +0000',
      NOON,
      'GET',
      '/pets/{id}',
      '/prod/pets/7',
      'HTTP/1.1',
      200,
      10,
      'prod',
      api.restApiId,
      '-',
      'red',
    ].join('|'),
  ])
})

test('a refusal shows its status, its message and its type', async () => {
  let now = NOON
  const api = await deployedApi({'GET /': mock('{}', {apiKeyRequired: true})}, {millis: () => now})
  await logAccesses(
    api,
    '{"id": "$context.requestId", "status": $context.status, "error": $context.error.messageString, "type": "$context.error.responseType"}',
  )
  await api.call('GET /')
  // Two batches of one millisecond have no order.
  now += 1
  await api.call('GET /none')
  expect((await api.logged(GROUP)).map(line => JSON.parse(line))).toMatchObject([
    {status: 403, error: 'Forbidden', type: 'INVALID_API_KEY'},
    {status: 403, error: 'Missing Authentication Token', type: 'MISSING_AUTHENTICATION_TOKEN'},
  ])
})

test('an execution log is not needed for an access log, nor the other way round', async () => {
  const api = await deployedApi({'GET /': mock('{}')})
  await logAccesses(api, '$context.requestId')
  await api.call('GET /')
  expect(await api.logged(GROUP)).toHaveLength(1)
  await expect(api.logged()).rejects.toThrow('The specified log group does not exist.')
})

test('a group that is not there is not made', async () => {
  const api = await deployedApi({'GET /': mock('{}')})
  await logAccesses(api, '$context.requestId', {group: false})
  expect((await api.call('GET /')).status).toBe(200)
  await expect(api.logged(GROUP)).rejects.toThrow('The specified log group does not exist.')
})

test('the status of a function is told apart from the status of Lambda', async () => {
  let now = NOON
  const source = `export const handler = async ({path}) => {
    if (path === '/fail') throw new Error('boom')
    return {statusCode: 404}
  }`
  const api = await deployedApi(
    {'GET /{proxy+}': {integration: {type: 'AWS_PROXY', integrationHttpMethod: 'POST', uri: invocationArn('fn')}}},
    {functions: functionModules({fn: source}), millis: () => now},
  )
  await logAccesses(
    api,
    '$context.requestId: $context.status $context.integration.status $context.integration.integrationStatus ' +
      '$context.integrationStatus $context.integrationLatency $context.integration.error',
  )
  await api.call('GET /ok')
  now += 1
  await api.call('GET /fail')
  expect((await api.logged(GROUP)).map(line => line.replace(/^.*: /, ''))).toEqual([
    '404 404 200 200 0 -',
    '502 - 200 200 0 boom',
  ])
})
