import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import type {StandardUnit} from '@aws-sdk/client-cloudwatch'
import {expect, onTestFinished, test} from 'vitest'
import {type DeployedApi, deployedApi, mock} from '../../support/deployed-api.js'

const NOON = Date.UTC(2026, 8, 25, 12)
const MINUTE = 60_000

type Dimensions = Record<string, string>

/** One statistic of a metric in the hour around noon. */
async function statistic(
  {cloudwatch}: DeployedApi,
  name: string,
  stat: string,
  dimensions: Dimensions = {ApiName: 'pets', Stage: 'prod'},
): Promise<number | undefined> {
  const {MetricDataResults} = await cloudwatch.getMetricData({
    StartTime: new Date(NOON - 30 * MINUTE),
    EndTime: new Date(NOON + 30 * MINUTE),
    MetricDataQueries: [
      {
        Id: 'one',
        MetricStat: {
          Metric: {
            Namespace: 'AWS/ApiGateway',
            MetricName: name,
            Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({Name, Value})),
          },
          Period: 3600,
          Stat: stat,
        },
      },
    ],
  })
  expect(MetricDataResults?.[0]?.Values?.length).toBeLessThanOrEqual(1)
  return MetricDataResults?.[0]?.Values?.[0]
}

/** A back end that answers with the status that the path ends with. */
async function backend(): Promise<string> {
  const server = createServer((request, response) => response.writeHead(Number(request.url?.slice(-3))).end())
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const proxy = (uri: string) => ({
  method: {requestParameters: {'method.request.path.status': true}},
  integration: {
    type: 'HTTP_PROXY' as const,
    integrationHttpMethod: 'GET',
    uri: `${uri}/{status}`,
    requestParameters: {'integration.request.path.status': 'method.request.path.status'},
  },
})

test('each request is one sample of each metric: the errors are 0 or 1, so that their average is the rate', async () => {
  const api = await deployedApi({'GET /{status}': proxy(await backend())}, {millis: () => NOON})
  for (const status of [200, 200, 404, 500]) await api.call(`GET /${status}`)
  expect(await statistic(api, 'Count', 'Sum')).toBe(4)
  expect(await statistic(api, 'Count', 'SampleCount')).toBe(4)
  expect(await statistic(api, '4XXError', 'Sum')).toBe(1)
  expect(await statistic(api, '5XXError', 'Average')).toBe(0.25)
  expect(await statistic(api, '5XXError', 'SampleCount')).toBe(4)
  expect(await statistic(api, 'IntegrationLatency', 'SampleCount')).toBe(4)
  expect(await statistic(api, 'CacheHitCount', 'Sum')).toBeUndefined()
})

test('what API Gateway refuses by itself counts, too, and a mock has no latency of an integration', async () => {
  const api = await deployedApi({'GET /': mock('{}')}, {millis: () => NOON})
  await api.call('GET /')
  await api.call('GET /nothing')
  expect(await statistic(api, 'Count', 'Sum')).toBe(2)
  expect(await statistic(api, '4XXError', 'Sum')).toBe(1)
  expect(await statistic(api, 'IntegrationLatency', 'SampleCount')).toBeUndefined()
})

test('a metric is there for the API and for each stage; for a method only with detailed metrics', async () => {
  const api = await deployedApi({'GET /pets/{id}': mock('{}')}, {millis: () => NOON})
  await api.deploy('beta')
  await api.call('GET /pets/1')
  await api.call('GET /pets/1', {}, 'beta')
  const method = {ApiName: 'pets', Stage: 'prod', Resource: '/pets/{id}', Method: 'GET'}
  expect(await statistic(api, 'Count', 'Sum', {ApiName: 'pets'})).toBe(2)
  expect(await statistic(api, 'Count', 'Sum')).toBe(1)
  expect(await statistic(api, 'Count', 'Sum', method)).toBeUndefined()
  await api.patchStage({'/*/*/metrics/enabled': 'true'})
  await api.call('GET /pets/2')
  expect(await statistic(api, 'Count', 'Sum', method)).toBe(1)
  expect(await statistic(api, 'Count', 'Sum')).toBe(2)
})

test('latency has percentiles', async () => {
  let now = NOON
  let latency = 0
  // The gateway reads the clock when a request comes and when it was answered, among others.
  const api = await deployedApi({'GET /': mock('{}')}, {millis: () => (now += latency)})
  await api.call('GET /')
  latency = 1
  for (let i = 0; i < 3; i++) await api.call('GET /')
  expect(await statistic(api, 'Latency', 'Minimum')).toBe(0)
  expect(await statistic(api, 'Latency', 'p25')).toBe(0)
  const slowest = (await statistic(api, 'Latency', 'Maximum')) ?? 0
  expect(slowest).toBeGreaterThan(0)
  expect(await statistic(api, 'Latency', 'p99')).toBe(slowest)
})

test("a cache's hits and misses are counted where it was asked", async () => {
  const api = await deployedApi({'GET /': mock('{}')}, {millis: () => NOON})
  await api.patchStage({
    '/cacheClusterEnabled': 'true',
    '/cacheClusterSize': '0.5',
    '/*/*/caching/enabled': 'true',
  })
  for (let i = 0; i < 4; i++) await api.call('GET /')
  expect(await statistic(api, 'CacheHitCount', 'Sum')).toBe(3)
  expect(await statistic(api, 'CacheMissCount', 'Average')).toBe(0.25)
})

test('a name loses what is not ASCII; where nothing is left it is the id', async () => {
  const api = await deployedApi({'GET /': mock('{}')}, {millis: () => NOON})
  const rename = (value: string) =>
    api.apigateway.updateRestApi({
      restApiId: api.restApiId,
      patchOperations: [{op: 'replace', path: '/name', value}],
    })
  await rename('pétstore')
  await api.call('GET /')
  await rename('犬')
  await api.call('GET /')
  expect(await statistic(api, 'Count', 'Sum', {ApiName: 'ptstore'})).toBe(1)
  expect(await statistic(api, 'Count', 'Sum', {ApiName: api.restApiId})).toBe(1)
})

test('a request to the canary counts for the stage and, once more, for its canary', async () => {
  const draws = [0.05, 0.5, 0.95]
  const api = await deployedApi({'GET /': mock('{}')}, {millis: () => NOON, random: () => draws.shift() ?? 1})
  await api.patchStage({'/canarySettings/percentTraffic': '10.0'})
  for (let i = 0; i < 3; i++) await api.call('GET /')
  expect(await statistic(api, 'Count', 'Sum')).toBe(3)
  expect(await statistic(api, 'Count', 'Sum', {ApiName: 'pets', Stage: 'prod/Canary'})).toBe(1)
  expect(await statistic(api, 'Count', 'Sum', {ApiName: 'pets'})).toBe(3)
})

test('the units are those of the service', async () => {
  const api = await deployedApi({'GET /': mock('{}')}, {millis: () => NOON})
  await api.call('GET /')
  const unitOf = async (MetricName: string): Promise<StandardUnit | undefined> => {
    const {Datapoints} = await api.cloudwatch.getMetricStatistics({
      Namespace: 'AWS/ApiGateway',
      MetricName,
      Dimensions: [{Name: 'ApiName', Value: 'pets'}],
      StartTime: new Date(NOON),
      EndTime: new Date(NOON + MINUTE),
      Period: 60,
      Statistics: ['Sum'],
    })
    return Datapoints?.[0]?.Unit
  }
  expect([await unitOf('Count'), await unitOf('Latency')]).toEqual(['Count', 'Milliseconds'])
})
