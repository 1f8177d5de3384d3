import {copyFileSync, mkdtempSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import {UsageGate} from '../../../src/sandbox/gateway/usage.js'
import type {SandboxOptions} from '../../../src/sandbox/server.js'
import {Store} from '../../../src/sandbox/store.js'
import {type DeployedApi, deployedApi, mock} from '../../support/deployed-api.js'
import {sandboxForTest} from '../../support/sandbox.js'

const KEY = 'kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkbMZHBg'
const MASKED = `${'*'.repeat(34)}bMZHBg`
const FORBIDDEN = {status: 403, type: 'ForbiddenException', body: '{"message":"Forbidden"}'}
const THROTTLED = {status: 429, type: 'TooManyRequestsException', body: '{"message":"Too Many Requests"}'}
const EXHAUSTED = {status: 429, type: 'LimitExceededException', body: '{"message":"Limit Exceeded"}'}

/** A clock that stands still until it is moved. */
class Clock {
  now = Date.UTC(2026, 10, 18, 12)
  readonly millis = () => this.now
}

const keyed = (options?: SandboxOptions) => deployedApi({'GET /orders': mock('ok', {apiKeyRequired: true})}, options)

async function issueKey(api: DeployedApi, {enabled = true, value = KEY} = {}): Promise<string> {
  const {id} = await api.apigateway.createApiKey({name: 'mobile', enabled, value})
  return id!
}

type Plan = Parameters<DeployedApi['apigateway']['createUsagePlan']>[0]

async function issuePlan(api: DeployedApi, keyId: string | undefined, plan: Partial<Plan> = {}): Promise<string> {
  const apiStages = [{apiId: api.restApiId, stage: 'prod'}]
  const {id} = await api.apigateway.createUsagePlan({name: 'gold', apiStages, ...plan})
  if (keyId) await api.apigateway.createUsagePlanKey({usagePlanId: id, keyId, keyType: 'API_KEY'})
  return id!
}

const withKey = {headers: {'x-api-key': KEY}}

test('a key on a plan of the stage opens a method that requires one', async () => {
  const api = await keyed()
  await issuePlan(api, await issueKey(api))
  expect(await api.call('GET /orders', withKey)).toMatchObject({status: 200, body: 'ok'})
})

test('a missing key is Forbidden, and the log says why', async () => {
  const api = await keyed()
  await api.logAt('INFO')
  const answer = await api.call('GET /orders')
  expect(answer).toMatchObject(FORBIDDEN)
  expect(await api.lines(answer.headers.get('x-amzn-requestid'))).toEqual([
    expect.stringMatching(/^Extended Request Id: [\w-]{15}=$/),
    'Verifying Usage Plan for request: {id}. API Key:  API Stage: {api}/prod',
    "API Key  not authorized because method 'GET /orders' requires API Key and API Key is not associated with a Usage Plan for API Stage {api}/prod: API Key was required but not present",
    'Method completed with status: 403',
  ])
})

test.each([
  ['no plan has the stage', async (api: DeployedApi) => void (await issueKey(api)), 'API Stage is not in a Usage Plan'],
  [
    'the key is on no plan',
    async (api: DeployedApi) => {
      await issueKey(api)
      await issuePlan(api, undefined)
    },
    'No Usage Plan found for key and API Stage',
  ],
  [
    'the key is unknown',
    async (api: DeployedApi) => void (await issuePlan(api, undefined)),
    'No Usage Plan found for key and API Stage',
  ],
  [
    'the key is disabled',
    async (api: DeployedApi) => void (await issuePlan(api, await issueKey(api, {enabled: false}))),
    'No Usage Plan found for key and API Stage',
  ],
])('Forbidden where %s', async (_title, prepare, reason) => {
  const api = await keyed()
  await prepare(api)
  await api.logAt('ERROR')
  const answer = await api.call('GET /orders', withKey)
  expect(answer).toMatchObject(FORBIDDEN)
  expect(await api.lines(answer.headers.get('x-amzn-requestid'))).toEqual([
    `API Key ${MASKED} not authorized because method 'GET /orders' requires API Key and API Key is not associated with a Usage Plan for API Stage {api}/prod: ${reason}`,
    'Method completed with status: 403',
  ])
})

test('the throttle of a plan lets its burst through, then one more per interval', async () => {
  const clock = new Clock()
  const api = await keyed(clock)
  const plan = await issuePlan(api, await issueKey(api), {throttle: {rateLimit: 5, burstLimit: 2}})
  await api.logAt('INFO')
  expect((await api.call('GET /orders', withKey)).status).toBe(200)
  expect((await api.call('GET /orders', withKey)).status).toBe(200)
  const refused = await api.call('GET /orders', withKey)
  expect(refused).toMatchObject(THROTTLED)
  expect(await api.lines(refused.headers.get('x-amzn-requestid'))).toEqual([
    expect.stringContaining('Extended Request Id'),
    `Verifying Usage Plan for request: {id}. API Key: ${MASKED} API Stage: {api}/prod`,
    `API Key ${MASKED} exceeded throttle limit for API Stage {api}/prod: Key throttle limit exceeded for Usage Plan ID ${plan}, RestApi {api}, Stage prod, Resource ${api.resources['/orders']}, HttpMethod GET. Limit: 5.00 Burst: 2`,
    'Method completed with status: 429',
  ])
  clock.now += 199
  expect((await api.call('GET /orders', withKey)).status).toBe(429)
  clock.now += 1
  expect((await api.call('GET /orders', withKey)).status).toBe(200)
})

test('a method throttle of the plan stands in for the throttle of the plan', async () => {
  const api = await deployedApi(
    {'GET /orders': mock('ok', {apiKeyRequired: true}), 'POST /orders': mock('ok', {apiKeyRequired: true})},
    new Clock(),
  )
  await issuePlan(api, await issueKey(api), {
    throttle: {rateLimit: 1, burstLimit: 1},
    apiStages: [{apiId: api.restApiId, stage: 'prod', throttle: {'/orders/GET': {rateLimit: 1, burstLimit: 2}}}],
  })
  const statuses = []
  for (const route of ['GET /orders', 'GET /orders', 'GET /orders', 'POST /orders', 'POST /orders']) {
    statuses.push((await api.call(route, withKey)).status)
  }
  expect(statuses).toEqual([200, 200, 429, 200, 429])
})

test('a method throttle of ANY holds for every verb of the path', async () => {
  const api = await deployedApi({'ANY /orders': mock('ok', {apiKeyRequired: true})}, new Clock())
  await issuePlan(api, await issueKey(api), {
    apiStages: [{apiId: api.restApiId, stage: 'prod', throttle: {'/orders/ANY': {rateLimit: 1, burstLimit: 1}}}],
  })
  const statuses = []
  for (let i = 0; i < 2; i++) statuses.push((await api.call('PUT /orders', withKey)).status)
  expect(statuses).toEqual([200, 429])
})

test.each([
  ['a rate alone lets one second of it through at once', {rateLimit: 2}, [200, 200, 429]],
  ['a burst alone holds until it is refilled', {burstLimit: 1}, [200, 429, 429]],
  ['a rate of 0 lets nothing through but its burst', {rateLimit: 0, burstLimit: 1}, [200, 429, 429]],
])('%s', async (_title, throttle, expected) => {
  const api = await keyed(new Clock())
  await issuePlan(api, await issueKey(api), {throttle})
  const call = async () => (await api.call('GET /orders', withKey)).status
  expect([await call(), await call(), await call()]).toEqual(expected)
})

test('the account lets 5,000 requests of a Region through at once, then 10,000 a second', async () => {
  const clock = new Clock()
  const gate = new UsageGate(await Store.open(), clock.millis)
  const admitted = (region: string) =>
    Array.from({length: 6000}, () => gate.admitsToAccount(region)).filter(Boolean).length
  expect(admitted('us-east-1')).toBe(5000)
  expect(admitted('eu-west-1')).toBe(5000)
  clock.now += 100
  expect(admitted('us-east-1')).toBe(1000)
})

test('the throttle of the stage holds for callers without a key, method by method', async () => {
  const api = await deployedApi({'GET /a': mock('a'), 'GET /b': mock('b')}, new Clock())
  await api.patchStage({'/*/*/throttling/rateLimit': '1', '/*/*/throttling/burstLimit': '1'})
  await api.logAt('ERROR')
  expect((await api.call('GET /a')).status).toBe(200)
  const refused = await api.call('GET /a')
  expect(refused).toMatchObject(THROTTLED)
  expect((await api.call('GET /b')).status).toBe(200)
  expect(await api.lines(refused.headers.get('x-amzn-requestid'))).toEqual([
    `Key throttle limit exceeded for RestApi {api}, Stage prod, Resource ${api.resources['/a']}, HttpMethod GET. Limit: 1.00 Burst: 1`,
    'Method completed with status: 429',
  ])
})

test('a quota runs out, counts only what it let through, and comes back with the next UTC day', async () => {
  const clock = new Clock()
  const api = await keyed(clock)
  const plan = await issuePlan(api, await issueKey(api), {quota: {limit: 2, period: 'DAY'}})
  await api.logAt('ERROR')
  expect((await api.call('GET /orders', withKey)).status).toBe(200)
  expect((await api.call('GET /orders', withKey)).status).toBe(200)
  const refused = await api.call('GET /orders', withKey)
  expect(refused).toMatchObject(EXHAUSTED)
  expect(await api.lines(refused.headers.get('x-amzn-requestid'))).toEqual([
    `API Key ${MASKED} exceeded quota limit for API Stage {api}/prod: Key quota exhausted for Usage Plan ID ${plan}. Q Limit: 2 Period: DAY`,
    'Method completed with status: 429',
  ])
  clock.now = Date.UTC(2026, 10, 18, 23, 59, 59)
  expect((await api.call('GET /orders', withKey)).status).toBe(429)
  clock.now = Date.UTC(2026, 10, 19)
  expect((await api.call('GET /orders', withKey)).status).toBe(200)
})

test.each([
  ['WEEK', Date.UTC(2026, 10, 21, 23), Date.UTC(2026, 10, 22)],
  ['MONTH', Date.UTC(2026, 10, 30, 23), Date.UTC(2026, 11, 1)],
] as const)('the offset of a %s quota is taken off in the first period only', async (period, lastOfPeriod, next) => {
  const clock = new Clock()
  const api = await keyed(clock)
  await issuePlan(api, await issueKey(api), {quota: {limit: 2, offset: 1, period}})
  expect((await api.call('GET /orders', withKey)).status).toBe(200)
  clock.now = lastOfPeriod
  expect((await api.call('GET /orders', withKey)).status).toBe(429)
  clock.now = next
  expect((await api.call('GET /orders', withKey)).status).toBe(200)
  expect((await api.call('GET /orders', withKey)).status).toBe(200)
  expect((await api.call('GET /orders', withKey)).status).toBe(429)
})

test('what is counted shows in GetUsage, and UpdateUsage gives more for the rest of the period', async () => {
  const clock = new Clock()
  const api = await keyed(clock)
  const keyId = await issueKey(api)
  const usagePlanId = await issuePlan(api, keyId, {quota: {limit: 2, period: 'WEEK'}})
  const call = async () => (await api.call('GET /orders', withKey)).status
  const day = {usagePlanId, startDate: '2026-11-18', endDate: '2026-11-18'}
  expect([await call(), await call(), await call()]).toEqual([200, 200, 429])
  expect((await api.apigateway.getUsage(day)).items).toEqual({[keyId]: [[2, 0]]})
  await api.apigateway.updateUsage({
    usagePlanId,
    keyId,
    patchOperations: [{op: 'replace', path: '/remaining', value: '1'}],
  })
  expect((await api.apigateway.getUsage(day)).items).toEqual({[keyId]: [[2, 1]]})
  expect([await call(), await call()]).toEqual([200, 429])
  clock.now = Date.UTC(2026, 10, 23)
  expect([await call(), await call(), await call()]).toEqual([200, 200, 429])
})

test('the offset belongs to the first period of the plan: a key that comes later has all of the quota', async () => {
  const clock = new Clock()
  const api = await keyed(clock)
  const usagePlanId = await issuePlan(api, undefined, {quota: {limit: 5, offset: 4, period: 'MONTH'}})
  clock.now = Date.UTC(2026, 11, 1)
  const keyId = await issueKey(api)
  await api.apigateway.createUsagePlanKey({usagePlanId, keyId, keyType: 'API_KEY'})
  const days = {usagePlanId, startDate: '2026-11-30', endDate: '2026-12-01'}
  expect((await api.apigateway.getUsage(days)).items).toEqual({
    [keyId]: [
      [0, 1],
      [0, 5],
    ],
  })
})

// Developer guide, "Maintain a usage plan for REST APIs": usage from August 1 to 3, 2016, of a key that has not been used
// and whose remaining quota was reduced from 5000 to 10 on the third day.
test('what UpdateUsage sets shows from its day on, as in the example of the developer guide', async () => {
  const clock = new Clock()
  clock.now = Date.UTC(2016, 7, 1)
  const api = await keyed(clock)
  const keyId = await issueKey(api)
  const usagePlanId = await issuePlan(api, keyId, {quota: {limit: 5000, period: 'MONTH'}})
  clock.now = Date.UTC(2016, 7, 3)
  await api.apigateway.updateUsage({
    usagePlanId,
    keyId,
    patchOperations: [{op: 'replace', path: '/remaining', value: '10'}],
  })
  const days = {usagePlanId, startDate: '2016-08-01', endDate: '2016-08-03'}
  expect((await api.apigateway.getUsage(days)).items).toEqual({
    [keyId]: [
      [0, 5000],
      [0, 5000],
      [0, 10],
    ],
  })
})

test('what is set twice in a period holds from the day of each, until the quota has another period', async () => {
  const clock = new Clock()
  const api = await keyed(clock)
  const keyId = await issueKey(api)
  const usagePlanId = await issuePlan(api, keyId, {quota: {limit: 10, period: 'WEEK'}})
  const set = (value: string) =>
    api.apigateway.updateUsage({usagePlanId, keyId, patchOperations: [{op: 'replace', path: '/remaining', value}]})
  const read = async () =>
    (await api.apigateway.getUsage({usagePlanId, startDate: '2026-11-18', endDate: '2026-11-20'})).items?.[keyId]
  await api.call('GET /orders', withKey)
  await set('4')
  clock.now = Date.UTC(2026, 10, 20)
  await api.call('GET /orders', withKey)
  await set('7')
  const used = [1, 0, 1]
  expect(await read()).toEqual([4, 4, 7].map((remaining, i) => [used[i], remaining]))
  await api.apigateway.updateUsagePlan({
    usagePlanId,
    patchOperations: [{op: 'replace', path: '/quota/period', value: 'DAY'}],
  })
  expect(await read()).toEqual([9, 10, 9].map((remaining, i) => [used[i], remaining]))
})

test('a disabled key is counted where none is required, and listed with its usage', async () => {
  const api = await deployedApi({'GET /orders': mock('ok')}, new Clock())
  const keyId = await issueKey(api, {enabled: false})
  const usagePlanId = await issuePlan(api, keyId, {quota: {limit: 2, period: 'DAY'}})
  const day = {usagePlanId, startDate: '2026-11-18', endDate: '2026-11-18'}
  expect((await api.call('GET /orders', withKey)).status).toBe(200)
  expect((await api.apigateway.getUsage(day)).items).toEqual({[keyId]: [[1, 1]]})
})

test('a key that changes its plan is counted on the new one, and has there all of the quota', async () => {
  const api = await keyed(new Clock())
  const keyId = await issueKey(api)
  const quota = {limit: 2, period: 'MONTH'} as const
  const first = await issuePlan(api, keyId, {quota})
  const day = {startDate: '2026-11-18', endDate: '2026-11-18'}
  expect((await api.call('GET /orders', withKey)).status).toBe(200)
  await api.apigateway.deleteUsagePlanKey({usagePlanId: first, keyId})
  const second = await issuePlan(api, keyId, {quota})
  expect((await api.call('GET /orders', withKey)).status).toBe(200)
  expect((await api.apigateway.getUsage({usagePlanId: first, ...day})).items ?? {}).toEqual({})
  expect((await api.apigateway.getUsage({usagePlanId: second, ...day})).items).toEqual({[keyId]: [[1, 1]]})
})

test('usage is on disk soon after the request, where a kill leaves it', async () => {
  const stateFile = join(mkdtempSync(join(tmpdir(), 'apigw-state-')), 'state.json')
  const clock = new Clock()
  const api = await keyed({millis: clock.millis, stateFile})
  await issuePlan(api, await issueKey(api), {quota: {limit: 1, period: 'DAY'}})
  expect((await api.call('GET /orders', withKey)).status).toBe(200)
  let copies = 0
  const asKilledNow = async () => {
    const copy = `${stateFile}.${copies++}`
    copyFileSync(stateFile, copy)
    const {sandbox} = await sandboxForTest({millis: clock.millis, stateFile: copy})
    return (await fetch(`${sandbox.url}/execute-api/${api.restApiId}/prod/orders`, withKey)).status
  }
  await expect.poll(asKilledNow, {timeout: 15_000, interval: 300}).toBe(429)
})

test('a key that is sent where none is required is limited all the same', async () => {
  const api = await deployedApi({'GET /orders': mock('ok')}, new Clock())
  await issuePlan(api, await issueKey(api), {throttle: {rateLimit: 1, burstLimit: 1}})
  expect((await api.call('GET /orders', withKey)).status).toBe(200)
  expect(await api.call('GET /orders', withKey)).toMatchObject(THROTTLED)
  expect((await api.call('GET /orders')).status).toBe(200)
})
