import {AGGREGATES, type Entry, FUNCTIONS} from './functions.js'
import type {Row} from './rows.js'
import {malformed, type Scanner, type Span} from './scanner.js'
import {compare, isTrue, numberOf, textOf, truth, type Value} from './values.js'

/** What an expression is computed from: the fields of a row or, in `stats`, of a group, and the rows of the group. */
export interface Scope {
  fields: ReadonlyMap<string, Value>
  rows: readonly Row[]
}

export type Evaluate = (scope: Scope) => Value

/** What a part of a query may speak of. */
export interface Context {
  /** Throws for a field that there cannot be. */
  checkField(name: string, span: Span): void
  /** What the inside of an aggregate may speak of; undefined where aggregates have no place. */
  insideAggregates?: Context
}

/**
 * Reads an expression and makes a function of it. `or` binds loosest, then `and`, `not`, comparisons, sums, products,
 * powers.
 * @throws ServiceError MalformedQueryException, also for what this engine does not know
 */
export function compileExpression(scanner: Scanner, context: Context): Evaluate {
  return new Compiler(scanner, context).disjunction()
}

const COMPARISONS: Readonly<Record<string, (order: number) => boolean>> = {
  '=': order => order === 0,
  '!=': order => order !== 0,
  '<': order => order < 0,
  '<=': order => order <= 0,
  '>': order => order > 0,
  '>=': order => order >= 0,
}

const ARITHMETIC: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '^': (a, b) => a ** b,
}

class Compiler {
  constructor(
    private readonly scanner: Scanner,
    private readonly context: Context,
  ) {}

  disjunction(): Evaluate {
    let left = this.#conjunction()
    while (this.scanner.takeWord('or')) {
      const [a, b] = [left, this.#conjunction()]
      left = scope => truth(isTrue(a(scope)) || isTrue(b(scope)))
    }
    return left
  }

  #conjunction(): Evaluate {
    let left = this.#negation()
    while (this.scanner.takeWord('and')) {
      const [a, b] = [left, this.#negation()]
      left = scope => truth(isTrue(a(scope)) && isTrue(b(scope)))
    }
    return left
  }

  #negation(): Evaluate {
    if (!this.scanner.takeWord('not')) return this.#comparison()
    const inner = this.#negation()
    return scope => truth(!isTrue(inner(scope)))
  }

