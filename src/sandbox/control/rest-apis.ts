import type {
  CreateRestApiRequest,
  EndpointConfiguration,
  EndpointType,
  Method,
  Resource,
  RestApi,
  UpdateRestApiRequest,
} from '@aws-sdk/client-api-gateway'
import {badRequest} from '../errors.js'
import {longId, shortId} from '../identifiers.js'
import type {Call, Handlers} from '../service.js'
import type {RestApiRecord, Snapshot} from '../store.js'
import {checkRoom} from './limits.js'
import {restApiOf} from './lookup.js'
import {defaultModels} from './models.js'
import {type PageRequest, page} from './paging.js'
import {type Apply, PatchTable, setFlag, setText} from './patch.js'
import {checkTags, taggedBriefly, taggedFully} from './tags.js'

export const restApis: Handlers = {
  CreateRestApi(input: CreateRestApiRequest, call) {
    const source = input.cloneFrom ? restApiOf(call, input.cloneFrom) : undefined
    const record = newRestApi(input, call)
    if (source) cloneInto(record, source)
    else record.models = defaultModels()
    record.api = withWholeArns(record.api, call)
    call.state.restApis[record.api.id!] = record
    return shownApi(taggedBriefly(record.api))
  },

  GetRestApi: (input: {restApiId: string}, call) => shownApi(taggedFully(restApiOf(call, input.restApiId).api)),

  GetRestApis: (input: PageRequest, call) =>
    page(
      Object.values(call.state.restApis).map(record => shownApi(taggedBriefly(record.api))),
      input,
    ),

  UpdateRestApi(input: UpdateRestApiRequest, call) {
    const record = restApiOf(call, input.restApiId)
    const next = PATCHES.apply(record.api, input.patchOperations)
    checkName(next.name)
    record.api = withWholeArns(next, call)
    return shownApi(taggedFully(record.api))
  },

  DeleteRestApi({restApiId}: {restApiId: string}, call) {
    restApiOf(call, restApiId)
    const mapped = Object.values(call.state.domainNames).some(({mappings}) =>
      Object.values(mappings).some(mapping => mapping.restApiId === restApiId),
    )
    if (mapped) {
      throw badRequest(
        `Deleting RestApi ${restApiId} failed. Please remove all base path mappings related to the RestApi in your domains.`,
      )
    }
    for (const {plan} of Object.values(call.state.usagePlans)) {
      plan.apiStages = plan.apiStages?.filter(stage => stage.apiId !== restApiId)
    }
    delete call.state.restApis[restApiId]
  },
}

/**
 * A new API with its root resource and the service's defaults, not yet in the store. It has no models: those that
 * CreateRestApi adds by itself are not there after an import.
 * @throws ServiceError BadRequestException in the service's order of checks; LimitExceededException
 */
export function newRestApi(input: CreateRestApiRequest, call: Call): RestApiRecord {
  if (input.description === '') throw badRequest('Description cannot be an empty string')
  checkName(input.name)
  const endpointConfiguration = newEndpointConfiguration(input.endpointConfiguration)
  checkCompressionSize(input.minimumCompressionSize)
  checkTags(input.tags)
  checkApiRoom(endpointConfiguration.types![0]!, call)
  const rootResourceId = longId()
  const {name, description, version, minimumCompressionSize, policy, tags, securityPolicy, endpointAccessMode} = input
  const api: RestApi = {
    id: longId(),
    name,
    description,
    createdDate: call.now(),
    version,
    binaryMediaTypes: input.binaryMediaTypes?.length ? input.binaryMediaTypes : undefined,
    minimumCompressionSize: minimumCompressionSize ?? undefined,
    apiKeySource: input.apiKeySource ?? 'HEADER',
    endpointConfiguration,
    policy: policy || undefined,
    tags,
    disableExecuteApiEndpoint: input.disableExecuteApiEndpoint ?? false,
    rootResourceId,
    // Answers of 2026 also carry `apiStatus`, and TLS_1_0 where no policy was set; the older recordings, which the
    // sandbox is held against, do not. Both are shown only once set.
    securityPolicy,
    endpointAccessMode,
  }
  return {
    api,
    resources: {[rootResourceId]: {id: rootResourceId, path: '/'}},
    models: {},
    requestValidators: {},
    authorizers: {},
    gatewayResponses: {},
    deployments: {},
    stages: {},
    documentationParts: {},
    documentationVersions: {},
  }
}

