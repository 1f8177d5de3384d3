import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import type {LogEvent} from '../../../src/domain/logs/events.js'
import type {LiveQuery, LiveSession, LiveTailSource, LiveUpdate} from '../../../src/domain/logs/live.js'
import type {Log} from '../../../src/domain/logs/log.js'
import type {LogPage, LogQuery, LogSource} from '../../../src/domain/logs/source.js'
import {noStatistics} from '../../../src/domain/logs/statistics.js'
import {type TailOptions, tail} from '../../../src/domain/logs/tail.js'
import {Problem} from '../../../src/domain/problem.js'
import {FakeClock} from '../../support/session.js'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/** An event; `at` and `visible` in seconds from the start. API Gateway's own take 20 s to be seen. */
interface Planned {
  at: number
  visible?: number
  message: string
  stream?: string
  group?: string
}

interface Stored extends LogEvent {
  group: string
}

/** What a session does besides sending what came in. */
interface Whims {
  /** What becomes of an update, by its number from 1 over all sessions. */
  update?: (count: number) => 'sampled' | 'dropped' | 'late' | 'silent' | Problem | undefined
  /** What becomes of an attempt to open a session, by its number from 1. */
  open?: (count: number) => Problem | undefined
  /** Milliseconds before its beginning that a session begins with. */
  replay?: number
  /** A FilterLogEvents call that fails, by its number from 1. */
  page?: (count: number) => Problem | undefined
  /** Milliseconds that FilterLogEvents lags behind Live Tail. */
  lag?: number
  /** Seconds that it takes to open a session; it begins at the end of them. */
  opening?: number
  /** Names of the groups that are there so many seconds after the start; `g` where not given. */
  groups?: (seconds: number) => readonly string[]
}

/** A log that comes in while time goes by, both ways. */
class Service implements LogSource, LiveTailSource {
  readonly sessions: {query: LiveQuery; groups: readonly string[]; begun: number; closed?: number}[] = []
  pages = 0
  opens = 0
  updates = 0
  readonly events: Stored[]
  readonly #start: number

  constructor(
    private readonly clock: FakeClock,
    planned: readonly Planned[],
    private readonly whims: Whims = {},
  ) {
    const start = clock.now()
    this.#start = start
    this.events = planned.map(({at, visible = at + 20, message, stream = 's', group = 'g'}, i) => {
      const timestamp = start + at * SECOND
      const ingestionTime = start + visible * SECOND
      const eventId = ((BigInt(timestamp) << 144n) | (BigInt(ingestionTime) << 80n) | BigInt(i)).toString()
      return {timestamp, ingestionTime, logStreamName: stream, eventId, message, group}
    })
  }

  async page({group, startTime = 0, endTime = Number.POSITIVE_INFINITY}: LogQuery): Promise<LogPage> {
    this.pages++
    const problem = this.whims.page?.(this.pages)
    if (problem) throw problem
    const now = this.clock.now() - (this.whims.lag ?? 0)
    const events = this.events
      .filter(event => event.group === group && event.ingestionTime <= now)
      .filter(({timestamp}) => timestamp >= startTime && timestamp <= endTime)
    return {events: events.map(({group, ...event}) => event)}
  }

