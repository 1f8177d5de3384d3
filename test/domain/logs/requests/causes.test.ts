import {readFileSync} from 'node:fs'
import {describe, expect, test} from 'vitest'
import {HELP_TOPICS} from '../../../../src/cli/topics.js'
import {requestOf} from '../../../../src/domain/logs/requests/assemble.js'
import {phaseOf} from '../../../../src/domain/logs/requests/lines.js'
import type {RequestFailure, RequestLine} from '../../../../src/domain/logs/requests/request.js'
import {
  EXTENDED_ID,
  REQUEST_ID,
  REST,
  SAMPLES,
  type Sample,
  WEB_SOCKET,
  WEB_SOCKET_SAMPLES,
} from '../../../support/log-samples.js'

const START = Date.UTC(2026, 8, 25, 9, 20, 27, 989)

const linesOf = (sample: Sample): RequestLine[] =>
  sample.map(([at, text], i) => ({
    time: new Date(START + at),
    source: 'execution',
    phase: phaseOf(text),
    text,
    logStreamName: 's',
    eventId: String(i),
  }))

const failureOf = (sample: Sample): RequestFailure | undefined => requestOf(REST, REQUEST_ID, linesOf(sample)).failure

/** A sample with its failure, or another, in the words that are given. */
const failing = (text: string, status = 500): Sample => [
  ...SAMPLES['invalid endpoint'].slice(0, -2),
  [9, text],
  [9, `Method completed with status: ${status}`],
]

const CALLED = SAMPLES['Lambda permission'].filter(([, text]) => text.startsWith('Endpoint request URI'))
const FUNCTION = 'arn:aws:lambda:us-east-1:123456789012:function:pets'
const STAGE = '--api a1b2c3d4e5 --stage prod'
const TRACED = `See it in full: apigw logs request ${REQUEST_ID} ${STAGE}`
const UNTRACED = `Have the next one logged in full: apigw logs enable ${STAGE} --level full`

describe('samples of logs: the cause, and the command that mends it or shows more', () => {
  test.each<[keyof typeof SAMPLES, RequestFailure]>([
    [
      'function error',
      {
        cause: 'function-error',
        message: 'The Lambda function failed: boom',
        hint: `See what the function wrote: apigw logs request ${REQUEST_ID} ${STAGE}`,
      },
    ],
    [
      'function error, ERROR',
      {
        cause: 'function-error',
        message: 'The Lambda function failed: boom',
        hint: `See what the function wrote: apigw logs request ${REQUEST_ID} ${STAGE}`,
      },
    ],
    [
      'timeout',
      {
        cause: 'timeout',
        message: 'The integration did not answer in the time it has: 29 s, unless set otherwise.',
        hint: `See what the function wrote: apigw logs request ${REQUEST_ID} ${STAGE}`,
      },
    ],
    [
      'malformed proxy response',
      {
        cause: 'malformed-proxy-response',
        message:
          'The function answered, but not with {statusCode, headers, body}, where body is a text and nothing else is there.',
        hint: TRACED,
      },
    ],
    [
      'Lambda permission',
      {
        cause: 'lambda-permission',
        message: 'API Gateway may not call the Lambda function pets, or there is no such function.',
        hint: `Let it: aws lambda add-permission --function-name '${FUNCTION}' --region us-east-1 --statement-id apigw-a1b2c3d4e5-GET-pets- --action lambda:InvokeFunction --principal apigateway.amazonaws.com --source-arn 'arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4e5/*/GET/pets/*'`,
      },
    ],
    [
      'Lambda throttled',
      {
        cause: 'lambda-throttled',
        message: 'Lambda throttled the call: the function, or the account, is at its limit of concurrent executions.',
        hint: 'See the limit: aws lambda get-function-concurrency --function-name pets --region us-east-1',
      },
    ],
    [
      'invalid endpoint',
      {
        cause: 'invalid-endpoint',
        message: 'The address of the backend is none, or its name is not known to DNS.',
        hint: `See what is behind it: apigw routes list ${STAGE}`,
      },
    ],
    [
      'no output mapping',
      {
        cause: 'no-output-mapping',
        message: 'The integration answered 403, for which no integration response is defined.',
        hint: `See the templates: apigw apis export ${STAGE} --extensions integrations`,
      },
    ],
    [
      'API key missing',
      {
        cause: 'key-missing',
        message: 'The method wants an API key, in the header x-api-key, and none was sent.',
        hint: 'See which there are: apigw keys list --enabled',
      },
    ],
    [
      'API key on no plan',
      {
        cause: 'key-not-on-plan',
        message: 'The API key ending in gE96dR is on no usage plan of stage prod, disabled, or unknown.',
        hint: `Find out what it lacks: apigw keys explain --value-stdin ${STAGE} --route 'GET /'`,
      },
    ],
    [
      'rate of a key',
      {
        cause: 'rate-exceeded',
        message: 'The API key ending in F0yrv6 was sent more often than its usage plan allows: 5 a second, 10 at once.',
        hint: 'Raise it: apigw plans update p1q2r3 --rate 10 --burst 20',
      },
    ],
    [
      'rate of a method',
      {
        cause: 'rate-exceeded',
        message: 'The method was called more often than it may: 1 a second, 1 at once.',
        hint: 'See the limits: apigw stages get prod --api a1b2c3d4e5',
      },
    ],
    [
      'quota of a key',
      {
        cause: 'quota-exceeded',
        message: 'The API key ending in F0yrv6 has used up its quota of 500 requests a day.',
        hint: 'Raise it: apigw plans update p1q2r3 --quota 1000/day',
      },
    ],
    [
      'authorizer denies',
      {
        cause: 'authorizer-denied',
        message: 'The authorizer did not accept the credentials.',
        hint: 'See it: aws apigateway get-authorizer --rest-api-id a1b2c3d4e5 --authorizer-id ab12cd',
      },
    ],
    [
      'invalid body',
      {
        cause: 'invalid-body',
        message: 'The body is not what the model wants: object has missing required properties (["email"])',
        hint: UNTRACED,
      },
    ],
  ])('%s', (name, failure) => {
    expect(failureOf(SAMPLES[name])).toEqual(failure)
  })

  test('of a WebSocket API too', () => {
    const request = requestOf(WEB_SOCKET, EXTENDED_ID, linesOf(WEB_SOCKET_SAMPLES['message that fails']))
    expect(request.failure).toEqual({
      cause: 'function-error',
      message: 'The Lambda function failed: boom',
      hint: `See what the function wrote: apigw logs request ${EXTENDED_ID} --api z9y8x7w6v5 --stage prod`,
    })
  })

  test.each([
    'Lambda proxy, INFO',
    'Lambda proxy, data trace',
    'mock, data trace',
    'API key accepted',
    'authorizer allows',
  ] as const)('%s: nothing failed', name => {
    expect(failureOf(SAMPLES[name])).toBeUndefined()
  })
})

