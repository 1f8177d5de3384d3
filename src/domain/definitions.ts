import {Problem} from './problem.js'

/** An API definition, read and found fit to be sent to the service. */
export interface Definition {
  /** The document as it is, JSON or YAML. */
  body: Uint8Array
  /** What it says. */
  document: unknown
  /** Where it came from, for messages. */
  name: string
  /** `info.title`, which becomes the name of the API. */
  title?: string | undefined
  /** "OpenAPI 3.0.1", "Swagger 2.0". */
  version: string
  /** How many methods it defines. */
  methods: number
  /** Whether it looks like a part of a CloudFormation template, with functions that only CloudFormation resolves. */
  hasCloudFormation: boolean
}

/** Bytes of the largest document that can be imported. Source: API Gateway quotas (April 2026), 6 MB. */
export const MAX_DEFINITION = 6 * 1024 * 1024

/**
 * Reads a definition as far as the service's own answer to a bad one, `Invalid OpenAPI input.`, leaves the reader alone.
 * @throws Problem `failed` that says where and why
 */
export async function readDefinition(body: Uint8Array, name: string): Promise<Definition> {
  const text = decode(body, name)
  const document = await parseDefinition(text, name)
  if (!isMap(document)) throw new Problem('failed', `${name} is not an API definition: it is not a map at the top.`)
  const paths = Object.values(isMap(document.paths) ? document.paths : {})
  const title = isMap(document.info) ? document.info.title : undefined
  return {
    body,
    document,
    name,
    title: typeof title === 'string' && title !== '' ? title : undefined,
    version: versionOf(document, name),
    hasCloudFormation: /["'\s]Fn::[A-Z]|\s!(Sub|Ref|GetAtt)\s/.test(text),
    methods: paths.flatMap(item => (isMap(item) ? Object.keys(item).filter(key => METHOD.test(key)) : [])).length,
  }
}

/** What the service refused, with what it probably means. */
export function refusedImport(error: unknown, {name, hasCloudFormation}: Definition): unknown {
  if (!(error instanceof Problem) || error.kind !== 'failed' || !hasCloudFormation) return error
  const hint = `${name} has functions of CloudFormation in it, such as Fn::Sub or !Ref, which only CloudFormation resolves.`
  return new Problem(error.kind, error.message, hint, error)
}

const METHOD = /^(get|put|post|delete|options|head|patch|x-amazon-apigateway-any-method)$/i

function decode(body: Uint8Array, name: string): string {
  if (body.length === 0) throw new Problem('failed', `${name} is empty.`)
  try {
    return new TextDecoder('utf-8', {fatal: true}).decode(body)
  } catch {
    throw new Problem('failed', `${name} is not text in UTF-8.`, 'An API definition is a JSON or YAML document.')
  }
}

/** JSON first: it is what most large definitions are, and read many times as fast. */
async function parseDefinition(text: string, name: string): Promise<unknown> {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (/^\s*\{\s*"/.test(text)) throw notJson(text, name, error as Error, await faultOf(text, 'json'))
  }
  const fault = await faultOf(text, 'core')
  if (fault) throw new Problem('failed', `${name} is not YAML: ${placeOf(text, fault.position)}: ${fault.message}`)
  const {parse} = await import('yaml')
  try {
    return parse(text, {logLevel: 'error'})
  } catch (error) {
    throw new Problem('failed', `${name} is not YAML: ${(error as Error).message}`)
  }
}

interface Fault {
  position: number
  message: string
}

/** Where a YAML reader stumbles. It reads JSON too, and finds what node's own parser only complains about. */
async function faultOf(text: string, schema: 'json' | 'core'): Promise<Fault | undefined> {
  const {parseDocument} = await import('yaml')
  const error = parseDocument(text, {schema, prettyErrors: false, uniqueKeys: schema === 'core'}).errors[0]
  return error && {position: error.pos[0], message: error.message}
}

function notJson(text: string, name: string, {message}: Error, fault: Fault | undefined): Problem {
  const reported = / at position (\d+)/.exec(message)?.[1]
  const end = /end of JSON input/.test(message) ? text.length : undefined
  const position = reported === undefined ? (end ?? fault?.position) : Number(reported)
  const reason = message.replace(/ in JSON at position.*$|, (\.\.\.)?".*$/s, '')
  const place = position === undefined ? '' : `${placeOf(text, position)}: `
  return new Problem('failed', `${name} is not JSON: ${place}${reason}`)
}

function placeOf(text: string, position: number): string {
  const before = text.slice(0, position).split('\n')
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`
}

/** YAML reads `swagger: 2.0` as the number 2. */
function versionOf({openapi, swagger}: Record<string, unknown>, name: string): string {
  if (/^3(\.|$)/.test(String(openapi ?? ''))) return `OpenAPI ${openapi}`
  if (/^2(\.0)?$/.test(String(swagger ?? ''))) return 'Swagger 2.0'
  const found = openapi ?? swagger
  const why = found === undefined ? 'it has neither "openapi" nor "swagger" at the top' : `its version is ${found}`
  throw new Problem(
    'failed',
    `${name} is not an API definition: ${why}.`,
    'The service takes OpenAPI 3.x and Swagger 2.0.',
  )
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value)
