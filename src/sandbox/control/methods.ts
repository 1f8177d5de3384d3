import type {
  Method,
  MethodResponse,
  PutMethodRequest,
  PutMethodResponseRequest,
  UpdateMethodRequest,
  UpdateMethodResponseRequest,
} from '@aws-sdk/client-api-gateway'
import {badRequest, conflict, notFound} from '../errors.js'
import type {Call, Handlers} from '../service.js'
import {entryOf, type RestApiRecord} from '../store.js'
import {type MethodAddress, methodOf, resourceOf, restApiOf} from './lookup.js'
import {addItem, entryRule, PatchTable, removeItem, setFlag, setText} from './patch.js'

type ResponseAddress = MethodAddress & {statusCode: string}

export const methods: Handlers = {
  PutMethod(input: PutMethodRequest, call) {
    const resource = resourceOf(call, input as MethodAddress)
    const name = input.httpMethod!
    if (!HTTP_METHODS.includes(name)) throw invalidHttpMethod()
    if (resource.resourceMethods?.[name]) throw conflict('Method already exists for this resource')
    const {restApiId, resourceId, authorizationType, apiKeyRequired, ...members} = input
    const put = {
      ...members,
      authorizationType: authorizationType!.toUpperCase(),
      apiKeyRequired: apiKeyRequired ?? false,
    }
    const method = checkedMethod(put, restApiOf(call, restApiId))
    resource.resourceMethods = {...resource.resourceMethods, [name]: method}
    return method
  },

  GetMethod: (input: MethodAddress, call) => methodOf(call, input),

  UpdateMethod(input: UpdateMethodRequest, call) {
    const next = METHOD_PATCHES.apply(methodOf(call, input as MethodAddress), input.patchOperations)
    return replaceMethod(call, input as MethodAddress, checkedMethod(next, restApiOf(call, input.restApiId)))
  },

  DeleteMethod(input: MethodAddress, call) {
    methodOf(call, input)
    const {[input.httpMethod]: _, ...rest} = resourceOf(call, input).resourceMethods!
    resourceOf(call, input).resourceMethods = rest
  },

  PutMethodResponse(input: PutMethodResponseRequest, call) {
    const method = methodOf(call, input as MethodAddress)
    const {statusCode, responseParameters, responseModels} = input
    // The wording is an assumption.
    if (method.methodResponses?.[statusCode!]) throw conflict('Response already exists for this resource')
    const response: MethodResponse = {statusCode, responseParameters, responseModels}
    checkNames(responseParameters, RESPONSE_HEADER)
    checkModels(responseModels, restApiOf(call, input.restApiId))
    method.methodResponses = {...method.methodResponses, [statusCode!]: response}
    return response
  },

  GetMethodResponse: (input: ResponseAddress, call) => methodResponseOf(call, input),

  UpdateMethodResponse(input: UpdateMethodResponseRequest, call) {
    const address = input as ResponseAddress
    const next = RESPONSE_PATCHES.apply(methodResponseOf(call, address), input.patchOperations)
    checkNames(next.responseParameters, RESPONSE_HEADER)
    checkModels(next.responseModels, restApiOf(call, input.restApiId))
    methodOf(call, address).methodResponses![address.statusCode] = next
    return next
  },

  DeleteMethodResponse(input: ResponseAddress, call) {
    methodResponseOf(call, input)
    const method = methodOf(call, input)
    const {[input.statusCode]: _, ...rest} = method.methodResponses!
    method.methodResponses = Object.keys(rest).length > 0 ? rest : undefined
  },
}

