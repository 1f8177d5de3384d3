import type {Integration, IntegrationResponse, Method, MethodResponse, Resource} from '@aws-sdk/client-api-gateway'
import {collect} from '../domain/apis.js'
import {Problem} from '../domain/problem.js'
import {during, type Session} from '../domain/session.js'
import type {
  EditedApi,
  EditedIntegration,
  EditedMethod,
  EditedResource,
  SnapshotSource,
} from '../domain/snapshots/source.js'
import {openApiGateway} from './api-gateway.js'
import {allPages} from './paging.js'
import {policyFrom} from './policy.js'

/**
 * All that an export can tell. `apigateway` alone is recorded to bring integrations, and documented to bring no more
 * than those; authorizers are documented under a name of their own. Source: API reference, GetExport.
 */
const EXTENSIONS = 'integrations,authorizers,apigateway'

/**
 * Snapshots of REST APIs over the SDK.
 * @param outwaitsThrottles false where they are only nice to know: then a throttle is thrown at once
 */
export async function openSnapshots(session: Session, {outwaitsThrottles = true} = {}): Promise<SnapshotSource> {
  const {sdk, ...gateway} = await openApiGateway(session)
  const send = outwaitsThrottles ? gateway.send : gateway.sendIfFree

  async function settings(restApiId: string): Promise<EditedApi['api']> {
    const api = await send(new sdk.GetRestApiCommand({restApiId}))
    const {binaryMediaTypes, minimumCompressionSize, apiKeySource, disableExecuteApiEndpoint} = api
    return {
      policy: policyFrom(api.policy),
      binaryMediaTypes,
      minimumCompressionSize,
      apiKeySource,
      disableExecuteApiEndpoint,
      vpcEndpointIds: api.endpointConfiguration?.vpcEndpointIds,
      securityPolicy: api.securityPolicy,
      endpointAccessMode: api.endpointAccessMode,
    }
  }

  async function resources(restApiId: string): Promise<EditedResource[]> {
    const read: Promise<EditedResource>[] = []
    const pages = allPages(page => send(new sdk.GetResourcesCommand({restApiId, embed: ['methods'], ...page})))
    return during(session, 'reading the API', async progress => {
      for await (const resource of pages) {
        read.push(resourceFrom(restApiId, resource))
        progress.at(read.length, {unit: 'resources'})
      }
      return Promise.all(read)
    })
  }

  /** Some endpoints that stand in for AWS do not embed the methods: then each is asked for. */
  async function resourceFrom(restApiId: string, {id = '', path = '/', resourceMethods = {}}: Resource) {
    const methods = Object.entries(resourceMethods).map(async ([httpMethod, embedded]) => {
      const isEmbedded = embedded.httpMethod !== undefined
      const method = isEmbedded
        ? embedded
        : await send(new sdk.GetMethodCommand({restApiId, resourceId: id, httpMethod}))
      return [httpMethod, methodFrom(method)] as const
    })
    return {id, path, methods: Object.fromEntries(await Promise.all(methods))}
  }

  return {
    async edited(restApiId, {withUnused = false} = {}) {
      const reading = resources(restApiId)
      /** Calls are scarce: what no method refers to is not asked for. */
      const ifUsed = async <Item>(isUser: (method: EditedMethod) => boolean, items: AsyncIterable<Item>) =>
        withUnused || (await reading).some(({methods}) => Object.values(methods).some(isUser)) ? collect(items) : []
      const [api, tree, authorizers, models, validators, responses] = await Promise.all([
        settings(restApiId),
        reading,
        ifUsed(
          method => Boolean(method.authorizerId),
          allPages(page => send(new sdk.GetAuthorizersCommand({restApiId, ...page}))),
        ),
        ifUsed(
          usesModels,
          allPages(page => send(new sdk.GetModelsCommand({restApiId, ...page}))),
        ),
        ifUsed(
          method => Boolean(method.requestValidatorId),
          allPages(page => send(new sdk.GetRequestValidatorsCommand({restApiId, ...page}))),
        ),
        collect(allPages(page => send(new sdk.GetGatewayResponsesCommand({restApiId, ...page})))),
      ])
      return {
        api,
        resources: tree,
        authorizers: authorizers.map(({id = '', name = '', type = '', ...authorizer}) => ({
          id,
          name,
          type,
          uri: authorizer.authorizerUri,
          credentials: authorizer.authorizerCredentials,
          identitySource: authorizer.identitySource,
          identityValidationExpression: authorizer.identityValidationExpression,
          ttl: authorizer.authorizerResultTtlInSeconds,
          providerArns: authorizer.providerARNs,
        })),
        models: models.map(({name = '', contentType, schema}) => ({name, contentType, schema})),
        validators: validators.map(({id = '', name = '', validateRequestBody, validateRequestParameters}) => ({
          id,
          name,
          body: validateRequestBody ?? false,
          parameters: validateRequestParameters ?? false,
        })),
        gatewayResponses: responses
          .filter(response => !response.defaultResponse)
          .map(({responseType = '', statusCode, responseParameters, responseTemplates}) => ({
            ...{type: responseType, statusCode, responseParameters, responseTemplates},
          })),
      }
    },

    async exported(restApiId, stageName) {
      const form = {exportType: 'oas30', accepts: 'application/json', parameters: {extensions: EXTENSIONS}}
      const {body} = await send(new sdk.GetExportCommand({restApiId, stageName, ...form}))
      try {
        return JSON.parse(new TextDecoder().decode(body))
      } catch (error) {
        const text = `What stage ${stageName} serves cannot be told: its export is no JSON.`
        throw new Problem('failed', text, undefined, {cause: error})
      }
    },

    async summary(restApiId, deploymentId) {
      const command = new sdk.GetDeploymentCommand({restApiId, deploymentId, embed: ['apisummary']})
      return (await send(command)).apiSummary ?? {}
    },
  }
}

