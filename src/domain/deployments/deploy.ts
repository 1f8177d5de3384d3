import {collect, type RestApi, refOf} from '../apis.js'
import type {Location} from '../location.js'
import type {Change, Plan} from '../plan.js'
import {type PlanStore, plansWith} from '../plans.js'
import {isMissing, Problem} from '../problem.js'
import {quoted} from '../quoting.js'
import {type Route, type RouteStore, routesOf} from '../routes.js'
import type {Session} from '../session.js'
import {checkVariableCount, lossesBetween, type Stage, type StageStore} from '../stages.js'
import {invokeUrls} from '../urls.js'
import type {Deployment, DeploymentStore} from './deployment.js'
import {refusal} from './refusal.js'

export interface DeployPorts {
  deployments: Pick<DeploymentStore, 'create'>
  routes: Pick<RouteStore, 'resources' | 'deployed'>
  stages: Pick<StageStore, 'list' | 'get' | 'update'>
  plans: Pick<PlanStore, 'list'>
  location: Location
  session: Pick<Session, 'clock' | 'signal' | 'notice'>
}

export interface DeployRequest {
  api: RestApi
  stage: string
  description?: string | undefined
  /** Set on the stage together with the new snapshot; those it has besides are kept. */
  variables: Record<string, string>
}

/** What a deployment did. */
export interface Deployed {
  apiId: string
  apiName: string
  stage: string
  deploymentId: string
  /** What the stage served before. */
  previousDeploymentId?: string | undefined
  /** Whether the stage was made by this. */
  created: boolean
  /** Set where a canary of the stage received the deployment and the stage itself did not: percent of the requests. */
  canaryPercent?: number | undefined
  url: string
}

/** What a deployment is going to do, and the routes that it brings. */
export interface DeploymentPlan extends Plan<Deployed> {
  routes: Route[]
}

/**
 * A new snapshot of an API for a stage, which is made if it is not there and else only repointed.
 *
 * A new stage takes a single CreateDeployment with the stage's name. A stage that exists takes two calls: what
 * CreateDeployment does to its variables and description is not documented, and there are servers on which it drops
 * them, so the snapshot is made by itself and one UpdateStage, which is all or nothing, brings it and new variables in
 * together. Whatever happens between the two, the stage serves one whole snapshot.
 *
 * Where a canary of the stage gets requests, the deployment goes to the canary, as it does from the console; one that
 * was promoted and gets none is left alone.
 * @throws Problem when the service would refuse, found out by reading
 */
export async function planDeployment(ports: DeployPorts, request: DeployRequest): Promise<DeploymentPlan> {
  const {api, stage: name, variables} = request
  const [routes, all] = await Promise.all([checkedRoutes(ports, api), ports.stages.list(api.id)])
  if (api.endpointType === 'PRIVATE' && !api.policy) throw refusal('no resource policy', api)
  const before = all.find(stage => stage.name === name)
  checkVariableCount({...before?.variables, ...variables})
  if (activeCanary(before) && Object.keys(variables).length > 0) {
    const text = `${name} has a canary, and a deployment goes to it: variables cannot be set in the same step.`
    const hint = `Set them first: apigw stages update ${name} --api ${refOf(api)} --var NAME=VALUE`
    throw new Problem('conflict', text, hint)
  }
  const plans = before && (await plansOf(ports, request))
  const served = await servedRoutes(ports, api, activeCanary(before)?.deploymentId ?? before?.deploymentId)
  return {
    routes,
    changes: changesOf(request, routeDetails(routes, served), before),
    apply: async () => {
      const deployment = await create(ports, request, before)
      const after = await serving(ports, request, deployment.id, before)
      if (before) await checkKept(ports, request, {stage: before, plans}, after)
      const isCanary = after.deploymentId !== deployment.id
      return {
        apiId: api.id,
        apiName: api.name,
        stage: name,
        deploymentId: deployment.id,
        previousDeploymentId: isCanary ? before?.canary?.deploymentId : before?.deploymentId,
        created: !before,
        canaryPercent: isCanary ? after.canary?.percentTraffic : undefined,
        url: invokeUrls(api, name, ports.location)[0],
      }
    },
  }
}

