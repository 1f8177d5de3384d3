// How fast lines of execution logs become requests, as a multiple of what it takes to read the same events as JSON and
// of what it takes to split their texts, all in this run and on one core. With data trace and without; credentials are
// taken out, as `logs tail` does by default.
//   node --import tsx bench/requests.js
import {RequestGroups} from '../src/domain/logs/requests/group.ts'

const REQUESTS = 10_000
const RUNS = 5
const PAGE = 10_000

const log = {
  group: 'API-Gateway-Execution-Logs_a1b2c3d4e5/prod',
  kind: 'execution',
  protocol: 'REST',
  api: 'pets',
  apiId: 'a1b2c3d4e5',
  stage: 'prod',
}

const HEADERS =
  'Accept=*/*, CloudFront-Viewer-Country=PL, User-Agent=Mozilla/5.0 (Windows NT 6.3; Win64; x64) AppleWebKit/537.36 ' +
  '(KHTML, like Gecko) Chrome/58.0.3029.110 Safari/537.36, X-Forwarded-Proto=https, Host=a1b2c3d4e5.execute-api.' +
  'us-east-1.amazonaws.com, Accept-Encoding=gzip, deflate, br, X-Forwarded-Port=443, x-api-key=*************bMZHBg, ' +
  'X-Amzn-Trace-Id=Root=1-66f3c000-0123456789abcdef01234567, X-Forwarded-For=203.0.113.9, 130.176.1.1'

/** The lines of one request with their milliseconds, as in the samples of recorded logs. */
function linesOf(id, isTraced) {
  const lambda =
    'https://lambda.us-east-1.amazonaws.com/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:pets/invocations'
  const event = `{"resource":"/pets/{petId}","path":"/pets/7","httpMethod":"GET","headers":{"Authorization":"Bearer abc","Accept":"*/*"},"requestContext":{"resourcePath":"/pets/{petId}","requestId":"${id}"},"body":null}`
  const trace = (at, text) => (isTraced ? [[at, text]] : [])
  return [
    [0, 'Extended Request Id: Ab1cDEfGIAMEHkA='],
    [
      0,
      `Verifying Usage Plan for request: ${id}. API Key: **********************************bMZHBg API Stage: a1b2c3d4e5/prod`,
    ],
    [
      3,
      'Usage Plan check succeeded for API Key **********************************bMZHBg and API Stage a1b2c3d4e5/prod',
    ],
    [3, `Starting execution for request: ${id}`],
    [3, 'HTTP Method: GET, Resource Path: /pets/{petId}'],
    [3, 'API Key: **********************************bMZHBg'],
    ...trace(3, 'Method request path: {petId=7}'),
    ...trace(3, 'Method request query string: {limit=2}'),
    ...trace(3, `Method request headers: {${HEADERS}}`),
    ...trace(3, 'Method request body before transformations: '),
    ...trace(3, `Endpoint request URI: ${lambda}`),
    ...trace(
      3,
      `Endpoint request headers: {X-Amz-Date=20260925T092028Z, ${HEADERS}, Authorization=*****f671cd [TRUNCATED]`,
    ),
    ...trace(3, `Endpoint request body after transformations: ${event}`),
    ...trace(3, `Sending request to ${lambda}`),
    ...trace(50, 'Received response. Status: 200, Integration latency: 46 ms'),
    ...trace(50, `Endpoint response headers: {${HEADERS}}`),
    ...trace(50, 'Endpoint response body before transformations: {"statusCode": 200, "body": "{\\"id\\": 7}"}'),
    ...trace(50, 'Method response body after transformations: {"id": 7}'),
    ...trace(50, 'Method response headers: {Content-Type=application/json}'),
    [50, 'Successfully completed execution'],
    [50, 'Method completed with status: 200'],
    [50, 'AWS Integration Endpoint RequestId : 61ed2826-b9cd-4a75-a5d6-eed85f48dca5'],
  ].map(([at, text]) => [at, `(${id}) ${text}`])
}

/** Pages of events, the lines of some fifty requests interleaved. */
function pages(isTraced) {
  const events = []
  for (let i = 0; i < REQUESTS; i++) {
    const id = `1f0c9a52-6d34-4a0b-9a57-${i.toString(16).padStart(12, '0')}`
    for (const [at, message] of linesOf(id, isTraced)) {
      const timestamp = 1_790_328_027_000 + i + at
      events.push({timestamp, ingestionTime: timestamp + 20_100, logStreamName: String(i % 50), eventId: '', message})
    }
  }
  events.sort((a, b) => a.timestamp - b.timestamp)
  for (const [i, event] of events.entries()) event.eventId = String(i).padStart(56, '3')
  const cut = Array.from({length: Math.ceil(events.length / PAGE)}, (_, i) => events.slice(i * PAGE, (i + 1) * PAGE))
  // Read once from JSON, as from the service, so that the texts are as they come from there.
  return cut.map(page => JSON.parse(JSON.stringify(page)))
}

function grouped(batches, redact) {
  const groups = new RequestGroups({clock: {now: () => 0}, redact})
  let requests = 0
  for (const events of batches) requests += groups.add({log, events}).length
  requests += groups.end().length
  if (requests !== REQUESTS) throw new Error(`${requests} requests came out instead of ${REQUESTS}.`)
}

const median = values => values.sort((a, b) => a - b)[Math.floor(values.length / 2)]

for (const isTraced of [false, true]) {
  const batches = pages(isTraced)
  const texts = batches.map(page => JSON.stringify(page))
  const count = batches.reduce((sum, {length}) => sum + length, 0)
  const ways = {
    grouped: () => grouped(batches, true),
    'not redacted': () => grouped(batches, false),
    parsed: () => texts.map(text => JSON.parse(text).length),
    split: () => batches.map(page => page.map(({message}) => message.split(' ').length)),
  }
  const times = Object.fromEntries(Object.keys(ways).map(name => [name, []]))
  for (let i = 0; i < RUNS; i++) {
    for (const [name, way] of Object.entries(ways)) {
      const start = process.hrtime.bigint()
      way()
      times[name].push(Number(process.hrtime.bigint() - start) / 1e6)
    }
  }
  const took = Object.fromEntries(Object.entries(times).map(([name, values]) => [name, median(values)]))
  const rate = name => Math.round((count / took[name]) * 1000).toLocaleString('en')
  const ratio = floor => (took.grouped / took[floor]).toFixed(2)
  console.log(`${isTraced ? 'INFO with data trace' : 'INFO'}: ${count} lines, ${REQUESTS} requests`)
  console.log(`  ${rate('grouped')} lines/s to requests; ${rate('not redacted')} with --no-redact`)
  console.log(`  ${ratio('parsed')} x JSON.parse of the same events, ${ratio('split')} x a split of their texts`)
}
