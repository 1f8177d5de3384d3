import {collect} from './apis.js'
import {type ApiKey, findKey, type KeyStore} from './keys.js'
import type {Quota} from './limits.js'
import {findUsagePlans, type PlanStore, type UsagePlan} from './plans.js'
import {Problem, unlessRefused} from './problem.js'
import {quotaPeriod} from './quota-periods.js'
import {quoted} from './quoting.js'
import {during, type Session} from './session.js'
import {DAY, type DayRange, type DayUsage, daysAfter, daysOf, type KeyUsage, type UsageStore, utcDay} from './usage.js'

export interface UsageStores {
  plans: Pick<PlanStore, 'list'>
  keys: Pick<KeyStore, 'get' | 'list'>
  usage: Pick<UsageStore, 'read'>
}

export interface UsageQuery {
  /** Plans by name or id; all where none is named. */
  plans: readonly string[]
  /** One key, by name or id. */
  key?: string | undefined
  range: DayRange
}

/** A key on a plan. */
export interface PlanKeyRef {
  planId: string
  plan: string
  keyId: string
  key?: string | undefined
  customerId?: string | undefined
  /** `deleted` where the account has no such key any more; not there where keys may not be listed. */
  state?: 'enabled' | 'disabled' | 'deleted' | undefined
}

/** How it stands with a quota now. */
export interface QuotaState extends Pick<Quota, 'limit' | 'period'> {
  /** Requests counted in the present period. */
  used: number
  remaining: number
  /** Of what the key may send in this period the part that it has used, 0 to 1. */
  share: number
  /** When the next period begins. */
  resets: Date
  /** Requests a day, at present. */
  pace: number
  /** In how many days nothing is left at that pace; null where nothing is used. */
  daysLeft: number | null
  outlook: 'used-up' | 'runs-out' | 'resets-first' | 'unused'
}

/** What a key used on a plan. */
export interface KeyReport extends PlanKeyRef, DayRange {
  used: number
  /** Each day of the range. */
  days: DayUsage[]
  /** Not there where the range ends before today: it is a matter of today. */
  quota?: QuotaState | undefined
}

/** What a key used on a plan on one day: what is billed. */
export interface DayReport extends PlanKeyRef, DayUsage {
  /** Whether the day is not over. */
  partial: boolean
}

/** What all keys of a customer used, on all plans. */
export interface CustomerReport extends DayRange {
  /** Null for the keys that have none. */
  customerId: string | null
  keys: number
  plans: string[]
  used: number
  days: Omit<DayUsage, 'remaining'>[]
}

export interface UsageReport {
  range: DayRange
  keys: AsyncIterable<KeyReport>
  /** Plans without a quota: the service does not count what their keys use. */
  uncounted: UsagePlan[]
}

/** Days before today that the pace is taken from. */
const DAYS_OF_PACE = 7

/** The part of a day that a pace is taken from at least: the first request after midnight is no pace yet. */
const SHORTEST = 1 / 24

/**
 * What keys used of their quotas, in one reading of the plans, one of the keys' names, and the usage page by page.
 * @throws Problem `missing` or `usage` for a plan or a key that is not there, or not on that plan
 */
export async function reportUsage(
  stores: UsageStores,
  {plans: refs, key: ref, range}: UsageQuery,
  session: Pick<Session, 'clock' | 'progress'>,
): Promise<UsageReport> {
  const key = ref === undefined ? undefined : await findKey(stores.keys, ref)
  const plans = await plansOf(stores.plans, refs, key)
  const [counted, uncounted] = [plans.filter(({quota}) => quota), plans.filter(({quota}) => !quota)]
  return {range, uncounted, keys: read(stores, counted as CountedPlan[], key, range, session)}
}

type CountedPlan = UsagePlan & {quota: Quota}

