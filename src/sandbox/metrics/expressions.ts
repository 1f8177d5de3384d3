import {validationError} from './errors.js'

/** Values by time, in milliseconds since 1970. */
export type Values = ReadonlyMap<number, number>

type Value = number | Values

/**
 * A metric-math expression: numbers, ids of other queries, `+ - * / ^` and parentheses. Where one of the metrics has no
 * point there is none; nor where something is divided by zero.
 * @param valuesOf the points of another query; undefined where there is no such id
 * @throws ServiceError for everything else, which the service could and the sandbox cannot compute
 */
export function evaluate(expression: string, valuesOf: (id: string) => Values | undefined): Values {
  const tokens = expression.match(/\d+(?:\.\d+)?|[A-Za-z]\w*|\S/g) ?? []
  let next = 0

  function sum(): Value {
    let value = product()
    while (tokens[next] === '+' || tokens[next] === '-') value = combined(tokens[next++]!, value, product())
    return value
  }

  function product(): Value {
    let value = power()
    while (tokens[next] === '*' || tokens[next] === '/') value = combined(tokens[next++]!, value, power())
    return value
  }

  function power(): Value {
    const value = operand()
    if (tokens[next] !== '^') return value
    next++
    return combined('^', value, power())
  }

  function operand(): Value {
    const token = tokens[next++]
    if (token === '-') return combined('-', 0, power())
    if (token === '(') {
      const value = sum()
      if (tokens[next++] !== ')') throw invalid(expression, 'a parenthesis is not closed')
      return value
    }
    if (token !== undefined && /^\d/.test(token)) return Number(token)
    if (token === undefined || !/^[a-z]\w*$/.test(token)) {
      throw invalid(expression, `the sandbox computes + - * / ^ of ids and numbers, not "${token ?? 'the end'}"`)
    }
    const values = valuesOf(token)
    if (!values) throw invalid(expression, `there is no query "${token}"`)
    return values
  }

  const value = sum()
  if (next < tokens.length) throw invalid(expression, `"${tokens[next]}" does not belong there`)
  if (typeof value === 'number') throw invalid(expression, 'it has to be of a metric')
  return value
}

/** The beginning is the service's, the reason the sandbox's own. */
const invalid = (expression: string, why: string) => validationError(`Error in expression '${expression}': ${why}.`)

function combined(operator: string, one: Value, other: Value): Value {
  if (typeof one === 'number' && typeof other === 'number') return calculated(operator, one, other) ?? Number.NaN
  const times = typeof one === 'number' ? (other as Values).keys() : one.keys()
  const values = new Map<number, number>()
  for (const time of times) {
    const [a, b] = [one, other].map(value => (typeof value === 'number' ? value : value.get(time)))
    const value = a === undefined || b === undefined ? undefined : calculated(operator, a, b)
    if (value !== undefined) values.set(time, value)
  }
  return values
}

function calculated(operator: string, a: number, b: number): number | undefined {
  const value = {'+': a + b, '-': a - b, '*': a * b, '/': a / b, '^': a ** b}[operator]
  return Number.isFinite(value) ? value : undefined
}
