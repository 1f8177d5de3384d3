import {collect} from '../apis.js'
import {findNamed} from '../choice.js'
import {type KeyQuery, type KeyStore, listKeys} from '../keys.js'
import type {PlanStore, UsagePlan} from '../plans.js'
import {isReserved} from '../tags.js'
import type {KeyRecord} from './lines.js'
import {membershipsIn} from './memberships.js'
import type {KeyFileContent} from './writing.js'

/**
 * The keys that somebody asked for, as a file holds them, in the order of the service. The plans of all keys are read
 * before, from the plans' side; the keys page by page.
 */
export async function* exportKeys(
  keys: KeyStore,
  plans: PlanStore,
  {plan: ref, ...query}: KeyQuery,
  {withValues, plansAs}: Pick<KeyFileContent, 'withValues' | 'plansAs'>,
): AsyncGenerator<KeyRecord> {
  const known = await collect(plans.list({}))
  const plan = ref === undefined ? undefined : findNamed(known, ref, 'usage plan')
  const memberships = await membershipsIn(plans, known)
  const refs = new Map(known.map(each => [each, plansAs === 'ids' ? each.id : surestRef(each, known)]))
  for await (const key of listKeys(keys, plans, {...query, withValues})) {
    const on = memberships.get(key.id) ?? []
    if (plan && !on.includes(plan)) continue
    const {name, value, description, enabled, customerId} = key
    const tags = Object.fromEntries(Object.entries(key.tags).filter(([tag]) => !isReserved(tag)))
    const names = on.map(each => refs.get(each) ?? each.id).sort()
    yield {name, value, description, enabled, plans: names, customerId, tags}
  }
}

/** The name of a plan, which it may have in another account, too; its id where another plan would be found by the name. */
function surestRef(plan: UsagePlan, known: readonly UsagePlan[]): string {
  const isSure =
    plan.name !== '' && known.every(other => other === plan || (other.name !== plan.name && other.id !== plan.name))
  return isSure ? plan.name : plan.id
}
