import {duration} from '../duration.js'
import {Problem} from '../problem.js'
import type {Clock} from '../session.js'
import {redacted} from './redact.js'

/** A query of CloudWatch Logs Insights over log groups. */
export interface InsightsQuery {
  /** In the service's query language. */
  text: string
  /** Names of log groups, 50 at most. */
  groups: readonly string[]
  /** Seconds since 1970, both inclusive: the last second counts whole. */
  start: number
  end: number
  /** Rows at most; the service gives out no more than 100,000. */
  limit: number
}

/** One row of an answer, by the names of the columns; what a row does not have is missing. */
export type QueryRow = Readonly<Record<string, string>>

/** What a query looked at: bytes are what it costs. */
export interface QueryStatistics {
  events: number
  matched: number
  bytes: number
}

/** How a query stands. There are rows only once it is complete. */
export interface QueryProgress {
  status: 'Scheduled' | 'Running' | 'Complete' | 'Failed' | 'Cancelled' | 'Timeout' | 'Unknown'
  statistics: QueryStatistics
}

/** Queries of CloudWatch Logs Insights. */
export interface LogQueries {
  /**
   * Starts a query and gives its id; undefined where too many run at the time. A query that was started is known even
   * when the user interrupts meanwhile, so that it can be stopped.
   * @throws Problem usage for a query that the service does not take, missing for a group that is not there
   */
  start(query: InsightsQuery): Promise<string | undefined>
  progress(id: string): Promise<QueryProgress>
  /** The rows of a query that is complete, without those that follow the limit. */
  rows(id: string): AsyncIterable<QueryRow>
  /** Stops a query, also after the user has interrupted; one that has ended already is left alone. */
  stop(id: string): Promise<void>
}

/** Who waits for a query. */
export interface QueryWatch {
  clock: Clock
  signal: AbortSignal
  /** Milliseconds that a query is waited for. */
  maxWait: number
  notice(text: string): void
}

export interface QueryAnswer {
  /** In the order in which the rows have them. */
  columns: string[]
  rows: QueryRow[]
  statistics: QueryStatistics
}

const SECOND = 1_000

/** From one look at a query to the next: quick for those that are soon done, then within the service's rate for many. */
const FIRST_PAUSE = 250
const LONGEST_PAUSE = 2 * SECOND
/** Until a query is tried again because too many run. */
const BUSY_PAUSE = 5 * SECOND

/** The service's own bound of a query, and of an answer that is not to be read in parts. */
export const MOST_ROWS = 100_000
export const MOST_ROWS_BY_DEFAULT = 10_000
/** Characters. Source: API reference of StartQuery. */
export const LONGEST_QUERY = 10_000

/** Source: CloudWatch pricing, us-east-1; other Regions differ by a few tenths. */
const DOLLARS_PER_GB = 0.005

/**
 * Has a query carried out where the logs are and waits for its answer. Whatever ends the wait, the query does not go on:
 * it would cost, and count among those that may run at a time.
 * @throws Problem gave-up when it takes longer than `maxWait` or than the service lets it run, failed when the service
 *   fails at it or somebody else stops it; what the port throws
 */
export async function runQuery(queries: LogQueries, query: InsightsQuery, watch: QueryWatch): Promise<QueryAnswer> {
  const deadline = watch.clock.now() + watch.maxWait
  const id = await started(queries, query, deadline, watch)
  try {
    const statistics = await completed(queries, id, deadline, watch)
    return {...(await answerOf(queries.rows(id))), statistics}
  } catch (error) {
    await queries.stop(id)
    throw error
  }
}

async function started(
  queries: LogQueries,
  query: InsightsQuery,
  deadline: number,
  {clock, signal, notice, maxWait}: QueryWatch,
): Promise<string> {
  for (let isFirst = true; ; isFirst = false) {
    const id = await queries.start(query)
    if (id !== undefined) return id
    const busy = 'as many queries run in this account and Region as may run at a time.'
    if (clock.now() + BUSY_PAUSE > deadline) {
      const hint = 'Wait longer with --max-wait SECONDS. Dashboards query too.'
      throw new Problem('gave-up', `Gave up after ${duration(maxWait)}: ${busy}`, hint, {
        code: 'LimitExceededException',
      })
    }
    if (isFirst) notice(`Waiting: ${busy}`)
    await clock.sleep(BUSY_PAUSE, signal)
  }
}

