import {distance} from 'fastest-levenshtein'
import {type Throttle, throttleOf, throttleText} from './limits.js'
import {type FoundStage, isSame, type StageLookup, type StageRef, stageKey, stageText} from './plan-stages.js'
import {Problem} from './problem.js'
import {parseRoute} from './route-paths.js'
import {listRoutes, type RouteStore} from './routes.js'

/** Where the stages and methods that somebody names are looked up. */
export interface MethodLookup extends StageLookup {
  routes: Pick<RouteStore, 'resources' | 'deployed'>
}

/** A method of a stage, as somebody wrote it: `petstore/prod GET /pets`. */
export interface MethodRef {
  stage: string
  /** How the service keeps it on a plan: `/pets/GET`, and `//GET` for the root. */
  key: string
}

export interface MethodLimit extends MethodRef {
  limit: Throttle
}

/** Limits of methods of one stage; `null` takes one away. */
export type StageLimits<Limit> = StageRef & {throttle: Record<string, Limit>}

/** `petstore/prod GET /pets=5/10`. @throws Problem usage */
export function parseMethodLimit(text: string): MethodLimit {
  const cut = text.lastIndexOf('=')
  if (cut < 0) throw notOfForm(text, 'petstore/prod GET /pets=5/10')
  return {...parseMethodRef(text.slice(0, cut)), limit: throttleOf(text.slice(cut + 1))}
}

/** `petstore/prod GET /pets`; the name of an API may have spaces. @throws Problem usage */
export function parseMethodRef(text: string): MethodRef {
  const [, stage = '', method = '', path = ''] = /^\s*(\S.*?)\s+(\S+)\s+(\S+)\s*$/.exec(text) ?? []
  if (path === '') throw notOfForm(text, 'petstore/prod GET /pets')
  const route = parseRoute({method, path})
  return {stage, key: `${route.path}/${route.method}`}
}

const notOfForm = (text: string, example: string) =>
  new Problem('usage', `"${text}" is not a method of a stage.`, `Write it as '${example}'.`)

/** `/pets/GET` as people say it: `GET /pets`. It may have been written with more slashes, or with none. */
export function methodName(key: string): string {
  const cut = key.lastIndexOf('/')
  return `${key.slice(cut + 1)} /${key.slice(0, Math.max(cut, 0)).replace(/^\/+/, '')}`
}

/** A limit as it is typed: `GET /pets=5/10`. */
export const methodLimitText = (key: string, {rateLimit, burstLimit}: Throttle) =>
  `${methodName(key)}=${rateLimit}/${burstLimit}`

/**
 * Limits by the stages that they are for; of two for one method the last holds.
 * @param stages what was looked up, by how it was written
 * @throws Problem missing for a method that its stage does not serve, naming near ones
 */
export async function limitsByStage(
  routes: MethodLookup['routes'],
  stages: ReadonlyMap<string, FoundStage>,
  limits: readonly MethodLimit[],
): Promise<StageLimits<Throttle>[]> {
  const found = new Map<string, StageLimits<Throttle>>()
  const served = new Map<string, string[]>()
  for (const {stage: ref, key, limit} of limits) {
    const stage = stages.get(ref)
    if (!stage) throw new Error(`${ref} was not looked up.`)
    const {apiId, deploymentId} = stage
    const id = stageKey(stage)
    const names = served.get(id) ?? (await methodsServed(routes, apiId, deploymentId))
    served.set(id, names)
    checkServed(ref, names, methodName(key))
    const entry = found.get(id) ?? {apiId, stage: stage.stage, throttle: {}}
    entry.throttle[key] = limit
    found.set(id, entry)
  }
  return [...found.values()]
}

/** The methods that a deployment has; none where the server does not tell. */
export async function methodsServed(routes: MethodLookup['routes'], apiId: string, deploymentId: string | undefined) {
  const served = await listRoutes(routes, apiId, {deploymentId})
  return served.map(({method, path}) => `${method} ${path}`)
}

/** A deployment has at least one method: none means that the server does not tell. */
export const isServed = (served: readonly string[], name: string) =>
  served.length === 0 || served.includes(name) || served.includes(name.replace(/^\S+/, 'ANY'))

