import {checkKeyValue, KeyValue} from '../keys.js'
import {Problem} from '../problem.js'
import {isReserved, MOST_TAGS, type Tags} from '../tags.js'
import {readNames, readTags} from './lists.js'

/** What a file says of one key. What it says nothing of is undefined: a new key gets the default, one that is there keeps it. */
export interface KeyRecord {
  name?: string | undefined
  value?: KeyValue | undefined
  /** Empty where the file says that there is none; so are `plans` and `tags`. */
  description?: string | undefined
  enabled?: boolean | undefined
  /** By name or id. */
  plans?: readonly string[] | undefined
  customerId?: string | undefined
  tags?: Tags | undefined
}

/** A record, and the line on which it begins, from 1. */
export interface KeyLine extends KeyRecord {
  line: number
}

export interface LineProblem {
  line: number
  name?: string | undefined
  problem: string
}

/** A record as its format yields it: by what the file calls the members, in any letter case. */
export type RawRecord = Iterable<readonly [string, unknown]>

/** Source of the first five: "API Gateway API key file format", Developer Guide; the service ignores the others. */
const MEMBERS = {
  name: 'name',
  key: 'value',
  description: 'description',
  enabled: 'enabled',
  usageplanids: 'plans',
  // As other places call the same.
  value: 'value',
  usageplans: 'plans',
  plans: 'plans',
  customerid: 'customerId',
  tags: 'tags',
} as const satisfies Record<string, keyof KeyRecord>

/** What this program and the AWS CLI print of a key besides: a file may well have it. */
const TOLD_ELSEWHERE = new Set(['id', 'createddate', 'lastupdateddate', 'stagekeys'])

/** What a column or member says of a key. */
export function memberOf(title: string): keyof KeyRecord | undefined {
  const name = title.trim().toLowerCase()
  return Object.hasOwn(MEMBERS, name) ? MEMBERS[name as keyof typeof MEMBERS] : undefined
}

/** Whether it is no surprise that nothing becomes of a column or member. */
export const isToldElsewhere = (title: string) => TOLD_ELSEWHERE.has(title.trim().toLowerCase())

/** A record with all that is wrong with it. */
export function keyLineFrom(line: number, raw: RawRecord): {keyLine: KeyLine; problems: string[]} {
  const keyLine: KeyLine = {line}
  const problems: string[] = []
  const said = new Set<string>()
  for (const [title, given] of raw) {
    const member = memberOf(title)
    if (!member || given === null || given === undefined) continue
    if (said.has(member)) problems.push(`It says twice what its ${WORDS[member]} is.`)
    said.add(member)
    try {
      Object.assign(keyLine, {[member]: READERS[member](given)})
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      problems.push(error.hint ? `${error.message} ${error.hint}` : error.message)
    }
  }
  if (!keyLine.name && !keyLine.value && problems.length === 0) {
    problems.push('It has neither a name nor a value: there is nothing to tell the key by.')
  }
  return {keyLine, problems}
}

const WORDS: Record<keyof KeyRecord, string> = {
  name: 'name',
  value: 'value',
  description: 'description',
  enabled: 'state',
  plans: 'usage plans',
  customerId: 'customer id',
  tags: 'tags',
}

/** Recorded: "Invalid API Key name, can be at most 1024 characters." */
const LONGEST_NAME = 1024

const LONGEST_TAG = {name: 128, value: 256}

/** They throw a usage Problem that never quotes a value. */
const READERS: {[Member in keyof KeyRecord]-?: (given: unknown) => KeyRecord[Member]} = {
  name: given => {
    const name = textOf(given, 'name')
    if (name.length <= LONGEST_NAME) return name
    throw wrong(`Its name has ${name.length} characters; the service takes ${LONGEST_NAME}.`)
  },
  value: given => {
    const value = textOf(given, 'value')
    if (value === '') return undefined
    if (value.startsWith('****'))
      throw wrong('Its value is masked: a file with values comes from apigw keys export --show-values.')
    checkKeyValue(value)
    return new KeyValue(value)
  },
  description: given => textOf(given, 'description'),
  enabled: given => {
    const text = typeof given === 'boolean' ? String(given) : textOf(given, 'state').toLowerCase()
    // Source of the default, for want of a value: "API Gateway API key file format".
    if (text === '') return undefined
    if (text === 'true' || text === 'false') return text === 'true'
    throw wrong('Enabled is neither true nor false.')
  },
  plans: given => {
    const names = Array.isArray(given)
      ? given.map(each => textOf(each, 'usage plan'))
      : readNames(textOf(given, 'usage plans'))
    // How many there may be is for the service to say: 10 is a quota that can be raised (Amazon API Gateway quotas).
    return [...new Set(names)]
  },
  customerId: given => textOf(given, 'customer id') || undefined,
  tags: given => {
    const tags = tagsFrom(given)
    if (!tags)
      throw wrong(
        'Its tags are not of the form name=value&name=value, each once; a % or & in one is written %25 or %26.',
      )
    checkTags(tags)
    return tags
  },
}

function textOf(given: unknown, what: string): string {
  if (typeof given !== 'string') throw wrong(`Its ${what} is no text.`)
  if (/\p{Surrogate}/u.test(given)) throw wrong(`Its ${what} has half of a character in it.`)
  return given
}

function tagsFrom(given: unknown): Tags | undefined {
  if (typeof given === 'string') return readTags(textOf(given, 'tags'))
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return undefined
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [textOf(name, 'tag'), textOf(value, 'tag')]))
}

function checkTags(tags: Tags): void {
  const all = Object.entries(tags)
  if (all.length > MOST_TAGS) throw wrong(`It has ${all.length} tags; the service allows ${MOST_TAGS}.`)
  for (const [name, value] of all) {
    if (name === '' || name.length > LONGEST_TAG.name) {
      throw wrong(`The name of a tag has ${name.length} characters: 1 to ${LONGEST_TAG.name} are allowed.`)
    }
    if (isReserved(name)) throw wrong(`The tag "${name}" is one of those that only AWS can set.`)
    if (value.length > LONGEST_TAG.value) {
      throw wrong(`The tag "${name}" has ${value.length} characters; ${LONGEST_TAG.value} are allowed.`)
    }
  }
}

const wrong = (message: string) => new Problem('usage', message)
