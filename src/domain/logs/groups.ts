/** What the tail and the status need to know of a log group. */
export interface LogGroup {
  name: string
  /** Bytes, as of some hours ago. */
  storedBytes: number
  /** Days that events are kept; undefined for ever. */
  retentionDays?: number | undefined
}

export interface LogGroupStore {
  /** All groups whose name begins with the prefix. */
  list(prefix: string): AsyncIterable<LogGroup>
  /** Makes a group; one that has come in the meantime will do. */
  create(name: string): Promise<void>
  /** Sets for how many days the group keeps its events. */
  setRetention(name: string, days: number): Promise<void>
}

/** Source: API reference of PutRetentionPolicy. */
export const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const

const REST = 'API-Gateway-Execution-Logs_'
const WEB_SOCKET = '/aws/apigateway/'

/** Where the execution log of a stage of a REST API goes; the service makes the group with the first line. */
export function restLogGroup(apiId: string, stage: string): string {
  return `${REST}${apiId}/${stage}`
}

/** Where the execution log of a stage of a WebSocket API goes. */
export function webSocketLogGroup(apiId: string, stage: string): string {
  return `${WEB_SOCKET}${apiId}/${stage}`
}

/** What the groups of execution logs begin with, of one API or of all. */
export function logGroupPrefixes(apiId?: string): string[] {
  const rest = apiId === undefined ? '' : `${apiId}/`
  return [`${REST}${rest}`, `${WEB_SOCKET}${rest}`]
}

/** The group that an access log is written to; undefined for a Firehose stream. */
export function accessLogGroup(destinationArn: string): string | undefined {
  return /^arn:[^:]+:logs:[^:]*:[^:]*:log-group:([^:]+)/.exec(destinationArn)?.[1]
}
