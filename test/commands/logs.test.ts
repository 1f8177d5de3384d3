import {describe, expect, test} from 'vitest'
import LogsDisable from '../../src/commands/logs/disable.js'
import LogsEnable from '../../src/commands/logs/enable.js'
import LogsStatus from '../../src/commands/logs/status.js'
import LogsTail from '../../src/commands/logs/tail.js'
import type {SandboxOptions} from '../../src/sandbox/server.js'
import {apigw} from '../support/apigw.js'
import {giveLoggingRole} from '../support/logging-role.js'
import {petstore} from '../support/petstore.js'

const POLICY = 'arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs'
const ACCESS_ARN = 'arn:aws:logs:us-east-1:123456789012:log-group:petstore-access'
const PROD = ['--api', 'petstore', '--stage', 'prod']
const RAW = [...PROD, '--raw']

/** The petstore, live on the stage `prod`. */
async function deployed(options: SandboxOptions = {}) {
  const kit = await petstore(options)
  await kit.apigateway.createDeployment({restApiId: kit.restApiId, stageName: 'prod'})
  const request = (path = '/pets') => fetch(`${kit.sandbox.url}/execute-api/${kit.restApiId}/prod${path}`)
  return {...kit, request, group: `API-Gateway-Execution-Logs_${kit.restApiId}/prod`}
}

