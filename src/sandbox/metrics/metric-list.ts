import type {ListMetricsInput, ListMetricsOutput} from '@aws-sdk/client-cloudwatch'
import {pageByKey} from '../logs/page-token.js'
import type {Handler} from '../service.js'
import {invalidToken} from './errors.js'
import type {Visible} from './metric-data.js'
import {MINUTE, type SeriesRecord} from './series.js'

/** Metrics of a page, and how long ago the last point of one may be that is listed (API reference of ListMetrics). */
const PAGE = 500
const TWO_WEEKS = 14 * 24 * 60 * MINUTE
const THREE_HOURS = 3 * 60 * MINUTE

/** The metrics that had points of late. */
export function listMetrics(visible: Visible): Handler {
  return (input: ListMetricsInput, call): ListMetricsOutput => {
    const {Namespace, MetricName, Dimensions = [], RecentlyActive, NextToken: token} = input
    const now = call.millis()
    const since = now - (RecentlyActive === 'PT3H' ? THREE_HOURS : TWO_WEEKS)
    const found = visible(Object.values(call.state.metrics), now).filter(
      series =>
        (Namespace === undefined || series.namespace === Namespace) &&
        (MetricName === undefined || series.name === MetricName) &&
        Dimensions.every(({Name, Value}) =>
          series.dimensions.some(([name, value]) => name === Name && (Value === undefined || value === Value)),
        ) &&
        lastMinute(series) >= since,
    )
    // Points of two units are two series, but one metric.
    const metrics = new Map(found.map(series => [keyOf(series), series]))
    const query = {Namespace, MetricName, Dimensions, RecentlyActive}
    const {items, nextToken} = paged([...metrics.values()], {limit: PAGE, token, query, now})
    return {
      Metrics: items.map(({namespace, name, dimensions}) => ({
        Namespace: namespace,
        MetricName: name,
        Dimensions: dimensions.map(([Name, Value]) => ({Name, Value})),
      })),
      NextToken: nextToken,
    }
  }
}

const keyOf = ({namespace, name, dimensions}: SeriesRecord) => JSON.stringify([namespace, name, dimensions])

const lastMinute = ({minutes}: SeriesRecord) => Number(Object.keys(minutes).at(-1) ?? 0) * MINUTE

function paged(series: readonly SeriesRecord[], options: Parameters<typeof pageByKey>[2]) {
  try {
    return pageByKey(series, keyOf, options)
  } catch {
    throw invalidToken()
  }
}
