import type {
  Integration,
  IntegrationResponse,
  IntegrationType,
  Method,
  PutIntegrationRequest,
  PutIntegrationResponseRequest,
  UpdateIntegrationRequest,
  UpdateIntegrationResponseRequest,
} from '@aws-sdk/client-api-gateway'
import {badRequest, conflict, notFound} from '../errors.js'
import type {Call, Handlers} from '../service.js'
import {entryOf} from '../store.js'
import {integrationOf, type MethodAddress, methodOf} from './lookup.js'
import {noContentType, noParameter} from './methods.js'
import {type Apply, entryRule, PatchTable, setFlag, setText} from './patch.js'

type ResponseAddress = MethodAddress & {statusCode: string}

export const integrations: Handlers = {
  PutIntegration(input: PutIntegrationRequest, call) {
    const method = methodOf(call, input as MethodAddress)
    const {restApiId, resourceId, httpMethod, integrationHttpMethod, connectionType, ...members} = input
    // Answers of 2026 also carry `responseTransferMode`, BUFFERED by default; the older recordings do not, so it is shown
    // only once set.
    const integration: Integration = {
      ...members,
      // Recorded: MOCK has none, even where one is sent.
      httpMethod: input.type === 'MOCK' ? undefined : integrationHttpMethod,
      connectionType: connectionType ?? (isHttp(input.type!) ? 'INTERNET' : undefined),
      passthroughBehavior: input.passthroughBehavior ?? 'WHEN_NO_MATCH',
      timeoutInMillis: input.timeoutInMillis ?? 29_000,
      cacheNamespace: input.cacheNamespace ?? resourceId,
      cacheKeyParameters: input.cacheKeyParameters ?? [],
    }
    checkIntegration(integration, method)
    method.methodIntegration = integration
    return integration
  },

  GetIntegration: (input: MethodAddress, call) => integrationOf(call, input),

  UpdateIntegration(input: UpdateIntegrationRequest, call) {
    const next = PATCHES.apply(integrationOf(call, input as MethodAddress), input.patchOperations)
    const method = methodOf(call, input as MethodAddress)
    checkIntegration(next, method)
    method.methodIntegration = next
    return next
  },

  DeleteIntegration(input: MethodAddress, call) {
    integrationOf(call, input)
    methodOf(call, input).methodIntegration = undefined
  },

  PutIntegrationResponse(input: PutIntegrationResponseRequest, call) {
    const method = methodOf(call, input as MethodAddress)
    const integration = integrationOf(call, input as MethodAddress)
    const {statusCode, selectionPattern, responseParameters, responseTemplates, contentHandling} = input
    const response: IntegrationResponse = {
      statusCode,
      selectionPattern,
      responseParameters,
      responseTemplates: withNullTemplates(responseTemplates),
      contentHandling,
    }
    checkResponse(response, method)
    checkPattern(response, integration)
    integration.integrationResponses = {...integration.integrationResponses, [statusCode!]: response}
    return response
  },

  GetIntegrationResponse: (input: ResponseAddress, call) => responseOf(call, input),

  UpdateIntegrationResponse(input: UpdateIntegrationResponseRequest, call) {
    const address = input as ResponseAddress
    const next = RESPONSE_PATCHES.apply(responseOf(call, address), input.patchOperations)
    next.responseTemplates = withNullTemplates(next.responseTemplates)
    checkResponse(next, methodOf(call, address))
    checkPattern(next, integrationOf(call, address))
    integrationOf(call, address).integrationResponses![address.statusCode] = next
    return next
  },

  DeleteIntegrationResponse(input: ResponseAddress, call) {
    responseOf(call, input)
    const integration = integrationOf(call, input)
    const {[input.statusCode]: _, ...rest} = integration.integrationResponses!
    integration.integrationResponses = Object.keys(rest).length > 0 ? rest : undefined
  },
}

function responseOf(call: Call, address: ResponseAddress): IntegrationResponse {
  const response = entryOf(integrationOf(call, address).integrationResponses ?? {}, address.statusCode)
  if (!response) throw notFound('Invalid Response status code specified')
  return response
}

/**
 * A pattern selects one response. Sources: hashicorp/terraform#5893, carrot/terraform-api-gateway-method-module#2, for
 * none as pattern; that it is so for others is assumed.
 */
