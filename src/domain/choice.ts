import {Problem} from './problem.js'

export interface Choice {
  /** What a person reads. */
  name: string
  /** What is chosen. */
  value: string
}

/**
 * Asks a person to choose one of several. Where nobody can be asked it throws a usage Problem that names the flag and
 * lists the choices.
 */
export type Choose = (question: {message: string; flag: string; choices: readonly Choice[]}) => Promise<string>

/** Something that has an id and a name, as most things on API Gateway do. */
export interface Named {
  id: string
  name?: string | undefined
}

/**
 * Finds one thing by id or by name among all there are. An id wins over a name.
 * @param noun what it is, for messages: "API", "usage plan"
 * @throws Problem `missing` with what there is, or `usage` naming the ids when several have the name
 */
export function findNamed<T extends Named>(all: readonly T[], ref: string, noun: string): T {
  const byId = all.find(item => item.id === ref)
  if (byId) return byId
  const byName = all.filter(item => item.name === ref)
  if (byName.length > 1) {
    const ids = byName.map(item => item.id).join(', ')
    throw new Problem('usage', `${byName.length} ${noun}s are called "${ref}".`, `Use the id of one: ${ids}`)
  }
  if (byName[0]) return byName[0]
  throw new Problem('missing', `There is no ${noun} "${ref}".`, whatThereIs(all, ref, noun))
}

/**
 * What to do when something is to be created whose name is in use. The service does not mind; but a command that ran
 * twice should not leave a twin, and a name that two have is good for nothing.
 */
export type OnNamesake = 'refuse' | 'reuse' | 'allow'

/** @param noun what it is, with its article: "an API" */
export function nameInUse(noun: string, name: string, namesakes: readonly Named[], hint: string): Problem {
  const ids = namesakes.map(each => each.id).join(', ')
  return new Problem('conflict', `There is ${noun} called "${name}" already: ${ids}.`, hint)
}

/** How many names a hint may list before it becomes a wall of text. */
const MANY = 10

function whatThereIs(all: readonly Named[], ref: string, noun: string): string {
  if (all.length === 0) return `There are no ${noun}s in this account and Region: is --region right?`
  const names = [...new Set(all.map(item => item.name ?? item.id))]
  const near = names.filter(name => alike(name, ref))
  const shown = near.length > 0 && near.length <= MANY ? near : names.slice(0, MANY)
  const rest = near.length === 0 && names.length > MANY ? ` and ${names.length - MANY} more` : ''
  return `There ${shown.length === 1 ? 'is' : 'are'}: ${shown.join(', ')}${rest}`
}

function alike(one: string, other: string): boolean {
  const [a, b] = [letters(one), letters(other)]
  return a.includes(b) || b.includes(a)
}

const letters = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, '')
