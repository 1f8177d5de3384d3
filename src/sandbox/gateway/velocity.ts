import {Compile, parse} from 'velocityjs'
import {javaRegex, matchesWhole} from './java-regex.js'

type Ast = Parameters<Compile['renderAstList']>[0] extends (infer Item)[] | undefined ? Item : never
type Attribute =
  | {type: 'method'; id: string; args?: Ast[] | false}
  | {type: 'property'; id: string}
  | {type: 'index'; id: Ast}
type Scope = Record<string, unknown>

/** Renders a Velocity template. @throws Error if the template cannot be parsed or one of its calls fails */
export function render(template: string, scope: Scope): string {
  return new JavaVelocity(parse(template)).render(scope)
}

/**
 * velocityjs with the semantics of the Java engine that API Gateway runs: values are Java maps, lists and strings with
 * their methods; only null and false are false; `==` compares as Java strings; what has no value prints as nothing.
 */
class JavaVelocity extends Compile {
  // velocityjs types its overridable methods as returning strings, which they do not.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  protected override getReferences(ast: Ast, printed?: boolean): any {
    const value = super.getReferences(ast, false)
    return printed ? javaText(value) : value
  }

  // Called by velocityjs for each step of `$a.b[0].c()`.
  getAttributes(attribute: Attribute, base: unknown): unknown {
    if (base === null || base === undefined) return undefined
    if (attribute.type === 'method') {
      const values = (attribute.args || []).map(argument => this.getLiteral(argument) as unknown)
      return call(base, attribute.id, values)
    }
    const key = attribute.type === 'property' ? attribute.id : String(this.getLiteral(attribute.id))
    return member(base, key)
  }

  // biome-ignore lint/suspicious/noExplicitAny: as above
  protected override getExpression(ast: Ast): any {
    if (ast.type !== 'math') return super.getExpression(ast)
    const operand = (index: number): unknown => this.getExpression(ast.expression[index] as Ast)
    switch (ast.operator) {
      case '==':
        return equal(operand(0), operand(1))
      case '!=':
        return !equal(operand(0), operand(1))
      case '&&':
        return isTrue(operand(0)) && isTrue(operand(1))
      case '||':
        return isTrue(operand(0)) || isTrue(operand(1))
      case 'not':
        return !isTrue(operand(0))
      case '+': {
        const [left, right] = [operand(0), operand(1)]
        return typeof left === 'number' && typeof right === 'number' ? left + right : javaText(left) + javaText(right)
      }
      case '/': {
        const [left, right] = [Number(operand(0)), Number(operand(1))]
        return Number.isInteger(left) && Number.isInteger(right) ? Math.trunc(left / right) : left / right
      }
      default:
        return super.getExpression(ast)
    }
  }

  getBlockIf(block: Ast[]): string {
    const body: Ast[] = []
    let taken = false
    for (const ast of block) {
      if (ast.type === 'if' || ast.type === 'elseif' || ast.type === 'else') {
        if (taken) break
        taken = ast.type === 'else' || isTrue(this.getExpression((ast as {condition: Ast}).condition))
      } else if (taken) body.push(ast)
    }
    return this.renderAstList(body, this.contextId)
  }
}

const isTrue = (value: unknown) => value !== undefined && value !== null && value !== false

/**
 * `$input.path` of something absent equals both `$null` and `""` on the service (recorded:
 * test_input_path_template_formatting), so null and the empty string are taken as equal.
 */
const equal = (left: unknown, right: unknown) => javaText(left) === javaText(right)

/** As Java's toString: a map is `{k=v, k2=v2}`; a list out of a JSON document is JSON (recorded, as above). */
export function javaText(value: unknown): string {
  if (value === undefined || value === null || typeof value === 'function') return ''
  if (Array.isArray(value)) return JSON.stringify(value)
  if (typeof value !== 'object') return String(value)
  return `{${Object.entries(value)
    .map(([key, item]) => `${key}=${item === null ? 'null' : javaText(item)}`)
    .join(', ')}}`
}

