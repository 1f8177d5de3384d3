import {invalidParameter} from './constraints.js'

/** Says whether the message of an event matches. */
export type Matcher = (message: string) => boolean

/**
 * Reads a filter pattern as FilterLogEvents, metric filters and subscription filters take it: terms, `{ JSON }` or
 * `[space-delimited]`.
 * Source: CloudWatch Logs user guide, "Filter pattern syntax for metric filters, subscription filters, filter log
 * events, and Live Tail". Where the guide is silent, a comment says what is assumed.
 * @throws ServiceError InvalidParameterException
 */
export function compileFilterPattern(pattern: string): Matcher {
  const text = pattern.trim()
  if (text === '') return () => true
  for (const [open, close] of BRACKETS) {
    if (text.startsWith(open) && !text.endsWith(close)) {
      throw invalidParameter(`If a filter pattern starts with '${open}' it must end with '${close}'`)
    }
  }
  if (text.startsWith('{')) return jsonMatcher(new Scanner(text.slice(1, -1)))
  if (text.startsWith('[')) return fieldsMatcher(new Scanner(text.slice(1, -1)))
  return termsMatcher(new Scanner(text))
}

const BRACKETS = [
  ['{', '}'],
  ['[', ']'],
] as const

const invalidPattern = () => invalidParameter('Invalid filter pattern')

/** Walks a pattern from left to right; also counts its regular expressions, of which there may be two. */
class Scanner {
  #at = 0
  #expressions = 0

  constructor(private readonly text: string) {}

  /** Takes what the expression finds at this place, if anything. */
  take(expression: RegExp): string | undefined {
    const sticky = new RegExp(expression.source, 'uy')
    sticky.lastIndex = this.#at
    const found = sticky.exec(this.text)
    if (!found) return undefined
    this.#at += found[0].length
    return found[0]
  }

  /** Takes the expression and the space around it. */
  takeToken(expression: RegExp): string | undefined {
    this.skipSpace()
    const found = this.take(expression)
    this.skipSpace()
    return found
  }

  expect(expression: RegExp): string {
    const found = this.takeToken(expression)
    if (found === undefined) throw invalidPattern()
    return found
  }

  skipSpace(): void {
    this.take(/\s*/)
  }

  get isAtEnd(): boolean {
    return this.#at >= this.text.length
  }

