import {Problem} from '../problem.js'
import type {Clock} from '../session.js'
import {compareEvents, type LogEvent} from './events.js'
import {readHistory} from './history.js'
import type {Log} from './log.js'
import type {LogQuery, LogSource} from './source.js'

/** An event and the log that it is of. */
export interface Placed {
  log: Log
  event: LogEvent
}

/** Which events are the last. */
export interface LastOptions {
  count: number
  /** Which events count; all where not given. */
  counts?: ((event: LogEvent) => boolean) | undefined
  /** Milliseconds since 1970, both inclusive; seven days before the end, and what is there, where not given. */
  since?: number | undefined
  until?: number | undefined
  /** CloudWatch's own filter pattern. */
  pattern?: string | undefined
}

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

/** How far to look back where nothing was said. */
const FURTHEST = 7 * DAY
/** The same in steps, for a service that reads from the oldest event only. */
const SPANS = [10 * MINUTE, 60 * MINUTE, 6 * 60 * MINUTE, DAY, FURTHEST]

/** Events of a page at most. Source: API reference of FilterLogEvents. */
const PAGE = 10_000
/** Times that a read begins again, with nothing new in between, because its token is refused. */
const MAX_RESTARTS = 3

/**
 * The last events of some logs together, in order. The service is asked for the latest first, which one call a log
 * answers as a rule; where it cannot do that, looks further and further back.
 * @throws what the source throws
 */
export async function readLast(
  source: LogSource,
  logs: readonly Log[],
  options: LastOptions,
  clock: Pick<Clock, 'now'>,
): Promise<Placed[]> {
  if (options.count <= 0) return []
  const end = options.until ?? clock.now()
  const found = await Promise.all(logs.map(log => latest(source, log, options, end)))
  const kept = found.every(events => events !== undefined)
    ? found.flat()
    : await lastOfSpans(source, logs, options, end, clock)
  keepLast(kept, options.count)
  return kept
}

/** Puts events in order and drops all but the last of them. */
export function keepLast(events: Placed[], count: number): void {
  events.sort((a, b) => compareEvents(a.event, b.event))
  events.splice(0, Math.max(0, events.length - count))
}

/** The last events of one log, in no order; undefined where the service does not read that way. */
async function latest(
  source: LogSource,
  log: Log,
  {count, counts, since, until, pattern}: LastOptions,
  end: number,
): Promise<Placed[] | undefined> {
  const query: LogQuery = {
    group: log.group,
    pattern,
    startTime: since ?? end - FURTHEST,
    endTime: until,
    isLatestFirst: true,
    // One event alone does not show its direction. Where not all count, nobody knows how many it takes.
    limit: counts ? PAGE : Math.min(PAGE, Math.max(2, count)),
  }
  /** By id: a page that is read again brings nothing new. */
  const found = new Map<string, LogEvent>()
  let counted = 0
  let oldest = until
  let restarts = 0
  for (;;) {
    const page = await source.page(query)
    if (!page && query.nextToken === undefined) return undefined
    const fresh = page?.events.filter(({eventId}) => !found.has(eventId)) ?? []
    if (!page || (page.nextToken !== undefined && page.nextToken === query.nextToken && fresh.length === 0)) {
      // The token is refused or leads to itself: begins again where it got to.
      if (++restarts > MAX_RESTARTS) throw new Problem('failed', 'CloudWatch Logs refuses the tokens it gives.')
      query.endTime = oldest
      query.nextToken = undefined
      continue
    }
    if (page.nextToken !== undefined && !isLatestFirst(fresh, oldest)) return undefined
    if (fresh.length > 0) restarts = 0
    for (const event of fresh) found.set(event.eventId, event)
    oldest = fresh.at(-1)?.timestamp ?? oldest
    counted += counts ? fresh.filter(counts).length : fresh.length
    if (page.nextToken === undefined || counted >= count) break
    query.nextToken = page.nextToken
  }
  const events = [...found.values()]
  return (counts ? events.filter(counts) : events).map(event => ({log, event}))
}

/** Whether events of a page go back in time, from `before` on: a service that does not know the direction goes forward. */
function isLatestFirst(events: readonly LogEvent[], before = Number.POSITIVE_INFINITY): boolean {
  const [first, last] = [events[0], events.at(-1)]
  if (!first || !last) return true
  return first.timestamp <= before && (first === last || compareEvents(last, first) < 0)
}

/** The last events of some logs together, in order, of a service that reads forward only. */
async function lastOfSpans(
  source: LogSource,
  logs: readonly Log[],
  {pattern, since, until, count, counts = () => true}: LastOptions,
  end: number,
  clock: Pick<Clock, 'now'>,
): Promise<Placed[]> {
  let kept: Placed[] = []
  let oldest: number | undefined
  for (const span of since === undefined ? SPANS : [end - since]) {
    if (kept.length >= count || span < 0) break
    const window = {pattern, since: end - span, until: oldest === undefined ? until : oldest - 1}
    const found: Placed[] = []
    for await (const {log, events} of readHistory(source, logs, window, clock)) {
      for (const event of events) if (counts(event)) found.push({log, event})
      if (found.length > 2 * count) keepLast(found, count - kept.length)
    }
    keepLast(found, count - kept.length)
    kept = [...found, ...kept]
    oldest = end - span
  }
  return kept
}
