import type {LogEvent} from '../../src/domain/logs/events.js'
import type {EventBatch, Log} from '../../src/domain/logs/log.js'

// Execution logs of single requests. Wording, order and spacing are those of recorded logs of REST and WebSocket APIs of
// September 2026 (ids and values made up), except where something else is said: S stands for public reports. The number
// before each line is its time in milliseconds after the first.

export const REQUEST_ID = '1f0c9a52-6d34-4a0b-9a57-2f1d5b3c8e01'
export const EXTENDED_ID = 'Ab1cDEfGIAMEHkA='
export const KEY = '**********************************bMZHBg'
const START = Date.UTC(2026, 8, 25, 9, 20, 27, 989)
const FUNCTION = 'arn:aws:lambda:us-east-1:123456789012:function:pets'
const INVOKE = `https://lambda.us-east-1.amazonaws.com/2015-03-31/functions/${FUNCTION}/invocations`

export const REST: Log = {
  group: 'API-Gateway-Execution-Logs_a1b2c3d4e5/prod',
  kind: 'execution',
  protocol: 'REST',
  api: 'pets',
  apiId: 'a1b2c3d4e5',
  stage: 'prod',
}

export const WEB_SOCKET: Log = {
  group: '/aws/apigateway/z9y8x7w6v5/prod',
  kind: 'execution',
  protocol: 'WebSocket',
  api: 'chat',
  apiId: 'z9y8x7w6v5',
  stage: 'prod',
}

type Line = [at: number, text: string]
export type Sample = Line[]

const extended: Line = [0, `Extended Request Id: ${EXTENDED_ID}`]
const verifying = (key = ''): Line => [
  0,
  `Verifying Usage Plan for request: ${REQUEST_ID}. API Key: ${key} API Stage: a1b2c3d4e5/prod`,
]
const notNeeded = (method: string): Line => [
  1,
  `API Key  authorized because method '${method}' does not require API Key. Request will not contribute to throttle or quota limits`,
]
const succeeded = (key = ''): Line => [1, `Usage Plan check succeeded for API Key ${key} and API Stage a1b2c3d4e5/prod`]
const starting: Line = [2, `Starting execution for request: ${REQUEST_ID}`]
const method = (name: string, resource: string): Line => [2, `HTTP Method: ${name}, Resource Path: ${resource}`]
const completed = (status: number, at = 51): Line => [at, `Method completed with status: ${status}`]
const endpointId = (id = '7781d89a-b6d9-4098-924a-4cb16157573c', at = 51): Line => [
  at,
  `AWS Integration Endpoint RequestId : ${id}`,
]
const success = (at = 51): Line => [at, 'Successfully completed execution']
const gates = [extended, verifying(), notNeeded('GET /pets/{petId}'), succeeded()]
const begun = [...gates, starting, method('GET', '/pets/{petId}')]

const traced: Sample = [
  ...begun,
  [3, 'Method request path: {petId=7}'],
  [3, 'Method request query string: {limit=2}'],
  [
    3,
    'Method request headers: {User-Agent=curl/8.4.0, X-Forwarded-Proto=https, X-Forwarded-For=203.0.113.9, Host=a1b2c3d4e5.execute-api.us-east-1.amazonaws.com, X-Forwarded-Port=443, X-Amzn-Trace-Id=Root=1-66f3c000-0123456789abcdef01234567}',
  ],
  [3, 'Method request body before transformations: '],
]

const called: Sample = [
  [3, `Endpoint request URI: ${INVOKE}`],
  [
    3,
    'Endpoint request headers: {X-Amz-Date=20260925T092028Z, x-amzn-apigateway-api-id=a1b2c3d4e5, Accept=application/json, User-Agent=AmazonAPIGateway_a1b2c3d4e5, Host=lambda.us-east-1.amazonaws.com, X-Amz-Content-Sha256=0123 [TRUNCATED]',
  ],
  [3, 'Endpoint request body after transformations: {"resource":"/pets/{petId}","path":"/pets/7", [TRUNCATED]'],
  [3, `Sending request to ${INVOKE}`],
]

const answered: Sample = [
  [50, 'Received response. Status: 200, Integration latency: 46 ms'],
  [
    50,
    'Endpoint response headers: {Date=Fri, 25 Sep 2026 09:20:28 GMT, Content-Type=application/json, Content-Length=131, Connection=keep-alive, x-amzn-RequestId=61ed2826-b9cd-4a75-a5d6-eed85f48dca5, X-Amz-Executed-Version=$LATEST, X-Amzn-Trace-Id=Root=1-66f3c000-0123456789abcdef01234567;Parent=0a87a86c8bf1855b;Sampled=0;Lineage=1:ad193d7f:0}',
  ],
  [50, 'Endpoint response body before transformations: {"statusCode": 200, "body": "{\\"id\\": 7}"}'],
]

