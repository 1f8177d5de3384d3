import {createHash, randomBytes} from 'node:crypto'
import type {Integration} from '@aws-sdk/client-api-gateway'
import {dumped} from '../../logs/log-writer.js'
import {ACCOUNT_ID} from '../../service.js'
import {type Fields, header, headerValues, lastValues, setHeader} from '../fields.js'
import type {FunctionName, FunctionResult, Functions} from '../functions.js'
import type {Invocation, MethodResponse} from '../invocation.js'
import {type EndpointResponse, isBinary, mappedBody, mappedParameters, mappedResponse, remapped} from './endpoint.js'
import {badGateway, configurationError, timeoutError} from './failures.js'

/** Calls a function, with the proxy event or with what the integration's template makes. */
export async function invokeLambda(
  integration: Integration,
  invocation: Invocation,
  functions: Functions,
  millis: () => number,
): Promise<MethodResponse> {
  const isProxy = integration.type === 'AWS_PROXY'
  const target = functionOf(integration.uri, invocation)
  if (!target) throw configurationError(invocation, 'The sandbox calls no AWS service but Lambda')
  if (integration.httpMethod !== 'POST') {
    throw configurationError(invocation, 'Invalid integration HTTP method: use POST')
  }
  const payload = isProxy ? JSON.stringify(proxyEvent(invocation)) : customPayload(integration, invocation)
  const {apiId, log, region, request, resource, stage} = invocation
  const method = `${stage.stageName}/${request.httpMethod}${resource.path}`
  const call: FunctionCall = {
    target,
    known: functions.find(target),
    payload,
    sourceArn: `arn:aws:execute-api:${region}:${ACCOUNT_ID}:${apiId}/${method}`,
    timeout: integration.timeoutInMillis ?? 29_000,
  }
  const sentAt = millis()
  const running = startFunction(call, invocation, functions, millis)
  if (!isProxy && isAsynchronous(integration, invocation)) {
    // Lambda answers such a call at once; what becomes of the function does not matter.
    log.phase()
    return mappedResponse(integration, {status: 202, headers: new Map(), body: ''}, '202', invocation)
  }
  const result = await running
  log.phase()
  if (result.kind === 'timedOut') throw timeoutError(invocation)
  const endpoint = received(result, millis() - sentAt, millis(), invocation)
  if (isProxy) return proxied(result, endpoint, invocation)
  const selection = result.kind === 'failed' ? result.message : String(endpoint.status)
  return mappedResponse(integration, endpoint, selection, invocation)
}

/** A custom integration may have its function called without waiting for it. */
function isAsynchronous(integration: Integration, invocation: Invocation): boolean {
  return header(mappedParameters(integration, invocation).headers, 'x-amz-invocation-type') === 'Event'
}

/** @throws GatewayFault where the function failed or returned what is no response */
function proxied(result: Completed, endpoint: EndpointResponse, invocation: Invocation): MethodResponse {
  const {log} = invocation
  if (result.kind === 'failed') {
    log.error(
      `Lambda execution failed with status 200 due to customer function error: ${result.message}. ` +
        `Lambda request id: ${result.requestId}`,
    )
    throw badGateway()
  }
  const response = proxyResponse(result.payload, endpoint, invocation)
  if (!response) {
    log.error('Execution failed due to configuration error: Malformed Lambda proxy response')
    throw badGateway()
  }
  Object.assign(invocation.context.integration as object, {status: response.status})
  log.trace(`Method response body after transformations: ${response.body}`)
  log.trace(`Method response headers: ${dumped(response.headers)}`)
  return response
}

/** The function that an invocation ARN names, stage variables filled in. */
export function functionOf(
  uri: string | undefined,
  {variables}: Pick<Invocation, 'variables'>,
): FunctionName | undefined {
  const filled = uri?.replace(/\$\{stageVariables\.(\w+)\}/g, (_, name: string) => variables[name] ?? '')
  const found =
    /:lambda:path\/+[^/]+\/functions\/(?:arn:[^:]+:lambda:([^:]*):\d*:function:)?([^:/]+)(?::([^/]+))?\/invocations$/
  const [, region = '', name, qualifier] = found.exec(filled ?? '') ?? []
  return name ? {region, name, qualifier} : undefined
}

/** A function to be called. */
export interface FunctionCall {
  target: FunctionName
  /** From `Functions.find`. */
  known: string | undefined
  /** A JSON text; empty for an event without members. */
  payload: string
  /** What calls it: the ARN of a method or an authorizer. */
  sourceArn: string
  /** Milliseconds. */
  timeout: number
}

