import {percentile} from '../percentile.js'
import {unlessRefused} from '../problem.js'
import type {EventBatch, Log} from './log.js'
import {
  costOf,
  type LogQueries,
  MOST_ROWS_BY_DEFAULT,
  type QueryRow,
  type QueryStatistics,
  type QueryWatch,
  runQuery,
} from './query.js'
import {splitLine} from './requests/lines.js'
import type {LogSource} from './source.js'
import {type TailWatch, tail} from './tail.js'

/** By what the requests of a stage are counted; `latency` is by path, the slowest first. */
export const DIMENSIONS = ['path', 'status', 'key', 'ip', 'latency'] as const
export type Dimension = (typeof DIMENSIONS)[number]

/** Requests that have something in common. The fields are those of `--json`; what no line told is left out. */
export interface TopRow {
  /** GET; a WebSocket API has none. */
  method?: string | undefined
  /** Path of the resource, `/pets/{petId}`; of a WebSocket API its route. */
  resource?: string | undefined
  status?: number | undefined
  /** The last six characters of the API key: the log has no more. */
  keyEnding?: string | undefined
  /** Name of the API key, where exactly one has that ending. */
  key?: string | undefined
  sourceIp?: string | undefined
  requests: number
  /** Of all requests: 0.25 is a quarter. */
  share: number
  /** With a status from 400 to 499, and from 500 on. */
  clientErrors: number
  serverErrors: number
  /** Milliseconds from the first line of a request to its last. */
  p50?: number | undefined
  p90?: number | undefined
  p99?: number | undefined
  max?: number | undefined
  /** The same of the integration alone, where the log has it: with data trace only. */
  integrationP50?: number | undefined
  integrationP90?: number | undefined
  integrationP99?: number | undefined
  integrationMax?: number | undefined
}

export interface Top {
  rows: TopRow[]
  /** Groups that there are, of which the rows are the first. */
  groups: number
  requests: number
  /** What was looked at for it; undefined where nothing was paid for that. */
  statistics?: QueryStatistics | undefined
  /** Whether there are more groups than a query gives out: then the shares are of those that it did. */
  isCut: boolean
}

// --- What is counted: the query and the local reading are both made of these tables -------------------------------------

/** What is taken out of the lines of a request, by a regular expression that both JavaScript and Logs Insights read. */
interface Pattern {
  /** What a line says behind the request id it begins with. No slash: it would end the expression in a query. */
  source: string
  /**
   * The groups of the expression. Names that hardly stand in anybody's JSON: the service takes no name that it has
   * found in a log already.
   */
  facts: readonly Fact[]
}

type Fact = 'apiMethod' | 'apiResource' | 'apiStatus' | 'apiKey' | 'apiIp' | 'apiIntegration'

const ROUTE: Pattern = {
  source: String.raw`(?:HTTP Method: |WebSocket Request Route: \[|API Key \S* ?(?:not )?authorized because (?:method|route) ')(?:(?<apiMethod>[A-Z]+)(?:, Resource Path: | ))?(?<apiResource>[^\s'\]]+)`,
  facts: ['apiMethod', 'apiResource'],
}

const STATUS: Pattern = {
  source: String.raw`(?:Method completed with status: |(?:Message from client|Client) \[[^\]]*\] (?:sent to|disconnected from) API \[[^\]]*\] with (?:integration )?response status code \[)(?<apiStatus>\d{3})`,
  facts: ['apiStatus'],
}

/** The service masks a key but for its last six characters. */
const KEY: Pattern = {
  source: String.raw`Verifying Usage Plan for request: \S+ API Key: \*+(?<apiKey>[^\s*]{1,6}) API Stage: `,
  facts: ['apiKey'],
}

/** Of several addresses in X-Forwarded-For the first. A WebSocket API tells it when a client connects, without data trace. */
const IP: Pattern = {
  source: String.raw`(?:Method request headers: \{(?:.*, )?X-Forwarded-For=|Client \[UserAgent: .*, SourceIp: )(?<apiIp>[0-9A-Fa-f:.]+)`,
  facts: ['apiIp'],
}

