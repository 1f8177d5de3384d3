import type {Log} from '../log.js'
import {failureOf} from './causes.js'
import {dumpedEntries, dumpedValue} from './dumps.js'
import type {Phase} from './lines.js'
import type {LoggedRequest, RequestLine} from './request.js'

/** What the lines give away beyond the request itself: whom it was passed on to, and how. */
export interface Clues {
  /** Where the integration is called: a URL; of a function the URL with its ARN in it. */
  endpoint?: string | undefined
  /** In whose name: ARN of the method, or of the authorizer. */
  sourceArn?: string | undefined
  /** Id of the authorizer that was asked. */
  authorizer?: string | undefined
  /** Whether the authorizer had not answered yet: what is traced of an endpoint is the authorizer's. */
  isAuthorizing: boolean
  /** Whether the authorizer came to a decision. */
  hasVerdict: boolean
}

/** A request in the making. */
interface Draft {
  request: LoggedRequest
  clues: Clues
}

/** With one of these phases the lines of a request begin; else the window, or the level ERROR, cut some off. */
const BEGINNINGS: ReadonlySet<string> = new Set<Phase>(['extended-id', 'authorizer-start', 'usage-plan', 'start'])

/**
 * With one of these phases a request has ended. Of a REST API the ids of the integration and of X-Ray may follow. A
 * request that Cognito turned away has no line with a status (S: a log of 2026).
 */
const ENDS: ReadonlySet<string> = new Set<Phase>([
  'status',
  'gateway-response',
  'unauthorized',
  'connected',
  'message-sent',
  'disconnected',
])

/** Whether a line is the last one that is needed to tell what became of its request. */
export const isEnd = (phase: string): boolean => ENDS.has(phase)

/**
 * One request, from the lines of execution logs that bear its id.
 * @param lines in their order; at least one
 * @param before what was known of the request before these lines, where it was given out already
 */
export function requestOf(
  log: Log,
  requestId: string,
  lines: RequestLine[],
  before?: LoggedRequest | undefined,
): LoggedRequest {
  const first = lines[0]!
  const {api, apiId, stage, protocol} = log
  const request: LoggedRequest = before
    ? {...before, lines, isAddition: true}
    : {time: first.time, api, apiId, stage, protocol, requestId, isComplete: false, lines}
  const draft: Draft = {request, clues: {isAuthorizing: false, hasVerdict: false}}
  for (const {phase, text, source} of lines) {
    if (source !== 'execution') continue
    READERS[phase as Phase]?.(draft, text)
    if (ENDS.has(phase)) request.isComplete = true
  }
  request.path ??= request.resource?.includes('{') ? undefined : request.resource
  const isWhole = before?.latency !== undefined || BEGINNINGS.has(first.phase)
  if (request.isComplete && isWhole) request.latency = lastTime(lines) - request.time.getTime()
  request.failure ??= failureOf(request, draft.clues)
  // The lines come last in JSON, where somebody looks for the status first.
  const {lines: all, ...told} = request
  return {...told, lines: all}
}

function lastTime(lines: readonly RequestLine[]): number {
  return lines.at(-1)!.time.getTime()
}

