import type {CreateModelRequest, GetModelRequest, Model, UpdateModelRequest} from '@aws-sdk/client-api-gateway'
import {badRequest, conflict, notFound} from '../errors.js'
import {shortId} from '../identifiers.js'
import type {Call, Handlers} from '../service.js'
import {entryOf, type RestApiRecord} from '../store.js'
import {restApiOf} from './lookup.js'
import {mappingTemplateOf} from './model-template.js'
import {type PageRequest, page} from './paging.js'
import {PatchTable, setText} from './patch.js'

type ModelAddress = {restApiId: string; modelName: string}

export const models: Handlers = {
  CreateModel(input: CreateModelRequest, call) {
    const record = restApiOf(call, input.restApiId)
    const {name = '', description, contentType, schema} = input
    if (name === '') throw badRequest('Model name must be non-empty')
    if (!/^[A-Za-z0-9]+$/.test(name)) throw badRequest(`Model name must be alphanumeric: ${name}`)
    if (entryOf(record.models, name)) throw conflict('Model name already exists for this REST API')
    const model: Model = {id: shortId(), name, description: description || undefined, schema, contentType}
    checkSchema(model)
    record.models[name] = model
    return model
  },

  GetModel(input: GetModelRequest, call) {
    const {model, record} = modelAt(call, input as ModelAddress)
    return input.flatten ? {...model, schema: JSON.stringify(flattened(model, record))} : model
  },

  GetModels: (input: {restApiId: string} & PageRequest, call) =>
    page(Object.values(restApiOf(call, input.restApiId).models), input),

  GetModelTemplate(input: ModelAddress, call) {
    const {model, record} = modelAt(call, input)
    return {value: mappingTemplateOf(flattened(model, record))}
  },

  UpdateModel(input: UpdateModelRequest, call) {
    const {model, record} = modelAt(call, input as ModelAddress)
    const next = PATCHES.apply(model, input.patchOperations)
    checkSchema(next)
    record.models[input.modelName!] = next
    return next
  },

  DeleteModel(input: ModelAddress, call) {
    const {record} = modelAt(call, input)
    const user = userOf(record, input.modelName)
    if (user) throw conflict(`Cannot delete model '${input.modelName}', is referenced in ${user}`)
    delete record.models[input.modelName]
  },
}

const PATCHES = new PatchTable<Model>([
  {path: '/description', replace: setText('description')},
  {path: '/schema', replace: setText('schema')},
])

/** The two models that CreateRestApi makes by itself. Source: models of a new API as the console and CLI show them. */
export function defaultModels(): Record<string, Model> {
  const $schema = 'http://json-schema.org/draft-04/schema#'
  const empty = {$schema, title: 'Empty Schema', type: 'object'}
  const error = {$schema, title: 'Error Schema', type: 'object', properties: {message: {type: 'string'}}}
  const model = (name: string, description: string, schema: object): Model => ({
    id: shortId(),
    name,
    description,
    schema: JSON.stringify(schema, null, 2),
    contentType: 'application/json',
  })
  return {
    Empty: model('Empty', 'This is a default empty schema model', empty),
    Error: model('Error', 'This is a default error schema model', error),
  }
}

function modelAt(call: Call, {restApiId, modelName}: ModelAddress): {model: Model; record: RestApiRecord} {
  const record = entryOf(call.state.restApis, restApiId)
  const model = record && entryOf(record.models, modelName)
  if (!model) throw notFound(`Invalid model name specified: ${modelName}`)
  return {model, record: record!}
}

function checkSchema({schema, contentType}: Model): void {
  const nothing = badRequest('Model schema must have at least 1 property or array items defined')
  if (!schema) throw nothing
  if (!contentType?.includes('json')) return
  let parsed: unknown
  try {
    parsed = JSON.parse(schema)
  } catch (error) {
    // The wording is an assumption.
    throw badRequest(`Invalid model schema specified: ${(error as Error).message}`)
  }
  if (parsed === null || typeof parsed !== 'object' || Object.keys(parsed).length === 0) throw nothing
}

/** Where a model is in use, as the service says it; of several places the last, as recorded. */
function userOf(record: RestApiRecord, name: string): string | undefined {
  const users: string[] = []
  for (const {path, resourceMethods = {}} of Object.values(record.resources)) {
    for (const [httpMethod, method] of Object.entries(resourceMethods)) {
      const place = `${path}/${httpMethod}`
      if (Object.values(method.requestModels ?? {}).includes(name)) users.push(`method request: ${place}`)
      for (const {statusCode, responseModels} of Object.values(method.methodResponses ?? {})) {
        if (Object.values(responseModels ?? {}).includes(name)) users.push(`method response: ${place}/${statusCode}`)
      }
    }
  }
  return users.at(-1)
}

/** A reference to another model: `https://apigateway.amazonaws.com/restapis/{id}/models/{name}`. */
const MODEL_REFERENCE = /\/restapis\/[^/]+\/models\/([^/]+)$/

/** The schema with the models that it refers to put in place; a model inside itself stays a reference. */
function flattened(model: Model, record: RestApiRecord): unknown {
  const replace = (node: unknown, above: string[]): unknown => {
    if (Array.isArray(node)) return node.map(item => replace(item, above))
    if (node === null || typeof node !== 'object') return node
    const {$ref} = node as {$ref?: unknown}
    const name = typeof $ref === 'string' ? MODEL_REFERENCE.exec($ref)?.[1] : undefined
    const target = name === undefined ? undefined : entryOf(record.models, name)
    if (target && !above.includes(name!)) return replace(JSON.parse(target.schema!), [...above, name!])
    return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, replace(value, above)]))
  }
  return replace(JSON.parse(model.schema!), [model.name!])
}
