import {Copies} from './copies.js'
import {compareEvents, type LogEvent} from './events.js'
import {Seen} from './seen.js'

/** Milliseconds of event time that are kept, and forgotten, together. */
const SLICE = 10_000

/**
 * What was let through of a log that comes in two ways, by polls and in live sessions: an event once, whichever way it
 * comes first, and one that a session left out when a poll brings it.
 */
export class LiveSeen extends Seen {
  readonly #slices = new Map<number, Copies>()

  /** A session begins: it may bring what the one before had brought. */
  beginSession(): void {
    for (const copies of this.#slices.values()) copies.restartLive()
  }

  /** The events of a session's update that were not let through before, in order. */
  admitLive(events: readonly LogEvent[]): LogEvent[] {
    const fresh = [...events]
      .sort(compareEvents)
      .filter(event => event.timestamp >= this.since && this.#copiesAt(event.timestamp).isFirst('live', event))
    this.countLate(fresh)
    return fresh
  }

  protected override isNew(event: LogEvent): boolean {
    return super.isNew(event) && this.#copiesAt(event.timestamp).isFirst('polled', event)
  }

  #copiesAt(timestamp: number): Copies {
    const slice = Math.floor(timestamp / SLICE)
    const known = this.#slices.get(slice)
    if (known) return known
    for (const slice of this.#slices.keys()) {
      // No poll asks for these any more.
      if ((slice + 1) * SLICE <= this.from) this.#slices.delete(slice)
    }
    const copies = new Copies()
    this.#slices.set(slice, copies)
    return copies
  }
}
