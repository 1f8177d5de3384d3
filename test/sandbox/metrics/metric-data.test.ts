import {mkdtempSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import type {CloudWatch, MetricDataQuery} from '@aws-sdk/client-cloudwatch'
import {describe, expect, test} from 'vitest'
import {startSandbox} from '../../../src/sandbox/server.js'
import {clientsOn, sandboxForTest} from '../../support/sandbox.js'

const NOON = Date.UTC(2026, 8, 25, 12)
const MINUTE = 60_000

/** Points of a metric, by minutes after noon. */
const put = (cloudwatch: CloudWatch, name: string, points: Record<number, number[]>) =>
  cloudwatch.putMetricData({
    Namespace: 'test',
    MetricData: Object.entries(points).map(([minute, Values]) => ({
      MetricName: name,
      Timestamp: new Date(NOON + Number(minute) * MINUTE),
      Values,
    })),
  })

const query = (Id: string, Stat = 'Sum', Period = 60, MetricName = Id): MetricDataQuery => ({
  Id,
  MetricStat: {Metric: {Namespace: 'test', MetricName}, Period, Stat},
})

const HOUR = {StartTime: new Date(NOON), EndTime: new Date(NOON + 60 * MINUTE)}

describe('GetMetricData', () => {
  test('puts points together by periods, the first of which begins with the time asked for', async () => {
    const {cloudwatch} = await sandboxForTest()
    await put(cloudwatch, 'a', {3: [1, 2], 4: [4], 9: [8]})
    const {MetricDataResults} = await cloudwatch.getMetricData({
      StartTime: new Date(NOON + 3 * MINUTE + 59_000),
      EndTime: new Date(NOON + 60 * MINUTE),
      MetricDataQueries: [query('a', 'Sum', 300)],
      ScanBy: 'TimestampAscending',
    })
    expect(MetricDataResults).toMatchObject([
      {Timestamps: [new Date(NOON + 3 * MINUTE), new Date(NOON + 8 * MINUTE)], Values: [7, 8], StatusCode: 'Complete'},
    ])
  })

  test('the newest comes first, unless told otherwise', async () => {
    const {cloudwatch} = await sandboxForTest()
    await put(cloudwatch, 'a', {1: [1], 2: [2]})
    const values = async (ScanBy?: 'TimestampAscending') =>
      (await cloudwatch.getMetricData({...HOUR, ScanBy, MetricDataQueries: [query('a')]})).MetricDataResults?.[0]
        ?.Values
    expect(await values()).toEqual([2, 1])
    expect(await values('TimestampAscending')).toEqual([1, 2])
  })

  test('computes arithmetic of metrics, where all of them have a point', async () => {
    const {cloudwatch} = await sandboxForTest()
    await put(cloudwatch, 'errors', {1: [1], 2: [3], 3: [0]})
    await put(cloudwatch, 'count', {1: [4], 2: [4], 4: [4]})
    const {MetricDataResults} = await cloudwatch.getMetricData({
      ...HOUR,
      ScanBy: 'TimestampAscending',
      MetricDataQueries: [
        {Id: 'rate', Expression: '100 * errors / (count + 0) - 2 ^ 2'},
        {...query('errors'), ReturnData: false},
        {...query('count'), ReturnData: false},
      ],
    })
    expect(MetricDataResults).toMatchObject([{Id: 'rate', Label: 'rate', Values: [21, 71]}])
  })

  test.each([
    ['SUM(METRICS())', 'the sandbox computes'],
    ['a / ', 'the end'],
    ['a / b', 'there is no query "b"'],
    ['(a', 'parenthesis'],
    ['1 + 1', 'of a metric'],
    ['a a', 'does not belong'],
  ])('refuses the expression %s, and says why', async (Expression, why) => {
    const {cloudwatch} = await sandboxForTest()
    const MetricDataQueries = [query('a'), {Id: 'e', Expression}]
    await expect(cloudwatch.getMetricData({...HOUR, MetricDataQueries})).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining(why),
    })
  })

  test('gives out points in pages', async () => {
    const {cloudwatch} = await sandboxForTest()
    await put(cloudwatch, 'a', {1: [1], 2: [2], 3: [3]})
    await put(cloudwatch, 'b', {1: [4], 2: [5]})
    const input = {...HOUR, ScanBy: 'TimestampAscending' as const, MaxDatapoints: 2}
    const MetricDataQueries = [query('a'), query('b')]
    const pages: (number[] | undefined)[][] = []
    let NextToken: string | undefined
    do {
      const page = await cloudwatch.getMetricData({...input, MetricDataQueries, NextToken})
      pages.push((page.MetricDataResults ?? []).map(({Values}) => Values))
      NextToken = page.NextToken
    } while (NextToken)
    expect(pages).toEqual([
      [[1, 2], []],
      [[3], [4]],
      [[], [5]],
    ])
    await expect(cloudwatch.getMetricData({...input, MetricDataQueries, NextToken: 'x'})).rejects.toThrow('nextToken')
  })

  test('has all percentiles of values, and none where only statistics were sent', async () => {
    const {cloudwatch} = await sandboxForTest()
    await put(cloudwatch, 'a', {1: Array.from({length: 100}, (_, i) => i + 1)})
    const StatisticValues = {SampleCount: 2, Sum: 4, Minimum: 1, Maximum: 3}
    await cloudwatch.putMetricData({
      Namespace: 'test',
      MetricData: [{MetricName: 'b', Timestamp: new Date(NOON), StatisticValues}],
    })
    const {MetricDataResults} = await cloudwatch.getMetricData({
      ...HOUR,
      MetricDataQueries: ['p0.0', 'p50', 'p99', 'p100'].map((stat, i) => query(`q${i}`, stat, 60, 'a')),
    })
    expect(MetricDataResults?.map(({Values}) => Values)).toEqual([[1], [50], [99], [100]])
    const other = await cloudwatch.getMetricData({...HOUR, MetricDataQueries: [query('b', 'p99')]})
    expect(other.MetricDataResults?.[0]?.Values).toEqual([])
  })

  test('refuses what is no statistic, no period or no time', async () => {
    const {cloudwatch} = await sandboxForTest()
    const get = (query: MetricDataQuery, time = HOUR) => cloudwatch.getMetricData({...time, MetricDataQueries: [query]})
    await expect(get(query('a', 'Median'))).rejects.toThrow('not a valid statistic')
    await expect(get(query('a', 'Sum', 90))).rejects.toThrow('not a valid period')
    await expect(get(query('A'))).rejects.toThrow('pattern')
    await expect(get(query('a'), {StartTime: HOUR.EndTime, EndTime: HOUR.EndTime})).rejects.toThrow('less than')
  })
})