  /** A phrase in double quotes, without them; `\"` and `\\` stand for themselves. */
  takePhrase(): string | undefined {
    const quoted = this.take(/"(?:[^"\\]|\\.)*"/)
    if (quoted === undefined && this.take(/"/)) throw invalidPattern()
    return quoted?.slice(1, -1).replace(/\\(["\\])/g, '$1')
  }

  /** A regular expression between percent signs. */
  takeExpression(): RegExp | undefined {
    const source = this.take(/%(?:[^%\\]|\\.)+%/)
    if (source === undefined) {
      if (this.take(/%/)) throw invalidPattern()
      return undefined
    }
    this.#expressions++
    if (this.#expressions > 2) throw invalidPattern()
    return compileExpression(source.slice(1, -1))
  }
}

/**
 * What the guide lets a regular expression be made of: letters, digits, `:_#=@/;,-`, the operators `^ $ ? [ ] { } | * + .`
 * and escapes. No groups, nothing outside ASCII. A space is assumed to be allowed.
 */
const EXPRESSION = /^(?:[A-Za-z0-9 :_#=@/;,\-^$?[\]{}|*+.]|\\(?:x[0-9A-Fa-f]{2}|[dDsSwW]|[^A-Za-z0-9\s]))+$/

function compileExpression(source: string): RegExp {
  if (!EXPRESSION.test(source)) throw invalidPattern()
  try {
    return new RegExp(source)
  } catch {
    throw invalidPattern()
  }
}

// --- Terms -----------------------------------------------------------------------------------------------------------

/** Terms must all occur and `-` terms must not; `?` terms, where there is nothing else, are alternatives. */
function termsMatcher(scanner: Scanner): Matcher {
  const required: Matcher[] = []
  const optional: Matcher[] = []
  while (!scanner.isAtEnd) {
    const sign = scanner.take(/[?-]/)
    const term = takeTerm(scanner)
    if (sign === '?') optional.push(term)
    else if (sign === '-') required.push(message => !term(message))
    else required.push(term)
    if (!scanner.take(/\s+|$/) && !scanner.isAtEnd) throw invalidPattern()
  }
  // The service ignores `?` terms that stand beside others.
  if (required.length > 0) return message => required.every(matches => matches(message))
  return message => optional.some(matches => matches(message))
}

function takeTerm(scanner: Scanner): Matcher {
  const phrase = scanner.takePhrase()
  if (phrase !== undefined) {
    // A blank phrase matches everything.
    return phrase.trim() === '' ? () => true : message => message.includes(phrase)
  }
  const expression = scanner.takeExpression()
  if (expression) return message => expression.test(message)
  const word = scanner.take(/\S+/) ?? ''
  if (!/^[\p{L}\p{N}_]+$/u.test(word)) throw invalidParameter(`Invalid character(s) in term '${word}'`)
  return message => message.includes(word)
}

// --- Values and comparisons, shared by JSON and space-delimited patterns ------------------------------------------------

type Operator = '=' | '!=' | '<' | '<=' | '>' | '>='

type Value =
  | {kind: 'number'; number: number; text: string}
  /** `*` in it stands for any characters; a quoted one is only ever text. */
  | {kind: 'text'; expression: RegExp; isQuoted: boolean}
  | {kind: 'expression'; expression: RegExp}

const OPERATOR = /!=|<=|>=|=|<|>/

/** Reads `operator value`. @throws ServiceError where the two do not go together */
function takeComparison(scanner: Scanner, bareWord: RegExp): {operator: Operator; value: Value} {
  const operator = scanner.expect(OPERATOR) as Operator
  const value = takeValue(scanner, bareWord)
  const isEquality = operator === '=' || operator === '!='
  if (!isEquality && value.kind !== 'number') throw invalidPattern()
  return {operator, value}
}

function takeValue(scanner: Scanner, bareWord: RegExp): Value {
  const phrase = scanner.takePhrase()
  if (phrase !== undefined) return {kind: 'text', expression: wildcards(phrase), isQuoted: true}
  const expression = scanner.takeExpression()
  if (expression) return {kind: 'expression', expression}
  const text = scanner.expect(bareWord)
  if (/^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text)) return {kind: 'number', number: Number(text), text}
  return {kind: 'text', expression: wildcards(text), isQuoted: false}
}

function wildcards(text: string): RegExp {
  const parts = text.split('*').map(part => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`, 's')
}

function compareNumbers(left: number, operator: Operator, right: number): boolean {
  switch (operator) {
    case '=':
      return left === right
    case '!=':
      return left !== right
    case '<':
      return left < right
    case '<=':
      return left <= right
    case '>':
      return left > right
    case '>=':
      return left >= right
  }
}

/**
 * Reads `a || b && (c || d)`; `&&` binds tighter.
 * @param takeOperand reads one comparison
 */
function takeCondition<Subject>(
  scanner: Scanner,
  takeOperand: () => (subject: Subject) => boolean,
): (subject: Subject) => boolean {
  const takePrimary = () => {
    if (scanner.takeToken(/\(/) === undefined) return takeOperand()
    const inner = takeCondition(scanner, takeOperand)
    scanner.expect(/\)/)
    return inner
  }
  const takeAll = () => {
    const all = [takePrimary()]
    while (scanner.takeToken(/&&/)) all.push(takePrimary())
    return (subject: Subject) => all.every(holds => holds(subject))
  }
  const any = [takeAll()]
  while (scanner.takeToken(/\|\|/)) any.push(takeAll())
  return subject => any.some(holds => holds(subject))
}

// --- JSON ------------------------------------------------------------------------------------------------------------

type Json = null | boolean | number | string | Json[] | {[name: string]: Json}

/** A step of a selector: a property, an element, or every element. */
type Step = {property: string} | {element: number} | 'every'

const BARE_JSON_VALUE = /[^\s"%&|()=<>!{}]+/

function jsonMatcher(scanner: Scanner): Matcher {
  let everySteps = 0
  const condition = takeCondition<Json>(scanner, () => {
    const path = takeSelector(scanner)
    const count = path.filter(step => step === 'every').length
    everySteps += count
    // The guide: one `[*]` per selector, three per pattern.
    if (count > 1 || everySteps > 3) throw invalidPattern()
    const test = takeJsonTest(scanner)
    return document => test(select(document, path))
  })
  scanner.skipSpace()
  if (!scanner.isAtEnd) throw invalidPattern()
  return message => {
    const document = parseDocument(message)
    return document !== undefined && condition(document)
  }
}

/** Only events that are JSON as a whole can match. */
function parseDocument(message: string): Json | undefined {
  if (!/^\s*[{[]/.test(message)) return undefined
  try {
    return JSON.parse(message) as Json
  } catch {
    return undefined
  }
}

function takeSelector(scanner: Scanner): Step[] {
  if (scanner.takeToken(/\$/) === undefined) throw invalidPattern()
  const path: Step[] = []
  for (;;) {
    if (scanner.take(/\.?\[\s*\*\s*\]/)) {
      path.push('every')
      continue
    }
    const element = scanner.take(/\.?\[\s*\d+\s*\]/)
    if (element) {
      path.push({element: Number(/\d+/.exec(element)?.[0])})
      continue
    }
    const quoted = scanner.take(/\.?\[\s*(?:"[^"]*"|'[^']*')\s*\]/)
    if (quoted) {
      path.push({property: quoted.slice(quoted.search(/["']/) + 1, -1).replace(/["']\s*$/, '')})
      continue
    }
    const property = scanner.take(/\.[^\s.[\]=!<>()&|{}"'%]+/)
    if (property === undefined) break
    path.push({property: property.slice(1)})
  }
  if (path.length === 0) throw invalidPattern()
  return path
}

/** Every value that the path leads to; none where it does not exist. */
function select(document: Json, path: readonly Step[]): Json[] {
  let values: Json[] = [document]
  for (const step of path) {
    values = values.flatMap((value): Json[] => {
      if (step === 'every') return Array.isArray(value) ? value : []
      if ('element' in step) {
        const item = Array.isArray(value) ? value[step.element] : undefined
        return item === undefined ? [] : [item]
      }
      if (value === null || typeof value !== 'object' || Array.isArray(value)) return []
      return Object.hasOwn(value, step.property) ? [value[step.property] as Json] : []
    })
  }
  return values
}

function takeJsonTest(scanner: Scanner): (values: Json[]) => boolean {
  scanner.skipSpace()
  if (scanner.take(/IS\s+NULL\b/)) return values => values.some(value => value === null)
  if (scanner.take(/IS\s+TRUE\b/)) return values => values.some(value => value === true)
  if (scanner.take(/IS\s+FALSE\b/)) return values => values.some(value => value === false)
  if (scanner.take(/NOT\s+EXISTS\b/)) return values => values.length === 0
  const {operator, value} = takeComparison(scanner, BARE_JSON_VALUE)
  return values => values.some(found => compareJson(found, operator, value))
}

/**
 * Objects, arrays, Booleans and null never match a comparison, and neither does what is not there, even with `!=`
 * (assumed for the last). Quoted text is compared with strings only, a number with numbers only; unquoted text with
 * wildcards also with the digits of a number.
 */
function compareJson(found: Json, operator: Operator, value: Value): boolean {
  if (typeof found !== 'string' && typeof found !== 'number') return false
  if (value.kind === 'number') {
    if (typeof found === 'number') return compareNumbers(found, operator, value.number)
    return operator === '!='
  }
  const isComparable = typeof found === 'string' || value.kind === 'expression' || !value.isQuoted
  return (isComparable && value.expression.test(String(found))) === (operator === '=')
}

// --- Space-delimited fields ------------------------------------------------------------------------------------------

type Field = '...' | ((text: string) => boolean)

const BARE_FIELD_VALUE = /[^\s"%&|()=<>!,[\]]+/

function fieldsMatcher(scanner: Scanner): Matcher {
  scanner.skipSpace()
  // Recorded as accepted; that it matches everything is assumed.
  if (scanner.isAtEnd) return () => true
  const fields: Field[] = []
  do fields.push(takeField(scanner))
  while (scanner.takeToken(/,/))
  if (!scanner.isAtEnd) throw invalidPattern()
  const ellipsis = fields.indexOf('...')
  if (ellipsis !== fields.lastIndexOf('...')) throw invalidPattern()
  const head = (ellipsis < 0 ? fields : fields.slice(0, ellipsis)) as Exclude<Field, '...'>[]
  const tail = (ellipsis < 0 ? [] : fields.slice(ellipsis + 1)) as Exclude<Field, '...'>[]
  return message => {
    const texts = splitFields(message)
    const known = head.length + tail.length
    if (ellipsis < 0 ? texts.length !== known : texts.length < known) return false
    return (
      head.every((holds, i) => holds(texts[i] as string)) &&
      tail.every((holds, i) => holds(texts[texts.length - tail.length + i] as string))
    )
  }
}

/** `name`, `...`, or conditions on the field's own name: `status=4* || status=5*`. */
function takeField(scanner: Scanner): Field {
  if (scanner.takeToken(/\.\.\./)) return '...'
  let own: string | undefined
  const takeName = () => {
    const name = scanner.expect(/[\p{L}\p{N}_*$-]+/u)
    own ??= name
    // A condition on another field belongs in that field's place: the service refuses it here.
    if (name !== own) throw invalidPattern()
  }
  return takeCondition<string>(scanner, () => {
    takeName()
    if (scanner.takeToken(/(?=,|$)/) !== undefined) return () => true
    const {operator, value} = takeComparison(scanner, BARE_FIELD_VALUE)
    return text => compareField(text, operator, value)
  })
}

function compareField(text: string, operator: Operator, value: Value): boolean {
  if (value.kind === 'number') {
    const number = text.trim() === '' ? Number.NaN : Number(text)
    if (Number.isNaN(number)) return operator === '!='
    return compareNumbers(number, operator, value.number)
  }
  return value.expression.test(text) === (operator === '=')
}

/** Fields are separated by space; what stands in double quotes or brackets is one field, without them. */
function splitFields(message: string): string[] {
  const found = message.matchAll(/"((?:[^"\\]|\\.)*)"|\[([^\]]*)\]|(\S+)/g)
  return [...found].map(([, quoted, bracketed, bare]) => quoted ?? bracketed ?? bare ?? '')
}
