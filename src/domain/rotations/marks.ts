import type {ApiKey} from '../keys.js'
import {isReserved, MOST_TAGS, type Tags} from '../tags.js'

/** Tag of a key that is going: when its grace ends, as an ISO time. Whoever needs more time may set another. */
export const GRACE_ENDS = 'apigw:grace-ends'

/** Tag of a key that is going: the id of the key in its place. It is set last: then that key has all that it needs. */
export const REPLACED_BY = 'apigw:replaced-by'

/** Tag of a key that came in the place of another: the id of that one. */
export const REPLACES = 'apigw:replaces'

const MARKS = [GRACE_ENDS, REPLACED_BY, REPLACES]

/** Whether a key has been replaced, all of it: with another one that is there in its place, and an end. */
export const isReplaced = ({tags}: ApiKey) => tags[REPLACED_BY] !== undefined && tags[GRACE_ENDS] !== undefined

/** Whether the replacement of a key was begun and not brought to its end. */
export const isHalfReplaced = ({tags}: ApiKey) => tags[REPLACED_BY] === undefined && tags[GRACE_ENDS] !== undefined

/** Of the keys that are going, by id: the key in the place of each. Also where the replacement is only half done. */
export function successorsOf(keys: readonly ApiKey[]): ReadonlyMap<string, string> {
  const going = new Set(keys.filter(({tags}) => tags[GRACE_ENDS] !== undefined).map(({id}) => id))
  const pairs = keys.flatMap(({id, tags}) => [
    [tags[REPLACES], id],
    [id, tags[REPLACED_BY]],
  ])
  return new Map(pairs.filter((pair): pair is [string, string] => going.has(pair[0] ?? '') && pair[1] !== undefined))
}

/** Whether a key is going and the key in its place, or the one in the place of that, is one of some. */
export function isFollowedBy(
  some: {has(id: string): boolean},
  id: string,
  successors: ReadonlyMap<string, string>,
): boolean {
  // Tags can be edited: each key is followed once, or two that name each other would lead round and round.
  const seen = new Set<string>()
  for (let next = successors.get(id); next !== undefined && !seen.has(next); next = successors.get(next)) {
    if (some.has(next)) return true
    seen.add(next)
  }
  return false
}

/** When the grace of a key ends; undefined where it has none, or the tag is no time. */
export function graceEnd({tags}: Pick<ApiKey, 'tags'>): Date | undefined {
  const end = new Date(tags[GRACE_ENDS] ?? '')
  return Number.isNaN(end.getTime()) ? undefined : end
}

/** A moment as it is in the tag, in whole seconds: tags may hold colons and hyphens (Developer Guide, tag restrictions). */
export const momentText = (moment: Date) => moment.toISOString().replace(/\.\d+Z$/, 'Z')

/** What a key is called once another has its name. */
export const goingName = (name: string, end: Date) => `${name} (until ${end.toISOString().slice(0, 10)})`

/** What a key is called until it has all that it needs to be called by the name. */
export const comingName = (name: string) => `${name} (next)`

/** The name of a key without what rotation has added to it. */
export function properName({name, tags}: ApiKey): string | undefined {
  if (tags[GRACE_ENDS] !== undefined) return name?.replace(/ \(until \d{4}-\d\d-\d\d\)$/, '')
  if (tags[REPLACES] !== undefined) return name?.replace(/ \(next\)$/, '')
  return name
}

/** The tags that a key hands on: neither marks of a rotation nor those that only AWS sets, such as CloudFormation's. */
export function ownTags(tags: Tags): Tags {
  return Object.fromEntries(Object.entries(tags).filter(([name]) => !MARKS.includes(name) && !isReserved(name)))
}

/** Whether a key has room for the tags that it gets when it is replaced. */
export function hasRoomForMarks({tags}: ApiKey): boolean {
  const others = Object.keys(tags).filter(name => !isReserved(name) && name !== GRACE_ENDS && name !== REPLACED_BY)
  return others.length + 2 <= MOST_TAGS
}
