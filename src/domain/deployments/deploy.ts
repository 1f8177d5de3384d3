import {type RestApi, refOf} from '../apis.js'
import type {Location} from '../location.js'
import type {Change, Plan} from '../plan.js'
import type {PlanStore} from '../plans.js'
import {isMissing, Problem, unlessRefused} from '../problem.js'
import {quoted} from '../quoting.js'
import type {Wait} from '../serving.js'
import type {Session} from '../session.js'
import type {Difference} from '../snapshots/difference.js'
import type {Snapshot} from '../snapshots/snapshot.js'
import type {SnapshotSource} from '../snapshots/source.js'
import {isTemporaryDeployment} from '../snapshots/temporary-stage.js'
import {checkVariableCount, type Stage, type StageStore} from '../stages.js'
import {invokeUrls} from '../urls.js'
import {activeCanary, type Comparison, compareForDeployment} from './comparison.js'
import {type Deployment, type DeploymentStore, newestFirst} from './deployment.js'
import {type Belongings, belongingsOf, checkKept, type Kept} from './kept.js'
import {refusal} from './refusal.js'
import {isUncertain, repointing, restated, stageServing} from './repoint.js'

export interface DeployPorts {
  deployments: Pick<DeploymentStore, 'create' | 'list'>
  snapshots: SnapshotSource
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
  /** Deploy although nothing is different. */
  force?: boolean | undefined
}

/** What a deployment did. */
export interface Deployed {
  apiId: string
  apiName: string
  stage: string
  /** What the stage, or its canary, serves now. */
  deploymentId: string
  /** What it served before; undefined where that is the same. */
  previousDeploymentId?: string | undefined
  /** Whether a deployment was made. */
  deployed: boolean
  /** Whether the stage was made by this. */
  created: boolean
  /** Set where a canary of the stage received the deployment and the stage itself did not: percent of the requests. */
  canaryPercent?: number | undefined
  /** How much was different; undefined where that could not be told. */
  changes?: Difference['counts'] | undefined
  /** What of the API was not compared. */
  notCompared: readonly string[]
  /** What the stage had and has still; undefined where it is new or nothing was done to it. */
  kept?: Kept | undefined
  url: string
}

/** What a deployment is going to do, and what it would change. */
export interface DeploymentPlan extends Plan<Deployed>, Comparison {
  /** Whether the stage is made by it. */
  creates: boolean
  /** What else is to be known before it is done, in sentences. */
  remarks: string[]
  wait: Wait
}

/**
 * A new snapshot of an API for a stage, which is made if it is not there and else only repointed. Where the stage serves
 * the API already as it is edited there is nothing to deploy, and only variables that are otherwise are set; a
 * description alone is no reason. What cannot be compared is deployed.
 *
 * A new stage takes a single CreateDeployment with the stage's name. A stage that exists takes two calls: what
 * CreateDeployment does to its variables and description is not documented, and there are servers on which it drops
 * them, so the snapshot is made by itself and one UpdateStage, which is all or nothing, brings it and new variables in
 * together. Whatever happens between the two, the stage serves one whole snapshot, and the next run makes another.
 *
 * Where a canary of the stage gets requests, the deployment goes to the canary, as it does from the console; one that
 * was promoted and gets none is left alone.
 * @throws Problem when the service would refuse, found out by reading
 */
export async function planDeployment(ports: DeployPorts, request: DeployRequest): Promise<DeploymentPlan> {
  const {api, stage: name} = request
  const all = await ports.stages.list(api.id)
  const before = all.find(stage => stage.name === name)
  checkRequest(request, before)
  const comparison = await compareForDeployment(ports.snapshots, api, name, before)
  checkDeployable(api, comparison.edited)
  const isDifferent = comparison.gap !== undefined || comparison.difference.items.length > 0
  const deploys = isDifferent || before?.deploymentId === undefined || request.force === true
  const variables = otherVariables(request, before)
  const url = invokeUrls(api, name, ports.location)[0]
  const work: Work = {ports, request: {...request, variables}, before, comparison, url}
  return {
    ...comparison,
    creates: !before,
    wait: {api, stage: name, url, creates: !before, before: comparison.served, after: comparison.edited},
    changes: deploys ? deploymentChanges(work) : variableChanges(work),
    nothing: nothingToDo(work),
    remarks: deploys ? [...gapRemarks(work), ...(await orphanRemarks(ports, api, before, all))] : [],
    apply: () => (deploys || !before ? deploy(work) : setVariables(work, before)),
  }
}

/** A request, and all that was found out about it. */
interface Work {
  ports: DeployPorts
  /** With those variables only that are otherwise on the stage. */
  request: DeployRequest
  before: Stage | undefined
  comparison: Comparison
  url: string
}

