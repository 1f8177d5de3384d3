import type {Clock} from '../../session.js'
import {compareEvents, type LogEvent} from '../events.js'
import type {Placed} from '../last.js'
import type {EventBatch, Log} from '../log.js'
import {redacted} from '../redact.js'
import {isEnd, requestOf} from './assemble.js'
import {phaseOf, splitLine} from './lines.js'
import type {LoggedRequest, RequestLine} from './request.js'

export interface GroupOptions {
  clock: Pick<Clock, 'now'>
  /** Whether credentials are taken out of lines. */
  redact: boolean
}

const SECOND = 1_000
const MINUTE = 60 * SECOND

/**
 * For how long a request without its last line is waited for. All lines of one come in one delivery (recorded), which
 * two polls may share: that is a second or two later.
 */
const PATIENCE = 2 * SECOND
/** The same in history, by the time of the events: an integration may take 29 s, or minutes where that was raised. */
const LONGEST = 2 * MINUTE
/** For how long after its end a request in history may have further lines, by the time of the events. */
const AFTERMATH = SECOND
/** Lines that are held at most. One takes up to 1 KB with data trace. */
const MOST_LINES = 50_000
/** Requests that are remembered after they were given out, for lines that come late. */
const MOST_REMEMBERED = 5_000

/** A request that is waited for. */
interface Held {
  log: Log
  requestId: string
  events: LogEvent[]
  isSorted: boolean
  hasEnded: boolean
  /** When its youngest line was written and when the last one came, in milliseconds since 1970. */
  lastTime: number
  touchedAt: number
}

/**
 * Lines of execution logs, put together to requests by the id that each begins with, over all streams and logs.
 *
 * Of what is there, requests are given out in the order in which they began: each when it has ended, and all that began
 * before it. An empty batch is the end of a poll: what has ended by then is given out with it, in order, and what has
 * been waited for long enough. The rest comes at the end. No line is lost: a line that names no request is given out as
 * an entry of its own with an empty `requestId`, and lines that come after their request was given out make another one
 * with the same id and `isAddition`, which has what is known by then and only the new lines.
 * @returns for each batch the requests that need not wait any more, which may be none
 * @throws what the batches throw, after what was held has been given out
 */
export async function* groupRequests(
  batches: AsyncIterable<EventBatch>,
  options: GroupOptions,
  groups: Pick<RequestGroups, 'add' | 'end'> = new RequestGroups(options),
): AsyncGenerator<LoggedRequest[]> {
  try {
    for await (const batch of batches) yield groups.add(batch)
  } catch (error) {
    yield groups.end()
    throw error
  }
  yield groups.end()
}

/** The lines of a request as they are in the log. */
export function textOf({requestId, lines}: LoggedRequest): string {
  const prefix = requestId === '' ? '' : `(${requestId}) `
  return lines.map(({text}) => prefix + text).join('\n')
}

/** The requests that are open at a time. */
export class RequestGroups {
  /** By request id, in the order in which they came up. */
  readonly #held = new Map<string, Held>()
  /** What requests were made of, for as long as somebody has them. */
  readonly #made = new WeakMap<LoggedRequest, Held>()
  /** What was given out, without its lines. */
  readonly #given = new Map<string, LoggedRequest>()
  /** The time of the youngest event, in milliseconds since 1970: history comes in one order over all logs. */
  #reached = Number.NEGATIVE_INFINITY
  #lines = 0
  #strays = 0

  constructor(private readonly options: GroupOptions) {}

  /** Takes new events, or none where only time went by, and gives out the requests that need not wait any more. */
  add({log, events}: EventBatch): LoggedRequest[] {
    const now = this.options.clock.now()
    for (const event of events) this.#take(log, event, now)
    this.#reached = Math.max(this.#reached, events.at(-1)?.timestamp ?? this.#reached)
    const ready = this.#give(events.length === 0 ? [...this.#complete(now)] : [...this.#inOrder()])
    return this.#lines > MOST_LINES ? [...ready, ...this.#give([...this.#surplus()])] : ready
  }

