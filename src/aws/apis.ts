import type {
  CreateRestApiCommandInput,
  EndpointConfiguration,
  PatchOperation,
  RestApi as SdkRestApi,
} from '@aws-sdk/client-api-gateway'
import type {ApiChanges} from '../domain/api-changes.js'
import type {ApiStore, EndpointType, ImportRequest, RestApi} from '../domain/apis.js'
import {Problem} from '../domain/problem.js'
import type {Session} from '../domain/session.js'
import {openApiGateway} from './api-gateway.js'
import {allPages} from './paging.js'
import {policyFrom} from './policy.js'
import {changeTags} from './tags.js'

/** REST APIs over the SDK. */
export async function openApis(session: Session): Promise<ApiStore> {
  const {sdk, send} = await openApiGateway(session)
  return {
    async *list() {
      const apis = allPages(page => send(new sdk.GetRestApisCommand(page)), session)
      for await (const api of apis) yield restApiFrom(api)
    },
    async get(restApiId) {
      return restApiFrom(await send(new sdk.GetRestApiCommand({restApiId})))
    },
    async create({endpointType, vpcEndpointIds, ipAddressType, ...settings}) {
      const endpoints = vpcEndpointIds.length > 0 ? {vpcEndpointIds} : {}
      const endpointConfiguration = {types: [endpointType], ipAddressType, ...endpoints} as EndpointConfiguration
      const input = {...settings, endpointConfiguration} as CreateRestApiCommandInput
      return restApiFrom(await send(new sdk.CreateRestApiCommand(input)))
    },
    async import({body, failOnWarnings, ...options}) {
      const parameters = importParameters(options)
      return restApiFrom(await send(new sdk.ImportRestApiCommand({body, failOnWarnings, parameters})))
    },
    async put(restApiId, mode, {body, failOnWarnings, ...options}) {
      const parameters = importParameters(options)
      return restApiFrom(await send(new sdk.PutRestApiCommand({restApiId, mode, body, failOnWarnings, parameters})))
    },
    async update(api, changes) {
      const patchOperations = patchOf(api, changes)
      return restApiFrom(await send(new sdk.UpdateRestApiCommand({restApiId: api.id, patchOperations})))
    },
    changeTags: (id, change) => changeTags(session, `/restapis/${id}`, change),
    async delete(restApiId) {
      await send(new sdk.DeleteRestApiCommand({restApiId})).catch(error => {
        throw inPlainWords(error)
      })
    },
    async hasDocumentation(restApiId) {
      const {items = []} = await send(new sdk.GetDocumentationPartsCommand({restApiId, limit: 1}))
      return items.length > 0
    },
    async export(restApiId, stageName, {format: exportType, as, extensions}) {
      const parameters: Record<string, string> = extensions.length > 0 ? {extensions: extensions.join(',')} : {}
      const accepts = `application/${as}`
      const input = {restApiId, stageName, exportType, accepts, parameters}
      const {body} = await send(new sdk.GetExportCommand(input))
      return new TextDecoder().decode(body)
    },
  }
}

const importParameters = ({endpointType, basePath}: Pick<ImportRequest, 'endpointType' | 'basePath'>) => ({
  ...(endpointType ? {endpointConfigurationTypes: endpointType} : {}),
  ...(basePath ? {basepath: basePath} : {}),
})

/**
 * Known from issue threads: the API is in use. Which domain names lead to it stands at the end, in some of them
 * (glomex/gcdt#373).
 */
function inPlainWords(error: unknown): unknown {
  const domains =
    error instanceof Problem && /remove all base path mappings.*in your domains(?:: *(.+))?/.exec(error.message)
  if (!domains) return error
  const names = domains[1] === undefined ? '' : `: ${domains[1].replace(/\.$/, '')}`
  const text = `The API cannot be deleted while a custom domain name leads to it${names}.`
  return new Problem('conflict', text, 'To take its paths away, too: --with-mappings', error)
}

/** Source: patch operations of RestApi, API reference. */
function patchOf(api: Pick<RestApi, 'endpointType'>, changes: ApiChanges): PatchOperation[] {
  const {vpcEndpointIds, binaryMediaTypes, minimumCompressionSize: compression} = changes
  const operations: PatchOperation[] = []
  const replace = (path: string, value: string | undefined) => operations.push({op: 'replace', path, value})
  if (changes.name !== undefined) replace('/name', changes.name)
  if (changes.description === '') operations.push({op: 'remove', path: '/description'})
  else if (changes.description !== undefined) replace('/description', changes.description)
  if (changes.endpointType) replace(`/endpointConfiguration/types/${api.endpointType}`, changes.endpointType)
  for (const op of ['remove', 'add'] as const) {
    for (const value of vpcEndpointIds?.[op] ?? []) {
      operations.push({op, path: '/endpointConfiguration/vpcEndpointIds', value})
    }
    for (const type of binaryMediaTypes?.[op] ?? []) {
      operations.push({op, path: `/binaryMediaTypes/${type.replaceAll('~', '~0').replaceAll('/', '~1')}`})
    }
  }
  if (changes.policy !== undefined) replace('/policy', changes.policy)
  if (changes.apiKeySource) replace('/apiKeySource', changes.apiKeySource)
  // Without a value: never compressed.
  if (compression !== undefined)
    replace('/minimumCompressionSize', compression === 'off' ? undefined : String(compression))
  if (changes.disableExecuteApiEndpoint !== undefined) {
    replace('/disableExecuteApiEndpoint', String(changes.disableExecuteApiEndpoint))
  }
  return operations
}

function restApiFrom(api: SdkRestApi): RestApi {
  return {
    id: api.id ?? '',
    name: api.name ?? '',
    description: api.description,
    endpointType: (api.endpointConfiguration?.types?.[0] ?? 'EDGE') as EndpointType,
    vpcEndpointIds: api.endpointConfiguration?.vpcEndpointIds ?? [],
    createdDate: api.createdDate,
    version: api.version,
    rootResourceId: api.rootResourceId,
    apiKeySource: api.apiKeySource,
    binaryMediaTypes: api.binaryMediaTypes ?? [],
    minimumCompressionSize: api.minimumCompressionSize,
    disableExecuteApiEndpoint: api.disableExecuteApiEndpoint ?? false,
    ipAddressType: api.endpointConfiguration?.ipAddressType,
    securityPolicy: api.securityPolicy,
    endpointAccessMode: api.endpointAccessMode,
    policy: policyFrom(api.policy),
    tags: api.tags ?? {},
    warnings: api.warnings ?? [],
  }
}
