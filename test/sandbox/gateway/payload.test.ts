import {gzipSync} from 'node:zlib'
import {expect, test} from 'vitest'
import {type DeployedApi, deployedApi, mock} from '../../support/deployed-api.js'
import {functionModules, invocationArn} from '../../support/functions.js'

const ECHO_BODY = `export const handler = async event => ({
  statusCode: 200,
  headers: {'content-type': 'application/octet-stream', 'x-encoded': event.isBase64Encoded},
  body: event.body,
  isBase64Encoded: event.isBase64Encoded,
})`

const patchApi = (api: DeployedApi, ...patchOperations: {op: 'add' | 'replace'; path: string; value?: string}[]) =>
  api.apigateway.updateRestApi({restApiId: api.restApiId, patchOperations})

test('a binary body reaches a function in base64, and comes back as bytes', async () => {
  const api = await deployedApi(
    {'POST /': {integration: {type: 'AWS_PROXY', integrationHttpMethod: 'POST', uri: invocationArn('echo')}}},
    {functions: functionModules({echo: ECHO_BODY})},
  )
  await patchApi(api, {op: 'add', path: '/binaryMediaTypes/application~1octet-stream'})
  await api.deploy()
  const bytes = new Uint8Array([0, 255, 254, 10])
  const headers = {'content-type': 'application/octet-stream', accept: 'application/octet-stream'}
  const response = await fetch(`${api.url}/execute-api/${api.restApiId}/prod/`, {method: 'POST', headers, body: bytes})
  expect(response.headers.get('x-encoded')).toBe('true')
  expect(new Uint8Array(await response.arrayBuffer())).toEqual(bytes)
})

test('an answer is compressed from the minimum size on, where the client takes it', async () => {
  const api = await deployedApi({'GET /long': mock('x'.repeat(200)), 'GET /short': mock('short')})
  await patchApi(api, {op: 'replace', path: '/minimumCompressionSize', value: '100'})
  await api.deploy()
  const long = await api.call('GET /long', {headers: {'accept-encoding': 'gzip'}})
  expect(long.headers.get('content-encoding')).toBe('gzip')
  expect(Number(long.headers.get('content-length'))).toBeLessThan(100)
  expect(long.body).toBe('x'.repeat(200))
  expect(
    (await api.call('GET /short', {headers: {'accept-encoding': 'gzip'}})).headers.get('content-encoding'),
  ).toBeNull()
  expect(
    (await api.call('GET /long', {headers: {'accept-encoding': 'identity'}})).headers.get('content-encoding'),
  ).toBeNull()
})

test('a compressed body is read where the API compresses', async () => {
  const api = await deployedApi({
    'POST /': {
      integration: {requestTemplates: {'application/json': '{"statusCode": $input.path("$.code")}'}},
      responses: [{statusCode: '200'}, {statusCode: '404', selectionPattern: '404'}],
    },
  })
  await patchApi(api, {op: 'replace', path: '/minimumCompressionSize', value: '0'})
  await api.deploy()
  const send = (body: Uint8Array<ArrayBuffer>) =>
    api.call('POST /', {headers: {'content-type': 'application/json', 'content-encoding': 'gzip'}, body})
  expect((await send(new Uint8Array(gzipSync('{"code": 404}')))).status).toBe(404)
  expect((await send(new Uint8Array([1, 2, 3]))).status).toBe(400)
})

test('a body over 10 MB is refused with 413, and nothing of it is logged', async () => {
  const api = await deployedApi({'POST /': mock('{}')})
  await api.logAt('INFO')
  const answer = await api.call('POST /', {body: new Uint8Array(10_485_761)})
  expect(answer).toMatchObject({
    status: 413,
    type: 'RequestTooLargeException',
    body: '{"message":"HTTP content length exceeded 10485760 bytes."}',
  })
  await expect(api.logged()).rejects.toThrow('The specified log group does not exist.')
})
