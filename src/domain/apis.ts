import type {ApiChanges} from './api-changes.js'
import {type Choose, findNamed, nameInUse, type OnNamesake} from './choice.js'
import {type Definition, refusedImport} from './definitions.js'
import type {Change, Plan} from './plan.js'
import {Problem} from './problem.js'
import {quoted} from './quoting.js'
import type {TagChange} from './tags.js'

export const ENDPOINT_TYPES = ['REGIONAL', 'EDGE', 'PRIVATE'] as const
export type EndpointType = (typeof ENDPOINT_TYPES)[number]

/** Where a method looks for the API key: in the header x-api-key, or in what the authorizer returns. */
export type ApiKeySource = 'HEADER' | 'AUTHORIZER'

export interface RestApi {
  id: string
  name: string
  description?: string | undefined
  endpointType: EndpointType
  vpcEndpointIds: string[]
  createdDate?: Date | undefined
  version?: string | undefined
  rootResourceId?: string | undefined
  apiKeySource?: string | undefined
  binaryMediaTypes: string[]
  /** Bytes from which on a response is compressed; undefined where none is. */
  minimumCompressionSize?: number | undefined
  disableExecuteApiEndpoint: boolean
  ipAddressType?: string | undefined
  /** What TLS is spoken: `TLS_1_0`, or a name that begins with `SecurityPolicy_`. */
  securityPolicy?: string | undefined
  /** BASIC or STRICT; only with a security policy of the newer kind. */
  endpointAccessMode?: string | undefined
  /** The resource policy, as JSON text. */
  policy?: string | undefined
  tags: Record<string, string>
  /** What the service remarked on at the last import. */
  warnings: string[]
}

/** How to name an API on a command line. */
export const refOf = ({name}: Pick<RestApi, 'name'>) => quoted(name)

export interface CreateRequest {
  name: string
  endpointType: EndpointType
  /** VPC endpoints that a private API is associated with. */
  vpcEndpointIds: string[]
  description?: string | undefined
  /** The resource policy, as JSON text. */
  policy?: string | undefined
  binaryMediaTypes: string[]
  apiKeySource?: ApiKeySource | undefined
  minimumCompressionSize?: number | undefined
  disableExecuteApiEndpoint: boolean
  tags: Record<string, string>
  /** What the API says of itself, for people. */
  version?: string | undefined
  ipAddressType?: string | undefined
  securityPolicy?: string | undefined
  endpointAccessMode?: string | undefined
  /** Id of an API whose resources, and what they use, are copied. */
  cloneFrom?: string | undefined
}

export interface ImportRequest {
  /** The OpenAPI document as it is, JSON or YAML. */
  body: Uint8Array
  endpointType?: EndpointType | undefined
  failOnWarnings: boolean
  basePath?: 'ignore' | 'prepend' | 'split' | undefined
}

/** What becomes of what an API has and a definition has not: it stays, or it goes. */
export type PutMode = 'merge' | 'overwrite'

/** The REST APIs of an account and Region. */
export interface ApiStore {
  list(): AsyncIterable<RestApi>
  get(id: string): Promise<RestApi>
  create(request: CreateRequest): Promise<RestApi>
  import(request: ImportRequest): Promise<RestApi>
  /** Imports into an API that is there; not all or nothing. */
  put(id: string, mode: PutMode, request: Omit<ImportRequest, 'endpointType'>): Promise<RestApi>
  /** All of the changes or, when the service refuses one, none. */
  update(api: Pick<RestApi, 'id' | 'endpointType'>, changes: ApiChanges): Promise<RestApi>
  changeTags(id: string, change: TagChange): Promise<void>
  /** @throws Problem conflict while a custom domain name leads to the API */
  delete(id: string): Promise<void>
  /** Whether anything of it is documented. */
  hasDocumentation(id: string): Promise<boolean>
  /** The definition of what a stage serves, as text. */
  export(id: string, stage: string, request: ExportRequest): Promise<string>
}

export interface ExportRequest {
  format: 'oas30' | 'swagger'
  as: 'json' | 'yaml'
  /** Which extensions of API Gateway the document has: `integrations`, `apigateway`, `authorizers`, `postman`. */
  extensions: readonly string[]
}

/** All of an async iterable. */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

/**
 * The API that a command works on: by name or id, or chosen by a person.
 * @throws Problem `missing`, or `usage` when the name is ambiguous or nothing was said and nobody can be asked
 */
export async function resolveApi(
  apis: Pick<ApiStore, 'list'>,
  ref: string | undefined,
  choose: Choose,
): Promise<RestApi> {
  const all = await collect(apis.list())
  if (ref !== undefined) return findNamed(all, ref, 'API')
  const choices = all.map(api => ({name: `${api.name} (${api.id})`, value: api.id}))
  return findNamed(all, await choose({message: 'Which API?', flag: '--api NAME', choices}), 'API')
}

