import {describe, expect, test} from 'vitest'
import LogsEnable from '../../src/commands/logs/enable.js'
import LogsTail from '../../src/commands/logs/tail.js'
import type {SandboxOptions} from '../../src/sandbox/server.js'
import {apigw} from '../support/apigw.js'
import {petstore} from '../support/petstore.js'

const POLICY = 'arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs'
const PROD = ['--api', 'petstore', '--stage', 'prod']

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
      'created IAM role apigw-cloudwatch-logs',
      'attached AmazonAPIGatewayPushToCloudWatchLogs to IAM role apigw-cloudwatch-logs',
      "set the account's CloudWatch role in us-east-1 to apigw-cloudwatch-logs",
      'stage prod of petstore: execution log INFO, all methods',
      '',
    ])
    const {AttachedPolicies} = await iam.listAttachedRolePolicies({RoleName: 'apigw-cloudwatch-logs'})
    expect(AttachedPolicies?.map(policy => policy.PolicyArn)).toEqual([POLICY])
    const {methodSettings} = await apigateway.getStage({restApiId, stageName: 'prod'})
    expect(methodSettings?.['*/*']).toMatchObject({loggingLevel: 'INFO', dataTraceEnabled: false})

    const {headers} = await request()
    const tailed = await apigw(LogsTail, PROD, {on: sandbox})
    expect(tailed).toMatchObject({stderr: '', exitCode: 0})
    const lines = tailed.stdout.trimEnd().split('\n')
    for (const line of lines) expect(line).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z\t\([\w-]{36}\) \S/)
    expect(lines.at(-1)).toContain(`\t(${headers.get('x-amzn-requestid')}) Method completed with status: 200`)
  })

  test('level and data trace go to the service in one call', async () => {
    const {sandbox} = await deployed()
    await apigw(LogsEnable, [...PROD, '--create-role', '--data-trace', '--level', 'error'], {on: sandbox})
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

  test('--dry-run shows all of it and does nothing', async () => {
    const {sandbox} = await deployed()
    const dry = await apigw(LogsEnable, [...PROD, '--dry-run', '--retention', '14'], {on: sandbox})
    expect(dry).toMatchObject({stderr: '', exitCode: 0})
    expect(dry.stdout.split('\n').map(line => line.split('\t').slice(0, 2).join(' '))).toEqual([
      'create IAM role',
      'attach policy',
      'update account',
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
