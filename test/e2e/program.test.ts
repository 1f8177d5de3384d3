import {describe, expect, test} from 'vitest'
import {onTerminal, run, shell} from '../support/binary.js'
import {sandboxForTest} from '../support/sandbox.js'

describe('the program', () => {
  test('--version and --help answer on stdout alone', async () => {
    const version = await run(['--version'])
    expect(version).toMatchObject({stderr: '', exitCode: 0})
    expect(version.stdout).toMatch(/^apigw\/\d+\.\d+\.\d+ /)
    const help = await run(['--help'])
    expect(help).toMatchObject({stderr: '', exitCode: 0})
    for (const topic of ['exit-codes', 'environment', 'output']) expect(help.stdout).toContain(topic)
  })

  test('help explains the exit codes', async () => {
    const help = await run(['help', 'exit-codes'])
    expect(help.exitCode).toBe(0)
    for (const code of ['0', '1', '2', '3', '4', '5', '6', '7', '8', '130']) {
      expect(help.stdout).toMatch(new RegExp(`^  ${code} `, 'm'))
    }
  })

  test('a typo gets the command that was meant, and exit code 2', async () => {
    const typo = await run(['apis', 'lst'])
    expect(typo).toMatchObject({stdout: '', exitCode: 2})
    expect(typo.stderr).toContain('Did you mean: apigw apis list')
  })

  test('an unknown flag is one sentence, the same exit code with and without --json', async () => {
    const plain = await run(['apis', 'list', '--nope'])
    expect(plain).toMatchObject({stdout: '', exitCode: 2})
    const json = await run(['apis', 'list', '--nope', '--json'])
    expect(json).toMatchObject({stdout: '', exitCode: 2})
    expect(JSON.parse(json.stderr)).toEqual({error: expect.objectContaining({kind: 'usage'})})
  })

  test.each([
    [
      ['keys', 'create', 'a', '--value-only', '--show-value'],
      '--show-value cannot also be provided when using --value-only',
    ],
    [['apis', 'list', '--json', '--output', 'csv'], '--output=csv cannot also be provided when using --json'],
    [['routes', 'add', 'GET', '/a'], 'Exactly one of the following must be provided: --http, --lambda, --mock'],
  ])('flags that contradict each other are one sentence: %j', async (argv, sentence) => {
    const result = await run(argv)
    expect(result).toEqual({
      stdout: '',
      stderr: argv.includes('--json')
        ? `${JSON.stringify({error: {kind: 'usage', message: sentence, hint: 'See the flags and examples with --help.'}})}\n`
        : `Error: ${sentence}\nSee the flags and examples with --help.\n`,
      exitCode: 2,
    })
  })

  test('where there is colour, what contradicts itself is without escape sequences, too', async () => {
    const {stderr} = await run(['plans', 'update', 'gold', '--no-quota', '--quota', '5/day'], {env: {FORCE_COLOR: '1'}})
    expect(stderr).toContain(' --quota=5/day cannot also be provided when using --no-quota\n')
  })

  test.each([
    ['yaml', /^- id: \w{10}\n {2}name: petstore\n/],
    ['csv', /^id,name,type,created,description\n\w{10},petstore,edge,/],
    ['ndjson', /^\{"id":"\w{10}","name":"petstore",.*\}\n$/],
    ['id', /^\w{10}\n$/],
  ])('what formats need is in the bundle: %s', async (format, expected) => {
    const {sandbox, apigateway} = await sandboxForTest()
    await apigateway.createRestApi({name: 'petstore'})
    const result = await run(['apis', 'list', '--output', format], {on: sandbox})
    expect(result).toMatchObject({stderr: '', exitCode: 0})
    expect(result.stdout).toMatch(expected)
  })

  test('--query and the project file work in the bundle', async () => {
    const {sandbox, apigateway} = await sandboxForTest()
    await apigateway.createRestApi({name: 'petstore'})
    const line = `echo 'region: us-east-1' > .apigw.yaml; AWS_REGION= apigw apis list --query '[].name'`
    expect(await shell(line, {on: sandbox})).toEqual({stdout: 'petstore\n', stderr: '', exitCode: 0})
  })

  test('says nothing of the SDK and its plans for Node on stderr', async () => {
    const {sandbox} = await sandboxForTest()
    expect(await run(['apis', 'list', '--json'], {on: sandbox})).toEqual({stdout: '[]\n', stderr: '', exitCode: 0})
  })
})

