import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import type {LogEvent} from '../../../src/domain/logs/events.js'
import type {LogSource} from '../../../src/domain/logs/source.js'
import {Problem} from '../../../src/domain/problem.js'
import {FakeClock} from '../../support/session.js'
import {account, Group, logOf, MINUTE, missing, type Planned, run, SECOND, throttled} from '../../support/tailed.js'

const HOUR = 60 * 60

/** One event a second that is seen 20 s later. */
const steady = (from: number, to: number, name = ''): Planned[] =>
  Array.from({length: to - from}, (_, i) => ({at: from + i, message: `${name}${from + i}`}))

const names = (planned: readonly Planned[]) => planned.map(({message}) => message)

/** The local clock of a machine whose clock is wrong. */
const skewed = (clock: FakeClock, skew: number) =>
  ({now: () => clock.now() + skew, sleep: clock.sleep}) as unknown as FakeClock

describe('nothing is lost and nothing comes twice', () => {
  test('while the machine sleeps for hours: all that came meanwhile, in order', async () => {
    const clock = new FakeClock()
    const planned = steady(0, 3 * HOUR)
    const group = new Group(clock, planned)
    let isAwake = false
    group.answer = call => {
      if (call === 30 && !isAwake) {
        isAwake = true
        void clock.sleep(2 * HOUR * SECOND)
      }
      return undefined
    }
    const {messages, statistics} = await run(clock, group, {seconds: 3 * HOUR + 60})
    expect(messages).toEqual(names(planned))
    expect(statistics).toMatchObject({events: planned.length, late: 0})
  })

  test('while the machine sleeps in the middle of a wait for a throttle', async () => {
    const clock = new FakeClock()
    const planned = steady(0, 2 * HOUR)
    const group = new Group(clock, planned)
    group.answer = call => {
      if (call !== 31 && call !== 32) return undefined
      if (call === 31) void clock.sleep(HOUR * SECOND)
      return throttled()
    }
    expect((await run(clock, group, {seconds: 2 * HOUR + 60})).messages).toEqual(names(planned))
  })

  test('when the local clock is set back by an hour it does not stop for as long', async () => {
    const clock = new FakeClock()
    const planned = steady(0, 300)
    const group = new Group(clock, planned)
    let skew = 0
    group.answer = call => {
      if (call === 50) skew = -HOUR * SECOND
      return undefined
    }
    const local = {now: () => clock.now() + skew, sleep: clock.sleep} as unknown as FakeClock
    const {messages} = await run(local, group, {seconds: 400})
    expect(messages).toEqual(names(planned))
    const gaps = group.queries.slice(1).map(({now}, i) => now - group.queries[i]!.now)
    expect(Math.max(...gaps)).toBeLessThanOrEqual(35 * SECOND)
  })

  test('when the service throttles for 30 s', async () => {
    const clock = new FakeClock()
    const start = clock.now()
    const planned = steady(0, 120)
    const group = new Group(clock, planned)
    group.answer = () => {
      const seconds = (clock.now() - start) / SECOND
      return seconds >= 40 && seconds < 70 ? throttled() : undefined
    }
    const {messages, statistics} = await run(clock, group, {seconds: 200})
    expect(messages).toEqual(names(planned))
    expect(statistics.throttles).toBeGreaterThan(2)
    expect(statistics.longestWait).toBeGreaterThanOrEqual(30 * SECOND)
    expect(statistics.longestWait).toBeLessThan(60 * SECOND)
  })

  test('from a stream that comes up in the middle, with events between those of others', async () => {
    const clock = new FakeClock()
    const group = new Group(clock, [
      ...steady(0, 100),
      {at: 50.5, visible: 75, message: 'first of a new stream'},
      {at: 60.5, visible: 85, message: 'second of it'},
    ])
    const {messages} = await run(clock, group, {seconds: 150})
    expect(messages).toHaveLength(102)
    expect(new Set(messages).size).toBe(102)
  })

  test('from a group that is deleted and made again', async () => {
    const clock = new FakeClock()
    const start = clock.now()
    const group = new Group(clock, [...steady(0, 40), ...steady(120, 160)])
    group.answer = () => {
      const seconds = (clock.now() - start) / SECOND
      return seconds > 70 && seconds < 130 ? missing() : undefined
    }
    const {messages, notices} = await run(clock, group, {seconds: 240})
    expect(messages).toEqual(names([...steady(0, 40), ...steady(120, 160)]))
    expect(notices.filter(text => text.includes('no log group g any more'))).toHaveLength(1)
  })

  test('when an event is in two pages of one poll: counted as a duplicate', async () => {
    const clock = new FakeClock()
    const group = new Group(clock, steady(10, 13))
    group.pageSize = 2
    let previous: LogEvent | undefined
    const doubling: LogSource = {
      page: async query => {
        const page = await group.page(query)
        // The first of a page is the last of the page before.
        if (page && previous && query.nextToken !== undefined) page.events.unshift(previous)
        previous = page?.events.at(-1)
        return page
      },
    }
    const {messages, statistics} = await run(clock, doubling, {seconds: 33})
    expect(messages).toEqual(['10', '11', '12'])
    // One poll of two pages, and perhaps one that was under way.
    expect(statistics.duplicates).toBeGreaterThan(0)
    expect(statistics.events).toBe(3)
  })

  test('reading again what may come late counts nothing as a duplicate', async () => {
    const clock = new FakeClock()
    const {statistics} = await run(clock, new Group(clock, steady(0, 60)), {seconds: 200})
    expect(statistics).toEqual({events: 60, late: 0, duplicates: 0, throttles: 0, longestWait: 0})
  })

  test('an event older than one that was shown before is shown when it comes, and counted as late', async () => {
    const clock = new FakeClock()
    const group = new Group(clock, [...steady(0, 60), {at: 20.5, visible: 70, message: 'late'}])
    const {messages, at, statistics} = await run(clock, group, {seconds: 120})
    expect(at[messages.indexOf('late')]).toBeLessThanOrEqual(71.5)
    expect(statistics).toMatchObject({events: 61, late: 1})
  })

  test.each([
    ['right', 0],
    ['fast by four minutes', 4 * MINUTE],
    ['slow by four minutes', -4 * MINUTE],
  ])('behind a page that a slow reader has in hand, the clock being %s', async (_, skew) => {
    const clock = new FakeClock()
    const start = clock.now()
    const planned = [...steady(-8, 200), {at: 8.5, visible: 35, message: 'late'}]
    const group = new Group(clock, planned)
    group.pageSize = 18
    // The page that is read after 32 s is full, and ends 3 s behind the youngest event: what is late is not in it yet.
    group.answer = call => (call > 1 && clock.now() < start + 30 * SECOND ? throttled() : undefined)
    const options = {seconds: 900, slowness: 1, lateness: 10 * SECOND, since: start - 9 * SECOND}
    const {messages} = await run(skewed(clock, skew), group, options)
    expect([...messages].sort()).toEqual(names(planned).sort())
  })

  test('and no more is remembered than late events take, when the reader is slower than the log for hours', async () => {
    const clock = new FakeClock()
    const planned = Array.from({length: 8_000}, (_, i) => ({at: i / 2, message: `${i}`}))
    const group = new Group(clock, planned)
    group.pageSize = 200
    let most = 0
    const {messages} = await run(clock, group, {
      seconds: 4_000,
      slowness: 1,
      since: clock.now(),
      onSave: ({logs}) => {
        const ids = logs.flatMap(({seen}) => seen.slices.map(([, words]) => words.length / 2))
        most = Math.max(
          most,
          ids.reduce((sum, count) => sum + count, 0),
        )
      },
    })
    expect(messages.length).toBeGreaterThan(3_500)
    expect(new Set(messages).size).toBe(messages.length)
    // Two a second: of five minutes that the clock may be off, of the minute of lateness, and of the pages in hand.
    expect(most).toBeLessThan(2 * (300 + 60) + 5 * 200)
  })

  test('an event of the future hides none of those before it', async () => {
    const clock = new FakeClock()
    const planned = [...steady(0, 100), {at: 2 * HOUR, visible: 30, message: 'of the future'}]
    const {messages} = await run(clock, new Group(clock, planned), {seconds: 200})
    expect([...messages].sort()).toEqual(names(planned).sort())
  })

  test('--lateness: what comes even later than a minute is found when that is said', async () => {
    const late = {at: 10, visible: 150, message: 'late'}
    const found = async (lateness?: number) => {
      const clock = new FakeClock()
      return run(clock, new Group(clock, [...steady(0, 200), late]), {seconds: 250, lateness})
    }
    expect((await found()).messages).not.toContain('late')
    expect((await found(3 * MINUTE)).messages).toContain('late')
  })
})

