import {Problem} from './problem.js'
import {isVariable, parseMethod} from './route-paths.js'

/** A request as somebody wrote it: the path of a resource, or one that a client would send. */
export interface RequestLine {
  method: string
  /** Without query. */
  path: string
}

/** What of a route it takes to find the one that answers a request. */
interface Matchable {
  path: string
  method?: string | undefined
}

/** `GET /pets/7`, or `GET /pets/{id}`. @throws Problem usage */
export function parseRequestLine(text: string, flag: string): RequestLine {
  const [, method, path] = /^([a-z]+)\s+(\/[^\s?#]*)(?:[?#]\S*)?$/i.exec(text.trim()) ?? []
  if (method !== undefined && path !== undefined) return {method: parseMethod(method), path}
  const hint = `For instance: ${flag} 'GET /pets', ${flag} 'GET /pets/7'`
  throw new Problem('usage', `${flag} "${text}" is not a method and a path.`, hint)
}

/**
 * The route that answers a request. Part by part from the left a fixed one wins over a variable, and that over one that
 * stands for all that follows; a resource without the method is passed over, and the method itself wins over ANY. A slash
 * at the end does not count. Source: developer guide, "Set up a proxy integration with a proxy resource"; which of several
 * wins, as emulators have it.
 */
export function routeFor<Route extends Matchable>(
  routes: readonly Route[],
  {method, path}: RequestLine,
): Route | undefined {
  const wanted = partsOf(path)
  const paths = [...new Set(routes.map(route => route.path))]
    .filter(candidate => answers(partsOf(candidate), wanted))
    .sort((one, other) => precedence(partsOf(one), partsOf(other)))
  for (const candidate of paths) {
    const there = routes.filter(route => route.path === candidate)
    const found = there.find(route => route.method === method) ?? there.find(route => route.method === 'ANY')
    if (found) return found
  }
  return undefined
}

const partsOf = (path: string): string[] => {
  const inner = path.replace(/^\//, '').replace(/\/$/, '')
  return inner === '' ? [] : inner.split('/')
}

const isGreedy = (part: string | undefined) => part?.endsWith('+}') ?? false

function answers(parts: readonly string[], wanted: readonly string[]): boolean {
  const fits = isGreedy(parts.at(-1)) ? wanted.length >= parts.length : wanted.length === parts.length
  return fits && parts.every((part, i) => isVariable(part) || part === decoded(wanted[i] ?? ''))
}

function precedence(one: readonly string[], other: readonly string[]): number {
  for (let i = 0; i < Math.max(one.length, other.length); i++) {
    const difference = rank(one[i]) - rank(other[i])
    if (difference !== 0) return difference
  }
  return 0
}

function rank(part: string | undefined): number {
  if (part === undefined || !isVariable(part)) return 0
  return isGreedy(part) ? 2 : 1
}

/** Bad escapes stay as they came. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
