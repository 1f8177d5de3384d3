import type {Session} from '../domain/session.js'
import type {StagePorts} from '../domain/stage-changes.js'
import {openDeployments} from './deployments.js'
import {openLocation} from './location.js'
import {openRoutes} from './routes.js'
import {openStageReferences, openStages} from './stages.js'
import {openWebAcls} from './web-acls.js'

/** Everything that changes to a stage work with. */
export async function openStagePorts(session: Session): Promise<StagePorts> {
  const [stages, deployments, routes, references, location] = await Promise.all([
    openStages(session),
    openDeployments(session),
    openRoutes(session),
    openStageReferences(session),
    openLocation(session),
  ])
  return {stages, deployments, routes, references, location, webAcls: openWebAcls(session)}
}
