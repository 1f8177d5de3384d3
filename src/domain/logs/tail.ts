import {Problem} from '../problem.js'
import {type AbsenceWatch, Groups} from './absence.js'
import {Calls, type CallWatch} from './calls.js'
import type {LogEvent} from './events.js'
import {follow, poll, QUICK, type Track} from './follow.js'
import {type HistoryWindow, readHistory} from './history.js'
import {keepLast, type Placed, readLast} from './last.js'
import {type LiveTailSource, live} from './live.js'
import {LiveSeen} from './live-seen.js'
import type {EventBatch, Log} from './log.js'
import {CLOCK_SKEW, LATENESS, Seen} from './seen.js'
import type {LogSource} from './source.js'

export interface TailOptions {
  logs: readonly Log[]
  pattern?: string | undefined
  /** Milliseconds since 1970; undefined for the last ten minutes, or with `last` for up to seven days. */
  since?: number | undefined
  /** Milliseconds since 1970; undefined for no end. */
  until?: number | undefined
  /** Only that many of the events that are there at the start. */
  last?: number | undefined
  /** Which events count among the last; all where not given. */
  counts?: ((event: LogEvent) => boolean) | undefined
  /** Go on with what comes in. */
  follow: boolean
  /** Wait for a group that is not there yet; only when following. */
  wait: boolean
  /** Milliseconds that an event may come in after a younger one; 60 s where not given. */
  lateness?: number | undefined
  /** Go on by Live Tail as far as it can be had. */
  liveTail?: LiveTailSource | undefined
}

/** Who watches the tail. */
export type TailWatch = CallWatch & AbsenceWatch

const SECOND = 1_000
const MINUTE = 60 * SECOND

const SINCE = 10 * MINUTE

/**
 * Calls for what is there: the service allows 5 a second to the whole account in some Regions. It counts when they
 * arrive: some of them take a little longer on their way than those that follow.
 */
export const HISTORY_PACE = {calls: 5, interval: SECOND + 50}
/** After this long without an event somebody watching wonders whether anything works. */
const SILENCE = 40 * SECOND

/**
 * The events of some logs, and with `follow` those that come in, each once: first what is there, in order over all
 * logs, then what every poll brings, in order, with an empty batch after each poll. A late event comes when it comes.
 * @throws Problem missing when none of the groups is there and they are not waited for; usage for a window that ends
 *   before it begins; what the source throws
 */
export async function* tail(source: LogSource, options: TailOptions, watch: TailWatch): AsyncGenerator<EventBatch> {
  const {since, until, lateness = LATENESS} = options
  if (since !== undefined && until !== undefined && since > until) {
    throw new Problem('usage', 'Nothing can be --since a moment that comes after --until.')
  }
  const {clock, statistics} = watch
  const calls = new Calls(source, watch, options.follow, HISTORY_PACE)
  const groups = new Groups(calls, options.logs, options.follow && options.wait, watch)
  const started = clock.now()
  const begin = beginOf(options, started)
  const {liveTail} = options
  const liveTracks = liveTail && options.logs.map(log => ({log, seen: new LiveSeen(begin, lateness, statistics)}))
  const tracks = liveTracks ?? options.logs.map(log => ({log, seen: new Seen(begin, lateness, statistics)}))
  let isSilent = true
  for await (const batch of options.last === undefined
    ? history(groups, tracks, {...options, since: begin}, watch)
    : last(groups, tracks, {...options, count: options.last}, watch)) {
    isSilent &&= batch.events.length === 0
    statistics.events += batch.events.length
    yield batch
  }
  if (!options.follow) return
  calls.pace = {calls: 1, interval: QUICK}
  const incoming = liveTracks
    ? live(groups, liveTail, liveTracks, {...options, lateness}, watch)
    : follow(groups, tracks, {...options, lateness}, watch)
  for await (const batch of incoming) {
    isSilent &&= batch.events.length === 0
    statistics.events += batch.events.length
    yield batch
    if (isSilent && clock.now() - started >= SILENCE) {
      isSilent = false
      watch.notice(await explanation(options.logs, watch))
    }
  }
  groups.check()
}

/** Since when events are let through; before that, `last` looks by itself. @param now milliseconds since 1970 */
function beginOf({since, until, last, follow, lateness = LATENESS}: TailOptions, now: number): number {
  if (last === undefined || !follow) return since ?? (until ?? now) - SINCE
  return Math.max(since ?? 0, Math.min(until ?? now, now) - CLOCK_SKEW - lateness)
}

/** Why no event comes, of each log. */
async function explanation(logs: readonly Log[], {explain}: AbsenceWatch): Promise<string> {
  const lines: string[] = []
  for (const log of logs) {
    const {reason, hint} = await explain(log)
    const subject = logs.length === 1 ? 'No line yet' : `No line yet of ${log.group}`
    lines.push(`${subject}: ${reason}`, ...(hint === undefined ? [] : [hint]))
  }
  return lines.join('\n')
}

/** What is there, let through by `seen`, so that following goes on where this ends. */
async function* history(
  source: LogSource,
  tracks: readonly Track[],
  window: HistoryWindow,
  {clock}: TailWatch,
): AsyncGenerator<EventBatch> {
  const asked = clock.now()
  for (const {seen} of tracks) seen.begin()
  const seenOf = new Map(tracks.map(({log, seen}) => [log, seen]))
  for await (const {log, events} of readHistory(source, [...seenOf.keys()], window, clock)) {
    const fresh = (seenOf.get(log) as Seen).admit(events, asked, clock.now())
    if (fresh.length > 0) yield {log, events: fresh}
  }
  for (const {seen} of tracks) seen.end()
}

/**
 * The last events that are there. When following, the end of the logs is read first and in full, so that it is known
 * what is new from then on.
 */
async function* last(
  source: LogSource,
  tracks: readonly Track[],
  options: TailOptions & {count: number},
  watch: TailWatch,
): AsyncGenerator<EventBatch> {
  const {until, count, counts = () => true} = options
  const {clock} = watch
  const now = clock.now()
  const kept: Placed[] = []
  if (options.follow) {
    for (const {log, seen} of tracks) {
      for await (const events of poll(source, {log, seen}, options, clock)) {
        kept.push(...events.filter(counts).map(event => ({log, event})))
      }
    }
  }
  keepLast(kept, count)
  const before = options.follow ? beginOf(options, now) - 1 : until
  const older = await readLast(source, options.logs, {...options, count: count - kept.length, until: before}, clock)
  for (const {log, event} of [...older, ...kept]) yield {log, events: [event]}
}
