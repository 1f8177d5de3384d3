import {describe, expect, test} from 'vitest'
import LogsRequest from '../../src/commands/logs/request.js'
import type {SandboxOptions} from '../../src/sandbox/server.js'
import {apigw, type RunOptions} from '../support/apigw.js'
import {type DeployedApi, deployedApi, mock} from '../support/deployed-api.js'
import {functionModules, invocationArn} from '../support/functions.js'

const SOURCE = `
console.log('loading')
export const handler = async ({path, headers}) => {
  console.log('looking for', path)
  process.stdout.write('a line without any id\\n')
  if (path === '/pets/0') throw new Error('no such pet')
  return {statusCode: 200, body: JSON.stringify({secret: headers.authorization})}
}`

const ACCESS = {
  '/accessLogSettings/destinationArn': 'arn:aws:logs:us-east-1:123456789012:log-group:access',
  '/accessLogSettings/format':
    '{"id": "$context.requestId", "extended": "$context.extendedRequestId", "status": $context.status, "took": $context.responseLatency, "path": "$context.path", "stage": "$context.stage", "lambda": "$context.integration.requestId"}',
}

/** An API with a function behind `GET /pets/{petId}`, which logs at INFO, and with `access` also its accesses. */
async function logged({access = true, trace = false, options = {} as SandboxOptions} = {}) {
  const integration = {type: 'AWS_PROXY', integrationHttpMethod: 'POST', uri: invocationArn('pets')} as const
  const api = await deployedApi(
    {
      'GET /pets/{petId}': {integration},
      'GET /quick': mock('{}'),
      'GET /locked': {method: {apiKeyRequired: true}, integration},
    },
    {functions: functionModules({pets: SOURCE}), ...options},
  )
  await api.logAt('INFO', trace)
  if (access) {
    await api.logs.createLogGroup({logGroupName: 'access'})
    await api.patchStage(ACCESS)
  }
  return api
}

const PROD = ['--api', 'pets', '--stage', 'prod']

const show = (api: DeployedApi, argv: string[], options: RunOptions = {}) =>
  apigw(LogsRequest, argv, {on: api, ...options})

/** Calls the API; the ids are those in the headers of the answer. */
async function call(api: DeployedApi, route: string, headers: Record<string, string> = {}) {
  const answer = await api.call(route, {headers})
  return {
    ...answer,
    id: answer.headers.get('x-amzn-requestid') ?? '',
    extended: answer.headers.get('x-amz-apigw-id') ?? '',
  }
}

