import {mkdir, open, readFile, rename, rm} from 'node:fs/promises'
import {dirname} from 'node:path'
import type {
  Authorizer,
  BasePathMapping,
  ClientCertificate,
  Deployment,
  DocumentationPart,
  DocumentationVersion,
  DomainName,
  GatewayResponse,
  Model,
  RequestValidator,
  Resource,
  RestApi,
  Stage,
  UsagePlan,
  VpcLink,
} from '@aws-sdk/client-api-gateway'
import type {Api as V2Api, Stage as V2Stage} from '@aws-sdk/client-apigatewayv2'
import type {
  DeliveryDestination,
  DeliverySource,
  Destination,
  LogGroup,
  LogStream,
  MetricFilter,
  ResourcePolicy,
  SubscriptionFilter,
} from '@aws-sdk/client-cloudwatch-logs'
import type {Role} from '@aws-sdk/client-iam'
import type {WebACL} from '@aws-sdk/client-wafv2'
import {ApiKeys} from './api-keys.js'
import type {SeriesRecord} from './metrics/series.js'

/** What a deployment freezes: everything of an API that only goes live by deploying. */
export interface Snapshot {
  api: RestApi
  /** By id; each resource holds its methods, each method its integration and responses. */
  resources: Record<string, Resource>
  models: Record<string, Model>
  requestValidators: Record<string, RequestValidator>
  authorizers: Record<string, Authorizer>
  /** Only those that somebody set; the service's defaults are not stored. */
  gatewayResponses: Record<string, GatewayResponse>
}

/** A REST API as it is edited now, with its deployments and stages. */
export interface RestApiRecord extends Snapshot {
  deployments: Record<string, {deployment: Deployment; snapshot: Snapshot}>
  /** By stage name. */
  stages: Record<string, Stage>
  documentationParts: Record<string, DocumentationPart>
  /** By name; each with the parts as they were when it was made. */
  documentationVersions: Record<string, {version: DocumentationVersion; parts: DocumentationPart[]}>
}

export interface UsagePlanRecord {
  plan: UsagePlan
  /** Ids of the keys on the plan, in the order they came. */
  keyIds: Set<string>
  /** Requests counted per key id and UTC day (`YYYY-MM-DD`). */
  usage: Record<string, Record<string, number>>
  /** Requests that a key may send in all in a period, where UpdateUsage set them: per key id and the UTC day of that. */
  allowed: Record<string, Record<string, number>>
  /** The UTC day on which the plan got its quota. */
  quotaSince?: string | undefined
}

export interface LogEvent {
  /** Milliseconds since 1970. */
  timestamp: number
  ingestionTime: number
  message: string
  eventId: string
}

export interface LogStreamRecord {
  stream: LogStream
  /** In the order of their ids. */
  events: LogEvent[]
}

export interface LogGroupRecord {
  group: LogGroup
  /** By name. */
  streams: Record<string, LogStreamRecord>
  tags: Record<string, string>
  /** By name. */
  metricFilters: Record<string, MetricFilter>
  /** By name. */
  subscriptionFilters: Record<string, SubscriptionFilter>
}

export interface V2ApiRecord {
  api: V2Api
  /** By name. */
  stages: Record<string, V2Stage>
}

/** Everything that AWS keeps per account and Region. */
export interface RegionState {
  account: {cloudwatchRoleArn?: string}
  restApis: Record<string, RestApiRecord>
  apiKeys: ApiKeys
  usagePlans: Record<string, UsagePlanRecord>
  vpcLinks: Record<string, VpcLink>
  domainNames: Record<string, {domain: DomainName; mappings: Record<string, BasePathMapping>}>
  clientCertificates: Record<string, ClientCertificate>
  /** Of AWS WAF, by id. */
  webAcls: Record<string, WebACL>
  /** WebSocket and HTTP APIs: records only, so that their names and stages can be found. */
  v2Apis: Record<string, V2ApiRecord>
  logGroups: Record<string, LogGroupRecord>
  /** By name. */
  logResourcePolicies: Record<string, ResourcePolicy>
  /** By name. */
  logDestinations: Record<string, Destination>
  /** By name. */
  logDeliverySources: Record<string, DeliverySource>
  /** By name. */
  logDeliveryDestinations: Record<string, DeliveryDestination>
  /** CloudWatch metrics, by all that tells one from another. */
  metrics: Record<string, SeriesRecord>
}

/** What AWS keeps per account, outside any Region. */
export interface GlobalState {
  /** By name. */
  roles: Record<string, RoleRecord>
}

export interface RoleRecord {
  role: Role
  /** ARNs of managed policies, in the order they came. */
  attachedPolicies: string[]
  /** Policy documents by policy name. */
  inlinePolicies: Record<string, string>
}

/** What a record holds under a name that a user chose; `constructor` is a name like any other. */
export function entryOf<Value>(record: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined
}

interface State {
  version: 1
  global: GlobalState
  regions: Record<string, RegionState>
}

const emptyState = (): State => ({version: 1, global: {roles: {}}, regions: {}})

const emptyRegion = (): RegionState => ({
  account: {},
  restApis: {},
  apiKeys: new ApiKeys(),
  usagePlans: {},
  vpcLinks: {},
  domainNames: {},
  clientCertificates: {},
  webAcls: {},
  v2Apis: {},
  logGroups: {},
  logResourcePolicies: {},
  logDestinations: {},
  logDeliverySources: {},
  logDeliveryDestinations: {},
  metrics: {},
})

