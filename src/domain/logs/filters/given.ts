import type {LogEvent} from '../events.js'
import {Fingerprints} from '../fingerprints.js'

const MINUTE = 60_000

/** Milliseconds of event time whose ids are kept, and forgotten, together. */
const SLICE = MINUTE
/** How far behind the youngest event ids are kept: as far as requests are looked for, twice. */
const KEPT = 30 * MINUTE

/** Which events were given out, where they are read on more than one way. */
export class Given {
  readonly #slices = new Map<number, Fingerprints>()
  #newest = Number.NEGATIVE_INFINITY

  /** The events that were not given out before; they count as given out from now on. */
  admit(events: readonly LogEvent[]): LogEvent[] {
    const fresh = events.filter(event => this.#isNew(event))
    for (const slice of this.#slices.keys()) {
      if ((slice + 1) * SLICE <= this.#newest - KEPT) this.#slices.delete(slice)
    }
    return fresh
  }

  #isNew({eventId, timestamp}: LogEvent): boolean {
    const slice = Math.floor(timestamp / SLICE)
    const ids = this.#slices.get(slice) ?? new Fingerprints()
    this.#slices.set(slice, ids)
    this.#newest = Math.max(this.#newest, timestamp)
    return ids.meet(eventId, 0) === undefined
  }
}
