import {collect, type RestApi} from '../apis.js'
import type {AttachmentStores} from '../attachments.js'
import type {ApiKey} from '../keys.js'
import {isServed, type MethodLookup, methodName, methodsServed, nearest} from '../method-limits.js'
import {parseStage, type StageRef, stageKey} from '../plan-stages.js'
import type {UsagePlan} from '../plans.js'
import {unlessRefused} from '../problem.js'
import {successorsOf} from '../rotations/marks.js'
import type {Stage} from '../stages.js'
import type {FileKey, FilePlan, FileStage, PlanFile} from './file.js'
import {type Finding, shown, suggestion} from './findings.js'

/** The stores that plan files are about. */
export interface PlanFileStores extends AttachmentStores {
  lookup: MethodLookup
}

/** A stage of a plan as it shall be. */
export interface GoalStage extends StageRef, Pick<FileStage, 'place' | 'throttle'> {}

/** A key of a plan as it shall be. */
export interface GoalKey extends Pick<FileKey, 'place'> {
  id: string
  name: string
}

/** A plan as the file wants it, with what it names found in the account. */
export interface Goal extends Omit<FilePlan, 'stages' | 'keys'> {
  /** The plan of that name that is there. */
  existing: UsagePlan | undefined
  /** Undefined where the file leaves them alone. */
  stages: GoalStage[] | undefined
  /** Undefined where the file leaves them alone. */
  keys: GoalKey[] | undefined
}

/** What a file wants of an account, and what stands against it. */
export interface Goals {
  goals: Goal[]
  /** Plans that the file does not have. */
  others: UsagePlan[]
  findings: Finding[]
  /** Of the keys that are going, by id: the key in the place of each. Not read where the file has no keys. */
  successors: ReadonlyMap<string, string>
  /** How to speak of a stage: its API by its name, where that is known. */
  stageName: (stage: StageRef) => string
}

/** Finds in the account what a file names. Reads nothing that the file has no need of. */
export async function findGoals({plans, keys, lookup}: PlanFileStores, file: PlanFile): Promise<Goals> {
  const all = await collect(plans.list({}))
  const hasStages = file.plans.some(({stages = []}) => stages.length > 0)
  const hasKeys = file.plans.some(plan => (plan.keys ?? []).length > 0)
  const isOnStages = all.some(({apiStages}) => apiStages.length > 0)
  const apis = await apisFor(lookup, hasStages ? 'to find stages' : isOnStages ? 'for their names' : 'not at all')
  const allKeys = hasKeys ? await collect(keys.list({})) : []
  const finder = new Finder(apis, lookup, allKeys)
  const goals: Goal[] = []
  for (const plan of file.plans) {
    const same = all.filter(({name}) => name === plan.name)
    if (same.length > 1) {
      const ids = same.map(({id}) => id).join(', ')
      finder.finds(
        plan,
        'usage',
        `${same.length} usage plans are called ${shown(plan.name)}: ${ids}. Rename all but one`,
      )
      continue
    }
    const [existing] = same
    goals.push({
      ...plan,
      existing,
      stages: plan.stages && (await finder.stages(plan.stages, existing)),
      keys: plan.keys && finder.keys(plan.keys),
    })
  }
  const names = new Set(file.plans.map(({name}) => name))
  const apiNames = new Map(apis.map(({id, name}) => [id, name]))
  return {
    goals,
    others: all.filter(({name}) => !names.has(name)),
    findings: finder.findings,
    successors: successorsOf(allKeys),
    stageName: ({apiId, stage}) => `${apiNames.get(apiId) || apiId}/${stage}`,
  }
}

/** The APIs, as far as they are wanted: only for their names, they are not worth failing for. */
async function apisFor(
  lookup: AttachmentStores['lookup'],
  need: 'to find stages' | 'for their names' | 'not at all',
): Promise<RestApi[]> {
  if (need === 'not at all') return []
  const all = collect(lookup.apis.list())
  return need === 'to find stages' ? all : unlessRefused(all, [])
}

function once<Value>(known: Map<string, Promise<Value>>, key: string, ask: () => Promise<Value>): Promise<Value> {
  const answer = known.get(key) ?? ask()
  known.set(key, answer)
  return answer
}

/** The service takes no shorter value for a key: what is shorter cannot be one. */
const SHORTEST_VALUE = 20

/** To so many unknown keys something near is looked for: among ten thousand names that takes a while. */
const GUESSES = 20

/** What to do where the keys of a file are not there: as a rule it comes from another account. */
const MISSING_KEYS =
  'Bring the keys first: apigw keys export, apigw keys import. A file without any: apigw plans export --no-keys'

class Finder {
  readonly findings: Finding[] = []
  #guesses = GUESSES
  readonly #stages = new Map<string, Promise<Stage[]>>()
  readonly #methods = new Map<string, Promise<string[]>>()
  readonly #keysById: Map<string, ApiKey>
  readonly #keysByName = new Map<string, ApiKey[]>()

  constructor(
    private readonly apis: readonly RestApi[],
    private readonly lookup: MethodLookup,
    keys: readonly ApiKey[],
  ) {
    this.#keysById = new Map(keys.map(key => [key.id, key]))
    for (const key of keys) {
      const {name = ''} = key
      const same = this.#keysByName.get(name)
      if (same) same.push(key)
      else this.#keysByName.set(name, [key])
    }
  }

