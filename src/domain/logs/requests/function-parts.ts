import type {LogEvent} from '../events.js'
import {Invocations, requestLine} from '../function-lines.js'
import type {Log} from '../log.js'
import type {LoggedRequest, RequestLine} from './request.js'

/** Lines that are held at most: functions may be called by others than the API. */
const MOST_LINES = 50_000
/** Streams that are followed, and requests that are remembered for lines that come late, at most. */
const MOST_REMEMBERED = 10_000

/**
 * What functions have written, until the requests are known that they were called for. A function's log comes some
 * seconds after its time and API Gateway's about 20 s, so the function's lines are mostly there first. Those that no
 * request is known for are forgotten in the end: other callers than this API have functions, too.
 */
export class FunctionParts {
  /** By log group and stream, the last used at the end. */
  readonly #streams = new Map<string, Invocations>()
  /** By the id of the invocation. */
  readonly #waiting = new Map<string, RequestLine[]>()
  /** What was given out, without its lines, by the id of the invocation. */
  readonly #callers = new Map<string, LoggedRequest>()
  #lines = 0

  constructor(private readonly options: {redact: boolean}) {}

  /** Takes new events, and gives out those of requests that were given out without them. */
  add(log: Log, events: readonly LogEvent[]): LoggedRequest[] {
    const additions = new Map<string, LoggedRequest>()
    for (const event of events) {
      for (const {requestId, ...line} of this.#invocationsOf(log, event).add(event)) {
        const shown = requestLine(line, log, this.options)
        const caller = this.#callers.get(requestId)
        if (!caller) {
          this.#hold(requestId, shown)
          continue
        }
        const addition = additions.get(requestId) ?? {...caller, lines: [], isAddition: true}
        addition.lines.push(shown)
        additions.set(requestId, addition)
      }
    }
    return [...additions.values()]
  }

  /** A request that is given out, with what the function behind it has written so far. */
  join(request: LoggedRequest): LoggedRequest {
    const {integrationRequestId: id} = request
    if (id === undefined) return request
    remember(this.#callers, id, {...request, lines: []})
    const lines = this.#waiting.get(id) ?? []
    this.#waiting.delete(id)
    this.#lines -= lines.length
    return lines.length === 0 ? request : {...request, lines: inOrder([...request.lines, ...lines])}
  }

  #invocationsOf({group}: Log, {logStreamName}: LogEvent): Invocations {
    const key = `${group} ${logStreamName}`
    const invocations = this.#streams.get(key) ?? new Invocations()
    remember(this.#streams, key, invocations)
    return invocations
  }

  #hold(id: string, line: RequestLine): void {
    const lines = this.#waiting.get(id) ?? []
    lines.push(line)
    this.#waiting.set(id, lines)
    this.#lines++
    if (this.#lines <= MOST_LINES) return
    // Half at once: to find the oldest of a map costs more, the more there was before it.
    for (const [oldest, {length}] of this.#waiting) {
      if (this.#lines <= MOST_LINES / 2) return
      this.#waiting.delete(oldest)
      this.#lines -= length
    }
  }
}

/** Puts something at the end of a map, and forgets what was put there long ago. */
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
