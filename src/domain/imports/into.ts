import type {ApiStore, ImportRequest, PutMode, RestApi} from '../apis.js'
import {type Definition, refusedImport} from '../definitions.js'
import type {Caller} from '../integrations.js'
import {Problem, unlessRefused} from '../problem.js'
import {quoted} from '../quoting.js'
import {during, type Session} from '../session.js'
import {definedApi} from '../snapshots/defined.js'
import {compare, type Difference} from '../snapshots/difference.js'
import {snapshotOfEdited} from '../snapshots/edited.js'
import type {SnapshotSide} from '../snapshots/reading.js'
import type {EditedApi, SnapshotSource} from '../snapshots/source.js'
import type {TemporaryStagePorts} from '../snapshots/temporary-stage.js'
import type {StageStore} from '../stages.js'
import type {LivePorts} from '../undeployed.js'
import {type Backup, backupOf, isDocumenting} from './backup.js'
import {imported} from './imported.js'
import {lossesOf} from './losses.js'
import {sizeRemark} from './resources.js'
import {withVariables} from './variables.js'

export interface ImportIntoPorts {
  apis: Pick<ApiStore, 'put' | 'hasDocumentation'>
  stages: Pick<StageStore, 'list'>
  snapshots: Pick<SnapshotSource, 'edited' | 'exported'>
  temporary: TemporaryStagePorts
  /** In whose name the session works. */
  caller(): Promise<Caller>
  session: Pick<Session, 'notice' | 'progress'>
}

export interface ImportIntoOptions {
  mode: PutMode
  failOnWarnings: boolean
  basePath?: ImportRequest['basePath']
}

/** What an import is going to make of an API that is there. */
export interface ImportIntoPlan {
  /** What it changes, by our own reading of the file: the service may read it otherwise. */
  difference: Difference
  /** What else is to be known before it is done, in sentences. */
  remarks: string[]
  /** What a person is asked first; undefined where nothing is lost. */
  question?: string | undefined
  /**
   * A way back. Undefined where there is nothing to go back to.
   * @throws Problem where the service would export nothing
   */
  backup(): Promise<Backup | undefined>
  /** @param backup the file with the backup, if there is one */
  apply(backup: string | undefined): Promise<ImportIntoOutcome>
}

export interface ImportIntoOutcome {
  api: RestApi
  /** What has changed, as the service tells it; undefined where it could not be read. */
  done?: Difference | undefined
  /** What is otherwise than it was previewed; undefined where nothing is. */
  surprise?: Difference | undefined
  /** What is known already to say what is not live. */
  live: LivePorts
}

/**
 * Plans to import a definition into an API that is there: finds out what it changes, and what it takes away that the
 * definition does not have. Stages, endpoint type and tags of the API stay as they are.
 */
export async function planImportInto(
  given: ImportIntoPorts,
  api: RestApi,
  definition: Definition,
  options: ImportIntoOptions,
): Promise<ImportIntoPlan> {
  const {mode, basePath} = options
  const ports = remembering(given)
  const {snapshots, stages} = ports
  const [edited, isDocumented, document] = await Promise.all([
    snapshots.edited(api.id, {withUnused: true}),
    // A merge takes no documentation away.
    mode === 'overwrite' && unlessRefused(ports.apis.hasDocumentation(api.id), false),
    withVariables(definition.document, ports.caller),
  ])
  const after = imported(edited, definedApi(document, {basePath}), mode)
  const before = sideOf('edited', 'as edited', edited)
  const expected = sideOf('file', `${definition.name} (${mode})`, after)
  const lost = [...lossesOf(edited, after), ...(isDocumented && !isDocumenting(document) ? ['its documentation'] : [])]
  const work: Work = {ports, api, definition, options, before, expected}
  return {
    difference: compare(api, before, expected),
    remarks: remarksOf(work, lost, after),
    question:
      lost.length > 0 ? `This takes away from ${api.name} (${api.id}) what the file does not define.` : undefined,
    async backup() {
      return backupOf(ports, api, {edited, isDocumented, stages: await stages.list(api.id)})
    },
    apply: backup => apply(work, backup),
  }
}

interface Work {
  ports: ImportIntoPorts
  api: RestApi
  definition: Definition
  options: ImportIntoOptions
  before: SnapshotSide
  /** By our own reading. */
  expected: SnapshotSide
}

