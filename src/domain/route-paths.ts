import {Problem} from './problem.js'

/** Methods that a resource can have; ANY stands for those that it has no other for. */
export const METHODS = ['GET', 'PUT', 'POST', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD', 'ANY'] as const

/** A method as somebody typed it. @throws Problem usage */
export function parseMethod(text: string): string {
  const method = METHODS.find(name => name === text.toUpperCase())
  if (method) return method
  throw new Problem('usage', `"${text}" is not a method.`, `One of ${METHODS.join(', ')}.`)
}

/** A route as somebody typed it. @throws Problem usage */
export function parseRoute({method, path}: {method: string; path: string}): {method: string; path: string} {
  parsePath(path)
  return {method: parseMethod(method), path}
}

/** The part of a path that stands for one value, `{id}`, or for all that follows, `{proxy+}`. */
const VARIABLE = /^\{([\w.:-]+)(\+?)\}$/
/** Source: "Known issues", API Gateway Developer Guide: letters, digits and `_-.,:` in a segment. */
const FIXED = /^[\w\-.,:]+$/

/**
 * The parts of a path as somebody typed it; none for `/`.
 * @throws Problem usage for what the service would not take
 */
export function parsePath(path: string): string[] {
  const refuse = (why: string, hint = 'A path looks like /, /pets, /pets/{id} or /files/{proxy+}.') => {
    throw new Problem('usage', `"${path}" is not a path: ${why}.`, hint)
  }
  if (!path.startsWith('/')) refuse('it does not begin with /', `Perhaps: /${path}`)
  if (path === '/') return []
  const parts = path.slice(1).split('/')
  for (const [i, part] of parts.entries()) {
    if (part === '') refuse(i === parts.length - 1 ? 'it ends with /' : 'it has // in it')
    const variable = VARIABLE.exec(part)
    if (variable?.[2] && i < parts.length - 1) refuse(`nothing can come after ${part}`)
    if (!variable && !FIXED.test(part)) {
      refuse(
        `"${part}" cannot be a part of it`,
        'Letters, digits and _ - . , : or a whole part in braces, such as {id}.',
      )
    }
  }
  const names = variablesOf(path)
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) refuse(`{${twice}} is in it twice`)
  return parts
}

/** The names of the variable parts of a path: `id` of `/pets/{id}`, `proxy` of `/{proxy+}`. */
export function variablesOf(path: string): string[] {
  return path.split('/').flatMap(part => VARIABLE.exec(part)?.[1] ?? [])
}

export const isVariable = (part: string) => part.startsWith('{')

/** The path of the resource above; undefined for the root. */
export function pathAbove(path: string): string | undefined {
  if (path === '/') return undefined
  return path.slice(0, path.lastIndexOf('/')) || '/'
}
