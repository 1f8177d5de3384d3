import {Problem} from '../../problem.js'
import type {LoggedRequest} from '../requests/request.js'
import {type AddressRange, isWithin} from './addresses.js'
import type {StatusRange} from './statuses.js'

/** Which requests are wanted: those that all of these hold for. Of a list, one has to hold. */
export interface RequestFilter {
  statuses?: readonly StatusRange[] | undefined
  /** In capitals. */
  methods?: readonly string[] | undefined
  /** Pattern of the resource or of the path that was asked for; `*` stands for any characters. */
  path?: string | undefined
  /** Milliseconds. */
  minLatency?: number | undefined
  key?: KeyRef | undefined
  addresses?: readonly AddressRange[] | undefined
  /** Only what failed: a status of 400 or more, or a failure that the log tells of. */
  errors?: boolean | undefined
  /** Ids of requests; extended ids will do, and so do the first eight characters that a narrow terminal shows. */
  requestIds?: readonly string[] | undefined
}

/** An API key as far as a log can tell it from others. */
export interface KeyRef {
  id: string
  name: string
  /** The last six characters of its value. */
  ending: string
}

/** Whether a request is wanted, as a function. What the log of a request does not tell counts as not so. */
export function matcherOf(filter: RequestFilter): (request: LoggedRequest) => boolean {
  const {statuses, methods, minLatency, key, addresses, requestIds} = filter
  const path = filter.path === undefined ? undefined : expressionOf(filter.path)
  const tests: ((request: LoggedRequest) => boolean)[] = []
  if (statuses) tests.push(({status = 0}) => statuses.some(({from, to}) => from <= status && status <= to))
  if (filter.errors) tests.push(isError)
  if (methods) tests.push(({method}) => method !== undefined && methods.includes(method))
  if (path) tests.push(request => [request.resource, request.path].some(each => each !== undefined && path.test(each)))
  if (minLatency !== undefined) tests.push(({latency = -1}) => latency >= minLatency)
  if (key) tests.push(({keyEnding, keyId}) => (keyId === undefined ? keyEnding === key.ending : keyId === key.id))
  if (addresses) tests.push(({sourceIp = ''}) => addresses.some(range => isWithin(sourceIp, range)))
  if (requestIds) {
    tests.push(({requestId, extendedRequestId = ''}) =>
      requestIds.some(
        id => id === requestId || id === extendedRequestId || (isShortId(id) && requestId.startsWith(id)),
      ),
    )
  }
  return request => tests.every(holds => holds(request))
}

/** Whether anything at all is asked for. */
export function isFiltering(filter: RequestFilter): boolean {
  return Object.values(filter).some(wanted => wanted !== undefined && wanted !== false)
}

export function isError({status = 0, failure}: LoggedRequest): boolean {
  return status >= 400 || failure !== undefined
}

/** Whether it is the first part of a UUID. */
const isShortId = (id: string) => /^[0-9a-f]{8}$/.test(id)

/** As in the ARNs of methods, `*` stands for any characters, slashes too. */
function expressionOf(pattern: string): RegExp {
  const parts = pattern.split('*').map(part => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`, 's')
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']

/** @throws Problem usage for what is no method of HTTP that API Gateway knows */
export function methodsFrom(text: string): string[] {
  return text.split(/[,|]/).map(part => {
    const method = part.trim().toUpperCase()
    if (METHODS.includes(method)) return method
    throw new Problem('usage', `"${text}" is not a method.`, `There are: ${METHODS.join(', ')}`)
  })
}

/** @throws Problem usage for what no path or route can be like */
export function pathFrom(text: string): string {
  if (/^[^\s"]+$/.test(text)) return text
  const hint = "For instance: --path /orders, --path '/orders/*', --path '*/items'; of a WebSocket API a route"
  throw new Problem('usage', `"${text}" is not the pattern of a path.`, hint)
}

/** @throws Problem usage for what cannot be the id of a request */
export function requestIdFrom(text: string): string {
  if (/^[\w=+/-]{8,64}$/.test(text)) return text
  const hint = 'It is in the header x-amzn-requestid of the response, or in the brackets that a line begins with.'
  throw new Problem('usage', `"${text}" is not the id of a request.`, hint)
}
