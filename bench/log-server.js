// A sandbox in a process of its own, full of the execution log of one stage, whose FilterLogEvents takes its time.
//   fork('bench/log-server.js', [latency in ms], {execArgv: ['--import', 'tsx']})
// It sends {url, restApiId, group, since} when it is ready, and on the message `calls` when each call of FilterLogEvents
// came in since the last time it was asked.
import {randomUUID} from 'node:crypto'
import {APIGateway} from '@aws-sdk/client-api-gateway'
import {CloudWatchLogs} from '@aws-sdk/client-cloudwatch-logs'
import {startSandbox} from '../src/sandbox/server.ts'

const REQUESTS = 10_000
const STREAMS = 50
const HOUR = 3_600_000

const [latency = '300'] = process.argv.slice(2)
let isSeeded = false
/** Milliseconds of this process. */
let arrivals = []

const sandbox = await startSandbox({
  latencyOf: operation => {
    if (operation !== 'FilterLogEvents' || !isSeeded) return 0
    arrivals.push(performance.now())
    return Number(latency)
  },
})
const configuration = {
  endpoint: sandbox.url,
  region: 'us-east-1',
  credentials: {accessKeyId: 'bench', secretAccessKey: 'bench'},
}

/** Twenty lines with their milliseconds, as a request of an API with keys and an HTTP integration leaves them at level INFO with data trace. */
function linesOf(id, api) {
  const key = `${'*'.repeat(34)}bMZHBg`
  return [
    [0, 'Extended Request Id: Ab1cDEfGIAMEHkA='],
    [0, `Verifying Usage Plan for request: ${id}. API Key: ${key} API Stage: ${api}/prod`],
    [8, `Usage Plan check succeeded for API Key ${key} and API Stage ${api}/prod`],
    [9, `Starting execution for request: ${id}`],
    [9, 'HTTP Method: GET, Resource Path: /pets/{petId}'],
    [9, 'Method request path: {petId=7}'],
    [9, 'Method request query string: {limit=2}'],
    [9, 'Method request headers: {User-Agent=curl/8.4.0, X-Forwarded-Proto=https, X-Forwarded-For=203.0.113.9}'],
    [9, 'Method request body before transformations: '],
    [9, 'Endpoint request URI: http://pets.example.com/pets/7?limit=2'],
    [9, `Endpoint request headers: {x-amzn-apigateway-api-id=${api}, User-Agent=AmazonAPIGateway_${api}}`],
    [9, 'Endpoint request body after transformations: '],
    [9, 'Sending request to http://pets.example.com/pets/7?limit=2'],
    [55, 'Received response. Status: 200, Integration latency: 46 ms'],
    [55, 'Endpoint response headers: {Content-Type=application/json, Content-Length=9}'],
    [55, 'Endpoint response body before transformations: {"id": 7}'],
    [55, 'Method response body after transformations: {"id": 7}'],
    [55, 'Method response headers: {Content-Type=application/json}'],
    [55, 'Successfully completed execution'],
    [55, 'Method completed with status: 200'],
  ]
}

/** Requests at random moments of the last hour, each in one of the streams. */
async function seed() {
  const gateway = new APIGateway(configuration)
  const logs = new CloudWatchLogs(configuration)
  const {id: restApiId = ''} = await gateway.createRestApi({name: 'pets'})
  const group = `API-Gateway-Execution-Logs_${restApiId}/prod`
  const {items: [root] = []} = await gateway.getResources({restApiId})
  const method = {restApiId, resourceId: root?.id, httpMethod: 'GET'}
  await gateway.putMethod({...method, authorizationType: 'NONE'})
  await gateway.putIntegration({...method, type: 'MOCK'})
  await gateway.createDeployment({restApiId, stageName: 'prod'})
  await logs.createLogGroup({logGroupName: group})
  const end = Date.now() - 60_000
  const starts = Array.from({length: REQUESTS}, () => end - Math.floor(Math.random() * HOUR)).sort((a, b) => a - b)
  for (let stream = 0; stream < STREAMS; stream++) {
    const logStreamName = randomUUID().replaceAll('-', '')
    await logs.createLogStream({logGroupName: group, logStreamName})
    const logEvents = starts
      .filter((_, i) => i % STREAMS === stream)
      .flatMap(start => {
        const id = randomUUID()
        return linesOf(id, restApiId).map(([at, text]) => ({timestamp: start + at, message: `(${id}) ${text}`}))
      })
      .sort((a, b) => a.timestamp - b.timestamp)
    await logs.putLogEvents({logGroupName: group, logStreamName, logEvents})
  }
  return {restApiId, group, since: end - HOUR - 1_000}
}

const seeded = await seed()
isSeeded = true
process.on('message', () => {
  process.send(arrivals)
  arrivals = []
})
process.on('disconnect', () => process.exit())
process.send({url: sandbox.url, ...seeded})
