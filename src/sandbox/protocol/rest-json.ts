import type {NormalizedSchema} from '@smithy/core/schema'
import type {ServiceError} from '../errors.js'
import type {Operation} from './operations.js'
import {readJson, type WireRequest, type WireResponse, writeJson} from './wire.js'

interface Route {
  operation: Operation
  pattern: RegExp
  labels: string[]
  /** Query parameters that are part of the address, such as `mode=import`. */
  literals: [string, string][]
}

/** Finds the operation that a REST-JSON request addresses, and the labels in its path. */
export class RestJsonRouter {
  readonly #routes: Route[]

  constructor(operations: Iterable<Operation>) {
    this.#routes = [...operations].flatMap(operation =>
      operation.http ? [routeOf(operation, operation.http.uri)] : [],
    )
    // `POST /restapis?mode=import` must be tried before `POST /restapis`.
    this.#routes.sort((a, b) => b.literals.length - a.literals.length)
  }

  match(request: WireRequest): {operation: Operation; labels: Record<string, string>} | undefined {
    for (const {operation, pattern, labels, literals} of this.#routes) {
      if (operation.http?.method !== request.method) continue
      if (!literals.every(([name, value]) => request.query.get(name) === value)) continue
      const found = pattern.exec(request.path)
      if (!found) continue
      const values = labels.map((label, i) => [label, decodeURIComponent(found[i + 1] ?? '')])
      return {operation, labels: Object.fromEntries(values)}
    }
    return undefined
  }
}

function routeOf(operation: Operation, uri: string): Route {
  const [path = '', query] = uri.split('?')
  const labels: string[] = []
  const source = path.replace(/\{([^}+]+)\+?\}/g, (_, label: string) => {
    labels.push(label)
    return '([^/]+)'
  })
  return {
    operation,
    pattern: new RegExp(`^${source}/?$`),
    labels,
    literals: [...new URLSearchParams(query)],
  }
}

/** Gathers the input of an operation from path, query, headers and body. */
export async function readRestInput(
  operation: Operation,
  labels: Record<string, string>,
  request: WireRequest,
): Promise<Record<string, unknown>> {
  const input: Record<string, unknown> = {}
  const bound = new Set(new URLSearchParams(operation.http?.uri.split('?')[1]).keys())
  let freeQuery: string | undefined
  let hasBody = false
  for (const [name, member] of operation.input.structIterator()) {
    const traits = member.getMergedTraits()
    if (traits.httpLabel) input[name] = labels[name]
    else if (traits.httpQuery) {
      const key = String(traits.httpQuery)
      bound.add(key)
      const values = request.query.getAll(key)
      if (values.length > 0)
        input[name] = member.isListSchema() ? values : scalar(member, values[values.length - 1] ?? '')
    } else if (traits.httpQueryParams) freeQuery = name
    else if (traits.httpHeader) {
      const value = request.headers[String(traits.httpHeader).toLowerCase()]
      if (value !== undefined) input[name] = scalar(member, String(value))
    } else if (traits.httpPayload) input[name] = new Uint8Array(request.body)
    else hasBody = true
  }
  if (freeQuery) input[freeQuery] = Object.fromEntries([...request.query].filter(([key]) => !bound.has(key)))
  if (hasBody && request.body.length > 0) {
    Object.assign(
      input,
      bodyMembers(operation.input, await readJson(operation.input, request.body.toString(), JSON_NAMES)),
    )
  }
  return input
}

/** The body must not set members that travel elsewhere. */
function bodyMembers(schema: NormalizedSchema, body: object): Record<string, unknown> {
  const members = {...(body as Record<string, unknown>)}
  for (const [name, member] of schema.structIterator()) {
    const traits = member.getMergedTraits()
    if (traits.httpLabel || traits.httpQuery || traits.httpHeader) delete members[name]
  }
  return members
}

const JSON_NAMES = {jsonName: true}

function scalar(member: NormalizedSchema, text: string): unknown {
  if (member.isBooleanSchema()) return text === 'true'
  if (member.isNumericSchema()) return Number(text)
  return text
}

/** Writes the output of an operation; bodies are compact JSON with a newline at the end, as recorded. */
export function writeRestOutput(operation: Operation, output: unknown, request: WireRequest): WireResponse {
  const headers: Record<string, string> = {}
  const members = {...(output as Record<string, unknown> | undefined)}
  let payload: unknown
  let hasBody = false
  for (const [name, member] of operation.output.structIterator()) {
    const traits = member.getMergedTraits()
    if (traits.httpHeader) {
      if (members[name] !== undefined) headers[String(traits.httpHeader).toLowerCase()] = String(members[name])
      delete members[name]
    } else if (traits.httpPayload) {
      payload = members[name]
      delete members[name]
    } else hasBody = true
  }
  const status = operation.http?.status ?? 200
  if (payload !== undefined) return {status, headers, body: payload as Uint8Array}
  if (!hasBody) return {status, headers, body: ''}
  const json = writeJson(operation.output, members, JSON_NAMES)
  return {status, headers: {'content-type': contentType(request), ...headers}, body: `${json}\n`}
}

function contentType(request: WireRequest): string {
  return request.headers.accept?.includes('hal+json') ? 'application/hal+json' : 'application/json'
}

/** An error of a REST-JSON service: the type in a header, the message in the body, a newline at the end. */
export function writeRestError(error: ServiceError): WireResponse {
  return {
    status: error.status,
    headers: {'content-type': 'application/json', 'x-amzn-errortype': error.code, ...error.headers},
    body: `${JSON.stringify({message: error.message})}\n`,
  }
}
