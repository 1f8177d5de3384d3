import {collect} from '../apis.js'
import {type BulkPlan, bulkPlan, type Failed, WIDTH} from '../bulk.js'
import {findNamed} from '../choice.js'
import {type ApiKey, type KeyStore, nameOf, unlessMissing} from '../keys.js'
import type {Change} from '../plan.js'
import type {PlanStore} from '../plans.js'
import {Problem, unlessRefused} from '../problem.js'
import {during, type Session} from '../session.js'
import {DAY, type DayRange, type UsageStore, utcDay} from '../usage.js'
import {graceEnd, isReplaced, momentText, properName, REPLACED_BY, REPLACES} from './marks.js'

export interface FinishPorts {
  keys: KeyStore
  plans: Pick<PlanStore, 'list'>
  usage: Pick<UsageStore, 'read'>
  session: Pick<Session, 'clock' | 'progress'>
}

export interface FinishRequest {
  /** Only keys of this id or name, or replaced by it; all of them where it is missing. */
  ref?: string | undefined
  /** Deletes instead of disabling. */
  isDeletion: boolean
  /** Also where it looks wrong to do so. */
  isForced: boolean
}

/** A key that another one has replaced. */
export interface GoingKey extends ApiKey {
  graceEnds: Date
  replacedBy: string
  /** Requests counted since yesterday, in UTC days; undefined where none of its plans has a quota, which is what counts. */
  usedLately?: number | undefined
}

/** What is to be done about the keys that were replaced. */
export interface Finishing {
  plan: BulkPlan<GoingKey>
  /** Those that will be disabled although they were used since yesterday. */
  missed: GoingKey[]
  /** How many of those that work now may be used without being counted. */
  uncounted: number
  /** Their grace is not over. */
  waiting: GoingKey[]
  /** Their grace is over and they are disabled: nothing is left but to delete them. */
  disabled: GoingKey[]
  /** An end that leaves who needs it some more time. */
  later: Date
  /** What was asked for. */
  ref?: string | undefined
}

const WEEK = 7 * DAY

/**
 * Ends the keys whose grace is over. To disable one can be undone: it is done, also where the key is still used. Not so to
 * delete one: a key that still lets requests in, or did so yesterday, stays.
 */
export async function finishRotations(ports: FinishPorts, request: FinishRequest): Promise<Finishing> {
  const {keys, session} = ports
  const {isDeletion, isForced} = request
  const now = session.clock.now()
  const all = await collect(keys.list({}))
  const replaced = replacedKeys(all, request.ref)
  const going = replaced.flatMap(goingKey)
  const over = going.filter(({graceEnds}) => graceEnds.getTime() <= now)
  const due = isDeletion ? over : over.filter(({enabled}) => enabled)
  const known = await withUse(ports, due, now)
  const doubts = new Map(isForced ? [] : known.flatMap(key => doubtAbout(all, key, isDeletion)))
  const toDo = known.filter(({id}) => !doubts.has(id))
  const failed: Failed[] = [
    ...replaced.filter(key => !graceEnd(key)).map(unreadable),
    ...known.flatMap(key => failure(key, doubts.get(key.id))),
  ]
  return {
    plan: bulkPlan({done: toDo, failed}, nameOf, toDo.map(changeOf(isDeletion)), ending(keys, isDeletion), {
      width: WIDTH,
      confirmFor: String,
    }),
    missed: isDeletion ? [] : toDo.filter(({usedLately = 0}) => usedLately > 0),
    uncounted: toDo.filter(({enabled, usedLately}) => enabled && usedLately === undefined).length,
    waiting: going.filter(({graceEnds}) => graceEnds.getTime() > now),
    disabled: isDeletion ? [] : over.filter(({enabled}) => !enabled),
    later: new Date(now + WEEK),
    ref: request.ref,
  }
}

/** Those of all keys that were replaced. @throws Problem missing for a name that no key has */
function replacedKeys(all: readonly ApiKey[], ref: string | undefined): ApiKey[] {
  const replaced = all.filter(isReplaced)
  if (ref === undefined) return replaced
  const meant = replaced.filter(key => [key.id, key.name, properName(key), key.tags[REPLACED_BY]].includes(ref))
  if (meant.length === 0) findNamed(all, ref, 'API key')
  return meant
}

