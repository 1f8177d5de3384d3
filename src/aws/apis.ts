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
    async import({body, endpointType, failOnWarnings, basePath}) {
      const parameters = {
        ...(endpointType ? {endpointConfigurationTypes: endpointType} : {}),
        ...(basePath ? {basepath: basePath} : {}),
      }
      return restApiFrom(await send(new sdk.ImportRestApiCommand({body, failOnWarnings, parameters})))
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
    policy: api.policy,
    tags: api.tags ?? {},
    warnings: api.warnings ?? [],
  }
}
