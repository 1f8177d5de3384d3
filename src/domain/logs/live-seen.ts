import {compareEvents, type LogEvent} from './events.js'
import {Fingerprints} from './fingerprints.js'
import {Seen} from './seen.js'

/** Milliseconds of event time that are kept, and forgotten, together. */
const SLICE = 10_000

/** Copies of events that were met: by polls, in the live session that is open, and by whichever came first. */
interface Copies {
  polled: Fingerprints
  live: Fingerprints
  shown: Fingerprints
}

/**
 * What was let through of a log that comes in two ways: by polls, and in live sessions, which do not tell the ids of
 * events.
 *
 * There an event is known by its stream, time and message. Of several that are alike, each way counts its own: the
 * second copy that polls bring is the second that the session brings. So an event is let through once, whichever way it
 * comes first, and one that a session left out when a poll brings it. The time of ingestion is no part of it, though
 * both tell it: if they ever told it differently, every event would come twice, while alike events of two batches come
 * with the next poll at the latest.
 */
export class LiveSeen extends Seen {
  readonly #slices = new Map<number, Copies>()

  /** A session begins: it brings what it brings anew. */
  beginSession(): void {
    for (const copies of this.#slices.values()) copies.live = new Fingerprints()
  }

  /** The events of a session's update that were not let through before, in order. */
  admitLive(events: readonly LogEvent[]): LogEvent[] {
    const fresh = [...events]
      .sort(compareEvents)
      .filter(event => event.timestamp >= this.since && this.#isFirst('live', event))
    this.countLate(fresh)
    return fresh
  }

  protected override isNew(event: LogEvent): boolean {
    return super.isNew(event) && this.#isFirst('polled', event)
  }

  /** Whether this copy of an event has not come the other way. */
  #isFirst(way: 'polled' | 'live', {logStreamName, timestamp, message}: LogEvent): boolean {
    const copies = this.#copiesAt(timestamp)
    const textOf = (copy: number) => `${copy} ${timestamp} ${logStreamName} ${message}`
    let copy = 1
    while (copies[way].meet(textOf(copy), 0) !== undefined) copy++
    return copies.shown.meet(textOf(copy), 0) === undefined
  }

  #copiesAt(timestamp: number): Copies {
    const slice = Math.floor(timestamp / SLICE)
    const known = this.#slices.get(slice)
    if (known) return known
    for (const slice of this.#slices.keys()) {
      // No poll asks for these any more.
      if ((slice + 1) * SLICE <= this.from) this.#slices.delete(slice)
    }
    const copies = {polled: new Fingerprints(), live: new Fingerprints(), shown: new Fingerprints()}
    this.#slices.set(slice, copies)
    return copies
  }
}
