import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {compareEvents, type LogEvent} from '../../../../src/domain/logs/events.js'
import type {EventBatch} from '../../../../src/domain/logs/log.js'
import {groupRequests} from '../../../../src/domain/logs/requests/group.js'
import type {LoggedRequest} from '../../../../src/domain/logs/requests/request.js'
import {
  batchesOf,
  EXTENDED_ID,
  eventsOf,
  REQUEST_ID,
  REST,
  SAMPLES,
  WEB_SOCKET,
  WEB_SOCKET_SAMPLES,
} from '../../../support/log-samples.js'
import {FakeClock} from '../../../support/session.js'

async function grouped(batches: AsyncIterable<EventBatch>, options: {redact?: boolean} = {}): Promise<LoggedRequest[]> {
  const all: LoggedRequest[] = []
  const given = {clock: new FakeClock(), redact: true, ...options}
  for await (const requests of groupRequests(batches, given)) all.push(...requests)
  return all
}

/** The request of a sample without its lines, and the phases of these. */
async function summaryOf(name: keyof typeof SAMPLES | keyof typeof WEB_SOCKET_SAMPLES) {
  const isRest = name in SAMPLES
  const sample = {...SAMPLES, ...WEB_SOCKET_SAMPLES}[name]
  const events = isRest ? eventsOf(sample) : eventsOf(sample, {id: EXTENDED_ID})
  const [request, ...others] = await grouped(batchesOf(isRest ? REST : WEB_SOCKET, events))
  expect(others).toEqual([])
  expect(request?.lines.map(({text}) => text)).toEqual(sample.map(([, text]) => String(text).trimEnd()))
  const {lines = [], ...summary} = request ?? {}
  return {...summary, phases: lines.map(({phase}) => phase)}
}

describe('what a request tells of itself', () => {
  test('at INFO: method, resource, status and how long it took', async () => {
    expect(await summaryOf('Lambda proxy, INFO')).toEqual({
      time: new Date('2026-09-25T09:20:27.989Z'),
      api: 'pets',
      apiId: 'a1b2c3d4e5',
      stage: 'prod',
      protocol: 'REST',
      requestId: REQUEST_ID,
      extendedRequestId: EXTENDED_ID,
      method: 'GET',
      resource: '/pets/{petId}',
      status: 200,
      latency: 51,
      integrationRequestId: '7781d89a-b6d9-4098-924a-4cb16157573c',
      isComplete: true,
      phases: [
        'extended-id',
        'usage-plan',
        'key-not-needed',
        'usage-plan-end',
        'start',
        'method',
        'success',
        'status',
        'endpoint-id',
      ],
    })
  })

  test('with data trace also who asked for which path, and how long the integration took', async () => {
    expect(await summaryOf('Lambda proxy, data trace')).toMatchObject({
      resource: '/pets/{petId}',
      path: '/pets/7',
      query: 'limit=2',
      sourceIp: '203.0.113.9',
      userAgent: 'curl/8.4.0',
      traceId: '1-66f3c000-0123456789abcdef01234567',
      integrationStatus: 200,
      integrationLatency: 46,
      integrationRequestId: '61ed2826-b9cd-4a75-a5d6-eed85f48dca5',
      latency: 50,
      phases: expect.not.arrayContaining(['other']),
    })
    expect(await summaryOf('mock, data trace')).toMatchObject({path: '/pets/7', status: 200, latency: 3})
  })

  test('the end of the key, the plan, and what was refused to whom', async () => {
    expect(await summaryOf('API key accepted')).toMatchObject({
      method: 'POST',
      path: '/orders',
      keyEnding: 'bMZHBg',
      status: 201,
    })
    const missing = await summaryOf('API key missing')
    expect(missing).toMatchObject({method: 'POST', resource: '/orders', path: '/orders', status: 403})
    expect(missing).not.toHaveProperty('keyEnding')
    expect(await summaryOf('API key on no plan')).toMatchObject({method: 'GET', resource: '/', keyEnding: 'gE96dR'})
    for (const name of ['rate of a key', 'quota of a key'] as const) {
      expect(await summaryOf(name)).toMatchObject({status: 429, keyEnding: 'F0yrv6', plan: 'p1q2r3'})
    }
    expect(await summaryOf('rate of a method')).toMatchObject({status: 429, method: 'POST'})
  })

  test('what is traced of an authorizer is not taken for the integration', async () => {
    const {phases, ...request} = await summaryOf('authorizer allows')
    expect(request).toMatchObject({
      method: 'GET',
      resource: '/{resource+}',
      path: '/user_info',
      integrationLatency: 10,
      latency: 51,
    })
    expect(phases).not.toContain('other')
  })

  test('one that Cognito turned away is complete without a status', async () => {
    const request = await summaryOf('authorizer denies')
    expect(request).toMatchObject({isComplete: true, traceId: '1-6962324d-273b8749616a929c8bd4fd14'})
    expect(request).not.toHaveProperty('status')
  })

  test('at ERROR: status and cause, and no latency where the first lines are missing', async () => {
    const request = await summaryOf('function error, ERROR')
    expect(request).toMatchObject({status: 502, isComplete: true, failure: {cause: 'function-error'}})
    expect(request).not.toHaveProperty('latency')
    expect(request).not.toHaveProperty('method')
  })

  test('WebSocket: route, connection, client and status', async () => {
    expect(await summaryOf('connect')).toMatchObject({
      protocol: 'WebSocket',
      requestId: EXTENDED_ID,
      resource: '$connect',
      connectionId: 'gbikxK_GEQAYKEhTsA==',
      sourceIp: '203.0.113.9',
      userAgent: 'curl/8.4.0',
      integrationRequestId: 'f9cf4038-ef45-455a-b0b7-dd9039d7a650',
      latency: 20,
      isComplete: true,
    })
    const message = {resource: 'echo', connectionId: 'gbikxK_GEQAYKEhTsA==', isComplete: true}
    expect(await summaryOf('message')).toMatchObject({...message, status: 200})
    expect(await summaryOf('message that fails')).toMatchObject({
      ...message,
      status: 502,
      failure: {cause: 'function-error'},
    })
    expect(await summaryOf('disconnect')).toMatchObject({resource: '$disconnect', status: 200, isComplete: true})
  })

  test.each(Object.keys({...SAMPLES, ...WEB_SOCKET_SAMPLES}))('every line of "%s" is known', async name => {
    expect((await summaryOf(name as keyof typeof SAMPLES)).phases).not.toContain('other')
  })
})

