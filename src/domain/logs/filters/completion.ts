import {Problem} from '../../problem.js'
import type {Clock} from '../../session.js'
import {compareEvents, type LogEvent} from '../events.js'
import {MAX_REFUSALS} from '../follow.js'
import type {EventBatch, Log} from '../log.js'
import {isEnd} from '../requests/assemble.js'
import {phaseOf, splitLine} from '../requests/lines.js'
import type {LogQuery, LogSource} from '../source.js'
import type {Given} from './given.js'
import {anyOf, isShort} from './push-down.js'

export interface CompletionOptions {
  /** Milliseconds since 1970, inclusive: what lies outside is not asked for, as without a pattern. */
  since: number
  until?: number | undefined
  /** When following, milliseconds that a line may come in after a younger one; undefined where all there is is there. */
  lateness?: number | undefined
  clock: Pick<Clock, 'now'>
  /** Whether to stop where so much is found that reading everything costs less. */
  mayStop: boolean
}

const SECOND = 1_000
const MINUTE = 60 * SECOND

/** No request takes longer: 15 minutes where its response is streamed, else 29 s or what that was raised to. */
const LONGEST = 15 * MINUTE
/** A request whose end has not been seen is asked for again after this long, then after twice as long, and so on. */
const RECHECK = 5 * SECOND

/** Source: API reference of FilterLogEvents. */
const MOST_STREAMS = 100

/** Requests found in one batch from which on it is worth a call to see how many others there are. */
const MANY = 150
/** Part of all requests from which on reading all of them takes fewer calls: 73 go in a question, some 600 on a page. */
const MOST = 1 / 8

/** A request of which a line was found. */
interface Found {
  id: string
  streams: Set<string>
  /** Times of the lines that were found, in milliseconds since 1970. */
  from: number
  to: number
  /** Lines that were found and not given out yet. */
  lines: LogEvent[]
  foundAt: number
  /** When its lines were asked for last. */
  askedAt: number
  hasEnded: boolean
}

/**
 * Completes the requests of which a filter pattern found a line: their other lines do not match it. All lines of a
 * request are in one stream (recorded), so that they are asked for by its id in a few streams and a short time.
 * @param batches what was found; an empty batch says that time went by
 * @param given what was let through: each event is, once
 * @returns where too much is found, the time from which on everything has to be read, in milliseconds since 1970
 * @throws what the source throws
 */
export async function* completed(
  source: LogSource,
  batches: AsyncIterable<EventBatch>,
  given: Given,
  options: CompletionOptions,
): AsyncGenerator<EventBatch, number | undefined> {
  const completion = new Completion(source, given, options)
  for await (const {log, events} of batches) {
    if (options.mayStop && (await isTooMuch(source, log, events))) return timesOf(events).from
    const rest = completion.note(log, given.admit(events))
    yield* completion.complete(log, found => completion.isDue(found))
    if (rest.length > 0 || events.length === 0) yield {log, events: rest}
  }
  yield* completion.end()
  return undefined
}

/** The requests that were found and may have more lines than are known. */
class Completion {
  readonly #found = new Map<Log, Map<string, Found>>()

  constructor(
    private readonly source: LogSource,
    private readonly given: Given,
    private readonly options: CompletionOptions,
  ) {}

  /** Remembers the requests that lines were found of. @returns lines that are of no request, or not of many lines */
  note(log: Log, events: readonly LogEvent[]): LogEvent[] {
    if (log.kind !== 'execution') return [...events]
    const open = this.#found.get(log) ?? new Map<string, Found>()
    this.#found.set(log, open)
    const rest: LogEvent[] = []
    for (const event of events) {
      const {requestId: id, text} = splitLine(event.message)
      if (id === undefined) {
        rest.push(event)
        continue
      }
      const found = open.get(id) ?? this.#newlyFound(id, event)
      open.set(id, found)
      found.streams.add(event.logStreamName)
      found.from = Math.min(found.from, event.timestamp)
      found.to = Math.max(found.to, event.timestamp)
      found.lines.push(event)
      found.hasEnded ||= isEnd(phaseOf(text))
    }
    return rest
  }

