import {type RestApi, refOf} from '../apis.js'
import type {Location} from '../location.js'
import type {Plan} from '../plan.js'
import type {PlanStore} from '../plans.js'
import {Problem, unlessRefused} from '../problem.js'
import type {Wait} from '../serving.js'
import type {Session} from '../session.js'
import {deploymentSide} from '../snapshots/deployments.js'
import {compare, type Difference, withItems} from '../snapshots/difference.js'
import {type SnapshotSide, undeployed} from '../snapshots/reading.js'
import type {SnapshotSource} from '../snapshots/source.js'
import {isTemporaryDeployment, type TemporaryStagePorts} from '../snapshots/temporary-stage.js'
import type {Stage, StageStore} from '../stages.js'
import {invokeUrls} from '../urls.js'
import {activeCanary} from './comparison.js'
import {type Deployment, type DeploymentStore, deploymentCalled, newestFirst} from './deployment.js'
import {belongingsOf, checkKept, type Kept} from './kept.js'
import {isUncertain, restated, stageServing} from './repoint.js'

export interface RollbackPorts {
  deployments: Pick<DeploymentStore, 'list'>
  snapshots: SnapshotSource
  stages: Pick<StageStore, 'get' | 'update'>
  plans: Pick<PlanStore, 'list'>
  location: Location
  session: Pick<Session, 'clock' | 'signal' | 'notice'>
}

export interface RollbackRequest {
  api: RestApi
  stage: Stage
  /** The stages that the API has. */
  stages: readonly Stage[]
  /** Id of a deployment, or `previous`: the newest one that is older than what the stage serves. */
  to: string
  /** Whether nobody is asked before it is done. */
  isUnattended?: boolean | undefined
  /** End a canary that gets requests in the same step. */
  force?: boolean | undefined
  /** Where somebody agreed to a temporary stage, to read what no stage serves. */
  temporary?: TemporaryStagePorts | undefined
}

/** What a rollback did. */
export interface RolledBack {
  apiId: string
  apiName: string
  stage: string
  /** What the stage serves now. */
  deploymentId: string
  /** What it served before; undefined where that is the same. */
  previousDeploymentId?: string | undefined
  /** Description of what it serves now. */
  description?: string | undefined
  createdDate?: Date | undefined
  /** How much is otherwise than before, as far as it was compared; undefined where it could not be. */
  changes?: Difference['counts'] | undefined
  notCompared: readonly string[]
  /** What the stage had and has still; undefined where nothing was done to it. */
  kept?: Kept | undefined
  url: string
}

/** What a rollback is going to do, and what it would change. */
export interface RollbackPlan extends Plan<RolledBack> {
  difference: Difference
  /** What else is to be known before it is done, in sentences. */
  remarks: string[]
  /** What to ask before it is done. */
  question: string
  wait: Wait
}

/**
 * Lets a stage serve a deployment that there is already, by one UpdateStage: whatever happens, the stage serves one whole
 * snapshot. Nothing but what it serves is changed, and the API as edited is not touched.
 * @throws Problem missing for a deployment that is not there, conflict for a stage whose canary gets requests
 */
