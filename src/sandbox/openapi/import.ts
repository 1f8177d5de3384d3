import type {Resource} from '@aws-sdk/client-api-gateway'
import {badRequest} from '../errors.js'
import {shortId} from '../identifiers.js'
import type {Handlers} from '../service.js'
import type {RestApiRecord} from '../store.js'
import {type Access, accessOf, importAuthorizers} from './authorizers.js'
import type {Definition, Operation} from './definition.js'
import {present, type Tree, textOf, treeOf} from './document.js'
import {importDocumentation} from './documentation.js'
import type {Draft} from './drafts.js'
import type {Findings} from './findings.js'
import {IntegrationReader} from './integrations.js'
import {ModelImport} from './models.js'

export type BasePathUse = 'ignore' | 'prepend' | 'split'

export interface ImportOptions {
  basePath: BasePathUse
  documentation: boolean
}

/** Where a definition has a parameter, and the source of its mapping expression. */
const SOURCES = new Map([
  ['path', 'path'],
  ['query', 'querystring'],
  ['header', 'header'],
])

/**
 * Builds an API after a definition, step by step with the control plane's own operations, so that what those refuse is
 * refused here with the same words. It works on a draft; nothing of it is real until the caller says so.
 */
export class DefinitionImport {
  readonly #draft: RestApiRecord
  readonly #models: ModelImport
  readonly #base: string
  #access = new Map<string, Access>()

  /** @param control the operations of the control plane */
  constructor(
    private readonly definition: Definition,
    private readonly target: Draft,
    private readonly control: Handlers,
    private readonly findings: Findings,
    private readonly options: ImportOptions,
  ) {
    this.#draft = target.record
    this.#models = new ModelImport(definition, target.record, findings)
    this.#base = basePathOf(definition.basePath, options.basePath)
  }

  run(): void {
    const {root} = this.definition
    this.#addValidators(treeOf(root['x-amazon-apigateway-request-validators']))
    this.#access = importAuthorizers(this.definition, this.#draft, this.findings, authorizer =>
      this.#run('CreateAuthorizer', authorizer),
    )
    this.#models.addAll()
    for (const {path, operations} of this.definition.paths) {
      const resource = this.#resourceAt(this.#base + path)
      if (resource) for (const operation of operations) this.#addMethod(resource, operation)
    }
    this.#addGatewayResponses(treeOf(root['x-amazon-apigateway-gateway-responses']))
    if (this.options.documentation) importDocumentation(root, this.#draft.documentationParts, this.findings)
  }

  /**
   * Takes away all that the definition will not bring back. What stays keeps its id, as recorded: resources by path,
   * authorizers, validators and models by name.
   */
  clear(): void {
    const {definition} = this
    const draft = this.#draft
    const kept = new Set(definition.paths.flatMap(({path}) => ancestry(this.#base + path)))
    for (const [id, resource] of Object.entries(draft.resources)) {
      delete resource.resourceMethods
      if (resource.path !== '/' && !kept.has(resource.path ?? '')) delete draft.resources[id]
    }
    draft.models = retained(draft.models, definition.schemas)
    draft.authorizers = retained(draft.authorizers, definition.securitySchemes)
    draft.requestValidators = retained(
      draft.requestValidators,
      treeOf(definition.root['x-amazon-apigateway-request-validators']),
    )
    draft.gatewayResponses = {}
    if (this.options.documentation) draft.documentationParts = {}
  }

  #addValidators(validators: Tree): void {
    for (const [name, value] of Object.entries(validators)) {
      const {validateRequestBody, validateRequestParameters} = treeOf(value)
      const id = this.#validatorNamed(name) ?? shortId(this.#draft.requestValidators)
      this.#draft.requestValidators[id] = {
        id,
        name,
        validateRequestBody: validateRequestBody === true,
        validateRequestParameters: validateRequestParameters === true,
      }
    }
  }

  #validatorNamed(name: string): string | undefined {
    return Object.values(this.#draft.requestValidators).find(validator => validator.name === name)?.id
  }

  /** The resource at a path, made with its parents where it is missing; undefined where that is refused. */
  #resourceAt(path: string): Resource | undefined {
    return this.findings.attempt(`create resource at path '${path}'`, () => {
      let resource = this.#draft.resources[this.#draft.api.rootResourceId!]!
      for (const next of ancestry(path)) {
        const known = Object.values(this.#draft.resources).find(other => other.path === next)
        resource = known ?? this.#createResource(resource, next.slice(next.lastIndexOf('/') + 1))
      }
      return resource
    })
  }

  #createResource(parent: Resource, pathPart: string): Resource {
    const created = this.#run('CreateResource', {parentId: parent.id, pathPart}) as Resource
    return this.#draft.resources[created.id!]!
  }

