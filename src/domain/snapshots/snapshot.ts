/** What JSON can say. */
export type Json = null | boolean | number | string | Json[] | {[key: string]: Json}

/**
 * Everything of an API that goes live by a deployment, in one normal form, whatever it was read from: two snapshots that
 * mean the same are deeply equal. Nothing in it depends on ids or on an order that the service does not keep to;
 * authorizers, validators and models are referred to by name, what is as the service sets it by itself is left out,
 * and documents inside (policy, schemas) are parsed.
 */
export interface Snapshot {
  settings: ApiSettings
  /** By method and path, as in `GET /pets/{id}`. */
  routes: Record<string, RouteSnapshot>
  /** By type, as in `DEFAULT_4XX`; only those that somebody set. */
  gatewayResponses: Record<string, GatewayResponseSnapshot>
  /** By name; only those that a method uses. */
  authorizers: Record<string, AuthorizerSnapshot>
  /** Schemas by the name of their model, with references as `#/models/NAME`; only models that a method leads to. */
  models: Record<string, Json>
  /** Names of models whose schemas say what an export has no place for: of those a stage tells only a part. */
  partialModels?: readonly string[]
  /** By name; only those that a method uses. */
  validators: Record<string, ValidatorSnapshot>
  /** `summary` where only paths, methods, kinds of authorization and needs of a key are known. */
  detail: 'full' | 'summary'
  /** What the source does not tell, in words: "endpoint type". Nothing of it is compared. */
  untold: readonly string[]
}

/** An API that has nothing at all, such as what a stage serves that is not there yet. */
export const NOTHING: Snapshot = {
  settings: {},
  routes: {},
  gatewayResponses: {},
  authorizers: {},
  models: {},
  validators: {},
  detail: 'full',
  untold: [],
}

/** Settings of the API itself that want a deployment; undefined is the service's own setting. */
export interface ApiSettings {
  /** The resource policy, parsed; text where it is no JSON. */
  policy?: Json
  /** Sorted. */
  binaryMediaTypes?: string[]
  /** Bytes from which on an answer is compressed. */
  minimumCompressionSize?: number
  /** AUTHORIZER; HEADER is left out. */
  apiKeySource?: string
  disableExecuteApiEndpoint?: true
  /** Sorted. */
  vpcEndpointIds?: string[]
  /** A TLS policy of the newer kind; TLS_1_0 and TLS_1_2, which an API has by itself, are left out. */
  securityPolicy?: string
  /** STRICT; BASIC is left out. */
  endpointAccessMode?: string
}

/** A method of an API with all that is behind it. */
export interface RouteSnapshot {
  /** AWS_IAM, CUSTOM or COGNITO_USER_POOLS; NONE is left out. */
  authorization?: string
  /** Name of the authorizer. */
  authorizer?: string
  /** Sorted. */
  scopes?: string[]
  apiKeyRequired?: true
  operationName?: string
  /** Name of the request validator. */
  validator?: string
  /** Whether it is required, by `querystring.page` or `header.x-a`; variables of the path always are. */
  requestParameters?: Record<string, boolean>
  /** Names of models by content type. */
  requestModels?: Record<string, string>
  /** By status. */
  responses?: Record<string, ResponseSnapshot>
  integration?: IntegrationSnapshot
}

/** What a method declares of an answer. */
export interface ResponseSnapshot {
  /** Names of headers, sorted. */
  headers?: string[]
  /** Names of models by content type. */
  models?: Record<string, string>
}

export interface IntegrationSnapshot {
  /** MOCK, HTTP, HTTP_PROXY, AWS or AWS_PROXY. */
  type: string
  httpMethod?: string
  uri?: string
  /** VPC_LINK; INTERNET is left out. */
  connectionType?: string
  connectionId?: string
  /** ALB or NLB behind a VPC link of the second kind. */
  target?: string
  credentials?: string
  requestParameters?: Record<string, string>
  /** By content type. */
  requestTemplates?: Record<string, string>
  /** WHEN_NO_TEMPLATES or NEVER; WHEN_NO_MATCH is left out. */
  passthrough?: string
  contentHandling?: string
  /** Milliseconds, unless 29,000. */
  timeout?: number
  /** Where it is not the id of the resource, nor another id that no other resource shares: those mean nothing. */
  cacheNamespace?: string
  /** Sorted. */
  cacheKeyParameters?: string[]
  insecureSkipVerification?: true
  /** STREAM; BUFFERED is left out. */
  responseTransferMode?: string
  /** By selection pattern; `default` for what no pattern selects. */
  responses?: Record<string, IntegrationResponseSnapshot>
}

/** What becomes of an answer of an integration. */
export interface IntegrationResponseSnapshot {
  status: string
  parameters?: Record<string, string>
  /** By content type. */
  templates?: Record<string, string>
  contentHandling?: string
}

export interface GatewayResponseSnapshot {
  status?: string
  parameters?: Record<string, string>
  templates?: Record<string, string>
}

export interface AuthorizerSnapshot {
  /** TOKEN, REQUEST or COGNITO_USER_POOLS. */
  type: string
  uri?: string
  credentials?: string
  /** Parts of the comma list, in their order. */
  identitySource?: string[]
  identityValidation?: string
  /** Seconds, unless 300. */
  ttl?: number
  /** ARNs of user pools, sorted. */
  providers?: string[]
}

export interface ValidatorSnapshot {
  body: boolean
  parameters: boolean
}
