import {randomBytes, randomUUID} from 'node:crypto'
import {extendedRequestId} from '../identifiers.js'
import type {LogWriter} from '../logs/log-writer.js'
import {countRequest} from '../metrics/gateway-metrics.js'
import type {WireRequest, WireResponse} from '../protocol/wire.js'
import type {Store} from '../store.js'
import {isBlocked} from '../waf/web-acls.js'
import {type Address, addressOf} from './addressing.js'
import {AuthorizationGate} from './authorization.js'
import {compressed, decompressRequest} from './compression.js'
import {newContext, substitute, traceId} from './context.js'
import {type ExecutionParts, execute} from './execution.js'
import {header, headerFields, queryFields, removeHeader, setHeader} from './fields.js'
import {Functions} from './functions.js'
import {GatewayFault, gatewayResponse} from './gateway-responses.js'
import type {Arrival, Invocation, MethodRequest, MethodResponse} from './invocation.js'
import {ResponseCache} from './response-cache.js'
import {routeOf, settingOf} from './routing.js'
import {UsageGate} from './usage.js'

export interface GatewayParts {
  store: Store
  millis: () => number
  /** From 0 to 1: which requests are the canary's. */
  random: () => number
  logs: LogWriter
  /** Local modules by Lambda function name. */
  functions: Readonly<Record<string, string>>
  /** Milliseconds that a cache cluster takes to be made, emptied or deleted. */
  cacheClusterTime: number
}

/** The data plane: serves the deployed snapshot of each stage. */
export class Gateway {
  readonly #usage: UsageGate
  readonly #functions: Functions
  readonly authorization: AuthorizationGate
  readonly cache: ResponseCache
  /** What the execution of a method needs, with or without the cache. */
  readonly executionParts: ExecutionParts

  constructor(private readonly parts: GatewayParts) {
    this.#usage = new UsageGate(parts.store, parts.millis)
    this.#functions = new Functions(parts.functions, parts.logs, parts.millis)
    this.authorization = new AuthorizationGate(this.#functions, parts.millis)
    this.executionParts = {functions: this.#functions, millis: parts.millis}
    this.cache = new ResponseCache(parts.millis, parts.cacheClusterTime)
  }

  /** Where a request is addressed to; undefined for one to the services themselves. */
  address(request: WireRequest): Address | undefined {
    return addressOf(request, this.parts.store)
  }

  async invoke(address: Address, wire: WireRequest, sourceIp: string): Promise<WireResponse> {
    const arrival = this.#arrive(address, wire, sourceIp)
    // An API or stage that is not there is answered before any stage's settings apply, and logged nowhere.
    if (!arrival) return refusal(403, 'ForbiddenException', 'Forbidden')
    if (!this.#usage.admitsToAccount(arrival.region)) {
      // What the account's own throttle turns away is logged nowhere.
      const response = gatewayResponse(new GatewayFault('THROTTLED'), arrival)
      this.#count(arrival, response)
      return wireResponse(arrival, response)
    }
    let response: MethodResponse
    try {
      response = await this.#answer(arrival)
    } catch (error) {
      if (!(error instanceof GatewayFault)) throw error
      response = gatewayResponse(error, arrival)
    }
    this.#logAccess(arrival, response)
    this.#count(arrival, response)
    return wireResponse(arrival, await compressed(response, arrival))
  }

  /** The answer to a body over the limit, which is read to its end but not kept. It cannot be customised, nor is it logged. */
  refuseTooLarge(): WireResponse {
    return refusal(413, 'RequestTooLargeException', 'HTTP content length exceeded 10485760 bytes.')
  }

  async stop(): Promise<void> {
    await this.#functions.stop()
  }

  /** Undefined where no stage answers to the address. */
  #arrive(address: Address, wire: WireRequest, sourceIp: string): Arrival | undefined {
    const found = this.parts.store.regionOfApi(address.apiId)
    const stage = found?.record.stages[address.stage]
    if (!found || !stage) return undefined
    const isCanary = this.parts.random() * 100 < (stage.canarySettings?.percentTraffic ?? 0)
    const deploymentId = isCanary ? stage.canarySettings?.deploymentId : stage.deploymentId
    const snapshot = found.record.deployments[deploymentId ?? '']?.snapshot
    if (!snapshot || (snapshot.api.disableExecuteApiEndpoint && !address.customDomain)) return undefined
    const startedAt = this.parts.millis()
    const requestId = randomUUID()
    const trace = traceId(startedAt, randomBytes(12).toString('hex'))
    const request = methodRequest(address, wire, sourceIp, trace)
    return {
      requestId,
      startedAt,
      region: found.name,
      state: found.state,
      apiId: address.apiId,
      apiName: found.record.api.name!,
      stage,
      snapshot,
      isCanary,
      variables: {...stage.variables, ...(isCanary ? stage.canarySettings?.stageVariableOverrides : {})},
      request,
      context: newContext({
        apiId: address.apiId,
        stageName: address.stage,
        deploymentId,
        endpointType: snapshot.api.endpointConfiguration?.types?.[0],
        isCanary,
        requestId,
        extendedRequestId: extendedRequestId(),
        traceId: trace,
        sourceIp,
        startedAt,
        request,
        path: address.customDomain ? wire.path : `/${address.stage}${address.path}`,
        customDomain: address.customDomain,
      }),
      measured: {},
    }
  }

  async #answer(arrival: Arrival): Promise<MethodResponse> {
    const {request, stage} = arrival
    await decompressRequest(arrival)
    const route = routeOf(arrival.snapshot, request.httpMethod, request.path)
    if (!route)
      throw new GatewayFault(isBlocked(arrival.state, stage) ? 'WAF_FILTERED' : 'MISSING_AUTHENTICATION_TOKEN')
    const {resource, method} = route
    Object.assign(arrival.context, {resourceId: resource.id, resourcePath: resource.path})
    request.pathParameters = route.pathParameters
    const setting = settingOf(stage, resource.path!, request.httpMethod)
    Object.assign(arrival.measured, {
      resource: resource.path,
      method: request.httpMethod,
      isDetailed: setting?.metricsEnabled,
    })
    const log = this.parts.logs.execution(loggedStage(arrival), setting, arrival.requestId)
    const invocation: Invocation = {...arrival, resource, method, setting, log}
    try {
      return await this.#passGates(invocation)
    } finally {
      log.close()
    }
  }