function member(base: unknown, key: string): unknown {
  if (Array.isArray(base) || typeof base === 'string') return base[Number(key)]
  if (typeof base !== 'object' || base === null) return undefined
  return Object.hasOwn(base, key) ? (base as Scope)[key] : undefined
}

/** Calls a Java method of a value. What the value does not know gives null, as an unresolved reference does. */
function call(base: unknown, name: string, values: unknown[]): unknown {
  if (name === 'toString') return javaText(base)
  if (name === 'equals') return equal(base, values[0])
  if (typeof base === 'string') return stringMethods[name]?.(base, javaOperand(values[0]), javaOperand(values[1]))
  if (Array.isArray(base)) return listMethods[name]?.(base, ...values)
  if (typeof base !== 'object' || base === null) return undefined
  const own = member(base, name)
  if (typeof own === 'function') return own(...values)
  const method = mapMethods[name]
  if (method) return method(base as Scope, ...values)
  // A bean's getter: `$entry.getKey()`.
  const bean = /^get([A-Z])(.*)$/.exec(name)
  return bean ? member(base, bean[1]!.toLowerCase() + bean[2]) : undefined
}

const javaOperand = (value: unknown) =>
  (typeof value === 'number' || value === undefined ? value : javaText(value)) as never

const stringMethods: Record<string, (text: string, a: never, b: never) => unknown> = {
  length: text => text.length,
  isEmpty: text => text === '',
  charAt: (text, index: number) => text[index],
  concat: (text, other: string) => text + other,
  contains: (text, other: string) => text.includes(other),
  startsWith: (text, other: string) => text.startsWith(other),
  endsWith: (text, other: string) => text.endsWith(other),
  indexOf: (text, other: string) => text.indexOf(other),
  lastIndexOf: (text, other: string) => text.lastIndexOf(other),
  equalsIgnoreCase: (text, other: string) => text.toLowerCase() === other.toLowerCase(),
  matches: (text, pattern: string) => matchesWhole(pattern, text),
  replace: (text, from: string, to: string) => text.replaceAll(from, () => to),
  replaceAll: (text, pattern: string, to: string) => text.replace(javaRegex(pattern, 'g'), to),
  replaceFirst: (text, pattern: string, to: string) => text.replace(javaRegex(pattern), to),
  split: (text, pattern: string) => text.split(javaRegex(pattern)),
  substring: (text, from: number, to?: number) => text.substring(from, to),
  toLowerCase: text => text.toLowerCase(),
  toUpperCase: text => text.toUpperCase(),
  trim: text => text.trim(),
}

const listMethods: Record<string, (list: unknown[], a?: unknown, b?: unknown) => unknown> = {
  size: list => list.length,
  isEmpty: list => list.length === 0,
  get: (list, index) => list[Number(index)],
  contains: (list, item) => list.some(other => equal(other, item)),
  indexOf: (list, item) => list.findIndex(other => equal(other, item)),
  add: (list, item) => list.push(item) > 0,
  addAll: (list, items) => list.push(...(items as unknown[])) > 0,
  set: (list, index, item) => list.splice(Number(index), 1, item)[0],
  remove: (list, index) => list.splice(Number(index), 1)[0],
}

const mapMethods: Record<string, (map: Scope, a?: unknown, b?: unknown) => unknown> = {
  size: map => Object.keys(map).length,
  isEmpty: map => Object.keys(map).length === 0,
  get: (map, key) => member(map, String(key)),
  getOrDefault: (map, key, otherwise) => member(map, String(key)) ?? otherwise,
  containsKey: (map, key) => Object.hasOwn(map, String(key)),
  containsValue: (map, value) => Object.values(map).some(other => equal(other, value)),
  keySet: map => Object.keys(map),
  values: map => Object.values(map),
  entrySet: map => Object.entries(map).map(([key, value]) => ({key, value})),
  put(map, key, value) {
    const before = member(map, String(key))
    map[String(key)] = value
    return before
  },
  putAll(map, other) {
    Object.assign(map, other)
  },
  remove(map, key) {
    const before = member(map, String(key))
    delete map[String(key)]
    return before
  },
}
