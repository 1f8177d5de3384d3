import {Schemes} from './defined-access.js'
import {integrationIn} from './defined-integrations.js'
import {Schemas} from './defined-models.js'
import {listOf, numberOf, resolved, type Tree, textOf, treeOf} from './document.js'
import {snapshotOfEdited} from './edited.js'
import type {Snapshot} from './snapshot.js'
import type {EditedApi, EditedMethod, EditedResource, EditedSettings} from './source.js'

export interface DefinitionOptions {
  /** What becomes of the base path, as told to the import. */
  basePath?: 'ignore' | 'prepend' | 'split' | undefined
}

/** The normal form of what an OpenAPI document defines, as the service reads it. */
export function snapshotOfDefinition(document: unknown, options: DefinitionOptions = {}): Snapshot {
  return snapshotOfEdited(definedApi(document, options))
}

/** The API that an OpenAPI document defines; names stand in for ids, and paths for those of resources. */
export function definedApi(document: unknown, options: DefinitionOptions = {}): EditedApi {
  return new Definition(treeOf(document), options).read()
}

const METHODS = new Map([
  ...['get', 'put', 'post', 'delete', 'patch', 'options', 'head'].map(name => [name, name.toUpperCase()] as const),
  ['x-amazon-apigateway-any-method', 'ANY'] as const,
])

/** Where a definition has a parameter, and the source of its mapping expression. */
const SOURCES = new Map([
  ['path', 'path'],
  ['query', 'querystring'],
  ['header', 'header'],
])

/** A definition, read into what the service would tell of the API that it makes; names stand in for ids. */
class Definition {
  readonly #form: Form
  readonly #schemas: Schemas
  readonly #schemes: Schemes
  readonly #base: string

  constructor(
    private readonly root: Tree,
    options: DefinitionOptions,
  ) {
    this.#form = root.swagger === undefined ? openApi3 : swagger2
    this.#schemas = new Schemas(root, this.#form.schemas(root))
    this.#schemes = new Schemes(this.#form.securitySchemes(root))
    this.#base = basePathOf(this.#form.basePath(root), options.basePath ?? 'ignore')
  }

  read(): EditedApi {
    return {
      api: this.#settings(),
      resources: this.#resources(),
      authorizers: this.#schemes.authorizers,
      models: this.#schemas.models(),
      validators: Object.entries(treeOf(this.root['x-amazon-apigateway-request-validators'])).map(([name, value]) => {
        const {validateRequestBody: body, validateRequestParameters: parameters} = treeOf(value)
        return {id: name, name, body: body === true, parameters: parameters === true}
      }),
      gatewayResponses: Object.entries(treeOf(this.root['x-amazon-apigateway-gateway-responses'])).map(
        ([type, value]) => {
          const {statusCode, responseParameters, responseTemplates} = treeOf(value)
          const maps = {responseParameters: treeOf(responseParameters), responseTemplates: treeOf(responseTemplates)}
          return {type, statusCode: textOf(statusCode), ...(maps as Record<string, Record<string, string>>)}
        },
      ),
    }
  }

  #settings(): EditedSettings {
    const {root} = this
    const policy = root['x-amazon-apigateway-policy']
    const {disableExecuteApiEndpoint, vpcEndpointIds} = this.#form.endpointConfiguration(root)
    return {
      policy: policy === undefined || typeof policy === 'string' ? policy : JSON.stringify(policy),
      binaryMediaTypes: listOf(root['x-amazon-apigateway-binary-media-types']).map(String),
      minimumCompressionSize: numberOf(root['x-amazon-apigateway-minimum-compression-size']),
      apiKeySource: textOf(root['x-amazon-apigateway-api-key-source'])?.toUpperCase(),
      disableExecuteApiEndpoint:
        disableExecuteApiEndpoint === undefined ? undefined : disableExecuteApiEndpoint === true,
      vpcEndpointIds: listOf(vpcEndpointIds).map(String),
      securityPolicy: textOf(root['x-amazon-apigateway-security-policy']),
      endpointAccessMode: textOf(root['x-amazon-apigateway-endpoint-access-mode']),
    }
  }

  #resources(): EditedResource[] {
    return Object.entries(treeOf(this.root.paths)).flatMap(([written, value]) => {
      if (!written.startsWith('/')) return []
      const path = `/${(this.#base + written).split('/').filter(Boolean).join('/')}`
      const item = resolved(this.root, value)
      const methods = Object.entries(item).flatMap(([key, operation]) => {
        // In small letters by the standard; there are servers whose exports have them in capitals.
        const method = METHODS.get(key.toLowerCase())
        return method ? [[method, this.#method(item, treeOf(operation))]] : []
      })
      return [{id: path, path, methods: Object.fromEntries(methods)}]
    })
  }

  #method(item: Tree, operation: Tree): EditedMethod {
    const {root} = this
    const parameters = this.#parameters(item, operation)
    const validator =
      operation['x-amazon-apigateway-request-validator'] ?? root['x-amazon-apigateway-request-validator']
    const body = this.#form.body(root, operation, parameters)
    const responses = Object.entries(treeOf(operation.responses)).filter(([status]) => /^\d+$/.test(status))
    return {
      ...this.#access(operation),
      operationName: textOf(operation.operationId),
      requestValidatorId: textOf(validator),
      requestParameters: requestParameters(parameters),
      requestModels: this.#schemas.names(body),
      methodResponses: Object.fromEntries(
        responses.map(([status, value]) => [status, this.#response(operation, resolved(root, value))]),
      ),
      integration: integrationIn(root, operation['x-amazon-apigateway-integration']),
    }
  }

  #response(operation: Tree, response: Tree): NonNullable<EditedMethod['methodResponses']>[string] {
    const headers = Object.keys(treeOf(response.headers)).map(name => [`method.response.header.${name}`, false])
    const content = this.#form.content(this.root, operation, response)
    return {responseParameters: Object.fromEntries(headers), responseModels: this.#schemas.names(content)}
  }

  #access(operation: Tree): EditedMethod {
    const asked = this.#schemes.asked(listOf(operation.security ?? this.root.security))
    // The older way to ask for signed requests. Source: developer guide, x-amazon-apigateway-auth.
    const type = textOf(treeOf(operation['x-amazon-apigateway-auth']).type)?.toUpperCase()
    return type === 'AWS_IAM' ? {...asked, authorizationType: 'AWS_IAM'} : asked
  }

  /** Those of the path hold for all its operations, unless an operation has its own of the same place and name. */
  #parameters(item: Tree, operation: Tree): Tree[] {
    const written = [...listOf(item.parameters), ...listOf(operation.parameters)]
    const parameters = written.map(parameter => resolved(this.root, parameter))
    return [...new Map(parameters.map(parameter => [`${parameter.in} ${parameter.name}`, parameter])).values()]
  }
}

