import {setImmediate as turn} from 'node:timers/promises'
import {expect, test} from 'vitest'
import {RowWriter} from '../../src/cli/rows.js'
import {interrupted} from '../../src/domain/problem.js'

/** A writer, and what it wrote in one go each. */
function writer({canLeave = false, onWrite = () => {}} = {}) {
  const written: (readonly number[])[] = []
  const leaving = new AbortController()
  const rows = new RowWriter<number>(
    async some => {
      written.push(some)
      onWrite()
    },
    leaving.signal,
    canLeave,
  )
  return {rows, written, leave: () => leaving.abort(interrupted())}
}

const upTo = (count: number) => Array.from({length: count}, (_, i) => i)

/** Rows in pages, and how many pages were asked for. */
function paged(pages: readonly (readonly number[])[], beforeMore: () => Promise<void>) {
  const asked = {pages: 0}
  async function* read() {
    for (const page of pages) {
      if (asked.pages > 0) await beforeMore()
      asked.pages++
      await turn()
      yield* page
    }
  }
  return {asked, read: read()}
}

test('the rows of a page are written together, and before the next page is asked for', async () => {
  const {rows, written} = writer()
  const {asked, read} = paged([[1, 2, 3], [4, 5], [6]], async () => {
    await rows.taken()
    expect(written.flat()).toHaveLength([0, 3, 5][asked.pages] ?? 0)
  })
  await rows.writeAll(read)
  expect(written).toEqual([[1, 2, 3], [4, 5], [6]])
})

test('a row that comes by itself is written before the next one comes', async () => {
  const {rows, written} = writer()
  async function* slow() {
    yield 1
    await turn()
    await turn()
    expect(written).toEqual([[1]])
    yield 2
  }
  await rows.writeAll(slow())
  expect(written).toEqual([[1], [2]])
})

test('a reader that may leave is written its last rows one by one, and no page is asked for once it has left', async () => {
  const {rows, written, leave} = writer({canLeave: true, onWrite: () => written.length === 2 && leave()})
  const {asked, read} = paged([upTo(500), upTo(500)], () => rows.taken())
  await expect(rows.writeAll(read)).rejects.toMatchObject({kind: 'interrupted'})
  expect(written[0]).toHaveLength(496)
  expect(written.slice(1)).toContainEqual([496])
  expect(asked.pages).toBe(1)
})

test('a reader that stays gets every row, in order', async () => {
  const {rows, written} = writer({canLeave: true})
  const {read} = paged([upTo(3), [], upTo(500), upTo(1)], () => rows.taken())
  await rows.writeAll(read)
  expect(written.flat()).toEqual([...upTo(3), ...upTo(500), 0])
})

test('a reader without room is waited for: meanwhile no rows pile up', async () => {
  let asked = 0
  let free = () => {}
  const rows = new RowWriter<number>(
    () =>
      new Promise<void>(resolve => {
        free = resolve
      }),
    new AbortController().signal,
    false,
  )
  async function* endless() {
    for (;;) yield asked++
  }
  void rows.writeAll(endless())
  for (let i = 1; i <= 3; i++) {
    await turn()
    await turn()
    expect(asked).toBeLessThanOrEqual(i * 1_000 + 1)
    free()
  }
})

test('what fails while rows are written is told', async () => {
  const rows = new RowWriter<number>(() => Promise.reject(new Error('no view')), new AbortController().signal, false)
  const {read} = paged([[1], [2]], () => rows.taken())
  await expect(rows.writeAll(read)).rejects.toThrow('no view')
})
