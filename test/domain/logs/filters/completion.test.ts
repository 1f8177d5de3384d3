import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {compareEvents, type LogEvent} from '../../../../src/domain/logs/events.js'
import {addressesFrom} from '../../../../src/domain/logs/filters/addresses.js'
import {completed} from '../../../../src/domain/logs/filters/completion.js'
import {matcherOf, type RequestFilter} from '../../../../src/domain/logs/filters/filter.js'
import {patternFor} from '../../../../src/domain/logs/filters/push-down.js'
import {statusesFrom} from '../../../../src/domain/logs/filters/statuses.js'
import type {EventBatch, Log} from '../../../../src/domain/logs/log.js'
import {groupRequests} from '../../../../src/domain/logs/requests/group.js'
import type {LogQuery, LogSource} from '../../../../src/domain/logs/source.js'
import {compileFilterPattern} from '../../../../src/sandbox/logs/filter-pattern.js'
import {
  EXTENDED_ID,
  eventsOf,
  REST,
  SAMPLES,
  type Sample,
  WEB_SOCKET,
  WEB_SOCKET_SAMPLES,
} from '../../../support/log-samples.js'
import {FakeClock} from '../../../support/session.js'

/** A log with the service's own patterns, as the sandbox has them, in pages of some events. */
class PagedLog implements LogSource {
  readonly queries: LogQuery[] = []
  given = 0

  constructor(
    readonly events: LogEvent[],
    private readonly size: number,
  ) {}

  async page(query: LogQuery) {
    this.queries.push(query)
    const {pattern = '', streams, startTime = 0, endTime = Number.POSITIVE_INFINITY, nextToken = '0'} = query
    const matches = compileFilterPattern(pattern)
    const found = this.events
      .filter(({timestamp}) => startTime <= timestamp && timestamp <= endTime)
      .filter(({logStreamName}) => !streams || streams.includes(logStreamName))
      .filter(({message}) => matches(message))
      .sort(compareEvents)
    const end = Number(nextToken) + this.size
    const events = found.slice(Number(nextToken), end)
    this.given += events.length
    return {events, nextToken: end < found.length ? String(end) : undefined}
  }
}

/** Reads a window as history does. */
async function* pagesOf(source: LogSource, log: Log, query: Omit<LogQuery, 'group'>): AsyncGenerator<EventBatch> {
  let nextToken: string | undefined
  do {
    const page = await source.page({...query, group: log.group, nextToken})
    yield {log, events: page?.events ?? []}
    nextToken = page?.nextToken
  } while (nextToken !== undefined)
}

/** The requests that match, as a text each, in the order of their ids. */
async function matching(batches: AsyncIterable<EventBatch>, filter: RequestFilter): Promise<string[]> {
  const matches = matcherOf(filter)
  const all: string[] = []
  for await (const requests of groupRequests(batches, {clock: new FakeClock(), redact: true})) {
    for (const request of requests) if (matches(request)) all.push(JSON.stringify(request))
  }
  return all.sort()
}

const ALL_SAMPLES: Record<string, Sample> = {...SAMPLES, ...WEB_SOCKET_SAMPLES}
const START = Date.UTC(2026, 8, 25, 9, 0)
const MINUTE = 60_000

/** Requests of a log: one of the samples each, at some second of ten minutes, in one of a few streams. */
const anyLog = (names: string[]) =>
  fc
    .array(fc.record({name: fc.constantFrom(...names), at: fc.nat(600), stream: fc.nat(5), id: fc.uuid()}), {
      minLength: 1,
      maxLength: 25,
    })
    .map(requests =>
      requests.flatMap(({name, at, stream, id}, random) =>
        eventsOf(ALL_SAMPLES[name]!, {
          id: name in SAMPLES ? id : `${id.slice(0, 12)}${String(random).padStart(3, '0')}=`,
          start: START + at * 1000,
          stream: `stream-${stream}`,
          random,
        }).map(event => ({...event, message: event.message.replaceAll(EXTENDED_ID, `${id.slice(0, 15)}=`)})),
      ),
    )

