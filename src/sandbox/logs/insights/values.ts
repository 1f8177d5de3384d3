/**
 * What a field of a row can hold; undefined where the row has no such field. What `parse` took out of a text is text
 * and counts as a number where it reads as one; what is true is 1 and what is false is 0.
 * Source: CloudWatch Logs user guide, `fields` ("the value of isRes is either 0 or 1").
 */
export type Value = string | number | Date | undefined

/** Undefined for what is no number. A time is milliseconds since 1970. */
export function numberOf(value: Value): number | undefined {
  if (typeof value === 'number') return Number.isNaN(value) ? undefined : value
  if (value instanceof Date) return value.getTime()
  if (value === undefined || !/^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$/.test(value)) return undefined
  return Number(value)
}

/**
 * As GetQueryResults writes it: a time as `2026-01-31 12:00:00.000`, a fraction with up to four digits. The times are
 * those of recorded answers in public repositories; that it is four digits is assumed.
 */
export function textOf(value: Exclude<Value, undefined>): string {
  if (value instanceof Date) return value.toISOString().replace('T', ' ').replace('Z', '')
  if (typeof value === 'number') return String(Number.isInteger(value) ? value : Number(value.toFixed(4)))
  return value
}

export const isTrue = (value: Value): boolean => value !== undefined && value !== 0 && value !== ''

export const truth = (holds: boolean): number => (holds ? 1 : 0)

/** Numbers are compared as numbers; anything else as text. */
export function compare(a: Exclude<Value, undefined>, b: Exclude<Value, undefined>): number {
  const [x, y] = [numberOf(a), numberOf(b)]
  if (x !== undefined && y !== undefined) return x - y
  const [s, t] = [textOf(a), textOf(b)]
  return s === t ? 0 : s < t ? -1 : 1
}

/**
 * The order of `sort`: what is no number comes before what is one, numbers by size, texts by their characters. That
 * what a row does not have comes first is assumed. Inside of a text the service compares runs of digits by their value;
 * this does not.
 * Source: CloudWatch Logs user guide, `sort`.
 */
export function inSortOrder(a: Value, b: Value): number {
  const rank = (value: Value) => (value === undefined ? 0 : numberOf(value) === undefined ? 1 : 2)
  return rank(a) - rank(b) || (a === undefined || b === undefined ? 0 : compare(a, b))
}
