import {durationFrom} from './duration.js'
import type {ApiKey} from './keys.js'
import type {PlanStore} from './plans.js'
import {Problem} from './problem.js'
import {during, type Session} from './session.js'
import {DAY, type DayRange, MOST_DAYS, type UsageStore, utcDay} from './usage.js'

/** What the use of keys is known from. */
export interface ActivityStores {
  plans: Pick<PlanStore, 'list' | 'keys'>
  usage: Pick<UsageStore, 'read'>
}

/** A key whose requests the service does not count, or not all of them. */
export interface UncountedKey extends ApiKey {
  /** Why: `on no plan`, or the plan that has no quota. */
  reason: string
}

/** Keys that made no request in some time, and those of which nobody can tell. */
export interface UnusedKeys {
  range: DayRange
  keys: AsyncIterable<ApiKey>
  /** Keys that may have made requests that nobody counted; complete when all of `keys` was read. */
  unknown: UncountedKey[]
}

/**
 * The last days, today included, as usage is counted: UTC days. What becomes of older counts is not documented; a nought
 * that means "forgotten" must not pass for "never used".
 * @throws Problem usage
 */
export function lastDays(text: string, now: number): DayRange {
  const days = Math.ceil(durationFrom(text) / DAY)
  const example = 'For instance: --unused 90d'
  if (days > MOST_DAYS) {
    throw new Problem('usage', `The service tells the usage of ${MOST_DAYS} days at most, not of ${text}.`, example)
  }
  if (days < 1) throw new Problem('usage', `"${text}" is no time.`, example)
  return {from: utcDay(now - (days - 1) * DAY), to: utcDay(now)}
}

/**
 * Those of some keys that made no counted request in some days. The service counts the requests of keys on plans with a
 * quota only: a key that can do without is never said to be unused, nor is one that is younger than that time.
 */
export async function unusedKeys(
  stores: ActivityStores,
  keys: AsyncIterable<ApiKey>,
  range: DayRange,
  session: Pick<Session, 'progress'>,
): Promise<UnusedKeys> {
  const plans = await readPlans(stores, session, range)
  const unknown: UncountedKey[] = []
  const isYoung = ({createdDate}: ApiKey) =>
    createdDate === undefined || createdDate.getTime() >= Date.parse(range.from)
  async function* unused(): AsyncGenerator<ApiKey> {
    for await (const key of keys) {
      if (plans.used.has(key.id) || isYoung(key)) continue
      const reason = uncountedReason(plans, key)
      if (reason === undefined) yield key
      else unknown.push({...key, reason})
    }
  }
  return {range, keys: unused(), unknown}
}

/** Those of some keys whose requests the service does not count, and why. */
export async function* uncountedKeys(
  stores: ActivityStores,
  keys: AsyncIterable<ApiKey>,
  session: Pick<Session, 'progress'>,
): AsyncGenerator<UncountedKey> {
  const plans = await readPlans(stores, session)
  for await (const key of keys) {
    const reason = uncountedReason(plans, key)
    if (reason !== undefined) yield {...key, reason}
  }
}

/** What the plans tell of their keys, by the ids of those. */
interface KeysOfPlans {
  /** On a plan with a quota. */
  counted: Set<string>
  /** Of which a request was counted. */
  used: Set<string>
  /** The name of a plan without a quota that the key is on. */
  withoutQuota: Map<string, string>
}

/** @param range days to read the usage of; without it nothing is known of that */
async function readPlans(
  {plans, usage}: ActivityStores,
  session: Pick<Session, 'progress'>,
  range?: DayRange,
): Promise<KeysOfPlans> {
  const known: KeysOfPlans = {counted: new Set(), used: new Set(), withoutQuota: new Map()}
  await during(session, 'looking at the keys of the plans', async progress => {
    let count = 0
    for await (const {id, name, quota} of plans.list({})) {
      progress.at(count++, {unit: 'plans'})
      if (!quota) for await (const key of plans.keys(id)) known.withoutQuota.set(key.id, name)
      else if (!range) for await (const key of plans.keys(id)) known.counted.add(key.id)
      else {
        for await (const {keyId, days} of usage.read(id, range)) {
          known.counted.add(keyId)
          if (days.some(({used}) => used > 0)) known.used.add(keyId)
        }
      }
    }
  })
  return known
}

function uncountedReason({counted, withoutQuota}: KeysOfPlans, {id}: ApiKey): string | undefined {
  const plan = withoutQuota.get(id)
  if (plan !== undefined) return `plan ${plan} has no quota`
  return counted.has(id) ? undefined : 'on no plan'
}
