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

/**
 * Members that OpenAPI 3.0 has for what decides on validity; an export leaves all others out.
 * Source: OpenAPI 3.0.1, Schema Object.
 */
const TOLD: ReadonlySet<string> = new Set([
  ...['$ref', 'type', 'format', 'enum', 'multipleOf', 'maximum', 'exclusiveMaximum', 'minimum', 'exclusiveMinimum'],
  ...['maxLength', 'minLength', 'pattern', 'maxItems', 'minItems', 'uniqueItems', 'maxProperties', 'minProperties'],
  ...['required', 'properties', 'additionalProperties', 'items', 'allOf', 'anyOf', 'oneOf', 'not'],
])

/** A schema in its normal form. */
export interface NormalSchema {
  schema: Json
  /** Names of the models that it refers to. */
  models: ReadonlySet<string>
  /** Whether it says what an export has no place for. */
  isPartial: boolean
}

/**
 * The schema of a model in its normal form: references as `#/models/NAME`, and only what decides on validity. What an
 * export makes of a schema is the same here as the schema: the type null is a bare `null` in it, as users have reported
 * (awslabs/aws-api-gateway-developer-portal#544, aws-cloudformation/cloudformation-cli#808), and a schema without a type
 * is one of an object. The latter is how swagger-core reads a schema, and that the service writes exports by it is
 * assumed from those reports; so whether a model gives its type cannot be told from a stage.
 */
export function normalSchema(text: string): NormalSchema {
  const models = new Set<string>()
  let isPartial = false
  let root: unknown
  try {
    root = JSON.parse(text)
  } catch {
    return {schema: text, models, isPartial}
  }
  const own = isMap(root) && isMap(root.definitions) ? root.definitions : {}
  return {schema: normal(root), models, isPartial}

  function normal(schema: unknown): Json {
    if (schema === null) return {type: 'null'}
    if (!isMap(schema)) return schema as Json
    if (typeof schema.$ref === 'string') return {$ref: reference(schema.$ref)}
    const members = Object.entries(schema).filter(([key, value]) => !isRemark(key, value))
    isPartial ||= !isTold(Object.fromEntries(members))
    const isOfAnyType = !members.some(([key]) => key === 'type' || LISTS.has(key))
    return Object.fromEntries([
      ...(isOfAnyType ? [['type', 'object']] : []),
      ...members.map(([key, value]) => [key, member(key, value)]),
    ])
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
    if (model === undefined || (defined !== undefined && Object.hasOwn(own, defined))) {
      isPartial = true
      return text
    }
    models.add(model)
    return `#/models/${model}`
  }
}

/** Empty lists and maps say nothing of what is valid either. */
function isRemark(key: string, value: unknown): boolean {
  const isEmpty = Array.isArray(value) ? value.length === 0 : isMap(value) && Object.keys(value).length === 0
  return REMARKS.has(key) || key.startsWith('x-') || (isEmpty && (key === 'required' || MAPS.has(key)))
}

/**
 * Whether an export has a place for all members of a schema. Of several types it has none, as users have reported
 * (awslabs/aws-api-gateway-developer-portal#544); and swagger-core leaves out of `required` what is no property.
 */
function isTold({type, items, properties, required, ...members}: Record<string, unknown>): boolean {
  const isProperty = (name: unknown) => !isMap(properties) || Object.hasOwn(properties, String(name))
  return (
    !Array.isArray(type) &&
    !Array.isArray(items) &&
    (!Array.isArray(required) || required.every(isProperty)) &&
    [members.exclusiveMinimum, members.exclusiveMaximum].every(value => typeof value !== 'number') &&
    Object.keys(members).every(key => TOLD.has(key))
  )
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
