import type {ApiStore} from '../apis.js'
import type {Stage, StageStore} from '../stages.js'
import type {Log} from './log.js'
import type {LoggedStage} from './stages.js'

/** A Lambda function that a stage calls: behind a method, or to authorize its requests. */
export interface CalledFunction {
  name: string
  /** The methods that call it, as in `GET /pets/{petId}`; ANY where it is behind all of them. */
  methods: string[]
}

export interface DeployedPorts {
  apis: Pick<ApiStore, 'export'>
  stages: Pick<StageStore, 'get'>
}

/**
 * The functions that a stage calls as it is deployed; what was edited since then does not count. Of a stage that is not
 * of a REST API nobody can tell: none.
 * @throws Problem denied where the definition may not be read
 */
export async function deployedFunctions(
  {apis, stages}: DeployedPorts,
  {kind, apiId, stage}: Pick<LoggedStage, 'kind' | 'apiId' | 'stage'>,
): Promise<CalledFunction[]> {
  if (kind !== 'REST') return []
  const request = {format: 'oas30', as: 'json', extensions: ['integrations', 'authorizers']} as const
  const [definition, settings] = await Promise.all([apis.export(apiId, stage, request), stages.get(apiId, stage)])
  return functionsIn(JSON.parse(definition), variablesOf(settings))
}

/** The variables of a stage, and those that its canary sees. */
function variablesOf({variables, canary}: Stage): Record<string, string>[] {
  return canary ? [variables, {...variables, ...canary.variables}] : [variables]
}

/** The log of a function of a stage. Where its logging configuration names another group, only Lambda knows of that. */
export function functionLog({kind, api, apiId, stage}: LoggedStage, name: string): Log {
  return {group: `/aws/lambda/${name}`, kind: 'function', protocol: kind, api, apiId, stage, function: name}
}

/**
 * The functions in the definition of an API, in the order in which they are met.
 * @param definition OpenAPI with the extensions of API Gateway
 * @param variables sets of stage variables; a name with variables in it may stand for as many functions
 */
export function functionsIn(definition: unknown, variables: readonly Record<string, string>[]): CalledFunction[] {
  const methods = new Map<string, Set<string>>()
  for (const {uri, method} of callsIn(definition)) {
    for (const set of variables) {
      const name = functionOf(uri, set)
      if (name !== undefined) methods.set(name, (methods.get(name) ?? new Set()).add(method))
    }
  }
  return [...methods].map(([name, callers]) => ({name, methods: [...callers]}))
}

/** The name of the function that an address leads to, of Lambda or of API Gateway; without alias or version. */
export function functionOf(uri: string, variables: Record<string, string> = {}): string | undefined {
  const filled = uri.replaceAll(/\$\{stageVariables\.(\w+)\}/g, (_, name: string) => variables[name] ?? '')
  const ref = /\/functions\/([^/]+)\/invocations/.exec(filled)?.[1]
  // An ARN, a part of one from the account on, or the name alone.
  return ref && /^(?:arn:[^:]*:lambda:[^:]*:)?(?:\d*:function:)?([\w-]+)(?::[\w$-]+)?$/.exec(ref)?.[1]
}

interface Call {
  uri: string
  method: string
}

const ANY = 'x-amazon-apigateway-any-method'

function* callsIn(definition: unknown): Generator<Call> {
  const {paths, components, securityDefinitions} = mapOf(definition)
  const schemes = {...mapOf(securityDefinitions), ...mapOf(mapOf(components).securitySchemes)}
  for (const [path, item] of Object.entries(mapOf(paths))) {
    for (const [verb, operation] of Object.entries(mapOf(item))) {
      const method = `${verb === ANY ? 'ANY' : verb.toUpperCase()} ${path}`
      const integration = mapOf(mapOf(operation)['x-amazon-apigateway-integration'])
      if (typeof integration.uri === 'string') yield {uri: integration.uri, method}
      for (const scheme of schemesOf(operation)) {
        const authorizer = mapOf(mapOf(schemes[scheme])['x-amazon-apigateway-authorizer'])
        if (typeof authorizer.authorizerUri === 'string') yield {uri: authorizer.authorizerUri, method}
      }
    }
  }
}

function schemesOf(operation: unknown): string[] {
  const {security} = mapOf(operation)
  return Array.isArray(security) ? security.flatMap(each => Object.keys(mapOf(each))) : []
}

function mapOf(value: unknown): Record<string, unknown> {
  return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : {}
}
