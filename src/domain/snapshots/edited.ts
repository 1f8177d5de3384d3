import {gatewayResponseOf} from './gateway-responses.js'
import {UsedModels} from './models.js'
import {normalPolicy} from './policy.js'
import {
  type ApiSettings,
  type AuthorizerSnapshot,
  type IntegrationResponseSnapshot,
  type IntegrationSnapshot,
  NOTHING,
  type ResponseSnapshot,
  type RouteSnapshot,
  type Snapshot,
  type ValidatorSnapshot,
} from './snapshot.js'
import type {
  DeploymentSummary,
  EditedApi,
  EditedAuthorizer,
  EditedIntegration,
  EditedMethod,
  EditedSettings,
} from './source.js'

/** The normal form of an API as it is edited. */
export function snapshotOfEdited(edited: EditedApi): Snapshot {
  const reading = new Reading(edited)
  const routes = edited.resources.flatMap(({id, path, methods}) =>
    Object.entries(methods).map(([method, told]) => [
      `${method} ${path}`,
      reading.route(`${method} ${path}`, told, id),
    ]),
  )
  const {models, partialModels, authorizers, validators, untold} = reading.used()
  return {
    settings: settingsOf(edited.api),
    routes: withoutOwnNamespaces(Object.fromEntries(routes)),
    gatewayResponses: Object.fromEntries(edited.gatewayResponses.map(told => [told.type, gatewayResponseOf(told)])),
    authorizers,
    models,
    ...(partialModels.length > 0 && {partialModels}),
    validators,
    detail: 'full',
    untold,
  }
}

/** The normal form of what a deployment tells of itself. */
export function snapshotOfSummary(summary: DeploymentSummary): Snapshot {
  const routes = Object.entries(summary).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, told]) => [`${method} ${path}`, accessOf(told)]),
  )
  return {...NOTHING, routes: Object.fromEntries(routes), detail: 'summary'}
}

/** What methods refer to by id or name, and what of that they use. */
class Reading {
  readonly #models: UsedModels
  readonly #authorizers: ReadonlyMap<string, EditedAuthorizer>
  readonly #validators: ReadonlyMap<string, EditedApi['validators'][number]>
  readonly #usedAuthorizers = new Map<string, AuthorizerSnapshot>()
  readonly #usedValidators = new Map<string, ValidatorSnapshot>()
  readonly #untold = new Set<string>()

  constructor(edited: EditedApi) {
    this.#models = new UsedModels(edited.models)
    this.#authorizers = new Map(edited.authorizers.map(authorizer => [authorizer.id, authorizer]))
    this.#validators = new Map(edited.validators.map(validator => [validator.id, validator]))
  }

  /** @param name as in `GET /pets` */
  route(name: string, method: EditedMethod, resourceId: string): RouteSnapshot {
    const isGuarded = /^(CUSTOM|COGNITO_USER_POOLS)$/.test(method.authorizationType ?? '')
    const responses = Object.entries(method.methodResponses ?? {}).map(([status, response]) => [
      status,
      this.#response(response),
    ])
    return present({
      ...accessOf(method),
      authorizer: isGuarded ? this.#authorizer(method.authorizerId) : undefined,
      // Others than user pools have none. Source: API reference, authorizationScopes of Method.
      scopes: method.authorizationType === 'COGNITO_USER_POOLS' ? sorted(method.authorizationScopes) : undefined,
      operationName: method.operationName || undefined,
      validator: this.#validator(method.requestValidatorId),
      requestParameters: this.#parameters(method.requestParameters),
      requestModels: filled(this.#models.use(method.requestModels)),
      responses: filled(Object.fromEntries(responses)),
      integration: method.integration && this.#integration(name, method.integration, resourceId),
    })
  }

  used(): Pick<Snapshot, 'models' | 'authorizers' | 'validators' | 'untold'> & {partialModels: readonly string[]} {
    return {
      models: this.#models.schemas(),
      partialModels: this.#models.partial(),
      authorizers: Object.fromEntries(this.#usedAuthorizers),
      validators: Object.fromEntries(this.#usedValidators),
      untold: [...this.#untold, ...this.#models.untold()].sort(),
    }
  }

  #authorizer(id: string | undefined): string | undefined {
    if (!id) return undefined
    const authorizer = this.#authorizers.get(id)
    if (authorizer) this.#usedAuthorizers.set(authorizer.name, authorizerOf(authorizer))
    return authorizer?.name ?? id
  }

  #validator(id: string | undefined): string | undefined {
    const validator = this.#validators.get(id ?? '')
    if (!validator) return undefined
    const {name, body, parameters} = validator
    this.#usedValidators.set(name, {body, parameters})
    return name
  }

  /** Variables of the path are left out: they are always there, and an import declares them all by itself. */
  #parameters(parameters: Readonly<Record<string, boolean>> = {}): Record<string, boolean> | undefined {
    const told = Object.entries(parameters).flatMap(([expression, isRequired]) => {
      const [, source, name] = /^method\.request\.(path|querystring|header)\.(.+)$/s.exec(expression) ?? []
      if (source === undefined) this.#untold.add(`request parameters such as ${expression}`)
      return source === undefined || source === 'path' ? [] : [[`${source}.${name}`, isRequired]]
    })
    return filled(Object.fromEntries(told))
  }

  /** An export has them by pattern: of two with the same one, it leaves one out. */
  #integration(name: string, integration: EditedIntegration, resourceId: string): IntegrationSnapshot {
    const patterns = Object.values(integration.integrationResponses ?? {}).map(patternOf)
    const twice = new Set(patterns.filter((pattern, i) => patterns.indexOf(pattern) !== i))
    for (const pattern of twice) this.#untold.add(`all integration responses of ${name} for the pattern ${pattern}`)
    return integrationOf(integration, resourceId)
  }

