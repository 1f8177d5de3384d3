import type {RestApi} from '../apis.js'
import {Problem} from '../problem.js'
import {during, type Session} from '../session.js'
import {definedApi, snapshotOfDefinition} from '../snapshots/defined.js'
import {compare} from '../snapshots/difference.js'
import {snapshotOfEdited} from '../snapshots/edited.js'
import type {SnapshotSide} from '../snapshots/reading.js'
import type {EditedApi, SnapshotSource} from '../snapshots/source.js'
import {isTemporary, type TemporaryStagePorts, withTemporaryStage} from '../snapshots/temporary-stage.js'
import type {Stage} from '../stages.js'
import {lossesOf} from './losses.js'

/** An API as it was edited, to go back to. */
export interface Backup {
  /** An OpenAPI document, which an import with `--mode overwrite` takes back. */
  text: string
  /** What of the API it does not have, in words: no export has it. */
  lacks: string[]
}

export interface BackupPorts {
  snapshots: Pick<SnapshotSource, 'exported'>
  temporary: TemporaryStagePorts
  session: Pick<Session, 'progress'>
}

/**
 * A document of an API as it is edited. The service exports what stages serve: where one serves just this it is that
 * export, else a deployment and a stage are made for it and deleted again.
 * @returns undefined for an API without methods, of which there is nothing to export
 * @throws Problem where the service would make no deployment
 */
export async function backupOf(
  ports: BackupPorts,
  api: RestApi,
  {edited, isDocumented, stages}: {edited: EditedApi; isDocumented: boolean; stages: readonly Stage[]},
): Promise<Backup | undefined> {
  const before: SnapshotSide = {side: {kind: 'edited', name: 'as edited'}, snapshot: snapshotOfEdited(edited)}
  const routes = Object.entries(before.snapshot.routes)
  if (routes.length === 0) return undefined
  const bare = routes.flatMap(([name, {integration}]) => (integration ? [] : [name]))
  if (bare.length > 0) {
    const [have, they] = bare.length === 1 ? ['has', 'it is'] : ['have', 'they are']
    throw unable(api, `${bare.slice(0, 5).join(', ')} ${have} no integration, so ${they} in no deployment.`)
  }
  return during(ports.session, 'making a backup', async () => {
    const served = await servedAsEdited(ports, api, before, stages)
    const document = served ?? (await exportOfEdited(ports, api, stages))
    const lacks = lacksOf(api, edited, before, document)
    if (isDocumented && !isDocumenting(document)) lacks.push('its documentation')
    return {text: `${JSON.stringify(document, undefined, 2)}\n`, lacks}
  })
}

/** The export of a stage that serves just what is edited; undefined where there is none. */
async function servedAsEdited(
  {snapshots}: BackupPorts,
  api: RestApi,
  edited: SnapshotSide,
  stages: readonly Stage[],
): Promise<unknown> {
  const tried = new Set<string>()
  for (const stage of stages) {
    if (stage.deploymentId === undefined || tried.has(stage.deploymentId) || isTemporary(stage)) continue
    tried.add(stage.deploymentId)
    const document = await snapshots.exported(api.id, stage.name).catch(error => {
      // Such as a model that no export has a place for: another stage may do without.
      if (error instanceof Problem && error.kind === 'failed') return undefined
      throw error
    })
    if (document !== undefined && differences(api, edited, document).items.length === 0) return document
  }
  return undefined
}

async function exportOfEdited(
  {snapshots, temporary}: BackupPorts,
  api: RestApi,
  stages: readonly Stage[],
): Promise<unknown> {
  try {
    return await withTemporaryStage(temporary, api, {stages}, ({name}) => snapshots.exported(api.id, name))
  } catch (error) {
    if (!(error instanceof Problem) || error.kind === 'interrupted') throw error
    throw unable(api, error.message, error)
  }
}

function unable(api: RestApi, why: string, cause?: Problem): Problem {
  const hint = 'Nothing was changed. To import without a way back: --no-backup'
  const {code, requestId} = cause ?? {}
  return new Problem(cause?.kind ?? 'failed', `No backup of ${api.name} could be made: ${why}`, hint, {
    code,
    requestId,
    cause,
  })
}

function differences(api: RestApi, edited: SnapshotSide, document: unknown) {
  const snapshot = snapshotOfDefinition(document)
  return compare(api, edited, {side: {kind: 'file', name: 'backup'}, snapshot})
}

/** Found out by reading the backup as an import would: what it takes away, and what it makes otherwise. */
function lacksOf(api: RestApi, edited: EditedApi, before: SnapshotSide, document: unknown): string[] {
  const {items, untold} = differences(api, before, document)
  const changed = items.flatMap(({kind, name, change}) => (change === 'removed' ? [] : [`${kind} ${name} as it is`]))
  return [...lossesOf(edited, definedApi(document)), ...changed, ...untold]
}

/** An export has documentation only where a version of it was published for the stage. */
export const isDocumenting = (document: unknown): boolean =>
  document !== null && typeof document === 'object' && Object.hasOwn(document, 'x-amazon-apigateway-documentation')