function checkRequest({api, stage: name, variables}: DeployRequest, before: Stage | undefined): void {
  if (api.endpointType === 'PRIVATE' && !api.policy) throw refusal('no resource policy', api)
  checkVariableCount({...before?.variables, ...variables})
  if (!activeCanary(before) || Object.keys(variables).length === 0) return
  const text = `${name} has a canary, and a deployment goes to it: variables cannot be set in the same step.`
  const hint = `Set them first: apigw stages update ${name} --api ${refOf(api)} --var NAME=VALUE`
  throw new Problem('conflict', text, hint)
}

/** @throws Problem for an API that has no methods, or methods with nothing behind them */
function checkDeployable(api: RestApi, edited: Snapshot | undefined): void {
  if (!edited) return
  const routes = Object.entries(edited.routes)
  if (routes.length === 0) throw refusal('no methods', api)
  const bare = routes.filter(([, {integration}]) => !integration).map(([route]) => route)
  if (bare.length > 0) throw refusal('no integration', api, bare)
}

const otherVariables = ({variables}: DeployRequest, before: Stage | undefined) =>
  Object.fromEntries(Object.entries(variables).filter(([name, value]) => before?.variables[name] !== value))

function deploymentChanges({request: {api, stage, variables}, before, comparison}: Work): Change[] {
  const names = Object.keys(variables)
  const withVariables = names.length > 0 ? [`with ${names.map(name => `${name}=${variables[name]}`).join(', ')}`] : []
  const canary = activeCanary(before)
  const detail = canary
    ? [`only its canary, ${canary.percentTraffic} % of the requests, instead of ${canary.deploymentId}`]
    : before?.deploymentId
      ? [`instead of ${before.deploymentId}`]
      : []
  return [
    {action: 'deploy', kind: 'API', name: api.name, detail: routeCount(comparison)},
    {
      action: before ? 'update' : 'create',
      kind: 'stage',
      name: stage,
      detail: [...detail, ...withVariables].join(', ') || undefined,
    },
  ]
}

function routeCount({edited}: Comparison): string | undefined {
  const count = edited && Object.keys(edited.routes).length
  return count === undefined ? undefined : `${count} ${count === 1 ? 'method' : 'methods'}`
}

function variableChanges({request: {stage, variables}, before}: Work): Change[] {
  return Object.entries(variables).map(([name, value]) => {
    const detail = `variable ${name}: ${before?.variables[name] ?? 'none'} → ${value}`
    return {action: 'update', kind: 'stage', name: stage, detail}
  })
}

/** Said where nothing has to be done; what was not compared may be different all the same. */
function nothingToDo({request, before, comparison: {difference}}: Work): string {
  const {api, stage, description} = request
  const serves = `${stage} serves ${api.name} as it is edited already (${before?.deploymentId}).`
  const unused = description === undefined ? [] : ['The description is not used: it is of a deployment.']
  const {untold} = difference
  if (untold.length === 0) return [`No changes: ${serves}`, ...unused].join('\n')
  const text = `No changes as far as can be told: ${serves} Not compared: ${untold.join(', ')}.`
  return [text, ...unused, `To deploy all the same: ${commandOf(request)} --force`].join('\n')
}

const commandOf = ({api, stage}: DeployRequest) => `apigw deploy --api ${refOf(api)} --stage ${stage}`

function gapRemarks({comparison: {gap}}: Work): string[] {
  return gap === undefined ? [] : [`${gap} It is deployed whether or not anything is different.`]
}

/**
 * What a run leaves that was stopped between its two calls is a deployment on no stage. It is not taken up again: of a
 * deployment without stage the service tells only the routes, so whether it is the API as edited now cannot be known.
 */
async function orphanRemarks(
  {deployments}: Pick<DeployPorts, 'deployments'>,
  api: RestApi,
  before: Stage | undefined,
  all: readonly Stage[],
): Promise<string[]> {
  if (!before) return []
  const known = await unlessRefused(newestFirst(deployments.list(api.id)), [])
  const newest = known.find(deployment => !isTemporaryDeployment(deployment))
  const isServed = (id: string) => all.some(stage => stage.deploymentId === id || stage.canary?.deploymentId === id)
  if (!newest || isServed(newest.id)) return []
  return [
    `The newest deployment so far, ${newest.id}, is on no stage: it was taken back, or a run was stopped before it was ` +
      'done. A new one is made, because what is behind the routes of that one cannot be told.',
  ]
}

async function deploy({ports, request, before, comparison, url}: Work): Promise<Deployed> {
  const {api} = request
  const belongings = before && (await belongingsOf(ports, api, before))
  const deployment = await create(ports, request, before)
  const after = await stageServing(ports, request, deployment.id, before, activeCanary(before) !== undefined)
  const kept = belongings && (await checkKept(ports, api, withVariables(belongings, request), after))
  const isCanary = after.deploymentId !== deployment.id
  return {
    ...toldOf(request, comparison, url),
    deploymentId: deployment.id,
    previousDeploymentId: isCanary ? before?.canary?.deploymentId : before?.deploymentId,
    deployed: true,
    created: !before,
    canaryPercent: isCanary ? after.canary?.percentTraffic : undefined,
    kept,
  }
}

