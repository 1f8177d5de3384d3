import type {Choose} from './choice.js'
import {Problem} from './problem.js'
import {quoted} from './quoting.js'

/** What a stage sets for all methods or for one, over the defaults of the account. */
export interface MethodSettings {
  /** `*` for all methods, else as in `GET /pets/{id}`. */
  method: string
  /** How the service keeps it: as it was written when it was set first. */
  key: string
  /** OFF, ERROR or INFO; undefined where it was never set, which is off. */
  loggingLevel?: string | undefined
  dataTrace: boolean
  metrics: boolean
  /** Requests a second; -1 sets it back to what the account may have. */
  throttleRate?: number | undefined
  throttleBurst?: number | undefined
  caching: boolean
  /** Seconds. */
  cacheTtl?: number | undefined
  cacheEncrypted?: boolean | undefined
  /** Whether a client needs a permission to have an answer fetched afresh with `Cache-Control: max-age=0`. */
  cacheControlAuthorized?: boolean | undefined
  /** What comes of that header where a client lacks the permission. */
  unauthorizedCacheControl?: UnauthorizedCacheControl | undefined
}

/** Source: UnauthorizedCacheControlHeaderStrategy of the service model. */
export type UnauthorizedCacheControl =
  | 'FAIL_WITH_403'
  | 'SUCCEED_WITH_RESPONSE_HEADER'
  | 'SUCCEED_WITHOUT_RESPONSE_HEADER'

export interface Canary {
  deploymentId?: string | undefined
  /** Percent of the requests that it gets. */
  percentTraffic: number
  /** Values that its requests see instead of the stage's. */
  variables: Record<string, string>
  useStageCache: boolean
}

export interface Stage {
  name: string
  deploymentId?: string | undefined
  description?: string | undefined
  createdDate?: Date | undefined
  lastUpdatedDate?: Date | undefined
  variables: Record<string, string>
  /** Settings for all methods first, then by method. */
  methodSettings: MethodSettings[]
  /** GB of the cache cluster; undefined without one. */
  cacheSize?: string | undefined
  /** CREATE_IN_PROGRESS, AVAILABLE, DELETE_IN_PROGRESS, NOT_AVAILABLE or FLUSH_IN_PROGRESS. */
  cacheStatus?: string | undefined
  tracing: boolean
  clientCertificateId?: string | undefined
  documentationVersion?: string | undefined
  accessLog?: AccessLogSettings | undefined
  canary?: Canary | undefined
  webAclArn?: string | undefined
  tags: Record<string, string>
}

/** The sizes that a cache cluster can have, in GB. Source: CacheClusterSize of the service model. */
export const CACHE_SIZES = ['0.5', '1.6', '6.1', '13.5', '28.4', '58.2', '118', '237'] as const
export type CacheSize = (typeof CACHE_SIZES)[number]

/** Settings that a new stage can be made with. */
export interface StageRequest {
  name: string
  deploymentId: string
  description?: string | undefined
  variables: Record<string, string>
  tags: Record<string, string>
  tracing: boolean
  cacheSize?: CacheSize | undefined
  documentationVersion?: string | undefined
}

/** Where access logs go, and their format. */
export interface AccessLogSettings {
  destinationArn?: string | undefined
  format?: string | undefined
}

/** What can be changed in one step; what is undefined stays as it is. */
export interface StageChanges {
  deploymentId?: string | undefined
  /** Empty to have none. */
  description?: string | undefined
  /** Set in addition to those there are. */
  variables?: Record<string, string> | undefined
  unsetVariables?: readonly string[] | undefined
  tracing?: boolean | undefined
  /** Empty to have none. */
  clientCertificateId?: string | undefined
  /** Empty to have none. */
  documentationVersion?: string | undefined
  cacheSize?: CacheSize | 'off' | undefined
  accessLog?: AccessLogSettings | 'off' | undefined
  /** In this order: what a method has not set for itself yet it takes over from all methods with its first setting. */
  methodSettings?: readonly MethodChanges[] | undefined
  canary?: CanaryChanges | 'promote' | 'remove' | undefined
}

/**
 * Changes to the canary of a stage. Instead, it can be promoted: the stage serves what its canary serves, with the
 * canary's variables beside its own, and the canary gets no requests any more. Or it is removed with its settings.
 */
export interface CanaryChanges {
  /** Percent of the requests that it gets. */
  percentTraffic?: number | undefined
  /** Set in addition to those that it has. */
  variables?: Record<string, string> | undefined
  unsetVariables?: readonly string[] | undefined
  useStageCache?: boolean | undefined
}