test('GetMetricStatistics has several statistics of one metric, and no more points than the service', async () => {
  const {cloudwatch} = await sandboxForTest()
  await put(cloudwatch, 'a', {1: [1, 3], 2: [5]})
  const input = {Namespace: 'test', MetricName: 'a', ...HOUR, ExtendedStatistics: ['p50']}
  const {Datapoints, Label} = await cloudwatch.getMetricStatistics({
    ...input,
    Period: 60,
    Statistics: ['Average', 'Sum'],
  })
  expect({Label, Datapoints}).toMatchObject({
    Label: 'a',
    Datapoints: [
      {Average: 2, Sum: 4, ExtendedStatistics: {p50: 1}, Timestamp: new Date(NOON + MINUTE)},
      {Average: 5, Sum: 5, ExtendedStatistics: {p50: 5}},
    ],
  })
  const StartTime = new Date(NOON - 25 * 60 * MINUTE)
  await expect(cloudwatch.getMetricStatistics({...input, StartTime, Period: 60})).rejects.toThrow('limit of 1,440')
})

test('ListMetrics lists what had points within two weeks, by namespace, name and dimension', async () => {
  let now = NOON
  const {cloudwatch} = await sandboxForTest({millis: () => now})
  const Dimensions = [{Name: 'Stage', Value: 'prod'}]
  await cloudwatch.putMetricData({Namespace: 'test', MetricData: [{MetricName: 'a', Value: 1, Dimensions}]})
  now += 13 * 24 * 60 * MINUTE
  await cloudwatch.putMetricData({Namespace: 'test', MetricData: [{MetricName: 'b', Value: 1}]})
  const names = async (input = {}) => (await cloudwatch.listMetrics(input)).Metrics?.map(({MetricName}) => MetricName)
  expect(await names()).toEqual(['a', 'b'])
  expect(await names({Namespace: 'other'})).toEqual([])
  expect(await names({Dimensions: [{Name: 'Stage'}]})).toEqual(['a'])
  expect(await names({RecentlyActive: 'PT3H'})).toEqual(['b'])
  now += 2 * 24 * 60 * MINUTE
  expect(await names()).toEqual(['b'])
})

test('points can be seen some time after their minute has ended, where that is asked for', async () => {
  let now = NOON + 30_000
  const {cloudwatch} = await sandboxForTest({millis: () => now, metricDelay: 2 * MINUTE})
  await put(cloudwatch, 'a', {0: [1]})
  const values = async () =>
    (await cloudwatch.getMetricData({...HOUR, MetricDataQueries: [query('a')]})).MetricDataResults?.[0]?.Values
  now = NOON + 3 * MINUTE - 1
  expect(await values()).toEqual([])
  now = NOON + 3 * MINUTE
  expect(await values()).toEqual([1])
})

test('metrics are in the state file, and are bounded', async () => {
  const stateFile = join(mkdtempSync(join(tmpdir(), 'apigw-state-')), 'state.json')
  const first = await startSandbox({stateFile})
  const {cloudwatch} = clientsOn(first)
  for (let from = 0; from < 2_500; from += 500) {
    const minutes = Array.from({length: 500}, (_, i) => [from + i, [1]] as [number, number[]])
    await put(cloudwatch, 'a', Object.fromEntries(minutes) as Record<number, number[]>)
  }
  await first.stop()
  const {cloudwatch: again} = await sandboxForTest({stateFile})
  const {MetricDataResults} = await again.getMetricData({
    StartTime: new Date(NOON),
    EndTime: new Date(NOON + 2_500 * MINUTE),
    MetricDataQueries: [query('a', 'Sum', 60 * 2_500)],
  })
  expect(MetricDataResults?.[0]?.Values).toEqual([2_000])
})
