import {collect} from './apis.js'
import {type BulkOptions, type BulkPlan, bulkPlan, type Failed} from './bulk.js'
import {findNamed} from './choice.js'
import {takeOffPlan} from './issuing.js'
import type {Journal} from './journal.js'
import {keyMove, moveText} from './key-moves.js'
import {type ApiKey, type KeyStore, nameOf} from './keys.js'
import {type FoundKeys, findKeys, notesOf} from './many-keys.js'
import type {Change} from './plan.js'
import {
  findPlanStages,
  findStages,
  missingStages,
  type StageLookup,
  type StageRef,
  stageKey,
  stageText,
} from './plan-stages.js'
import {findUsagePlan, type PlanStore, type UsagePlan} from './plans.js'
import {Problem} from './problem.js'
import {plansOfKeys, rejectSharedKeys, rivalry, rivalsOf} from './rival-plans.js'

/** A key or a stage that is on a plan, or was. */
export interface Attachment {
  kind: 'API key' | 'stage'
  /** Of a stage `{apiId}:{stage}`. */
  id: string
  name: string
  plan: string
}

/** What to put on a plan or take off it, as somebody wrote it. */
export interface AttachmentRefs {
  keys: readonly string[]
  stages: readonly string[]
}

/** The stores that attachments are about. */
export interface AttachmentStores {
  plans: PlanStore
  keys: KeyStore
  lookup: StageLookup
}

/**
 * Puts keys and stages on a plan: all stages in one call, then key by key. What is on it already is left alone, and a
 * key that is on another plan with one of the stages is refused before anything changes.
 * @param from a plan that the keys are taken off at the same time
 * @throws Problem conflict where that is so of a key that is on the plan already, with a stage that comes
 */
export async function attachToPlan(
  stores: AttachmentStores,
  ref: string,
  refs: AttachmentRefs,
  from?: string,
): Promise<BulkPlan<Attachment>> {
  checkRefs(refs)
  if (from !== undefined && refs.keys.length === 0) {
    throw new Problem('usage', 'Only keys can be moved from another plan.', 'Say which: --key KEY')
  }
  return attach(stores, ref, refs, {from})
}

/** Puts keys, which may be none, on a plan, and takes them off another one where that is said. */
export function attachKeys(
  stores: AttachmentStores,
  ref: string,
  keys: readonly string[],
  options: {from?: string | undefined; journal?: Journal | undefined},
): Promise<BulkPlan<Attachment>> {
  return attach(stores, ref, {keys, stages: []}, options)
}

async function attach(
  {plans, keys, lookup}: AttachmentStores,
  ref: string,
  refs: AttachmentRefs,
  {from, journal}: {from?: string | undefined; journal?: Journal | undefined},
): Promise<BulkPlan<Attachment>> {
  const all = await collect(plans.list({}))
  const plan = findNamed(all, ref, 'usage plan')
  const source = from === undefined ? undefined : sourceOf(all, plan, from)
  const stages = await findStages(lookup, refs.stages)
  const addStages = missingStages(plan, stages)
  const wanted = [...plan.apiStages, ...addStages]
  const rivals = rivalsOf(all, plan, wanted)
  const found = await findKeys(keys, refs.keys, journal)
  const ids = found.done.map(({id}) => id)
  const plansOf = await plansOfKeys(plans, [...new Set([plan, ...rivals, ...(source ? [source] : [])])], ids)
  await rejectSharedKeys(plans, all, plan, addStages)
  const patch = once(() => plans.update(plan.id, {addStages}))
  const steps: Step[] = stages.map(stage => {
    return {attachment: stageOn(plan, stage), change: addStages.includes(stage) ? patch : undefined}
  })
  const failed = [...found.failed]
  for (const key of found.done) {
    const on = plansOf(key.id)
    const others = on.filter(each => each !== source)
    const problem = on.includes(plan) ? undefined : rivalry(key.id, plan, wanted, others)
    const move = {keyId: key.id, on, source, plan, isGapless: !(source && rivals.includes(source))}
    if (problem) failed.push({name: found.nameOf(key), problem})
    else steps.push({attachment: keyOn(plan, key), key, change: keyMove(plans, move), detail: moveText(move)})
  }
  return planOf('attach', steps, failed, found)
}

