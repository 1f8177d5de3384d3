import type {PutMode} from '../apis.js'
import type {EditedApi, EditedMethod, EditedResource, EditedSettings} from '../snapshots/source.js'

/**
 * What an import makes of an API, as the documentation has it. `overwrite`: what the file defines and nothing else.
 * `merge`: methods, models, authorizers and the like that the file defines take the place of those of the same name,
 * all else stays; lists of binary types and VPC endpoints add up.
 * Sources: developer guide, Import an OpenAPI file to update an existing API definition; CloudFormation user guide,
 * Mode of AWS::ApiGateway::RestApi ("container types ... are merged").
 */
export function imported(edited: EditedApi, file: EditedApi, mode: PutMode): EditedApi {
  if (mode === 'overwrite') return {...file, api: {...file.api, ...transportOf(edited.api, file.api)}}
  const named = withNames(edited)
  const replaced = new Set(file.resources.flatMap(({path, methods}) => Object.keys(methods).map(name => name + path)))
  const kept = named.resources.map(resource => ({
    ...resource,
    methods: Object.fromEntries(
      Object.entries(resource.methods).filter(([name]) => !replaced.has(name + resource.path)),
    ),
  }))
  return {
    api: mergedSettings(edited.api, file.api),
    resources: [...kept, ...file.resources],
    authorizers: byName(named.authorizers, file.authorizers, ({name}) => name),
    models: byName(named.models, file.models, ({name}) => name),
    validators: byName(named.validators, file.validators, ({name}) => name),
    gatewayResponses: byName(named.gatewayResponses, file.gatewayResponses, ({type}) => type),
  }
}

function mergedSettings(edited: EditedSettings, file: EditedSettings): EditedSettings {
  return {
    policy: file.policy ?? edited.policy,
    binaryMediaTypes: union(edited.binaryMediaTypes, file.binaryMediaTypes),
    minimumCompressionSize: file.minimumCompressionSize ?? edited.minimumCompressionSize,
    apiKeySource: file.apiKeySource ?? edited.apiKeySource,
    disableExecuteApiEndpoint: file.disableExecuteApiEndpoint ?? edited.disableExecuteApiEndpoint,
    vpcEndpointIds: union(edited.vpcEndpointIds, file.vpcEndpointIds),
    ...transportOf(edited, file),
  }
}

/** How the default endpoint is spoken to goes with its type, which no import changes; that it stays is assumed. */
const transportOf = (edited: EditedSettings, file: EditedSettings) => ({
  securityPolicy: file.securityPolicy ?? edited.securityPolicy,
  endpointAccessMode: file.endpointAccessMode ?? edited.endpointAccessMode,
})

const union = (one: readonly string[] = [], other: readonly string[] = []) => [...new Set([...one, ...other])]

/** What methods refer to by id they refer to by name, as those of a file do. */
function withNames(api: EditedApi): EditedApi {
  const authorizers = new Map(api.authorizers.map(({id, name}) => [id, name]))
  const validators = new Map(api.validators.map(({id, name}) => [id, name]))
  const renamed = (method: EditedMethod): EditedMethod => ({
    ...method,
    authorizerId: authorizers.get(method.authorizerId ?? '') ?? method.authorizerId,
    requestValidatorId: validators.get(method.requestValidatorId ?? '') ?? method.requestValidatorId,
  })
  return {
    ...api,
    resources: api.resources.map((resource: EditedResource) => ({
      ...resource,
      methods: Object.fromEntries(Object.entries(resource.methods).map(([name, method]) => [name, renamed(method)])),
    })),
    authorizers: api.authorizers.map(authorizer => ({...authorizer, id: authorizer.name})),
    validators: api.validators.map(validator => ({...validator, id: validator.name})),
  }
}

const byName = <Item>(edited: readonly Item[], file: readonly Item[], nameOf: (item: Item) => string): Item[] => [
  ...new Map([...edited, ...file].map(item => [nameOf(item), item])).values(),
]
