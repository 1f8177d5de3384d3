import * as client from '@aws-sdk/client-cloudwatch'
import {operationsOf} from '../protocol/operations.js'
import {withRequiredMembers} from '../protocol/required.js'
import type {Handlers, Service} from '../service.js'
import {missingParameter} from './errors.js'
import {getMetricData, type Visible} from './metric-data.js'
import {listMetrics} from './metric-list.js'
import {getMetricStatistics} from './metric-statistics.js'
import {putMetricData} from './put-metric-data.js'
import {MINUTE} from './series.js'

export interface MetricOptions {
  /**
   * Milliseconds after the end of a minute until its points can be seen; at once, and already during the minute, where
   * it is not given. The service takes one to three minutes.
   */
  metricDelay?: number
}

/** The name in the target header of the JSON protocol, and in the path of the CBOR one. */
export const GRANITE = 'GraniteServiceVersion20100801'

/** CloudWatch metrics. */
export function cloudwatch({metricDelay}: MetricOptions): Service {
  const operations = operationsOf(client)
  const visible: Visible = (series, now) => {
    if (metricDelay === undefined) return [...series]
    const isVisible = (index: string) => (Number(index) + 1) * MINUTE + metricDelay <= now
    return series.map(each => ({
      ...each,
      minutes: Object.fromEntries(Object.entries(each.minutes).filter(([index]) => isVisible(index))),
    }))
  }
  const handlers: Handlers = {
    GetMetricData: getMetricData(visible),
    GetMetricStatistics: getMetricStatistics(visible),
    ListMetrics: listMetrics(visible),
    PutMetricData: putMetricData,
  }
  return {operations, handlers: withRequiredMembers(operations, handlers, ([first = '']) => missingParameter(first))}
}
