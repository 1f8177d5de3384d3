import {type RestApi, refOf} from '../apis.js'
import {type DeploymentStore, newestFirst} from '../deployments/deployment.js'
import {Problem, unlessRefused} from '../problem.js'
import type {Stage, StageStore} from '../stages.js'
import {
  type DeploymentSideOptions,
  datedStageSide,
  deploymentSide,
  type ReadSide,
  type SideOptions,
  sideCalled,
} from './deployments.js'
import {compare, type Difference, withItems} from './difference.js'
import {editedSide} from './reading.js'
import type {SnapshotSource} from './source.js'
import {stageSettingDifferences} from './stage-settings.js'

type Api = Pick<RestApi, 'id' | 'name'>

export interface ComparisonPorts {
  snapshots: Pick<SnapshotSource, 'edited' | 'exported' | 'summary'>
  deployments: Pick<DeploymentStore, 'list'>
  stages: Pick<StageStore, 'list'>
}

/** A difference, and what one should know of how it was found, in sentences. */
export interface Comparison {
  difference: Difference
  remarks: string[]
}

export interface StageComparisonRequest {
  stage: Stage
  /** All stages of the API, as they are listed. */
  stages: readonly Stage[]
  /** Another stage; without it, the API as it is edited. */
  against?: Stage | undefined
  /** Take what the canary of the stage serves instead of what the stage itself does. */
  canary: boolean
  /** Leave the settings of the two stages alone. */
  snapshotOnly: boolean
  temporary?: DeploymentSideOptions['temporary']
}

/**
 * What a deployment to a stage would change; or with another stage, what would change on that one if it got what this one
 * has.
 * @throws Problem missing where a canary is asked for that is not there, usage for a stage against itself
 */
export async function compareStage(
  ports: ComparisonPorts,
  api: Api,
  {stage, against, canary, snapshotOnly, temporary, stages}: StageComparisonRequest,
): Promise<Comparison> {
  if (against?.name === stage.name) throw new Problem('usage', `--against ${stage.name}: that is the same stage.`)
  // Only for ages; what is compared does not hang on them.
  const deployments = await unlessRefused(newestFirst(ports.deployments.list(api.id)), [])
  const options = {stages, deployments, temporary}
  const own = canary ? canarySide(ports, api, stage, options) : datedStageSide(ports.snapshots, api, stage, options)
  const remarks = canary ? [] : canaryRemarks(api, [stage, ...(against ? [against] : [])])
  if (!against) {
    const [before, after] = await Promise.all([own, editedSide(ports.snapshots, api)])
    return compared(api, before, after, remarks)
  }
  const [before, after] = await Promise.all([datedStageSide(ports.snapshots, api, against, options), own])
  const {difference, remarks: all} = compared(api, before, after, remarks)
  const settings = snapshotOnly ? [] : stageSettingDifferences(against, stage)
  return {difference: withItems(difference, [...difference.items, ...settings]), remarks: all}
}

/**
 * What makes one deployment another than the other.
 * @param refs as `sideCalled` takes them
 */
export async function compareDeployments(
  ports: ComparisonPorts,
  api: Api,
  refs: {before: string; after: string},
  temporary: DeploymentSideOptions['temporary'],
): Promise<Comparison> {
  const [stages, deployments] = await Promise.all([
    ports.stages.list(api.id),
    newestFirst(ports.deployments.list(api.id)),
  ])
  const options = {stages, deployments, temporary}
  // One after the other: there may be room for one temporary stage only.
  const before = await sideCalled(ports.snapshots, api, refs.before, options)
  const after = await sideCalled(ports.snapshots, api, refs.after, options)
  const named = stages.filter(({name}) => [before, after].some(({side}) => side.kind === 'stage' && side.name === name))
  return compared(api, before, after, canaryRemarks(api, named))
}

/** What the canary of a stage serves. */
async function canarySide(
  {snapshots}: ComparisonPorts,
  api: Api,
  {name, canary}: Stage,
  options: SideOptions,
): Promise<ReadSide> {
  if (canary?.deploymentId === undefined) throw new Problem('missing', `${name} has no canary.`)
  const {id, createdDate} = options.deployments.find(deployment => deployment.id === canary.deploymentId) ?? {
    id: canary.deploymentId,
  }
  const {side, ...told} = await deploymentSide(snapshots, api, {id, createdDate}, options)
  return {...told, side: {...side, name: `canary of ${name}`}}
}

function compared(api: Api, before: ReadSide, after: ReadSide, remarks: readonly string[]): Comparison {
  const summaries = [before, after].filter(({snapshot}) => snapshot.detail === 'summary')
  return {difference: compare(api, before, after), remarks: [...remarks, ...summaries.map(summaryRemark)]}
}

function summaryRemark({side: {name, deploymentId}, refusal}: ReadSide): string {
  const known = 'only its routes are known, their authorization and whether they need a key'
  if (refusal !== undefined) return `${name} cannot be exported, so that ${known}. The service says: ${refusal}`
  const what = name === deploymentId ? name : `the ${name}`
  const flag = '--temporary-stage, which makes it callable for a moment, under a name that nobody can guess'
  return `No stage serves what ${what} has, so that ${known}. For the rest: ${flag}.`
}

/** The stage's export tells what the stage itself serves. */
function canaryRemarks(api: Api, stages: readonly Stage[]): string[] {
  return stages.flatMap(({name, deploymentId, canary}) => {
    if (!canary?.deploymentId || canary.deploymentId === deploymentId) return []
    const share = `${canary.percentTraffic} % of the requests get ${canary.deploymentId}`
    return [
      `${name} has a canary: ${share}, which is not compared here. To compare it: ` +
        `apigw stages diff ${name} --api ${refOf(api)} --canary`,
    ]
  })
}
