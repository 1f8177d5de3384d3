import type {Method, MethodSetting, Resource, Stage} from '@aws-sdk/client-api-gateway'
import type {Snapshot} from '../store.js'

export interface Route {
  resource: Resource
  method: Method
  /** Still percent-encoded, as functions on the service get them (recorded: test_lambda_aws_proxy_integration). */
  pathParameters: Record<string, string>
}

/**
 * The method that answers a path. A literal segment wins over a variable, a variable over a greedy one, segment by
 * segment from the left; a resource without the method is passed over, so that `GET /pets/{proxy+}` answers beside
 * `POST /pets/{id}`. The method itself wins over ANY.
 * @param path still percent-encoded, starting with a slash; one trailing slash does not count
 */
export function routeOf(snapshot: Snapshot, httpMethod: string, path: string): Route | undefined {
  const wanted = segmentsOf(path)
  const candidates = Object.values(snapshot.resources)
    .map(resource => ({resource, parts: segmentsOf(resource.path ?? '/')}))
    .filter(({parts}) => matches(parts, wanted))
    .sort((a, b) => precedence(a.parts, b.parts))
  for (const {resource, parts} of candidates) {
    const method = resource.resourceMethods?.[httpMethod] ?? resource.resourceMethods?.ANY
    if (method) return {resource, method, pathParameters: parametersOf(parts, wanted)}
  }
  return undefined
}

/**
 * The stage's settings for a method: its own, else those of all methods. A setting is stored under the text of its
 * patch path, where the resource's slashes are written `~1` and the first one may be left out.
 */
export function settingOf(stage: Stage, resourcePath: string, httpMethod: string): MethodSetting | undefined {
  const escaped = resourcePath.replaceAll('/', '~1')
  const spellings = [escaped, escaped.slice(2), resourcePath.slice(1), resourcePath]
  for (const method of [httpMethod, 'ANY']) {
    for (const spelling of spellings) {
      const found = stage.methodSettings?.[`${spelling}/${method}`]
      if (found) return found
    }
  }
  return stage.methodSettings?.['*/*']
}

/** The path variables of a path under a resource; undefined where the resource does not answer to it. */
export function pathParametersOf(resourcePath: string, path: string): Record<string, string> | undefined {
  const [parts, wanted] = [segmentsOf(resourcePath), segmentsOf(path)]
  return matches(parts, wanted) ? parametersOf(parts, wanted) : undefined
}

function segmentsOf(path: string): string[] {
  const inner = path.replace(/^\//, '').replace(/\/$/, '')
  return inner === '' ? [] : inner.split('/')
}

const isVariable = (part: string | undefined) => part?.startsWith('{') ?? false
const isGreedy = (part: string | undefined) => part?.endsWith('+}') ?? false

function matches(parts: string[], wanted: string[]): boolean {
  const greedy = isGreedy(parts.at(-1))
  if (greedy ? wanted.length < parts.length : wanted.length !== parts.length) return false
  return parts.every((part, index) => isVariable(part) || part === decoded(wanted[index]!))
}

function precedence(a: string[], b: string[]): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const difference = rank(a[i]) - rank(b[i])
    if (difference !== 0) return difference
  }
  return 0
}

const rank = (part: string | undefined) => (isGreedy(part) ? 2 : isVariable(part) ? 1 : 0)

function parametersOf(parts: string[], wanted: string[]): Record<string, string> {
  const found: [string, string][] = []
  parts.forEach((part, index) => {
    if (isGreedy(part)) found.push([part.slice(1, -2), wanted.slice(index).join('/')])
    else if (isVariable(part)) found.push([part.slice(1, -1), wanted[index]!])
  })
  return Object.fromEntries(found)
}

/** Bad escapes stay as they came. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