// The wordings are those of re:Post articles and of public reports.
describe('wordings of other failures', () => {
  test.each([
    ['mapping-template', 'Execution failed due to configuration error: Unable to transform request'],
    [
      'mapping-template',
      'Execution failed due to configuration error: statusCode should be an integer which defined in request template',
    ],
    [
      'no-output-mapping',
      'Execution failed due to configuration error: Output mapping refers to an invalid method response: 200',
    ],
    ['authorizer-failure', 'Execution failed due to configuration error: Authorizer error'],
    [
      'tls',
      "Execution failed due to configuration error: Host name 'vpce-1' does not match the certificate subject provided by the peer (CN=x)",
    ],
    [
      'tls',
      'Execution failed due to configuration error: PKIX path building failed: sun.security.provider.certpath.SunCertPathBuilderException: unable to find valid certification path to requested target',
    ],
    [
      'vpc-link',
      'Execution failed due to configuration error: There was an internal error while executing your request',
    ],
    ['network', 'Execution failed due to a network error communicating with endpoint: Connection is closed'],
    [
      'integration-role',
      'Execution failed due to configuration error: API Gateway does not have permission to assume the provided role arn:aws:iam::123456789012:role/pets',
    ],
    [
      'lambda-refused',
      'Lambda invocation failed with status: 403. Lambda request id: abc1d2ef-34ab-56c7-de8f-90123a456789',
    ],
    ['configuration', 'Execution failed due to configuration error: '],
    ['configuration', 'Execution failed due to configuration error: something that is not in the table'],
    ['execution', 'Execution failed due to something else'],
    [
      'function-timeout',
      'Lambda execution failed with status 200 due to customer function error: 2019-02-27T11:31:11.456Z 71952965-d5cc-4974-ae08-6e2138b2275c Task timed out after 10.00 seconds. Lambda request id: 71952965-d5cc-4974-ae08-6e2138b2275c',
    ],
    ['usage-plan-error', 'Usage Plan check failed due to an internal error'],
    [
      'stage-not-on-plan',
      "API Key *****bMZHBg not authorized because method 'GET /' requires API Key and API Key is not associated with a Usage Plan for API Stage a1b2c3d4e5/prod: API Stage is not in a Usage Plan",
    ],
  ])('%s: %s', (cause, text) => {
    expect(failureOf(failing(text))).toMatchObject({cause, message: expect.stringMatching(/\S/)})
  })

  test('the first line names the cause; what follows only says what became of it', () => {
    const authorizing: Sample = [
      ...SAMPLES['authorizer allows'].slice(0, 3),
      [9, 'Execution failed due to configuration error: Invalid permissions on Lambda function'],
      [9, 'Execution failed due to configuration error: Authorizer error'],
      [9, 'Method completed with status: 500'],
    ]
    expect(failureOf(authorizing)).toEqual({
      cause: 'lambda-permission',
      message: 'API Gateway may not call the Lambda function auth of the authorizer.',
      hint: "Let it: aws lambda add-permission --function-name 'arn:aws:lambda:us-east-1:123456789012:function:auth' --region us-east-1 --statement-id apigw-a1b2c3d4e5-authorizer-ab12cd --action lambda:InvokeFunction --principal apigateway.amazonaws.com --source-arn arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4e5/authorizers/ab12cd",
    })
  })

  test('a denial after a verdict is the policy, one without is the credentials', () => {
    const denied: Sample = [
      ...SAMPLES['authorizer allows'].slice(0, 7),
      [28, `Unauthorized request: ${REQUEST_ID}`],
      [28, 'Method completed with status: 403'],
    ]
    expect(failureOf(denied)).toMatchObject({
      cause: 'authorizer-denied',
      message: 'The policy that the authorizer answered with does not allow the request.',
      hint: 'See it: aws apigateway get-authorizer --rest-api-id a1b2c3d4e5 --authorizer-id ab12cd',
    })
  })

  test('the limit of a method is raised where the log names the method', () => {
    const throttled: Sample = [
      ...SAMPLES['rate of a method'].slice(0, 2),
      [
        1,
        "API Key  authorized because method 'POST /orders/{id}' does not require API Key. Request will not contribute to throttle or quota limits",
      ],
      ...SAMPLES['rate of a method'].slice(2),
    ]
    expect(failureOf(throttled)?.hint).toBe(
      "Raise it: apigw stages update prod --api a1b2c3d4e5 --method 'POST /orders/{id}' --throttle-rate 2 --throttle-burst 2",
    )
  })

  test('what a client sent cannot become a command of its own', () => {
    const hostile = "/x'; rm -rf ~; '"
    const refused: Sample = [
      ...SAMPLES['API key accepted'].slice(0, 4),
      [2, `HTTP Method: GET, Resource Path: ${hostile}`],
      ...CALLED,
      ...failing('Execution failed due to configuration error: Invalid permissions on Lambda function').slice(-2),
    ]
    expect(failureOf(refused)?.hint).toMatch(/\/GET\/x'\\''; rm -rf ~; '\\'''$/)
  })

  test('a function with its own timeout gets twice as much, and no more than API Gateway waits', () => {
    const stopped = (seconds: string): Sample => [
      ...CALLED,
      [
        9,
        `Lambda execution failed with status 200 due to customer function error: Task timed out after ${seconds} seconds. Lambda request id: x`,
      ],
    ]
    const command = 'aws lambda update-function-configuration --function-name pets --region us-east-1 --timeout'
    expect(failureOf(stopped('3.01'))?.hint).toBe(`Give it longer: ${command} 7`)
    expect(failureOf(stopped('25.00'))?.hint).toBe(`Give it longer: ${command} 29`)
  })
})

describe('failures without a line of their own', () => {
  const gates = SAMPLES['Lambda proxy, INFO'].slice(0, 6)
  const ended = (status: number): Sample => [[9, `Method completed with status: ${status}`]]

  test.each<[string, string | undefined, Sample]>([
    ['400 after the method began', 'missing-parameters', [...gates, ...ended(400)]],
    ['401 before the authorizer was asked', 'token-missing', [...gates.slice(0, 1), ...ended(401)]],
    ['403 before the usage plan was looked at', 'refused', [...gates.slice(0, 1), ...ended(403)]],
    ['503 that the backend answered', 'backend', [...gates, [9, 'Successfully completed execution'], ...ended(503)]],
    ['404 that the backend answered', undefined, [...gates, [9, 'Successfully completed execution'], ...ended(404)]],
    ['403 of which the first lines are missing, as at ERROR', undefined, ended(403)],
    ['403 after the usage plan', undefined, [...gates.slice(0, 4), ...ended(403)]],
  ])('%s: %s', (_, cause, sample) => {
    expect(failureOf(sample)?.cause).toBe(cause)
  })
})

test('the help names every cause and every phase', () => {
  const text = HELP_TOPICS.requests?.text ?? ''
  const source = (file: string) =>
    readFileSync(new URL(`../../../../src/domain/logs/requests/${file}`, import.meta.url), 'utf8')
  const causes = [...source('causes.ts').matchAll(/cause: '([\w-]+)'/g)].map(match => match[1] as string)
  const phases = [...source('lines.ts').matchAll(/^ {2}\| '([\w-]+)'/gm)].map(match => match[1] as string)
  expect(causes.length).toBeGreaterThan(20)
  expect(phases.length).toBeGreaterThan(40)
  for (const word of [...causes, ...phases]) expect(text).toMatch(new RegExp(`[\\s]${word}[,:\\n]`))
})