  /**
   * The gates in the service's order, the web ACL first (developer guide, "Use AWS WAF to protect your REST APIs"), then
   * the execution. What the log says of a request that the web ACL turned away is not known.
   */
  async #passGates(invocation: Invocation): Promise<MethodResponse> {
    const {context, log, resource} = invocation
    log.info(`Extended Request Id: ${context.extendedRequestId}`)
    try {
      if (isBlocked(invocation.state, invocation.stage)) throw new GatewayFault('WAF_FILTERED')
      await this.authorization.authorize(invocation)
      this.#usage.admit(invocation)
      const response = await execute(invocation, resource.path!, {...this.executionParts, cache: this.cache})
      log.info(`Method completed with status: ${response.status}`)
      if (invocation.endpointRequestId) log.info(endpointLine(invocation))
      if (invocation.stage.tracingEnabled) log.info(`X-ray Tracing ID : ${context.xrayTraceId}`)
      return response
    } catch (error) {
      if (!(error instanceof GatewayFault)) throw error
      const response = gatewayResponse(error, invocation)
      log.error(`Method completed with status: ${response.status}`)
      if (invocation.endpointRequestId) log.error(endpointLine(invocation))
      return response
    }
  }

  #count(arrival: Arrival, response: MethodResponse): void {
    countRequest(arrival, response, this.parts.millis())
    this.parts.store.touch()
    this.parts.store.flushSoon()
  }

  #logAccess(arrival: Arrival, response: MethodResponse): void {
    const {context, stage, variables} = arrival
    const {destinationArn, format} = stage.accessLogSettings ?? {}
    if (!destinationArn || !format) return
    Object.assign(context, {
      status: response.status,
      responseLength: Buffer.byteLength(response.body),
      responseLatency: this.parts.millis() - arrival.startedAt,
    })
    this.parts.logs.access(loggedStage(arrival), destinationArn, substitute(format, context, variables, '-'))
  }
}

const loggedStage = ({region, apiId, stage, isCanary}: Arrival) => ({
  region,
  apiId,
  stageName: stage.stageName!,
  isCanary,
})

const endpointLine = ({endpointRequestId}: Invocation) => `AWS Integration Endpoint RequestId : ${endpointRequestId}`

/** An answer from before any stage. */
function refusal(status: number, errorType: string, message: string): WireResponse {
  return {
    status,
    headers: {
      'Content-Type': 'application/json',
      'x-amzn-RequestId': randomUUID(),
      'x-amzn-ErrorType': errorType,
      'x-amz-apigw-id': extendedRequestId(),
    },
    body: JSON.stringify({message}),
  }
}

/** Headers that belong to the connection and are handed on in neither direction. */
const CONNECTION_HEADERS = ['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'content-length']

function methodRequest({path}: Address, wire: WireRequest, sourceIp: string, trace: string): MethodRequest {
  const headers = headerFields(wire.rawHeaders)
  for (const name of CONNECTION_HEADERS) removeHeader(headers, name)
  const forwarded = header(headers, 'x-forwarded-for')
  setHeader(headers, 'X-Forwarded-For', forwarded ? `${forwarded}, ${sourceIp}` : sourceIp)
  // Clients of the service come by HTTPS, always.
  setHeader(headers, 'X-Forwarded-Port', '443')
  setHeader(headers, 'X-Forwarded-Proto', 'https')
  setHeader(headers, 'X-Amzn-Trace-Id', trace)
  return {
    httpMethod: wire.method,
    path,
    headers,
    query: queryFields(wire.query),
    body: wire.body,
    pathParameters: {},
  }
}

function wireResponse({context, requestId}: Arrival, {status, headers, body}: MethodResponse): WireResponse {
  const own = new Map(headers)
  for (const name of CONNECTION_HEADERS) removeHeader(own, name)
  return {
    status,
    headers: {
      ...Object.fromEntries(own),
      'x-amzn-RequestId': requestId,
      'x-amz-apigw-id': context.extendedRequestId,
    },
    // These statuses come without a body, whatever the integration says.
    body: status === 204 || status === 304 ? '' : body,
  }
}
