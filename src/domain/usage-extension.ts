import {collect} from './apis.js'
import {type Choose, findNamed} from './choice.js'
import {type ApiKey, findKey, nameOf} from './keys.js'
import {type Quota, quotaText} from './limits.js'
import type {Plan} from './plan.js'
import {findUsagePlan, type PlanStore, type UsagePlan} from './plans.js'
import {Problem} from './problem.js'
import {quotaPeriod} from './quota-periods.js'
import {quoted} from './quoting.js'
import type {Clock} from './session.js'
import {type UsageStore, utcDay} from './usage.js'
import {notOnPlan, type PlanKeyRef, type UsageStores} from './usage-report.js'

/** How many more requests a key is to have: so many in all, or so many more than it has. */
export type Extension = {remaining: number} | {add: number}

/** @throws Problem usage */
export function extensionFrom(flags: {remaining?: string | undefined; add?: string | undefined}): Extension {
  if (flags.add !== undefined) return {add: countFrom('--add', flags.add)}
  if (flags.remaining !== undefined) return {remaining: countFrom('--remaining', flags.remaining)}
  throw new Problem('usage', 'How many requests?', 'Say --remaining 5000 for so many from now on, or --add 5000.')
}

function countFrom(flag: string, text: string): number {
  const count = /^\d+$/.test(text) ? Number(text) : Number.POSITIVE_INFINITY
  if (count <= MOST) return count
  throw new Problem('usage', `${flag} "${text}" is not a number of requests.`, `For instance: ${flag} 5000`)
}

export interface ExtensionRequest {
  key: string
  /** By name or id. Where the key is on several plans with a quota, somebody is asked. */
  plan?: string | undefined
  extension: Extension
}

/** What a key has left after its quota was extended. */
export interface ExtendedQuota extends Omit<PlanKeyRef, 'state'> {
  enabled: boolean
  quota: Quota
  /** What it had left before. */
  before: number
  remaining: number
  /** When the period ends, and with it what was given. */
  until: Date
}

/** The model's type of what remains is a 64-bit integer; beyond this one a number would not be exact. */
const MOST = Number.MAX_SAFE_INTEGER

/**
 * Gives a key more requests, or fewer, until the present period of its quota ends.
 * @throws Problem before anything is changed: no such key, not on the plan, no quota that could be extended
 */
export async function extendQuota(
  {plans, keys, usage}: UsageStores & {usage: UsageStore},
  {key: ref, plan: planRef, extension}: ExtensionRequest,
  {clock, choose}: {clock: Pick<Clock, 'now'>; choose: Choose},
): Promise<Plan<ExtendedQuota>> {
  const key = await findKey(keys, ref)
  const plan = await planOf(plans, key, planRef, choose)
  const now = clock.now()
  const today = utcDay(now)
  const [found] = await collect(usage.read(plan.id, {from: today, to: today}, key.id))
  const before = found?.days.at(-1)?.remaining
  if (before === undefined) throw notOnPlan(key, plan)
  const remaining = 'add' in extension ? before + extension.add : extension.remaining
  if (remaining > MOST) throw new Problem('usage', 'That is more than can be counted.')
  const until = quotaPeriod(plan.quota.period, now).resets
  const {id: keyId, name, customerId, enabled} = key
  const extended = {
    planId: plan.id,
    plan: plan.name,
    keyId,
    key: name,
    customerId,
    enabled,
    quota: plan.quota,
    before,
    remaining,
    until,
  }
  const detail = `${remaining} requests left instead of ${before} of ${quotaText(plan.quota)} on usage plan ${plan.name}, until ${momentText(until)}`
  return {
    nothing: `It has ${before} requests left already.`,
    changes: remaining === before ? [] : [{action: 'update', kind: 'API key', name: nameOf(key), detail}],
    apply: async () => {
      if (remaining !== before) await usage.setRemaining(plan.id, keyId, remaining)
      return extended
    },
  }
}

/** What people should know of an extension. */
export function extensionRemarks({until, enabled, keyId}: ExtendedQuota): string[] {
  return [
    `That holds until ${momentText(until)}, when the next period of the quota begins.`,
    ...(enabled ? [] : [`The key is disabled: apigw keys enable ${keyId}`]),
  ]
}

/** `2026-12-01 00:00 UTC` */
const momentText = (moment: Date) => `${moment.toISOString().slice(0, 16).replace('T', ' ')} UTC`

/** The plan whose quota is meant, among those that the key is on. */
async function planOf(
  plans: Pick<PlanStore, 'list'>,
  key: ApiKey,
  ref: string | undefined,
  choose: Choose,
): Promise<UsagePlan & {quota: Quota}> {
  const ofKey = await collect(plans.list({keyId: key.id}))
  if (ref !== undefined) {
    const plan = await findUsagePlan(plans, ref)
    if (!ofKey.some(({id}) => id === plan.id)) throw notOnPlan(key, plan)
    return withQuota(plan)
  }
  if (ofKey.length === 0) {
    const hint = `To put it on one: apigw plans attach PLAN --key ${key.id}`
    throw new Problem('conflict', `API key "${nameOf(key)}" is on no usage plan: it has no quota.`, hint)
  }
  const [only, ...others] = ofKey.filter(({quota}) => quota)
  if (!only) return withQuota(ofKey[0] as UsagePlan)
  if (others.length === 0) return withQuota(only)
  const choices = [only, ...others].map(plan => ({
    name: `${plan.name} (${plan.quota && quotaText(plan.quota)})`,
    value: plan.id,
  }))
  const message = `Which quota of "${nameOf(key)}"?`
  return withQuota(findNamed(ofKey, await choose({message, flag: '--plan PLAN', choices}), 'usage plan'))
}

/** @throws Problem conflict for a plan without a quota */
function withQuota({quota, ...plan}: UsagePlan): UsagePlan & {quota: Quota} {
  if (quota) return {...plan, quota}
  throw new Problem(
    'conflict',
    `Usage plan "${plan.name}" has no quota: nothing runs out that could be extended.`,
    `To give it one: apigw plans update ${quoted(plan.name)} --quota 10000/month`,
  )
}
