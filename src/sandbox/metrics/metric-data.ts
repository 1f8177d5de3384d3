import type {
  GetMetricDataInput,
  GetMetricDataOutput,
  MetricDataQuery,
  MetricDataResult,
  MetricStat,
} from '@aws-sdk/client-cloudwatch'
import {issueToken, readToken} from '../logs/page-token.js'
import type {Call, Handler} from '../service.js'
import {invalidCombination, invalidToken, missingParameter, validationError} from './errors.js'
import {evaluate, type Values} from './expressions.js'
import {MINUTE, pointsOf, type SeriesRecord, seriesOf, statisticOf} from './series.js'

/** Queries of a call, and data points of an answer (API reference of GetMetricData). */
const MOST_QUERIES = 500
const MOST_POINTS = 100_800

/** Time as far as it can be seen: the points of a minute appear some time after it has ended. */
export type Visible = (series: readonly SeriesRecord[], now: number) => SeriesRecord[]

/** Points of several metrics, and of what is computed of them. */
export function getMetricData(visible: Visible): Handler {
  return (input: GetMetricDataInput, call): GetMetricDataOutput => {
    const {MetricDataQueries: queries = [], ScanBy: order = 'TimestampDescending'} = input
    const span = spanOf(input)
    checkQueries(queries)
    const values = new Map<string, Values>()
    const valuesOf = (id: string): Values | undefined => {
      const known = values.get(id)
      const query = queries.find(query => query.Id === id)
      if (known || !query) return known
      // An expression that refers to itself finds nothing.
      values.set(id, new Map())
      const found = query.Expression ? evaluate(query.Expression, valuesOf) : metricValues(query, span, visible, call)
      values.set(id, found)
      return found
    }
    const results = queries
      .filter(({ReturnData}) => ReturnData !== false)
      .map(query => ({Id: query.Id, Label: labelOf(query, queries), ...listed(valuesOf(query.Id!)!, order)}))
    return page(results, input, call)
  }
}

/** Whole minutes, as the service rounds what is younger than 15 days. @throws ServiceError */
function spanOf({StartTime, EndTime}: GetMetricDataInput): {start: number; end: number} {
  if (!StartTime) throw missingParameter('StartTime')
  if (!EndTime) throw missingParameter('EndTime')
  // The wording is an assumption.
  if (StartTime >= EndTime) throw validationError('The parameter StartTime must be less than the parameter EndTime.')
  return {start: Math.floor(StartTime.getTime() / MINUTE) * MINUTE, end: EndTime.getTime()}
}

/** The wordings are assumptions. @throws ServiceError */
function checkQueries(queries: readonly MetricDataQuery[]): void {
  if (queries.length === 0) throw missingParameter('MetricDataQueries')
  if (queries.length > MOST_QUERIES) {
    throw validationError(`The collection MetricDataQueries must not have a size greater than ${MOST_QUERIES}.`)
  }
  const ids = new Set<string>()
  for (const [i, {Id = '', MetricStat, Expression}] of queries.entries()) {
    const at = `MetricDataQueries.member.${i + 1}`
    if (!/^[a-z]\w*$/.test(Id)) {
      throw validationError(`The value ${Id} for parameter ${at}.Id is not matching the expected pattern ^[a-z]\\w*$.`)
    }
    if (ids.has(Id)) throw validationError(`The values for parameter Id in parameter MetricDataQueries are not unique.`)
    ids.add(Id)
    if ((MetricStat === undefined) === (Expression === undefined)) {
      throw validationError(`The parameter ${at} must have either MetricStat or Expression.`)
    }
    if (!MetricStat) continue
    if (!statisticOf(MetricStat.Stat ?? '')) {
      throw validationError(
        `The value ${MetricStat.Stat} for parameter ${at}.MetricStat.Stat is not a valid statistic.`,
      )
    }
    checkPeriod(MetricStat.Period ?? 0, `${at}.MetricStat.Period`)
  }
}

