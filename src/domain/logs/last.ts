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
export interface Selection {
  /** How many events, or units of several. */
  count: number
  /** Which events count; all where not given. */
  counts?: ((event: LogEvent) => boolean) | undefined
  /**
   * What events belong to that are one unit together, such as the lines of a request: a unit is wanted whole, and it
   * counts when one of its events does. Each by itself where not given.
   */
  unitOf?: ((event: LogEvent) => string) | undefined
}

export interface LastOptions extends Selection {
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
export const SPANS = [10 * MINUTE, 60 * MINUTE, 6 * 60 * MINUTE, DAY, FURTHEST]

/** Events of a page at most. Source: API reference of FilterLogEvents. */
const PAGE = 10_000
/** What a unit spans at most, in milliseconds: a request takes up to 29 s, unless its integration was given more. */
const SPAN_OF_UNIT = 30_000
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
  return keepLast(kept, options)
}

/** Puts events in order and returns the last of them. @param isOpen for events of units of which more may come */
export function keepLast(
  events: Placed[],
  {count, counts = () => true, unitOf = eventItself}: Selection,
  isOpen: (event: LogEvent) => boolean = () => false,
): Placed[] {
  events.sort((a, b) => compareEvents(a.event, b.event))
  const wanted = new Set<string>()
  for (let i = events.length - 1; i >= 0 && wanted.size < count; i--) {
    const {event} = events[i] as Placed
    if (counts(event)) wanted.add(unitOf(event))
  }
  return events.filter(({event}) => wanted.has(unitOf(event)) || isOpen(event))
}

/** How many units events are that all count, or have one that does among them. */
export function unitsIn(events: readonly Placed[], {unitOf = eventItself}: Selection): number {
  return new Set(events.map(({event}) => unitOf(event))).size
}

const eventItself = ({eventId}: LogEvent) => eventId

/** The last events of one log, in no order; undefined where the service does not read that way. */
async function latest(
  source: LogSource,
  log: Log,
  {count, counts, unitOf, since, until, pattern}: LastOptions,
  end: number,
): Promise<Placed[] | undefined> {
  const unit = unitOf ?? eventItself
  const span = unitOf ? SPAN_OF_UNIT : 0
  const query: LogQuery = {
    group: log.group,
    pattern,
    startTime: since ?? end - FURTHEST,
    endTime: until,
    isLatestFirst: true,
    // One event alone does not show its direction. Where not each counts, nobody knows how many it takes.
    limit: counts || unitOf ? PAGE : Math.min(PAGE, Math.max(2, count)),
  }
  /** By id: a page that is read again brings nothing new. */
  const found = new Map<string, LogEvent>()
  const wanted = new Set<string>()
  /** When there were enough: what belongs to the first of them may be a little older. */
  let enoughAt: number | undefined
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
    for (const event of fresh) {
      found.set(event.eventId, event)
      if (!counts || counts(event)) wanted.add(unit(event))
    }
    oldest = fresh.at(-1)?.timestamp ?? oldest ?? end
    if (wanted.size >= count) enoughAt ??= oldest
    if (page.nextToken === undefined || (enoughAt !== undefined && oldest <= enoughAt - span)) break
    for (const [id, event] of found) {
      if (event.timestamp > oldest + span && !wanted.has(unit(event))) found.delete(id)
    }
    query.nextToken = page.nextToken
  }
  return [...found.values()].filter(event => wanted.has(unit(event))).map(event => ({log, event}))
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
  {pattern, since, until, ...selection}: LastOptions,
  end: number,
  clock: Pick<Clock, 'now'>,
): Promise<Placed[]> {
  const overlap = selection.unitOf ? SPAN_OF_UNIT : 0
  let kept: Placed[] = []
  let oldest: number | undefined
  for (const span of since === undefined ? SPANS : [end - since]) {
    // A unit that begins before the span is not there whole.
    const whole = kept.filter(({event}) => oldest === undefined || event.timestamp >= oldest + overlap)
    if (unitsIn(whole, selection) >= selection.count || span < 0) break
    const from = Math.max(since ?? 0, end - span - overlap)
    const window = {pattern, since: from, until: oldest === undefined ? until : oldest - 1}
    let limit = PAGE
    let found: Placed[] = []
    for await (const {log, events} of readHistory(source, logs, window, clock)) {
      for (const event of events) found.push({log, event})
      if (found.length <= limit) continue
      const reached = found.at(-1)!.event.timestamp
      found = keepLast(found, selection, ({timestamp}) => timestamp < from + overlap || timestamp >= reached - overlap)
      limit = found.length + PAGE
    }
    kept = keepLast([...found, ...kept], selection, ({timestamp}) => timestamp < from + overlap)
    oldest = window.since
  }
  return kept
}
