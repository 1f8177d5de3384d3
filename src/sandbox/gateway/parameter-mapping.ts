import {contextText} from './context.js'
import {type Fields, headerValues} from './fields.js'
import type {Arrival} from './invocation.js'
import {queryJson} from './json-path.js'

/**
 * The values that a request mapping names: `'literal'`, `method.request.{path|querystring|multivaluequerystring|header|
 * multivalueheader|body}.…`, `stageVariables.…` or `context.…`. Undefined if there is none.
 */
export function mappedRequestValue(source: string, arrival: Arrival): string[] | undefined {
  const {request} = arrival
  const general = generalValue(source, arrival)
  if (general) return general
  const [, place, name = ''] = /^method\.request\.(\w+)(?:\.(.+))?$/.exec(source) ?? []
  switch (place) {
    case 'path':
      return Object.hasOwn(request.pathParameters, name) ? [request.pathParameters[name]!] : undefined
    case 'querystring':
      return lastOf(request.query.get(name))
    case 'multivaluequerystring':
      return request.query.get(name)
    case 'header':
      return lastOf(headerValues(request.headers, name))
    case 'multivalueheader':
      return headerValues(request.headers, name)
    case 'body':
      return bodyValue(request.body.toString(), name)
    default:
      return undefined
  }
}

/** The same for a response mapping, which reads `integration.response.{header|multivalueheader|body}.…` instead. */
export function mappedResponseValue(
  source: string,
  arrival: Arrival,
  integration: {headers: Fields; body: string},
): string[] | undefined {
  const general = generalValue(source, arrival)
  if (general) return general
  const [, place, name = ''] = /^integration\.response\.(\w+)(?:\.(.+))?$/.exec(source) ?? []
  switch (place) {
    case 'header':
      return lastOf(headerValues(integration.headers, name))
    case 'multivalueheader':
      return headerValues(integration.headers, name)
    case 'body':
      return bodyValue(integration.body, name)
    default:
      return undefined
  }
}

function generalValue(source: string, {context, variables}: Arrival): string[] | undefined {
  if (/^'.*'$/s.test(source)) return [source.slice(1, -1)]
  const [, root, path = ''] = /^(context|stageVariables)\.(.+)$/.exec(source) ?? []
  if (!root) return undefined
  const text = contextText(root === 'context' ? context : variables, path)
  return text === undefined ? undefined : [text]
}

const lastOf = (values: string[] | undefined) => values?.slice(-1)

/** A member of a JSON body, or without a path the body itself. */
function bodyValue(body: string, path: string): string[] | undefined {
  if (path === '') return [body]
  let document: unknown
  try {
    document = JSON.parse(body)
  } catch {
    return undefined
  }
  const value = queryJson(document, `$.${path}`)
  if (value === undefined || value === null) return undefined
  return [typeof value === 'object' ? JSON.stringify(value) : String(value)]
}
