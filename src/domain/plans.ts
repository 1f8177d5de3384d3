import {collect} from './apis.js'
import {type Choose, findNamed, nameInUse, type OnNamesake} from './choice.js'
import type {KeyValue} from './keys.js'
import {type Limits, limitsOf, type Quota, type Throttle} from './limits.js'
import {limitsByStage, limitTexts, type MethodLookup, parseMethodLimit, withLimits} from './method-limits.js'
import type {Plan} from './plan.js'
import {
  type FoundStage,
  missingStages,
  type StageLookup,
  type StageRef,
  stageKey,
  stagesByRef,
  stageText,
  uniqueStages,
} from './plan-stages.js'
import {isMissing, Problem, unlessRefused} from './problem.js'
import {quoted} from './quoting.js'
import type {TagChange, Tags} from './tags.js'

/** A stage on a plan, with what the plan says of single methods, by "/path/METHOD". */
export interface PlanStage extends StageRef {
  /** The name of the API, where it was looked up. */
  apiName?: string | undefined
  throttle: Record<string, Throttle>
}

export interface UsagePlan extends Limits {
  id: string
  name: string
  description?: string | undefined
  apiStages: PlanStage[]
  /** The product on AWS Marketplace that the plan belongs to. */
  productCode?: string | undefined
  tags: Tags
}

/** A key as a plan knows it. */
export interface PlanKey {
  id: string
  name?: string | undefined
  value: KeyValue
}

export interface NewPlan extends Limits {
  name: string
  description?: string | undefined
  /** With what the plan is to say of single methods of a stage, by "/path/METHOD". */
  apiStages: readonly (StageRef & {throttle?: Readonly<Record<string, Throttle>>})[]
  tags: Tags
}

/** What is to be different; what is not mentioned stays. `null` takes a limit away. */
export interface PlanChange {
  name?: string | undefined
  description?: string | undefined
  throttle?: Partial<Throttle> | null | undefined
  quota?: Quota | null | undefined
  /** The product on AWS Marketplace. */
  productCode?: string | null | undefined
  /** With what the plan is to say of single methods of it, by "/path/METHOD". */
  addStages?: readonly (StageRef & {throttle?: Readonly<Record<string, Throttle>>})[]
  removeStages?: readonly StageRef[]
  /** Limits of single methods of stages that are on the plan already, by "/path/METHOD"; `null` takes one away. */
  methodThrottles?: readonly (StageRef & {throttle: Readonly<Record<string, Throttle | null>>})[]
}

/** The usage plans of an account and Region. */
export interface PlanStore {
  /** All plans, or those that a key is on. */
  list(filter: {keyId?: string}): AsyncIterable<UsagePlan>
  create(plan: NewPlan): Promise<UsagePlan>
  /** Changes everything in one call: the service takes one in 20 seconds. */
  update(id: string, change: PlanChange): Promise<UsagePlan>
  changeTags(id: string, change: TagChange): Promise<void>
  /** @throws Problem missing, or failed while the plan has stages */
  delete(id: string): Promise<void>
  /** The keys of a plan. */
  keys(id: string): AsyncIterable<PlanKey>
  /** @throws Problem conflict when the key is on a plan with one of the plan's stages already */
  addKey(planId: string, keyId: string): Promise<void>
  /** @throws Problem missing when the key is not on the plan */
  removeKey(planId: string, keyId: string): Promise<void>
}

/** All plans, their stages with the names of the APIs. */
export async function* listUsagePlans(
  plans: Pick<PlanStore, 'list'>,
  apis: StageLookup['apis'],
): AsyncGenerator<UsagePlan> {
  let names: ReadonlyMap<string, string> | undefined
  for await (const plan of plans.list({})) {
    if (plan.apiStages.length > 0) names ??= await apiNames(apis)
    yield withApiNames(plan, names)
  }
}

/** One plan, its stages with the names of the APIs. @throws Problem as `findUsagePlan` does */
export async function describeUsagePlan(
  plans: Pick<PlanStore, 'list'>,
  apis: StageLookup['apis'],
  ref: string,
): Promise<UsagePlan> {
  const plan = await findUsagePlan(plans, ref)
  return plan.apiStages.length > 0 ? withApiNames(plan, await apiNames(apis)) : plan
}

/** The names of all APIs by id; none where they may not be listed. */
async function apiNames(apis: StageLookup['apis']): Promise<ReadonlyMap<string, string>> {
  const all = await unlessRefused(collect(apis.list()), [])
  return new Map(all.map(({id, name}) => [id, name]))
}

