import {Problem} from '../../problem.js'
import type {Clock} from '../../session.js'
import type {Bookmark} from '../bookmark.js'
import {compareEvents, type LogEvent} from '../events.js'
import {MAX_REFUSALS} from '../follow.js'
import type {EventBatch, Log} from '../log.js'
import {isEnd} from '../requests/assemble.js'
import {phaseOf, splitLine} from '../requests/lines.js'
import type {LogQuery, LogSource} from '../source.js'
import {Given} from './given.js'
import {anyOf, isShort} from './push-down.js'

export interface CompletionOptions {
  /** Milliseconds since 1970, inclusive: what lies outside is not asked for, as without a pattern. */
  since: number
  until?: number | undefined
  /** When following, milliseconds that a line may come in after a younger one; undefined where all there is is there. */
  lateness?: number | undefined
  /** Whether what was found may have come live, without ids. */
  isLive?: boolean | undefined
  bookmark?: Bookmark | undefined
  clock: Pick<Clock, 'now'>
}

const SECOND = 1_000
const MINUTE = 60 * SECOND

/** All but a few requests take no longer: an integration has 29 s. */
const LONG = 30 * SECOND
/** No request takes longer: 15 minutes where its response is streamed, else what the 29 s were raised to. */
const LONGEST = 15 * MINUTE
/** A request whose end has not been seen is asked for again after this long, then after twice as long, and so on. */
const RECHECK = 5 * SECOND

/** Source: API reference of FilterLogEvents. */
const MOST_STREAMS = 100

/** Requests found in one batch from which on it is worth a call to see how many others there are. */
const MANY = 150
/** Part of all requests from which on reading all of them takes fewer calls: 73 go in a question, some 600 on a page. */
const MOST = 1 / 8

/** Of what is there, so many batches bring requests before they are asked for, so that one call asks for many of them. */
const TOGETHER = 8

/** A request of which a line was found. */
interface Found {
  id: string
  streams: Set<string>
  /** Times of the lines that are known, in milliseconds since 1970. */
  from: number
  to: number
  /** Lines that were found and not given out yet. */
  lines: LogEvent[]
  foundAt: number
  /** When its lines were asked for last. */
  askedAt: number
  hasBegun: boolean
  hasEnded: boolean
}

/** A time in which most requests were found. */
interface Stretch {
  ids: ReadonlySet<string | undefined>
  from: number
  to: number
  foundAt: number
}

/**
 * Completes the requests of which a filter pattern found a line: their other lines do not match it. All lines of a
 * request are in one stream (recorded), so that they are asked for by its id in a few streams and a short time. Where
 * most of the requests of some time were found, everything of that time is read instead.
 * @param batches what was found; an empty batch says that time went by
 * @throws what the source throws
 */
export async function* completed(
  source: LogSource,
  batches: AsyncIterable<EventBatch>,
  options: CompletionOptions,
): AsyncGenerator<EventBatch> {
  const completions = new Map<Log, Completion>()
  options.bookmark?.keptBy(() => [...completions.values()].flatMap(completion => completion.pending))
  for await (const {log, events} of batches) {
    if (log.kind !== 'execution') {
      yield {log, events}
      continue
    }
    const completion = completions.get(log) ?? new Completion(source, log, options)
    completions.set(log, completion)
    yield* completion.add(events)
    if (events.length === 0) yield {log, events}
  }
  for (const completion of completions.values()) yield* completion.end()
}

/** The requests of one log that were found and may have more lines than are known. */
class Completion {
  readonly #found = new Map<string, Found>()
  #stretches: Stretch[] = []
  #batches = 0
  readonly #given: Given

  constructor(
    private readonly source: LogSource,
    private readonly log: Log,
    private readonly options: CompletionOptions,
  ) {
    this.#given = new Given(options.isLive ?? false)
  }

