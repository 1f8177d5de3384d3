import {describe, expect, test} from 'vitest'
import type {LogEvent} from '../../../src/domain/logs/events.js'
import type {EventBatch, Log} from '../../../src/domain/logs/log.js'
import {DIMENSIONS, type Dimension, remarksOn, topByQuery, topOf, withKeyNames} from '../../../src/domain/logs/top.js'
import {insightsOver} from '../../support/insights.js'
import {FakeClock} from '../../support/session.js'

const LOG: Log = {group: 'g', kind: 'execution', protocol: 'REST', api: 'a', apiId: 'id', stage: 's'}
const WINDOW = {log: LOG, start: 0, end: 10_000}

interface Line {
  time: number
  message: string
}

const eventsOf = (lines: readonly Line[]): LogEvent[] =>
  lines
    .map(({time, message}, i) => ({
      timestamp: time,
      ingestionTime: time,
      message,
      logStreamName: 's',
      eventId: String(i).padStart(56, '0'),
    }))
    .sort((a, b) => a.timestamp - b.timestamp)

async function* batch(events: readonly LogEvent[]): AsyncGenerator<EventBatch> {
  yield {log: LOG, events}
}

const watch = () => ({clock: new FakeClock(), maxWait: 1000, signal: new AbortController().signal, notice: () => {}})

const locally = (lines: readonly Line[], by: Dimension, count = 10) => topOf(batch(eventsOf(lines)), by, count)

/** By the query that is sent, on the sandbox's engine. */
async function byQuery(lines: readonly Line[], by: Dimension, count = 10) {
  const {statistics, ...top} = await topByQuery(insightsOver(eventsOf(lines)), by, WINDOW, count, watch())
  return top
}

/** The lines of a request that begins at a time, as file 12 of the log samples has them. */
function rest(
  id: string,
  time: number,
  method: string,
  path: string,
  status: number,
  took: number,
  more: string[] = [],
): Line[] {
  const texts = [
    `Verifying Usage Plan for request: ${id}. API Key:  API Stage: a1b2c3d4e5/prod`,
    `API Key  authorized because method '${method} ${path}' does not require API Key. Request will not contribute to throttle or quota limits`,
    `HTTP Method: ${method}, Resource Path: ${path}`,
    ...more,
  ]
  return [
    ...texts.map(text => ({time, message: `(${id}) ${text}`})),
    {time: time + took, message: `(${id}) Method completed with status: ${status}`},
  ]
}

describe('requests are counted', () => {
  const lines = [
    ...rest('r1', 1_000, 'GET', '/pets', 200, 10),
    ...rest('r2', 2_000, 'GET', '/pets', 502, 30),
    ...rest('r3', 3_000, 'POST', '/pets/{petId}', 404, 20),
    ...rest('r4', 4_000, 'GET', '/pets', 200, 20),
  ]
  // Counted by hand.
  const pets = {
    method: 'GET',
    resource: '/pets',
    requests: 3,
    share: 0.75,
    clientErrors: 0,
    serverErrors: 1,
    p50: 20,
    p90: 30,
    p99: 30,
    max: 30,
  }
  const pet = {
    method: 'POST',
    resource: '/pets/{petId}',
    requests: 1,
    share: 0.25,
    clientErrors: 1,
    serverErrors: 0,
    p50: 20,
    p90: 20,
    p99: 20,
    max: 20,
  }

  test.each([
    ['by the query that is sent', byQuery],
    ['by reading', locally],
  ] as const)('%s: by path', async (_, top) => {
    expect(await top(lines, 'path')).toEqual({rows: [pets, pet], groups: 2, requests: 4, isCut: false})
  })

  test.each([
    ['by the query that is sent', byQuery],
    ['by reading', locally],
  ] as const)('%s: by status', async (_, top) => {
    const {rows} = await top(lines, 'status')
    expect(rows.map(({status, requests}) => [status, requests])).toEqual([
      [200, 2],
      [404, 1],
      [502, 1],
    ])
  })

  test('only so many are shown; shares are of all requests, and that is said', async () => {
    const top = await locally(lines, 'path', 1)
    expect(top.rows).toEqual([pets])
    expect(remarksOn('path', top)).toEqual(['The first 1 of 2; 4 requests in all.'])
  })
})