describe('from no role at all to a line of a real request', () => {
  test('logs enable --create-role makes the role, sets it and the stage; logs tail shows the request', async () => {
    const {sandbox, apigateway, iam, restApiId, request} = await deployed()
    const enabled = await apigw(LogsEnable, [...PROD, '--create-role', '--json'], {on: sandbox})
    expect(enabled.exitCode).toBe(0)
    expect(JSON.parse(enabled.stdout)).toMatchObject({
      api: 'petstore',
      stage: 'prod',
      level: 'INFO',
      dataTrace: false,
      role: {arn: 'arn:aws:iam::123456789012:role/apigw-cloudwatch-logs', health: 'live'},
    })
    expect(enabled.stderr.split('\n')).toEqual([
      'Each request writes roughly 1.2 KB: 0.60 USD per million requests (0.50 USD a GB in us-east-1).',
      'created IAM role apigw-cloudwatch-logs',
      'attached AmazonAPIGatewayPushToCloudWatchLogs to IAM role apigw-cloudwatch-logs',
      "set the account's CloudWatch role in us-east-1 to apigw-cloudwatch-logs",
      'stage prod of petstore: execution log INFO, all methods',
      `See it: apigw logs tail --api ${restApiId} --stage prod --follow`,
      '',
    ])
    const {AttachedPolicies} = await iam.listAttachedRolePolicies({RoleName: 'apigw-cloudwatch-logs'})
    expect(AttachedPolicies?.map(policy => policy.PolicyArn)).toEqual([POLICY])
    const {methodSettings} = await apigateway.getStage({restApiId, stageName: 'prod'})
    expect(methodSettings?.['*/*']).toMatchObject({loggingLevel: 'INFO', dataTraceEnabled: false})

    const {headers} = await request()
    const tailed = await apigw(LogsTail, RAW, {on: sandbox})
    expect(tailed).toMatchObject({stderr: '', exitCode: 0})
    const lines = tailed.stdout.trimEnd().split('\n')
    for (const line of lines) expect(line).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z\t\([\w-]{36}\) \S/)
    expect(lines.at(-1)).toContain(`\t(${headers.get('x-amzn-requestid')}) Method completed with status: 200`)
  })

  test('level and data trace go to the service in one call', async () => {
    const {sandbox} = await deployed()
    await apigw(LogsEnable, [...PROD, '--create-role', '--level', 'full'], {on: sandbox})
    expect(sandbox.calls.get('UpdateStage')).toBe(1)
  })

  test('run again it changes nothing', async () => {
    const {sandbox} = await deployed()
    await apigw(LogsEnable, [...PROD, '--create-role', '--retention', '14'], {on: sandbox})
    const before = new Map(sandbox.calls)
    const again = await apigw(LogsEnable, [...PROD, '--create-role', '--retention', '14'], {on: sandbox})
    expect(again).toMatchObject({exitCode: 0, stderr: 'Nothing to do: it is so already.\n'})
    for (const operation of ['UpdateStage', 'UpdateAccount', 'CreateRole', 'AttachRolePolicy', 'PutRetentionPolicy']) {
      expect(sandbox.calls.get(operation), operation).toBe(before.get(operation))
    }
  })

  test('nobody to ask and no flag: wrong usage that names the flags, and nothing is changed', async () => {
    const {sandbox} = await deployed()
    const refused = await apigw(LogsEnable, PROD, {on: sandbox})
    expect(refused).toMatchObject({stdout: '', exitCode: 2})
    expect(refused.stderr).toContain('--create-role, or --role-arn ARN')
    for (const operation of ['UpdateStage', 'UpdateAccount', 'CreateRole']) {
      expect(sandbox.calls.get(operation)).toBeUndefined()
    }
  })

  test('--yes agrees to making the role; --force says nothing without a role to put in its place', async () => {
    const {sandbox, apigateway} = await deployed()
    expect((await apigw(LogsEnable, [...PROD, '--force'], {on: sandbox})).exitCode).toBe(2)
    expect((await apigw(LogsEnable, [...PROD, '--yes'], {on: sandbox})).exitCode).toBe(0)
    expect((await apigateway.getAccount({})).cloudwatchRoleArn).toContain('apigw-cloudwatch-logs')
  })

  test('--dry-run shows all of it and does nothing', async () => {
    const {sandbox} = await deployed()
    const dry = await apigw(LogsEnable, [...PROD, '--dry-run', '--retention', '14'], {on: sandbox})
    expect(dry).toMatchObject({stderr: '', exitCode: 0})
    expect(dry.stdout.split('\n').map(line => line.split('\t').slice(0, 2).join(' '))).toEqual([
      'create IAM role',
      'attach policy',
      'update account',
      'create log group',
      'update log group',
      'enable stage',
      '',
    ])
    for (const operation of ['UpdateStage', 'UpdateAccount', 'CreateRole', 'CreateLogGroup']) {
      expect(sandbox.calls.get(operation)).toBeUndefined()
    }
  })

  test('a failure half-way says what was done; the next run goes on from there', async () => {
    let isBroken = true
    const {sandbox} = await deployed({
      fault: ({operation}) =>
        isBroken && operation === 'AttachRolePolicy'
          ? {
              kind: 'error',
              status: 403,
              code: 'AccessDenied',
              message: 'not authorized to perform: iam:AttachRolePolicy',
            }
          : undefined,
    })
    const broken = await apigw(LogsEnable, [...PROD, '--create-role'], {on: sandbox})
    expect(broken).toMatchObject({stdout: '', exitCode: 4})
    expect(broken.stderr).toContain('Done before that: created IAM role apigw-cloudwatch-logs')
    expect(broken.stderr).toContain('lack iam:AttachRolePolicy')
    isBroken = false
    expect((await apigw(LogsEnable, [...PROD, '--create-role'], {on: sandbox})).exitCode).toBe(0)
    expect(sandbox.calls.get('CreateRole')).toBe(1)
  })
})

