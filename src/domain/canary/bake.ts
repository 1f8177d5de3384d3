import {duration} from '../duration.js'
import {MINUTE, type Traffic} from '../metrics.js'
import {interrupted, Problem} from '../problem.js'
import type {StageStore} from '../stages.js'
import {type Api, type StageWithCanary, waysOut} from './canary.js'
import {canaryFigures, type FigurePorts, type Figures} from './figures.js'

/** What a canary may not exceed to be promoted. */
export interface Limits {
  /** Percent of its requests. */
  max5xx?: number | undefined
  max4xx?: number | undefined
  /** Milliseconds that 99 of 100 of its requests take at most. */
  maxP99?: number | undefined
}

/** How long a canary is watched, and what is wanted of it. Times are milliseconds. */
export interface Bake {
  duration: number
  limits: Limits
  /** Requests below which nothing can be said of it. */
  minRequests: number
  /** What becomes of it when there were fewer. */
  ifFew: 'leave' | 'promote' | 'abort'
  /** From one look to the next. */
  interval: number
  /** Until what happened is in the metrics. */
  delay: number
}

/** What became of a canary that was watched, and why. */
export interface Verdict {
  outcome: 'promote' | 'abort' | 'leave'
  reason: string
  requests: number
}

export interface BakePorts extends FigurePorts {
  stages: Pick<StageStore, 'get'>
}

/**
 * The limits that are asked for, if it is at all.
 * @throws Problem usage where nothing is asked of the canary
 */
export function checkLimits(limits: Limits): Limits {
  if (Object.values(limits).some(limit => limit !== undefined)) return limits
  throw new Problem(
    'usage',
    '--bake watches for nothing.',
    'Say what the canary may not exceed: --max-5xx 1%, --max-4xx 5%, --max-p99 800ms',
  )
}

/** What is asked of the canary, in words: `at most 1 % 5xx, p99 at most 800 ms`. */
export function limitsText({max5xx, max4xx, maxP99}: Limits): string {
  return [
    ...(max5xx === undefined ? [] : [`at most ${max5xx} % 5xx`]),
    ...(max4xx === undefined ? [] : [`at most ${max4xx} % 4xx`]),
    ...(maxP99 === undefined ? [] : [`p99 at most ${maxP99} ms`]),
  ].join(', ')
}

/**
 * Watches a canary, from the next full minute on, and decides. A limit that is crossed ends it at once. What happens in
 * the last minute is waited for, as metrics come late. No requests are no success.
 * @throws Problem conflict where somebody changes the canary meanwhile; whatever it throws, the canary is left as it is,
 *   and its hint says so
 */
export async function watchCanary(ports: BakePorts, api: Api, stage: StageWithCanary, bake: Bake): Promise<Verdict> {
  try {
    return await watched(ports, api, stage, bake)
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    const share = `${stage.canary.percentTraffic} % of the requests`
    const left = `The canary of ${stage.name} is left as it is, with ${share}.`
    const {kind, message, hint, code, requestId} = error
    const text = kind === 'interrupted' && message === interrupted().message ? left : `${message} ${left}`
    const hints = [...(hint ? [hint] : []), ...waysOut(api, stage.name)]
    throw new Problem(kind, text, hints.join('\n'), {code, requestId, cause: error})
  }
}

async function watched(ports: BakePorts, api: Api, stage: StageWithCanary, bake: Bake): Promise<Verdict> {
  const {clock, signal, notice} = ports.watch
  const start = Math.ceil(clock.now() / MINUTE) * MINUTE
  const until = start + bake.duration
  const end = until + bake.delay
  notice(`Watching the canary of ${stage.name} for ${duration(bake.duration)}: ${limitsText(bake.limits)}.`)
  const said = new Set<string>()
  for (;;) {
    await clock.sleep(Math.min(bake.interval, end - clock.now()), signal)
    const now = clock.now()
    const isLast = now >= end
    const figures = await look(ports, api, stage, {start, end: Math.min(now, until)}, isLast)
    if (!figures) continue
    for (const remark of figures.remarks.filter(remark => !said.has(remark))) {
      said.add(remark)
      notice(remark)
    }
    const traffic = figures.canary
    const crossed = traffic && crossedLimit(traffic, bake)
    if (crossed) return {outcome: 'abort', reason: crossed, requests: traffic.requests}
    if (isLast) return lastVerdict(figures, bake)
    notice(`${duration(end - now)} left: ${trafficText(traffic)}`)
  }
}