describe('several groups', () => {
  const logs = [logOf('a'), logOf('b'), logOf('c')]

  test('share one budget of a call a second', async () => {
    const clock = new FakeClock()
    const groups = {
      a: new Group(clock, steady(0, 100, 'a')),
      b: new Group(clock, steady(0, 100, 'b')),
      c: new Group(clock, []),
    }
    const {messages} = await run(clock, account(groups), {logs, seconds: 200})
    expect(messages).toHaveLength(200)
    const times = Object.values(groups)
      .flatMap(({queries}) => queries.map(({now}) => now))
      .sort((a, b) => a - b)
    const followed = times.slice(logs.length)
    const gaps = followed.slice(1).map((now, i) => now - followed[i]!)
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(SECOND)
  })

  test('what is there comes in the order of time over all of them', async () => {
    const clock = new FakeClock()
    const groups = {a: new Group(clock, steady(-200, -50, 'a')), b: new Group(clock, steady(-100, -20, 'b'))}
    groups.a.pageSize = 7
    const {messages} = await run(clock, account(groups), {logs: [logOf('a'), logOf('b')]})
    const times = messages.map(message => Number(message.slice(1)))
    expect(times).toEqual([...times].sort((a, b) => a - b))
    expect(times).toHaveLength(230)
  })

  test('after hours of sleep they come in the order of time over all of them, and of none is anything repeated', async () => {
    const clock = new FakeClock()
    const late = steady(1_000, 1_010, 'a')
    const groups = {
      a: new Group(clock, [...steady(0, 100, 'a'), ...late]),
      b: new Group(clock, steady(0, 2 * HOUR, 'b')),
    }
    groups.b.answer = () => {
      // Both have been asked when it begins to sleep.
      if (groups.b.queries.length === 100) void clock.sleep(HOUR * SECOND)
      return undefined
    }
    const {messages} = await run(clock, account(groups), {logs: logs.slice(0, 2), seconds: HOUR + 600})
    expect(new Set(messages).size).toBe(messages.length)
    expect(messages.filter(message => message.startsWith('a'))).toEqual(names([...steady(0, 100, 'a'), ...late]))
    const slept = messages.slice(messages.indexOf('b600'), messages.indexOf('b1500') + 1)
    const times = slept.map(message => Number(message.slice(1)))
    expect(times).toEqual([...times].sort((a, b) => a - b))
    expect(slept).toContain('a1005')
  })

  test('--ordered waits for each of them, after minutes of sleep too', async () => {
    const clock = new FakeClock()
    const groups = {a: new Group(clock, steady(0, 600, 'a')), b: new Group(clock, steady(0, 600, 'b'))}
    groups.a.answer = () => {
      if (groups.a.queries.length === 100) void clock.sleep(4 * MINUTE)
      return undefined
    }
    const options = {logs: logs.slice(0, 2), seconds: 700, ordered: true, lateness: 5 * SECOND}
    const {messages} = await run(clock, account(groups), options)
    const times = messages.map(message => Number(message.slice(1)))
    expect(times.length).toBeGreaterThan(1_000)
    expect(times).toEqual([...times].sort((a, b) => a - b))
  })

  test('--ordered waits for late events however slow the reader of what was there', async () => {
    const clock = new FakeClock()
    const late = {at: -50, visible: 5, message: 'b-50'}
    const groups = {a: new Group(clock, steady(-300, 0, 'a')), b: new Group(clock, [...steady(-300, 0, 'b'), late])}
    const options = {logs: logs.slice(0, 2), seconds: 5_000, ordered: true, slowness: 5}
    const {messages} = await run(clock, account(groups), options)
    const times = messages.map(message => Number(message.slice(1)))
    expect(times).toHaveLength(601)
    expect(times).toEqual([...times].sort((a, b) => a - b))
  })

  test('--ordered does not hold back hours of what a machine slept through', async () => {
    const clock = new FakeClock()
    const groups = {a: new Group(clock, steady(0, 12_000, 'a')), b: new Group(clock, steady(0, 12_000, 'b'))}
    const pending: number[] = []
    await run(clock, account(groups), {
      logs: logs.slice(0, 2),
      seconds: 11_000,
      ordered: true,
      lateness: 5 * SECOND,
      onShow: message => message === 'a100' && void clock.sleep(10_000 * SECOND),
      onSave: cursor => pending.push(cursor.pending.length),
    })
    expect(Math.max(...pending)).toBeLessThan(1_000)
  })

  test('one that is not there is told of, and does not stop the others; none there is a failure', async () => {
    const clock = new FakeClock()
    const some = account({a: new Group(clock, steady(-100, -50))})
    const {messages, notices, error} = await run(clock, some, {logs: logs.slice(0, 2)})
    expect(messages).toHaveLength(50)
    expect(error).toBeUndefined()
    expect(notices).toEqual([expect.stringMatching(/^There is no log group b yet: execution logging is off/)])
    expect((await run(clock, account({}), {logs})).error?.kind).toBe('missing')
  })

  test('one that comes up while it is waited for', async () => {
    const clock = new FakeClock()
    const groups = {a: new Group(clock, steady(0, 60)), b: new Group(clock, [{at: 70, message: 'new'}])}
    const start = clock.now()
    groups.b.answer = () => (clock.now() < start + 85 * SECOND ? missing() : undefined)
    const {messages, notices} = await run(clock, account(groups), {logs: logs.slice(0, 2), seconds: 150})
    expect(messages).toEqual([...names(steady(0, 60)), 'new'])
    expect(notices).toEqual([expect.stringContaining('Waiting for it')])
  })

  test('silence is explained of each of them, and only while all are silent', async () => {
    const clock = new FakeClock()
    const silent = {a: new Group(clock, []), b: new Group(clock, [])}
    const {notices} = await run(clock, account(silent), {logs: logs.slice(0, 2), seconds: 100})
    expect(notices).toEqual([expect.stringMatching(/^No line yet of a: .*\n.*\nNo line yet of b: /)])
    const half = {a: new Group(clock, steady(5, 15)), b: new Group(clock, [])}
    expect((await run(clock, account(half), {logs: logs.slice(0, 2), seconds: 100})).notices).toEqual([])
  })
})

