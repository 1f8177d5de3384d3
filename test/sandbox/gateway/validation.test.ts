import {expect, test} from 'vitest'
import {deployedApi, mock} from '../../support/deployed-api.js'

/** `POST /orders/{id}` with a model, a required header and query parameter, and a validator for what is named. */
async function validated(
  checks: {body?: boolean; parameters?: boolean},
  schema: object = ORDER,
  models: Record<string, object> = {},
) {
  const api = await deployedApi({})
  const {restApiId} = api
  for (const [name, model] of Object.entries({...models, Order: schema})) {
    const text = JSON.stringify(model).replaceAll('{api}', restApiId)
    await api.apigateway.createModel({restApiId, name, contentType: 'application/json', schema: text})
  }
  const validator = await api.apigateway.createRequestValidator({
    restApiId,
    name: 'all',
    validateRequestBody: checks.body ?? false,
    validateRequestParameters: checks.parameters ?? false,
  })
  await api.put(
    'POST /orders/{id}',
    mock('ok', {
      requestValidatorId: validator.id,
      requestModels: {'application/json': 'Order'},
      requestParameters: {
        'method.request.header.X-Shop': true,
        'method.request.querystring.page': true,
        'method.request.querystring.sort': false,
      },
    }),
  )
  await api.deploy()
  return api
}

const ORDER = {
  $schema: 'http://json-schema.org/draft-04/schema#',
  type: 'object',
  required: ['email', 'amount'],
  properties: {
    email: {type: 'string', minLength: 3},
    amount: {type: 'number', minimum: 1},
    kind: {enum: ['new', 'used']},
  },
}

const INVALID = {status: 400, type: 'BadRequestException', body: '{"message": "Invalid request body"}'}

test('required parameters that are missing or empty are named', async () => {
  const api = await validated({parameters: true})
  expect(await api.call('POST /orders/1?page=')).toMatchObject({
    status: 400,
    type: 'BadRequestException',
    body: '{"message": "Missing required request parameters: [X-Shop, page]"}',
  })
  expect((await api.call('POST /orders/1?page=2', {headers: {'x-shop': 'a'}})).status).toBe(200)
})

test.each([
  ['{"amount": 3}', '[object has missing required properties (["email"])]'],
  ['{}', '[object has missing required properties (["amount","email"])]'],
  ['', '[object has missing required properties (["amount","email"])]'],
  ['{"email"', '[Unknown error parsing request body]'],
  [
    '{"email": "a@b", "amount": "3"}',
    '[instance type (string) does not match any allowed primitive type (allowed: ["integer","number"])]',
  ],
  ['{"email": "a@b", "amount": 0}', '[numeric instance is lower than the required minimum (minimum: 1, found: 0)]'],
  ['{"email": "a", "amount": 2}', '[string "a" is too short (length: 1, required minimum: 3)]'],
  [
    '{"email": "a@b", "amount": 2, "kind": "old"}',
    '[instance value ("old") not found in enum (possible values: ["new","used"])]',
  ],
])('the body %s is refused, and the log says why', async (body, problem) => {
  const api = await validated({body: true})
  await api.logAt('ERROR')
  const answer = await api.call('POST /orders/1', {body})
  expect(answer).toMatchObject(INVALID)
  expect(await api.lines(answer.headers.get('x-amzn-requestid'))).toEqual([
    `Request body does not match model schema for content type application/json: ${problem}`,
    'Method completed with status: 400',
  ])
})

test('a body that fits passes, and so does one of a content type without a model', async () => {
  const api = await validated({body: true})
  expect((await api.call('POST /orders/1', {body: '{"email": "a@b", "amount": 2}'})).status).toBe(200)
  expect(
    (await api.call('POST /orders/1', {body: '{"statusCode": 200}', headers: {'content-type': 'text/plain'}})).status,
  ).toBe(200)
})

test('nothing is validated without a validator that asks for it', async () => {
  const api = await validated({})
  expect((await api.call('POST /orders/1', {body: '{}'})).status).toBe(200)
})

test('a model may refer to another by its address', async () => {
  const $ref = 'https://apigateway.amazonaws.com/restapis/{api}/models/Line'
  const api = await validated(
    {body: true},
    {type: 'object', properties: {lines: {type: 'array', items: {$ref}}}},
    {Line: {type: 'object', required: ['sku'], properties: {sku: {type: 'string'}}}},
  )
  expect((await api.call('POST /orders/1', {body: '{"lines": [{"sku": "a"}]}'})).status).toBe(200)
  expect(await api.call('POST /orders/1', {body: '{"lines": [{}]}'})).toMatchObject(INVALID)
})

test("a model that is no JSON is in no other model's way", async () => {
  const api = await validated({body: true})
  const {apigateway, restApiId} = api
  await apigateway.createModel({restApiId, name: 'Page', contentType: 'text/xml', schema: '<page/>'})
  await api.deploy()
  expect((await api.call('POST /orders/1', {body: '{"email": "a@b", "amount": 2}'})).status).toBe(200)
})
