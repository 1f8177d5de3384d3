/** Values met where the recording has a mask such as `<id:1>`; each must return wherever its mask does. */
export type Bindings = ReadonlyMap<string, string>

export type Match = {bindings: Bindings} | {difference: string}

/** Masks without a name of their own: any present value will do. */
const WILDCARDS = new Set(['datetime', 'timestamp', 'date'])

/** `<name>` or `<name:1>`, and the date in the name of an exported file, `oas30_date.json`. */
const MASK = /<([a-z][a-z0-9-]*)(:\d+)?>|(?<=_)date(?=\.)/g

/** The account id in the recordings. */
const RECORDED_ACCOUNT = '111111111111'

/** Compares answers of the sandbox with recorded ones. */
export class Comparison {
  /** @param account the account id that stands for the recorded one */
  constructor(private readonly account: string) {}

  /** @param path where in the answer this is, for the difference */
  match(expected: unknown, actual: unknown, bindings: Bindings, path = ''): Match {
    if (isEmpty(expected) && (actual === undefined || isEmpty(actual))) return {bindings}
    if (isMask(expected, path)) return present(actual) ? {bindings} : differ(path, expected, actual)
    if (typeof expected === 'string') return this.#text(expected, actual, bindings, path)
    if (Array.isArray(expected)) {
      return Array.isArray(actual) ? this.#list(expected, actual, bindings, path) : differ(path, expected, actual)
    }
    if (isObject(expected)) {
      const object = typeof actual === 'string' ? parsed(actual) : actual
      return isObject(object) ? this.#object(expected, object, bindings, path) : differ(path, expected, actual)
    }
    return Object.is(expected, actual) ? {bindings} : differ(path, expected, actual)
  }

  #text(expected: string, actual: unknown, bindings: Bindings, path: string): Match {
    if (!present(actual) || typeof actual === 'object') return differ(path, expected, actual)
    const names: string[] = []
    let cut = 0
    let source = ''
    for (const found of expected.matchAll(MASK)) {
      source += `${this.#literal(expected.slice(cut, found.index))}([\\s\\S]*?)`
      names.push(found[2] ? found[0] : '')
      cut = found.index + found[0].length
    }
    source += this.#literal(expected.slice(cut))
    const values = new RegExp(`^${source}$`).exec(String(actual))
    if (!values) return differ(path, expected, actual)
    if (names.length === 0 && typeof actual !== 'string') return differ(path, expected, actual)
    const next = new Map(bindings)
    for (const [i, name] of names.entries()) {
      if (!name) continue
      const value = values[i + 1]!
      const bound = next.get(name)
      if (bound !== undefined && bound !== value) {
        return {difference: `${path}: ${name} was ${bound} before, is ${value} now`}
      }
      next.set(name, value)
    }
    return {bindings: next}
  }

  #literal(text: string): string {
    return text.replaceAll(RECORDED_ACCOUNT, this.account).replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  }

  /** Lists match in order, else as a set. */
  #list(expected: unknown[], actual: unknown[], bindings: Bindings, path: string): Match {
    if (expected.length !== actual.length) {
      return {difference: `${path}: ${expected.length} items recorded, ${actual.length} here`}
    }
    let inOrder: Match = {bindings}
    for (const [i, item] of expected.entries()) {
      inOrder = this.match(item, actual[i], inOrder.bindings, `${path}[${i}]`)
      if ('difference' in inOrder) break
    }
    if ('bindings' in inOrder) return inOrder
    const anyOrder = this.#set(expected, actual, bindings, path)
    return anyOrder ? {bindings: anyOrder} : inOrder
  }

  #set(expected: unknown[], actual: unknown[], bindings: Bindings, path: string): Bindings | undefined {
    const [first, ...rest] = expected
    if (expected.length === 0) return bindings
    for (const [i, item] of actual.entries()) {
      const match = this.match(first, item, bindings, path)
      if ('difference' in match) continue
      const found = this.#set(rest, actual.toSpliced(i, 1), match.bindings, path)
      if (found) return found
    }
    return undefined
  }

  /** Plain keys match by name, masked keys as a set of what is left; what is left over is a difference. */
  #object(expected: object, actual: object, bindings: Bindings, path: string): Match {
    const left = new Map(Object.entries(actual).filter(([, value]) => value !== undefined))
    const masked: [string, unknown][] = []
    let match: Match = {bindings}
    for (const [key, value] of Object.entries(expected)) {
      if (key.search(MASK) >= 0) {
        masked.push([key, value])
        continue
      }
      match = this.match(value, left.get(key), match.bindings, `${path}.${key}`)
      if ('difference' in match) return match
      left.delete(key)
    }
    if (masked.length === 0) {
      if (left.size === 0) return match
      return {difference: `${path}: not in the recording: ${JSON.stringify(Object.fromEntries(left))}`}
    }
    const entries = [...left].map(([key, value]) => ({key, value}))
    const wanted = masked.map(([key, value]) => ({key, value}))
    return this.#list(wanted, entries, match.bindings, path)
  }
}

function differ(path: string, expected: unknown, actual: unknown): {difference: string} {
  return {difference: `${path}: recorded ${JSON.stringify(expected)}, here ${JSON.stringify(actual)}`}
}

function present(value: unknown): boolean {
  return value !== undefined && value !== null
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0 && !(value instanceof Date)
}

/** Some members are masked by their own name in kebab case: `"lastUpdatedTime": "last-updated-time"`. */
function isMask(expected: unknown, path: string): boolean {
  if (typeof expected !== 'string') return false
  const member = /\.([A-Za-z]+)$/.exec(path)?.[1] ?? ''
  const kebab = member.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)
  return WILDCARDS.has(expected) || (kebab.includes('-') && expected === kebab)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
