import {compareEvents, type LogEvent} from './events.js'
import {Fingerprints} from './fingerprints.js'
import type {Statistics} from './statistics.js'

const SECOND = 1_000
const MINUTE = 60 * SECOND

/** API Gateway's events can be read about 20 s after their time (recorded): three times that. */
export const LATENESS = MINUTE
/** AWS refuses requests that are signed by a clock more than five minutes off: ours is never further. */
export const CLOCK_SKEW = 5 * MINUTE

/** Milliseconds of event time whose ids are kept, and forgotten, together. */
const SLICE = 10 * SECOND

/** What a `Seen` knows, for a later run. */
export interface SeenState {
  /** Milliseconds since 1970, all three. */
  since: number
  covered: number
  newest: number
  /** Fingerprints of ids by the slice of time that their events are in. */
  slices: [number, Uint32Array][]
}

/**
 * What was let through of one log: everything up to some time, and of what came after, or may come late, which events.
 *
 * Events come late and out of order, so every read of the log begins `lateness` before what is known to be complete,
 * and the ids of the events in that window are remembered, as fingerprints of eight bytes.
 */
export class Seen {
  /** Fingerprints by the slice of time that their events are in. */
  readonly #slices = new Map<number, Fingerprints>()
  readonly #lateness: number
  /** Nothing older is ever let through. */
  protected readonly since: number
  /** All events up to this time were let through, but for what comes late. Never goes back. */
  #covered: number
  /** Time of the youngest event that was let through. */
  #newest = Number.NEGATIVE_INFINITY
  /** Ids of events before this time are not needed any more. */
  #forgotten = Number.NEGATIVE_INFINITY
  /** Reads so far; the fingerprint of an event knows in which it was met last. */
  #reads = 0
  /** Where this read begins: older events were let through, or are not wanted. */
  #begun = Number.NEGATIVE_INFINITY
  /** When this read first asked for events so young that others may still come in among them. */
  #openSince: number | undefined
  #asked = Number.NEGATIVE_INFINITY
  #answered = Number.NEGATIVE_INFINITY

  /**
   * @param since milliseconds since 1970; nothing older is ever asked for
   * @param statistics where events are counted that come late or twice
   */
  constructor(
    since: number,
    lateness: number,
    private readonly statistics: Pick<Statistics, 'late' | 'duplicates'>,
  ) {
    this.since = since
    this.#covered = since
    this.#lateness = lateness
  }

  /** Goes on from what `state` told in an earlier run. */
  restore({covered, newest, slices}: SeenState): void {
    this.#covered = covered
    this.#newest = newest
    for (const [slice, words] of slices) this.#slices.set(slice, Fingerprints.of(words))
  }

  get state(): SeenState {
    const slices = [...this.#slices].map(([slice, ids]): [number, Uint32Array] => [slice, ids.words()])
    return {since: this.since, covered: this.#covered, newest: this.#newest, slices}
  }

  /** Where the next read of the log has to begin, in milliseconds since 1970. */
  get from(): number {
    return Math.floor(Math.max(this.since, this.#covered - this.#lateness))
  }

  /** Begins a read of the log from `from` on. */
  begin(): void {
    this.#reads++
    this.#begun = this.from
    this.#openSince = undefined
  }

  /**
   * Whether this read has gone on among young events for so long, because whoever takes them is slow or because there are
   * so many, that it has to end before its last page: the next read looks for what came in behind it.
   */
  get isStale(): boolean {
    return this.#openSince !== undefined && this.#answered - this.#openSince > MINUTE
  }

  /**
   * The events of a page that were not let through before, in order.
   * @param asked when the page was asked for, and `answered`, in milliseconds since 1970
   */
  admit(events: readonly LogEvent[], asked: number, answered: number): LogEvent[] {
    this.#asked = asked
    this.#answered = answered
    this.#forget()
    const fresh = [...events].sort(compareEvents).filter(event => this.isNew(event))
    this.countLate(fresh)
    const newest = events.reduce((latest, {timestamp}) => Math.max(latest, timestamp), Number.NEGATIVE_INFINITY)
    if (newest > asked - CLOCK_SKEW) this.#openSince ??= asked
    this.#cover(this.#openSince === undefined ? newest : completeAt(newest, answered, this.#openSince))
    return fresh
  }

  /** The read got to the end of the log. */
  end(): void {
    this.#cover((this.#openSince ?? this.#asked) - CLOCK_SKEW)
    this.#openSince = undefined
  }

  /** @param events that are let through, in order */
  protected countLate(events: readonly LogEvent[]): void {
    for (const {timestamp} of events) {
      if (timestamp < this.#newest) this.statistics.late++
      else this.#newest = timestamp
    }
  }

  protected isNew({eventId, timestamp}: LogEvent): boolean {
    if (timestamp < this.#begun) return false
    const slice = Math.floor(timestamp / SLICE)
    const ids = this.#slices.get(slice) ?? new Fingerprints()
    this.#slices.set(slice, ids)
    const met = ids.meet(eventId, this.#reads)
    if (met === this.#reads % 256) this.statistics.duplicates++
    return met === undefined
  }

  /** One page later than it could: a page that comes twice in a row is known although its end is far from its begin. */
  #forget(): void {
    for (const slice of this.#slices.keys()) {
      if ((slice + 1) * SLICE <= this.#forgotten) this.#slices.delete(slice)
    }
    this.#forgotten = this.from
  }

  #cover(time: number): void {
    this.#covered = Math.max(this.#covered, Math.min(time, this.#answered))
  }
}

/**
 * Up to when a log is complete, but for late events, when a read that has been among young events since `openSince` has
 * come to one of the time `newest`. What it read of them first is as old as the read by now.
 */
const completeAt = (newest: number, answered: number, openSince: number) =>
  Math.max(Math.min(newest, openSince - CLOCK_SKEW), newest - (answered - openSince))
