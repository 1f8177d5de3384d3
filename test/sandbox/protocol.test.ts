import {expect, test} from 'vitest'
import {sandboxForTest} from '../support/sandbox.js'

test('an error carries the service code, message and status, in the service wire format', async () => {
  const {sandbox} = await sandboxForTest()
  const response = await fetch(`${sandbox.url}/restapis/nope`, {
    headers: {authorization: 'AWS4-HMAC-SHA256 Credential=AK/20260101/us-east-1/apigateway/aws4_request'},
  })
  expect(response.status).toBe(404)
  expect(response.headers.get('x-amzn-errortype')).toBe('NotFoundException')
  expect(response.headers.get('x-amzn-requestid')).toMatch(/^[0-9a-f-]{36}$/)
  expect(response.headers.get('x-amz-apigw-id')).toMatch(/^\w{15}=$/)
  expect(await response.text()).toBe('{"message":"Invalid API identifier specified 123456789012:nope"}\n')
})

test('a call without credentials is refused as by the real front end', async () => {
  const {sandbox} = await sandboxForTest()
  const response = await fetch(`${sandbox.url}/restapis`)
  expect(response.status).toBe(403)
  expect(response.headers.get('x-amzn-errortype')).toBe('MissingAuthenticationTokenException')
})
