import {Problem} from '../problem.js'
import type {Clock} from '../session.js'
import type {LogPage, LogQuery, LogSource} from './source.js'
import type {Statistics} from './statistics.js'

/** Who watches the calls. */
export interface CallWatch {
  clock: Clock
  signal: AbortSignal
  /** Milliseconds that a service which cannot be used is waited for. */
  maxWait: number
  notice(text: string): void
  /** From 0 up to 1, for waits that do not meet those of others. */
  random(): number
  statistics: Statistics
}

/** At most so many calls in any stretch of so many milliseconds. */
export interface Pace {
  calls: number
  interval: number
}

const SECOND = 1_000
const MAX_BACKOFF = 30 * SECOND

/**
 * The calls of one run, whichever log they are for and however many are on their way: kept to a pace, and slowed down for
 * everybody when the service throttles. The rate is that of the account.
 */
export class Calls implements LogSource {
  /** When the last calls were made, or will be. */
  #places: number[] = []
  /** Until when the service is left alone after a throttle. */
  #notBefore = Number.NEGATIVE_INFINITY
  /** Milliseconds: the most that the next throttle is waited out; decays with every answer. */
  #backoff = 0
  #backedOffAt = Number.NEGATIVE_INFINITY
  #hasRead = false
  /** Since when there has been trouble, and milliseconds waited for it to end. */
  #trouble: {since: number; waited: number} | undefined
  readonly #said = new Set<string>()

  /**
   * @param isEndless whether throttles are waited out for longer than `maxWait`, and lost connections once there was one
   */
  constructor(
    private readonly source: LogSource,
    private readonly watch: CallWatch,
    private readonly isEndless: boolean,
    public pace: Pace,
  ) {}

  /**
   * One page, however long it takes to get it.
   * @throws Problem gave-up or unreachable when that takes too long; what else the source throws
   */
  async page(query: LogQuery): Promise<LogPage | undefined> {
    for (;;) {
      const called = await this.#turn()
      try {
        const page = await this.source.page(query)
        this.#answered()
        return page
      } catch (error) {
        if (!(error instanceof Problem)) throw error
        if (error.kind === 'gave-up') {
          this.watch.statistics.throttles++
          this.#say('CloudWatch Logs throttles the account; reading more slowly, nothing is lost.')
          await this.#backOff(error, called, this.isEndless)
        } else if (error.kind === 'unreachable' && this.isEndless && this.#hasRead) {
          this.#say(`${error.message} Trying again; nothing is lost.`)
          await this.#backOff(error, called, false)
        } else {
          if (error.kind === 'missing') this.#answered()
          throw error
        }
      }
    }
  }

  /** Waits for the next place and takes it. @returns when the call is made */
  async #turn(): Promise<number> {
    const {clock, signal} = this.watch
    for (;;) {
      await this.#sleepUntil(this.#takePlace(clock.now()))
      signal.throwIfAborted()
      const now = clock.now()
      // Another call may have been throttled meanwhile: this one lines up again.
      if (now >= this.#notBefore || now < this.#notBefore - MAX_BACKOFF) return now
    }
  }

  /** @returns when the next call may be made, as far as is known now */
  #takePlace(now: number): number {
    const {calls, interval} = this.pace
    const decay = this.#trouble ? 0 : this.#backoff * this.watch.random()
    const free = (this.#places.at(-calls) ?? Number.NEGATIVE_INFINITY) + interval
    const decayed = (this.#places.at(-1) ?? Number.NEGATIVE_INFINITY) + decay
    // A clock that was set back, by however much, must not stop the reading for as long.
    const place = Math.max(now, Math.min(Math.max(free, decayed, this.#notBefore), now + MAX_BACKOFF))
    this.#places = [...this.#places.slice(-calls), place]
    return place
  }

  #answered(): void {
    if (this.#trouble) {
      const wait = this.watch.clock.now() - this.#trouble.since
      this.watch.statistics.longestWait = Math.max(this.watch.statistics.longestWait, wait)
    }
    this.#trouble = undefined
    this.#hasRead = true
    this.#backoff = this.#backoff > SECOND ? this.#backoff / 2 : 0
  }

  /** Full jitter: anything up to the back-off, which doubles once for all calls that were on their way together. */
  async #backOff(problem: Problem, called: number, isEndless: boolean): Promise<void> {
    const {clock, random, maxWait} = this.watch
    this.#trouble ??= {since: called, waited: 0}
    const now = clock.now()
    if (called >= this.#backedOffAt) {
      this.#backoff = Math.min(MAX_BACKOFF, Math.max(SECOND, this.#backoff * 2))
      this.#backedOffAt = now
      const wait = this.#backoff * random()
      this.#notBefore = now + wait
      // Counted and not measured: a laptop may sleep meanwhile.
      this.#trouble.waited += Math.max(SECOND, wait)
    }
    if (!isEndless && this.#trouble.waited > maxWait) throw problem
    await this.#sleepUntil(this.#notBefore)
  }

  async #sleepUntil(time: number): Promise<void> {
    const {clock, signal} = this.watch
    const left = time - clock.now()
    if (left > 0) await clock.sleep(left, signal)
  }

  #say(text: string): void {
    if (this.#said.has(text)) return
    this.#said.add(text)
    this.watch.notice(text)
  }
}
