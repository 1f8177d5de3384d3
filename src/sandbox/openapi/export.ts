import type {
  Authorizer,
  DocumentationPartLocation,
  DocumentationPartType,
  Method,
  Model,
  Resource,
  RestApi,
} from '@aws-sdk/client-api-gateway'
import {defaultModels} from '../control/models.js'
import {badRequest} from '../errors.js'
import type {Snapshot} from '../store.js'
import {builtInSchemes, exportAccess, exportAuthorizer} from './authorizers.js'
import {isoTime, present, type Tree} from './document.js'
import type {PublishedDocumentation} from './documentation.js'
import {exportIntegration} from './integrations.js'
import {exportSchemas} from './models.js'

/** What differs between the two forms of a definition when it is written. Members without a value are left out. */
export interface DefinitionWriter {
  /** What a reference to a schema starts with. */
  schemaPath: string
  document(api: ExportedApi): Tree
  operation(operation: ExportedOperation): Tree
  response(response: ExportedResponse): Tree
}

export interface ExportedApi {
  info: {title: string | undefined; description: string | undefined; version: string; documentation: Tree}
  server: {host: string; stage: string}
  paths: Tree
  /** Undefined where there are none, as the other members. */
  schemas: Tree | undefined
  securitySchemes: Tree | undefined
  endpointConfiguration: Tree | undefined
  extensions: Tree
}

export interface ExportedOperation {
  operationId: string | undefined
  consumes: string[]
  produces: string[]
  parameters: ExportedParameter[]
  /** Names of models by content type. */
  body: Record<string, string>
  responses: Tree
  extensions: Tree
  documentation: Tree
}

export interface ExportedParameter {
  name: string
  in: string
  required: boolean
  documentation: Tree
}

export interface ExportedResponse {
  description: string
  headers: string[]
  /** Names of models by content type. */
  content: Record<string, string>
  documentation: Tree
}

/** Which of the service's own extensions are written. */
export interface Extensions {
  integrations: boolean
  authorizers: boolean
  /** Those of the API as a whole, and the validators. */
  apigateway: boolean
}

export interface ExportSource {
  snapshot: Snapshot
  stage: string
  region: string
  /** What is told with it. */
  documentation: PublishedDocumentation | undefined
}

/** Where a definition has a parameter, and what its documentation is called, by the source in a mapping expression. */
const PARAMETERS = new Map<string, {in: string; type: DocumentationPartType}>([
  ['path', {in: 'path', type: 'PATH_PARAMETER'}],
  ['querystring', {in: 'query', type: 'QUERY_PARAMETER'}],
  ['header', {in: 'header', type: 'REQUEST_HEADER'}],
])
const JSON_TYPE = 'application/json'

/**
 * The definition of a deployed API. Schemas are those that a method uses, directly or through another: models that no
 * method uses are not exported by the service either.
 * @throws ServiceError BadRequestException where the models of a body are for other content types than JSON only
 */
export function exportApi(source: ExportSource, writer: DefinitionWriter, extensions: Extensions): Tree {
  return new ApiExport(source, writer, extensions).document()
}

class ApiExport {
  readonly #snapshot: Snapshot
  /** With those that every API may refer to, which need not be there. */
  readonly #models: Record<string, Model>
  readonly #usedModels = new Set<string>()
  readonly #usedSchemes = new Set<string>()

  constructor(
    private readonly source: ExportSource,
    private readonly writer: DefinitionWriter,
    private readonly extensions: Extensions,
  ) {
    this.#snapshot = source.snapshot
    this.#models = {...defaultModels(), ...source.snapshot.models}
  }

