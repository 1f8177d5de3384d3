import {duration} from '../../duration.js'
import {Problem, unlessRefused} from '../../problem.js'
import {quoted} from '../../quoting.js'
import type {Clock} from '../../session.js'
import {accessFormat} from '../access-format.js'
import {accessRequest, strayRequest} from '../access-records.js'
import type {LogEvent} from '../events.js'
import {type CalledFunction, functionLog, functionOf} from '../functions.js'
import {readHistory} from '../history.js'
import type {Log} from '../log.js'
import {leadsToStory} from '../requests/causes.js'
import {inOrder} from '../requests/function-parts.js'
import {RequestGroups} from '../requests/group.js'
import {splitLine} from '../requests/lines.js'
import type {LoggedRequest, RequestFailure, RequestLine} from '../requests/request.js'
import type {LogPage, LogQuery, LogSource} from '../source.js'
import type {LoggedStage} from '../stages.js'
import {linesOfFunction} from './function-part.js'
import {anyOf} from './pattern.js'
import {findId, type Hit, type Hits, logsOf} from './search.js'

export interface StoryPorts {
  source: LogSource
  /** The functions that a stage calls as it is deployed. */
  functions(stage: LoggedStage): Promise<CalledFunction[]>
}

export interface StoryWish {
  /** A request id, an extended one, the id of a Lambda invocation, or that of an X-Ray trace. */
  id: string
  /** Where to look for it. */
  stages: readonly LoggedStage[]
  /** Milliseconds since 1970; undefined for the last 24 hours. */
  since?: number | undefined
  /** Whether credentials are taken out of lines. */
  redact: boolean
}

export interface StoryWatch {
  clock: Pick<Clock, 'now'>
  notice(text: string): void
}

const DAY = 24 * 3_600_000

/** Milliseconds that a request may have lines before or after one of them: an integration may take some minutes. */
const LONGEST = 6 * 60_000

/**
 * Everything that the logs have about one request, in the order of time: the execution log, the record in the access
 * log, and what the functions that it called have written.
 * @throws Problem missing where the id is not to be found, with what was searched; denied where nothing may be read
 */
export async function requestStory(ports: StoryPorts, wish: StoryWish, watch: StoryWatch): Promise<LoggedRequest> {
  const {id, since = watch.clock.now() - DAY} = wish
  const source = new ReadableLogs(ports.source)
  const logs = logsOf(wish.stages)
  const found = await findId(source, logs, {id, since}, watch.clock)
  const [first] = found.hits
  if (!first) throw notFound(wish, logs, source, watch.clock.now() - since)
  const gateway = await gatewayPart(source, first, wish, watch)
  remark(found, gateway, wish.id, watch)
  const stage = wish.stages.find(({apiId, stage}) => apiId === gateway.apiId && stage === gateway.stage) as LoggedStage
  const functions = await functionPart(ports, source, stage, gateway, wish, watch)
  if (!gateway.isComplete)
    watch.notice('Its last line is not there yet, or was not logged: lines come after about 20 s.')
  return {...gateway, failure: shownHere(gateway.failure), lines: inOrder([...gateway.lines, ...functions])}
}

/** A failure without the hint that leads to where one is. */
function shownHere(failure: RequestFailure | undefined): RequestFailure | undefined {
  if (failure?.hint === undefined || !leadsToStory(failure.hint)) return failure
  return {cause: failure.cause, message: failure.message}
}

/** What cannot be read has no events; why, is kept. */
class ReadableLogs implements LogSource {
  /** By the name of the group. */
  readonly troubles = new Map<string, Problem>()

  constructor(private readonly source: LogSource) {}

  async page(query: LogQuery): Promise<LogPage | undefined> {
    try {
      return await this.source.page(query)
    } catch (error) {
      if (!(error instanceof Problem) || !['missing', 'denied', 'failed'].includes(error.kind)) throw error
      this.troubles.set(query.group, error)
      return {events: []}
    }
  }
}

