import type {
  Integration as SdkIntegration,
  Method as SdkMethod,
  Resource as SdkResource,
} from '@aws-sdk/client-api-gateway'
import type {Method, MethodAddress, MethodIntegration, Resource, RouteStore} from '../domain/routes.js'
import type {Session} from '../domain/session.js'
import {openApiGateway} from './api-gateway.js'
import {allPages} from './paging.js'

const JSON_TYPE = 'application/json'
const PATH_PARAMETER = 'method.request.path.'

/** Resources and methods over the SDK. */
export async function openRoutes(session: Session): Promise<RouteStore> {
  const {sdk, send} = await openApiGateway(session)

  /** Some endpoints that stand in for AWS do not embed the methods: then each is asked for. */
  async function resourceFrom(restApiId: string, {id = '', parentId, path = '/', ...resource}: SdkResource) {
    const methods: Method[] = []
    for (const [httpMethod, embedded] of Object.entries(resource.resourceMethods ?? {})) {
      const isEmbedded = embedded.httpMethod !== undefined
      const method = isEmbedded
        ? embedded
        : await send(new sdk.GetMethodCommand({restApiId, resourceId: id, httpMethod}))
      methods.push(methodFrom(httpMethod, method))
    }
    return {id, parentId, path, methods} satisfies Resource
  }

  return {
    async *resources(restApiId) {
      const pages = allPages(page => send(new sdk.GetResourcesCommand({restApiId, embed: ['methods'], ...page})))
      for await (const resource of pages) yield resourceFrom(restApiId, resource)
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
    async createResource(restApiId, parentId, pathPart) {
      const {id = ''} = await send(new sdk.CreateResourceCommand({restApiId, parentId, pathPart}))
      return id
    },
    async deleteResource(restApiId, resourceId) {
      await send(new sdk.DeleteResourceCommand({restApiId, resourceId}))
    },
    async createMethod(address, {apiKeyRequired, pathParameters}) {
      const requestParameters = Object.fromEntries(pathParameters.map(name => [PATH_PARAMETER + name, true]))
      const settings = {authorizationType: 'NONE', apiKeyRequired, requestParameters}
      await send(new sdk.PutMethodCommand({...methodOf(address), ...settings}))
    },
    async updateMethod(address, {apiKeyRequired, addPathParameters}) {
      const key = {op: 'replace', path: '/apiKeyRequired', value: String(apiKeyRequired)} as const
      const parameters = addPathParameters.map(
        name => ({op: 'add', path: `/requestParameters/${PATH_PARAMETER}${name}`, value: 'true'}) as const,
      )
      const patchOperations = [...(apiKeyRequired === undefined ? [] : [key]), ...parameters]
      await send(new sdk.UpdateMethodCommand({...methodOf(address), patchOperations}))
    },
    async deleteMethod(address) {
      await send(new sdk.DeleteMethodCommand(methodOf(address)))
    },
    async createMethodResponse(address, statusCode) {
      await send(new sdk.PutMethodResponseCommand({...methodOf(address), statusCode}))
    },
    async putIntegration(address, {type, uri, httpMethod, requestParameters, requestTemplate}) {
      const input = {type, uri, integrationHttpMethod: httpMethod, requestParameters}
      // What has another content type than the template gets 415, where by default a mock would answer 500.
      const template =
        requestTemplate === undefined
          ? {}
          : {requestTemplates: {[JSON_TYPE]: requestTemplate}, passthroughBehavior: 'WHEN_NO_TEMPLATES'}
      await send(new sdk.PutIntegrationCommand({...methodOf(address), ...input, ...template}))
    },
    async putIntegrationResponse(address, statusCode, body) {
      const input = {...methodOf(address), statusCode, responseTemplates: {[JSON_TYPE]: body}}
      await send(new sdk.PutIntegrationResponseCommand(input))
    },
  }
}

const methodOf = ({apiId, resourceId, method}: MethodAddress) => ({restApiId: apiId, resourceId, httpMethod: method})

function methodFrom(name: string, method: SdkMethod): Method {
  const declared = Object.keys(method.requestParameters ?? {})
  return {
    name,
    authorization: method.authorizationType ?? 'NONE',
    apiKeyRequired: method.apiKeyRequired ?? false,
    pathParameters: declared.flatMap(name =>
      name.startsWith(PATH_PARAMETER) ? name.slice(PATH_PARAMETER.length) : [],
    ),
    responses: Object.keys(method.methodResponses ?? {}),
    integration: method.methodIntegration && integrationFrom(method.methodIntegration),
  }
}

function integrationFrom(integration: SdkIntegration): MethodIntegration {
  const ok = integration.integrationResponses?.['200']
  return {
    type: integration.type ?? '',
    uri: integration.uri,
    httpMethod: integration.httpMethod,
    requestParameters: integration.requestParameters ?? {},
    requestTemplate: integration.requestTemplates?.[JSON_TYPE],
    body: ok && (ok.responseTemplates?.[JSON_TYPE] ?? ''),
  }
}
