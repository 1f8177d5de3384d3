import {once} from 'node:events'
import {type IncomingMessage, request} from 'node:http'
import type {Readable} from 'node:stream'
import type {StartLiveTailCommandInput, StartLiveTailResponseStream} from '@aws-sdk/client-cloudwatch-logs'
import {describe, expect, test} from 'vitest'
import {cloudwatchLogs} from '../../../src/sandbox/logs/service.js'
import {type Fault, type SandboxOptions, startSandbox} from '../../../src/sandbox/server.js'
import type {Call} from '../../../src/sandbox/service.js'
import {Store} from '../../../src/sandbox/store.js'
import {clientsOn, sandboxForTest} from '../../support/sandbox.js'

const NOW = Date.UTC(2026, 10, 22, 12)
const HOUR = 3_600_000
const arnOf = (group: string) => `arn:aws:logs:us-east-1:123456789012:log-group:${group}`

/**
 * A sandbox whose clock stands still until the test moves it, with a group `g` and streams `a` and `b`. Updates come
 * every ten milliseconds of real time.
 */
async function liveTailForTest(options: SandboxOptions = {}) {
  const clock = {now: NOW}
  const {sandbox, logs} = await sandboxForTest({millis: () => clock.now, liveTailInterval: 10, ...options})
  await logs.createLogGroup({logGroupName: 'g'})
  for (const logStreamName of ['a', 'b']) await logs.createLogStream({logGroupName: 'g', logStreamName})
  /** Puts lines, and lets a millisecond pass. */
  const put = async (logStreamName: string, ...lines: [timestamp: number, message: string][]) => {
    const logEvents = lines.map(([timestamp, message]) => ({timestamp, message}))
    await logs.putLogEvents({logGroupName: 'g', logStreamName, logEvents})
    clock.now++
  }
  const start = async (input: Partial<StartLiveTailCommandInput> = {}, abortSignal = new AbortController().signal) => {
    const {responseStream} = await logs.startLiveTail({logGroupIdentifiers: [arnOf('g')], ...input}, {abortSignal})
    return new Session(responseStream as AsyncIterable<StartLiveTailResponseStream>)
  }
  return {sandbox, logs, clock, put, start}
}

/** What the SDK's own client makes of a stream. */
class Session {
  readonly #events: AsyncIterator<StartLiveTailResponseStream>

  constructor(stream: AsyncIterable<StartLiveTailResponseStream>) {
    this.#events = stream[Symbol.asyncIterator]()
  }

  async next(): Promise<StartLiveTailResponseStream> {
    const {value} = await this.#events.next()
    return value
  }

  /** The next update that has events. */
  async update() {
    for (;;) {
      const {sessionUpdate} = await this.next()
      if (sessionUpdate?.sessionResults?.length) return sessionUpdate
    }
  }

  async messages() {
    return (await this.update()).sessionResults?.map(({message}) => message)
  }
}