  #addMethod(resource: Resource, operation: Operation): void {
    const {path = '/'} = resource
    const {method: httpMethod, members} = operation
    if (resource.resourceMethods) delete resource.resourceMethods[httpMethod]
    const put = this.findings.attempt(`put method '${httpMethod}' on resource at path '${path}'`, () =>
      this.#run('PutMethod', {
        resourceId: resource.id,
        httpMethod,
        operationName: textOf(members.operationId),
        requestParameters: this.#requestParameters(path, operation),
        requestModels: this.#modelNames(operation.body, `body of method '${httpMethod} ${path}'`),
        requestValidatorId: this.#validatorOf(members),
        ...this.#accessOf(operation),
      }),
    )
    if (!put) return
    this.#addMethodResponses(resource, operation)
    const extension = members['x-amazon-apigateway-integration']
    if (extension !== undefined) this.#addIntegration(resource, httpMethod, extension)
  }

  #accessOf(operation: Operation): Access {
    const access = accessOf(operation.security, this.#access, this.definition, this.findings)
    // The older way to ask for signed requests. Source: developer guide, x-amazon-apigateway-auth.
    const type = textOf(treeOf(operation.members['x-amazon-apigateway-auth']).type)?.toUpperCase()
    return type === 'AWS_IAM' ? {...access, authorizationType: 'AWS_IAM'} : access
  }

  #validatorOf(members: Tree): string | undefined {
    const name = textOf(
      members['x-amazon-apigateway-request-validator'] ?? this.definition.root['x-amazon-apigateway-request-validator'],
    )
    if (name === undefined) return undefined
    const id = this.#validatorNamed(name)
    if (!id) throw badRequest('Invalid Request Validator identifier specified')
    return id
  }

  /** Those of the definition, and every variable of the path, declared or not, as recorded. */
  #requestParameters(path: string, operation: Operation): Record<string, boolean> | undefined {
    const parameters: Record<string, boolean> = {}
    for (const {in: place, name, required} of operation.parameters) {
      if (place === 'body') continue
      const source = SOURCES.get(place)
      if (source) parameters[`method.request.${source}.${name.replace(/\+$/, '')}`] = required || place === 'path'
      else {
        // Assumed wording, after the other warnings of this kind.
        const method = `${operation.method} ${path}`
        this.findings.warn(`Unsupported parameter type '${place}' for '${name}' in method '${method}'. Ignoring.`)
      }
    }
    for (const [, name] of path.matchAll(/\{([^}+]+)\+?\}/g)) parameters[`method.request.path.${name}`] = true
    return Object.keys(parameters).length > 0 ? parameters : undefined
  }

  #modelNames(schemas: Tree, place: string): Record<string, string> | undefined {
    const names = Object.entries(schemas).flatMap(([contentType, schema]) => {
      const name = this.#models.nameOf(schema, place)
      return name === undefined ? [] : [[contentType, name]]
    })
    return names.length > 0 ? Object.fromEntries(names) : undefined
  }

  #addMethodResponses(resource: Resource, operation: Operation): void {
    const {method: httpMethod} = operation
    const name = `${httpMethod} ${resource.path}`
    for (const {status, headers, content} of operation.responses) {
      if (status === 'default') {
        // Source: aws-apigateway-importer, the service's own tool before the import was part of it.
        this.findings.warn('Default response not supported, skipping')
        continue
      }
      this.findings.attempt(`put method response '${status}' on method '${name}'`, () => {
        this.#run('PutMethodResponse', {
          resourceId: resource.id,
          httpMethod,
          statusCode: status,
          responseParameters:
            headers.length > 0
              ? Object.fromEntries(headers.map(header => [`method.response.header.${header}`, false]))
              : undefined,
          responseModels: this.#modelNames(content, `${status} response to method '${name}'`),
        })
      })
    }
  }

  #addIntegration(resource: Resource, httpMethod: string, extension: unknown): void {
    const {id: resourceId, path = '/'} = resource
    const reader = new IntegrationReader(this.definition.root, extension, {path, method: httpMethod}, this.findings)
    const step = `on '${httpMethod}' for resource at path '${path}'`
    const put = this.findings.attempt(`put integration ${step}`, () =>
      this.#run('PutIntegration', {resourceId, httpMethod, ...reader.integration()}),
    )
    if (!put) return
    for (const response of reader.responses()) {
      this.findings.attempt(`put integration response ${step}`, () =>
        this.#run('PutIntegrationResponse', {resourceId, httpMethod, ...response}),
      )
    }
  }

  #addGatewayResponses(responses: Tree): void {
    for (const [responseType, value] of Object.entries(responses)) {
      const {statusCode, responseParameters, responseTemplates} = treeOf(value)
      this.findings.attempt(`put gateway response '${responseType}'`, () =>
        this.#run('PutGatewayResponse', {
          responseType,
          ...present({statusCode: textOf(statusCode), responseParameters, responseTemplates}),
        }),
      )
    }
  }

  #run(operation: string, input: object): unknown {
    return this.control[operation]!({restApiId: this.#draft.api.id, ...input}, this.target.call)
  }
}

/**
 * `split` drops the first part of the base path and prepends the rest.
 * Source: developer guide, Set the OpenAPI basePath property.
 */
function basePathOf(basePath: string, use: BasePathUse): string {
  if (use === 'ignore') return ''
  const parts = basePath.split('/').filter(Boolean)
  return parts
    .slice(use === 'split' ? 1 : 0)
    .map(part => `/${part}`)
    .join('')
}

/** `/a/b` is reached by `/a` and `/a/b`. */
function ancestry(path: string): string[] {
  const parts = path.split('/').filter(Boolean)
  return parts.map((_, index) => `/${parts.slice(0, index + 1).join('/')}`)
}

function retained<Item extends {name?: string}>(items: Record<string, Item>, names: Tree): Record<string, Item> {
  return Object.fromEntries(
    Object.entries(items).filter(([, {name}]) => name !== undefined && Object.hasOwn(names, name)),
  )
}
