import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {accessFormat} from '../../../src/domain/logs/access-format.js'

const read = (format: string, line: string) => {
  const record = accessFormat(format).read(line)
  return record && Object.fromEntries(record)
}

const ID = '1f0c9a52-6d34-4a0b-9a57-2f1d5b3c8e01'
const EXTENDED = 'Ab1cDEfGIAMEHkA='

// The formats that the console offers ("Set up CloudWatch logging", Developer Guide).
const REST_CLF =
  '$context.identity.sourceIp $context.identity.caller $context.identity.user [$context.requestTime]"$context.httpMethod $context.resourcePath $context.protocol" $context.status $context.responseLength $context.requestId $context.extendedRequestId'
const HTTP_CLF =
  '$context.identity.sourceIp - - [$context.requestTime] "$context.httpMethod $context.routeKey $context.protocol" $context.status $context.responseLength $context.requestId $context.extendedRequestId'
const WEB_SOCKET_CLF =
  '$context.identity.sourceIp $context.identity.caller $context.identity.user [$context.requestTime] "$context.eventType $context.routeKey $context.connectionId" $context.status $context.requestId'
const JSON_FORMAT =
  '{ "requestId":"$context.requestId", "extendedRequestId":"$context.extendedRequestId","ip": "$context.identity.sourceIp", "caller":"$context.identity.caller", "user":"$context.identity.user", "requestTime":"$context.requestTime", "httpMethod":"$context.httpMethod", "resourcePath":"$context.resourcePath", "status":"$context.status", "protocol":"$context.protocol", "responseLength":"$context.responseLength" }'
const XML =
  '<request id="$context.requestId"> <extendedRequestId>$context.extendedRequestId</extendedRequestId> <ip>$context.identity.sourceIp</ip> <caller>$context.identity.caller</caller> <user>$context.identity.user</user> <requestTime>$context.requestTime</requestTime> <httpMethod>$context.httpMethod</httpMethod> <resourcePath>$context.resourcePath</resourcePath> <status>$context.status</status> <protocol>$context.protocol</protocol> <responseLength>$context.responseLength</responseLength> </request>'
const CSV =
  '$context.identity.sourceIp,$context.identity.caller,$context.identity.user,$context.requestTime,$context.httpMethod,$context.resourcePath,$context.protocol,$context.status,$context.responseLength,$context.requestId,$context.extendedRequestId'

const REQUEST = {
  'identity.sourceIp': '203.0.113.9',
  requestTime: '25/Sep/2026:09:20:30 +0000',
  httpMethod: 'GET',
  resourcePath: '/pets/{petId}',
  protocol: 'HTTP/1.1',
  status: '200',
  responseLength: '131',
  requestId: ID,
  extendedRequestId: EXTENDED,
}

describe('the formats of the console', () => {
  test.each([
    [
      'CLF of a REST API, where nothing is before the quote',
      REST_CLF,
      `203.0.113.9 - - [25/Sep/2026:09:20:30 +0000]"GET /pets/{petId} HTTP/1.1" 200 131 ${ID} ${EXTENDED}`,
      REQUEST,
    ],
    [
      'CLF of an HTTP API, whose route has a space in it',
      HTTP_CLF,
      `203.0.113.9 - - [25/Sep/2026:09:20:30 +0000] "GET GET /pets/{petId} HTTP/1.1" 200 131 ${ID} ${EXTENDED}`,
      {...REQUEST, resourcePath: undefined, routeKey: 'GET /pets/{petId}'},
    ],
    [
      'CLF of a WebSocket API',
      WEB_SOCKET_CLF,
      `203.0.113.9 - - [25/Sep/2026:09:20:30 +0000] "MESSAGE echo gbikxK_GEQAYKEhTsA==" 502 ${EXTENDED}`,
      {
        'identity.sourceIp': '203.0.113.9',
        requestTime: '25/Sep/2026:09:20:30 +0000',
        eventType: 'MESSAGE',
        routeKey: 'echo',
        connectionId: 'gbikxK_GEQAYKEhTsA==',
        status: '502',
        requestId: EXTENDED,
      },
    ],
    [
      'JSON',
      JSON_FORMAT,
      `{ "requestId":"${ID}", "extendedRequestId":"${EXTENDED}","ip": "203.0.113.9", "caller":"-", "user":"-", "requestTime":"25/Sep/2026:09:20:30 +0000", "httpMethod":"GET", "resourcePath":"/pets/{petId}", "status":"200", "protocol":"HTTP/1.1", "responseLength":"131" }`,
      REQUEST,
    ],
    [
      'XML',
      XML,
      `<request id="${ID}"> <extendedRequestId>${EXTENDED}</extendedRequestId> <ip>203.0.113.9</ip> <caller>-</caller> <user>-</user> <requestTime>25/Sep/2026:09:20:30 +0000</requestTime> <httpMethod>GET</httpMethod> <resourcePath>/pets/{petId}</resourcePath> <status>200</status> <protocol>HTTP/1.1</protocol> <responseLength>131</responseLength> </request>`,
      REQUEST,
    ],
    [
      'CSV, which has no quotes',
      CSV,
      `203.0.113.9,-,-,25/Sep/2026:09:20:30 +0000,GET,/pets/{petId},HTTP/1.1,200,131,${ID},${EXTENDED}`,
      REQUEST,
    ],
  ])('%s', (_, format, line, expected) => {
    const present = Object.entries(expected).filter(([, value]) => value !== undefined)
    expect(read(format, line)).toEqual(Object.fromEntries(present))
  })
})

