import {Bookmark} from '../../src/domain/logs/bookmark.js'
import type {Cursor} from '../../src/domain/logs/cursor.js'
import {type EndOptions, Ends} from '../../src/domain/logs/ends.js'
import {type LogEvent, linesOf} from '../../src/domain/logs/events.js'
import type {Log} from '../../src/domain/logs/log.js'
import type {LogPage, LogQuery, LogSource} from '../../src/domain/logs/source.js'
import {noStatistics, type Statistics} from '../../src/domain/logs/statistics.js'
import {type TailOptions, tail} from '../../src/domain/logs/tail.js'
import {Problem} from '../../src/domain/problem.js'
import type {FakeClock} from './session.js'

export const SECOND = 1_000
export const MINUTE = 60 * SECOND

/** An event, `at` and `visible` in seconds from the start; API Gateway's own take 20 s to be seen. */
export interface Planned {
  at: number
  visible?: number
  message: string
  id?: string
}

type Answer = LogPage | 'expired' | Problem

/** A log group that is filled while time goes by, as CloudWatch Logs answers for it. */
export class Group implements LogSource {
  readonly queries: (LogQuery & {now: number})[] = []
  pageSize = 10_000
  /** Looked at before the events: an answer of its own for some calls, counted from 1. */
  answer: (call: number, query: LogQuery) => Answer | undefined = () => undefined
  readonly #events: (LogEvent & {visible: number})[]

  constructor(
    private readonly clock: FakeClock,
    events: Planned[],
  ) {
    const start = clock.now()
    this.#events = events.map(({at, visible = at + 20, message, id}, i) => {
      const timestamp = start + at * SECOND
      const ingestionTime = start + visible * SECOND
      const eventId = id ?? ((BigInt(timestamp) << 144n) | (BigInt(ingestionTime) << 80n) | BigInt(i)).toString()
      return {timestamp, ingestionTime, visible: ingestionTime, logStreamName: `stream-${i}`, eventId, message}
    })
  }

  async page(query: LogQuery): Promise<LogPage | undefined> {
    const now = this.clock.now()
    this.queries.push({...query, now})
    const answer = this.answer(this.queries.length, query)
    if (answer === 'expired') return undefined
    if (answer instanceof Problem) throw answer
    if (answer) return answer
    const {startTime = 0, endTime = Number.POSITIVE_INFINITY} = query
    const found = this.#events
      .filter(({visible, timestamp}) => visible <= now && timestamp >= startTime && timestamp <= endTime)
      .sort((a, b) => a.timestamp - b.timestamp)
    const from = Number(query.nextToken ?? 0)
    const events = found.slice(from, from + this.pageSize).map(({visible, ...event}) => event)
    return from + this.pageSize < found.length ? {events, nextToken: String(from + this.pageSize)} : {events}
  }
}

/** A log of that group. */
export const logOf = (group: string): Log => ({
  group,
  kind: 'execution',
  protocol: 'REST',
  api: 'petstore',
  apiId: 'a1b2c3d4e5',
  stage: 'prod',
})

export interface Tailed {
  messages: string[]
  /** When each of them was shown, in seconds from the start. */
  at: number[]
  notices: string[]
  statistics: Statistics
  error?: Problem
  /** Where it ended. */
  cursor: Cursor
}

/** Several groups as one account has them. */
export const account = (groups: Readonly<Record<string, Group>>): LogSource => ({
  page: async query => {
    const group = groups[query.group]
    if (!group) throw missing()
    return group.page(query)
  },
})

export interface RunOptions extends Partial<TailOptions> {
  /** How long it is followed, until somebody presses Ctrl-C. */
  seconds?: number
  ends?: EndOptions
  /** Where the run before ended. */
  cursor?: Cursor | undefined
  /** Where it is, each time that this is kept. */
  onSave?: (cursor: Cursor) => void
  onShow?: (message: string) => void
  /** Seconds that the reader takes for a line. */
  slowness?: number
}

/** Follows a group for some seconds, or reads it once. */
export async function run(
  clock: FakeClock,
  source: LogSource,
  {seconds, ends: endOptions = {}, cursor, onSave, onShow, slowness = 0, ...rest}: RunOptions = {},
): Promise<Tailed> {
  const controller = new AbortController()
  const start = clock.now()
  const end = start + (seconds ?? 0) * SECOND
  const bookmark = new Bookmark(cursor)
  const tailed = {messages: [], at: [], notices: [], statistics: noStatistics()} as unknown as Tailed
  const ticking = {
    now: () => clock.now(),
    sleep: async (milliseconds: number, signal?: AbortSignal) => {
      if (seconds !== undefined && clock.now() > end) controller.abort(new Problem('interrupted', 'Interrupted.'))
      await clock.sleep(milliseconds, signal)
    },
  }
  const ends = new Ends(endOptions, ticking)
  const watch = {
    clock: ticking,
    signal: controller.signal,
    maxWait: 5 * MINUTE,
    notice: (text: string) => tailed.notices.push(text),
    explain: async () => ({reason: 'execution logging is off.', hint: 'apigw logs enable'}),
    random: () => 1,
    statistics: tailed.statistics,
    ends,
    bookmark,
    save: onSave && (async () => onSave(bookmark.cursor)),
  }
  const all = {logs: [logOf('g')], follow: seconds !== undefined, wait: true, ...rest}
  try {
    const lines = linesOf(tail(source, all, watch), {redact: false}, controller.signal, bookmark)
    for await (const {message} of ends.limit(lines, line => line.message)) {
      tailed.messages.push(message)
      onShow?.(message)
      tailed.at.push((clock.now() - start) / SECOND)
      if (slowness > 0) await clock.sleep(slowness * SECOND)
    }
    ends.check()
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    if (error.kind !== 'interrupted') tailed.error = error
  }
  tailed.cursor = bookmark.cursor
  return tailed
}

export const throttled = () => new Problem('gave-up', 'Rate exceeded', undefined, {code: 'ThrottlingException'})
export const missing = () => new Problem('missing', 'The specified log group does not exist.')