describe('the pace', () => {
  test('stays at a second for a minute without events, and slows down then', async () => {
    const clock = new FakeClock()
    const group = new Group(clock, steady(0, 10))
    await run(clock, group, {seconds: 200})
    const gaps = group.queries.slice(1).map(({now}, i) => (now - group.queries[i]!.now) / SECOND)
    // The last event is seen after 29 s.
    expect(gaps.slice(0, 85)).toEqual(gaps.slice(0, 85).map(() => 1))
    expect(gaps.at(-1)).toBe(5)
  })

  test('an event is shown within 1.5 s of becoming visible, calls that take 300 ms included', async () => {
    const clock = new FakeClock()
    const planned = Array.from({length: 200}, (_, i) => ({at: i * 0.77, message: `${i}`}))
    const group = new Group(clock, planned)
    const slow = {
      page: async (query: Parameters<typeof group.page>[0]) => {
        const page = await group.page(query)
        await clock.sleep(300)
        return page
      },
    }
    const {messages, at} = await run(clock, slow, {seconds: 200})
    const delays = messages.map((message, i) => at[i]! - (Number(message) * 0.77 + 20))
    expect(messages).toHaveLength(200)
    expect(Math.max(...delays)).toBeLessThanOrEqual(1.5)
  })
})

test('credentials that have expired end it, with what is to be done, and nothing is shown twice afterwards', async () => {
  const clock = new FakeClock()
  const planned = steady(0, 100)
  const group = new Group(clock, planned)
  const expired = new Problem('denied', 'The security token has expired', 'aws sso login', {code: 'ExpiredToken'})
  group.answer = call => (call === 50 ? expired : undefined)
  const first = await run(clock, group, {seconds: 150})
  expect(first.error).toBe(expired)
  const second = await run(clock, group, {seconds: 150, cursor: first.cursor})
  expect([...first.messages, ...second.messages]).toEqual(names(planned))
})