export async function planRollback(ports: RollbackPorts, request: RollbackRequest): Promise<RollbackPlan> {
  const {api, stage: before} = request
  const {name} = before
  const listed = await newestFirst(ports.deployments.list(api.id))
  const all = listed.filter(deployment => !isTemporaryDeployment(deployment))
  const target = targetOf(request, all)
  const canary = activeCanary(before)
  if (canary && !request.force && target.id !== before.deploymentId) {
    throw canaryInTheWay(request, canary.percentTraffic)
  }
  const left = leftBehind(request, all)
  if (left && request.isUnattended) throw alreadyDone(request, left, target)
  const url = invokeUrls(api, name, ports.location)[0]
  const wait: Wait = {api, stage: name, url, creates: false}
  if (target.id === before.deploymentId) {
    const nothing = `Nothing to do: ${name} serves ${target.id} already.`
    const apply = async () => toldOf(request, target, url)
    const difference = differenceOf(request, target, [])
    return {changes: [], nothing, difference, remarks: [], question: nothing, wait, apply}
  }
  const sides = await sidesOf(ports, request, target, all)
  const difference = sides ? comparedSides(request, sides) : differenceOf(request, target, ['anything'])
  const ends = canary ? `; its canary ends, which gets ${canary.percentTraffic} % (${canary.deploymentId})` : ''
  const step = `${target.id} instead of ${before.deploymentId}${ends}`
  return {
    difference,
    remarks: [...(left ? [alreadyText(request, left)] : []), ...partRemarks(sides)],
    changes: [{action: 'update', kind: 'stage', name, detail: `back to ${step}`}],
    question: `Let ${name} serve ${step}?`,
    wait: {...wait, before: sides?.before.snapshot, after: sides?.after.snapshot},
    apply: async () => {
      const belongings = await belongingsOf(ports, api, canary ? {...before, canary: undefined} : before)
      const changes = {deploymentId: target.id, canary: canary && ('remove' as const)}
      await ports.stages.update(api.id, name, changes).catch(async error => {
        const problem = await notRepointed(ports, request, target, error)
        if (problem) throw problem
      })
      const after = await stageServing(ports, {api, stage: name}, target.id, before)
      const kept = await checkKept(ports, api, belongings, after)
      return {
        ...toldOf(request, target, url),
        previousDeploymentId: before.deploymentId,
        changes: sides && difference.counts,
        notCompared: difference.untold,
        kept,
      }
    },
  }
}

/** @returns what to say of a stage that was not repointed; undefined where it was, and only the answer was lost */
async function notRepointed(
  {stages}: RollbackPorts,
  {api, stage: {name, deploymentId}}: RollbackRequest,
  target: Deployment,
  error: unknown,
): Promise<unknown> {
  if (!isUncertain(error)) return error
  const now = await unlessRefused<Stage | undefined>(stages.get(api.id, name), undefined)
  if (now?.deploymentId === target.id) return undefined
  const look = `Look: apigw stages get ${name} --api ${refOf(api)}`
  if (!now) return restated(error, `Whether ${name} serves ${target.id} is not known`, look)
  if (now.deploymentId !== deploymentId) return restated(error, `${name} serves ${now.deploymentId} by now`, look)
  return restated(error, `${name} still serves ${deploymentId}`, 'Nothing was changed: run it again.')
}

const toldOf = ({api, stage}: RollbackRequest, target: Deployment, url: string): RolledBack => ({
  apiId: api.id,
  apiName: api.name,
  stage: stage.name,
  deploymentId: target.id,
  description: target.description,
  createdDate: target.createdDate,
  notCompared: [],
  url,
})

/** @throws Problem missing */
function targetOf({api, stage: before, to}: RollbackRequest, all: readonly Deployment[]): Deployment {
  if (to !== 'previous') return deploymentCalled(all, api, to)
  const served = all.findIndex(({id}) => id === before.deploymentId)
  const list = `See them: apigw deployments list --api ${refOf(api)}`
  if (served < 0) {
    const id = before.deploymentId ?? 'nothing'
    const text = `What is previous cannot be told: ${id}, which ${before.name} serves, is not listed.`
    throw new Problem('missing', text, `Name one, with --to ID. ${list}`)
  }
  const target = all[served + 1]
  if (target) return target
  const text = `${before.name} serves ${before.deploymentId}, the oldest deployment of ${api.name}: there is none before it.`
  throw new Problem('missing', text, list)
}

/**
 * Of the deployments that are newer than the served one, the newest that is on no stage: then the stage may be rolled
 * back already. "Previous" means another deployment after it was done, so that a script which was stopped and runs again
 * would go further back than anybody wanted.
 */
function leftBehind({stage, stages, to}: RollbackRequest, all: readonly Deployment[]): Deployment | undefined {
  if (to !== 'previous') return undefined
  const newer = all.slice(
    0,
    Math.max(
      all.findIndex(({id}) => id === stage.deploymentId),
      0,
    ),
  )
  const isServed = (id: string) => stages.some(other => other.deploymentId === id || other.canary?.deploymentId === id)
  return newer.find(({id}) => !isServed(id))
}

