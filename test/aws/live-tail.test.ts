import {describe, expect, onTestFinished, test} from 'vitest'
import {openLiveTail, readAhead} from '../../src/aws/live-tail.js'
import type {LiveQuery, LiveSession, LiveUpdate} from '../../src/domain/logs/live.js'
import {Problem} from '../../src/domain/problem.js'
import type {Session} from '../../src/domain/session.js'
import type {Fault, SandboxOptions} from '../../src/sandbox/server.js'
import {sandboxForTest} from '../support/sandbox.js'
import {sessionOn} from '../support/session.js'

/** A sandbox with some groups, and what opens sessions on them; they are closed when the test ends. */
async function liveTailForTest(options: SandboxOptions = {}, changes: Partial<Session> = {}) {
  const {sandbox, logs} = await sandboxForTest({liveTailInterval: 10, ...options})
  for (const logGroupName of ['g', 'h']) {
    await logs.createLogGroup({logGroupName})
    await logs.createLogStream({logGroupName, logStreamName: 's'})
  }
  const put = (logGroupName: string, ...messages: string[]) => {
    const logEvents = messages.map(message => ({timestamp: Date.now(), message}))
    return logs.putLogEvents({logGroupName, logStreamName: 's', logEvents})
  }
  const liveTail = openLiveTail(sessionOn(sandbox, changes).session)
  const open = async (query: Partial<LiveQuery> = {}) => {
    const session = await liveTail.open({groups: ['g'], ...query})
    onTestFinished(() => session.close())
    return session
  }
  return {sandbox, logs, put, open}
}

/** The first update with events. */
async function eventsOf({updates}: LiveSession) {
  for await (const {events} of updates) if (events.length > 0) return events
  return []
}

async function drain({updates}: LiveSession): Promise<void> {
  for await (const _ of updates);
}

const failing = (operation: string, fault: Fault): SandboxOptions => ({
  fault: call => (call.operation === operation ? fault : undefined),
})
const error = (code: string, status = 400): Fault => ({kind: 'error', status, code, message: `${code} it is`})

describe('a session', () => {
  test('brings what comes in, with the group that it is of', async () => {
    const {put, open} = await liveTailForTest()
    const session = await open({groups: ['g', 'h']})
    expect(session.groups).toEqual(['g', 'h'])
    await put('h', 'one')
    const {timestamp, ingestionTime} = {timestamp: expect.any(Number), ingestionTime: expect.any(Number)}
    expect(await eventsOf(session)).toEqual([
      {group: 'h', event: {logStreamName: 's', message: 'one', timestamp, ingestionTime}},
    ])
  })

  test('brings an update also when nothing comes in', async () => {
    const {open} = await liveTailForTest()
    for await (const update of (await open()).updates) {
      expect(update).toEqual({events: [], isSampled: false, isLate: false})
      break
    }
  })

  test('brings only what matches the pattern', async () => {
    const {put, open} = await liveTailForTest()
    const session = await open({pattern: '%5\\d\\d%'})
    await put('g', 'status: 200', 'status: 503')
    expect(await eventsOf(session)).toMatchObject([{event: {message: 'status: 503'}}])
  })

  test('tells when it was sampled', async () => {
    const {put, open} = await liveTailForTest()
    const session = await open()
    await put('g', ...Array.from({length: 501}, (_, i) => `${i}`))
    const updates: LiveUpdate[] = []
    for await (const update of session.updates) {
      updates.push(update)
      if (update.events.length > 0) break
    }
    expect(updates.at(-1)).toMatchObject({isSampled: true, events: {length: 500}})
  })

  test('is about the groups that are there, ten at most', async () => {
    const {logs, open} = await liveTailForTest()
    expect((await open({groups: ['none', 'g', 'g-and-more']})).groups).toEqual(['g'])
    const groups = Array.from({length: 11}, (_, i) => `many-${i}`)
    for (const logGroupName of groups) await logs.createLogGroup({logGroupName})
    expect((await open({groups})).groups).toEqual(groups.slice(0, 10))
  })

  test('that is closed is one less of those that there may be, and brings nothing more', async () => {
    const {open} = await liveTailForTest()
    const sessions: LiveSession[] = []
    while (sessions.length < 15) sessions.push(await open())
    await expect(open()).rejects.toMatchObject({code: 'LimitExceededException'})
    sessions[0]?.close()
    await expect.poll(() => open()).toHaveProperty('groups')
    await expect(drain(sessions[0] as LiveSession)).rejects.toMatchObject({kind: 'interrupted'})
  })

  test('ends with the run', async () => {
    const controller = new AbortController()
    const {open} = await liveTailForTest({}, {signal: controller.signal})
    const session = await open()
    setImmediate(() => controller.abort())
    await expect(drain(session)).rejects.toMatchObject({kind: 'interrupted'})
  })

  test('that the service ends says why', async () => {
    const UPDATE = 'StartLiveTail/sessionUpdate'
    const ended = async (options: SandboxOptions) => {
      const {open} = await liveTailForTest(options)
      return drain(await open()).catch(problem => problem)
    }
    expect(await ended({liveTailSession: 20})).toMatchObject({kind: 'failed', code: 'SessionTimeoutException'})
    const failed = await ended(failing(UPDATE, error('SessionStreamingException')))
    expect(failed).toMatchObject({kind: 'failed', message: 'SessionStreamingException it is'})
    const cut = await ended(failing(UPDATE, {kind: 'reset'}))
    expect(cut).toBeInstanceOf(Problem)
    expect(cut).toMatchObject({kind: 'unreachable', message: 'The connection was lost during StartLiveTail.'})
  })
})