  document(): Tree {
    const {api} = this.#snapshot
    const {stage, region, documentation} = this.source
    const paths = this.#paths()
    return this.writer.document({
      info: {
        title: api.name,
        description: api.description,
        version: versionOf(this.#snapshot),
        documentation: documentation?.info() ?? {},
      },
      server: {host: `${api.id}.execute-api.${region}.amazonaws.com`, stage},
      paths,
      schemas: filled(exportSchemas(this.#models, this.#usedModels, this.writer.schemaPath)),
      securitySchemes: filled(this.#securitySchemes()),
      endpointConfiguration: this.extensions.apigateway ? this.#endpointConfiguration() : undefined,
      extensions: {
        ...documentation?.of({type: 'API'}),
        ...documentation?.extension(),
        ...(this.extensions.apigateway && this.#apiExtensions()),
      },
    })
  }

  #paths(): Tree {
    const paths: Tree = {}
    for (const resource of Object.values(this.#snapshot.resources)) {
      const methods = Object.entries(resource.resourceMethods ?? {})
      if (methods.length === 0) continue
      paths[resource.path!] = {
        ...this.#documentation({type: 'RESOURCE', path: resource.path}),
        ...Object.fromEntries(
          methods.map(([name, method]) => [
            name === 'ANY' ? 'x-amazon-apigateway-any-method' : name.toLowerCase(),
            this.#operation(resource, name, method),
          ]),
        ),
      }
    }
    return paths
  }

  #operation(resource: Resource, name: string, method: Method): Tree {
    const label = `${name} ${resource.path}`
    const {methodIntegration: integration} = method
    const responses = Object.entries(method.methodResponses ?? {})
    const answers = Object.values(integration?.integrationResponses ?? {})
    return this.writer.operation({
      operationId: method.operationName,
      consumes: keysOf(method.requestModels, integration?.requestTemplates),
      produces: keysOf(
        ...responses.map(([, response]) => response.responseModels),
        ...answers.map(response => response.responseTemplates),
      ),
      parameters: this.#parameters(method, {path: resource.path, method: name}),
      body: this.#use(label, method.requestModels),
      responses: Object.fromEntries(
        responses.map(([status, response]) => [
          status,
          this.writer.response({
            description: `${status} response`,
            headers: Object.keys(response.responseParameters ?? {}).map(parameter =>
              parameter.replace('method.response.header.', ''),
            ),
            content: this.#use(label, response.responseModels),
            documentation: this.#documentation({
              type: 'RESPONSE',
              path: resource.path,
              method: name,
              statusCode: status,
            }),
          }),
        ]),
      ),
      extensions: present({
        security: this.#security(method),
        'x-amazon-apigateway-request-validator': this.extensions.apigateway
          ? this.#snapshot.requestValidators[method.requestValidatorId ?? '']?.name
          : undefined,
        'x-amazon-apigateway-integration':
          integration && this.extensions.integrations ? exportIntegration(integration, resource.id!) : undefined,
      }),
      documentation: this.#documentation({type: 'METHOD', path: resource.path, method: name}),
    })
  }

  #parameters(method: Method, place: {path: string | undefined; method: string}): ExportedParameter[] {
    return Object.entries(method.requestParameters ?? {}).flatMap(([expression, required]) => {
      const [, source = '', name = ''] = /^method\.request\.(\w+)\.(.+)$/.exec(expression) ?? []
      const parameter = PARAMETERS.get(source)
      if (!parameter) return []
      return [
        {name, in: parameter.in, required, documentation: this.#documentation({type: parameter.type, ...place, name})},
      ]
    })
  }

  #documentation(location: DocumentationPartLocation): Tree {
    return this.source.documentation?.of(location) ?? {}
  }

  #security(method: Method): Record<string, string[]>[] | undefined {
    const required = exportAccess(method, this.#snapshot.authorizers)
    for (const name of required.flatMap(Object.keys)) this.#usedSchemes.add(name)
    return required.length > 0 ? required : undefined
  }

  /** Models by content type, without those that are no JSON Schema, which a definition has no place for. */
  #use(method: string, models: Record<string, string> = {}): Record<string, string> {
    const entries = Object.entries(models).filter(([, name]) => this.#isJson(name))
    if (Object.keys(models).length > 0 && !entries.some(([contentType]) => contentType === JSON_TYPE)) {
      // The end of the sentence is assumed. Source of its beginning: developer guide, Export a REST API.
      throw badRequest(`Only found non-JSON body models for method '${method}'`)
    }
    for (const [, name] of entries) this.#usedModels.add(name)
    return Object.fromEntries(entries)
  }

  #isJson(name: string): boolean {
    const {contentType = JSON_TYPE} = this.#models[name] ?? {}
    return contentType === JSON_TYPE
  }

  /** All authorizers where they are told in full; else those that a method names. */
  #securitySchemes(): Tree {
    const told = (authorizer: Authorizer) => this.extensions.authorizers || this.#usedSchemes.has(authorizer.name!)
    const authorizers = Object.values(this.#snapshot.authorizers).filter(told)
    return {
      ...Object.fromEntries(
        authorizers.map(authorizer => [authorizer.name, exportAuthorizer(authorizer, this.extensions.authorizers)]),
      ),
      ...builtInSchemes(this.#usedSchemes),
    }
  }

  /** The type of the endpoint is not exported. */
  #endpointConfiguration(): Tree | undefined {
    const {endpointConfiguration, disableExecuteApiEndpoint} = this.#snapshot.api
    const vpcEndpointIds = endpointConfiguration?.vpcEndpointIds
    return filled(
      present({
        vpcEndpointIds: vpcEndpointIds?.length ? vpcEndpointIds : undefined,
        disableExecuteApiEndpoint: disableExecuteApiEndpoint || undefined,
      }),
    )
  }

  #apiExtensions(): Tree {
    const {api, requestValidators, gatewayResponses} = this.#snapshot
    return present({
      'x-amazon-apigateway-api-key-source': api.apiKeySource === 'AUTHORIZER' ? api.apiKeySource : undefined,
      'x-amazon-apigateway-binary-media-types': api.binaryMediaTypes?.length ? api.binaryMediaTypes : undefined,
      'x-amazon-apigateway-minimum-compression-size': api.minimumCompressionSize,
      'x-amazon-apigateway-policy': policyOf(api),
      'x-amazon-apigateway-security-policy': api.securityPolicy,
      'x-amazon-apigateway-endpoint-access-mode': api.endpointAccessMode,
      'x-amazon-apigateway-gateway-responses': filled(
        Object.fromEntries(
          Object.values(gatewayResponses).map(({responseType, defaultResponse: _, ...response}) => [
            responseType,
            response,
          ]),
        ),
      ),
      'x-amazon-apigateway-request-validators': filled(
        Object.fromEntries(
          Object.values(requestValidators).map(({name, validateRequestBody, validateRequestParameters}) => [
            name,
            {validateRequestParameters, validateRequestBody},
          ]),
        ),
      ),
    })
  }
}

/** The version of the API, or else when it was made, such as `2024-04-15T21:43:25Z`. */
export const versionOf = ({api}: Snapshot): string => api.version ?? isoTime(api.createdDate!)

/** As a document, or as the text it is where somebody set one that is none. */
function policyOf({policy}: RestApi): unknown {
  try {
    return policy === undefined ? undefined : JSON.parse(policy)
  } catch {
    return policy
  }
}

const keysOf = (...maps: (object | undefined)[]) => [...new Set(maps.flatMap(map => Object.keys(map ?? {})))]

const filled = (tree: Tree): Tree | undefined => (Object.keys(tree).length > 0 ? tree : undefined)
