import {expect, test} from 'vitest'
import {holdBackLast} from '../../src/cli/hold-back.js'

test('all rows but the last of a burst are passed on without a pause, and the last one after it', async () => {
  const events: string[] = []
  let goOn = () => {}
  async function* rows() {
    yield 1
    yield 2
    yield 3
    events.push('silence')
    await new Promise<void>(resolve => {
      goOn = resolve
    })
    yield 4
  }
  for await (const row of holdBackLast(rows(), 5)) {
    events.push(`row ${row}`)
    if (row === 3) goOn()
  }
  expect(events).toEqual(['row 1', 'row 2', 'silence', 'row 3', 'row 4'])
})

test('a failure comes after the row that was held back', async () => {
  const seen: number[] = []
  async function* rows() {
    yield 1
    throw new Error('lost')
  }
  await expect(
    (async () => {
      for await (const row of holdBackLast(rows(), 60_000)) seen.push(row)
    })(),
  ).rejects.toThrow('lost')
  expect(seen).toEqual([1])
})
