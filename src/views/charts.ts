/** What a chart is drawn on. */
export interface Canvas {
  /** Columns of the terminal; infinite in a pipe. */
  width: number
  /** Where the terminal has no block characters. */
  isAscii: boolean
}

const BLOCKS = '▁▂▃▄▅▆▇█'
const LETTERS = '_.:-=+*#'

/**
 * Numbers as a line of columns, the highest of which is the largest: `▁▂▇█▃`. The lowest stands for 0 and for nothing
 * else. Where there are more numbers than `cells`, neighbours are added up.
 */
export function sparkline(numbers: readonly number[], cells: number, {isAscii}: Canvas): string {
  const levels = isAscii ? LETTERS : BLOCKS
  const size = Math.ceil(numbers.length / Math.max(1, cells))
  // The last cell, of today, is as full as the others; the first has what is left over.
  const rest = numbers.length % size
  const starts = Array.from(
    {length: Math.ceil(numbers.length / size)},
    (_, i) => (rest === 0 ? i : i - 1) * size + rest,
  )
  const sums = starts.map(start => sum(numbers.slice(Math.max(0, start), start + size)))
  const most = Math.max(...sums)
  const level = (value: number) => (value === 0 ? 0 : Math.max(1, Math.round((value / most) * (levels.length - 1))))
  return sums.map(value => levels[level(value)]).join('')
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0)

const CELLS = 10

/** A share as a bar with its percentage: `██████░░░░ 62%`. It is full only where the share is whole. */
export function shareBar(share: number, {isAscii}: Canvas): string {
  const full = share >= 1 ? CELLS : Math.min(CELLS - 1, Math.round(share * CELLS))
  const [done, open] = isAscii ? '#-' : '█░'
  return `${String(done).repeat(full)}${String(open).repeat(CELLS - full)} ${percent(share)}`
}

/** A share for people; 100% only where it is whole, 0% only where it is nothing. */
export function percent(share: number): string {
  if (share > 0 && share < 0.01) return '<1%'
  return `${share < 1 ? Math.floor(share * 100) : Math.round(share * 100)}%`
}

/** `12,345`: for people only. */
export const grouped = (count: number) => String(count).replace(/\B(?=(\d{3})+$)/g, ',')
