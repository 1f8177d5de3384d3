import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {Calls} from '../../../src/domain/logs/calls.js'
import {compareEvents, type LogEvent} from '../../../src/domain/logs/events.js'
import {readHistory} from '../../../src/domain/logs/history.js'
import {noStatistics} from '../../../src/domain/logs/statistics.js'
import {HISTORY_PACE} from '../../../src/domain/logs/tail.js'
import {Problem} from '../../../src/domain/problem.js'
import {eventsAt, executionLog, LogService} from '../../support/log-service.js'
import {WaitingClock} from '../../support/waiting-clock.js'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const NOW = Date.UTC(2026, 0, 1)

/** A service that was filled before the test's clock begins. */
function serviceWith(groups: Record<string, readonly LogEvent[]>): {clock: WaitingClock; service: LogService} {
  const clock = new WaitingClock(NOW)
  return {clock, service: new LogService(clock, groups)}
}

/** Reads the last hours of groups as `logs tail` does. */
function read(
  {clock, service}: {clock: WaitingClock; service: LogService},
  {
    hours = 1,
    until,
    pattern,
    groups = ['g'],
  }: {hours?: number; until?: number; pattern?: string; groups?: string[]} = {},
) {
  const watch = {
    clock,
    signal: new AbortController().signal,
    maxWait: 5 * MINUTE,
    notice: () => {},
    random: () => 1,
    statistics: noStatistics(),
  }
  const calls = new Calls(service, watch, false, HISTORY_PACE)
  return readHistory(calls, groups.map(executionLog), {since: NOW - hours * HOUR, until, pattern}, clock)
}

async function eventsOf(batches: ReturnType<typeof readHistory>): Promise<LogEvent[]> {
  const all: LogEvent[] = []
  for await (const {events} of batches) all.push(...events)
  return all
}

/** Requests of twenty lines each, evenly over the last hour. */
const busy = (requests: number) =>
  eventsAt(
    Array.from(
      {length: requests * 20},
      (_, i) => NOW - HOUR + Math.floor((Math.floor(i / 20) * HOUR) / requests) + (i % 20),
    ),
  )

describe('calls', () => {
  test('a window that fits on a page takes one', async () => {
    const setting = serviceWith({g: busy(100)})
    expect(await eventsOf(read(setting))).toHaveLength(2_000)
    expect(setting.service.calls).toHaveLength(1)
  })

  test('a large window takes hardly more than it has pages, and never more than five a second', async () => {
    const events = busy(10_000)
    const setting = serviceWith({g: events})
    setting.service.pageSize = 10_000
    const started = setting.clock.now()
    expect(await eventsOf(read(setting))).toEqual(events)
    // Twenty full pages, of which the last does not say that it is the last.
    expect(setting.service.calls.length).toBeLessThanOrEqual(22)
    expect(setting.service.busiest(SECOND)).toBe(5)
    // One after the other they would take 21 times 300 ms.
    expect(setting.clock.now() - started).toBeLessThan(5 * SECOND)
  })

  test('are counted when they come to the service: the first sets up the connection', async () => {
    const setting = serviceWith({g: busy(1_000)})
    setting.service.pageSize = 1_000
    setting.service.travel = call => (call === 1 ? 250 : call <= 5 ? 40 : 0)
    expect(await eventsOf(read(setting))).toHaveLength(20_000)
    expect(setting.service.busiest(SECOND)).toBe(5)
  })

  test('traffic that is long over, or comes in bursts, costs few calls more', async () => {
    const burst = (at: number) => Array.from({length: 5_000}, (_, i) => NOW - at * HOUR + i * 10)
    const events = eventsAt([...burst(23), ...burst(12), ...burst(1)])
    const setting = serviceWith({g: events})
    setting.service.pageSize = 1_000
    expect(await eventsOf(read(setting, {hours: 24}))).toEqual(events)
    expect(setting.service.calls.length).toBeLessThanOrEqual(36)
  })

  test('a pattern that seldom matches is looked for in several places at once', async () => {
    const events = busy(2_000)
    const setting = serviceWith({g: events})
    setting.service.scanLimit = 1_000
    const rare = new Set([3_700, 20_000, 39_000].map(i => events[i]?.eventId))
    setting.service.matches = ({eventId}) => rare.has(eventId)
    const started = setting.clock.now()
    expect(await eventsOf(read(setting, {pattern: 'rare'}))).toEqual(events.filter(({eventId}) => rare.has(eventId)))
    const alone = 41 * setting.service.latency
    expect(setting.clock.now() - started).toBeLessThan(alone * 0.85)
  })

  test('whoever takes one page only has one page read', async () => {
    const setting = serviceWith({g: busy(1_000)})
    setting.service.pageSize = 100
    const batches = read(setting)
    await batches.next()
    await setting.clock.sleep(MINUTE)
    expect(setting.service.calls).toHaveLength(1)
    await batches.next()
    await setting.clock.sleep(MINUTE)
    expect(setting.service.calls.length).toBeLessThanOrEqual(6)
  })

  test.each([1, 3])('a reader that stops taking is not read ahead of without end: %i logs', async count => {
    const groups = Object.fromEntries(Array.from({length: count}, (_, i) => [`g${i}`, busy(2_000)]))
    const setting = serviceWith(groups)
    setting.service.pageSize = 100
    const batches = read(setting, {groups: Object.keys(groups)})
    let taken = 0
    while (taken < 10_000) taken += (await batches.next()).value?.events.length ?? 0
    await setting.clock.sleep(HOUR)
    expect((setting.service.delivered - taken) / 100).toBeLessThanOrEqual(12 + count)
  })
})

