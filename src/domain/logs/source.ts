import type {LogEvent} from './events.js'

export interface LogQuery {
  group: string
  /** CloudWatch's own filter pattern. */
  pattern?: string | undefined
  /** Only events of these streams, of which there may be 100. */
  streams?: readonly string[] | undefined
  /** Milliseconds since 1970, both inclusive. */
  startTime?: number | undefined
  endTime?: number | undefined
  nextToken?: string | undefined
  /** The latest events first; those of a page go back in time then. */
  isLatestFirst?: boolean | undefined
  /** Events of a page at most: up to 10,000, which is what it is where not given. */
  limit?: number | undefined
}

export interface LogPage {
  events: LogEvent[]
  /** More may follow, even after a page without events. */
  nextToken?: string | undefined
}

/** Where events come from. */
export interface LogSource {
  /**
   * One page of events in the order of their time; undefined when the service does not take the token any more, or does
   * not read the latest events first.
   * @param again waited for before the service is asked once more, as after a lost connection: that is a call too
   * @throws Problem missing when there is no such group, gave-up when the service throttles, unreachable when it is not
   *   to be reached
   */
  page(query: LogQuery, again?: () => Promise<unknown>): Promise<LogPage | undefined>
}
