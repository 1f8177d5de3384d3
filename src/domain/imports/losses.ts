import type {EditedApi} from '../snapshots/source.js'

/** Models that each new API starts with. */
const OWN_MODELS: ReadonlySet<string> = new Set(['Empty', 'Error'])

/** The names of models that the service made of schemas without one: they go with the methods. Source: recorded imports */
const NAMELESS = /^MODEL[0-9a-f]{6}$/

/** What an import takes away from an API, in words, such as `gateway response DEFAULT_4XX`. Also what no method uses. */
export function lossesOf(edited: EditedApi, after: EditedApi): string[] {
  const {api} = edited
  const models = edited.models.filter(({name}) => !OWN_MODELS.has(name) && !NAMELESS.test(name))
  return [
    ...named('route', routesOf(edited), routesOf(after)),
    ...(api.policy && !after.api.policy ? ['the resource policy'] : []),
    ...named('VPC endpoint', api.vpcEndpointIds ?? [], after.api.vpcEndpointIds ?? []),
    ...(api.disableExecuteApiEndpoint && !after.api.disableExecuteApiEndpoint
      ? ['that its default endpoint is switched off']
      : []),
    ...named('binary type', api.binaryMediaTypes ?? [], after.api.binaryMediaTypes ?? []),
    ...(api.apiKeySource === 'AUTHORIZER' && after.api.apiKeySource !== 'AUTHORIZER'
      ? ['that API keys come from an authorizer']
      : []),
    ...(api.minimumCompressionSize !== undefined && after.api.minimumCompressionSize === undefined
      ? ['the compression of answers']
      : []),
    ...named('gateway response', edited.gatewayResponses.map(typeOf), after.gatewayResponses.map(typeOf)),
    ...named('authorizer', edited.authorizers.map(nameOf), after.authorizers.map(nameOf)),
    ...named('model', models.map(nameOf), after.models.map(nameOf)),
    ...named('validator', edited.validators.map(nameOf), after.validators.map(nameOf)),
  ]
}

const typeOf = ({type}: {type: string}) => type
const nameOf = ({name}: {name: string}) => name

const routesOf = ({resources}: EditedApi) =>
  resources.flatMap(({path, methods}) => Object.keys(methods).map(method => `${method} ${path}`))

/** Names from which on they are only counted. */
const MANY = 5

/** `routes GET /pets, POST /pets`, `12 models` */
function named(what: string, before: readonly string[], after: readonly string[]): string[] {
  const there = new Set(after)
  const gone = before.filter(name => !there.has(name))
  if (gone.length === 0) return []
  if (gone.length > MANY) return [`${gone.length} ${what}s`]
  return [`${what}${gone.length === 1 ? '' : 's'} ${gone.join(', ')}`]
}
