import {mkdtempSync, readdirSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import LogsDisable from '../../../src/commands/logs/disable.js'
import LogsEnable from '../../../src/commands/logs/enable.js'
import LogsStatus from '../../../src/commands/logs/status.js'
import LogsTail from '../../../src/commands/logs/tail.js'
import type {Fault, SandboxOptions} from '../../../src/sandbox/server.js'
import {apigw} from '../../support/apigw.js'
import {giveLoggingRole, LOGGING_POLICY} from '../../support/logging-role.js'
import {petstore} from '../../support/petstore.js'
import {sandboxForTest} from '../../support/sandbox.js'

const PROD = ['--api', 'petstore', '--stage', 'prod']
const arnOf = (group: string) => `arn:aws:logs:us-east-1:123456789012:log-group:${group}`

/** The petstore on the stage `prod`, in an account that has a role to log with. */
async function deployed(options: SandboxOptions = {}) {
  const kit = await petstore(options)
  await kit.apigateway.createDeployment({restApiId: kit.restApiId, stageName: 'prod'})
  const role = await giveLoggingRole(kit)
  const stage = () => kit.apigateway.getStage({restApiId: kit.restApiId, stageName: 'prod'})
  const request = () => fetch(`${kit.sandbox.url}/execute-api/${kit.restApiId}/prod/pets`)
  return {...kit, role, stage, request, group: `API-Gateway-Execution-Logs_${kit.restApiId}/prod`}
}

/** An HTTP API with the stage `$default`, and nothing else in the account. */
async function web(options: SandboxOptions = {}) {
  const kit = await sandboxForTest(options)
  const {ApiId = ''} = await kit.apigatewayv2.createApi({Name: 'web', ProtocolType: 'HTTP'})
  await kit.apigatewayv2.createStage({ApiId, StageName: '$default'})
  const stage = () => kit.apigatewayv2.getStage({ApiId, StageName: '$default'})
  return {...kit, ApiId, stage, at: ['--api', 'web', '--stage', '$default']}
}

const refusing = (operation: string, fault: Fault) => (call: {operation: string}) =>
  call.operation === operation ? fault : undefined

describe('logs enable --level', () => {
  test('full is INFO with data trace, with a word of what is written then and what it costs', async () => {
    const {sandbox, stage} = await deployed()
    const result = await apigw(LogsEnable, [...PROD, '--level', 'full', '--json'], {on: sandbox})
    expect(JSON.parse(result.stdout)).toMatchObject({level: 'INFO', dataTrace: true})
    expect((await stage()).methodSettings?.['*/*']).toMatchObject({loggingLevel: 'INFO', dataTraceEnabled: true})
    const [warning, cost] = result.stderr.split('\n')
    expect(warning).toMatch(/headers, bodies.*secret/)
    expect(cost).toContain('7 to 8 KB: 3.50 to 4.00 USD per million requests')
  })

  test('less than before takes the data trace away', async () => {
    const {sandbox, stage} = await deployed()
    await apigw(LogsEnable, [...PROD, '--level', 'full'], {on: sandbox})
    const result = await apigw(LogsEnable, [...PROD, '--level', 'error'], {on: sandbox})
    expect(result.stderr).not.toContain('USD')
    expect((await stage()).methodSettings?.['*/*']).toMatchObject({loggingLevel: 'ERROR', dataTraceEnabled: false})
  })

  test('a word that there is not is wrong usage with those there are', async () => {
    const {sandbox} = await deployed()
    const result = await apigw(LogsEnable, [...PROD, '--level', 'debug'], {on: sandbox})
    expect(result).toMatchObject({stdout: '', exitCode: 2})
    expect(result.stderr).toContain('error, info, full')
  })

  test('--retention takes days, weeks and forever, for the canary as well', async () => {
    const {sandbox, apigateway, logs, restApiId, group} = await deployed()
    const patchOperations = [{op: 'replace' as const, path: '/canarySettings/percentTraffic', value: '10'}]
    await apigateway.updateStage({restApiId, stageName: 'prod', patchOperations})
    const kept = async () => {
      const {logGroups = []} = await logs.describeLogGroups({logGroupNamePrefix: group})
      return logGroups.map(({logGroupName, retentionInDays}) => [logGroupName, retentionInDays])
    }
    await apigw(LogsEnable, [...PROD, '--retention', '2w'], {on: sandbox})
    expect(await kept()).toEqual([
      [group, 14],
      [`${group}/Canary`, 14],
    ])
    const forever = await apigw(LogsEnable, [...PROD, '--retention', 'forever'], {on: sandbox})
    expect(forever.stderr).toContain(`log group ${group} keeps its events for ever`)
    expect(await kept()).toEqual([
      [group, undefined],
      [`${group}/Canary`, undefined],
    ])
  })
})

describe('logs enable --access-log', () => {
  test('makes the group, gives the stage its ARN without the star, and leaves the level alone', async () => {
    const {sandbox, apigateway, stage, request, restApiId} = await deployed()
    const made = `/aws/vendedlogs/apigw/${restApiId}/prod`
    const result = await apigw(LogsEnable, [...PROD, '--access-log', 'json', '--retention', '30d', '--json'], {
      on: sandbox,
    })
    expect(result.exitCode).toBe(0)
    const {accessLogSettings, methodSettings} = await stage()
    expect(accessLogSettings?.destinationArn).toBe(arnOf(made))
    expect(methodSettings).toEqual({})
    expect(JSON.parse(result.stdout)).toMatchObject({
      level: 'OFF',
      accessLogArn: arnOf(made),
      accessGroup: {name: made, exists: true, retentionDays: 30},
    })
    expect(result.stderr).toContain(`See it: apigw logs tail --access --api ${restApiId} --stage prod --follow`)
    expect(sandbox.calls.get('UpdateStage')).toBe(1)
    const {headers} = await request()
    const {stdout} = await apigw(LogsTail, [...PROD, '--access', '--raw'], {on: sandbox})
    const [, text = ''] = stdout.trimEnd().split('\t')
    expect(JSON.parse(text)).toMatchObject({requestId: headers.get('x-amzn-requestid'), status: '200'})
    const again = await apigw(LogsEnable, [...PROD, '--access-log', 'json', '--retention', '30d'], {on: sandbox})
    expect(again.stderr).toBe('Nothing to do: it is so already.\n')
    const pipe = await apigw(LogsStatus, PROD, {on: sandbox})
    expect(pipe.stdout.split('\t')).toContain('json')
    expect(await apigateway.getStage({restApiId, stageName: 'prod'})).toMatchObject({accessLogSettings})
  })

  test('with a level both are set, in one call; another format later goes to the same group', async () => {
    const {sandbox, stage} = await deployed()
    await apigw(LogsEnable, [...PROD, '--access-log', 'clf', '--access-log-group', 'pets', '--level', 'error'], {
      on: sandbox,
    })
    expect((await stage()).methodSettings?.['*/*']?.loggingLevel).toBe('ERROR')
    expect((await stage()).accessLogSettings).toMatchObject({destinationArn: arnOf('pets')})
    expect(sandbox.calls.get('UpdateStage')).toBe(1)
    await apigw(LogsEnable, [...PROD, '--access-log', '$context.requestId $context.status'], {on: sandbox})
    expect((await stage()).accessLogSettings).toEqual({
      destinationArn: arnOf('pets'),
      format: '$context.requestId $context.status',
    })
  })

  test('an ARN with a star at its end, as CloudWatch Logs shows it, will do; one of elsewhere will not', async () => {
    const {sandbox, stage, logs} = await deployed()
    await logs.createLogGroup({logGroupName: 'pets'})
    const to = (arn: string) =>
      apigw(LogsEnable, [...PROD, '--access-log', 'csv', '--access-log-group', arn], {on: sandbox})
    const elsewhere = await to(arnOf('pets').replace('us-east-1', 'eu-west-1'))
    expect(elsewhere).toMatchObject({stdout: '', exitCode: 2})
    expect(elsewhere.stderr).toContain(arnOf('pets'))
    expect((await to(`${arnOf('pets')}:*`)).exitCode).toBe(0)
    expect((await stage()).accessLogSettings?.destinationArn).toBe(arnOf('pets'))
  })

  test('a stage that somebody gave the ARN with the star is mended', async () => {
    const {sandbox, apigateway, stage, logs, restApiId} = await deployed()
    await logs.createLogGroup({logGroupName: 'pets'})
    const patchOperations = [
      {op: 'replace' as const, path: '/accessLogSettings/destinationArn', value: `${arnOf('pets')}:*`},
      {op: 'replace' as const, path: '/accessLogSettings/format', value: '$context.requestId'},
    ]
    await apigateway.updateStage({restApiId, stageName: 'prod', patchOperations})
    await apigw(LogsEnable, [...PROD, '--access-log', '$context.requestId'], {on: sandbox})
    expect((await stage()).accessLogSettings?.destinationArn).toBe(arnOf('pets'))
  })

  test('a Firehose stream needs neither group nor role; its name must be one API Gateway writes to', async () => {
    const {sandbox, apigateway, restApiId} = await petstore()
    await apigateway.createDeployment({restApiId, stageName: 'prod'})
    const firehose = 'arn:aws:firehose:us-east-1:123456789012:deliverystream/'
    const to = (name: string) =>
      apigw(LogsEnable, [...PROD, '--access-log', 'json', '--access-log-group', firehose + name], {on: sandbox})
    const refused = await to('pets')
    expect(refused).toMatchObject({stdout: '', exitCode: 2})
    expect(refused.stderr).toContain('amazon-apigateway-')
    expect((await to('amazon-apigateway-pets')).exitCode).toBe(0)
    expect(sandbox.calls.get('CreateLogGroup')).toBeUndefined()
  })

  test.each([
    ['a format without a request id', ['--access-log', '$context.status'], '$context.requestId'],
    ['a word that is no format', ['--access-log', 'yaml'], 'json, clf, csv, xml'],
    ['a name that no group can have', ['--access-log', 'json', '--access-log-group', 'a:b'], 'a:b'],
    ['a group and no access log', ['--access-log-group', 'pets'], '--access-log'],
    ['a retention that there is not', ['--retention', '15d'], '1, 3, 5, 7, 14'],
    ['too long a while', ['--for', '8d'], '8d is too long a while.\nAt most 7d'],
    ['no while at all', ['--for', '0s'], '0s is too short a while.\nSuch as 30m'],
    ['a while that is none', ['--for', 'soon'], '30s'],
  ])('%s is refused before anything is changed', async (_, argv, said) => {
    const {sandbox} = await deployed()
    const before = new Map(sandbox.calls)
    const result = await apigw(LogsEnable, [...PROD, ...argv], {on: sandbox})
    expect(result).toMatchObject({stdout: '', exitCode: 2})
    expect(result.stderr).toContain(said)
    for (const operation of ['CreateLogGroup', 'UpdateStage', 'PutRetentionPolicy']) {
      expect(sandbox.calls.get(operation)).toBe(before.get(operation))
    }
  })

  test('a stage that cannot be set says that the group was made, and the next run goes on from there', async () => {
    let isBroken = true
    const {sandbox, stage, restApiId} = await deployed({
      fault: ({operation}) =>
        isBroken && operation === 'UpdateStage'
          ? {kind: 'error', status: 403, code: 'AccessDeniedException', message: 'not authorized'}
          : undefined,
    })
    const broken = await apigw(LogsEnable, [...PROD, '--access-log', 'json'], {on: sandbox})
    expect(broken).toMatchObject({stdout: '', exitCode: 4})
    expect(broken.stderr).toContain(`Done before that: created log group /aws/vendedlogs/apigw/${restApiId}/prod`)
    isBroken = false
    expect((await apigw(LogsEnable, [...PROD, '--access-log', 'json'], {on: sandbox})).exitCode).toBe(0)
    expect((await stage()).accessLogSettings?.destinationArn).toContain(restApiId)
    expect(sandbox.calls.get('CreateLogGroup')).toBe(1)
  })

  test('logs disable --access-log takes it away and leaves the level', async () => {
    const {sandbox, stage} = await deployed()
    await apigw(LogsEnable, [...PROD, '--access-log', 'json', '--level', 'info'], {on: sandbox})
    const dry = await apigw(LogsDisable, [...PROD, '--access-log', '--dry-run'], {on: sandbox})
    expect(dry.stdout).toBe('disable\tstage\tprod\taccess log off\n')
    expect((await stage()).accessLogSettings).toBeDefined()
    expect((await apigw(LogsDisable, [...PROD, '--access-log'], {on: sandbox})).exitCode).toBe(0)
    expect((await stage()).accessLogSettings).toBeUndefined()
    expect((await stage()).methodSettings?.['*/*']?.loggingLevel).toBe('INFO')
    const again = await apigw(LogsDisable, [...PROD, '--access-log'], {on: sandbox})
    expect(again.stderr).toBe('Nothing to do: it is so already.\n')
  })
})

describe('an HTTP API', () => {
  test('gets its access log without a role of the account', async () => {
    const {sandbox, stage, at, ApiId} = await web()
    const result = await apigw(LogsEnable, [...at, '--access-log', 'json', '--json'], {on: sandbox})
    expect(result.exitCode, result.stderr).toBe(0)
    expect((await stage()).AccessLogSettings?.DestinationArn).toBe(arnOf(`/aws/vendedlogs/apigw/${ApiId}/default`))
    expect(JSON.parse(result.stdout)).not.toHaveProperty('level')
    for (const operation of ['GetAccount', 'CreateRole']) expect(sandbox.calls.get(operation)).toBeUndefined()
    expect(result.stderr).toContain(`apigw logs tail --access --api ${ApiId} --stage '$default' --follow`)
    await apigw(LogsDisable, [...at, '--access-log'], {on: sandbox})
    expect((await stage()).AccessLogSettings).toBeUndefined()
  })

  test.each([
    ['logs enable', LogsEnable, [], 'logs enable --access-log json'],
    ['logs enable --level info', LogsEnable, ['--level', 'info'], 'logs enable --access-log json'],
    ['logs enable --level info --access-log json', LogsEnable, ['--level', 'info', '--access-log', 'json'], '--access'],
    ['logs disable', LogsDisable, [], 'logs disable --access-log'],
  ])('has no execution log: %s is wrong usage with the command that works', async (_, command, argv, said) => {
    const {sandbox, at, ApiId} = await web()
    const result = await apigw(command, [...at, ...argv], {on: sandbox})
    expect(result).toMatchObject({stdout: '', exitCode: 2})
    expect(result.stderr).toContain('access logs and no execution log')
    expect(result.stderr).toContain(said)
    expect(result.stderr).toContain(`--api ${ApiId} --stage '$default'`)
    expect(sandbox.calls.get('UpdateStage')).toBeUndefined()
  })

  test('that may not log hears of the permissions and of the room in the policy', async () => {
    const {sandbox, at, logs} = await web()
    for (let i = 0; i < 10; i++) {
      await logs.putResourcePolicy({policyName: `p${i}`, policyDocument: '{"Statement": []}'})
    }
    const result = await apigw(LogsEnable, [...at, '--access-log', 'json'], {on: sandbox})
    expect(result).toMatchObject({stdout: '', exitCode: 1})
    expect(result.stderr).toContain('Insufficient permissions to enable logging')
    expect(result.stderr).toMatch(/logs:CreateLogDelivery.*AWSLogDeliveryWrite20150319/)
    expect(result.stderr).toContain('Done before that: created log group')
  })
})

test('a WebSocket API gets level and access log in one call, in its own format', async () => {
  const {sandbox, iam, apigateway, apigatewayv2} = await sandboxForTest()
  await giveLoggingRole({iam, apigateway})
  const chat = {Name: 'chat', ProtocolType: 'WEBSOCKET' as const, RouteSelectionExpression: '$request.body.action'}
  const {ApiId} = await apigatewayv2.createApi(chat)
  await apigatewayv2.createStage({ApiId, StageName: 'live', DefaultRouteSettings: {ThrottlingRateLimit: 5}})
  const at = ['--api', 'chat', '--stage', 'live']
  const argv = [...at, '--level', 'full', '--access-log', 'clf', '--json']
  expect((await apigw(LogsEnable, argv, {on: sandbox})).exitCode).toBe(0)
  expect(sandbox.calls.get('UpdateStage')).toBe(1)
  const stage = await apigatewayv2.getStage({ApiId, StageName: 'live'})
  expect(stage.DefaultRouteSettings).toMatchObject({
    LoggingLevel: 'INFO',
    DataTraceEnabled: true,
    ThrottlingRateLimit: 5,
  })
  expect(stage.AccessLogSettings?.Format).toContain('$context.eventType $context.routeKey $context.connectionId')
})

describe('logs enable --repair', () => {
  test('gives a role back the policy that it lost, and touches no stage', async () => {
    const {sandbox, iam, role} = await deployed()
    await iam.detachRolePolicy({RoleName: 'gateway-logs', PolicyArn: LOGGING_POLICY})
    const status = await apigw(LogsStatus, PROD, {on: sandbox})
    expect(status.stderr).toContain('has no policy: nothing is logged.\nMend it: apigw logs enable --repair')
    const dry = await apigw(LogsEnable, ['--repair', '--dry-run'], {on: sandbox})
    expect(dry.stdout.split('\n').map(line => line.split('\t').slice(0, 2).join(' '))).toEqual([
      'attach policy',
      'update account',
      '',
    ])
    const result = await apigw(LogsEnable, ['--repair', '--json'], {on: sandbox})
    expect(JSON.parse(result.stdout)).toEqual({arn: role, health: 'live'})
    expect(sandbox.calls.get('UpdateStage')).toBeUndefined()
    const again = await apigw(LogsEnable, ['--repair'], {on: sandbox})
    expect(again).toMatchObject({exitCode: 0, stdout: `${role}\tlive\n`})
    expect(again.stderr).toContain('Nothing to do')
  })

  test('replaces a role that was deleted, without a question', async () => {
    const {sandbox, iam} = await deployed()
    await iam.detachRolePolicy({RoleName: 'gateway-logs', PolicyArn: LOGGING_POLICY})
    await iam.deleteRole({RoleName: 'gateway-logs'})
    const result = await apigw(LogsEnable, ['--repair', '--json'], {on: sandbox})
    expect(JSON.parse(result.stdout)).toEqual({
      arn: 'arn:aws:iam::123456789012:role/apigw-cloudwatch-logs',
      health: 'live',
    })
  })

  test('with a level does both', async () => {
    const {sandbox, stage, iam} = await deployed()
    await iam.detachRolePolicy({RoleName: 'gateway-logs', PolicyArn: LOGGING_POLICY})
    const result = await apigw(LogsEnable, [...PROD, '--repair', '--level', 'error', '--json'], {on: sandbox})
    expect(JSON.parse(result.stdout)).toMatchObject({level: 'ERROR', role: {health: 'live'}})
    expect((await stage()).methodSettings?.['*/*']?.loggingLevel).toBe('ERROR')
  })

  test('says when the role may not be looked at, and changes nothing', async () => {
    let isDenied = false
    const fault = refusing('GetRole', {kind: 'error', status: 403, code: 'AccessDenied', message: 'not authorized'})
    const {sandbox} = await deployed({fault: call => (isDenied ? fault(call) : undefined)})
    isDenied = true
    const before = sandbox.calls.get('UpdateAccount')
    const result = await apigw(LogsEnable, ['--repair', '--json'], {on: sandbox})
    expect(JSON.parse(result.stdout)).toMatchObject({health: 'unknown'})
    expect(result.stderr).toContain('iam:GetRole')
    expect(sandbox.calls.get('UpdateAccount')).toBe(before)
  })
})

describe('logs enable --for', () => {
  /** A folder for notes, and what is in it. */
  function notes() {
    const home = mkdtempSync(join(tmpdir(), 'apigw-notes-'))
    const list = () => {
      try {
        return readdirSync(join(home, 'apigw', 'logs'))
      } catch {
        return []
      }
    }
    return {env: {XDG_STATE_HOME: home}, list}
  }

  test('sets all back when the time is over, and strikes out the note', async () => {
    const {env, list} = notes()
    const {sandbox, stage} = await deployed()
    await apigw(LogsEnable, [...PROD, '--level', 'error'], {on: sandbox})
    const argv = [...PROD, '--level', 'full', '--access-log', 'json', '--for', '100ms', '--json']
    const result = await apigw(LogsEnable, argv, {on: sandbox, env})
    expect(result.exitCode, result.stderr).toBe(0)
    expect(JSON.parse(result.stdout)).toMatchObject({level: 'INFO', dataTrace: true})
    expect(result.stderr).toContain('execution log, all methods: INFO with data trace → ERROR')
    expect((await stage()).methodSettings?.['*/*']).toMatchObject({loggingLevel: 'ERROR', dataTraceEnabled: false})
    expect((await stage()).accessLogSettings).toBeUndefined()
    expect(list()).toEqual([])
  })

  test('leaves no setting behind on a method that had none', async () => {
    const {env} = notes()
    const {sandbox, stage} = await deployed()
    await apigw(LogsEnable, [...PROD, '--level', 'error'], {on: sandbox})
    const argv = [...PROD, '--method', 'GET /pets', '--level', 'full', '--for', '100ms']
    expect((await apigw(LogsEnable, argv, {on: sandbox, env})).exitCode).toBe(0)
    expect(Object.keys((await stage()).methodSettings ?? {})).toEqual(['*/*'])
  })

  test('keeps what else was set for that method meanwhile', async () => {
    const {env} = notes()
    const kit = await petstore({
      fault: ({operation, count}) => {
        // Between the change and what undoes it.
        if (operation === 'GetAccount' && count === 3) void throttled()
        return undefined
      },
    })
    const {sandbox, apigateway, restApiId} = kit
    const throttled = () =>
      apigateway.updateStage({
        restApiId,
        stageName: 'prod',
        patchOperations: [{op: 'replace', path: '/~1pets/GET/throttling/rateLimit', value: '7'}],
      })
    await apigateway.createDeployment({restApiId, stageName: 'prod'})
    await giveLoggingRole(kit)
    await apigw(LogsEnable, [...PROD, '--level', 'error'], {on: sandbox})
    const argv = [...PROD, '--method', 'GET /pets', '--level', 'full', '--for', '500ms']
    expect((await apigw(LogsEnable, argv, {on: sandbox, env})).exitCode).toBe(0)
    const {methodSettings} = await apigateway.getStage({restApiId, stageName: 'prod'})
    expect(methodSettings?.['~1pets/GET']).toMatchObject({
      throttlingRateLimit: 7,
      loggingLevel: 'ERROR',
      dataTraceEnabled: false,
    })
  })

  test('where all is so already there is nothing to set back, and nothing to wait for', async () => {
    const {env, list} = notes()
    const {sandbox, stage} = await deployed()
    await apigw(LogsEnable, [...PROD, '--level', 'error'], {on: sandbox})
    const result = await apigw(LogsEnable, [...PROD, '--level', 'error', '--for', '1h'], {on: sandbox, env})
    expect(result).toMatchObject({exitCode: 0, stderr: 'Nothing to do: it is so already.\n'})
    expect((await stage()).methodSettings?.['*/*']?.loggingLevel).toBe('ERROR')
    expect(list()).toEqual([])
  })

  test('what cannot be set back is told with the command that does it, which then does', async () => {
    const {env, list} = notes()
    let updates = 0
    const {sandbox, stage, restApiId} = await deployed({
      fault: ({operation}) =>
        operation === 'UpdateStage' && ++updates === 2
          ? {kind: 'error', status: 403, code: 'AccessDeniedException', message: 'not authorized'}
          : undefined,
    })
    const result = await apigw(LogsEnable, [...PROD, '--for', '100ms', '--json'], {on: sandbox, env})
    expect(result.exitCode).toBe(4)
    expect(result.stderr).toContain(`What is left to do: apigw logs disable --restore --api ${restApiId} --stage prod`)
    expect(list()).toHaveLength(1)
    expect((await apigw(LogsEnable, [...PROD, '--level', 'error'], {on: sandbox, env})).exitCode).toBe(5)
    const status = await apigw(LogsStatus, PROD, {on: sandbox, env})
    expect(status.stderr).toContain('and not set back.\nUndo it: apigw logs disable --restore')
    const dry = await apigw(LogsDisable, ['--restore', '--dry-run'], {on: sandbox, env})
    expect(dry.stdout).toBe('update\tstage\tprod\texecution log, all methods: INFO → OFF\n')
    expect((await stage()).methodSettings?.['*/*']?.loggingLevel).toBe('INFO')
    const undone = await apigw(LogsDisable, ['--restore', '--json'], {on: sandbox, env})
    expect(JSON.parse(undone.stdout)).toEqual([
      {
        api: 'petstore',
        apiId: restApiId,
        stage: 'prod',
        restored: ['execution log, all methods: INFO → OFF'],
        left: [],
      },
    ])
    expect((await stage()).methodSettings?.['*/*']?.loggingLevel).toBe('OFF')
    expect(list()).toEqual([])
    const again = await apigw(LogsDisable, ['--restore'], {on: sandbox, env})
    expect(again).toEqual({stdout: '', stderr: 'Nothing to do: nothing was set for a while from here.\n', exitCode: 0})
  })

  test('without a place for the note nothing is changed', async () => {
    const {sandbox, stage} = await deployed()
    const result = await apigw(LogsEnable, [...PROD, '--for', '1h'], {
      on: sandbox,
      env: {XDG_STATE_HOME: '/dev/null'},
    })
    expect(result).toMatchObject({stdout: '', exitCode: 1})
    expect(result.stderr).toContain('Nothing was changed')
    expect((await stage()).methodSettings).toEqual({})
  })

  test('--dry-run changes nothing, waits for nothing and leaves no note', async () => {
    const {env, list} = notes()
    const {sandbox} = await deployed()
    const result = await apigw(LogsEnable, [...PROD, '--for', '1h', '--dry-run'], {on: sandbox, env})
    expect(result.stdout).toBe('enable\tstage\tprod\texecution log INFO, all methods; for 1 h\n')
    expect(sandbox.calls.get('UpdateStage')).toBeUndefined()
    expect(list()).toEqual([])
  })
})