describe('a session', () => {
  test('begins with what was asked for, and goes on with updates that may be empty', async () => {
    const {start} = await liveTailForTest()
    const session = await start({logEventFilterPattern: 'ERROR', logStreamNames: ['a']})
    expect(await session.next()).toEqual({
      sessionStart: {
        requestId: expect.any(String),
        sessionId: expect.any(String),
        logGroupIdentifiers: [arnOf('g')],
        logStreamNames: ['a'],
        logEventFilterPattern: 'ERROR',
      },
    })
    expect(await session.next()).toEqual({sessionUpdate: {sessionMetadata: {sampled: false}, sessionResults: []}})
  })

  test('sends an update every second', async () => {
    const {start} = await liveTailForTest({liveTailInterval: undefined as never})
    const session = await start()
    const started = Date.now()
    for (let i = 0; i < 3; i++) await session.next()
    expect(Date.now() - started).toBeGreaterThan(1_900)
  })

  test('shows each event that comes in once, in the order in which it came in, without an event id', async () => {
    const {put, start} = await liveTailForTest()
    await put('a', [NOW - 100, 'before the session'])
    const session = await start()
    await put('b', [NOW - 1, 'younger'])
    expect((await session.update()).sessionResults).toEqual([
      {
        logGroupIdentifier: arnOf('g'),
        logStreamName: 'b',
        message: 'younger',
        timestamp: NOW - 1,
        ingestionTime: NOW + 1,
      },
    ])
    await put('a', [NOW - 50, 'late'], [NOW, 'in the same batch'])
    expect(await session.messages()).toEqual(['late', 'in the same batch'])
  })

  test('shows of the events what the pattern and the streams let through', async () => {
    const {put, start} = await liveTailForTest()
    const byPattern = await start({logEventFilterPattern: '%5\\d\\d%'})
    const byName = await start({logStreamNames: ['b']})
    const byPrefix = await start({logStreamNamePrefixes: ['x', 'a']})
    await put('a', [NOW, 'status 200'])
    await put('b', [NOW, 'status 503'])
    expect(await byPattern.messages()).toEqual(['status 503'])
    expect(await byName.messages()).toEqual(['status 503'])
    expect(await byPrefix.messages()).toEqual(['status 200'])
  })

  test('shows an event no earlier than FilterLogEvents does', async () => {
    const {clock, logs, put, start} = await liveTailForTest({logDelay: 20_000})
    await put('a', [NOW, 'pending'])
    const session = await start()
    clock.now = NOW + 20_000
    for (let i = 0; i < 3; i++) expect((await session.next()).sessionUpdate?.sessionResults ?? []).toEqual([])
    expect((await logs.filterLogEvents({logGroupName: 'g'})).events).toHaveLength(1)
    clock.now++
    expect(await session.messages()).toEqual(['pending'])
  })

  test('samples an update down to 500 events and says so', async () => {
    const {put, start} = await liveTailForTest()
    const session = await start()
    await put('a', ...Array.from({length: 500}, (_, i): [number, string] => [NOW, `${i}`]))
    expect(await session.update()).toMatchObject({sessionMetadata: {sampled: false}, sessionResults: {length: 500}})
    await put('a', ...Array.from({length: 501}, (_, i): [number, string] => [NOW, `${i}`]))
    const {sessionMetadata, sessionResults = []} = await session.update()
    expect(sessionMetadata).toEqual({sampled: true})
    expect(new Set(sessionResults.map(({message}) => message)).size).toBe(500)
  })

  test('goes on with a group that is deleted and made again', async () => {
    const {logs, put, start} = await liveTailForTest()
    const session = await start()
    await logs.deleteLogGroup({logGroupName: 'g'})
    await session.next()
    await logs.createLogGroup({logGroupName: 'g'})
    await logs.createLogStream({logGroupName: 'g', logStreamName: 'a'})
    await put('a', [NOW, 'again'])
    expect(await session.messages()).toEqual(['again'])
  })
})

describe('a session ends', () => {
  test('after three hours, with SessionTimeoutException', async () => {
    const {clock, start} = await liveTailForTest()
    const session = await start()
    clock.now += 3 * HOUR - 1
    await session.next()
    expect(await session.next()).toHaveProperty('sessionUpdate')
    clock.now++
    await expect(async () => {
      for (;;) await session.next()
    }).rejects.toMatchObject({name: 'SessionTimeoutException'})
  })

  test('with SessionStreamingException where a fault says so', async () => {
    const fault: Fault = {kind: 'error', status: 500, code: 'SessionStreamingException', message: 'Unknown error'}
    const {start} = await liveTailForTest({
      fault: ({operation, count}) => (operation === 'StartLiveTail/sessionUpdate' && count === 2 ? fault : undefined),
    })
    const session = await start()
    expect(await session.next()).toHaveProperty('sessionStart')
    expect(await session.next()).toHaveProperty('sessionUpdate')
    await expect(session.next()).rejects.toMatchObject({name: 'SessionStreamingException', message: 'Unknown error'})
  })

  test('in the middle where a fault cuts the connection', async () => {
    const {start} = await liveTailForTest({
      fault: ({operation}) => (operation === 'StartLiveTail/sessionUpdate' ? {kind: 'reset'} : undefined),
    })
    const session = await start()
    await session.next()
    await expect(session.next()).rejects.toThrow('aborted')
  })

  test('when the sandbox stops', async () => {
    const sandbox = await startSandbox({liveTailInterval: 10})
    const {logs} = clientsOn(sandbox)
    await logs.createLogGroup({logGroupName: 'g'})
    const {responseStream} = await logs.startLiveTail({logGroupIdentifiers: [arnOf('g')]})
    const session = new Session(responseStream as AsyncIterable<StartLiveTailResponseStream>)
    await session.next()
    await sandbox.stop()
    await expect(async () => {
      for (;;) await session.next()
    }).rejects.toThrow('aborted')
  })
})

test('the fifteen sessions that there may be are counted until their clients go', async () => {
  const {start} = await liveTailForTest()
  const client = new AbortController()
  await start({}, client.signal)
  await Promise.all(Array.from({length: 14}, () => start()))
  await expect(start()).rejects.toMatchObject({name: 'LimitExceededException', message: 'Resource limit exceeded.'})
  client.abort()
  await expect.poll(() => start()).toBeInstanceOf(Session)
})

