import {expect, test} from 'vitest'
import {bursts} from '../../src/cli/bursts.js'

test('rows that come at once are passed on together, but the last of them only after a pause', async () => {
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
  for await (const burst of bursts(rows(), 5)) {
    events.push(`rows ${burst}`)
    if (burst.includes(3)) goOn()
  }
  expect(events).toEqual(['silence', 'rows 1,2', 'rows 3', 'rows 4'])
})

test('a row that was held back goes with those that come within the pause', async () => {
  async function* rows() {
    yield 1
    yield 2
    await new Promise(resolve => setTimeout(resolve, 1))
    yield 3
  }
  const found: number[][] = []
  for await (const burst of bursts(rows(), 60_000)) found.push(burst)
  expect(found).toEqual([[1], [2, 3]])
})

test('a burst without end is passed on in parts, and no more is asked for before a part is taken', async () => {
  let asked = 0
  async function* rows() {
    for (;;) yield asked++
  }
  let taken = 0
  for await (const burst of bursts(rows())) {
    taken += burst.length
    await new Promise(resolve => setTimeout(resolve, 1))
    expect(asked - taken).toBeLessThanOrEqual(1)
    if (taken > 5_000) return
  }
})

test('between the parts of a burst everything else has its turn', async () => {
  let turns = 0
  const timer = setInterval(() => turns++, 0)
  async function* rows() {
    for (let i = 0; i < 20_000; i++) yield i
  }
  const parts: number[] = []
  for await (const burst of bursts(rows())) parts.push(burst.length)
  clearInterval(timer)
  expect(parts.length).toBeGreaterThan(10)
  expect(turns).toBeGreaterThan(0)
})

test('a failure comes after the rows before it', async () => {
  const seen: number[] = []
  async function* rows() {
    yield 1
    yield 2
    throw new Error('lost')
  }
  await expect(
    (async () => {
      for await (const burst of bursts(rows(), 60_000)) seen.push(...burst)
    })(),
  ).rejects.toThrow('lost')
  expect(seen).toEqual([1, 2])
})

test('waiting costs nothing', async () => {
  let goOn = () => {}
  async function* rows() {
    yield 1
    await new Promise<void>(resolve => {
      goOn = resolve
    })
  }
  const coming = bursts(rows(), 1)
  await coming.next()
  const end = coming.next()
  const before = process.cpuUsage()
  await new Promise(resolve => setTimeout(resolve, 200))
  expect(process.cpuUsage(before).user).toBeLessThan(100_000)
  goOn()
  expect((await end).done).toBe(true)
})
