import {
  ApiKeySourceType,
  ApiKeysFormat,
  AuthorizerType,
  CacheClusterSize,
  ConnectionType,
  ContentHandlingStrategy,
  EndpointAccessMode,
  PutMode,
  ResponseTransferMode,
  RoutingMode,
  SecurityPolicy,
} from '@aws-sdk/client-api-gateway'
import {validation} from '../errors.js'
import type {Operation} from '../protocol/operations.js'
import {missingMembers} from '../protocol/required.js'
import type {Call, Handlers} from '../service.js'

/** What a value must satisfy; gives the end of the service's sentence when it does not. */
interface Constraint {
  /** Names from the input inwards: `endpointConfiguration.types`. */
  path: string
  check: (value: unknown) => string | undefined
}

/** The service prints enumerations in an order of its own: those below are as recorded, the SDK's are as modelled. */
const ENDPOINT_TYPES = ['PRIVATE', 'EDGE', 'REGIONAL']
const IP_ADDRESS_TYPES = ['ipv4', 'dualstack']
const INTEGRATION_TYPES = ['HTTP', 'MOCK', 'AWS_PROXY', 'HTTP_PROXY', 'AWS']
const PATCH_OPS = ['add', 'remove', 'move', 'test', 'replace', 'copy']
const GATEWAY_RESPONSE_TYPES = [
  'REQUEST_TOO_LARGE',
  'RESOURCE_NOT_FOUND',
  'AUTHORIZER_CONFIGURATION_ERROR',
  'MISSING_AUTHENTICATION_TOKEN',
  'BAD_REQUEST_BODY',
  'INVALID_SIGNATURE',
  'INVALID_API_KEY',
  'BAD_REQUEST_PARAMETERS',
  'AUTHORIZER_FAILURE',
  'UNAUTHORIZED',
  'INTEGRATION_TIMEOUT',
  'ACCESS_DENIED',
  'DEFAULT_4XX',
  'DEFAULT_5XX',
  'WAF_FILTERED',
  'QUOTA_EXCEEDED',
  'THROTTLED',
  'API_CONFIGURATION_ERROR',
  'UNSUPPORTED_MEDIA_TYPE',
  'INTEGRATION_FAILURE',
  'EXPIRED_TOKEN',
]
const DOCUMENTATION_PART_TYPES = [
  'RESPONSE_BODY',
  'RESPONSE',
  'METHOD',
  'MODEL',
  'AUTHORIZER',
  'RESPONSE_HEADER',
  'RESOURCE',
  'PATH_PARAMETER',
  'REQUEST_BODY',
  'QUERY_PARAMETER',
  'API',
  'REQUEST_HEADER',
]

const oneOf = (path: string, values: readonly string[] | Record<string, string>): Constraint => {
  const allowed = Array.isArray(values) ? values : Object.values(values)
  const set = `Member must satisfy enum value set: [${allowed.join(', ')}]`
  return {path, check: value => (allowed.includes(value as string) ? undefined : set)}
}

const eachOf = (path: string, values: readonly string[]): Constraint => {
  const set = `Member must satisfy constraint: [Member must satisfy enum value set: [${values.join(', ')}]]`
  return {path, check: value => ((value as string[]).every(item => values.includes(item)) ? undefined : set)}
}

const matching = (path: string, pattern: string): Constraint => {
  const expression = new RegExp(`^${pattern}$`)
  const set = `Member must satisfy regular expression pattern: ${pattern}`
  return {path, check: value => (expression.test(value as string) ? undefined : set)}
}

const STATUS_CODE = matching('statusCode', '[1-5]\\d\\d')
const RESPONSE_TYPE = oneOf('responseType', GATEWAY_RESPONSE_TYPES)
const CONTENT_HANDLING = oneOf('contentHandling', ContentHandlingStrategy)
const CACHE_SIZE = oneOf('cacheClusterSize', CacheClusterSize)
const ENDPOINT = [
  eachOf('endpointConfiguration.types', ENDPOINT_TYPES),
  oneOf('endpointConfiguration.ipAddressType', IP_ADDRESS_TYPES),
]
const SECURITY = [oneOf('securityPolicy', SecurityPolicy), oneOf('endpointAccessMode', EndpointAccessMode)]