describe('logs enable', () => {
  test('heals a role that was deleted behind the back of API Gateway', async () => {
    const {sandbox, apigateway, iam, restApiId, request} = await deployed()
    await apigw(LogsEnable, [...PROD, '--create-role'], {on: sandbox})
    await iam.detachRolePolicy({RoleName: 'apigw-cloudwatch-logs', PolicyArn: POLICY})
    await iam.deleteRole({RoleName: 'apigw-cloudwatch-logs'})
    const status = await apigw(LogsStatus, ['--api', restApiId, '--json'], {on: sandbox})
    expect(JSON.parse(status.stdout)[0].role.health).toBe('gone')
    expect(status.stderr).toContain('does not exist any more')
    expect((await apigw(LogsEnable, PROD, {on: sandbox})).exitCode).toBe(2)
    const healed = await apigw(LogsEnable, [...PROD, '--create-role', '--json'], {on: sandbox})
    expect(JSON.parse(healed.stdout).role.health).toBe('live')
    expect((await apigateway.getAccount({})).cloudwatchRoleArn).toContain('apigw-cloudwatch-logs')
    await request()
    expect((await apigw(LogsTail, RAW, {on: sandbox})).stdout).toContain('status: 200')
  })

  test('does not overwrite a live role without --force', async () => {
    const {sandbox, apigateway, iam} = await deployed()
    await apigw(LogsEnable, [...PROD, '--create-role'], {on: sandbox})
    await apigw(LogsEnable, [...PROD, '--create-role', '--force', '--role-name', 'second'], {on: sandbox})
    const second = (await apigateway.getAccount({})).cloudwatchRoleArn
    expect(second).toMatch(/role\/second$/)
    const {Role} = await iam.getRole({RoleName: 'apigw-cloudwatch-logs'})
    const refused = await apigw(LogsEnable, [...PROD, '--role-arn', Role?.Arn ?? '', '--json'], {on: sandbox})
    expect(refused).toMatchObject({stdout: '', exitCode: 5})
    expect(JSON.parse(refused.stderr).error.hint).toContain('--force')
    expect((await apigateway.getAccount({})).cloudwatchRoleArn).toBe(second)
    expect((await apigw(LogsEnable, [...PROD, '--role-arn', Role?.Arn ?? '', '--force'], {on: sandbox})).exitCode).toBe(
      0,
    )
    expect((await apigateway.getAccount({})).cloudwatchRoleArn).toBe(Role?.Arn)
  })

  test('without permission to look at the role it goes on with a remark', async () => {
    let isDenied = false
    const {sandbox} = await deployed({
      fault: ({operation}) =>
        isDenied && operation === 'GetRole'
          ? {kind: 'error', status: 403, code: 'AccessDenied', message: 'not authorized to perform: iam:GetRole'}
          : undefined,
    })
    await apigw(LogsEnable, [...PROD, '--create-role'], {on: sandbox})
    isDenied = true
    const result = await apigw(LogsEnable, [...PROD, '--level', 'error'], {on: sandbox})
    expect(result.exitCode).toBe(0)
    expect(result.stderr).toMatch(/cannot be seen from here.*iam:GetRole/)
  })

  test('a method of its own, and the stage again without pinning the method down', async () => {
    const {sandbox, apigateway, restApiId} = await deployed()
    await apigw(LogsEnable, [...PROD, '--create-role', '--level', 'error'], {on: sandbox})
    const one = await apigw(LogsEnable, [...PROD, '--method', 'get /pets', '--level', 'full', '--json'], {on: sandbox})
    expect(one.stderr).toContain('bodies')
    expect(JSON.parse(one.stdout)).toMatchObject({
      level: 'ERROR',
      overrides: [{method: 'GET /pets', level: 'INFO', dataTrace: true}],
    })
    const {methodSettings} = await apigateway.getStage({restApiId, stageName: 'prod'})
    expect(Object.keys(methodSettings ?? {}).sort()).toEqual(['*/*', '~1pets/GET'])
  })

  test('--retention makes the group so that it holds from the first line', async () => {
    const {sandbox, logs, request, group} = await deployed()
    const result = await apigw(LogsEnable, [...PROD, '--create-role', '--retention', '14'], {on: sandbox})
    expect(result.exitCode).toBe(0)
    await request()
    const {logGroups} = await logs.describeLogGroups({logGroupNamePrefix: group})
    expect(logGroups?.[0]).toMatchObject({logGroupName: group, retentionInDays: 14})
    expect((await apigw(LogsEnable, [...PROD, '--retention', '15'], {on: sandbox})).exitCode).toBe(2)
  })

  test.each([
    ['an unknown API', ['--api', 'nope', '--stage', 'prod'], 3, 'petstore'],
    ['an unknown stage', ['--api', 'petstore', '--stage', 'nope'], 3, 'prod'],
    ['no stage said', ['--api', 'petstore'], 2, '--stage NAME'],
    ['a method that is none', [...PROD, '--method', '/pets'], 2, 'GET /pets'],
    ['a method that the API does not have', [...PROD, '--method', 'GET /pet'], 3, 'has no method "GET /pet"'],
    ['a role of another account', [...PROD, '--role-arn', 'arn:aws:iam::1:role/x'], 3, 'arn:aws:iam::1:role/x'],
  ])('%s is refused with what there is', async (_, argv, exitCode, said) => {
    const {sandbox} = await deployed()
    const result = await apigw(LogsEnable, argv, {on: sandbox})
    expect(result).toMatchObject({stdout: '', exitCode})
    expect(result.stderr).toContain(said)
    expect(sandbox.calls.get('UpdateStage')).toBeUndefined()
  })
})

