import {duration} from './duration.js'
import type {Plan} from './plan.js'
import {Problem} from './problem.js'
import type {Session} from './session.js'
import {type Step, takeSteps} from './steps.js'

/** The settings of API Gateway that all APIs of an account and Region share. */
export interface AccountStore {
  region: string
  partition: string
  /** ARN of the role that API Gateway writes logs with; undefined where there is none. */
  cloudwatchRole(): Promise<string | undefined>
  /**
   * @returns why API Gateway does not take the role: IAM tells the other services of a new role only after a while, so
   *   the same call may succeed later. Undefined when the role was taken.
   */
  setCloudwatchRole(arn: string): Promise<string | undefined>
}

export interface Role {
  name: string
  arn: string
  /** Whether API Gateway may assume it. */
  trustsApiGateway: boolean
  /** ARNs of the policies attached to it. */
  attachedPolicies: string[]
  /** Names of the policies written into it. */
  inlinePolicies: string[]
}

/** Roles of IAM. Each of them throws Problem `denied` where the caller may not ask. */
export interface RoleStore {
  find(name: string): Promise<Role | undefined>
  /** Makes a role that API Gateway may assume. @returns its ARN */
  create(name: string): Promise<string>
  attachPolicy(name: string, policyArn: string): Promise<void>
}

/**
 * How the role of the account is: `live`; `none` is set; the one that is set was deleted (`gone`), does not let API
 * Gateway assume it (`untrusted`) or has no policy at all (`powerless`); `unknown` where IAM may not or cannot be asked.
 */
export type RoleHealth = 'none' | 'live' | 'gone' | 'untrusted' | 'powerless' | 'unknown'

export interface AccountRole {
  arn?: string | undefined
  health: RoleHealth
}

/**
 * The role that API Gateway logs with, and whether it can.
 * A role without the managed policy counts as live when it has another one: only the service knows whether that is
 * enough, and it was asked when the role was set.
 */
export async function accountRole(account: AccountStore, roles: RoleStore): Promise<AccountRole> {
  const arn = await account.cloudwatchRole()
  return arn ? {arn, health: await healthOf(arn, roles)} : {health: 'none'}
}

async function healthOf(arn: string, roles: RoleStore): Promise<RoleHealth> {
  try {
    const role = await roles.find(roleNameOf(arn))
    if (role?.arn !== arn) return 'gone'
    if (!role.trustsApiGateway) return 'untrusted'
    return role.attachedPolicies.length + role.inlinePolicies.length === 0 ? 'powerless' : 'live'
  } catch (error) {
    // A private network may lead to API Gateway and not to IAM.
    if (error instanceof Problem && (error.kind === 'denied' || error.kind === 'unreachable')) return 'unknown'
    throw error
  }
}

/** What is the matter with a role, as a sentence; undefined for one that works. */
export function troubleWith({arn, health}: AccountRole, region: string): string | undefined {
  switch (health) {
    case 'none':
      return `The account has no CloudWatch role in ${region}: API Gateway writes no logs without one.`
    case 'gone':
      return `The account's CloudWatch role in ${region}, ${arn}, does not exist any more: nothing is logged.`
    case 'untrusted':
      return `The account's CloudWatch role in ${region}, ${arn}, does not trust apigateway.amazonaws.com: nothing is logged.`
    case 'powerless':
      return `The account's CloudWatch role in ${region}, ${arn}, has no policy: nothing is logged.`
    case 'unknown':
      return `The account's CloudWatch role is ${arn}; whether it works cannot be seen from here: that takes iam:GetRole, iam:ListAttachedRolePolicies and iam:ListRolePolicies.`
    default:
      return undefined
  }
}

/** The command that mends the account's role. */
export const REPAIR = 'apigw logs enable --repair'

/** What is the matter with a role and, where that can be known, the command that mends it. */
export function adviceOn(role: AccountRole, region: string): string | undefined {
  const trouble = troubleWith(role, region)
  return trouble && role.health !== 'unknown' ? `${trouble}\nMend it: ${REPAIR}` : trouble
}

/** The policy that API Gateway wants on the role; narrower ones were refused (recorded 2026). */
export function loggingPolicy(partition: string): string {
  return `arn:${partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs`
}

const roleNameOf = (arn: string) => arn.slice(arn.lastIndexOf('/') + 1)

/** What somebody wants of the account's role. */
export interface RoleWish {
  /** Use this role. */
  arn?: string | undefined
  /** Name of the role to make where one is needed. */
  name: string
  /** Make a role, where one is needed or with `force`. */
  create: boolean
  /** Replace a role that works. */
  force: boolean
}

export interface RolePlan {
  steps: Step[]
  /** To be agreed to first: the wish did not speak of making a role. */
  question?: string
}

type Patience = Pick<Session, 'clock' | 'signal' | 'maxWait' | 'notice'>

/**
 * Finds out what it takes for the account to have a role that works. A role that works, or that IAM does not let us
 * see, stays as it is unless the wish says `force`: every API of the Region logs with it.
 * @throws Problem conflict when another role would have to be replaced or repaired; missing or failed when the role
 *   that was asked for cannot work
 */
