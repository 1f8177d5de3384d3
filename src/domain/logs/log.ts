import type {LogEvent} from './events.js'

/** A log that is read: where it is, whose it is, and how its lines are to be understood. */
export interface Log {
  group: string
  kind: 'execution' | 'access' | 'function'
  protocol: 'REST' | 'WebSocket' | 'HTTP'
  /** Name and id of the API. */
  api: string
  apiId: string
  stage: string
  /** Of an access log: the format that its lines are written in. */
  format?: string | undefined
  /** Of a function's log: name of the Lambda function. */
  function?: string | undefined
}

/** What one read of a log brought. It may have brought nothing: whoever waits for more learns that time went by. */
export interface EventBatch {
  log: Log
  /** Events that were not there before, in the order of `compareEvents`. */
  events: readonly LogEvent[]
}
