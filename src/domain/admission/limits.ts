import type {ApiKey} from '../keys.js'
import {type Quota, quotaText, type Throttle} from '../limits.js'
import {stageKey} from '../plan-stages.js'
import type {UsagePlan} from '../plans.js'
import {quotaPeriod} from '../quota-periods.js'
import {quoted} from '../quoting.js'
import type {RequestLine} from '../route-match.js'
import {type UsageStore, utcDay} from '../usage.js'
import type {Place} from './place.js'
import {called} from './plan-step.js'
import {attempt, type Read, readValue} from './reading.js'
import {type Looked, listed, nameOfRoute} from './served.js'
import {cross, note, type Step, tick, unknown} from './step.js'

/** What is left to a key of the quota of its plan. */
export async function quotaStep(
  usage: Pick<UsageStore, 'read'>,
  plan: UsagePlan,
  key: ApiKey,
  now: number,
): Promise<Step> {
  const {quota} = plan
  if (!quota) return tick('quota', `Usage plan ${called(plan)} has no quota.`)
  const today = utcDay(now)
  const read = await attempt(remainingOn(usage, plan, key, today))
  if ('why' in read) return unknown('quota', `What is left of ${quotaText(quota)} could not be read: ${read.why}`)
  const remaining = read.value
  if (remaining === undefined) return unknown('quota', `What is left of ${quotaText(quota)} is not told of this key.`)
  const fresh = freshText(quota.period, now)
  if (remaining > 0) return tick('quota', `${remaining} requests are left of ${quotaText(quota)}; ${fresh}.`)
  // How many it is to have is for the user to say; the command can be run as it is.
  const more = Math.max(1, quota.limit)
  const command = `apigw usage extend ${key.id} --remaining ${more} --plan ${plan.id}`
  const text = `The quota of usage plan ${called(plan)} is used up, ${quotaText(quota)}; ${fresh}.`
  return cross('quota', text, {command, answer: '429 Limit Exceeded'})
}

async function remainingOn(
  usage: Pick<UsageStore, 'read'>,
  plan: UsagePlan,
  key: ApiKey,
  day: string,
): Promise<number | undefined> {
  for await (const {keyId, days} of usage.read(plan.id, {from: day, to: day}, key.id)) {
    if (keyId === key.id) return days.at(-1)?.remaining
  }
  return undefined
}

/** When the period ends; of weeks the day is not documented. */
function freshText(period: Quota['period'], now: number): string {
  const text = `it starts anew on ${utcDay(quotaPeriod(period, now).resets.getTime())} at 00:00 UTC`
  return period === 'WEEK' ? `${text}, if its weeks begin on Sundays` : text
}

/** A limit that holds for requests that are looked at, and how to raise it. */
interface Limit {
  throttle: Throttle
  /** Whose it is: `usage plan gold (p1)`. */
  of: string
  /** Which routes it is for; undefined where for all that are looked at. */
  routes?: string[] | undefined
  raise: (limits: string) => string
}

/**
 * The throttles in force, from the narrowest to the widest: the plan's, for the method or else for the key, the stage's,
 * for the method or else for all, the account's. Source: developer guide, "Throttle requests to your REST APIs".
 */
export function throttleSteps(
  plan: UsagePlan | undefined,
  looked: readonly Looked[],
  account: Read<Throttle>,
  place: Place,
  wanted: RequestLine | undefined,
): Step[] {
  const limits = [
    ...(plan ? planLimits(plan, looked, place, wanted) : []),
    ...stageLimits(looked, place, wanted),
    ...accountLimits(account),
  ]
  const closed = limits.filter(({throttle}) => throttle.rateLimit === 0 || throttle.burstLimit === 0)
  const crosses = closed.map(({throttle, of, routes, raise}) => {
    const text = `${throttleText(throttle)} by ${of}${forRoutes(routes)}: that lets no request through.`
    const scope = routes && listed(routes)
    return cross('throttle', text, {command: raise(raised(throttle)), answer: '429 Too Many Requests', of: scope})
  })
  const others = limits.filter(limit => !closed.includes(limit))
  const texts = others.map(({throttle, of, routes}) => `${throttleText(throttle)} by ${of}${forRoutes(routes)}`)
  const untold = 'why' in account ? [`what the account may is not known: ${account.why}`] : []
  const text = [...texts, ...untold].join('; ')
  if (crosses.length > 0) return text === '' ? crosses : [...crosses, note('throttle', `Beside that: ${text}`)]
  return [tick('throttle', text)]
}

const throttleText = ({rateLimit, burstLimit}: Throttle) => `${rateLimit} requests/s, ${burstLimit} at once`