  #response({
    responseParameters,
    responseModels,
  }: NonNullable<EditedMethod['methodResponses']>[string]): ResponseSnapshot {
    const headers = Object.keys(responseParameters ?? {}).map(name => name.replace(/^method\.response\.header\./, ''))
    return present({headers: sorted(headers), models: filled(this.#models.use(responseModels))})
  }
}

function settingsOf(api: EditedSettings): ApiSettings {
  return present({
    policy: api.policy ? policyOf(api.policy) : undefined,
    binaryMediaTypes: sorted(api.binaryMediaTypes),
    minimumCompressionSize: api.minimumCompressionSize,
    apiKeySource: unless('HEADER', api.apiKeySource),
    disableExecuteApiEndpoint: api.disableExecuteApiEndpoint || undefined,
    vpcEndpointIds: sorted(api.vpcEndpointIds),
    securityPolicy: api.securityPolicy?.startsWith('SecurityPolicy_') ? api.securityPolicy : undefined,
    endpointAccessMode: unless('BASIC', api.endpointAccessMode),
  })
}

function policyOf(text: string): ApiSettings['policy'] {
  try {
    return normalPolicy(JSON.parse(text))
  } catch {
    return text
  }
}

function accessOf({authorizationType, apiKeyRequired}: EditedMethod): RouteSnapshot {
  return present({authorization: unless('NONE', authorizationType), apiKeyRequired: apiKeyRequired || undefined})
}

/** What selects an integration response, where the service has them by status. */
const patternOf = ({selectionPattern}: {selectionPattern?: string | undefined}) => selectionPattern || 'default'

function integrationOf(integration: EditedIntegration, resourceId: string): IntegrationSnapshot {
  const {type, cacheNamespace, timeoutInMillis} = integration
  // A mock has no back end: what is said of one means nothing, and an export leaves it out, as recorded.
  const backEnd: Partial<EditedIntegration> = type === 'MOCK' ? {} : integration
  const responses = Object.entries(integration.integrationResponses ?? {}).map(([status, response]) => [
    patternOf(response),
    present({
      status,
      parameters: filled(response.responseParameters),
      templates: filled(response.responseTemplates),
      contentHandling: response.contentHandling || undefined,
    }) satisfies IntegrationResponseSnapshot,
  ])
  return present({
    type,
    httpMethod: backEnd.httpMethod,
    uri: backEnd.uri,
    connectionType: unless('INTERNET', backEnd.connectionType),
    connectionId: backEnd.connectionId,
    target: backEnd.integrationTarget,
    credentials: integration.credentials || undefined,
    requestParameters: filled(integration.requestParameters),
    requestTemplates: filled(integration.requestTemplates),
    passthrough: unless('WHEN_NO_MATCH', integration.passthroughBehavior),
    contentHandling: integration.contentHandling || undefined,
    timeout: unless(29_000, timeoutInMillis),
    cacheNamespace: unless(resourceId, cacheNamespace),
    cacheKeyParameters: sorted(integration.cacheKeyParameters),
    insecureSkipVerification: integration.insecureSkipVerification || undefined,
    responseTransferMode: unless('BUFFERED', integration.responseTransferMode),
    responses: filled(Object.fromEntries(responses)),
  })
}

/** The ids of resources and roots: the service names the cache of a method after its resource. */
const RESOURCE_ID = /^([a-z0-9]{6}|[a-z0-9]{10})$/

/** Takes away the namespaces that look like the id of a resource and that no methods of several resources share. */
function withoutOwnNamespaces(routes: Record<string, RouteSnapshot>): Record<string, RouteSnapshot> {
  const paths = new Map<string, Set<string>>()
  for (const [name, {integration}] of Object.entries(routes)) {
    const namespace = integration?.cacheNamespace
    if (namespace === undefined || !RESOURCE_ID.test(namespace)) continue
    const users = paths.get(namespace) ?? new Set()
    paths.set(namespace, users.add(name.slice(name.indexOf(' ') + 1)))
  }
  for (const {integration} of Object.values(routes)) {
    if (paths.get(integration?.cacheNamespace ?? '')?.size === 1) delete integration?.cacheNamespace
  }
  return routes
}

function authorizerOf(authorizer: EditedAuthorizer): AuthorizerSnapshot {
  const sources = authorizer.identitySource?.split(',').map(source => source.trim())
  return present({
    type: authorizer.type,
    uri: authorizer.uri,
    credentials: authorizer.credentials || undefined,
    identitySource: sources?.some(Boolean) ? sources : undefined,
    identityValidation: authorizer.identityValidationExpression || undefined,
    // Only what a function decides is kept. Source: developer guide, x-amazon-apigateway-authorizer.
    ttl: authorizer.type === 'COGNITO_USER_POOLS' ? undefined : unless(300, authorizer.ttl),
    providers: sorted(authorizer.providerArns),
  })
}

const unless = <Value>(own: Value, value: Value | undefined) => (value === own ? undefined : value)

/** Undefined where there is nothing in the list. */
const sorted = (list: readonly string[] | undefined) => (list?.length ? [...new Set(list)].sort() : undefined)

/** Undefined where there is nothing in the map. */
const filled = <Value>(map: Readonly<Record<string, Value>> | undefined) =>
  map && Object.keys(map).length > 0 ? {...map} : undefined

type Present<Members> = {[Key in keyof Members]: Exclude<Members[Key], undefined>}

/** What is left when the members without a value are gone. */
function present<Members extends object>(members: Members): Present<Members> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Present<Members>
}