describe('order', () => {
  test('over several logs, as if they were one', async () => {
    const groups = {
      a: eventsAt(
        [1, 3, 5, 7, 9].map(s => NOW - MINUTE + s * SECOND),
        1,
      ),
      b: eventsAt(
        [2, 3, 4, 8].map(s => NOW - MINUTE + s * SECOND),
        2,
      ),
      c: [],
    }
    const setting = serviceWith(groups)
    setting.service.pageSize = 2
    const batches = read(setting, {groups: ['a', 'b', 'c']})
    const found: string[] = []
    for await (const {log, events} of batches) found.push(...events.map(({message}) => log.group + message))
    const of = (group: 'a' | 'b') => groups[group].map(event => ({event, text: group + event.message}))
    const sorted = [...of('a'), ...of('b')].sort((x, y) => compareEvents(x.event, y.event))
    expect(found).toEqual(sorted.map(({text}) => text))
  })

  test('a page that is not in order, and has an event twice', async () => {
    const [a, b, c] = eventsAt([NOW - 3, NOW - 2, NOW - 1]) as [LogEvent, LogEvent, LogEvent]
    const source = {page: async () => ({events: [b, c, a, b]})}
    const batches = readHistory(source, [executionLog('g')], {since: NOW - HOUR}, new WaitingClock(NOW))
    expect(await eventsOf(batches)).toEqual([a, b, c])
  })

  test('more events in one millisecond than fit on a page', async () => {
    const events = eventsAt([...Array(1_000).fill(NOW - MINUTE), ...Array(1_000).fill(NOW - MINUTE + 1), NOW - SECOND])
    const setting = serviceWith({g: events})
    setting.service.pageSize = 100
    setting.service.trouble = call => (call === 5 || call === 17 ? 'refused' : undefined)
    expect(await eventsOf(read(setting))).toEqual(events)
  })

  test('nothing outside of the window', async () => {
    const events = eventsAt([NOW - HOUR - 1, NOW - HOUR, NOW - MINUTE, NOW - MINUTE + 1])
    const found = await eventsOf(read(serviceWith({g: events}), {until: NOW - MINUTE}))
    expect(found).toEqual(events.slice(1, 3))
  })
})

