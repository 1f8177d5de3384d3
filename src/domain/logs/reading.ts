import {type AccessFormat, accessFormat} from './access-format.js'
import {accessRequests} from './access-records.js'
import {type LogEvent, type LogLine, lineMaker, linesOf, placed} from './events.js'
import {completed} from './filters/completion.js'
import {isFiltering, matcherOf, type RequestFilter} from './filters/filter.js'
import {patternFor} from './filters/push-down.js'
import {type Placed, SPANS} from './last.js'
import type {EventBatch, Log} from './log.js'
import {FunctionParts, type JoinedRequest} from './requests/function-parts.js'
import {type GroupOptions, groupRequests, RequestGroups, textOf} from './requests/group.js'
import {requestOrItself} from './requests/lines.js'
import type {LoggedRequest} from './requests/request.js'
import {LATENESS} from './seen.js'
import type {LogSource} from './source.js'
import {SINCE, type TailOptions, type TailWatch, tail} from './tail.js'

/** What is wanted of some logs. `last` counts requests, or lines where only lines are asked for. */
export interface Wish extends Omit<TailOptions, 'counts' | 'unitOf' | 'through'> {
  filter: RequestFilter
  /** Only requests, or lines, with something that matches. */
  grep?: RegExp | undefined
  /** Whether credentials are taken out of lines. */
  redact: boolean
}

export interface ReadingWatch extends TailWatch {
  /** How many requests were put together, whether they were wanted or not. */
  tally: {requests: number}
}

/**
 * The requests of some logs that are wanted. What of the filter the service can look for is left to it; the requests of
 * the lines that it finds are completed.
 * @throws what `tail` throws
 */
export async function* readRequests(source: LogSource, wish: Wish, watch: ReadingWatch): AsyncGenerator<LoggedRequest> {
  const {key} = wish.filter
  for await (const {request} of read(source, wish, watch)) {
    yield key === undefined ? request : {...request, key: key.name}
  }
}

/** The lines of some logs that are wanted: where requests have to match, all lines of those that do. */
export async function* readLines(source: LogSource, wish: Wish, watch: ReadingWatch): AsyncGenerator<LogLine> {
  const lineOf = lineMaker(wish)
  if (!isFiltering(wish.filter)) {
    const counts = wish.grep && ((event: LogEvent) => lineOf(event) !== undefined)
    yield* linesOf(tail(source, {...wish, counts}, watch), wish, watch.signal, watch.bookmark)
    return
  }
  for await (const {events} of read(source, {...wish, grep: undefined}, watch)) {
    for (const {log, event} of events) {
      const line = lineOf(event)
      if (line) yield placed(line, log)
    }
  }
}

/** A request that is wanted, and what it was made of. */
interface Wanted {
  request: LoggedRequest
  events: readonly Placed[]
}

/**
 * What is there and, when following, what comes in. The last of what is there are found by `tail`, where a line says
 * whether it counts; where it takes the whole request, more is read until there are enough.
 */
async function* read(source: LogSource, wish: Wish, watch: ReadingWatch): AsyncGenerator<Wanted> {
  const {last: count, filter, grep, pattern, follow} = wish
  // What a function wrote is no request of its own, and it has no part in how many there are.
  const isCountable = !isFiltering(filter) && (!grep || pattern === undefined) && !wish.logs.some(isOfFunction)
  const waiting: Wanted[] = []
  watch.bookmark?.keptBy(() => waiting.flatMap(({events}) => events))
  function* given() {
    for (let one = waiting.shift(); one; one = waiting.shift()) {
      watch.signal.throwIfAborted()
      yield one
    }
  }
  if (count === undefined || isCountable || watch.bookmark?.last) {
    for await (const {wanted} of steps(source, wish, watch)) {
      waiting.push(...wanted)
      yield* given()
    }
    return
  }
  if (!follow) {
    waiting.push(...(await lastWanted(source, wish, watch, count)))
    yield* given()
    return
  }
  let isNew = false
  for await (const {wanted, isPollOver} of steps(source, {...wish, last: undefined}, watch)) {
    waiting.push(...wanted)
    if (!isNew) waiting.splice(0, Math.max(0, waiting.length - count))
    isNew ||= isPollOver
    if (isNew) yield* given()
  }
  yield* given()
}

/** The last of what is there, from further and further back until there are enough. */
async function lastWanted(source: LogSource, wish: Wish, watch: ReadingWatch, count: number): Promise<Wanted[]> {
  const end = wish.until ?? watch.clock.now()
  let kept: Wanted[] = []
  // Each time anew: where the time before began, requests would be cut in two.
  for (const since of wish.since === undefined ? SPANS.map(span => end - span) : [wish.since]) {
    kept = []
    watch.tally.requests = 0
    for await (const {wanted} of steps(source, {...wish, last: undefined, since}, watch)) {
      kept.push(...wanted)
      kept.splice(0, Math.max(0, kept.length - count))
    }
    if (kept.length >= count) break
  }
  return kept
}