describe('when the service cannot be used', () => {
  test('no credentials: exit 4', async () => {
    const result = await run(['apis', 'list'], {env: {AWS_REGION: 'us-east-1'}})
    expect(result).toMatchObject({stdout: '', exitCode: 4})
    expect(result.stderr).toContain('--profile')
  })

  test('no Region: exit 2, naming the flag', async () => {
    const env = {AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b'}
    const result = await run(['apis', 'list'], {env})
    expect(result).toMatchObject({stdout: '', exitCode: 2})
    expect(result.stderr).toContain('--region')
  })

  test('nobody listens at the endpoint: exit 7', async () => {
    const {sandbox} = await sandboxForTest()
    await sandbox.stop()
    const result = await run(['apis', 'list', '--json'], {on: sandbox})
    expect(result).toMatchObject({stdout: '', exitCode: 7})
    expect(JSON.parse(result.stderr).error).toMatchObject({kind: 'unreachable', code: 'ECONNREFUSED'})
  })

  test('expired credentials: exit 4 and how to sign in again', async () => {
    const {sandbox} = await sandboxForTest({
      fault: () => ({
        kind: 'error',
        status: 403,
        code: 'ExpiredTokenException',
        message: 'The security token included in the request is expired',
      }),
    })
    const result = await run(['apis', 'list'], {on: sandbox})
    expect(result.exitCode).toBe(4)
    expect(result.stderr).toContain('aws sso login')
  })

  test('throttled for longer than it may wait: exit 6, having said why it waits', async () => {
    const {sandbox} = await sandboxForTest({
      fault: () => ({
        kind: 'error',
        status: 429,
        code: 'TooManyRequestsException',
        message: 'Too Many Requests',
        headers: {'retry-after': '1'},
      }),
    })
    const result = await run(['apis', 'list', '--max-wait', '2'], {on: sandbox})
    expect(result).toMatchObject({stdout: '', exitCode: 6})
    expect(result.stderr).toContain('waiting 1 s')
    expect(sandbox.calls.get('GetRestApis')).toBeGreaterThan(1)
  })

  test('a server that answers HTML instead of AWS is named as such', async () => {
    const {createServer} = await import('node:http')
    const server = createServer((_, response) => response.writeHead(500, {'content-type': 'text/html'}).end('<h1>Oops'))
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const {port} = server.address() as {port: number}
    const env = {AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b'}
    const result = await run(['apis', 'list', '--endpoint-url', `http://127.0.0.1:${port}`], {env})
    server.close()
    expect(result).toMatchObject({stdout: '', exitCode: 1})
    expect(result.stderr).toContain('not one of AWS')
  })
})

describe('pipes', () => {
  test('a reader that closes early ends the program quietly and at once', async () => {
    const {sandbox, apigateway} = await sandboxForTest()
    for (let i = 0; i < 3; i++) await apigateway.createRestApi({name: `api-${i}`})
    const result = await shell('apigw apis list | head -1', {on: sandbox})
    expect(result).toMatchObject({stderr: '', exitCode: 0})
    expect(result.stdout).toMatch(/^\w{10}\tapi-0\t/)
  })

  test('no colour in a pipe, none on a terminal with NO_COLOR, some with neither', async () => {
    const {sandbox, apigateway} = await sandboxForTest()
    await apigateway.createRestApi({name: 'petstore'})
    expect((await run(['apis', 'list'], {on: sandbox})).stdout).not.toContain('\u001b')
    expect((await run(['apis', 'list', '-o', 'table'], {on: sandbox, env: {FORCE_COLOR: '1'}})).stdout).toContain(
      '\u001b',
    )
    const plain = onTerminal(['apis', 'list'], {on: sandbox, env: {NO_COLOR: '1'}})
    expect(await plain.ended).toBe(0)
    expect(plain.raw()).toMatch(/ID +NAME +TYPE/)
    expect(plain.raw()).not.toContain('\u001b')
    const colored = onTerminal(['apis', 'list'], {on: sandbox})
    expect(await colored.ended).toBe(0)
    expect(colored.raw()).toContain('\u001b')
  })
})

describe('sandbox exec', () => {
  test('runs a program with the environment of a sandbox and ends with its exit code', async () => {
    const result = await shell(`apigw sandbox exec -- bash -c 'curl() { :; }; echo "$AWS_ENDPOINT_URL"; exit 42'`)
    expect(result.exitCode).toBe(42)
    expect(result.stdout).toMatch(/^http:\/\/127\.0\.0\.1:\d+\n$/)
  })

  test('hides real credentials from the program', async () => {
    const env = {AWS_PROFILE: 'work', AWS_SESSION_TOKEN: 'secret', AWS_ACCESS_KEY_ID: 'AKIAREAL'}
    const result = await shell(`apigw sandbox exec -- env`, {env})
    expect(result.stdout).not.toMatch(/AWS_PROFILE|secret|AKIAREAL/)
  })

  test('a function whose file is not there is wrong usage, and nothing runs', async () => {
    const result = await run(['sandbox', 'exec', '--function', 'hello=./helo.mjs', '--', 'echo', 'ran'])
    expect(result).toMatchObject({stdout: '', exitCode: 2})
    expect(result.stderr).toBe('Error: --function hello=./helo.mjs: there is no such file.\n')
  })

  test('a program that does not exist is wrong usage', async () => {
    const result = await run(['sandbox', 'exec', '--', 'no-such-program'])
    expect(result.exitCode).toBe(2)
    expect(result.stderr).toContain('no-such-program')
  })
})

describe('sandbox start', () => {
  test('serves until Ctrl-C, which ends it with 130', async () => {
    const terminal = onTerminal(['sandbox', 'start', '--port', '0'])
    await terminal.shows(/http:\/\/127\.0\.0\.1:\d+/)
    const port = /127\.0\.0\.1:(\d+)/.exec(terminal.text())?.[1] ?? ''
    const env = await run(['sandbox', 'env', '--port', port])
    expect(env.exitCode).toBe(0)
    expect(env.stdout).toContain(`export AWS_ENDPOINT_URL='http://127.0.0.1:${port}'`)
    terminal.type('\u0003')
    expect(await terminal.ended).toBe(130)
    expect((await run(['sandbox', 'env', '--port', port])).exitCode).toBe(7)
  })

  test('a port in use is a conflict that names the way out', async () => {
    const {sandbox} = await sandboxForTest()
    const result = await run(['sandbox', 'start', '--port', String(sandbox.port)])
    expect(result.exitCode).toBe(5)
    expect(result.stderr).toContain('--port 0')
  })
})