  finds({place}: Pick<Finding, 'place'>, kind: Finding['kind'], text: string, hint?: string): void {
    this.findings.push({place, kind, text, hint})
  }

  async stages(wanted: readonly FileStage[], existing: UsagePlan | undefined): Promise<GoalStage[]> {
    const found = new Map<string, GoalStage>()
    for (const stage of wanted) {
      const ref = await this.#stage(stage, existing)
      if (!ref) continue
      const first = found.get(stageKey(ref))
      if (first) this.finds(stage, 'usage', `${shown(stage.ref)} is there twice, first on line ${first.place.line}`)
      else found.set(stageKey(ref), {...ref, place: stage.place, throttle: stage.throttle})
      await this.#checkMethods(stage, ref, existing)
    }
    return [...found.values()]
  }

  /** A limit of a method that the stage does not serve limits nothing. One that is on the plan already may stay. */
  async #checkMethods(wanted: FileStage, ref: StageRef, existing: UsagePlan | undefined): Promise<void> {
    const has = existing?.apiStages.find(stage => stageKey(stage) === stageKey(ref))?.throttle ?? {}
    const known = new Set(Object.keys(has).map(methodName))
    const names = Object.keys(wanted.throttle).map(methodName)
    if (names.every(name => known.has(name))) return
    const served = await this.#methodsOf(ref)
    for (const name of names) {
      if (known.has(name) || isServed(served, name)) continue
      const near = nearest(served, name)
      const guess = near.length > 0 ? ` Near it: ${near.join(', ')}` : ''
      this.finds(wanted, 'missing', `${shown(wanted.ref)} does not serve ${shown(name)}.${guess}`)
    }
  }

  /** A stage by what the file calls it. One that is on the plan already needs not be there any more. */
  async #stage(wanted: FileStage, existing: UsagePlan | undefined): Promise<StageRef | undefined> {
    const {api: ref, stage} = parseStage(wanted.ref)
    const isOnPlan = (apiId: string) =>
      existing?.apiStages.some(has => has.apiId === apiId && has.stage === stage) ?? false
    if (isOnPlan(ref)) return {apiId: ref, stage}
    const byId = this.apis.filter(({id}) => id === ref)
    const found = byId.length > 0 ? byId : this.apis.filter(({name}) => name === ref)
    const [api] = found
    if (!api) {
      const names = this.apis.map(({name}) => name)
      this.finds(wanted, 'missing', `there is no API ${shown(ref)}.${suggestion(ref, names)}`)
      return undefined
    }
    if (found.length > 1) {
      const ids = found.map(({id}) => id).join(', ')
      this.finds(wanted, 'usage', `${found.length} APIs are called ${shown(ref)}: use the id of one, ${ids}`)
      return undefined
    }
    if (isOnPlan(api.id)) return {apiId: api.id, stage}
    const names = (await this.#stagesOf(api.id)).map(({name}) => name)
    if (names.includes(stage)) return {apiId: api.id, stage}
    const has = names.length > 0 ? ` It has: ${names.join(', ')}` : ' It has none yet'
    this.finds(wanted, 'missing', `API ${shown(api.name)} has no stage ${shown(stage)}.${has}`)
    return undefined
  }

  #stagesOf(apiId: string): Promise<Stage[]> {
    return once(this.#stages, apiId, () => this.lookup.stages.list(apiId))
  }

  #methodsOf(ref: StageRef): Promise<string[]> {
    return once(this.#methods, stageKey(ref), async () => {
      const stage = (await this.#stagesOf(ref.apiId)).find(({name}) => name === ref.stage)
      return stage ? methodsServed(this.lookup.routes, ref.apiId, stage.deploymentId) : []
    })
  }

  keys(wanted: readonly FileKey[]): GoalKey[] {
    const found = new Map<string, GoalKey>()
    for (const key of wanted) {
      const {ref, place} = key
      const byId = this.#keysById.get(ref)
      const same = byId ? [byId] : (this.#keysByName.get(ref) ?? [])
      const [only] = same
      if (!only) {
        this.#findsNoKey(key)
      } else if (same.length > 1) {
        const ids = same.map(({id}) => id).join(', ')
        this.finds(key, 'usage', `${same.length} API keys are called ${shown(ref)}: use the id of one, ${ids}`)
      } else {
        const first = found.get(only.id)
        if (first) this.finds(key, 'usage', `${shown(ref)} is there twice, first on line ${first.place.line}`)
        else found.set(only.id, {id: only.id, name: only.name ?? only.id, place})
      }
    }
    return [...found.values()]
  }

  /** Never with what may be a value. */
  #findsNoKey(key: FileKey): void {
    const {ref} = key
    if (ref.length >= SHORTEST_VALUE && /^[\x21-\x7e]+$/.test(ref)) {
      const text =
        'there is no API key of this name or id; should it be the value of one, that does not belong in this file'
      this.finds(key, 'missing', text)
      return
    }
    const guess = this.#guesses-- > 0 ? suggestion(ref, [...this.#keysByName.keys()]) : ''
    this.finds(key, 'missing', `there is no API key ${shown(ref)}.${guess}`, guess ? undefined : MISSING_KEYS)
  }
}
