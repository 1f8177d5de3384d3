import type {RestApi as SdkRestApi} from '@aws-sdk/client-api-gateway'
import type {ApiStore, EndpointType, RestApi} from '../domain/apis.js'
import type {Session} from '../domain/session.js'
import {openApiGateway} from './api-gateway.js'
import {allPages} from './paging.js'

/** REST APIs over the SDK. */
export async function openApis(session: Session): Promise<ApiStore> {
  const {sdk, send} = await openApiGateway(session)
  return {
    async *list() {
      for await (const api of allPages(page => send(new sdk.GetRestApisCommand(page)))) yield restApiFrom(api)
    },
    async get(restApiId) {
      return restApiFrom(await send(new sdk.GetRestApiCommand({restApiId})))
    },
    async create({endpointType, vpcEndpointIds, ...settings}) {
      const endpointConfiguration = {types: [endpointType], ...(vpcEndpointIds.length > 0 ? {vpcEndpointIds} : {})}
      return restApiFrom(await send(new sdk.CreateRestApiCommand({...settings, endpointConfiguration})))
    },
    async import({body, endpointType, failOnWarnings, basePath}) {
      const parameters = {
        ...(endpointType ? {endpointConfigurationTypes: endpointType} : {}),
        ...(basePath ? {basepath: basePath} : {}),
      }
      return restApiFrom(await send(new sdk.ImportRestApiCommand({body, failOnWarnings, parameters})))
    },
    async rename(restApiId, name) {
      const patchOperations = [{op: 'replace' as const, path: '/name', value: name}]
      return restApiFrom(await send(new sdk.UpdateRestApiCommand({restApiId, patchOperations})))
    },
  }
}

function restApiFrom(api: SdkRestApi): RestApi {
  return {
    id: api.id ?? '',
    name: api.name ?? '',
    description: api.description,
    endpointType: (api.endpointConfiguration?.types?.[0] ?? 'EDGE') as EndpointType,
    vpcEndpointIds: api.endpointConfiguration?.vpcEndpointIds ?? [],
    createdDate: api.createdDate,
    version: api.version,
    rootResourceId: api.rootResourceId,
    apiKeySource: api.apiKeySource,
    binaryMediaTypes: api.binaryMediaTypes ?? [],
    minimumCompressionSize: api.minimumCompressionSize,
    disableExecuteApiEndpoint: api.disableExecuteApiEndpoint ?? false,
    policy: policyFrom(api.policy),
    tags: api.tags ?? {},
    warnings: api.warnings ?? [],
  }
}

/** The service returns the policy with its quotes escaped, as if inside a JSON string; other servers as it is. */
function policyFrom(policy: string | undefined): string | undefined {
  if (!policy?.includes('\\"')) return policy || undefined
  try {
    return JSON.parse(`"${policy}"`)
  } catch {
    return policy
  }
}
