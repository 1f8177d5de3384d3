import {expect, test} from 'vitest'
import {sandboxForTest} from '../support/sandbox.js'

const TOO_MANY = {name: 'TooManyRequestsException', message: 'Too Many Requests', $metadata: {httpStatusCode: 429}}

test('with real quotas a call too many is refused with Retry-After and changes nothing', async () => {
  let now = 0
  const {apigateway, sandbox} = await sandboxForTest({quotas: 'real', millis: () => now})
  const create = () => apigateway.createRestApi({name: 'edge'})
  await create()
  await expect(create()).rejects.toMatchObject(TOO_MANY)
  expect((await apigateway.getRestApis({})).items).toHaveLength(1)

  const response = await fetch(`${sandbox.url}/restapis`, {
    method: 'POST',
    headers: {authorization: 'AWS4-HMAC-SHA256 Credential=AK/20260101/us-east-1/apigateway/aws4_request'},
    body: '{"name":"edge"}',
  })
  expect(response.status).toBe(429)
  expect(response.headers.get('retry-after')).toMatch(/^\d+$/)

  now += 30_000
  await create()
})

test('rates are those of each operation: keys five a second, regional APIs one per three seconds', async () => {
  let now = 0
  const {apigateway} = await sandboxForTest({quotas: 'real', millis: () => now})
  for (let i = 0; i < 5; i++) await apigateway.createApiKey({})
  await expect(apigateway.createApiKey({})).rejects.toMatchObject(TOO_MANY)
  now += 200
  await apigateway.createApiKey({})

  const regional = () => apigateway.createRestApi({name: 'r', endpointConfiguration: {types: ['REGIONAL']}})
  await regional()
  now += 2_900
  await expect(regional()).rejects.toMatchObject(TOO_MANY)
  now += 100
  await regional()
})

test('all operations together are limited to a burst of 40', async () => {
  const {apigateway} = await sandboxForTest({quotas: 'real', millis: () => 0})
  for (let i = 0; i < 40; i++) await apigateway.getAccount({})
  await expect(apigateway.getAccount({})).rejects.toMatchObject(TOO_MANY)
})