const FILTERS: Record<string, RequestFilter> = {
  'a status': {statuses: statusesFrom('404,502')},
  'a family of statuses': {statuses: statusesFrom('5xx')},
  'a range of statuses': {statuses: statusesFrom('400-404,429')},
  'successes, which are most': {statuses: statusesFrom('2xx')},
  errors: {errors: true},
  'a method': {methods: ['POST']},
  'two methods': {methods: ['POST', 'GET']},
  'a resource': {path: '/pets/{petId}'},
  'a path': {path: '/pets/7'},
  'a pattern': {path: '/pe*'},
  'a greedy path': {path: '/user_*'},
  'a route': {path: '$connect'},
  'a latency': {minLatency: 1000},
  'a key': {key: {id: 'k1', name: 'mobile', ending: 'bMZHBg'}},
  'an address': {addresses: [addressesFrom('203.0.113.0/24')]},
  'errors of a method and a path': {errors: true, methods: ['POST'], path: '/orders'},
  'slow errors from an address': {
    statuses: statusesFrom('5xx'),
    minLatency: 20,
    addresses: [addressesFrom('203.0.113.9')],
  },
}

describe('what is pushed down', () => {
  test.each(Object.entries(FILTERS))('%s: the same requests with all their lines, in any log', async (_, filter) => {
    const pattern = patternFor(filter, 'execution')
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(REST, WEB_SOCKET),
        fc.integer({min: 1, max: 40}),
        fc.array(fc.nat(600), {minLength: 2, maxLength: 2}),
        anyLog(Object.keys(SAMPLES)),
        anyLog(Object.keys(WEB_SOCKET_SAMPLES)),
        async (log, size, window, rest, webSocket) => {
          const source = new PagedLog(log === REST ? rest : webSocket, size)
          const [since, until] = window.map(at => START + at * 1000).sort((a, b) => a - b) as [number, number]
          const query = {startTime: since, endTime: until}
          const whole = await matching(pagesOf(source, log, query), filter)
          const options = {since, until, clock: new FakeClock()}
          const found = completed(source, pagesOf(source, log, {...query, pattern}), options)
          expect(await matching(pattern === undefined ? pagesOf(source, log, query) : found, filter)).toEqual(whole)
        },
      ),
      {numRuns: 60},
    )
  })

  test('every request that failed has a line that is looked for', async () => {
    for (const [name, sample] of Object.entries(ALL_SAMPLES)) {
      const log = name in SAMPLES ? REST : WEB_SOCKET
      const events = eventsOf(sample)
      const [request] = await matching(pagesOf(new PagedLog(events, 100), log, {}), {errors: true})
      const matches = compileFilterPattern(patternFor({errors: true}, 'execution') ?? '')
      if (request !== undefined)
        expect(
          events.some(({message}) => matches(message)),
          name,
        ).toBe(true)
    }
  })

  test.each([
    [
      'ids before statuses',
      {requestIds: ['id-one-1', 'id-two-2'], statuses: statusesFrom('5xx')},
      '?"id-one-1" ?"id-two-2"',
    ],
    ['a key before a path', {key: {id: 'k1', name: 'm', ending: 'a"b\\cd'}, path: '/pets'}, '"a\\"b\\\\cd"'],
    ['a path before a method', {path: '/pets/*/toys-x', methods: ['GET']}, '"toys-x"'],
    ['nothing for what most requests are', {statuses: statusesFrom('2xx')}, undefined],
    ['nothing for what no line has', {minLatency: 5, addresses: [addressesFrom('::1')]}, undefined],
    [
      'nothing for more ids than there is room for',
      {requestIds: Array.from({length: 99}, (_, i) => `request-${i}`)},
      undefined,
    ],
  ])('%s', (_, filter, pattern) => {
    expect(patternFor(filter, 'execution')).toBe(pattern)
  })

  test('a line of an access log has to have everything at once', () => {
    const filter = {statuses: statusesFrom('404'), methods: ['GET'], path: '/pets/*', minLatency: 3}
    expect(patternFor(filter, 'access')).toBe('"404" "GET" "pets"')
    expect(patternFor({statuses: statusesFrom('4xx')}, 'access')).toBeUndefined()
    expect(patternFor(filter, 'function')).toBeUndefined()
  })
})

