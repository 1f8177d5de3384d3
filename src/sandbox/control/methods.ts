import type {PutIntegrationRequest, PutMethodRequest} from '@aws-sdk/client-api-gateway'
import type {Handlers} from '../service.js'
import {resourceOf, restApiOf} from './lookup.js'

export const methods: Handlers = {
  PutMethod(input: PutMethodRequest, call) {
    const resource = resourceOf(restApiOf(call, input.restApiId), input.resourceId)
    const {restApiId: _, resourceId: __, ...members} = input
    const method = {...members, apiKeyRequired: input.apiKeyRequired ?? false}
    resource.resourceMethods = {...resource.resourceMethods, [input.httpMethod!]: method}
    return method
  },

  PutIntegration(input: PutIntegrationRequest, call) {
    const resource = resourceOf(restApiOf(call, input.restApiId), input.resourceId)
    const method = resource.resourceMethods?.[input.httpMethod!]
    const {restApiId: _, resourceId: __, integrationHttpMethod, ...members} = input
    const integration = {
      ...members,
      httpMethod: integrationHttpMethod,
      passthroughBehavior: input.passthroughBehavior ?? 'WHEN_NO_MATCH',
      timeoutInMillis: input.timeoutInMillis ?? 29_000,
      cacheNamespace: input.cacheNamespace ?? resource.id,
      cacheKeyParameters: input.cacheKeyParameters ?? [],
    }
    if (method) method.methodIntegration = integration
    return integration
  },
}
