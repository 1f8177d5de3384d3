import {momentFrom} from './moment.js'
import {Problem} from './problem.js'

/** What a key used of its quota on one UTC day. */
export interface DayUsage {
  /** `YYYY-MM-DD`. */
  day: string
  used: number
  /** What was left of the quota at the end of that day; of today, what is left now. */
  remaining: number
}

/** A key of a plan, and its days in order. */
export interface KeyUsage {
  keyId: string
  days: DayUsage[]
}

/** UTC days, both included, as `YYYY-MM-DD`. */
export interface DayRange {
  from: string
  to: string
}

/** What the keys of usage plans used. Only plans with a quota are counted: of others every day is 0 and 0 (recorded). */
export interface UsageStore {
  /** All keys of a plan, also disabled ones, or one of them. @throws Problem missing */
  read(planId: string, range: DayRange, keyId?: string): AsyncIterable<KeyUsage>
  /**
   * Gives a key so many more requests until the present period of the quota ends.
   * @throws Problem missing where the key is not on the plan
   */
  setRemaining(planId: string, keyId: string, remaining: number): Promise<void>
}

/**
 * Days that the service tells the usage of at once. Source: AWS knowledge center, "How can I get the usage associated with
 * an API key for Amazon API Gateway?": "the usage date range can't exceed 90 days".
 */
export const MOST_DAYS = 90

/** Milliseconds. A day of usage begins and ends at midnight UTC, wherever the reader is: all of them are as long. */
export const DAY = 24 * 3_600_000

/** The UTC day of a moment. */
export const utcDay = (millis: number) => new Date(millis).toISOString().slice(0, 10)

/** The day so many days after another, or before it. */
export const daysAfter = (day: string, count: number) => utcDay(Date.parse(day) + count * DAY)

/** Days that a report is about where nobody says which, today included. */
export const DAYS_BY_DEFAULT = 30

/**
 * The days that somebody means: the last 30 where nothing is said, and none that are still to come.
 * @param now milliseconds since 1970
 * @throws Problem usage
 */
export function dayRangeFrom(said: {from?: string | undefined; to?: string | undefined}, now: number): DayRange {
  const today = utcDay(now)
  const last = said.to === undefined ? today : dayFrom(said.to, now)
  const to = last < today ? last : today
  const from = said.from === undefined ? daysAfter(to, 1 - DAYS_BY_DEFAULT) : dayFrom(said.from, now)
  if (from <= to) return {from, to}
  if (from > today) throw new Problem('usage', `${from} is still to come: today is ${today} (UTC).`)
  throw new Problem('usage', `--from ${from} is after --to ${to}.`)
}

/** A day as it is written, or the UTC day of a moment. */
function dayFrom(text: string, now: number): string {
  const millis = momentFrom(text, now)
  // Before 1970 there was no service; and far before, or after, days have another form.
  if (!(millis >= 0 && millis < LAST_MOMENT)) throw new Problem('usage', `"${text}" is too far away.`)
  const day = utcDay(millis)
  // The engine takes 2026-02-30 for a day of March.
  if (/^\d{4}-\d\d-\d\d$/.test(text) && day !== text) throw new Problem('usage', `There is no day ${text}.`)
  return day
}

const LAST_MOMENT = Date.parse('9999-12-31')

/** The days of a range, in order. */
export function daysOf({from, to}: DayRange): string[] {
  const count = (Date.parse(to) - Date.parse(from)) / DAY + 1
  return Array.from({length: count}, (_, i) => daysAfter(from, i))
}

/** A range in parts of so many days at most, none of them in two and none left out. */
export function rangesWithin({from, to}: DayRange, most: number): DayRange[] {
  const parts: DayRange[] = []
  for (let start = from; start <= to; start = daysAfter(start, most)) {
    const end = daysAfter(start, most - 1)
    parts.push({from: start, to: end < to ? end : to})
  }
  return parts
}

/**
 * The usage of keys whose days were read in several parts. A key is passed on when all parts have come: in parts that
 * list the keys in one order, at once.
 */
export async function* joinedUsage(parts: readonly AsyncIterable<KeyUsage>[]): AsyncGenerator<KeyUsage> {
  const found = new Map<string, KeyUsage[]>()
  let readers = parts.map(part => part[Symbol.asyncIterator]())
  while (readers.length > 0) {
    const open: typeof readers = []
    for (const reader of readers) {
      const {done, value} = await reader.next()
      if (done) continue
      open.push(reader)
      const all = [...(found.get(value.keyId) ?? []), value]
      found.set(value.keyId, all)
      if (all.length < parts.length) continue
      found.delete(value.keyId)
      yield joined(value.keyId, all)
    }
    readers = open
  }
  // Keys that were put on the plan, or taken off it, while it was read.
  for (const [keyId, some] of found) yield joined(keyId, some)
}

function joined(keyId: string, parts: readonly KeyUsage[]): KeyUsage {
  const days = parts.flatMap(part => part.days)
  return {keyId, days: days.sort((one, other) => (one.day < other.day ? -1 : 1))}
}
