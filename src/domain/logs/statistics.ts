import {duration} from '../duration.js'

/** What came to pass while logs were read. */
export interface Statistics {
  /** Events that were passed on. */
  events: number
  /** Of those, how many were older than one of the same log that was passed on before. */
  late: number
  /** Events that the service delivered again within one read. */
  duplicates: number
  /** Calls that the service refused because there were too many. */
  throttles: number
  /** Milliseconds: the longest time without an answer because of throttles or a lost connection. */
  longestWait: number
}

export const noStatistics = (): Statistics => ({events: 0, late: 0, duplicates: 0, throttles: 0, longestWait: 0})

/** In one line, for people. */
export function summary({events, late, duplicates, throttles, longestWait}: Statistics): string {
  const counts = [counted(events, 'event'), `${late} late`, `${counted(duplicates, 'duplicate')} dropped`]
  const wait = longestWait > 0 ? [`longest wait ${duration(longestWait)}`] : []
  return [...counts, counted(throttles, 'throttle'), ...wait].join(', ')
}

const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`