const failing = (...lines: Sample): Sample => [...traced, ...called, ...lines]
const rejected = (status: number, ...texts: string[]): Sample => [
  extended,
  verifying(),
  ...texts.map((text): Line => [1, text]),
  completed(status, 1),
]

export const SAMPLES = {
  'Lambda proxy, INFO': [...begun, success(), completed(200), endpointId()],
  'Lambda proxy, data trace': [
    ...traced,
    ...called,
    ...answered,
    [50, 'Method response body after transformations: {"id": 7}'],
    [
      50,
      'Method response headers: {Content-Type=application/json, X-Amzn-Trace-Id=Root=1-66f3c000-0123456789abcdef01234567;Parent=0a87a86c8bf1855b}',
    ],
    success(50),
    completed(200, 50),
    endpointId('61ed2826-b9cd-4a75-a5d6-eed85f48dca5', 50),
  ],
  'mock, data trace': [
    ...traced,
    [3, 'Method response body after transformations: {"pets": "all the pets"}'],
    [3, 'Method response headers: {Content-Type=application/json}'],
    success(3),
    completed(200, 3),
  ],
  'function error': failing(
    ...answered.slice(0, 1),
    [
      50,
      'Lambda execution failed with status 200 due to customer function error: boom. Lambda request id: cbb8db9c-94de-4d11-873d-e5d79fda5a05',
    ],
    completed(502, 50),
    endpointId('cbb8db9c-94de-4d11-873d-e5d79fda5a05', 50),
  ),
  // S
  timeout: failing([29_003, 'Execution failed due to a timeout error'], completed(504, 29_003)),
  // S
  'malformed proxy response': failing(
    ...answered,
    [50, 'Execution failed due to configuration error: Malformed Lambda proxy response'],
    completed(502, 50),
  ),
  'Lambda permission': failing(
    [9, 'Execution failed due to configuration error: Invalid permissions on Lambda function'],
    completed(500, 9),
  ),
  // S
  'Lambda throttled': failing(
    [9, 'Lambda invocation failed with status: 429. Lambda request id: 5a1f0c2e-1111-4222-8333-0123456789ab'],
    [9, 'Execution failed due to configuration error: Rate Exceeded.'],
    completed(500, 9),
  ),
  'invalid endpoint': [
    ...traced,
    [4, 'Execution failed due to configuration error: Invalid endpoint address'],
    completed(500, 4),
  ],
  // S
  'no output mapping': failing(
    [
      9,
      'Execution failed due to configuration error: No match for output mapping and no default output mapping configured. Endpoint Response Status Code: 403',
    ],
    completed(500, 9),
  ),
  // Order as recorded in 2016, with a key.
  'API key accepted': [
    extended,
    verifying(KEY),
    succeeded(KEY),
    starting,
    method('POST', '/orders'),
    [2, `API Key: ${KEY}`],
    success(),
    completed(201),
  ],
  // S
  'API key missing': rejected(
    403,
    "API Key  not authorized because method 'POST /orders' requires API Key and API Key is not associated with a Usage Plan for API Stage a1b2c3d4e5/prod: API Key was required but not present",
  ),
  // S
  'API key on no plan': rejected(
    403,
    "API Key **********************************gE96dR not authorized because method 'GET /' requires API Key and API Key is not associated with a Usage Plan for API Stage a1b2c3d4e5/prod: No Usage Plan found for key and API Stage",
  ),
  // S
  'rate of a key': rejected(
    429,
    'API Key **********************************F0yrv6 exceeded throttle limit for API Stage a1b2c3d4e5/prod: Key throttle limit exceeded for Usage Plan ID p1q2r3, RestApi a1b2c3d4e5, Stage prod, Resource f646q2, HttpMethod GET. Limit: 5.00 Burst: 10',
  ),
  // S
  'rate of a method': rejected(
    429,
    'Key throttle limit exceeded for RestApi a1b2c3d4e5, Stage prod, Resource k0w8mc, HttpMethod POST. Limit: 1.00 Burst: 1',
  ),
  // S
  'quota of a key': rejected(
    429,
    'API Key **********************************F0yrv6 exceeded quota limit for API Stage a1b2c3d4e5/prod: Key quota exhausted for Usage Plan ID p1q2r3. Q Limit: 500 Period: DAY',
  ),
  // S, order as recorded in 2017.
  'authorizer allows': [
    [0, `Starting authorizer: ab12cd for request: ${REQUEST_ID}`],
    [0, 'Incoming identity: ******************kwef5a'],
    [1, `Endpoint request URI: ${INVOKE.replace(':pets', ':auth')}`],
    [
      1,
      'Endpoint request body after transformations: {"type":"TOKEN","methodArn":"arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4e5/prod/GET/pets"}',
    ],
    [
      27,
      'Authorizer result body before parsing: {"principalId": "user-1", "policyDocument": {"Version": "2012-10-17"}}',
    ],
    [28, 'Using valid authorizer policy for principal: ***user-1'],
    [28, 'Successfully completed authorizer execution'],
    [28, verifying()[1]],
    [28, notNeeded('ANY /{resource+}')[1]],
    [28, succeeded()[1]],
    [28, starting[1]],
    [28, 'HTTP Method: GET, Resource Path: /user_info'],
    [28, 'Method request path: {resource=user_info}'],
    [40, 'Received response. Integration latency: 10 ms'],
    success(),
    completed(200),
  ],
  // A log of 2026 with Cognito and X-Ray: no line has the status.
  'authorizer denies': [
    extended,
    [2, `Starting authorizer: ab12cd for request: ${REQUEST_ID}`],
    [2, `Unauthorized request: ${REQUEST_ID}`],
    [2, 'X-ray Tracing ID : Root=1-6962324d-273b8749616a929c8bd4fd14'],
  ],
  // S
  'invalid body': [
    ...gates,
    starting,
    method('POST', '/orders'),
    [
      3,
      'Request body does not match model schema for content type application/json: [object has missing required properties (["email"])]',
    ],
    completed(400, 3),
  ],
  // S: only lines of failures.
  'function error, ERROR': [
    [
      0,
      'Lambda execution failed with status 200 due to customer function error: boom. Lambda request id: cbb8db9c-94de-4d11-873d-e5d79fda5a05',
    ],
    [0, 'Method completed with status: 502'],
    [0, 'AWS Integration Endpoint RequestId : cbb8db9c-94de-4d11-873d-e5d79fda5a05'],
  ],
} satisfies Record<string, Sample>

