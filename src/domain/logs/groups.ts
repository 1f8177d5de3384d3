import {collect} from '../apis.js'
import {Problem} from '../problem.js'

/** What the tail and the status need to know of a log group. */
export interface LogGroup {
  name: string
  /** Without `:*` at its end, as a stage wants it. */
  arn: string
  /** Bytes, as of some hours ago. */
  storedBytes: number
  /** Days that events are kept; undefined for ever. */
  retentionDays?: number | undefined
}

export interface LogGroupStore {
  /** All groups whose name begins with the prefix. */
  list(prefix: string): AsyncIterable<LogGroup>
  /** Makes a group; one that has come in the meantime will do. */
  create(name: string): Promise<void>
  /** Sets for how many days the group keeps its events; undefined for ever. */
  setRetention(name: string, days: number | undefined): Promise<void>
  /** Deletes a group with all that was logged; one that has gone in the meantime will do. */
  delete(name: string): Promise<void>
  /** When the last event of a group happened, as CloudWatch Logs knows it: up to an hour late, and undefined till then. */
  lastEvent(name: string): Promise<Date | undefined>
}

const REST = 'API-Gateway-Execution-Logs_'
const WEB_SOCKET = '/aws/apigateway/'

/**
 * Where access logs go unless another group is named. Below `/aws/vendedlogs/` an HTTP API can log also when the resource
 * policy of the log delivery has no room left for one more group (CloudWatch Logs user guide; sst/sst#125).
 */
const ACCESS = '/aws/vendedlogs/apigw/'

/** What the group of a canary's log has at its end, that of the access log too. */
export const CANARY = '/Canary'

/** Where the execution log of a stage of a REST API goes; the service makes the group with the first line. */
export function restLogGroup(apiId: string, stage: string): string {
  return `${REST}${apiId}/${stage}`
}

/** Where the execution log of a stage of a WebSocket API goes. */
export function webSocketLogGroup(apiId: string, stage: string): string {
  return `${WEB_SOCKET}${apiId}/${stage}`
}

/** Where the access log of a stage goes unless another group is named; `$` cannot be in the name of a group. */
export function defaultAccessGroup(apiId: string, stage: string): string {
  return `${ACCESS}${apiId}/${stage === '$default' ? 'default' : stage}`
}

/** What the groups of execution logs, and of access logs by default, begin with, of one API or of all. */
export function logGroupPrefixes(apiId?: string): string[] {
  const rest = apiId === undefined ? '' : `${apiId}/`
  return [`${REST}${rest}`, `${WEB_SOCKET}${rest}`, `${ACCESS}${rest}`]
}

/** The group that the service makes by itself when the account gets its role. */
export const WELCOME = `${WEB_SOCKET}welcome`

/** The API and stage that the name of a group speaks of. */
export interface NamedOwner {
  kind: 'execution' | 'access'
  /** Undefined where all kinds of APIs have such groups. */
  protocol?: 'REST' | 'WebSocket'
  apiId: string
  stage: string
  /** Whether only API Gateway, or this program, can have named it: `/aws/apigateway/production/users` may be anybody's. */
  isCertain: boolean
}

/** Who a group would belong to by its name; undefined for a name that is none of these. */
export function namedOwner(name: string): NamedOwner | undefined {
  const [, rest, apiId = '', stage = ''] = OWNED.exec(withoutCanary(name)) ?? []
  if (rest === undefined) return undefined
  if (rest === REST) return {kind: 'execution', protocol: 'REST', apiId, stage, isCertain: true}
  if (rest === ACCESS) return {kind: 'access', apiId, stage, isCertain: true}
  // Ids are drawn from letters and digits: of 25 all but one have a digit, and hardly a word has.
  const isCertain = apiId.length === 10 && /\d/.test(apiId) && /[a-z]/.test(apiId)
  return {kind: 'execution', protocol: 'WebSocket', apiId, stage, isCertain}
}

const OWNED = new RegExp(`^(${REST}|${WEB_SOCKET}|${ACCESS})([a-z0-9]+)/([^/]+)$`)

export const withoutCanary = (name: string) => (name.endsWith(CANARY) ? name.slice(0, -CANARY.length) : name)

/** A group by its name; `none` where there is none, `denied` where the caller may not ask. */
export type FindGroup = (name: string) => Promise<LogGroup | 'none' | 'denied'>

/** Finds groups: those below a prefix with one list for all of them, made when the first is looked for. */
export function groupFinder(groups: Pick<LogGroupStore, 'list'>, prefixes: readonly string[] = []): FindGroup {
  const lists = new Map<string, Promise<ReadonlyMap<string, LogGroup> | 'denied'>>()
  return async name => {
    const prefix = prefixes.find(prefix => name.startsWith(prefix)) ?? name
    let list = lists.get(prefix)
    if (!list) {
      list = listBelow(groups, prefix)
      lists.set(prefix, list)
    }
    const found = await list
    return found === 'denied' ? found : (found.get(name) ?? 'none')
  }
}

async function listBelow(groups: Pick<LogGroupStore, 'list'>, prefix: string) {
  try {
    return new Map((await collect(groups.list(prefix))).map(group => [group.name, group]))
  } catch (error) {
    if (error instanceof Problem && error.kind === 'denied') return 'denied'
    throw error
  }
}

/** The group that an access log is written to; undefined for a Firehose stream. */
export function accessLogGroup(destinationArn: string): string | undefined {
  return /^arn:[^:]+:logs:[^:]*:[^:]*:log-group:([^:]+)/.exec(destinationArn)?.[1]
}
