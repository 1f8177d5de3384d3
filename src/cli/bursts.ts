import {setImmediate as turn} from 'node:timers/promises'

/** Milliseconds in which a reader that has enough, such as `head`, closes the pipe. */
const CLOSING_TIME = 200

/** Rows that are written together, at most. */
const LARGEST = 1_000

/**
 * Gathers the rows that come without a pause, so that they can be written together. The last of them is held back for a
 * while: a reader that has closed the pipe is noticed at the next write and at nothing else. Without this, `| head -1`
 * on a stream that falls silent would hang until something new comes, because the whole burst was in the pipe before the
 * reader went.
 */
export async function* bursts<Row>(rows: AsyncIterable<Row>, pause = CLOSING_TIME): AsyncGenerator<Row[]> {
  const iterator = rows[Symbol.asyncIterator]()
  let burst: Row[] = []
  let next = iterator.next()
  let silence = turn()
  for (;;) {
    const row = await Promise.race([next, silence]).catch(error => ({error}))
    if (row && ('error' in row || row.done)) {
      if (burst.length > 0) yield burst
      if ('error' in row) throw row.error
      return
    }
    if (row) {
      burst.push(row.value)
      if (burst.length === LARGEST) {
        yield burst.splice(0, LARGEST - 1)
        // Whatever else there is to do, such as taking in what was read ahead, has its turn.
        await silence
        silence = turn()
      }
      next = iterator.next()
    } else {
      if (burst.length > 1) yield burst.splice(0, burst.length - 1)
      if (burst.length === 0 || !(await settlesWithin(next, pause))) {
        if (burst.length > 0) yield burst
        burst = []
        await settles(next)
      }
      silence = turn()
    }
  }
}

const settles = (promise: Promise<unknown>): Promise<void> =>
  promise.then(
    () => {},
    () => {},
  )

/** Whether the promise is settled, either way, within the given milliseconds. */
function settlesWithin(promise: Promise<unknown>, milliseconds: number): Promise<boolean> {
  return new Promise(resolve => {
    const timer = setTimeout(resolve, milliseconds, false)
    settles(promise).then(() => {
      clearTimeout(timer)
      resolve(true)
    })
  })
}