/** Changes to what is set for all methods (`*`) or for one. */
export interface MethodChanges extends Partial<Omit<MethodSettings, 'method'>> {
  method: string
  /** Take everything away that is set for the method, so that what is set for all methods holds. */
  inherit?: boolean | undefined
}

/**
 * Changes with one entry for each method, all methods together first: what is set for one of them at the same time is
 * taken over from there, and then has its own.
 */
export function mergedByMethod(changes: readonly MethodChanges[]): MethodChanges[] {
  const merged = new Map<string, MethodChanges>()
  for (const change of changes) {
    const known = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined))
    merged.set(change.method, {...merged.get(change.method), ...known, method: change.method})
  }
  return [...merged.values()].sort((a, b) => Number(b.method === '*') - Number(a.method === '*'))
}

/** The sources of what a stage refers to by its id or name. */
export interface StageReferences {
  clientCertificates(): AsyncIterable<string>
  documentationVersions(apiId: string): AsyncIterable<string>
}

/** The stages of an API. `get`, `update` and `delete` throw Problem `missing` for a stage that is not there. */
export interface StageStore {
  list(apiId: string): Promise<Stage[]>
  get(apiId: string, name: string): Promise<Stage>
  /** All of the changes or, when the service refuses one, none. */
  update(apiId: string, name: string, changes: StageChanges): Promise<Stage>
  create(apiId: string, request: StageRequest): Promise<Stage>
  delete(apiId: string, name: string): Promise<void>
  tag(apiId: string, name: string, tags: Record<string, string>): Promise<void>
  untag(apiId: string, name: string, keys: readonly string[]): Promise<void>
}

/**
 * The stage that a command works on, or one chosen by a person.
 * @throws Problem `missing`, also when there is none to choose from, or `usage` when nothing was said and nobody can be
 *   asked
 */
export async function resolveStage<S extends {name: string}>(
  stages: readonly S[],
  ref: string | undefined,
  choose: Choose,
  api?: {name: string},
): Promise<S> {
  if (ref === undefined && stages.length === 0) {
    const toMake = api && `To make one: apigw deploy --api ${quoted(api.name)} --stage NAME`
    throw new Problem('missing', 'The API has no stages yet.', toMake)
  }
  const choices = stages.map(({name}) => ({name, value: name}))
  return stageNamed(stages, ref ?? (await choose({message: 'Which stage?', flag: '--stage NAME', choices})), api)
}

/** @throws Problem `missing` with the stages that there are, and the command that makes it */
export function stageNamed<S extends {name: string}>(stages: readonly S[], name: string, api?: {name: string}): S {
  const stage = stages.find(stage => stage.name === name)
  if (!stage) throw noStage(stages, name, api)
  return stage
}

/** What a stage that is not there yet is called in a list to choose from; no stage can have that name. */
const NEW_STAGE = '(a new stage)'

/**
 * The name of the stage to deploy to, which need not be there yet: as given, or chosen by a person.
 * @throws Problem usage for what cannot be a name, or when nothing was said and nobody can be asked
 */
export async function stageToDeploy(
  list: () => Promise<readonly {name: string}[]>,
  ref: string | undefined,
  ask: {choose: Choose; text: (question: {message: string; flag: string}) => Promise<string>},
): Promise<string> {
  if (ref !== undefined) return checkStageName(ref)
  const flag = '--stage NAME'
  const stages = await list()
  const choices = [...stages.map(({name}) => ({name, value: name})), {name: NEW_STAGE, value: NEW_STAGE}]
  const chosen = stages.length > 0 ? await ask.choose({message: 'To which stage?', flag, choices}) : NEW_STAGE
  if (chosen !== NEW_STAGE) return chosen
  return checkStageName(await ask.text({message: 'Name of the new stage:', flag}))
}

function noStage(stages: readonly {name: string}[], name: string, api: {name: string} | undefined): Problem {
  const names = stages.map(stage => stage.name)
  const there =
    names.length === 0
      ? 'The API has no stages yet.'
      : `There ${names.length === 1 ? 'is' : 'are'}: ${names.join(', ')}.`
  const toMake = isStageName(name)
    ? ` To make it: apigw deploy --api ${api ? quoted(api.name) : 'API'} --stage ${name}`
    : ''
  return new Problem('missing', `There is no stage "${name}".`, `${there}${toMake}`)
}

