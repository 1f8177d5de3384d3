import {expect, test} from 'vitest'
import {withoutCredentials} from '../../../src/domain/snapshots/credentials.js'

const header = (name: string) => ['integration', 'requestParameters', `integration.request.header.${name}`]
const query = (name: string) => ['integration', 'requestParameters', `integration.request.querystring.${name}`]
const template = ['integration', 'requestTemplates', 'application/json']

test.each([
  [header('Authorization'), "'Bearer abcdefgh12345'", "'[hidden]'"],
  [header('authorization'), "'abc'", "'[hidden]'"],
  [header('x-api-key'), "'abc'", "'[hidden]'"],
  [header('X-Client-Secret'), "'abc'", "'[hidden]'"],
  [header('X-Forwarded'), "'Bearer abcdefgh12345'", "'Bearer [hidden]'"],
  [query('key'), "'abc'", "'[hidden]'"],
  [query('accessToken'), "'abc'", "'[hidden]'"],
  [['variables', 'db_password'], 'abc', '[hidden]'],
  [['integration', 'uri'], 'https://tom:abc@example.com/a:b@c', 'https://[hidden]@example.com/a:b@c'],
  [['integration', 'uri'], 'https://example.com/f?code=abc%3D&page=2', 'https://example.com/f?code=[hidden]&page=2'],
  [template, '{"password": "abc", "user": "tom"}', '{"password": "[hidden]", "user": "tom"}'],
  [template, '#set($h = "Basic dG9tOnNlY3JldA==")', '#set($h = "Basic [hidden]")'],
  [template, 'AKIAIOSFODNN7EXAMPLE', '[hidden]'],
])('%j: %s is hidden', (path, value, shown) => {
  expect(withoutCredentials(path, value)).toBe(shown)
})

test.each([
  // What a request brings along, and what a stage variable says.
  [header('Authorization'), 'method.request.header.Authorization'],
  [header('x-api-key'), 'stageVariables.key'],
  [header('X-Trace'), "'on'"],
  [query('page'), "'1'"],
  [['responses', 'parameters', 'header.Access-Control-Allow-Headers'], "'Content-Type,Authorization,X-Api-Key'"],
  [['variables', 'table'], 'pets'],
  [['integration', 'uri'], 'https://${stageVariables.host}/pets?key=${stageVariables.key}'],
  [['integration', 'uri'], 'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/f/invocations'],
  [template, '{"token": "$input.params(\'token\')", "key": "value"}'],
  [template, '"Authorization": "Bearer $input.params(\'t\')"'],
  [['properties', 'password', 'type'], 'string'],
  [['timeout'], 5000],
  [['identityValidation'], '^Bearer [-0-9a-z]+$'],
])('%j: %s is shown', (path, value) => {
  expect(withoutCredentials(path, value)).toBe(value)
})

test('credentials deep inside of a document are hidden, too, and its shape is kept', () => {
  const before = {Statement: [{Condition: {url: 'https://a:b@c'}}, null, 1, true]}
  expect(withoutCredentials(['policy'], before)).toEqual({
    Statement: [{Condition: {url: 'https://[hidden]@c'}}, null, 1, true],
  })
})

test('a template of the largest size is looked through in no time', () => {
  // 300 KB is the largest mapping template. Source: service quotas
  for (const text of ['a'.repeat(300_000), '"a-'.repeat(100_000), '&token'.repeat(50_000), 'http://'.repeat(43_000)]) {
    const start = performance.now()
    withoutCredentials(template, text)
    expect(performance.now() - start).toBeLessThan(1_000)
  }
})
