import type {Stage} from '../stages.js'
import {snapshotOfDefinition} from './defined.js'
import {compare, type Difference, type Side} from './difference.js'
import {snapshotOfEdited, snapshotOfSummary} from './edited.js'
import type {Snapshot} from './snapshot.js'
import type {SnapshotSource} from './source.js'

/** One side of a comparison, read. */
export interface SnapshotSide {
  side: Side
  snapshot: Snapshot
}

/** What a snapshot belongs to. */
type Api = {id: string; name: string}

/** The API as it is edited now. */
export async function editedSide(source: Pick<SnapshotSource, 'edited'>, api: Api): Promise<SnapshotSide> {
  const snapshot = snapshotOfEdited(await source.edited(api.id))
  return {side: {kind: 'edited', name: 'as edited'}, snapshot}
}

/** What a stage serves, its canary apart. */
export async function stageSide(
  source: Pick<SnapshotSource, 'exported'>,
  api: Api,
  {name, deploymentId}: Pick<Stage, 'name' | 'deploymentId'>,
): Promise<SnapshotSide> {
  const snapshot = snapshotOfDefinition(await source.exported(api.id, name))
  return {side: {kind: 'stage', name, deploymentId}, snapshot}
}

/** What is known of a deployment that no stage serves: its routes, without what is behind them. */
export async function summarySide(
  source: Pick<SnapshotSource, 'summary'>,
  api: Api,
  deploymentId: string,
): Promise<SnapshotSide> {
  const snapshot = snapshotOfSummary(await source.summary(api.id, deploymentId))
  return {side: {kind: 'deployment', name: deploymentId, deploymentId}, snapshot}
}

/** What a deployment to a stage would change. */
export async function undeployed(
  source: Pick<SnapshotSource, 'edited' | 'exported'>,
  api: Api,
  stage: Pick<Stage, 'name' | 'deploymentId'>,
): Promise<Difference> {
  const [before, after] = await Promise.all([stageSide(source, api, stage), editedSide(source, api)])
  return compare(api, before, after)
}