/** The request as API Gateway logged it: from the execution log as far as it goes, completed from the access log. */
async function gatewayPart(
  source: LogSource,
  {log, event}: Hit,
  {id, stages, redact}: StoryWish,
  {clock}: StoryWatch,
): Promise<LoggedRequest> {
  const logs = logsOf(candidatesFor(log, event, stages))
  const window = {since: event.timestamp - LONGEST, until: event.timestamp + LONGEST}
  let ids = idsIn(log, event)
  if (ids.length === 0) ids = [id]
  let request: LoggedRequest
  for (;;) {
    const pattern = anyOf(ids)
    const events = new Map<Log, LogEvent[]>()
    for await (const batch of readHistory(source, logs, {...window, pattern}, clock)) {
      events.set(batch.log, [...(events.get(batch.log) ?? []), ...batch.events])
    }
    request = requestIn(events, ids, {clock, redact}) ?? {...strayRequest(event, log, {redact}), requestId: id}
    const known = [request.requestId, request.extendedRequestId].filter(id => id !== undefined)
    const unasked = known.filter(id => !ids.includes(id))
    if (unasked.length === 0) return request
    ids = [...ids, ...unasked]
  }
}

/** The stages that may have written an event: several where they write their access logs to one group. */
function candidatesFor(log: Log, {message}: LogEvent, stages: readonly LoggedStage[]): LoggedStage[] {
  const writers = stages.filter(stage => logsOf([stage]).some(({group}) => group === log.group))
  const record = log.kind === 'access' ? accessFormat(log.format ?? '').read(message) : undefined
  const named = writers.filter(
    ({apiId, stage}) => (record?.get('apiId') ?? apiId) === apiId && (record?.get('stage') ?? stage) === stage,
  )
  return named.length > 0 ? named : writers
}

/** The ids of the request that an event is about. */
function idsIn({kind, format = ''}: Log, {message}: LogEvent): string[] {
  const {requestId} = splitLine(message)
  if (kind === 'execution') return requestId === undefined ? [] : [requestId]
  const record = accessFormat(format).read(message)
  return ['requestId', 'extendedRequestId'].map(name => record?.get(name)).filter(id => id !== undefined)
}

function requestIn(
  events: ReadonlyMap<Log, readonly LogEvent[]>,
  ids: readonly string[],
  options: {clock: Pick<Clock, 'now'>; redact: boolean},
): LoggedRequest | undefined {
  const parts = [...events].flatMap(([log, ofLog]) => {
    if (log.kind === 'access') return accessParts(log, ofLog, options)
    const groups = new RequestGroups(options)
    return [...groups.add({log, events: ofLog}), ...groups.end()]
  })
  const own = parts.filter(part => ids.includes(part.requestId) || ids.includes(part.extendedRequestId ?? ''))
  const execution = own.find(({lines}) => lines[0]?.source === 'execution')
  const access = own.find(({lines}) => lines[0]?.source === 'access')
  return execution && access ? joined(execution, access) : (execution ?? access)
}

function accessParts(log: Log, events: readonly LogEvent[], {redact}: {redact: boolean}): LoggedRequest[] {
  const format = accessFormat(log.format ?? '')
  return events.map(event => accessRequest(event, log, format, {redact})).filter(request => request !== undefined)
}

/** Both parts in one. The access log knows how long it took; of everything else the execution log has more. */
export function joined(execution: LoggedRequest, access: LoggedRequest): LoggedRequest {
  const known = Object.entries(execution).filter(([, value]) => value !== undefined)
  return {
    ...access,
    ...(Object.fromEntries(known) as unknown as LoggedRequest),
    latency: access.latency ?? execution.latency,
    integrationLatency: access.integrationLatency ?? execution.integrationLatency,
    isComplete: true,
    lines: inOrder([...execution.lines, ...access.lines]),
  }
}

/** Says when an id is not that of one request. */
function remark({hits, areOwn}: Hits, request: LoggedRequest, id: string, {notice}: StoryWatch): void {
  if (!areOwn) notice(`${id} is not the id of a request; this one mentions it.`)
  const own = [request.requestId, request.extendedRequestId]
  const others = hits.map(({log, event}) => idsIn(log, event)).filter(ids => !ids.some(each => own.includes(each)))
  const names = [...new Set(others.map(ids => ids[0] ?? ''))].filter(Boolean)
  if (names.length === 0) return
  const more = names.length > MANY ? ` and ${names.length - MANY} more` : ''
  notice(`${areOwn ? 'It is of' : 'So do'} other requests, too: ${names.slice(0, MANY).join(', ')}${more}`)
}

const MANY = 5