const sideOf = (kind: 'edited' | 'file', name: string, api: EditedApi): SnapshotSide => ({
  side: {kind, name},
  snapshot: snapshotOfEdited(api),
})

/** An import changes neither the stages nor what they serve: they are read once. */
function remembering(ports: ImportIntoPorts): ImportIntoPorts {
  const {stages, snapshots} = ports
  let listed: ReturnType<typeof stages.list> | undefined
  const served = new Map<string, Promise<unknown>>()
  return {
    ...ports,
    stages: {
      list(apiId) {
        listed ??= stages.list(apiId)
        return listed
      },
    },
    snapshots: {
      edited: (apiId, options) => snapshots.edited(apiId, options),
      exported(apiId, stage) {
        const document = served.get(stage) ?? snapshots.exported(apiId, stage)
        served.set(stage, document)
        return document
      },
    },
  }
}

function remarksOf(
  {api, definition: {name, title}, options}: Work,
  lost: readonly string[],
  after: EditedApi,
): string[] {
  const remarks = [
    `This is apigw's reading of ${name}. What the service makes of it is compared after the import.`,
    sizeRemark(after.resources.map(({path}) => path)),
    title !== undefined && title !== api.name
      ? `The API takes its name from the file: ${api.name} becomes ${title}.`
      : undefined,
    lost.length > 0 ? `${name} does not define, and --mode ${options.mode} takes away: ${lost.join('; ')}.` : undefined,
    api.endpointType === 'PRIVATE' && !after.api.policy
      ? 'Nobody may call a private API without a resource policy, nor can it be deployed: put it into the file as x-amazon-apigateway-policy.'
      : undefined,
  ]
  return remarks.filter(remark => remark !== undefined)
}

async function apply(work: Work, backup: string | undefined): Promise<ImportIntoOutcome> {
  const {ports, api, definition, options, before, expected} = work
  const {mode, ...rest} = options
  const put = () => ports.apis.put(api.id, mode, {...rest, body: definition.body})
  const now = await during(ports.session, `importing ${definition.name}`, put).catch(async error => {
    throw await broken(work, backup, refusedImport(error, definition))
  })
  const edited = await unlessRefused<EditedApi | undefined>(ports.snapshots.edited(api.id), undefined)
  const live = {stages: ports.stages, snapshots: {...ports.snapshots, ...(edited && {edited: async () => edited})}}
  if (!edited) return {api: now, live}
  const made = sideOf('edited', 'as imported', edited)
  const surprise = compare(now, {...expected, side: {kind: 'file', name: 'as previewed'}}, made)
  return {api: now, done: compare(now, before, made), surprise: surprise.items.length > 0 ? surprise : undefined, live}
}

/** Source: "Import an OpenAPI file to update an existing API", Developer Guide: idempotent, but not atomic. */
async function broken({ports, api, before}: Work, backup: string | undefined, error: unknown): Promise<unknown> {
  if (!(error instanceof Problem)) return error
  const {kind, code, requestId} = error
  const isStopped = kind === 'interrupted'
  const edited = isStopped
    ? undefined
    : await unlessRefused<EditedApi | undefined>(ports.snapshots.edited(api.id), undefined)
  const done = edited && compare(api, before, sideOf('edited', 'now', edited)).items.length
  const state =
    done === 0
      ? `${api.name} is as it was.`
      : done === undefined
        ? `Some of it may be in ${api.name} now.`
        : `It broke off: ${done} ${done === 1 ? 'change is' : 'changes are'} made in ${api.name}.`
  const message = isStopped ? 'Interrupted while the service was importing.' : error.message
  const ways = done === 0 ? [] : [backup === undefined ? 'The same command again does the rest.' : wayBack(api, backup)]
  const hint = [state, ...ways, ...(error.hint === undefined ? [] : [error.hint])].join('\n')
  return new Problem(kind, message, hint, {code, requestId, cause: error})
}

const wayBack = (api: RestApi, backup: string) => `To have it back as it was: ${restoring(api, backup)}`

/** The command that takes a backup back. */
export const restoring = ({id}: Pick<RestApi, 'id'>, backup: string) =>
  `apigw apis import ${quoted(backup)} --api ${id} --mode overwrite --no-backup --yes`
