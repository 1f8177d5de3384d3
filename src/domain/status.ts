import {collect, type RestApi, refOf} from './apis.js'
import type {Deployment, DeploymentStore} from './deployments/deployment.js'
import type {DomainMapping, DomainStore} from './domains.js'
import type {Location} from './location.js'
import {type LogLevel, type LogSetting, restStage} from './logs/stages.js'
import {stageKey} from './plan-stages.js'
import type {PlanStore, UsagePlan} from './plans.js'
import {Problem} from './problem.js'
import {during, type Session} from './session.js'
import type {ItemDifference} from './snapshots/difference.js'
import type {SnapshotSource} from './snapshots/source.js'
import {type Stage, type StageStore, stageNamed} from './stages.js'
import {type Undeployed, undeployedOn} from './undeployed.js'
import {invokeUrls} from './urls.js'

/** A deployment that a stage or its canary serves; when it was made, where that could be read. */
export type ServedDeployment = Pick<Deployment, 'id'> & Partial<Deployment>

/** One thing that is edited and not live. */
export type PendingChange = Pick<ItemDifference, 'change' | 'kind' | 'name'>

/** A stage with all that one wants to know of it at a glance. */
export interface StageStatus {
  stage: string
  description?: string | undefined
  deployment?: ServedDeployment | undefined
  /** How many changes are not live on it; undefined where that could not be found out. */
  undeployed?: number | undefined
  changes?: PendingChange[] | undefined
  /** What is not compared, because stages do not tell it; see `Difference`. */
  untold?: readonly string[] | undefined
  /** Why it is not known what is not live. */
  notCompared?: string | undefined
  canary?: {percentTraffic: number; deployment?: ServedDeployment | undefined} | undefined
  logging: StageLogging
  /** Of all methods; undefined where only the limits of the account hold. */
  throttle?: {rate?: number | undefined; burst?: number | undefined} | undefined
  /** GB, and AVAILABLE, CREATE_IN_PROGRESS and so on. */
  cache?: {size: string; status?: string | undefined} | undefined
  tracing: boolean
  webAclArn?: string | undefined
  clientCertificateId?: string | undefined
  variables: Record<string, string>
  lastUpdatedDate?: Date | undefined
  urls: string[]
  /** URLs on custom domains; undefined where they could not be read. */
  domains?: string[] | undefined
  /** Names of the usage plans with the stage; undefined where they could not be read. */
  plans?: string[] | undefined
}

export interface StageLogging {
  level: LogLevel
  dataTrace: boolean
  /** How many methods log otherwise than the others. */
  overrides: number
  accessLogArn?: string | undefined
}

/** What is to be done, or worth knowing, and the command for it. */
export interface Advice {
  text: string
  command: string
}

/** Something that could not be read, and why. */
export interface Unread {
  what: string
  why: string
}

/** One API with its stages, at one moment. */
export interface ApiStatus extends Pick<RestApi, 'id' | 'name' | 'description' | 'endpointType' | 'createdDate'> {
  stages: StageStatus[]
  /** How many deployments neither a stage nor a canary serves; undefined where they could not be read. */
  unusedDeployments?: number | undefined
  unread: Unread[]
  advice: Advice[]
}

export interface StatusPorts {
  stages: Pick<StageStore, 'list'>
  deployments: Pick<DeploymentStore, 'list'>
  snapshots: Pick<SnapshotSource, 'edited' | 'exported'>
  domains: Pick<DomainStore, 'mappings'>
  plans: Pick<PlanStore, 'list'>
  location: Location
  session: Pick<Session, 'progress'>
}

/**
 * How an API is doing, stage by stage. All is read side by side; what the caller may not read is named and keeps nothing
 * else from being shown.
 * @param only names of stages; all of them where there are none
 * @throws Problem missing for a stage that the API does not have
 */
export async function apiStatus(ports: StatusPorts, api: RestApi, only: readonly string[]): Promise<ApiStatus> {
  const beside = Promise.all([
    answer('deployments', collect(ports.deployments.list(api.id))),
    answer('custom domains', collect(ports.domains.mappings())),
    answer('usage plans', collect(ports.plans.list({}))),
  ])
  // When the stages cannot be read nobody waits for the rest any more.
  beside.catch(() => {})
  const all = await ports.stages.list(api.id)
  const wanted = only.length > 0 ? only.map(name => stageNamed(all, name, api)) : all
  const [undeployed, answers] = await during(ports.session, `reading ${api.name}`, () =>
    Promise.all([undeployedOn(ports.snapshots, api, wanted), beside]),
  )
  const [deployments, mappings, plans] = answers
  const known = {
    api,
    location: ports.location,
    deployments: deployments.value ?? [],
    mappings: mappings.value,
    plans: plans.value,
  }
  const stages = wanted.map((stage, i) => stageStatus(stage, undeployed[i], known))
  const {id, name, description, endpointType, createdDate} = api
  const unusedDeployments = deployments.value && unused(deployments.value, all)
  return {
    id,
    name,
    description,
    endpointType,
    createdDate,
    stages,
    unusedDeployments,
    unread: unreadOf(answers),
    advice: adviceOn(api, stages, unusedDeployments),
  }
}