describe('logs disable', () => {
  test('switches the stage and each of its methods off in one call, and leaves the role', async () => {
    const {sandbox, apigateway, restApiId, request} = await deployed()
    await apigw(LogsEnable, [...PROD, '--create-role'], {on: sandbox})
    const patchOperations = [{op: 'replace' as const, path: '/pets/GET/logging/loglevel', value: 'INFO'}]
    await apigateway.updateStage({restApiId, stageName: 'prod', patchOperations})
    const calls = sandbox.calls.get('UpdateStage') ?? 0
    const result = await apigw(LogsDisable, [...PROD, '--json'], {on: sandbox})
    expect(JSON.parse(result.stdout)).toMatchObject({level: 'OFF', dataTrace: false, role: {health: 'live'}})
    expect(sandbox.calls.get('UpdateStage')).toBe(calls + 1)
    const {methodSettings} = await apigateway.getStage({restApiId, stageName: 'prod'})
    expect(Object.keys(methodSettings ?? {}).sort()).toEqual(['*/*', 'pets/GET'])
    expect(Object.values(methodSettings ?? {}).map(({loggingLevel}) => loggingLevel)).toEqual(['OFF', 'OFF'])
    await request()
    expect((await apigw(LogsTail, PROD, {on: sandbox})).exitCode).toBe(3)
    expect((await apigw(LogsDisable, PROD, {on: sandbox})).stderr).toBe('Nothing to do: it is so already.\n')
  })

  test('--dry-run changes nothing', async () => {
    const {sandbox} = await deployed()
    await apigw(LogsEnable, [...PROD, '--create-role'], {on: sandbox})
    const calls = sandbox.calls.get('UpdateStage')
    const dry = await apigw(LogsDisable, [...PROD, '--dry-run'], {on: sandbox})
    expect(dry.stdout).toBe('disable\tstage\tprod\texecution log OFF, all methods\n')
    expect(sandbox.calls.get('UpdateStage')).toBe(calls)
  })

  test('--method is refused for a method that the API has not, unless its setting is still there', async () => {
    const {sandbox, apigateway, restApiId} = await deployed()
    await apigw(LogsEnable, [...PROD, '--create-role'], {on: sandbox})
    const calls = sandbox.calls.get('UpdateStage')
    const off = (method: string) => apigw(LogsDisable, [...PROD, '--method', method], {on: sandbox})
    const refused = await off('GET /nope')
    expect(refused).toMatchObject({stdout: '', exitCode: 3})
    expect(refused.stderr).toContain('petstore has no method "GET /nope".\nIt has: ')
    expect(sandbox.calls.get('UpdateStage')).toBe(calls)
    const patchOperations = [{op: 'replace' as const, path: '/gone/GET/logging/loglevel', value: 'INFO'}]
    await apigateway.updateStage({restApiId, stageName: 'prod', patchOperations})
    expect((await off('GET /gone')).exitCode).toBe(0)
    expect((await off('GET /pets')).exitCode).toBe(0)
  })
})

