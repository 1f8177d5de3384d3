import {duration} from '../domain/duration.js'
import type {Session} from '../domain/session.js'

/** A documented rate: `calls` at once, then one more every `interval` milliseconds. */
interface Rate {
  calls: number
  interval: number
}

/**
 * Control-plane rates of API Gateway; fixed, per account and Region, and too low to be left to retries.
 * Source: Amazon API Gateway quotas, "Quotas for creating, deploying and managing an API" (April 2026). Creating and
 * importing an edge-optimized API is slower (1 per 30 s) than a regional one: only the faster rate can be known here,
 * the service says the rest. All operations together may run at 10 a second in bursts of 40.
 */
const RATES: Readonly<Record<string, Rate>> = {
  CreateApiKey: {calls: 5, interval: 200},
  DeleteApiKey: {calls: 5, interval: 200},
  CreateResource: {calls: 5, interval: 200},
  DeleteResource: {calls: 5, interval: 200},
  GetResources: {calls: 5, interval: 400},
  CreateDeployment: {calls: 1, interval: 5_000},
  CreateRestApi: {calls: 1, interval: 3_000},
  ImportRestApi: {calls: 1, interval: 3_000},
  PutRestApi: {calls: 1, interval: 1_000},
  DeleteRestApi: {calls: 1, interval: 30_000},
  UpdateAccount: {calls: 1, interval: 20_000},
  UpdateUsagePlan: {calls: 1, interval: 20_000},
  // Of CloudWatch Logs, by its own quotas; that deleting is as fast as creating is assumed.
  CreateLogGroup: {calls: 10, interval: 100},
  DeleteLogGroup: {calls: 10, interval: 100},
  PutRetentionPolicy: {calls: 5, interval: 200},
  DeleteRetentionPolicy: {calls: 5, interval: 200},
}
const TOTAL: Rate = {calls: 40, interval: 100}

/**
 * The service counts from when the first call arrives, which may take longer on its way than those after it: it sets up
 * the connection. Milliseconds that are left for that.
 */
const TRAVEL = 250

/** Where something happens so often nobody wonders why nothing happens, however many calls are waiting. */
const WORTH_SAYING = 1_000

/** Spaces the calls of one run so that the service has no reason to refuse them. */
export class Pacer {
  readonly #nextFree = new Map<string, number>()

  constructor(private readonly session: Session) {}

  /**
   * Waits until the operation may be called; says so when it takes long. A place among all operations is taken when its
   * own comes up, which may be long after: the service counts calls when they are made.
   */
  async turn(operation: string): Promise<void> {
    if (!this.session.pacing) return
    await this.#place(operation, RATES[operation])
    await this.#place('', TOTAL)
  }

  async #place(name: string, rate: Rate | undefined): Promise<void> {
    const {clock, signal} = this.session
    const wait = this.#reserve(name, rate, clock.now())
    if (wait <= 0) return
    if (wait >= WORTH_SAYING && rate && rate.interval >= WORTH_SAYING)
      this.session.notice(`waiting ${duration(wait)}: ${limitOf(name)}`)
    await clock.sleep(wait, signal)
  }

  /**
   * Takes the next place in the rate and returns the milliseconds until it. `nextFree` is when the bucket, spent call
   * by call, would be empty of waiting: it may lie up to `calls` intervals in the past.
   */
  #reserve(name: string, rate: Rate | undefined, now: number): number {
    if (!rate) return 0
    const earliest = now - (rate.calls - 1) * rate.interval
    const next = this.#nextFree.get(name)
    const isFull = next === undefined || next <= earliest
    const place = isFull ? earliest : next
    this.#nextFree.set(name, place + rate.interval + (isFull ? TRAVEL : 0))
    return place - now
  }
}

/** The rate that holds an operation back most. */
const rateOf = (operation: string): Rate => RATES[operation] ?? TOTAL

/** What a person would want to know before they begin: in milliseconds. */
const LONG = 10_000

/** Says of so many calls of an operation how long they take, where that is long. */
export function paceNote({pacing}: Pick<Session, 'pacing'>, operation: string, calls: number): string | undefined {
  const {calls: atOnce, interval} = rateOf(operation)
  const least = (calls - atOnce) * interval
  if (!pacing || least < LONG) return undefined
  return `This takes at least ${duration(least)}: ${limitOf(operation)}.`
}

/** Why a call waits, in words. */
export function limitOf(operation: string): string {
  const rate = RATES[operation]
  if (!rate) return 'the service limits calls to 10 a second'
  if (rate.interval >= 1_000) return `${operation} is limited to 1 call per ${duration(rate.interval)}`
  return `${operation} is limited to ${1_000 / rate.interval} calls a second`
}