interface Answer<Value> {
  what: string
  value?: Value
  why?: string
}

/** What was read, or why it could not be. */
async function answer<Value>(what: string, reading: Promise<Value>): Promise<Answer<Value>> {
  try {
    return {what, value: await reading}
  } catch (error) {
    if (error instanceof Problem && error.kind !== 'interrupted') return {what, why: error.message}
    throw error
  }
}

const unreadOf = (answers: readonly Answer<unknown>[]): Unread[] =>
  answers.flatMap(({what, why}) => (why === undefined ? [] : [{what, why}]))

/** What is known besides a stage itself; undefined what could not be read. */
interface Known {
  api: RestApi
  location: Location
  deployments: readonly Deployment[]
  mappings: readonly DomainMapping[] | undefined
  plans: readonly UsagePlan[] | undefined
}

function stageStatus(stage: Stage, undeployed: Undeployed | undefined, known: Known): StageStatus {
  const {api, location, deployments, mappings, plans} = known
  const {name, canary, cacheSize, tracing, webAclArn, clientCertificateId, variables, lastUpdatedDate} = stage
  const {setting, overrides, accessLogArn} = restStage(api, stage)
  const served = (id: string | undefined) => id && (deployments.find(deployment => deployment.id === id) ?? {id})
  const items = undeployed?.difference?.items
  const key = stageKey({apiId: api.id, stage: name})
  return {
    stage: name,
    description: stage.description,
    deployment: served(stage.deploymentId) || undefined,
    undeployed: items?.length,
    changes: items?.map(({change, kind, name}) => ({change, kind, name})),
    untold: undeployed?.difference?.untold,
    notCompared: undeployed?.problem?.message,
    canary: canary && {percentTraffic: canary.percentTraffic, deployment: served(canary.deploymentId) || undefined},
    logging: {...setting, overrides: overrides.filter(own => logsOtherwise(own, setting)).length, accessLogArn},
    throttle: throttleOf(stage),
    cache: cacheSize === undefined ? undefined : {size: cacheSize, status: stage.cacheStatus},
    tracing,
    webAclArn,
    clientCertificateId,
    variables,
    lastUpdatedDate,
    urls: invokeUrls(api, name, location),
    domains: mappings?.flatMap(mapping => domainUrl(mapping, api, name)),
    plans: plans?.filter(({apiStages}) => apiStages.some(other => stageKey(other) === key)).map(({name}) => name),
  }
}

/** What is set for all methods; the service writes -1 for what only the account limits. */
function throttleOf({methodSettings}: Stage): StageStatus['throttle'] {
  const {throttleRate = -1, throttleBurst = -1} = methodSettings.find(({method}) => method === '*') ?? {}
  if (throttleRate < 0 && throttleBurst < 0) return undefined
  return {rate: throttleRate < 0 ? undefined : throttleRate, burst: throttleBurst < 0 ? undefined : throttleBurst}
}

/** A method that has a limit or a cache of its own has a log level of its own, too, which often is that of all. */
const logsOtherwise = (own: LogSetting, all: LogSetting) => own.level !== all.level || own.dataTrace !== all.dataTrace

/** A mapping without a stage leaves it to the caller, who names it first in the path. */
function domainUrl({domain, basePath, apiId, stage}: DomainMapping, api: RestApi, name: string): string[] {
  if (apiId !== api.id || (stage !== undefined && stage !== name)) return []
  return [[`https://${domain}`, basePath, stage === undefined ? name : ''].filter(part => part !== '').join('/')]
}

function unused(deployments: readonly Deployment[], stages: readonly Stage[]): number {
  const used = new Set(stages.flatMap(({deploymentId, canary}) => [deploymentId, canary?.deploymentId]))
  return deployments.filter(({id}) => !used.has(id)).length
}

/** So many deployments that nothing serves are worth a word. */
const MANY_UNUSED = 20