  #newlyFound(id: string, {timestamp}: LogEvent): Found {
    const now = this.options.clock.now()
    return {
      id,
      streams: new Set(),
      from: timestamp,
      to: timestamp,
      lines: [],
      foundAt: now,
      askedAt: now,
      hasEnded: false,
    }
  }

  /** Whether a request has to be asked for: at once, until its end is there, and once more when nothing can be late. */
  isDue({lines, foundAt, askedAt, hasEnded}: Found): boolean {
    const {clock, lateness = 0} = this.options
    if (lines.length > 0) return true
    const wait = hasEnded ? foundAt + lateness - askedAt : Math.max(RECHECK, askedAt - foundAt)
    return clock.now() - askedAt >= wait
  }

  /** All lines of requests that were not given out yet, of some requests at a time. */
  async *complete(log: Log, isWanted: (found: Found) => boolean): AsyncGenerator<EventBatch> {
    const {clock, lateness} = this.options
    const open = this.#found.get(log) ?? new Map<string, Found>()
    for (const chunk of chunksOf([...open.values()].filter(isWanted))) {
      const lines = await linesOf(this.source, log, chunk, this.options)
      const events = [...chunk.flatMap(found => found.lines), ...this.given.admit(lines)].sort(compareEvents)
      const now = clock.now()
      const ended = new Set(events.filter(({message}) => isLast(message)).map(idOf))
      for (const found of chunk) {
        found.lines = []
        found.askedAt = now
        found.hasEnded ||= ended.has(found.id)
        const patience = found.hasEnded ? lateness : lateness && LONGEST
        if (patience === undefined || now - found.foundAt >= patience) open.delete(found.id)
      }
      if (events.length > 0) yield {log, events}
    }
  }

  /** What is still waited for, once more. */
  async *end(): AsyncGenerator<EventBatch> {
    for (const log of this.#found.keys()) yield* this.complete(log, () => true)
  }
}

/** As many requests at a time as the pattern that asks for them has room for. */
function chunksOf(found: readonly Found[]): Found[][] {
  const chunks: Found[][] = []
  for (const each of found) {
    const last = chunks.at(-1)
    if (last && isShort(patternOf([...last, each]))) last.push(each)
    else chunks.push([each])
  }
  return chunks
}

const patternOf = (found: readonly Found[]) => anyOf(found.map(({id}) => beginningOf(id)))

/**
 * What a line of the request begins with, which lets through next to nothing else: of an id in the form of a UUID its
 * first group, so that three times as many have room in a pattern.
 */
const beginningOf = (id: string) => (/^[\da-f]{8}-/.test(id) ? `(${id.slice(0, 9)}` : `(${id})`)

/** The lines of some requests, as far as they are there. */
async function linesOf(
  source: LogSource,
  log: Log,
  found: readonly Found[],
  {since, until = Number.POSITIVE_INFINITY}: CompletionOptions,
): Promise<LogEvent[]> {
  const ids = new Set<string | undefined>(found.map(({id}) => id))
  const streams = [...new Set(found.flatMap(each => [...each.streams]))]
  const endTime = Math.min(until, Math.max(...found.map(({to}) => to)) + LONGEST)
  const query: LogQuery = {
    group: log.group,
    pattern: patternOf(found),
    streams: streams.length <= MOST_STREAMS ? streams : undefined,
    startTime: Math.max(since, Math.min(...found.map(({from}) => from)) - LONGEST),
    endTime,
  }
  const lines: LogEvent[] = []
  let nextToken: string | undefined
  let refusals = 0
  for (;;) {
    const page = await source.page({...query, nextToken})
    // A token that is refused is too old: begin again; what was read twice is let through once.
    if (!page && ++refusals > MAX_REFUSALS) throw new Problem('failed', 'CloudWatch Logs refuses the tokens it gives.')
    lines.push(...(page?.events ?? []).filter(({message}) => ids.has(idOf({message}))))
    if (page && (page.nextToken === undefined || page.nextToken === nextToken)) return lines
    nextToken = page?.nextToken
  }
}

/** Whether so many requests are found that asking for each takes more calls than reading all there are. */
async function isTooMuch(source: LogSource, {kind, group}: Log, events: readonly LogEvent[]): Promise<boolean> {
  const found = new Set(events.map(idOf))
  if (kind !== 'execution' || found.size < MANY) return false
  const {from, to} = timesOf(events)
  const page = await source.page({group, startTime: from, endTime: to})
  const all = [...new Set(page?.events.map(idOf))]
  return all.filter(id => found.has(id)).length >= MOST * all.length
}

const idOf = ({message}: Pick<LogEvent, 'message'>) => splitLine(message).requestId

const isLast = (message: string) => isEnd(phaseOf(splitLine(message).text))

function timesOf(events: readonly LogEvent[]): {from: number; to: number} {
  const times = events.map(({timestamp}) => timestamp)
  return {from: Math.min(...times), to: Math.max(...times)}
}
