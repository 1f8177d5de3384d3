import type {LogEvent} from './events.js'
import {Fingerprints} from './fingerprints.js'

/**
 * Which events were met, of a log that comes in two ways: by polls, and live, without the ids of events.
 *
 * An event is known by its stream, time and message. Of several that are alike, each way counts its own: the second copy
 * that polls bring is the second that came live. The time of ingestion is no part of it, though both ways tell it: if
 * they ever told it differently, every event would be two, while alike events of two batches are told apart by the next
 * poll at the latest.
 */
export class Copies {
  #live = new Fingerprints()
  readonly #polled = new Fingerprints()
  readonly #met = new Fingerprints()

  /** From here on events come live anew, also those that did before. */
  restartLive(): void {
    this.#live = new Fingerprints()
  }

  /** Whether this copy of an event has not come the other way before. */
  isFirst(way: 'polled' | 'live', {logStreamName, timestamp, message}: LogEvent): boolean {
    const known = way === 'live' ? this.#live : this.#polled
    const textOf = (copy: number) => `${copy} ${timestamp} ${logStreamName} ${message}`
    let copy = 1
    while (known.meet(textOf(copy), 0) !== undefined) copy++
    return this.#met.meet(textOf(copy), 0) === undefined
  }
}
