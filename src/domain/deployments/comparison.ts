import type {RestApi} from '../apis.js'
import {Problem} from '../problem.js'
import {compare, type Difference, type Side, withItems} from '../snapshots/difference.js'
import {editedSide, type SnapshotSide, stageSide, summarySide} from '../snapshots/reading.js'
import {NOTHING, type Snapshot} from '../snapshots/snapshot.js'
import type {SnapshotSource} from '../snapshots/source.js'
import type {Stage} from '../stages.js'

/** What a deployment to a stage would change, as far as that can be told. */
export interface Comparison {
  difference: Difference
  /** What requests are answered by before it; undefined where it could not be read. */
  served?: Snapshot | undefined
  /** The API as it is edited; undefined where it could not be read. */
  edited?: Snapshot | undefined
  /** Why it is not known whether there is a difference; undefined where it is. */
  gap?: string | undefined
}

/** The canary of a stage, if requests go to it: then a deployment goes to it, too. */
export const activeCanary = (stage: Stage | undefined) => (stage?.canary?.percentTraffic ? stage.canary : undefined)

/**
 * Compares the API as it is edited with what the deployment would take the place of: what the stage serves or, where
 * requests go to a canary, what that serves. A canary cannot be exported, so of it only the routes are compared.
 * @param before undefined where the stage is new
 */
export async function compareForDeployment(
  snapshots: SnapshotSource,
  api: Pick<RestApi, 'id' | 'name'>,
  stage: string,
  before: Stage | undefined,
): Promise<Comparison> {
  const [served, edited] = await Promise.all([
    unlessUnread(servedSide(snapshots, api, stage, before)),
    unlessUnread(editedSide(snapshots, api)),
  ])
  const unread = [served, edited].find(side => side instanceof Problem)
  if (!(served instanceof Problem) && !(edited instanceof Problem)) {
    const difference = compare(api, served, edited)
    const known = {served: served.snapshot, edited: edited.snapshot}
    if (served.snapshot.detail === 'full') return {...known, difference}
    const gap = `Of what the canary of ${stage} serves only the routes can be compared.`
    return {...known, gap, difference}
  }
  const sides = {before: sideOf(stage, before), after: {kind: 'edited', name: 'as edited'} as const}
  const difference = withItems({api, ...sides, untold: ['anything']}, [])
  return {
    difference,
    served: served instanceof Problem ? undefined : served.snapshot,
    edited: edited instanceof Problem ? undefined : edited.snapshot,
    gap: `What is different cannot be told: ${unread?.message}`,
  }
}

async function servedSide(
  snapshots: SnapshotSource,
  api: Pick<RestApi, 'id' | 'name'>,
  stage: string,
  before: Stage | undefined,
): Promise<SnapshotSide> {
  const canary = activeCanary(before)
  if (before?.deploymentId === undefined) return {side: sideOf(stage, before), snapshot: NOTHING}
  if (canary?.deploymentId === undefined || canary.deploymentId === before.deploymentId) {
    return stageSide(snapshots, api, before)
  }
  return summarySide(snapshots, api, canary.deploymentId)
}

const sideOf = (name: string, before: Stage | undefined): Side => ({
  kind: 'stage',
  name,
  deploymentId: before?.deploymentId,
})

/** A side, or why it cannot be read although the service is there: no permission, or an endpoint that cannot tell. */
async function unlessUnread(side: Promise<SnapshotSide>): Promise<SnapshotSide | Problem> {
  try {
    return await side
  } catch (error) {
    if (error instanceof Problem && ['denied', 'failed', 'missing'].includes(error.kind)) return error
    throw error
  }
}
