import type {QuotaSettings} from '@aws-sdk/client-api-gateway'
import type {UsagePlanRecord} from '../store.js'

/**
 * The quota period that a moment lies in, by its first UTC day (`YYYY-MM-DD`). Months start on the 1st; weeks are taken
 * to start on Monday, which the service does not document.
 */
export function periodStart(period: QuotaSettings['period'], millis: number): string {
  const date = new Date(millis)
  if (period === 'WEEK') date.setUTCDate(date.getUTCDate() - ((date.getUTCDay() + 6) % 7))
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

/**
 * The requests that a key has left on a plan in the period of `millis`; infinite without a quota. The quota's offset is
 * taken off in the key's first period, which is taken to be the one in which it was first counted.
 */
export function remainingRequests(record: UsagePlanRecord, keyId: string, millis: number): number {
  const {quota} = record.plan
  if (quota?.limit === undefined) return Number.POSITIVE_INFINITY
  const period = periodStart(quota.period, millis)
  return Math.max(0, allowedRequests(record, keyId, period) - usedRequests(record, keyId, period, dayOf(millis)))
}

/** What UpdateUsage does: from now until the period ends the key may send this many more requests. */
export function setRemainingRequests(record: UsagePlanRecord, keyId: string, remaining: number, millis: number): void {
  const period = periodStart(record.plan.quota?.period, millis)
  const used = usedRequests(record, keyId, period, dayOf(millis))
  record.remaining[keyId] = {period, limit: used + remaining}
}

/** Requests counted from one day to another, both included. */
export function usedRequests(record: UsagePlanRecord, keyId: string, from: string, to: string): number {
  const days = Object.entries(record.usage[keyId] ?? {})
  return days.reduce((sum, [day, count]) => (day >= from && day <= to ? sum + count : sum), 0)
}

function allowedRequests(record: UsagePlanRecord, keyId: string, period: string): number {
  const override = record.remaining[keyId]
  if (override?.period === period) return override.limit
  const {limit = 0, offset = 0} = record.plan.quota ?? {}
  const isFirst = !Object.keys(record.usage[keyId] ?? {}).some(day => day < period)
  return isFirst ? limit - offset : limit
}