function goingKey(key: ApiKey): GoingKey[] {
  const graceEnds = graceEnd(key)
  return graceEnds ? [{...key, graceEnds, replacedBy: key.tags[REPLACED_BY] ?? ''}] : []
}

const unreadable = (key: ApiKey): Failed => ({
  name: nameOf(key),
  problem: new Problem(
    'failed',
    `the end of the grace of ${key.id} cannot be read.`,
    `Set the tag: apigw keys update ${key.id} --tag apigw:grace-ends=2026-01-31T12:00:00Z`,
  ),
})

/** So few keys are asked about one by one; of more the whole plans are read, 500 keys a call. */
const FEW = 10

/** What keys that are enabled were used for since yesterday. Where that may not be read, it stays unknown. */
async function withUse({plans, usage, session}: FinishPorts, due: GoingKey[], now: number): Promise<GoingKey[]> {
  const enabled = due.filter(key => key.enabled)
  if (enabled.length === 0) return due
  const range: DayRange = {from: utcDay(now - DAY), to: utcDay(now)}
  const used = new Map<string, number>()
  const read = async () => {
    for (const keyId of enabled.length <= FEW ? enabled.map(({id}) => id) : [undefined]) {
      for await (const {id: planId, quota} of plans.list(keyId === undefined ? {} : {keyId})) {
        if (!quota) continue
        for await (const {keyId: id, days} of usage.read(planId, range, keyId)) {
          used.set(id, (used.get(id) ?? 0) + days.reduce((sum, day) => sum + day.used, 0))
        }
      }
    }
  }
  await unlessRefused(during(session, 'looking whether the old keys are still used', read), undefined)
  return due.map(key => (key.enabled ? {...key, usedLately: used.get(key.id)} : key))
}

/** What speaks against ending a key, by its id. */
function doubtAbout(all: readonly ApiKey[], key: GoingKey, isDeletion: boolean): [string, string][] {
  const {id, enabled, usedLately = 0} = key
  if (enabled && !isSucceeded(all, key)) {
    return [[id, `the key in its place (${key.replacedBy}) is gone or disabled: nobody would be let in any more.`]]
  }
  if (!isDeletion || usedLately === 0) return []
  return [[id, `it was used ${times(usedLately)} since yesterday: it can be disabled, or deleted with --force.`]]
}

/** Whether a key lets in whoever had another one: the one that replaced it, or that one's own successor, and so on. */
function isSucceeded(all: readonly ApiKey[], {replacedBy}: GoingKey): boolean {
  const seen = new Set<string>()
  for (let id: string | undefined = replacedBy; id !== undefined && !seen.has(id); ) {
    const current: string = id
    seen.add(current)
    if (all.some(key => key.id === current && key.enabled)) return true
    id = all.find(({tags}) => tags[REPLACES] === current)?.id
  }
  return false
}

function failure(key: GoingKey, doubt: string | undefined): Failed[] {
  if (doubt === undefined) return []
  const text = `${key.id} is left alone: ${doubt}`
  const hint = `To end it all the same: apigw keys rotate ${key.id} --finish --force`
  return [{name: nameOf(key), problem: new Problem('conflict', text, hint)}]
}

/** "once", "12 times". */
export const times = (count: number) => (count === 1 ? 'once' : `${count} times`)

const changeOf =
  (isDeletion: boolean) =>
  (key: GoingKey): Change => {
    const use = key.usedLately ? `, used ${times(key.usedLately)} since yesterday` : ''
    const detail = `${key.id}: its grace ended at ${momentText(key.graceEnds)}${use}`
    return {action: isDeletion ? 'delete' : 'disable', kind: 'API key', name: nameOf(key), detail}
  }

const ending =
  (keys: KeyStore, isDeletion: boolean) =>
  async (key: GoingKey): Promise<GoingKey> => {
    if (isDeletion) await unlessMissing(keys.delete(key.id))
    else await keys.update(key.id, {enabled: false})
    return isDeletion ? key : {...key, enabled: false}
  }

/** What to ask before keys are deleted; to be typed is how many they are. */
export function finishQuestion({changes}: BulkPlan<GoingKey>): {message: string; name: string} {
  const names = changes.map(({name}) => name)
  const few = names.length > 5 ? [...names.slice(0, 5), `${names.length - 5} more`] : names
  const keys = names.length === 1 ? 'the old API key' : `${names.length} old API keys`
  return {message: `Delete ${keys} (${few.join(', ')})? That cannot be undone.`, name: String(names.length)}
}
