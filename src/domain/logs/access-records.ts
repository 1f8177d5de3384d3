import type {AccessFormat, AccessRecord} from './access-format.js'
import type {LogEvent} from './events.js'
import type {Log} from './log.js'
import {redacted} from './redact.js'
import type {LoggedRequest, RequestFailure, RequestLine} from './requests/request.js'

type LogOfStage = Pick<Log, 'api' | 'apiId' | 'stage' | 'protocol'>

/** The requests of some lines of an access log. A line that is not in the format stands alone, as it is. */
export function accessRequests(
  events: readonly LogEvent[],
  log: LogOfStage,
  format: AccessFormat,
  options: {redact: boolean},
): LoggedRequest[] {
  return events.map(event => accessRequest(event, log, format, options) ?? strayRequest(event, log, options))
}

/**
 * The request that a line of an access log is about; undefined for a line that is not in the format. The line itself is
 * the only line of the request.
 */
export function accessRequest(
  event: LogEvent,
  log: LogOfStage,
  format: AccessFormat,
  {redact}: {redact: boolean},
): LoggedRequest | undefined {
  const record = format.read(event.message)
  const requestId = record?.get('requestId') ?? record?.get('extendedRequestId')
  if (!record || requestId === undefined) return undefined
  const line = accessLine(event, record, {redact})
  return {
    time: requestTime(record) ?? line.time,
    ...stageOf(log),
    requestId,
    ...fieldsOf(record),
    path: pathOf(record, log.stage),
    isComplete: true,
    failure: failureOf(record),
    lines: [line],
  }
}

/** A line that nobody can read, as an entry of its own. */
export function strayRequest(event: LogEvent, log: LogOfStage, {redact}: {redact: boolean}): LoggedRequest {
  const line: RequestLine = {...accessLine(event, new Map(), {redact}), phase: 'other'}
  return {time: line.time, ...stageOf(log), requestId: '', isComplete: true, lines: [line]}
}

const stageOf = ({api, apiId, stage, protocol}: LogOfStage) => ({api, apiId, stage, protocol})

/** A line of an access log among those of its request. */
function accessLine(event: LogEvent, record: AccessRecord, {redact}: {redact: boolean}): RequestLine {
  const {timestamp, logStreamName, eventId, message} = event
  return {
    time: new Date(timestamp),
    source: 'access',
    phase: 'access',
    text: (redact ? withoutKey(redacted(message), record) : message).trimEnd(),
    logStreamName,
    eventId,
  }
}

/** The key stands in the line wherever the format puts it: what it is called there cannot be known. */
function withoutKey(text: string, record: AccessRecord): string {
  const key = record.get('identity.apiKey')
  return key ? text.replaceAll(key, '[redacted]') : text
}

function fieldsOf(record: AccessRecord): Partial<LoggedRequest> {
  const first = (...variables: string[]) => variables.map(variable => record.get(variable)).find(Boolean)
  const number = (...variables: string[]) => {
    const text = first(...variables)
    return text !== undefined && /^\d+(\.\d+)?$/.test(text) ? Number(text) : undefined
  }
  return {
    extendedRequestId: first('extendedRequestId'),
    method: first('httpMethod'),
    resource: first('resourcePath', 'routeKey'),
    status: number('status'),
    latency: number('responseLatency'),
    integrationLatency: number('integrationLatency', 'integration.latency'),
    integrationStatus: number('integrationStatus', 'integration.integrationStatus', 'integration.status'),
    keyEnding: first('identity.apiKey')?.slice(-6),
    keyId: first('identity.apiKeyId'),
    caller: first('identity.userArn', 'identity.caller', 'identity.user', 'authorizer.principalId'),
    sourceIp: first('identity.sourceIp'),
    userAgent: first('identity.userAgent'),
    connectionId: first('connectionId'),
    integrationRequestId: first('integration.requestId', 'awsEndpointRequestId'),
    traceId: first('xrayTraceId'),
  }
}

/** Behind the API's own host name, the path begins with the stage. */
function pathOf(record: AccessRecord, stage: string): string | undefined {
  const path = record.get('path')
  const isOwnHost = /\.execute-api\./.test(record.get('domainName') ?? '.execute-api.')
  return isOwnHost && path?.startsWith(`/${stage}/`) ? path.slice(`/${stage}`.length) : path
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** Milliseconds since 1970, or `25/Sep/2026:09:20:30 +0000`. */
function requestTime(record: AccessRecord): Date | undefined {
  const epoch = record.get('requestTimeEpoch')
  if (epoch !== undefined && /^\d{12,14}$/.test(epoch)) return new Date(Number(epoch))
  const [, day, month = '', year, time, zone] =
    /^(\d\d)\/(\w{3})\/(\d{4}):(\d\d:\d\d:\d\d) ([+-]\d{4})$/.exec(record.get('requestTime') ?? '') ?? []
  const number = String(MONTHS.indexOf(month) + 1).padStart(2, '0')
  const moment = new Date(`${year}-${number}-${day}T${time}${zone?.replace(/(\d\d)$/, ':$1')}`)
  return Number.isNaN(moment.getTime()) ? undefined : moment
}

/** Why the gateway answered by itself; what an integration answered is no failure here, whatever its status. */
function failureOf(record: AccessRecord): RequestFailure | undefined {
  const type = record.get('error.responseType')
  const said = record.get('error.message') ?? record.get('error.messageString')?.replace(/^"(.*)"$/, '$1')
  const why = ['integration.error', 'integrationErrorMessage', 'authorizer.error', 'error.validationErrorString']
    .map(variable => record.get(variable))
    .find(Boolean)
  const message = [said ?? type, why].filter(Boolean).join(': ')
  if (message === '') return undefined
  return {cause: CAUSES[type ?? ''] ?? (type ?? 'unknown').toLowerCase().replaceAll('_', '-'), message}
}

/** Types of gateway responses that mean what a line of the execution log means, by its word; others have their own. */
const CAUSES: Record<string, string> = {
  AUTHORIZER_CONFIGURATION_ERROR: 'authorizer-failure',
  BAD_REQUEST_BODY: 'invalid-body',
  BAD_REQUEST_PARAMETERS: 'missing-parameters',
  API_CONFIGURATION_ERROR: 'configuration',
  INTEGRATION_TIMEOUT: 'timeout',
  THROTTLED: 'rate-exceeded',
  WAF_FILTERED: 'refused',
}