function usesModels({requestModels = {}, methodResponses = {}}: EditedMethod): boolean {
  const models = [requestModels, ...Object.values(methodResponses).map(({responseModels = {}}) => responseModels)]
  return models.some(byContentType => Object.keys(byContentType).length > 0)
}

function methodFrom({httpMethod: _, methodIntegration, methodResponses, ...method}: Method): EditedMethod {
  return {
    authorizationType: method.authorizationType,
    authorizerId: method.authorizerId,
    authorizationScopes: method.authorizationScopes,
    apiKeyRequired: method.apiKeyRequired,
    operationName: method.operationName,
    requestValidatorId: method.requestValidatorId,
    requestParameters: method.requestParameters,
    requestModels: method.requestModels,
    methodResponses: mapped(methodResponses, ({responseParameters, responseModels}: MethodResponse) => ({
      ...{responseParameters, responseModels},
    })),
    integration: methodIntegration && integrationFrom(methodIntegration),
  }
}

function integrationFrom({type = 'MOCK', ...integration}: Integration): EditedIntegration {
  return {
    type,
    httpMethod: integration.httpMethod,
    uri: integration.uri,
    connectionType: integration.connectionType,
    connectionId: integration.connectionId,
    integrationTarget: integration.integrationTarget,
    credentials: integration.credentials,
    requestParameters: integration.requestParameters,
    requestTemplates: templatesFrom(integration.requestTemplates),
    passthroughBehavior: integration.passthroughBehavior,
    contentHandling: integration.contentHandling,
    timeoutInMillis: integration.timeoutInMillis,
    cacheNamespace: integration.cacheNamespace,
    cacheKeyParameters: integration.cacheKeyParameters,
    insecureSkipVerification: integration.tlsConfig?.insecureSkipVerification,
    responseTransferMode: integration.responseTransferMode,
    integrationResponses: mapped(integration.integrationResponses, (response: IntegrationResponse) => ({
      selectionPattern: response.selectionPattern,
      responseParameters: response.responseParameters,
      responseTemplates: templatesFrom(response.responseTemplates),
      contentHandling: response.contentHandling,
    })),
  }
}

/** The service returns null for an empty template. */
const templatesFrom = (templates: Record<string, string | null> = {}) => mapped(templates, template => template ?? '')

const mapped = <Value, Result>(map: Record<string, Value> = {}, change: (value: Value) => Result) =>
  Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value)]))
