import {randomUUID} from 'node:crypto'
import type {
  DescribeQueriesRequest,
  GetQueryResultsRequest,
  QueryStatistics,
  QueryStatus,
  ResultField,
  StartQueryRequest,
  StopQueryRequest,
} from '@aws-sdk/client-cloudwatch-logs'
import {ServiceError} from '../../errors.js'
import type {Call, Handlers} from '../../service.js'
import type {LogEvent, LogGroupRecord, RegionState} from '../../store.js'
import {checkParameters, invalidParameter, resourceNotFound} from '../constraints.js'
import {eventsInOrder, type PlacedEvent, retentionStart} from '../events.js'
import {logGroupOf} from '../lookup.js'
import {issueToken, pageByKey, readToken} from '../page-token.js'
import {type CompiledQuery, compileQuery} from './commands.js'
import {type Row, rowOf} from './rows.js'
import {malformed} from './scanner.js'
import {textOf} from './values.js'

export interface QueryOptions {
  /** Milliseconds that a query takes, half of them waiting for its turn; 0 where not given. */
  queryTime?: number
}

interface Query {
  id: string
  /** Milliseconds since 1970. */
  createTime: number
  groups: readonly LogGroupRecord[]
  /** As DescribeQueries shows it. */
  text: string
  rows: readonly ResultField[][]
  statistics: QueryStatistics
  /** When it was stopped, in milliseconds since 1970. */
  stoppedAt?: number
}

const MINUTE = 60_000
/** Source: API reference of StartQuery. */
const TIMEOUT = 60 * MINUTE
const MOST_GROUPS = 50
const MOST_ROWS = 100_000
const MOST_ROWS_OF_A_PAGE = 10_000
/** Source: CloudWatch Logs quotas. */
const MOST_AT_A_TIME = 100

/**
 * The queries of a Region, in the order in which they were started. They are no part of the state: an answer does not
 * outlive the sandbox.
 */
const started = new WeakMap<RegionState, Query[]>()

/**
 * Logs Insights. A query is carried out on the events that are there when it is started; its answer can be had when the
 * time of `queryTime` has gone by.
 */
export function insights(
  {queryTime = 0}: QueryOptions,
  isVisible: (event: LogEvent, now: number) => boolean,
): Handlers {
  const statusOf = ({createTime, stoppedAt}: Query, now: number): QueryStatus => {
    const age = (stoppedAt ?? now) - createTime
    if (age >= Math.min(queryTime, TIMEOUT)) return queryTime > TIMEOUT ? 'Timeout' : 'Complete'
    if (stoppedAt !== undefined) return 'Cancelled'
    return age < queryTime / 2 ? 'Scheduled' : 'Running'
  }
  const isUnderWay = (query: Query, now: number) => ['Scheduled', 'Running'].includes(statusOf(query, now))

  return {
    StartQuery(input: StartQueryRequest, call) {
      checkParameters(input, {
        queryString: {maxLength: 10_000},
        limit: {min: 1, max: MOST_ROWS},
        startTime: {min: 0},
        endTime: {min: 0},
      })
      if ((input.queryLanguage ?? 'CWLI') !== 'CWLI') {
        throw new ServiceError('NotImplemented', 501, `The sandbox does not implement ${input.queryLanguage} yet.`)
      }
      const groups = groupsOf(input, call)
      const now = call.millis()
      const [startTime, endTime] = [(input.startTime as number) * 1000, (input.endTime as number) * 1000 + 999]
      const text = input.queryString as string
      const query = compileQuery(text)
      checkWindow(text, groups, startTime, endTime, now)
      const queries = queriesOf(call.state)
      if (queries.filter(other => isUnderWay(other, now)).length >= MOST_AT_A_TIME) throw tooMany()
      const isSelected = (event: LogEvent) =>
        event.timestamp >= startTime && event.timestamp <= endTime && isVisible(event, now)
      const events = eventsOf(groups, now, isSelected)
      const {rows, statistics} = carryOut(query, events, input.limit ?? MOST_ROWS_OF_A_PAGE, call.accountId)
      const names = groups.map(({group}) => `"${group.logGroupName}"`).join(', ')
      const described = `SOURCE ${names} START=${startTime} END=${endTime} | ${text}`
      const id = randomUUID()
      queries.push({id, createTime: now, groups, text: described, rows, statistics})
      return {queryId: id}
    },

    GetQueryResults(input: GetQueryResultsRequest, call) {
      checkParameters(input, {maxItems: {min: 1, max: MOST_ROWS_OF_A_PAGE}})
      const query = queryOf(input.queryId, call)
      const now = call.millis()
      const status = statusOf(query, now)
      const answer = {queryLanguage: 'CWLI', status}
      // Until it is complete the service may send a part of the rows; this sends none.
      if (status !== 'Complete') return {...answer, results: [], statistics: NOTHING_YET}
      const start = input.nextToken === undefined ? 0 : Number(readToken(input.nextToken, query.id, now))
      const end = start + (input.maxItems ?? MOST_ROWS_OF_A_PAGE)
      const nextToken = end < query.rows.length ? issueToken(query.id, String(end), now) : undefined
      return {...answer, results: query.rows.slice(start, end), statistics: query.statistics, nextToken}
    },

    StopQuery(input: StopQueryRequest, call) {
      const query = queryOf(input.queryId, call)
      const now = call.millis()
      // The reference says that this is refused; the words are assumed.
      if (!isUnderWay(query, now)) throw invalidParameter(`The query ${query.id} is not running.`)
      query.stoppedAt = now
      return {success: true}
    },

    DescribeQueries(input: DescribeQueriesRequest, call) {
      checkParameters(input, {maxResults: {min: 1, max: 1000}})
      const {logGroupName, status} = input
      const now = call.millis()
      const found = queriesOf(call.state)
        .toReversed()
        .filter(
          query => logGroupName === undefined || query.groups.some(({group}) => group.logGroupName === logGroupName),
        )
        .filter(query => status === undefined || statusOf(query, now) === status)
      const {items, nextToken} = pageByKey(found, query => `${query.createTime} ${query.id}`, {
        limit: input.maxResults ?? 1000,
        token: input.nextToken,
        query: ['DescribeQueries', logGroupName, status],
        now,
        descending: true,
      })
      const queries = items.map(query => ({
        queryLanguage: 'CWLI',
        queryId: query.id,
        queryString: query.text,
        status: statusOf(query, now),
        createTime: query.createTime,
        logGroupName: query.groups[0]?.group.logGroupName,
      }))
      return {queries, nextToken}
    },
  }
}

