import {collect} from './apis.js'
import {findNamed} from './choice.js'
import {burstOf, limitsFrom, type Quota, quotaOf, quotaText, rateOf, type Throttle} from './limits.js'
import {
  limitChanges,
  limitsByStage,
  limitTexts,
  type MethodLimit,
  type MethodLookup,
  type MethodRef,
  parseMethodLimit,
  parseMethodRef,
  withLimits,
} from './method-limits.js'
import type {Plan} from './plan.js'
import {
  type FoundStage,
  findPlanStages,
  isSame,
  missingStages,
  planStagesByRef,
  type StageRef,
  stagesByRef,
  stageText,
  uniqueStages,
} from './plan-stages.js'
import {apiNamesOf, type PlanChange, type PlanStore, type UsagePlan, withApiNames} from './plans.js'
import {Problem} from './problem.js'
import {rejectSharedKeys} from './rival-plans.js'
import {retag, type TagChange, tagChangeFor, tagChangeText} from './tags.js'

/** What somebody wants to be different about a plan, as the flags say it. */
export interface PlanUpdate {
  name?: string | undefined
  description?: string | undefined
  rate?: string | undefined
  burst?: string | undefined
  quota?: string | undefined
  noThrottle: boolean
  noQuota: boolean
  attach: readonly string[]
  detach: readonly string[]
  /** Limits of single methods: `petstore/prod GET /pets=5/10`. */
  methodLimits: readonly string[]
  /** Methods that are to have none of their own: `petstore/prod GET /pets`. */
  noMethodLimits: readonly string[]
  tags: TagChange
}

/**
 * Changes a plan, all but its tags in one call.
 * @throws Problem `usage` when nothing is to be changed or a limit is none
 */
export async function updateUsagePlan(
  plans: PlanStore,
  lookup: MethodLookup,
  ref: string,
  update: PlanUpdate,
): Promise<Plan<UsagePlan>> {
  checkUpdate(update)
  const limits = update.methodLimits.map(parseMethodLimit)
  const gone = update.noMethodLimits.map(parseMethodRef)
  const all = await collect(plans.list({}))
  const found = await stagesByRef(lookup, [...update.attach, ...limits.map(refOf)])
  const plan = withApiNames(findNamed(all, ref, 'usage plan'), apiNamesOf(found))
  const change: PlanChange = {
    name: update.name === plan.name ? undefined : update.name,
    description: update.description === (plan.description ?? '') ? undefined : update.description,
    throttle: update.noThrottle ? plan.throttle && null : throttleChange(plan, update),
    quota: update.noQuota ? plan.quota && null : quotaChange(plan, update),
    ...(await stageChanges(plan, lookup, {...update, found, limits, gone})),
  }
  await rejectSharedKeys(plans, all, plan, change.addStages ?? [])
  const tagChange = tagChangeFor(plan.tags, update.tags)
  const details = planChangeTexts(change)
  const texts = tagChange ? [...details, tagChangeText(tagChange)] : details
  return {
    changes: texts.map(detail => ({action: 'update', kind: 'usage plan', name: plan.name, detail})),
    apply: async () => {
      const updated = details.length === 0 ? plan : await plans.update(plan.id, change)
      return retag(withApiNames(updated, apiNamesOf(found)), tagChange, tags => plans.changeTags(plan.id, tags))
    },
  }
}

function checkUpdate({name, tags, noThrottle, noQuota, ...rest}: PlanUpdate): void {
  if (name === '') throw new Problem('usage', 'A usage plan needs a name.')
  const isSaid = [name, ...Object.values(rest)].some(said => said !== undefined && said.length > 0)
  if (isSaid || rest.description === '' || noThrottle || noQuota) return
  if (Object.keys(tags.set).length > 0 || tags.remove.length > 0) return
  throw new Problem(
    'usage',
    'Nothing to change.',
    'Say what, for instance --rate 100, --quota 10000/day or --stage API/STAGE.',
  )
}

interface StageUpdate extends Pick<PlanUpdate, 'attach' | 'detach'> {
  limits: readonly MethodLimit[]
  gone: readonly MethodRef[]
  /** The stages of `attach` and `limits`, by how they were written. */
  found: ReadonlyMap<string, FoundStage>
}

/** Which stages come and go, and what is different for single methods of those that stay. */
async function stageChanges(
  plan: UsagePlan,
  lookup: MethodLookup,
  {attach, detach, limits, gone, found}: StageUpdate,
): Promise<Pick<PlanChange, 'addStages' | 'removeStages' | 'methodThrottles'>> {
  const removeStages = await findPlanStages(plan, lookup.apis, detach)
  const wanted = uniqueStages(attach.flatMap(ref => found.get(ref) ?? []))
  const both = wanted.find(stage => removeStages.some(other => isSame(other, stage)))
  if (both) throw new Problem('usage', `The stage ${stageText(both)} cannot be both put on the plan and taken off.`)
  const added = missingStages(plan, wanted)
  const all = await limitsByStage(lookup.routes, found, limits)
  const isAdded = (stage: StageRef) => added.some(other => isSame(other, stage))
  const goneFrom = await planStagesByRef(plan, lookup.apis, gone.map(refOf))
  const staying = plan.apiStages.filter(stage => !removeStages.some(other => isSame(other, stage)))
  const changed = all.filter(limit => !isAdded(limit))
  return {
    removeStages,
    addStages: withLimits(added, all.filter(isAdded)),
    methodThrottles: limitChanges(staying, changed, gone, goneFrom),
  }
}

const refOf = ({stage}: MethodRef) => stage

/** The numbers of the throttle that differ; a plan without one needs both. */
function throttleChange({throttle}: UsagePlan, flags: PlanUpdate): Partial<Throttle> | undefined {
  if (!throttle) return limitsFrom({rate: flags.rate, burst: flags.burst}).throttle
  const rateLimit = flags.rate === undefined ? throttle.rateLimit : rateOf(flags.rate)
  const burstLimit = flags.burst === undefined ? throttle.burstLimit : burstOf(flags.burst)
  const change = {
    ...(rateLimit === throttle.rateLimit ? {} : {rateLimit}),
    ...(burstLimit === throttle.burstLimit ? {} : {burstLimit}),
  }
  return Object.keys(change).length === 0 ? undefined : change
}

/** A new period begins without an offset: the service allows none for a day, and it was meant for the old period. */
function quotaChange({quota: old}: UsagePlan, flags: PlanUpdate): Quota | undefined {
  if (flags.quota === undefined) return undefined
  const quota = quotaOf(flags.quota)
  if (old?.period !== quota.period) return quota
  return old.limit === quota.limit ? undefined : {...quota, offset: old.offset}
}

function planChangeTexts({
  name,
  description,
  throttle,
  quota,
  addStages = [],
  removeStages = [],
  methodThrottles = [],
}: PlanChange): string[] {
  return [
    ...(name === undefined ? [] : [`name ${name}`]),
    ...(description === undefined ? [] : [description === '' ? 'no description' : `description ${description}`]),
    ...(throttle === null ? ['no throttle'] : []),
    ...(throttle?.rateLimit === undefined ? [] : [`${throttle.rateLimit} requests/s`]),
    ...(throttle?.burstLimit === undefined ? [] : [`${throttle.burstLimit} requests at once`]),
    ...(quota === null ? ['no quota'] : []),
    ...(quota ? [`quota ${quotaText(quota)}`] : []),
    ...removeStages.map(stage => `without the stage ${stageText(stage)}`),
    ...addStages.map(stage => `with the stage ${stageText(stage)}`),
    ...limitTexts([...addStages, ...methodThrottles]),
  ]
}
