import type {Alias, Document, LineCounter, Node} from 'yaml'
import {QUOTA_PERIODS, type Quota, type Throttle} from '../limits.js'
import {Problem} from '../problem.js'
import {MOST_TAGS, type Tags} from '../tags.js'
import {type FileKey, type FilePlan, type FileStage, methodKey, type Place, type PlanFile} from './file.js'
import {type Finding, problemOf, shown, suggestion} from './findings.js'
import {LARGEST_WHOLE, LONGEST_TAG, PATTERNS} from './schema.js'

/** Bytes of the largest plan file that is read: every key of the largest account on every plan that it may be on. */
export const MAX_PLAN_FILE = 4 * 1024 * 1024

/**
 * Reads a plan file, YAML or JSON, which is YAML, too. What can be known without the account is checked here.
 * @throws Problem usage that names everything that is wrong, with its place
 */
export async function readPlanFile(body: Uint8Array, name: string): Promise<PlanFile> {
  const yaml = await import('yaml')
  const text = decode(body, name)
  const counter = new yaml.LineCounter()
  const options = {schema: 'core', merge: false, uniqueKeys: false, prettyErrors: false, strict: true} as const
  const document = yaml.parseDocument(text, {...options, lineCounter: counter, keepSourceTokens: false})
  const faults = [...document.errors, ...document.warnings]
  if (faults.length > 0) {
    throw problemOf(
      name,
      faults.map(({code, message, pos}) => ({
        place: placeIn(counter, pos[0]),
        text: syntaxText(code, message),
        kind: 'usage',
      })),
    )
  }
  const reading = new Reading(yaml, document, counter)
  const plans = reading.file(document.contents)
  if (reading.findings.length > 0) throw problemOf(name, reading.findings)
  return {name, plans}
}

function decode(body: Uint8Array, name: string): string {
  const decoder = new TextDecoder('utf-8', {fatal: true})
  try {
    return decoder.decode(body)
  } catch {
    // A line break is never a part of another character in UTF-8.
    let start = 0
    for (let line = 1; ; line++) {
      const end = body.indexOf(0x0a, start)
      const part = body.subarray(start, end < 0 ? undefined : end)
      if (end < 0 || !isText(part)) throw new Problem('usage', `${name}:${line}:1: the file is not text in UTF-8`)
      start = end + 1
    }
  }
}

function isText(part: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', {fatal: true}).decode(part)
    return true
  } catch {
    return false
  }
}

/** What the YAML reader says of a fault, without what it quotes of the file: that might be a secret. */
function syntaxText(code: string, message: string): string {
  if (code === 'MULTIPLE_DOCS') return 'another document begins here: a plan file is one document'
  const [said = ''] = message.split(/: |\n/)
  return `not YAML: ${said.charAt(0).toLowerCase()}${said.slice(1)}`
}

function placeIn(counter: LineCounter, offset: number): Place {
  const {line, col} = counter.linePos(offset)
  return {line: Math.max(line, 1), column: Math.max(col, 1)}
}

/** An entry of a map. */
interface Entry {
  key: string
  /** Where the key stands. */
  at: Node
  value: Node | null
}

/** Reads one field into what is being built. */
type Fields = Readonly<Record<string, (value: Node | null, at: Node) => void>>

/** So many nodes may be read by way of aliases: a few lines can stand for more than any memory holds. */
const MOST_ALIASED = 100_000

class Reading {
  readonly findings: Finding[] = []
  readonly #anchored = new Map<Alias, Node>()
  /** How many nodes there are to read: as many as the file has, and some more for those that aliases repeat. */
  #left = MOST_ALIASED

  constructor(
    private readonly yaml: typeof import('yaml'),
    document: Document.Parsed,
    private readonly counter: LineCounter,
  ) {
    // Once for all of them: the library would search the document for each.
    const anchors = new Map<string, Node>()
    yaml.visit(document, {
      Node: (_, node) => {
        this.#left++
        if (yaml.isAlias(node)) {
          const target = anchors.get(node.source)
          if (target) this.#anchored.set(node, target)
        } else if (node.anchor !== undefined) anchors.set(node.anchor, node)
      },
    })
  }