/** The requests that a set of events must become, whatever way they come in. */
const all = [
  ...Object.values(SAMPLES).map((sample, i) =>
    eventsOf(sample, {
      id: `1f0c9a52-6d34-4a0b-9a57-${String(i).padStart(12, '0')}`,
      start: Date.UTC(2026, 8, 25) + i * 10,
      stream: String(i % 3),
      random: i + 1,
    }),
  ),
]
const strays: LogEvent[] = ['no id', '(not closed', '() empty', '(two words) text', ''].map((message, i) => ({
  timestamp: Date.UTC(2026, 8, 25) + i * 40,
  ingestionTime: Date.UTC(2026, 8, 25) + 20_100,
  logStreamName: 'strays',
  eventId: String(i),
  message,
}))
const everything = [...all.flat(), ...strays].sort(compareEvents)

const withoutLines = ({lines, ...request}: LoggedRequest) => ({...request, lines: lines.map(({eventId}) => eventId)})

describe('putting lines together', () => {
  test('history: whatever the pages, the same requests, in the order in which they began', async () => {
    const expected = (await grouped(batchesOf(REST, everything))).map(withoutLines)
    expect(expected).toHaveLength(all.length + strays.length)
    expect(expected.map(({time}) => time)).toEqual(
      expected.map(({time}) => time).sort((a, b) => a.getTime() - b.getTime()),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({min: 0, max: everything.length})), async cuts => {
        const ends = [...cuts, everything.length].sort((a, b) => a - b)
        const pages = ends.map((end, i) => everything.slice(ends[i - 1] ?? 0, end)).filter(({length}) => length > 0)
        expect((await grouped(batchesOf(REST, ...pages))).map(withoutLines)).toEqual(expected)
      }),
    )
  })

  test('following: however late and scattered lines come, each is given out once, under its request', async () => {
    const batchOfEach = fc.array(fc.integer({min: 0, max: 4}), {
      minLength: everything.length,
      maxLength: everything.length,
    })
    await fc.assert(
      fc.asyncProperty(batchOfEach, fc.boolean(), async (batchOf, isPolled) => {
        const batches = [0, 1, 2, 3, 4].map(batch => everything.filter((_, i) => batchOf[i] === batch))
        const polls = isPolled ? batches.flatMap(batch => [batch, []]) : batches
        const requests = await grouped(batchesOf(REST, ...polls), {redact: false})
        const shown = requests.flatMap(({requestId, lines}) =>
          lines.map(({text, eventId}) => `${eventId} ${requestId === '' ? text : `(${requestId}) ${text}`}`),
        )
        expect(shown.sort()).toEqual(everything.map(({eventId, message}) => `${eventId} ${message.trimEnd()}`).sort())
        const last = new Map(requests.map(request => [request.requestId || request.lines[0]?.eventId, request]))
        expect(last.size).toBe(all.length + strays.length)
      }),
    )
  })
})