test('whatever comes late, twice, in whatever pages, from however many groups: each event once, and sorted if wanted', async () => {
  const event = fc.record({at: fc.integer({min: -100, max: 200}), delay: fc.integer({min: 0, max: 50})})
  const trouble = fc.constantFrom('none', 'none', 'none', 'throttle', 'lost', 'expired', 'again')
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(event, {maxLength: 25}), {minLength: 1, maxLength: 3}),
      fc.array(trouble, {maxLength: 60}),
      fc.integer({min: 1, max: 10}),
      fc.boolean(),
      async (plans, troubles, pageSize, isOrdered) => {
        const clock = new FakeClock()
        let calls = 0
        const groups = Object.fromEntries(
          plans.map((events, g) => {
            const group = new Group(
              clock,
              events.map(({at, delay}, i) => ({at, visible: at + delay, message: `${g}.${i}`})),
            )
            group.pageSize = pageSize
            group.answer = (_, {nextToken}) => {
              const trouble = troubles[calls++ - 1]
              if (trouble === 'throttle') return throttled()
              if (trouble === 'lost') return new Problem('unreachable', 'The connection was lost.')
              if (trouble === 'again' && nextToken !== undefined) return {events: [], nextToken}
              return trouble === 'expired' && nextToken !== undefined && calls % 2 === 0 ? 'expired' : undefined
            }
            return [`${g}`, group]
          }),
        )
        const logs = Object.keys(groups).map(logOf)
        // Long enough behind: the pages of a poll, a second each, are part of how late an event is found.
        const options = {logs, seconds: 1_500, ordered: isOrdered, lateness: isOrdered ? 10 * MINUTE : undefined}
        const {messages, error} = await run(clock, account(groups), options)
        expect(error).toBeUndefined()
        const all = plans.flatMap((events, g) => events.map((_, i) => `${g}.${i}`))
        expect([...messages].sort()).toEqual(all.sort())
        if (!isOrdered) return
        const times = messages.map(message => {
          const [g, i] = message.split('.').map(Number) as [number, number]
          return plans[g]![i]!.at
        })
        expect(times).toEqual([...times].sort((a, b) => a - b))
      },
    ),
    {numRuns: 150},
  )
})
