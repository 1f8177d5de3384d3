import {collect} from './apis.js'
import {findNamed, nameInUse, type OnNamesake} from './choice.js'
import {type ApiKey, checkKeyValue, type IssuedKey, type KeyStore, type NewKey, nameOf, unlessMissing} from './keys.js'
import type {Change, Plan} from './plan.js'
import {stageKey} from './plan-stages.js'
import {findUsagePlans, type PlanStore, rejectSharedStages, type UsagePlan} from './plans.js'
import {Problem, unlessRefused} from './problem.js'
import {quoted} from './quoting.js'

export interface KeyRequest extends NewKey {
  /** Usage plans to put the key on, by name or id. */
  plans: readonly string[]
  /** With `reuse` the key that has the name is taken, and only what is still to do is done. */
  onNamesake: OnNamesake
}

/**
 * Issues a key that works at once: creates it and puts it on its plans. When it cannot be put on one of them, it is
 * deleted again: a key that opens less than was asked for is not left lying about.
 * @throws Problem before anything is created: a bad value, a name in use, an unknown plan, two plans with the same stage
 */
export async function issueKey(keys: KeyStore, plans: PlanStore, request: KeyRequest): Promise<Plan<IssuedKey>> {
  if (request.value !== undefined) checkKeyValue(request.value)
  const wanted = await findUsagePlans(plans, request.plans)
  const existing = request.onNamesake === 'allow' ? undefined : await keyCalled(keys, request)
  const onPlans = existing ? await collect(plans.list({keyId: existing.id})) : []
  const missing = wanted.filter(plan => !onPlans.some(({id}) => id === plan.id))
  const all = [...onPlans, ...missing]
  rejectSharedStages(all)
  if (existing) {
    return {
      nothing: `There is an API key "${existing.name}" (${existing.id}) already: it stays as it is.`,
      changes: missing.map(plan => attaching(existing, plan)),
      apply: async () => {
        for (const plan of missing) await putOnPlan(plans, plan, existing)
        return {...existing, plans: all}
      },
    }
  }
  return {
    changes: [creating(request), ...missing.map(plan => attaching(request, plan))],
    apply: async () => {
      const key = await createKey(keys, request)
      await attachOrDelete(keys, plans, key, missing)
      return {...key, plans: all}
    },
  }
}

/** What to do about a name in use. */
const WAYS_ON = 'Use it, and put it on the plans: --if-not-exists. Make another: --allow-duplicate.'

/**
 * The key that has the name already, with its value.
 * @throws Problem conflict where it is not to be taken, or has another value
 */
async function keyCalled(keys: KeyStore, {name, value, onNamesake}: KeyRequest): Promise<ApiKey | undefined> {
  const same = (await collect(keys.list({name}))).filter(key => key.name === name)
  if (same.length === 0) return undefined
  if (onNamesake === 'refuse') throw nameInUse('an API key', name, same, WAYS_ON)
  const key = await keys.get(findNamed(same, name, 'API key').id)
  if (value === undefined || key.value?.equals(value)) return key
  throw new Problem(
    'conflict',
    `There is an API key "${name}" (${key.id}) already, with another value.`,
    `A value cannot be changed. To replace the key: apigw keys delete ${key.id} --confirm ${quoted(name)}`,
  )
}

/** Creates a key. @throws Problem conflict naming the key that has the value already */
export async function createKey(keys: KeyStore, request: NewKey): Promise<ApiKey> {
  try {
    return await keys.create(request)
  } catch (error) {
    if (!(error instanceof Problem) || error.kind !== 'conflict' || request.value === undefined) throw error
    const owner = await unlessRefused(keys.withValue(request.value), undefined)
    if (!owner) throw error
    const called = owner.name === undefined ? owner.id : `"${owner.name}" (${owner.id})`
    const hint = `See it with: apigw keys get ${owner.id}`
    throw new Problem('conflict', `Another API key has this value already: ${called}.`, hint, error)
  }
}

/**
 * Puts a key on a plan. Where the service refuses, or its answer is lost, the key may be on it all the same: another run, or
 * this call, has put it there.
 */
export async function putOnPlan(plans: PlanStore, plan: UsagePlan, key: ApiKey): Promise<void> {
  try {
    await plans.addKey(plan.id, key.id)
  } catch (error) {
    if (!(error instanceof Problem) || !['conflict', 'unreachable', 'failed'].includes(error.kind)) throw error
    const on = await unlessRefused(collect(plans.list({keyId: key.id})), [])
    if (!on.some(({id}) => id === plan.id)) throw error
  }
}

async function attachOrDelete(keys: KeyStore, plans: PlanStore, key: ApiKey, missing: readonly UsagePlan[]) {
  for (const [i, plan] of missing.entries()) {
    try {
      await putOnPlan(plans, plan, key)
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      throw await undone(keys, key, missing.slice(i), error)
    }
  }
}

/** Deletes a key that the first of some plans refused, and says what became of it. */
async function undone(keys: KeyStore, key: ApiKey, left: readonly UsagePlan[], refusal: Problem): Promise<Problem> {
  const refused = `Key "${nameOf(key)}" could not be put on usage plan "${left[0]?.name}": ${refusal.message}`
  try {
    await unlessMissing(keys.delete(key.id))
    return new Problem(
      refusal.kind,
      `${refused}\nThe key was deleted again: nothing has changed.`,
      refusal.hint,
      refusal,
    )
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const text = `${refused}\nThe key was created, has the id ${key.id}, and could not be deleted again: ${reason}`
    const hints = [
      ...left.map(plan => `To finish: apigw plans attach ${plan.id} --key ${key.id}`),
      `To undo: apigw keys delete ${key.id} --confirm ${quoted(nameOf(key))}`,
    ]
    return new Problem(refusal.kind, text, hints.join('\n'), refusal)
  }
}

function creating({name, enabled, value}: NewKey): Change {
  const detail = `${enabled ? 'enabled' : 'disabled'}, ${value === undefined ? 'with a generated value' : 'with the given value'}`
  return {action: 'create', kind: 'API key', name, detail}
}

/** That a key is going to be put on a plan. */
export function attaching(key: {name?: string | undefined; id?: string}, plan: UsagePlan): Change {
  const stages = plan.apiStages.map(stageKey).join(', ')
  const detail = `to usage plan ${plan.name}${stages ? `, which opens ${stages}` : ''}`
  return {action: 'attach', kind: 'API key', name: key.name ?? key.id ?? '', detail}
}