/** What stands out, each with the command for it. */
function adviceOn(api: RestApi, stages: readonly StageStatus[], unusedDeployments: number | undefined): Advice[] {
  const advice: Advice[] = []
  const on = (command: string, stage = '') => `apigw ${command} --api ${refOf(api)}${stage && ` --stage ${stage}`}`
  const about = (is: (stage: StageStatus) => boolean, tell: (names: string, first: string) => Advice[]) => {
    const names = stages.filter(is).map(({stage}) => stage)
    if (names[0] !== undefined) advice.push(...tell(names.join(', '), names[0]))
  }
  if (stages.length === 0) advice.push({text: 'It has no stage yet', command: on('deploy', 'NAME')})
  about(
    ({undeployed}) => Boolean(undeployed),
    (names, first) => [{text: `What is not live on ${names}`, command: on('stages diff', first)}],
  )
  // While a canary gets requests a deployment goes to the canary, and the stage gets it by a promotion.
  about(
    ({undeployed, canary}) => Boolean(undeployed) && !canary?.percentTraffic,
    (_, first) => [{text: `To make it live on ${first}`, command: on('deploy', first)}],
  )
  about(
    ({canary}) => canary !== undefined,
    (names, first) => [{text: `How the canary of ${names} is doing`, command: on('canary status', first)}],
  )
  about(
    ({logging: {level, overrides, accessLogArn}}) => level === 'OFF' && overrides === 0 && accessLogArn === undefined,
    (names, first) => [{text: `Nothing is logged on ${names}`, command: on('logs enable', first)}],
  )
  if ((unusedDeployments ?? 0) >= MANY_UNUSED) {
    const text = `${unusedDeployments} deployments are not served by any stage`
    advice.push({text, command: on('deployments prune --keep 10')})
  }
  return advice
}

/** How one of many APIs is doing: as much as is worth asking of each. */
export interface ApiOverview extends Pick<RestApi, 'id' | 'name' | 'endpointType'> {
  stages: (Pick<StageStatus, 'stage' | 'undeployed' | 'notCompared'> & {
    deploymentId?: string | undefined
    /** Percent of the requests. */
    canary?: number | undefined
  })[]
  unread: Unread[]
}

/** What it is called where it could not be read. */
const STAGES = 'stages'

/** APIs that are asked about at a time: while one waits for an answer, the other keeps the rate of the service used. */
const AT_A_TIME = 2

/**
 * How all APIs are doing, in their order, each as soon as it is known.
 * @param listen hears of each
 */
export async function* apiOverviews(
  ports: Pick<StatusPorts, 'stages' | 'snapshots' | 'session'>,
  apis: readonly RestApi[],
  listen: (overview: ApiOverview) => void = () => {},
): AsyncGenerator<ApiOverview> {
  const progress = ports.session.progress('comparing what is edited with what is served')
  const coming: Promise<ApiOverview>[] = []
  try {
    for (const [i] of apis.entries()) {
      progress.at(i, {unit: 'APIs', total: apis.length})
      for (const api of apis.slice(i + coming.length, i + AT_A_TIME)) {
        const overview = apiOverview(ports, api)
        // It may fail before it is waited for.
        overview.catch(() => {})
        coming.push(overview)
      }
      const overview = (await coming.shift()) as ApiOverview
      listen(overview)
      yield overview
    }
  } finally {
    progress.end()
  }
}

async function apiOverview(
  {stages, snapshots}: Pick<StatusPorts, 'stages' | 'snapshots'>,
  api: RestApi,
): Promise<ApiOverview> {
  const {id, name, endpointType} = api
  const list = await answer(STAGES, stages.list(id))
  const all = list.value ?? []
  const undeployed = await undeployedOn(snapshots, api, all)
  return {
    id,
    name,
    endpointType,
    stages: all.map(({name: stage, deploymentId, canary}, i) => ({
      stage,
      deploymentId,
      undeployed: undeployed[i]?.difference?.items.length,
      notCompared: undeployed[i]?.problem?.message,
      canary: canary?.percentTraffic,
    })),
    unread: unreadOf([list]),
  }
}

/** What is told of an API, as far as it says whether all of it is live. */
type Liveness = Pick<ApiOverview, 'name' | 'stages' | 'unread'> | Pick<ApiStatus, 'name' | 'stages' | 'unread'>

/** What could not be found out, in sentences. */
export function gapsIn({name, stages, unread}: Liveness): string[] {
  return [
    ...stages.flatMap(({stage, notCompared: why}) =>
      why === undefined ? [] : [`What is not live on ${stage} of ${name} could not be found out: ${why}`],
    ),
    ...unread.map(({what, why}) => `The ${what} of ${name} could not be read: ${why}`),
  ]
}

/**
 * Whether something is edited and not live.
 * @throws Problem when nothing is known to be, but not all could be compared
 */
export function isBehind(all: readonly Liveness[]): boolean {
  if (all.some(({stages}) => stages.some(({undeployed = 0}) => undeployed > 0))) return true
  const isKnown = all.every(
    ({stages, unread}) =>
      stages.every(({undeployed}) => undeployed !== undefined) && unread.every(({what}) => what !== STAGES),
  )
  if (isKnown) return false
  throw new Problem('failed', 'Whether all is live is not known: not all could be compared.')
}