describe('completing what was found', () => {
  const failures = (count: number, each: number, name: keyof typeof SAMPLES = 'function error') =>
    Array.from({length: count}, (_, i) => i).flatMap(i =>
      eventsOf(i % each === 0 ? SAMPLES[name] : SAMPLES['Lambda proxy, data trace'], {
        id: `${String(i).padStart(8, '0')}-6d34-4a0b-9a57-2f1d5b3c8e01`,
        start: START + i * 100,
        stream: `stream-${i}`,
        random: i,
      }),
    )
  const options = {since: START - MINUTE, clock: new FakeClock()}
  const filter = {statuses: statusesFrom('5xx')}
  const pattern = patternFor(filter, 'execution')

  test('few are asked for by their ids, in their streams and around their time', async () => {
    const source = new PagedLog(failures(1000, 10), 10_000)
    const found = completed(source, pagesOf(source, REST, {pattern}), options)
    expect(await matching(found, filter)).toHaveLength(100)
    // 1 to find 100, and 73 ids to a question.
    expect(source.queries).toHaveLength(3)
    expect(source.queries[1]?.pattern).toMatch(/^\?"\(00000000-" \?"\(00000010-" /)
    expect(source.queries[1]?.pattern?.length).toBeLessThanOrEqual(1024)
    expect(source.queries[1]?.streams).toHaveLength(73)
    expect(source.queries[1]).toMatchObject({startTime: START - 30_000 + 50})
    // Reading everything takes more than 20,000 lines.
    expect(source.given).toBeLessThan(2_500)
  })

  test('where most of the requests match, everything of that time is read instead', async () => {
    const events = failures(1000, 2)
    const source = new PagedLog(events, 10_000)
    const whole = await matching(pagesOf(source, REST, {}), filter)
    const before = source.queries.length
    expect(await matching(completed(source, pagesOf(source, REST, {pattern}), options), filter)).toEqual(whole)
    // 1 to find 500, 1 to see how many others there are, and 2 pages of all there is; to ask for each would take 7.
    expect(source.queries.slice(before).map(query => query.pattern)).toEqual([pattern, undefined, undefined, undefined])
  })

  test('where most of the requests match, one that takes longer than others is still asked for', async () => {
    const events = failures(600, 2)
    const [first, ...others] = eventsOf(SAMPLES['function error'], {start: START - 90_000, random: 999_999})
    const late = others.map(event => ({...event, timestamp: START + 1000}))
    const source = new PagedLog([first as LogEvent, ...late, ...events], 10_000)
    const whole = await matching(pagesOf(source, REST, {startTime: START - 2 * MINUTE}), filter)
    const found = completed(source, pagesOf(source, REST, {pattern}), {...options, since: START - 2 * MINUTE})
    expect(await matching(found, filter)).toEqual(whole)
    expect(source.queries.at(-1)?.pattern).toBe('"(1f0c9a52-"')
  })

  test('at level ERROR, where no request has a beginning, that is no reason to look for it', async () => {
    const events = failures(400, 1, 'function error, ERROR')
    const source = new PagedLog(events, 10_000)
    expect(await matching(completed(source, pagesOf(source, REST, {pattern}), options), filter)).toHaveLength(400)
    expect(source.queries).toHaveLength(3)
  })

  test('where there are many, but not of all, each is asked for', async () => {
    const source = new PagedLog(failures(2000, 10), 10_000)
    const found = completed(source, pagesOf(source, REST, {pattern}), options)
    expect(await matching(found, filter)).toHaveLength(200)
    expect(source.queries).toHaveLength(1 + 1 + 3)
  })

  test('a token that is refused costs a repetition and no line twice', async () => {
    const source = new PagedLog(failures(20, 10), 15)
    const refusing: LogSource = {
      page: async query => {
        const isFirst = query.nextToken !== undefined && !source.queries.some(({nextToken}) => nextToken !== undefined)
        const page = await source.page(query)
        return isFirst ? undefined : page
      },
    }
    const found = completed(refusing, pagesOf(source, REST, {pattern}), options)
    const lines: string[] = []
    for await (const {events} of found) lines.push(...events.map(({eventId}) => eventId))
    expect(new Set(lines).size).toBe(lines.length)
    expect(lines).toHaveLength(2 * SAMPLES['function error'].length)
  })

  test('lines that came live, of which the id is not known, are not given once more with it', async () => {
    const events = failures(20, 10)
    const source = new PagedLog(events, 10_000)
    async function* lines(): AsyncGenerator<EventBatch> {
      for await (const batch of pagesOf(source, REST, {pattern})) {
        for (const [i, event] of batch.events.entries()) {
          yield {log: REST, events: [i % 2 === 0 ? {...event, eventId: ''} : event]}
        }
      }
    }
    const given: string[] = []
    for await (const batch of completed(source, lines(), {...options, isLive: true})) {
      given.push(...batch.events.map(({message}) => message))
    }
    expect(given).toHaveLength(2 * SAMPLES['function error'].length)
    expect(new Set(given).size).toBe(given.length)
  })

  test('when following, what comes late is asked for again, until nothing can be late any more', async () => {
    const clock = new FakeClock()
    const events = eventsOf(SAMPLES['function error'])
    const status = events.filter(({message}) => message.includes('completed with status'))
    const late = events.slice(0, 3)
    const source = new PagedLog(
      events.filter(event => !late.includes(event)),
      100,
    )
    async function* polls(): AsyncGenerator<EventBatch> {
      yield {log: REST, events: status}
      for (let second = 0; second < 120; second++) {
        await clock.sleep(1000)
        if (second === 40) source.events.push(...late)
        yield {log: REST, events: []}
      }
    }
    const given: number[] = []
    for await (const batch of completed(source, polls(), {...options, clock, lateness: MINUTE})) {
      if (batch.events.length > 0) given.push(batch.events.length)
    }
    expect(given).toEqual([events.length - 3, 3])
    // Near by, farther away because its beginning is not there, and when nothing can be late any more.
    expect(source.queries).toHaveLength(3)
  })

  test('when following, a request whose end is not there yet is asked for, ever more seldom', async () => {
    const clock = new FakeClock()
    const events = eventsOf(SAMPLES['Lambda proxy, INFO'])
    const method = events.slice(0, 6)
    const source = new PagedLog([...method], 100)
    async function* polls(): AsyncGenerator<EventBatch> {
      yield {log: REST, events: method.slice(5)}
      for (let second = 0; second < 300; second++) {
        await clock.sleep(1000)
        if (second === 25) source.events.push(...events.slice(6))
        yield {log: REST, events: []}
      }
    }
    const given: string[][] = []
    for await (const batch of completed(source, polls(), {...options, clock, lateness: MINUTE})) {
      if (batch.events.length > 0) given.push(batch.events.map(({eventId}) => eventId))
    }
    expect(given).toEqual([method, events.slice(6)].map(lines => lines.map(({eventId}) => eventId)))
    // At once, after 5, 10 and 20 s, near by and farther away; after 40 s it is whole; and when a minute has gone by.
    expect(source.queries).toHaveLength(10)
  })

  test.each([
    ['read again when nothing can be late any more', 90],
    ['read again at the end', 30],
  ])('when following, a time in which most requests were found is %s', async (_, seconds) => {
    const clock = new FakeClock()
    const events = failures(300, 1)
    const late = events.splice(7, 2)
    const source = new PagedLog([...events], 10_000)
    const statuses = events.filter(({message}) => message.includes('completed with status'))
    async function* polls(): AsyncGenerator<EventBatch> {
      yield {log: REST, events: statuses}
      source.events.push(...late)
      for (let second = 0; second < seconds; second++) {
        await clock.sleep(1000)
        yield {log: REST, events: []}
      }
    }
    const given: number[] = []
    for await (const batch of completed(source, polls(), {...options, clock, lateness: MINUTE})) {
      if (batch.events.length > 0) given.push(batch.events.length)
    }
    expect(given).toEqual([events.length, late.length])
  })
})
