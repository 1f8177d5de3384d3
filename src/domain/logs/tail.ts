import {Problem} from '../problem.js'
import type {Clock} from '../session.js'
import {compareEvents, type LogEvent, type LogLine} from './events.js'
import type {LogPage, LogQuery, LogSource} from './source.js'

export interface TailOptions {
  group: string
  pattern?: string | undefined
  /** Milliseconds since 1970; undefined for the last ten minutes, or with `last` for up to seven days. */
  since?: number | undefined
  /** Milliseconds since 1970; undefined for no end. */
  until?: number | undefined
  /** Only that many of the lines that are there at the start. */
  last?: number | undefined
  /** Go on with what comes in. */
  follow: boolean
  /** Wait for a group that is not there yet; only when following. */
  wait: boolean
  /** What is shown of an event; undefined for nothing. */
  lineOf: (event: LogEvent) => LogLine | undefined
  /** Milliseconds that an event may come in after a younger one; 60 s where not given. */
  lookback?: number | undefined
}

/** Who watches the tail. */
export interface TailWatch {
  clock: Clock
  signal: AbortSignal
  /** Milliseconds that a service which cannot be used is waited for. */
  maxWait: number
  notice(text: string): void
  /** Why there may be nothing to show, and the command that mends it. */
  explain(): Promise<{reason: string; hint?: string | undefined}>
  /** From 0 up to 1, for waits that do not meet those of others. */
  random(): number
}

const SECOND = 1_000
const MINUTE = 60 * SECOND

/** API Gateway's events can be read about 20 s after their time (recorded): three times that. */
const LOOKBACK = MINUTE
/** AWS refuses requests that are signed by a clock more than five minutes off: ours is never further. */
const CLOCK_SKEW = 5 * MINUTE
const SINCE = 10 * MINUTE

/** Pauses between calls: the service allows 5 a second to the whole account in some Regions. */
const QUICK = SECOND
const IDLE = 5 * SECOND
const MAX_BACKOFF = 30 * SECOND
/** After this long without a line somebody watching wonders whether anything works. */
const SILENCE = 40 * SECOND

/** Times that a poll begins again because its token is refused. */
const MAX_REFUSALS = 3

/** How far to look back for the last lines, in steps, where nothing was said. */
const SPANS = [10 * MINUTE, 60 * MINUTE, 6 * 60 * MINUTE, 24 * 60 * MINUTE, 7 * 24 * 60 * MINUTE]

/**
 * The lines of a log group, and with `follow` those that come in, each once.
 *
 * Events come late and out of order, so every poll reads again from `lookback` before what is known to be complete,
 * and the ids of the events in that window are remembered. Lines of one poll are in order; a late one follows when it
 * comes.
 * @throws Problem missing for a group that is not there and is not waited for; usage for a window that ends before it
 *   begins; what the source throws
 */
export async function* tail(source: LogSource, options: TailOptions, watch: TailWatch): AsyncGenerator<LogLine> {
  const {since, until} = options
  if (since !== undefined && until !== undefined && since > until) {
    throw new Problem('usage', 'Nothing can be --since a moment that comes after --until.')
  }
  const reader = new Reader(source, options, watch)
  const started = watch.clock.now()
  let hasSpoken = false
  for await (const line of options.last === undefined ? reader.poll() : await lastLines(reader, options.last)) {
    hasSpoken = true
    yield line
  }
  while (options.follow && !reader.isOver) {
    await reader.pause()
    for await (const line of reader.poll()) {
      hasSpoken = true
      yield line
    }
    if (!hasSpoken && watch.clock.now() - started >= SILENCE) {
      hasSpoken = true
      const {reason, hint} = await watch.explain()
      watch.notice(sentences(`No line yet: ${reason}`, hint))
    }
  }
}

/** The last lines that are there. Where nothing says since when, it looks further and further back. */
async function lastLines(reader: Reader, count: number): Promise<LogLine[]> {
  let lines = await lastOf(reader.poll(), count)
  for (const span of SPANS) {
    if (lines.length >= count) break
    lines = [...(await lastOf(reader.before(span), count - lines.length)), ...lines]
  }
  return lines
}