// The fields that are written out of a line that was recorded from the service; the others are shown as `…` there.
test('a recorded line of a WebSocket API: what such an API does not have is absent', () => {
  const names = [
    ...['requestId', 'httpMethod', 'resourcePath', 'routeKey', 'status', 'responseLatency', 'integrationLatency'],
    ...['integration.status', 'error.message', 'error.responseType', 'eventType', 'unsupportedOwnedProbeVariable'],
  ]
  const line =
    'requestId=EP5yyFgTIAMEtdw=|httpMethod=-|resourcePath=-|routeKey=echo|status=502|responseLatency=-|integrationLatency=24|' +
    'integration.status=-|error.message=Internal server error|error.responseType=INTEGRATION_FAILURE|eventType=MESSAGE|unsupportedOwnedProbeVariable=-'
  expect(read(names.map(name => `${name}=$context.${name}`).join('|'), line)).toEqual({
    requestId: 'EP5yyFgTIAMEtdw=',
    routeKey: 'echo',
    status: '502',
    integrationLatency: '24',
    'error.message': 'Internal server error',
    'error.responseType': 'INTEGRATION_FAILURE',
    eventType: 'MESSAGE',
  })
})

describe('formats of one’s own', () => {
  test.each([
    [
      'a user agent with spaces between values without any',
      '$context.identity.sourceIp $context.identity.userAgent $context.status $context.requestId',
      `203.0.113.9 Mozilla/5.0 (X11; Linux) 404 not 200 ${ID}`,
      {
        'identity.sourceIp': '203.0.113.9',
        'identity.userAgent': 'Mozilla/5.0 (X11; Linux) 404 not',
        status: '200',
        requestId: ID,
      },
    ],
    [
      'JSON with numbers, nested and composed members',
      '{"id": "$context.requestId", "http": {"line": "$context.httpMethod $context.path", "status": $context.status}, "took": $context.responseLatency}',
      `{"id": "${ID}", "http": {"line": "GET /prod/pets/7", "status": 200}, "took": 12}`,
      {requestId: ID, httpMethod: 'GET', path: '/prod/pets/7', status: '200', responseLatency: '12'},
    ],
    [
      'JSON that is none, because a number is absent',
      '{"id": "$context.requestId", "status": $context.status, "took": $context.integrationLatency}',
      `{"id": "${ID}", "status": 403, "took": -}`,
      {requestId: ID, status: '403'},
    ],
    [
      'JSON that is none, because a value has quotes in it',
      '{"id": "$context.requestId", "agent": "$context.identity.userAgent", "status": "$context.status"}',
      `{"id": "${ID}", "agent": "say "hi", please", "status": "200"}`,
      {requestId: ID, 'identity.userAgent': 'say "hi", please', status: '200'},
    ],
    [
      'JSON with escapes, which are undone',
      '{"id": "$context.requestId", "error": "$context.error.message"}',
      `{"id": "${ID}", "error": "say \\"hi\\""}`,
      {requestId: ID, 'error.message': 'say "hi"'},
    ],
    [
      'names in braces, a key of an authorizer with a hyphen, and a stage variable',
      '${context.requestId}/${stageVariables.colour}/$context.authorizer.claims.custom:tenant-id/$stageVariables.size.',
      `${ID}/red/acme/xl.`,
      {
        requestId: ID,
        'stageVariables.colour': 'red',
        'authorizer.claims.custom:tenant-id': 'acme',
        'stageVariables.size': 'xl',
      },
    ],
    [
      'a hyphen after a variable is not part of its name',
      '$context.status-$context.requestId',
      `200-${ID}`,
      {status: '200', requestId: ID},
    ],
  ])('%s', (_, format, line, expected) => {
    expect(read(format, line)).toEqual(expected)
  })
})