const CONNECTION = 'gbikxK_GEQAYKEhTsA=='
const opened = (route: string): Sample => [
  [0, `Extended Request Id: ${EXTENDED_ID}`],
  [0, `Verifying Usage Plan for request: ${EXTENDED_ID}. API Key:  API Stage: z9y8x7w6v5/prod`],
  [
    0,
    `API Key  authorized because route '${route}' does not require API Key. Request will not contribute to throttle or quota limits`,
  ],
  [0, 'Usage Plan check succeeded for API Key  and API Stage z9y8x7w6v5/prod'],
  [1, `Starting execution for request: ${EXTENDED_ID}`],
  [1, `WebSocket Request Route: [${route}]`],
]
const wsEndpoint: Line = [20, 'AWS Integration Endpoint RequestId : f9cf4038-ef45-455a-b0b7-dd9039d7a650']

export const WEB_SOCKET_SAMPLES = {
  connect: [
    ...opened('$connect'),
    [1, 'Client [UserAgent: curl/8.4.0, SourceIp: 203.0.113.9] is connecting to WebSocket API [z9y8x7w6v5].'],
    wsEndpoint,
    [20, `Client [Connection Id: ${CONNECTION}] connected to API [z9y8x7w6v5] successfully.`],
  ],
  message: [
    ...opened('echo'),
    [1, `WebSocket API [z9y8x7w6v5] received message from client [Connection Id: ${CONNECTION}].`],
    wsEndpoint,
    [
      20,
      `Message from client [Connection Id: ${CONNECTION}] sent to API [z9y8x7w6v5] with response status code [200].`,
    ],
  ],
  'message that fails': [
    ...opened('echo'),
    [1, `WebSocket API [z9y8x7w6v5] received message from client [Connection Id: ${CONNECTION}].`],
    [
      20,
      'Lambda execution failed with status 200 due to customer function error: boom. Lambda request id: f9cf4038-ef45-455a-b0b7-dd9039d7a650',
    ],
    wsEndpoint,
    [
      20,
      `Message from client [Connection Id: ${CONNECTION}] sent to API [z9y8x7w6v5] with response status code [502].`,
    ],
  ],
  disconnect: [
    ...opened('$disconnect'),
    wsEndpoint,
    [
      20,
      `Client [Connection Id: ${CONNECTION}] disconnected from API [z9y8x7w6v5] with integration response status code [200]. Close reason: [1000: bye]`,
    ],
  ],
} satisfies Record<string, Sample>

/** The events of a request in the form of recorded ones: one stream, one delivery, ids that count on. */
export function eventsOf(
  sample: Sample,
  {id = REQUEST_ID, start = START, stream = '0b973d78ac2030d9283c3ef4c528cf1d', random = 1} = {},
): LogEvent[] {
  const ingestionTime = start + 20_100
  return sample.map(([at, text], index) => {
    const timestamp = start + at
    const eventId =
      (BigInt(timestamp) << 144n) | (BigInt(ingestionTime) << 80n) | (BigInt(random) << 16n) | BigInt(index)
    return {
      timestamp,
      ingestionTime,
      logStreamName: stream,
      eventId: String(eventId).padStart(56, '0'),
      message: `(${id}) ${text}`.replaceAll(REQUEST_ID, id),
    }
  })
}

/** Batches as a tail yields them. */
export async function* batchesOf(log: Log, ...batches: LogEvent[][]): AsyncGenerator<EventBatch> {
  for (const events of batches) yield {log, events}
}