/** Whether a stage of a REST API can have that name; one of an HTTP API may be called `$default`. */
const isStageName = (name: string) => /^[\w-]{1,128}$/.test(name)

/** @throws Problem usage for a name that the service would not take */
export function checkStageName(name: string): string {
  if (isStageName(name)) return name
  throw new Problem(
    'usage',
    `"${name}" cannot be the name of a stage.`,
    'Letters, digits, - and _, at most 128 of them.',
  )
}

/** @throws Problem usage for more variables than a stage can have. Source: service quotas (April 2026) */
export function checkVariableCount(variables: Record<string, string>): void {
  const count = Object.keys(variables).length
  if (count > 100) throw new Problem('usage', `A stage can have 100 variables, and these would be ${count}.`)
}

/**
 * What a stage had and has no more or has otherwise, in words: of all its settings. What it serves and when it was
 * changed do not count.
 */
export function lossesBetween(before: Stage, after: Stage): string[] {
  const now = settingsOf(after)
  return [...settingsOf(before)]
    .filter(([name, value]) => now.get(name) !== value)
    .map(([name, value]) => `${name} was ${value} and is ${now.get(name) ?? 'gone'}`)
}

/** What is otherwise about the settings of a stage than it should be, what it serves included, in words. */
export function settingDifferences(wanted: Stage, actual: Stage): string[] {
  const should = settingsOf(wanted).set('deployment', wanted.deploymentId ?? 'none')
  const is = settingsOf(actual).set('deployment', actual.deploymentId ?? 'none')
  return [...new Set([...should.keys(), ...is.keys()])]
    .filter(name => should.get(name) !== is.get(name))
    .map(name => `${name} is ${is.get(name) ?? 'none'} and should be ${should.get(name) ?? 'none'}`)
}

/** All settings of a stage by name, such as `variable color` or `throttleRate of GET /pets`. */
export function settingsOf(stage: Stage): Map<string, string> {
  const entries: [string, string | number | boolean | undefined][] = [
    ['description', stage.description],
    ['cache', stage.cacheSize],
    ['tracing', stage.tracing],
    ['client certificate', stage.clientCertificateId],
    ['documentation version', stage.documentationVersion],
    ['access log', stage.accessLog?.destinationArn],
    ['format of the access log', stage.accessLog?.format],
    ['percentage of the canary', stage.canary?.percentTraffic],
    ['cache of the canary', stage.canary?.useStageCache],
    ['web ACL', stage.webAclArn],
    ...Object.entries(stage.variables).map(([key, value]): [string, string] => [`variable ${key}`, value]),
    ...Object.entries(stage.canary?.variables ?? {}).map(([key, value]): [string, string] => [
      `variable ${key} of the canary`,
      value,
    ]),
    ...Object.entries(stage.tags).map(([key, value]): [string, string] => [`tag ${key}`, value]),
  ]
  for (const {method, settings} of ownSettings(stage)) {
    for (const [key, value] of Object.entries(settings)) entries.push([`${key} of ${method}`, value])
  }
  const set = entries.filter(([, value]) => value !== undefined && value !== '')
  return new Map(set.map(([key, value]) => [key, String(value)]))
}

/** What is set by method, as far as it holds: no level is OFF, and of two keys for one method the first counts. */
function ownSettings({methodSettings}: Stage) {
  return methodSettings
    .filter(({method}, i) => methodSettings.findIndex(other => other.method === method) === i)
    .map(({method, key: _, loggingLevel = 'OFF', ...settings}) => ({method, settings: {loggingLevel, ...settings}}))
}

/**
 * Variables as the service takes them.
 * @throws Problem usage for others: names have letters, digits and _ up to 64 characters, values match
 *   `[A-Za-z0-9-._~:/?#&=,]+` up to 512 (CreateDeployment and CreateStage in the API reference; service quotas)
 */
export function checkVariables(variables: Record<string, string>): Record<string, string> {
  for (const [name, value] of Object.entries(variables)) {
    if (!/^\w{1,64}$/.test(name)) {
      const hint = 'Names have letters, digits and _, at most 64 of them.'
      throw new Problem('usage', `"${name}" cannot be the name of a stage variable.`, hint)
    }
    if (!/^[\w\-.~:/?#&=,]{1,512}$/.test(value)) {
      const hint = 'Values have letters, digits and - . _ ~ : / ? # & = , and at most 512 of them; encode the rest.'
      throw new Problem('usage', `The service does not take this value for the stage variable ${name}.`, hint)
    }
  }
  return variables
}
