import {randomUUID} from 'node:crypto'
import {createServer, type IncomingMessage, type Server, type ServerResponse} from 'node:http'
import type {AddressInfo} from 'node:net'
import {Readable} from 'node:stream'
import {pipeline} from 'node:stream/promises'
import {setTimeout as delay} from 'node:timers/promises'
import {gunzipSync} from 'node:zlib'
import {DEFAULT_RESOURCE_QUOTA} from './control/limits.js'
import {apigateway} from './control/service.js'
import {v2Apis} from './control/v2-apis.js'
import {ServiceError, serialization} from './errors.js'
import {Gateway} from './gateway/gateway.js'
import {extendedRequestId} from './identifiers.js'
import {iam} from './identity/iam.js'
import {sts} from './identity/sts.js'
import type {QueryOptions} from './logs/insights/queries.js'
import type {LiveTailOptions} from './logs/live-tail.js'
import type {LogOptions} from './logs/log-events.js'
import {LogWriter} from './logs/log-writer.js'
import {cloudwatchLogs} from './logs/service.js'
import {cloudwatch, GRANITE, type MetricOptions} from './metrics/service.js'
import {cborTarget, readCborInput, writeCborError, writeCborOutput} from './protocol/cbor-rpc.js'
import {readJsonInput, writeJsonError, writeJsonOutput} from './protocol/json-rpc.js'
import {readQueryInput, writeQueryError, writeQueryOutput} from './protocol/query.js'
import {RestJsonRouter, readRestInput, writeRestError, writeRestOutput} from './protocol/rest-json.js'
import type {WireRequest, WireResponse} from './protocol/wire.js'
import {ControlPlaneQuotas} from './quotas.js'
import {ACCOUNT_ID, type Call, type Service} from './service.js'
import {Store} from './store.js'
import {wafv2} from './waf/web-acls.js'

/** A failure that a test asks for. */
export type Fault =
  /** Answered instead of carrying the call out. */
  | {kind: 'error'; status: number; code: string; message: string; headers?: Record<string, string>}
  /** The connection is cut without an answer. */
  | {kind: 'reset'}
  /** The call is carried out, and the connection cut instead of the answer. */
  | {kind: 'lost'}
  /** The call is carried out, and something else answered. */
  | {kind: 'altered'; change(output: Record<string, unknown>): Record<string, unknown>}

/** A call of an operation, and the how manieth it is. */
export interface FaultCall {
  operation: string
  count: number
  input: Readonly<Record<string, unknown>>
}

export interface SandboxOptions extends LogOptions, LiveTailOptions, QueryOptions, MetricOptions {
  /** 0 takes any free port. */
  port?: number
  /** Where the state lives between runs; in memory only without it. */
  stateFile?: string
  /** Milliseconds that every answer is held back. */
  latency?: number
  /** Milliseconds that an operation takes besides. */
  latencyOf?: (operation: string) => number
  /** `real` enforces the documented control-plane rates. */
  quotas?: 'off' | 'real'
  /** Resources that an API may have: 300, unless the quota of the account was raised. */
  resourceQuota?: number
  /** Milliseconds that a cache cluster takes to be made, emptied or deleted: none; on the service about four minutes. */
  cacheClusterTime?: number
  /** Local JavaScript modules that stand in for Lambda functions, by function name. */
  functions?: Readonly<Record<string, string>>
  /** Milliseconds since 1970. */
  millis?: () => number
  /** From 0 to 1, instead of chance: which requests to a stage are its canary's. */
  random?: () => number
  /** Asked before every operation, and before every update of a Live Tail session; an answer makes it fail. */
  fault?: (call: FaultCall) => Fault | undefined
}

export interface Sandbox {
  url: string
  port: number
  /** Calls answered so far, by operation. */
  calls: ReadonlyMap<string, number>
  stop(): Promise<void>
}

/** The largest body that is read: the service's own limit for a request is 10 MB. */
const MAX_BODY = 10 * 1024 * 1024

const LOOPBACK = '127.0.0.1'