const INTEGRATION: Pattern = {
  source: String.raw`Received response\. (?:Status: \d+, )?Integration latency: (?<apiIntegration>\d+) ms`,
  facts: ['apiIntegration'],
}

/** How the lines of a request become one value: numbers by the largest, texts by the one that sorts last. */
const COMBINED: Readonly<Record<Fact, {name: keyof Request; by: 'max' | 'sortsLast'}>> = {
  apiMethod: {name: 'method', by: 'sortsLast'},
  apiResource: {name: 'resource', by: 'sortsLast'},
  apiStatus: {name: 'status', by: 'max'},
  apiKey: {name: 'keyEnding', by: 'sortsLast'},
  apiIp: {name: 'sourceIp', by: 'sortsLast'},
  apiIntegration: {name: 'integration', by: 'max'},
}

/** What is known of one request. */
interface Request {
  method?: string
  resource?: string
  status?: number
  keyEnding?: string
  sourceIp?: string
  /** Milliseconds. */
  integration?: number
  latency: number
}

type Key = 'method' | 'resource' | 'status' | 'keyEnding' | 'sourceIp'

/** What is computed of the requests of a group. */
type Measure =
  | {name: keyof TopRow; of: 'requests'}
  /** How many have a status in a range, both ends included. */
  | {name: keyof TopRow; of: 'status'; from: number; to: number}
  /** A percentile; 100 is the largest. */
  | {name: keyof TopRow; of: 'latency' | 'integration'; percent: number}

const COUNTS: readonly Measure[] = [
  {name: 'requests', of: 'requests'},
  {name: 'clientErrors', of: 'status', from: 400, to: 499},
  {name: 'serverErrors', of: 'status', from: 500, to: 599},
  {name: 'p50', of: 'latency', percent: 50},
  {name: 'p90', of: 'latency', percent: 90},
  {name: 'p99', of: 'latency', percent: 99},
  {name: 'max', of: 'latency', percent: 100},
]

const INTEGRATION_LATENCIES: readonly Measure[] = [
  {name: 'integrationP50', of: 'integration', percent: 50},
  {name: 'integrationP90', of: 'integration', percent: 90},
  {name: 'integrationP99', of: 'integration', percent: 99},
  {name: 'integrationMax', of: 'integration', percent: 100},
]

interface Definition {
  patterns: readonly Pattern[]
  keys: readonly Key[]
  measures: readonly Measure[]
  /** The groups with the most of it come first. */
  rank: 'requests' | 'p90'
}

const DEFINITIONS: Readonly<Record<Dimension, Definition>> = {
  path: {patterns: [ROUTE, STATUS], keys: ['method', 'resource'], measures: COUNTS, rank: 'requests'},
  status: {patterns: [STATUS], keys: ['status'], measures: COUNTS, rank: 'requests'},
  key: {patterns: [KEY, STATUS], keys: ['keyEnding'], measures: COUNTS, rank: 'requests'},
  ip: {patterns: [IP, STATUS], keys: ['sourceIp'], measures: COUNTS, rank: 'requests'},
  latency: {
    patterns: [ROUTE, STATUS, INTEGRATION],
    keys: ['method', 'resource'],
    measures: [...COUNTS, ...INTEGRATION_LATENCIES],
    rank: 'p90',
  },
}

// --- As a query ---------------------------------------------------------------------------------------------------------

/**
 * The query that counts where the logs are. Two `stats`, which is as many as there may be: the lines become requests,
 * the requests groups. It asks for all groups, so that shares are of all requests.
 */
