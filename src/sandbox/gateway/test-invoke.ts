import {randomBytes, randomUUID} from 'node:crypto'
import type {
  TestInvokeAuthorizerRequest,
  TestInvokeAuthorizerResponse,
  TestInvokeMethodRequest,
  TestInvokeMethodResponse,
} from '@aws-sdk/client-api-gateway'
import {methodOf, partOf, resourceOf} from '../control/lookup.js'
import {notFound} from '../errors.js'
import {extendedRequestId} from '../identifiers.js'
import {type ExecutionLog, truncated} from '../logs/log-writer.js'
import {ACCOUNT_ID, type Call, type Handlers} from '../service.js'
import {newContext, traceId} from './context.js'
import {execute} from './execution.js'
import {type Fields, headerFields, lastValues, queryFields, removeHeader, setHeader} from './fields.js'
import {GatewayFault, gatewayResponse} from './gateway-responses.js'
import type {Invocation, MethodRequest, MethodResponse} from './invocation.js'
import {pathParametersOf} from './routing.js'

/** Calls a method, or an authorizer, as it is edited now; past keys, plans and throttles, and without CloudWatch. */
export const testInvoke: Handlers = {
  async TestInvokeMethod(input: TestInvokeMethodRequest, call): Promise<TestInvokeMethodResponse> {
    const address = {restApiId: input.restApiId!, resourceId: input.resourceId!, httpMethod: input.httpMethod!}
    const resource = resourceOf(call, address)
    const method = methodOf(call, address)
    const request = testRequest(input, input.httpMethod!, resource.path!)
    const arrival = testArrival(input, request, 'test-invoke-stage', call)
    const invocation: Invocation = {...arrival, resource, method}
    Object.assign(invocation.context, {resourceId: resource.id, resourcePath: resource.path})
    const startedAt = call.millis()
    let response: MethodResponse
    try {
      response = await execute(invocation, request.path, call.gateway.executionParts)
    } catch (error) {
      if (!(error instanceof GatewayFault)) throw error
      response = gatewayResponse(error, invocation)
      // The service shows the type of the error only.
      removeHeader(response.headers, 'content-type')
    }
    arrival.log.info(`Method completed with status: ${response.status}`)
    return {
      status: response.status,
      body: response.body.toString(),
      headers: lastValues(response.headers),
      multiValueHeaders: Object.fromEntries(response.headers),
      log: arrival.log.text(),
      latency: call.millis() - startedAt,
    }
  },

  async TestInvokeAuthorizer(input: TestInvokeAuthorizerRequest, call): Promise<TestInvokeAuthorizerResponse> {
    const authorizer = partOf(call, input.restApiId, 'authorizers', input.authorizerId)
    if (!authorizer) throw notFound('Invalid Authorizer identifier specified')
    const request = testRequest(input, 'GET', '/')
    const arrival = testArrival(input, request, 'ESTestInvoke-stage', call)
    const invocation: Invocation = {...arrival, resource: {path: '/'}, method: {authorizerId: authorizer.id}}
    Object.assign(invocation.context, input.additionalContext)
    const startedAt = call.millis()
    const outcome = await call.gateway.authorization.test(authorizer, invocation)
    return {...outcome, log: arrival.log.text(), latency: call.millis() - startedAt}
  },
}

type TestInput = Pick<
  TestInvokeMethodRequest,
  'restApiId' | 'pathWithQueryString' | 'body' | 'headers' | 'multiValueHeaders' | 'stageVariables'
>

function testRequest(input: TestInput, httpMethod: string, resourcePath: string): MethodRequest {
  const given = input.pathWithQueryString || resourcePath
  const [path = '', query = ''] = given.split(/\?(.*)/s)
  return {
    httpMethod,
    path: path.startsWith('/') ? path : `/${path}`,
    headers: testHeaders(input),
    query: queryFields(new URLSearchParams(query)),
    body: Buffer.from(input.body ?? ''),
    pathParameters: pathParametersOf(resourcePath, path) ?? {},
  }
}

/** A test takes every body for JSON, whatever its headers say. */
function testHeaders({headers = {}, multiValueHeaders = {}}: TestInput): Fields {
  const fields = headerFields(Object.entries(headers).flat())
  for (const [name, values] of Object.entries(multiValueHeaders)) setHeader(fields, name, ...values)
  for (const name of fields.keys()) if (name.toLowerCase() === 'content-type') fields.set(name, ['application/json'])
  return fields
}

/** Not restApiOf: an unknown API is answered as an unknown resource is, before this. */
function testArrival(input: TestInput, request: MethodRequest, stageName: string, call: Call) {
  const {api, ...parts} = call.state.restApis[input.restApiId!]!
  const startedAt = call.millis()
  const requestId = randomUUID()
  const context = newContext({
    apiId: api.id!,
    stageName,
    deploymentId: undefined,
    endpointType: api.endpointConfiguration?.types?.[0],
    isCanary: false,
    requestId,
    extendedRequestId: extendedRequestId(),
    traceId: traceId(startedAt, randomBytes(12).toString('hex')),
    sourceIp: 'test-invoke-source-ip',
    startedAt,
    request,
    path: request.path,
  })
  // What a tested function sees on the service.
  Object.assign(context, {domainName: 'testPrefix.testDomainName', domainPrefix: 'testPrefix'})
  Object.assign(context.identity, {
    accountId: ACCOUNT_ID,
    apiKey: 'test-invoke-api-key',
    apiKeyId: 'test-invoke-api-key-id',
    userArn: `arn:aws:iam::${ACCOUNT_ID}:root`,
  })
  return {
    requestId,
    startedAt,
    region: call.region,
    state: call.state,
    apiId: api.id!,
    apiName: api.name!,
    stage: {stageName},
    measured: {},
    // A copy: what is kept per deployment, such as compiled models, must not outlive an edit.
    snapshot: {api, ...parts},
    isCanary: false,
    variables: input.stageVariables ?? {},
    request,
    context,
    setting: undefined,
    log: new TestLog(requestId, call.millis),
  }
}

/** The log of a test: a text with all lines down to the data trace, each cut like an event and led by its time. */
class TestLog implements ExecutionLog {
  readonly #lines: string[] = []
  #time: string

  constructor(
    private readonly requestId: string,
    private readonly millis: () => number,
  ) {
    this.#time = javaTime(millis())
  }

  phase(): void {
    this.#time = javaTime(this.millis())
  }

  error(line: string): void {
    this.#lines.push(`${this.#time} : ${truncated(line)}\n`)
  }

  info(line: string): void {
    this.error(line)
  }

  trace(line: string): void {
    this.error(line)
  }

  close(): void {}

  text(): string {
    return `Execution log for request ${this.requestId}\n${this.#lines.join('')}`
  }
}

/** `Sun Feb 04 18:48:23 UTC 2024` */
function javaTime(millis: number): string {
  const [day, date, month, year, time] = new Date(millis).toUTCString().replace(',', '').split(' ')
  return `${day} ${month} ${date} ${time} UTC ${year}`
}
