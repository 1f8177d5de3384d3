import {randomBytes} from 'node:crypto'
import type {Stage} from '@aws-sdk/client-api-gateway'
import {streamName} from '../identifiers.js'
import {ACCOUNT_ID} from '../service.js'
import type {LogEvent, LogGroupRecord, RegionState, Store} from '../store.js'

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
    const ingestionTime = this.millis()
    const group = groupOf(state, region, groupName, ingestionTime)
    const target = group.streams[stream] ?? {stream: {logStreamName: stream, creationTime: ingestionTime}, events: []}
    group.streams[stream] = target
    const random = BigInt(`0x${randomBytes(8).toString('hex')}`)
    const events = lines.map(
      ({timestamp, message}, index): LogEvent => ({
        timestamp,
        ingestionTime,
        message,
        eventId: eventId(timestamp, ingestionTime, random, index),
      }),
    )
    target.events.push(...events)
    this.store.touch()
  }
}

/** 56 decimal digits: `timestamp << 144 | ingestionTime << 80 | random64 << 16 | index`, as decoded from live ids. */
export function eventId(timestamp: number, ingestionTime: number, random: bigint, index: number): string {
  const id = (BigInt(timestamp) << 144n) | (BigInt(ingestionTime) << 80n) | (random << 16n) | BigInt(index)
  return id.toString().padStart(56, '0')
}

/** API Gateway cuts an event at 1,024 bytes, prefix included, and says so in 12 more. */
function truncated(message: string): string {
  const bytes = Buffer.from(message)
  return bytes.length <= 1024 ? message : `${bytes.subarray(0, 1024).toString()} [TRUNCATED]`
}

function groupOf(state: RegionState, region: string, name: string, now: number): LogGroupRecord {
  let group = state.logGroups[name]
  if (!group) {
    const arn = `arn:aws:logs:${region}:${ACCOUNT_ID}:log-group:${name}`
    group = {group: {logGroupName: name, creationTime: now, arn: `${arn}:*`, logGroupArn: arn}, streams: {}, tags: {}}
    state.logGroups[name] = group
  }
  return group
}