  file(contents: Node | null): FilePlan[] {
    const plans: FilePlan[] = []
    if (contents === null || this.#isEmpty(contents)) {
      this.#finds(contents, 'the file is empty: it has no "plans"')
      return plans
    }
    const fields: Fields = {
      $schema: value => void this.#text(value, '$schema'),
      plans: (value, at) => {
        for (const entry of this.#entries(value, 'plans', 'a map of usage plans by name', at))
          plans.push(this.#plan(entry))
      },
    }
    const said = this.#fields(contents, 'the file', fields)
    if (said && !said.has('plans')) this.#finds(contents, 'the file has no "plans"')
    return plans
  }

  #plan({key: name, at, value}: Entry): FilePlan {
    const plan: FilePlan = {name, place: this.#place(at), tags: {}}
    const limits: {rate?: number; burst?: number; offset?: number} = {}
    let offsetAt: Node = at
    const fields: Fields = {
      description: value => {
        plan.description = this.#text(value, 'description') || undefined
      },
      rate: value => {
        limits.rate = this.#number(value, 'rate', 'a number of requests a second, such as 100 or 0.5', false)
      },
      burst: value => {
        limits.burst = this.#number(value, 'burst', 'a whole number of requests, such as 200', true)
      },
      quota: value => {
        const text = this.#text(value, 'quota', PATTERNS.quota, 'written as 10000/day, 10000/week or 10000/month')
        plan.quota = text === undefined ? undefined : quotaFrom(text)
      },
      quotaOffset: (value, at) => {
        limits.offset = this.#number(value, 'quotaOffset', 'a whole number of requests', true)
        offsetAt = at
      },
      productCode: value => {
        plan.productCode = this.#text(value, 'productCode', '[^]', 'a code of AWS Marketplace')
      },
      stages: (value, at) => {
        plan.stages = this.#stages(value, at)
      },
      keys: (value, at) => {
        plan.keys = this.#keys(value, at)
      },
      tags: (value, at) => {
        plan.tags = this.#tags(value, at)
      },
    }
    const said = this.#fields(value, `usage plan ${shown(name)}`, fields, at)
    if (!said) return plan
    for (const [one, other] of [
      ['rate', 'burst'],
      ['burst', 'rate'],
      ['quotaOffset', 'quota'],
    ] as const) {
      const place = said.get(one)
      if (place && !said.has(other)) this.#finds(place, `${one} needs ${other} beside it`)
    }
    const {rate, burst, offset} = limits
    if (rate !== undefined && burst !== undefined) plan.throttle = {rateLimit: rate, burstLimit: burst}
    if (plan.quota && offset !== undefined) {
      if (plan.quota.period === 'DAY' && offset > 0) {
        this.#finds(offsetAt, 'quotaOffset is for quotas of a week or a month: the service allows none for a day')
      }
      plan.quota.offset = offset
    }
    return plan
  }

  #stages(value: Node | null, at: Node): FileStage[] {
    const node = this.#resolved(value)
    const wanted = 'API/STAGE, such as petstore/prod'
    if (this.yaml.isSeq(node)) {
      return this.#items(node, 'stages', wanted, PATTERNS.stage, item =>
        this.yaml.isMap(item)
          ? 'with limits of methods, stages are a map: write them without the dashes, API/STAGE: {GET /pets: 5/10}'
          : undefined,
      ).map(each => ({...each, throttle: {}}))
    }
    const expected = 'a list of API/STAGE, or a map from these to limits of methods'
    const stages: FileStage[] = []
    for (const entry of this.#entries(node, 'stages', expected, at)) {
      if (!this.#fits(entry, PATTERNS.stage, `is no stage: write it as ${wanted}`)) continue
      stages.push({ref: entry.key, place: this.#place(entry.at), throttle: this.#throttles(entry)})
    }
    return stages
  }

  #throttles({key, at, value}: Entry): Record<string, Throttle> {
    const throttles: [string, Throttle][] = []
    if (this.#isEmpty(value)) return {}
    const expected = 'a map of limits of methods, such as GET /pets: 5/10'
    for (const entry of this.#entries(value, `stage ${shown(key)}`, expected, at)) {
      const isMethod = this.#fits(entry, PATTERNS.method, 'is no method: write it as GET /pets')
      const text = this.#text(
        entry.value,
        shown(entry.key),
        PATTERNS.throttle,
        'requests a second and at once, written as 5/10',
        entry.at,
      )
      if (!isMethod || text === undefined) continue
      const [rate, burst] = text.split('/').map(Number)
      throttles.push([methodKey(entry.key), {rateLimit: rate ?? 0, burstLimit: burst ?? 0}])
    }
    return Object.fromEntries(throttles)
  }

  #keys(value: Node | null, at: Node): FileKey[] {
    const node = this.#resolved(value)
    const expected = 'names or ids of API keys, never their values'
    if (!this.yaml.isSeq(node)) {
      this.#mismatch(node, 'keys', `a list of ${expected}; [] for none`, at)
      return []
    }
    return this.#items(node, 'keys', 'the name or the id of an API key', PATTERNS.key, item => {
      if (this.yaml.isMap(item)) return `keys are ${expected}`
      if (!this.yaml.isScalar(item) || typeof item.value !== 'string' || item.value === '') return undefined
      return 'this looks like the value of an API key, which does not belong in this file: write the name or the id of the key'
    })
  }

  #tags(value: Node | null, at: Node): Tags {
    const tags: [string, string][] = []
    const entries = this.#entries(value, 'tags', 'a map of texts by name', at)
    if (entries.length > MOST_TAGS) this.#finds(at, `tags are at most ${MOST_TAGS}`)
    for (const entry of entries) {
      const isFit = this.#fits(entry, PATTERNS.tag, 'is no name for a tag: aws: is for those of AWS itself')
      const text = this.#text(entry.value, `tag ${shown(entry.key)}`, undefined, 'a text', entry.at)
      if (isFit && [...entry.key].length > LONGEST_TAG.name) {
        this.#finds(entry.at, `the name of a tag has at most ${LONGEST_TAG.name} characters`)
      }
      if (text === undefined) continue
      if ([...text].length > LONGEST_TAG.value) {
        this.#finds(entry.value ?? entry.at, `the value of a tag has at most ${LONGEST_TAG.value} characters`)
      }
      tags.push([entry.key, text])
    }
    return Object.fromEntries(tags)
  }

  /** Hands each field of a map to what reads it; unknown ones are found, and never what they hold. */
  #fields(value: Node | null, what: string, fields: Fields, at?: Node): Map<string, Node> | undefined {
    if (!this.yaml.isMap(this.#resolved(value))) {
      this.#mismatch(this.#resolved(value), what, `a map of ${Object.keys(fields).join(', ')}`, at)
      return undefined
    }
    const said = new Map<string, Node>()
    for (const {key, at: place, value: content} of this.#entries(value, what, '', at)) {
      said.set(key, place)
      if (Object.hasOwn(fields, key)) fields[key]?.(content, place)
      else this.#finds(place, unknownText(key, what, Object.keys(fields)))
    }
    return said
  }

  /** The entries of a map. A key that comes twice is found and left out. */
  #entries(value: Node | null, what: string, expected: string, at?: Node): Entry[] {
    const node = this.#resolved(value)
    if (!this.yaml.isMap(node)) {
      this.#mismatch(node, what, expected, at)
      return []
    }
    const entries = new Map<string, Entry>()
    for (const {key: keyNode, value: content} of node.items) {
      const place = keyNode as Node
      const key = this.#keyOf(place)
      if (key === undefined) {
        this.#finds(place, 'a name is expected here')
        continue
      }
      const first = entries.get(key)
      if (first) this.#finds(place, `${shown(key)} is there twice, first on line ${this.#place(first.at).line}`)
      else entries.set(key, {key, at: place, value: content as Node | null})
    }
    return [...entries.values()]
  }

  /** A key as it is written: `007` is a name as good as any. */
  #keyOf(node: Node | null): string | undefined {
    const key = this.#resolved(node)
    if (!this.yaml.isScalar(key) || key.value === null || key.value === '') return undefined
    return typeof key.value === 'string' ? key.value : (key.source ?? String(key.value))
  }

  /** The texts of a list. @param reason why one that does not fit is wrong, where there is more to say */
  #items(
    list: {items: unknown[]},
    what: string,
    expected: string,
    pattern: string,
    reason: (item: Node | null) => string | undefined,
  ): FileKey[] {
    const items = new Map<string, FileKey>()
    const form = new RegExp(pattern)
    for (const raw of list.items as (Node | null)[]) {
      const item = this.#resolved(raw)
      const text = this.yaml.isScalar(item) && typeof item.value === 'string' ? item.value : undefined
      if (text === undefined || !form.test(text)) {
        const why = reason(item)
        if (why) this.#finds(raw, why)
        else if (text === undefined) this.#mismatch(item, `an entry of ${what}`, expected, raw ?? undefined)
        else this.#finds(raw, `${shown(text)} is not ${expected}`)
        continue
      }
      const first = items.get(text)
      if (first) this.#finds(raw, `${shown(text)} is there twice, first on line ${first.place.line}`)
      else items.set(text, {ref: text, place: this.#place(raw as Node)})
    }
    return [...items.values()]
  }

  #text(value: Node | null, what: string, pattern?: string, expected = 'a text', at?: Node): string | undefined {
    const node = this.#resolved(value)
    if (!this.yaml.isScalar(node) || typeof node.value !== 'string') {
      this.#mismatch(node, what, expected, at ?? value ?? undefined)
      return undefined
    }
    if (pattern === undefined || new RegExp(pattern).test(node.value)) return node.value
    this.#finds(value, `${what} is ${shown(node.value)}, but has to be ${expected}`)
    return undefined
  }

  #number(value: Node | null, what: string, expected: string, isWhole: boolean): number | undefined {
    const node = this.#resolved(value)
    if (!this.yaml.isScalar(node) || typeof node.value !== 'number') {
      this.#mismatch(node, what, expected, value ?? undefined)
      return undefined
    }
    const number = node.value
    const fits = isWhole ? Number.isInteger(number) && number <= LARGEST_WHOLE : Number.isFinite(number)
    if (fits && number >= 0) return number
    this.#finds(value, `${what} is ${shown(String(number))}, but has to be ${expected}`)
    return undefined
  }

  /** Whether the key of an entry has the form that it should have. */
  #fits({key, at}: Entry, pattern: string, wrong: string): boolean {
    if (new RegExp(pattern).test(key)) return true
    this.#finds(at, `${shown(key)} ${wrong}`)
    return false
  }

  #isEmpty(value: Node | null): boolean {
    const node = this.#resolved(value)
    return node === null || (this.yaml.isScalar(node) && node.value === null)
  }

  /** The node itself, or the one that an alias stands for. */
  #resolved(value: Node | null): Node | null {
    if (--this.#left < 0) {
      throw new Problem('usage', 'The file says too much by its aliases (*name).', 'Write out what it is to say.')
    }
    if (!this.yaml.isAlias(value)) return value
    return this.#anchored.get(value) ?? value
  }

  #mismatch(node: Node | null, what: string, expected: string, at?: Node): void {
    if (this.yaml.isAlias(node)) {
      this.#finds(node, 'no anchor of that name stands above')
      return
    }
    const isQuoted =
      this.yaml.isScalar(node) &&
      typeof node.value === 'string' &&
      node.value !== '' &&
      !Number.isNaN(Number(node.value))
    const isPlain = this.yaml.isScalar(node) && (typeof node.value === 'number' || typeof node.value === 'boolean')
    const mend =
      isQuoted && /number/.test(expected)
        ? ' (write it without quotes)'
        : isPlain && /a text|the name/.test(expected)
          ? ' (write it in quotes)'
          : ''
    this.#finds(node ?? at ?? null, `${what} is ${this.#kindOf(node)}, but has to be ${expected}${mend}`)
  }

  #kindOf(node: Node | null): string {
    if (this.#isEmpty(node)) return 'empty'
    if (this.yaml.isMap(node)) return 'a map'
    if (this.yaml.isSeq(node)) return 'a list'
    const value = this.yaml.isScalar(node) ? node.value : undefined
    if (typeof value === 'string') return 'a text'
    return typeof value === 'boolean' ? String(value) : 'a number'
  }

  #finds(at: Node | null, text: string): void {
    this.findings.push({place: this.#place(at), text, kind: 'usage'})
  }

  #place(node: Node | null): Place {
    return placeIn(this.counter, node?.range?.[0] ?? 0)
  }
}

function unknownText(key: string, what: string, known: readonly string[]): string {
  if (key === '<<')
    return 'merge keys (<<) are not read: write out what is to be the same, or use an alias for all of it'
  const isValue = /^(api)?_?(key)?_?values?$/i.test(key)
  const secret = isValue ? ' Values of API keys do not belong in this file.' : ''
  return `${what} has no field ${shown(key)}.${secret || suggestion(key, known) || ` There are: ${known.join(', ')}`}`
}

/** @param text of the form that the schema has */
function quotaFrom(text: string): Quota {
  const [limit, word] = text.split('/')
  const period = QUOTA_PERIODS.find(name => name.toLowerCase() === word) ?? 'DAY'
  return {limit: Number(limit), period, offset: 0}
}
