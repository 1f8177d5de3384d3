import type {OpeningLookup} from '../domain/openings.js'
import type {Session} from '../domain/session.js'
import {openApis} from './apis.js'
import {openRoutes} from './routes.js'
import {openStages} from './stages.js'

/** Where is looked up what a key opens. */
export async function openOpeningLookup(session: Session): Promise<OpeningLookup> {
  const [apis, stages, routes] = await Promise.all([openApis(session), openStages(session), openRoutes(session)])
  return {apis, stages, routes}
}