/** What the functions that the request called have written for it. */
async function functionPart(
  ports: StoryPorts,
  source: ReadableLogs,
  stage: LoggedStage,
  request: LoggedRequest,
  {redact}: StoryWish,
  {clock, notice}: StoryWatch,
): Promise<RequestLine[]> {
  const {integrationRequestId: invocation, requestId, extendedRequestId, time} = request
  const ids = [invocation, requestId, extendedRequestId].filter(id => id !== undefined)
  const lines: RequestLine[] = []
  for (const name of await calledFunctions(ports, stage, request)) {
    const log = functionLog(stage, name)
    const found = await linesOfFunction(source, log, {ids: [...new Set(ids)], invocation, time}, {clock, redact})
    const trouble = source.troubles.get(log.group)
    if (trouble?.kind === 'missing') {
      notice(
        `There is no log group ${log.group}: the function ${name} has logged nothing yet, may not log, or logs to a ` +
          'group of its own, which API Gateway does not know.',
      )
    } else if (trouble) notice(`The log of the function ${name} cannot be read: ${trouble.message}`)
    lines.push(...found)
  }
  return lines
}

/** The names of the functions that a request called, or may have called. */
async function calledFunctions(ports: StoryPorts, stage: LoggedStage, request: LoggedRequest): Promise<string[]> {
  const {method, resource, lines, integrationRequestId} = request
  const traced = lines.filter(({phase}) => phase === 'endpoint-uri').map(({text}) => functionOf(text))
  if (traced.length > 0) return [...new Set(traced.filter(name => name !== undefined))]
  if (wasTurnedAway(request)) return []
  const all = await unlessRefused(ports.functions(stage), [])
  const own = all.filter(({methods}) =>
    methods.some(each => each === `${method} ${resource}` || each === `ANY ${resource}`),
  )
  // The line may have the path in the place of the resource.
  const isUnclear = resource === undefined || method === undefined || (own.length === 0 && integrationRequestId)
  return (isUnclear ? all : own).map(({name}) => name)
}

/** Whether the log tells that the request got neither to an authorizer nor to its integration. */
function wasTurnedAway({lines}: LoggedRequest): boolean {
  const phases = new Set(lines.map(({phase}) => phase))
  return phases.has('usage-plan') && !phases.has('start') && !phases.has('authorizer-start')
}

/** Spans to look further in, as `--since` takes them. */
const FURTHER: readonly [string, number][] = [
  ['1d', DAY],
  ['7d', 7 * DAY],
  ['30d', 30 * DAY],
  ['90d', 90 * DAY],
  ['365d', 365 * DAY],
]

function notFound({id, stages}: StoryWish, logs: readonly Log[], {troubles}: ReadableLogs, age: number): Problem {
  const [trouble] = [...troubles.values()].filter(({kind}) => kind !== 'missing')
  if (trouble && logs.every(({group}) => troubles.has(group))) return trouble
  const scope = scopeOf(stages)
  const there = logs.filter(({group}) => !troubles.has(group))
  if (there.length === 0) {
    const text = `There is no log to look for ${id} in: ${stages.length === 0 ? 'no stage writes one' : namesOf(stages)}.`
    const hint = scope
      ? `Have requests logged from now on: apigw logs enable${scope}`
      : 'See why: apigw logs status --all'
    return new Problem('missing', text, hint)
  }
  const further = FURTHER.find(([, span]) => span > age)?.[0]
  const text = `No log line of the last ${duration(age)} has ${id} in it. Searched: ${searched(there)}.`
  const hints = [
    'Lines come about 20 s after their request; what API Gateway refuses before it knows the stage is never logged.',
    ...(further ? [`Further back: apigw logs request ${id}${scope} --since ${further}`] : []),
    ...(trouble ? [`Not searched: ${trouble.message}`] : []),
  ]
  return new Problem('missing', text, hints.join('\n'))
}

/** The flags that stand for the stages. */
function scopeOf(stages: readonly LoggedStage[]): string {
  const apis = new Set(stages.map(({apiId}) => apiId))
  const [first] = stages
  if (!first || apis.size > 1) return ''
  return ` --api ${first.apiId}${stages.length === 1 ? ` --stage ${quoted(first.stage)}` : ''}`
}

const namesOf = (stages: readonly LoggedStage[]) => listed(stages.map(({api, stage}) => `${api}/${stage}`))

const searched = (logs: readonly Log[]) => listed(logs.map(({api, stage, kind}) => `${kind} log of ${api}/${stage}`))

function listed(names: readonly string[]): string {
  const more = names.length > MANY ? ` and ${names.length - MANY} more` : ''
  return names.slice(0, MANY).join(', ') + more
}