const alreadyText = ({stage: {name, deploymentId}}: RollbackRequest, left: Deployment) =>
  `${name} may be rolled back already: it serves ${deploymentId}, and ${left.id}, which is newer, is on no stage.`

function alreadyDone(request: RollbackRequest, left: Deployment, target: Deployment): Problem {
  const further = `apigw rollback --api ${refOf(request.api)} --stage ${request.stage.name} --to ${target.id}`
  return new Problem('conflict', alreadyText(request, left), `To go further back: ${further}`)
}

/**
 * A canary goes on getting its share whatever the stage serves, so that it would not be rolled back for all. And while
 * there is one, the stage "cannot be associated with another non-canary release deployment" (Developer Guide, "Set up
 * an API Gateway canary release deployment"), so both are done in one step or not at all.
 */
function canaryInTheWay({api, stage: {name}}: RollbackRequest, percent: number): Problem {
  const text = `${name} has a canary, which would go on getting ${percent} % of the requests.`
  const abort = `apigw canary abort --api ${refOf(api)} --stage ${name}`
  return new Problem('conflict', text, `End it first: ${abort}; or end it in the same step: --force`)
}

interface Sides {
  before: SnapshotSide
  after: SnapshotSide
}

/** What is served before and afterwards; undefined where the service does not tell: an emergency does not wait for it. */
async function sidesOf(
  {snapshots}: RollbackPorts,
  {api, stage, stages, temporary}: RollbackRequest,
  target: Deployment,
  all: readonly Deployment[],
): Promise<Sides | undefined> {
  const current = all.find(({id}) => id === stage.deploymentId) ?? {id: stage.deploymentId ?? ''}
  const read = async () => ({
    before: await deploymentSide(snapshots, api, current, {stages: [stage]}),
    after: await deploymentSide(snapshots, api, target, {stages, temporary}),
  })
  return unlessRefused(read(), undefined)
}

const isInPart = ({before, after}: Sides) => before.snapshot.detail === 'summary' || after.snapshot.detail === 'summary'

/** A difference with nothing in it. */
function differenceOf({api, stage}: RollbackRequest, target: Deployment, untold: readonly string[]): Difference {
  const before = {kind: 'stage', name: stage.name, deploymentId: stage.deploymentId} as const
  const after = {kind: 'deployment', name: target.id, deploymentId: target.id} as const
  return withItems({api, before, after, untold}, [])
}

function comparedSides({api, stage: {name}}: RollbackRequest, sides: Sides): Difference {
  const {side, snapshot} = sides.before
  return compare(api, {side: {...side, kind: 'stage', name}, snapshot}, sides.after)
}

function partRemarks(sides: Sides | undefined): string[] {
  if (!sides) return ['What is different cannot be told: the service does not tell.']
  if (!isInPart(sides)) return []
  const {name} = sides.after.side
  return [`No stage serves ${name} now, so only its routes can be compared. For the rest: --temporary-stage`]
}

/** Said after a rollback: the API as edited is what it was, and the next deployment brings it back. */
export async function editedStill(
  {snapshots}: Pick<RollbackPorts, 'snapshots'>,
  api: Pick<RestApi, 'id' | 'name'>,
  rolledBack: Pick<RolledBack, 'stage' | 'deploymentId'>,
): Promise<string> {
  const {stage: name, deploymentId} = rolledBack
  const deploy = `apigw deploy --api ${refOf(api)} --stage ${name}`
  const difference = await unlessRefused(undeployed(snapshots, api, {name, deploymentId}), undefined)
  const count = difference?.items.length ?? 0
  if (difference && count === 0 && difference.untold.length === 0) return `${name} serves now what is edited.`
  const next = `the next deployment would bring that back: ${deploy}`
  if (count === 0) return `The API as edited was not rolled back: ${next}`
  const many = `${count} ${count === 1 ? 'change' : 'changes'}`
  return `The API as edited was not rolled back, it differs by ${many}. T${next.slice(1)}`
}