/** 1, 5, 10, 20, 30 or whole minutes (API reference of MetricStat). The wording is an assumption. @throws ServiceError */
export function checkPeriod(seconds: number, parameter: string): void {
  if ([1, 5, 10, 20, 30].includes(seconds) || (seconds > 0 && seconds % 60 === 0)) return
  throw validationError(`The value ${seconds} for parameter ${parameter} is not a valid period.`)
}

function metricValues(
  {MetricStat}: MetricDataQuery,
  span: {start: number; end: number},
  visible: Visible,
  call: Call,
): Values {
  const {Metric, Period = 60, Stat = '', Unit} = MetricStat!
  const {Namespace: namespace, MetricName: name, Dimensions: dimensions} = Metric ?? {}
  const series = visible(seriesOf(call.state, {namespace, name, dimensions, unit: Unit}), call.millis())
  const statistic = statisticOf(Stat)!
  const values = new Map<number, number>()
  for (const {at, point} of pointsOf(series, {...span, period: Period * 1000})) {
    const value = statistic(point)
    if (value !== undefined) values.set(at, value)
  }
  return values
}

function listed(values: Values, order: string): {Timestamps: Date[]; Values: number[]} {
  const sorted = [...values].sort(([a], [b]) => (order === 'TimestampAscending' ? a - b : b - a))
  return {Timestamps: sorted.map(([time]) => new Date(time)), Values: sorted.map(([, value]) => value)}
}

/**
 * The name of the metric, with what tells it from the other metrics of the call: statistic and period (recorded:
 * test_label_generation). That dimensions do so too is an assumption.
 */
function labelOf({Id, Label, MetricStat: its}: MetricDataQuery, queries: readonly MetricDataQuery[]): string {
  if (Label !== undefined) return Label
  if (!its) return Id!
  const all = queries.map(query => query.MetricStat).filter(stat => stat !== undefined)
  const differ = (of: (stat: MetricStat) => unknown) => new Set(all.map(of)).size > 1
  const dimensionsOf = ({Metric}: MetricStat) => (Metric?.Dimensions ?? []).map(({Value}) => Value).join(' ')
  return [
    ...(differ(dimensionsOf) ? [dimensionsOf(its)] : []),
    its.Metric?.MetricName,
    ...(differ(({Stat}) => Stat) ? [its.Stat] : []),
    ...(differ(({Period}) => Period) ? [its.Period] : []),
  ].join(' ')
}

type Listed = Required<Pick<MetricDataResult, 'Timestamps' | 'Values'>> & MetricDataResult

/** As many points as one answer may have, of one result after the other. */
function page(results: readonly Listed[], input: GetMetricDataInput, call: Call): GetMetricDataOutput {
  const {NextToken, MaxDatapoints = MOST_POINTS, ...query} = input
  if (MaxDatapoints < 1 || MaxDatapoints > MOST_POINTS) {
    throw invalidCombination(`MaxDatapoints must be between 1 and ${MOST_POINTS}.`)
  }
  const start = NextToken === undefined ? 0 : positionOf(NextToken, query, call)
  const end = start + MaxDatapoints
  let seen = 0
  const shown = results.map(({Timestamps, Values, ...result}) => {
    const [from, to] = [start - seen, end - seen].map(position => Math.max(0, Math.min(position, Values.length)))
    seen += Values.length
    return {
      ...result,
      Timestamps: Timestamps.slice(from, to),
      Values: Values.slice(from, to),
      StatusCode: to! < Values.length ? ('PartialData' as const) : ('Complete' as const),
    }
  })
  const hasMore = end < seen
  return {
    MetricDataResults: shown,
    NextToken: hasMore ? issueToken(query, String(end), call.millis()) : undefined,
    Messages: [],
  }
}

function positionOf(token: string, query: unknown, call: Call): number {
  try {
    return Number(readToken(token, query, call.millis()))
  } catch {
    throw invalidToken()
  }
}
