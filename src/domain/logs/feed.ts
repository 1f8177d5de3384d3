/** One of several streams that are read side by side, each at its own pace. */
export class Feed<Item> {
  readonly #items: AsyncIterator<Item>
  #waiting: Promise<this> | undefined
  #take: (() => IteratorResult<Item>) | undefined

  constructor(items: AsyncIterable<Item>) {
    this.#items = items[Symbol.asyncIterator]()
  }

  /** Resolves once there is something to take. Never rejects. */
  ready(): Promise<this> {
    this.#waiting ??= this.#items.next().then(
      result => {
        this.#take = () => result
        return this
      },
      error => {
        this.#take = () => {
          throw error
        }
        return this
      },
    )
    return this.#waiting
  }

  /** What `ready` waited for, the end included. @throws what the stream threw */
  take(): IteratorResult<Item> {
    const take = this.#take
    if (!take) throw new Error('Nothing was waited for.')
    this.#take = undefined
    this.#waiting = undefined
    return take()
  }

  /** What is left. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Item> {
    for (;;) {
      await this.ready()
      const {done, value} = this.take()
      if (done) return
      yield value
    }
  }
}
