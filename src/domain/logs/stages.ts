import {type ApiStore, collect} from '../apis.js'
import {type Choose, findNamed} from '../choice.js'
import {isMissing, Problem} from '../problem.js'
import {quoted} from '../quoting.js'
import {resolveStage, type Stage, type StageStore, stageNamed} from '../stages.js'
import {accessLogGroup, CANARY, restLogGroup, webSocketLogGroup} from './groups.js'
import type {Log} from './log.js'

export type LogLevel = 'OFF' | 'ERROR' | 'INFO'

export interface LogSetting {
  level: LogLevel
  /** Log requests and responses in full, bodies included. */
  dataTrace: boolean
}

/** A method as in `GET /pets/{id}`, or a route such as `$connect`, with a setting of its own. */
export type OverridingSetting = LogSetting & {method: string}

/** Where access-log lines go, and what they look like. */
export interface AccessLog {
  /** ARN of a log group, without `:*` at its end, or of a Firehose stream. */
  arn: string
  /** What a line consists of: text with variables such as `$context.status`. */
  format: string
}

export type ApiKind = 'REST' | 'WebSocket' | 'HTTP'

/** A stage as far as its logs go. */
export interface LoggedStage {
  kind: ApiKind
  apiId: string
  /** Name of the API. */
  api: string
  stage: string
  /** Of all methods or routes without a setting of their own; always off for an HTTP API, which has access logs only. */
  setting: LogSetting
  /** Methods or routes with a setting of their own. */
  overrides: OverridingSetting[]
  /** Name of the group that its execution log goes to; it is made with the first line. An HTTP API has none. */
  group?: string | undefined
  /** Where the execution log of the canary's requests goes as well, while the stage has a canary. */
  canaryGroup?: string | undefined
  /** ARN of where its access log goes. */
  accessLogArn?: string | undefined
  /** What a line of its access log is made of. */
  accessLogFormat?: string | undefined
}

/** A WebSocket or HTTP API: what AWS has in the second version of the API Gateway API. */
export interface V2Api {
  kind: 'WebSocket' | 'HTTP'
  id: string
  name: string
}

export interface V2Stage {
  name: string
  setting: LogSetting
  routes: OverridingSetting[]
  accessLog?: AccessLog | undefined
}

/** WebSocket and HTTP APIs and their stages. */
export interface V2ApiStore {
  list(): AsyncIterable<V2Api>
  /** @throws Problem missing where there is no such API */
  stages(apiId: string): AsyncIterable<V2Stage>
}

export interface LoggedStageStores {
  apis: Pick<ApiStore, 'list'>
  stages: Pick<StageStore, 'list'>
  v2Apis: V2ApiStore
}

export interface StageRefs {
  api?: string | undefined
  stage?: string | undefined
}

/**
 * The stage whose logs are wanted, of a REST, WebSocket or HTTP API.
 * @throws Problem `missing`, or `usage` when a name is ambiguous or nothing was said and nobody can be asked
 */
export async function resolveLoggedStage(
  stores: LoggedStageStores,
  refs: StageRefs,
  choose: Choose,
): Promise<LoggedStage> {
  const api = await resolveLoggedApi(stores, refs.api, choose)
  const stages = (await collect(api.stages())).map(stage => ({...stage, name: stage.stage}))
  const {name, ...stage} = await resolveStage(stages, refs.stage, choose)
  return stage
}

/** Several APIs and stages by name or id; of one of each, it may be left open which. */
export interface SeveralRefs {
  apis: readonly string[]
  stages: readonly string[]
}

/**
 * The stages whose logs are wanted: of each of the APIs those of the names that it has.
 * @throws Problem `missing` for an API that is not there or has none of the stages, and for a stage that none of them
 *   has; `usage` when a name is ambiguous or nothing was said and nobody can be asked
 */