describe('when a request is given out', () => {
  const events = eventsOf(SAMPLES['Lambda proxy, INFO'])

  /** What is given out with each batch; after each, time goes by. */
  async function given(batches: LogEvent[][], pause: number): Promise<LoggedRequest[][]> {
    const clock = new FakeClock()
    const seen: LoggedRequest[][] = []
    let current: LoggedRequest[] = []
    async function* source(): AsyncGenerator<EventBatch> {
      for (const batch of batches) {
        current = []
        seen.push(current)
        yield {log: REST, events: batch}
        await clock.sleep(pause)
      }
      current = []
      seen.push(current)
    }
    for await (const requests of groupRequests(source(), {clock, redact: true})) current.push(...requests)
    return seen
  }

  test('following: at the end of the poll that has its last line', async () => {
    expect((await given([events, [], []], 0)).map(({length}) => length)).toEqual([0, 1, 0, 0])
  })

  test('following: lines of one request in two pages or two polls are one request', async () => {
    for (const batches of [
      [events.slice(0, 8), events.slice(8), []],
      [events.slice(0, 4), [], events.slice(4), []],
    ]) {
      const seen = await given(batches, 1_000)
      expect(seen.map(({length}) => length)).toEqual([...batches.slice(1).map(() => 0), 1, 0])
      expect(seen.flat()).toMatchObject([{isComplete: true, lines: {length: 9}}])
    }
  })

  test('lines that come in the wrong order are put right before they are understood', async () => {
    const traced = eventsOf(SAMPLES['authorizer allows'])
    const [[inOrder]] = (await given([traced], 0)).slice(-1) as [LoggedRequest[]]
    const late = await given([traced.slice(9), [], traced.slice(0, 9), []], 100)
    expect(
      late
        .flat()
        .slice(-1)[0]
        ?.lines.map(({eventId}) => eventId),
    ).toEqual(traced.slice(0, 9).map(e => e.eventId))
    const [together] = (await given([traced.slice(9, -1), traced.slice(0, 9), traced.slice(-1)], 0)).flat()
    expect(together).toEqual(inOrder)
  })

  test('following: without its last line after two seconds, which an empty poll is enough to notice', async () => {
    const [, once, twice, thrice] = await given([events.slice(0, 6), [], [], []], 900)
    expect([once, twice]).toEqual([[], []])
    expect(thrice).toMatchObject([{isComplete: false, method: 'GET', lines: {length: 6}}])
    expect(thrice?.[0]).not.toHaveProperty('latency')
  })

  test('a line that comes after its request is an addition that knows all of it', async () => {
    const [, first, , second] = await given([events.slice(0, 8), [], events.slice(8), []], 1_000)
    expect(first).toMatchObject([{isComplete: true, status: 200, lines: {length: 8}}])
    expect(first?.[0]).not.toHaveProperty('isAddition')
    expect(second).toMatchObject([
      {
        isAddition: true,
        time: first?.[0]?.time,
        requestId: REQUEST_ID,
        status: 200,
        method: 'GET',
        integrationRequestId: '7781d89a-b6d9-4098-924a-4cb16157573c',
        lines: [{phase: 'endpoint-id'}],
      },
    ])
  })

  test('history: a long request is waited for, and those that began after it come after it', async () => {
    const slow = eventsOf(SAMPLES.timeout, {id: 'slow'})
    const later = (seconds: number, random: number) =>
      eventsOf(SAMPLES['Lambda proxy, INFO'], {id: `r${random}`, start: slow[0]!.timestamp + seconds * 1_000, random})
    const line = [...slow, ...later(1, 2), ...later(10, 3), ...later(31, 4)].sort(compareEvents)
    const pages = [line.slice(0, 20), line.slice(20, 40), line.slice(40)]
    const seen = await given(pages, 60_000)
    expect(seen[0]).toEqual([])
    expect(seen.flat().map(({requestId}) => requestId)).toEqual(['slow', 'r2', 'r3', 'r4'])
    expect(seen.flat().every(({isComplete}) => isComplete)).toBe(true)
  })

  test('what breaks off the reading does not take with it what was held', async () => {
    async function* broken(): AsyncGenerator<EventBatch> {
      yield {log: REST, events: events.slice(0, 3)}
      throw new Error('the connection broke')
    }
    const seen: LoggedRequest[] = []
    const reading = async () => {
      for await (const requests of groupRequests(broken(), {clock: new FakeClock(), redact: true})) {
        seen.push(...requests)
      }
    }
    await expect(reading()).rejects.toThrow('the connection broke')
    expect(seen).toMatchObject([{isComplete: false, lines: {length: 3}}])
  })

  test('memory is bounded: requests that never end are given out before there are too many', async () => {
    const clock = new FakeClock()
    let held = 0
    async function* endless(): AsyncGenerator<EventBatch> {
      for (let i = 0; i < 100; i++) {
        const batch = Array.from({length: 1_000}, (_, j) =>
          eventsOf(SAMPLES['Lambda proxy, INFO'].slice(0, 1), {id: `${i}-${j}`, random: j + 1}),
        ).flat()
        held += batch.length
        yield {log: REST, events: batch}
      }
    }
    let most = 0
    let count = 0
    for await (const requests of groupRequests(endless(), {clock, redact: true})) {
      most = Math.max(most, held - count)
      count += requests.length
    }
    expect(count).toBe(100_000)
    expect(most).toBeLessThanOrEqual(51_000)
  })
})
