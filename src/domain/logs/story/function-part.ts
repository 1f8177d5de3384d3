import type {Clock} from '../../session.js'
import {compareEvents, type LogEvent} from '../events.js'
import {functionLine, type InvocationEvent, Invocations, requestLine} from '../function-lines.js'
import {readHistory} from '../history.js'
import type {Log} from '../log.js'
import type {RequestLine} from '../requests/request.js'
import type {LogSource} from '../source.js'
import {anyOf} from './pattern.js'

const SECOND = 1_000
const MINUTE = 60 * SECOND

/** An invocation may go on after API Gateway gave up on it: for 15 minutes in all. */
const LONGEST = 16 * MINUTE
/** Clocks of two services. */
const SKEW = 5 * SECOND
/** An environment may take 10 s to start up, before START. */
const STARTUP = 15 * SECOND
/** How long after the last line that names it an invocation may have others, where its report was not found. */
const REST = MINUTE

/** What is known of a request that called a function. */
export interface Caller {
  /** Ids that a line of the function may have: that of the invocation, and those of the request. */
  ids: readonly string[]
  /** Id of the invocation. */
  invocation?: string | undefined
  time: Date
}

/**
 * The lines that a function wrote for a request: those that name it, and those that the same execution environment
 * wrote in between without naming anything.
 */
export async function linesOfFunction(
  source: LogSource,
  log: Log,
  caller: Caller,
  options: {clock: Pick<Clock, 'now'>; redact: boolean},
): Promise<RequestLine[]> {
  const {clock} = options
  const began = caller.time.getTime()
  const window = {since: began - SKEW, until: began + LONGEST, pattern: anyOf(caller.ids)}
  const hits = (await eventsOf(source, log, window, clock)).filter(hit => isOf(hit, caller))
  const lines: InvocationEvent[] = []
  for (const stream of new Set(hits.map(({logStreamName}) => logStreamName))) {
    const ofStream = hits.filter(({logStreamName}) => logStreamName === stream)
    lines.push(...(await invocationsOf(source, log, stream, ofStream, clock)))
  }
  return lines.sort((a, b) => compareEvents(a.event, b.event)).map(line => requestLine(line, log, options))
}

/** A function that is called again and again by one request may log the ids of others. */
function isOf({message}: LogEvent, {invocation}: Caller): boolean {
  const named = functionLine(message).requestId
  return named === undefined || invocation === undefined || named === invocation || !message.includes(invocation)
}

/** All events of the invocations that the hits in a stream belong to. */
async function invocationsOf(
  source: LogSource,
  log: Log,
  stream: string,
  hits: readonly LogEvent[],
  clock: Pick<Clock, 'now'>,
): Promise<InvocationEvent[]> {
  const [first, last] = [hits[0] as LogEvent, hits.at(-1) as LogEvent]
  const isReported = functionLine(last.message).phase === 'function-report'
  const window = {since: first.timestamp - STARTUP, until: last.timestamp + (isReported ? SECOND : REST)}
  const ofStream: LogSource = {page: query => source.page({...query, streams: [stream]})}
  const invocations = new Invocations()
  const all = (await eventsOf(ofStream, log, window, clock)).flatMap(event => invocations.add(event))
  const found = new Set(hits.map(({eventId}) => eventId))
  const wanted = new Set(all.filter(({event}) => found.has(event.eventId)).map(({requestId}) => requestId))
  const whole = all.filter(({requestId}) => wanted.has(requestId))
  const covered = new Set(whole.map(({event}) => event.eventId))
  // Where the beginning of an invocation lies before the window, at least the lines that name it.
  const rest = hits.filter(({eventId}) => !covered.has(eventId))
  return [...whole, ...rest.map(event => ({event, phase: functionLine(event.message).phase, requestId: ''}))]
}

async function eventsOf(
  source: LogSource,
  log: Log,
  window: {since: number; until: number; pattern?: string},
  clock: Pick<Clock, 'now'>,
): Promise<LogEvent[]> {
  const all: LogEvent[] = []
  for await (const {events} of readHistory(source, [log], window, clock)) all.push(...events)
  return all
}
