import type {Choose} from './choice.js'
import {Problem} from './problem.js'

/** What a stage sets for all methods or for one, over the defaults of the account. */
export interface MethodSettings {
  /** `*` for all methods, else as in `GET /pets/{id}`. */
  method: string
  /** OFF, ERROR or INFO; undefined where it was never set, which is off. */
  loggingLevel?: string | undefined
  dataTrace: boolean
  metrics: boolean
  /** Requests a second; -1 leaves it to the account. */
  throttleRate?: number | undefined
  throttleBurst?: number | undefined
  caching: boolean
  /** Seconds. */
  cacheTtl?: number | undefined
}

export interface Canary {
  deploymentId?: string | undefined
  /** Percent of the requests that it gets. */
  percentTraffic: number
  variables: Record<string, string>
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
  accessLog?: {destinationArn?: string | undefined; format?: string | undefined} | undefined
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
}

/** The stages of an API. `get`, `update` and `delete` throw Problem `missing` for a stage that is not there. */
export interface StageStore {
  list(apiId: string): Promise<Stage[]>
  get(apiId: string, name: string): Promise<Stage>
}

/**
 * The stage that a command works on, or one chosen by a person.
 * @throws Problem `missing`, or `usage` when nothing was said and nobody can be asked
 */
export async function resolveStage<S extends {name: string}>(
  stages: readonly S[],
  ref: string | undefined,
  choose: Choose,
): Promise<S> {
  const choices = stages.map(({name}) => ({name, value: name}))
  const name = ref ?? (await choose({message: 'Which stage?', flag: '--stage NAME', choices}))
  const stage = stages.find(stage => stage.name === name)
  if (!stage) throw noStage(stages, name)
  return stage
}

function noStage(stages: readonly {name: string}[], name: string): Problem {
  const names = stages.map(stage => stage.name)
  const there =
    names.length === 0
      ? 'The API has no stages yet.'
      : `There ${names.length === 1 ? 'is' : 'are'}: ${names.join(', ')}.`
  return new Problem('missing', `There is no stage "${name}".`, `${there} To make it: apigw deploy --stage ${name}`)
}

/** @throws Problem usage for a name that the service would not take */
export function checkStageName(name: string): string {
  if (/^[\w-]{1,128}$/.test(name)) return name
  throw new Problem(
    'usage',
    `"${name}" cannot be the name of a stage.`,
    'Letters, digits, - and _, at most 128 of them.',
  )
}

/**
 * Variables from `name=value` pairs; the last of a name wins.
 * @throws Problem usage for what the service would not take: names of letters, digits and _ up to 64 characters, values
 *   matching `[A-Za-z0-9-._~:/?#&=,]+` up to 512 (CreateDeployment and CreateStage, API reference; service quotas)
 */
export function variablesFrom(pairs: readonly (readonly [string, string])[]): Record<string, string> {
  for (const [name, value] of pairs) {
    if (!/^\w{1,64}$/.test(name)) {
      const hint = 'Names have letters, digits and _, at most 64 of them.'
      throw new Problem('usage', `"${name}" cannot be the name of a stage variable.`, hint)
    }
    if (!/^[\w\-.~:/?#&=,]{1,512}$/.test(value)) {
      const hint =
        'Values have letters, digits and - . _ ~ : / ? # & = , and 1 to 512 characters; anything else must be encoded.'
      throw new Problem('usage', `The value of the stage variable ${name} cannot be taken by the service.`, hint)
    }
  }
  return Object.fromEntries(pairs)
}
