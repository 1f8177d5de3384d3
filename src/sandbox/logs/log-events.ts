import type {
  FilterLogEventsRequest,
  GetLogEventsRequest,
  PutLogEventsRequest,
  RejectedLogEventsInfo,
} from '@aws-sdk/client-cloudwatch-logs'
import type {Handlers} from '../service.js'
import type {LogEvent, LogGroupRecord, LogStreamRecord} from '../store.js'
import {checkParameters, invalidParameter, LOG_STREAM_NAME} from './constraints.js'
import {
  appendEvents,
  eventsInOrder,
  firstIdAt,
  idOf,
  idOfPlaced,
  indexAfter,
  indexFrom,
  laterOf,
  type PlacedEvent,
  retentionStart,
} from './events.js'
import {compileFilterPattern} from './filter-pattern.js'
import {checkReadable, logGroupOf, logStreamOf} from './lookup.js'
import {invalidToken, issueToken, readToken} from './page-token.js'

export interface LogOptions {
  /** Milliseconds until an event that came in can be read, of all or of each; 0 where not given. */
  logDelay?: number | ((event: LogEvent) => number)
  /** Events that FilterLogEvents looks at for one page, matching or not; 10,000 where not given. */
  logScanLimit?: number
}

/** From when an event can be read, in milliseconds since 1970. */
export function visibleFrom(event: LogEvent, {logDelay = 0}: LogOptions): number {
  return event.ingestionTime + (typeof logDelay === 'number' ? logDelay : logDelay(event))
}

/** Whether an event that came in can be read already. @param now milliseconds since 1970 */
export const visibility = (options: LogOptions) => (event: LogEvent, now: number) => visibleFrom(event, options) <= now

const HOUR = 60 * 60 * 1000
const DAY = 24 * HOUR
const MAX_EVENTS = 10_000
/** Bytes of a page of answers, and of a batch in PutLogEvents. */
const MAX_BYTES = 1_048_576
/** What each event of a batch counts besides its message. */
const EVENT_OVERHEAD = 26
/** How far the service looks for one page is not documented, only that a page may come back empty with a token. */
const DEFAULT_SCAN_LIMIT = 10_000

export function logEvents(options: LogOptions): Handlers {
  const {logScanLimit = DEFAULT_SCAN_LIMIT} = options
  const isVisible = visibility(options)

  return {
    PutLogEvents(input: PutLogEventsRequest, call) {
      const group = logGroupOf(call, input)
      const {stream} = logStreamOf(group, input.logStreamName)
      const events = input.logEvents as {timestamp: number; message: string}[]
      checkBatch(events)
      const now = call.millis()
      const {accepted, rejected} = sortOut(events, group, now)
      appendEvents(group, stream.logStreamName as string, accepted, now)
      // Sequence tokens have been ignored since January 2023; one is still sent back.
      return {nextSequenceToken: firstIdAt(now), rejectedLogEventsInfo: rejected}
    },

    GetLogEvents(input: GetLogEventsRequest, call) {
      checkParameters(input, {
        limit: {min: 1, max: MAX_EVENTS},
        startTime: {min: 0},
        endTime: {min: 0},
        logStreamName: {...LOG_STREAM_NAME, maxLength: 512},
      })
      const group = logGroupOf(call, input)
      checkReadable(group, 'GetLogEvents')
      const stream = logStreamOf(group, input.logStreamName)
      const now = call.millis()
      return readStream(input, stream, retentionStart(group, now), event => isVisible(event, now))
    },

    FilterLogEvents(input: FilterLogEventsRequest, call) {
      checkParameters(input, {
        limit: {min: 1, max: MAX_EVENTS},
        startTime: {min: 0},
        endTime: {min: 0},
        filterPattern: {maxLength: 1024},
        logStreamNamePrefix: {...LOG_STREAM_NAME, maxLength: 512},
      })
      const group = logGroupOf(call, input)
      checkReadable(group, 'FilterLogEvents')
      const isSelected = streamSelection(group, input)
      const matches = compileFilterPattern(input.filterPattern ?? '')
      const now = call.millis()
      const {logStreamNames, logStreamNamePrefix, filterPattern, startTime, endTime} = input
      const query = [group.group.logGroupArn, logStreamNames, logStreamNamePrefix, filterPattern, startTime, endTime]
      const token = input.nextToken === undefined ? undefined : readToken(input.nextToken, query, now)
      // The direction of the first page is that of the pages that follow, whatever they say.
      const isForward = token === undefined ? (input.startFromHead ?? true) : token.startsWith('f')
      if (token === undefined && !isForward) checkBackwardStart(startTime)
      const {limit = MAX_EVENTS} = input

      const order = eventsInOrder(group)
      const start = Math.max(startTime ?? 0, retentionStart(group, now))
      let low = indexAfter(order, firstIdAt(start), idOfPlaced)
      let high = endTime === undefined ? order.length : indexAfter(order, firstIdAt(endTime + 1), idOfPlaced)
      if (token !== undefined) {
        const position = token.slice(1)
        if (isForward) low = Math.max(low, indexAfter(order, position, idOfPlaced))
        else high = Math.min(high, indexFrom(order, position, idOfPlaced))
      }
      const found: PlacedEvent[] = []
      let bytes = 0
      let scanned = 0
      let last = ''
      let isFull = false
      for (let i = isForward ? low : high - 1; i >= low && i < high && !isFull; i += isForward ? 1 : -1) {
        const placed = order[i] as PlacedEvent
        const {stream, event} = placed
        if (!isSelected(stream)) continue
        if (isVisible(event, now) && matches(event.message)) {
          bytes += Buffer.byteLength(event.message)
          isFull = bytes > MAX_BYTES && found.length > 0
          if (isFull) break
          found.push(placed)
        }
        last = event.eventId
        scanned++
        // The service does not look ahead: a full page has a token even where nothing follows it.
        isFull = found.length === limit || scanned === logScanLimit
      }
      return {
        events: found.map(({stream, event}) => ({logStreamName: stream.stream.logStreamName, ...event})),
        // Empty since May 2020.
        searchedLogStreams: [],
        nextToken: isFull ? issueToken(query, `${isForward ? 'f' : 'b'}${last}`, now) : undefined,
      }
    },
  }
}

