import type {PlanFileStores} from '../domain/plan-files/account.js'
import type {Session} from '../domain/session.js'
import {openKeys} from './keys.js'
import {openOpeningLookup} from './openings.js'
import {openPlans} from './plans.js'

/** All that plan files are about. */
export async function openPlanFileStores(session: Session): Promise<PlanFileStores> {
  const [plans, keys, lookup] = await Promise.all([openPlans(session), openKeys(session), openOpeningLookup(session)])
  return {plans, keys, lookup}
}