/** What a batch of events brought. */
interface Step {
  wanted: Wanted[]
  /** Whether the logs were read up to their present end. */
  isPollOver: boolean
}

async function* steps(source: LogSource, wish: Wish, watch: ReadingWatch): AsyncGenerator<Step> {
  const {filter, grep} = wish
  const {bookmark, clock, tally} = watch
  const requests = new Requests({...wish, clock})
  const isLike = matcherOf(filter)
  const isWanted = (request: LoggedRequest) => isLike(request) && (!grep || grep.test(textOf(request)))
  bookmark?.keptBy(() => requests.pending())
  let isPollOver = false
  async function* batches() {
    for await (const batch of batchesFor(source, wish, watch)) {
      isPollOver = batch.events.length === 0
      yield batch
    }
  }
  for await (const all of groupRequests(batches(), {...wish, clock}, requests)) {
    tally.requests += all.filter(({isAddition}) => !isAddition).length
    const wanted = all.filter(isWanted).map(request => ({request, events: requests.eventsOf(request)}))
    yield {wanted, isPollOver}
  }
}

/** The events of all requests that may be wanted: what the service found of them, completed, or else everything. */
function batchesFor(source: LogSource, wish: Wish, watch: ReadingWatch): AsyncGenerator<EventBatch> {
  const {logs, filter, last, until, follow, liveTail, lateness = LATENESS, grep} = wish
  const {clock, bookmark} = watch
  const lineOf = lineMaker(wish)
  const functions = new Set(logs.filter(isOfFunction).map(({group}) => group))
  // Live, a pattern holds for all logs, and what a function writes has nothing of what is looked for in the others.
  const isLiveWithFunctions = liveTail !== undefined && functions.size > 0
  const pattern = wish.pattern ?? (isLiveWithFunctions ? undefined : patternFor(filter, logs[0]?.kind ?? 'execution'))
  const since = wish.since ?? (last === undefined ? (until ?? clock.now()) - SINCE : undefined)
  const completion = {
    since: (bookmark?.last ? undefined : since) ?? 0,
    until,
    lateness: follow ? lateness : undefined,
    isLive: liveTail !== undefined,
    clock,
    bookmark,
  }
  const options: TailOptions = {
    ...wish,
    pattern,
    since,
    counts: grep && pattern === undefined ? event => lineOf(event) !== undefined : undefined,
    unitOf: requestOrItself,
    through: pattern === undefined ? undefined : (calls, found) => completed(calls, found, completion),
  }
  return tail(withWholeLogs(source, functions), options, watch)
}

const isOfFunction = ({kind}: Log) => kind === 'function'

/** Reads some groups without the pattern that holds for the others. */
function withWholeLogs(source: LogSource, groups: ReadonlySet<string>): LogSource {
  return {page: query => source.page(groups.has(query.group) ? {...query, pattern: undefined} : query)}
}

/**
 * Requests out of execution logs, and out of access logs, where each line is one; each with what the function behind it
 * has written, where the logs of functions are read, too.
 */
class Requests {
  readonly #groups: RequestGroups
  readonly #functions: FunctionParts
  readonly #formats = new Map<Log, AccessFormat>()
  /** What the requests of access logs were made of, for as long as somebody has them. */
  readonly #records = new WeakMap<LoggedRequest, Placed>()
  /** The same of requests that have lines of functions. */
  readonly #joined = new WeakMap<LoggedRequest, Placed[]>()

  constructor(private readonly options: GroupOptions) {
    this.#groups = new RequestGroups(options)
    this.#functions = new FunctionParts(options)
  }

  add(batch: EventBatch): LoggedRequest[] {
    const {log, events} = batch
    switch (log.kind) {
      case 'execution':
        return this.#join(this.#groups.add(batch))
      case 'access':
        return this.#join(this.#readRecords(batch))
      case 'function':
        return this.#functions.add(log, events).map(joined => this.#note(joined))
    }
  }

  eventsOf(request: LoggedRequest): Placed[] {
    const record = this.#records.get(request)
    return this.#joined.get(request) ?? (record ? [record] : this.#groups.eventsOf(request))
  }

  *pending(): Generator<Placed> {
    yield* this.#groups.pending()
    yield* this.#functions.pending()
  }

  end(): LoggedRequest[] {
    return this.#join(this.#groups.end())
  }

  #readRecords({log, events}: EventBatch): LoggedRequest[] {
    const format = this.#formats.get(log) ?? accessFormat(log.format ?? '')
    this.#formats.set(log, format)
    const requests = accessRequests(events, log, format, this.options)
    for (const [i, request] of requests.entries()) this.#records.set(request, {log, event: events[i] as LogEvent})
    return requests
  }

  #join(requests: readonly LoggedRequest[]): LoggedRequest[] {
    return requests.map(request => {
      const joined = this.#functions.join(request)
      if (joined.request === request) return request
      return this.#note({...joined, events: [...this.eventsOf(request), ...joined.events]})
    })
  }

  #note({request, events}: JoinedRequest): LoggedRequest {
    this.#joined.set(request, events)
    return request
  }
}
