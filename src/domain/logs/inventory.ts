import {collect} from '../apis.js'
import {type BulkPlan, bulkPlan} from '../bulk.js'
import {findNamed} from '../choice.js'
import type {Change} from '../plan.js'
import {Problem, unlessRefused} from '../problem.js'
import {
  accessLogGroup,
  defaultAccessGroup,
  groupFinder,
  type LogGroup,
  type LogGroupStore,
  logGroupPrefixes,
  namedOwner,
  WELCOME,
  withoutCanary,
} from './groups.js'
import {type ApiKind, type LoggedStage, type LoggedStageStores, restStage, type StageRefs, v2Stage} from './stages.js'

/** A log group of API Gateway, and whose it is. */
export interface GroupEntry {
  group: string
  /**
   * What is in it: `welcome` is the one that the service makes when the account gets a role; `other` is named like the
   * groups of API Gateway, and nobody knows what for.
   */
  kind: 'execution' | 'access' | 'welcome' | 'other'
  /** Whether it has what a canary's requests wrote. */
  canary: boolean
  protocol?: ApiKind | undefined
  /** Name of the API; undefined where it is gone. */
  api?: string | undefined
  apiId?: string | undefined
  stage?: string | undefined
  /** Whether its API or stage is gone; undefined where that cannot be known. */
  orphan?: boolean | undefined
  /** As of some hours ago. */
  storedBytes: number
  /** Undefined for ever. */
  retentionDays?: number | undefined
  /** Up to an hour late. */
  lastEvent?: Date | undefined
}

export interface InventoryPorts extends LoggedStageStores {
  groups: LogGroupStore
}

/** APIs and stages that there are, as far as the caller may see them. */
export interface Owners {
  apis: {kind: ApiKind; id: string; name: string}[]
  stages: LoggedStage[]
  /** What could not be listed: an API or stage that is not here may be there all the same. */
  hidden: Problem[]
}

/** All log groups of API Gateway, by name, and who could own them. */
export interface Inventory {
  owners: Owners
  entries: GroupEntry[]
}

/** Lists all APIs and stages. What may not be listed is noted; any other failure is one. */
export async function ownersOf({apis, stages, v2Apis}: LoggedStageStores): Promise<Owners> {
  const owners: Owners = {apis: [], stages: [], hidden: []}
  await unlessHidden(owners, async () => {
    for (const {id, name} of await collect(apis.list())) {
      owners.apis.push({kind: 'REST', id, name})
      await unlessHidden(owners, async () => {
        owners.stages.push(...(await stages.list(id)).map(stage => restStage({id, name}, stage)))
      })
    }
  })
  await unlessHidden(owners, async () => {
    for (const api of await collect(v2Apis.list())) {
      owners.apis.push(api)
      await unlessHidden(owners, async () => {
        owners.stages.push(...(await collect(v2Apis.stages(api.id))).map(stage => v2Stage(api, stage)))
      })
    }
  })
  return owners
}

/** An API that goes while its stages are listed counts as hidden too: the next look tells. */
async function unlessHidden({hidden}: Owners, list: () => Promise<void>): Promise<void> {
  try {
    await list()
  } catch (error) {
    if (!(error instanceof Problem) || (error.kind !== 'denied' && error.kind !== 'missing')) throw error
    hidden.push(error)
  }
}

/**
 * All log groups of API Gateway: by their names, and those that access logs go to. The groups are listed before the APIs,
 * so that the group of an API that is just being made is not taken for one whose API is gone.
 */
export async function inventory(ports: InventoryPorts): Promise<Inventory> {
  const prefixes = logGroupPrefixes()
  const listed = (await Promise.all(prefixes.map(prefix => collect(ports.groups.list(prefix))))).flat()
  const owners = await ownersOf(ports)
  const elsewhere = await accessGroupsElsewhere(ports, owners, prefixes)
  const entries = [...listed, ...elsewhere].map(group => entryOf(group, owners))
  return {owners, entries: entries.sort((a, b) => (a.group < b.group ? -1 : 1))}
}

/** Groups of access logs that somebody has named. */
async function accessGroupsElsewhere(
  {groups}: InventoryPorts,
  {stages}: Owners,
  prefixes: readonly string[],
): Promise<LogGroup[]> {
  const named = stages.flatMap(({accessLogArn}) => accessLogGroup(accessLogArn ?? '') ?? [])
  const names = [...new Set(named)].filter(name => !prefixes.some(prefix => name.startsWith(prefix)))
  const find = groupFinder(groups)
  const found: LogGroup[] = []
  for (const name of names) {
    const group = await find(name)
    if (typeof group === 'object') found.push(group)
  }
  return found
}

function entryOf({name, storedBytes, retentionDays}: LogGroup, owners: Owners): GroupEntry {
  return {group: name, ...ownership(name, owners), storedBytes, retentionDays}
}

type Ownership = Omit<GroupEntry, 'group' | 'storedBytes' | 'retentionDays' | 'lastEvent'>