  async open(query: LiveQuery): Promise<LiveSession> {
    this.opens++
    const problem = this.whims.open?.(this.opens)
    if (problem) throw problem
    await this.clock.sleep((this.whims.opening ?? 0) * SECOND)
    const there = this.whims.groups?.((this.clock.now() - this.#start) / SECOND) ?? ['g']
    const groups = query.groups.filter(group => there.includes(group)).slice(0, 10)
    if (groups.length === 0) throw missing()
    const session: Service['sessions'][number] = {query, groups, begun: this.clock.now()}
    this.sessions.push(session)
    return {
      groups,
      updates: this.#updates(groups, session.begun),
      close: () => {
        session.closed ??= this.clock.now()
      },
    }
  }

  async *#updates(groups: readonly string[], begun: number): AsyncGenerator<LiveUpdate> {
    let from = begun - (this.whims.replay ?? 0)
    for (;;) {
      await this.clock.sleep(SECOND)
      if (this.clock.now() - begun >= 3 * HOUR) throw timedOut()
      const to = this.clock.now()
      this.updates++
      const whim = this.whims.update?.(this.updates)
      if (whim instanceof Problem) throw whim
      const all = this.events
        .filter(({group}) => groups.includes(group))
        .filter(({ingestionTime}) => ingestionTime > from && ingestionTime <= to)
        .sort((a, b) => a.ingestionTime - b.ingestionTime)
        .map(({group, eventId, ...event}) => ({group, event}))
      from = to
      // What the service drops without a word is that of the whole second.
      if (whim === 'silent') continue
      const events = whim === 'dropped' ? [] : whim === 'sampled' ? all.filter((_, i) => i % 2 === 0) : all
      yield {events, isSampled: whim === 'sampled', isLate: whim === 'dropped' || whim === 'late'}
    }
  }
}

const timedOut = () => new Problem('failed', 'Session has timed out.', undefined, {code: 'SessionTimeoutException'})
const lost = () => new Problem('unreachable', 'The connection was lost during StartLiveTail.')
const throttled = () => new Problem('gave-up', 'Rate exceeded', undefined, {code: 'ThrottlingException'})
const missing = () => new Problem('missing', 'The specified log group does not exist.')

const logOf = (group: string): Log => ({
  group,
  kind: 'execution',
  protocol: 'REST',
  api: 'petstore',
  apiId: 'a1b2c3d4e5',
  stage: 'prod',
})

interface RunOptions extends Partial<TailOptions> {
  /** Seconds of events that are wanted. */
  seconds: number
  groups?: readonly string[]
  /** Seconds that the reader takes for a batch, by its number. */
  reader?: (count: number) => number
}

/** Tails until all events of some seconds must have been shown. */
async function run(clock: FakeClock, service: Service, {seconds, groups = ['g'], reader, ...rest}: RunOptions) {
  const messages: string[] = []
  const notices: string[] = []
  const shownAt: Record<string, number> = {}
  const start = clock.now()
  const statistics = noStatistics()
  const watch = {
    clock,
    signal: new AbortController().signal,
    maxWait: 5 * MINUTE,
    notice: (text: string) => {
      if (!text.startsWith('No line yet')) notices.push(text)
    },
    explain: async () => ({reason: 'no request was logged yet.'}),
    random: () => 1,
    statistics,
  }
  const window = {since: start - 10 * MINUTE, until: start + seconds * SECOND}
  const options = {logs: groups.map(logOf), ...window, follow: true, wait: true, ...rest}
  let batches = 0
  let beats = 0
  for await (const {events} of tail(service, {...options, liveTail: service}, watch)) {
    if (events.length === 0) beats++
    for (const {message} of events) {
      messages.push(message)
      shownAt[message] = (clock.now() - start) / SECOND
    }
    const pause = reader?.(++batches) ?? 0
    if (pause > 0) await clock.sleep(pause * SECOND)
  }
  return {messages, notices, shownAt, statistics, beats}
}

describe('a live tail', () => {
  test('shows an event with the update that brings it, and polls the log only now and then', async () => {
    const clock = new FakeClock()
    const service = new Service(clock, [{at: 100, visible: 120, message: 'one'}])
    const {messages, shownAt} = await run(clock, service, {seconds: 600})
    expect(messages).toEqual(['one'])
    expect(shownAt.one).toBeLessThanOrEqual(121)
    expect(service.pages).toBeLessThan(40)
  })

  test('begins with what is there', async () => {
    const clock = new FakeClock()
    const events = [
      {at: -300, message: 'old'},
      {at: -21, message: 'young'},
      {at: -5, message: 'pending'},
    ]
    const {messages} = await run(clock, new Service(clock, events), {seconds: 60})
    expect(messages).toEqual(['old', 'young', 'pending'])
  })

  test('passes the pattern on, and the names of the groups', async () => {
    const clock = new FakeClock()
    const service = new Service(clock, [], {groups: () => ['g', 'h']})
    await run(clock, service, {seconds: 5, pattern: '%5\\d\\d%', groups: ['g', 'h']})
    expect(service.sessions.map(({query}) => query)).toEqual([{groups: ['g', 'h'], pattern: '%5\\d\\d%'}])
  })

  test('says what it costs, once, however many sessions it takes', async () => {
    const clock = new FakeClock()
    const service = new Service(clock, [], {update: count => (count % 100 === 0 ? lost() : undefined)})
    const {notices} = await run(clock, service, {seconds: 600})
    expect(service.sessions.length).toBeGreaterThan(3)
    expect(notices.filter(text => /0\.01 USD a minute after 1,800 free minutes/.test(text))).toHaveLength(1)
  })

  test('lets whoever waits hear that time goes by, every second', async () => {
    const clock = new FakeClock()
    const {beats} = await run(clock, new Service(clock, []), {seconds: 60})
    expect(beats).toBeGreaterThan(90)
  })

  test('shows a late event, however late, and counts it', async () => {
    const clock = new FakeClock()
    const events = [
      {at: 100, message: 'on time'},
      {at: 10, visible: 300, message: 'late'},
    ]
    const {messages, statistics} = await run(clock, new Service(clock, events), {seconds: 600})
    expect(messages).toEqual(['on time', 'late'])
    expect(statistics).toMatchObject({events: 2, late: 1})
  })

  test('shows of the last ten minutes what it was asked for, and nothing older that a session brings', async () => {
    const clock = new FakeClock()
    const events = [
      {at: -1_000, visible: 30, message: 'ancient'},
      {at: -10, message: 'recent'},
    ]
    const {messages} = await run(clock, new Service(clock, events), {seconds: 60})
    expect(messages).toEqual(['recent'])
  })

  test('shows nothing of what comes after the end', async () => {
    const clock = new FakeClock()
    const events = [
      {at: 60, message: 'in'},
      {at: 61, message: 'out'},
    ]
    expect((await run(clock, new Service(clock, events), {seconds: 60})).messages).toEqual(['in'])
  })

  test('shows an event once though a session begins with what came in before it, and the one before had it', async () => {
    const clock = new FakeClock()
    const events = Array.from({length: 100}, (_, i) => ({at: i - 10, message: `${i}`}))
    const service = new Service(clock, events, {
      replay: 5 * SECOND,
      update: count => (count % 10 === 0 ? lost() : undefined),
      // Polls are too far behind to tell what has been shown.
      lag: 30 * SECOND,
    })
    const {messages} = await run(clock, service, {seconds: 100})
    expect(service.sessions.length).toBeGreaterThan(3)
    expect([...messages].sort()).toEqual(events.map(({message}) => message).sort())
  })

  test('closes its session at the end', async () => {
    const clock = new FakeClock()
    const service = new Service(clock, [])
    await run(clock, service, {seconds: 10})
    expect(service.sessions).toEqual([expect.objectContaining({closed: expect.any(Number)})])
  })
})

describe('what the session leaves out is read from the log', () => {
  test('when it is sampled: at once, and it is said for how long it was', async () => {
    const clock = new FakeClock()
    const events = Array.from({length: 10}, (_, i) => ({at: 30, message: `${i}`}))
    const service = new Service(clock, events, {update: count => (count >= 50 && count < 53 ? 'sampled' : undefined)})
    const {messages, notices, shownAt} = await run(clock, service, {seconds: 60})
    expect([...messages].sort()).toEqual(events.map(({message}) => message))
    expect(Math.max(...Object.values(shownAt))).toBeLessThan(55)
    expect(notices.filter(text => text.includes('sampled'))).toEqual([
      'Live Tail sampled for 3 s: more than 500 events a second matched. What it left out is read from the log.',
    ])
  })

  test('when updates were given up because the reader was slow, at once and without a word', async () => {
    const clock = new FakeClock()
    const service = new Service(clock, [{at: 30, message: 'one'}], {
      update: count => (count >= 50 && count < 53 ? 'dropped' : undefined),
    })
    const {shownAt, notices} = await run(clock, service, {seconds: 60})
    expect(shownAt.one).toBeLessThan(56)
    expect(notices).toEqual([expect.stringContaining('costs')])
  })

  test('when it came in while the session was opened, at once', async () => {
    const clock = new FakeClock()
    const service = new Service(clock, [{at: -15, message: 'one'}], {opening: 10})
    const {shownAt} = await run(clock, service, {seconds: 60})
    expect(shownAt.one).toBeLessThan(15)
  })

  test('when it came in at the very end', async () => {
    const clock = new FakeClock()
    const service = new Service(clock, [{at: 60, visible: 119, message: 'one'}], {
      update: count => (count > 80 ? 'silent' : undefined),
    })
    expect((await run(clock, service, {seconds: 60})).messages).toEqual(['one'])
  })

  test('when the service dropped it without a word, within half a minute', async () => {
    const clock = new FakeClock()
    const service = new Service(clock, [{at: 30, message: 'one'}], {
      update: count => (count >= 45 && count < 55 ? 'silent' : undefined),
    })
    const {shownAt} = await run(clock, service, {seconds: 300})
    expect(shownAt.one).toBeLessThan(90)
  })
})

describe('a session that ends', () => {
  test('is replaced before the three hours are over, with no second without one', async () => {
    const clock = new FakeClock()
    const service = new Service(clock, [])
    const {notices} = await run(clock, service, {seconds: 9 * 3_600})
    expect(service.sessions.length).toBe(4)
    for (const [i, {begun}] of service.sessions.slice(1).entries()) {
      const before = service.sessions[i]!
      expect(begun).toBeLessThanOrEqual(before.closed!)
      expect(before.closed! - before.begun).toBeLessThan(3 * HOUR)
    }
    expect(notices).toEqual([expect.stringContaining('costs')])
  })

  test('goes on when no other is to be had, until the service ends it', async () => {
    const clock = new FakeClock()
    const service = new Service(clock, [{at: 3 * 3_600 + 10, message: 'one'}], {
      open: count => (count > 1 && count < 30 ? throttled() : undefined),
    })
    const {messages} = await run(clock, service, {seconds: 4 * 3_600})
    expect(service.sessions[0]!.closed! - service.sessions[0]!.begun).toBeGreaterThanOrEqual(3 * HOUR)
    expect(messages).toEqual(['one'])
  })

  test('is opened anew when it was lost, and that is said once', async () => {
    const clock = new FakeClock()
    const service = new Service(
      clock,
      Array.from({length: 300}, (_, i) => ({at: i, message: `${i}`})),
      {update: count => (count % 100 === 0 ? lost() : undefined)},
    )
    const {messages, notices} = await run(clock, service, {seconds: 300})
    expect(messages).toHaveLength(300)
    expect(new Set(messages).size).toBe(300)
    expect(notices.filter(text => text.includes('broke off'))).toHaveLength(1)
  })

  test('again and again is opened less and less often, and the log is polled meanwhile', async () => {
    const clock = new FakeClock()
    const service = new Service(clock, [{at: 400, message: 'one'}], {update: () => lost()})
    const {shownAt} = await run(clock, service, {seconds: 600})
    expect(service.sessions.length).toBeLessThan(40)
    expect(shownAt.one).toBeLessThan(430)
  })
})

describe('without a session', () => {
  test.each([
    ['denied', new Problem('denied', 'User is not authorized to perform: logs:StartLiveTail')],
    ['failed', new Problem('failed', 'Resource limit exceeded.', undefined, {code: 'LimitExceededException'})],
    ['unreachable', new Problem('unreachable', 'Cannot reach the endpoint: getaddrinfo ENOTFOUND stream-logs.x')],
  ])('the log is polled, and it is said why: %s', async (_, problem) => {
    const clock = new FakeClock()
    const service = new Service(clock, [{at: 30, message: 'one'}], {open: () => problem})
    const {shownAt, notices} = await run(clock, service, {seconds: 60})
    expect(shownAt.one).toBeLessThan(57)
    expect(notices).toEqual([`No Live Tail, so the log is polled: ${problem.message}`])
    expect(service.opens).toBe(1)
  })

  test('a group that is not there yet is polled until it is, and then it is live', async () => {
    const clock = new FakeClock()
    const service = new Service(clock, [{at: 300, message: 'one'}], {
      open: count => (count < 4 ? missing() : undefined),
    })
    const {messages} = await run(clock, service, {seconds: 360})
    expect(messages).toEqual(['one'])
    expect(service.sessions).toHaveLength(1)
  })

  test('an interruption is one', async () => {
    const clock = new FakeClock()
    const service = new Service(clock, [], {open: () => new Problem('interrupted', 'Interrupted.')})
    await expect(run(clock, service, {seconds: 60})).rejects.toMatchObject({kind: 'interrupted'})
  })
})

describe('several groups', () => {
  const groups = Array.from({length: 12}, (_, i) => `g${i}`)

  test('more than ten: those that the session does not take are polled, and that is said', async () => {
    const clock = new FakeClock()
    const events = groups.map(group => ({group, at: 100, message: group}))
    const service = new Service(clock, events, {groups: () => groups})
    const {messages, notices, shownAt} = await run(clock, service, {seconds: 200, groups})
    expect([...messages].sort()).toEqual([...groups].sort())
    expect(shownAt.g11).toBeLessThan(140)
    expect(notices).toContain('Live Tail takes ten log groups; the others are polled.')
    expect(service.sessions).toHaveLength(1)
  })

  test('one that comes only later is polled, and its first event puts it into a session', async () => {
    const clock = new FakeClock()
    const events = [100, 150].map(at => ({group: 'h', at, message: `${at}`}))
    const service = new Service(clock, events, {groups: seconds => (seconds < 110 ? ['g'] : ['g', 'h'])})
    const {messages, shownAt} = await run(clock, service, {seconds: 200, groups: ['g', 'h']})
    expect(messages).toEqual(['100', '150'])
    expect(service.sessions.map(({groups}) => groups)).toEqual([['g'], ['g', 'h']])
    expect(shownAt['150']).toBeLessThanOrEqual(171)
  })
})

test('nothing is lost and nothing comes twice, whatever the service and the reader are up to', async () => {
  const planned = fc.record({
    at: fc.integer({min: -30, max: 300}),
    delay: fc.integer({min: 0, max: 50}),
    stream: fc.constantFrom('a', 'b'),
    group: fc.constantFrom('g', 'h'),
    // Many are alike, in the same millisecond.
    text: fc.constantFrom('x', 'y'),
  })
  const whim = fc.oneof(
    {weight: 12, arbitrary: fc.constant(undefined)},
    fc.constantFrom('sampled', 'dropped', 'late', 'silent', 'lost', 'timed out'),
  )
  await fc.assert(
    fc.asyncProperty(
      fc.array(planned, {maxLength: 60}),
      fc.array(whim, {minLength: 1, maxLength: 50}),
      fc.array(fc.boolean(), {minLength: 1, maxLength: 5}),
      fc.array(fc.boolean(), {minLength: 1, maxLength: 10}),
      fc.constantFrom(0, 1_500),
      fc.constantFrom(0, 3_000),
      fc.array(fc.constantFrom(0, 0, 0, 0, 0, 15, 40), {minLength: 1, maxLength: 20}),
      async (plans, whims, refusals, throttles, replay, lag, pauses) => {
        const clock = new FakeClock()
        const of = <Item>(items: readonly Item[], count: number) => items[count % items.length] as Item
        const service = new Service(
          clock,
          plans.map(({at, delay, stream, group, text}) => ({
            at,
            visible: at + delay,
            stream,
            group,
            message: `${group}${stream}${at}${text}`,
          })),
          {
            replay,
            lag,
            groups: seconds => (seconds < 200 ? ['g'] : ['g', 'h']),
            update: count => {
              const found = of(whims, count)
              return found === 'lost' ? lost() : found === 'timed out' ? timedOut() : found
            },
            open: count => (count > 1 && of(refusals, count) ? throttled() : undefined),
            page: count => (count > 5 && count % 20 !== 0 && of(throttles, count) ? throttled() : undefined),
          },
        )
        const {messages} = await run(clock, service, {
          seconds: 400,
          groups: ['g', 'h'],
          reader: count => of(pauses, count),
        })
        expect([...messages].sort()).toEqual(service.events.map(({message}) => message).sort())
      },
    ),
    {numRuns: 300},
  )
})
