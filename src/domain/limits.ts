import {Problem} from './problem.js'

/** Requests a second in the long run, and at once. */
export interface Throttle {
  rateLimit: number
  burstLimit: number
}

export const QUOTA_PERIODS = ['DAY', 'WEEK', 'MONTH'] as const

/** Requests of one key in a period. */
export interface Quota {
  limit: number
  period: (typeof QUOTA_PERIODS)[number]
  /** Requests that count as made already in the first period. */
  offset: number
}

/** What a plan limits. None: only the limits of the stage and the account hold. */
export interface Limits {
  throttle?: Throttle | undefined
  quota?: Quota | undefined
}

/**
 * The limits that a new plan's flags ask for.
 * @throws Problem usage for numbers that are none, or for a rate without a burst or the reverse: assumed, as in other
 * tools, is that the service takes what is missing for zero and lets no request through
 */
export function limitsFrom(flags: {
  rate?: string | undefined
  burst?: string | undefined
  quota?: string | undefined
}): Limits {
  const quota = flags.quota === undefined ? undefined : quotaOf(flags.quota)
  if (flags.rate === undefined && flags.burst === undefined) return {quota}
  if (flags.rate !== undefined && flags.burst !== undefined) {
    return {throttle: {rateLimit: rateOf(flags.rate), burstLimit: burstOf(flags.burst)}, quota}
  }
  const [given, other] = flags.rate === undefined ? ['--burst', '--rate'] : ['--rate', '--burst']
  throw new Problem('usage', `${given} needs ${other} beside it.`, 'For instance: --rate 100 --burst 200')
}

/** Requests a second; fractions are allowed. @throws Problem usage */
export function rateOf(text: string): number {
  const rate = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN
  if (rate > 0) return rate
  throw new Problem(
    'usage',
    `--rate "${text}" is not a number of requests a second.`,
    'For instance: --rate 100, or --rate 0.5',
  )
}

/** @throws Problem usage */
export function burstOf(text: string): number {
  const burst = wholeNumber(text)
  if (burst !== undefined) return burst
  throw new Problem('usage', `--burst "${text}" is not a whole number of requests.`, 'For instance: --burst 200')
}

/** `10000/day`, `/week` or `/month`. @throws Problem usage */
export function quotaOf(text: string): Quota {
  const [, limit = '', word = ''] = /^([^/]*)\/(.*)$/.exec(text) ?? []
  const period = QUOTA_PERIODS.find(name => name.toLowerCase() === word.toLowerCase())
  const count = wholeNumber(limit)
  if (period && count !== undefined) return {limit: count, period, offset: 0}
  const wrong = period || word === '' ? 'is not a quota' : `has an unknown period`
  throw new Problem('usage', `--quota "${text}" ${wrong}.`, 'Write it as 10000/day, 10000/week or 10000/month.')
}

/** The model's type of both burst and quota is a 32-bit integer. */
const LARGEST = 2_147_483_647

function wholeNumber(text: string): number | undefined {
  const number = /^\d+$/.test(text) ? Number(text) : 0
  return number >= 1 && number <= LARGEST ? number : undefined
}

/** Throttle and quota in words; empty where there is no limit. */
export function limitsOf({throttle, quota}: Limits): string[] {
  return [
    ...(throttle ? [`${throttle.rateLimit} requests/s, ${throttle.burstLimit} at once`] : []),
    ...(quota ? [quotaText(quota)] : []),
  ]
}

/** As it is typed: `10000/day`. */
export const quotaText = ({limit, period}: Quota) => `${limit}/${period.toLowerCase()}`
