import {millisecondsFrom} from './duration.js'
import {Problem} from './problem.js'

/**
 * A moment from what somebody wrote: how long ago (`10m`, `1h30m`, `2d`), an ISO 8601 time, or milliseconds since 1970.
 * @param now milliseconds since 1970
 * @returns milliseconds since 1970
 * @throws Problem usage
 */
export function momentFrom(text: string, now: number): number {
  if (/^\d{12,14}$/.test(text)) return Number(text)
  const ago = millisecondsFrom(text)
  if (ago !== undefined) return now - ago
  const time = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN
  if (!Number.isNaN(time)) return time
  throw new Problem(
    'usage',
    `"${text}" is not a time.`,
    'How long ago (10m, 1h30m, 2d), a day (2026-01-31), an ISO time (2026-01-31T12:00:00Z), or milliseconds since 1970.',
  )
}