test('for a client that does not read, the last ten updates are kept', async () => {
  const store = await Store.open()
  let now = NOW
  const call = {
    store,
    state: store.region('us-east-1'),
    region: 'us-east-1',
    accountId: '123456789012',
    requestId: 'r',
    // Every look at the clock is a millisecond later.
    millis: () => now++,
  } as unknown as Call
  const ask = (operation: string, input: object) => handlers[operation]?.(input, call)
  let ticks = 0
  const enough = new Promise<void>(resolve => {
    setTimeout(function check() {
      if (ticks < 30) setTimeout(check, 1)
      else resolve()
    }, 1)
  })
  const {handlers} = cloudwatchLogs({
    liveTailInterval: 1,
    fault: () => {
      const logEvents = [{timestamp: NOW, message: `${++ticks}`}]
      ask('PutLogEvents', {logGroupName: 'g', logStreamName: 'a', logEvents})
      return undefined
    },
  })
  ask('CreateLogGroup', {logGroupName: 'g'})
  ask('CreateLogStream', {logGroupName: 'g', logStreamName: 'a'})
  const {responseStream} = ask('StartLiveTail', {logGroupIdentifiers: [arnOf('g')]}) as {responseStream: Readable}
  await enough
  const last = ticks
  const events: string[] = []
  for await (const {sessionUpdate} of responseStream as AsyncIterable<StartLiveTailResponseStream>) {
    events.push(...(sessionUpdate?.sessionResults ?? []).map(({message = ''}) => message))
    if (events.length === 10) break
  }
  expect(events).toEqual(Array.from({length: 10}, (_, i) => `${last - 9 + i}`))
})

describe('refused is', () => {
  test.each([
    ['a group that is not there', {logGroupIdentifiers: [arnOf('none')]}, 'ResourceNotFoundException'],
    ['no group', {logGroupIdentifiers: []}, 'InvalidParameterException'],
    ['more than ten groups', {logGroupIdentifiers: Array(11).fill(arnOf('g'))}, 'InvalidParameterException'],
    ['an ARN that ends in a star', {logGroupIdentifiers: [`${arnOf('g')}:*`]}, 'InvalidParameterException'],
    ['a name that is no ARN', {logGroupIdentifiers: ['g']}, 'InvalidParameterException'],
    [
      'streams of two groups',
      {logGroupIdentifiers: [arnOf('g'), arnOf('h')], logStreamNames: ['a']},
      'InvalidParameterException',
    ],
    ['names and prefixes together', {logStreamNames: ['a'], logStreamNamePrefixes: ['a']}, 'InvalidParameterException'],
    ['a pattern that is none', {logEventFilterPattern: '{ $.status = '}, 'InvalidParameterException'],
    ['a group that is not of the standard class', {logGroupIdentifiers: [arnOf('rare')]}, 'InvalidOperationException'],
  ])('%s', async (_, input, name) => {
    const {logs, start} = await liveTailForTest()
    await logs.createLogGroup({logGroupName: 'h'})
    await logs.createLogGroup({logGroupName: 'rare', logGroupClass: 'INFREQUENT_ACCESS'})
    await expect(start(input)).rejects.toMatchObject({name})
  })
})

test('the messages are framed as the SDKs of all languages read them', async () => {
  const {sandbox} = await liveTailForTest()
  const call = request(sandbox.url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'Logs_20140328.StartLiveTail',
      authorization: 'AWS4-HMAC-SHA256 Credential=AK/20260101/us-east-1/logs/aws4_request',
    },
  })
  call.end(JSON.stringify({logGroupIdentifiers: [arnOf('g')]}))
  const [response] = (await once(call, 'response')) as [IncomingMessage]
  expect(response.headers).toMatchObject({
    'content-type': 'application/vnd.amazon.eventstream',
    'transfer-encoding': 'chunked',
    'x-amzn-requestid': expect.any(String),
  })
  const [first] = (await once(response, 'data')) as [Buffer]
  // Total length, length of the headers, their checksum; a header is its name's length, the name, 7 for a string, the
  // value's length, the value. Source: "Amazon Event Stream specification".
  const length = first.readUInt32BE(0)
  const headers = first.subarray(12, 12 + first.readUInt32BE(4)).toString('latin1')
  expect(headers).toContain('\x0d:message-type\x07\x00\x05event')
  expect(headers).toContain('\x0b:event-type\x07\x00\x10initial-response')
  expect(first.subarray(12 + first.readUInt32BE(4), length - 4).toString()).toBe('{}')
  call.destroy()
})