describe('logs status', () => {
  test('says of every stage what it logs, where to, and how the role is', async () => {
    const {sandbox, apigateway, apigatewayv2, restApiId, request} = await deployed()
    await apigateway.createDeployment({restApiId, stageName: 'test'})
    const {ApiId} = await apigatewayv2.createApi({
      Name: 'chat',
      ProtocolType: 'WEBSOCKET',
      RouteSelectionExpression: '$request.body.action',
    })
    await apigatewayv2.createStage({ApiId, StageName: 'live'})
    await apigw(LogsEnable, [...PROD, '--create-role', '--retention', '7'], {on: sandbox})
    await request()
    const pipe = await apigw(LogsStatus, ['--all'], {on: sandbox})
    expect(pipe.stdout.split('\n').map(line => line.split('\t').slice(0, 5).join(' '))).toEqual([
      'petstore prod INFO false live',
      'petstore test OFF false live',
      'chat live OFF false live',
      '',
    ])
    const one = await apigw(LogsStatus, [...PROD, '--json'], {on: sandbox})
    expect(JSON.parse(one.stdout)).toEqual([
      expect.objectContaining({stage: 'prod', retentionDays: 7, logGroupExists: true, kind: 'REST'}),
    ])
    const terminal = await apigw(LogsStatus, ['--all'], {on: sandbox, tty: true, env: {NO_COLOR: '1'}})
    expect(terminal.stdout).toMatch(/7 days/)
    expect(terminal.stdout).toMatch(/not there yet/)
  })

  test('says what is the matter with the account and asks for groups once', async () => {
    const {sandbox} = await deployed()
    const result = await apigw(LogsStatus, [], {on: sandbox})
    expect(result.exitCode).toBe(0)
    expect(result.stderr).toContain('no CloudWatch role in us-east-1')
    expect(sandbox.calls.get('DescribeLogGroups')).toBe(1)
  })

  test('of an HTTP API: its access log with the group, and nothing of execution logs or the role', async () => {
    const {sandbox, apigatewayv2, logs} = await deployed()
    const {ApiId = ''} = await apigatewayv2.createApi({Name: 'web', ProtocolType: 'HTTP'})
    const arn = 'arn:aws:logs:us-east-1:123456789012:log-group:web-access'
    const AccessLogSettings = {DestinationArn: arn, Format: '$context.requestId'}
    await apigatewayv2.createStage({ApiId, StageName: '$default', AccessLogSettings})
    await logs.createLogGroup({logGroupName: 'web-access'})
    const {stdout, stderr, exitCode} = await apigw(LogsStatus, ['--api', 'web', '--json'], {on: sandbox})
    expect(exitCode).toBe(0)
    expect(JSON.parse(stdout)).toEqual([
      {
        kind: 'HTTP',
        api: 'web',
        apiId: ApiId,
        stage: '$default',
        overrides: [],
        accessLogArn: arn,
        accessLogFormat: '$context.requestId',
        accessGroup: {name: 'web-access', exists: true, storedBytes: 0},
      },
    ])
    // The account has no role, which is nothing to an HTTP API.
    expect(stderr).toBe('')
    const terminal = await apigw(LogsStatus, ['--api', 'web'], {on: sandbox, tty: true, env: {NO_COLOR: '1'}})
    expect(terminal.stdout).toMatch(/^web +\$default +- +- +- /m)
    const tailed = await apigw(LogsTail, ['--api', 'web', '--stage', '$default'], {on: sandbox})
    expect(tailed.exitCode).toBe(2)
    expect(tailed.stderr).toContain(`apigw logs tail --access --api ${ApiId} --stage '$default'`)
  })

  test('the groups of a canary, of the execution log and of the access log', async () => {
    const {sandbox, apigateway, iam, logs, restApiId, group} = await deployed()
    await giveLoggingRole({iam, apigateway})
    await logs.createLogGroup({logGroupName: `${group}/Canary`})
    await logs.putRetentionPolicy({logGroupName: `${group}/Canary`, retentionInDays: 3})
    await apigateway.updateStage({
      restApiId,
      stageName: 'prod',
      patchOperations: [
        {op: 'replace', path: '/canarySettings/percentTraffic', value: '10'},
        {op: 'replace', path: '/accessLogSettings/destinationArn', value: ACCESS_ARN},
        {op: 'replace', path: '/accessLogSettings/format', value: '$context.requestId'},
      ],
    })
    const [status] = JSON.parse((await apigw(LogsStatus, [...PROD, '--json'], {on: sandbox})).stdout)
    expect(status).toMatchObject({
      canaryGroup: {name: `${group}/Canary`, exists: true, retentionDays: 3},
      accessGroup: {name: 'petstore-access', exists: false},
      accessCanaryGroup: {name: 'petstore-access/Canary', exists: false},
    })
  })

  test('the last event, from one call a group', async () => {
    const {sandbox, logs, group} = await deployed()
    await logs.createLogGroup({logGroupName: group})
    const timestamp = Date.now() - 60_000
    for (const [i, logStreamName] of ['a', 'b', 'c'].entries()) {
      await logs.createLogStream({logGroupName: group, logStreamName})
      const logEvents = [{timestamp: timestamp - Math.abs(i - 1) * 1000, message: 'x'}]
      await logs.putLogEvents({logGroupName: group, logStreamName, logEvents})
    }
    const [status] = JSON.parse((await apigw(LogsStatus, [...PROD, '--json'], {on: sandbox})).stdout)
    expect(status.lastEvent).toBe(new Date(timestamp).toISOString())
    expect(sandbox.calls.get('DescribeLogStreams')).toBe(1)
    const terminal = await apigw(LogsStatus, PROD, {on: sandbox, tty: true, columns: 200, env: {NO_COLOR: '1'}})
    expect(terminal.stdout).toContain('1 minute ago')
  })

  test('goes on without what it may not see', async () => {
    const {sandbox} = await deployed({
      fault: ({operation}) =>
        operation === 'DescribeLogGroups'
          ? {kind: 'error', status: 400, code: 'AccessDeniedException', message: 'not authorized'}
          : undefined,
    })
    const result = await apigw(LogsStatus, ['--json'], {on: sandbox})
    expect(result.exitCode).toBe(0)
    expect(JSON.parse(result.stdout)[0]).toMatchObject({stage: 'prod', level: 'OFF'})
    expect(JSON.parse(result.stdout)[0]).not.toHaveProperty('logGroupExists')
  })
})

