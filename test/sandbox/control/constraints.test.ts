import {expect, test} from 'vitest'
import {mockApi} from '../../support/mock-api.js'
import {sandboxForTest} from '../../support/sandbox.js'

test('what the framework refuses is refused before the object is looked for', async () => {
  const {apigateway} = await sandboxForTest()
  const missing = {restApiId: 'nope', resourceId: 'nope', httpMethod: 'GET'}
  await expect(apigateway.putIntegration({...missing, type: 'FTP' as 'HTTP'})).rejects.toMatchObject({
    name: 'ValidationException',
    message:
      "1 validation error detected: Value 'FTP' at 'putIntegrationInput.type' failed to satisfy constraint: Member must satisfy enum value set: [HTTP, MOCK, AWS_PROXY, HTTP_PROXY, AWS]",
    $metadata: {httpStatusCode: 400},
  })
})

test('members of the address are named by themselves, those of the body with the input in front', async () => {
  const {apigateway} = await sandboxForTest()
  const {method} = await mockApi(apigateway)
  await expect(
    apigateway.updateMethodResponse({
      ...method,
      statusCode: '2xx',
      patchOperations: [{op: 'patch' as 'add', path: '/x'}],
    }),
  ).rejects.toThrow(
    "2 validation errors detected: Value 'patch' at 'updateMethodResponseInput.patchOperations.1.member.op' failed to satisfy constraint: Member must satisfy enum value set: [add, remove, move, test, replace, copy]; Value '2xx' at 'statusCode' failed to satisfy constraint: Member must satisfy regular expression pattern: [1-5]\\d\\d",
  )
})

test('a member that the model requires must be there', async () => {
  const {sandbox} = await sandboxForTest()
  const response = await fetch(`${sandbox.url}/usageplans`, {
    method: 'POST',
    headers: {authorization: 'AWS4-HMAC-SHA256 Credential=AK/20260101/us-east-1/apigateway/aws4_request'},
    body: '{}',
  })
  expect(response.status).toBe(400)
  expect(response.headers.get('x-amzn-errortype')).toBe('ValidationException')
  expect(await response.text()).toContain("'createUsagePlanInput.name'")
})
