import {setMaxListeners} from 'node:events'
import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {Pacer, paceNote} from '../../src/aws/pacing.js'
import {bulkPlan, WIDTH} from '../../src/domain/bulk.js'
import {ControlPlaneQuotas} from '../../src/sandbox/quotas.js'
import {WaitingClock} from '../support/waiting-clock.js'

/** Calls of operations to a service with the documented rates, each a while on its way there and back. */
function service(clock: WaitingClock, travel: (call: number) => number, notices: string[] = []) {
  const quotas = new ControlPlaneQuotas(clock.now)
  const signal = new AbortController().signal
  setMaxListeners(0, signal)
  const pacer = new Pacer({
    pacing: true,
    clock,
    signal,
    notice: text => void notices.push(text),
    progress: () => ({at() {}, end() {}}),
    maxWait: 0,
  })
  const counts = {refused: 0, calls: 0}
  const call = async (operation: string) => {
    await pacer.turn(operation)
    const time = travel(counts.calls++)
    await clock.sleep(time)
    try {
      quotas.take(operation, {})
    } catch {
      counts.refused++
    }
    await clock.sleep(time)
  }
  return {call, counts}
}

/** Does it to so many things as the commands for many keys do, and says how long that took. */
async function timeOf(count: number, clock: WaitingClock, act: (i: number) => Promise<void>): Promise<number> {
  const found = {done: Array.from({length: count}, (_, i) => i), failed: []}
  const start = clock.now()
  await bulkPlan(found, String, [], act, {width: WIDTH}).apply()
  return clock.now() - start
}

/** As if by chance, but the same in each run. */
const jitter = (call: number) => (call * 7919) % 100

const TRAVELS: [string, (call: number) => number][] = [
  ['20 ms', () => 10],
  ['200 ms', () => 100],
  ['20 ms, after 250 ms to connect', call => (call === 0 ? 250 : 10)],
  ['anything up to 200 ms', jitter],
]

describe.each(TRAVELS)('calls by several at once, with answers after %s', (_name, travel) => {
  test.each([
    ['DeleteApiKey', 5, 200],
    ['CreateUsagePlanKey', 40, 100],
    ['UpdateApiKey', 40, 100],
  ])('1,000 times %s: none is refused, in at most 1.15 times the least time', async (operation, burst, interval) => {
    const clock = new WaitingClock()
    const {call, counts} = service(clock, travel)
    const time = await timeOf(1_000, clock, () => call(operation))
    expect(counts).toEqual({refused: 0, calls: 1_000})
    expect(time).toBeLessThan(1.15 * (1_000 - burst) * interval)
  })

  test('different operations, all within the rate of all together: none is refused', async () => {
    const clock = new WaitingClock()
    const {call, counts} = service(clock, travel)
    const time = await timeOf(400, clock, async i => {
      await call('GetApiKey')
      await call('CreateUsagePlanKey')
      await call(i % 100 === 99 ? 'UpdateUsagePlan' : 'DeleteApiKey')
    })
    expect(counts).toEqual({refused: 0, calls: 1_200})
    expect(time).toBeLessThan(1.15 * (1_200 - 40) * 100)
  })
})

test('after a pause the bursts that the service allows again are used, and no more', async () => {
  const clock = new WaitingClock()
  const {call, counts} = service(clock, jitter)
  for (let round = 1; round <= 20; round++) {
    await timeOf(20, clock, () => call('DeleteApiKey'))
    await clock.sleep(round * 150)
  }
  expect(counts).toEqual({refused: 0, calls: 400})
})

test('calls that waited long for their own rate count for all together when they are made', async () => {
  const clock = new WaitingClock()
  const {call, counts} = service(clock, () => 10)
  const slow = timeOf(60, clock, () => call('DeleteApiKey'))
  await clock.sleep(10_000)
  await Promise.all([slow, timeOf(200, clock, () => call('GetApiKey'))])
  expect(counts).toEqual({refused: 0, calls: 260})
})

test('one after the other could not use the rate up where the answer takes long; several at once do', async () => {
  const timeWith = async (width: number) => {
    const clock = new WaitingClock()
    const {call} = service(clock, () => 250)
    const start = clock.now()
    const found = {done: Array.from({length: 400}, (_, i) => i), failed: []}
    await bulkPlan(found, String, [], () => call('UpdateApiKey'), {width}).apply()
    return clock.now() - start
  }
  expect(await timeWith(1)).toBe(200_000)
  expect(await timeWith(WIDTH)).toBeLessThan(38_000)
})

test('whatever calls take on their way, up to a quarter of a second, none is refused', async () => {
  const travels = fc.array(fc.integer({min: 1, max: 250}), {minLength: 1, maxLength: 50})
  await fc.assert(
    fc.asyncProperty(travels, async times => {
      const clock = new WaitingClock()
      const {call, counts} = service(clock, number => times[number % times.length] ?? 1)
      await timeOf(120, clock, () => call('DeleteApiKey'))
      expect(counts.refused).toBe(0)
    }),
    {numRuns: 30, seed: 5},
  )
})

test('that many calls wait together for a rate is not worth a word, that one waits long is', async () => {
  const clock = new WaitingClock()
  const notices: string[] = []
  const {call} = service(clock, () => 10, notices)
  await timeOf(100, clock, () => call('DeleteApiKey'))
  await timeOf(100, clock, () => call('UpdateApiKey'))
  expect(notices).toEqual([])
  await timeOf(2, clock, () => call('UpdateUsagePlan'))
  expect(notices).toEqual(['waiting 21 s: UpdateUsagePlan is limited to 1 call per 20 s'])
})

test('what takes long is said beforehand, from the rate', () => {
  const paced = {pacing: true}
  expect(paceNote(paced, 'DeleteApiKey', 10_000)).toBe(
    'This takes at least 33 min: DeleteApiKey is limited to 5 calls a second.',
  )
  expect(paceNote(paced, 'UpdateApiKey', 10_000)).toBe(
    'This takes at least 17 min: the service limits calls to 10 a second.',
  )
  expect(paceNote(paced, 'DeleteApiKey', 20)).toBeUndefined()
  expect(paceNote({pacing: false}, 'DeleteApiKey', 10_000)).toBeUndefined()
})