function requestParameters(parameters: readonly Tree[]): Record<string, boolean> {
  const declared = parameters.flatMap(parameter => {
    const source = SOURCES.get(textOf(parameter.in) ?? '')
    const name = textOf(parameter.name)
    return source && name ? [[`method.request.${source}.${name}`, parameter.required === true]] : []
  })
  return Object.fromEntries(declared)
}

/** `split` drops the first part and prepends the rest. Source: developer guide, Set the OpenAPI basePath property. */
function basePathOf(basePath: string, use: NonNullable<DefinitionOptions['basePath']>): string {
  if (use === 'ignore') return ''
  const parts = basePath.split('/').filter(Boolean)
  return parts
    .slice(use === 'split' ? 1 : 0)
    .map(part => `/${part}`)
    .join('')
}

/** What differs between the two forms of a definition. */
interface Form {
  basePath(root: Tree): string
  endpointConfiguration(root: Tree): Tree
  schemas(root: Tree): Tree
  securitySchemes(root: Tree): Tree
  /** Schemas of the request's body by content type. */
  body(root: Tree, operation: Tree, parameters: readonly Tree[]): Tree
  /** Schemas of a response by content type. */
  content(root: Tree, operation: Tree, response: Tree): Tree
}

const ENDPOINT = 'x-amazon-apigateway-endpoint-configuration'

const openApi3: Form = {
  basePath: root => basePathOfServer(firstServer(root)),
  // It belongs to the server; at the top, where Swagger has it, it is understood too.
  endpointConfiguration: root => ({...treeOf(root[ENDPOINT]), ...treeOf(firstServer(root)[ENDPOINT])}),
  schemas: root => treeOf(treeOf(root.components).schemas),
  securitySchemes: root => treeOf(treeOf(root.components).securitySchemes),
  body: (root, operation) => schemasIn(resolved(root, operation.requestBody)),
  content: (_root, _operation, response) => schemasIn(response),
}

const swagger2: Form = {
  basePath: root => textOf(root.basePath) ?? '',
  endpointConfiguration: root => treeOf(root[ENDPOINT]),
  schemas: root => treeOf(root.definitions),
  securitySchemes: root => treeOf(root.securityDefinitions),
  body(root, operation, parameters) {
    const body = parameters.find(parameter => parameter.in === 'body')
    return body ? byContentType(operation.consumes ?? root.consumes, body.schema) : {}
  },
  content: (root, operation, response) =>
    response.schema === undefined ? {} : byContentType(operation.produces ?? root.produces, response.schema),
}

const firstServer = (root: Tree): Tree => treeOf(listOf(root.servers)[0])

/**
 * The path of the server's address, or the variable `basePath`, even where the address does not refer to it.
 * Source: developer guide, Set the OpenAPI basePath property.
 */
function basePathOfServer(server: Tree): string {
  const variables = treeOf(server.variables)
  const defaultOf = (name: string) => textOf(treeOf(variables[name]).default) ?? ''
  const url = (textOf(server.url) ?? '').replace(/\{([^}]+)\}/g, (_, name: string) => defaultOf(name))
  const path = /^(?:[a-z][a-z\d+.-]*:)?\/\/[^/]*(.*)$/i.exec(url)?.[1] ?? url
  return path.replace(/^\/+$/, '') || defaultOf('basePath')
}

function schemasIn(holder: Tree): Tree {
  const media = Object.entries(treeOf(holder.content)).map(([type, value]) => [type, treeOf(value).schema])
  return Object.fromEntries(media.filter(([, schema]) => schema !== undefined))
}

function byContentType(contentTypes: unknown, schema: unknown): Tree {
  const named = listOf(contentTypes).map(String)
  return Object.fromEntries((named.length > 0 ? named : ['application/json']).map(type => [type, schema]))
}
