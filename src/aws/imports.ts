import type {ApiStore} from '../domain/apis.js'
import type {ImportIntoPorts} from '../domain/imports/into.js'
import type {Session} from '../domain/session.js'
import {openApis} from './apis.js'
import {openCaller} from './identity.js'
import {openSnapshots} from './snapshots.js'
import {openStages} from './stages.js'
import {openTemporaryStages} from './temporary-stages.js'

/** What an import into an API works with. @param undoing the session for what has to be deleted after an interruption */
export async function openImportInto(session: Session, undoing: Session): Promise<ImportIntoPorts & {apis: ApiStore}> {
  const [apis, stages, snapshots, temporary] = await Promise.all([
    openApis(session),
    openStages(session),
    openSnapshots(session),
    openTemporaryStages(session, undoing),
  ])
  return {apis, stages, snapshots, temporary, caller: () => openCaller(session), session}
}
