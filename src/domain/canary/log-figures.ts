import {accessFormat} from '../logs/access-format.js'
import {Calls, type CallWatch} from '../logs/calls.js'
import {accessLogGroup, CANARY} from '../logs/groups.js'
import {readHistory} from '../logs/history.js'
import type {Log} from '../logs/log.js'
import {splitLine} from '../logs/requests/lines.js'
import type {LogSource} from '../logs/source.js'
import {type LoggedStage, logOf} from '../logs/stages.js'
import {HISTORY_PACE} from '../logs/tail.js'
import type {MetricWindow, Traffic} from '../metrics.js'
import {percentile} from '../percentile.js'
import {isMissing} from '../problem.js'

/** What a log tells of a request. */
interface Told {
  status: number
  /** Milliseconds; undefined where the log does not tell. */
  latency?: number | undefined
}

export interface LogFigures {
  source: 'access log' | 'execution log'
  canary: Traffic
  base: Traffic
}

/** Who reads. */
export interface LogReading {
  logs: LogSource
  watch: CallWatch
}

type Span = Pick<MetricWindow, 'start' | 'end'>

/**
 * The requests of a stage and of its canary, counted in its logs: canary requests are logged a second time in groups
 * that end in `/Canary` (developer guide, "Set up an API Gateway canary release deployment").
 * @returns undefined where no log tells all of it: no access log with a status, and no execution log at level INFO
 */
export async function countInLogs(
  reading: LogReading,
  stage: LoggedStage,
  span: Span,
): Promise<LogFigures | undefined> {
  return (await countInAccessLog(reading, stage, span)) ?? (await countInExecutionLog(reading, stage, span))
}

async function countInAccessLog(reading: LogReading, stage: LoggedStage, span: Span): Promise<LogFigures | undefined> {
  const {accessLogArn = '', accessLogFormat = ''} = stage
  if (!accessLogGroup(accessLogArn) || !/context\.status\b/.test(accessLogFormat)) return undefined
  const log = logOf(stage, 'access')
  const format = accessFormat(accessLogFormat)
  const isMarked = /context\.isCanaryRequest\b/.test(accessLogFormat)
  const read = async (log: Log, take: (id: string, told: Told, isCanary: boolean) => void) =>
    eachEvent(reading, log, span, undefined, message => {
      const record = format.read(message)
      const status = Number(record?.get('status'))
      const id = record?.get('requestId') ?? record?.get('extendedRequestId')
      if (!record || id === undefined || Number.isNaN(status)) return
      const latency = record.get('responseLatency')
      const told = {status, latency: latency === undefined ? undefined : Number(latency)}
      take(id, told, record.get('isCanaryRequest') === 'true')
    })
  const [canary, base] = [new Map<string, Told>(), new Map<string, Told>()]
  // The group of the canary is not always there: who makes it is not documented. Where the format says which requests
  // are the canary's it is not needed.
  if (!isMarked && !(await read({...log, group: log.group + CANARY}, (id, told) => canary.set(id, told)))) {
    return undefined
  }
  const isThere = await read(log, (id, told, isCanary) => {
    if (isCanary) canary.set(id, told)
    else if (!canary.has(id)) base.set(id, told)
  })
  if (!isThere) return undefined
  return {source: 'access log', canary: trafficOf(canary.values()), base: trafficOf(base.values())}
}

/** The first and the last line of a request, at level INFO; a line or two may follow the last. */
const ENDS = '?"Extended Request Id:" ?"Method completed with status:"'

async function countInExecutionLog(
  reading: LogReading,
  stage: LoggedStage,
  span: Span,
): Promise<LogFigures | undefined> {
  const isWhole = stage.setting.level === 'INFO' && stage.overrides.every(({level}) => level === 'INFO')
  if (!isWhole) return undefined
  const log = logOf(stage, 'execution')
  const read = async (log: Log): Promise<Map<string, Told> | undefined> => {
    const began = new Map<string, number>()
    const told = new Map<string, Told>()
    const isThere = await eachEvent(reading, log, span, ENDS, (message, time) => {
      const {requestId, text} = splitLine(message)
      if (requestId === undefined) return
      const [, status] = /^Method completed with status: (\d{3})/.exec(text) ?? []
      if (status === undefined) began.set(requestId, time)
      else told.set(requestId, {status: Number(status), latency: latencyFrom(began.get(requestId), time)})
    })
    return isThere ? told : undefined
  }
  const all = await read(log)
  if (!all) return undefined
  const canary = (await read({...log, group: log.group + CANARY})) ?? new Map<string, Told>()
  const base = [...all].filter(([id]) => !canary.has(id)).map(([, told]) => told)
  return {source: 'execution log', canary: trafficOf(canary.values()), base: trafficOf(base)}
}

const latencyFrom = (begin: number | undefined, end: number) => (begin === undefined ? undefined : end - begin)

/** Whether the group is there at all. */
async function eachEvent(
  {logs, watch}: LogReading,
  log: Log,
  {start, end}: Span,
  pattern: string | undefined,
  take: (message: string, time: number) => void,
): Promise<boolean> {
  const calls = new Calls(logs, watch, false, HISTORY_PACE)
  try {
    for await (const {events} of readHistory(calls, [log], {since: start, until: end - 1, pattern}, watch.clock)) {
      for (const {message, timestamp} of events) take(message, timestamp)
    }
    return true
  } catch (error) {
    if (isMissing(error)) return false
    throw error
  }
}

function trafficOf(requests: Iterable<Told>): Traffic {
  const all = [...requests]
  const latencies = all.flatMap(({latency}) => (latency === undefined || Number.isNaN(latency) ? [] : [latency]))
  return {
    requests: all.length,
    clientErrors: all.filter(({status}) => status >= 400 && status < 500).length,
    serverErrors: all.filter(({status}) => status >= 500).length,
    latencyP50: percentile(latencies, 50),
    latencyP99: percentile(latencies, 99),
  }
}