/** Whose a group is. Where that is not certain, `orphan` is undefined: such a group is nobody's to delete. */
export function ownership(name: string, {apis, stages, hidden}: Owners): Ownership {
  if (name === WELCOME) return {kind: 'welcome', canary: false, orphan: false}
  const base = withoutCanary(name)
  const canary = base !== name
  const owner = namedOwner(name)
  const stage =
    stages.find(({accessLogArn = ''}) => [name, base].includes(accessLogGroup(accessLogArn) ?? '')) ??
    stages.find(({group, apiId, stage}) => [group, defaultAccessGroup(apiId, stage)].includes(base))
  if (stage) {
    const kind = stage.group === base ? 'execution' : 'access'
    const {kind: protocol, api, apiId} = stage
    return {kind, canary, protocol, api, apiId, stage: stage.stage, orphan: false}
  }
  const api = apis.find(({id}) => id === owner?.apiId)
  // A REST or HTTP API writes nothing to the group that a WebSocket API of its id would have: somebody named it.
  if (!owner || (api && owner.protocol && api.kind !== owner.protocol)) return {kind: 'other', canary: false}
  const {kind, protocol, apiId, isCertain} = owner
  const orphan = hidden.length === 0 && (api !== undefined || isCertain) ? true : undefined
  return {kind, canary, protocol: protocol ?? api?.kind, api: api?.name, apiId, stage: owner.stage, orphan}
}

/** Those of an API, by name or id, and of a stage. @throws Problem missing for an API that neither is nor left a group */
export function entriesOf({owners, entries}: Inventory, {api: ref, stage}: StageRefs): GroupEntry[] {
  const left = ref === undefined || entries.some(({apiId, api}) => ref === apiId || ref === api)
  const id = left ? ref : findNamed(owners.apis, ref, 'API').id
  return entries.filter(
    entry =>
      (id === undefined || id === entry.apiId || id === entry.api) && (stage === undefined || stage === entry.stage),
  )
}

/**
 * The groups whose retention is meant: one by its name, or those of an API, of a stage, or of all.
 * @throws Problem missing where there is none
 */
export function groupsToKeep(found: Inventory, refs: StageRefs & {group?: string | undefined}): GroupEntry[] {
  if (refs.group !== undefined) {
    const entry = found.entries.find(({group}) => group === refs.group)
    if (entry) return [entry]
    const hint = 'See which there are: apigw logs groups --all'
    throw new Problem('missing', `API Gateway has no log group ${refs.group}.`, hint)
  }
  const entries = entriesOf(found, refs).filter(({kind}) => kind !== 'other')
  if (entries.length > 0) return entries
  const of = refs.stage ?? refs.api
  const text = of === undefined ? 'There is no log group of API Gateway.' : `There is no log group of ${of} yet.`
  throw new Problem('missing', text, 'A stage gets one with its first line, or now: apigw logs enable --retention 14d')
}

/** Entries with their last events, one call each, as they come. */
export async function* withLastEvents(
  groups: Pick<LogGroupStore, 'lastEvent'>,
  entries: readonly GroupEntry[],
): AsyncGenerator<GroupEntry> {
  for (const entry of entries) {
    yield {...entry, lastEvent: await unlessRefused(groups.lastEvent(entry.group), undefined)}
  }
}

/**
 * A plan to delete the groups whose API or stage is gone, and no others: where it cannot be known, a group stays. They
 * are looked at once more right before, because somebody may have thought about the question for long.
 * @param api only those of this API, by id
 * @throws Problem denied where not all APIs and stages can be listed
 */
export async function planPrune(ports: InventoryPorts, api?: string): Promise<BulkPlan<GroupEntry>> {
  const {owners, entries} = await inventory(ports)
  const orphans = entries.filter(({orphan, apiId}) => orphan && (api === undefined || apiId === api))
  checkAllSeen(owners)
  let now: Promise<Owners> | undefined
  return bulkPlan(
    {done: orphans, failed: []},
    ({group}) => group,
    orphans.map(entry => ({action: 'delete', kind: 'log group', name: entry.group, detail: whyOrphan(entry)})),
    async entry => {
      now ??= ownersOf(ports)
      const owners = await now
      checkAllSeen(owners)
      if (!ownership(entry.group, owners).orphan) {
        throw new Problem('conflict', 'its API and stage are there again: it stays')
      }
      await ports.groups.delete(entry.group)
      return entry
    },
  )
}

/** @throws Problem denied */
function checkAllSeen({hidden: [first]}: Owners): void {
  if (!first) return
  const text = `Which log groups have lost their API or stage cannot be known, because not all could be listed: ${first.message}`
  throw new Problem('denied', text, 'That takes apigateway:GET on /restapis, /apis and their stages.', first)
}

/** What of the owner is gone, in a few words. */
export function whyOrphan({api, apiId, stage, protocol}: GroupEntry): string {
  return api === undefined
    ? `of ${protocol ? `the ${protocol}` : 'an'} API ${apiId}, which is gone`
    : `of the stage ${stage} of ${api}, which is gone`
}

/** What is asked before groups are deleted, and what has to be typed. */
export function pruneQuestion(orphans: readonly Change[]): {message: string; name: string} {
  const lines = orphans.map(({name, detail}) => `  ${name}, ${detail}`)
  const what = orphans.length === 1 ? 'This log group is' : `These ${orphans.length} log groups are`
  const message = [...lines, `${what} deleted with all that was logged, for good.`].join('\n')
  return {message, name: orphans.length === 1 ? (orphans[0]?.name ?? '') : String(orphans.length)}
}