  /** What was found and is not given out yet. */
  get pending(): {log: Log; event: LogEvent}[] {
    return [...this.#found.values()].flatMap(({lines}) => lines.map(event => ({log: this.log, event})))
  }

  /** What was found by now, completed, and what is to be asked for once more. */
  async *add(events: readonly LogEvent[]): AsyncGenerator<EventBatch> {
    if (await this.#areMost(events)) {
      yield* this.#ask(found => this.#isDue(found))
      yield* this.#readAll(events)
    }
    const rest = this.#given.admit(events).filter(event => !this.#note(event))
    if (rest.length > 0) yield {log: this.log, events: rest}
    if (this.options.lateness !== undefined || ++this.#batches % TOGETHER === 0 || this.#found.size >= MANY) {
      yield* this.#ask(found => this.#isDue(found))
    }
    const due = this.#stretches.filter(({foundAt}) => this.#now - foundAt >= (this.options.lateness ?? 0))
    this.#stretches = this.#stretches.filter(stretch => !due.includes(stretch))
    for (const stretch of due) yield* this.#readStretch(stretch)
  }

  /** What is still waited for, once more. */
  async *end(): AsyncGenerator<EventBatch> {
    yield* this.#ask(() => true)
    for (const stretch of this.#stretches) yield* this.#readStretch(stretch)
  }

  get #now(): number {
    return this.options.clock.now()
  }

  /** Remembers the request of a line that was found. @returns false for a line that is of no request */
  #note(event: LogEvent): boolean {
    const id = idOf(event)
    if (id === undefined) return false
    const {timestamp} = event
    const found = this.#found.get(id) ?? {
      id,
      streams: new Set(),
      from: timestamp,
      to: timestamp,
      lines: [],
      foundAt: this.#now,
      askedAt: Number.NEGATIVE_INFINITY,
      hasBegun: false,
      hasEnded: false,
    }
    this.#found.set(id, found)
    found.lines.push(event)
    learn(found, event)
    return true
  }

  /** Whether a request has to be asked for: at once, until its end is there, and once more when nothing can be late. */
  #isDue({lines, foundAt, askedAt, hasEnded}: Found): boolean {
    if (lines.length > 0) return true
    const {lateness = 0} = this.options
    return this.#now >= (hasEnded ? foundAt + lateness : askedAt + Math.max(RECHECK, askedAt - foundAt))
  }

  /** All lines of the requests that are due which were not given out yet, of some requests at a time. */
  async *#ask(isDue: (found: Found) => boolean): AsyncGenerator<EventBatch> {
    for (const chunk of chunksOf([...this.#found.values()].filter(isDue))) {
      const lines = chunk.flatMap(found => found.lines)
      lines.push(...(await this.#linesOf(chunk, LONG)))
      // Only of a request that is not whole yet may there be more, farther away.
      const cut = chunk.filter(({hasBegun, hasEnded}) => !hasBegun || !hasEnded)
      if (cut.length > 0) lines.push(...(await this.#linesOf(cut, LONGEST)))
      for (const found of chunk) {
        found.lines = []
        found.askedAt = this.#now
        if (this.#isOver(found)) this.#found.delete(found.id)
      }
      if (lines.length > 0) yield {log: this.log, events: lines.sort(compareEvents)}
    }
  }

  #isOver({foundAt, hasEnded}: Found): boolean {
    const {lateness} = this.options
    return lateness === undefined || this.#now - foundAt >= (hasEnded ? lateness : LONGEST)
  }

  /** The lines of some requests that were not given out yet. @param margin milliseconds before and after those known */
  async #linesOf(chunk: readonly Found[], margin: number): Promise<LogEvent[]> {
    const streams = [...new Set(chunk.flatMap(found => [...found.streams]))]
    const query = {
      pattern: patternOf(chunk),
      streams: streams.length <= MOST_STREAMS ? streams : undefined,
      startTime: Math.min(...chunk.map(({from}) => from)) - margin,
      endTime: Math.max(...chunk.map(({to}) => to)) + margin,
    }
    const lines: LogEvent[] = []
    for await (const page of this.#pages(query, new Set(chunk.map(({id}) => id)))) lines.push(...page)
    for (const line of lines) learn(this.#found.get(idOf(line) ?? ''), line)
    return lines
  }

  /** Whether so many requests were found that asking for each takes more calls than reading all there are. */
  async #areMost(events: readonly LogEvent[]): Promise<boolean> {
    const ids = new Set(events.map(idOf))
    if (ids.size < MANY) return false
    const {from, to} = timesOf(events)
    const page = await this.source.page({group: this.log.group, startTime: from, endTime: to})
    const all = [...new Set(page?.events.map(idOf))]
    return all.filter(id => ids.has(id)).length >= MOST * all.length
  }

  /** The lines of the requests that were found, out of everything. */
  async *#readAll(events: readonly LogEvent[]): AsyncGenerator<EventBatch> {
    const ids = new Set(events.map(idOf).filter(id => id !== undefined))
    const stretch = {ids, ...timesOf(events), foundAt: this.#now}
    yield* this.#readStretch(stretch)
    if (this.options.lateness !== undefined) this.#stretches.push(stretch)
  }

  /** Of a request that began before, what is there is held back: the rest of it is asked for. */
  async *#readStretch({ids, from, to}: Stretch): AsyncGenerator<EventBatch> {
    const begun = new Set<string | undefined>()
    for await (const events of this.#pages({startTime: from - LONG, endTime: to + LONG}, ids)) {
      for (const event of events) if (isFirst(event)) begun.add(idOf(event))
      // At level ERROR no request has a beginning.
      const isWhole = (event: LogEvent) => begun.size === 0 || begun.has(idOf(event))
      const whole = events.filter(event => isWhole(event) || !this.#note(event))
      if (whole.length > 0) yield {log: this.log, events: whole}
    }
  }

  /** The lines of some requests that were not given out yet, page by page. */
  async *#pages(query: Omit<LogQuery, 'group'>, ids: ReadonlySet<string | undefined>): AsyncGenerator<LogEvent[]> {
    const {since, until = Number.POSITIVE_INFINITY} = this.options
    const {startTime = since, endTime = until} = query
    const window = {startTime: Math.max(since, startTime), endTime: Math.min(until, endTime)}
    let nextToken: string | undefined
    let refusals = 0
    for (;;) {
      const page = await this.source.page({...query, ...window, group: this.log.group, nextToken})
      if (page) {
        yield this.#given.admit(page.events.filter(event => ids.has(idOf(event))))
        if (page.nextToken === undefined || page.nextToken === nextToken) return
      } else if (++refusals > MAX_REFUSALS) {
        throw new Problem('failed', 'CloudWatch Logs refuses the tokens it gives.')
      }
      // A token that is refused is too old: begin again; what was given out is known.
      nextToken = page?.nextToken
    }
  }
}

/** What a line of a request tells of where its other lines are. */
function learn(found: Found | undefined, line: LogEvent): void {
  if (!found) return
  found.streams.add(line.logStreamName)
  found.from = Math.min(found.from, line.timestamp)
  found.to = Math.max(found.to, line.timestamp)
  found.hasBegun ||= isFirst(line)
  found.hasEnded ||= isEnd(phaseOf(splitLine(line.message).text))
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

/** Whether it is the first line that a request has at level INFO (recorded). */
const isFirst = ({message}: LogEvent) => phaseOf(splitLine(message).text) === 'extended-id'

const idOf = ({message}: LogEvent) => splitLine(message).requestId

function timesOf(events: readonly LogEvent[]): {from: number; to: number} {
  const times = events.map(({timestamp}) => timestamp)
  return {from: Math.min(...times), to: Math.max(...times)}
}
