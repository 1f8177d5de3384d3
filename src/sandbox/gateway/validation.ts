import type {ErrorObject, ValidateFunction} from 'ajv'
import ajvDraft04 from 'ajv-draft-04'
import type {Snapshot} from '../store.js'
import {header, mediaType} from './fields.js'
import {GatewayFault} from './gateway-responses.js'
import {configurationError} from './integrations/failures.js'
import type {Invocation} from './invocation.js'
import {mappedRequestValue} from './parameter-mapping.js'

/**
 * Holds a request against its method: required parameters, then the body against the model of its content type, as far
 * as the method's validator asks for it.
 * @throws GatewayFault BAD_REQUEST_PARAMETERS or BAD_REQUEST_BODY
 */
export function validateRequest(invocation: Invocation): void {
  const {method, snapshot} = invocation
  const validator = snapshot.requestValidators[method.requestValidatorId ?? '']
  if (validator?.validateRequestParameters) requireParameters(invocation)
  if (validator?.validateRequestBody) validateBody(invocation)
}

/** A parameter that is there but empty counts as missing. */
function requireParameters(invocation: Invocation): void {
  const required = Object.entries(invocation.method.requestParameters ?? {}).filter(([, isRequired]) => isRequired)
  const missing = required.filter(([source]) => !mappedRequestValue(source, invocation)?.at(-1)?.trim())
  if (missing.length === 0) return
  const names = missing.map(([source]) => source.split('.').slice(3).join('.')).join(', ')
  throw new GatewayFault('BAD_REQUEST_PARAMETERS', {message: `Missing required request parameters: [${names}]`})
}

function validateBody(invocation: Invocation): void {
  const {log, method, request} = invocation
  const contentType = mediaType(header(request.headers, 'content-type')) ?? 'application/json'
  const model = method.requestModels?.[contentType] ?? method.requestModels?.$default
  const validate = model && validatorOf(invocation, model)
  if (!validate) return
  const problems = problemsOf(validate, request.body.toString())
  if (problems.length === 0) return
  const detail = `[${problems.join(', ')}]`
  log.error(`Request body does not match model schema for content type ${contentType}: ${detail}`)
  throw new GatewayFault('BAD_REQUEST_BODY', {detail})
}

function problemsOf(validate: ValidateFunction, body: string): string[] {
  let document: unknown
  try {
    // The service takes no body for an empty object.
    document = JSON.parse(body.trim() === '' ? '{}' : body)
  } catch {
    return ['Unknown error parsing request body']
  }
  return validate(document) ? [] : messagesOf(validate.errors ?? [])
}

const compiled = new WeakMap<Snapshot, Map<string, ValidateFunction | undefined>>()

/** Deployed models never change, so they are compiled once. Undefined for a model that is not there or has no schema. */
function validatorOf(invocation: Invocation, name: string): ValidateFunction | undefined {
  const {snapshot} = invocation
  let known = compiled.get(snapshot)
  if (!known) {
    known = new Map()
    compiled.set(snapshot, known)
  }
  try {
    if (!known.has(name)) known.set(name, compileModel(snapshot, name))
  } catch (error) {
    throw configurationError(invocation, `Invalid model ${name}: ${(error as Error).message}`)
  }
  return known.get(name)
}

/** Models refer to each other by `https://apigateway.amazonaws.com/restapis/{api}/models/{name}`. */
function compileModel({api, models}: Snapshot, name: string): ValidateFunction | undefined {
  if (!models[name]?.schema || !models[name].contentType?.includes('json')) return undefined
  const ajv = new ajvDraft04.default({strict: false, allErrors: true, verbose: true, logger: false})
  const urlOf = (model: string) => `https://apigateway.amazonaws.com/restapis/${api.id}/models/${model}`
  for (const [other, {contentType, schema}] of Object.entries(models)) {
    // A model of another type is text that nothing is held against.
    if (!schema || !contentType?.includes('json')) continue
    // Which draft a schema says it is makes no difference to the service, which knows draft 4 only.
    const {$schema: _, id: __, ...document} = JSON.parse(schema) as Record<string, unknown>
    ajv.addSchema(document, urlOf(other))
  }
  return ajv.getSchema(urlOf(name)) as ValidateFunction | undefined
}

/** The words of the validator that the service uses (json-schema-validator for Java), as far as reports show them. */
function messagesOf(errors: ErrorObject[]): string[] {
  const messages = new Set<string>()
  for (const error of errors) {
    const alike = errors.filter(other => other.keyword === error.keyword && other.instancePath === error.instancePath)
    messages.add(messageOf(error, alike))
  }
  return [...messages]
}

function messageOf({keyword, params, data, schema, message}: ErrorObject, alike: ErrorObject[]): string {
  const value = JSON.stringify(data)
  switch (keyword) {
    case 'required':
      return `object has missing required properties (${listed(alike, 'missingProperty')})`
    case 'additionalProperties':
      return `object instance has properties which are not allowed by the schema: ${listed(alike, 'additionalProperty')}`
    case 'type':
      return `instance type (${typeOf(data)}) does not match any allowed primitive type (allowed: ${allowedTypes(schema)})`
    case 'enum':
      return `instance value (${value}) not found in enum (possible values: ${JSON.stringify(schema)})`
    case 'minLength':
      return `string ${value} is too short (length: ${[...String(data)].length}, required minimum: ${params.limit})`
    case 'maxLength':
      return `string ${value} is too long (length: ${[...String(data)].length}, maximum allowed: ${params.limit})`
    case 'pattern':
      return `ECMA 262 regex ${JSON.stringify(schema)} does not match input string ${value}`
    case 'minimum':
      return `numeric instance is lower than the required minimum (minimum: ${params.limit}, found: ${value})`
    case 'maximum':
      return `numeric instance is greater than the required maximum (maximum: ${params.limit}, found: ${value})`
    case 'minItems':
      return `array is too short: must have at least ${params.limit} elements but instance has ${(data as unknown[]).length} elements`
    case 'maxItems':
      return `array is too long: must have at most ${params.limit} elements but instance has ${(data as unknown[]).length} elements`
    default:
      return message ?? keyword
  }
}

const listed = (errors: ErrorObject[], parameter: string) =>
  JSON.stringify([...new Set(errors.map(({params}) => String(params[parameter])))].sort())

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  return Number.isInteger(value) ? 'integer' : typeof value
}

/** A number may be an integer, and the validator says so. */
function allowedTypes(schema: unknown): string {
  const types = new Set([schema].flat().map(String))
  if (types.has('number')) types.add('integer')
  return JSON.stringify([...types].sort())
}
