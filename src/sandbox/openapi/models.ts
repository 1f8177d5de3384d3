import {createHash} from 'node:crypto'
import type {Model} from '@aws-sdk/client-api-gateway'
import {badRequest} from '../errors.js'
import {shortId} from '../identifiers.js'
import type {RestApiRecord} from '../store.js'
import type {Definition} from './definition.js'
import {isTree, listOf, pointed, type Tree, textOf} from './document.js'
import type {Findings} from './findings.js'

/** How the schema of one model refers to another model of the same API. */
const CANONICAL = /^https:\/\/apigateway\.amazonaws\.com\/restapis\/[^/]+\/models\/([^/]+)$/
const LOCAL = /^#\/(?:definitions|components\/schemas)\/([^/]+)$/

/** Members of a schema that API Gateway's models do not have. Source: developer guide, important notes for REST APIs. */
const UNSUPPORTED = new Set([
  'default',
  'deprecated',
  'discriminator',
  'example',
  'examples',
  'externalDocs',
  'nullable',
  'readOnly',
  'writeOnly',
  'xml',
])
const SCHEMA_MAPS = new Set(['properties', 'patternProperties', 'definitions'])
const SCHEMA_LISTS = new Set(['allOf', 'anyOf', 'oneOf'])
const SCHEMAS = new Set(['items', 'additionalProperties', 'not'])

/** Makes models of the schemas of a definition, named ones at once and others where an operation uses them. */
export class ModelImport {
  constructor(
    private readonly definition: Definition,
    private readonly record: RestApiRecord,
    private readonly findings: Findings,
  ) {}

  /** Makes a model of every named schema. */
  addAll(): void {
    const names = Object.keys(this.definition.schemas)
    for (const name of names) {
      this.findings.attempt(`create model for '${name}'`, () => {
        if (!/^[A-Za-z0-9]+$/.test(name)) throw badRequest(`Model name must be alphanumeric: ${name}`)
        this.#put(name, this.definition.schemas[name])
      })
    }
  }

  /**
   * The name of the model for a schema of an operation; undefined where there can be none.
   * @param place such as `200 response to method 'GET /pets'`
   */
  nameOf(schema: unknown, place: string): string | undefined {
    const reference = isTree(schema) ? textOf(schema.$ref) : undefined
    if (reference !== undefined) {
      const name = LOCAL.exec(reference)?.[1] ?? CANONICAL.exec(reference)?.[1]
      if (name && Object.hasOwn(this.record.models, name)) return name
      this.findings.warn(`Reference to model '${name ?? reference}' not found. Ignoring.`)
      return undefined
    }
    const type = isTree(schema) ? textOf(schema.type) : undefined
    if (type !== undefined && type !== 'object' && type !== 'array') {
      const parsedAs = `${type.charAt(0).toUpperCase()}${type.slice(1)}Schema`
      this.findings.warn(`Unsupported model type '${parsedAs}' in ${place}. Ignoring.`)
      return undefined
    }
    return this.findings.attempt(`create model in ${place}`, () => {
      // That the name comes from the content is assumed; the service's are MODEL and six hexadecimal digits as well.
      const name = `MODEL${createHash('sha256').update(JSON.stringify(schema)).digest('hex').slice(0, 6)}`
      if (!Object.hasOwn(this.record.models, name)) this.#put(name, schema)
      return name
    })
  }

  #put(name: string, schema: unknown): void {
    const converted = this.#convert(schema, new Set())
    this.record.models[name] = {
      id: (Object.hasOwn(this.record.models, name) && this.record.models[name]?.id) || shortId(),
      name,
      description: isTree(schema) ? textOf(schema.description) : undefined,
      schema: JSON.stringify(converted, null, 2),
      contentType: 'application/json',
    }
  }

  #convert(schema: unknown, inlined: ReadonlySet<string>): unknown {
    if (!isTree(schema)) return schema
    if (typeof schema.$ref === 'string') return this.#refer(schema.$ref, inlined)
    const converted: Tree = {}
    for (const [key, value] of Object.entries(schema)) {
      if (UNSUPPORTED.has(key) || key.startsWith('x-')) continue
      if (SCHEMA_MAPS.has(key) && isTree(value)) {
        const members = Object.entries(value).map(([name, member]) => [name, this.#convert(member, inlined)])
        converted[key] = Object.fromEntries(members)
      } else if (SCHEMA_LISTS.has(key) || (SCHEMAS.has(key) && Array.isArray(value))) {
        converted[key] = listOf(value).map(member => this.#convert(member, inlined))
      } else converted[key] = SCHEMAS.has(key) ? this.#convert(value, inlined) : value
    }
    return converted
  }

  #refer(reference: string, inlined: ReadonlySet<string>): unknown {
    if (CANONICAL.test(reference)) return {$ref: reference}
    const name = LOCAL.exec(reference)?.[1]
    if (name !== undefined) {
      if (this.#isKnown(name)) return {$ref: this.#canonical(name)}
      this.findings.warn(`Reference to model '${name}' not found. Ignoring.`)
      return {}
    }
    const target = pointed(this.definition.root, reference)
    if (target === undefined || inlined.has(reference)) {
      throw badRequest(
        'Invalid model specified: Validation Result: warnings : [], errors : [Model reference must be in canonical form]',
      )
    }
    return this.#convert(target, new Set([...inlined, reference]))
  }

  #isKnown(name: string): boolean {
    return Object.hasOwn(this.definition.schemas, name) || Object.hasOwn(this.record.models, name)
  }

  #canonical(name: string): string {
    return `https://apigateway.amazonaws.com/restapis/${this.record.api.id}/models/${name}`
  }
}

/**
 * The schemas of some models and of all that they refer to, in the order of the API's models.
 * @param schemaPath what a reference to a schema starts with in the document
 */
export function exportSchemas(models: Record<string, Model>, names: Iterable<string>, schemaPath: string): Tree {
  const used = new Map<string, unknown>()
  const visit = (name: string): void => {
    const model = models[name]
    if (!model || used.has(name)) return
    const referred: string[] = []
    used.set(name, JSON.parse(model.schema ?? '{}', localReference(schemaPath, referred)))
    referred.forEach(visit)
  }
  for (const name of names) visit(name)
  return Object.fromEntries(Object.keys(models).flatMap(name => (used.has(name) ? [[name, used.get(name)]] : [])))
}

/**
 * OpenAPI's schemas do not name their own, and the type null is a bare null in an export.
 * Source of the latter: awslabs/aws-api-gateway-developer-portal#544.
 */
const localReference = (schemaPath: string, referred: string[]) => (key: string, value: unknown) => {
  if (key === '$schema') return undefined
  if (key !== '' && isTree(value) && value.type === 'null') return null
  const name = key === '$ref' && typeof value === 'string' ? CANONICAL.exec(value)?.[1] : undefined
  if (name === undefined) return value
  referred.push(name)
  return schemaPath + name
}