function checkPattern({statusCode, selectionPattern}: IntegrationResponse, integration: Integration): void {
  const others = Object.entries(integration.integrationResponses ?? {}).filter(([status]) => status !== statusCode)
  const isTaken = others.some(([, other]) => (other.selectionPattern || '') === (selectionPattern || ''))
  if (!isTaken) return
  throw conflict(`Integration response with selection pattern ${selectionPattern || 'default'} already exists`)
}

const isHttp = (type: IntegrationType) => type === 'HTTP' || type === 'HTTP_PROXY'

/** @throws ServiceError BadRequestException in the service's order of checks */
function checkIntegration(integration: Integration, method: Method): void {
  const {type, httpMethod, uri, timeoutInMillis = 0, requestParameters} = integration
  if (type !== 'MOCK' && !httpMethod) throw badRequest('Enumeration value for HttpMethod must be non-empty')
  if (isHttp(type!)) checkHttpUri(integration)
  else if (type !== 'MOCK') checkServiceUri(type!, uri ?? '')
  // Range as documented; the wording is an assumption.
  if (timeoutInMillis < 50 || timeoutInMillis > 29_000) throw badRequest('Timeout should be between 50 ms and 29000 ms')
  checkMappings(requestParameters, value => requestFault(value, method))
}

/** The host may be a stage variable, as may any part of the address. */
function checkHttpUri({uri = '', connectionType}: Integration): void {
  const filled = uri.replace(/\$\{stageVariables\.\w+\}/g, 'x').replace(/[{}]/g, 'x')
  const address = /^https?:\/\//.test(filled) || connectionType !== 'VPC_LINK' ? filled : `http://${filled}`
  const fromVariable = uri.startsWith('${stageVariables.')
  if (fromVariable || (/^https?:\/\/./.test(address) && URL.canParse(address))) return
  throw badRequest('Invalid HTTP endpoint specified for URI')
}

/** `arn:aws:apigateway:{region}:{subdomain.service|service}:{path|action}/{service_api}` */
const SERVICE_URI = /^arn:[\w-]+:apigateway:[^:]*:([^:]+):(?:path|action)\//

function checkServiceUri(type: IntegrationType, uri: string): void {
  if (!uri.startsWith('arn:')) throw badRequest('Invalid ARN specified in the request')
  const service = SERVICE_URI.exec(uri)?.[1]
  if (service === undefined) throw badRequest('AWS ARN for integration must contain path or action')
  if (type === 'AWS_PROXY' && !/(?:^|\.)(?:lambda|firehose)$/.test(service)) {
    throw badRequest(
      "Integrations of type 'AWS_PROXY' currently only supports Lambda function and Firehose stream invocations.",
    )
  }
}