/**
 * The form in which answers show an API: its policy stands there escaped, as if it were inside of a JSON string. Source:
 * clients of the service, which all unescape it before they read it (Terraform's provider, rest_api.go).
 */
export function shownApi(api: RestApi): RestApi {
  return api.policy ? {...api, policy: JSON.stringify(api.policy).slice(1, -1)} : api
}

/**
 * An API whose policy names it by its whole ARN: `execute-api:/...` is expanded when a policy is saved. Source: developer
 * guide, Access policy language overview for Amazon API Gateway; seen in answers (go-to-k/cdk-real-drift#676).
 */
export function withWholeArns(api: RestApi, {region, accountId}: Call): RestApi {
  const policy = api.policy?.replaceAll('"execute-api:/', `"arn:aws:execute-api:${region}:${accountId}:${api.id}/`)
  return {...api, policy}
}

function newEndpointConfiguration(input: EndpointConfiguration | undefined): EndpointConfiguration {
  const types = input?.types ?? ['EDGE']
  if (types.length === 0) throw badRequest('REGIONAL Configuration and EDGE Configuration cannot be both DISABLED.')
  if (types.length > 1) throw badRequest('Cannot create an api with multiple Endpoint Types.')
  const isPrivate = types[0] === 'PRIVATE'
  if (isPrivate && input?.ipAddressType === 'ipv4') throw onlyDualstack()
  return {
    types,
    ipAddressType: input?.ipAddressType ?? (isPrivate ? 'dualstack' : 'ipv4'),
    vpcEndpointIds: input?.vpcEndpointIds,
  }
}

/** The wording is an assumption. */
function checkName(name: string | undefined): void {
  if (!name) throw badRequest('Name cannot be an empty string')
}

const onlyDualstack = () => badRequest('Only dualstack ipAddressType is supported for Private APIs.')

const MAX_COMPRESSION_SIZE = 10_485_760

function checkCompressionSize(size: number | null | undefined): void {
  if (size === null || size === undefined) return
  if (!Number.isInteger(size) || size < 0 || size > MAX_COMPRESSION_SIZE) {
    throw badRequest(`Invalid minimum compression size, must be between 0 and ${MAX_COMPRESSION_SIZE}`)
  }
}

const API_KINDS = {REGIONAL: 'Regional APIs', EDGE: 'Edge-optimized APIs', PRIVATE: 'Private APIs'} as const

function checkApiRoom(type: EndpointType, call: Call): void {
  const all = Object.values(call.state.restApis)
  checkRoom(API_KINDS[type], all.filter(({api}) => api.endpointConfiguration?.types?.[0] === type).length)
}

const replaceEndpointType: Apply<RestApi> = (api, {value}) => {
  if (!Object.hasOwn(API_KINDS, value ?? '')) {
    throw badRequest('Invalid EndpointTypes specified. Valid options are REGIONAL,EDGE,PRIVATE')
  }
  const type = value as EndpointType
  // Source: API migration page. The wording is an assumption.
  if (type === 'EDGE' && api.endpointConfiguration?.types?.includes('PRIVATE')) {
    throw badRequest('A private API can only be changed to a Regional API.')
  }
  const ipAddressType = type === 'PRIVATE' ? 'dualstack' : api.endpointConfiguration?.ipAddressType
  api.endpointConfiguration = {...api.endpointConfiguration, types: [type], ipAddressType}
}

const refuseEndpointType: Apply<RestApi> = () => {
  throw badRequest("Invalid patch operation specified. Must be 'add'|'remove'|'replace'")
}

const replaceIpAddressType: Apply<RestApi> = (api, {value}) => {
  if (value !== 'ipv4' && value !== 'dualstack') throw badRequest('ipAddressType must be either ipv4 or dualstack.')
  if (value === 'ipv4' && api.endpointConfiguration?.types?.includes('PRIVATE')) throw onlyDualstack()
  api.endpointConfiguration = {...api.endpointConfiguration, ipAddressType: value}
}

const changeVpcEndpoints =
  (change: (ids: string[], value: string) => string[]): Apply<RestApi> =>
  (api, {value = ''}) => {
    const ids = change(api.endpointConfiguration?.vpcEndpointIds ?? [], value)
    api.endpointConfiguration = {...api.endpointConfiguration, vpcEndpointIds: ids.length > 0 ? ids : undefined}
  }