describe('failures', () => {
  test('come after all the events before them', async () => {
    const events = busy(1_000)
    const setting = serviceWith({g: events})
    setting.service.pageSize = 1_000
    setting.service.trouble = call => (call === 9 ? new Problem('denied', 'The security token is expired.') : undefined)
    const found: LogEvent[] = []
    const reading = (async () => {
      for await (const batch of read(setting)) found.push(...batch.events)
    })()
    await expect(reading).rejects.toMatchObject({kind: 'denied'})
    expect(found.length).toBeGreaterThan(1_000)
    expect(found).toEqual(events.slice(0, found.length))
    const calls = setting.service.calls.length
    await setting.clock.sleep(MINUTE)
    expect(setting.service.calls).toHaveLength(calls)
  })

  test('whichever call fails, it comes to its end', async () => {
    const events = busy(100)
    for (let failing = 2; failing <= 25; failing++) {
      const setting = serviceWith({g: events})
      setting.service.pageSize = 100
      setting.service.trouble = call => (call === failing ? new Problem('denied', 'Expired.') : undefined)
      const found: LogEvent[] = []
      const reading = (async () => {
        for await (const batch of read(setting)) found.push(...batch.events)
      })()
      await expect(reading, `call ${failing}`).rejects.toMatchObject({kind: 'denied'})
      expect(found).toEqual(events.slice(0, found.length))
    }
  })

  test('a group that is not there', async () => {
    await expect(eventsOf(read(serviceWith({}), {groups: ['g']}))).rejects.toMatchObject({kind: 'missing'})
  })

  test.each(['refused', 'again'] as const)('tokens that are %s for ever', async trouble => {
    const setting = serviceWith({g: eventsAt(Array(300).fill(NOW - MINUTE))})
    setting.service.pageSize = 100
    setting.service.trouble = () => trouble
    await expect(eventsOf(read(setting))).rejects.toMatchObject({kind: 'failed'})
    expect(setting.service.calls.length).toBeLessThan(20)
  })
})

test('whatever the traffic, the pages, the logs and the troubles: all events in order, each once, at five calls a second', async () => {
  const traffic = fc.array(
    fc.record({
      at: fc.integer({min: 0, max: 24 * 60}),
      count: fc.integer({min: 1, max: 120}),
      gap: fc.constantFrom(0, 1, 50, 20_000),
    }),
    {maxLength: 8},
  )
  const trouble = fc.constantFrom(undefined, undefined, undefined, 'throttled', 'refused', 'again', 'empty')
  await fc.assert(
    fc.asyncProperty(
      fc.array(traffic, {minLength: 1, maxLength: 3}),
      fc.array(trouble, {maxLength: 40}),
      fc.record({pageSize: fc.integer({min: 1, max: 60}), scanLimit: fc.integer({min: 5, max: 100})}),
      fc.constantFrom(0, 100, 5_000),
      fc.boolean(),
      async (traffics, troubles, limits, pause, isFiltered) => {
        const groups = traffics.map((bursts, seed) => {
          const times = bursts.flatMap(({at, count, gap}) =>
            Array.from({length: count}, (_, i) => Math.min(NOW, NOW - at * MINUTE + i * gap)),
          )
          return [`g${seed}`, eventsAt(times, seed)] as const
        })
        const setting = serviceWith(Object.fromEntries(groups))
        Object.assign(setting.service, limits)
        setting.service.trouble = call => troubles[call - 1] as 'throttled' | undefined
        setting.service.matches = ({message}) => !isFiltered || message.includes('7')
        const expected = groups
          .flatMap(([, events]) => events)
          .filter(event => setting.service.matches(event, ''))
          .sort(compareEvents)
        const found: LogEvent[] = []
        for await (const {events} of read(setting, {hours: 24, groups: groups.map(([group]) => group)})) {
          found.push(...events)
          if (pause > 0) await setting.clock.sleep(pause)
        }
        expect(found.map(({eventId}) => eventId)).toEqual(expected.map(({eventId}) => eventId))
        expect(setting.service.busiest(SECOND)).toBeLessThanOrEqual(5)
      },
    ),
    {numRuns: 150},
  )
})