export async function resolveLoggedStages(
  stores: LoggedStageStores,
  {apis: refs, stages: names}: SeveralRefs,
  choose: Choose,
): Promise<LoggedStage[]> {
  const apis = await resolveLoggedApis(stores, refs, choose)
  const there = await Promise.all(apis.map(async api => ({api, stages: await collect(api.stages())})))
  const all = there.flatMap(({stages}) => stages.map(stage => ({...stage, name: stage.stage})))
  const [only] = names
  const wanted = names.length > 1 ? names : [(await resolveStage(uniqueNames(all), only, choose)).name]
  for (const name of wanted) stageNamed(all, name)
  const lacking = there.find(({stages}) => !stages.some(({stage}) => wanted.includes(stage)))
  if (lacking) {
    const has = lacking.stages.map(({stage}) => stage).join(', ') || 'none yet'
    throw new Problem('missing', `${lacking.api.name} has no stage ${wanted.join(' or ')}.`, `It has: ${has}`)
  }
  return all.filter(({stage}) => wanted.includes(stage)).map(({name, ...stage}) => stage)
}

const uniqueNames = (stages: readonly {name: string}[]) =>
  [...new Set(stages.map(({name}) => name))].map(name => ({name}))

/**
 * Stages with what they log: of one API or of all, of all names or of one.
 * @throws Problem missing for an API or, of a single API, a stage that is not there
 */
export async function* loggedStages(stores: LoggedStageStores, only: StageRefs): AsyncGenerator<LoggedStage> {
  if (only.api !== undefined) {
    const api = await resolveLoggedApi(stores, only.api, unasked)
    const stages = (await collect(api.stages())).map(stage => ({...stage, name: stage.stage}))
    for (const {name, ...stage} of only.stage === undefined ? stages : [stageNamed(stages, only.stage)]) yield stage
    return
  }
  for (const api of await allApis(stores)) {
    for await (const stage of api.stages()) if (only.stage === undefined || stage.stage === only.stage) yield stage
  }
}

/**
 * A stage as it is now, without looking through all APIs for it; undefined when it, or its API, is gone.
 * @throws Problem where it cannot be known
 */
