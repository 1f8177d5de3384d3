import type {Log} from '../log.js'
import type {RequestFilter} from './filter.js'
import type {StatusRange} from './statuses.js'

/** Characters that a filter pattern may have. Source: API reference of FilterLogEvents. */
const LONGEST_PATTERN = 1024

/**
 * A filter pattern of CloudWatch Logs for lines of which every wanted request has at least one. It may let through more;
 * it lets through nothing less. Undefined where there is none, or none that would leave much out.
 *
 * Of an execution log a request has many lines and each filter is about another of them, so that only one filter can be
 * asked for: the one that leaves out the most. In an access log a request is one line.
 */
export function patternFor(filter: RequestFilter, kind: Log['kind']): string | undefined {
  if (kind === 'function') return undefined
  const pattern = kind === 'access' ? accessPattern(filter) : executionPatterns(filter).find(isShort)
  return pattern !== undefined && isShort(pattern) ? pattern : undefined
}

export const isShort = (pattern: string) => pattern.length <= LONGEST_PATTERN

/** A pattern for each filter, the most selective first. */
function executionPatterns({requestIds, statuses, errors, key, path, methods}: RequestFilter): string[] {
  const rare = statuses?.every(({from}) => from >= 300) ? statuses : undefined
  const fragment = path === undefined ? undefined : fragmentOf(path)
  return [
    ...(requestIds ? [anyOf(requestIds)] : []),
    ...(rare ? [anyOf(rare.flatMap(beginnings).flatMap(statusLines))] : []),
    ...(errors ? [anyOf(FAILURES)] : []),
    ...(key ? [phrase(key.ending)] : []),
    ...(fragment === undefined ? [] : [phrase(fragment)]),
    ...(methods ? [anyOf(methods.flatMap(methodLines))] : []),
  ]
}

/** Where an execution log of a REST or a WebSocket API has a status. @param beginning of the status */
const statusLines = (beginning: string) => [
  `Method completed with status: ${beginning}`,
  `with status code: ${beginning}`,
  `response status code [${beginning}`,
]

/** Where an execution log has a method. */
const methodLines = (method: string) => [`HTTP Method: ${method},`, `method '${method} `, `HttpMethod ${method}`]

/** Parts of the lines that make a request a failed one: its status, and the lines in which a cause can be. */
const FAILURES = [
  ...['4', '5'].flatMap(statusLines),
  'Execution failed ',
  'Lambda execution failed ',
  'Lambda invocation failed ',
  'Gateway response type: ',
  'Unauthorized request',
  ' not authorized because ',
  'throttle limit ',
  'quota ',
  'Usage Plan check failed ',
  'Request body does not match model schema ',
  'Missing required request parameters',
]

/** What the codes of a range begin with, such as `5`, or `404`. */
function beginnings({from, to}: StatusRange): string[] {
  const codes = Array.from({length: to - from + 1}, (_, i) => String(from + i))
  return codes.length <= 10 ? codes : [...new Set(codes.map(code => code.charAt(0)))]
}

/** All that one line has to have. A status of any number of digits is looked for as such. */
function accessPattern({requestIds, statuses, path, methods, key}: RequestFilter): string | undefined {
  const fragment = path === undefined ? undefined : fragmentOf(path)
  const [status, ...others] = statuses ?? []
  const single = others.length === 0 && status?.from === status?.to ? status : undefined
  const [id, ...otherIds] = requestIds ?? []
  const [method, ...otherMethods] = methods ?? []
  const terms = [
    ...(id !== undefined && otherIds.length === 0 ? [phrase(id)] : []),
    ...(single ? [phrase(String(single.from))] : []),
    ...(method !== undefined && otherMethods.length === 0 ? [phrase(method)] : []),
    ...(fragment === undefined ? [] : [phrase(fragment)]),
  ]
  if (terms.length > 0) return terms.join(' ')
  if (otherIds.length > 0) return anyOf(requestIds as string[])
  return key ? anyOf([key.ending, key.id]) : undefined
}

/**
 * The longest part of the pattern of a path that stands in a line as it is, wherever that has the path from: within one
 * segment, because a log may have `/orders/{id}` in one place and `{id=7}` in another.
 */
function fragmentOf(path: string): string | undefined {
  const fragments = path.split(/[^\w.~$-]+/).sort((a, b) => b.length - a.length)
  return fragments[0] === '' ? undefined : fragments[0]
}

/** A pattern for lines that have any of the texts. */
export const anyOf = (texts: readonly string[]) =>
  texts.length === 1 ? phrase(texts[0] as string) : texts.map(text => `?${phrase(text)}`).join(' ')

/** A phrase matches wherever it stands in a line. */
const phrase = (text: string) => `"${text.replace(/["\\]/g, '\\$&')}"`