/** The figures so far; undefined where they cannot be had at the moment, which only matters at the end. */
async function look(
  ports: BakePorts,
  api: Api,
  stage: StageWithCanary,
  span: {start: number; end: number},
  isLast: boolean,
): Promise<Figures | undefined> {
  try {
    checkSame(stage, (await ports.stages.get(api.id, stage.name)).canary)
    return await canaryFigures(ports, api, stage, span)
  } catch (error) {
    const isPassing = error instanceof Problem && (error.kind === 'unreachable' || error.kind === 'gave-up')
    if (!isPassing || isLast) throw error
    ports.watch.notice(error.message)
    return undefined
  }
}

/** @throws Problem conflict where the canary is not the one that was looked at */
export function checkSame({name, canary}: StageWithCanary, now: StageWithCanary['canary'] | undefined): void {
  if (now?.deploymentId === canary.deploymentId) return
  const is = now ? `serves ${now.deploymentId} now, not ${canary.deploymentId}` : 'was taken away'
  throw new Problem('conflict', `Somebody else changed the canary of ${name} meanwhile: it ${is}.`)
}

/**
 * The limit that is crossed, in words. Errors count against as many requests as are wanted at least: what is over the
 * limit then would be so however well the requests went that are still to come.
 */
function crossedLimit(traffic: Traffic, {limits, minRequests}: Bake): string | undefined {
  const {requests, serverErrors, clientErrors, latencyP99} = traffic
  const counted = Math.max(requests, minRequests)
  for (const [name, errors, limit] of [
    ['5xx', serverErrors, limits.max5xx],
    ['4xx', clientErrors, limits.max4xx],
  ] as const) {
    if (limit === undefined || errors * 100 <= limit * counted) continue
    return `${errors} of ${requests} requests (${rateText(errors, requests)}) ended with ${name}, and ${limit} % may.`
  }
  const {maxP99} = limits
  if (maxP99 === undefined || latencyP99 === undefined || latencyP99 <= maxP99 || requests < minRequests)
    return undefined
  return `1 in 100 of ${requests} requests took ${Math.round(latencyP99)} ms and longer (p99), and ${maxP99} ms they may.`
}

/** What is decided when the time is over and no limit was crossed. */
function lastVerdict({canary, source}: Figures, {limits, minRequests, ifFew, duration: time}: Bake): Verdict {
  const requests = canary?.requests ?? 0
  if (!canary) return {outcome: ifFew, reason: 'Nothing tells how the requests to the canary went.', requests}
  if (requests < minRequests) {
    const counted = requests === 0 ? 'There were no requests' : `There were only ${requests} requests`
    return {
      outcome: ifFew,
      reason: `${counted} to the canary in ${duration(time)}, and ${minRequests} are wanted.`,
      requests,
    }
  }
  if (limits.maxP99 !== undefined && canary.latencyP99 === undefined) {
    return {outcome: ifFew, reason: `The ${source} does not tell how long requests took.`, requests}
  }
  return {outcome: 'promote', reason: `In ${duration(time)}: ${trafficText(canary)}`, requests}
}

/** `124 requests to the canary, 5xx 0.8 %, 4xx 0.0 %, p99 120 ms` */
function trafficText(traffic: Traffic | undefined): string {
  if (!traffic?.requests) return 'no requests to the canary in the figures yet'
  const {requests, serverErrors, clientErrors, latencyP99} = traffic
  return [
    `${requests} ${requests === 1 ? 'request' : 'requests'} to the canary`,
    `5xx ${rateText(serverErrors, requests)}`,
    `4xx ${rateText(clientErrors, requests)}`,
    ...(latencyP99 === undefined ? [] : [`p99 ${Math.round(latencyP99)} ms`]),
  ].join(', ')
}

const rateText = (part: number, whole: number) => `${((100 * part) / whole).toFixed(1)} %`
