import {expect, test} from 'vitest'
import {accessFormat} from '../../../src/domain/logs/access-format.js'
import {accessRequest} from '../../../src/domain/logs/access-records.js'
import type {LoggedRequest} from '../../../src/domain/logs/requests/request.js'

const ID = '1f0c9a52-6d34-4a0b-9a57-2f1d5b3c8e01'
const WRITTEN = Date.UTC(2026, 8, 25, 9, 20, 31)
const LOG = {api: 'petstore', apiId: 'a1b2c3d4e5', stage: 'prod', protocol: 'REST'} as const

/** The request of a line in which each variable is written as `name=value`. */
function requestOf(values: Record<string, string>, redact = true): LoggedRequest | undefined {
  const format = accessFormat(
    Object.keys(values)
      .map(name => `${name}=$context.${name}`)
      .join('|'),
  )
  const message = Object.entries(values)
    .map(([name, value]) => `${name}=${value}`)
    .join('|')
  const event = {timestamp: WRITTEN, ingestionTime: WRITTEN, logStreamName: 'stream', eventId: '1', message}
  return accessRequest(event, LOG, format, {redact})
}

test('a record is a whole request with one line', () => {
  const request = requestOf({
    requestId: ID,
    extendedRequestId: 'Ab1cDEfGIAMEHkA=',
    requestTimeEpoch: '1790328027989',
    httpMethod: 'GET',
    resourcePath: '/pets/{petId}',
    path: '/prod/pets/7',
    status: '200',
    responseLatency: '51',
    integrationLatency: '46',
    'integration.integrationStatus': '200',
    'integration.requestId': '7781d89a-b6d9-4098-924a-4cb16157573c',
    'identity.apiKeyId': 'k1',
    'identity.caller': '-',
    'identity.user': 'user-1',
    'identity.sourceIp': '203.0.113.9',
    'identity.userAgent': 'curl/8.4.0',
    xrayTraceId: '1-66f3c000-0123456789abcdef01234567',
  })
  expect(JSON.parse(JSON.stringify(request))).toEqual({
    time: '2026-09-25T09:20:27.989Z',
    ...LOG,
    requestId: ID,
    extendedRequestId: 'Ab1cDEfGIAMEHkA=',
    method: 'GET',
    resource: '/pets/{petId}',
    path: '/pets/7',
    status: 200,
    latency: 51,
    integrationLatency: 46,
    integrationStatus: 200,
    integrationRequestId: '7781d89a-b6d9-4098-924a-4cb16157573c',
    keyId: 'k1',
    caller: 'user-1',
    sourceIp: '203.0.113.9',
    userAgent: 'curl/8.4.0',
    traceId: '1-66f3c000-0123456789abcdef01234567',
    isComplete: true,
    lines: [
      {
        time: new Date(WRITTEN).toISOString(),
        source: 'access',
        phase: 'access',
        text: expect.stringContaining(`requestId=${ID}|`),
        logStreamName: 'stream',
        eventId: '1',
      },
    ],
  })
})

test.each([
  [
    'to the second, where the format has no more',
    {requestTime: '25/Sep/2026:09:20:30 +0000'},
    '2026-09-25T09:20:30.000Z',
  ],
  ['when it was written, where it has no time', {}, '2026-09-25T09:20:31.000Z'],
])('the time of a request: %s', (_, values, expected) => {
  expect(requestOf({requestId: ID, ...values})?.time.toISOString()).toBe(expected)
})

test.each([
  ['without the stage that the address begins with', {path: '/prod/pets/7'}, '/pets/7'],
  ['as it is behind a domain name of its own', {path: '/prod/pets/7', domainName: 'api.example.com'}, '/prod/pets/7'],
])('the path of a request: %s', (_, values, expected) => {
  expect(requestOf({requestId: ID, ...values})?.path).toBe(expected)
})

test('a route of a WebSocket or HTTP API stands where a REST API has its resource', () => {
  expect(
    requestOf({extendedRequestId: 'Ab1c=', routeKey: '$connect', connectionId: 'gbi==', resourcePath: '-'}),
  ).toMatchObject({
    requestId: 'Ab1c=',
    resource: '$connect',
    connectionId: 'gbi==',
  })
})

test.each([
  [
    'what the gateway said and the type of its answer',
    {'error.message': 'Internal server error', 'error.responseType': 'INTEGRATION_FAILURE'},
    {cause: 'integration-failure', message: 'Internal server error'},
  ],
  [
    'a quoted message, and why',
    {'error.messageString': '"Forbidden"', 'authorizer.error': 'no'},
    {cause: 'unknown', message: 'Forbidden: no'},
  ],
  [
    'by the word that the execution log of the same failure has',
    {'error.message': 'Endpoint request timed out', 'error.responseType': 'INTEGRATION_TIMEOUT'},
    {cause: 'timeout', message: 'Endpoint request timed out'},
  ],
  ['nothing, where an integration answered', {status: '500'}, undefined],
])('a failure: %s', (_, values, expected) => {
  expect(requestOf({requestId: ID, ...values})?.failure).toEqual(expected)
})

test('an API key is hidden wherever the format has it, but for its end', () => {
  const values = {requestId: ID, 'identity.apiKey': 'abcdefghijklmnopqrst'}
  expect(requestOf(values)).toMatchObject({
    keyEnding: 'opqrst',
    lines: [{text: `requestId=${ID}|identity.apiKey=[redacted]`}],
  })
  expect(requestOf(values, false)?.lines[0]?.text).toContain('identity.apiKey=abcdefghijklmnopqrst')
})
