import {type Choose, findNamed} from './choice.js'

export type EndpointType = 'EDGE' | 'REGIONAL' | 'PRIVATE'

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
  minimumCompressionSize?: number | undefined
  disableExecuteApiEndpoint: boolean
  /** The resource policy, as JSON text. */
  policy?: string | undefined
  tags: Record<string, string>
  /** What the service remarked on at the last import. */
  warnings: string[]
}

export interface ImportRequest {
  /** The OpenAPI document as it is, JSON or YAML. */
  body: Uint8Array
  endpointType?: EndpointType | undefined
  failOnWarnings: boolean
  basePath?: 'ignore' | 'prepend' | 'split' | undefined
}

/** The REST APIs of an account and Region. */
export interface ApiStore {
  list(): AsyncIterable<RestApi>
  import(request: ImportRequest): Promise<RestApi>
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
