import type {LogEvent} from '../events.js'
import {type InvocationEvent, Invocations, requestLine} from '../function-lines.js'
import type {Placed} from '../last.js'
import type {Log} from '../log.js'
import type {LoggedRequest, RequestLine} from './request.js'

const MINUTE = 60_000

/**
 * For how long what a function wrote waits for its request, by the time of the events. API Gateway's lines come when
 * the request is over and about 20 s later.
 */
const PATIENCE = 3 * MINUTE
/** Lines that wait at most: functions may be called by others than the API. */
const MOST_LINES = 50_000
/** Streams that are followed, and requests that are remembered for lines that come late, at most. */
const MOST_REMEMBERED = 10_000

/** What an invocation has written. */
interface Part {
  log: Log
  events: InvocationEvent[]
}

/** A request that is given out, and the events of functions in it. */
export interface JoinedRequest {
  request: LoggedRequest
  events: Placed[]
}

/**
 * What functions have written, until the requests are known that they were called for. A function's log comes some
 * seconds after its time, and so mostly before the log of the request. What no request is known for is forgotten in the
 * end: other callers than this API have functions, too.
 */
export class FunctionParts {
  /** By log group and stream, the last used at the end. */
  readonly #streams = new Map<string, Invocations>()
  /** By the id of the invocation, the oldest first. */
  readonly #waiting = new Map<string, Part>()
  /** What was given out, without its lines, by the id of the invocation. */
  readonly #callers = new Map<string, LoggedRequest>()
  #lines = 0

  constructor(private readonly options: {redact: boolean}) {}

  /** Takes new events, and gives out those of requests that were given out without them. */
  add(log: Log, events: readonly LogEvent[]): JoinedRequest[] {
    const late = new Map<string, Part>()
    for (const event of events) {
      for (const line of this.#invocationsOf(log, event).add(event)) {
        if (this.#callers.has(line.requestId)) partOf(late, line.requestId, log).events.push(line)
        else this.#hold(log, line)
      }
    }
    this.#forget(events.at(-1)?.timestamp)
    return [...late].map(([id, part]) => {
      const caller = this.#callers.get(id) as LoggedRequest
      return this.#joined({...caller, lines: [], isAddition: true}, part)
    })
  }

  /** A request that is given out, with what the function behind it has written so far. */
  join(request: LoggedRequest): JoinedRequest {
    const {integrationRequestId: id} = request
    if (id === undefined) return {request, events: []}
    remember(this.#callers, id, {...request, lines: []})
    const part = this.#waiting.get(id)
    if (!part) return {request, events: []}
    this.#drop(id, part)
    return this.#joined(request, part)
  }

  /** The events that wait for their request. */
  *pending(): Generator<Placed> {
    for (const {log, events} of this.#waiting.values()) for (const {event} of events) yield {log, event}
  }

  #joined(request: LoggedRequest, {log, events}: Part): JoinedRequest {
    const lines = events.map(event => requestLine(event, log, this.options))
    return {
      request: {...request, lines: inOrder([...request.lines, ...lines])},
      events: events.map(({event}) => ({log, event})),
    }
  }

  #invocationsOf({group}: Log, {logStreamName}: LogEvent): Invocations {
    const key = `${group} ${logStreamName}`
    const invocations = this.#streams.get(key) ?? new Invocations()
    remember(this.#streams, key, invocations)
    return invocations
  }

  #hold(log: Log, line: InvocationEvent): void {
    partOf(this.#waiting, line.requestId, log).events.push(line)
    this.#lines++
  }

  /** Lets go of what waited for too long and, half of it at once, of what is too much. */
  #forget(now = Number.NEGATIVE_INFINITY): void {
    const most = this.#lines > MOST_LINES ? MOST_LINES / 2 : MOST_LINES
    for (const [id, part] of this.#waiting) {
      const age = now - (part.events.at(-1)?.event.timestamp ?? now)
      if (this.#lines <= most && age <= PATIENCE) return
      this.#drop(id, part)
    }
  }

  #drop(id: string, {events}: Part): void {
    this.#waiting.delete(id)
    this.#lines -= events.length
  }
}

function partOf(parts: Map<string, Part>, id: string, log: Log): Part {
  const part = parts.get(id) ?? {log, events: []}
  parts.set(id, part)
  return part
}

/** Puts something at the end of a map, and forgets half of it where it is too much: to find the oldest is costly. */
function remember<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.delete(key)
  map.set(key, value)
  if (map.size <= MOST_REMEMBERED) return
  for (const oldest of map.keys()) {
    if (map.size <= MOST_REMEMBERED / 2) return
    map.delete(oldest)
  }
}

/** Lines of several logs in one order; those of one log that bear one time stay as they are. */
export const inOrder = (lines: readonly RequestLine[]) => [...lines].sort((a, b) => a.time.getTime() - b.time.getTime())
