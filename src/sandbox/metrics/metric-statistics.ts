import type {
  Datapoint,
  GetMetricStatisticsInput,
  GetMetricStatisticsOutput,
  Statistic,
} from '@aws-sdk/client-cloudwatch'
import type {Handler} from '../service.js'
import {invalidCombination, invalidValue, missingParameter} from './errors.js'
import {checkPeriod, type Visible} from './metric-data.js'
import {MINUTE, type Minute, pointsOf, seriesOf, statisticOf} from './series.js'

/** Data points of an answer (API reference of GetMetricStatistics). */
const MOST_POINTS = 1_440

/** Statistics of one metric. */
export function getMetricStatistics(visible: Visible): Handler {
  return (input: GetMetricStatisticsInput, call): GetMetricStatisticsOutput => {
    const {Namespace: namespace, MetricName: name, Dimensions: dimensions, Unit: unit, Period = 0} = input
    const {Statistics = [], ExtendedStatistics = [], StartTime = new Date(0), EndTime = new Date(0)} = input
    if (Statistics.length + ExtendedStatistics.length === 0) throw missingParameter('Statistics')
    for (const statistic of [...Statistics, ...ExtendedStatistics]) {
      if (!statisticOf(statistic)) throw invalidValue(`The value ${statistic} is not a valid statistic.`)
    }
    checkPeriod(Period, 'Period')
    const span = Math.ceil((EndTime.getTime() - StartTime.getTime()) / (Period * 1000))
    if (span <= 0) throw invalidValue('The parameter StartTime must be less than the parameter EndTime.')
    if (span > MOST_POINTS) {
      throw invalidCombination(
        `You have requested up to ${grouped(span)} datapoints, which exceeds the limit of 1,440. ` +
          'You may reduce the datapoints requested by increasing Period, or decreasing the time range.',
      )
    }
    const start = Math.floor(StartTime.getTime() / MINUTE) * MINUTE
    const series = visible(seriesOf(call.state, {namespace, name, dimensions, unit}), call.millis())
    const points = pointsOf(series, {start, end: EndTime.getTime(), period: Period * 1000})
    return {
      Label: name,
      Datapoints: points.map(({at, point}) => ({
        Timestamp: new Date(at),
        Unit: series[0]?.unit as Datapoint['Unit'],
        ...Object.fromEntries(Statistics.map(statistic => [statistic, valueAs(statistic, point)])),
        ...(ExtendedStatistics.length > 0 && {
          ExtendedStatistics: Object.fromEntries(
            ExtendedStatistics.flatMap(statistic => {
              const value = valueAs(statistic, point)
              return value === undefined ? [] : [[statistic, value]]
            }),
          ),
        }),
      })),
    }
  }
}

const valueAs = (statistic: Statistic | string, point: Minute) => statisticOf(statistic)?.(point)

const grouped = (count: number) => String(count).replace(/\B(?=(\d{3})+$)/g, ',')
