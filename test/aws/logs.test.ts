import {once} from 'node:events'
import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {describe, expect, onTestFinished, test} from 'vitest'
import {openLogging} from '../../src/aws/logs.js'
import {collect} from '../../src/domain/apis.js'
import type {LoanStore} from '../../src/domain/logs/loan.js'
import {resolveLoggedStage} from '../../src/domain/logs/stages.js'
import {planEnable} from '../../src/domain/logs/switch.js'
import {Problem} from '../../src/domain/problem.js'
import type {Fault} from '../../src/sandbox/server.js'
import {petstore} from '../support/petstore.js'
import {sandboxForTest} from '../support/sandbox.js'
import {FakeClock, sessionOn} from '../support/session.js'

/** What UpdateAccount said for 33 s after a policy was attached (recorded 2026). */
const REFUSED: Fault = {
  kind: 'error',
  status: 400,
  code: 'BadRequestException',
  message:
    'The role ARN does not have required permissions configured. Please grant trust permission for API Gateway and add the required role policy.',
}

const ROLE = {name: 'apigw-cloudwatch-logs', create: true, force: false}
const INFO = {level: 'INFO', dataTrace: false} as const

/** Without the `:*` that DescribeLogGroups has at its end: a stage wants it like that. */
const arnOf = (group: string) => `arn:aws:logs:us-east-1:123456789012:log-group:${group}`

const noLoans: LoanStore = {list: async () => [], add: async () => {}, remove: async () => {}}

describe('the role of the account', () => {
  test('is tried again until it is accepted, never faster than the rate of UpdateAccount', async () => {
    const clock = new FakeClock()
    const kit = await petstore({
      quotas: 'real',
      millis: clock.now,
      fault: ({operation, count}) => (operation === 'UpdateAccount' && count <= 2 ? REFUSED : undefined),
    })
    await kit.apigateway.createDeployment({restApiId: kit.restApiId, stageName: 'prod'})
    const {session, notices} = sessionOn(kit.sandbox, {clock, pacing: true})
    const logging = await openLogging(session)
    const unasked = () => Promise.reject(new Error('asked'))
    const stage = await resolveLoggedStage(logging, {api: 'petstore', stage: 'prod'}, unasked)
    const plan = await planEnable(
      {...logging, loans: noLoans},
      stage,
      {setting: INFO, method: '*', role: ROLE},
      session,
    )
    expect((await plan.apply()).setting).toEqual(INFO)
    // Two refusals and the call that is accepted: the rate gate of the sandbox refused none of them.
    expect(kit.sandbox.calls.get('UpdateAccount')).toBe(3)
    expect(clock.total).toBe(40_250)
    expect(notices.filter(text => text.startsWith('waiting'))).toEqual([
      expect.stringContaining('does not accept the new role yet'),
    ])
  })

  test('whatever else UpdateAccount refuses is not waited for', async () => {
    const {sandbox} = await sandboxForTest()
    const {session} = sessionOn(sandbox)
    const {account} = await openLogging(session)
    await expect(account.setCloudwatchRole('arn:aws:s3:::x')).rejects.toMatchObject({kind: 'failed'})
    expect(await account.setCloudwatchRole('arn:aws:iam::123456789012:role/none')).toContain('required permissions')
  })
})

describe('roles', () => {
  test('are found with what they trust and all their policies, however many pages', async () => {
    const {sandbox, iam} = await sandboxForTest()
    const {roles} = await openLogging(sessionOn(sandbox).session)
    expect(await roles.find('none')).toBeUndefined()
    const arn = await roles.create('mine')
    const RoleName = 'mine'
    const names = Array.from({length: 101}, (_, i) => `policy-${i}`)
    const PolicyDocument = '{"Version":"2012-10-17","Statement":[]}'
    for (const PolicyName of names) await iam.putRolePolicy({RoleName, PolicyName, PolicyDocument})
    const role = await roles.find('mine')
    expect(role).toMatchObject({arn, trustsApiGateway: true, attachedPolicies: []})
    expect(new Set(role?.inlinePolicies)).toEqual(new Set(names))
  })

  test.each([
    ['another service', {Service: 'lambda.amazonaws.com'}, 'Allow', false],
    ['several services', {Service: ['lambda.amazonaws.com', 'apigateway.amazonaws.com']}, 'Allow', true],
    ['an account', {AWS: 'arn:aws:iam::123456789012:root'}, 'Allow', false],
    ['nobody', {Service: 'apigateway.amazonaws.com'}, 'Deny', false],
  ])('that trust %s', async (_, Principal, Effect, trustsApiGateway) => {
    const {sandbox, iam} = await sandboxForTest()
    const Statement = [{Effect, Principal, Action: 'sts:AssumeRole'}]
    const AssumeRolePolicyDocument = JSON.stringify({Version: '2012-10-17', Statement})
    await iam.createRole({RoleName: 'r', AssumeRolePolicyDocument})
    const {roles} = await openLogging(sessionOn(sandbox).session)
    expect(await roles.find('r')).toMatchObject({trustsApiGateway})
  })
})

