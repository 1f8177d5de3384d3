import {Problem} from './problem.js'

export type Tags = Record<string, string>

/** Tags to set, and the names of tags to take away. */
export interface TagChange {
  set: Tags
  remove: readonly string[]
}

/**
 * What is left to do of a change to tags.
 * @returns undefined where the tags are as wanted already
 * @throws Problem usage when a tag is to be set and taken away
 */
export function tagChangeFor(tags: Tags, {set, remove}: TagChange): TagChange | undefined {
  const both = remove.find(name => Object.hasOwn(set, name))
  if (both !== undefined) throw new Problem('usage', `The tag "${both}" cannot be both set and taken away.`)
  const missing = Object.entries(set).filter(([name, value]) => tags[name] !== value)
  const present = remove.filter(name => Object.hasOwn(tags, name))
  if (missing.length === 0 && present.length === 0) return undefined
  return {set: Object.fromEntries(missing), remove: present}
}

/** The tags after a change. */
export function changedTags(tags: Tags, {set, remove}: TagChange): Tags {
  const kept = Object.entries(tags).filter(([name]) => !remove.includes(name))
  return {...Object.fromEntries(kept), ...set}
}

/** Whether all of some tags are there, with their values. */
export function hasTags(tags: Tags, wanted: Tags): boolean {
  return Object.entries(wanted).every(([name, value]) => tags[name] === value)
}

/** A change in words: "tag team=shop, no tag owner". */
export function tagChangeText({set, remove}: TagChange): string {
  const setting = Object.entries(set).map(([name, value]) => `tag ${name}=${value}`)
  return [...setting, ...remove.map(name => `no tag ${name}`)].join(', ')
}

/**
 * The last step of an update: changes the tags of what has been updated.
 * @throws Problem that says that the rest is done
 */
export async function retag<Thing extends {tags: Tags}>(
  thing: Thing,
  change: TagChange | undefined,
  send: (change: TagChange) => Promise<void>,
): Promise<Thing> {
  if (!change) return thing
  try {
    await send(change)
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    const text = `The tags could not be changed: ${error.message}`
    throw new Problem(error.kind, text, 'All else that was asked for is done. To finish, run it again.', error)
  }
  return {...thing, tags: changedTags(thing.tags, change)}
}

/** Tags that a resource may have, besides those of AWS. Source: Developer Guide, "API Gateway resources that can be tagged". */
export const MOST_TAGS = 50

/** Whether a tag is one that only AWS sets, such as CloudFormation's: its prefix is reserved in any letter case. */
export const isReserved = (name: string) => name.toLowerCase().startsWith('aws:')
