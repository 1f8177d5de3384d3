import type {MetricDataQuery} from '@aws-sdk/client-cloudwatch'
import type {MetricPoint, MetricSource, Series} from '../domain/metrics.js'
import type {Session} from '../domain/session.js'
import {configurationOf, lazily, sender} from './client.js'
import {needing} from './failure.js'

/** Queries of one call. Source: API reference of GetMetricData. */
const QUERIES = 500

/** CloudWatch metrics over the SDK, which is loaded when they are read first. */
export function openMetrics(session: Session): MetricSource {
  const connected = lazily(async () => {
    const [sdk, configuration] = await Promise.all([import('@aws-sdk/client-cloudwatch'), configurationOf(session)])
    return {sdk, send: sender(new sdk.CloudWatchClient(configuration), session)}
  })
  return {
    async read(series, {start, end, period}) {
      const {sdk, send} = await connected()
      const points = series.map((): MetricPoint[] => [])
      for (let from = 0; from < series.length; from += QUERIES) {
        const queries = series.slice(from, from + QUERIES).map((each, i) => queryOf(each, `q${from + i}`, period))
        let NextToken: string | undefined
        do {
          const command = new sdk.GetMetricDataCommand({
            MetricDataQueries: queries,
            StartTime: new Date(start),
            EndTime: new Date(end),
            ScanBy: 'TimestampAscending',
            NextToken,
          })
          const page = await needing('cloudwatch:GetMetricData', () => send(command))
          for (const {Id = '', Timestamps = [], Values = []} of page.MetricDataResults ?? []) {
            const found = points[Number(Id.slice(1))]
            for (const [i, time] of Timestamps.entries()) found?.push({time, value: Values[i] ?? 0})
          }
          NextToken = page.NextToken
        } while (NextToken !== undefined)
      }
      return points
    },
  }
}

const queryOf = ({metric, dimensions, statistic}: Series, id: string, period: number): MetricDataQuery => ({
  Id: id,
  MetricStat: {
    Metric: {
      Namespace: 'AWS/ApiGateway',
      MetricName: metric,
      Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({Name, Value})),
    },
    Period: period / 1000,
    Stat: statistic,
  },
})
