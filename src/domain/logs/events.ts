import type {Bookmark} from './bookmark.js'
import type {EventBatch, Log} from './log.js'
import {redacted} from './redact.js'

/** An event as CloudWatch Logs has it. */
export interface LogEvent {
  /** When it happened, in milliseconds since 1970. */
  timestamp: number
  /** When CloudWatch Logs got it, in milliseconds since 1970. */
  ingestionTime: number
  logStreamName: string
  /** Empty where Live Tail brought the event, which does not tell it. */
  eventId: string
  message: string
}

/** An event as it is shown. */
export interface LogLine {
  timestamp: Date
  ingestionTime: Date
  logStreamName: string
  eventId: string
  /** The request that the line is about; access logs have it where their format puts it. */
  requestId?: string | undefined
  /** Name of the API, and the stage. */
  api?: string | undefined
  stage?: string | undefined
  /** Name of the Lambda function that the line is of. */
  function?: string | undefined
  message: string
}

export interface LineOptions {
  /** Whether what is secret is taken out. */
  redact: boolean
  /** Only lines that match. */
  grep?: RegExp | undefined
}

/** The lines of events as they are, of those that match. */
export async function* linesOf(
  batches: AsyncIterable<EventBatch>,
  options: LineOptions,
  signal: AbortSignal,
  bookmark?: Bookmark,
): AsyncGenerator<LogLine> {
  const lineOf = lineMaker(options)
  let batch: EventBatch | undefined
  /** How many of the batch were shown. */
  let shown = 0
  bookmark?.keptBy(() => batch?.events.slice(shown).map(event => ({log: (batch as EventBatch).log, event})) ?? [])
  for await (batch of batches) {
    shown = 0
    for (const event of batch.events) {
      signal.throwIfAborted()
      shown++
      const line = lineOf(event)
      if (line) yield placed(line, (batch as EventBatch).log)
    }
  }
}

/** A line with the names of what it is from. */
export function placed(line: LogLine, {api, stage, function: name}: Log): LogLine {
  return {...line, api, stage, ...(name === undefined ? {} : {function: name})}
}

/** Makes lines of events: without what is secret, and only of those that match. */
export function lineMaker(options: LineOptions): (event: LogEvent) => LogLine | undefined {
  return event => {
    const message = (options.redact ? redacted(event.message) : event.message).trimEnd()
    if (options.grep && !options.grep.test(message)) return undefined
    return {
      timestamp: new Date(event.timestamp),
      ingestionTime: new Date(event.ingestionTime),
      logStreamName: event.logStreamName,
      eventId: event.eventId,
      requestId: requestIdOf(message),
      message,
    }
  }
}

/** Every line of an execution log begins with the id of its request in brackets. */
function requestIdOf(message: string): string | undefined {
  return /^\(([^)\s]+)\) /.exec(message)?.[1]
}

/** The id of an event is a number too long for Number; as text of one length it sorts like the number. */
export function compareEvents(a: LogEvent, b: LogEvent): number {
  return (
    a.timestamp - b.timestamp ||
    a.ingestionTime - b.ingestionTime ||
    a.eventId.length - b.eventId.length ||
    (a.eventId < b.eventId ? -1 : Number(a.eventId > b.eventId))
  )
}
