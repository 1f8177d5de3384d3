import type {Cursor} from './cursor.js'
import type {Track} from './follow.js'
import type {Placed} from './last.js'

/** Where a tail is, so that a later run can go on from there: one for each run. */
export class Bookmark {
  #tracks: readonly Track[] = []
  readonly #keepers: (() => Iterable<Placed>)[] = []

  /** @param last where the run before ended, if there was one */
  constructor(readonly last?: Cursor) {}

  /** What is read, and what was let through of it. */
  marks(tracks: readonly Track[]): void {
    this.#tracks = tracks
  }

  /**
   * Each step of the pipeline that keeps events for later says which: they were read, and are not shown yet.
   * @param events called at any time while the step waits for more, is at a `yield`, or has ended
   */
  keptBy(events: () => Iterable<Placed>): void {
    this.#keepers.push(events)
  }

  /** Whether there is anything to go on from: before that, the cursor of the last run is what counts. */
  get isSet(): boolean {
    return this.#tracks.length > 0
  }

  get cursor(): Cursor {
    return {
      logs: this.#tracks.map(({log, seen}) => ({group: log.group, seen: seen.state})),
      pending: this.#keepers.flatMap(events => [...events()]).map(({log, event}) => ({group: log.group, event})),
    }
  }
}
