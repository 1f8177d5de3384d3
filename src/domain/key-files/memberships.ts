import {collect} from '../apis.js'
import type {PlanStore, UsagePlan} from '../plans.js'

/** The plans that keys are on, by the id of the key. */
export type Memberships = ReadonlyMap<string, readonly UsagePlan[]>

/** Which keys are on some plans. Reads the keys of each plan: of ten thousand keys nobody would ask one by one. */
export async function membershipsIn(
  plans: Pick<PlanStore, 'keys'>,
  among: readonly UsagePlan[],
): Promise<Map<string, UsagePlan[]>> {
  const memberships = new Map<string, UsagePlan[]>()
  for (const plan of among) {
    for await (const {id} of plans.keys(plan.id)) {
      const on = memberships.get(id)
      if (on) on.push(plan)
      else memberships.set(id, [plan])
    }
  }
  return memberships
}

/** All plans that some keys are on, in as few calls as can be. */
export async function membershipsOf(
  plans: Pick<PlanStore, 'keys' | 'list'>,
  known: readonly UsagePlan[],
  ids: readonly string[],
): Promise<Memberships> {
  if (ids.length >= known.length) return membershipsIn(plans, known)
  const memberships = new Map<string, UsagePlan[]>()
  for (const id of ids) memberships.set(id, await collect(plans.list({keyId: id})))
  return memberships
}