/** A plan whose stages have the names of their APIs, as far as they are known. @param names by the ids of the APIs */
export const withApiNames = (plan: UsagePlan, names: ReadonlyMap<string, string> | undefined): UsagePlan => ({
  ...plan,
  apiStages: plan.apiStages.map(stage => ({...stage, apiName: names?.get(stage.apiId)})),
})

/** The names of APIs whose stages were looked up, by the ids of the APIs. */
export const apiNamesOf = (found: ReadonlyMap<string, FoundStage>) =>
  new Map([...found.values()].map(({apiId, apiName}) => [apiId, apiName]))

/** @throws Problem `missing`, or `usage` when the name is ambiguous */
export async function findUsagePlan(plans: Pick<PlanStore, 'list'>, ref: string): Promise<UsagePlan> {
  return findNamed(await collect(plans.list({})), ref, 'usage plan')
}

/** The usage plans that a stage is on. */
export async function plansWith(plans: Pick<PlanStore, 'list'>, stage: StageRef): Promise<UsagePlan[]> {
  const all = await collect(plans.list({}))
  return all.filter(({apiStages}) => apiStages.some(other => stageKey(other) === stageKey(stage)))
}

/** Several plans, by name or id, each once. Asks nothing where nothing is looked for. */
export async function findUsagePlans(plans: Pick<PlanStore, 'list'>, refs: readonly string[]): Promise<UsagePlan[]> {
  if (refs.length === 0) return []
  const all = await collect(plans.list({}))
  return [...new Set(refs.map(ref => findNamed(all, ref, 'usage plan')))]
}

/** The plans for a new key as a person chooses them: one by name, or none. */
export async function choosePlans(plans: Pick<PlanStore, 'list'>, choose: Choose): Promise<string[]> {
  const all = await collect(plans.list({}))
  const isUnique = ({name}: UsagePlan) => all.filter(plan => plan.name === name).length === 1
  const refOf = (plan: UsagePlan) => (isUnique(plan) ? plan.name : plan.id)
  const choices = all.map(plan => ({name: [refOf(plan), ...limitsOf(plan)].join(', '), value: refOf(plan)}))
  const none = {name: 'none: the key opens nothing yet', value: ''}
  const chosen = await choose({message: 'Which usage plan?', flag: '--plan PLAN', choices: [...choices, none]})
  return chosen === '' ? [] : [chosen]
}

/**
 * A stage belongs to one plan of a key only: the service refuses the second.
 * @throws Problem conflict
 */
export function rejectSharedStages(plans: readonly UsagePlan[]): void {
  const holders = new Map<string, UsagePlan>()
  for (const plan of plans) {
    for (const stage of plan.apiStages) {
      const other = holders.get(stageKey(stage))
      if (other) {
        const text = `The usage plans "${other.name}" and "${plan.name}" both have the stage ${stageText(stage)}: a key can be on only one of them.`
        throw new Problem('conflict', text, 'Choose one, or take the stage off the other: apigw plans detach')
      }
      holders.set(stageKey(stage), plan)
    }
  }
}

export interface PlanRequest extends Omit<NewPlan, 'apiStages'> {
  /** Stages as somebody wrote them: `API/STAGE` or `API:STAGE`, the API by name or id. */
  stages: readonly string[]
  /** Limits of single methods of those stages, as somebody wrote them: `petstore/prod GET /pets=5/10`. */
  methodLimits: readonly string[]
  /** With `reuse` the plan that has the name is taken, and only missing stages are put on it. */
  onNamesake: OnNamesake
}

/** What to do about a name in use. */
const WAYS_ON = 'Use it, and put the stages on it: --if-not-exists. Make another: --allow-duplicate.'

/**
 * Creates a plan with all its stages in one call.
 * @throws Problem before anything is created: a name in use, an unknown API, stage or method
 */
export async function createUsagePlan(
  plans: PlanStore,
  lookup: MethodLookup,
  request: PlanRequest,
): Promise<Plan<UsagePlan>> {
  const {stages, methodLimits, onNamesake, ...rest} = request
  const limits = methodLimits.map(parseMethodLimit)
  const found = await stagesByRef(lookup, [...stages, ...limits.map(({stage}) => stage)])
  const onPlan = uniqueStages(stages.flatMap(ref => found.get(ref) ?? []))
  const apiStages = withLimits(onPlan, await limitsByStage(lookup.routes, found, limits))
  const existing = onNamesake === 'allow' ? undefined : await planCalled(plans, request.name, onNamesake)
  const names = apiNamesOf(found)
  if (existing) return completed(plans, existing, apiStages, names)
  const detail = [...limitsOf(rest), ...apiStages.map(stageText), ...limitTexts(apiStages)].join(', ')
  return {
    changes: [{action: 'create', kind: 'usage plan', name: request.name, detail}],
    apply: async () => withApiNames(await plans.create({...rest, apiStages}), names),
  }
}

