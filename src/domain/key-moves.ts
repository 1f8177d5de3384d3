import {putOnPlan, takeOffPlan} from './issuing.js'
import type {PlanStore, UsagePlan} from './plans.js'
import {Problem} from './problem.js'

/** A key that is to be on a plan, and off another. */
export interface KeyMove {
  keyId: string
  /** Plans that it is on, as far as they matter. */
  on: readonly UsagePlan[]
  plan: UsagePlan
  source?: UsagePlan | undefined
  /** The plans have no stage in common, so that a key can be on both for a moment. */
  isGapless: boolean
}

/** What a move comes to. */
export function moveText({on, plan, source}: KeyMove): string {
  const to = on.includes(plan) ? [] : [`to usage plan ${plan.name}`]
  const off = source && on.includes(source) ? [`off usage plan ${source.name}`] : []
  return [...to, ...off].join(', ')
}

type PlanKeyStore = Pick<PlanStore, 'list' | 'addKey' | 'removeKey'>

/** How a key is moved; undefined where it is so already. */
export function keyMove(plans: PlanKeyStore, move: KeyMove): (() => Promise<void>) | undefined {
  const {keyId, on, source, plan, isGapless} = move
  const [isOn, isOnSource] = [on.includes(plan), source !== undefined && on.includes(source)]
  const add = () => putOnPlan(plans, plan, {id: keyId})
  if (!source || !isOnSource) return isOn ? undefined : add
  const remove = () => takeOffPlan(plans, source, {id: keyId})
  if (isOn) return remove
  if (!isGapless) return () => moveWithGap(plans, keyId, source, plan)
  return async () => {
    await add()
    await remove()
  }
}

/**
 * Takes a key off one plan and puts it on another that has a stage in common with it. The service lets no key be on
 * both: in between it opens nothing. Where the second step is refused, the first is undone.
 */
async function moveWithGap(plans: PlanKeyStore, keyId: string, source: UsagePlan, plan: UsagePlan): Promise<void> {
  await takeOffPlan(plans, source, {id: keyId})
  try {
    await putOnPlan(plans, plan, {id: keyId})
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    const isBack = await putOnPlan(plans, source, {id: keyId}).then(
      () => true,
      () => false,
    )
    if (isBack) throw new Problem(error.kind, `${error.message}\nIt is on "${source.name}" again.`, error.hint, error)
    // Whether a call that nobody answered was carried out could not be seen either.
    const now = error.kind === 'unreachable' ? 'may be' : 'is'
    const text = `${error.message}\nIt was taken off "${source.name}" and ${now} on neither plan.`
    const finish = `To finish: apigw plans attach ${plan.id} --key ${keyId}`
    throw new Problem(error.kind, `${text}\n${finish}`, undefined, error)
  }
}
