import {Problem} from '../problem.js'
import type {Clock} from '../session.js'
import {compareEvents, type LogEvent} from './events.js'
import type {EventBatch, Log} from './log.js'
import type {LogPage, LogSource} from './source.js'

/** Which part of the logs is read. */
export interface HistoryWindow {
  /** Milliseconds since 1970, both inclusive; without an end, up to what is there. */
  since: number
  until?: number | undefined
  /** CloudWatch's own filter pattern. */
  pattern?: string | undefined
}

/** Calls that are on their way at the same time, at most; the source keeps them to the service's rate. */
const CONCURRENCY = 5
/** Pages that are read ahead of the reader, of all logs together: some 4 MB each. */
const MAX_AHEAD = 12
/** Events of a page that a reader takes before any are read ahead: more than fit on a screen, or into a pipe. */
const TASTE = 1_000
/** Pages by which the reading ahead grows with every page that was taken: who wants only the first lines takes one. */
const AHEAD_PER_PAGE = 4
/** Pages of a slice: more would have to wait for each other, fewer would be cut off before they are full more often. */
const SLICE = 3
/** How much less than its pages a slice should hold, so that it seldom needs one more for the rest. */
const MARGIN = 0.15
/** A slice is no shorter than one of so many parts of what is left: one that is too long is cut again. */
const MAX_SLICES = 50
/** Empty pages after which a window of which nothing is known is cut blindly. */
const EMPTY_PAGES = 2
/** Times that a slice begins again, with nothing new in between, because its token is refused or leads nowhere. */
const MAX_RESTARTS = 3

/**
 * The events of a window of some logs, in the order of their time over all of them, each once.
 *
 * A large window is read in slices of time, several at once, and yielded in order. Pages wait in memory only up to a
 * bound: when the reader is slow, so is the reading. The first page is read alone, because it may be all there is, or
 * all that is wanted.
 * @param source keeps its calls to the service's rate and waits throttles out
 * @throws Problem failed when the service refuses the tokens it gives; what the source throws, after the events before
 */
export async function* readHistory(
  source: LogSource,
  logs: readonly Log[],
  window: HistoryWindow,
  clock: Pick<Clock, 'now'>,
): AsyncGenerator<EventBatch> {
  const maxAhead = Math.floor(MAX_AHEAD / logs.length)
  const readings = logs.map(log => ({log, pages: new WindowReader(source, log.group, window, clock, maxAhead).read()}))
  // Asked before any is waited for: each reads on by itself.
  const first = readings.map(({pages}) => pages.next())
  const heads = await Promise.all(readings.map(async (reading, i) => ({...reading, ...pageOf(await first[i])})))
  for (let open = withEvents(heads); open[0]; open = withEvents(open)) {
    const [head, other] = open as [Head, Head | undefined]
    const {log, events, at} = head
    const end = other ? endOfRun(head, firstOf(other)) : events.length
    yield {log, events: end - at === events.length ? events : events.slice(at, end)}
    head.at = end
    if (end === events.length) Object.assign(head, pageOf(await head.pages.next()))
  }
}

/** Where the reading of one of several logs is: the events of this page before `at` were passed on. */
interface Head {
  log: Log
  pages: AsyncIterator<LogEvent[]>
  events: LogEvent[]
  at: number
}

function pageOf(result: IteratorResult<LogEvent[]> | undefined): Pick<Head, 'events' | 'at'> {
  return {events: result?.done === false ? result.value : [], at: 0}
}

/** The logs that have not ended, the one whose event comes next first. */
function withEvents(heads: readonly Head[]): Head[] {
  return heads.filter(({events}) => events.length > 0).sort((a, b) => compareEvents(firstOf(a), firstOf(b)))
}

const firstOf = ({events, at}: Head) => events[at] as LogEvent

/** Where the events of a log that come before another log's next, of which there is one at least, end. */
function endOfRun({events, at}: Head, other: LogEvent): number {
  let end = at + 1
  while (end < events.length && compareEvents(events[end] as LogEvent, other) <= 0) end++
  return end
}

/** A part of the window that is read page by page. */
interface Slice {
  /** Milliseconds since 1970, both inclusive. */
  from: number
  to: number | undefined
  /** Where the next page goes on; undefined for a query of its own. */
  token: string | undefined
  /** Time of the youngest event so far, `from` where there is none, and the ids of the events of that moment. */
  newest: number
  atNewest: Set<string>
  /** The page before: a token that leads to itself brings it again. */
  previous: readonly LogEvent[]
  emptyPages: number
  restarts: number
  /** What was read and not taken yet. */
  pages: LogEvent[][]
  /** Settles, and never rejects, when the page that is on its way has come. */
  call: Promise<void> | undefined
  isDone: boolean
  /** Why there is no next page. */
  error: unknown
}

