import {randomBytes} from 'node:crypto'
import type {LogEvent, LogGroupRecord, LogStreamRecord} from '../store.js'

/** A moment in the order of all events; ids compare as strings, because all are 56 digits. */
export type EventId = string

/** 56 decimal digits: `timestamp << 144 | ingestionTime << 80 | random64 << 16 | index`, as decoded from live ids. */
export function eventId(timestamp: number, ingestionTime: number, random: bigint, index: number): EventId {
  const id = (BigInt(timestamp) << 144n) | (BigInt(ingestionTime) << 80n) | (random << 16n) | BigInt(index)
  return id.toString().padStart(56, '0')
}

/** Comes before every event of this millisecond and after every earlier one. */
export const firstIdAt = (timestamp: number): EventId => eventId(Math.max(0, timestamp), 0, 0n, 0)

/**
 * Adds one batch to a stream, which it makes if need be, and keeps the stream in the order of its event ids.
 * @param lines in chronological order
 * @param ingestionTime milliseconds since 1970, one for the whole batch
 */
export function appendEvents(
  group: LogGroupRecord,
  streamName: string,
  lines: readonly {timestamp: number; message: string}[],
  ingestionTime: number,
): void {
  if (lines.length === 0) return
  const target = group.streams[streamName] ?? addStream(group, streamName, ingestionTime)
  const random = BigInt(`0x${randomBytes(8).toString('hex')}`)
  const last = target.events.at(-1)?.eventId ?? ''
  const late = (lines[0]?.timestamp ?? 0) <= (target.events.at(-1)?.timestamp ?? -1)
  lines.forEach(({timestamp, message}, index) => {
    target.events.push({timestamp, ingestionTime, message, eventId: eventId(timestamp, ingestionTime, random, index)})
  })
  // Two sorted runs: the sort merges them.
  if (late && (target.events.at(-lines.length)?.eventId ?? '') < last) {
    target.events.sort((a, b) => (a.eventId < b.eventId ? -1 : 1))
  }
  const {stream} = target
  stream.firstEventTimestamp = target.events[0]?.timestamp
  stream.lastEventTimestamp = target.events.at(-1)?.timestamp
  stream.lastIngestionTime = ingestionTime
}

/** @param now milliseconds since 1970 */
export function addStream(group: LogGroupRecord, name: string, now: number): LogStreamRecord {
  const record: LogStreamRecord = {
    stream: {
      logStreamName: name,
      creationTime: now,
      arn: `${group.group.logGroupArn}:log-stream:${name}`,
      // The service has reported 0 for every stream since June 2019.
      storedBytes: 0,
    },
    events: [],
  }
  group.streams[name] = record
  return record
}

const DAY = 24 * 60 * 60 * 1000

/** Before this moment the group's events have expired. @param now milliseconds since 1970 */
export function retentionStart({group}: LogGroupRecord, now: number): number {
  return group.retentionInDays === undefined ? 0 : now - group.retentionInDays * DAY
}

/** Throws expired events away, so that a longer retention does not bring them back. */
export function dropExpired(group: LogGroupRecord, now: number): void {
  const start = retentionStart(group, now)
  if (start <= 0) return
  for (const {events} of Object.values(group.streams)) events.splice(0, indexAfter(events, firstIdAt(start)))
}

/** The index of the first event whose id is greater than `id`. */
export function indexAfter(events: readonly LogEvent[], id: EventId): number {
  let low = 0
  let high = events.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((events[middle] as LogEvent).eventId <= id) low = middle + 1
    else high = middle
  }
  return low
}

interface Cursor {
  stream: LogStreamRecord
  index: number
  event: LogEvent
}

/**
 * The events of several streams as one sequence, in the order of their ids, from the first after `from` on. Costs a
 * look at each stream and then the logarithm of their number per event; events outside the window are never touched.
 * @param until milliseconds since 1970, inclusive
 */
export function* merged(
  streams: Iterable<LogStreamRecord>,
  from: EventId,
  until: number,
): Generator<{stream: LogStreamRecord; event: LogEvent}> {
  const heap: Cursor[] = []
  for (const stream of streams) {
    const last = stream.events.at(-1)
    if (!last || last.eventId <= from) continue
    const index = indexAfter(stream.events, from)
    const event = stream.events[index] as LogEvent
    if (event.timestamp <= until) heap.push({stream, index, event})
  }
  for (let i = (heap.length >>> 1) - 1; i >= 0; i--) sink(heap, i)
  for (let top = heap[0]; top; top = heap[0]) {
    yield {stream: top.stream, event: top.event}
    top.index++
    const next = top.stream.events[top.index]
    if (next && next.timestamp <= until) top.event = next
    else {
      const last = heap.pop() as Cursor
      if (heap.length === 0) return
      heap[0] = last
    }
    sink(heap, 0)
  }
}

/** Restores the heap, smallest id on top, below an entry that may be too large for its place. */
function sink(heap: Cursor[], start: number): void {
  const moving = heap[start] as Cursor
  let hole = start
  for (;;) {
    let child = 2 * hole + 1
    const right = heap[child + 1]
    if (right && right.event.eventId < (heap[child] as Cursor).event.eventId) child++
    const smaller = heap[child]
    if (!smaller || smaller.event.eventId >= moving.event.eventId) break
    heap[hole] = smaller
    hole = child
  }
  heap[hole] = moving
}
