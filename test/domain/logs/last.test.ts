import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {compareEvents, type LogEvent} from '../../../src/domain/logs/events.js'
import {type LastOptions, readLast} from '../../../src/domain/logs/last.js'
import {Problem} from '../../../src/domain/problem.js'
import {eventsAt, executionLog, LogService} from '../../support/log-service.js'
import {WaitingClock} from '../../support/waiting-clock.js'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const NOW = Date.UTC(2026, 0, 1)

function serviceWith(groups: Record<string, readonly LogEvent[]>, setting: Partial<LogService> = {}): LogService {
  return Object.assign(new LogService(new WaitingClock(NOW), groups), setting)
}

async function lastOf(service: LogService, options: LastOptions, groups = ['g']): Promise<LogEvent[]> {
  const found = await readLast(service, groups.map(executionLog), options, {now: () => NOW})
  return found.map(({event}) => event)
}

/** One event every ten minutes, for five days. */
const sparse = eventsAt(Array.from({length: 720}, (_, i) => NOW - i * 10 * MINUTE))

describe('the last events', () => {
  test('of days, take one call', async () => {
    const service = serviceWith({g: sparse})
    expect(await lastOf(service, {count: 50})).toEqual(sparse.slice(-50))
    expect(service.calls).toMatchObject([{startTime: NOW - 7 * DAY, isLatestFirst: true, limit: 50}])
  })

  test('of several logs are the last of all of them', async () => {
    const a = eventsAt(
      [1, 2, 3, 10].map(minutes => NOW - minutes * MINUTE),
      1,
    )
    const b = eventsAt(
      [4, 5, 9].map(minutes => NOW - minutes * MINUTE),
      2,
    )
    const service = serviceWith({a, b, c: []})
    const all = [...a, ...b].sort(compareEvents)
    expect(await lastOf(service, {count: 5}, ['a', 'b', 'c'])).toEqual(all.slice(-5))
    expect(service.calls).toHaveLength(3)
  })

  test('that count, however far back they are', async () => {
    const wanted = new Set([sparse[3], sparse[500], sparse[700]].map(event => event?.eventId))
    const service = serviceWith({g: sparse}, {pageSize: 100})
    const counts = ({eventId}: LogEvent) => wanted.has(eventId)
    expect(await lastOf(service, {count: 2, counts})).toEqual([sparse[500], sparse[700]])
    expect(service.calls).toHaveLength(3)
  })

  test('are none where none are wanted, without a call', async () => {
    const service = serviceWith({g: sparse})
    expect(await lastOf(service, {count: 0})).toEqual([])
    expect(service.calls).toEqual([])
  })

  test('a group that is not there', async () => {
    await expect(lastOf(serviceWith({}), {count: 1})).rejects.toBeInstanceOf(Problem)
  })

  test('tokens that are refused for ever are a failure, not a loop', async () => {
    const service = serviceWith({g: sparse}, {pageSize: 10, trouble: () => 'refused'})
    const dense = serviceWith({g: eventsAt(Array(50).fill(NOW))}, {pageSize: 10, trouble: () => 'refused'})
    expect(await lastOf(service, {count: 50})).toEqual(sparse.slice(-50))
    await expect(lastOf(dense, {count: 50})).rejects.toMatchObject({kind: 'failed'})
    expect(dense.calls.length).toBeLessThan(15)
  })
})

describe.each(['ignored', 'refused'] as const)(
  'a service by which the wish for the latest first is %s',
  latestFirst => {
    test.each([1, 2, 50])('is read further and further back: the last %i', async count => {
      const service = serviceWith({g: sparse}, {latestFirst})
      expect(await lastOf(service, {count})).toEqual(sparse.slice(-count))
      expect(Math.min(...service.calls.slice(1).map(({startTime}) => startTime as number))).toBeGreaterThan(
        NOW - 2 * DAY,
      )
    })

    test('is read from --since on', async () => {
      const service = serviceWith({g: sparse}, {latestFirst})
      const since = NOW - 35 * MINUTE
      expect(await lastOf(service, {count: 50, since})).toEqual(sparse.slice(-4))
    })
  },
)

test('whatever the pages, the direction and the troubles: exactly the last ones', async () => {
  const trouble = fc.constantFrom(undefined, undefined, undefined, 'refused', 'again', 'empty')
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({min: 0, max: 300}), {maxLength: 60}),
      fc.array(fc.integer({min: 0, max: 300}), {maxLength: 60}),
      fc.array(trouble, {maxLength: 20}),
      fc.constantFrom('done', 'ignored', 'refused'),
      fc.record({count: fc.integer({min: 1, max: 40}), pageSize: fc.integer({min: 2, max: 20})}),
      fc.boolean(),
      async (a, b, troubles, latestFirst, {count, pageSize}, isFiltered) => {
        const groups = {
          a: eventsAt(
            a.map(at => NOW - at),
            1,
          ),
          b: eventsAt(
            b.map(at => NOW - at),
            2,
          ),
        }
        const setting = {latestFirst, pageSize} as Partial<LogService>
        const service = serviceWith(groups, {...setting, trouble: call => troubles[call - 1] as 'again' | undefined})
        const counts = isFiltered ? ({message}: LogEvent) => message.includes('3') : undefined
        const all = [...groups.a, ...groups.b].filter(counts ?? (() => true)).sort(compareEvents)
        expect(await lastOf(service, {count, counts, until: NOW}, ['a', 'b'])).toEqual(all.slice(-count))
      },
    ),
    {numRuns: 200},
  )
})

describe('units of several events', () => {
  /** Requests of three lines over at most 20 s each, one after the other or at once, with their beginnings in ms ago. */
  const linesOfRequests = (begun: readonly number[]): LogEvent[] =>
    begun
      .flatMap((ago, request) =>
        eventsAt([NOW - ago, NOW - ago + 10, NOW - Math.max(0, ago - 20_000)], request + 1).map(
          ({eventId, ...event}, line) => ({...event, eventId, message: `${request} ${line === 1 ? 'match' : 'line'}`}),
        ),
      )
      .sort(compareEvents)
  const unitOf = ({message}: LogEvent) => message.split(' ')[0] as string

  test('are there whole, however the reading was cut: exactly the last ones', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({min: 20, max: 20 * MINUTE}), {minLength: 1, maxLength: 40}),
        fc.constantFrom('done', 'ignored', 'refused'),
        fc.record({count: fc.integer({min: 1, max: 10}), pageSize: fc.integer({min: 2, max: 20})}),
        fc.boolean(),
        async (begun, latestFirst, {count, pageSize}, isFiltered) => {
          const all = linesOfRequests(begun)
          const service = serviceWith({g: all}, {latestFirst, pageSize} as Partial<LogService>)
          const counts = isFiltered ? ({message}: LogEvent) => message.endsWith('match') : undefined
          const units = new Set<string>()
          for (const event of all.filter(counts ?? (() => true)).reverse())
            if (units.size < count) units.add(unitOf(event))
          const expected = all.filter(event => units.has(unitOf(event)))
          expect(await lastOf(service, {count, counts, unitOf, until: NOW})).toEqual(expected)
        },
      ),
      {numRuns: 200},
    )
  })
})