  /** The events of requests that were not given out yet. */
  *pending(): Generator<Placed> {
    for (const {log, events} of this.#held.values()) for (const event of events) yield {log, event}
  }

  /** The events that a request was made of. */
  eventsOf(request: LoggedRequest): Placed[] {
    const {log, events} = this.#made.get(request) as Held
    return events.map(event => ({log, event}))
  }

  /** Gives out all that is held. */
  end(): LoggedRequest[] {
    return this.#give(this.#held)
  }

  #take(log: Log, event: LogEvent, now: number): void {
    const {requestId, text} = splitLine(event.message)
    const key = requestId ?? ` ${this.#strays++}`
    let held = this.#held.get(key)
    if (!held) {
      held = {
        log,
        requestId: requestId ?? '',
        events: [],
        isSorted: true,
        hasEnded: requestId === undefined || this.#given.get(key)?.isComplete === true,
        lastTime: event.timestamp,
        touchedAt: now,
      }
      this.#held.set(key, held)
    }
    if (event.timestamp < held.lastTime) held.isSorted = false
    else held.lastTime = event.timestamp
    held.touchedAt = now
    held.hasEnded ||= isEnd(phaseOf(text))
    held.events.push(event)
    this.#lines++
  }

  /** What has its last line, or was waited for long enough. */
  *#complete(now: number): Generator<[string, Held]> {
    for (const entry of this.#held) {
      const {hasEnded, touchedAt} = entry[1]
      if (hasEnded || now - touchedAt >= PATIENCE) yield entry
    }
  }

  /** What nothing that is still open began before. */
  *#inOrder(): Generator<[string, Held]> {
    for (const entry of this.#held) {
      if (!this.#isSettled(entry[1])) return
      yield entry
    }
  }

  #isSettled({hasEnded, lastTime}: Held): boolean {
    return this.#reached - lastTime > (hasEnded ? AFTERMATH : LONGEST)
  }

  /** Where too much is held: first what is complete, though others that began before it are not, then the oldest. */
  *#surplus(): Generator<[string, Held]> {
    let rest = this.#lines
    const open: [string, Held][] = []
    for (const entry of this.#held) {
      if (!this.#isSettled(entry[1])) {
        open.push(entry)
        continue
      }
      rest -= entry[1].events.length
      yield entry
    }
    for (const entry of open) {
      if (rest <= MOST_LINES) return
      rest -= entry[1].events.length
      yield entry
    }
  }

  #give(ready: Iterable<[string, Held]>): LoggedRequest[] {
    const requests: LoggedRequest[] = []
    for (const [key, held] of ready) {
      if (!this.#held.delete(key)) continue
      const {log, requestId, events, isSorted} = held
      this.#lines -= events.length
      if (!isSorted) events.sort(compareEvents)
      const lines = events.map(event => lineOf(log, event, this.options))
      const request = requestOf(log, requestId, lines, this.#given.get(key))
      if (requestId !== '') this.#remember(requestId, request)
      this.#made.set(request, held)
      requests.push(request)
    }
    return requests.sort((a, b) => a.time.getTime() - b.time.getTime())
  }

  #remember(requestId: string, request: LoggedRequest): void {
    this.#given.delete(requestId)
    this.#given.set(requestId, {...request, lines: []})
    if (this.#given.size <= MOST_REMEMBERED) return
    for (const oldest of this.#given.keys()) {
      this.#given.delete(oldest)
      return
    }
  }
}

function lineOf(
  {kind}: Log,
  {timestamp, message, logStreamName, eventId}: LogEvent,
  options: GroupOptions,
): RequestLine {
  const line = splitLine(message).text
  const text = (options.redact ? redacted(line) : line).trimEnd()
  const phase = kind === 'execution' ? phaseOf(text) : 'other'
  return {time: new Date(timestamp), source: kind, phase, text, logStreamName, eventId}
}