/** Starts a sandbox on loopback. Resolves once it accepts connections. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const millis = options.millis ?? Date.now
  const store = await Store.open(options.stateFile)
  const gateway = new Gateway({
    store,
    millis,
    random: options.random ?? Math.random,
    logs: new LogWriter(store, millis),
    functions: options.functions ?? {},
    cacheClusterTime: options.cacheClusterTime ?? 0,
  })
  const server = new SandboxServer(store, gateway, {...options, millis})
  return server.start(options.port ?? 0)
}

class SandboxServer {
  readonly #rest: {prefix: string; service: Service; router: RestJsonRouter}[]
  readonly #quotas: ControlPlaneQuotas | undefined
  /** Those of the JSON protocol, by the target that their calls name. */
  readonly #json: ReadonlyMap<string, Service>
  readonly #metrics: Service
  readonly #counts = new Map<string, number>()
  readonly #server: Server

  constructor(
    private readonly store: Store,
    private readonly gateway: Gateway,
    private readonly options: SandboxOptions & {millis: () => number},
  ) {
    this.#rest = [
      {prefix: '/v2/', service: v2Apis, router: new RestJsonRouter(v2Apis.operations.values())},
      {prefix: '/', service: apigateway, router: new RestJsonRouter(apigateway.operations.values())},
    ]
    this.#metrics = cloudwatch(options)
    this.#json = new Map([
      ['Logs_20140328', cloudwatchLogs(options)],
      [GRANITE, this.#metrics],
      ['AWSWAF_20190729', wafv2],
    ])
    if (options.quotas === 'real') this.#quotas = new ControlPlaneQuotas(options.millis)
    this.#server = createServer((request, response) => void this.#serve(request, response))
    // API Gateway keeps idle connections for 310 s; node's default of 5 s makes pooled clients meet resets.
    this.#server.keepAliveTimeout = 310_000
  }

  async start(port: number): Promise<Sandbox> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(port, LOOPBACK, resolve)
    })
    const bound = (this.#server.address() as AddressInfo).port
    return {
      url: `http://${LOOPBACK}:${bound}`,
      port: bound,
      calls: this.#counts,
      stop: async () => {
        const closed = new Promise(resolve => this.#server.close(resolve))
        this.#server.closeAllConnections()
        await closed
        await this.gateway.stop()
        await this.store.flush()
      },
    }
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const wire = headOf(request)
      const body = await readBody(request)
      if (this.options.latency) await delay(this.options.latency)
      const answer = body ? await this.#answer({...wire, body}, request) : this.#refuseTooLarge(wire)
      if (answer === 'reset') {
        request.socket.destroy()
        return
      }
      if (answer.body instanceof Readable) {
        response.writeHead(answer.status, answer.headers)
        await pipeline(answer.body, response)
        return
      }
      response.writeHead(answer.status, {...answer.headers, 'content-length': Buffer.byteLength(answer.body)})
      response.end(wire.method === 'HEAD' ? undefined : answer.body)
    } catch (error) {
      if (response.headersSent || response.destroyed) {
        response.destroy()
        return
      }
      const message = `The sandbox failed: ${(error as Error).stack ?? error}`
      response.writeHead(500, {'content-type': 'application/json', connection: 'close'})
      response.end(`${JSON.stringify({message})}\n`)
    }
  }

  #refuseTooLarge(wire: WireRequest): WireResponse {
    if (this.gateway.address(wire)) return this.gateway.refuseTooLarge()
    return writeRestError(
      new ServiceError('RequestEntityTooLargeException', 413, `HTTP content length exceeded ${MAX_BODY} bytes.`),
    )
  }

  async #answer(wire: WireRequest, request: IncomingMessage): Promise<WireResponse | 'reset'> {
    const deployed = this.gateway.address(wire)
    if (deployed) return this.gateway.invoke(deployed, wire, request.socket.remoteAddress ?? LOOPBACK)
    if (wire.path.startsWith('/_sandbox')) return this.#administer(wire)
    const [target = '', operation = ''] = String(wire.headers['x-amz-target'] ?? '').split('.')
    const service = this.#json.get(target)
    if (service) return this.#jsonRpc(service, operation, wire)
    const cbor = cborTarget(wire.path)
    if (cbor?.service === GRANITE) return this.#cborRpc(this.#metrics, cbor.operation, wire)
    if (wire.headers['content-type']?.startsWith('application/x-www-form-urlencoded')) return this.#query(wire)
    return this.#restJson(wire)
  }

  async #restJson(wire: WireRequest): Promise<WireResponse | 'reset'> {
    const requestId = randomUUID()
    const headers = {'x-amzn-requestid': requestId, 'x-amz-apigw-id': extendedRequestId()}
    try {
      const scope = credentialScope(wire)
      const rest = this.#rest.find(({prefix}) => wire.path.startsWith(prefix))
      const match = rest?.router.match(wire)
      if (!rest || !match) throw new ServiceError('UnknownOperationException', 404, `No such operation: ${wire.path}`)
      const input = await readRestInput(match.operation, match.labels, wire)
      const output = await this.#carryOut(rest.service, match.operation.name, input, scope, requestId)
      if (output === 'reset') return 'reset'
      const answer = writeRestOutput(match.operation, output, wire)
      return {...answer, headers: {...answer.headers, ...headers}}
    } catch (error) {
      const answer = writeRestError(asServiceError(error))
      return {...answer, headers: {...answer.headers, ...headers}}
    }
  }

  async #jsonRpc(service: Service, operation: string, wire: WireRequest): Promise<WireResponse | 'reset'> {
    const requestId = randomUUID()
    try {
      const scope = credentialScope(wire)
      const schema = service.operations.get(operation)
      if (!schema) throw new ServiceError('UnknownOperationException', 400, `No such operation: ${operation}`)
      const input = await readJsonInput(schema, unzipped(wire))
      const output = await this.#carryOut(service, operation, input, scope, requestId)
      if (output === 'reset') return 'reset'
      const answer = writeJsonOutput(schema, output, wire)
      return {...answer, headers: {...answer.headers, 'x-amzn-requestid': requestId}}
    } catch (error) {
      const answer = writeJsonError(asServiceError(error), wire)
      return {...answer, headers: {...answer.headers, 'x-amzn-requestid': requestId}}
    }
  }

  async #cborRpc(service: Service, operation: string, wire: WireRequest): Promise<WireResponse | 'reset'> {
    const requestId = randomUUID()
    try {
      const scope = credentialScope(wire)
      const schema = service.operations.get(operation)
      if (!schema) throw new ServiceError('UnknownOperationException', 400, `No such operation: ${operation}`)
      const input = await readCborInput(schema, unzipped(wire))
      const output = await this.#carryOut(service, operation, input, scope, requestId)
      if (output === 'reset') return 'reset'
      const answer = writeCborOutput(schema, output)
      return {...answer, headers: {...answer.headers, 'x-amzn-requestid': requestId}}
    } catch (error) {
      const answer = writeCborError(asServiceError(error))
      return {...answer, headers: {...answer.headers, 'x-amzn-requestid': requestId}}
    }
  }

  async #query(wire: WireRequest): Promise<WireResponse | 'reset'> {
    const requestId = randomUUID()
    const form = new URLSearchParams(unzipped(wire).body.toString())
    const {service, namespace} = this.#byVersion(form.get('Version'))
    try {
      const scope = credentialScope(wire)
      const name = form.get('Action') ?? ''
      const schema = service.operations.get(name)
      if (!schema) throw new ServiceError('InvalidAction', 400, `Could not find operation ${name}`)
      const output = await this.#carryOut(service, name, readQueryInput(schema, form), scope, requestId)
      return output === 'reset' ? 'reset' : writeQueryOutput(schema, output, requestId, namespace)
    } catch (error) {
      return writeQueryError(asServiceError(error), requestId, namespace)
    }
  }

  /** The services of the query protocol are told apart by the version that a call names. */
  #byVersion(version: string | null): {service: Service; namespace: string} {
    switch (version) {
      case '2010-08-01':
        return {service: this.#metrics, namespace: 'http://monitoring.amazonaws.com/doc/2010-08-01/'}
      case '2011-06-15':
        return {service: sts, namespace: 'https://sts.amazonaws.com/doc/2011-06-15/'}
      default:
        return {service: iam, namespace: 'https://iam.amazonaws.com/doc/2010-05-08/'}
    }
  }

  /** Runs the handler of one operation, between the faults and quotas that may stop it and the write to disk. */
  async #carryOut(
    service: Service,
    operation: string,
    input: Record<string, unknown>,
    region: string,
    requestId: string,
  ): Promise<unknown> {
    const count = (this.#counts.get(operation) ?? 0) + 1
    this.#counts.set(operation, count)
    const latency = this.options.latencyOf?.(operation)
    if (latency) await delay(latency)
    const fault = this.options.fault?.({operation, count, input})
    if (fault?.kind === 'reset') return 'reset'
    if (fault?.kind === 'error') throw new ServiceError(fault.code, fault.status, fault.message, fault.headers)
    if (service === apigateway) this.#quotas?.take(operation, input)
    const handler = service.handlers[operation]
    if (!handler) throw new ServiceError('NotImplemented', 501, `The sandbox does not implement ${operation} yet.`)
    const {millis} = this.options
    const call: Call = {
      store: this.store,
      state: this.store.region(region),
      region,
      accountId: ACCOUNT_ID,
      requestId,
      gateway: this.gateway,
      now: () => new Date(Math.floor(millis() / 1000) * 1000),
      millis,
      resourceQuota: this.options.resourceQuota ?? DEFAULT_RESOURCE_QUOTA,
    }
    const output = await handler(input, call)
    if (!READING.test(operation)) {
      this.store.touch()
      // An answered change is on disk: a kill right after the answer loses nothing.
      await this.store.flush()
    }
    if (fault?.kind === 'lost') return 'reset'
    return fault?.kind === 'altered' ? fault.change(output as Record<string, unknown>) : output
  }

  async #administer(wire: WireRequest): Promise<WireResponse> {
    const headers = {'content-type': 'application/json'}
    if (wire.method === 'GET') {
      return {status: 200, headers, body: JSON.stringify({sandbox: 'apigw', quotas: this.options.quotas ?? 'off'})}
    }
    if (wire.method === 'POST' && wire.path === '/_sandbox/reset') {
      this.store.reset()
      this.store.touch()
      await this.store.flush()
      return {status: 200, headers, body: '{}'}
    }
    return {status: 404, headers, body: '{}'}
  }
}

