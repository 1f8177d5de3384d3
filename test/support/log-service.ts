import {compareEvents, type LogEvent} from '../../src/domain/logs/events.js'
import type {Log} from '../../src/domain/logs/log.js'
import type {LogPage, LogQuery, LogSource} from '../../src/domain/logs/source.js'
import {Problem} from '../../src/domain/problem.js'
import type {WaitingClock} from './waiting-clock.js'

/** What happens to a call instead of its being answered; `again` and `refused` only to one with a token. */
export type Trouble = 'throttled' | 'refused' | 'again' | 'empty' | Problem

/** CloudWatch Logs as far as FilterLogEvents goes; an answer takes its time. */
export class LogService implements LogSource {
  /** When each call came in, and what it asked. */
  readonly calls: (LogQuery & {at: number})[] = []
  /** Events that were answered, those that were asked for twice included. */
  delivered = 0
  /** Milliseconds. */
  latency = 300
  /** Milliseconds that a call takes to come here besides. */
  travel: (call: number) => number = () => 0
  pageSize = 10_000
  /** Events that a page looks at, whether or not they match. */
  scanLimit = Number.POSITIVE_INFINITY
  matches: (event: LogEvent, pattern: string) => boolean = ({message}, pattern) => message.includes(pattern)
  /** How the service takes the wish for the latest events first. */
  latestFirst: 'done' | 'ignored' | 'refused' = 'done'
  trouble: (call: number) => Trouble | undefined = () => undefined
  readonly #groups = new Map<string, LogEvent[]>()
  /** What a token leads to, and the page that it came with. */
  readonly #tokens = new Map<string, {position: number; page: LogPage}>()

  constructor(
    private readonly clock: WaitingClock,
    groups: Record<string, readonly LogEvent[]>,
  ) {
    for (const [group, events] of Object.entries(groups)) this.#groups.set(group, [...events].sort(compareEvents))
  }

  async page(query: LogQuery): Promise<LogPage | undefined> {
    const call = {...query, at: this.clock.now()}
    this.calls.push(call)
    const trouble = this.trouble(this.calls.length)
    const travel = this.travel(this.calls.length)
    call.at += travel
    await this.clock.sleep(travel + this.latency)
    if (trouble instanceof Problem) throw trouble
    if (trouble === 'throttled') throw new Problem('gave-up', 'Rate exceeded')
    const events = this.#groups.get(query.group)
    if (!events) throw new Problem('missing', 'The specified log group does not exist.')
    if (query.isLatestFirst && this.latestFirst === 'refused') return undefined
    const known = query.nextToken === undefined ? undefined : this.#tokens.get(query.nextToken)
    if (query.nextToken !== undefined && (trouble === 'refused' || !known)) return undefined
    if (trouble === 'again' && known) return known.page
    const page = this.#answer(events, query, known?.position, trouble === 'empty')
    this.delivered += page.events.length
    return page
  }

  #answer(
    events: readonly LogEvent[],
    {startTime = 0, endTime = Number.POSITIVE_INFINITY, pattern = '', isLatestFirst, limit}: LogQuery,
    position: number | undefined,
    isEmpty: boolean,
  ): LogPage {
    const isBackward = isLatestFirst && this.latestFirst === 'done'
    const window = events.filter(({timestamp}) => timestamp >= startTime && timestamp <= endTime)
    if (isBackward) window.reverse()
    const size = Math.min(this.pageSize, limit ?? this.pageSize)
    const page: LogPage = {events: []}
    let at = position ?? 0
    let scanned = 0
    while (!isEmpty && at < window.length && page.events.length < size && scanned < this.scanLimit) {
      const event = window[at++] as LogEvent
      scanned++
      if (this.matches(event, pattern)) page.events.push(event)
    }
    if (isEmpty || page.events.length === size || scanned === this.scanLimit) {
      page.nextToken = `token ${this.#tokens.size}`
      this.#tokens.set(page.nextToken, {position: at, page})
    }
    return page
  }

  /** The most calls that came in within any stretch of so many milliseconds. */
  busiest(milliseconds: number): number {
    const counts = this.calls.map(({at}) => this.calls.filter(call => call.at >= at && call.at < at + milliseconds))
    return Math.max(0, ...counts.map(calls => calls.length))
  }
}

/** Events of one log at given milliseconds; `seed` keeps the ids of logs apart. */
export function eventsAt(times: readonly number[], seed = 0): LogEvent[] {
  return [...times]
    .sort((a, b) => a - b)
    .map((timestamp, i) => {
      const ingestionTime = timestamp + 20_100
      const id = (BigInt(timestamp) << 144n) | (BigInt(ingestionTime) << 80n) | (BigInt(seed) << 60n) | BigInt(i)
      return {timestamp, ingestionTime, logStreamName: `s${seed}`, eventId: `${id}`, message: `(${seed}-${i}) line`}
    })
}

/** The execution log of a stage. */
export const executionLog = (group: string): Log => ({
  group,
  kind: 'execution',
  protocol: 'REST',
  api: 'petstore',
  apiId: 'a1b2c3d4e5',
  stage: 'prod',
})
