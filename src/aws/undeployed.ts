import type {Session} from '../domain/session.js'
import type {LivePorts} from '../domain/undeployed.js'
import {openSnapshots} from './snapshots.js'
import {openStages} from './stages.js'

/** What it takes to say, after an edit, what is not live. */
export async function openLive(session: Session): Promise<LivePorts> {
  const [stages, snapshots] = await Promise.all([openStages(session), openSnapshots(session)])
  return {stages, snapshots}
}