describe('log groups', () => {
  test('more than fit on a page are all listed', async () => {
    const {sandbox, logs} = await sandboxForTest()
    const names = Array.from({length: 51}, (_, i) => `API-Gateway-Execution-Logs_a/${i}`)
    for (const logGroupName of [...names, 'other']) await logs.createLogGroup({logGroupName})
    const {groups} = await openLogging(sessionOn(sandbox).session)
    const found = await collect(groups.list('API-Gateway-Execution-Logs_a/'))
    expect(new Set(found.map(({name}) => name))).toEqual(new Set(names))
  })

  test('one that is there already is as good as one that is made', async () => {
    const {sandbox, logs} = await sandboxForTest()
    await logs.createLogGroup({logGroupName: 'group-old'})
    const {groups} = await openLogging(sessionOn(sandbox).session)
    for (const name of ['group-old', 'group-new']) await groups.create(name)
    await groups.setRetention('group-old', 30)
    await groups.setRetention('group-new', 7)
    expect(await collect(groups.list('group-'))).toEqual([
      {name: 'group-new', arn: arnOf('group-new'), storedBytes: 0, retentionDays: 7},
      {name: 'group-old', arn: arnOf('group-old'), storedBytes: 0, retentionDays: 30},
    ])
  })
})

describe('events', () => {
  const query = {group: 'g'}

  test('a throttle is not waited out but told of at once: the tail has its own pace', async () => {
    const throttled: Fault = {kind: 'error', status: 400, code: 'ThrottlingException', message: 'Rate exceeded'}
    const {sandbox} = await sandboxForTest({fault: () => throttled})
    const {session, clock} = sessionOn(sandbox)
    const {source} = await openLogging(session)
    await expect(source.page(query)).rejects.toMatchObject({kind: 'gave-up'})
    expect(clock.slept).toEqual([])
  })

  test('a service that fails is one that is not to be reached', async () => {
    const broken: Fault = {kind: 'error', status: 503, code: 'ServiceUnavailableException', message: 'down'}
    const {sandbox} = await sandboxForTest({fault: () => broken})
    const {source} = await openLogging(sessionOn(sandbox).session)
    await expect(source.page(query)).rejects.toMatchObject({kind: 'unreachable'})
  })

  test('are those that the SDK reads, to the last character, in either direction', async () => {
    const {sandbox, logs} = await sandboxForTest()
    await logs.createLogGroup({logGroupName: 'g'})
    await logs.createLogStream({logGroupName: 'g', logStreamName: 's'})
    const now = Date.now()
    const messages = ['(1) a', 'ünïcode 🙂 \u0000 "quoted"\n', '{"json": 1.0e2}']
    const logEvents = messages.map((message, i) => ({timestamp: now + i, message}))
    await logs.putLogEvents({logGroupName: 'g', logStreamName: 's', logEvents})
    const {events} = await logs.filterLogEvents({logGroupName: 'g'})
    const {source} = await openLogging(sessionOn(sandbox).session)
    expect(await source.page(query)).toEqual({events, nextToken: undefined})
    const page = await source.page({...query, isLatestFirst: true, limit: 2})
    expect(page).toEqual({events: events?.toReversed().slice(0, 2), nextToken: expect.any(String)})
  })

  test('latest first of a time that the service does not read so', async () => {
    const {sandbox, logs} = await sandboxForTest()
    await logs.createLogGroup({logGroupName: 'g'})
    const {source} = await openLogging(sessionOn(sandbox).session)
    expect(await source.page({...query, isLatestFirst: true, startTime: Date.UTC(2023, 0, 1)})).toBeUndefined()
  })

  test('an answer that is none of the service is a failure', async () => {
    const server = createServer((_, response) => response.end('<html>Sign in to the network</html>'))
    onTestFinished(() => void server.close())
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const endpointUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const {sandbox} = await sandboxForTest()
    const {source} = await openLogging(sessionOn(sandbox, {endpointUrl}).session)
    await expect(source.page(query)).rejects.toBeInstanceOf(Problem)
  })

  test('a token that is not taken any more', async () => {
    const {sandbox, logs} = await sandboxForTest()
    await logs.createLogGroup({logGroupName: 'g'})
    const {source} = await openLogging(sessionOn(sandbox).session)
    expect(await source.page({...query, nextToken: 'of yesterday'})).toBeUndefined()
  })
})

test('settings that another tool made under an unescaped key are switched and not doubled', async () => {
  const {sandbox, apigateway, restApiId} = await petstore()
  await apigateway.createDeployment({restApiId, stageName: 'prod'})
  const patchOperations = [{op: 'replace' as const, path: '/pets/GET/logging/dataTrace', value: 'true'}]
  await apigateway.updateStage({restApiId, stageName: 'prod', patchOperations})
  const logging = await openLogging(sessionOn(sandbox).session)
  const stage = await resolveLoggedStage(logging, {api: 'petstore', stage: 'prod'}, () =>
    Promise.reject(new Error('asked')),
  )
  await logging.switch.change(stage, {settings: [{method: 'GET /pets', setting: {level: 'OFF', dataTrace: false}}]})
  const {methodSettings} = await apigateway.getStage({restApiId, stageName: 'prod'})
  expect(Object.keys(methodSettings ?? {})).toEqual(['pets/GET'])
  expect(methodSettings?.['pets/GET']?.dataTraceEnabled).toBe(false)
})
