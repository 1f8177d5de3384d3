import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {Bookmark} from '../../../src/domain/logs/bookmark.js'
import {compareEvents, type LogEvent} from '../../../src/domain/logs/events.js'
import {statusesFrom} from '../../../src/domain/logs/filters/statuses.js'
import type {Log} from '../../../src/domain/logs/log.js'
import {readLines, readRequests, type Wish} from '../../../src/domain/logs/reading.js'
import type {LoggedRequest} from '../../../src/domain/logs/requests/request.js'
import type {LogQuery, LogSource} from '../../../src/domain/logs/source.js'
import {noStatistics} from '../../../src/domain/logs/statistics.js'
import {compileFilterPattern} from '../../../src/sandbox/logs/filter-pattern.js'
import {eventsOf, REQUEST_ID, REST, SAMPLES} from '../../support/log-samples.js'
import {FakeClock} from '../../support/session.js'

const SECOND = 1_000
const START = Date.UTC(2026, 8, 25, 9, 0)

/** An event, and when it can be read. */
interface Delivery {
  event: LogEvent
  at: number
}

/** A log whose events come in little by little, in pages of a few, searched as the sandbox does. */
function logOf(clock: FakeClock, deliveries: readonly Delivery[], size = 100): LogSource & {queries: LogQuery[]} {
  const queries: LogQuery[] = []
  return {
    queries,
    async page(query) {
      queries.push(query)
      const {pattern = '', streams, startTime = 0, endTime = Number.POSITIVE_INFINITY, nextToken = '0'} = query
      if (query.isLatestFirst) return undefined
      const matches = compileFilterPattern(pattern)
      const found = deliveries
        .filter(({at, event}) => at <= clock.now() && startTime <= event.timestamp && event.timestamp <= endTime)
        .map(({event}) => event)
        .filter(event => (!streams || streams.includes(event.logStreamName)) && matches(event.message))
        .sort(compareEvents)
      const end = Number(nextToken) + size
      return {
        events: found.slice(Number(nextToken), end),
        nextToken: end < found.length ? String(end) : undefined,
      }
    },
  }
}

const watchOn = (clock: FakeClock, bookmark = new Bookmark()) => ({
  clock,
  bookmark,
  signal: new AbortController().signal,
  maxWait: 0,
  notice: () => {},
  explain: async () => ({reason: 'nobody knows.'}),
  random: () => 0,
  statistics: noStatistics(),
  tally: {requests: 0},
})

const FAILED: Pick<Wish, 'logs' | 'filter' | 'redact' | 'wait'> = {
  logs: [REST],
  filter: {statuses: statusesFrom('5xx')},
  redact: true,
  wait: false,
}

const PETS: Log = {...REST, group: '/aws/lambda/pets', kind: 'function', function: 'pets'}

const request = (name: keyof typeof SAMPLES, number: number, at: number): LogEvent[] =>
  eventsOf(SAMPLES[name], {
    id: `${String(number).padStart(8, '0')}-6d34-4a0b-9a57-2f1d5b3c8e01`,
    start: START + at,
    stream: `stream-${number % 7}`,
    random: number + 1,
  })