async function plansOf(plans: Pick<PlanStore, 'list'>, refs: readonly string[], key: ApiKey | undefined) {
  const named = await findUsagePlans(plans, refs)
  if (!key) return refs.length > 0 ? named : collect(plans.list({}))
  const ofKey = await collect(plans.list({keyId: key.id}))
  const other = named.find(({id}) => !ofKey.some(plan => plan.id === id))
  if (other) throw notOnPlan(key, other)
  return refs.length > 0 ? named : ofKey
}

export function notOnPlan(key: Pick<ApiKey, 'id' | 'name'>, plan: Pick<UsagePlan, 'name'>): Problem {
  const text = `API key "${key.name ?? key.id}" is not on usage plan "${plan.name}".`
  return new Problem('missing', text, `To put it on the plan: apigw plans attach ${quoted(plan.name)} --key ${key.id}`)
}

async function* read(
  {keys, usage}: UsageStores,
  plans: readonly CountedPlan[],
  key: ApiKey | undefined,
  range: DayRange,
  {clock, progress}: Pick<Session, 'clock' | 'progress'>,
): AsyncGenerator<KeyReport> {
  if (plans.length === 0) return
  const known = key
    ? [key]
    : await during({progress}, 'reading API keys', () => unlessRefused(collect(keys.list({})), undefined))
  const byId = known && new Map(known.map(each => [each.id, each]))
  const reading = progress('reading usage')
  let count = 0
  try {
    for (const plan of plans) {
      const now = clock.now()
      for await (const found of usage.read(plan.id, readingRange(range, plan, now), key?.id)) {
        reading.at(++count, {unit: 'keys'})
        yield reportOf({...refOf(plan, found.keyId, byId)}, found, range, plan, now)
      }
    }
  } finally {
    reading.end()
  }
}

/** The days to read: for a report that goes up to today also those that the quota and the pace are a matter of. */
function readingRange({from, to}: DayRange, {quota}: CountedPlan, now: number): DayRange {
  const today = utcDay(now)
  if (to < today) return {from, to}
  const days = [from, quotaPeriod(quota.period, now).from, daysAfter(today, -DAYS_OF_PACE)]
  return {from: days.sort()[0] ?? from, to}
}

function refOf(plan: UsagePlan, keyId: string, known: ReadonlyMap<string, ApiKey> | undefined): PlanKeyRef {
  const key = known?.get(keyId)
  const state = known && (key ? (key.enabled ? 'enabled' : 'disabled') : 'deleted')
  return {planId: plan.id, plan: plan.name, keyId, key: key?.name, customerId: key?.customerId, state}
}

function reportOf(
  ref: PlanKeyRef,
  {days: all}: KeyUsage,
  range: DayRange,
  {quota}: CountedPlan,
  now: number,
): KeyReport {
  const days = all.filter(({day}) => day >= range.from && day <= range.to)
  const today = all.find(({day}) => day === utcDay(now))
  return {...ref, ...range, used: sum(days), days, quota: today && quotaStateOf(quota, all, today.remaining, now)}
}

const sum = (days: readonly DayUsage[]) => days.reduce((total, {used}) => total + used, 0)

/**
 * How it stands with a quota.
 * @param days those of the present period and the seven before today, at least
 * @param remaining what is left by the service's own account: it knows of offsets and extensions
 */
export function quotaStateOf(
  {limit, period}: Quota,
  days: readonly DayUsage[],
  remaining: number,
  now: number,
): QuotaState {
  const {from, resets} = quotaPeriod(period, now)
  const used = sum(days.filter(({day}) => day >= from))
  const allowed = used + remaining
  const pace = paceOf(days, now)
  const daysLeft = remaining <= 0 ? 0 : pace === 0 ? null : remaining / pace
  const untilReset = (resets.getTime() - now) / DAY
  return {
    limit,
    period,
    used,
    remaining,
    share: allowed === 0 ? 1 : rounded(used / allowed, 4),
    resets,
    pace: rounded(pace, 2),
    daysLeft: daysLeft === null ? null : rounded(daysLeft, 2),
    outlook:
      remaining <= 0 ? 'used-up' : daysLeft === null ? 'unused' : daysLeft < untilReset ? 'runs-out' : 'resets-first',
  }
}