async function lastOf(lines: AsyncIterable<LogLine>, count: number): Promise<LogLine[]> {
  const kept: LogLine[] = []
  const surplus = () => Math.max(0, kept.length - count)
  for await (const line of lines) {
    kept.push(line)
    // Cut now and then, not at every line, so that it costs next to nothing.
    if (kept.length > 2 * count) kept.splice(0, surplus())
  }
  return kept.slice(surplus())
}

const sentences = (...parts: (string | undefined)[]) => parts.filter(part => part !== undefined).join('\n')

/** Reads a group poll by poll and lets every event through once. */
class Reader {
  /** Ids of the events that the next poll may meet again, with their times. */
  readonly #seen = new Map<string, number>()
  readonly #since: number
  readonly #lookback: number
  /** All events up to this time have been read, but for what comes late. Never goes back. */
  #covered: number
  /** How far back has been looked for the last lines. */
  #oldest: number
  #pollStart = Number.NEGATIVE_INFINITY
  #lastCall = Number.NEGATIVE_INFINITY
  /** Milliseconds from one poll to the next: shorter while lines come, longer while none do. */
  #interval = QUICK
  #backoff = 0
  #isPaced = false
  #hasRead = false
  #troubleSince: number | undefined
  readonly #said = new Set<string>()

  constructor(
    private readonly source: LogSource,
    private readonly options: TailOptions,
    private readonly watch: TailWatch,
  ) {
    this.#since = options.since ?? (options.until ?? watch.clock.now()) - SINCE
    this.#lookback = options.lookback ?? LOOKBACK
    this.#covered = this.#since
    this.#oldest = this.#since
  }

  /** Whether everything up to `until` is there, late events included. */
  get isOver(): boolean {
    const {until} = this.options
    return until !== undefined && this.#pollStart > until + this.#lookback
  }

  /** Waits until the next poll is due. All calls after the first poll keep their distance. */
  async pause(): Promise<void> {
    this.#isPaced = true
    await this.#sleepSinceCall(Math.max(this.#interval, this.#backoff))
  }

  /** Everything new. */
  async *poll(): AsyncGenerator<LogLine> {
    const {group, pattern, until} = this.options
    this.#pollStart = this.watch.clock.now()
    let isFruitful = false
    let refusals = 0
    let previous = new Set<string>()
    let query = this.#query({group, pattern, endTime: until})
    for (;;) {
      const page = await this.#page(query)
      if (!page) {
        // The token is too old, because the reader was slow: begin again; what was read is known.
        if (++refusals > MAX_REFUSALS) throw new Problem('failed', 'CloudWatch Logs refuses the tokens it gives.')
        query = this.#query({group, pattern, endTime: until})
        continue
      }
      const fresh = this.#fresh(page.events, previous)
      previous = new Set(page.events.map(event => event.eventId))
      if (fresh.length > 0) {
        isFruitful = true
        refusals = 0
      }
      yield* this.#lines(fresh)
      if (page.nextToken === undefined) {
        this.#cover(this.#pollStart - CLOCK_SKEW)
        break
      }
      // A token that leads to itself, with nothing new: the next poll starts again from what is covered.
      if (page.nextToken === query.nextToken && fresh.length === 0) break
      query = {...query, nextToken: page.nextToken}
    }
    this.#interval = isFruitful ? QUICK : Math.min(IDLE, this.#interval * 1.5)
  }