describe('there is no session', () => {
  test.each([
    ['without the permission', error('AccessDeniedException'), 'denied', 'logs:StartLiveTail'],
    ['when there are too many', error('LimitExceededException'), 'failed', 'quota'],
    ['when too many are opened', error('ThrottlingException'), 'gave-up', undefined],
  ])('%s', async (_, fault, kind, hint) => {
    const {open} = await liveTailForTest(failing('StartLiveTail', fault))
    await expect(open()).rejects.toMatchObject({kind, ...(hint && {hint: expect.stringContaining(hint)})})
  })

  test('for groups that are not there', async () => {
    const {open} = await liveTailForTest()
    await expect(open({groups: ['none']})).rejects.toMatchObject({kind: 'missing'})
  })

  test('for a group that was deleted, until it is there again', async () => {
    const {logs, open} = await liveTailForTest()
    await open()
    await logs.deleteLogGroup({logGroupName: 'g'})
    await expect(open()).rejects.toMatchObject({kind: 'missing'})
    expect((await open({groups: ['g', 'h']})).groups).toEqual(['h'])
    await logs.createLogGroup({logGroupName: 'g'})
    expect((await open()).groups).toEqual(['g'])
  })

  test('for a group that is not of the standard class', async () => {
    const {logs, open} = await liveTailForTest()
    await logs.createLogGroup({logGroupName: 'rare', logGroupClass: 'INFREQUENT_ACCESS'})
    await expect(open({groups: ['rare']})).rejects.toMatchObject({kind: 'failed', code: 'InvalidOperationException'})
  })

  test('where there is no endpoint', async () => {
    const {open} = await liveTailForTest({}, {endpointUrl: 'http://127.0.0.1:1'})
    await expect(open()).rejects.toMatchObject({kind: 'unreachable'})
  })
})

describe('what nobody takes', () => {
  const update = (name: number, events = 1): LiveUpdate => ({
    events: Array.from({length: events}, () => ({
      group: 'g',
      event: {logStreamName: 's', message: `${name}`, timestamp: 0, ingestionTime: 0},
    })),
    isSampled: false,
    isLate: false,
  })

  /** What is left of updates when all have come before one is taken: their messages, a star for those that are late. */
  async function left(updates: readonly LiveUpdate[]): Promise<string[]> {
    let done = () => {}
    const over = new Promise<void>(resolve => {
      done = resolve
    })
    const source = async function* () {
      yield* updates
      done()
      throw new Error('over')
    }
    const ahead = readAhead(source())
    await over
    const messages: string[] = []
    try {
      for await (const {events, isLate} of ahead) messages.push(`${events[0]?.event.message}${isLate ? '*' : ''}`)
    } catch {}
    return messages
  }

  test('is kept for ten updates; what was given up before them is said', async () => {
    expect(await left([1, 2, 3].map(name => update(name)))).toEqual(['1', '2', '3'])
    const many = Array.from({length: 30}, (_, i) => update(i + 1))
    expect(await left(many)).toEqual(['21*', ...Array.from({length: 9}, (_, i) => `${i + 22}`)])
  })

  test('is kept for 5,000 events', async () => {
    expect(await left([1, 2, 3].map(name => update(name, 2_000)))).toEqual(['2*', '3'])
    expect(await left([update(1), update(2, 6_000)])).toEqual(['2*'])
  })
})