/**
 * Latest first is only there for what came since 2024. That a call without a start is taken, and the words, are assumed.
 * @throws ServiceError InvalidParameterException
 */
function checkBackwardStart(startTime: number | undefined): void {
  if (startTime !== undefined && startTime < Date.UTC(2024, 0, 1)) {
    throw invalidParameter('startFromHead can be false only when startTime is on or after Jan 1, 2024 00:00:00 UTC.')
  }
}

/** @throws ServiceError InvalidParameterException */
function checkBatch(events: readonly {timestamp: number; message: string}[]): void {
  if (events.length === 0 || events.length > MAX_EVENTS) {
    const bound = events.length === 0 ? 'greater than or equal to 1' : `less than or equal to ${MAX_EVENTS}`
    const value = events.length === 0 ? "Value '[]' at" : 'Value at'
    throw invalidParameter(
      `1 validation error detected: ${value} 'logEvents' failed to satisfy constraint: Member must have length ${bound}`,
    )
  }
  let total = 0
  let previous = 0
  for (const [index, {timestamp, message}] of events.entries()) {
    checkParameters(
      {[`logEvents.${index + 1}.member.message`]: message, [`logEvents.${index + 1}.member.timestamp`]: timestamp},
      {
        [`logEvents.${index + 1}.member.message`]: {minLength: 1},
        [`logEvents.${index + 1}.member.timestamp`]: {min: 0},
      },
    )
    if (timestamp < previous) {
      throw invalidParameter('Log events in a single PutLogEvents request must be in chronological order.')
    }
    previous = timestamp
    const bytes = Buffer.byteLength(message) + EVENT_OVERHEAD
    if (bytes > MAX_BYTES) {
      throw invalidParameter(`Log event too large: ${bytes} bytes exceeds limit of ${MAX_BYTES}`)
    }
    total += bytes
  }
  if (total > MAX_BYTES) throw invalidParameter(`Upload too large: ${total} bytes exceeds limit of ${MAX_BYTES}`)
  if (previous - (events[0]?.timestamp ?? 0) > DAY) {
    throw invalidParameter('The batch of log events in a single PutLogEvents request cannot span more than 24 hours.')
  }
}

/**
 * Splits a batch into what is kept and what is not: events more than 14 days old, older than the group's retention, or
 * more than 2 hours ahead. The rest of the batch is taken all the same.
 */
