import type {Session} from '../domain/session.js'
import type {StatusPorts} from '../domain/status.js'
import {openDeployments} from './deployments.js'
import {openDomains} from './domains.js'
import {openLocation} from './location.js'
import {openPlans} from './plans.js'
import {openSnapshots} from './snapshots.js'
import {openStages} from './stages.js'

/** Everything that the status of an API is read from. */
export async function openStatus(session: Session): Promise<StatusPorts> {
  const [stages, deployments, snapshots, domains, plans, location] = await Promise.all([
    openStages(session),
    openDeployments(session),
    openSnapshots(session),
    openDomains(session),
    openPlans(session),
    openLocation(session),
  ])
  return {stages, deployments, snapshots, domains, plans, location, session}
}
