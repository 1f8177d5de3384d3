import {expect, test} from 'vitest'
import {deployedApi, type MethodSpec} from '../../support/deployed-api.js'
import {functionModules, invocationArn} from '../../support/functions.js'

const custom = (integration: MethodSpec['integration'] = {}, responses?: MethodSpec['responses']): MethodSpec => ({
  integration: {
    type: 'AWS',
    integrationHttpMethod: 'POST',
    uri: invocationArn('fn'),
    requestTemplates: undefined,
    ...integration,
  },
  responses,
})

const ECHO = 'export const handler = async event => event'

test('a function gets what the template makes of the request', async () => {
  const api = await deployedApi(
    {'GET /': custom({requestTemplates: {'application/json': '{"who": "$input.params(\'who\')"}'}})},
    {functions: functionModules({fn: ECHO})},
  )
  const answer = await api.call('GET /?who=me')
  expect(answer).toMatchObject({status: 200, body: '{"who":"me"}'})
  expect(answer.headers.get('content-type')).toBe('application/json')
  expect(answer.headers.get('x-amzn-trace-id')).toMatch(/^Root=1-/)
})

test('without a template the body passes as it is, and no body is an empty event', async () => {
  const api = await deployedApi({'POST /': custom()}, {functions: functionModules({fn: ECHO})})
  expect((await api.call('POST /', {body: '{"a": [1]}'})).body).toBe('{"a":[1]}')
  expect((await api.call('POST /')).body).toBe('{}')
  expect(await api.call('POST /', {body: 'no json'})).toMatchObject({
    status: 500,
    body: '{"message": "Internal server error"}',
  })
})

// As recorded on AWS: test_lambda_selection_patterns.
test('the error message of a function selects the response, by the whole of it', async () => {
  const api = await deployedApi(
    {
      'POST /': custom({}, [
        {statusCode: '200'},
        {
          statusCode: '404',
          selectionPattern: '.*404.*',
          responseTemplates: {'application/json': '{"told": $input.json("$.errorMessage")}'},
        },
        {statusCode: '405', selectionPattern: '405'},
      ]),
    },
    {
      functions: functionModules({
        fn: 'export const handler = async ({say}) => { if (say) throw new Error(say); return "Pass" }',
      }),
    },
  )
  expect(await api.call('POST /', {body: '{}'})).toMatchObject({status: 200, body: '"Pass"'})
  expect(await api.call('POST /', {body: '{"say": "Error: 404!"}'})).toMatchObject({
    status: 404,
    body: '{"told": "Error: 404!"}',
  })
  const unmatched = await api.call('POST /', {body: '{"say": "405 and more"}'})
  expect(unmatched.status).toBe(200)
  expect(JSON.parse(unmatched.body)).toMatchObject({errorType: 'Error', errorMessage: '405 and more'})
})

test('an address with a doubled slash names the function all the same, as recorded', async () => {
  const uri = invocationArn('fn').replace('path/2015', 'path//2015')
  const api = await deployedApi(
    {'GET /': custom({uri})},
    {functions: functionModules({fn: 'export const handler = () => 1'})},
  )
  expect((await api.call('GET /')).body).toBe('1')
})

test('a function that is called asynchronously is not waited for', async () => {
  const source = 'export const handler = async () => { console.log("called"); throw new Error("nobody hears this") }'
  const api = await deployedApi(
    {'POST /': custom({requestParameters: {'integration.request.header.X-Amz-Invocation-Type': "'Event'"}})},
    {functions: functionModules({fn: source})},
  )
  expect(await api.call('POST /', {body: '{}'})).toMatchObject({status: 200, body: ''})
  await expect
    .poll(() => api.logged('/aws/lambda/fn').catch(() => []), {timeout: 10_000})
    .toContainEqual(expect.stringMatching(/\tINFO\tcalled\n$/))
})
