import {describe, expect, test} from 'vitest'
import {
  type AccountStore,
  accountRole,
  loggingPolicy,
  planRole,
  type Role,
  type RoleStore,
  type RoleWish,
} from '../../src/domain/account.js'
import {Problem} from '../../src/domain/problem.js'
import {takeSteps} from '../../src/domain/steps.js'
import {FakeClock} from '../support/session.js'

const POLICY = 'arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs'
const OURS = 'arn:aws:iam::123456789012:role/apigw-cloudwatch-logs'
const THEIRS = 'arn:aws:iam::123456789012:role/service/theirs'

/** In the words of the service (recorded 2026). */
const REFUSAL =
  'The role ARN does not have required permissions configured. Please grant trust permission for API Gateway and add the required role policy.'

const roleOf = (arn: string, role: Partial<Role> = {}): Role => ({
  name: arn.slice(arn.lastIndexOf('/') + 1),
  arn,
  trustsApiGateway: true,
  attachedPolicies: [POLICY],
  inlinePolicies: [],
  ...role,
})

/** An account with its roles, and everything that was done to it. */
class Account implements AccountStore, RoleStore {
  readonly region = 'us-east-1'
  readonly partition = 'aws'
  readonly done: string[] = []
  /** How often a role is refused before it is accepted. */
  refusals = 0
  /** Why IAM cannot be asked. */
  trouble: Problem | undefined

  constructor(
    private arn: string | undefined,
    private readonly known: Role[],
  ) {}

  async cloudwatchRole() {
    return this.arn
  }

  async setCloudwatchRole(arn: string) {
    this.done.push(`set ${arn}`)
    if (this.refusals-- > 0) return REFUSAL
    this.arn = arn
    return undefined
  }

  async find(name: string) {
    if (this.trouble) throw this.trouble
    return this.known.find(role => role.name === name)
  }

  async create(name: string) {
    this.done.push(`create ${name}`)
    return `arn:aws:iam::123456789012:role/${name}`
  }

  async attachPolicy(name: string, policy: string) {
    this.done.push(`attach ${name} ${policy}`)
  }
}

const WISH: RoleWish = {name: 'apigw-cloudwatch-logs', create: false, force: false}

async function plan(account: Account, wish: Partial<RoleWish> = {}, {maxWait = 300_000} = {}) {
  const clock = new FakeClock()
  const notices: string[] = []
  const notice = (text: string) => notices.push(text)
  const {signal} = new AbortController()
  const {steps, question} = await planRole(account, account, {...WISH, ...wish}, {clock, signal, maxWait, notice})
  return {clock, notices, question, changes: steps.map(step => step.change), apply: () => takeSteps(steps, notice)}
}

const CREATED = ['create apigw-cloudwatch-logs', `attach apigw-cloudwatch-logs ${POLICY}`, `set ${OURS}`]

describe('an account without a role', () => {
  test('gets one with the managed policy, once it was asked for; planning changes nothing', async () => {
    const account = new Account(undefined, [])
    const {changes, question, apply} = await plan(account, {create: true})
    expect(changes.map(({action, kind}) => `${action} ${kind}`)).toEqual([
      'create IAM role',
      'attach policy',
      'update account',
    ])
    expect(question).toBeUndefined()
    expect(account.done).toEqual([])
    await apply()
    expect(account.done).toEqual(CREATED)
  })

  test('is offered one otherwise', async () => {
    const {question} = await plan(new Account(undefined, []))
    expect(question).toMatch(/no CloudWatch role in us-east-1.*create IAM role apigw-cloudwatch-logs.*Go on\?$/)
  })

  test('uses the role of that name which an earlier run left behind', async () => {
    const account = new Account(undefined, [roleOf(OURS, {attachedPolicies: []})])
    await (await plan(account, {create: true})).apply()
    expect(account.done).toEqual(CREATED.slice(1))
  })

  test('does not touch a role of that name which serves something else', async () => {
    const account = new Account(undefined, [roleOf(OURS, {trustsApiGateway: false})])
    await expect(plan(account, {create: true})).rejects.toMatchObject({
      kind: 'conflict',
      hint: expect.stringContaining('--role-name'),
    })
    expect(account.done).toEqual([])
  })
})

