import type {CreateRestApiRequest, EndpointConfiguration, PutMode, RestApi} from '@aws-sdk/client-api-gateway'
import {withWholeArns} from '../control/rest-apis.js'
import type {Call, Handlers} from '../service.js'
import type {RestApiRecord} from '../store.js'
import type {Definition} from './definition.js'
import {isTree, listOf, present, textOf} from './document.js'

/** An API as it will be after an import, and a call whose state has it. */
export interface Draft {
  record: RestApiRecord
  call: Call
}

type Settings = Partial<CreateRestApiRequest>

/**
 * The beginning of a new API.
 * @param parameters of the import; `endpointConfigurationTypes` is the one that matters here
 */
export function newDraft(
  definition: Definition,
  parameters: Record<string, string>,
  control: Handlers,
  call: Call,
): Draft {
  const {endpointConfigurationTypes: types} = parameters
  const settings = settingsOf(definition)
  const endpoint = {...settings.endpointConfiguration, ...(types && {types: types.split(',')})} as EndpointConfiguration
  const draft = create(
    {...settings, ...(Object.keys(endpoint).length > 0 && {endpointConfiguration: endpoint})},
    control,
    call,
  )
  // An imported API has the models of its definition only, as recorded, not those that a new one starts with.
  draft.record.models = {}
  return draft
}

/**
 * A copy of an API with the settings of a definition. The type of its endpoint stays.
 * Source: developer guide, api-gateway-import-api-update.
 */
export function updateDraft(
  record: RestApiRecord,
  definition: Definition,
  mode: PutMode,
  control: Handlers,
  call: Call,
): Draft {
  const {api} = record
  const said = settingsOf(definition)
  const {vpcEndpointIds, ...endpoint} = api.endpointConfiguration ?? {}
  const merging = mode === 'merge'
  const settings: Settings = {
    ...(merging ? mergedSettings(api, said) : said),
    endpointConfiguration: {
      ...endpoint,
      ...said.endpointConfiguration,
      ...(merging && {vpcEndpointIds: union(vpcEndpointIds, said.endpointConfiguration?.vpcEndpointIds)}),
    },
    securityPolicy: said.securityPolicy ?? api.securityPolicy,
    endpointAccessMode: said.endpointAccessMode ?? api.endpointAccessMode,
    tags: api.tags,
  }
  const {id, createdDate, rootResourceId} = api
  const {resources, models, requestValidators, authorizers, gatewayResponses, documentationParts} = record
  // Alone in its state: it is no API more, which could be one too many.
  const {policy, ...members} = settings
  const draft = create(members, control, {...call, state: {...call.state, restApis: {}}})
  const parts = {resources, models, requestValidators, authorizers, gatewayResponses, documentationParts}
  draft.record = {
    ...record,
    ...structuredClone(parts),
    api: withWholeArns({...draft.record.api, id, createdDate, rootResourceId, policy}, call),
  }
  draft.call.state.restApis[id!] = draft.record
  return draft
}

/** Source: CloudFormation user guide, Mode of AWS::ApiGateway::RestApi: container types are merged. */
function union(one: readonly string[] = [], other: readonly string[] = []): string[] | undefined {
  const all = [...new Set([...one, ...other])]
  return all.length > 0 ? all : undefined
}

/** What the definition says wins; binary media types add up, as recorded. */
function mergedSettings(api: RestApi, said: Settings): Settings {
  const {description, version, apiKeySource, minimumCompressionSize, policy, disableExecuteApiEndpoint} = api
  const binaryMediaTypes = [...new Set([...(api.binaryMediaTypes ?? []), ...(said.binaryMediaTypes ?? [])])]
  return {
    ...present({description, version, apiKeySource, minimumCompressionSize, policy, disableExecuteApiEndpoint}),
    ...said,
    ...(binaryMediaTypes.length > 0 && {binaryMediaTypes}),
  }
}

/** The control plane's own operation makes the API, with its checks and defaults, in a state of its own. */
function create(settings: Settings, control: Handlers, call: Call): Draft {
  const scratch = {...call, state: {...call.state, restApis: {...call.state.restApis}}}
  const {id} = control.CreateRestApi!(settings, scratch) as RestApi
  return {record: scratch.state.restApis[id!]!, call: scratch}
}

function settingsOf({root, title, description, version, endpointConfiguration}: Definition): Settings {
  const binaryMediaTypes = listOf(root['x-amazon-apigateway-binary-media-types']).map(String)
  const vpcEndpointIds = listOf(endpointConfiguration.vpcEndpointIds).map(String)
  const compression = textOf(root['x-amazon-apigateway-minimum-compression-size'])
  const policy = root['x-amazon-apigateway-policy']
  const {disableExecuteApiEndpoint: disabled} = endpointConfiguration
  return present({
    name: title,
    description,
    version,
    binaryMediaTypes: binaryMediaTypes.length > 0 ? binaryMediaTypes : undefined,
    minimumCompressionSize: compression === undefined ? undefined : Number(compression),
    apiKeySource: textOf(root['x-amazon-apigateway-api-key-source'])?.toUpperCase() as Settings['apiKeySource'],
    policy: isTree(policy) ? JSON.stringify(policy) : textOf(policy),
    securityPolicy: textOf(root['x-amazon-apigateway-security-policy']) as Settings['securityPolicy'],
    endpointAccessMode: textOf(root['x-amazon-apigateway-endpoint-access-mode']) as Settings['endpointAccessMode'],
    disableExecuteApiEndpoint: disabled === undefined ? undefined : disabled === true,
    endpointConfiguration: vpcEndpointIds.length > 0 ? ({vpcEndpointIds} as EndpointConfiguration) : undefined,
  })
}