/** What is read out of the line of a phase. */
const READERS: Partial<Record<Phase, (draft: Draft, text: string) => void>> = {
  'extended-id': ({request}, text) => {
    request.extendedRequestId = after(text, ': ')
  },
  'authorizer-start': ({clues}, text) => {
    clues.authorizer = /authorizer: (\w+) for request/.exec(text)?.[1]
    clues.isAuthorizing = true
  },
  'authorizer-policy': ({clues}) => {
    clues.hasVerdict = true
  },
  'authorizer-end': ({clues}) => {
    clues.isAuthorizing = false
    clues.hasVerdict = true
  },
  'usage-plan': ({request, clues}, text) => {
    clues.isAuthorizing = false
    takeKey(request, between(text, 'API Key: ', ' API Stage: '))
  },
  'key-not-needed': ({request}, text) => takeMethod(request, text),
  'key-refused': ({request}, text) => {
    takeKey(request, between(text, 'API Key ', ' not authorized'))
    takeMethod(request, text)
  },
  throttled: ({request}, text) => {
    takeKey(request, between(text, 'API Key ', ' exceeded'))
    takePlan(request, text)
    request.method ??= /, HttpMethod ([A-Z]+)/.exec(text)?.[1]
  },
  quota: ({request}, text) => {
    takeKey(request, between(text, 'API Key ', ' exceeded'))
    takePlan(request, text)
  },
  method: ({request}, text) => {
    const method = between(text, 'HTTP Method: ', ', Resource Path: ')
    const path = after(text, ', Resource Path: ')
    if (method !== undefined) request.method = method
    if (path === undefined) return
    // Some logs have the resource here and some the path that was asked for (recorded: 2017, greedy paths).
    if (path.includes('{') || request.resource === undefined) request.resource = path
    if (!path.includes('{')) request.path = path
  },
  'request-path': ({request}, text) => {
    const path = request.resource && filledIn(request.resource, after(text, ': ') ?? '')
    if (path !== undefined) request.path = path
  },
  'request-query': ({request}, text) => {
    const entries = dumpedEntries(after(text, ': ') ?? '')
    if (entries.length > 0) request.query = entries.map(([name, value]) => `${name}=${value}`).join('&')
  },
  'request-headers': ({request}, text) => {
    const dump = after(text, ': ') ?? ''
    request.sourceIp = /^[^\s,}]+/.exec(dumpedValue(dump, 'X-Forwarded-For') ?? '')?.[0] ?? request.sourceIp
    request.userAgent = dumpedValue(dump, 'User-Agent') ?? request.userAgent
    request.traceId = traceIdOf(dumpedValue(dump, 'X-Amzn-Trace-Id')) ?? request.traceId
  },
  'endpoint-uri': ({clues}, text) => {
    clues.endpoint = after(text, ': ')
  },
  'endpoint-request-headers': ({request, clues}, text) => {
    clues.sourceArn = dumpedValue(after(text, ': ') ?? '', 'X-Amz-Source-Arn')
    const called = /^arn:[^:]+:execute-api:[^:]*:[^:]*:[^/]+\/[^/]+\/([^/]+)\/?(.*)$/.exec(clues.sourceArn ?? '')
    if (!called || clues.isAuthorizing || request.protocol !== 'REST') return
    const resource = `/${called[2]}`
    // The method line of a greedy resource has the path where others have the resource.
    if (request.resource === undefined || resource.includes('{')) request.resource = resource
  },
  'endpoint-request-body': ({request, clues}, text) => {
    // An event of a proxy integration begins with these two; of another integration such a body is its own affair.
    const [, resource, path] = PROXY_EVENT.exec(text) ?? []
    if (clues.isAuthorizing || resource === undefined || path === undefined) return
    request.resource = unescaped(resource)
    request.path = unescaped(path)
  },
  'endpoint-answer': ({request, clues}, text) => {
    if (clues.isAuthorizing) return
    request.integrationStatus = numberIn(/Status: (\d+)/, text)
    request.integrationLatency = numberIn(/Integration latency: (\d+) ms/, text)
  },
  'gateway-response': ({request}, text) => {
    request.status ??= numberIn(/with status code: (\d{3})/, text)
  },
  status: ({request}, text) => {
    request.status = numberIn(/(\d{3})/, text)
  },
  'endpoint-id': ({request}, text) => {
    request.integrationRequestId = after(text, ' : ')
  },
  'trace-id': ({request}, text) => {
    request.traceId = traceIdOf(after(text, ' : ')) ?? request.traceId
  },
  route: ({request}, text) => {
    request.resource = between(text, 'Route: [', ']')
  },
  connecting: ({request}, text) => {
    request.userAgent = between(text, '[UserAgent: ', ', SourceIp: ')
    request.sourceIp = between(text, ', SourceIp: ', ']')
  },
  connected: ({request}, text) => takeConnection(request, text),
  message: ({request}, text) => takeConnection(request, text),
  'message-body': ({request}, text) => {
    request.sourceIp ??= /"sourceIp":"([^"\\]+)"/.exec(text)?.[1]
    request.userAgent ??= /"userAgent":"([^"\\]+)"/.exec(text)?.[1]
  },
  'message-sent': ({request}, text) => takeOutcome(request, text),
  disconnected: ({request}, text) => takeOutcome(request, text),
}

