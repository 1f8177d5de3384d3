import {Problem} from '../problem.js'
import {type AbsenceWatch, Groups} from './absence.js'
import {Bookmark} from './bookmark.js'
import {Calls, type CallWatch} from './calls.js'
import type {Cursor} from './cursor.js'
import {Ends, TimeIsUp} from './ends.js'
import type {LogEvent} from './events.js'
import {follow, poll, QUICK, type Track} from './follow.js'
import {readHistory} from './history.js'
import {keepLast, type Placed, readLast, unitsIn} from './last.js'
import {type LiveTailSource, live} from './live.js'
import {LiveSeen} from './live-seen.js'
import type {EventBatch, Log} from './log.js'
import {batched, ordered} from './order.js'
import {CLOCK_SKEW, LATENESS, Seen} from './seen.js'
import type {LogSource} from './source.js'
import type {Statistics} from './statistics.js'

export interface TailOptions {
  logs: readonly Log[]
  pattern?: string | undefined
  /** Milliseconds since 1970; undefined for the last ten minutes, or with `last` for up to seven days. */
  since?: number | undefined
  /** Milliseconds since 1970; undefined for no end. */
  until?: number | undefined
  /** Only that many of the events that are there at the start, or of the units they are part of. */
  last?: number | undefined
  /** Which events count among the last, and what they are part of, as for `readLast`. */
  counts?: ((event: LogEvent) => boolean) | undefined
  unitOf?: ((event: LogEvent) => string) | undefined
  /** Go on with what comes in. */
  follow: boolean
  /** Wait for a group that is not there yet; only when following. */
  wait: boolean
  /** Milliseconds that an event may come in after a younger one; 60 s where not given. */
  lateness?: number | undefined
  /** Go on by Live Tail as far as it can be had. */
  liveTail?: LiveTailSource | undefined
  /** Hold events back for that long, and pass them on in strict order. */
  ordered?: boolean | undefined
  /** What becomes of what was read: a step that may read more, on the same budget of calls. */
  through?: ((source: LogSource, batches: AsyncIterable<EventBatch>) => AsyncIterable<EventBatch>) | undefined
}

/** Who watches the tail. */
export interface TailWatch extends CallWatch, AbsenceWatch {
  /** When it ends by itself; never where not given. */
  ends?: Ends | undefined
  /** Where it is; the last run's is where it goes on. */
  bookmark?: Bookmark | undefined
  /** Called when all that was passed on has been taken, about once a second and only if there was something. */
  save?: (() => Promise<void>) | undefined
}

const SECOND = 1_000
const MINUTE = 60 * SECOND

/** How far back is read where nothing was said. */
export const SINCE = 10 * MINUTE

/**
 * Calls for what is there: the service allows 5 a second to the whole account in some Regions, and some of them take a
 * little longer on their way to it than those that follow.
 */
export const HISTORY_PACE = {calls: 5, interval: SECOND + 50}
/** Calls for what comes in. */
const FOLLOWING_PACE = {calls: 1, interval: QUICK}
/** After this long without an event somebody watching wonders whether anything works. */
const SILENCE = 40 * SECOND

/**
 * The events of some logs, and with `follow` those that come in, each once: first what is there, in order over all
 * logs, then what every poll brings, in order, with an empty batch after each poll. A late event comes when it comes.
 * Where the bookmark says where the last run ended, it goes on from there, whatever `since` and `last` are.
 * @throws Problem missing when none of the groups is there and they are not waited for; usage for a window that ends
 *   before it begins; what the source throws
 */
