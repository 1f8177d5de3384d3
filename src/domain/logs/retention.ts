import {collect} from '../apis.js'
import {type BulkPlan, bulkPlan} from '../bulk.js'
import {Problem} from '../problem.js'
import type {Step} from '../steps.js'
import type {LogGroup, LogGroupStore} from './groups.js'

/** Days that a log group keeps its events, or for ever. */
export type Retention = number | 'forever'

/** Source: API reference of PutRetentionPolicy. */
const DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const

const DAYS_OF = {d: 1, w: 7, y: 365} as const

/**
 * A retention from what somebody wrote: `14`, `14d`, `2w`, `1y` or `forever`.
 * @throws Problem usage, also for a number of days that CloudWatch Logs does not have
 */
export function retentionFrom(text: string): Retention {
  if (/^for-?ever$/i.test(text.trim())) return 'forever'
  const [, count, unit = 'd'] = /^(\d{1,5})\s*([dwy])?$/i.exec(text.trim()) ?? []
  if (count === undefined) {
    throw new Problem('usage', `"${text}" is not a time to keep a log for.`, 'Such as 14d, 2w, 1y, or forever')
  }
  const days = Number(count) * DAYS_OF[unit.toLowerCase() as keyof typeof DAYS_OF]
  if ((DAYS as readonly number[]).includes(days)) return days
  throw new Problem(
    'usage',
    `CloudWatch Logs cannot keep events for ${days} days.`,
    `One of ${DAYS.join(', ')}, or forever`,
  )
}

/** How long events are kept, in words. @param days undefined for ever */
export function retentionText(days: number | undefined): string {
  return days === undefined ? 'for ever' : `${days} day${days === 1 ? '' : 's'}`
}

/** What a group's `retentionDays` is then. */
export const daysOf = (retention: Retention): number | undefined => (retention === 'forever' ? undefined : retention)

/** What it takes for a group to be there. The service makes a group of execution logs itself, with the first line. */
export function creatingStep(groups: Pick<LogGroupStore, 'create'>, name: string): Step {
  return {
    change: {action: 'create', kind: 'log group', name},
    done: `created log group ${name}`,
    run: () => groups.create(name),
  }
}

export function keepingStep(groups: Pick<LogGroupStore, 'setRetention'>, name: string, retention: Retention): Step {
  const days = daysOf(retention)
  const time = days === undefined ? retentionText(days) : `for ${retentionText(days)}`
  return {
    change: {action: 'update', kind: 'log group', name, detail: `keep events ${time}`},
    done: `log group ${name} keeps its events ${time}`,
    run: () => groups.setRetention(name, days),
  }
}

/** To set something on a group before the service has made it, it has to be made. */
export async function retentionSteps(
  groups: Pick<LogGroupStore, 'list' | 'create' | 'setRetention'>,
  name: string,
  retention: Retention,
): Promise<Step[]> {
  const found = await groupNamed(groups, name)
  if (!found) return [creatingStep(groups, name), keepingStep(groups, name, retention)]
  return found.retentionDays === daysOf(retention) ? [] : [keepingStep(groups, name, retention)]
}

export async function groupNamed(groups: Pick<LogGroupStore, 'list'>, name: string): Promise<LogGroup | undefined> {
  return (await collect(groups.list(name))).find(group => group.name === name)
}

/** A group, and for how long it keeps its events. */
export interface KeptGroup {
  group: string
  retentionDays?: number | undefined
  storedBytes: number
}

export interface RetentionPlan<Entry> extends BulkPlan<Entry> {
  /** To be agreed to first, where events are lost for good. */
  question?: string | undefined
}

/** A plan to have each of several groups keep its events for that long. */
export function planRetention<Entry extends KeptGroup>(
  groups: Pick<LogGroupStore, 'setRetention'>,
  entries: readonly Entry[],
  retention: Retention,
): RetentionPlan<Entry> {
  const days = daysOf(retention)
  const changed = entries.filter(({retentionDays}) => retentionDays !== days)
  const losing = changed.filter(
    ({retentionDays = Number.POSITIVE_INFINITY, storedBytes}) =>
      storedBytes > 0 && (days ?? Number.POSITIVE_INFINITY) < retentionDays,
  )
  const plan = bulkPlan(
    {done: [...entries], failed: []},
    ({group}) => group,
    changed.map(({group}) => keepingStep(groups, group, retention).change),
    async entry => {
      if (entry.retentionDays !== days) await groups.setRetention(entry.group, days)
      return {...entry, retentionDays: days}
    },
  )
  if (losing.length === 0) return plan
  const names = losing.map(({group}) => `  ${group}`).join('\n')
  return {...plan, question: `${names}\nWhat is older than ${retentionText(days)} there is lost for good. Go on?`}
}