export function topQuery(by: Dimension): string {
  const {patterns, keys, measures, rank} = DEFINITIONS[by]
  const facts = patterns
    .flatMap(pattern => pattern.facts)
    .map(fact => `${COMBINED[fact].by}(${fact}) as ${COMBINED[fact].name}`)
  return [
    String.raw`parse @message /^\((?<apiRequest>\S+)\) /`,
    ...patterns.map(({source}) => String.raw`parse @message /^\(\S+\) ${source}/`),
    'filter ispresent(apiRequest)',
    `stats ${[...facts, 'max(@timestamp) - min(@timestamp) as latency'].join(', ')} by apiRequest`,
    `stats ${measures.map(measureText).join(', ')} by ${keys.join(', ')}`,
    `sort ${rank} desc`,
    `limit ${MOST_ROWS_BY_DEFAULT}`,
  ].join('\n| ')
}

function measureText(measure: Measure): string {
  switch (measure.of) {
    case 'requests':
      return `count(*) as ${measure.name}`
    case 'status':
      return `sum(status >= ${measure.from} and status <= ${measure.to}) as ${measure.name}`
    default:
      return measure.percent === 100
        ? `max(${measure.of}) as ${measure.name}`
        : `pct(${measure.of}, ${measure.percent}) as ${measure.name}`
  }
}

/** Of which time the requests of a log are counted: seconds since 1970, both inclusive and whole. */
export interface TopWindow {
  log: Log
  start: number
  end: number
}

/** The first of the groups, computed by the service. @throws Problem as `runQuery` does */
export async function topByQuery(
  queries: LogQueries,
  by: Dimension,
  {log, start, end}: TopWindow,
  count: number,
  watch: QueryWatch,
): Promise<Top> {
  const query = {text: topQuery(by), groups: [log.group], start, end, limit: MOST_ROWS_BY_DEFAULT}
  const {rows, statistics} = await runQuery(queries, query, watch)
  const isCut = rows.length >= MOST_ROWS_BY_DEFAULT
  const groups = rows.map(row => rowFrom(by, row))
  return {...ranked(by, groups, count), isCut, statistics}
}

function rowFrom(by: Dimension, row: QueryRow): Group {
  const {keys, measures} = DEFINITIONS[by]
  const names = [...keys, ...measures.map(({name}) => name)]
  return groupFrom(
    names.map(name => {
      // What is not there may also come as an empty text.
      const text = row[name] || undefined
      return [name, text === undefined || TEXTS.has(name) ? text : Number(text)]
    }),
  )
}

const TEXTS: ReadonlySet<string> = new Set<Key>(['method', 'resource', 'keyEnding', 'sourceIp'])

// --- As a reading --------------------------------------------------------------------------------------------------------

/** The first of the groups, computed here from the events of the same window. @throws Problem as `tail` does */
export function topByReading(
  source: LogSource,
  by: Dimension,
  {log, start, end}: TopWindow,
  count: number,
  watch: TailWatch,
): Promise<Top> {
  const window = {since: start * 1000, until: end * 1000 + 999, follow: false, wait: false}
  return topOf(tail(source, {logs: [log], ...window}, watch), by, count)
}

/** What is kept of a request is a few fields, but of every request: lines of one may be far apart. */
export async function topOf(batches: AsyncIterable<EventBatch>, by: Dimension, count: number): Promise<Top> {
  const expressions = DEFINITIONS[by].patterns.map(({source}) => new RegExp(`^${source}`))
  const requests = new Map<string, Request & {first: number}>()
  for await (const {events} of batches) {
    for (const {message, timestamp} of events) {
      const {requestId, text} = splitLine(message)
      if (requestId === undefined) continue
      const request = requests.get(requestId) ?? {latency: 0, first: timestamp}
      requests.set(requestId, request)
      // The events come in the order of their time, but for what is late.
      const first = Math.min(request.first, timestamp)
      request.latency = Math.max(request.first + request.latency, timestamp) - first
      request.first = first
      for (const expression of expressions) take(request, expression.exec(text)?.groups)
    }
  }
  return {...ranked(by, groupsOf(by, requests.values()), count), isCut: false}
}

