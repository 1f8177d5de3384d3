import {expect, test} from 'vitest'
import {openMetrics} from '../../src/aws/metrics.js'
import {deployedApi, mock} from '../support/deployed-api.js'
import {sessionOn} from '../support/session.js'

const NOON = Date.UTC(2026, 8, 25, 12)
const MINUTE = 60_000
const WINDOW = {start: NOON, end: NOON + 10 * MINUTE, period: MINUTE}

const count = (stage: string) =>
  ({metric: 'Count', dimensions: {ApiName: 'pets', Stage: stage}, statistic: 'Sum'}) as const

test('points come by series, in the order of time; what nobody called has none', async () => {
  let now = NOON
  const api = await deployedApi({'GET /': mock('{}')}, {millis: () => now})
  await api.call('GET /')
  now += MINUTE
  await api.call('GET /')
  await api.call('GET /')
  const {session} = sessionOn({url: api.url} as Parameters<typeof sessionOn>[0])
  expect(await openMetrics(session).read([count('beta'), count('prod')], WINDOW)).toEqual([
    [],
    [
      {time: new Date(NOON), value: 1},
      {time: new Date(NOON + MINUTE), value: 2},
    ],
  ])
})

test('more series than one call may have take several, and each comes back as its own', async () => {
  const api = await deployedApi({'GET /': mock('{}')}, {millis: () => NOON})
  await api.call('GET /')
  const {session} = sessionOn({url: api.url} as Parameters<typeof sessionOn>[0])
  const series = Array.from({length: 501}, (_, i) => count(i === 500 ? 'prod' : `stage${i}`))
  const points = await openMetrics(session).read(series, WINDOW)
  expect(points.map(each => each.length)).toEqual([...Array(500).fill(0), 1])
})

test('more points than one answer may have are read page by page', async () => {
  const api = await deployedApi({'GET /': mock('{}')}, {millis: () => NOON})
  const minutes = Array.from({length: 2_000}, (_, i) => i)
  for (let from = 0; from < minutes.length; from += 500) {
    await api.cloudwatch.putMetricData({
      Namespace: 'AWS/ApiGateway',
      MetricData: minutes.slice(from, from + 500).map(minute => ({
        MetricName: 'Count',
        Dimensions: [
          {Name: 'ApiName', Value: 'pets'},
          {Name: 'Stage', Value: 'prod'},
        ],
        Timestamp: new Date(NOON + minute * MINUTE),
        Value: 1,
        Unit: 'Count',
      })),
    })
  }
  const {session} = sessionOn({url: api.url} as Parameters<typeof sessionOn>[0])
  const series = Array.from({length: 51}, () => count('prod'))
  const points = await openMetrics(session).read(series, {...WINDOW, end: NOON + 2_000 * MINUTE})
  expect(points.map(each => each.length)).toEqual(Array(51).fill(2_000))
})