/** Waits until the query is complete. */
async function completed(
  queries: LogQueries,
  id: string,
  deadline: number,
  {clock, signal, maxWait}: QueryWatch,
): Promise<QueryStatistics> {
  for (let pause = FIRST_PAUSE; ; pause = Math.min(LONGEST_PAUSE, pause * 1.5)) {
    signal.throwIfAborted()
    const {status, statistics} = await queries.progress(id)
    const end = ENDS[status]
    if (end === 'complete') return statistics
    if (end) throw new Problem(end.kind, end.message, end.hint, {code: status})
    if (clock.now() + pause > deadline) {
      const hint = 'Wait longer with --max-wait SECONDS, or ask for less time: --since, --until.'
      throw new Problem('gave-up', `Gave up: the query was not done after ${duration(maxWait)}.`, hint, {code: status})
    }
    await clock.sleep(pause, signal)
  }
}

interface BadEnd {
  kind: 'failed' | 'gave-up'
  message: string
  hint?: string
}

/** What a status means for who waits; one that is not here is waited out. */
const ENDS: Partial<Record<QueryProgress['status'], 'complete' | BadEnd>> = {
  Complete: 'complete',
  Failed: {
    kind: 'failed',
    message: 'CloudWatch Logs failed at the query.',
    hint: 'Run it again, or ask for less time.',
  },
  Cancelled: {kind: 'failed', message: 'Somebody else stopped the query.'},
  Timeout: {
    kind: 'gave-up',
    message: 'CloudWatch Logs gave up on the query: it lets none run longer than an hour.',
    hint: 'Ask for less time: --since, --until.',
  },
}

async function answerOf(coming: AsyncIterable<QueryRow>): Promise<{columns: string[]; rows: QueryRow[]}> {
  const rows: QueryRow[] = []
  // Not every row has every column: what comes up later goes behind those that came up before.
  const columns = new Set<string>()
  for await (const row of coming) {
    rows.push(row)
    for (const name of Object.keys(row)) columns.add(name)
  }
  return {columns: [...columns], rows}
}

/** Without a word of when: the last hour. */
const HOUR = 60 * 60 * SECOND

/**
 * The window of a query around two moments in milliseconds: whole seconds, of which the first and the last count whole.
 * @throws Problem usage for a window that ends before it begins
 */
export function windowOf(
  {since, until}: {since?: number | undefined; until?: number | undefined},
  now: number,
): {start: number; end: number} {
  const end = until ?? now
  const start = since ?? end - HOUR
  if (start > end) throw new Problem('usage', 'Nothing can be --since a moment that comes after --until.')
  return {start: Math.floor(start / SECOND), end: Math.floor(end / SECOND)}
}

/** The answer without credentials that stand in log lines. */
export function redactedAnswer({columns, rows}: QueryAnswer): Pick<QueryAnswer, 'columns' | 'rows'> {
  const hidden = (row: QueryRow) =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [name, redacted(value)]))
  return {columns, rows: rows.map(hidden)}
}

/** What has to be said of an answer besides itself. */
export function remarksOnAnswer({rows, statistics}: QueryAnswer, limit: number): string[] {
  const isCut = rows.length >= limit
  const cut = `Only the first ${grouped(limit)} rows. More: --limit, up to ${grouped(MOST_ROWS)}; or fewer, with stats or filter.`
  return isCut ? [cut, costOf(statistics)] : [costOf(statistics)]
}

/** What a query has looked at and what that costs, in words. */
export function costOf({events, bytes}: QueryStatistics): string {
  const dollars = (bytes / 1e9) * DOLLARS_PER_GB
  const price = dollars < 0.0001 ? 'less than 0.0001' : `about ${dollars.toPrecision(2)}`
  return `Scanned ${grouped(events)} events, ${sizeOf(bytes)}: ${price} USD at ${DOLLARS_PER_GB} USD a GB.`
}

const grouped = (count: number) => String(count).replace(/\B(?=(\d{3})+$)/g, ',')

function sizeOf(bytes: number): string {
  if (bytes < 1e3) return `${bytes} bytes`
  if (bytes < 1e6) return `${(bytes / 1e3).toPrecision(3)} KB`
  return bytes < 1e9 ? `${(bytes / 1e6).toPrecision(3)} MB` : `${(bytes / 1e9).toPrecision(3)} GB`
}
