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
  /**
   * Requests that count as made already in the first period. So the API reference; in its earlier editions it was "the day
   * that a time period starts", and Terraform's provider takes no more than 6 for a week and 27 for a month.
   */
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
  const rate = positive(text)
  if (rate !== undefined) return rate
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

/** `5/10`: requests a second, and at once. @throws Problem usage */
export function throttleOf(text: string): Throttle {
  const [rate, burst, ...more] = text.split('/')
  const throttle = {rateLimit: positive(rate), burstLimit: wholeNumber(burst)}
  if (throttle.rateLimit !== undefined && throttle.burstLimit !== undefined && more.length === 0) {
    return {rateLimit: throttle.rateLimit, burstLimit: throttle.burstLimit}
  }
  throw new Problem('usage', `"${text}" is not RATE/BURST.`, 'For instance 5/10: 5 requests a second, 10 at once.')
}

function positive(text = ''): number | undefined {
  const number = /^\d+(\.\d+)?$/.test(text) ? Number(text) : 0
  return number > 0 ? number : undefined
}

/** The model's type of both burst and quota is a 32-bit integer. */
const LARGEST = 2_147_483_647

function wholeNumber(text = ''): number | undefined {
  const number = /^\d+$/.test(text) ? Number(text) : 0
  return number >= 1 && number <= LARGEST ? number : undefined
}

/** A throttle in words. */
export const throttleText = ({rateLimit, burstLimit}: Throttle) => `${rateLimit} requests/s, ${burstLimit} at once`

/** Throttle and quota in words; empty where there is no limit. */
export function limitsOf({throttle, quota}: Limits): string[] {
  return [...(throttle ? [throttleText(throttle)] : []), ...(quota ? [quotaText(quota)] : [])]
}

/** As it is typed: `10000/day`. */
export const quotaText = ({limit, period}: Quota) => `${limit}/${period.toLowerCase()}`
