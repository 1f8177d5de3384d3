import {expect, test} from 'vitest'
import {sandboxForTest} from '../../support/sandbox.js'

test('a patch makes a response of its own from the default, and deleting it brings the default back', async () => {
  const {apigateway} = await sandboxForTest()
  const {id: restApiId} = await apigateway.createRestApi({name: 'x'})
  const response = {restApiId, responseType: 'QUOTA_EXCEEDED' as const}
  const patch = (op: 'add' | 'replace' | 'remove', path: string | undefined, value?: string) =>
    apigateway.updateGatewayResponse({...response, patchOperations: [{op, path, value}]})

  expect(await patch('replace', '/statusCode', '420')).toMatchObject({
    defaultResponse: false,
    statusCode: '420',
    responseTemplates: {'application/json': '{"message":$context.error.messageString}'},
  })
  const header = '/responseParameters/gatewayresponse.header.Retry-After'
  await expect(patch('replace', header, "'1'")).rejects.toMatchObject({
    name: 'NotFoundException',
    message: 'Invalid parameter name specified',
  })
  await expect(patch('add', header)).rejects.toThrow('Invalid null or empty value in responseParameters')
  await expect(patch('replace', '/responseTemplates/application~1json')).rejects.toThrow(
    'Invalid null or empty value in responseTemplates',
  )
  await expect(patch('replace', undefined, 'x')).rejects.toThrow('Invalid patch path null')
  await expect(patch('replace', '/nowhere', 'x')).rejects.toThrow('Invalid patch path /nowhere')
  expect((await patch('add', header, "'1'")).responseParameters).toEqual({
    'gatewayresponse.header.Retry-After': "'1'",
  })
  await apigateway.deleteGatewayResponse(response)
  expect(await apigateway.getGatewayResponse(response)).toMatchObject({defaultResponse: true, statusCode: '429'})
})