describe('following with a filter', () => {
  test('shows all lines of the requests that match, once, however late each line comes', async () => {
    const anyRequest = fc.record({
      name: fc.constantFrom('function error' as const, 'Lambda proxy, INFO' as const, 'Lambda permission' as const),
      at: fc.integer({min: 0, max: 120}),
      delay: fc.integer({min: 0, max: 20}),
      late: fc.dictionary(fc.constantFrom('0', '1', '5', '9', '15', '17'), fc.integer({min: 0, max: 30})),
    })
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyRequest, {minLength: 1, maxLength: 12}),
        fc.integer({min: 3, max: 60}),
        async (requests, size) => {
          const clock = new FakeClock(START)
          const deliveries = requests.flatMap(({name, at, delay, late}, number) =>
            request(name, number, at * SECOND).map((event, i) => ({
              event,
              at: START + (at + delay + (late[String(i)] ?? 0)) * SECOND,
            })),
          )
          const wish = {...FAILED, follow: true, since: START, until: START + 180 * SECOND}
          const shown: string[] = []
          for await (const {lines} of readRequests(logOf(clock, deliveries, size), wish, watchOn(clock))) {
            shown.push(...lines.map(({eventId}) => eventId))
          }
          const wanted = requests.flatMap(({name}, number) =>
            name === 'Lambda proxy, INFO' ? [] : request(name, number, requests[number]!.at * SECOND),
          )
          expect(shown.sort()).toEqual(wanted.map(({eventId}) => eventId).sort())
        },
      ),
      {numRuns: 40},
    )
  }, 60_000)

  test('joins what a function wrote, which is there long before its request, and adds what comes after it', async () => {
    const clock = new FakeClock(START)
    const invocation = 'cbb8db9c-94de-4d11-873d-e5d79fda5a05'
    const lines = request('function error', 1, 0).map(event => ({event, at: START + 20 * SECOND}))
    const written = (at: number, message: string, index: number) => ({
      timestamp: START + at,
      ingestionTime: START + at,
      logStreamName: '2026/09/25/[$LATEST]one',
      eventId: `function ${index}`,
      message,
    })
    const functionLines = [
      {event: written(5, `START RequestId: ${invocation} Version: $LATEST\n`, 1), at: START + 3 * SECOND},
      {event: written(6, 'without an id\n', 2), at: START + 3 * SECOND},
      {event: written(7, `REPORT RequestId: ${invocation}\tDuration: 2.00 ms\n`, 3), at: START + 25 * SECOND},
    ]
    const stage = logOf(clock, lines)
    const lambda = logOf(clock, functionLines)
    const source: LogSource = {page: query => (query.group === PETS.group ? lambda : stage).page(query)}
    const wish = {...FAILED, logs: [REST, PETS], follow: true, since: START, until: START + 40 * SECOND}
    const shown: LoggedRequest[] = []
    for await (const one of readRequests(source, wish, watchOn(clock))) shown.push(one)
    const texts = shown.map(one => one.lines.filter(({source}) => source === 'function').map(({text}) => text))
    expect(texts).toEqual([
      [`START RequestId: ${invocation} Version: $LATEST`, 'without an id'],
      [`REPORT RequestId: ${invocation}\tDuration: 2.00 ms`],
    ])
    expect(shown.map(({requestId, isAddition}) => [requestId.slice(0, 8), isAddition])).toEqual([
      ['00000001', undefined],
      ['00000001', true],
    ])
    expect(lambda.queries.every(({pattern}) => pattern === undefined)).toBe(true)
  })

  test('-n: of what is there the last ones that match, then all that come in', async () => {
    const clock = new FakeClock(START + 100 * SECOND)
    const there = [0, 1, 2, 3, 4].flatMap(i =>
      request(i % 2 === 0 ? 'function error' : 'Lambda proxy, INFO', i, i * 9_000),
    )
    const coming = request('Lambda permission', 9, 110 * SECOND)
    const deliveries = [
      ...there.map(event => ({event, at: START})),
      ...coming.map(event => ({event, at: START + 120 * SECOND})),
    ]
    const wish = {...FAILED, follow: true, last: 2, until: START + 150 * SECOND}
    const shown: string[] = []
    for await (const {requestId} of readRequests(logOf(clock, deliveries), wish, watchOn(clock))) shown.push(requestId)
    expect(shown.map(id => Number(id.slice(0, 8)))).toEqual([2, 4, 9])
  })

  test('the lines of requests that match keep what an event has', async () => {
    const clock = new FakeClock(START + 100 * SECOND)
    const events = [...request('function error', 1, 0), ...request('Lambda proxy, INFO', 2, 0)]
    const source = logOf(
      clock,
      events.map(event => ({event, at: START})),
    )
    const lines: string[] = []
    for await (const {eventId, ingestionTime, api, stage} of readLines(
      source,
      {...FAILED, follow: false},
      watchOn(clock),
    )) {
      expect({ingestionTime: ingestionTime.getTime(), api, stage}).toEqual({
        ingestionTime: START + 20_100,
        api: 'pets',
        stage: 'prod',
      })
      lines.push(eventId)
    }
    expect(lines).toEqual(request('function error', 1, 0).map(({eventId}) => eventId))
  })
})

test('at any time a bookmark knows the lines that were read and not shown yet', async () => {
  const clock = new FakeClock(START + 100 * SECOND)
  const bookmark = new Bookmark()
  const whole = request('Lambda proxy, INFO', 1, 0)
  const cut = request('API key accepted', 2, 0).slice(0, 3)
  const events = [...whole, ...cut]
  const source = logOf(
    clock,
    events.map(event => ({event, at: START})),
  )
  const pending = () => bookmark.cursor.pending.map(({event}) => event.eventId).sort()
  const wish = {...FAILED, filter: {}, follow: false}
  const requests = readRequests(source, wish, watchOn(clock, bookmark))
  const first = await requests.next()
  expect(first.value?.lines).toHaveLength(whole.length)
  expect(pending()).toEqual(cut.map(({eventId}) => eventId).sort())
  expect((await requests.next()).value).toMatchObject({isComplete: false})
  expect(pending()).toEqual([])
  expect((await requests.next()).done).toBe(true)
})

test('of an unfiltered log nothing is asked for twice', async () => {
  const clock = new FakeClock(START + 100 * SECOND)
  const source = logOf(
    clock,
    request('function error', 1, 0).map(event => ({event, at: START})),
  )
  const watch = watchOn(clock)
  for await (const {requestId} of readRequests(source, {...FAILED, filter: {}, follow: false}, watch)) {
    expect(requestId).not.toBe(REQUEST_ID)
  }
  expect(source.queries).toHaveLength(1)
  expect(watch.tally.requests).toBe(1)
})
