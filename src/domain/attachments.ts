import {collect} from './apis.js'
import {type BulkPlan, bulkPlan, type Failed} from './bulk.js'
import {type ApiKey, findKeys, type KeyStore, nameOf} from './keys.js'
import type {Change} from './plan.js'
import {findPlanStages, findStages, missingStages, type StageLookup, type StageRef, stageKey} from './plan-stages.js'
import {findUsagePlan, type PlanStore, type UsagePlan} from './plans.js'
import {Problem} from './problem.js'

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

/** Puts keys and stages on a plan: all stages in one call, then key by key. What is on it already is left alone. */
export async function attachToPlan(
  {plans, keys, lookup}: AttachmentStores,
  ref: string,
  refs: AttachmentRefs,
): Promise<BulkPlan<Attachment>> {
  checkRefs(refs)
  const plan = await findUsagePlan(plans, ref)
  const stages = await findStages(lookup, refs.stages)
  const found = await findKeys(keys, refs.keys)
  const isOnPlan = await keysOn(plans, plan, found.done)
  const addStages = missingStages(plan, stages)
  const patch = once(() => plans.update(plan.id, {addStages}))
  const steps = [
    ...stages.map(stage => ({attachment: stageOn(plan, stage), change: addStages.includes(stage) ? patch : undefined})),
    ...found.done.map(key => ({
      attachment: keyOn(plan, key),
      change: isOnPlan(key) ? undefined : () => plans.addKey(plan.id, key.id),
    })),
  ]
  return planOf('attach', steps, found.failed)
}

/** Takes keys and stages off a plan: all stages in one call, then key by key. What is not on it is left alone. */
export async function detachFromPlan(
  {plans, keys, lookup}: AttachmentStores,
  ref: string,
  refs: AttachmentRefs,
): Promise<BulkPlan<Attachment>> {
  checkRefs(refs)
  const plan = await findUsagePlan(plans, ref)
  const removeStages = await findPlanStages(plan, lookup.apis, refs.stages)
  const found = await findKeys(keys, refs.keys)
  const isOnPlan = await keysOn(plans, plan, found.done)
  const patch = once(() => plans.update(plan.id, {removeStages}))
  const steps = [
    ...removeStages.map(stage => ({attachment: stageOn(plan, stage), change: patch})),
    ...found.done.map(key => ({
      attachment: keyOn(plan, key),
      change: isOnPlan(key) ? () => plans.removeKey(plan.id, key.id) : undefined,
    })),
  ]
  return planOf('detach', steps, found.failed)
}

function checkRefs({keys, stages}: AttachmentRefs): void {
  if (keys.length > 0 || stages.length > 0) return
  throw new Problem('usage', 'There is nothing to attach or detach.', 'Say what: --key KEY or --stage API/STAGE.')
}

async function keysOn(plans: PlanStore, plan: UsagePlan, asked: readonly ApiKey[]): Promise<(key: ApiKey) => boolean> {
  if (asked.length === 0) return () => false
  const ids = new Set((await collect(plans.keys(plan.id))).map(({id}) => id))
  return key => ids.has(key.id)
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
  name: stageKey(stage),
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
}

function planOf(action: 'attach' | 'detach', steps: readonly Step[], failed: Failed[]): BulkPlan<Attachment> {
  const changes: Change[] = steps
    .filter(({change}) => change)
    .map(({attachment: {kind, name, plan}}) => ({
      action,
      kind,
      name,
      detail: `${action === 'attach' ? 'to' : 'from'} usage plan ${plan}`,
    }))
  return bulkPlan(
    {done: [...steps], failed},
    ({attachment}) => attachment.name,
    changes,
    async ({attachment, change}) => {
      await change?.()
      return attachment
    },
  )
}