export async function planRole(
  account: AccountStore,
  roles: RoleStore,
  wish: RoleWish,
  patience: Patience,
): Promise<RolePlan> {
  const current = await accountRole(account, roles)
  const works = current.health === 'live' || current.health === 'unknown'
  if (works && (wish.arn === undefined || wish.arn === current.arn) && !(wish.create && wish.force)) {
    if (current.health === 'unknown') patience.notice(`${troubleWith(current, account.region)} It stays as it is.`)
    return {steps: []}
  }
  if (works && !wish.force) {
    throw new Problem(
      'conflict',
      `The account logs with ${current.arn} in ${account.region}, for all of its APIs.`,
      `Leave out --role-arn to keep that role, or add --force to replace it by ${wish.arn}.`,
    )
  }
  if (wish.arn !== undefined) {
    await checkGivenRole(wish.arn, roles)
    return {steps: [setStep(account, wish.arn, patience)]}
  }
  const steps =
    current.health === 'powerless' && !wish.force
      ? repairSteps(account, roles, current.arn as string, patience)
      : await makeSteps(account, roles, wish.name, patience)
  if (wish.create) return {steps}
  const plan = steps.map(({change: {action, kind, name}}) => `${action} ${kind} ${name}`).join(', ')
  return {steps, question: `${troubleWith(current, account.region)} To mend that: ${plan}. Go on?`}
}

/**
 * Mends the account's role, and nothing else: a policy that it lost is attached again; a role that is gone or does not
 * trust API Gateway is replaced. A role that works stays as it is.
 * @throws Problem as `planRole` does
 */
export async function planRepair(
  account: AccountStore,
  roles: RoleStore,
  wish: Pick<RoleWish, 'name'>,
  patience: Patience,
): Promise<Plan<AccountRole>> {
  const {steps} = await planRole(account, roles, {name: wish.name, create: true, force: false}, patience)
  return {
    changes: steps.map(({change}) => change),
    nothing: 'Nothing to do: nothing is the matter with the role as far as can be seen.',
    async apply() {
      await takeSteps(steps, patience.notice)
      return accountRole(account, roles)
    },
  }
}

/** @throws Problem for a role that API Gateway is certain to refuse */
async function checkGivenRole(arn: string, roles: RoleStore): Promise<void> {
  switch (await healthOf(arn, roles)) {
    case 'gone':
      throw new Problem('missing', `There is no role ${arn}.`, 'Let apigw make one: --create-role')
    case 'untrusted':
      throw new Problem(
        'failed',
        `API Gateway may not assume ${arn}.`,
        `Allow sts:AssumeRole to the service apigateway.amazonaws.com in its trust policy, or pass --create-role.`,
      )
    case 'powerless':
      throw new Problem(
        'failed',
        `${arn} has no policy.`,
        `Attach one: aws iam attach-role-policy --role-name ${roleNameOf(arn)} --policy-arn ${loggingPolicy(arn.split(':')[1] ?? 'aws')}`,
      )
  }
}

function repairSteps(account: AccountStore, roles: RoleStore, arn: string, patience: Patience): Step[] {
  return [attachStep(account, roles, roleNameOf(arn)), setStep(account, arn, patience)]
}

/** @throws Problem conflict when a role of that name serves something else */
async function makeSteps(account: AccountStore, roles: RoleStore, name: string, patience: Patience): Promise<Step[]> {
  const existing = await roles.find(name)
  if (existing && !existing.trustsApiGateway) {
    throw new Problem(
      'conflict',
      `There is a role "${name}" already, which does not trust API Gateway.`,
      'It may serve something else: choose another name with --role-name.',
    )
  }
  let arn = existing?.arn
  const steps: Step[] = []
  if (!existing) {
    steps.push({
      change: {action: 'create', kind: 'IAM role', name, detail: 'trusted by apigateway.amazonaws.com'},
      done: `created IAM role ${name}`,
      run: async () => {
        arn = await roles.create(name)
      },
    })
  }
  if (!existing?.attachedPolicies.includes(loggingPolicy(account.partition))) {
    steps.push(attachStep(account, roles, name))
  }
  steps.push(setStep(account, () => arn as string, patience, name))
  return steps
}

function attachStep(account: AccountStore, roles: RoleStore, name: string): Step {
  const policy = loggingPolicy(account.partition)
  return {
    change: {action: 'attach', kind: 'policy', name: roleNameOf(policy), detail: `to IAM role ${name}`},
    done: `attached ${roleNameOf(policy)} to IAM role ${name}`,
    run: () => roles.attachPolicy(name, policy),
  }
}

function setStep(account: AccountStore, arn: string | (() => string), patience: Patience, name?: string): Step {
  const role = name ?? (arn as string)
  return {
    change: {action: 'update', kind: 'account', name: account.region, detail: `CloudWatch role ${role}`},
    done: `set the account's CloudWatch role in ${account.region} to ${role}`,
    run: () => untilAccepted(account, typeof arn === 'string' ? arn : arn(), patience),
  }
}

/** UpdateAccount takes one call per 20 s; a role was recorded to be accepted 33 s after its policy was attached. */
const RETRY_MS = 20_000

/** @throws Problem gave-up when the role is refused for as long as the session waits */
async function untilAccepted(account: AccountStore, arn: string, {clock, signal, maxWait, notice}: Patience) {
  const started = clock.now()
  for (let attempt = 1; ; attempt++) {
    const refusal = await account.setCloudwatchRole(arn)
    if (refusal === undefined) return
    if (clock.now() - started + RETRY_MS > maxWait) {
      throw new Problem(
        'gave-up',
        `API Gateway still refused the role after ${duration(clock.now() - started)}: ${refusal}`,
        `Run it again later: it goes on where it stopped. A longer patience: --max-wait SECONDS`,
      )
    }
    if (attempt === 1) {
      notice(`waiting for IAM: API Gateway does not accept the new role yet; that takes up to two minutes`)
    }
    await clock.sleep(RETRY_MS, signal)
  }
}
