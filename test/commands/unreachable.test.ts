import {mkdtempSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect, onTestFinished, test, vi} from 'vitest'
import ApisCreate from '../../src/commands/apis/create.js'
import ApisDelete from '../../src/commands/apis/delete.js'
import ApisGet from '../../src/commands/apis/get.js'
import RoutesAdd from '../../src/commands/routes/add.js'
import type {Fault} from '../../src/sandbox/server.js'
import {apigw} from '../support/apigw.js'
import {sandboxForTest} from '../support/sandbox.js'

const refusal = (status: number, code: string, message: string): Fault => ({kind: 'error', status, code, message})

test('no credentials at all: 4, and how to have some', async () => {
  const env = {AWS_REGION: 'us-east-1', AWS_ENDPOINT_URL: 'http://127.0.0.1:9'}
  const {exitCode, stdout, stderr} = await apigw(ApisGet, ['petstore'], {env})
  expect({exitCode, stdout}).toEqual({exitCode: 4, stdout: ''})
  expect(stderr).toContain('--profile')
})

test('expired credentials: 4, and how to renew those of the profile', async () => {
  const {sandbox} = await sandboxForTest({
    fault: () => refusal(403, 'ExpiredTokenException', 'The security token included in the request is expired'),
  })
  // A file of its own: the SDK keeps what it once read of a file.
  const file = join(mkdtempSync(join(tmpdir(), 'apigw-aws-')), 'credentials')
  writeFileSync(file, '[work]\naws_access_key_id = a\naws_secret_access_key = b\n')
  const env = {AWS_SHARED_CREDENTIALS_FILE: file}
  const warn = vi.spyOn(console, 'warn')
  onTestFinished(() => warn.mockRestore())
  for (const [command, argv] of [
    [ApisGet, ['petstore']],
    [ApisCreate, ['petstore']],
    [RoutesAdd, ['GET', '/', '--api', 'petstore', '--mock']],
  ] as const) {
    const {exitCode, stdout, stderr} = await apigw(command, [...argv, '--profile', 'work'], {on: sandbox, env})
    expect({exitCode, stdout}).toEqual({exitCode: 4, stdout: ''})
    expect(stderr).toContain('aws sso login --profile work')
  }
  // As in the AWS CLI, --profile wins over keys in the environment: that is no reason for a remark of the SDK.
  expect(warn).not.toHaveBeenCalled()
})

test('an endpoint that is down: 7, the same in JSON', async () => {
  const {sandbox} = await sandboxForTest()
  await sandbox.stop()
  const {exitCode, stdout, stderr} = await apigw(ApisCreate, ['petstore', '--json'], {on: sandbox})
  expect({exitCode, stdout}).toEqual({exitCode: 7, stdout: ''})
  expect(JSON.parse(stderr).error).toMatchObject({
    kind: 'unreachable',
    hint: expect.stringContaining('AWS_ENDPOINT_URL'),
  })
})

test.each([
  ['--endpoint-url', ['--endpoint-url', 'localhost:4599'], {}],
  ['AWS_ENDPOINT_URL', [], {AWS_ENDPOINT_URL: 'localhost:4599'}],
  ['AWS_ENDPOINT_URL_API_GATEWAY', [], {AWS_ENDPOINT_URL_API_GATEWAY: 'localhost:4599'}],
])('an endpoint without http:// is wrong usage of %s: 2', async (setting, argv, env) => {
  const {sandbox} = await sandboxForTest()
  const {exitCode, stdout, stderr} = await apigw(ApisGet, ['petstore', ...argv], {on: sandbox, env})
  expect({exitCode, stdout}).toEqual({exitCode: 2, stdout: ''})
  expect(stderr).toBe(
    `Error: ${setting}: "localhost:4599" is not the URL of an endpoint.\n` +
      'It begins with http:// or https://, such as http://127.0.0.1:4599\n',
  )
})

test('https:// where the endpoint speaks http://: 7, and what to try', async () => {
  const {sandbox} = await sandboxForTest()
  const url = sandbox.url.replace('http://', 'https://')
  const {exitCode, stdout, stderr} = await apigw(ApisGet, ['petstore', '--endpoint-url', url], {on: sandbox})
  expect({exitCode, stdout}).toEqual({exitCode: 7, stdout: ''})
  expect(stderr).toBe('Error: The endpoint does not answer in TLS.\nDoes it speak http:// rather than https://?\n')
})

test('a Region that cannot be one: 2', async () => {
  const {sandbox} = await sandboxForTest()
  const {exitCode, stderr} = await apigw(ApisGet, ['petstore', '--region', 'eu west'], {on: sandbox})
  expect(exitCode).toBe(2)
  expect(stderr).toContain('"eu west" is not an AWS Region.')
})

test('a profile that does not exist: 4, and how to see those there are', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'apigw-aws-')), 'credentials')
  writeFileSync(file, '[work]\naws_access_key_id = a\naws_secret_access_key = b\n')
  const env = {AWS_REGION: 'us-east-1', AWS_SHARED_CREDENTIALS_FILE: file}
  const {exitCode, stderr} = await apigw(ApisGet, ['petstore', '--profile', 'wrk'], {env})
  expect(exitCode).toBe(4)
  expect(stderr).toContain('Is there a profile "wrk"? See: aws configure list-profiles')
})

test('throttled for longer than --max-wait: 6, and nothing was made', async () => {
  const {sandbox} = await sandboxForTest({
    fault: ({operation}) =>
      operation === 'CreateRestApi' ? refusal(429, 'TooManyRequestsException', 'Too Many Requests') : undefined,
  })
  const {exitCode, stdout, stderr} = await apigw(ApisCreate, ['petstore', '--max-wait', '1'], {on: sandbox})
  expect({exitCode, stdout}).toEqual({exitCode: 6, stdout: ''})
  expect(stderr).toContain('Gave up on CreateRestApi')
  expect((await apigw(ApisGet, ['petstore'], {on: sandbox})).exitCode).toBe(3)
})

test('an API that a custom domain name leads to is in use: 5', async () => {
  const message =
    'Deleting RestApi x failed. Please remove all base path mappings related to the RestApi in your domains.'
  const {sandbox, apigateway} = await sandboxForTest({
    fault: ({operation}) => (operation === 'DeleteRestApi' ? refusal(400, 'BadRequestException', message) : undefined),
  })
  await apigateway.createRestApi({name: 'petstore'})
  const {exitCode, stderr} = await apigw(ApisDelete, ['petstore', '--confirm', 'petstore'], {on: sandbox})
  expect(exitCode).toBe(5)
  expect(stderr).toContain('a custom domain name leads to it')
})
