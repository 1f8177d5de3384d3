import type {Session} from '../domain/session.js'
import type {DayRange, UsageStore} from '../domain/usage.js'
import {openApiGateway} from './api-gateway.js'
import {allPages} from './paging.js'

const DAY = 24 * 3_600_000

/** What keys used of their quotas, over the SDK. */
export async function openUsage(session: Session): Promise<UsageStore> {
  const {sdk, send} = await openApiGateway(session)
  return {
    async *read(usagePlanId, range, keyId) {
      const input = {usagePlanId, startDate: range.from, endDate: range.to, ...(keyId === undefined ? {} : {keyId})}
      const pages = allPages(async page => {
        const {items = {}, position} = await send(new sdk.GetUsageCommand({...input, ...page}))
        return {items: Object.entries(items), position}
      })
      for await (const [id, values] of pages) yield {keyId: id, days: daysOf(range, values)}
    },
    async setRemaining(usagePlanId, keyId, remaining) {
      const patchOperations = [{op: 'replace' as const, path: '/remaining', value: String(remaining)}]
      await send(new sdk.UpdateUsageCommand({usagePlanId, keyId, patchOperations}))
    },
  }
}

/** Source: GetUsage in the API reference: one pair of used and remaining for each day of the range, in its order. */
function daysOf({from}: DayRange, values: readonly number[][]) {
  const start = Date.parse(from)
  return values.map(([used = 0, remaining = 0], i) => ({
    day: new Date(start + i * DAY).toISOString().slice(0, 10),
    used,
    remaining,
  }))
}
