import {Problem} from '../problem.js'
import type {Clock} from '../session.js'
import type {LogEvent} from './events.js'
import type {EventBatch, Log} from './log.js'
import type {Seen} from './seen.js'
import type {LogQuery, LogSource} from './source.js'

const SECOND = 1_000

/** From one round of polls to the next, while events come. */
export const QUICK = SECOND
/** The same when none have come for long. */
const IDLE = 5 * SECOND
/** How long it stays quick without an event. */
const ATTENTION = 60 * SECOND

/** Milliseconds between two rounds after which what came meanwhile is read as history is. */
const BEHIND = 5 * 60 * SECOND

/** Times that a poll begins again, with nothing new in between, because its token is refused or leads nowhere. */
export const MAX_REFUSALS = 3

/** A log, and what was let through of it. */
export interface Track {
  log: Log
  seen: Seen
}

export interface FollowOptions {
  pattern?: string | undefined
  /** Milliseconds since 1970; undefined for no end. */
  until?: number | undefined
  /** Milliseconds that an event may come in after a younger one. */
  lateness: number
}

export interface FollowWatch {
  clock: Clock
  signal: AbortSignal
}

/**
 * What comes in, of all logs in turn, each event once. After every poll comes an empty batch, so that whoever waits for
 * something hears that time goes by. Ends when everything up to `until` is there, late events included; or when so much
 * time went by since the last round, as on a machine that slept, or so much comes in, that polls do not get to the end of
 * it: that is read as history.
 */
export async function* follow(
  source: LogSource,
  tracks: readonly Track[],
  options: FollowOptions,
  {clock, signal}: FollowWatch,
): AsyncGenerator<EventBatch, 'over' | 'behind'> {
  const {until = Number.POSITIVE_INFINITY, lateness} = options
  let interval = QUICK
  let started = clock.now()
  let news = started
  while (started <= until + lateness) {
    const left = Math.min(interval, started + interval - clock.now())
    if (left > 0) await clock.sleep(left, signal)
    if (clock.now() - started > BEHIND) return 'behind'
    started = clock.now()
    for (const track of tracks) {
      for await (const events of poll(source, track, options, clock)) {
        if (events.length === 0) continue
        news = clock.now()
        yield {log: track.log, events}
      }
      yield {log: track.log, events: []}
      // The next poll would have to read all of that again, and would get no further.
      if (track.seen.isStale) return 'behind'
    }
    interval = clock.now() - news < ATTENTION ? QUICK : Math.min(IDLE, interval * 1.5)
  }
  return 'over'
}

/**
 * Reads a log from where its late events may be to its present end; yields what is new page by page, in order.
 * @throws Problem failed when the service refuses its own tokens for ever
 */
export async function* poll(
  source: LogSource,
  {log, seen}: Track,
  {pattern, until}: Pick<FollowOptions, 'pattern' | 'until'>,
  clock: Clock,
): AsyncGenerator<LogEvent[]> {
  seen.begin()
  let query: LogQuery = {group: log.group, pattern, startTime: seen.from, endTime: until}
  let reached = seen.from
  let restarts = 0
  while (!seen.isStale) {
    const asked = clock.now()
    const page = await source.page(query)
    const fresh = page ? seen.admit(page.events, asked, clock.now()) : []
    if (fresh.length > 0) yield fresh
    if (page && page.nextToken === undefined) return seen.end()
    const newest = page?.events.at(-1)?.timestamp ?? reached
    if (fresh.length > 0 || newest > reached) restarts = 0
    reached = Math.max(reached, newest)
    if (page && (page.nextToken !== query.nextToken || fresh.length > 0)) {
      query = {...query, nextToken: page.nextToken}
      continue
    }
    // The token is too old, because the reader was slow, or leads to itself: begin again where it got to.
    if (++restarts > MAX_REFUSALS) {
      if (page) return
      throw new Problem('failed', 'CloudWatch Logs refuses the tokens it gives.')
    }
    query = {...query, startTime: reached, nextToken: undefined}
  }
}
