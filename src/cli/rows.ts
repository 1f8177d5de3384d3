import {setTimeout as delay, setImmediate as turn} from 'node:timers/promises'

/** Rows that are written together, at most. */
const LARGEST = 1_000

/**
 * Milliseconds before each of the last rows of a page, which are written one by one: a reader that has enough, such as
 * `head`, needs a moment to go, and it is at a write that this is noticed. On an idle machine the first will do. Whoever
 * reads on pays for those of the first page once, and little for any other.
 */
const AFTER_FIRST_PAGE = [5, 10, 20, 40]
const AFTER_LATER_PAGES = [5]

/**
 * Writes a list. The rows of a page go to the reader together, and a further page is asked for only when they are there,
 * and the reader is too: `| head` costs no more calls than it takes.
 */
export class RowWriter<Row> {
  #waiting: Row[] = []
  #written: Promise<void> = Promise.resolve()
  #isWriting = false
  #pauses: readonly number[] = AFTER_FIRST_PAGE

  /**
   * @param write resolves when there is room for more
   * @param signal aborts when the reader has gone
   * @param canLeave whether the reader is one that may go before it has everything
   */
  constructor(
    private readonly write: (rows: readonly Row[]) => Promise<void>,
    private readonly signal: AbortSignal,
    private readonly canLeave: boolean,
  ) {}

  /** Writes rows as they come; those that come at once together. */
  async writeAll(rows: AsyncIterable<Row>): Promise<void> {
    for await (const row of rows) {
      if (this.signal.aborted) return
      this.#waiting.push(row)
      // When nothing else is left to do, no more rows come for now. A failure is told by whoever writes next.
      if (this.#waiting.length === 1) setImmediate(() => this.#flush().catch(() => {}))
      if (this.#isWriting || this.#waiting.length === LARGEST) await this.#flush()
    }
    await this.#flush()
  }

  /** Resolves when all that came is written, and the reader has had its moment. @throws the signal's reason */
  async taken(): Promise<void> {
    const pauses = this.canLeave ? this.#pauses.slice(0, this.#waiting.length) : []
    if (this.#waiting.length > 0) this.#pauses = AFTER_LATER_PAGES
    const last = this.#waiting.splice(this.#waiting.length - pauses.length)
    await this.#flush()
    for (const [i, pause] of pauses.entries()) {
      await delay(pause, undefined, {signal: this.signal}).catch(() => {})
      this.#waiting.push(...last.slice(i, i + 1))
      await this.#flush()
    }
    // In which a failed write is told of.
    await turn()
    this.signal.throwIfAborted()
  }

  #flush(): Promise<void> {
    const rows = this.#waiting
    if (rows.length === 0) return this.#written
    this.#waiting = []
    this.#isWriting = true
    this.#written = this.#written
      .then(() => this.write(rows))
      .finally(() => {
        this.#isWriting = false
      })
    return this.#written
  }
}