  /** What lies between a time before the first poll and what was read already. */
  async *before(span: number): AsyncGenerator<LogLine> {
    const startTime = (this.options.until ?? this.#pollStart) - span
    if (this.options.since !== undefined || startTime >= this.#oldest) return
    const {group, pattern} = this.options
    let query: LogQuery = {group, pattern, startTime, endTime: this.#oldest - 1}
    this.#oldest = startTime
    for (;;) {
      const page = await this.#page(query)
      if (!page) throw new Problem('failed', 'CloudWatch Logs refuses the tokens it gives.')
      yield* this.#lines(page.events.sort(compareEvents))
      if (page.nextToken === undefined || page.nextToken === query.nextToken) return
      query = {...query, nextToken: page.nextToken}
    }
  }

  #query(query: LogQuery): LogQuery {
    return {...query, startTime: Math.max(this.#since, this.#covered - this.#lookback)}
  }

  /** The events that no earlier page had, in order. `previous` are the ids of the page before. */
  #fresh(events: readonly LogEvent[], previous: ReadonlySet<string>): LogEvent[] {
    const fresh: LogEvent[] = []
    for (const event of [...events].sort(compareEvents)) {
      if (this.#seen.has(event.eventId) || previous.has(event.eventId)) continue
      this.#seen.set(event.eventId, event.timestamp)
      fresh.push(event)
    }
    const latest = fresh.at(-1)
    if (latest) this.#cover(latest.timestamp)
    return fresh
  }

  #cover(time: number): void {
    this.#covered = Math.max(this.#covered, Math.min(time, this.#pollStart))
    for (const [id, timestamp] of this.#seen) {
      if (timestamp < this.#covered - this.#lookback) this.#seen.delete(id)
    }
  }

  *#lines(events: readonly LogEvent[]): Generator<LogLine> {
    for (const event of events) {
      this.watch.signal.throwIfAborted()
      const line = this.options.lineOf(event)
      if (line) yield line
    }
  }

  /** One page, however long it takes to get it. */
  async #page(query: LogQuery): Promise<LogPage | undefined> {
    for (;;) {
      if (this.#isPaced) await this.#sleepSinceCall(QUICK)
      this.watch.signal.throwIfAborted()
      this.#lastCall = this.watch.clock.now()
      try {
        const page = await this.source.page(query)
        this.#backoff = this.#backoff > QUICK ? this.#backoff / 2 : 0
        this.#hasRead = true
        this.#troubleSince = undefined
        return page
      } catch (error) {
        if (!(error instanceof Problem)) throw error
        if (error.kind === 'missing') await this.#awaitGroup()
        else if (error.kind === 'gave-up') await this.#backOff(error, this.options.follow)
        else if (error.kind === 'unreachable' && this.options.follow && this.#hasRead) await this.#backOff(error, false)
        else throw error
      }
    }
  }

  /** @param isEndless whether it goes on for longer than `maxWait` */
  async #backOff(problem: Problem, isEndless: boolean): Promise<void> {
    const now = this.watch.clock.now()
    this.#troubleSince ??= now
    this.#backoff = Math.min(MAX_BACKOFF, Math.max(SECOND, this.#backoff * 2))
    if (!isEndless && now + this.#backoff - this.#troubleSince > this.watch.maxWait) throw problem
    if (problem.kind === 'gave-up') {
      this.#say('CloudWatch Logs throttles the account; reading more slowly, nothing is lost.')
    } else {
      this.#say(`${problem.message} Trying again; nothing is lost.`)
    }
    await this.watch.clock.sleep(this.#backoff * (0.5 + this.watch.random() / 2), this.watch.signal)
  }

  async #awaitGroup(): Promise<void> {
    const {group, follow, wait} = this.options
    const {clock, signal} = this.watch
    const missing = `There is no log group ${group}${this.#hasRead ? ' any more' : ' yet'}`
    const isOver = this.isOver
    if (!follow || !wait || isOver || !this.#said.has(missing)) {
      const {reason, hint} = await this.watch.explain()
      if (!follow || !wait || isOver) throw new Problem('missing', `${missing}: ${reason}`, hint)
      this.#said.add(missing)
      this.watch.notice(sentences(`${missing}: ${reason}`, hint, 'Waiting for it…'))
    }
    await clock.sleep(IDLE, signal)
    this.#pollStart = clock.now()
  }

  #say(text: string): void {
    if (this.#said.has(text)) return
    this.#said.add(text)
    this.watch.notice(text)
  }

  async #sleepSinceCall(milliseconds: number): Promise<void> {
    const {clock, signal} = this.watch
    const left = this.#lastCall + milliseconds - clock.now()
    if (left > 0) await clock.sleep(left, signal)
  }
}
