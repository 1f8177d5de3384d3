import type {QuotaSettings} from '@aws-sdk/client-api-gateway'
import type {UsagePlanRecord} from '../store.js'

/**
 * The quota period that a moment lies in, by its first UTC day (`YYYY-MM-DD`). Months start on the 1st (AWS re:Post:
 * "monthly quotas only reset on the 1st of every month"). Weeks are taken to start on Sunday: the service says nothing of
 * it now, but its API reference once said that a WEEK "with an offset of 0 starts on Sunday".
 */
function periodStart(period: QuotaSettings['period'], millis: number): string {
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

/** A UTC day, the first day of the quota's period that it lies in, and what each key may send in that. */
export interface QuotaDay {
  day: string
  period: string
  allowed: number
}

/**
 * A day as the quota of a plan has it; undefined on a plan without one. The offset is taken off in the period in which
 * the plan got its quota.
 * Source: CloudFormation's QuotaSettings of 2016: "when you first implement a usage plan, the plan might start in the
 * middle of the week or month. With this property, you can decrease the limit for this initial time period."
 */
export function quotaDay({plan, quotaSince}: UsagePlanRecord, day: string): QuotaDay | undefined {
  const {limit, offset = 0, period: kind} = plan.quota ?? {}
  if (limit === undefined) return undefined
  const period = periodStart(kind, Date.parse(day))
  const isFirst = quotaSince !== undefined && periodStart(kind, Date.parse(quotaSince)) === period
  return {day, period, allowed: isFirst ? limit - offset : limit}
}

/** The requests that a key has left on a plan in the period of `millis`; infinite without a quota. */
export function remainingRequests(record: UsagePlanRecord, keyId: string, millis: number): number {
  const day = quotaDay(record, dayOf(millis))
  return day ? remainingOn(record, keyId, day) : Number.POSITIVE_INFINITY
}

/**
 * The requests that a key had left at the end of a day: of what was set last by then, else of the quota. Days before keep
 * what they had, as in the example of the developer guide, "Maintain a usage plan": 5000, 5000, then 10.
 */
export function remainingOn(record: UsagePlanRecord, keyId: string, {day, period, allowed}: QuotaDay): number {
  const set = Object.entries(record.allowed[keyId] ?? {}).filter(([since]) => since >= period && since <= day)
  const [, last = allowed] = set.sort(([one], [other]) => (one < other ? -1 : 1)).at(-1) ?? []
  return Math.max(0, last - usedRequests(record, keyId, period, day))
}

/** What UpdateUsage does: from now until the period ends the key may send this many more requests. */
export function setRemainingRequests(record: UsagePlanRecord, keyId: string, remaining: number, millis: number): void {
  const day = dayOf(millis)
  const used = usedRequests(record, keyId, periodStart(record.plan.quota?.period, millis), day)
  record.allowed[keyId] = {...record.allowed[keyId], [day]: used + remaining}
}

/** Requests counted from one day to another, both included. */
export function usedRequests(record: UsagePlanRecord, keyId: string, from: string, to: string): number {
  const days = Object.entries(record.usage[keyId] ?? {})
  return days.reduce((sum, [day, count]) => (day >= from && day <= to ? sum + count : sum), 0)
}
