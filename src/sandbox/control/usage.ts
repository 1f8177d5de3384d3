import type {GetUsageRequest, PatchOperation, Usage} from '@aws-sdk/client-api-gateway'
import {badRequest, notFound} from '../errors.js'
import {dayOf, type QuotaDay, quotaDay, remainingOn, setRemainingRequests, usedRequests} from '../gateway/quota.js'
import type {Handlers} from '../service.js'
import type {UsagePlanRecord} from '../store.js'
import {apiKeyOf} from './api-keys.js'
import {usagePlanOf} from './lookup.js'
import {page} from './paging.js'
import {PatchTable} from './patch.js'

export const usage: Handlers = {
  GetUsage(input: GetUsageRequest, call): Usage {
    const record = usagePlanOf(call, input.usagePlanId)
    const days = daysBetween(input.startDate!, input.endDate!)
    const keyIds = input.keyId ? [apiKeyOf(call, input.keyId).id!] : [...record.keyIds]
    const {items, position} = page(
      keyIds.filter(id => record.keyIds.has(id)),
      input,
    )
    return {
      usagePlanId: input.usagePlanId,
      startDate: input.startDate,
      endDate: input.endDate,
      items: usageOf(record, items, days),
      position,
    }
  },

  UpdateUsage(
    {usagePlanId, keyId, patchOperations}: {usagePlanId: string; keyId: string; patchOperations?: PatchOperation[]},
    call,
  ): Usage {
    const record = usagePlanOf(call, usagePlanId)
    const {id = ''} = apiKeyOf(call, keyId)
    if (!record.keyIds.has(id)) throw notFound('Invalid API Key identifier specified')
    const now = call.millis()
    const {remaining} = PATCHES.apply({}, patchOperations)
    if (remaining !== undefined) {
      // The wording is an assumption.
      if (!record.plan.quota) throw badRequest('Usage Plan has no quota')
      setRemainingRequests(record, id, remaining, now)
    }
    const today = dayOf(now)
    return {usagePlanId, startDate: today, endDate: today, items: usageOf(record, [id], [today])}
  },
}

const PATCHES = new PatchTable<{remaining?: number}>([
  {
    path: '/remaining',
    replace: (target, {value}) => {
      // The wording is an assumption.
      if (!/^\d+$/.test(value ?? '')) throw badRequest(`Invalid remaining quota specified: ${value}`)
      target.remaining = Number(value)
    },
  },
])

const DAY = 24 * 3_600_000

/**
 * Both ends included, which is an assumption, as the wordings are. Source of the longest range: AWS knowledge center, "How
 * can I get the usage associated with an API key for Amazon API Gateway?": "the usage date range can't exceed 90 days".
 */
function daysBetween(start: string, end: string): string[] {
  const [from, to] = [start, end].map(text => {
    const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : Number.NaN
    if (Number.isNaN(time)) throw badRequest(`Invalid date specified: ${text}. Must be in the format YYYY-MM-DD`)
    return time
  }) as [number, number]
  if (to < from) throw badRequest('Start date must not be after end date')
  const count = (to - from) / DAY + 1
  if (count > 90) throw badRequest('The range of dates must not be longer than 90 days')
  return Array.from({length: count}, (_, i) => new Date(from + i * DAY).toISOString().slice(0, 10))
}

/** Requests used on each day and left at its end: 0 and 0 on a plan without quota, where nothing is counted (recorded). */
function usageOf(record: UsagePlanRecord, keyIds: readonly string[], days: readonly string[]): Usage['items'] {
  const quotaDays = days.map(day => quotaDay(record, day))
  const usageOn = (keyId: string, day: QuotaDay | undefined) =>
    day ? [usedRequests(record, keyId, day.day, day.day), remainingOn(record, keyId, day)] : [0, 0]
  return Object.fromEntries(keyIds.map(id => [id, quotaDays.map(day => usageOn(id, day))]))
}
