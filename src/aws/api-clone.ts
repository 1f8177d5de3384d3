import type {ClonePorts} from '../domain/api-clone.js'
import type {Session} from '../domain/session.js'
import {openApis} from './apis.js'
import {openDeployments} from './deployments.js'
import {openDomains} from './domains.js'
import {openCaller} from './identity.js'
import {openPlans} from './plans.js'
import {openSnapshots} from './snapshots.js'
import {openStages} from './stages.js'

/** Everything that a clone of an API is made with. */
export async function openCloning(session: Session): Promise<ClonePorts> {
  const [apis, stages, plans, domains, deployments, snapshots] = await Promise.all([
    openApis(session),
    openStages(session),
    openPlans(session),
    openDomains(session),
    openDeployments(session),
    openSnapshots(session),
  ])
  return {apis, stages, plans, domains, deployments, snapshots, caller: () => openCaller(session), session}
}
