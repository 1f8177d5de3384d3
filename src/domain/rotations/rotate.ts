import {collect} from '../apis.js'
import {findNamed} from '../choice.js'
import {durationFrom} from '../duration.js'
import {type ApiKey, checkKeyValue, findKey, type KeyStore, nameOf, unlessMissing} from '../keys.js'
import type {Plan} from '../plan.js'
import {Problem} from '../problem.js'
import {quoted} from '../quoting.js'
import {graceEnd, isHalfReplaced, isReplaced, momentText, REPLACED_BY, REPLACES} from './marks.js'
import {type RotatedKey, type RotationPorts, type RotationRequest, replacement} from './replacement.js'

/**
 * Puts a new key in the place of another, with all that it has but its value. The old one works until its grace ends.
 *
 * The calls are in an order in which both keys have all their plans at all times: a run that is cut off between any two of
 * them leaves a state that the next one recognises by the tags, and goes on with. The name passes to the new key when it
 * opens what the old one opens, not before; between the two calls that do this both have it.
 * @throws Problem before anything is changed: an unknown or ambiguous key, a bad value or grace, a key that was replaced
 */
export async function rotateKey(ports: RotationPorts, request: RotationRequest): Promise<Plan<RotatedKey>> {
  const {keys, clock} = ports
  if (request.value !== undefined) checkKeyValue(request.value)
  const end = endOf(graceFrom(request.grace), clock.now())
  const named = await keyToRotate(keys, request.ref)
  await rejectReplaced(keys, named)
  const before = named.tags[REPLACES] === undefined ? undefined : await unlessMissing(keys.get(named.tags[REPLACES]))
  if (before && isHalfReplaced(before)) return replacement(ports, before, end, request)
  if (before && isReplaced(before) && !request.isForced && isUnderWay(before, named, clock.now())) {
    return underWay(ports, before, named, end, request)
  }
  return replacement(ports, named, end, request)
}

/** Nobody means more than that, and a tag or a name has to hold the end. */
const LONGEST_GRACE = 10 * 365 * 24 * 3_600_000

/** @throws Problem usage */
function graceFrom(text: string): number {
  const grace = text === '0' ? 0 : durationFrom(text)
  if (grace <= LONGEST_GRACE) return grace
  throw new Problem('usage', `A grace of ${text} is longer than ten years.`, 'Such as 7d or 12h; 0 for none.')
}

/** In whole seconds, as the tag has it. */
const endOf = (grace: number, now: number) => new Date(Math.floor((now + grace) / 1000) * 1000)

/** The key that somebody means. Where a run was cut off while the name passed on, it is the one that goes. */
async function keyToRotate(keys: KeyStore, ref: string): Promise<ApiKey> {
  const same = (await collect(keys.list({name: ref}))).filter(({name}) => name === ref)
  if (same.length < 2) return findKey(keys, ref)
  const going = same.filter(({tags}) => !same.some(({id}) => id === tags[REPLACES]))
  return findNamed(going, ref, 'API key')
}

async function rejectReplaced(keys: KeyStore, key: ApiKey): Promise<void> {
  if (!isReplaced(key)) return
  const by = await unlessMissing(keys.get(key.tags[REPLACED_BY] ?? ''))
  // Without it, nobody is in its place.
  if (!by) return
  const text = `API key "${nameOf(key)}" (${key.id}) has been replaced already, by "${nameOf(by)}" (${by.id}).`
  throw new Problem('conflict', text, `To replace that one: apigw keys rotate ${by.id}`)
}

/** For so long a second run is taken for a repetition of the first, and not for the wish for one more key. */
const REPETITION = 3_600_000

function isUnderWay(old: ApiKey, next: ApiKey, now: number): boolean {
  const isInGrace = old.enabled && (graceEnd(old)?.getTime() ?? 0) > now
  return isInGrace || now - (next.createdDate?.getTime() ?? 0) < REPETITION
}

/**
 * What to say of a rotation that is there already.
 * @throws Problem conflict where what is asked for now is something else
 */
async function underWay(
  {keys, plans}: RotationPorts,
  old: ApiKey,
  {id}: ApiKey,
  end: Date,
  {ref, value}: RotationRequest,
): Promise<Plan<RotatedKey>> {
  const graceEnds = graceEnd(old) ?? end
  const next = await keys.get(id)
  const works = old.enabled ? `which works until ${momentText(graceEnds)}` : 'which is disabled'
  const done = `"${nameOf(next)}" (${id}) is in the place of "${nameOf(old)}" (${old.id}) already, ${works}.`
  const again = `To replace the new key, too: apigw keys rotate ${quoted(ref)} --force`
  if (value !== undefined && !next.value?.equals(value)) {
    throw new Problem('conflict', `${done} It has another value.`, again)
  }
  if (old.enabled && end < graceEnds) {
    throw new Problem('conflict', done, `To shut the old key out now: apigw keys disable ${old.id}\n${again}`)
  }
  return {
    changes: [],
    nothing: `Nothing was changed: ${done}\n${again}`,
    apply: async () => ({
      ...next,
      plans: await collect(plans.list({keyId: id})),
      replaces: {id: old.id, name: old.name, enabled: old.enabled, graceEnds},
    }),
  }
}
