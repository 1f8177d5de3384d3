import {collect} from '../../apis.js'
import {Problem} from '../../problem.js'
import type {Clock} from '../../session.js'
import {accessFormat} from '../access-format.js'
import type {LogEvent} from '../events.js'
import {accessLogGroup} from '../groups.js'
import {readHistory} from '../history.js'
import type {Log} from '../log.js'
import {phaseOf, splitLine} from '../requests/lines.js'
import type {LogSource} from '../source.js'
import {type LoggedStage, type LoggedStageStores, loggedStages, logOf, type StageRefs} from '../stages.js'

/**
 * The id of a request from what somebody pasted: a value, or a header with it.
 * @throws Problem usage
 */
export function requestIdFrom(text: string): string {
  const id = text
    .trim()
    .replace(/^[\w-]+:\s+/, '')
    .replace(/^\((.*)\)$/, '$1')
    .replace(/^Root=([^;]+).*$/, '$1')
  if (/^[\w+/=-]{8,128}$/.test(id)) return id
  throw new Problem(
    'usage',
    `"${text}" is not the id of a request.`,
    'The answer to a request has it, in the header x-amzn-RequestId or x-amz-apigw-id.',
  )
}

/** Where an id was found. */
export interface Hit {
  log: Log
  event: LogEvent
}

export interface Hits {
  hits: Hit[]
  /** Whether it is an id of the requests that the events are about; else they only mention it. */
  areOwn: boolean
}

/**
 * The stages whose logs are searched: of an API that is named all, as they may have logged before they were switched
 * off, else of all APIs those that log.
 * @throws Problem missing for an API or a stage that is not there
 */
export async function searchedStages(stores: LoggedStageStores, refs: StageRefs): Promise<LoggedStage[]> {
  const stages = await collect(loggedStages(stores, refs))
  return refs.api === undefined ? stages.filter(isLogging) : stages
}

function isLogging({setting, overrides, accessLogArn}: LoggedStage): boolean {
  return accessLogArn !== undefined || [setting, ...overrides].some(({level}) => level !== 'OFF')
}

/** The logs of stages, each group once: several stages may write their access log to the same. */
export function logsOf(stages: readonly LoggedStage[]): Log[] {
  const logs = stages.flatMap(stage => [
    ...(stage.group === undefined ? [] : [logOf(stage, 'execution')]),
    ...(accessLogGroup(stage.accessLogArn ?? '') === undefined ? [] : [logOf(stage, 'access')]),
  ])
  return [...new Map(logs.map(log => [log.group, log])).values()]
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** How far back is looked in one go: what is asked for was mostly just now. */
const STEPS = [HOUR, 6 * HOUR, 24 * HOUR, 7 * 24 * HOUR, Number.POSITIVE_INFINITY]

/** How long after its trace began a request may come: what began it may be a function, which has 15 minutes. */
const LONGEST_TRACE = 16 * MINUTE

/** Enough to tell what the id is. */
const MOST_HITS = 1_000

/**
 * Looks for an id in logs, the newest part first.
 * @param since milliseconds since 1970; an X-Ray trace id says itself when it was made
 * @returns the events of the requests that it is an id of, or if there are none, those that mention it
 */
export async function findId(
  source: LogSource,
  logs: readonly Log[],
  {id, since}: {id: string; since: number},
  clock: Pick<Clock, 'now'>,
): Promise<Hits> {
  for (const window of windowsOf(id, since, clock.now())) {
    const hits: Hit[] = []
    for await (const {log, events} of readHistory(source, logs, {...window, pattern: `"${id}"`}, clock)) {
      hits.push(...events.map(event => ({log, event})))
      if (hits.length >= MOST_HITS) break
    }
    const own = hits.filter(hit => isOwn(hit, id))
    if (own.length > 0) return {hits: own, areOwn: true}
    if (hits.length > 0) return {hits, areOwn: false}
  }
  return {hits: [], areOwn: false}
}

function* windowsOf(id: string, since: number, now: number): Generator<{since: number; until?: number | undefined}> {
  const made = /^1-([0-9a-f]{8})-[0-9a-f]{24}$/.exec(id)?.[1]
  if (made !== undefined) {
    const time = Number.parseInt(made, 16) * 1000
    yield {since: time - MINUTE, until: time + LONGEST_TRACE}
    return
  }
  let until: number | undefined
  for (const step of STEPS) {
    const from = Math.max(since, now - step)
    yield {since: from, until}
    if (from === since) return
    until = from - 1
  }
}

/** Phases whose lines tell an id of the request; a body may tell that of anything. */
const TELLING: ReadonlySet<string> = new Set([
  ...['extended-id', 'endpoint-id', 'trace-id', 'function-failed', 'request-headers'],
  ...['endpoint-request-headers', 'endpoint-response-headers'],
])

const ID_VARIABLES = ['requestId', 'extendedRequestId', 'integration.requestId', 'awsEndpointRequestId', 'xrayTraceId']

/** Whether the id is one of the request that the event is about, and not only mentioned. */
function isOwn({log, event}: Hit, id: string): boolean {
  if (log.kind === 'access') {
    const record = accessFormat(log.format ?? '').read(event.message)
    return ID_VARIABLES.some(variable => record?.get(variable)?.includes(id))
  }
  const {requestId, text} = splitLine(event.message)
  // `logs tail` shows the first eight characters of an id where there is no room for more.
  return requestId?.startsWith(id) || TELLING.has(phaseOf(text))
}