export async function* tail(source: LogSource, options: TailOptions, watch: TailWatch): AsyncGenerator<EventBatch> {
  const {since, until, logs, lateness = LATENESS} = options
  if (since !== undefined && until !== undefined && since > until) {
    throw new Problem('usage', 'Nothing can be --since a moment that comes after --until.')
  }
  const {ends = new Ends({}, watch.clock), bookmark = new Bookmark(), statistics} = watch
  const {liveTail} = options
  const reader = {...watch, clock: ends.clock}
  const liveTracks = liveTail && tracksOf(LiveSeen, options, watch, bookmark.last)
  const tracks = liveTracks ?? tracksOf(Seen, options, watch, bookmark.last)
  const incoming = (groups: LogSource) =>
    liveTracks
      ? live(groups, liveTail, liveTracks, {...options, lateness}, reader)
      : follow(groups, tracks, {...options, lateness}, reader)
  bookmark.marks(tracks)
  const calls = new Calls(source, reader, options.follow, HISTORY_PACE)
  const groups = new Groups(calls, logs, options.follow && options.wait, reader)
  const reading = read(groups, tracks, options, reader, {calls, ends, bookmark, incoming})
  const whole = options.through?.(groups, reading) ?? reading
  const all = inTime(explained(whole, logs, watch), ends)
  const batches = options.ordered ? ordered(all, {count: logs.length, lateness}, watch.clock, bookmark) : all
  let isDirty = false
  let saved = watch.clock.now()
  for await (const batch of batches) {
    statistics.events += batch.events.length
    yield batch
    isDirty ||= batch.events.length > 0
    const now = watch.clock.now()
    if (isDirty && (batch.events.length === 0 || now - saved >= SECOND)) {
      await watch.save?.()
      isDirty = false
      saved = now
    }
  }
}

/** What is let through of each log; where there is a cursor, as it was. */
function tracksOf<Kind extends Seen>(
  Kind: new (since: number, lateness: number, statistics: Statistics) => Kind,
  options: TailOptions,
  watch: TailWatch,
  cursor: Cursor | undefined,
): {log: Log; seen: Kind}[] {
  const {logs, lateness = LATENESS} = options
  const since = beginOf(options, watch, watch.clock.now())
  return logs.map(log => {
    const before = cursor?.logs.find(({group}) => group === log.group)?.seen
    const seen = new Kind(before?.since ?? since, lateness, watch.statistics)
    if (before) seen.restore(before)
    return {log, seen}
  })
}

interface Steps {
  calls: Calls
  ends: Ends
  bookmark: Bookmark
  /** What comes in, until the end, or until so much came that it is history. */
  incoming(source: LogSource): AsyncGenerator<EventBatch, 'over' | 'behind'>
}

/** What is there, and then what comes in. */
async function* read(
  groups: Groups,
  tracks: readonly Track[],
  options: TailOptions,
  watch: TailWatch,
  {calls, ends, bookmark, incoming}: Steps,
): AsyncGenerator<EventBatch> {
  const {logs, last: count} = options
  if (bookmark.last) {
    const pending = bookmark.last.pending.flatMap(({group, event}) => placed(logs, group, event))
    yield* passedOn(pending, bookmark)
    yield* history(groups, tracks, options, watch)
  } else if (count === undefined) {
    yield* history(groups, tracks, options, watch)
  } else {
    yield* last(groups, tracks, {...options, count}, watch, bookmark)
  }
  if (!options.follow) return
  // What was there is kept as shown before more is waited for.
  for (const {log} of tracks) yield {log, events: []}
  ends.startFollowing()
  calls.pace = FOLLOWING_PACE
  while ((yield* incoming(groups)) === 'behind') {
    calls.pace = HISTORY_PACE
    for await (const batch of history(groups, tracks, options, watch)) {
      yield batch
      // All logs were read up to here: who holds events back need not keep all that came meanwhile.
      for (const {log} of tracks) yield {log, events: []}
    }
    calls.pace = FOLLOWING_PACE
  }
  groups.check()
}

/** Passes batches on until time is up. */
async function* inTime(batches: AsyncIterable<EventBatch>, ends: Ends): AsyncGenerator<EventBatch> {
  try {
    for await (const batch of batches) {
      yield batch
      if (ends.isTimeUp) return
    }
  } catch (error) {
    if (!(error instanceof TimeIsUp)) throw error
  }
}

