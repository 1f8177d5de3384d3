import {collect} from './apis.js'
import {nameOf} from './keys.js'
import {isSame, type StageRef, stageText} from './plan-stages.js'
import {listed, type PlanStore, type UsagePlan} from './plans.js'
import {Problem} from './problem.js'

// A key can be on several plans, but not on two that have one stage (recorded: the service refuses the second). Which
// of many keys that is about is found out before anything is changed.

/** Where the keys of plans are looked up. */
export type PlanKeys = Pick<PlanStore, 'list' | 'keys'>

/** Other plans that have one of some stages. */
export function rivalsOf(all: readonly UsagePlan[], plan: {id: string}, stages: readonly StageRef[]): UsagePlan[] {
  return all.filter(({id, apiStages}) => id !== plan.id && apiStages.some(one => stages.some(two => isSame(one, two))))
}

/**
 * Which of some plans each of some keys is on, in as few calls as possible: the plans of each key, or the keys of each
 * plan, of which a call tells 500.
 */
export async function plansOfKeys(
  plans: PlanKeys,
  among: readonly UsagePlan[],
  keyIds: readonly string[],
): Promise<(keyId: string) => UsagePlan[]> {
  const found = new Map<string, UsagePlan[]>(keyIds.map(id => [id, []]))
  if (keyIds.length <= among.length) {
    for (const keyId of keyIds) {
      const ids = (await collect(plans.list({keyId}))).map(({id}) => id)
      found.set(
        keyId,
        among.filter(({id}) => ids.includes(id)),
      )
    }
  } else {
    for (const plan of among) for await (const {id} of plans.keys(plan.id)) found.get(id)?.push(plan)
  }
  return keyId => found.get(keyId) ?? []
}

/** Why a key cannot go on a plan with some stages; undefined where it can. @param on other plans that it is on */
export function rivalry(
  keyId: string,
  plan: {name: string; id: string},
  stages: readonly StageRef[],
  on: readonly UsagePlan[],
): Problem | undefined {
  const [rival] = rivalsOf(on, plan, stages)
  const shared = rival?.apiStages.find(one => stages.some(two => isSame(one, two)))
  if (!rival || !shared) return undefined
  const both = `"${rival.name}" and "${plan.name}" both have the stage ${stageText(shared)}`
  const text = `The key is on usage plan "${rival.name}": ${both}, and a key can be on only one of them.`
  return new Problem('conflict', text, `To move it: apigw plans attach ${plan.id} --key ${keyId} --from ${rival.id}`)
}

/**
 * Checks that no key of a plan is on another plan with one of the stages that it is to get.
 * @throws Problem conflict, naming both plans and the keys
 */
export async function rejectSharedKeys(
  plans: PlanKeys,
  all: readonly UsagePlan[],
  plan: UsagePlan,
  added: readonly StageRef[],
): Promise<void> {
  const rivals = rivalsOf(all, plan, added)
  if (rivals.length === 0) return
  const own = await collect(plans.keys(plan.id))
  const plansOf = await plansOfKeys(
    plans,
    rivals,
    own.map(({id}) => id),
  )
  for (const rival of rivals) {
    const keys = own.filter(({id}) => plansOf(id).includes(rival))
    const shared = rival.apiStages.find(one => added.some(two => isSame(one, two)))
    if (keys.length === 0 || !shared) continue
    const whose = keys.length === 1 ? 'A key of it is' : `${keys.length} keys of it are`
    const text = `Usage plan "${plan.name}" cannot have the stage ${stageText(shared)}. ${whose} on "${rival.name}", which has it: ${listed(keys.map(nameOf))}.`
    const hint = `Take it off that plan, or those keys off one of the two: apigw plans detach ${rival.id}`
    throw new Problem('conflict', text, hint)
  }
}
