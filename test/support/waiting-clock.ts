import type {Clock} from '../../src/domain/session.js'

/** A clock for several that sleep at once: time goes on to whoever wakes first when nobody has anything left to do. */
export class WaitingClock implements Clock {
  #now: number
  #isTicking = false
  readonly #sleepers: {until: number; wake: () => void}[] = []

  constructor(now = Date.UTC(2026, 0, 1)) {
    this.#now = now
  }

  now = () => this.#now

  sleep = (milliseconds: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      const abort = () => reject(signal?.reason)
      const wake = () => {
        signal?.removeEventListener('abort', abort)
        resolve()
      }
      const sleeper = {until: this.#now + milliseconds, wake}
      signal?.addEventListener('abort', abort, {once: true})
      const index = this.#sleepers.findIndex(({until}) => until > sleeper.until)
      this.#sleepers.splice(index < 0 ? this.#sleepers.length : index, 0, sleeper)
      this.#tickSoon()
    })

  #tickSoon(): void {
    if (this.#isTicking || this.#sleepers.length === 0) return
    this.#isTicking = true
    // All that can be done at this moment is done before the next round of the event loop.
    setImmediate(() => {
      this.#isTicking = false
      const next = this.#sleepers.shift()
      if (next) {
        this.#now = Math.max(this.#now, next.until)
        next.wake()
      }
      this.#tickSoon()
    })
  }
}
