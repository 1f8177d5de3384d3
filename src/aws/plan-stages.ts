import type {StageLookup} from '../domain/plan-stages.js'
import type {Session} from '../domain/session.js'
import {openApis} from './apis.js'
import {openStages} from './stages.js'

/** Where the stages that somebody names are looked up. */
export async function openStageLookup(session: Session): Promise<StageLookup> {
  const [apis, stages] = await Promise.all([openApis(session), openStages(session)])
  return {apis, stages}
}