/** The path names the old type; the value, where there is one, the new. */
const changeBinaryTypes =
  (change: (types: string[], type: string, value: string) => string[]): Apply<RestApi> =>
  (api, {names: [type = ''], value = ''}) => {
    const types = change(api.binaryMediaTypes ?? [], type, value)
    api.binaryMediaTypes = types.length > 0 ? types : undefined
  }

const PATCHES = new PatchTable<RestApi>(
  [
    {path: '/name', replace: setText('name')},
    {
      path: '/description',
      add: setText('description'),
      replace: setText('description'),
      remove: api => {
        api.description = undefined
      },
    },
    {path: '/policy', replace: setText('policy')},
    {
      path: '/binaryMediaTypes/{type}',
      add: changeBinaryTypes((types, type) => [...types.filter(each => each !== type), type]),
      // Recorded: the new type comes last.
      replace: changeBinaryTypes((types, type, value) => [...types.filter(each => each !== type), value]),
      remove: changeBinaryTypes((types, type) => types.filter(each => each !== type)),
    },
    {
      path: '/minimumCompressionSize',
      replace: (api, {value}) => {
        const size = value ? Number(value) : undefined
        checkCompressionSize(size)
        api.minimumCompressionSize = size
      },
    },
    {
      path: '/apiKeySource',
      replace: (api, {value}) => {
        // The wording is an assumption.
        if (value !== 'HEADER' && value !== 'AUTHORIZER') {
          throw badRequest('Invalid API key source specified. Valid options are HEADER,AUTHORIZER')
        }
        api.apiKeySource = value
      },
    },
    {path: '/disableExecuteApiEndpoint', replace: setFlag('disableExecuteApiEndpoint')},
    {
      path: '/endpointConfiguration/types/{type}',
      add: refuseEndpointType,
      replace: replaceEndpointType,
      remove: refuseEndpointType,
    },
    {path: '/endpointConfiguration/ipAddressType', replace: replaceIpAddressType},
    {
      path: '/endpointConfiguration/vpcEndpointIds',
      add: changeVpcEndpoints((ids, id) => [...ids.filter(each => each !== id), id]),
      remove: changeVpcEndpoints((ids, id) => ids.filter(each => each !== id)),
    },
    {path: '/securityPolicy', replace: setText('securityPolicy')},
    {path: '/endpointAccessMode', replace: setText('endpointAccessMode')},
  ],
  'plain',
)

/**
 * Copies what can be edited of one API into another under ids of its own; deployments, stages and the settings of the API
 * itself stay behind. Assumed: the reference says no more than "the ID of the RestApi that you want to clone from".
 */
function cloneInto(target: RestApiRecord, source: RestApiRecord): void {
  const {resources, models, requestValidators, authorizers, gatewayResponses} = structuredClone<Snapshot>(source)
  const ids = new Map([[source.api.rootResourceId!, target.api.rootResourceId!]])
  const renamed = (id: string | undefined) => (id === undefined ? undefined : ids.get(id))
  for (const id of [...Object.keys(resources), ...Object.keys(requestValidators), ...Object.keys(authorizers)]) {
    if (!ids.has(id)) ids.set(id, shortId())
  }
  const rekeyed = <Item extends {id?: string}>(items: Record<string, Item>) =>
    Object.fromEntries(Object.values(items).map(item => [renamed(item.id)!, {...item, id: renamed(item.id)}]))
  target.resources = rekeyed<Resource>(resources)
  for (const resource of Object.values(target.resources)) {
    resource.parentId = renamed(resource.parentId)
    for (const method of Object.values<Method>(resource.resourceMethods ?? {})) {
      method.authorizerId = renamed(method.authorizerId)
      method.requestValidatorId = renamed(method.requestValidatorId)
      const {methodIntegration: integration} = method
      if (integration) integration.cacheNamespace = renamed(integration.cacheNamespace) ?? integration.cacheNamespace
    }
  }
  target.requestValidators = rekeyed(requestValidators)
  target.authorizers = rekeyed(authorizers)
  target.models = Object.fromEntries(
    Object.entries(models).map(([name, model]) => {
      const schema = model.schema?.replaceAll(
        `/restapis/${source.api.id}/models/`,
        `/restapis/${target.api.id}/models/`,
      )
      return [name, {...model, id: shortId(), schema}]
    }),
  )
  target.gatewayResponses = gatewayResponses
}
