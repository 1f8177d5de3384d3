import {type ApiStore, collect} from '../apis.js'
import {type Choose, findNamed} from '../choice.js'
import {Problem} from '../problem.js'
import {resolveStage, type Stage, type StageStore} from '../stages.js'
import {accessLogGroup, restLogGroup, webSocketLogGroup} from './groups.js'
import {settingOf} from './switch.js'

export interface WebSocketStage {
  name: string
  /** OFF, ERROR or INFO of its default route; undefined where it was never set, which is off. */
  loggingLevel?: string | undefined
  accessLog?: {destinationArn?: string | undefined} | undefined
}

export interface WebSocketApi {
  id: string
  name: string
}

/** WebSocket APIs and their stages. */
export interface WebSocketApiStore {
  list(): AsyncIterable<WebSocketApi>
  stages(apiId: string): AsyncIterable<WebSocketStage>
}

/** A stage whose logs are wanted. */
export interface LogTarget {
  kind: 'REST' | 'WebSocket'
  apiId: string
  apiName: string
  stage: string
  loggingLevel: string
  /** Where its execution log goes. */
  group: string
  /** ARN of where its access log goes. */
  accessLogArn?: string | undefined
}

/**
 * The stage whose logs are wanted, of a REST API or, where none has that name or id, of a WebSocket API.
 * @throws Problem `missing`, or `usage` when a name is ambiguous or nothing was said and nobody can be asked
 */
export async function resolveLogTarget(
  stores: {apis: Pick<ApiStore, 'list'>; stages: Pick<StageStore, 'list'>; webSockets: WebSocketApiStore},
  refs: {api: string | undefined; stage: string | undefined},
  choose: Choose,
): Promise<LogTarget> {
  const rest = await collect(stores.apis.list())
  if (refs.api === undefined) {
    const sockets = await collect(stores.webSockets.list())
    const choices = [...rest, ...sockets].map(api => ({name: `${api.name} (${api.id})`, value: api.id}))
    const api = await choose({message: 'Which API?', flag: '--api NAME', choices})
    return resolveLogTarget(stores, {...refs, api}, choose)
  }
  if (!rest.some(({id, name}) => id === refs.api || name === refs.api)) {
    const socket = await webSocketNamed(stores.webSockets, refs.api)
    if (socket) {
      const stages = await collect(stores.webSockets.stages(socket.id))
      return webSocketTarget(socket, await resolveStage(stages, refs.stage, choose))
    }
  }
  const api = findNamed(rest, refs.api, 'API')
  return restTarget(api, await resolveStage(await stores.stages.list(api.id), refs.stage, choose))
}

/** Not being allowed to look for WebSocket APIs is the same as there being none of that name. */
async function webSocketNamed(webSockets: WebSocketApiStore, ref: string): Promise<WebSocketApi | undefined> {
  try {
    return findNamed(await collect(webSockets.list()), ref, 'API')
  } catch (error) {
    if (error instanceof Problem && (error.kind === 'missing' || error.kind === 'denied')) return undefined
    throw error
  }
}

export function restTarget(api: {id: string; name: string}, stage: Stage): LogTarget {
  return {
    kind: 'REST',
    apiId: api.id,
    apiName: api.name,
    stage: stage.name,
    loggingLevel: settingOf(stage).level,
    group: restLogGroup(api.id, stage.name),
    accessLogArn: stage.accessLog?.destinationArn,
  }
}

function webSocketTarget(api: WebSocketApi, stage: WebSocketStage): LogTarget {
  return {
    kind: 'WebSocket',
    apiId: api.id,
    apiName: api.name,
    stage: stage.name,
    loggingLevel: stage.loggingLevel ?? 'OFF',
    group: webSocketLogGroup(api.id, stage.name),
    accessLogArn: stage.accessLog?.destinationArn,
  }
}

/**
 * The group of a stage's access log.
 * @throws Problem when it has none, or when it goes where it cannot be read
 */
export function accessGroupOf({apiName, stage, accessLogArn}: LogTarget): string {
  if (!accessLogArn) throw new Problem('missing', `Stage ${stage} of ${apiName} writes no access log.`)
  const group = accessLogGroup(accessLogArn)
  if (!group) {
    throw new Problem('failed', `The access log of stage ${stage} goes to ${accessLogArn}, which is not a log group.`)
  }
  return group
}