function sortOut(
  events: readonly {timestamp: number; message: string}[],
  group: LogGroupRecord,
  now: number,
): {accepted: {timestamp: number; message: string}[]; rejected: RejectedLogEventsInfo | undefined} {
  const countBefore = (moment: number) => {
    const found = events.findIndex(({timestamp}) => timestamp >= moment)
    return found < 0 ? events.length : found
  }
  const tooOld = countBefore(now - 14 * DAY)
  const expired = countBefore(retentionStart(group, now))
  const tooNew = countBefore(now + 2 * HOUR + 1)
  const rejected: RejectedLogEventsInfo = {}
  if (tooNew < events.length) rejected.tooNewLogEventStartIndex = tooNew
  // The two end indexes are exclusive.
  if (tooOld > 0) rejected.tooOldLogEventEndIndex = tooOld
  if (expired > tooOld) rejected.expiredLogEventEndIndex = expired
  return {
    accepted: events.slice(Math.max(tooOld, expired), tooNew),
    rejected: Object.keys(rejected).length > 0 ? rejected : undefined,
  }
}

/** Which streams are asked for. @throws ServiceError InvalidParameterException, ResourceNotFoundException */
function streamSelection(
  group: LogGroupRecord,
  {logStreamNames: names, logStreamNamePrefix: prefix}: FilterLogEventsRequest,
): (stream: LogStreamRecord) => boolean {
  if (names !== undefined && prefix !== undefined) {
    // The reference says that this is refused; the words are assumed.
    throw invalidParameter('logStreamNames and logStreamNamePrefix are mutually exclusive parameters.')
  }
  if (names !== undefined) {
    if (names.length === 0 || names.length > 100) {
      const bound = names.length === 0 ? 'greater than or equal to 1' : 'less than or equal to 100'
      throw invalidParameter(
        `1 validation error detected: Value '[${names.join(', ')}]' at 'logStreamNames' failed to satisfy constraint: Member must have length ${bound}`,
      )
    }
    const streams = new Set(names.map(name => logStreamOf(group, name)))
    return stream => streams.has(stream)
  }
  if (prefix === undefined) return () => true
  return ({stream}) => stream.logStreamName?.startsWith(prefix) ?? false
}

/** `f/` goes forward from an event, `b/` backward; the id is that of the event at the page's edge. */
const STREAM_TOKEN = /^([fb])\/(\d{56})\/s$/

/**
 * One page of one stream, oldest first in either direction. Reading on past an end gives back the token that was sent.
 * Unlike the service's, these tokens do not expire: they hold nothing but a place.
 */
function readStream(
  input: GetLogEventsRequest,
  {events}: LogStreamRecord,
  retained: number,
  isVisible: (event: LogEvent) => boolean,
) {
  const {limit = MAX_EVENTS, startFromHead = false, nextToken} = input
  const token = nextToken === undefined ? undefined : STREAM_TOKEN.exec(nextToken)
  if (token === null) throw invalidToken()
  const first = firstIdAt(Math.max(input.startTime ?? 0, retained))
  // The end is exclusive here, unlike in FilterLogEvents.
  const end = input.endTime === undefined ? '9'.repeat(56) : firstIdAt(input.endTime)
  const [, direction = startFromHead ? 'f' : 'b', place = direction === 'f' ? first : end] = token ?? []
  const isForward = direction === 'f'
  const low = indexAfter(events, isForward ? laterOf(first, place) : first, idOf)
  const high = isForward || place >= end ? indexAfter(events, end, idOf) : indexFrom(events, place, idOf)

  const page: LogEvent[] = []
  let bytes = 0
  for (let i = isForward ? low : high - 1; i >= low && i < high && page.length < limit; i += isForward ? 1 : -1) {
    const event = events[i] as LogEvent
    if (!isVisible(event)) continue
    bytes += Buffer.byteLength(event.message)
    if (bytes > MAX_BYTES && page.length > 0) break
    page.push(event)
  }
  if (!isForward) page.reverse()
  return {
    events: page.map(({timestamp, message, ingestionTime}) => ({timestamp, message, ingestionTime})),
    nextForwardToken: `f/${page.at(-1)?.eventId ?? place}/s`,
    nextBackwardToken: `b/${page[0]?.eventId ?? place}/s`,
  }
}