const HTTP_METHODS = ['GET', 'PUT', 'POST', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD', 'ANY']

const invalidHttpMethod = () => badRequest(`Invalid HttpMethod specified. Valid options are ${HTTP_METHODS.join(',')}`)

/** Puts a method in the place of the one at an address. */
function replaceMethod(call: Call, address: MethodAddress, method: Method): Method {
  resourceOf(call, address).resourceMethods![address.httpMethod] = method
  return method
}

function methodResponseOf(call: Call, address: ResponseAddress): MethodResponse {
  const response = entryOf(methodOf(call, address).methodResponses ?? {}, address.statusCode)
  if (!response) throw notFound('Invalid Response status code specified')
  return response
}

const AUTHORIZATION_TYPES = ['NONE', 'AWS_IAM', 'CUSTOM', 'COGNITO_USER_POOLS']

/**
 * A method as the service would keep it: what it refers to must be there; an authorizer without an authorization type
 * that has one is dropped silently, as recorded.
 */
function checkedMethod(method: Method, record: RestApiRecord): Method {
  const {authorizationType = '', authorizerId, requestValidatorId, requestModels, requestParameters} = method
  if (!AUTHORIZATION_TYPES.includes(authorizationType)) {
    // The wording is an assumption.
    throw badRequest(`Invalid authorization type specified. Valid options are ${AUTHORIZATION_TYPES.join(',')}`)
  }
  const hasAuthorizer = authorizationType === 'CUSTOM' || authorizationType === 'COGNITO_USER_POOLS'
  if (hasAuthorizer && !entryOf(record.authorizers, authorizerId ?? '')) {
    throw badRequest(
      'Invalid authorizer ID specified. Setting the authorization type to CUSTOM or COGNITO_USER_POOLS requires a valid authorizer.',
    )
  }
  if (requestValidatorId && !entryOf(record.requestValidators, requestValidatorId)) {
    throw badRequest('Invalid Request Validator identifier specified')
  }
  checkModels(requestModels, record)
  checkParameterNames(requestParameters)
  return {...method, authorizerId: hasAuthorizer ? authorizerId : undefined}
}

function checkModels(models: Record<string, string> | undefined, record: RestApiRecord): void {
  for (const name of Object.values(models ?? {})) {
    if (!entryOf(record.models, name) && !BUILT_IN_MODELS.includes(name)) {
      throw badRequest(`Invalid model identifier specified: ${name}`)
    }
  }
}

/** May be referred to even where an import left them out. */
const BUILT_IN_MODELS = ['Empty', 'Error']

function checkParameterNames(parameters: Record<string, boolean> | undefined): void {
  checkNames(parameters, /^method\.request\.(?:querystring|header|path)\.\S+$/)
  const names = Object.keys(parameters ?? {}).map(parameter => parameter.split('.').slice(3).join('.'))
  if (new Set(names).size < names.length) {
    throw badRequest('Parameter names must be unique across querystring, header and path')
  }
}

/** The wording is that for the values of mappings. */
function checkNames(parameters: Record<string, boolean> | undefined, pattern: RegExp): void {
  const errors = Object.keys(parameters ?? {})
    .filter(name => !pattern.test(name))
    .map(name => `Invalid mapping expression specified: ${name}`)
  if (errors.length === 0) return
  throw badRequest(
    `Invalid mapping expression specified: Validation Result: warnings : [], errors : [${errors.join(', ')}]`,
  )
}

const RESPONSE_HEADER = /^method\.response\.header\.\S+$/

export const noParameter = () => notFound('Invalid parameter name specified')
export const noContentType = () => notFound('Content-Type specified was not found')

const isTrue = (value: string | undefined) => value === 'true'
const asText = (value: string | undefined) => value ?? ''

const METHOD_PATCHES = new PatchTable<Method>(
  [
    {path: '/authorizationType', replace: setText('authorizationType')},
    {path: '/authorizerId', replace: setText('authorizerId')},
    {path: '/apiKeyRequired', replace: setFlag('apiKeyRequired')},
    {path: '/operationName', replace: setText('operationName')},
    {path: '/requestValidatorId', replace: setText('requestValidatorId')},
    {path: '/authorizationScopes', add: addItem('authorizationScopes'), remove: removeItem('authorizationScopes')},
    entryRule('/requestParameters/{name}', 'requestParameters', isTrue, noParameter),
    entryRule('/requestModels/{contentType}', 'requestModels', asText, noContentType),
  ],
  'plain',
)

const RESPONSE_PATCHES = new PatchTable<MethodResponse>(
  [
    entryRule('/responseParameters/{name}', 'responseParameters', isTrue, noParameter),
    entryRule('/responseModels/{contentType}', 'responseModels', asText, noContentType),
  ],
  'plain',
)
