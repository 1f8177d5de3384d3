import type {CreateRestApiRequest, RestApi} from '@aws-sdk/client-api-gateway'
import {longId} from '../identifiers.js'
import type {Call, Handlers} from '../service.js'
import type {RestApiRecord} from '../store.js'
import {restApiOf} from './lookup.js'
import {page} from './paging.js'

export const restApis: Handlers = {
  CreateRestApi(input: CreateRestApiRequest, call) {
    const record = newRestApi(input, call)
    call.state.restApis[record.api.id!] = record
    return record.api
  },

  GetRestApi: (input: {restApiId: string}, call) => restApiOf(call, input.restApiId).api,

  GetRestApis: (input: {position?: string; limit?: number}, call) =>
    page(
      Object.values(call.state.restApis).map(record => record.api),
      input,
    ),

  DeleteRestApi(input: {restApiId: string}, call) {
    restApiOf(call, input.restApiId)
    delete call.state.restApis[input.restApiId]
  },
}

function newRestApi(input: CreateRestApiRequest, call: Call): RestApiRecord {
  const rootResourceId = longId()
  const api: RestApi = {
    id: longId(),
    name: input.name,
    description: input.description,
    createdDate: call.now(),
    apiKeySource: input.apiKeySource ?? 'HEADER',
    endpointConfiguration: {
      types: input.endpointConfiguration?.types ?? ['EDGE'],
      ipAddressType: 'ipv4',
    },
    disableExecuteApiEndpoint: input.disableExecuteApiEndpoint ?? false,
    rootResourceId,
    tags: input.tags,
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
