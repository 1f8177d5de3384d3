import type {Snapshot} from './snapshot.js'
import type {DeploymentSummary, EditedApi} from './source.js'

/** The normal form of an API as it is edited. */
export function snapshotOfEdited(_edited: EditedApi): Snapshot {
  throw new Error('being written')
}

/** The normal form of what a deployment tells of itself. */
export function snapshotOfSummary(_summary: DeploymentSummary): Snapshot {
  throw new Error('being written')
}