/** @throws Problem for an API that has no methods, or methods with nothing behind them */
async function checkedRoutes({routes}: DeployPorts, api: RestApi): Promise<Route[]> {
  const methods = routesOf(await collect(routes.resources(api.id))).filter(({method}) => method !== undefined)
  if (methods.length === 0) throw refusal('no methods', api)
  const bare = methods.filter(({integration}) => !integration).map(methodName)
  if (bare.length > 0) throw refusal('no integration', api, bare)
  return methods
}

const methodName = ({method, path}: Route) => `${method} ${path}`

/** What a deployment serves; empty where there is none, it is gone, or the endpoint does not tell. */
async function servedRoutes({routes}: DeployPorts, api: RestApi, deploymentId: string | undefined): Promise<Route[]> {
  if (deploymentId === undefined) return []
  try {
    return await routes.deployed(api.id, deploymentId)
  } catch (error) {
    if (error instanceof Problem && ['missing', 'denied', 'failed'].includes(error.kind)) return []
    throw error
  }
}

/**
 * `12 methods; adds POST /pets; removes GET /cats`. Only the methods can be compared: the service does not tell what is
 * behind those of a deployment.
 */
function routeDetails(routes: readonly Route[], served: readonly Route[]): string {
  const count = `${routes.length} ${routes.length === 1 ? 'method' : 'methods'}`
  if (served.length === 0) return count
  const [now, then] = [routes.map(methodName), served.map(methodName)]
  const added = now.filter(name => !then.includes(name))
  const removed = then.filter(name => !now.includes(name))
  return [
    count,
    ...(added.length > 0 ? [`adds ${added.join(', ')}`] : []),
    ...(removed.length > 0 ? [`removes ${removed.join(', ')}`] : []),
  ].join('; ')
}

function changesOf({api, stage, variables}: DeployRequest, routes: string, before: Stage | undefined): Change[] {
  const names = Object.keys(variables)
  const withVariables = names.length > 0 ? [`with ${names.map(name => `${name}=${variables[name]}`).join(', ')}`] : []
  const canary = activeCanary(before)
  const detail = canary
    ? [`only its canary, ${canary.percentTraffic} % of the requests, instead of ${canary.deploymentId}`]
    : before?.deploymentId
      ? [`instead of ${before.deploymentId}`]
      : []
  return [
    {action: 'deploy', kind: 'API', name: api.name, detail: routes},
    {
      action: before ? 'update' : 'create',
      kind: 'stage',
      name: stage,
      detail: [...detail, ...withVariables].join(', ') || undefined,
    },
  ]
}

/** The canary of a stage, if requests go to it. */
const activeCanary = (stage: Stage | undefined) => (stage?.canary?.percentTraffic ? stage.canary : undefined)

/** Makes the snapshot and brings it in. */
async function create(ports: DeployPorts, request: DeployRequest, before: Stage | undefined): Promise<Deployment> {
  const {api, stage: name, description, variables} = request
  const canary = activeCanary(before)
  const isApart = before !== undefined && !canary
  const stage = isApart ? undefined : {name, variables: canary ? undefined : variables, canary}
  const deployment = await ports.deployments.create(api, {description, stage}).catch(async error => {
    throw isUncertain(error) ? await aftermath(ports, request, before, error) : error
  })
  if (isApart) {
    await ports.stages.update(api.id, name, {deploymentId: deployment.id, variables}).catch(error => {
      const pairs = Object.entries(variables).map(([key, value]) => ` --var ${quoted(`${key}=${value}`)}`)
      const hint = `What is left to do: ${repointing(request, deployment.id)}${pairs.join('')}`
      const serves = before.deploymentId ? `which still serves ${before.deploymentId}` : 'which is as it was'
      throw restated(error, `The snapshot ${deployment.id} was made, but not brought to ${name}, ${serves}`, hint)
    })
  }
  return deployment
}

/** The command that makes a stage serve a deployment. */
const repointing = ({api, stage}: Pick<DeployRequest, 'api' | 'stage'>, deploymentId: string) =>
  `apigw stages update ${stage} --api ${refOf(api)} --deployment ${deploymentId}`

/** Whether a call may have been carried out although it failed: neither refused nor throttled nor interrupted. */
const isUncertain = (error: unknown): error is Problem =>
  error instanceof Problem &&
  (error.kind === 'unreachable' || (error.kind === 'failed' && error.code !== 'BadRequestException'))