/**
 * Requests a day at present: the mean of the seven days before today and of today so far, from the first of them that
 * has a request on, so that a new key has a pace, too.
 */
function paceOf(days: readonly DayUsage[], now: number): number {
  const since = daysAfter(utcDay(now), -DAYS_OF_PACE)
  const recent = days.filter(({day}) => day >= since)
  const first = recent.find(({used}) => used > 0)
  if (!first) return 0
  return sum(recent) / Math.max((now - Date.parse(first.day)) / DAY, SHORTEST)
}

function rounded(value: number, digits: number): number {
  const scale = 10 ** digits
  return Math.round(value * scale) / scale
}

/** A plan without a quota, among what its like used: null says that nobody counts it, where 0 would say that it rests. */
export interface UncountedPlan {
  planId: string
  plan: string
  used: null
}

/** What was counted, and after it the plans that nobody counts: for programs, which read no remarks. */
export async function* withUncounted<Row>(
  rows: AsyncIterable<Row>,
  plans: readonly UsagePlan[],
): AsyncGenerator<Row | UncountedPlan> {
  yield* rows
  for (const {id, name} of plans) yield {planId: id, plan: name, used: null}
}

/** The days of keys one by one. */
export async function* dayReports(keys: AsyncIterable<KeyReport>, now: number): AsyncGenerator<DayReport> {
  const today = utcDay(now)
  for await (const {planId, plan, keyId, key, customerId, state, days} of keys) {
    for (const {day, used, remaining} of days) {
      yield {day, planId, plan, keyId, key, customerId, state, used, remaining, partial: day === today}
    }
  }
}

/** What customers used, most first. */
export async function* customerReports({keys, range}: UsageReport): AsyncGenerator<CustomerReport> {
  const customers = new Map<string | null, KeyReport[]>()
  for await (const report of keys) {
    const {customerId = null} = report
    const all = customers.get(customerId)
    if (all) all.push(report)
    else customers.set(customerId, [report])
  }
  const reports = [...customers].map(([customerId, all]) => customerReport(customerId, all, range))
  yield* reports.sort((one, other) => other.used - one.used)
}

function customerReport(customerId: string | null, all: readonly KeyReport[], range: DayRange): CustomerReport {
  const days = new Map(daysOf(range).map(day => [day, 0]))
  for (const {day, used} of all.flatMap(report => report.days)) days.set(day, (days.get(day) ?? 0) + used)
  return {
    customerId,
    ...range,
    keys: new Set(all.map(({keyId}) => keyId)).size,
    plans: [...new Set(all.map(({plan}) => plan))],
    used: all.reduce((total, {used}) => total + used, 0),
    days: [...days].map(([day, used]) => ({day, used})),
  }
}

/** What the keys that come first are found by. */
export const RANKINGS = ['used', 'share', 'days-left'] as const
export type Ranking = (typeof RANKINGS)[number]

/**
 * The first of some keys: those that used most, or most of their quota, or that will have used it up first.
 * @throws Problem usage for what is a matter of today, where the range ends before
 */
export async function topKeys(
  {keys, range}: UsageReport,
  by: Ranking,
  most: number,
  now: number,
): Promise<KeyReport[]> {
  const today = utcDay(now)
  if (by !== 'used' && range.to < today) {
    const text = `How much of a quota is used is known of today: --by ${by} needs a range that goes up to it.`
    throw new Problem('usage', text, 'Leave --to away, or use --by used.')
  }
  const all = await collect(keys)
  return all.sort((one, other) => rankOf(other, by) - rankOf(one, by)).slice(0, most)
}

/** Keys that are not used come last: what they have left lasts longer than any number of days. */
function rankOf({used, quota}: KeyReport, by: Ranking): number {
  if (by === 'used') return used
  if (by === 'share') return quota?.share ?? 0
  return -(quota?.daysLeft ?? Number.MAX_SAFE_INTEGER)
}
