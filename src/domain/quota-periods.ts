import type {Quota} from './limits.js'
import {DAY, daysAfter, utcDay} from './usage.js'

/** A period of a quota. */
export interface QuotaPeriod {
  /** Its first UTC day. */
  from: string
  /** When the next begins, and keys have all of their quota again. */
  resets: Date
}

/**
 * The period of a quota that a moment lies in. It is one of the calendar in UTC: a month begins on its 1st (AWS re:Post,
 * "monthly quotas only reset on the 1st of every month"). A week is taken to begin on Sunday: the service does not say,
 * but in earlier editions of its API reference the day that a WEEK with the offset 0 starts on was Sunday. That an offset
 * does not move the period is assumed: it is a number of requests there by now.
 * @param now milliseconds since 1970
 */
export function quotaPeriod(period: Quota['period'], now: number): QuotaPeriod {
  const today = utcDay(now)
  const [year = 0, month = 0] = today.split('-').map(Number)
  switch (period) {
    case 'DAY':
      return {from: today, resets: new Date(Date.parse(today) + DAY)}
    case 'WEEK': {
      const from = daysAfter(today, -new Date(now).getUTCDay())
      return {from, resets: new Date(Date.parse(from) + 7 * DAY)}
    }
    case 'MONTH':
      return {from: utcDay(Date.UTC(year, month - 1)), resets: new Date(Date.UTC(year, month))}
  }
}