/** Values of a mapping are expressions or text in single quotes. Source: parameter mapping reference of the guide. */
const REQUEST_SOURCE =
  /^(?:'[\s\S]*'|method\.request\.(?:(?:multivalue)?(?:querystring|header)|path)\.\S+|method\.request\.body(?:\.\S+|\[\S+)?|context\.\S+|stageVariables\.\S+)$/
const RESPONSE_SOURCE =
  /^(?:'[\s\S]*'|integration\.response\.(?:multivalue)?header\.\S+|integration\.response\.body(?:\.\S+|\[\S+)?|context\.\S+|stageVariables\.\S+)$/

function requestFault(value: string, method: Method): string | undefined {
  if (!REQUEST_SOURCE.test(value)) return `Invalid mapping expression specified: ${value}`
  const declarable = /^method\.request\.(?:querystring|header|path)\./.test(value)
  if (!declarable || Object.hasOwn(method.requestParameters ?? {}, value)) return undefined
  return `Invalid mapping expression parameter specified: ${value}`
}

/** @throws ServiceError BadRequestException with all faults of the mappings, each once */
function checkMappings(
  mappings: Record<string, string> | undefined,
  faultOf: (value: string, target: string) => string | undefined,
): void {
  const faults = Object.entries(mappings ?? {}).flatMap(([target, value]) => faultOf(value, target) ?? [])
  if (faults.length === 0) return
  const errors = [...new Set(faults)].join(', ')
  throw badRequest(`Invalid mapping expression specified: Validation Result: warnings : [], errors : [${errors}]`)
}

function checkResponse({statusCode, responseTemplates, responseParameters}: IntegrationResponse, method: Method): void {
  const badTypes = Object.keys(responseTemplates ?? {}).filter(type => !/^[^/\s]+\/[^/\s]+/.test(type))
  if (badTypes.length > 0) {
    const errors = badTypes.map(type => `Invalid content type specified: ${type}`)
    throw badRequest(`Validation Result: warnings : [], errors : [${errors.join(', ')}]`)
  }
  checkMappings(responseParameters, (value, target) => {
    if (!RESPONSE_SOURCE.test(value)) return `Invalid mapping expression specified: ${value}`
    // Known from public reports, as is the wording for targets that the method response does not declare.
    const response = method.methodResponses?.[statusCode!]
    if (!response) return 'No method response exists for method.'
    const isDeclared = Object.hasOwn(response.responseParameters ?? {}, target)
    return isDeclared ? undefined : `Invalid mapping expression parameter specified: ${target}`
  })
}

/** An empty response template is kept as null, as recorded: it passes the body through. */
function withNullTemplates(templates: Record<string, string> | undefined): Record<string, string> | undefined {
  if (!templates) return undefined
  const entries = Object.entries(templates).map(([type, template]) => [type, template || null])
  return Object.fromEntries(entries) as Record<string, string>
}

const asText = (value: string | undefined) => value ?? ''

const replaceTimeout: Apply<Integration> = (integration, {value}) => {
  integration.timeoutInMillis = Number(value)
}

const changeCacheKeys =
  (change: (keys: string[], name: string, value: string) => string[]): Apply<Integration> =>
  (integration, {names: [name = ''], value = ''}) => {
    integration.cacheKeyParameters = change(integration.cacheKeyParameters ?? [], name, value)
  }

/** @throws ServiceError for MOCK, whose address cannot be changed */
const notForMock =
  (apply: Apply<Integration>): Apply<Integration> =>
  (integration, change) => {
    // The wording is an assumption; the restriction is that of the API reference.
    if (integration.type === 'MOCK') throw badRequest('Invalid patch operation specified for MOCK integration')
    apply(integration, change)
  }

const PATCHES = new PatchTable<Integration>(
  [
    {
      path: '/cacheKeyParameters/{name}',
      add: changeCacheKeys((keys, name) => [...keys.filter(key => key !== name), name]),
      replace: changeCacheKeys((keys, name, value) => keys.map(key => (key === name ? value : key))),
      remove: changeCacheKeys((keys, name) => keys.filter(key => key !== name)),
    },
    entryRule('/requestParameters/{name}', 'requestParameters', asText, noParameter),
    entryRule('/requestTemplates/{contentType}', 'requestTemplates', asText, noContentType),
    {path: '/uri', replace: notForMock(setText('uri'))},
    {path: '/httpMethod', replace: notForMock(setText('httpMethod'))},
    {path: '/cacheNamespace', replace: setText('cacheNamespace')},
    {path: '/connectionId', replace: setText('connectionId')},
    {path: '/connectionType', replace: setText('connectionType')},
    {path: '/contentHandling', replace: setText('contentHandling')},
    {path: '/credentials', replace: setText('credentials')},
    {path: '/integrationTarget', replace: setText('integrationTarget')},
    {path: '/passthroughBehavior', replace: setText('passthroughBehavior')},
    {path: '/responseTransferMode', replace: setText('responseTransferMode')},
    {path: '/timeoutInMillis', replace: replaceTimeout},
    {
      path: '/tlsConfig/insecureSkipVerification',
      replace: (integration, change) => {
        integration.tlsConfig = {...integration.tlsConfig}
        setFlag<NonNullable<Integration['tlsConfig']>>('insecureSkipVerification')(integration.tlsConfig, change)
      },
    },
  ],
  'plain',
)

const RESPONSE_PATCHES = new PatchTable<IntegrationResponse>(
  [
    {path: '/contentHandling', replace: setText('contentHandling')},
    {path: '/selectionPattern', replace: setText('selectionPattern')},
    entryRule('/responseParameters/{name}', 'responseParameters', asText, noParameter),
    entryRule('/responseTemplates/{contentType}', 'responseTemplates', asText, noContentType),
  ],
  'plain',
)
