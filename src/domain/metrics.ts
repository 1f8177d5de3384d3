import type {RestApi} from './apis.js'
import {duration} from './duration.js'
import {Problem} from './problem.js'

/** The metrics of a REST API. Source: developer guide, "Amazon API Gateway dimensions and metrics". */
export type MetricName =
  | 'Count'
  | '4XXError'
  | '5XXError'
  | 'Latency'
  | 'IntegrationLatency'
  | 'CacheHitCount'
  | 'CacheMissCount'

/** Points of one metric, put together by one statistic. */
export interface Series {
  metric: MetricName
  /** Which requests are meant: of an API, a stage, or, where a stage has detailed metrics, of a method. */
  dimensions: Readonly<Record<string, string>>
  /** `Sum`, `Average`, `Minimum`, `Maximum`, `SampleCount`, or a percentile such as `p99`. */
  statistic: string
}

/** From when to when, and how it is cut: milliseconds, of which the times are since 1970. */
export interface MetricWindow {
  start: number
  /** Not included. */
  end: number
  /** Whole minutes. */
  period: number
}

export interface MetricPoint {
  /** When its period began. */
  time: Date
  value: number
}

/** CloudWatch metrics of API Gateway. */
export interface MetricSource {
  /**
   * The points of each series, in the order of time: one call for up to 500 series, which is charged by series. A
   * period without a request has no point.
   */
  read(series: readonly Series[], window: MetricWindow): Promise<MetricPoint[][]>
}

export const MINUTE = 60_000

/** Points of a minute are kept for 15 days; older ones are not told apart by minutes (API reference of GetMetricData). */
const FINEST = 15 * 24 * 60 * MINUTE

/**
 * A window that is one period, so that all of its requests make one point: it begins with the minute in which `start`
 * is, and ends with that of `end`.
 * @throws Problem usage for one that begins too long ago
 */
export function wholeWindow(start: number, end: number, now: number): MetricWindow {
  if (now - start > FINEST) {
    throw new Problem('usage', `CloudWatch keeps metrics of single minutes for ${duration(FINEST)} only.`)
  }
  const first = Math.floor(start / MINUTE) * MINUTE
  const last = Math.max(Math.ceil(end / MINUTE) * MINUTE, first + MINUTE)
  return {start: first, end: last, period: last - first}
}

/**
 * What an API is called in metrics: its name without what is not ASCII, or its id where nothing is left. APIs of the
 * same name share their metrics. Source: developer guide, as above.
 */
export function metricApiName({id, name}: Pick<RestApi, 'id' | 'name'>): string {
  return name.replace(/[\u0080-\uffff]/g, '') || id
}

/** The dimensions of a stage. */
export const stageDimensions = (api: Pick<RestApi, 'id' | 'name'>, stage: string) => ({
  ApiName: metricApiName(api),
  Stage: stage,
})

/** How the requests of a time went. Latencies are milliseconds, and undefined where there was no request. */
export interface Traffic {
  requests: number
  /** With a status from 400 to 499, and from 500 on. */
  clientErrors: number
  serverErrors: number
  latencyP50?: number | undefined
  latencyP99?: number | undefined
}

/** What is asked for the traffic of one set of requests. */
const TRAFFIC: readonly Pick<Series, 'metric' | 'statistic'>[] = [
  {metric: 'Count', statistic: 'Sum'},
  {metric: '4XXError', statistic: 'Sum'},
  {metric: '5XXError', statistic: 'Sum'},
  {metric: 'Latency', statistic: 'p50'},
  {metric: 'Latency', statistic: 'p99'},
]

/**
 * The traffic of each of several sets of requests, by one call.
 * @param window of one period; should the service cut it in two all the same, the worse percentile counts
 */
export async function readTraffic(
  metrics: MetricSource,
  sets: readonly Series['dimensions'][],
  window: MetricWindow,
): Promise<Traffic[]> {
  const series = sets.flatMap(dimensions => TRAFFIC.map(each => ({...each, dimensions})))
  const points = await metrics.read(series, window)
  return sets.map((_, i) => {
    const [count, client, server, p50, p99] = points.slice(i * TRAFFIC.length, (i + 1) * TRAFFIC.length)
    return {
      requests: sum(count),
      clientErrors: sum(client),
      serverErrors: sum(server),
      latencyP50: highest(p50),
      latencyP99: highest(p99),
    }
  })
}

const sum = (points: readonly MetricPoint[] = []) => points.reduce((total, {value}) => total + value, 0)

const highest = (points: readonly MetricPoint[] = []) =>
  points.length === 0 ? undefined : Math.max(...points.map(({value}) => value))