/** Combines what a line says with what others said. */
function take(request: Request, found: Record<string, string | undefined> = {}): void {
  for (const [fact, text] of Object.entries(found)) {
    if (text === undefined) continue
    const {name, by} = COMBINED[fact as Fact]
    const value = by === 'max' ? Number(text) : text
    const known = request[name]
    if (known === undefined || value > known) Object.assign(request, {[name]: value})
  }
}

function groupsOf(by: Dimension, requests: Iterable<Request>): Group[] {
  const {keys, measures} = DEFINITIONS[by]
  const groups = new Map<string, Request[]>()
  for (const request of requests) {
    const id = JSON.stringify(keys.map(key => request[key] ?? null))
    const group = groups.get(id)
    if (group) group.push(request)
    else groups.set(id, [request])
  }
  return [...groups.values()].map(group => {
    const common = keys.map(key => [key, group[0]?.[key]] as const)
    const values = measures.map(measure => [measure.name, measured(measure, group)] as const)
    return groupFrom([...common, ...values])
  })
}

function measured(measure: Measure, requests: readonly Request[]): number | undefined {
  switch (measure.of) {
    case 'requests':
      return requests.length
    case 'status':
      return requests.filter(({status = 0}) => status >= measure.from && status <= measure.to).length
    default: {
      const values = requests.map(request => request[measure.of]).filter(value => value !== undefined)
      return percentile(values, measure.percent)
    }
  }
}

// --- What both come to ---------------------------------------------------------------------------------------------------

type Group = Omit<TopRow, 'share'>

function groupFrom(fields: readonly (readonly [string, string | number | undefined])[]): Group {
  const known = fields.filter(([, value]) => value !== undefined)
  return {requests: 0, clientErrors: 0, serverErrors: 0, ...Object.fromEntries(known)}
}

/** The first groups; those that are level in the order of their names. */
function ranked(by: Dimension, groups: readonly Group[], count: number): Pick<Top, 'rows' | 'groups' | 'requests'> {
  const {rank, keys} = DEFINITIONS[by]
  const requests = groups.reduce((sum, group) => sum + group.requests, 0)
  const nameOf = (group: Group) => keys.map(key => group[key] ?? '').join(' ')
  const sorted = groups.toSorted(
    (a, b) => (b[rank] ?? 0) - (a[rank] ?? 0) || b.requests - a.requests || (nameOf(a) < nameOf(b) ? -1 : 1),
  )
  const rows = sorted.slice(0, count).map(group => ({...group, share: group.requests / requests}))
  return {rows, groups: groups.length, requests}
}

/** Names of API keys by the last six characters of their values; the values themselves stay where they are. */
export type KeyEndings = () => Promise<ReadonlyMap<string, readonly string[]>>

/** The rows with the names of their keys, where they can be told: two keys may have the same ending. */
export async function withKeyNames(top: Top, endings: KeyEndings): Promise<Top> {
  if (!top.rows.some(({keyEnding}) => keyEnding !== undefined)) return top
  // Who may not read keys still gets the endings.
  const names = await unlessRefused(endings(), new Map<string, readonly string[]>())
  const nameOf = (ending = '') => {
    const [name, other] = names.get(ending) ?? []
    return other === undefined ? name : undefined
  }
  return {...top, rows: top.rows.map(row => ({...row, key: nameOf(row.keyEnding)}))}
}

/** What has to be said of the rows besides themselves. */
export function remarksOn(by: Dimension, {rows, groups, requests, statistics, isCut}: Top): string[] {
  const remarks: string[] = []
  if (rows.length < groups) remarks.push(`The first ${rows.length} of ${groups}; ${requests} requests in all.`)
  if (isCut)
    remarks.push(`There are more than ${groups}, of which these are the largest: shares are of those ${groups}.`)
  if (by === 'ip' && rows.length > 0 && rows.every(({sourceIp}) => sourceIp === undefined)) remarks.push(NO_ADDRESS)
  if (statistics) remarks.push(costOf(statistics))
  return remarks
}

const NO_ADDRESS =
  'No line tells an address. That takes data trace (apigw logs enable --level full), or an access log that has it (apigw logs query --access).'
