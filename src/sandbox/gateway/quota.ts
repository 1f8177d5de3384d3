import type {QuotaSettings} from '@aws-sdk/client-api-gateway'
import type {UsagePlanRecord} from '../store.js'

/**
 * The quota period that a moment lies in, by its first UTC day (`YYYY-MM-DD`). Months start on the 1st (AWS re:Post:
 * "monthly quotas only reset on the 1st of every month"). Weeks are taken to start on Sunday: the service says nothing of
 * it now, but its API reference once said that a WEEK "with an offset of 0 starts on Sunday".
 */
export function periodStart(period: QuotaSettings['period'], millis: number): string {
  const date = new Date(millis)
  if (period === 'WEEK') date.setUTCDate(date.getUTCDate() - date.getUTCDay())
  if (period === 'MONTH') date.setUTCDate(1)
  return dayOf(date.getTime())
}

/** The UTC day of a moment, `YYYY-MM-DD`: how usage is kept. */
export const dayOf = (millis: number) => new Date(millis).toISOString().slice(0, 10)

/** Counts one request of a key. Only plans with a quota count (recorded: usage before a quota stays 0). */
export function countRequest(record: UsagePlanRecord, keyId: string, millis: number): void {
  const days = record.usage[keyId] ?? {}
  record.usage[keyId] = days
  const day = dayOf(millis)
  days[day] = (days[day] ?? 0) + 1
}

/** The requests that a key has left on a plan in the period of `millis`; infinite without a quota. */
export function remainingRequests(record: UsagePlanRecord, keyId: string, millis: number): number {
  const {quota} = record.plan
  if (quota?.limit === undefined) return Number.POSITIVE_INFINITY
  const period = periodStart(quota.period, millis)
  const day = dayOf(millis)
  return Math.max(0, allowedRequests(record, keyId, period, day) - usedRequests(record, keyId, period, day))
}

/** What UpdateUsage does: from now until the period ends the key may send this many more requests. */
export function setRemainingRequests(record: UsagePlanRecord, keyId: string, remaining: number, millis: number): void {
  const period = periodStart(record.plan.quota?.period, millis)
  const day = dayOf(millis)
  const used = usedRequests(record, keyId, period, day)
  record.allowed[keyId] = {...record.allowed[keyId], [day]: used + remaining}
}

/** Requests counted from one day to another, both included. */
export function usedRequests(record: UsagePlanRecord, keyId: string, from: string, to: string): number {
  const days = Object.entries(record.usage[keyId] ?? {})
  return days.reduce((sum, [day, count]) => (day >= from && day <= to ? sum + count : sum), 0)
}

/**
 * What a key may send in a period, as it stood on a day of it: what was set last by then, else the quota. Days before
 * keep what they had, as in the example of the developer guide, "Maintain a usage plan": 5000, 5000, then 10.
 */
function allowedRequests(record: UsagePlanRecord, keyId: string, period: string, day: string): number {
  const days = Object.keys(record.allowed[keyId] ?? {}).filter(set => set >= period && set <= day)
  const last = days.sort().at(-1)
  if (last !== undefined) return record.allowed[keyId]?.[last] ?? 0
  const {limit = 0, offset = 0} = record.plan.quota ?? {}
  return isFirstPeriod(record, period) ? limit - offset : limit
}

/**
 * Whether a period is the one in which the plan got its quota, from which the offset is taken off.
 * Source: CloudFormation's QuotaSettings of 2016: "when you first implement a usage plan, the plan might start in the
 * middle of the week or month. With this property, you can decrease the limit for this initial time period."
 */
function isFirstPeriod({plan, quotaSince}: UsagePlanRecord, period: string): boolean {
  return quotaSince !== undefined && periodStart(plan.quota?.period, Date.parse(quotaSince)) === period
}
