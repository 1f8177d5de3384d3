import type {MetricDatum, PutMetricDataInput} from '@aws-sdk/client-cloudwatch'
import type {Handler} from '../service.js'
import {invalidCombination, invalidValue, missingParameter} from './errors.js'
import {addStatistics, addValue, type SeriesName} from './series.js'

/** Points of somebody's own metrics. What was sent with statistics beside values keeps to the values. */
export const putMetricData: Handler = (input: PutMetricDataInput, call) => {
  const {Namespace: namespace = '', MetricData: data = []} = input
  for (const [i, datum] of data.entries()) checkDatum(datum, `MetricData.member.${i + 1}`)
  for (const datum of data) {
    const series: SeriesName = {
      namespace,
      name: datum.MetricName!,
      dimensions: (datum.Dimensions ?? []).map(({Name = '', Value = ''}) => [Name, Value] as const),
      unit: datum.Unit ?? 'None',
    }
    const at = datum.Timestamp?.getTime() ?? call.millis()
    const {Value, Values = [], Counts = [], StatisticValues: given} = datum
    if (Value !== undefined) addValue(call.state, series, at, Value)
    for (const [i, value] of Values.entries()) addValue(call.state, series, at, value, Counts[i] ?? 1)
    if (given && Values.length === 0) {
      const {SampleCount: count = 0, Sum: sum = 0, Minimum: min = 0, Maximum: max = 0} = given
      addStatistics(call.state, series, at, {count, sum, min, max})
    }
  }
}

/** Recorded: test_put_metric_data_validation; that a datum needs a value of some kind is an assumption. @throws ServiceError */
function checkDatum({MetricName, Value, Values, Counts, StatisticValues}: MetricDatum, at: string): void {
  if (!MetricName) throw missingParameter(`${at}.MetricName`)
  if (Value !== undefined && Values !== undefined) throw exclusive(`${at}.Value`, `${at}.Values`)
  if (Value !== undefined && StatisticValues !== undefined) throw exclusive(`${at}.Value`, `${at}.StatisticValues`)
  if (Counts !== undefined && Counts.length !== Values?.length) {
    throw invalidValue(`The parameters ${at}.Values and ${at}.Counts must be of the same size.`)
  }
  if (Value === undefined && !Values?.length && !StatisticValues) throw missingParameter(`${at}.Value`)
}

const exclusive = (one: string, other: string) =>
  invalidCombination(`The parameters ${one} and ${other} are mutually exclusive and you have specified both.`)
