import type {Stage} from '@aws-sdk/client-api-gateway'
import {streamName} from '../identifiers.js'
import type {RegionState, Store} from '../store.js'
import {appendEvents} from './events.js'
import {newLogGroup} from './log-groups.js'

/** The execution log of one request. Lines below the stage's level are dropped. */
export interface ExecutionLog {
  error(line: string): void
  info(line: string): void
  trace(line: string): void
  /** Writes the request's lines as one batch. */
  close(): void
}

/** Writes what API Gateway writes into CloudWatch Logs. */
export class LogWriter {
  constructor(
    private readonly store: Store,
    private readonly millis: () => number,
  ) {}

  execution(
    region: string,
    apiId: string,
    stage: Stage,
    resourcePath: string,
    method: string,
    requestId: string,
  ): ExecutionLog {
    const state = this.store.region(region)
    const key = `${resourcePath.replaceAll('/', '~1')}/${method}`
    const setting = stage.methodSettings?.[key] ?? stage.methodSettings?.['*/*']
    const level = state.account.cloudwatchRoleArn ? setting?.loggingLevel : undefined
    const lines: {timestamp: number; message: string}[] = []
    const add = (line: string) => lines.push({timestamp: this.millis(), message: truncated(`(${requestId}) ${line}`)})
    return {
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
        const name = `API-Gateway-Execution-Logs_${apiId}/${stage.stageName}`
        this.append(state, region, name, streamName(), lines)
      },
    }
  }

  append(
    state: RegionState,
    region: string,
    groupName: string,
    stream: string,
    lines: {timestamp: number; message: string}[],
  ): void {
    const now = this.millis()
    state.logGroups[groupName] ??= newLogGroup(region, groupName, now)
    appendEvents(state.logGroups[groupName], stream, lines, now)
    this.store.touch()
  }
}

/** API Gateway cuts an event at 1,024 bytes, prefix included, and says so in 12 more. */
function truncated(message: string): string {
  const bytes = Buffer.from(message)
  return bytes.length <= 1024 ? message : `${bytes.subarray(0, 1024).toString()} [TRUNCATED]`
}
