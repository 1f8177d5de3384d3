import {type RestApi, refOf} from '../apis.js'
import {compareForDeployment} from '../deployments/comparison.js'
import type {Deployment, DeploymentStore} from '../deployments/deployment.js'
import {belongingsOf, checkKept, type KeepingPorts} from '../deployments/kept.js'
import {isUncertain, restated} from '../deployments/repoint.js'
import type {Change, Plan} from '../plan.js'
import {Problem, unlessRefused} from '../problem.js'
import type {SnapshotSource} from '../snapshots/source.js'
import {type Canary, checkVariableCount, checkVariables, type Stage, type StageStore} from '../stages.js'
import {canaryCommand, waysOut} from './canary.js'

export interface StartPorts extends KeepingPorts {
  deployments: Pick<DeploymentStore, 'create'>
  snapshots: SnapshotSource
  stages: Pick<StageStore, 'get' | 'list'>
}

export interface CanaryRequest {
  api: RestApi
  stage: Stage
  description?: string | undefined
  canary: Omit<Canary, 'deploymentId'>
  /** Also where the canary would not differ from the stage. */
  force: boolean
}

/** A canary as it is on its stage. */
export interface StagedCanary {
  apiId: string
  apiName: string
  stage: string
  /** What the canary serves. */
  deploymentId: string
  /** What the other requests are served. */
  baseDeploymentId?: string | undefined
  percentTraffic: number
  variables: Record<string, string>
  useStageCache: boolean
}

/**
 * Gives a part of the requests to a stage the API as it is edited now: a new snapshot, which only the canary of the
 * stage serves. One call does both, or nothing.
 * @throws Problem conflict where a canary gets requests already, or where it would answer as the stage does
 */
export async function planCanary(ports: StartPorts, request: CanaryRequest): Promise<Plan<StagedCanary>> {
  const {api, stage, canary, description} = request
  const {variables, percentTraffic} = canary
  checkVariableCount({...stage.variables, ...checkVariables(variables)})
  checkNoneRuns(api, stage)
  const others = Object.entries(variables).filter(([name, value]) => stage.variables[name] !== value)
  const detail = await differenceOf(ports, request, others.length > 0)
  const changes: Change[] = [
    {action: 'deploy', kind: 'API', name: api.name, detail},
    {
      action: stage.canary ? 'update' : 'create',
      kind: 'canary of stage',
      name: stage.name,
      detail: [
        `${percentTraffic} % of the requests`,
        ...others.map(([name, value]) => `with ${name}=${value}`),
        ...(canary.useStageCache ? ['on the cache of the stage'] : []),
      ].join(', '),
    },
  ]
  return {
    changes,
    apply: async () => {
      const before = await belongingsOf(ports, api, stage)
      const target = {description, stage: {name: stage.name, canary}}
      const deployment = await ports.deployments.create(api, target).catch(async error => {
        throw isUncertain(error) ? await aftermath(ports, request, error) : error
      })
      const after = await ports.stages.get(api.id, stage.name).catch(error => {
        const meaning = `${deployment.id} was deployed to the canary of ${stage.name}, but the stage could not be read back`
        throw restated(error, meaning, ways(request))
      })
      const staged = stagedCanary(api, after, deployment)
      await checkKept(ports, api, {...before, stage: {...stage, canary: undefined}}, after)
      return staged
    },
  }
}

/** Says what the canary serves after a failure that leaves it open. */
async function aftermath({stages}: StartPorts, request: CanaryRequest, error: Problem): Promise<unknown> {
  const {api, stage} = request
  const now = await unlessRefused<Stage | undefined>(stages.get(api.id, stage.name), undefined)
  if (!now) return restated(error, 'The canary was not started, or nobody heard so', ways(request))
  const id = now.canary?.deploymentId
  if (id === undefined || id === stage.canary?.deploymentId) {
    return restated(error, 'The canary was not started', `Nothing was changed on ${stage.name}: run it again.`)
  }
  const hint = `The canary of ${stage.name} serves ${id} since then, so it was probably started.\n${ways(request)}`
  return restated(error, 'The answer to the deployment was lost', hint)
}

const ways = ({api, stage: {name}}: CanaryRequest) =>
  `Look: ${canaryCommand('status', api, name)}\nTo take it back: ${canaryCommand('abort', api, name)}`

function checkNoneRuns(api: RestApi, {name, canary}: Stage): void {
  if (!canary?.percentTraffic) return
  const text = `${name} has a canary already: ${canary.percentTraffic} % of the requests go to ${canary.deploymentId}.`
  const hint = [
    ...waysOut(api, name),
    `To change it: ${canaryCommand('set', api, name)} --percent N`,
    `To give it the API as it is edited now: apigw deploy --api ${refOf(api)} --stage ${name}`,
  ]
  throw new Problem('conflict', text, hint.join('\n'))
}

/** What the canary would serve otherwise, in words. @throws Problem conflict where that is nothing */
async function differenceOf(
  {snapshots}: StartPorts,
  {api, stage, force}: CanaryRequest,
  hasOtherVariables: boolean,
): Promise<string | undefined> {
  const {difference, gap} = await compareForDeployment(snapshots, api, stage.name, stage)
  if (gap !== undefined) return gap
  const count = difference.items.length
  if (count > 0) return `${count} ${count === 1 ? 'change' : 'changes'} to what ${stage.name} serves`
  if (force || hasOtherVariables) return `as ${stage.name} serves it already`
  const untold = difference.untold.length > 0 ? ` (not compared: ${difference.untold.join(', ')})` : ''
  const text = `There is nothing to try out: ${stage.name} serves ${api.name} as it is edited already${untold}.`
  throw new Problem('conflict', text, 'To start a canary all the same: --force; with variables of its own: --var')
}

/** @throws Problem conflict where the canary serves something else by now */
function stagedCanary(api: RestApi, stage: Stage, {id}: Deployment): StagedCanary {
  const {name, canary} = stage
  if (canary?.deploymentId !== id) {
    const serves = canary ? `the canary of ${name} serves ${canary.deploymentId}` : `${name} has no canary any more`
    const text = `${id} was deployed to the canary of ${name}, but ${serves}: somebody else changed it.`
    throw new Problem('conflict', text, `Look: ${canaryCommand('status', api, name)}`)
  }
  return canaryOn(api, stage, {...canary, deploymentId: id})
}

/** A canary of a stage, for people and programs. */
export function canaryOn(api: RestApi, stage: Stage, canary: Canary): StagedCanary {
  return {
    apiId: api.id,
    apiName: api.name,
    stage: stage.name,
    deploymentId: canary.deploymentId ?? '',
    baseDeploymentId: stage.deploymentId,
    percentTraffic: canary.percentTraffic,
    variables: canary.variables,
    useStageCache: canary.useStageCache,
  }
}