/**
 * Invokes a function with the lines of the data trace that go before it. The service's signature and session token are
 * left out of the headers: the sandbox signs nothing.
 * @throws GatewayFault where there is no such function
 */
export function startFunction(
  {target, known, payload, sourceArn, timeout}: FunctionCall,
  invocation: Invocation,
  functions: Functions,
  millis: () => number,
): Promise<FunctionResult> {
  const {apiId, context, log, region, requestId} = invocation
  const qualified = target.qualifier ? `${target.name}:${target.qualifier}` : target.name
  const host = `lambda.${region}.amazonaws.com`
  const uri = `https://${host}/2015-03-31/functions/arn:aws:lambda:${region}:${ACCOUNT_ID}:function:${qualified}/invocations`
  const headers: [string, string][] = [
    ['X-Amz-Date', basicTime(millis())],
    ['x-amzn-apigateway-api-id', apiId],
    ['Accept', 'application/json'],
    ['User-Agent', `AmazonAPIGateway_${apiId}`],
    ['Host', host],
    ['X-Amz-Content-Sha256', createHash('sha256').update(payload).digest('hex')],
    ['X-Amzn-Trace-Id', String(context.xrayTraceId)],
    ['x-amzn-lambda-integration-tag', requestId],
    ['X-Amz-Source-Arn', sourceArn],
  ]
  log.trace(`Endpoint request URI: ${uri}`)
  log.trace(`Endpoint request headers: ${dumped(headers)}`)
  log.trace(`Endpoint request body after transformations: ${payload}`)
  log.trace(`Sending request to ${uri}`)
  // To API Gateway a function that is not there looks like one that it may not call.
  if (known === undefined) throw configurationError(invocation, 'Invalid permissions on Lambda function')
  return functions.invoke(known, {...target, region}, payload || '{}', timeout)
}

type Completed = Exclude<FunctionResult, {kind: 'timedOut'}>

/** Lambda's answer over HTTP, and what it leaves in the context and the log. */
function received(result: Completed, latency: number, now: number, invocation: Invocation): EndpointResponse {
  const {context, log} = invocation
  const parent = randomBytes(8).toString('hex')
  const lineage = `1:${randomBytes(4).toString('hex')}:0`
  const headers: Fields = new Map([
    ['Date', [new Date(now).toUTCString()]],
    ['Content-Type', ['application/json']],
    ['Content-Length', [String(Buffer.byteLength(result.payload))]],
    ['Connection', ['keep-alive']],
    ['x-amzn-RequestId', [result.requestId]],
  ])
  if (result.kind === 'failed') headers.set('X-Amz-Function-Error', ['Unhandled'])
  headers.set('x-amzn-Remapped-Content-Length', ['0'])
  headers.set('X-Amz-Executed-Version', ['$LATEST'])
  headers.set('X-Amzn-Trace-Id', [`${context.xrayTraceId};Parent=${parent};Sampled=0;Lineage=${lineage}`])
  invocation.endpointRequestId = result.requestId
  Object.assign(context, {
    awsEndpointRequestId: result.requestId,
    integration: {
      requestId: result.requestId,
      // Of Lambda; the status of a function's own answer becomes known later.
      integrationStatus: 200,
      latency,
      error: result.kind === 'failed' ? result.message : undefined,
    },
    integrationLatency: latency,
    integrationStatus: 200,
  })
  log.trace(`Received response. Status: 200, Integration latency: ${latency} ms`)
  log.trace(`Endpoint response headers: ${dumped(headers)}`)
  log.trace(`Endpoint response body before transformations: ${result.payload}`)
  return {status: 200, headers, body: result.payload}
}

/** `20260925T092028Z` */
const basicTime = (millis: number) => `${new Date(millis).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`

/** @throws GatewayFault where the body for the function is neither JSON nor empty */
function customPayload(integration: Integration, invocation: Invocation): string {
  const body = mappedBody(integration, invocation).toString()
  try {
    JSON.parse(body || '{}')
  } catch {
    throw configurationError(invocation, 'Unable to transform request: the body for the function is not JSON')
  }
  return body
}