/**
 * Plans an empty API.
 * @throws Problem `usage` for settings that do not go together, `conflict` for a name in use
 */
export async function planApiCreation(
  apis: Pick<ApiStore, 'list' | 'create'>,
  request: CreateRequest,
  onNamesake: OnNamesake,
): Promise<Plan<RestApi>> {
  checkVpcEndpoints(request.endpointType, request.vpcEndpointIds)
  const api = await namesakeOf(apis, request.name, onNamesake)
  if (api) {
    return {
      changes: [],
      nothing: `There is an API called "${api.name}" already: nothing was changed.`,
      apply: async () => api,
    }
  }
  return {
    changes: [{action: 'create', kind: 'API', name: request.name, detail: settingsOf(request)}],
    apply: () => apis.create(request),
  }
}

/** The API that has a name already and is to be taken. @throws Problem conflict where it is not to be taken */
export async function namesakeOf(
  apis: Pick<ApiStore, 'list'>,
  name: string,
  onNamesake: OnNamesake,
): Promise<RestApi | undefined> {
  if (onNamesake === 'allow') return undefined
  const namesakes = await namesakesOf(apis, name)
  if (namesakes.length === 0) return undefined
  if (onNamesake === 'reuse') return findNamed(namesakes, name, 'API')
  const hint = 'Use it as it is: --if-not-exists. Make another: --allow-duplicate.'
  throw nameInUse('an API', name, namesakes, hint)
}

function checkVpcEndpoints(type: EndpointType, vpcEndpointIds: readonly string[]): void {
  if (type === 'PRIVATE' || vpcEndpointIds.length === 0) return
  throw new Problem('usage', 'Only a private API is reached through VPC endpoints.', 'Pass --private with --vpce.')
}

async function namesakesOf(apis: Pick<ApiStore, 'list'>, name: string): Promise<RestApi[]> {
  return (await collect(apis.list())).filter(api => api.name === name)
}

function settingsOf(request: CreateRequest): string {
  const tags = Object.keys(request.tags).length
  return [
    request.endpointType.toLowerCase(),
    ...request.vpcEndpointIds,
    request.policy && 'resource policy',
    request.binaryMediaTypes.length > 0 && `binary ${request.binaryMediaTypes.join(' ')}`,
    request.apiKeySource && `API key from ${request.apiKeySource.toLowerCase()}`,
    request.minimumCompressionSize !== undefined && `compressed from ${request.minimumCompressionSize} bytes on`,
    request.disableExecuteApiEndpoint && 'no default endpoint',
    tags > 0 && `${tags} tag${tags === 1 ? '' : 's'}`,
  ]
    .filter(Boolean)
    .join(', ')
}

export interface ImportOptions {
  endpointType: EndpointType
  failOnWarnings: boolean
  basePath?: ImportRequest['basePath']
  /** Name of the API, instead of the title of the definition. */
  name?: string | undefined
  onNamesake: Exclude<OnNamesake, 'reuse'>
}

/**
 * Plans a new API from a definition. The service takes the name from the title; another name is a second call.
 * @throws Problem `conflict` for a name in use
 */
export async function planApiImport(
  apis: Pick<ApiStore, 'list' | 'import' | 'update'>,
  definition: Definition,
  {name, onNamesake, ...options}: ImportOptions,
): Promise<Plan<RestApi>> {
  const finalName = name ?? definition.title
  if (onNamesake === 'refuse' && finalName !== undefined) {
    const namesakes = await namesakesOf(apis, finalName)
    if (namesakes.length > 0)
      throw nameInUse('an API', finalName, namesakes, 'Make another: --allow-duplicate, or --name NAME.')
  }
  const {version, methods} = definition
  const detail = `${version}, ${methods} method${methods === 1 ? '' : 's'}, ${options.endpointType.toLowerCase()}`
  const change: Change = {action: 'import', kind: 'API', name: finalName ?? definition.name, detail}
  return {
    changes: [change],
    async apply() {
      const api = await apis.import({...options, body: definition.body}).catch(error => {
        throw refusedImport(error, definition)
      })
      if (name === undefined || name === api.name) return api
      try {
        return {...(await apis.update(api, {name})), warnings: api.warnings}
      } catch (error) {
        if (!(error instanceof Problem)) throw error
        const done = `The API was imported as "${api.name}" (${api.id}), but not renamed: ${error.message}`
        throw new Problem(error.kind, done, `To rename it: apigw apis update ${api.id} --name '${name}'`, error)
      }
    },
  }
}