// File 12 of the log samples, 12.6 and 12.7.
test('keys go by their last six characters; a request without a key is one of its own', async () => {
  const mask = '*'.repeat(34)
  const lines = [
    {time: 0, message: `(k1) Verifying Usage Plan for request: k1. API Key: ${mask}bMZHBg API Stage: a1b2c3d4e5/prod`},
    {time: 9, message: '(k1) Method completed with status: 200'},
    {time: 20, message: '(n1) Verifying Usage Plan for request: n1. API Key:  API Stage: a1b2c3d4e5/prod'},
    {
      time: 20,
      message:
        "(n1) API Key  not authorized because method 'POST /orders' requires API Key and API Key is not associated with a Usage Plan for API Stage a1b2c3d4e5/prod: API Key was required but not present",
    },
    {time: 21, message: '(n1) Method completed with status: 403'},
    {time: 30, message: `(k2) Verifying Usage Plan for request: k2. API Key: ${mask}bMZHBg API Stage: a1b2c3d4e5/prod`},
    {time: 31, message: '(k2) Method completed with status: 429'},
  ]
  for (const top of [await byQuery(lines, 'key'), await locally(lines, 'key')]) {
    expect(top.rows).toMatchObject([
      {keyEnding: 'bMZHBg', requests: 2, clientErrors: 1},
      {requests: 1, clientErrors: 1},
    ])
  }
  const top = await locally(lines, 'key')
  const named = await withKeyNames(top, async () => new Map([['bMZHBg', ['mobile']]]))
  expect(named.rows.map(({key}) => key)).toEqual(['mobile', undefined])
  // Two keys with the same ending: it cannot be told which.
  const both = await withKeyNames(top, async () => new Map([['bMZHBg', ['mobile', 'tablet']]]))
  expect(both.rows[0]?.key).toBeUndefined()
  // The path of a request that was turned away for its key stands in the line that says so.
  expect((await byQuery(lines, 'path')).rows.find(({method}) => method)).toMatchObject({
    method: 'POST',
    resource: '/orders',
  })
})

test('addresses are those of the data trace; without one that is said', async () => {
  const headers =
    'Method request headers: {User-Agent=curl/8.4.0, X-Forwarded-Proto=https, X-Forwarded-For=203.0.113.9, Host=x}'
  const traced = rest('r1', 0, 'GET', '/', 200, 1, [headers])
  for (const top of [await byQuery(traced, 'ip'), await locally(traced, 'ip')]) {
    expect(top.rows).toMatchObject([{sourceIp: '203.0.113.9', requests: 1}])
    expect(remarksOn('ip', top)).toEqual([])
  }
  const untraced = await byQuery(rest('r1', 0, 'GET', '/', 200, 1), 'ip')
  expect(remarksOn('ip', untraced)).toEqual([expect.stringContaining('data trace')])
})

test('latency: the slowest paths come first, with the latency of the integration where the trace has it', async () => {
  const answer = (ms: number) => `Received response. Status: 200, Integration latency: ${ms} ms`
  const lines = [
    ...rest('a1', 0, 'GET', '/fast', 200, 10, [answer(8)]),
    ...rest('a2', 0, 'GET', '/fast', 200, 20, [answer(15)]),
    ...rest('a3', 0, 'GET', '/slow', 200, 900, ['Received response. Integration latency: 850 ms']),
    ...rest('a4', 0, 'GET', '/mock', 200, 5),
  ]
  for (const top of [await byQuery(lines, 'latency'), await locally(lines, 'latency')]) {
    expect(
      top.rows.map(({resource, p90, integrationP50, integrationMax}) => [
        resource,
        p90,
        integrationP50,
        integrationMax,
      ]),
    ).toEqual([
      ['/slow', 900, 850, 850],
      ['/fast', 20, 8, 15],
      ['/mock', 5, undefined, undefined],
    ])
  }
})