/** Passes batches on, and says why there may be none when none has come for a while. */
async function* explained(
  batches: AsyncIterable<EventBatch>,
  logs: readonly Log[],
  watch: TailWatch,
): AsyncGenerator<EventBatch> {
  const started = watch.clock.now()
  let isSilent = true
  for await (const batch of batches) {
    isSilent &&= batch.events.length === 0
    yield batch
    if (isSilent && watch.clock.now() - started >= SILENCE) {
      isSilent = false
      watch.notice(await explanation(logs, watch))
    }
  }
}

/** An event of a cursor. */
function placed(logs: readonly Log[], group: string, event: LogEvent): Placed[] {
  const log = logs.find(log => log.group === group)
  return log ? [{log, event}] : []
}

/** Passes events on that count as let through already. */
function* passedOn(events: readonly Placed[], bookmark: Bookmark): Generator<EventBatch> {
  let gone = 0
  bookmark.keptBy(() => events.slice(gone))
  for (const batch of batched(events)) {
    gone += batch.events.length
    yield batch
  }
}

/** Whether it has to be known of every event that is there whether it was let through. */
const goesOn = ({follow}: TailOptions, {save}: TailWatch) => follow || save !== undefined

/** Since when events are let through; before that, `last` looks by itself. @param now milliseconds since 1970 */
function beginOf(options: TailOptions, watch: TailWatch, now: number): number {
  const {since, until, last, lateness = LATENESS} = options
  if (last === undefined || !goesOn(options, watch)) return since ?? (until ?? now) - SINCE
  return Math.max(since ?? 0, Math.min(until ?? now, now) - CLOCK_SKEW - lateness)
}

/** Why no event comes, of each log. */
async function explanation(all: readonly Log[], {explain}: AbsenceWatch): Promise<string> {
  const lines: string[] = []
  // Functions are silent when nothing calls them, which the logs of the stages tell.
  const logs = all.filter(({kind}) => kind !== 'function')
  for (const log of logs) {
    const {reason, hint} = await explain(log)
    const subject = logs.length === 1 ? 'No line yet' : `No line yet of ${log.group}`
    lines.push(`${subject}: ${reason}`, ...(hint === undefined ? [] : [hint]))
  }
  return lines.join('\n')
}

/** What is there and was not let through yet, so that following goes on where this ends. */
async function* history(
  source: LogSource,
  tracks: readonly Track[],
  {pattern, until}: TailOptions,
  {clock}: TailWatch,
): AsyncGenerator<EventBatch> {
  const asked = clock.now()
  const since = Math.min(...tracks.map(({seen}) => seen.from))
  if (until !== undefined && since > until) return
  for (const {seen} of tracks) seen.begin()
  const seenOf = new Map(tracks.map(({log, seen}) => [log, seen]))
  for await (const {log, events} of readHistory(source, [...seenOf.keys()], {pattern, since, until}, clock)) {
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
  bookmark: Bookmark,
): AsyncGenerator<EventBatch> {
  const {until, count} = options
  const {clock} = watch
  const now = clock.now()
  const there: Placed[] = []
  let isWaiting = true
  bookmark.keptBy(() => (isWaiting ? there : []))
  if (goesOn(options, watch)) {
    for (const {log, seen} of tracks) {
      for await (const events of poll(source, {log, seen}, options, clock)) {
        for (const event of events) there.push({log, event})
      }
    }
  }
  const kept = keepLast(there, options)
  const before = goesOn(options, watch) ? beginOf(options, watch, now) - 1 : until
  const missing = count - unitsIn(kept, options)
  const older = await readLast(source, options.logs, {...options, count: missing, until: before}, clock)
  isWaiting = false
  yield* passedOn([...older, ...kept], bookmark)
}
