import type {Session} from '../domain/session.js'
import type {SnapshotSource} from '../domain/snapshots/source.js'

/** Snapshots of REST APIs over the SDK. */
export async function openSnapshots(_session: Session): Promise<SnapshotSource> {
  throw new Error('being written')
}
