import {type BulkOptions, type BulkPlan, type BulkResult, bulkPlan, type Failed, WIDTH} from './bulk.js'
import {findNamed} from './choice.js'
import type {Journal} from './journal.js'
import {type ApiKey, changing, findKey, KEY_ID, type KeyStore, unlessMissing} from './keys.js'
import {isMissing, Problem} from './problem.js'
import {changedTags, type TagChange, tagChangeFor, tagChangeText} from './tags.js'

// Keys by the thousand. A journal knows a key by what somebody called it, its id or its name: of a key that is deleted
// nobody can tell any more which id a name stood for.

/** Up to so many keys it is cheaper to ask for one by one than to read pages of them. */
export const FEW = 5

/** What stands in a journal of a key that is being deleted: a run that was killed may have deleted it. */
const begun = (key: ApiKey) => `begun ${key.id}`
const isBegun = (entry: string | undefined) => entry?.startsWith('begun ') ?? false

/** Keys that somebody named, without those that an earlier run dealt with. */
export interface FoundKeys extends BulkResult<ApiKey> {
  /** How many an earlier run dealt with. */
  before: number
  /** What somebody called a key: more than one where it was named twice. */
  refsOf(key: ApiKey): readonly string[]
  /** The first of that. */
  nameOf(key: ApiKey): string
}

/**
 * Several keys, each once and without its value, and those that could not be found. Few ids are asked for one by one;
 * else pages of keys are read, until all are found.
 */
export async function findKeys(
  keys: Pick<KeyStore, 'get' | 'list'>,
  refs: readonly string[],
  journal?: Pick<Journal, 'entry'>,
): Promise<FoundKeys> {
  const unique = [...new Set(refs)]
  const isDone = (ref: string) => journal?.entry(ref) !== undefined && !isBegun(journal.entry(ref))
  const left = unique.filter(ref => !isDone(ref))
  const before = new Set(unique.filter(isDone).map(ref => journal?.entry(ref) || ref)).size
  const isCheaperSingly = left.length === 1 || (left.length <= FEW && left.every(ref => KEY_ID.test(ref)))
  const find = isCheaperSingly ? (ref: string) => findKey(keys, ref) : await finderAmong(keys, left)
  const named = new Map<string, {key: ApiKey; refs: string[]}>()
  const failed: Failed[] = []
  const outcomes = await Promise.all(left.map(async ref => ({ref, found: await orProblem(() => find(ref))})))
  for (const {ref, found} of outcomes) {
    if (found instanceof Problem) {
      failed.push({name: ref, problem: found})
      continue
    }
    const {value: _, ...key} = found
    const same = named.get(key.id)
    if (same) same.refs.push(ref)
    else named.set(key.id, {key, refs: [ref]})
  }
  const done = [...named.values()].map(({key}) => key)
  const refsOf = (key: ApiKey) => named.get(key.id)?.refs ?? []
  return {done, failed, before, refsOf, nameOf: key => refsOf(key)[0] ?? key.id}
}

/** @throws what is no Problem, and an interruption */
async function orProblem(find: () => ApiKey | Promise<ApiKey>): Promise<ApiKey | Problem> {
  try {
    return await find()
  } catch (problem) {
    if (problem instanceof Problem && (problem.kind === 'missing' || problem.kind === 'usage')) return problem
    throw problem
  }
}

/** Reads keys until there is one for each of some ids; for a name, which several may have, all of them. */
async function finderAmong(keys: Pick<KeyStore, 'list'>, refs: readonly string[]): Promise<(ref: string) => ApiKey> {
  const wanted = new Set(refs)
  const byId = new Map<string, ApiKey>()
  const byName = new Map<string, ApiKey[]>()
  if (wanted.size > 0) {
    for await (const key of keys.list({})) {
      if (wanted.has(key.id)) byId.set(key.id, key)
      if (byId.size === wanted.size) break
      const {name} = key
      if (name !== undefined && wanted.has(name)) byName.set(name, [...(byName.get(name) ?? []), key])
    }
  }
  return ref => {
    const byItsId = byId.get(ref)
    const same = byItsId ? [byItsId] : (byName.get(ref) ?? [])
    if (same.length > 0) return findNamed(same, ref, 'API key')
    throw new Problem('missing', `There is no API key "${ref}".`, 'To see what there is: apigw keys list')
  }
}

