import type {Clock, Session} from '../../src/domain/session.js'
import type {Sandbox} from '../../src/sandbox/server.js'

/** A clock that stands still except when somebody sleeps. */
export class FakeClock implements Clock {
  readonly slept: number[] = []
  #now: number

  constructor(now = Date.UTC(2026, 0, 1)) {
    this.#now = now
  }

  now = () => this.#now

  sleep = async (milliseconds: number, signal?: AbortSignal): Promise<void> => {
    signal?.throwIfAborted()
    this.slept.push(milliseconds)
    this.advance(milliseconds)
  }

  advance(milliseconds: number): void {
    this.#now += milliseconds
  }

  get total(): number {
    return this.slept.reduce((sum, milliseconds) => sum + milliseconds, 0)
  }
}

/** A session on a sandbox, with a clock that does not really wait and a record of what the user was told. */
export function sessionOn(sandbox: Pick<Sandbox, 'url'>, changes: Partial<Session> = {}) {
  const notices: string[] = []
  const clock = new FakeClock()
  const session: Session = {
    region: 'us-east-1',
    endpointUrl: sandbox.url,
    pacing: false,
    maxWait: 120_000,
    signal: new AbortController().signal,
    clock,
    notice: text => notices.push(text),
    progress: () => ({at() {}, end() {}}),
    ...changes,
  }
  process.env.AWS_ACCESS_KEY_ID = 'test'
  process.env.AWS_SECRET_ACCESS_KEY = 'test'
  return {session, notices, clock: (changes.clock as FakeClock | undefined) ?? clock}
}