  #comparison(): Evaluate {
    const left = this.#sum()
    const isNegated = this.scanner.takeWord('not')
    if (this.scanner.takeWord('like')) return this.#like(left, isNegated)
    if (this.scanner.takeWord('in')) return this.#membership(left, isNegated)
    if (isNegated) throw this.scanner.unexpected()
    if (this.scanner.takeOperator('=~')) return this.#like(left, false)
    const operator = this.scanner.takeOperator('!=', '<=', '>=', '=', '<', '>')
    if (!operator) return left
    const right = this.#sum()
    const test = COMPARISONS[operator]!
    // With what is missing nothing compares; so it is not equal to anything either (assumed).
    const ofMissing = truth(operator === '!=')
    return scope => {
      const [a, b] = [left(scope), right(scope)]
      return a === undefined || b === undefined ? ofMissing : truth(test(compare(a, b)))
    }
  }

  /** What is missing is like nothing, and so `not like` everything (assumed). */
  #like(subject: Evaluate, isNegated: boolean): Evaluate {
    const regex = this.scanner.takeRegex()
    const part = regex ? undefined : this.scanner.takeText()
    if (!regex && part === undefined) throw this.scanner.unexpected()
    const matches = regex ? (text: string) => regex.test(text) : (text: string) => text.includes(part!)
    return scope => {
      const value = subject(scope)
      return truth((value !== undefined && matches(textOf(value))) !== isNegated)
    }
  }

  #membership(subject: Evaluate, isNegated: boolean): Evaluate {
    this.scanner.expect('[')
    const members = [this.#sum()]
    while (this.scanner.takeOperator(',')) members.push(this.#sum())
    this.scanner.expect(']')
    return scope => {
      const value = subject(scope)
      const isIn = members.some(member => {
        const other = member(scope)
        return value !== undefined && other !== undefined && compare(value, other) === 0
      })
      return truth(isIn !== isNegated)
    }
  }

  #sum(): Evaluate {
    return this.#chain(['+', '-'], () => this.#product())
  }

  #product(): Evaluate {
    return this.#chain(['*', '/', '%'], () => this.#power())
  }

  #chain(operators: readonly string[], operand: () => Evaluate): Evaluate {
    let left = operand()
    for (;;) {
      const operator = this.scanner.takeOperator(...operators)
      if (!operator) return left
      left = arithmetic(operator, left, operand())
    }
  }

  #power(): Evaluate {
    const base = this.#sign()
    return this.scanner.takeOperator('^') ? arithmetic('^', base, this.#power()) : base
  }

  #sign(): Evaluate {
    if (!this.scanner.takeOperator('-')) return this.#primary()
    const inner = this.#sign()
    return arithmetic('-', () => 0, inner)
  }

  #primary(): Evaluate {
    const {scanner} = this
    if (scanner.takeOperator('(')) {
      const inner = this.disjunction()
      scanner.expect(')')
      return inner
    }
    const number = scanner.take(/(?:\d+\.?\d*|\.\d+)(?![\w.])/)
    if (number !== undefined) return () => Number(number)
    const text = scanner.takeText()
    if (text !== undefined) return () => text
    const start = scanner.at
    const name = scanner.takeName()
    if (name === undefined) throw scanner.unexpected()
    if (scanner.takeOperator('(')) return this.#call(name.toLowerCase(), start)
    this.context.checkField(name, scanner.since(start))
    return ({fields}) => fields.get(name)
  }

  #call(name: string, start: number): Evaluate {
    if (Object.hasOwn(AGGREGATES, name)) return this.#aggregate(name, start)
    if (name === 'bin') {
      this.context.checkField('@timestamp', this.scanner.since(start))
      return this.#rounded(({fields}) => fields.get('@timestamp'), Math.floor)
    }
    if (name === 'datefloor' || name === 'dateceil') {
      const time = this.disjunction()
      this.scanner.expect(',')
      return this.#rounded(time, name === 'dateceil' ? Math.ceil : Math.floor)
    }
    const known = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined
    if (!known) throw malformed(`The sandbox does not know the function ${name}.`, this.scanner.since(start))
    const args = this.#arguments()
    if (args.length < known.least || args.length > known.most) {
      throw malformed(`Wrong number of arguments: ${name}`, this.scanner.since(start))
    }
    return scope => known.compute(args.map(arg => arg(scope)))
  }

  #arguments(): Evaluate[] {
    const args: Evaluate[] = []
    if (this.scanner.takeOperator(')')) return args
    do args.push(this.disjunction())
    while (this.scanner.takeOperator(','))
    this.scanner.expect(')')
    return args
  }

  /** `count(*)`, `max(size / 1024)`, `pct(duration, 95)`: computed for each row of the group, and then for the group. */
  #aggregate(name: string, start: number): Evaluate {
    const inside = this.context.insideAggregates
    if (!inside) throw malformed(`${name} has no place here: it is a function of stats.`, this.scanner.since(start))
    const of = this.#aggregated(name, start, inside)
    const parameter = name === 'pct' ? this.#percent() : 0
    this.scanner.expect(')')
    const aggregate = AGGREGATES[name]!
    return ({rows}) => aggregate(entriesOf(rows, of), parameter)
  }

  #aggregated(name: string, start: number, inside: Context): Evaluate {
    const {scanner} = this
    if (name === 'count' && (scanner.takeOperator('*') || scanner.isBefore(')'))) return () => 1
    if (name === 'earliest' || name === 'latest') inside.checkField('@timestamp', scanner.since(start))
    return new Compiler(scanner, inside).disjunction()
  }

  #percent(): number {
    this.scanner.expect(',')
    const percent = Number(this.scanner.take(/\d+(?:\.\d+)?/))
    if (Number.isNaN(percent) || percent > 100) throw this.scanner.unexpected()
    return percent
  }

  /** `bin(5m)`, `datefloor(@timestamp, 1h)`: a time rounded to a period, of which only the rest is left to read. */
  #rounded(time: Evaluate, round: (value: number) => number): Evaluate {
    const period = this.#period()
    this.scanner.expect(')')
    return scope => {
      const value = numberOf(time(scope))
      return value === undefined ? undefined : new Date(round(value / period) * period)
    }
  }

  /** Milliseconds. Months and longer have no fixed length: those this engine does not know. */
  #period(): number {
    const start = this.scanner.at
    const [, count = '', unit = ''] = /^(\d+)([a-z]+)$/i.exec(this.scanner.take(/\d+[a-z]+/i) ?? '') ?? []
    const size = PERIODS.find(([pattern]) => pattern.test(unit))?.[1]
    if (size === undefined || Number(count) === 0) {
      throw malformed('The sandbox does not know this period.', this.scanner.since(start))
    }
    return Number(count) * size
  }
}

/** Units and their plurals. Source: CloudWatch Logs user guide, `stats`. */
const PERIODS: readonly [RegExp, number][] = [
  [/^(ms|msecs?|milliseconds?)$/i, 1],
  [/^(s|secs?|seconds?)$/i, 1_000],
  [/^(m|mins?|minutes?)$/i, 60_000],
  [/^(h|hrs?|hours?)$/i, 3_600_000],
  [/^(d|days?)$/i, 86_400_000],
]

function arithmetic(operator: string, left: Evaluate, right: Evaluate): Evaluate {
  const compute = ARITHMETIC[operator]!
  return scope => {
    const [a, b] = [numberOf(left(scope)), numberOf(right(scope))]
    if (a === undefined || b === undefined) return undefined
    const result = compute(a, b)
    return Number.isFinite(result) ? result : undefined
  }
}

function entriesOf(rows: readonly Row[], of: Evaluate): Entry[] {
  const entries: Entry[] = []
  for (const {fields} of rows) {
    const value = of({fields, rows: []})
    if (value !== undefined) entries.push({value, time: numberOf(fields.get('@timestamp'))})
  }
  return entries
}