function sourceOf(all: readonly UsagePlan[], plan: UsagePlan, from: string): UsagePlan {
  const source = findNamed(all, from, 'usage plan')
  if (source !== plan) return source
  throw new Problem('usage', `"${from}" is the plan that the keys are to be put on.`)
}

/** Takes keys and stages off a plan: all stages in one call, then key by key. What is not on it is left alone. */
export async function detachFromPlan(
  stores: AttachmentStores,
  ref: string,
  refs: AttachmentRefs,
): Promise<BulkPlan<Attachment>> {
  checkRefs(refs)
  return detach(stores, ref, refs)
}

/** Takes keys off a plan, which may be none. */
export function detachKeys(
  stores: AttachmentStores,
  ref: string,
  keys: readonly string[],
  journal?: Journal,
): Promise<BulkPlan<Attachment>> {
  return detach(stores, ref, {keys, stages: []}, journal)
}

async function detach(
  {plans, keys, lookup}: AttachmentStores,
  ref: string,
  refs: AttachmentRefs,
  journal?: Journal,
): Promise<BulkPlan<Attachment>> {
  const plan = await findUsagePlan(plans, ref)
  const removeStages = await findPlanStages(plan, lookup.apis, refs.stages)
  const found = await findKeys(keys, refs.keys, journal)
  const ids = found.done.map(({id}) => id)
  const plansOf = await plansOfKeys(plans, [plan], ids)
  const patch = once(() => plans.update(plan.id, {removeStages}))
  const steps = [
    ...removeStages.map(stage => ({attachment: stageOn(plan, stage), change: patch})),
    ...found.done.map(key => ({
      attachment: keyOn(plan, key),
      key,
      change: plansOf(key.id).length > 0 ? () => takeOffPlan(plans, plan, key) : undefined,
    })),
  ]
  return planOf('detach', steps, found.failed, found)
}

function checkRefs({keys, stages}: AttachmentRefs): void {
  if (keys.length > 0 || stages.length > 0) return
  throw new Problem('usage', 'There is nothing to attach or detach.', 'Say what: --key KEY or --stage API/STAGE.')
}

const keyOn = (plan: UsagePlan, key: ApiKey): Attachment => ({
  kind: 'API key',
  id: key.id,
  name: nameOf(key),
  plan: plan.name,
})

const stageOn = (plan: UsagePlan, stage: StageRef): Attachment => ({
  kind: 'stage',
  id: stageKey(stage),
  name: stageText(stage),
  plan: plan.name,
})

/** The stages of a plan change together: the first of them makes the call for all. */
function once(call: () => Promise<unknown>): () => Promise<unknown> {
  let answer: Promise<unknown> | undefined
  return () => {
    answer ??= call()
    return answer
  }
}

interface Step {
  attachment: Attachment
  /** Nothing where it is so already. */
  change: (() => Promise<unknown>) | undefined
  /** What it comes to, where that is not clear. */
  detail?: string | undefined
  /** Where it is about one. */
  key?: ApiKey
}

function planOf(
  action: 'attach' | 'detach',
  steps: readonly Step[],
  failed: Failed[],
  found: FoundKeys,
): BulkPlan<Attachment> {
  const changes: Change[] = steps
    .filter(({change}) => change)
    .map(({attachment: {kind, name, plan}, detail}) => ({
      action,
      kind,
      name,
      detail: detail ?? `${action === 'attach' ? 'to' : 'from'} usage plan ${plan}`,
    }))
  const options: BulkOptions<Step> = {
    before: found.before,
    isSettled: ({change}) => !change,
    notesOf: ({key}) => (key ? notesOf(found, key) : []),
  }
  const act = async ({attachment, change}: Step) => {
    await change?.()
    return attachment
  }
  const refOf = ({attachment, key}: Step) => (key ? found.nameOf(key) : attachment.name)
  return bulkPlan({done: [...steps], failed}, refOf, changes, act, options)
}
