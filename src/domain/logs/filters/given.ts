import {Copies} from '../copies.js'
import type {LogEvent} from '../events.js'
import {Fingerprints} from '../fingerprints.js'

const MINUTE = 60_000

/** Milliseconds of event time whose ids are kept, and forgotten, together. */
const SLICE = MINUTE
/** How far behind the youngest event ids are kept: as far as requests are looked for, twice. */
const KEPT = 30 * MINUTE

/** Which events were given out, where they are read on more than one way. */
export class Given {
  readonly #slices = new Map<number, {ids: Fingerprints; copies: Copies}>()
  #newest = Number.NEGATIVE_INFINITY

  /** @param isLive whether there may be events without an id, which came live */
  constructor(private readonly isLive: boolean) {}

  /** The events that were not given out before; they count as given out from now on. */
  admit(events: readonly LogEvent[]): LogEvent[] {
    const fresh = events.filter(event => this.#isNew(event))
    for (const slice of this.#slices.keys()) {
      if ((slice + 1) * SLICE <= this.#newest - KEPT) this.#slices.delete(slice)
    }
    return fresh
  }

  #isNew(event: LogEvent): boolean {
    const {eventId, timestamp} = event
    const slice = Math.floor(timestamp / SLICE)
    const {ids, copies} = this.#slices.get(slice) ?? {ids: new Fingerprints(), copies: new Copies()}
    this.#slices.set(slice, {ids, copies})
    this.#newest = Math.max(this.#newest, timestamp)
    if (eventId === '') return copies.isFirst('live', event)
    return ids.meet(eventId, 0) === undefined && (!this.isLive || copies.isFirst('polled', event))
  }
}
