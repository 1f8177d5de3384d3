import {type RestApi, refOf} from '../apis.js'
import {type BulkPlan, type BulkResult, bulkPlan, eachInTurn} from '../bulk.js'
import type {Plan} from '../plan.js'
import {isMissing, Problem} from '../problem.js'
import type {Route, RouteStore} from '../routes.js'
import type {Stage, StageStore} from '../stages.js'
import {type Deployment, type DeploymentStore, deploymentCalled, newestFirst} from './deployment.js'

/** What can be done to deployments that were made already. */
export interface DeploymentHistory extends Pick<DeploymentStore, 'list'> {
  /** An empty description takes it away. */
  describe(apiId: string, id: string, description: string): Promise<Deployment>
  /** @throws Problem missing, or conflict while a stage or a canary serves it */
  delete(apiId: string, id: string): Promise<void>
}

export interface HistoryPorts {
  deployments: DeploymentHistory
  stages: Pick<StageStore, 'list'>
  routes: Pick<RouteStore, 'deployed'>
}

type Api = Pick<RestApi, 'id' | 'name'>

/** A deployment, and what serves it. */
export interface UsedDeployment extends Deployment {
  /** Names of the stages that serve it. */
  stages: string[]
  /** Names of the stages whose canary serves it. */
  canaries: string[]
}

/** All deployments of an API with what serves them, the newest first. */
export async function history(
  {deployments, stages}: {deployments: Pick<DeploymentStore, 'list'>; stages: Pick<StageStore, 'list'>},
  api: Api,
): Promise<UsedDeployment[]> {
  const [all, served] = await Promise.all([newestFirst(deployments.list(api.id)), stages.list(api.id)])
  return all.map(deployment => ({...deployment, ...usesOf(deployment, served)}))
}

const usesOf = ({id}: Deployment, stages: readonly Stage[]): Pick<UsedDeployment, 'stages' | 'canaries'> => ({
  stages: stages.filter(({deploymentId}) => deploymentId === id).map(({name}) => name),
  canaries: stages.filter(({canary}) => canary?.deploymentId === id).map(({name}) => name),
})

const isUsed = ({stages, canaries}: Pick<UsedDeployment, 'stages' | 'canaries'>) => stages.length + canaries.length > 0

/** A deployment with its methods, as far as the service tells of them: not what is behind them. */
export interface DescribedDeployment extends UsedDeployment {
  routes: Route[]
}

/** One deployment, by id or as `latest`. @throws Problem missing */
export async function describeDeployment(
  ports: Pick<HistoryPorts, 'deployments' | 'stages' | 'routes'>,
  api: Api,
  ref: string,
): Promise<DescribedDeployment> {
  const found = deploymentCalled(await history(ports, api), api, ref)
  return {...found, routes: await ports.routes.deployed(api.id, found.id)}
}

/** Plans a new description of one deployment, by id or as `latest`. @throws Problem missing */
export async function planDescription(
  ports: Pick<HistoryPorts, 'deployments' | 'stages'>,
  api: Api,
  ref: string,
  description: string,
): Promise<Plan<UsedDeployment>> {
  const found = deploymentCalled(await history(ports, api), api, ref)
  if (description === (found.description ?? '')) return {changes: [], apply: async () => found}
  const detail = description === '' ? 'description taken away' : `description ${description}`
  return {
    changes: [{action: 'update', kind: 'deployment', name: found.id, detail}],
    apply: async () => ({...found, ...(await ports.deployments.describe(api.id, found.id, description))}),
  }
}

/** Plans to delete several deployments, by id or as `latest`. One that is served is not even tried. */
export async function planDeletions(
  ports: Omit<HistoryPorts, 'routes'>,
  api: Api,
  refs: readonly string[],
): Promise<BulkPlan<UsedDeployment>> {
  const all = await history(ports, api)
  const found = await eachInTurn(
    [...new Set(refs)],
    ref => ref,
    async ref => {
      const deployment = deploymentCalled(all, api, ref)
      refuseUsed(api, deployment)
      return deployment
    },
  )
  return deletions(ports, api, {...found, done: [...new Set(found.done)]})
}

