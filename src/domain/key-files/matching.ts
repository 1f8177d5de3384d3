import type {Journal} from '../journal.js'
import type {ApiKey} from '../keys.js'
import {amendmentFor, type Wanted} from './differences.js'
import type {KeyLine, LineProblem} from './lines.js'

/** A line whose plans have been found. */
export type WantedLine = Omit<KeyLine, 'plans'> & Wanted

export interface Matches {
  /** The key that is there already, by line. */
  found: Map<WantedLine, ApiKey>
  /** Keys that an earlier run has made of a line and that are gone since: their ids. */
  gone: Map<WantedLine, string>
  problems: LineProblem[]
}

/**
 * Which of the keys that are there lines are about. A value says it, or else the journal of an earlier run. Without both
 * the name does, as names are all that is known of a key whose value is still to be generated: so a run that was killed
 * makes no key twice. Where several lines have the name, each has a key of its own.
 */
export function matchKeys(
  lines: readonly WantedLine[],
  keys: readonly ApiKey[],
  journal: Pick<Journal, 'entry'> | undefined,
): Matches {
  const matches: Matches = {found: new Map(), gone: new Map(), problems: []}
  const byValue = new Map(keys.map(key => [key.value?.reveal(), key]))
  const byId = new Map(keys.map(key => [key.id, key]))
  const taken = new Set<ApiKey>()
  const match = (line: WantedLine, key: ApiKey) => {
    matches.found.set(line, key)
    taken.add(key)
  }
  for (const line of lines) {
    const key = line.value && byValue.get(line.value.reveal())
    if (key) match(line, key)
  }
  const unknown: WantedLine[] = []
  for (const [id, line] of generatedLines(lines)) {
    const made = journal?.entry(id)
    const key = made === undefined ? undefined : byId.get(made)
    if (key) match(line, key)
    else if (made === undefined) unknown.push(line)
    else matches.gone.set(line, made)
  }
  const byName = grouped(keys.filter(key => !taken.has(key)))
  for (const [name, alike] of grouped(unknown)) {
    const left = byName.get(name) ?? []
    const unmatched = alike.filter(line => {
      const i = left.findIndex(key => isAsSaid(line, key))
      const [key] = i < 0 ? [] : left.splice(i, 1)
      if (key) match(line, key)
      return !key
    })
    if (left.length > unmatched.length && unmatched.length > 0) {
      const problem = `There are ${left.length} API keys of that name: without a value nobody can tell which is meant.`
      matches.problems.push(...unmatched.map(({line}) => ({line, name, problem})))
    } else for (const [i, key] of left.entries()) match(unmatched[i] as WantedLine, key)
  }
  return matches
}

/** Lines whose value is to be generated, by what they are called in a journal. */
export function generatedLines(lines: readonly WantedLine[]): Map<string, WantedLine> {
  const named = grouped(lines.filter(({value}) => value === undefined))
  return new Map(
    [...named].flatMap(([name, alike]) =>
      alike.map((line, i) => [i === 0 ? name : `${name} (${i + 1})`, line] as const),
    ),
  )
}

function grouped<Item extends {name?: string | undefined}>(items: readonly Item[]): Map<string, Item[]> {
  const groups = new Map<string, Item[]>()
  for (const item of items) {
    const alike = groups.get(item.name ?? '')
    if (alike) alike.push(item)
    else groups.set(item.name ?? '', [item])
  }
  return groups
}

function isAsSaid(line: WantedLine, key: ApiKey): boolean {
  const {fields, tags} = amendmentFor(line, {key, plans: []})
  return Object.keys(fields).length === 0 && !tags
}
