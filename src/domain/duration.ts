import parse from 'parse-duration'
import {Problem} from './problem.js'

/** `10m`, `1h30m`, `2 days`: numbers with units, and nothing else, which the parser would pass over. */
const DURATION = /^(\d+(\.\d+)?\s*[a-z]+\s*)+$/i

/** Milliseconds from what somebody wrote, such as `10m`, `1h30m` or `2d`; undefined when it is no duration. */
export function millisecondsFrom(text: string): number | undefined {
  return DURATION.test(text) ? (parse(text) ?? undefined) : undefined
}

/**
 * Milliseconds from a duration that somebody wrote.
 * @throws Problem usage
 */
export function durationFrom(text: string): number {
  const milliseconds = millisecondsFrom(text)
  if (milliseconds === undefined)
    throw new Problem('usage', `"${text}" is not a duration.`, 'Such as 30s, 5m, 1h30m or 7d.')
  return milliseconds
}

/** A duration for people: "20 s", "2 min", "1 h 5 min". @param milliseconds zero or more; rounded up to seconds */
export function duration(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1000)
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  return `${Math.floor(minutes / 60)} h${minutes % 60 ? ` ${minutes % 60} min` : ''}`
}
