import type {Dimension, StandardUnit} from '@aws-sdk/client-cloudwatch'
import type {RegionState} from '../store.js'

/** What happened in one minute. */
export interface Minute {
  count: number
  sum: number
  min: number
  max: number
  /** How often each value came; empty where only statistics were given. Values have three significant digits. */
  values: Record<string, number>
}

/** The points of one metric: name, dimensions and unit together. */
export interface SeriesRecord {
  namespace: string
  name: string
  /** By name, sorted. */
  dimensions: [name: string, value: string][]
  unit: string
  /** By minutes since 1970. */
  minutes: Record<string, Minute>
}

export const MINUTE = 60_000

/** Minutes that points are kept: 15 days (API reference of GetMetricData). The coarser ones after that are not made here. */
const LIFE = 15 * 24 * 60

/** Minutes with points that a series keeps: the state lives in one file. */
const MOST_MINUTES = 2_000

/** Which series a point belongs to. */
export interface SeriesName {
  namespace: string
  name: string
  dimensions: readonly (readonly [name: string, value: string])[]
  unit: StandardUnit | string
}

/**
 * Adds points of one value to the minute that they happened in.
 * @param at milliseconds since 1970
 */
export function addValue(state: RegionState, name: SeriesName, at: number, value: number, count = 1): void {
  const minute = minuteOf(state, name, at)
  const key = String(Number(value.toPrecision(3)))
  minute.values[key] = (minute.values[key] ?? 0) + count
  merge(minute, {count, sum: value * count, min: value, max: value})
}

/** Adds points of which only the statistics are known. */
export function addStatistics(
  state: RegionState,
  name: SeriesName,
  at: number,
  statistics: Omit<Minute, 'values'>,
): void {
  merge(minuteOf(state, name, at), statistics)
}

function merge(minute: Minute, {count, sum, min, max}: Omit<Minute, 'values'>): void {
  minute.count += count
  minute.sum += sum
  minute.min = Math.min(minute.min, min)
  minute.max = Math.max(minute.max, max)
}

function minuteOf(state: RegionState, {namespace, name, dimensions, unit}: SeriesName, at: number): Minute {
  const sorted = [...dimensions].map(([key, value]): [string, string] => [key, value]).sort()
  const key = JSON.stringify([namespace, name, sorted, unit])
  let series = state.metrics[key]
  if (!series) {
    series = {namespace, name, dimensions: sorted, unit, minutes: {}}
    state.metrics[key] = series
  }
  const index = String(Math.floor(at / MINUTE))
  const found = series.minutes[index]
  if (found) return found
  const minute = {count: 0, sum: 0, min: Number.MAX_VALUE, max: -Number.MAX_VALUE, values: {}}
  series.minutes[index] = minute
  forgetOld(series)
  return minute
}

/** Keys that are whole numbers come in their order. */
function forgetOld(series: SeriesRecord): void {
  const indices = Object.keys(series.minutes)
  const oldest = Number(indices.at(-1)) - LIFE
  for (const [i, index] of indices.entries()) {
    if (i >= indices.length - MOST_MINUTES && Number(index) > oldest) return
    delete series.minutes[index]
  }
}

/** What is asked for: all dimensions have to be those of the series, the unit only where one is named. */
export interface Wanted {
  namespace: string | undefined
  name: string | undefined
  dimensions: readonly Dimension[] | undefined
  unit: string | undefined
}

/** The series of a metric, one for each unit that its points came in. */
export function seriesOf(state: RegionState, {namespace, name, dimensions = [], unit}: Wanted): SeriesRecord[] {
  const sorted = JSON.stringify(dimensions.map(({Name, Value}) => [Name, Value]).sort())
  return Object.values(state.metrics).filter(
    series =>
      series.namespace === namespace &&
      series.name === name &&
      (unit === undefined || series.unit === unit) &&
      JSON.stringify(series.dimensions) === sorted,
  )
}

/** A time that is asked for, in milliseconds since 1970: from `start`, not as far as `end`, cut in periods. */
export interface Span {
  start: number
  end: number
  period: number
}

/** Points of a series put together by periods, the first of which begins with the span; in the order of time. */
export function pointsOf(series: readonly SeriesRecord[], {start, end, period}: Span): {at: number; point: Minute}[] {
  const points = new Map<number, Minute>()
  for (const {minutes} of series) {
    for (const [index, minute] of Object.entries(minutes)) {
      const at = Number(index) * MINUTE
      if (at < start || at >= end) continue
      const begin = start + Math.floor((at - start) / period) * period
      const point = points.get(begin) ?? {
        count: 0,
        sum: 0,
        min: Number.MAX_VALUE,
        max: -Number.MAX_VALUE,
        values: {},
      }
      points.set(begin, point)
      merge(point, minute)
      for (const [value, count] of Object.entries(minute.values)) {
        point.values[value] = (point.values[value] ?? 0) + count
      }
    }
  }
  return [...points].map(([at, point]) => ({at, point})).sort((a, b) => a.at - b.at)
}

/** A statistic as it is called: `Sum`, `p99`. Undefined for what is none. */
export function statisticOf(name: string): ((point: Minute) => number | undefined) | undefined {
  switch (name) {
    case 'SampleCount':
      return point => point.count
    case 'Sum':
      return point => point.sum
    case 'Average':
      return point => point.sum / point.count
    case 'Minimum':
      return point => point.min
    case 'Maximum':
      return point => point.max
  }
  const percent = /^p(\d{1,2}(?:\.\d{1,10})?|100)$/.exec(name)?.[1]
  return percent === undefined ? undefined : point => percentile(point, Number(percent))
}

/**
 * The smallest value that so many per cent do not exceed. How the service interpolates is not documented. Points of
 * which only statistics were given have no percentiles, as documented.
 */
function percentile({values}: Minute, percent: number): number | undefined {
  const sorted = Object.entries(values)
    .map(([value, count]) => ({value: Number(value), count}))
    .sort((a, b) => a.value - b.value)
  const all = sorted.reduce((sum, {count}) => sum + count, 0)
  let seen = 0
  for (const {value, count} of sorted) {
    seen += count
    if (seen >= (percent / 100) * all) return value
  }
  return undefined
}
