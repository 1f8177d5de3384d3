import type {RestApi} from '../apis.js'
import {type Deployment, deploymentCalled} from '../deployments/deployment.js'
import {Problem} from '../problem.js'
import {type Stage, stageNamed} from '../stages.js'
import {editedSide, type SnapshotSide, stageSide, summarySide} from './reading.js'
import type {SnapshotSource} from './source.js'
import {isTemporary, type TemporaryStagePorts, withTemporaryStage} from './temporary-stage.js'

type Api = Pick<RestApi, 'id' | 'name'>

/** One side of a comparison, and why it is a summary although a stage serves it. */
export interface ReadSide extends SnapshotSide {
  refusal?: string
}

export interface DeploymentSideOptions {
  /** The stages that the API has. */
  stages: readonly Stage[]
  /** Where somebody agreed to a temporary stage, what it takes. */
  temporary?: TemporaryStagePorts | undefined
}

/**
 * What a deployment has: whole by the export of a stage that serves it, or else by that of a temporary stage if somebody
 * agreed to one; otherwise only its summary, and then `snapshot.detail` says so, and `refusal` if it was refused. A deployment that only a canary serves
 * is one that no stage serves: an export tells what the stage itself serves.
 */
export async function deploymentSide(
  source: Pick<SnapshotSource, 'exported' | 'summary'>,
  api: Api,
  {id, createdDate}: Pick<Deployment, 'id' | 'createdDate'>,
  {stages, temporary}: DeploymentSideOptions,
): Promise<ReadSide> {
  const read = (name: string) => exportOf(source, api, {name, deploymentId: id})
  const stage = stages.find(stage => stage.deploymentId === id && !isTemporary(stage))
  const told: Pick<ReadSide, 'snapshot' | 'refusal'> = stage
    ? await read(stage.name)
    : temporary
      ? await withTemporaryStage(temporary, api, {stages, deploymentId: id}, ({name}) => read(name))
      : await summarySide(source, api, id)
  return {...told, side: {kind: 'deployment', name: id, deploymentId: id, createdDate}}
}

/** What is known of an API before its snapshots are read. */
export interface SideOptions extends DeploymentSideOptions {
  /** The newest first. */
  deployments: readonly Deployment[]
}

/**
 * One side of a comparison by what somebody called it: the id of a deployment, `latest`, the name of a stage, or
 * `edited`. `stage:NAME` is a stage whatever it is called.
 * @throws Problem `missing` where there is neither a stage nor a deployment of that name, `usage` where it may be both
 */
export async function sideCalled(
  source: Pick<SnapshotSource, 'edited' | 'exported' | 'summary'>,
  api: Api,
  ref: string,
  options: SideOptions,
): Promise<ReadSide> {
  const {stages, deployments} = options
  const name = ref.replace(/^stage:/, '')
  const stage = stages.find(stage => stage.name === name)
  const isOther = ref === 'edited' || ref === 'latest' || deployments.some(({id}) => id === ref)
  if (stage && isOther)
    throw new Problem('usage', `"${ref}" is the name of a stage, too.`, `The stage is stage:${ref}.`)
  if (stage) return datedStageSide(source, api, stage, options)
  if (ref === 'edited') return editedSide(source, api)
  if (name !== ref) return datedStageSide(source, api, stageNamed(stages, name, api), options)
  return deploymentSide(source, api, deploymentCalled(deployments, api, ref), options)
}

/** What a stage serves, with the age of its deployment. */
export async function datedStageSide(
  source: Pick<SnapshotSource, 'exported' | 'summary'>,
  api: Api,
  {name, deploymentId}: Pick<Stage, 'name' | 'deploymentId'>,
  {deployments}: Pick<SideOptions, 'deployments'>,
): Promise<ReadSide> {
  const {createdDate} = deployments.find(({id}) => id === deploymentId) ?? {}
  const side = {kind: 'stage', name, deploymentId, createdDate} as const
  return {side, ...(await exportOf(source, api, {name, deploymentId}))}
}

/**
 * What the export of a stage tells. Where the service refuses it, as it does for models that are not JSON, the summary of
 * its deployment, and why. Source: developer guide, api-gateway-export-api
 */
async function exportOf(
  source: Pick<SnapshotSource, 'exported' | 'summary'>,
  api: Api,
  stage: Pick<Stage, 'name' | 'deploymentId'>,
): Promise<Pick<ReadSide, 'snapshot' | 'refusal'>> {
  try {
    return {snapshot: (await stageSide(source, api, stage)).snapshot}
  } catch (error) {
    const isRefused = error instanceof Problem && error.code === 'BadRequestException'
    if (!isRefused || stage.deploymentId === undefined) throw error
    return {snapshot: (await summarySide(source, api, stage.deploymentId)).snapshot, refusal: error.message}
  }
}
