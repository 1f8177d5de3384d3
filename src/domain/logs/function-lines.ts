import type {LogEvent} from './events.js'
import type {Log} from './log.js'
import {redacted} from './redact.js'
import type {RequestLine} from './requests/request.js'

/** What a line of a function's log tells of. The words are part of `--json`. */
export type FunctionPhase = 'function-init' | 'function-start' | 'function-line' | 'function-end' | 'function-report'

/** A line of a function's log: the invocation that it names, if any, and what it tells of. */
export interface FunctionLine {
  /** Lambda's request id. */
  requestId?: string | undefined
  phase: FunctionPhase
}

const ID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'

const BOUNDARY = new RegExp(`^(START|END|REPORT) RequestId: (${ID})\\b`)

const PHASES: Record<string, FunctionPhase> = {
  START: 'function-start',
  END: 'function-end',
  REPORT: 'function-report',
  'platform.start': 'function-start',
  'platform.runtimeDone': 'function-end',
  'platform.report': 'function-report',
}

/**
 * Where else a line names its invocation: the columns of the Node.js runtimes (`time, id, level, text`) and of Python's
 * logger (`[level], time, id, text`), a timeout (`time id Task timed out`), or that its process has ended.
 */
const NAMED = new RegExp(
  `^(?:[^\\t]{10,40}\\t(${ID})\\t|\\[\\w+\\]\\t\\S+\\t(${ID})\\t|\\S+ (${ID}) Task timed out|RequestId: (${ID}) )`,
)

/** The members that loggers put Lambda's request id in. */
const MEMBERS = ['requestId', 'function_request_id', 'aws_request_id', 'awsRequestId', 'AWSRequestId']

/**
 * Reads a line of a function's log, in the text or the JSON format of Lambda.
 * Sources: "Sending Lambda function logs to CloudWatch Logs" and "Log and monitor Node.js Lambda functions", Lambda
 * Developer Guide; Telemetry API for the events of the platform; documentation of Powertools for the members.
 */
export function functionLine(message: string): FunctionLine {
  if (message.startsWith('{')) return jsonLine(message)
  const [, word, boundary] = BOUNDARY.exec(message) ?? []
  if (word !== undefined) return {requestId: boundary, phase: PHASES[word] ?? 'function-line'}
  if (/^INIT_(START|REPORT) /.test(message)) return {phase: 'function-init'}
  return {requestId: NAMED.exec(message)?.slice(1).find(Boolean), phase: 'function-line'}
}

function jsonLine(message: string): FunctionLine {
  const record = parsed(message)
  const {type, record: platform} = record
  if (typeof type === 'string' && type.startsWith('platform.') && typeof platform === 'object') {
    const {requestId} = (platform ?? {}) as {requestId?: unknown}
    const phase = PHASES[type] ?? (type.startsWith('platform.init') ? 'function-init' : 'function-line')
    return {requestId: typeof requestId === 'string' ? requestId : undefined, phase}
  }
  const named = MEMBERS.map(member => record[member]).find(value => typeof value === 'string' && UUID.test(value))
  return {requestId: named as string | undefined, phase: 'function-line'}
}

const UUID = new RegExp(`^${ID}$`)

function parsed(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>
  } catch {
    return {}
  }
}

/** An event of a function's log and the invocation that it belongs to. */
export interface InvocationEvent {
  event: LogEvent
  phase: FunctionPhase
  requestId: string
}

/**
 * Tells which invocation the lines of one stream belong to. An execution environment serves one at a time: what does
 * not name an invocation belongs to the one before it, and what is written while the environment starts up to the one
 * that it starts up for. Where the beginning of the stream was not read, nobody can tell.
 */
export class Invocations {
  #current: string | undefined
  #isStartingUp = false
  /** What was written while the environment starts up. */
  #waiting: {event: LogEvent; phase: FunctionPhase}[] = []

  /** The events whose invocation is known, now that this one is there. @param event in order of time */
  add(event: LogEvent): InvocationEvent[] {
    const {requestId, phase} = functionLine(event.message)
    if (phase === 'function-init') {
      this.#current = undefined
      this.#isStartingUp = true
    }
    this.#current = requestId ?? this.#current
    const current = this.#current
    if (current === undefined) {
      if (this.#isStartingUp && this.#waiting.length < MOST_WAITING) this.#waiting.push({event, phase})
      return []
    }
    this.#isStartingUp = false
    return [...this.#waiting.splice(0), {event, phase}].map(each => ({...each, requestId: current}))
  }
}

/** A function that cannot start up may say so for ever. */
const MOST_WAITING = 1_000

/** A line of a function among those of its request: without the time and the id that the runtime puts before it. */
export function requestLine(
  {event, phase}: Pick<InvocationEvent, 'event' | 'phase'>,
  log: Pick<Log, 'function'>,
  {redact}: {redact: boolean},
): RequestLine {
  const {timestamp, logStreamName, eventId} = event
  const message = event.message.trimEnd().replace(LEADING, '')
  return {
    time: new Date(timestamp),
    source: 'function',
    phase,
    text: redact ? redacted(message) : message,
    function: log.function,
    logStreamName,
    eventId,
  }
}

const LEADING = new RegExp(`^\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z\\t(?:${ID}|undefined)\\t`)