/** Clients of CloudWatch compress what is long. */
function unzipped(wire: WireRequest): WireRequest {
  if (wire.headers['content-encoding'] !== 'gzip') return wire
  try {
    return {...wire, body: gunzipSync(wire.body, {maxOutputLength: MAX_BODY})}
  } catch {
    throw serialization('Unable to decompress request body')
  }
}

/** Operations that change nothing. */
const READING = /^(Get|List|Describe|Filter|TestInvoke|StartLiveTail)/

/** A request without its body. */
function headOf(request: IncomingMessage): WireRequest {
  const url = request.url ?? '/'
  const cut = url.indexOf('?')
  return {
    method: request.method ?? 'GET',
    path: cut < 0 ? url : url.slice(0, cut),
    query: new URLSearchParams(cut < 0 ? '' : url.slice(cut + 1)),
    headers: request.headers,
    rawHeaders: request.rawHeaders,
    body: Buffer.alloc(0),
  }
}

/** Undefined for a body over the limit: it is read to its end all the same, so that the client hears the answer. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  let chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size <= MAX_BODY) chunks.push(chunk)
    else chunks = []
  }
  return size <= MAX_BODY ? Buffer.concat(chunks) : undefined
}

/**
 * The Region that a request was signed for. Signatures are not checked: any credentials will do, but there must be some,
 * as the real front end wants.
 */
function credentialScope(wire: WireRequest): string {
  const found = /Credential=[^/]+\/\d{8}\/([^/]+)\/[^/]+\/aws4_request/.exec(wire.headers.authorization ?? '')
  if (!found?.[1]) {
    throw new ServiceError('MissingAuthenticationTokenException', 403, 'Missing Authentication Token')
  }
  return found[1]
}

function asServiceError(error: unknown): ServiceError {
  if (error instanceof ServiceError) return error
  return new ServiceError('InternalFailure', 500, `The sandbox failed: ${(error as Error).stack ?? error}`)
}
