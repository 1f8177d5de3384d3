import type {Clock} from '../../src/domain/session.js'

/** A clock that stands still but for those who sleep by it. */
export class FakeClock implements Clock {
  /** How long each sleep was, in milliseconds. */
  readonly sleeps: number[] = []

  constructor(private time = Date.UTC(2026, 0, 2, 3, 4, 5)) {}

  now(): number {
    return this.time
  }

  async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    this.sleeps.push(milliseconds)
    this.time += milliseconds
  }
}
