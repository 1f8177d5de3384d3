/**
 * What a line of an execution log can tell of. The words are part of `--json`.
 * Sources: recorded logs of REST and WebSocket APIs of 2016 to 2026, and where marked with S, public reports.
 */
export type Phase =
  // Before the method is executed.
  | 'extended-id'
  | 'authorizer-start'
  | 'authorizer-identity'
  | 'authorizer-result'
  | 'authorizer-policy'
  | 'authorizer-end'
  | 'unauthorized'
  | 'usage-plan'
  | 'key-not-needed'
  | 'key-refused'
  | 'throttled'
  | 'quota'
  | 'usage-plan-end'
  | 'usage-plan-error'
  // The method, and with data trace the request.
  | 'start'
  | 'method'
  | 'key'
  | 'request-path'
  | 'request-query'
  | 'request-headers'
  | 'request-body'
  | 'invalid-request'
  // The integration, with data trace.
  | 'endpoint-uri'
  | 'endpoint-request-headers'
  | 'endpoint-request-body'
  | 'endpoint-send'
  | 'endpoint-answer'
  | 'endpoint-response-headers'
  | 'endpoint-response-body'
  | 'function-failed'
  | 'failed'
  // The response.
  | 'response-body'
  | 'response-headers'
  | 'success'
  | 'gateway-response'
  | 'status'
  | 'endpoint-id'
  | 'trace-id'
  // WebSocket APIs only.
  | 'route'
  | 'connecting'
  | 'connected'
  | 'message'
  | 'message-body'
  | 'message-sent'
  | 'disconnected'
  // Not known.
  | 'other'

/** How a line is known: by what it begins with and, where others begin the same, by what is in it. */
interface LinePattern {
  phase: Phase
  start: string
  has?: string
}

/** Of several that fit, the first. */
const PATTERNS: readonly LinePattern[] = [
  {phase: 'extended-id', start: 'Extended Request Id: '},
  {phase: 'authorizer-start', start: 'Starting authorizer: '},
  {phase: 'authorizer-identity', start: 'Incoming identity: '},
  {phase: 'authorizer-result', start: 'Authorizer result body before parsing: '},
  {phase: 'authorizer-policy', start: 'Using valid authorizer policy for principal: '},
  {phase: 'authorizer-end', start: 'Successfully completed authorizer execution'},
  {phase: 'unauthorized', start: 'Unauthorized request: '},
  {phase: 'usage-plan', start: 'Verifying Usage Plan for request: '},
  {phase: 'key', start: 'API Key: '},
  {phase: 'key-refused', start: 'API Key ', has: ' not authorized because '},
  {phase: 'key-not-needed', start: 'API Key ', has: ' authorized because '},
  {phase: 'throttled', start: 'API Key ', has: ' exceeded throttle limit '},
  {phase: 'quota', start: 'API Key ', has: ' exceeded quota limit '},
  {phase: 'throttled', start: 'Key throttle limit exceeded for '},
  {phase: 'quota', start: 'Key quota exhausted for '},
  {phase: 'usage-plan-end', start: 'Usage Plan check succeeded '},
  {phase: 'usage-plan-error', start: 'Usage Plan check failed '},
  {phase: 'start', start: 'Starting execution for request: '},
  {phase: 'method', start: 'HTTP Method: '},
  {phase: 'request-path', start: 'Method request path: '},
  {phase: 'request-query', start: 'Method request query string: '},
  {phase: 'request-headers', start: 'Method request headers: '},
  {phase: 'request-body', start: 'Method request body before transformations:'},
  {phase: 'invalid-request', start: 'Request body does not match model schema '},
  {phase: 'invalid-request', start: 'Missing required request parameters: '},
  {phase: 'endpoint-uri', start: 'Endpoint request URI: '},
  {phase: 'endpoint-request-headers', start: 'Endpoint request headers: '},
  {phase: 'endpoint-request-body', start: 'Endpoint request body after transformations:'},
  {phase: 'endpoint-send', start: 'Sending request to '},
  {phase: 'endpoint-answer', start: 'Received response. '},
  {phase: 'endpoint-response-headers', start: 'Endpoint response headers: '},
  {phase: 'endpoint-response-body', start: 'Endpoint response body before transformations:'},
  {phase: 'function-failed', start: 'Lambda execution failed '},
  {phase: 'function-failed', start: 'Lambda invocation failed '},
  {phase: 'failed', start: 'Execution failed '},
  {phase: 'response-body', start: 'Method response body after transformations:'},
  {phase: 'response-headers', start: 'Method response headers: '},
  {phase: 'success', start: 'Successfully completed execution'},
  // WebSocket APIs. S: cited in aws-cdk-examples and forum threads of 2020.
  {phase: 'gateway-response', start: 'Gateway response type: '},
  {phase: 'status', start: 'Method completed with status: '},
  {phase: 'endpoint-id', start: 'AWS Integration Endpoint RequestId : '},
  {phase: 'trace-id', start: 'X-ray Tracing ID : '},
  {phase: 'route', start: 'WebSocket Request Route: '},
  {phase: 'message-body', start: 'WebSocket API ', has: ']. Message: ['},
  {phase: 'message', start: 'WebSocket API ', has: ' received message from client '},
  {phase: 'connecting', start: 'Client ', has: ' is connecting to WebSocket API '},
  {phase: 'connected', start: 'Client ', has: ' connected to API '},
  {phase: 'disconnected', start: 'Client ', has: ' disconnected from API '},
  {phase: 'message-sent', start: 'Message from client '},
]

/** The patterns by the first word of their lines, so that a line is held against two or three of them. */
const BY_WORD = new Map<string, LinePattern[]>()
for (const pattern of PATTERNS) {
  const word = firstWord(pattern.start)
  BY_WORD.set(word, [...(BY_WORD.get(word) ?? []), pattern])
}

function firstWord(text: string): string {
  const end = text.indexOf(' ')
  return end < 0 ? text : text.slice(0, end)
}

/** What a line tells of. @param text the line without the request id it begins with */
export function phaseOf(text: string): Phase {
  const patterns = BY_WORD.get(firstWord(text))
  if (!patterns) return 'other'
  for (const {phase, start, has} of patterns) {
    if (text.startsWith(start) && (has === undefined || text.includes(has, start.length))) return phase
  }
  return 'other'
}

/** Takes the request id off a line, `(id) text`. Undefined where a line names none: it is kept whole. */
export function splitLine(message: string): {requestId: string | undefined; text: string} {
  if (message.charCodeAt(0) === OPENING) {
    const end = message.indexOf(') ')
    const space = message.indexOf(' ')
    if (end > 1 && space === end + 1) return {requestId: message.slice(1, end), text: message.slice(end + 2)}
  }
  return {requestId: undefined, text: message}
}

/** What a line is part of: a request, by its id, or only itself. */
export const requestOrItself = ({message, eventId}: {message: string; eventId: string}): string =>
  splitLine(message).requestId ?? eventId

const OPENING = '('.charCodeAt(0)
