import {describe, expect, test} from 'vitest'
import {redacted} from '../../../src/domain/logs/redact.js'

// The lines are in the grammar of recorded execution logs; the secrets are made up.

describe('headers of the data trace', () => {
  test.each([
    [
      'Authorization, with what the service leaves of it',
      '(id) Endpoint request headers: {X-Amz-Date=20260925T092028Z, Authorization=************f671cd, X-Amz-Source-Arn=arn:aws:x}',
      '(id) Endpoint request headers: {X-Amz-Date=20260925T092028Z, Authorization=[redacted], X-Amz-Source-Arn=arn:aws:x}',
    ],
    [
      'a signature, commas and all',
      '{Authorization=AWS4-HMAC-SHA256 Credential=AKIA/x, SignedHeaders=host;x-amz-date, Signature=abc123, Host=h}',
      '{Authorization=[redacted], Host=h}',
    ],
    [
      'the first and the last header',
      '{x-api-key=s3cret, Host=h, X-API-Key=s3cret}',
      '{x-api-key=[redacted], Host=h, X-API-Key=[redacted]}',
    ],
    ['cookies with their own equal signs', '{Cookie=a=1; b=2, Host=h}', '{Cookie=[redacted], Host=h}'],
    [
      'a cookie with a date in it',
      '{Set-Cookie=a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT; Path=/, Via=x}',
      '{Set-Cookie=[redacted], Via=x}',
    ],
    [
      'a token that the service cut off',
      '{Host=h, X-Amz-Security-Token=IQoJb3JpZ2luX2VjE [TRUNCATED]',
      '{Host=h, X-Amz-Security-Token=[redacted] [TRUNCATED]',
    ],
  ])('%s', (_, line, expected) => {
    expect(redacted(line)).toBe(expected)
  })
})

describe('JSON bodies', () => {
  const proxied = {
    headers: {Authorization: 'Bearer s3cret', 'x-api-key': 's3cret', Host: 'h'},
    multiValueHeaders: {Cookie: ['a=s3cret', 'b=s3cret'], Accept: ['*/*']},
    requestContext: {identity: {apiKey: 's3cret', sourceIp: '203.0.113.9'}},
    body: JSON.stringify({cookie: 's3cret " s3cret', text: 'kept'}),
  }

  test.each([
    ['as written by the service', JSON.stringify(proxied)],
    ['with spaces', JSON.stringify(proxied, undefined, 1)],
  ])('the event of a proxy integration, %s', (_, json) => {
    const text = redacted(`Endpoint request body after transformations: ${json}`)
    expect(text).not.toContain('s3cret')
    for (const kept of ['"h"', '*/*', '203.0.113.9', 'kept']) expect(text).toContain(kept)
  })

  test.each([
    '{"Authorization":"Bearer s3cret [TRUNCATED]',
    '{"multiValueHeaders":{"Authorization":["Bearer s3cret [TRUNCATED]',
  ])('cut off in the middle: %s', line => {
    expect(redacted(line)).not.toContain('s3cret')
  })
})

test('the token that the function of an authorizer is asked about', () => {
  const event = '{"type":"TOKEN","authorizationToken":"Bearer s3cret","methodArn":"arn:aws:execute-api:x"}'
  expect(redacted(`(id) Endpoint request body after transformations: ${event}`)).toBe(
    '(id) Endpoint request body after transformations: {"type":"TOKEN","authorizationToken":"[redacted]","methodArn":"arn:aws:execute-api:x"}',
  )
})

test.each([
  'authorization',
  'proxy-authorization',
  'x-api-key',
  'apiKey',
  'cookie',
  'set-cookie',
  'x-amz-security-token',
])('%s, however it is written', name => {
  for (const written of [name, name.toUpperCase()]) {
    expect(redacted(`{${written}=s3cret, Host=h}`)).toBe(`{${written}=[redacted], Host=h}`)
    expect(redacted(`{"${written}":"s3cret"}`)).not.toContain('s3cret')
  }
})

describe('what functions print', () => {
  test.each([
    [
      'an object of Node.js',
      "INFO headers: { Authorization: 'Bearer s3cret', 'x-api-key': 's3c\\'ret', Host: 'h' }",
      "INFO headers: { Authorization: [redacted], 'x-api-key': [redacted], Host: 'h' }",
    ],
    ['lists of it', "{ Cookie: [ 'a=s3cret', 'b=s3cret' ], Via: [ 'x' ] }", "{ Cookie: [redacted], Via: [ 'x' ] }"],
    [
      'a dictionary of Python',
      "{'Authorization': 'Basic s3cret', 'Host': 'h'}",
      "{'Authorization': [redacted], 'Host': 'h'}",
    ],
    [
      'a header',
      'ERROR got Authorization: Bearer s3cret.x.y and gave up',
      'ERROR got Authorization: [redacted] and gave up',
    ],
    ['a header without a scheme', 'x-api-key: s3cret-s3cret-s3cret, Host: h', 'x-api-key: [redacted], Host: h'],
    ['cookies', 'Cookie: session=s3cret-s3cret; b=s3cret', 'Cookie: [redacted]'],
    [
      'a signature',
      'authorization: AWS4-HMAC-SHA256 Credential=AKIA/x, SignedHeaders=host, Signature=s3cret',
      'authorization: [redacted]',
    ],
  ])('%s', (_, line, expected) => {
    expect(redacted(line)).toBe(expected)
  })
})

test.each([
  "(id) API Key  authorized because method 'GET /pets' does not require API Key. Request will not contribute to throttle or quota limits",
  '(id) Starting authorizer: ab12cd for request: 1f0c9a52',
  '(id) Method response headers: {Content-Type=application/json}',
  '{"authorizer":{"principalId":"user-1"},"cookies":"none"}',
  'Authorization: denied by policy',
  "INFO myCookie: 'chocolate'",
])('lines without secrets stay as they are: %s', line => {
  expect(redacted(line)).toBe(line)
})

test('a line of many opening quotes and braces does not take long', () => {
  const started = performance.now()
  redacted('{"cookie":"'.repeat(20_000))
  redacted('{Cookie=a, '.repeat(20_000))
  redacted("cookie: ['a', ".repeat(20_000))
  redacted(`cookie: [${"'a',".repeat(50_000)}`)
  redacted(`cookie: ${'a'.repeat(20_000)}${' a=a'.repeat(20_000)}`)
  redacted(`"apikey":${'\\\\'.repeat(50_000)}`)
  expect(performance.now() - started).toBeLessThan(1_000)
})
