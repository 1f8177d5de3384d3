import {setMaxListeners} from 'node:events'
import {interrupted} from '../domain/problem.js'
import {EXIT_CODES} from './failure.js'
import type {Io} from './io.js'
import {watchReader} from './reader.js'
import {takeStdout} from './stdout.js'

/**
 * Milliseconds in which a second SIGINT is the same Ctrl-C: the terminal sends it to the whole group, and programs such
 * as `timeout` pass theirs on.
 */
const SAME_PRESS = 500

/**
 * What can end a command from outside: Ctrl-C, a SIGTERM, or a reader that closed the pipe. Each aborts one signal that
 * everything which waits listens to. A second Ctrl-C ends the program on the spot.
 */
export class Interrupt {
  readonly #controller = new AbortController()
  readonly #io: Io
  #exitCode: number | undefined
  #pressedAt = Number.NEGATIVE_INFINITY
  #stopWatching = () => {}

  constructor(io: Io) {
    this.#io = io
    // Every call under way listens; from eleven on, Node would take that for a leak and tell the user.
    setMaxListeners(0, this.signal)
    process.on('SIGINT', this.#onSigint)
    process.on('SIGTERM', this.#onSigterm)
    if (io.stdout === process.stdout) takeStdout()
    io.stdout.on('error', this.#onStdoutError)
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** The exit code that the interruption asks for, where there was one. A closed pipe is not a failure. */
  get exitCode(): number | undefined {
    return this.#exitCode
  }

  /** Whether it was stdout that ended the command: then there is nothing for the command to say. */
  get isOutputGone(): boolean {
    return this.#exitCode === EXIT_CODES.done || this.#exitCode === EXIT_CODES.failed
  }

  /** From here on a reader that goes is noticed even while nothing is written. For streams, which may fall silent. */
  watchReader(): void {
    if (this.#io.stdout === process.stdout) this.#stopWatching = watchReader(() => this.#stop(EXIT_CODES.done))
  }

  dispose(): void {
    this.#stopWatching()
    process.off('SIGINT', this.#onSigint)
    process.off('SIGTERM', this.#onSigterm)
    this.#io.stdout.off('error', this.#onStdoutError)
  }

  readonly #onSigint = () => {
    const now = performance.now()
    if (now - this.#pressedAt < SAME_PRESS) return
    this.#pressedAt = now
    if (this.signal.aborted) process.exit(EXIT_CODES.interrupted)
    this.#stop(EXIT_CODES.interrupted)
  }

  /** 143 is the shells' number for a SIGTERM. */
  readonly #onSigterm = () => this.#stop(143)

  /** A reader that has gone is no failure. Anything else is told by `main`, which knows it of help and --version too. */
  readonly #onStdoutError = (error: NodeJS.ErrnoException) => {
    this.#stop(error.code === 'EPIPE' ? EXIT_CODES.done : EXIT_CODES.failed)
  }

  #stop(exitCode: number): void {
    this.#exitCode ??= exitCode
    this.#controller.abort(interrupted())
  }
}
