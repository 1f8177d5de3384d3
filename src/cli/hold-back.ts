/** Milliseconds in which a reader that has enough, such as `head`, closes the pipe. */
const CLOSING_TIME = 200

/**
 * Passes rows on as they come, but the last one of a burst only after a pause. A reader that has closed the pipe is
 * noticed at the next write and at nothing else: without this, `| head -1` on a stream that falls silent would hang
 * until something new comes, because the whole burst was in the pipe before the reader went.
 */
export async function* holdBackLast<Row>(rows: AsyncIterable<Row>, pause = CLOSING_TIME): AsyncGenerator<Row> {
  const iterator = rows[Symbol.asyncIterator]()
  let next = iterator.next()
  for (;;) {
    const row = await next
    if (row.done) return
    next = iterator.next()
    await settledWithin(next, pause)
    yield row.value
  }
}

/** Resolves when the promise is settled either way, at the latest after the given milliseconds. */
function settledWithin(promise: Promise<unknown>, milliseconds: number): Promise<void> {
  return new Promise(resolve => {
    const timer = setTimeout(resolve, milliseconds)
    const settle = () => {
      clearTimeout(timer)
      resolve()
    }
    promise.then(settle, settle)
  })
}
