import {putOnPlan, takeOffPlan} from '../issuing.js'
import type {ApiKey, KeyChange, KeyStore} from '../keys.js'
import {stageKey} from '../plan-stages.js'
import type {PlanStore, UsagePlan} from '../plans.js'
import {isReserved, type TagChange, tagChangeFor} from '../tags.js'
import type {KeyRecord} from './lines.js'

/** A record whose plans have been found. */
export interface Wanted extends Omit<KeyRecord, 'plans'> {
  plans?: readonly UsagePlan[] | undefined
}

/** What makes a key as a record wants it. */
export interface Amendment {
  fields: KeyChange
  tags: TagChange | undefined
  attach: readonly UsagePlan[]
  detach: readonly UsagePlan[]
}

/** A key that is there, and the plans that it is on. */
export interface Found {
  key: ApiKey
  plans: readonly UsagePlan[]
}

const FIELDS = ['name', 'description', 'enabled', 'customerId'] as const

/** What makes a key just as a record says. Of what the record says nothing, nothing changes. */
export function amendmentFor(wanted: Wanted, {key, plans}: Found): Amendment {
  const fields = FIELDS.filter(field => wanted[field] !== undefined && wanted[field] !== (key[field] ?? ''))
  const set = wanted.tags ?? {}
  const remove = wanted.tags ? Object.keys(key.tags).filter(tag => !Object.hasOwn(set, tag) && !isReserved(tag)) : []
  return {
    fields: Object.fromEntries(fields.map(field => [field, wanted[field]])),
    tags: tagChangeFor(key.tags, {set, remove}),
    attach: wanted.plans?.filter(plan => !isAmong(plans, plan)) ?? [],
    detach: wanted.plans ? plans.filter(plan => !isAmong(wanted.plans ?? [], plan)) : [],
  }
}

/**
 * Of that what only adds: fields, tags and plans that the key has not. An import that was killed leaves keys that lack
 * something, never such that have something else.
 */
export function additionsIn({fields, tags, attach}: Amendment, {key, plans}: Found): Amendment {
  const empty = FIELDS.filter(field => fields[field] !== undefined && (key[field] ?? '') === '')
  const set = Object.entries(tags?.set ?? {}).filter(([tag]) => !Object.hasOwn(key.tags, tag))
  return {
    fields: Object.fromEntries(empty.map(field => [field, fields[field]])),
    tags: set.length > 0 ? {set: Object.fromEntries(set), remove: []} : undefined,
    attach: attach.filter(plan => !plans.some(other => shareStage(plan, other))),
    detach: [],
  }
}

const isAmong = (plans: readonly UsagePlan[], plan: UsagePlan) => plans.some(({id}) => id === plan.id)

/** The service puts a key on one plan of a stage only. */
function shareStage(one: UsagePlan, other: UsagePlan): boolean {
  const stages = one.apiStages.map(stageKey)
  return other.apiStages.some(stage => stages.includes(stageKey(stage)))
}

/** What it changes, in words; none where it changes nothing. */
export function amendmentWords({fields, tags, attach, detach}: Amendment): string[] {
  const names = (plans: readonly UsagePlan[]) => plans.map(({name}) => name).join(', ')
  return [
    ...Object.keys(fields).map(field => (field === 'customerId' ? 'customer id' : field)),
    ...(tags ? ['tags'] : []),
    ...(attach.length > 0 ? [`not on ${names(attach)}`] : []),
    ...(detach.length > 0 ? [`on ${names(detach)}`] : []),
  ]
}

/** Makes it so, in few calls. A plan is left before another one with the same stage is joined. */
export async function amend(
  {keys, plans}: {keys: KeyStore; plans: PlanStore},
  id: string,
  {fields, tags, attach, detach}: Amendment,
): Promise<void> {
  if (Object.keys(fields).length > 0) await keys.update(id, fields)
  if (tags) await keys.changeTags(id, tags)
  for (const plan of detach) await takeOffPlan(plans, plan, {id})
  for (const plan of attach) await putOnPlan(plans, plan, {id})
}

export function isNothing({fields, tags, attach, detach}: Amendment): boolean {
  return Object.keys(fields).length + attach.length + detach.length === 0 && !tags
}

/** Whether the additions in an amendment are all of it. */
export function isAddingOnly(amendment: Amendment, additions: Amendment): boolean {
  const size = ({fields, tags, attach, detach}: Amendment) =>
    Object.keys(fields).length +
    Object.keys(tags?.set ?? {}).length +
    (tags?.remove.length ?? 0) +
    attach.length +
    detach.length
  return size(amendment) === size(additions)
}
