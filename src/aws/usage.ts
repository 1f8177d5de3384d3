import type {Session} from '../domain/session.js'
import {
  type DayRange,
  daysOf,
  joinedUsage,
  type KeyUsage,
  MOST_DAYS,
  rangesWithin,
  type UsageStore,
} from '../domain/usage.js'
import type {UsageStores} from '../domain/usage-report.js'
import {openApiGateway} from './api-gateway.js'
import {openKeys} from './keys.js'
import {allPages} from './paging.js'
import {openPlans} from './plans.js'

/** All that reports of usage and extensions of quotas are about. */
export async function openUsageStores(session: Session): Promise<UsageStores & {usage: UsageStore}> {
  const [plans, keys, usage] = await Promise.all([openPlans(session), openKeys(session), openUsage(session)])
  return {plans, keys, usage}
}

/** What keys used of their quotas, over the SDK. */
export async function openUsage(session: Session): Promise<UsageStore> {
  const {sdk, send} = await openApiGateway(session)
  async function* read(usagePlanId: string, range: DayRange, keyId?: string): AsyncGenerator<KeyUsage> {
    const input = {usagePlanId, startDate: range.from, endDate: range.to, ...(keyId === undefined ? {} : {keyId})}
    const days = daysOf(range)
    const told = new Set<string>()
    let isCutOff = false
    const pages = allPages(async page => {
      const {items = {}, startDate, position} = await send(new sdk.GetUsageCommand({...input, ...page}))
      // An answer that begins later than was asked for has fewer days.
      const first = Math.max(0, days.indexOf(startDate ?? range.from))
      const found = Object.entries(items)
      isCutOff = found.length >= page.limit && position === undefined
      return {items: found.map(([id, values]) => usageFrom(id, days.slice(first), values)), position}
    })
    for await (const usage of pages) {
      told.add(usage.keyId)
      yield usage
    }
    if (keyId !== undefined || !isCutOff) return
    // A full page without a position was once not the last (aws/aws-sdk-php#1486): what is missing would be billed to nobody.
    const keys = allPages(page => send(new sdk.GetUsagePlanKeysCommand({...page, usagePlanId})))
    for await (const {id = ''} of keys) if (!told.has(id)) yield* read(usagePlanId, range, id)
  }
  return {
    read(usagePlanId, range, keyId) {
      return joinedUsage(rangesWithin(range, MOST_DAYS).map(part => read(usagePlanId, part, keyId)))
    },
    async setRemaining(usagePlanId, keyId, remaining) {
      const patchOperations = [{op: 'replace' as const, path: '/remaining', value: String(remaining)}]
      await send(new sdk.UpdateUsageCommand({usagePlanId, keyId, patchOperations}))
    },
  }
}

/** Source: GetUsage in the API reference: one pair of used and remaining for each day, in their order. */
function usageFrom(keyId: string, days: readonly string[], values: readonly number[][]): KeyUsage {
  const count = Math.min(days.length, values.length)
  return {
    keyId,
    days: days.slice(0, count).map((day, i) => ({day, used: values[i]?.[0] ?? 0, remaining: values[i]?.[1] ?? 0})),
  }
}
