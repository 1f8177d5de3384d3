/**
 * A request as its log lines tell of it. The fields are those of `--json`; what the log does not say is left out. At
 * level ERROR, or without data trace, that is a good deal.
 */
export interface LoggedRequest {
  /** Of its first line. */
  time: Date
  api: string
  apiId: string
  stage: string
  protocol: 'REST' | 'WebSocket' | 'HTTP'
  /** Of a WebSocket API this is the extended id. Empty for a line that names no request: it stands alone. */
  requestId: string
  extendedRequestId?: string | undefined
  /** GET; a WebSocket API has none. */
  method?: string | undefined
  /** Path of the resource, `/pets/{petId}`; of a WebSocket or HTTP API its route, `$connect`. */
  resource?: string | undefined
  /** The path that was asked for, `/pets/7`, as far as the log tells. */
  path?: string | undefined
  /** The query string that was asked with, `limit=2&sort=name`, as far as the log tells. */
  query?: string | undefined
  status?: number | undefined
  /** Milliseconds from the first line to the last; exact where an access log tells. */
  latency?: number | undefined
  /** Milliseconds. */
  integrationLatency?: number | undefined
  /** Status that the integration answered with. */
  integrationStatus?: number | undefined
  /** The last six characters of the API key: the log has no more. */
  keyEnding?: string | undefined
  /** Name of the API key, where it was found out. */
  key?: string | undefined
  /** Id of the API key; only an access log has it. */
  keyId?: string | undefined
  /** Id of the usage plan. */
  plan?: string | undefined
  sourceIp?: string | undefined
  userAgent?: string | undefined
  /** Who called, as IAM or an authorizer names them; only an access log has it. */
  caller?: string | undefined
  connectionId?: string | undefined
  /** Id that the integration gave the request: that of the Lambda invocation. */
  integrationRequestId?: string | undefined
  traceId?: string | undefined
  /** Whether its last line has been seen. */
  isComplete: boolean
  /**
   * True where the request was given out before and `lines` are those that came after that. All other fields are as
   * they are known now, with both.
   */
  isAddition?: boolean | undefined
  failure?: RequestFailure | undefined
  lines: RequestLine[]
}

/** Why a request failed, as far as a line of its log gives away. */
export interface RequestFailure {
  /** A word for programs, such as `lambda-permission`; one for each row of the table of causes. */
  cause: string
  /** What went wrong, for people. */
  message: string
  /** The command that mends it or shows more. */
  hint?: string | undefined
}

/** One line of a request. */
export interface RequestLine {
  time: Date
  source: 'execution' | 'access' | 'function'
  /** What the line tells of; `other` for a line that is not known. */
  phase: string
  /** The line without the request id it begins with. */
  text: string
  /** Name of the Lambda function that the line is of. */
  function?: string | undefined
  logStreamName: string
  eventId: string
}
