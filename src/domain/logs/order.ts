import type {Clock} from '../session.js'
import type {Bookmark} from './bookmark.js'
import {compareEvents, type LogEvent} from './events.js'
import type {Placed} from './last.js'
import type {EventBatch, Log} from './log.js'

const comparePlaced = (a: Placed, b: Placed) => compareEvents(a.event, b.event)

/** Events one after another as batches: one for each run of events of the same log. */
export function* batched(events: Iterable<Placed>): Generator<EventBatch> {
  let batch: {log: Log; events: LogEvent[]} | undefined
  for (const {log, event} of events) {
    if (batch?.log !== log) {
      if (batch) yield batch
      batch = {log, events: []}
    }
    batch.events.push(event)
  }
  if (batch) yield batch
}

interface Arrival {
  /** Milliseconds since 1970, both. */
  time: number
  newest: number
}

/**
 * Holds events back until nothing older can come any more, and passes them on in strict order over all logs. That is so
 * when an event of `lateness` later has come, or that much time has gone by, and every log has been read since.
 * @param count how many logs there are
 * @param lateness milliseconds
 */
export async function* ordered(
  batches: AsyncIterable<EventBatch>,
  {count, lateness}: {count: number; lateness: number},
  clock: Clock,
  bookmark: Bookmark,
): AsyncGenerator<EventBatch> {
  const held: Placed[] = []
  /** How many of those were passed on. */
  let gone = 0
  bookmark.keptBy(() => held.slice(gone))
  /** When events came, and the time of the youngest by then: of the rounds before this one, and of this one. */
  const arrived: Arrival[] = []
  let arriving: Arrival[] = []
  let newestBefore = Number.NEGATIVE_INFINITY
  /** Since when each log was asked again; a slow reader may have taken long since. */
  let begun = clock.now()
  const beats = new Set<Log>()
  let isFollowing = false
  let newest = Number.NEGATIVE_INFINITY
  let settled = Number.NEGATIVE_INFINITY
  for await (const {log, events} of batches) {
    const last = events.at(-1)
    if (last) {
      newest = Math.max(newest, last.timestamp)
      arriving.push({time: clock.now(), newest})
      held.push(...events.map(event => ({log, event})))
      held.sort(comparePlaced)
    } else {
      isFollowing = true
      beats.add(log)
    }
    // What is there comes in order over all logs. What comes in is whole when each of them was asked after it came: what
    // came in this round has to wait for the next.
    if (!isFollowing || beats.size === count) {
      beats.clear()
      while (arrived[0] && begun - arrived[0].time >= lateness) settled = arrived.shift()?.newest ?? settled
      settled = Math.max(settled, newestBefore - lateness)
      newestBefore = newest
      arrived.push(...arriving)
      arriving = []
      const open = held.findIndex(({event}) => event.timestamp > settled)
      yield* release(open < 0 ? held.length : open)
      if (isFollowing) begun = clock.now()
    }
    if (!last) yield {log, events}
  }
  yield* release(held.length)

  function* release(end: number): Generator<EventBatch> {
    for (const batch of batched(held.slice(0, end))) {
      gone += batch.events.length
      yield batch
    }
    held.splice(0, gone)
    gone = 0
  }
}