/** Says what the stage serves after a failure that leaves it open. */
async function aftermath(
  {stages}: DeployPorts,
  {api, stage: name}: DeployRequest,
  before: Stage | undefined,
  error: Problem,
): Promise<unknown> {
  const look = `apigw stages get ${name} --api ${refOf(api)}`
  const again = 'Nothing was changed: run it again.'
  let now: Stage | undefined
  try {
    now = await stages.get(api.id, name)
  } catch (unread) {
    if (!isMissing(unread)) return restated(error, 'The deployment failed, perhaps after it was done', `Look: ${look}`)
    return restated(error, 'The deployment failed', `There is no stage ${name} yet. ${again}`)
  }
  if (now.deploymentId === before?.deploymentId && now.canary?.deploymentId === before?.canary?.deploymentId) {
    const serves = now.deploymentId ? `${name} still serves ${now.deploymentId}. ` : ''
    return restated(error, 'The deployment failed', `${serves}${again}`)
  }
  const hint = `${name} serves ${now.deploymentId} since then, so it was probably done. Look: ${look}`
  return restated(error, 'The answer to the deployment was lost', hint)
}

/** The same failure, with what it means here in front of it. */
function restated(error: unknown, meaning: string, hint: string): unknown {
  if (!(error instanceof Problem) || error.kind === 'interrupted') return error
  const {kind, message, code, requestId} = error
  return new Problem(kind, `${meaning}: ${message}`, hint, {code, requestId, cause: error})
}

/** How often a stage is read back, a second apart, before it is taken for what it serves. */
const READS = 5

/** The stage as it is once it, or its canary, serves the deployment. */
async function serving(
  {stages, session}: DeployPorts,
  request: DeployRequest,
  id: string,
  before: Stage | undefined,
): Promise<Stage> {
  const {api, stage: name} = request
  const hint = `To bring it in: ${repointing(request, id)}`
  for (let read = 1; ; read++) {
    const now = await stages.get(api.id, name).catch(error => {
      const meaning = `${id} was deployed to ${name}, but the stage could not be read back`
      throw restated(error, meaning, `Look whether it serves ${id}: apigw stages get ${name} --api ${refOf(api)}`)
    })
    if (now.deploymentId === id || now.canary?.deploymentId === id) return now
    if (now.deploymentId !== before?.deploymentId) {
      const text = `${name} serves ${now.deploymentId}, which came in at the same time, and not ${id}.`
      throw new Problem('conflict', text, hint)
    }
    if (read === READS) {
      throw new Problem('failed', `${id} was made, but ${name} serves ${now.deploymentId ?? 'something else'}.`, hint)
    }
    await session.clock.sleep(1_000, session.signal)
  }
}

/** Names of the usage plans with the stage; undefined where these credentials may not see them. */
async function plansOf(
  {plans, session}: DeployPorts,
  {api, stage}: Pick<DeployRequest, 'api' | 'stage'>,
): Promise<string[] | undefined> {
  try {
    return (await plansWith(plans, {apiId: api.id, stage})).map(({name}) => name)
  } catch (error) {
    if (!(error instanceof Problem) || error.kind !== 'denied') throw error
    session.notice('These credentials may not read usage plans: whether the stage keeps its own is not checked.')
    return undefined
  }
}

/** @throws Problem when the stage lost a setting or a usage plan that it had before */
async function checkKept(
  ports: DeployPorts,
  request: DeployRequest,
  before: {stage: Stage; plans: string[] | undefined},
  after: Stage,
): Promise<void> {
  const {api, stage: name, variables} = request
  const plans = before.plans && (await plansOf(ports, request))
  const lostPlans = (before.plans ?? [])
    .filter(plan => plans && !plans.includes(plan))
    .map(plan => `usage plan ${plan} is gone`)
  const wanted = {...before.stage, variables: {...before.stage.variables, ...variables}}
  const lost = [...lossesBetween(wanted, after), ...lostPlans]
  if (lost.length === 0) return
  const text = `The deployment reached ${name}, but the stage is not as it was: ${lost.join('; ')}.`
  throw new Problem('failed', text, `Look: apigw stages get ${name} --api ${refOf(api)}`)
}
