import type {Method as SdkMethod, Resource as SdkResource} from '@aws-sdk/client-api-gateway'
import type {Method, Resource, RouteStore} from '../domain/routes.js'
import type {Session} from '../domain/session.js'
import {openApiGateway} from './api-gateway.js'
import {allPages} from './paging.js'

/** Resources and methods over the SDK. */
export async function openRoutes(session: Session): Promise<RouteStore> {
  const {sdk, send} = await openApiGateway(session)
  return {
    async *resources(restApiId) {
      const pages = allPages(page => send(new sdk.GetResourcesCommand({restApiId, embed: ['methods'], ...page})))
      for await (const resource of pages) yield resourceFrom(resource)
    },
    async deployed(restApiId, deploymentId) {
      const command = new sdk.GetDeploymentCommand({restApiId, deploymentId, embed: ['apisummary']})
      const {apiSummary} = await send(command)
      return Object.entries(apiSummary ?? {}).flatMap(([path, methods]) =>
        Object.entries(methods).map(([method, {authorizationType, apiKeyRequired}]) => ({
          path,
          method,
          authorization: authorizationType ?? 'NONE',
          apiKeyRequired: apiKeyRequired ?? false,
        })),
      )
    },
  }
}

function resourceFrom(resource: SdkResource): Resource {
  return {
    id: resource.id ?? '',
    parentId: resource.parentId,
    path: resource.path ?? '/',
    methods: Object.entries(resource.resourceMethods ?? {}).map(([name, method]) => methodFrom(name, method)),
  }
}

function methodFrom(name: string, {authorizationType, apiKeyRequired, methodIntegration}: SdkMethod): Method {
  return {
    name,
    authorization: authorizationType ?? 'NONE',
    apiKeyRequired: apiKeyRequired ?? false,
    integration: methodIntegration && {
      type: methodIntegration.type ?? '',
      uri: methodIntegration.uri,
      httpMethod: methodIntegration.httpMethod,
    },
  }
}
