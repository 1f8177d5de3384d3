/**
 * The smallest value that at least so many per cent of all values do not exceed ("nearest rank"); undefined of none.
 * What services compute of many values is an approximation of it.
 */
export function percentile(values: readonly number[], percent: number): number | undefined {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)]
}