/** The event of a proxy integration, version 1.0; keys in the order of a live sample. Empty maps are null. */
function proxyEvent(invocation: Invocation) {
  const {context, request, resource, snapshot, variables} = invocation
  const binary = isBinary(snapshot.api.binaryMediaTypes, header(request.headers, 'content-type'))
  return {
    resource: resource.path,
    // Behind a custom domain name nothing is taken off the path (reported: localstack/localstack#12296).
    path: context.customDomain ? context.path : request.path,
    httpMethod: request.httpMethod,
    ...parameterMaps(invocation),
    stageVariables: orNull(variables),
    requestContext: requestContextOf(invocation),
    body: request.body.length === 0 ? null : request.body.toString(binary ? 'base64' : 'utf8'),
    isBase64Encoded: binary && request.body.length > 0,
  }
}

/** Headers and parameters as functions receive them, one value and all values of each. */
export function parameterMaps({request}: Pick<Invocation, 'request'>) {
  return {
    headers: orNull(lastValues(request.headers)),
    multiValueHeaders: orNull(Object.fromEntries(request.headers)),
    queryStringParameters: orNull(lastValues(request.query)),
    multiValueQueryStringParameters: orNull(Object.fromEntries(request.query)),
    pathParameters: orNull(request.pathParameters),
  }
}

const orNull = <T extends object>(map: T) => (Object.keys(map).length === 0 ? null : map)

const IDENTITY = [
  'cognitoIdentityPoolId',
  'accountId',
  'cognitoIdentityId',
  'caller',
  'sourceIp',
  'principalOrgId',
  'accessKey',
  'cognitoAuthenticationType',
  'cognitoAuthenticationProvider',
  'userArn',
  'userAgent',
  'user',
]

export function requestContextOf({context}: Pick<Invocation, 'context'>) {
  const {apiKey, apiKeyId} = context.identity
  return {
    resourceId: context.resourceId,
    ...(context.authorizer && {authorizer: context.authorizer}),
    resourcePath: context.resourcePath,
    httpMethod: context.httpMethod,
    extendedRequestId: context.extendedRequestId,
    requestTime: context.requestTime,
    path: context.path,
    accountId: context.accountId,
    protocol: context.protocol,
    stage: context.stage,
    domainPrefix: context.domainPrefix,
    requestTimeEpoch: context.requestTimeEpoch,
    requestId: context.requestId,
    identity: {
      ...Object.fromEntries(IDENTITY.map(name => [name, context.identity[name] ?? null])),
      ...(apiKey !== undefined && {apiKey, apiKeyId}),
    },
    domainName: context.domainName,
    deploymentId: context.deploymentId,
    apiId: context.apiId,
  }
}

const RESPONSE_KEYS = new Set(['statusCode', 'headers', 'multiValueHeaders', 'body', 'isBase64Encoded'])

/** Undefined where the function returned what is no proxy response (recorded: test_aws_proxy_response_payload_format_validation). */
function proxyResponse(
  payload: string,
  endpoint: EndpointResponse,
  {request, snapshot}: Invocation,
): MethodResponse | undefined {
  const value = JSON.parse(payload) as unknown
  if (!isMap(value)) return undefined
  const keys = Object.keys(value)
  if (keys.length === 0 || !keys.every(key => RESPONSE_KEYS.has(key))) return undefined
  const status = value.statusCode ?? 200
  const body = value.body ?? ''
  const headers = responseHeaders(value.headers ?? {}, value.multiValueHeaders ?? {})
  if (!/^\d{3}$/.test(String(status)) || typeof body === 'object' || !headers) return undefined
  setHeader(headers, 'X-Amzn-Trace-Id', header(endpoint.headers, 'x-amzn-trace-id')!)
  const binary =
    value.isBase64Encoded === true && isBinary(snapshot.api.binaryMediaTypes, header(request.headers, 'accept'))
  return {
    status: Number(status),
    headers,
    body: binary ? Buffer.from(String(body), 'base64') : String(body),
  }
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isScalar = (value: unknown) => value === null || typeof value !== 'object'

/** A header of both maps has the values of the list first, then the single one if it is not among them. */
function responseHeaders(single: unknown, multiple: unknown): Fields | undefined {
  if (!isMap(single) || !isMap(multiple)) return undefined
  const headers: Fields = new Map([['Content-Type', ['application/json']]])
  for (const [name, values] of Object.entries(multiple)) {
    if (!Array.isArray(values) || !values.every(isScalar)) return undefined
    setHeader(headers, name, ...values.map(String))
  }
  const listed = new Set(Object.keys(multiple).map(name => name.toLowerCase()))
  for (const [name, value] of Object.entries(single)) {
    if (!isScalar(value)) return undefined
    const before = listed.has(name.toLowerCase()) ? (headerValues(headers, name) ?? []) : []
    setHeader(headers, name, ...new Set([...before, String(value)]))
  }
  return remapped(headers)
}
