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

/** When a call was made, and answered. */
interface Call {
  made: number
  answered?: number
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
  /** The last calls that were made. */
  #made: Call[] = []
  /** Settles when the last call in line was made, or was not. */
  #line: Promise<unknown> = Promise.resolve()
  /** Milliseconds: the least that an answer has taken. */
  #quickest = Number.POSITIVE_INFINITY
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
      const call = await this.#turn()
      try {
        const page = await this.source.page(query, () => this.#turn())
        this.#answered()
        call.answered = this.watch.clock.now()
        this.#quickest = Math.min(this.#quickest, Math.max(0, call.answered - call.made))
        return page
      } catch (error) {
        if (!(error instanceof Problem)) throw error
        if (error.kind === 'gave-up') {
          this.watch.statistics.throttles++
          this.#say('CloudWatch Logs throttles the account; reading more slowly, nothing is lost.')
          await this.#backOff(error, call.made, this.isEndless)
        } else if (error.kind === 'unreachable' && this.isEndless && this.#hasRead) {
          this.#say(`${error.message} Trying again; nothing is lost.`)
          await this.#backOff(error, call.made, false)
        } else {
          if (error.kind === 'missing') this.#answered()
          throw error
        }
      }
    }
  }

  /** Waits in line until a call may be made. */
  #turn(): Promise<Call> {
    const turn = this.#line.then(() => this.#wait())
    this.#line = turn.catch(() => {})
    return turn
  }

  async #wait(): Promise<Call> {
    const {clock, signal, random} = this.watch
    const decay = this.#trouble ? 0 : this.#backoff * random()
    for (;;) {
      signal.throwIfAborted()
      const now = clock.now()
      const left = this.#nextPlace(now, decay) - now
      if (left <= 0) {
        const call = {made: now}
        this.#made = [...this.#made, call].slice(-this.pace.calls)
        return call
      }
      await clock.sleep(left, signal)
    }
  }

  /** When the next call may be made. After a clock was set back, by however much, that is at once. */
  #nextPlace(now: number, decay: number): number {
    const {calls, interval} = this.pace
    const [first, last] = [this.#made.at(-calls), this.#made.at(-1)]
    const free = first && first.made <= now ? this.#arrivalOf(first) + interval : now
    const decayed = last && last.made <= now ? last.made + decay : now
    const notBefore = this.#notBefore - now > MAX_BACKOFF ? now : this.#notBefore
    return Math.max(free, decayed, notBefore)
  }

  /**
   * When a call came to the service, at the latest: that is when the service counts it. What was answered later than
   * others can be may have been as long on its way, such as the first, which sets up the connection.
   */
  #arrivalOf({made, answered = made}: Call): number {
    return Math.max(made, answered - this.#quickest)
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
