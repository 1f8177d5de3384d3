import type {Session} from '../domain/session.js'
import type {LivePorts} from '../domain/undeployed.js'
import {openSnapshots} from './snapshots.js'
import {openStages} from './stages.js'

/**
 * What it takes to say, after an edit, what is not live. A script that makes many edits is bound by the rate of all calls
 * together: what is only a remark does not wait for its turn there.
 */
export async function openLive(session: Session): Promise<LivePorts> {
  const [stages, snapshots] = await Promise.all([
    openStages(session),
    openSnapshots(session, {outwaitsThrottles: false}),
  ])
  return {stages, snapshots}
}
