import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {Problem} from '../../../src/domain/problem.js'
import {FakeClock} from '../../support/session.js'
import {Group, MINUTE, missing, run, SECOND, throttled} from '../../support/tailed.js'

describe('nothing is lost and nothing comes twice', () => {
  test('a late event, older than one that was shown, is shown when it comes', async () => {
    const clock = new FakeClock()
    const group = new Group(clock, [
      {at: 10, message: 'early'},
      {at: 5, visible: 50, message: 'late'},
    ])
    expect((await run(clock, group, {seconds: 120})).messages).toEqual(['early', 'late'])
  })

  test('events of one millisecond that come in with two polls', async () => {
    const clock = new FakeClock()
    const group = new Group(clock, [
      {at: 10, visible: 30, message: 'a'},
      {at: 10, visible: 30, message: 'b'},
      {at: 10, visible: 33, message: 'c'},
    ])
    expect((await run(clock, group, {seconds: 120})).messages).toEqual(['a', 'b', 'c'])
  })

  test('an empty page with a token is not the end', async () => {
    const clock = new FakeClock()
    const group = new Group(clock, [{at: -60, message: 'found'}])
    group.answer = (_, {nextToken}) => (nextToken === undefined ? {events: [], nextToken: '0'} : undefined)
    expect((await run(clock, group)).messages).toEqual(['found'])
    expect(group.queries.map(query => query.nextToken)).toEqual([undefined, '0'])
  })

  test('a token that leads to itself neither repeats nor hides events', async () => {
    const clock = new FakeClock()
    const group = new Group(clock, [
      {at: -300, message: 'a'},
      {at: -30, message: 'b'},
      {at: -29, message: 'c'},
    ])
    group.pageSize = 2
    const [a, b] = (await group.page({group: 'g'}))!.events
    group.queries.length = 0
    group.answer = call => (call <= 2 ? {events: [a!, b!], nextToken: 'again'} : undefined)
    expect((await run(clock, group, {seconds: 20})).messages).toEqual(['a', 'b', 'c'])
  })

  test('a token that the service does not take any more: it begins again without repeating', async () => {
    const clock = new FakeClock()
    const group = new Group(
      clock,
      Array.from({length: 9}, (_, i) => ({at: -500 + i, message: `${i}`})),
    )
    group.pageSize = 3
    group.answer = call => (call === 3 ? 'expired' : undefined)
    expect((await run(clock, group)).messages).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8'])
  })

  test('a token that is refused for ever is a failure, not a loop', async () => {
    const clock = new FakeClock()
    const group = new Group(clock, [{at: -60, message: 'a'}])
    group.answer = (_, {nextToken}) => (nextToken === undefined ? {events: [], nextToken: 'x'} : 'expired')
    expect((await run(clock, group)).error?.kind).toBe('failed')
  })

  test('an event that the service delivers twice', async () => {
    const clock = new FakeClock()
    const twice = {at: 10, message: 'once', id: '1'}
    const group = new Group(clock, [twice, {...twice, visible: 40}])
    expect((await run(clock, group, {seconds: 90})).messages).toEqual(['once'])
  })

  test('what came in while the service throttled for minutes', async () => {
    const clock = new FakeClock()
    const start = clock.now()
    const group = new Group(clock, [
      {at: 1, message: 'before'},
      {at: 60, message: 'during'},
    ])
    group.answer = () => {
      const seconds = (clock.now() - start) / SECOND
      return seconds > 30 && seconds < 900 ? throttled() : undefined
    }
    const {messages, notices, error} = await run(clock, group, {seconds: 1000})
    expect(messages).toEqual(['before', 'during'])
    expect(error).toBeUndefined()
    expect(notices.filter(text => text.includes('throttles'))).toHaveLength(1)
  })

  test('what came in while nobody could reach the service', async () => {
    const clock = new FakeClock()
    const group = new Group(clock, [{at: 10, message: 'in the gap'}])
    group.answer = call => (call > 1 && call < 8 ? new Problem('unreachable', 'The connection was lost.') : undefined)
    expect((await run(clock, group, {seconds: 200})).messages).toEqual(['in the gap'])
  })

  test.each([
    ['fast', 4 * MINUTE],
    ['slow', -4 * MINUTE],
  ])('a local clock that is %s by four minutes', async (_, skew) => {
    const clock = new FakeClock()
    const group = new Group(clock, [
      {at: 5, message: 'a'},
      {at: 100, message: 'b'},
      {at: 400, message: 'c'},
    ])
    const local = {...clock, now: () => clock.now() + skew, sleep: clock.sleep.bind(clock), slept: clock.slept}
    expect((await run(local as unknown as FakeClock, group, {seconds: 500})).messages).toEqual(['a', 'b', 'c'])
  })

  test('more than polls can read in the time it takes to come in', async () => {
    const clock = new FakeClock()
    const planned = Array.from({length: 3_000}, (_, i) => ({at: i / 10, message: `${i}`}))
    const group = new Group(clock, planned)
    group.pageSize = 8
    const {messages, at} = await run(clock, group, {seconds: 420})
    expect([...messages].sort()).toEqual(planned.map(({message}) => message).sort())
    const waits = at.map((second, i) => second - Number(messages[i]) / 10)
    expect(Math.max(...waits)).toBeLessThan(180)
  })

  test('lines of one poll are in order of their event ids, by number and not by text', async () => {
    const clock = new FakeClock()
    const group = new Group(clock, [
      {at: -60, message: 'second', id: '10'},
      {at: -60, message: 'first', id: '9'},
    ])
    expect((await run(clock, group)).messages).toEqual(['first', 'second'])
  })

  test('what is remembered stays small however long it runs', async () => {
    const clock = new FakeClock()
    const group = new Group(
      clock,
      Array.from({length: 3_000}, (_, i) => ({at: i, message: `${i}`})),
    )
    const {messages} = await run(clock, group, {seconds: 3_100})
    expect(messages).toHaveLength(3_000)
    // The window that is read again is what has to be remembered: 60 s before the youngest event.
    const busy = group.queries.slice(60, 3_000)
    const longest = Math.max(...busy.map(({now, startTime}) => now - startTime!))
    expect(longest).toBeLessThan(2 * MINUTE)
  })
})