export async function findLoggedStage(
  {stages, v2Apis}: Pick<LoggedStageStores, 'stages' | 'v2Apis'>,
  {kind, apiId: id, api: name, stage}: Pick<LoggedStage, 'kind' | 'apiId' | 'api' | 'stage'>,
): Promise<LoggedStage | undefined> {
  try {
    const all =
      kind === 'REST'
        ? (await stages.list(id)).map(stage => restStage({id, name}, stage))
        : (await collect(v2Apis.stages(id))).map(stage => v2Stage({kind, id, name}, stage))
    return all.find(found => found.stage === stage)
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

const unasked: Choose = () => {
  throw new Error('Nothing to choose: the API was named.')
}

interface LoggedApi {
  id: string
  name: string
  stages(): AsyncIterable<LoggedStage>
}

/** By name or id: a REST API, or another where no REST API is meant; the others are listed only then. */
async function resolveLoggedApi(
  stores: LoggedStageStores,
  ref: string | undefined,
  choose: Choose,
): Promise<LoggedApi> {
  const [api] = await resolveLoggedApis(stores, ref === undefined ? [] : [ref], choose)
  return api as LoggedApi
}

/** Each once; of no names at all, one that is chosen. */
async function resolveLoggedApis(
  stores: LoggedStageStores,
  refs: readonly string[],
  choose: Choose,
): Promise<LoggedApi[]> {
  if (refs.length === 0) {
    const all = await allApis(stores)
    const choices = all.map(api => ({name: `${api.name} (${api.id})`, value: api.id}))
    return [findNamed(all, await choose({message: 'Which API?', flag: '--api NAME', choices}), 'API')]
  }
  const rest = await restApis(stores)
  const isRest = (ref: string) => rest.some(({id, name}) => id === ref || name === ref)
  const all = refs.every(isRest) ? rest : [...rest, ...(await v2Apis(stores))]
  return [...new Set(refs.map(ref => findNamed(isRest(ref) ? rest : all, ref, 'API')))]
}

async function allApis(stores: LoggedStageStores): Promise<LoggedApi[]> {
  return [...(await restApis(stores)), ...(await v2Apis(stores))]
}

async function restApis({apis, stages}: LoggedStageStores): Promise<LoggedApi[]> {
  return (await collect(apis.list())).map(({id, name}) => ({
    id,
    name,
    async *stages() {
      for (const stage of await stages.list(id)) yield restStage({id, name}, stage)
    },
  }))
}

/** Not being allowed to see WebSocket and HTTP APIs is the same as there being none. */
async function v2Apis(stores: LoggedStageStores): Promise<LoggedApi[]> {
  try {
    return (await collect(stores.v2Apis.list())).map(api => ({
      ...api,
      async *stages() {
        for await (const stage of stores.v2Apis.stages(api.id)) yield v2Stage(api, stage)
      },
    }))
  } catch (error) {
    if (error instanceof Problem && error.kind === 'denied') return []
    throw error
  }
}

export function restStage(api: {id: string; name: string}, stage: Stage): LoggedStage {
  const settings = stage.methodSettings.map(({method, loggingLevel = 'OFF', dataTrace}) => ({
    method,
    level: loggingLevel as LogLevel,
    dataTrace,
  }))
  const {level = 'OFF', dataTrace = false} = settings.find(({method}) => method === '*') ?? {}
  return {
    kind: 'REST',
    apiId: api.id,
    api: api.name,
    stage: stage.name,
    setting: {level, dataTrace},
    overrides: settings.filter(({method}) => method !== '*'),
    group: restLogGroup(api.id, stage.name),
    canaryGroup: stage.canary && `${restLogGroup(api.id, stage.name)}${CANARY}`,
    accessLogArn: stage.accessLog?.destinationArn,
    accessLogFormat: stage.accessLog?.format,
  }
}

export function v2Stage(api: V2Api, stage: V2Stage): LoggedStage {
  return {
    kind: api.kind,
    apiId: api.id,
    api: api.name,
    stage: stage.name,
    setting: stage.setting,
    overrides: stage.routes,
    group: api.kind === 'WebSocket' ? webSocketLogGroup(api.id, stage.name) : undefined,
    accessLogArn: stage.accessLog?.arn,
    accessLogFormat: stage.accessLog?.format,
  }
}

/**
 * The log of a stage: its execution log, or its access log.
 * @throws Problem when it has none of them, or when the access log goes where it cannot be read
 */
export function logOf(logged: LoggedStage, kind: 'execution' | 'access'): Log {
  const {kind: protocol, api, apiId, stage, accessLogFormat} = logged
  const log = {protocol, api, apiId, stage}
  return kind === 'access'
    ? {...log, kind, group: accessGroupOf(logged), format: accessLogFormat}
    : {...log, kind, group: executionGroupOf(logged)}
}

/**
 * The group of a stage's execution log.
 * @throws Problem usage for a stage of an HTTP API, which has none
 */
export function executionGroupOf({api, apiId, stage, group}: LoggedStage): string {
  if (group !== undefined) return group
  throw new Problem(
    'usage',
    `${api} is an HTTP API: it has access logs and no execution log.`,
    `Its access log: apigw logs tail --access --api ${apiId} --stage ${quoted(stage)}`,
  )
}

/**
 * The group of a stage's access log.
 * @throws Problem when it has none, or when it goes where it cannot be read
 */
export function accessGroupOf({apiId, api, stage, accessLogArn}: LoggedStage): string {
  if (!accessLogArn) {
    throw new Problem(
      'missing',
      `Stage ${stage} of ${api} writes no access log.`,
      `Switch it on: apigw logs enable --access-log json --api ${apiId} --stage ${quoted(stage)}`,
    )
  }
  const group = accessLogGroup(accessLogArn)
  if (!group) {
    throw new Problem('failed', `The access log of stage ${stage} goes to ${accessLogArn}, which is not a log group.`)
  }
  return group
}