const PROXY_EVENT =
  /^Endpoint request body after transformations: \{"resource":"((?:[^"\\]|\\.)*)","path":"((?:[^"\\]|\\.)*)"/

function after(text: string, mark: string): string | undefined {
  const at = text.indexOf(mark)
  return at < 0 ? undefined : text.slice(at + mark.length).trimEnd()
}

function between(text: string, start: string, end: string): string | undefined {
  const from = text.indexOf(start)
  const to = from < 0 ? -1 : text.indexOf(end, from + start.length)
  return to < 0 ? undefined : text.slice(from + start.length, to)
}

function numberIn(pattern: RegExp, text: string): number | undefined {
  const found = pattern.exec(text)?.[1]
  return found === undefined ? undefined : Number(found)
}

/** The text of a JSON string: in a path nothing but these is escaped. */
const unescaped = (json: string) => json.replaceAll(/\\(["\\/])/g, '$1')

/** A key is masked but for its last six characters; where none was sent, nothing stands there. */
function takeKey(request: LoggedRequest, masked: string | undefined): void {
  const ending = masked?.slice(-6)
  if (ending) request.keyEnding = ending
}

function takePlan(request: LoggedRequest, text: string): void {
  request.plan = /Usage Plan ID ([^,.\s]+)/.exec(text)?.[1] ?? request.plan
}

/** `method 'GET /pets/{petId}' requires`, or of a WebSocket API `route '$connect' does not require`. */
function takeMethod(request: LoggedRequest, text: string): void {
  const [, kind, name = ''] = / (method|route) '([^']*)' /.exec(text) ?? []
  if (kind === 'route') request.resource ??= name
  const cut = name.indexOf(' ')
  if (kind !== 'method' || cut < 0) return
  request.method ??= name.slice(0, cut)
  request.resource ??= name.slice(cut + 1)
}

function takeConnection(request: LoggedRequest, text: string): void {
  request.connectionId = between(text, '[Connection Id: ', ']') ?? request.connectionId
}

function takeOutcome(request: LoggedRequest, text: string): void {
  takeConnection(request, text)
  request.status = numberIn(/response status code \[(\d{3})\]/, text) ?? request.status
}

/** `Root=1-66f3c000-0123456789abcdef01234567;Parent=...`; the line of X-Ray has it with `Root=` or without. */
const traceIdOf = (text: string | undefined) => /1-[0-9a-f]{8}-[0-9a-f]{24}/.exec(text ?? '')?.[0]

/**
 * The path of a resource with the variables of a dump, `{petId=7}`, in it. Nothing is quoted there: a value ends where
 * the next variable of the resource begins.
 */
function filledIn(resource: string, dump: string): string | undefined {
  const names = [...resource.matchAll(/\{([^}+]+)\+?\}/g)].map(match => match[1]!)
  const starts = names.map(name => startOf(dump, name))
  if (names.length === 0 || starts.some(start => start === undefined) || !/\}\s*$/.test(dump)) return undefined
  const end = dump.lastIndexOf('}')
  return resource.replaceAll(/\{([^}+]+)\+?\}/g, (_, name: string) => {
    const start = startOf(dump, name)!
    const next = names.map(other => dump.indexOf(`, ${other}=`, start)).filter(at => at >= 0)
    return dump.slice(start, Math.min(end, ...next))
  })
}

function startOf(dump: string, name: string): number | undefined {
  if (dump.startsWith(`{${name}=`)) return name.length + 2
  const at = dump.indexOf(`, ${name}=`)
  return at < 0 ? undefined : at + name.length + 3
}