describe('everything about one request', () => {
  test('in a pipe: time, source and text, of all logs in one order', async () => {
    const api = await logged()
    await call(api, 'GET /pets/1')
    const {id} = await call(api, 'GET /pets/2')
    await call(api, 'GET /pets/3')
    const {stdout, stderr, exitCode} = await show(api, [id, ...PROD])
    expect({stderr, exitCode}).toEqual({stderr: '', exitCode: 0})
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map(line => line.split('\t'))
    expect(lines.every(line => line.length === 3)).toBe(true)
    const times = lines.map(([time]) => time as string)
    expect(times).toEqual([...times].sort())
    const texts = (source: string) => lines.filter(line => line[1] === source).map(line => line[2])
    expect(texts('execution')).toEqual([
      expect.stringMatching(/^Extended Request Id: /),
      expect.stringMatching(/^Verifying Usage Plan for request: /),
      expect.stringMatching(/^API Key {2}authorized because method 'GET \/pets\/\{petId\}'/),
      expect.stringMatching(/^Usage Plan check succeeded/),
      `Starting execution for request: ${id}`,
      'HTTP Method: GET, Resource Path: /pets/{petId}',
      'Successfully completed execution',
      'Method completed with status: 200',
      expect.stringMatching(/^AWS Integration Endpoint RequestId : /),
    ])
    expect(texts('pets')).toEqual([
      expect.stringMatching(/^START RequestId: \S+ Version: \$LATEST$/),
      'INFO looking for /pets/2',
      'a line without any id',
      expect.stringMatching(/^END RequestId: /),
      expect.stringMatching(/^REPORT RequestId: /),
    ])
    expect(texts('access')).toEqual([expect.stringContaining(`{"id": "${id}"`)])
  })

  test('with --json one request, with the lines of all logs', async () => {
    const api = await logged()
    const {id, extended} = await call(api, 'GET /pets/0')
    const {stdout} = await show(api, [id, ...PROD, '--json'])
    const request = JSON.parse(stdout)
    expect(request).toMatchObject({
      api: 'pets',
      apiId: api.restApiId,
      stage: 'prod',
      protocol: 'REST',
      requestId: id,
      extendedRequestId: extended,
      method: 'GET',
      resource: '/pets/{petId}',
      path: '/pets/0',
      status: 502,
      latency: expect.any(Number),
      integrationRequestId: expect.stringMatching(/^[\w-]{36}$/),
      isComplete: true,
      failure: {message: expect.stringContaining('no such pet')},
    })
    expect(new Set(request.lines.map(({source}: {source: string}) => source))).toEqual(
      new Set(['execution', 'access', 'function']),
    )
    const ofFunction = request.lines.filter(({source}: {source: string}) => source === 'function')
    expect(ofFunction.map(({phase}: {phase: string}) => phase)).toEqual([
      'function-start',
      ...Array(4).fill('function-line'),
      'function-end',
      'function-report',
    ])
    expect(ofFunction[0]).toMatchObject({
      function: 'pets',
      text: `START RequestId: ${request.integrationRequestId} Version: $LATEST`,
    })
  })

  test('on a terminal what is known of it, why it failed, and a timeline', async () => {
    const api = await logged()
    const {id, extended} = await call(api, 'GET /pets/0')
    const {stdout} = await show(api, [id, ...PROD], {tty: true, env: {NO_COLOR: '1'}})
    const lines = stdout.split('\n')
    expect(lines[0]).toMatch(/^GET \/pets\/0 {2}502 {2}\d+ ms$/)
    expect(lines).toContain('stage        pets/prod')
    expect(lines).toContain('resource     /pets/{petId}')
    expect(lines).toContain(`request      ${id}`)
    expect(lines).toContain(`extended     ${extended}`)
    expect(stdout).toContain('The Lambda function failed: no such pet')
    // Which is where one is.
    expect(stdout).not.toContain('apigw logs request')
    expect(stdout).toMatch(/^ *\+\d+ ms {2}execution {2}Extended Request Id: /m)
    expect(stdout).toMatch(/^ *\+\d+ ms {2}pets {7}INFO looking for \/pets\/0$/m)
    expect(stdout).toMatch(/^ *\+\d+ ms {2}access {5}\{"id": /m)
  })

  test('with data trace the function is known from the log itself', async () => {
    const api = await logged({trace: true})
    const {id} = await call(api, 'GET /pets/1')
    const {stdout} = await show(api, [id, ...PROD])
    expect(stdout).toContain('\tpets\tINFO looking for /pets/1')
  })

  test('of an API that logs its accesses only, that record and the function', async () => {
    const api = await logged()
    await api.logAt('OFF').catch(() => undefined)
    await api.patchStage({'/*/*/logging/loglevel': 'OFF'})
    const {id} = await call(api, 'GET /pets/1')
    const {stdout, exitCode} = await show(api, [id, '--json'])
    expect(exitCode).toBe(0)
    const request = JSON.parse(stdout)
    expect(request).toMatchObject({requestId: id, status: 200, path: '/pets/1', isComplete: true})
    expect(request.lines.map(({source}: {source: string}) => source)).toContain('function')
  })
})

describe('an id may be', () => {
  test.each([
    ['the request id', async (api: DeployedApi) => (await call(api, 'GET /pets/1')).id],
    [
      'its beginning, as a narrow terminal shows it',
      async (api: DeployedApi) => (await call(api, 'GET /pets/1')).id.slice(0, 8),
    ],
    ['the extended id', async (api: DeployedApi) => (await call(api, 'GET /pets/1')).extended],
    ['a header with it', async (api: DeployedApi) => `x-amz-apigw-id: ${(await call(api, 'GET /pets/1')).extended}`],
    [
      'that of the invocation',
      async (api: DeployedApi) => {
        await call(api, 'GET /pets/1')
        const report = (await api.logged('/aws/lambda/pets')).at(-1) ?? ''
        return /RequestId: (\S+)/.exec(report)?.[1] ?? ''
      },
    ],
    [
      'that of the trace',
      async (api: DeployedApi) => (await call(api, 'GET /pets/1')).headers.get('x-amzn-trace-id') ?? '',
    ],
  ])('%s', async (_, idOf) => {
    const api = await logged({trace: true})
    await call(api, 'GET /pets/2')
    const id = await idOf(api)
    await call(api, 'GET /pets/3')
    const {stdout, stderr, exitCode} = await show(api, [id, ...PROD])
    expect({stderr, exitCode}).toEqual({stderr: '', exitCode: 0})
    expect(stdout).toContain('\tpets\tINFO looking for /pets/1\n')
    expect(stdout).not.toMatch(/pets\/[23]/)
  })
})

describe('where it is looked for', () => {
  test('without --api and --stage, in all stages that log', async () => {
    const api = await logged()
    await api.deploy('beta')
    const {id} = await call(api, 'GET /quick')
    const {stdout, exitCode} = await show(api, [id])
    expect(exitCode).toBe(0)
    expect(stdout).toContain(`Starting execution for request: ${id}`)
  })

  test('what is not there is not found: what was searched, and how to look further', async () => {
    const api = await logged()
    await call(api, 'GET /quick')
    const id = '00000000-6d34-4a0b-9a57-2f1d5b3c8e01'
    const {stdout, stderr, exitCode} = await show(api, [id, ...PROD])
    expect({stdout, exitCode}).toEqual({stdout: '', exitCode: 3})
    expect(stderr).toContain(
      `No log line of the last 24 h has ${id} in it. Searched: execution log of pets/prod, access log of pets/prod.`,
    )
    expect(stderr).toContain(`apigw logs request ${id} --api ${api.restApiId} --stage prod --since 7d`)
  })

  test('the command that looks further finds what is older', async () => {
    let now = Date.now() - 3 * 24 * 3_600_000
    const api = await logged({options: {millis: () => now}})
    const {id} = await call(api, 'GET /quick')
    now = Date.now()
    const {exitCode, stderr} = await show(api, [id, ...PROD])
    expect(exitCode).toBe(3)
    const [, further = ''] = /apigw logs request (.*)/.exec(stderr) ?? []
    expect((await show(api, further.split(' '))).stdout).toContain('Method completed with status: 200')
  })

  test('a stage that logs nothing: how to have it log', async () => {
    const api = await deployedApi({'GET /': mock('{}')})
    const {stderr, exitCode} = await show(api, ['00000000-6d34-4a0b-9a57-2f1d5b3c8e01', ...PROD])
    expect(exitCode).toBe(3)
    expect(stderr).toContain(`apigw logs enable --api ${api.restApiId} --stage prod`)
    const all = await show(api, ['00000000-6d34-4a0b-9a57-2f1d5b3c8e01'])
    expect(all.exitCode).toBe(3)
    expect(all.stderr).toContain('apigw logs status --all')
  })

  test('what cannot be an id is refused before the first call', async () => {
    const {stderr, exitCode} = await apigw(LogsRequest, ['no id!'], {env: {AWS_ENDPOINT_URL: 'http://127.0.0.1:1'}})
    expect(exitCode).toBe(2)
    expect(stderr).toContain('x-amzn-RequestId')
  })
})

test('a function whose group is not there is said, and is no failure', async () => {
  const api = await logged()
  const {id} = await call(api, 'GET /pets/1')
  await api.logs.deleteLogGroup({logGroupName: '/aws/lambda/pets'})
  const {stdout, stderr, exitCode} = await show(api, [id, ...PROD])
  expect(exitCode).toBe(0)
  expect(stderr).toContain('There is no log group /aws/lambda/pets')
  expect(stdout).toContain('\tMethod completed with status: 200\n')
})

test('a request that was turned away has nothing of a function', async () => {
  const api = await logged()
  const {id} = await call(api, 'GET /locked')
  const {stdout, stderr} = await show(api, [id, ...PROD, '--json'])
  expect(stderr).toBe('')
  expect(JSON.parse(stdout)).toMatchObject({status: 403})
})

test('credentials are hidden in all of its lines, unless they are asked for', async () => {
  const api = await logged({trace: true})
  const {id} = await call(api, 'GET /pets/1', {authorization: 'Bearer s3cret-s3cret-s3cret'})
  expect((await show(api, [id, ...PROD])).stdout).not.toMatch(/authorization=\*+/i)
  expect((await show(api, [id, ...PROD, '--no-redact'])).stdout).toMatch(/authorization=\*+/i)
})

test('an id that is only mentioned in a body is said to be none', async () => {
  const api = await logged({trace: true})
  const correlation = 'correlation-7f3a2b'
  await call(api, `GET /pets/1?of=${correlation}`)
  const {stdout, stderr, exitCode} = await show(api, [correlation, ...PROD])
  expect(exitCode).toBe(0)
  expect(stderr).toContain(`${correlation} is not the id of a request; this one mentions it.`)
  expect(stdout).toContain('Method completed with status: 200')
})