// File 12 of the log samples, 12.10.
test('requests of a WebSocket API are counted by route', async () => {
  const of = (id: string, route: string, time: number, last: string): Line[] =>
    [
      `API Key  authorized because route '${route}' does not require API Key. Request will not contribute to throttle or quota limits`,
      `WebSocket Request Route: [${route}]`,
      ...(route === '$connect'
        ? ['Client [UserAgent: curl/8.4.0, SourceIp: 203.0.113.9] is connecting to WebSocket API [z9].']
        : []),
      last,
    ].map((text, i) => ({time: time + i, message: `(${id}) ${text}`}))
  const lines = [
    ...of('Ab1cDEfGIAMEHkA=', '$connect', 0, 'Client [Connection Id: c] connected to API [z9] successfully.'),
    ...of(
      'Ab1cDEfGIAMEHkB=',
      'echo',
      10,
      'Message from client [Connection Id: c] sent to API [z9] with response status code [502].',
    ),
    ...of(
      'Ab1cDEfGIAMEHkC=',
      '$disconnect',
      20,
      'Client [Connection Id: c] disconnected from API [z9] with integration response status code [200]. Close reason: [1000: bye]',
    ),
  ]
  for (const top of [byQuery, locally]) {
    expect((await top(lines, 'path')).rows.map(({method, resource}) => [method, resource])).toEqual([
      [undefined, '$connect'],
      [undefined, '$disconnect'],
      [undefined, 'echo'],
    ])
    expect((await top(lines, 'status')).rows.map(({status}) => status)).toEqual([undefined, 200, 502])
    expect((await top(lines, 'ip')).rows.map(({sourceIp, requests}) => [sourceIp, requests])).toEqual([
      [undefined, 2],
      ['203.0.113.9', 1],
    ])
  }
})

test('what somebody sends in a body is no line of the log', async () => {
  const body =
    'Method request body before transformations: (r1) Method completed with status: 500 HTTP Method: PUT, Resource Path: /x'
  for (const top of [byQuery, locally]) {
    expect((await top(rest('r1', 0, 'GET', '/', 200, 1, [body]), 'path')).rows).toMatchObject([
      {method: 'GET', resource: '/', serverErrors: 0},
    ])
  }
})

test('whatever the log holds, the query and the reading come to the same', async () => {
  const random = generator(42)
  const pick = <Item>(items: readonly Item[]) => items[Math.floor(random() * items.length)] as Item
  for (let round = 0; round < 60; round++) {
    const lines: Line[] = []
    for (let i = 0; i < 40; i++) {
      const request = rest(
        `r${i}`,
        Math.floor(random() * 1_000_000),
        pick(['GET', 'POST', 'DELETE']),
        pick(['/', '/v2', '/v10', '/pets/{petId}', '/{proxy+}']),
        pick([200, 201, 304, 400, 403, 404, 429, 500, 502, 504]),
        Math.floor(random() * 3_000),
        [
          `Verifying Usage Plan for request: r${i}. API Key: ${'*'.repeat(34)}${pick(['aaaaaa', 'bbbbbb', '000001'])} API Stage: a/b`,
          `Method request headers: {Host=x, X-Forwarded-For=${pick(['203.0.113.9', '198.51.100.7, 10.0.0.1', '2001:db8::1'])}, Accept=*}`,
          `Received response. Status: 200, Integration latency: ${Math.floor(random() * 500)} ms`,
        ].filter(() => random() < 0.7),
      )
      // Windows cut requests off, levels leave lines out, and some lines are of no request.
      lines.push(...request.filter(() => random() < 0.9), ...(random() < 0.1 ? [{time: 5, message: 'no request'}] : []))
    }
    for (const by of DIMENSIONS) {
      expect(await byQuery(lines, by, 5), `round ${round}, by ${by}`).toEqual(await locally(lines, by, 5))
    }
  }
})

/** Numbers from 0 up to 1, the same in every run (mulberry32). */
function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
