import type {LogSetting} from './stages.js'

/**
 * What CloudWatch Logs takes for a GB that comes in, class STANDARD, in USD. Source: price lists of 2026 for us-east-1;
 * other Regions differ by some tens of percent.
 */
const PER_GB = {price: 0.5, region: 'us-east-1'}

/** From and to. */
type Range = readonly [number, number]

/**
 * KB that a request writes, the 26 bytes that are billed for each event included. Counted on the recorded log of a Lambda
 * proxy request: 9 lines at INFO; 22 with data trace, of which the four dumps of bodies and headers are cut at 1 KB each.
 * An access-log line is what its format makes of it.
 */
const INFO: Range = [1.2, 1.2]
const FULL: Range = [7, 8]
const ACCESS: Range = [0.3, 1]

/**
 * What logging will roughly cost, as a sentence. Level ERROR is not counted: what does not fail writes nothing.
 * @returns undefined where that is all
 */
export function costOf(logs: {setting?: LogSetting | undefined; access: boolean}): string | undefined {
  const sizes: Range[] = []
  if (logs.setting?.level === 'INFO') sizes.push(logs.setting.dataTrace ? FULL : INFO)
  if (logs.access) sizes.push(ACCESS)
  if (sizes.length === 0) return undefined
  const [from, to] = sizes.reduce(([from, to], [least, most]) => [from + least, to + most], [0, 0])
  // A million requests of 1 KB are a GB.
  const cost = between(from * PER_GB.price, to * PER_GB.price, value => value.toFixed(2))
  const size = between(from, to, value => String(Math.round(value * 10) / 10))
  return `Each request writes roughly ${size} KB: ${cost} USD per million requests (${PER_GB.price.toFixed(2)} USD a GB in ${PER_GB.region}).`
}

function between(from: number, to: number, word: (value: number) => string): string {
  return from === to ? word(from) : `${word(from)} to ${word(to)}`
}