function sliceOf(from: number, to: number | undefined): Slice {
  return {
    from,
    to,
    token: undefined,
    newest: from,
    atNewest: new Set(),
    previous: [],
    emptyPages: 0,
    restarts: 0,
    pages: [],
    call: undefined,
    isDone: false,
    error: undefined,
  }
}

/** Reads a window of one log in slices that follow each other without a gap. */
class WindowReader {
  /** In the order of time. */
  readonly #slices: Slice[]
  readonly #density = new Density()
  /** Pages that may be read ahead of the reader. */
  #ahead = 0
  #hasFailed = false

  constructor(
    private readonly source: LogSource,
    private readonly group: string,
    private readonly window: HistoryWindow,
    private readonly clock: Pick<Clock, 'now'>,
    private readonly maxAhead: number,
  ) {
    this.#slices = [sliceOf(window.since, window.until)]
  }

  /** Pages of events, none empty. */
  async *read(): AsyncGenerator<LogEvent[]> {
    for (let slice = this.#slices[0]; slice; slice = this.#slices[0]) {
      const page = slice.pages.shift()
      if (page) {
        yield page.slice(0, TASTE)
        // The reader has taken the first of them and wants more.
        this.#readFurtherAhead()
        this.#startCalls()
        if (page.length > TASTE) yield page.slice(TASTE)
      } else if (slice.isDone) {
        this.#slices.shift()
      } else if (slice.error !== undefined) {
        throw slice.error
      } else {
        this.#startCalls()
        await slice.call
        if (slice.pages.length === 0) this.#readFurtherAhead()
      }
    }
  }

  /** The reader wants more than it had so far. */
  #readFurtherAhead(): void {
    this.#ahead = Math.min(this.maxAhead, this.#ahead + AHEAD_PER_PAGE)
  }

  /** Has the slices read on, the earliest first, as far as that is allowed. The first one always is. */
  #startCalls(): void {
    for (const [i, slice] of this.#slices.entries()) {
      // The first one is read to its end all the same: what comes before a failure is there.
      if (i > 0 && this.#hasFailed) return
      if (slice.call || slice.isDone || slice.error !== undefined) continue
      if (i > 0 && !this.#mayReadAhead()) return
      if (i === 0 && slice.pages.length > 0 && !this.#mayReadAhead()) continue
      this.#cut(slice, i)
      slice.call = this.#readPage(slice)
    }
  }

  #mayReadAhead(): boolean {
    const calls = this.#slices.filter(({call}) => call).length
    const pages = this.#slices.reduce((sum, slice) => sum + slice.pages.length, 0)
    return calls < CONCURRENCY && calls + pages < this.#ahead
  }

  /** Leaves a slice that has not begun no more than its number of pages; the rest becomes a slice of its own. */
  #cut(slice: Slice, index: number): void {
    if (slice.token !== undefined) return
    const span = this.#density.spanOf(SLICE - MARGIN)
    const left = this.#endOf(slice) - slice.from
    if (span === undefined || left <= span) return
    const end = slice.from + Math.ceil(Math.max(span, left / MAX_SLICES))
    if (end >= this.#endOf(slice)) return
    this.#slices.splice(index + 1, 0, sliceOf(end + 1, slice.to))
    slice.to = end
  }

  async #readPage(slice: Slice): Promise<void> {
    try {
      const {group, window} = this
      const {from: startTime, to: endTime, token: nextToken} = slice
      const page = await this.source.page({group, pattern: window.pattern, startTime, endTime, nextToken})
      if (!page) restart(slice)
      else this.#take(slice, page)
    } catch (error) {
      slice.error = error
      this.#hasFailed = true
    }
    slice.call = undefined
    if (this.#ahead > 0) this.#startCalls()
  }

  #take(slice: Slice, {events, nextToken}: LogPage): void {
    const start = slice.newest
    const fresh = freshOf(slice, events)
    slice.isDone = nextToken === undefined
    if (fresh.length > 0) {
      slice.pages.push(fresh)
      slice.restarts = 0
      slice.emptyPages = 0
    } else if (events.length === 0) {
      slice.emptyPages++
    }
    this.#density.learn(fresh, slice.isDone ? {start, end: this.#endOf(slice)} : {start})
    if (nextToken !== undefined && nextToken === slice.token && fresh.length === 0) restart(slice)
    else slice.token = nextToken
    if (!slice.isDone) this.#reconsider(slice)
  }

  /** Lets go of the token of a slice that turns out to be long, so that it can be cut. */
  #reconsider(slice: Slice): void {
    const left = this.#endOf(slice) - slice.newest
    if (slice.emptyPages >= EMPTY_PAGES && !this.#density.isKnown) {
      this.#density.suppose(left / (CONCURRENCY * SLICE))
      beginAt(slice, slice.newest)
    }
    const span = this.#density.spanOf(SLICE)
    // Where a page has not led away from the moment it began at, only the token leads on.
    if (span !== undefined && left > span && slice.newest > slice.from) beginAt(slice, slice.newest)
  }

  /** The end of a slice as far as events may be expected. */
  #endOf({to, newest}: Slice): number {
    return Math.max(newest, to ?? this.clock.now())
  }
}