describe('an account with a role', () => {
  test('that works keeps it, whatever else is wished for without --force', async () => {
    const account = new Account(THEIRS, [roleOf(THEIRS)])
    expect((await plan(account)).changes).toEqual([])
    expect((await plan(account, {create: true})).changes).toEqual([])
    await expect(plan(account, {arn: OURS})).rejects.toMatchObject({
      kind: 'conflict',
      message: expect.stringContaining(THEIRS),
    })
    expect((await plan(account, {arn: THEIRS})).changes).toEqual([])
  })

  test('counts a policy of its own as working: the service accepted it once', async () => {
    const account = new Account(THEIRS, [roleOf(THEIRS, {attachedPolicies: [], inlinePolicies: ['mine']})])
    expect((await plan(account)).changes).toEqual([])
  })

  test('that works is replaced with --force', async () => {
    const account = new Account(THEIRS, [roleOf(THEIRS), roleOf(OURS)])
    await (await plan(account, {arn: OURS, force: true})).apply()
    expect(account.done).toEqual([`set ${OURS}`])
  })

  test.each([
    ['was deleted', []],
    ['does not trust API Gateway', [roleOf(THEIRS, {trustsApiGateway: false})]],
    ['is another one of the same name', [roleOf('arn:aws:iam::123456789012:role/other/theirs')]],
  ])('that %s gets a new one, without --force', async (_, roles) => {
    const account = new Account(THEIRS, roles)
    const {question} = await plan(account)
    expect(question).toContain(THEIRS)
    await (await plan(account, {create: true})).apply()
    expect(account.done).toEqual(CREATED)
  })

  test('that lost its policy gets it back', async () => {
    const account = new Account(THEIRS, [roleOf(THEIRS, {attachedPolicies: []})])
    await (await plan(account, {create: true})).apply()
    expect(account.done).toEqual([`attach theirs ${POLICY}`, `set ${THEIRS}`])
  })

  test.each(['denied', 'unreachable'] as const)('that cannot be looked at (%s) stays, with a remark', async kind => {
    const account = new Account(THEIRS, [])
    account.trouble = new Problem(kind, 'no')
    const {changes, notices} = await plan(account)
    expect(changes).toEqual([])
    expect(notices).toEqual([expect.stringContaining('iam:GetRole')])
    expect(await accountRole(account, account)).toEqual({arn: THEIRS, health: 'unknown'})
  })
})

describe('a role that is given', () => {
  test.each([
    ['missing', 'is not there', []],
    ['failed', 'does not trust API Gateway', [roleOf(THEIRS, {trustsApiGateway: false})]],
    ['failed', 'has no policy', [roleOf(THEIRS, {attachedPolicies: []})]],
  ])('%s: a role that %s is refused before anything is done', async (kind, _, roles) => {
    const account = new Account(undefined, roles)
    await expect(plan(account, {arn: THEIRS})).rejects.toMatchObject({kind})
    expect(account.done).toEqual([])
  })

  test('is set without being looked at where IAM may not be asked', async () => {
    const account = new Account(undefined, [])
    account.trouble = new Problem('denied', 'not authorized to perform: iam:GetRole')
    await (await plan(account, {arn: THEIRS})).apply()
    expect(account.done).toEqual([`set ${THEIRS}`])
  })
})

describe('a role that IAM has not told API Gateway of yet', () => {
  test('is tried again at the pace of UpdateAccount, having said why', async () => {
    const account = new Account(undefined, [roleOf(OURS)])
    account.refusals = 3
    const {apply, clock, notices} = await plan(account, {create: true})
    await apply()
    expect(account.done).toHaveLength(4)
    expect(clock.slept).toEqual([20_000, 20_000, 20_000])
    expect(notices.filter(text => text.startsWith('waiting for IAM'))).toHaveLength(1)
  })

  test('is given up on after --max-wait, saying what was done', async () => {
    const account = new Account(undefined, [])
    account.refusals = 1_000
    const {apply, clock} = await plan(account, {create: true}, {maxWait: 60_000})
    const start = clock.now()
    const problem = await apply().catch(error => error)
    expect(problem).toMatchObject({kind: 'gave-up'})
    expect(problem.message).toContain(REFUSAL)
    expect(problem.message).toContain('created IAM role apigw-cloudwatch-logs')
    expect(problem.message).toContain('Not done: update account us-east-1')
    expect(clock.now() - start).toBeLessThanOrEqual(60_000)
  })
})

test('the managed policy has the ARN of its partition', () => {
  expect(loggingPolicy('aws')).toBe(POLICY)
  expect(loggingPolicy('aws-cn')).toBe(POLICY.replace('arn:aws:', 'arn:aws-cn:'))
})