/** The plan that has the name already. @throws Problem conflict where it is not to be taken */
async function planCalled(plans: PlanStore, name: string, onNamesake: OnNamesake): Promise<UsagePlan | undefined> {
  const same = (await collect(plans.list({}))).filter(plan => plan.name === name)
  if (same.length === 0) return undefined
  if (onNamesake === 'refuse') throw nameInUse('a usage plan', name, same, WAYS_ON)
  return findNamed(same, name, 'usage plan')
}

/** A plan that is there already, with the stages that it should have besides. */
function completed(
  plans: PlanStore,
  plan: UsagePlan,
  wanted: NewPlan['apiStages'],
  names: ReadonlyMap<string, string>,
): Plan<UsagePlan> {
  const addStages = missingStages(plan, wanted)
  return {
    nothing: `There is a usage plan "${plan.name}" (${plan.id}) already: it stays as it is.`,
    changes: addStages.map(stage => ({
      action: 'attach',
      kind: 'stage',
      name: stageText(stage),
      detail: [`to ${plan.name}`, ...limitTexts([stage])].join(', '),
    })),
    apply: async () => withApiNames(addStages.length === 0 ? plan : await plans.update(plan.id, {addStages}), names),
  }
}

/** A plan that is gone, and the names of the keys that were on it. */
export interface DeletedPlan extends UsagePlan {
  keys: string[]
}

/**
 * Deletes a plan. The service refuses that while stages are on it: with `detach` they are taken off first, all in one
 * call. Its keys stay, without what the plan gave them; that the service does not refuse it for them is assumed.
 * @throws Problem conflict for a plan with stages, where `detach` is not said
 */
export async function deleteUsagePlan(plans: PlanStore, ref: string, detach: boolean): Promise<Plan<DeletedPlan>> {
  const plan = await findUsagePlan(plans, ref)
  const stages = plan.apiStages.map(stageText)
  const command = `apigw plans delete ${plan.id} --detach --confirm ${quoted(plan.name)}`
  if (stages.length > 0 && !detach) {
    const text = `Usage plan "${plan.name}" has stages: ${stages.join(', ')}.`
    throw new Problem('conflict', text, `To take them off and delete the plan: ${command}`)
  }
  const keys = (await collect(plans.keys(plan.id))).map(key => key.name ?? key.id)
  const lost = keys.length === 1 ? 'one key loses it' : `${keys.length} keys lose it`
  return {
    changes: [
      ...stages.map(name => ({action: 'detach' as const, kind: 'stage', name, detail: `from usage plan ${plan.name}`})),
      {
        action: 'delete',
        kind: 'usage plan',
        name: plan.name,
        detail: keys.length > 0 ? `${lost}: ${listed(keys)}` : undefined,
      },
    ],
    apply: async () => {
      if (stages.length > 0) await plans.update(plan.id, {removeStages: plan.apiStages})
      await plans.delete(plan.id).catch(error => {
        // It is gone, which is what was wanted: the answer to a first attempt may have been lost.
        if (isMissing(error)) return
        if (!(error instanceof Problem) || stages.length === 0) throw error
        const text = `The stages were taken off usage plan "${plan.name}", but it could not be deleted: ${error.message}`
        throw new Problem(error.kind, text, `To finish: ${command}`, error)
      })
      return {...plan, keys}
    },
  }
}

/** What to ask before a plan is deleted: all that hangs on it. */
export function deletionQuestion({changes}: Plan<DeletedPlan>): {message: string; name: string} {
  const stages = changes.filter(({kind}) => kind === 'stage').map(({name}) => name)
  const plan = changes.at(-1)
  const name = plan?.name ?? ''
  const on = stages.length > 0 ? [`it is on ${listed(stages)}`] : []
  const facts = [...on, ...(plan?.detail ? [plan.detail] : [])].join('; ')
  return {message: `Delete usage plan "${name}"?${facts && ` ${facts[0]?.toUpperCase()}${facts.slice(1)}.`}`, name}
}

/** Some names, cut where they would become a wall of text. */
export function listed(names: readonly string[]): string {
  return names.length > 10 ? [...names.slice(0, 9), `${names.length - 9} more`].join(', ') : names.join(', ')
}