/** What the service checks by itself before an operation begins, in the order in which it reports it. */
const CONSTRAINTS: Readonly<Record<string, readonly Constraint[]>> = {
  CreateAuthorizer: [oneOf('type', AuthorizerType)],
  CreateDeployment: [CACHE_SIZE],
  CreateDocumentationPart: [oneOf('location.type', DOCUMENTATION_PART_TYPES)],
  CreateDomainName: [...ENDPOINT, ...SECURITY, oneOf('routingMode', RoutingMode)],
  CreateRestApi: [...ENDPOINT, oneOf('apiKeySource', ApiKeySourceType), ...SECURITY],
  CreateStage: [CACHE_SIZE],
  DeleteGatewayResponse: [RESPONSE_TYPE],
  DeleteIntegrationResponse: [STATUS_CODE],
  DeleteMethodResponse: [STATUS_CODE],
  GetDocumentationParts: [oneOf('type', DOCUMENTATION_PART_TYPES)],
  GetGatewayResponse: [RESPONSE_TYPE],
  GetIntegrationResponse: [STATUS_CODE],
  GetMethodResponse: [STATUS_CODE],
  ImportApiKeys: [oneOf('format', ApiKeysFormat)],
  ImportDocumentationParts: [oneOf('mode', PutMode)],
  PutGatewayResponse: [RESPONSE_TYPE, STATUS_CODE],
  PutIntegration: [
    oneOf('type', INTEGRATION_TYPES),
    oneOf('connectionType', ConnectionType),
    CONTENT_HANDLING,
    oneOf('responseTransferMode', ResponseTransferMode),
  ],
  PutIntegrationResponse: [STATUS_CODE, CONTENT_HANDLING],
  PutMethodResponse: [STATUS_CODE],
  PutRestApi: [oneOf('mode', PutMode)],
  UpdateGatewayResponse: [RESPONSE_TYPE],
  UpdateIntegrationResponse: [STATUS_CODE],
  UpdateMethodResponse: [STATUS_CODE],
}

/** The handlers, each behind the checks that the service's framework makes before it calls one. */
export function constrained(operations: ReadonlyMap<string, Operation>, handlers: Handlers): Handlers {
  return Object.fromEntries(
    Object.entries(handlers).map(([name, handler]) => {
      const operation = operations.get(name)
      if (!operation) throw new Error(`${name} is not an operation of API Gateway`)
      return [
        name,
        (input: Record<string, unknown>, call: Call) => {
          const violations = violationsOf(operation, input)
          if (violations.length > 0) throw validation(...violations)
          return handler(input, call)
        },
      ]
    }),
  )
}

function violationsOf(operation: Operation, input: Record<string, unknown>): string[] {
  const place = placesOf(operation)
  const violations = missingMembers(operation.input, input).map(
    path => `Value null at '${place(path)}' failed to satisfy constraint: Member must not be null`,
  )
  const ops = Array.isArray(input.patchOperations) ? input.patchOperations : []
  for (const [i, {op}] of ops.entries()) {
    const path = `patchOperations.${i + 1}.member.op`
    violations.push(...violationOf(oneOf(path, PATCH_OPS), op, place(path)))
  }
  for (const constraint of CONSTRAINTS[operation.name] ?? []) {
    violations.push(...violationOf(constraint, valueAt(input, constraint.path), place(constraint.path)))
  }
  return violations
}

function violationOf(constraint: Constraint, value: unknown, place: string): string[] {
  if (value === undefined || value === null) return []
  const unmet = constraint.check(value)
  const shown = Array.isArray(value) ? `[${value.join(', ')}]` : String(value)
  return unmet ? [`Value '${shown}' at '${place}' failed to satisfy constraint: ${unmet}`] : []
}

function valueAt(input: Record<string, unknown>, path: string): unknown {
  let value: unknown = input
  for (const name of path.split('.')) value = (value as Record<string, unknown> | undefined | null)?.[name]
  return value
}

/** Members of the body are named with the input's own name in front, those of the address are not. */
function placesOf(operation: Operation): (path: string) => string {
  const addressed = new Set<string>()
  for (const [name, member] of operation.input.structIterator()) {
    const traits = member.getMergedTraits()
    if (traits.httpLabel || traits.httpQuery) addressed.add(name)
  }
  const input = `${operation.name[0]!.toLowerCase()}${operation.name.slice(1)}Input`
  return path => (addressed.has(path.split('.')[0]!) ? path : `${input}.${path}`)
}
