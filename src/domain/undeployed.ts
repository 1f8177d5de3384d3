import {type RestApi, refOf} from './apis.js'
import {activeCanary} from './deployments/comparison.js'
import {Problem, unlessRefused} from './problem.js'
import {compare, type Difference} from './snapshots/difference.js'
import {editedSide, type SnapshotSide, stageSide} from './snapshots/reading.js'
import type {SnapshotSource} from './snapshots/source.js'
import type {Stage, StageStore} from './stages.js'

type Api = Pick<RestApi, 'id' | 'name'>
type ServingStage = Pick<Stage, 'name' | 'deploymentId'>

/** What a stage does not serve yet of the API as it is edited. */
export interface Undeployed {
  stage: string
  /** Undefined where the two could not be compared. */
  difference?: Difference | undefined
  /** Why they could not. */
  problem?: Problem | undefined
}

/**
 * What a deployment to each of some stages would change. The API is read once for all of them, and so is a deployment
 * that several stages serve. A stage that cannot be compared does not keep the others from being so.
 */
export async function undeployedOn(
  source: Pick<SnapshotSource, 'edited' | 'exported'>,
  api: Api,
  stages: readonly ServingStage[],
): Promise<Undeployed[]> {
  if (stages.length === 0) return []
  const after = editedSide(source, api)
  const served = new Map<string, Promise<SnapshotSide>>()
  const servedBy = (stage: ServingStage) => {
    const key = stage.deploymentId ?? `of ${stage.name}`
    const side = served.get(key) ?? stageSide(source, api, stage)
    served.set(key, side)
    return side
  }
  return Promise.all(stages.map(stage => compared(api, stage, servedBy(stage), after)))
}

async function compared(
  api: Api,
  {name, deploymentId}: ServingStage,
  served: Promise<SnapshotSide>,
  edited: Promise<SnapshotSide>,
): Promise<Undeployed> {
  try {
    const [{snapshot}, after] = await Promise.all([served, edited])
    return {stage: name, difference: compare(api, {side: {kind: 'stage', name, deploymentId}, snapshot}, after)}
  } catch (error) {
    if (error instanceof Problem && error.kind !== 'interrupted') return {stage: name, problem: error}
    throw error
  }
}

/** What it takes to say what is not live. */
export interface LivePorts {
  stages: Pick<StageStore, 'list'>
  snapshots: Pick<SnapshotSource, 'edited' | 'exported'>
}

/**
 * Said after an edit: how many changes are not live on which stages, and the commands that show them and make them live.
 * The edit is done, so this never fails: where it cannot count, it says that a deployment is needed.
 * @param isTold whether stages tell of what was edited; else there is nothing to count
 */
export async function liveNote({stages, snapshots}: LivePorts, api: Api, isTold = true): Promise<string> {
  const all = await unlessRefused<readonly Stage[] | undefined>(stages.list(api.id), undefined)
  if (!all) return `Not live yet: run \`${deploying(api, 'NAME')}\``
  if (all.length === 0) return noStageNote(api)
  const undeployed: Undeployed[] = isTold
    ? await undeployedOn(snapshots, api, all)
    : all.map(({name}) => ({stage: name}))
  const behind = undeployed.filter(({difference}) => !difference || difference.items.length > 0)
  const canaries = all.filter(stage => activeCanary(stage) && behind.some(({stage: name}) => name === stage.name))
  return [textOf(api, undeployed), ...canaries.map(({name}) => canaryText(api, name))].join('\n')
}

/** A deployment goes to a canary that gets requests, and to the stage by a promotion. */
const canaryText = (api: Api, stage: string) =>
  `What is deployed to ${stage} goes to its canary; then: apigw canary promote --api ${refOf(api)} --stage ${stage}`

/** The same for an API that nobody has deployed yet. */
export function noStageNote(api: Api): string {
  return `Not live yet, ${api.name} has no stage: run \`${deploying(api, 'NAME')}\``
}

const deploying = (api: Api, stage: string) => `apigw deploy --api ${refOf(api)} --stage ${stage}`

function textOf(api: Api, all: readonly Undeployed[]): string {
  const behind = all.flatMap(({stage, difference}) => {
    const count = difference?.items.length ?? 0
    return count === 0 ? [] : [{stage, count}]
  })
  const unknown = all.filter(({difference}) => !difference || isUntold(difference)).map(({stage}) => stage)
  const [first, ...others] = behind
  if (!first) {
    // By force: a deployment sees no more than this does, and would leave alone what seems to be alike.
    const [one = ''] = unknown
    if (one) return `Not live yet on ${unknown.join(', ')}: run \`${deploying(api, one)} --force\``
    return `Nothing to deploy: ${listed(all.map(({stage}) => stage))} ${all.length === 1 ? 'serves' : 'serve'} just this.`
  }
  const are = first.count === 1 ? 'change is' : 'changes are'
  const counts = [
    `${first.count} ${are} not live on ${first.stage}`,
    ...others.map(({stage, count}) => `${count} on ${stage}`),
    ...unknown.map(stage => `an unknown number on ${stage}`),
  ]
  const see = `See ${first.count === 1 ? 'it' : 'them'}: apigw stages diff --api ${refOf(api)} --stage ${first.stage}`
  return `${counts.join(', ')}: run \`${deploying(api, first.stage)}\`\n${see}`
}

/** Whether no difference is seen, but not all can be. */
const isUntold = ({items, untold}: Difference) => items.length === 0 && untold.length > 0

/** `a, b and c` */
function listed(names: readonly string[]): string {
  const last = names.at(-1) ?? ''
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`
}