/** Enables or disables several keys; one that is as wanted already is left alone. */
export async function setKeysEnabled(
  keys: KeyStore,
  refs: readonly string[],
  enabled: boolean,
  journal?: Journal,
): Promise<BulkPlan<ApiKey>> {
  const found = await findKeys(keys, refs, journal)
  const isSettled = (key: ApiKey) => key.enabled === enabled
  const changes = found.done.filter(key => !isSettled(key)).map(key => changing(enabled ? 'enable' : 'disable', key))
  const act = async (key: ApiKey) => (isSettled(key) ? key : keys.update(key.id, {enabled}))
  return bulkPlan(found, found.nameOf, changes, act, {...noting(found), isSettled})
}

/**
 * Sets tags of several keys, and takes tags away. What is so already is left alone.
 * @throws Problem usage when nothing is to be changed, or a tag is to be set and taken away
 */
export async function tagKeys(
  keys: KeyStore,
  refs: readonly string[],
  change: TagChange,
  journal?: Journal,
): Promise<BulkPlan<ApiKey>> {
  if (Object.keys(change.set).length === 0 && change.remove.length === 0) {
    throw new Problem('usage', 'Nothing to change.', 'Say what: --tag NAME=VALUE or --untag NAME.')
  }
  tagChangeFor({}, change)
  const found = await findKeys(keys, refs, journal)
  const missing = new Map(found.done.map(key => [key, tagChangeFor(key.tags, change)]))
  const changes = found.done.flatMap(key => {
    const left = missing.get(key)
    return left ? [changing('update', key, tagChangeText(left))] : []
  })
  const act = async (key: ApiKey) => {
    const left = missing.get(key)
    if (!left) return key
    await keys.changeTags(key.id, left)
    return {...key, tags: changedTags(key.tags, left)}
  }
  return bulkPlan(found, found.nameOf, changes, act, {...noting(found), isSettled: key => !missing.get(key)})
}

/** Deletes several keys. One that is gone because an earlier run has deleted it, by its journal, is no failure. */
export async function deleteKeys(
  keys: KeyStore,
  refs: readonly string[],
  journal?: Journal,
): Promise<BulkPlan<ApiKey>> {
  const found = await findKeys(keys, refs, journal)
  const isGone = ({name, problem}: Failed) => isMissing(problem) && isBegun(journal?.entry(name))
  const failed = found.failed.filter(failure => !isGone(failure))
  const changes = found.done.map(key => changing('delete', key))
  const act = async (key: ApiKey) => {
    if (journal) await Promise.all(found.refsOf(key).map(ref => journal.note(ref, begun(key))))
    await unlessMissing(keys.delete(key.id))
    return key
  }
  const before = found.before + found.failed.length - failed.length
  return bulkPlan({done: found.done, failed}, found.nameOf, changes, act, {...noting(found), before})
}

/** How a run over keys goes on. */
const noting = (found: FoundKeys): BulkOptions<ApiKey> => ({
  width: WIDTH,
  before: found.before,
  notesOf: key => notesOf(found, key),
})

/** What a journal notes of a key that is done. */
export const notesOf = (found: FoundKeys, key: ApiKey) =>
  found.refsOf(key).map(ref => [ref, ref === key.id ? '' : key.id] as const)

/** What to ask before keys are deleted, and what is to be typed: the name of one, the number of several. */
export function deletionQuestion({changes, size, settled}: BulkPlan<ApiKey>): {message: string; name: string} {
  const names = changes.map(({name}) => name)
  const few = names.length > 5 ? [...names.slice(0, 5), `${names.length - 5} more`] : names
  const gone = settled?.before ? `; ${settled.before} are deleted already` : ''
  const what = size === 1 ? `API key "${names[0]}"` : `${size} API keys (${few.join(', ')}${gone})`
  const message = `Delete ${what}? Whoever uses ${size === 1 ? 'it' : 'them'} is shut out at once.`
  return {message, name: size === 1 ? (names[0] ?? '') : String(size)}
}
