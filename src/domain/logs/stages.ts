import {type ApiStore, collect} from '../apis.js'
import {type Choose, findNamed} from '../choice.js'
import {Problem} from '../problem.js'
import {resolveStage, type Stage, type StageStore, stageNamed} from '../stages.js'
import {accessLogGroup, restLogGroup, webSocketLogGroup} from './groups.js'
import type {Log} from './log.js'

export type LogLevel = 'OFF' | 'ERROR' | 'INFO'

export interface LogSetting {
  level: LogLevel
  /** Log requests and responses in full, bodies included. */
  dataTrace: boolean
}

/** A method as in `GET /pets/{id}`, or a route such as `$connect`, with a setting of its own. */
export type OverridingSetting = LogSetting & {method: string}

/** A stage as far as its logs go. */
export interface LoggedStage {
  kind: 'REST' | 'WebSocket'
  apiId: string
  /** Name of the API. */
  api: string
  stage: string
  /** Of all methods or routes without a setting of their own. */
  setting: LogSetting
  /** Methods or routes with a setting of their own. */
  overrides: OverridingSetting[]
  /** Name of the group that its execution log goes to; it is made with the first line. */
  group: string
  /** ARN of where its access log goes. */
  accessLogArn?: string | undefined
  /** What a line of its access log is made of. */
  accessLogFormat?: string | undefined
}

export interface WebSocketApi {
  id: string
  name: string
}

export interface WebSocketStage {
  name: string
  setting: LogSetting
  routes: OverridingSetting[]
  accessLogArn?: string | undefined
  accessLogFormat?: string | undefined
}

/** WebSocket APIs and their stages. */
export interface WebSocketApiStore {
  list(): AsyncIterable<WebSocketApi>
  stages(apiId: string): AsyncIterable<WebSocketStage>
}

export interface LoggedStageStores {
  apis: Pick<ApiStore, 'list'>
  stages: Pick<StageStore, 'list'>
  webSockets: WebSocketApiStore
}

export interface StageRefs {
  api?: string | undefined
  stage?: string | undefined
}

/**
 * The stage whose logs are wanted, of a REST or WebSocket API.
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

const unasked: Choose = () => {
  throw new Error('Nothing to choose: the API was named.')
}

interface LoggedApi {
  id: string
  name: string
  stages(): AsyncIterable<LoggedStage>
}

/** By name or id: a REST API, or a WebSocket API where no REST API is meant; the latter are listed only then. */
async function resolveLoggedApi(
  stores: LoggedStageStores,
  ref: string | undefined,
  choose: Choose,
): Promise<LoggedApi> {
  if (ref === undefined) {
    const all = await allApis(stores)
    const choices = all.map(api => ({name: `${api.name} (${api.id})`, value: api.id}))
    return findNamed(all, await choose({message: 'Which API?', flag: '--api NAME', choices}), 'API')
  }
  const rest = await restApis(stores)
  if (rest.some(({id, name}) => id === ref || name === ref)) return findNamed(rest, ref, 'API')
  return findNamed([...rest, ...(await webSocketApis(stores))], ref, 'API')
}

async function allApis(stores: LoggedStageStores): Promise<LoggedApi[]> {
  return [...(await restApis(stores)), ...(await webSocketApis(stores))]
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

/** Not being allowed to see WebSocket APIs is the same as there being none. */
async function webSocketApis({webSockets}: LoggedStageStores): Promise<LoggedApi[]> {
  try {
    return (await collect(webSockets.list())).map(api => ({
      ...api,
      async *stages() {
        for await (const stage of webSockets.stages(api.id)) yield webSocketStage(api, stage)
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
    accessLogArn: stage.accessLog?.destinationArn,
    accessLogFormat: stage.accessLog?.format,
  }
}

export function webSocketStage(api: WebSocketApi, stage: WebSocketStage): LoggedStage {
  return {
    kind: 'WebSocket',
    apiId: api.id,
    api: api.name,
    stage: stage.name,
    setting: stage.setting,
    overrides: stage.routes,
    group: webSocketLogGroup(api.id, stage.name),
    accessLogArn: stage.accessLogArn,
    accessLogFormat: stage.accessLogFormat,
  }
}

/**
 * The log of a stage: its execution log, or its access log.
 * @throws Problem when it has no access log, or when that goes where it cannot be read
 */
export function logOf(logged: LoggedStage, kind: 'execution' | 'access'): Log {
  const {kind: protocol, api, apiId, stage} = logged
  return {kind, protocol, api, apiId, stage, group: kind === 'access' ? accessGroupOf(logged) : logged.group}
}

/**
 * The group of a stage's access log.
 * @throws Problem when it has none, or when it goes where it cannot be read
 */
export function accessGroupOf({api, stage, accessLogArn}: LoggedStage): string {
  if (!accessLogArn) throw new Problem('missing', `Stage ${stage} of ${api} writes no access log.`)
  const group = accessLogGroup(accessLogArn)
  if (!group) {
    throw new Problem('failed', `The access log of stage ${stage} goes to ${accessLogArn}, which is not a log group.`)
  }
  return group
}