test.each([
  ['of another format', `${ID},200`],
  ['with more at its end', `200 ${ID} and more`],
  ['whose status is none', `ok ${ID}`],
  ['without any id', '200 -'],
  ['that is empty', ''],
])('a line %s is not read', (_, line) => {
  expect(read('$context.status $context.requestId', line)).toBeUndefined()
})

/** Values that cannot be taken for what stands around them, by variable. */
const VALUES: Record<string, fc.Arbitrary<string>> = {
  requestId: fc.uuid(),
  status: fc.integer({min: 100, max: 599}).map(String),
  responseLatency: fc.nat(30_000).map(String),
  httpMethod: fc.constantFrom('GET', 'POST', 'DELETE'),
  resourcePath: fc.constantFrom('/', '/pets/{petId}', '/{proxy+}'),
  requestTime: fc.constantFrom('25/Sep/2026:09:20:30 +0000', '01/Jan/2027:00:00:00 +0000'),
  'identity.sourceIp': fc.oneof(fc.ipV4(), fc.ipV6()),
}
/** Free text, with spaces, quotes and what else there is, but not with the separators below. */
const FREE = fc
  .string({minLength: 1, maxLength: 30, unit: 'grapheme'})
  .filter(text => text.trim() === text && text !== '-' && !/[|\t;]/.test(text))
const SEPARATORS = ['|', '\t', ' ; ', '||']

test('what a format wrote, it reads back', () => {
  const written = fc
    .record({
      names: fc.shuffledSubarray([...Object.keys(VALUES), 'identity.userAgent', 'error.message', 'caller.name']),
      separator: fc.constantFrom(...SEPARATORS),
    })
    .filter(({names}) => names.includes('requestId'))
    .chain(({names, separator}) =>
      fc
        .tuple(
          ...names.map(name =>
            fc.oneof(
              {weight: 5, arbitrary: VALUES[name] ?? FREE},
              {weight: 1, arbitrary: fc.constant(name === 'requestId' ? 'x' : '-')},
            ),
          ),
        )
        .map(values => ({names, separator, values})),
    )
  fc.assert(
    fc.property(written, ({names, separator, values}) => {
      const format = names.map(name => `$context.${name}`).join(separator)
      const expected = names.map((name, index) => [name, values[index]]).filter(([, value]) => value !== '-')
      expect(read(format, values.join(separator))).toEqual(Object.fromEntries(expected))
    }),
  )
})

test('JSON reads back whatever was escaped as JSON', () => {
  fc.assert(
    fc.property(
      fc.uuid(),
      fc.string({unit: 'binary'}).filter(text => text !== '-'),
      (requestId, agent) => {
        const format = '{"id": "$context.requestId", "agent": "$context.identity.userAgent"}'
        const line = JSON.stringify({id: requestId, agent})
        expect(read(format, line)).toEqual({requestId, 'identity.userAgent': agent})
      },
    ),
  )
})

test('many lines of another format do not take long', () => {
  const {read} = accessFormat(`${'$context.error.message '.repeat(10)}$context.requestId!`)
  const started = performance.now()
  for (let line = 0; line < 200; line++) expect(read('word '.repeat(30))).toBeUndefined()
  expect(performance.now() - started).toBeLessThan(1_000)
})

test('a line that almost fits in countless ways does not take long', () => {
  const format = `${'$context.error.message '.repeat(40)}$context.requestId!`
  const started = performance.now()
  expect(read(format, 'a '.repeat(20_000))).toBeUndefined()
  expect(performance.now() - started).toBeLessThan(1_000)
})