/** The events of a page that are new to its slice, in order. */
function freshOf(slice: Slice, page: readonly LogEvent[]): LogEvent[] {
  const events = isInOrder(page) ? (page as LogEvent[]) : inOrder(page)
  const {newest, atNewest} = slice
  const first = events[0]
  const last = events.at(-1)
  if (!first || !last) return []
  let fresh = events
  if (first.timestamp <= newest) {
    const known = new Set(slice.previous.map(event => event.eventId))
    fresh = events.filter(({eventId}) => !known.has(eventId) && !atNewest.has(eventId))
  }
  if (last.timestamp > newest) {
    slice.newest = last.timestamp
    slice.atNewest = new Set()
  }
  for (let i = events.length - 1; i >= 0 && events[i]?.timestamp === slice.newest; i--) {
    slice.atNewest.add((events[i] as LogEvent).eventId)
  }
  slice.previous = events
  return fresh
}

function isInOrder(events: readonly LogEvent[]): boolean {
  return events.every((event, i) => i === 0 || compareEvents(events[i - 1] as LogEvent, event) < 0)
}

/** Events in order, without those that a page has twice. */
function inOrder(page: readonly LogEvent[]): LogEvent[] {
  const sorted = [...page].sort(compareEvents)
  return sorted.filter(({eventId}, i) => eventId !== sorted[i - 1]?.eventId)
}

/** Has a slice go on from its youngest event without a token. @throws Problem failed when that did not help before */
function restart(slice: Slice): void {
  if (++slice.restarts > MAX_RESTARTS) throw new Problem('failed', 'CloudWatch Logs refuses the tokens it gives.')
  beginAt(slice, slice.newest)
}

function beginAt(slice: Slice, from: number): void {
  slice.from = from
  slice.token = undefined
}

/** How much time a page of events covers, as far as pages have told; what they told last counts most. */
class Density {
  #span = 0
  #pages = 0
  /** Events of the fullest page that did not end its slice. */
  #capacity = 0

  get isKnown(): boolean {
    return this.#pages > 0
  }

  /** Milliseconds that so many pages cover; undefined where nothing is known. */
  spanOf(pages: number): number | undefined {
    return this.isKnown ? (this.#span / this.#pages) * pages : undefined
  }

  /** @param covered what the page covers, in milliseconds since 1970; without an end where another page follows */
  learn(events: readonly LogEvent[], {start, end}: {start: number; end?: number}): void {
    const [first, last] = [events[0], events.at(-1)]
    if (end !== undefined) {
      // After a silence nothing is known of what follows: that is read as one slice, and cut when it is large.
      if (!first) this.#pages = this.#span = 0
      // Before the first full page there is nothing to plan.
      else if (this.isKnown) this.#add(end - start, events.length / this.#capacity)
      return
    }
    if (!first || !last) return
    this.#capacity = Math.max(this.#capacity, events.length)
    // Nothing may have happened for long before the first event; but one event alone says nothing of its surroundings.
    const span = last.timestamp - (events.length > 1 ? first.timestamp : start)
    if (span > 0) this.#add(span, 1)
  }

  suppose(spanOfPage: number): void {
    this.#add(spanOfPage, 1)
  }

  #add(span: number, pages: number): void {
    this.#span = this.#span * MEMORY + span
    this.#pages = this.#pages * MEMORY + pages
  }
}

/** What is left of the weight of a page's news when the next comes. */
const MEMORY = 0.8