const NOTHING_YET: QueryStatistics = {recordsMatched: 0, recordsScanned: 0, bytesScanned: 0}

function queriesOf(state: RegionState): Query[] {
  const queries = started.get(state) ?? []
  started.set(state, queries)
  return queries
}

/** @throws ServiceError ResourceNotFoundException */
function queryOf(id: string | undefined, call: Call): Query {
  const query = queriesOf(call.state).find(query => query.id === id)
  // Assumed words: no recording covers an unknown query.
  if (!query) throw resourceNotFound('Specified query does not exist.')
  return query
}

/** Assumed words: no recording covers it. */
const tooMany = () =>
  new ServiceError(
    'LimitExceededException',
    400,
    `Account maximum query concurrency limit of [${MOST_AT_A_TIME}] reached.`,
  )

/** The groups that a query names, in one of three ways. @throws ServiceError */
function groupsOf(input: StartQueryRequest, call: Call): LogGroupRecord[] {
  const {logGroupName, logGroupNames, logGroupIdentifiers} = input
  const ways = [logGroupName, logGroupNames, logGroupIdentifiers].filter(way => way !== undefined)
  if (ways.length !== 1) {
    // The reference asks for exactly one; the words are assumed.
    throw invalidParameter('Exactly one of logGroupName, logGroupNames and logGroupIdentifiers must be specified.')
  }
  const identifiers = logGroupIdentifiers?.map(logGroupIdentifier => logGroupOf(call, {logGroupIdentifier}))
  const names = logGroupNames ?? (logGroupName === undefined ? [] : [logGroupName])
  const groups = identifiers ?? names.map(name => logGroupOf(call, {logGroupName: name}))
  if (groups.length === 0 || groups.length > MOST_GROUPS) {
    throw invalidParameter(`A query takes 1 to ${MOST_GROUPS} log groups.`)
  }
  return groups
}

/** The words of the second refusal are the service's; those of the first are assumed. @throws ServiceError */
function checkWindow(text: string, groups: readonly LogGroupRecord[], start: number, end: number, now: number): void {
  if (start > end) throw invalidParameter('The start time of a query cannot be after its end time.')
  const isGone = (record: LogGroupRecord) => end < Math.max(record.group.creationTime ?? 0, retentionStart(record, now))
  if (!groups.every(isGone)) return
  throw malformed(
    `Query's end date and time is either before the log groups creation time or exceeds the log groups log retention settings ([0,${text.length}])`,
    [0, text.length],
  )
}

interface Found {
  placed: PlacedEvent
  group: LogGroupRecord
}

/** The events that a query looks at, latest first. */
function eventsOf(
  groups: readonly LogGroupRecord[],
  now: number,
  isSelected: (event: LogEvent) => boolean,
): readonly Found[] {
  const found = groups.flatMap(group => {
    const retained = retentionStart(group, now)
    return eventsInOrder(group)
      .filter(({event}) => event.timestamp >= retained && isSelected(event))
      .map(placed => ({placed, group}))
  })
  return found.sort((a, b) => (a.placed.event.eventId < b.placed.event.eventId ? 1 : -1))
}

function carryOut(
  query: CompiledQuery,
  events: readonly Found[],
  limit: number,
  accountId: string,
): {rows: ResultField[][]; statistics: QueryStatistics} {
  const {rows, matched} = query.run(events.map(({placed, group}) => rowOf(placed, group, accountId)))
  const shown = rows.slice(0, limit).map(row => resultOf(row, query.columns))
  const bytesScanned = events.reduce((sum, {placed}) => sum + Buffer.byteLength(placed.event.message), 0)
  const logGroupsScanned = new Set(events.map(({group}) => group)).size
  return {
    rows: shown,
    statistics: {
      recordsMatched: matched,
      recordsScanned: events.length,
      estimatedRecordsSkipped: 0,
      bytesScanned,
      estimatedBytesSkipped: 0,
      logGroupsScanned,
      resultCount: shown.length,
    },
  }
}

/** What a row does not have is left out; that of an event ends with its pointer. */
function resultOf({fields, pointer}: Row, columns: readonly string[]): ResultField[] {
  const names = pointer === undefined || columns.includes('@ptr') ? columns : [...columns, '@ptr']
  return names.flatMap(field => {
    const value = fields.get(field)
    return value === undefined ? [] : [{field, value: textOf(value)}]
  })
}
