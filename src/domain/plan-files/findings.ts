import {closest, distance} from 'fastest-levenshtein'
import {Problem, type ProblemKind} from '../problem.js'
import type {Place} from './file.js'
import {PATTERNS} from './schema.js'

/** Something wrong with a plan file. */
export interface Finding {
  place: Place
  text: string
  kind: ProblemKind
  /** What to do about it, where that is not clear. */
  hint?: string | undefined
}

/** So many are told one by one; more would be a wall of text. */
const TOLD = 100

/** All that is wrong with a file, in the order of the file, each with its place. */
export function problemOf(name: string, findings: readonly Finding[]): Problem {
  const lines = [...findings]
    .sort((a, b) => a.place.line - b.place.line || a.place.column - b.place.column)
    .map(({place, text}) => `${name}:${place.line}:${place.column}: ${text}`)
  const [kind = 'usage', ...others] = new Set(findings.map(finding => finding.kind))
  const isAlike = others.length === 0
  const hints = [...new Set(findings.flatMap(({hint}) => hint ?? []))].join('\n') || undefined
  if (lines.length === 1) return new Problem(kind, lines[0] ?? '', hints)
  const told = lines.slice(0, TOLD).map(line => `  ${line}`)
  if (lines.length > TOLD) told.push(`  and ${lines.length - TOLD} more`)
  return new Problem(isAlike ? kind : 'usage', [`${name} has ${lines.length} problems:`, ...told].join('\n'), hints)
}

/** How long a quoted text may be. */
const WIDTH = 60

const IS_KEY = new RegExp(PATTERNS.key)

/** A text of the file for a message: cut where it is long, and never one that looks like the value of a key. */
export function shown(text: string): string {
  if (text !== '' && !IS_KEY.test(text)) return 'a text that looks like the value of an API key'
  return `"${text.length > WIDTH ? `${text.slice(0, WIDTH)}…` : text}"`
}

/** ` Did you mean "burst"?`, or nothing where nothing is near. */
export function suggestion(text: string, known: readonly string[]): string {
  if (text.length > WIDTH || known.length === 0) return ''
  const guess = closest(text, known as string[])
  const isNear = distance(text.toLowerCase(), guess.toLowerCase()) <= Math.max(2, Math.floor(guess.length / 3))
  return isNear ? ` Did you mean ${shown(guess)}?` : ''
}