/** Where there is nothing to deploy: one call for the variables, or none. */
async function setVariables({ports, request, comparison, url}: Work, before: Stage): Promise<Deployed> {
  const {api, stage, variables} = request
  const told = {...toldOf(request, comparison, url), deploymentId: before.deploymentId ?? ''}
  if (Object.keys(variables).length === 0) return {...told, deployed: false, created: false}
  const belongings = await belongingsOf(ports, api, before)
  const after = await ports.stages.update(api.id, stage, {variables})
  const kept = await checkKept(ports, api, withVariables(belongings, request), after)
  return {...told, deployed: false, created: false, kept}
}

/** What a stage is to have afterwards. */
const withVariables = ({stage, plans}: Belongings, {variables}: DeployRequest): Belongings => ({
  stage: {...stage, variables: {...stage.variables, ...variables}},
  plans,
})

const toldOf = ({api, stage}: DeployRequest, {difference, gap}: Comparison, url: string) => ({
  apiId: api.id,
  apiName: api.name,
  stage,
  changes: gap === undefined ? difference.counts : undefined,
  notCompared: difference.untold,
  url,
})

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
    await ports.stages.update(api.id, name, {deploymentId: deployment.id, variables}).catch(async error => {
      const problem = await notBroughtIn(ports, request, before, deployment, error)
      if (problem) throw problem
    })
  }
  return deployment
}

/** @returns what to say of a snapshot that is not on its stage; undefined where it is, and only the answer was lost */
async function notBroughtIn(
  {deployments, stages}: DeployPorts,
  request: DeployRequest,
  before: Stage,
  {id}: Deployment,
  error: unknown,
): Promise<unknown> {
  const {api, stage: name, variables} = request
  const pairs = Object.entries(variables).map(([key, value]) => ` --var ${quoted(`${key}=${value}`)}`)
  const left = `${repointing(request, id)}${pairs.join('')}`
  const again = `To make another: ${commandOf(request)}${pairs.join('')}`
  const look = `apigw stages get ${name} --api ${refOf(api)}`
  const doubt = `The snapshot ${id} was made; whether ${name} serves it is not known`
  const inDoubt = `Look: ${look}\nWhat may be left to do: ${left}`
  if (error instanceof Problem && error.kind === 'interrupted') {
    return new Problem('interrupted', `${error.message} ${doubt}.`, inDoubt, error)
  }
  if (isUncertain(error)) {
    const now = await unlessRefused<Stage | undefined>(stages.get(api.id, name), undefined)
    if (!now) return restated(error, doubt, inDoubt)
    if (now.deploymentId === id) return undefined
  }
  const serves = before.deploymentId ? `which still serves ${before.deploymentId}` : 'which is as it was'
  const meaning = `The snapshot ${id} was made, but not brought to ${name}, ${serves}`
  // Until a stage serves it anybody may delete it, as deployments prune --keep 0 does.
  const isGone = error instanceof Problem && error.kind === 'failed' && !(await isListed(deployments, api, id))
  return restated(error, meaning, isGone ? `It is deleted again. ${again}` : `What is left to do: ${left}`)
}

/** True also where it cannot be told. */
async function isListed({list}: Pick<DeploymentStore, 'list'>, {id: apiId}: RestApi, id: string): Promise<boolean> {
  const known = await unlessRefused<Deployment[] | undefined>(newestFirst(list(apiId)), undefined)
  return known === undefined || known.some(deployment => deployment.id === id)
}

/** Says what the stage serves after a failure that leaves it open. */
async function aftermath(
  {stages}: DeployPorts,
  {api, stage: name}: DeployRequest,
  before: Stage | undefined,
  error: Problem,
): Promise<unknown> {
  const look = `apigw stages get ${name} --api ${refOf(api)}`
  let now: Stage | undefined
  try {
    now = await stages.get(api.id, name)
  } catch (unread) {
    if (!isMissing(unread)) return restated(error, 'The deployment failed, perhaps after it was done', `Look: ${look}`)
    return restated(error, 'The deployment failed', `There is no stage ${name} yet. Nothing was changed: run it again.`)
  }
  if (now.deploymentId === before?.deploymentId && now.canary?.deploymentId === before?.canary?.deploymentId) {
    // A stage that is there gets its deployment by a second call: of the first one there may be a deployment on no stage.
    const serves = now.deploymentId ? `, which still serves ${now.deploymentId}` : ''
    return restated(error, 'The deployment failed', `Nothing was changed on ${name}${serves}: run it again.`)
  }
  const [what, id] =
    now.deploymentId === before?.deploymentId
      ? [`the canary of ${name}`, now.canary?.deploymentId ?? 'nothing']
      : [name, now.deploymentId]
  const hint = `${what} serves ${id} since then, so it was probably done. Look: ${look}`
  return restated(error, 'The answer to the deployment was lost', hint)
}