test('whatever the delays, pages, throttles and refused tokens: every event once', async () => {
  const event = fc.record({at: fc.integer({min: -100, max: 200}), delay: fc.integer({min: 0, max: 55})})
  const trouble = fc.constantFrom('none', 'none', 'none', 'throttle', 'lost', 'expired')
  await fc.assert(
    fc.asyncProperty(
      fc.array(event, {maxLength: 40}),
      fc.array(trouble, {maxLength: 60}),
      fc.integer({min: 1, max: 10}),
      async (events, troubles, pageSize) => {
        const clock = new FakeClock()
        const group = new Group(
          clock,
          events.map(({at, delay}, i) => ({at, visible: at + delay, message: `${i}`})),
        )
        group.pageSize = pageSize
        // A service that refuses one token after the other and lets nothing through is given up on, the fourth time.
        let refusals = 0
        group.answer = (call, {nextToken}) => {
          // The first call succeeds: what cannot be reached at the start is a failure.
          const trouble = call === 1 ? 'none' : troubles[call - 2]
          if (trouble === 'throttle') return throttled()
          if (trouble === 'lost') return new Problem('unreachable', 'The connection was lost.')
          const isRefused = trouble === 'expired' && nextToken !== undefined && call % 2 === 0 && ++refusals <= 3
          return isRefused ? 'expired' : undefined
        }
        const {messages, error} = await run(clock, group, {seconds: 1_500})
        expect(error).toBeUndefined()
        expect([...messages].sort()).toEqual(events.map((_, i) => `${i}`).sort())
      },
    ),
    {numRuns: 200},
  )
})

