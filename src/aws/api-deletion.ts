import type {DeletionPorts} from '../domain/api-deletion.js'
import type {Session} from '../domain/session.js'
import {openDeployments} from './deployments.js'
import {openDomains} from './domains.js'
import {openLogging} from './logs.js'
import {openPlans} from './plans.js'
import {openSnapshots} from './snapshots.js'

/** Everything that the deletion of an API works with. */
export async function openDeletion(session: Session): Promise<DeletionPorts> {
  const [{apis, stages, groups}, plans, domains, deployments, snapshots] = await Promise.all([
    openLogging(session),
    openPlans(session),
    openDomains(session),
    openDeployments(session),
    openSnapshots(session),
  ])
  return {apis, stages, groups, plans, domains, deployments, snapshots, session}
}
