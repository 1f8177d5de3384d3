import type {Json} from './snapshot.js'

/** How a schema refers to a model: by the address that the service gives it, or by its place in a document. */
const BY_ADDRESS = /^https:\/\/[^/]+\/restapis\/[^/]+\/models\/([^/]+)$/
const BY_PLACE = /^#\/(?:components\/schemas|models)\/([^/]+)$/
const BY_DEFINITION = /^#\/definitions\/([^/]+)$/

/** Members that say nothing of what is valid. An export leaves `$schema` out, and an import most of the others. */
const REMARKS: ReadonlySet<string> = new Set([
  ...['$schema', '$id', 'id', '$comment', 'title', 'description', 'default', 'deprecated', 'discriminator'],
  ...['example', 'examples', 'externalDocs', 'nullable', 'readOnly', 'writeOnly', 'xml'],
])
const MAPS: ReadonlySet<string> = new Set(['properties', 'patternProperties', 'definitions', 'dependencies'])
const LISTS: ReadonlySet<string> = new Set(['allOf', 'anyOf', 'oneOf'])
const SCHEMAS: ReadonlySet<string> = new Set(['items', 'additionalItems', 'additionalProperties', 'not'])

/** A schema in its normal form. */
export interface NormalSchema {
  schema: Json
  /** Names of the models that it refers to. */
  models: ReadonlySet<string>
}

/** The schema of a model in its normal form: references as `#/models/NAME`, and only what decides on validity. */
export function normalSchema(text: string): NormalSchema {
  const models = new Set<string>()
  let root: unknown
  try {
    root = JSON.parse(text)
  } catch {
    return {schema: text, models}
  }
  const own = isMap(root) && isMap(root.definitions) ? root.definitions : {}
  return {schema: normal(root), models}

  function normal(schema: unknown): Json {
    if (!isMap(schema)) return schema as Json
    if (typeof schema.$ref === 'string') return {$ref: reference(schema.$ref)}
    const members = Object.entries(schema).filter(([key]) => !REMARKS.has(key) && !key.startsWith('x-'))
    return Object.fromEntries(members.map(([key, value]) => [key, member(key, value)]))
  }

  function member(key: string, value: unknown): Json {
    if (MAPS.has(key) && isMap(value)) {
      return Object.fromEntries(Object.entries(value).map(([name, schema]) => [name, normal(schema)]))
    }
    const isOfSchemas = LISTS.has(key) || SCHEMAS.has(key)
    if (isOfSchemas) return Array.isArray(value) ? value.map(normal) : normal(value)
    return key === 'required' && Array.isArray(value) ? value.map(String).sort() : (value as Json)
  }

  function reference(text: string): string {
    const defined = BY_DEFINITION.exec(text)?.[1]
    const model = BY_ADDRESS.exec(text)?.[1] ?? BY_PLACE.exec(text)?.[1] ?? defined
    if (model === undefined || (defined !== undefined && Object.hasOwn(own, defined))) return text
    models.add(model)
    return `#/models/${model}`
  }
}

/** A text that is the same for values that are alike, whatever the order of their members. */
export function canonicalText(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonicalText).join()}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1))
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonicalText(member)}`).join()}}`
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value)
