/** An API as it is edited now, as the service tells it, in plain maps of the service's own names. */
export interface EditedApi {
  /** GetRestApi. */
  api: EditedSettings
  /** GetResources with methods embedded. */
  resources: readonly EditedResource[]
  /** GetAuthorizers; only if a method has one. */
  authorizers: readonly EditedAuthorizer[]
  /** GetModels; only if a method names one. `schema` is JSON text. */
  models: readonly {name: string; contentType?: string | undefined; schema?: string | undefined}[]
  /** GetRequestValidators; only if a method has one. */
  validators: readonly {id: string; name: string; body: boolean; parameters: boolean}[]
  /** GetGatewayResponses, without those that are the service's own. */
  gatewayResponses: readonly EditedGatewayResponse[]
}

export interface EditedSettings {
  /** JSON text, not escaped. */
  policy?: string | undefined
  binaryMediaTypes?: readonly string[] | undefined
  minimumCompressionSize?: number | undefined
  apiKeySource?: string | undefined
  disableExecuteApiEndpoint?: boolean | undefined
  vpcEndpointIds?: readonly string[] | undefined
  securityPolicy?: string | undefined
  endpointAccessMode?: string | undefined
}

export interface EditedResource {
  id: string
  path: string
  /** By GET, POST, ... or ANY. */
  methods: Record<string, EditedMethod>
}

export interface EditedMethod {
  authorizationType?: string | undefined
  authorizerId?: string | undefined
  authorizationScopes?: readonly string[] | undefined
  apiKeyRequired?: boolean | undefined
  operationName?: string | undefined
  requestValidatorId?: string | undefined
  /** Whether it is required, by `method.request.path.id`. */
  requestParameters?: Record<string, boolean> | undefined
  /** Names of models by content type. */
  requestModels?: Record<string, string> | undefined
  /** By status. */
  methodResponses?:
    | Record<
        string,
        {
          responseParameters?: Record<string, boolean> | undefined
          responseModels?: Record<string, string> | undefined
        }
      >
    | undefined
  integration?: EditedIntegration | undefined
}

export interface EditedIntegration {
  type: string
  httpMethod?: string | undefined
  uri?: string | undefined
  connectionType?: string | undefined
  connectionId?: string | undefined
  integrationTarget?: string | undefined
  credentials?: string | undefined
  requestParameters?: Record<string, string> | undefined
  requestTemplates?: Record<string, string> | undefined
  passthroughBehavior?: string | undefined
  contentHandling?: string | undefined
  timeoutInMillis?: number | undefined
  cacheNamespace?: string | undefined
  cacheKeyParameters?: readonly string[] | undefined
  insecureSkipVerification?: boolean | undefined
  responseTransferMode?: string | undefined
  /** By status. */
  integrationResponses?:
    | Record<
        string,
        {
          selectionPattern?: string | undefined
          responseParameters?: Record<string, string> | undefined
          responseTemplates?: Record<string, string> | undefined
          contentHandling?: string | undefined
        }
      >
    | undefined
}

export interface EditedAuthorizer {
  id: string
  name: string
  type: string
  uri?: string | undefined
  credentials?: string | undefined
  identitySource?: string | undefined
  identityValidationExpression?: string | undefined
  ttl?: number | undefined
  providerArns?: readonly string[] | undefined
}

export interface EditedGatewayResponse {
  type: string
  statusCode?: string | undefined
  responseParameters?: Record<string, string> | undefined
  responseTemplates?: Record<string, string> | undefined
}

/** What a deployment tells of itself: kind of authorization and need of a key by path and method. */
export type DeploymentSummary = Record<
  string,
  Record<string, {authorizationType?: string | undefined; apiKeyRequired?: boolean | undefined}>
>

export interface EditedOptions {
  /** Authorizers, models and validators are told even if no method refers to one. */
  withUnused?: boolean
}

/** Where snapshots are read from. All throw Problem `missing` for what is not there. */
export interface SnapshotSource {
  /** Three calls, and one each for authorizers, models and validators where a method refers to some; within the rates. */
  edited(apiId: string, options?: EditedOptions): Promise<EditedApi>
  /** The OpenAPI 3.0 document of what a stage serves (never what its canary serves), with all extensions, parsed. */
  exported(apiId: string, stage: string): Promise<unknown>
  summary(apiId: string, deploymentId: string): Promise<DeploymentSummary>
}
