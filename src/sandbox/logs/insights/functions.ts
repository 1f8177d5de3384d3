import {compare, inSortOrder, numberOf, textOf, truth, type Value} from './values.js'

/** What a function makes of its arguments; of what is missing it makes nothing, unless it says otherwise. */
type Compute = (args: readonly Value[]) => Value

interface Signature {
  least: number
  most: number
  compute: Compute
}

const numeric = (count: number, compute: (...numbers: number[]) => number, most = count): Signature => ({
  least: count,
  most,
  compute: args => {
    const numbers = args.map(numberOf)
    return numbers.includes(undefined) ? undefined : compute(...(numbers as number[]))
  },
})

const textual = (least: number, compute: (...texts: string[]) => Value, most = least): Signature => ({
  least,
  most,
  compute: args => (args.includes(undefined) ? undefined : compute(...args.map(arg => textOf(arg!)))),
})

const any = (least: number, compute: Compute, most = least): Signature => ({least, most, compute})

const MANY = Number.POSITIVE_INFINITY

/** `trim("xyZfooxyZ", "xyZ")` takes the characters of the second away, in whatever order they come. */
function trimmed(side: 'left' | 'right' | 'both', text: string, characters = ' \t\r\n'): string {
  let start = 0
  let end = text.length
  if (side !== 'right') while (start < end && characters.includes(text[start]!)) start++
  if (side !== 'left') while (end > start && characters.includes(text[end - 1]!)) end--
  return text.slice(start, end)
}

const isBlank = (value: Value) => value === undefined || textOf(value).trim() === ''

/** Functions of one row, by their name in small letters. Source: CloudWatch Logs user guide, "Supported operations". */
export const FUNCTIONS: Readonly<Record<string, Signature>> = {
  abs: numeric(1, Math.abs),
  ceil: numeric(1, Math.ceil),
  floor: numeric(1, Math.floor),
  greatest: numeric(1, Math.max, MANY),
  least: numeric(1, Math.min, MANY),
  log: numeric(1, Math.log),
  sqrt: numeric(1, Math.sqrt),
  ispresent: any(1, ([value]) => truth(value !== undefined)),
  coalesce: any(1, args => args.find(value => value !== undefined), MANY),
  isempty: any(1, ([value]) => truth(value === undefined || value === '')),
  isblank: any(1, ([value]) => truth(isBlank(value))),
  concat: textual(1, (...texts) => texts.join(''), MANY),
  ltrim: textual(1, (text, characters) => trimmed('left', text!, characters), 2),
  rtrim: textual(1, (text, characters) => trimmed('right', text!, characters), 2),
  trim: textual(1, (text, characters) => trimmed('both', text!, characters), 2),
  strlen: textual(1, text => [...text!].length),
  toupper: textual(1, text => text!.toUpperCase()),
  tolower: textual(1, text => text!.toLowerCase()),
  substr: any(2, ([text, from, count]) => substring(text, numberOf(from), numberOf(count)), 3),
  replace: textual(3, (text, old, next) => text!.replaceAll(old!, next!)),
  strcontains: textual(2, (text, part) => truth(text!.includes(part!))),
  tomillis: any(1, ([time]) => (time instanceof Date ? time.getTime() : undefined)),
  frommillis: any(1, ([value]) => timeOf(numberOf(value))),
}

const timeOf = (milliseconds: number | undefined) => (milliseconds === undefined ? undefined : new Date(milliseconds))

function substring(text: Value, from: number | undefined, count: number | undefined): Value {
  if (text === undefined || from === undefined) return undefined
  return [...textOf(text)].slice(from, count === undefined ? undefined : from + count).join('')
}

/** A value of a group, and when its event happened. */
export interface Entry {
  value: Exclude<Value, undefined>
  /** Milliseconds since 1970; undefined after a first `stats`, which leaves no time. */
  time: number | undefined
}

/** What an aggregate makes of the values that a group has; rows without the value are left out (assumed). */
type Aggregate = (entries: readonly Entry[], parameter: number) => Value

const numbersOf = (entries: readonly Entry[]) =>
  entries.map(({value}) => numberOf(value)).filter(number => number !== undefined)

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0)

function average(numbers: readonly number[]): number | undefined {
  return numbers.length === 0 ? undefined : sum(numbers) / numbers.length
}

/**
 * The smallest value that at least so many per cent of all values do not exceed ("nearest rank"). The guide only says
 * that so many per cent of the values are lower, and the service computes an approximation.
 */
function percentile(numbers: readonly number[], percent: number): number | undefined {
  const sorted = [...numbers].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)]
}

type Order = (a: Entry, b: Entry) => number

const byValue: Order = (a, b) => compare(a.value, b.value)
const bySort: Order = (a, b) => inSortOrder(a.value, b.value)
const byTime: Order = (a, b) => (a.time ?? 0) - (b.time ?? 0)

/** Times come out as milliseconds (measured by others for earliest and latest, assumed for the rest). */
const plain = (entry: Entry | undefined): Value => (entry?.value instanceof Date ? entry.value.getTime() : entry?.value)

const first = (order: Order) => (entries: readonly Entry[]) =>
  plain(entries.reduce<Entry | undefined>((best, next) => (best && order(best, next) <= 0 ? best : next), undefined))

const last = (order: Order) => (entries: readonly Entry[]) =>
  plain(entries.reduce<Entry | undefined>((best, next) => (best && order(best, next) > 0 ? best : next), undefined))

/** The functions of `stats`, by their name in small letters. Source: CloudWatch Logs user guide, `stats`. */
export const AGGREGATES: Readonly<Record<string, Aggregate>> = {
  count: entries => entries.length,
  count_distinct: entries => new Set(entries.map(({value}) => textOf(value))).size,
  sum: entries => sum(numbersOf(entries)),
  avg: entries => average(numbersOf(entries)),
  min: first(byValue),
  max: last(byValue),
  pct: (entries, percent) => percentile(numbersOf(entries), percent),
  earliest: first(byTime),
  latest: last(byTime),
  sortsfirst: first(bySort),
  sortslast: last(bySort),
}
