import {expect, test} from 'vitest'
import type {AccountStore, Role, RoleStore} from '../../../src/domain/account.js'
import {explainSilence} from '../../../src/domain/logs/silence.js'
import type {LoggedStage, LogSetting} from '../../../src/domain/logs/stages.js'
import {Problem} from '../../../src/domain/problem.js'

const ARN = 'arn:aws:iam::123456789012:role/r'
const INFO: LogSetting = {level: 'INFO', dataTrace: false}
const OFF: LogSetting = {level: 'OFF', dataTrace: false}

const stage = (setting: LogSetting, overrides: LoggedStage['overrides'] = []) =>
  ({kind: 'REST', apiId: 'a1', api: 'petstore', stage: 'prod', setting, overrides}) as unknown as LoggedStage

function explain(stage: LoggedStage, role: () => Promise<string | undefined>, found?: Partial<Role>) {
  const account = {region: 'us-east-1', cloudwatchRole: role} as AccountStore
  const roles = {find: async () => found} as unknown as RoleStore
  return explainSilence(stage, account, roles)
}

const live = {arn: ARN, trustsApiGateway: true, attachedPolicies: ['p'], inlinePolicies: []}

test('logging is off, unless one method logs', async () => {
  const off = await explain(stage(OFF), async () => ARN, live)
  expect(off).toEqual({
    reason: 'execution logging is off on stage prod of petstore.',
    hint: 'Switch it on: apigw logs enable --api a1 --stage prod',
  })
  const one = await explain(stage(OFF, [{method: 'GET /pets', ...INFO}]), async () => ARN, live)
  expect(one.reason).toContain('no request was logged yet')
})

test('the account has no role, or one that is gone', async () => {
  const none = await explain(stage(INFO), async () => undefined)
  expect(none.reason).toContain('no CloudWatch role in us-east-1')
  expect(none.hint).toContain('apigw logs enable --repair')
  expect((await explain(stage(INFO), async () => ARN)).reason).toContain('does not exist any more')
})

test('nothing is wrong: what is never logged, and how long a line takes', async () => {
  const {reason, hint} = await explain(stage(INFO), async () => ARN, live)
  expect(reason).toMatch(/20 s.*413/)
  expect(hint).toBeUndefined()
})

test.each(['denied', 'unreachable', 'failed', 'gave-up'] as const)(
  'an account that cannot be seen (%s) does not end the tail',
  async kind => {
    const {reason} = await explain(stage(INFO), () => Promise.reject(new Problem(kind, 'no')))
    expect(reason).toContain('no request was logged yet')
  },
)

test('where only some requests are wanted, others may well have been logged', async () => {
  const account = {region: 'us-east-1', cloudwatchRole: async () => ARN} as unknown as AccountStore
  const roles = {find: async () => live} as unknown as RoleStore
  const {reason} = await explainSilence(stage(INFO), account, roles, true)
  expect(reason).toMatch(/^no request like that was logged yet/)
})

test('an interruption does', async () => {
  await expect(explain(stage(INFO), () => Promise.reject(new Problem('interrupted', 'no')))).rejects.toThrow('no')
})
