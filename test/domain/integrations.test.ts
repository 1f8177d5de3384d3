import {expect, test} from 'vitest'
import {backendOf} from '../../src/domain/integrations.js'

const caller = async () => ({
  accountId: '123456789012',
  location: {region: 'eu-west-1', partition: 'aws', dnsSuffix: 'amazonaws.com'},
})
const nobody = () => Promise.reject(new Error('nobody was to be asked'))
const pet = {method: 'GET', path: '/pets/{id}'}

test('variables of the path are handed on to those in the URL', async () => {
  const {integration} = await backendOf(
    {mock: false, http: 'https://example.com/v1/{id}?x=${stageVariables.x}'},
    pet,
    nobody,
  )
  expect(integration).toEqual({
    type: 'HTTP_PROXY',
    httpMethod: 'GET',
    uri: 'https://example.com/v1/{id}?x=${stageVariables.x}',
    requestParameters: {'integration.request.path.id': 'method.request.path.id'},
  })
  const rest = await backendOf({mock: false, http: 'http://x/{proxy+}'}, {method: 'ANY', path: '/{proxy+}'}, nobody)
  expect(rest.integration).toMatchObject({
    uri: 'http://x/{proxy}',
    requestParameters: {'integration.request.path.proxy': 'method.request.path.proxy'},
  })
})

test.each([
  ['example.com', 'is not a URL'],
  ['ftp://example.com', 'is not a URL'],
  ['https://', 'is not a URL'],
  ['https://exa mple.com', 'is not a URL'],
  ['https://example.com/{name}', '{name} in the URL is not a part of the path'],
])('the URL %s is refused', async (http, why) => {
  await expect(backendOf({mock: false, http}, pet, nobody)).rejects.toMatchObject({
    kind: 'usage',
    message: expect.stringContaining(why),
  })
})

// The form of the URI: Lambda integration, API Gateway Developer Guide.
test.each([
  ['pets', 'arn:aws:lambda:eu-west-1:123456789012:function:pets', 'eu-west-1'],
  ['pets:live', 'arn:aws:lambda:eu-west-1:123456789012:function:pets:live', 'eu-west-1'],
  [
    'arn:aws:lambda:us-east-1:999999999999:function:pets:3',
    'arn:aws:lambda:us-east-1:999999999999:function:pets:3',
    'us-east-1',
  ],
  ['${stageVariables.fn}', 'arn:aws:lambda:eu-west-1:123456789012:function:${stageVariables.fn}', 'eu-west-1'],
])('the function %s is called by its invocation ARN, with POST', async (lambda, arn, region) => {
  const {integration} = await backendOf({mock: false, lambda}, pet, caller)
  expect(integration).toEqual({
    type: 'AWS_PROXY',
    httpMethod: 'POST',
    uri: `arn:aws:apigateway:${region}:lambda:path/2015-03-31/functions/${arn}/invocations`,
    requestParameters: {},
  })
})

test.each(['', 'two words', 'arn:aws:s3:::bucket', 'arn:aws:lambda:us-east-1:1:function:x', 'a:b:c'])(
  '"%s" is no function, and nobody is asked for the account',
  async lambda => {
    await expect(backendOf({mock: false, lambda}, pet, nobody)).rejects.toMatchObject({kind: 'usage'})
  },
)

test('the permission is for this method of this API on every stage, with * for variables and ANY', async () => {
  const route = {method: 'ANY', path: '/pets/{id}'}
  const [command] = (await backendOf({mock: false, lambda: 'pets'}, route, caller)).permissionsFor('abc123')
  expect(command).toContain("--function-name 'arn:aws:lambda:eu-west-1:123456789012:function:pets'")
  expect(command).toContain("--source-arn 'arn:aws:execute-api:eu-west-1:123456789012:abc123/*/*/pets/*'")
  expect(command).toContain('--principal apigateway.amazonaws.com')
  // AddPermission takes [a-zA-Z0-9-_]+ up to 100 characters.
  expect(command).toMatch(/--statement-id [\w-]{1,100} /)
})
