import {ACCOUNT_ID} from '../service.js'
import {header} from './fields.js'
import type {MethodRequest} from './invocation.js'

/**
 * The `$context` of a request: what mapping templates, gateway responses and access logs may name. A phase that learns
 * something adds it. Names are the service's own.
 */
export interface RequestContext {
  [name: string]: unknown
  requestId: string
  extendedRequestId: string
  /** The method that was called; also where the method is ANY. */
  httpMethod: string
  identity: Record<string, unknown>
  authorizer?: Record<string, unknown>
  error?: {message: string; messageString: string; responseType: string; validationErrorString?: string}
  requestOverride: {header: Values; path: Values; querystring: Values}
  responseOverride: {header: Values; status?: unknown}
}

type Values = Record<string, unknown>

export interface ContextSource {
  apiId: string
  stageName: string
  deploymentId: string | undefined
  endpointType: string | undefined
  isCanary: boolean
  requestId: string
  extendedRequestId: string
  traceId: string
  sourceIp: string
  /** Milliseconds since 1970. */
  startedAt: number
  request: MethodRequest
  /** The path of the client's URL: with the stage, or as it was behind a custom domain name. */
  path: string
  customDomain?: {basePathMatched: string}
}

/** The context of a request that has just reached its stage. */
export function newContext(source: ContextSource): RequestContext {
  const {apiId, request, startedAt} = source
  const domainName = header(request.headers, 'host')?.toLowerCase().replace(/:\d+$/, '')
  return {
    accountId: ACCOUNT_ID,
    apiId,
    customDomain: source.customDomain,
    deploymentId: source.deploymentId,
    domainName,
    domainPrefix: domainName?.split('.')[0],
    endpointType: source.endpointType,
    extendedRequestId: source.extendedRequestId,
    httpMethod: request.httpMethod,
    identity: {sourceIp: source.sourceIp, userAgent: header(request.headers, 'user-agent')},
    // A string on the service, too (recorded: test_invoking_canary_deployment).
    isCanaryRequest: String(source.isCanary),
    path: source.path,
    protocol: 'HTTP/1.1',
    requestId: source.requestId,
    requestTime: commonLogTime(startedAt),
    requestTimeEpoch: startedAt,
    stage: source.stageName,
    xrayTraceId: source.traceId,
    requestOverride: {header: {}, path: {}, querystring: {}},
    responseOverride: {header: {}},
  }
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `25/Sep/2026:09:20:30 +0000` */
export function commonLogTime(millis: number): string {
  const [day, time] = new Date(millis).toISOString().slice(0, 19).split('T')
  const [year, month, date] = day!.split('-')
  return `${date}/${MONTHS[Number(month) - 1]}/${year}:${time} +0000`
}

/** `Root=1-{8 hex digits of the time}-{24 more}`, given 24 hex digits. */
export function traceId(millis: number, random: string): string {
  return `Root=1-${Math.floor(millis / 1000).toString(16)}-${random}`
}

/**
 * Puts `$context.…` and `$stageVariables.…` into a text. Access logs and gateway responses know only this much of the
 * template language.
 * @param missing what stands for a variable that is unknown or has no value
 */
export function substitute(
  text: string,
  context: RequestContext,
  variables: Record<string, string>,
  missing: string,
): string {
  return text.replace(
    /\$(?:\{(context|stageVariables)\.([\w.-]+)\}|(context|stageVariables)\.([\w-]+(?:\.[\w-]+)*))/g,
    (...found) => {
      const root = (found[1] ?? found[3]) === 'context' ? context : variables
      return contextText(root, found[2] ?? found[4]) ?? missing
    },
  )
}

/** The text of the value at a dotted path, or undefined if there is none. */
export function contextText(root: unknown, path: string): string | undefined {
  let value: unknown = root
  for (const name of path.split('.')) {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, name)) return undefined
    value = (value as Values)[name]
  }
  if (value === undefined || value === null) return undefined
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
