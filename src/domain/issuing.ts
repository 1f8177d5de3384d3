import {collect} from './apis.js'
import {findNamed, nameInUse, type OnNamesake} from './choice.js'
import {
  type ApiKey,
  byAge,
  checkKeyValue,
  type IssuedKey,
  type KeyStore,
  type NewKey,
  nameOf,
  unlessMissing,
} from './keys.js'
import type {Change, Plan} from './plan.js'
import {stageText} from './plan-stages.js'
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
      const {key, isOwn} = await createOnce(keys, request)
      if (isOwn) await attachOrDelete(keys, plans, key, missing)
      else for (const plan of missing) await putOnPlan(plans, plan, key)
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
async function keyCalled(keys: KeyStore, request: KeyRequest): Promise<ApiKey | undefined> {
  const {name, onNamesake} = request
  const same = await namesakes(keys, name)
  if (same.length === 0) return undefined
  if (onNamesake === 'refuse') throw nameInUse('an API key', name, same, WAYS_ON)
  return withSameValue(keys, findNamed(same, name, 'API key'), request)
}

const namesakes = async (keys: KeyStore, name: string) =>
  (await collect(keys.list({name}))).filter(key => key.name === name)

/** A key with its value. @throws Problem conflict where it is not the one that is asked for */
async function withSameValue(keys: KeyStore, {id}: ApiKey, {name, value}: KeyRequest): Promise<ApiKey> {
  const key = await keys.get(id)
  if (value === undefined || key.value?.equals(value)) return key
  throw new Problem(
    'conflict',
    `There is an API key "${name}" (${id}) already, with another value.`,
    `A value cannot be changed. To put a key with this one in its place: apigw keys rotate ${id} --value-stdin`,
  )
}

/**
 * Creates the key, and sees to it that two runs at once do not make two of one name: the older one counts for both, and
 * who made the other deletes it before anybody knows of it.
 * @returns the key, with its value, and whether it is this run's to delete again
 */
async function createOnce(keys: KeyStore, request: KeyRequest): Promise<{key: ApiKey; isOwn: boolean}> {
  const {name, onNamesake} = request
  let key: ApiKey
  try {
    key = await createKey(keys, request)
  } catch (error) {
    if (!(error instanceof Problem) || error.kind !== 'unreachable') throw error
    return lostKey(keys, request, error)
  }
  if (onNamesake === 'allow') return {key, isOwn: true}
  const [first] = (await namesakes(keys, name).catch(() => [])).sort(byAge)
  if (!first || first.id === key.id) return {key, isOwn: true}
  await unlessMissing(keys.delete(key.id))
  if (onNamesake === 'reuse') return {key: await withSameValue(keys, first, request), isOwn: false}
  const text = `Another run has created an API key "${name}" (${first.id}) at the same time: the one of this run was deleted again.`
  throw new Problem('conflict', text, WAYS_ON)
}

/**
 * The key whose creation was not answered, where there is no doubt that it is the one: by its value, or because any key of
 * the name will do.
 * @throws Problem that says what there is
 */
async function lostKey(keys: KeyStore, request: KeyRequest, lost: Problem): Promise<{key: ApiKey; isOwn: boolean}> {
  const {name, value, plans, onNamesake} = request
  const look = `It may have been carried out all the same. To see whether it was: apigw keys list --name ${quoted(name)}`
  const same = onNamesake === 'allow' ? undefined : await unlessRefused(namesakes(keys, name), undefined)
  if (!same) throw new Problem(lost.kind, lost.message, look, lost)
  const [first] = same.sort(byAge)
  if (!first) {
    throw new Problem(lost.kind, `${lost.message}\nThere is no API key "${name}" so far.`, 'Run it again.', lost)
  }
  if (value !== undefined || onNamesake === 'reuse') {
    return {key: await withSameValue(keys, first, request), isOwn: value !== undefined}
  }
  const text = `${lost.message}\nThere is an API key "${name}" (${first.id}) now, which was not there before: it may be this one.`
  const words = ['apigw keys create', quoted(name), ...plans.map(plan => `--plan ${quoted(plan)}`), '--if-not-exists']
  throw new Problem(lost.kind, text, `To finish: ${words.join(' ')}`, lost)
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
export async function putOnPlan(
  plans: Pick<PlanStore, 'list' | 'addKey'>,
  plan: Pick<UsagePlan, 'id'>,
  key: Pick<ApiKey, 'id'>,
): Promise<void> {
  try {
    await plans.addKey(plan.id, key.id)
  } catch (error) {
    if (!(error instanceof Problem) || !['conflict', 'unreachable', 'failed'].includes(error.kind)) throw error
    const on = await unlessRefused(collect(plans.list({keyId: key.id})), [])
    if (!on.some(({id}) => id === plan.id)) throw error
  }
}

/** Takes a key off a plan. One that is not on it any more is what was wanted: a first answer may have been lost. */
export async function takeOffPlan(
  plans: Pick<PlanStore, 'removeKey'>,
  plan: Pick<UsagePlan, 'id'>,
  key: Pick<ApiKey, 'id'>,
): Promise<void> {
  await unlessMissing(plans.removeKey(plan.id, key.id))
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
  const stages = plan.apiStages.map(stageText).join(', ')
  const detail = `to usage plan ${plan.name}${stages ? `, which opens ${stages}` : ''}`
  return {action: 'attach', kind: 'API key', name: key.name ?? key.id ?? '', detail}
}