function checkServed(stage: string, served: readonly string[], name: string): void {
  if (isServed(served, name)) return
  const near = nearest(served, name)
  const hint = near.length > 0 ? `Near it: ${near.join(', ')}` : `It serves: ${few(served)}`
  throw new Problem('missing', `${stage} does not serve "${name}".`, hint)
}

/** Names that one may have meant: what a variable of the path is called does not matter, and another verb hardly. */
export function nearest(names: readonly string[], wanted: string): string[] {
  const split = (name: string) => name.replace(/\{[^}]*\}/g, '{}').split(' ')
  const [verb, path = ''] = split(wanted)
  const difference = (name: string) => {
    const [otherVerb, otherPath = ''] = split(name)
    return distance(otherPath, path) + (otherVerb === verb ? 0 : 0.5)
  }
  const near = names.filter(name => difference(name) < Math.max(3, path.length / 3))
  return near.sort((one, other) => difference(one) - difference(other)).slice(0, 5)
}

/** How many names a hint may list before it becomes a wall of text. */
const MANY = 10

const few = (names: readonly string[]) =>
  names.length > MANY ? `${names.slice(0, MANY).join(', ')} and ${names.length - MANY} more` : names.join(', ')

/**
 * Stages to be put on a plan, each with the limits of its methods.
 * @throws Problem usage for limits of another stage
 */
export function withLimits<Stage extends StageRef>(
  stages: readonly Stage[],
  limits: readonly StageLimits<Throttle>[],
): (Stage & {throttle?: Record<string, Throttle>})[] {
  const other = limits.find(limit => !stages.some(stage => isSame(stage, limit)))
  if (other) throw notOnPlan(other)
  return stages.map(stage => {
    const throttle = limits.find(limit => isSame(limit, stage))?.throttle
    return throttle ? {...stage, throttle} : stage
  })
}

const notOnPlan = (stage: StageRef) =>
  new Problem(
    'usage',
    `The stage ${stageText(stage)} is not on the plan: no method of it can have a limit there.`,
    `Put it on the plan in the same command: --stage ${stageText(stage)}`,
  )

/**
 * What is left to do so that methods of stages that are on a plan have some limits, and others none of their own.
 * @param goneFrom the stages of `gone`, by how they were written
 * @throws Problem usage for a stage that is not on the plan, or a method in both
 */
export function limitChanges(
  apiStages: readonly (StageRef & {throttle: Readonly<Record<string, Throttle>>})[],
  limits: readonly StageLimits<Throttle>[],
  gone: readonly MethodRef[],
  goneFrom: ReadonlyMap<string, StageRef>,
): StageLimits<Throttle | null>[] {
  const other = limits.find(limit => !apiStages.some(stage => isSame(stage, limit)))
  if (other) throw notOnPlan(other)
  return apiStages.flatMap(({throttle: present, ...ref}) => {
    const wanted = limits.find(limit => isSame(limit, ref))?.throttle ?? {}
    const isHere = (written: string) => stageKey(goneFrom.get(written) ?? {apiId: '', stage: ''}) === stageKey(ref)
    const names = gone.filter(({stage: written}) => isHere(written)).map(({key}) => methodName(key))
    const both = Object.keys(wanted)
      .map(methodName)
      .find(name => names.includes(name))
    if (both) throw new Problem('usage', `The limit of ${both} cannot be both set and taken away.`)
    const set = Object.entries(wanted).filter(([key, limit]) => !isAlike(present[key], limit))
    const unset = Object.keys(present).filter(key => names.includes(methodName(key)))
    const throttle = Object.fromEntries([...set, ...unset.map((key): [string, null] => [key, null])])
    return Object.keys(throttle).length > 0 ? [{...ref, throttle}] : []
  })
}

const isAlike = (one: Throttle | undefined, other: Throttle) =>
  one?.rateLimit === other.rateLimit && one.burstLimit === other.burstLimit

/** Changes to limits of methods in words, one by one. */
export function limitTexts(changes: readonly (StageRef & {throttle?: Readonly<Record<string, Throttle | null>>})[]) {
  return changes.flatMap(({throttle = {}, ...stage}) =>
    Object.entries(throttle).map(([key, limit]) => {
      const method = `${methodName(key)} of ${stageText(stage)}`
      return limit ? `${throttleText(limit)} for ${method}` : `no limit of its own for ${method}`
    }),
  )
}
