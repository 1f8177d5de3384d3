import {randomBytes} from 'node:crypto'
import type {Session} from '../domain/session.js'
import type {TemporaryStagePorts} from '../domain/snapshots/temporary-stage.js'
import {openDeployments} from './deployments.js'
import {openStages} from './stages.js'

/** What temporary stages take. @param undoing the session for what has to be deleted although the run was interrupted */
export async function openTemporaryStages(session: Session, undoing: Session): Promise<TemporaryStagePorts> {
  const [deployments, stages] = await Promise.all([openDeployments(session), openStages(session)])
  const [ownDeployments, ownStages] = await Promise.all([openDeployments(undoing), openStages(undoing)])
  return {
    deployments,
    stages,
    undoing: {deployments: ownDeployments, stages: ownStages},
    secret: () => randomBytes(16).toString('hex'),
    session,
  }
}