/** @throws Problem conflict, with the commands that free it, while a stage or a canary serves the deployment */
function refuseUsed(api: Api, {id, stages, canaries}: UsedDeployment): void {
  if (!isUsed({stages, canaries})) return
  const users = [...stages.map(name => `the stage ${name}`), ...canaries.map(name => `the canary of ${name}`)]
  const on = (name: string) => `${name} --api ${refOf(api)}`
  const ways = [
    ...stages.map(name => `apigw stages update ${on(name)} --deployment ID, or apigw stages delete ${on(name)}`),
    ...canaries.map(name => `apigw canary abort --stage ${on(name)}`),
  ]
  throw new Problem('conflict', `${id} is served by ${users.join(' and ')}.`, `To free it: ${ways.join('; ')}`)
}

export interface Pruning {
  /** How many of those that nothing serves stay, besides all that are served: the newest. */
  keep: number
  /** Milliseconds since 1970: only what was made before then goes. */
  before?: number | undefined
}

export interface PruningPlan extends BulkPlan<UsedDeployment> {
  /** How many stay: those that are served, and others. */
  kept: {served: number; unused: number}
}

/** Plans to delete the old deployments of an API that nothing serves. Run again, it goes on where it stopped. */
export async function planPruning(
  ports: Omit<HistoryPorts, 'routes'>,
  api: Api,
  {keep, before}: Pruning,
): Promise<PruningPlan> {
  const all = await history(ports, api)
  const unused = all.filter(deployment => !isUsed(deployment))
  const old = unused.slice(keep).filter(deployment => before === undefined || isOlder(deployment, before))
  const kept = {served: all.length - unused.length, unused: unused.length - old.length}
  // The oldest go first: what stays when it is interrupted is a history without a gap.
  return {...deletions(ports, api, {done: old.reverse(), failed: []}), kept}
}

/** Of one without a date it cannot be known. */
const isOlder = ({createdDate}: Deployment, moment: number) =>
  createdDate !== undefined && createdDate.getTime() < moment

/** How many deletions rely on one look at what the stages serve. */
const LOOK = 25

/**
 * What the stages serve is read once more right before, because somebody may have thought about the question for long, or
 * gone back to an old deployment meanwhile. The service looks, too: it deletes nothing that a stage or a canary serves.
 */
function deletions(
  {deployments, stages}: Omit<HistoryPorts, 'routes'>,
  api: Api,
  found: BulkResult<UsedDeployment>,
): BulkPlan<UsedDeployment> {
  let count = 0
  let served: readonly Stage[] = []
  return bulkPlan(
    found,
    ({id}) => id,
    found.done.map(deployment => ({
      action: 'delete',
      kind: 'deployment',
      name: deployment.id,
      detail: detailOf(deployment),
    })),
    async deployment => {
      if (count++ % LOOK === 0) served = await stages.list(api.id)
      refuseUsed(api, {...deployment, ...usesOf(deployment, served)})
      await deployments.delete(api.id, deployment.id).catch((error: unknown) => {
        if (!isMissing(error)) throw error
      })
      return deployment
    },
  )
}

const detailOf = ({createdDate, description}: Deployment): string | undefined =>
  [createdDate && `made ${createdDate.toISOString().slice(0, 10)}`, description].filter(Boolean).join(', ') || undefined

/** What is asked before deployments are deleted, and what has to be typed: the id of one, the number of several. */
export function deletionQuestion({changes, size}: BulkPlan<UsedDeployment>, api: Api): {message: string; name: string} {
  const [first] = changes
  const what = changes.length === 1 ? `the deployment ${first?.name}` : `${changes.length} deployments`
  const message = `This deletes ${what} of ${api.name}, for good: no stage can go back to ${changes.length === 1 ? 'it' : 'them'}.`
  return {message, name: size === 1 ? (first?.name ?? '') : String(size)}
}
