import {randomBytes} from 'node:crypto'
import {entryOf, type LogEvent, type LogGroupRecord, type LogStreamRecord} from '../store.js'

/** A moment in the order of all events; ids compare as strings, because all are 56 digits. */
export type EventId = string

/** 56 decimal digits: `timestamp << 144 | ingestionTime << 80 | random64 << 16 | index`, as decoded from live ids. */
export function eventId(timestamp: number, ingestionTime: number, random: bigint, index: number): EventId {
  const id = (BigInt(timestamp) << 144n) | (BigInt(ingestionTime) << 80n) | (random << 16n) | BigInt(index)
  return id.toString().padStart(56, '0')
}

/** Later moments have ids of more than 56 digits. It is in the year 2109. */
const LAST_MOMENT = 4_400_000_000_000

/** Comes before every event of this millisecond and after every earlier one. */
export const firstIdAt = (timestamp: number): EventId =>
  eventId(Math.min(Math.max(0, timestamp), LAST_MOMENT), 0, 0n, 0)

/** The later of two moments. */
export const laterOf = (a: EventId, b: EventId) => [a, b].sort()[1] as EventId

/** An event and the stream it is in. */
export interface PlacedEvent {
  stream: LogStreamRecord
  event: LogEvent
}

export const idOf = ({eventId}: LogEvent) => eventId
export const idOfPlaced = ({event}: PlacedEvent) => event.eventId

/**
 * The events of each group in the order of their ids, all streams together. Derived from the streams, so it is not part
 * of the state: made when first asked for, kept up as events come in.
 */
const orders = new WeakMap<LogGroupRecord, PlacedEvent[]>()

/** The events of a group in the order of their ids: timestamp, then ingestion time, then batch. */
export function eventsInOrder(group: LogGroupRecord): readonly PlacedEvent[] {
  let order = orders.get(group)
  if (!order) {
    order = Object.values(group.streams).flatMap(stream => stream.events.map(event => ({stream, event})))
    order.sort((a, b) => (a.event.eventId < b.event.eventId ? -1 : 1))
    orders.set(group, order)
  }
  return order
}

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
  const order = eventsInOrder(group) as PlacedEvent[]
  const target = entryOf(group.streams, streamName) ?? addStream(group, streamName, ingestionTime)
  const random = BigInt(`0x${randomBytes(8).toString('hex')}`)
  const batch = lines.map(
    ({timestamp, message}, index): LogEvent => ({
      timestamp,
      ingestionTime,
      message,
      eventId: eventId(timestamp, ingestionTime, random, index),
    }),
  )
  mergeIn(target.events, batch, idOf)
  mergeIn(
    order,
    batch.map(event => ({stream: target, event})),
    idOfPlaced,
  )
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

export function removeStream(group: LogGroupRecord, name: string): void {
  delete group.streams[name]
  orders.delete(group)
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
  for (const {events} of Object.values(group.streams)) {
    events.splice(0, indexAfter(events, firstIdAt(start), idOf))
  }
  orders.delete(group)
}

/** The index of the first item whose id is greater than `id`, in items that are in the order of their ids. */
export function indexAfter<Item>(items: readonly Item[], id: EventId, idOf: (item: Item) => EventId): number {
  let low = 0
  let high = items.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (idOf(items[middle] as Item) <= id) low = middle + 1
    else high = middle
  }
  return low
}

/** The index of the first item whose id is `id` or greater. */
export function indexFrom<Item>(items: readonly Item[], id: EventId, idOf: (item: Item) => EventId): number {
  const index = indexAfter(items, id, idOf)
  const previous = items[index - 1]
  return previous && idOf(previous) === id ? index - 1 : index
}

/** Adds a sorted batch to sorted items: at the end as a rule, and moving only what is later where it comes late. */
function mergeIn<Item>(items: Item[], batch: readonly Item[], idOf: (item: Item) => EventId): void {
  const later = items.splice(indexAfter(items, idOf(batch[0] as Item), idOf))
  if (later.length === 0) {
    for (const item of batch) items.push(item)
    return
  }
  const rest = [...later, ...batch].sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1))
  for (const item of rest) items.push(item)
}
