import type {BasePathMapping, DomainName} from '@aws-sdk/client-api-gateway'
import type {ApiMapping} from '@aws-sdk/client-apigatewayv2'
import {collect, type EndpointType} from '../domain/apis.js'
import type {DomainMapping, DomainStore} from '../domain/domains.js'
import {isMissing, Problem} from '../domain/problem.js'
import type {Session} from '../domain/session.js'
import {openApiGateway} from './api-gateway.js'
import {allPages} from './paging.js'
import {apiGatewayV2} from './v2-apis.js'

/**
 * Custom domain names over the SDK. Mappings with several levels are known to version 2 of the API only, which has those
 * of REST APIs as well (hashicorp/terraform-provider-aws#21986), but no edge-optimized or private domain names: those are
 * asked of version 1, as are the others where version 2 does not answer or has none.
 */
export async function openDomains(session: Session): Promise<DomainStore> {
  const {sdk, send} = await openApiGateway(session)
  const v2 = apiGatewayV2(session)

  async function ofVersion1({domainName, domainNameId}: DomainName): Promise<MappingOf[]> {
    const pages = allPages(page => send(new sdk.GetBasePathMappingsCommand({...page, domainName, domainNameId})))
    return (await collect(pages)).map(mappingFrom)
  }

  async function ofVersion2({domainName: DomainName}: DomainName): Promise<MappingOf[]> {
    const {sdk, send} = await v2()
    const found: MappingOf[] = []
    let NextToken: string | undefined
    do {
      const page = await send(new sdk.GetApiMappingsCommand({DomainName, NextToken}))
      found.push(...(page.Items ?? []).map(v2MappingFrom))
      NextToken = page.NextToken
    } while (NextToken !== undefined)
    return found
  }

  async function mappingsOf(domain: DomainName): Promise<DomainMapping[]> {
    const domainType = (domain.endpointConfiguration?.types?.[0] ?? 'EDGE') as EndpointType
    const ofBoth = domainType === 'REGIONAL' ? await ofVersion2(domain).catch(unlessHopeless) : []
    const found = ofBoth.length > 0 ? ofBoth : await ofVersion1(domain)
    const {domainName = '', domainNameId: domainId} = domain
    return found.map(mapping => ({domain: domainName, domainId, domainType, ...mapping}))
  }

  return {
    async *mappings() {
      const domains = await collect(allPages(page => send(new sdk.GetDomainNamesCommand(page))))
      for (const mappings of await Promise.all(domains.map(mappingsOf))) yield* mappings
    },
    async remove({domain: domainName, domainId: domainNameId, basePath, mappingId}) {
      const removal =
        mappingId === undefined
          ? send(new sdk.DeleteBasePathMappingCommand({domainName, domainNameId, basePath: basePath || NO_BASE_PATH}))
          : v2().then(({sdk, send}) =>
              send(new sdk.DeleteApiMappingCommand({DomainName: domainName, ApiMappingId: mappingId})),
            )
      await removal.catch((error: unknown) => {
        if (!isMissing(error)) throw error
      })
    },
  }
}

type MappingOf = Pick<DomainMapping, 'basePath' | 'mappingId' | 'apiId' | 'stage'>

/** How version 1 writes an empty base path, and version 1 of old the stage of a mapping without one. */
const NO_BASE_PATH = '(none)'

const mappingFrom = ({basePath, restApiId = '', stage}: BasePathMapping): MappingOf => ({
  basePath: named(basePath) ?? '',
  apiId: restApiId,
  stage: named(stage),
})

const v2MappingFrom = ({ApiMappingId, ApiMappingKey, ApiId = '', Stage}: ApiMapping): MappingOf => ({
  basePath: named(ApiMappingKey) ?? '',
  mappingId: ApiMappingId,
  apiId: ApiId,
  stage: named(Stage),
})

const named = (text: string | undefined) => (text === NO_BASE_PATH || text === '' ? undefined : text)

/** There are servers without version 2, and policies without its resources: then version 1 tells what it knows. */
function unlessHopeless(error: unknown): MappingOf[] {
  if (error instanceof Problem && ['missing', 'denied', 'failed', 'conflict'].includes(error.kind)) return []
  throw error
}
