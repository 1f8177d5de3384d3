import {ServiceError} from '../../errors.js'
import {javaRegex} from '../../gateway/java-regex.js'

/** Where something stands in the query: the first character, and the one after the last. */
export type Span = readonly [start: number, end: number]

/** The refusal of a query; where it is known, with the place that is wrong. */
export function malformed(message: string, span?: Span): ServiceError {
  const location = span && {startCharOffset: span[0], endCharOffset: span[1]}
  return new ServiceError('MalformedQueryException', 400, message, {}, {queryCompileError: {location, message}})
}

/** What may stand between two words: space, and comments from `#` to the end of the line. */
const GAP = /(?:\s|#[^\n]*)*/

const NAME = /[@A-Za-z_][\w@.]*/

/** Walks a query from left to right. Every `take` leaves the place after what it took, and after the space behind it. */
export class Scanner {
  #at = 0
  /** Where what was taken last ends, the space behind it not counted. */
  #end = 0

  constructor(private readonly text: string) {
    this.#skip()
  }

  get at(): number {
    return this.#at
  }

  get isAtEnd(): boolean {
    return this.#at >= this.text.length
  }

  /** From a place on up to what was taken last. */
  since(start: number): Span {
    return [start, this.#end]
  }

  textSince(start: number): string {
    return this.text.slice(start, this.#end)
  }

  take(expression: RegExp): string | undefined {
    const found = this.#match(expression)
    if (found === undefined) return undefined
    this.#at += found.length
    this.#end = this.#at
    this.#skip()
    return found
  }

  /** A keyword, in capitals or not. */
  takeWord(word: string): boolean {
    return this.take(new RegExp(`${word}(?![\\w@.])`, 'i')) !== undefined
  }

  /** One of some operators, the longest first. */
  takeOperator<Operator extends string>(...operators: readonly Operator[]): Operator | undefined {
    const found = operators.find(operator => this.text.startsWith(operator, this.#at))
    if (found === undefined) return undefined
    this.#at += found.length
    this.#end = this.#at
    this.#skip()
    return found
  }

  isBefore(operator: string): boolean {
    return this.text.startsWith(operator, this.#at)
  }

  expect(operator: string): void {
    if (this.takeOperator(operator) === undefined) throw this.unexpected()
  }

  /** A name of a field: what is more than letters, digits, `_`, `@` and `.` stands between backticks. */
  takeName(): string | undefined {
    const quoted = this.take(/`[^`]+`/)
    return quoted?.slice(1, -1) ?? this.take(NAME)
  }

  expectName(): string {
    const name = this.takeName()
    if (name === undefined) throw this.unexpected()
    return name
  }

  /** A text between double or single quotation marks; a backslash before either of them, or another, is left out. */
  takeText(): string | undefined {
    const quoted = this.take(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/s)
    return quoted?.slice(1, -1).replace(/\\(["'\\])/g, '$1')
  }

  /** A regular expression between slashes, in Java's grammar as far as JavaScript shares it. */
  takeRegex(): RegExp | undefined {
    const start = this.#at
    const found = this.take(/\/(?:[^/\\\n]|\\[^\n])+\//)
    if (found === undefined) return undefined
    // The guide has `/^(?i)Exception$/`: the flag then counts from there on, which comes to the same.
    const source = found.slice(1, -1).replace(/^\^\(\?i\)/, '(?i)^')
    try {
      return javaRegex(source)
    } catch (error) {
      throw malformed(`Invalid regular expression: ${(error as Error).message}`, this.since(start))
    }
  }

  /** The words are those of the service; that a query may also end too early is told the same way. */
  unexpected(): ServiceError {
    const found = this.#match(/[\w@.]+|./s) ?? 'end of query'
    const before = this.text.slice(0, this.#at).split('\n')
    const place = `at line ${before.length} and position ${before.at(-1)?.length ?? 0}`
    const end = this.#at + (this.isAtEnd ? 0 : found.length)
    return malformed(`unexpected symbol found ${found} ${place}`, [this.#at, end])
  }

  #skip(): void {
    this.#at += this.#match(GAP)?.length ?? 0
  }

  #match(expression: RegExp): string | undefined {
    const sticky = new RegExp(expression.source, `${expression.flags.replace('y', '')}y`)
    sticky.lastIndex = this.#at
    return sticky.exec(this.text)?.[0]
  }
}
