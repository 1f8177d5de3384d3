import {describe, expect, test} from 'vitest'
import {FakeClock} from '../../support/session.js'
import {Group, MINUTE, type Planned, run, SECOND, throttled} from '../../support/tailed.js'

const steady = (from: number, to: number): Planned[] =>
  Array.from({length: to - from}, (_, i) => ({at: from + i, message: `event ${from + i}`}))

/** Ctrl-C comes late enough for every end to have come before. */
const seconds = 1_000

describe('--for', () => {
  test('ends after that long, whatever the tail is waiting for, with what was seen by then', async () => {
    const clock = new FakeClock()
    const start = clock.now()
    const {messages, error} = await run(clock, new Group(clock, steady(0, 500)), {seconds, ends: {for: 90 * SECOND}})
    expect(clock.now() - start).toBe(90 * SECOND)
    expect(messages).toEqual(steady(0, 70).map(({message}) => message))
    expect(error).toBeUndefined()
  })

  test('does not wait for a throttle to lift', async () => {
    const clock = new FakeClock()
    const start = clock.now()
    const group = new Group(clock, [])
    group.answer = throttled
    expect((await run(clock, group, {seconds, ends: {for: 90 * SECOND}})).error).toBeUndefined()
    expect(clock.now() - start).toBe(90 * SECOND)
  })

  test('with --ordered, what is held back is shown at the end', async () => {
    const clock = new FakeClock()
    const group = new Group(clock, [...steady(0, 500), {at: 30.5, visible: 65, message: 'late'}])
    const {messages} = await run(clock, group, {seconds, ordered: true, ends: {for: 90 * SECOND}})
    expect(messages).toHaveLength(71)
    expect(messages[31]).toBe('late')
  })
})

describe('--idle-timeout', () => {
  test('ends when nothing was shown for that long, counted from when it begins to follow', async () => {
    const clock = new FakeClock()
    const start = clock.now()
    const {messages} = await run(clock, new Group(clock, steady(0, 10)), {seconds, ends: {idle: 30 * SECOND}})
    expect(messages).toHaveLength(10)
    expect((clock.now() - start) / SECOND).toBeGreaterThanOrEqual(59)
    expect((clock.now() - start) / SECOND).toBeLessThanOrEqual(61)
  })

  test('a long history is no idleness', async () => {
    const clock = new FakeClock()
    const group = new Group(clock, steady(-3_000, -2_000))
    group.pageSize = 10
    const options = {seconds, since: clock.now() - 60 * MINUTE, ends: {idle: 5 * SECOND}}
    expect((await run(clock, group, options)).messages).toHaveLength(1_000)
  })
})

describe('--max-events', () => {
  test('ends with the last of them, without one more call', async () => {
    const clock = new FakeClock()
    const group = new Group(clock, steady(-100, -50))
    group.pageSize = 10
    const {messages} = await run(clock, group, {ends: {max: 10}})
    expect(messages).toEqual(steady(-100, -90).map(({message}) => message))
    expect(group.queries).toHaveLength(1)
  })
})

describe('--until-match', () => {
  test('ends with the first that matches', async () => {
    const clock = new FakeClock()
    const {messages, error} = await run(clock, new Group(clock, steady(0, 50)), {seconds, ends: {match: /event 7$/}})
    expect(messages.at(-1)).toBe('event 7')
    expect(error).toBeUndefined()
  })

  test.each([
    ['--for', {for: 60 * SECOND}],
    ['--idle-timeout', {idle: 60 * SECOND}],
    ['--max-events', {max: 3}],
  ])('gave up when %s comes first', async (_, ends) => {
    const clock = new FakeClock()
    const {error} = await run(clock, new Group(clock, steady(0, 10)), {seconds, ends: {...ends, match: /nothing/}})
    expect(error).toMatchObject({kind: 'gave-up', message: expect.stringContaining('/nothing/')})
  })
})