const forRoutes = (routes: readonly string[] | undefined) => (routes ? ` for ${listed(routes)}` : '')

/** What is 0 becomes 1: what it is to be is for the user to say, but the command can be run as it is. */
const raised = ({rateLimit, burstLimit}: Throttle) => `${rateLimit || 1}/${burstLimit || 1}`

/** Routes with the limit that holds for each, together where it is the same. */
function together<Own>(looked: readonly Looked[], limitOf: (route: string) => Own | undefined): [Own, string[]][] {
  const names = [...new Set(looked.flatMap(({routes}) => routes.map(nameOfRoute)))]
  const groups = new Map<string, [Own, string[]]>()
  for (const name of names) {
    const own = limitOf(name)
    if (own === undefined) continue
    const group = groups.get(JSON.stringify(own)) ?? [own, []]
    group[1].push(name)
    groups.set(JSON.stringify(own), group)
  }
  return [...groups.values()]
}

/** The names that a limit of a single method may go by: a request to ANY is one of its own method, too. */
function namesFor(route: string, wanted: RequestLine | undefined): string[] {
  const path = route.slice(route.indexOf(' ') + 1)
  return [...new Set([...(wanted ? [`${wanted.method} ${path}`] : []), route])]
}

function planLimits(
  plan: UsagePlan,
  looked: readonly Looked[],
  {api, stage}: Place,
  wanted: RequestLine | undefined,
): Limit[] {
  const key = stageKey({apiId: api.id, stage: stage.name})
  const methods = plan.apiStages.find(each => stageKey(each) === key)?.throttle ?? {}
  const byName = new Map(Object.entries(methods).map(([path, throttle]) => [methodName(path), throttle]))
  const named = (route: string) => namesFor(route, wanted).find(name => byName.has(name))
  const own = together(looked, route => {
    const name = named(route)
    return name === undefined ? undefined : byName.get(name)
  })
  const routes = [...new Set(looked.flatMap(each => each.routes.map(nameOfRoute)))]
  const covered = routes.filter(route => named(route) !== undefined)
  const limits = own.map(([throttle, names]): Limit => {
    const flags = (text: string) =>
      names.map(name => `--throttle ${quoted(`${key} ${named(name) ?? name}=${text}`)}`).join(' ')
    return {
      throttle,
      of: `usage plan ${called(plan)}`,
      routes: wanted && names.length === routes.length ? undefined : names,
      raise: text => `apigw plans update ${plan.id} ${flags(text)}`,
    }
  })
  const {throttle} = plan
  if (!throttle || (routes.length > 0 && covered.length === routes.length)) return limits
  const rest = covered.length === 0 ? undefined : ['the routes without a limit of their own']
  const raise = (text: string) => {
    const [rate, burst] = text.split('/')
    return `apigw plans update ${plan.id} --rate ${rate} --burst ${burst}`
  }
  return [...limits, {throttle, of: `usage plan ${called(plan)}`, routes: rest, raise}]
}

/** `/pets/GET` as `GET /pets`. */
function methodName(path: string): string {
  const cut = path.lastIndexOf('/')
  return `${path.slice(cut + 1)} ${path.slice(0, cut).replace(/^\/+/, '/') || '/'}`
}

function stageLimits(looked: readonly Looked[], {api, stage}: Place, wanted: RequestLine | undefined): Limit[] {
  const find = (name: string) => stage.methodSettings.find(({method}) => method === name)
  const settings = together(looked, route => {
    const own = namesFor(route, wanted).map(find).find(Boolean) ?? find('*')
    if (!own) return undefined
    const {method, throttleRate = -1, throttleBurst = -1} = own
    // -1 leaves it to the account.
    if (throttleRate < 0 || throttleBurst < 0) return undefined
    return {throttle: {rateLimit: throttleRate, burstLimit: throttleBurst}, isOwn: method !== '*', method}
  })
  return settings.map(([{throttle, isOwn, method}, names]) => ({
    throttle,
    of: `stage ${stage.name}`,
    routes: isOwn && !wanted ? names : undefined,
    raise: text =>
      `apigw stages update ${stage.name} --api ${api.id} --throttle ${quoted(isOwn ? `${method}=${text}` : text)}`,
  }))
}

/** Source: GetAccount; the quota's code is that of "Throttle quota per account, per Region" in Service Quotas. */
function accountLimits(account: Read<Throttle>): Limit[] {
  const throttle = readValue(account)
  if (!throttle) return []
  const raise = () =>
    'aws service-quotas request-service-quota-increase --service-code apigateway --quota-code L-8A5B8E43 --desired-value 10000'
  return [{throttle, of: 'the account, all APIs of the Region together', raise}]
}