describe('calls', () => {
  test('at most one a second while lines come, one in five seconds when none do', async () => {
    const clock = new FakeClock()
    const group = new Group(
      clock,
      Array.from({length: 60}, (_, i) => ({at: i, message: `${i}`})),
    )
    await run(clock, group, {seconds: 300})
    const gaps = group.queries.slice(1).map(({now}, i) => now - group.queries[i]!.now)
    expect(gaps.slice(30, 60)).toEqual(Array.from({length: 30}, () => SECOND))
    expect(gaps.slice(-5)).toEqual([5, 5, 5, 5, 5].map(seconds => seconds * SECOND))
  })

  test('at most one a second for the pages of a poll', async () => {
    const clock = new FakeClock()
    const group = new Group(
      clock,
      Array.from({length: 60}, () => ({at: 1, message: 'burst'})),
    )
    group.pageSize = 7
    expect((await run(clock, group, {seconds: 60})).messages).toHaveLength(60)
    const gaps = group.queries.slice(1).map(({now}, i) => now - group.queries[i]!.now)
    expect(Math.min(...gaps)).toBe(SECOND)
  })

  test('after a throttle they come slowly at first and then as before', async () => {
    const clock = new FakeClock()
    const group = new Group(
      clock,
      Array.from({length: 300}, (_, i) => ({at: i, message: `${i}`})),
    )
    group.answer = call => (call > 30 && call <= 34 ? throttled() : undefined)
    await run(clock, group, {seconds: 300})
    const gaps = group.queries.slice(1).map(({now}, i) => (now - group.queries[i]!.now) / SECOND)
    expect(gaps.slice(30, 34)).toEqual([1, 2, 4, 8])
    expect(gaps.slice(34, 39)).toEqual([4, 2, 1, 1, 1])
  })

  test('throttled for longer than it may wait, without --follow: gave up', async () => {
    const clock = new FakeClock()
    const group = new Group(clock, [])
    group.answer = throttled
    const start = clock.now()
    expect((await run(clock, group)).error?.kind).toBe('gave-up')
    expect(clock.now() - start).toBeLessThanOrEqual(5 * MINUTE)
  })
})

describe('a group that is not there yet', () => {
  test('with --follow it is waited for, having said why once, and nothing of it is missed', async () => {
    const clock = new FakeClock()
    const group = new Group(clock, [{at: 5, message: 'first'}])
    group.answer = call => (call < 10 ? missing() : undefined)
    const {messages, notices} = await run(clock, group, {seconds: 120})
    expect(messages).toEqual(['first'])
    expect(notices).toHaveLength(1)
    expect(notices[0]).toMatch(/no log group g yet: execution logging is off[.]\napigw logs enable/)
  })

  test.each([
    ['without --follow', {}],
    ['with --no-wait', {seconds: 60, wait: false}],
  ])('%s that is a failure with the reason', async (_, options) => {
    const clock = new FakeClock()
    const group = new Group(clock, [])
    group.answer = missing
    const {error} = await run(clock, group, options)
    expect(error).toMatchObject({kind: 'missing', hint: 'apigw logs enable'})
    expect(error?.message).toContain('execution logging is off.')
    expect(group.queries).toHaveLength(1)
  })
})

test('says after a while without lines why there may be none', async () => {
  const clock = new FakeClock()
  const {notices} = await run(clock, new Group(clock, []), {seconds: 300})
  expect(notices).toEqual([expect.stringMatching(/No line yet: execution logging is off/)])
})

test('--until ends it once late events have had their time', async () => {
  const clock = new FakeClock()
  const start = clock.now()
  const group = new Group(clock, [
    {at: 28, visible: 70, message: 'late'},
    {at: 31, message: 'too young'},
  ])
  const {messages} = await run(clock, group, {seconds: 1_000, until: start + 30 * SECOND})
  expect(messages).toEqual(['late'])
  expect(clock.now() - start).toBeLessThan(2 * MINUTE)
})

describe('the last lines', () => {
  const events = Array.from({length: 500}, (_, i) => ({at: -(500 - i) * 600, message: `${i}`}))

  test('are looked for further and further back, where nothing says since when', async () => {
    const clock = new FakeClock()
    expect((await run(clock, new Group(clock, events), {last: 3})).messages).toEqual(['497', '498', '499'])
  })

  test('are taken from what --since leaves', async () => {
    const clock = new FakeClock()
    const since = clock.now() - 25 * MINUTE
    expect((await run(clock, new Group(clock, events), {last: 3, since})).messages).toEqual(['498', '499'])
  })

  test('with a page that ends before they do', async () => {
    const clock = new FakeClock()
    const group = new Group(clock, events)
    group.pageSize = 2
    expect((await run(clock, group, {last: 5})).messages).toEqual(['495', '496', '497', '498', '499'])
  })

  test('none of them and then what comes in', async () => {
    const clock = new FakeClock()
    const group = new Group(clock, [...events, {at: 5, message: 'new'}])
    expect((await run(clock, group, {last: 0, seconds: 60})).messages).toEqual(['new'])
  })
})