describe('logs tail', () => {
  /** A stage that logs in full, with one request. */
  async function logging(options: SandboxOptions = {}) {
    const kit = await deployed(options)
    await apigw(LogsEnable, [...PROD, '--create-role', '--level', 'full'], {on: kit.sandbox})
    const {headers} = await kit.request()
    return {...kit, requestId: headers.get('x-amzn-requestid') as string}
  }

  test('--raw on a terminal: local time, request and text, failures in red', async () => {
    const {sandbox, request} = await logging()
    await request('/nope')
    const {stdout} = await apigw(LogsTail, RAW, {on: sandbox, tty: true, env: {TZ: 'UTC'}})
    const lines = stdout.trimEnd().split('\n')
    expect(lines[0]).toMatch(
      /^\u001b\[2m\d\d:\d\d:\d\d\.\d{3}\u001b\[22m {2}\u001b\[2m\([\w-]{36}\) \u001b\[22mExtended/,
    )
    for (const line of lines.filter(line => /status: 4/.test(line))) expect(line).toContain('\u001b[31m')
    expect(lines.find(line => line.includes('status: 200'))).not.toContain('\u001b[31m')
  })

  test('--raw --json: one object a line, with everything that an event has', async () => {
    const {sandbox, requestId} = await logging()
    const {stdout} = await apigw(LogsTail, [...RAW, '--json'], {on: sandbox})
    const events = stdout
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line))
    for (const event of events) {
      expect(Object.keys(event).sort()).toEqual([
        'api',
        'eventId',
        'ingestionTime',
        'logStreamName',
        'message',
        'requestId',
        'stage',
        'timestamp',
      ])
      expect(event.requestId).toBe(requestId)
      expect(event.timestamp).toMatch(/Z$/)
    }
    expect(new Set(events.map(event => event.eventId)).size).toBe(events.length)
  })

  test('--raw --grep here, --pattern at the service, -n the last ones of what is left', async () => {
    const {sandbox} = await logging()
    const grep = await apigw(LogsTail, [...RAW, '--grep', 'status: 2\\d\\d$'], {on: sandbox})
    expect(grep.stdout.trimEnd().split('\n')).toEqual([expect.stringContaining('Method completed with status: 200')])
    const pattern = await apigw(LogsTail, [...RAW, '--pattern', '"Method completed"'], {on: sandbox})
    expect(pattern.stdout).toBe(grep.stdout)
    const last = await apigw(LogsTail, [...RAW, '-n', '2', '--grep', 'Method re'], {on: sandbox})
    expect(last.stdout.trimEnd().split('\n')).toEqual([
      expect.stringContaining('Method response body'),
      expect.stringContaining('Method response headers'),
    ])
  })

  test('pages, empty ones too, are read to the end', async () => {
    const {sandbox} = await logging({logScanLimit: 2})
    const {stdout} = await apigw(LogsTail, [...RAW, '--pattern', '"Method completed"'], {on: sandbox})
    expect(stdout).toContain('status: 200')
    expect(sandbox.calls.get('FilterLogEvents')).toBeGreaterThan(3)
  })

  test('hides credentials and control characters of requests', async () => {
    const {sandbox, restApiId} = await logging()
    await fetch(`${sandbox.url}/execute-api/${restApiId}/prod/pets?q=%1b%5b31m`, {
      headers: {authorization: 'Bearer s3cret', cookie: 'session=s3cret'},
    })
    const shown = await apigw(LogsTail, RAW, {on: sandbox})
    expect(shown.stdout).toContain('[redacted]')
    expect(shown.stdout).not.toContain('s3cret')
    expect(shown.stdout).not.toContain('\u001b')
    const bare = await apigw(LogsTail, [...RAW, '--no-redact'], {on: sandbox})
    expect(bare.stdout).toContain('session=s3cret')
  })

  test.each([
    [
      'a regular expression',
      ['--grep', '('],
      'Error: --grep: Invalid regular expression: /(/: Unterminated group\nA regular',
    ],
    ['a pattern', ['--pattern', '{ $.x'], '--grep REGEX'],
    ['a time', ['--since', 'yesterday'], '1h30m'],
  ])('%s that is none: wrong usage and why', async (_, argv, why) => {
    const {sandbox} = await logging()
    const result = await apigw(LogsTail, [...PROD, ...argv], {on: sandbox})
    expect(result).toMatchObject({stdout: '', exitCode: 2})
    expect(result.stderr).toContain(why)
  })

  test('no lines: a sentence with the next command on a terminal, nothing in a pipe', async () => {
    const {sandbox} = await logging()
    const future = [...PROD, '--since', '2099-01-01']
    expect(await apigw(LogsTail, future, {on: sandbox})).toEqual({stdout: '', stderr: '', exitCode: 0})
    const terminal = await apigw(LogsTail, future, {on: sandbox, tty: true})
    expect(terminal).toMatchObject({stdout: '', exitCode: 0})
    expect(terminal.stderr).toContain('--since 1d')
    expect((await apigw(LogsTail, [...future, '--until', '10m'], {on: sandbox})).exitCode).toBe(2)
  })

  test('a group that is not there: why, and the command that mends it', async () => {
    const {sandbox, restApiId} = await deployed()
    const off = await apigw(LogsTail, [...PROD, '--json'], {on: sandbox})
    expect(off).toMatchObject({stdout: '', exitCode: 3})
    expect(JSON.parse(off.stderr).error).toMatchObject({
      kind: 'missing',
      message: expect.stringContaining('execution logging is off on stage prod of petstore'),
      hint: `Switch it on: apigw logs enable --api ${restApiId} --stage prod`,
    })
    await apigw(LogsEnable, [...PROD, '--create-role'], {on: sandbox})
    const quiet = await apigw(LogsTail, [...PROD, '--follow', '--no-wait'], {on: sandbox})
    expect(quiet.exitCode).toBe(3)
    expect(quiet.stderr).toContain('no request was logged yet')
  })

  test('a WebSocket API, found by its name and by its id', async () => {
    const {sandbox, apigatewayv2, logs} = await deployed()
    const {ApiId = ''} = await apigatewayv2.createApi({
      Name: 'chat',
      ProtocolType: 'WEBSOCKET',
      RouteSelectionExpression: '$request.body.action',
    })
    await apigatewayv2.createStage({ApiId, StageName: 'live', DefaultRouteSettings: {ThrottlingRateLimit: 5}})
    for (const api of ['chat', ApiId]) {
      const missing = await apigw(LogsTail, ['--api', api, '--stage', 'live'], {on: sandbox})
      expect(missing.exitCode).toBe(3)
      expect(missing.stderr).toContain(`/aws/apigateway/${ApiId}/live`)
    }
    const enabled = await apigw(LogsEnable, ['-a', 'chat', '-s', 'live', '--create-role', '--json'], {on: sandbox})
    expect(JSON.parse(enabled.stdout)).toMatchObject({kind: 'WebSocket', level: 'INFO'})
    const {DefaultRouteSettings} = await apigatewayv2.getStage({ApiId, StageName: 'live'})
    expect(DefaultRouteSettings).toMatchObject({LoggingLevel: 'INFO', ThrottlingRateLimit: 5})

    const logGroupName = `/aws/apigateway/${ApiId}/live`
    await logs.createLogGroup({logGroupName})
    await logs.createLogStream({logGroupName, logStreamName: 's'})
    const message = '(EP5yqFByIAMElXw=) WebSocket Request Route: [$connect]'
    await logs.putLogEvents({logGroupName, logStreamName: 's', logEvents: [{timestamp: Date.now(), message}]})
    const {stdout} = await apigw(LogsTail, ['-a', 'chat', '-s', 'live', '--json'], {on: sandbox})
    expect(JSON.parse(stdout)).toMatchObject({
      protocol: 'WebSocket',
      requestId: 'EP5yqFByIAMElXw=',
      resource: '$connect',
      isComplete: false,
    })
  })

  test('--access reads the group of the access log', async () => {
    const {sandbox, apigateway, logs, restApiId, request} = await logging()
    expect((await apigw(LogsTail, [...PROD, '--access'], {on: sandbox})).exitCode).toBe(3)
    await logs.createLogGroup({logGroupName: 'petstore-access'})
    await apigateway.updateStage({
      restApiId,
      stageName: 'prod',
      patchOperations: [
        {
          op: 'replace',
          path: '/accessLogSettings/destinationArn',
          value: ACCESS_ARN,
        },
        {op: 'replace', path: '/accessLogSettings/format', value: '$context.requestId $context.status'},
      ],
    })
    const {headers} = await request()
    const {stdout} = await apigw(LogsTail, [...PROD, '--access', '--raw'], {on: sandbox})
    expect(stdout.trimEnd()).toMatch(new RegExp(`Z\\t${headers.get('x-amzn-requestid')} 200$`))
    const requests = await apigw(LogsTail, [...PROD, '--access', '--json'], {on: sandbox})
    expect(JSON.parse(requests.stdout)).toMatchObject({requestId: headers.get('x-amzn-requestid'), status: 200})
  })

  test('a group of a class that cannot be tailed', async () => {
    const {sandbox, logs, group} = await deployed()
    await logs.createLogGroup({logGroupName: group, logGroupClass: 'INFREQUENT_ACCESS'})
    const result = await apigw(LogsTail, PROD, {on: sandbox})
    expect(result).toMatchObject({stdout: '', exitCode: 1})
    expect(result.stderr).toMatch(/INFREQUENT_ACCESS.*\n.*Logs Insights/)
  })

  test('access denied names the permission', async () => {
    const {sandbox} = await logging({
      fault: ({operation}) =>
        operation === 'FilterLogEvents'
          ? {kind: 'error', status: 400, code: 'AccessDeniedException', message: 'User is not authorized'}
          : undefined,
    })
    const result = await apigw(LogsTail, PROD, {on: sandbox})
    expect(result).toMatchObject({stdout: '', exitCode: 4})
    expect(result.stderr).toContain('lack logs:FilterLogEvents')
  })

  test('throttled a few times, it says so once and goes on', async () => {
    const {sandbox} = await logging({
      fault: ({operation, count}) =>
        operation === 'FilterLogEvents' && count <= 1
          ? {kind: 'error', status: 400, code: 'ThrottlingException', message: 'Rate exceeded'}
          : undefined,
    })
    const result = await apigw(LogsTail, RAW, {on: sandbox})
    expect(result.exitCode).toBe(0)
    expect(result.stdout).toContain('status: 200')
    expect(result.stderr.match(/throttles/g)).toHaveLength(1)
  })
})