/**
 * The sandbox's whole state: one object, in memory, and in a file where one is given. Writes are atomic (a new
 * file, flushed, then renamed over the old one), so a kill at any moment leaves the last whole state.
 */
export class Store {
  #state: State
  readonly #file: string | undefined
  #dirty = false
  #writing: Promise<void> | undefined
  #soon: NodeJS.Timeout | undefined
  /** Milliseconds that the last write took. */
  #writeTime = 0

  private constructor(state: State, file: string | undefined) {
    this.#state = state
    this.#file = file
  }

  /** @param file where the state lives between runs; made at the first change if it is not there */
  static async open(file?: string): Promise<Store> {
    if (file === undefined) return new Store(emptyState(), undefined)
    let text: string
    try {
      text = await readFile(file, 'utf8')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
      return new Store(emptyState(), file)
    }
    return new Store(parseState(text, file), file)
  }

  get global(): GlobalState {
    return this.#state.global
  }

  region(name: string): RegionState {
    let region = this.#state.regions[name]
    if (!region) {
      region = emptyRegion()
      this.#state.regions[name] = region
    }
    return region
  }

  /** The Region that holds an API, for the data plane, whose addresses carry only the API's id. */
  regionOfApi(apiId: string): {name: string; state: RegionState; record: RestApiRecord} | undefined {
    for (const [name, state] of Object.entries(this.#state.regions)) {
      const record = state.restApis[apiId]
      if (record) return {name, state, record}
    }
    return undefined
  }

  /** The base path mappings of a custom domain name in any Region, or undefined if there is no such name. */
  mappingsOf(domainName: string): Record<string, BasePathMapping> | undefined {
    const regions = Object.values(this.#state.regions)
    return regions.find(({domainNames}) => Object.hasOwn(domainNames, domainName))?.domainNames[domainName]?.mappings
  }

  reset(): void {
    this.#state = emptyState()
  }

  /** Says that the state has changed; the next `flush` writes it. */
  touch(): void {
    this.#dirty = true
  }

  /**
   * Writes what was touched within a second, or within ten times what the last write took: what no control-plane call
   * waits for (logs, usage). Calls in between share the write; one that fails is tried again with the next.
   */
  flushSoon(): void {
    if (this.#file === undefined || !this.#dirty || this.#soon) return
    this.#soon = setTimeout(
      () => {
        this.#soon = undefined
        this.flush().catch(() => {})
      },
      Math.max(1000, 10 * this.#writeTime),
    )
    this.#soon.unref()
  }

  /** Resolves when everything touched before the call is on disk. Calls made during a write share the next one. */
  async flush(): Promise<void> {
    clearTimeout(this.#soon)
    this.#soon = undefined
    if (this.#file === undefined) return
    while (this.#dirty || this.#writing) {
      this.#writing ??= this.#write(this.#file).finally(() => {
        this.#writing = undefined
      })
      await this.#writing
    }
  }

  async #write(file: string): Promise<void> {
    this.#dirty = false
    const startedAt = performance.now()
    const text = JSON.stringify(this.#state, taggingReplacer)
    const next = `${file}.${process.pid}.tmp`
    await mkdir(dirname(file), {recursive: true})
    try {
      // The state holds API key values: only its owner may read it.
      const handle = await open(next, 'w', 0o600)
      try {
        await handle.writeFile(text)
        await handle.sync()
      } finally {
        await handle.close()
      }
      await rename(next, file)
      this.#writeTime = performance.now() - startedAt
    } catch (error) {
      this.#dirty = true
      await rm(next, {force: true})
      throw error
    }
  }
}

function parseState(text: string, file: string): State {
  let state: State
  try {
    state = JSON.parse(text, taggingReviver) as State
  } catch (error) {
    throw new Error(`${file} is not a sandbox state file: ${(error as Error).message}`)
  }
  if (state?.version !== 1) throw new Error(`${file} is not a sandbox state file of this version`)
  for (const [name, region] of Object.entries(state.regions)) {
    // A file that an older sandbox wrote lacks what that one did not keep.
    const whole = {...emptyRegion(), ...region}
    whole.apiKeys = new ApiKeys(Object.values(whole.apiKeys))
    for (const record of Object.values(whole.usagePlans)) {
      record.keyIds = new Set(record.keyIds)
      // A file that an older version wrote has none.
      record.allowed ??= {}
    }
    state.regions[name] = whole
  }
  return state
}

/**
 * JSON has no dates and no bytes: they are written as tagged objects. `this` is the holder, before Date.toJSON ran. A set,
 * which JSON has not either, is a list.
 */
function taggingReplacer(this: Record<string, unknown>, key: string, value: unknown): unknown {
  const raw = this[key]
  if (raw instanceof Date) return {$date: raw.getTime()}
  if (raw instanceof Uint8Array) return {$bytes: Buffer.from(raw).toString('base64')}
  return raw instanceof Set ? [...raw] : value
}

function taggingReviver(_key: string, value: unknown): unknown {
  if (value !== null && typeof value === 'object') {
    const tagged = value as {$date?: number; $bytes?: string}
    if (typeof tagged.$date === 'number') return new Date(tagged.$date)
    if (typeof tagged.$bytes === 'string') return new Uint8Array(Buffer.from(tagged.$bytes, 'base64'))
  }
  return value
}
