import {mkdtempSync, readFileSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import LogsGroups from '../../../src/commands/logs/groups.js'
import LogsPrune from '../../../src/commands/logs/prune.js'
import LogsRetention from '../../../src/commands/logs/retention.js'
import type {SandboxOptions} from '../../../src/sandbox/server.js'
import {apigw} from '../../support/apigw.js'
import {giveLoggingRole} from '../../support/logging-role.js'
import {petstore} from '../../support/petstore.js'
import {sandboxForTest} from '../../support/sandbox.js'

const ORPHANS = ['API-Gateway-Execution-Logs_gone000001/prod', '/aws/apigateway/gone000002/live']
const ACCESS = 'pets-access'

/** The petstore on `prod` with its groups, a WebSocket API, groups that have lost their owner, and foreign ones. */
async function groups(options: SandboxOptions = {}) {
  const kit = await petstore(options)
  const {apigateway, apigatewayv2, iam, logs, restApiId} = kit
  await apigateway.createDeployment({restApiId, stageName: 'prod'})
  await giveLoggingRole({iam, apigateway})
  const value = `arn:aws:logs:us-east-1:123456789012:log-group:${ACCESS}`
  const patchOperations = [
    {op: 'replace' as const, path: '/accessLogSettings/destinationArn', value},
    {op: 'replace' as const, path: '/accessLogSettings/format', value: '$context.requestId'},
  ]
  await apigateway.updateStage({restApiId, stageName: 'prod', patchOperations})
  const chat = {Name: 'chat', ProtocolType: 'WEBSOCKET' as const, RouteSelectionExpression: '$request.body.action'}
  const {ApiId} = await apigatewayv2.createApi(chat)
  await apigatewayv2.createStage({ApiId, StageName: 'live'})
  const execution = `API-Gateway-Execution-Logs_${restApiId}/prod`
  const all = [
    execution,
    `${execution}/Canary`,
    `/aws/apigateway/${ApiId}/live`,
    '/aws/apigateway/welcome',
    '/aws/apigateway/my-own',
    ACCESS,
    ...ORPHANS,
  ]
  for (const logGroupName of [...all, '/aws/lambda/pets']) await logs.createLogGroup({logGroupName})
  const left = async () => {
    const {logGroups = []} = await logs.describeLogGroups({})
    return logGroups.map(({logGroupName = ''}) => logGroupName)
  }
  /** An event, so that there is something to lose. */
  const fill = async (logGroupName: string, timestamp = Date.now()) => {
    await logs.createLogStream({logGroupName, logStreamName: 's'})
    await logs.putLogEvents({logGroupName, logStreamName: 's', logEvents: [{timestamp, message: 'x'}]})
  }
  return {...kit, ApiId, execution, all, left, fill}
}

describe('logs groups', () => {
  test('lists all of API Gateway with their owners, and no others', async () => {
    const {sandbox, all, execution, fill, restApiId} = await groups()
    const yesterday = Date.now() - 86_400_000
    await fill(execution, yesterday)
    const {stdout, stderr, exitCode} = await apigw(LogsGroups, ['--all', '--json'], {on: sandbox})
    expect({stderr, exitCode}).toEqual({stderr: '', exitCode: 0})
    const entries: {group: string}[] = JSON.parse(stdout)
    expect(entries.map(({group}) => group).sort()).toEqual([...all].sort())
    const entry = (group: string) => entries.find(each => each.group === group)
    expect(entry(execution)).toMatchObject({
      kind: 'execution',
      protocol: 'REST',
      api: 'petstore',
      apiId: restApiId,
      stage: 'prod',
      orphan: false,
      lastEvent: new Date(yesterday).toISOString(),
    })
    expect(entry(`${execution}/Canary`)).toMatchObject({canary: true, stage: 'prod', orphan: false})
    expect(entry(ACCESS)).toMatchObject({kind: 'access', api: 'petstore', stage: 'prod'})
    expect(entry('/aws/apigateway/welcome')).toMatchObject({kind: 'welcome', orphan: false})
    expect(entry('/aws/apigateway/my-own')).not.toHaveProperty('orphan')
  })

  test('of one API, of those that are gone, on a terminal', async () => {
    const {sandbox, execution} = await groups()
    const one = await apigw(LogsGroups, ['--api', 'petstore', '-o', 'id'], {on: sandbox})
    expect(one.stdout.trimEnd().split('\n').sort()).toEqual([execution, `${execution}/Canary`, ACCESS].sort())
    const gone = await apigw(LogsGroups, ['--orphans', '-o', 'id'], {on: sandbox})
    expect(gone.stdout.trimEnd().split('\n').sort()).toEqual([...ORPHANS].sort())
    const terminal = await apigw(LogsGroups, ['--orphans'], {on: sandbox, tty: true, columns: 200})
    expect(terminal.stdout).toMatch(/ORPHAN.*GROUP/)
    expect(terminal.stdout).toContain('for ever')
    expect((await apigw(LogsGroups, ['--api', 'nope'], {on: sandbox})).exitCode).toBe(3)
  })

  test('who may not list some APIs sees the groups all the same, and hears that owners are missing', async () => {
    const {sandbox, all} = await groups({
      fault: ({operation}) =>
        operation === 'GetApis'
          ? {kind: 'error', status: 403, code: 'AccessDeniedException', message: 'not authorized'}
          : undefined,
    })
    const {stdout, stderr, exitCode} = await apigw(LogsGroups, ['--all', '--json'], {on: sandbox})
    expect(exitCode).toBe(0)
    expect(JSON.parse(stdout)).toHaveLength(all.length)
    expect(stderr).toContain('Not every API or stage could be listed: not authorized')
    const orphans = await apigw(LogsGroups, ['--orphans', '--json'], {on: sandbox})
    expect(JSON.parse(orphans.stdout)).toEqual([])
  })
})

describe('logs prune', () => {
  test('shows what would go, wants to hear how many they are, and deletes just those', async () => {
    const {sandbox, all, left} = await groups()
    const dry = await apigw(LogsPrune, ['--orphans', '--dry-run'], {on: sandbox})
    expect(dry.stdout.trimEnd().split('\n').sort()).toEqual([
      'delete\tlog group\t/aws/apigateway/gone000002/live\tof the WebSocket API gone000002, which is gone',
      'delete\tlog group\tAPI-Gateway-Execution-Logs_gone000001/prod\tof the REST API gone000001, which is gone',
    ])
    const unasked = await apigw(LogsPrune, ['--orphans'], {on: sandbox})
    expect(unasked).toMatchObject({stdout: '', exitCode: 2})
    expect(unasked.stderr).toContain('--confirm 2')
    for (const group of ORPHANS) expect(unasked.stderr).toContain(group)
    expect((await apigw(LogsPrune, ['--orphans', '--confirm', '3'], {on: sandbox})).exitCode).toBe(2)
    expect(await left()).toHaveLength(all.length + 1)
    const pruned = await apigw(LogsPrune, ['--orphans', '--confirm', '2', '-o', 'id'], {on: sandbox})
    expect(pruned.exitCode, pruned.stderr).toBe(0)
    expect(pruned.stdout.trimEnd().split('\n').sort()).toEqual([...ORPHANS].sort())
    expect((await left()).filter(name => ORPHANS.includes(name))).toEqual([])
    expect(await left()).toHaveLength(all.length + 1 - ORPHANS.length)
    const again = await apigw(LogsPrune, ['--orphans', '--confirm', '2'], {on: sandbox})
    expect(again).toMatchObject({stdout: '', exitCode: 0, stderr: expect.stringContaining('Nothing to do')})
  })

  test('goes on past a group that cannot be deleted, names it, and ends with 1', async () => {
    const {sandbox, left} = await groups({
      fault: ({operation, count}) =>
        operation === 'DeleteLogGroup' && count === 1
          ? {kind: 'error', status: 400, code: 'InvalidParameterException', message: 'protected from deletion'}
          : undefined,
    })
    const result = await apigw(LogsPrune, ['--orphans', '--confirm', '2'], {on: sandbox})
    expect(result.exitCode).toBe(1)
    expect(result.stderr).toMatch(/1 of 2 failed:\n {2}\S+: protected from deletion/)
    expect((await left()).filter(name => ORPHANS.includes(name))).toHaveLength(1)
  })

  test.each(['GetRestApis', 'GetApis', 'GetStages'])('deletes nothing where %s is denied', async operation => {
    const {sandbox, left, all} = await groups({
      fault: call =>
        call.operation === operation
          ? {kind: 'error', status: 403, code: 'AccessDeniedException', message: 'not authorized'}
          : undefined,
    })
    const result = await apigw(LogsPrune, ['--orphans', '--confirm', '2', '--json'], {on: sandbox})
    expect(result).toMatchObject({stdout: '', exitCode: 4})
    expect(JSON.parse(result.stderr).error.message).toContain('not all could be listed')
    expect(await left()).toHaveLength(all.length + 1)
  })
})

describe('logs retention', () => {
  test('shows it, and sets it for all groups of a stage', async () => {
    const {sandbox, logs, execution} = await groups()
    const prod = ['--api', 'petstore', '--stage', 'prod']
    const shown = await apigw(LogsRetention, [...prod, '--json'], {on: sandbox})
    expect(JSON.parse(shown.stdout)).toHaveLength(3)
    expect(JSON.parse(shown.stdout)[0]).not.toHaveProperty('retentionDays')
    const dry = await apigw(LogsRetention, ['2w', ...prod, '--dry-run'], {on: sandbox})
    expect(dry.stdout).toContain(`update\tlog group\t${execution}\tkeep events for 14 days\n`)
    const set = await apigw(LogsRetention, ['2w', ...prod, '--json'], {on: sandbox})
    expect(set.exitCode, set.stderr).toBe(0)
    expect(JSON.parse(set.stdout).map((entry: {retentionDays: number}) => entry.retentionDays)).toEqual([14, 14, 14])
    const {logGroups = []} = await logs.describeLogGroups({})
    const kept = logGroups.filter(({retentionInDays}) => retentionInDays === 14).map(({logGroupName}) => logGroupName)
    expect(kept).toEqual([execution, `${execution}/Canary`, ACCESS].sort())
    const again = await apigw(LogsRetention, ['14', ...prod], {on: sandbox})
    expect(again).toMatchObject({exitCode: 0, stderr: 'Nothing to do: all 3 are so already.\n'})
    expect(sandbox.calls.get('PutRetentionPolicy')).toBe(3)
    expect((await apigw(LogsRetention, ['forever', '--group', execution], {on: sandbox})).exitCode).toBe(0)
    const {logGroups: now} = await logs.describeLogGroups({logGroupNamePrefix: execution})
    expect(now?.map(({retentionInDays}) => retentionInDays)).toEqual([undefined, 14])
  })

  test('asks before events are lost, and takes --yes for it', async () => {
    const stateFile = join(mkdtempSync(join(tmpdir(), 'apigw-state-')), 'state.json')
    const before = await groups({stateFile})
    await before.sandbox.stop()
    // The service counts what a group stores some hours later, and the sandbox not at all.
    writeFileSync(stateFile, readFileSync(stateFile, 'utf8').replaceAll('"storedBytes":0', '"storedBytes":2048'))
    const {sandbox, logs} = await sandboxForTest({stateFile})
    const shorter = ['7d', '--group', before.execution]
    const unasked = await apigw(LogsRetention, shorter, {on: sandbox})
    expect(unasked).toMatchObject({stdout: '', exitCode: 2})
    expect(unasked.stderr).toMatch(/older than 7 days.*--yes/)
    expect(sandbox.calls.get('PutRetentionPolicy')).toBeUndefined()
    expect((await apigw(LogsRetention, [...shorter, '--yes'], {on: sandbox})).exitCode).toBe(0)
    const {logGroups} = await logs.describeLogGroups({logGroupNamePrefix: before.execution})
    expect(logGroups?.[0]?.retentionInDays).toBe(7)
    const terminal = await apigw(LogsGroups, ['--orphans'], {on: sandbox, tty: true, columns: 200})
    expect(terminal.stdout).toContain('2.0 KB')
  })

  test.each([
    ['a time that is none', ['soon'], 2],
    ['days that there are not', ['15d'], 2],
    ['a group that is not there', ['14d', '--group', 'nope'], 3],
    ['a stage without groups', ['14d', '--api', 'petstore', '--stage', 'test'], 3],
  ])('%s is refused', async (_, argv, exitCode) => {
    const {sandbox} = await groups()
    expect(await apigw(LogsRetention, argv, {on: sandbox})).toMatchObject({stdout: '', exitCode})
  })
})
