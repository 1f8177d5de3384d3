import type {MethodSetting} from '@aws-sdk/client-api-gateway'
import {streamName} from '../identifiers.js'
import type {Store} from '../store.js'
import {appendEvents} from './events.js'
import {newLogGroup} from './log-groups.js'

/** The execution log of one request. Lines below the level that the stage asks for are dropped. */
export interface ExecutionLog {
  /** Begins a phase: all lines of one bear the same time, as on the service. */
  phase(): void
  error(line: string): void
  info(line: string): void
  trace(line: string): void
  /** Writes the request's lines as one batch. */
  close(): void
}

/** The stage that logs. */
export interface LoggedStage {
  region: string
  apiId: string
  stageName: string
  isCanary: boolean
}

interface Line {
  /** Milliseconds since 1970. */
  timestamp: number
  message: string
}

/** Writes what API Gateway writes into CloudWatch Logs. */
export class LogWriter {
  readonly #accessStreams = new Map<string, string>()

  constructor(
    private readonly store: Store,
    private readonly millis: () => number,
  ) {}

  /** Without a role of the account nothing is logged, whatever the stage asks for. */
  execution(stage: LoggedStage, setting: MethodSetting | undefined, requestId: string): ExecutionLog {
    const {region, apiId, stageName, isCanary} = stage
    const level = this.store.region(region).account.cloudwatchRoleArn ? setting?.loggingLevel : undefined
    const lines: Line[] = []
    let timestamp = this.millis()
    const add = (line: string) => lines.push({timestamp, message: truncated(`(${requestId}) ${line}`)})
    return {
      phase: () => {
        timestamp = this.millis()
      },
      error: line => {
        if (level === 'ERROR' || level === 'INFO') add(line)
      },
      info: line => {
        if (level === 'INFO') add(line)
      },
      trace: line => {
        if (level === 'INFO' && setting?.dataTraceEnabled) add(line)
      },
      close: () => {
        if (lines.length === 0) return
        const group = `API-Gateway-Execution-Logs_${apiId}/${stageName}`
        this.#write(region, group, streamName(), lines)
        if (isCanary) this.#write(region, `${group}/Canary`, streamName(), lines)
      },
    }
  }

  /**
   * Writes a line of the access log to the group that the stage names, if there is such a group: API Gateway does not
   * make it. A Firehose stream is not written to; the sandbox has none.
   */
  access(stage: LoggedStage, destinationArn: string, message: string): void {
    const name = /^arn:[^:]+:logs:[^:]*:[^:]*:log-group:([^:]+)(?::\*)?$/.exec(destinationArn)?.[1]
    if (!name) return
    for (const group of stage.isCanary ? [name, `${name}/Canary`] : [name]) {
      if (!this.store.region(stage.region).logGroups[group]) continue
      const key = `${stage.region} ${group}`
      const stream = this.#accessStreams.get(key) ?? streamName()
      this.#accessStreams.set(key, stream)
      this.#write(stage.region, group, stream, [{timestamp: this.millis(), message}])
    }
  }

  /** What a function prints, and Lambda about it, under the name of its log group. */
  printed(region: string, functionName: string, stream: string, lines: readonly Line[]): void {
    this.#write(region, `/aws/lambda/${functionName}`, stream, lines)
  }

  /**
   * On the service a deleted group of execution logs comes back only with the next deployment; here with the next line.
   * Events are there at once; the service takes about 20 s.
   */
  #write(region: string, groupName: string, streamName: string, lines: readonly Line[]): void {
    const {logGroups} = this.store.region(region)
    const now = this.millis()
    logGroups[groupName] ??= newLogGroup(region, groupName, now)
    appendEvents(logGroups[groupName], streamName, lines, now)
    this.store.touch()
  }
}

/** How API Gateway shows a credential in a log: all but its last six characters are asterisks. */
export function masked(secret: string): string {
  return '*'.repeat(Math.max(0, secret.length - 6)) + secret.slice(-6)
}

const MASKED_HEADERS = new Set(['authorization', 'x-api-key'])

/** Headers or parameters as the data trace prints them: `{name=value, name=value}`. */
export function dumped(values: Iterable<readonly [string, string | readonly string[]]>): string {
  const parts: string[] = []
  for (const [name, value] of values) {
    const text = typeof value === 'string' ? value : value.join(',')
    parts.push(`${name}=${MASKED_HEADERS.has(name.toLowerCase()) ? masked(text) : text}`)
  }
  return `{${parts.join(', ')}}`
}

const MAX_BYTES = 1024

/** API Gateway cuts an event at 1,024 bytes, its prefix included, and says so in 12 more. */
export function truncated(message: string): string {
  const bytes = Buffer.from(message)
  if (bytes.length <= MAX_BYTES) return message
  let end = MAX_BYTES
  // 10xxxxxx continues a UTF-8 sequence: none is cut in two.
  while ((bytes[end]! & 0xc0) === 0x80) end--
  return `${bytes.subarray(0, end).toString()} [TRUNCATED]`
}
