import {duration} from '../duration.js'
import {Problem} from '../problem.js'
import type {Clock} from '../session.js'

export interface EndOptions {
  /** Milliseconds after which it ends. */
  for?: number | undefined
  /** Milliseconds without anything shown, while following, after which it ends. */
  idle?: number | undefined
  /** How many are shown at most. */
  max?: number | undefined
  /** Ends with the first that matches, and is a failure without. */
  match?: RegExp | undefined
}

/** Thrown by the clock of `Ends` to whoever would sleep longer than there is time. */
export class TimeIsUp extends Error {}

/** When a tail ends by itself: one for each run. */
export class Ends {
  readonly #started: number
  /** Since when nothing was shown; undefined before it follows. */
  #quietSince: number | undefined
  #shown = 0
  #hasMatched = false

  constructor(
    private readonly options: EndOptions,
    private readonly time: Clock,
  ) {
    this.#started = time.now()
  }

  /** A clock on which nobody sleeps longer than there is time. @throws TimeIsUp then */
  readonly clock: Clock = {
    now: () => this.time.now(),
    sleep: async (milliseconds, signal) => {
      const left = this.#deadline - this.time.now()
      if (milliseconds < left) return this.time.sleep(milliseconds, signal)
      if (left > 0) await this.time.sleep(left, signal)
      throw new TimeIsUp()
    },
  }

  get isTimeUp(): boolean {
    return this.time.now() >= this.#deadline
  }

  /** What is there has been read: from here on it counts when nothing comes. */
  startFollowing(): void {
    this.#quietSince ??= this.time.now()
  }

  /** Passes on what is shown, up to the end. @param textOf what has to match */
  async *limit<Shown>(shown: AsyncIterable<Shown>, textOf: (one: Shown) => string): AsyncGenerator<Shown> {
    const {max = Number.POSITIVE_INFINITY, match} = this.options
    for await (const one of shown) {
      this.#shown++
      this.#hasMatched ||= match?.test(textOf(one)) ?? false
      yield one
      if (this.#quietSince !== undefined) this.#quietSince = this.time.now()
      if (this.#hasMatched || this.#shown >= max) return
    }
  }

  /** @throws Problem gave-up when it ended without a match that was waited for */
  check(): void {
    const {match} = this.options
    if (match === undefined || this.#hasMatched) return
    const waited = duration(Math.floor((this.time.now() - this.#started) / 1_000) * 1_000)
    const hint = 'It may take longer, or more, than --for, --idle-timeout or --max-events allow.'
    throw new Problem('gave-up', `Nothing matched /${match.source}/ within ${waited}.`, hint)
  }

  /** Milliseconds since 1970. */
  get #deadline(): number {
    const {for: whole = Number.POSITIVE_INFINITY, idle = Number.POSITIVE_INFINITY} = this.options
    return Math.min(this.#started + whole, (this.#quietSince ?? Number.POSITIVE_INFINITY) + idle)
  }
}
