import {createHash} from 'node:crypto'
import type {ApiMapping, CreateApiMappingRequest} from '@aws-sdk/client-apigatewayv2'
import {badRequest, conflict, notFound} from '../errors.js'
import type {Call, Handlers} from '../service.js'
import {entryOf} from '../store.js'
import {NO_BASE_PATH} from './base-path-mappings.js'
import {domainNameOf} from './domain-names.js'

interface MappingAddress {
  DomainName: string
  ApiMappingId: string
}

/** Mappings as version 2 of the API has them: the same as those of version 1, and those with several levels. */
export const apiMappings: Handlers = {
  CreateApiMapping({DomainName, ApiId, ApiMappingKey, Stage}: CreateApiMappingRequest, call) {
    const {domain, mappings} = domainNameOf(call, DomainName)
    const basePath = ApiMappingKey || NO_BASE_PATH
    // Source: "Use API mappings to connect API stages to a custom domain name for REST APIs". The words are assumed.
    const isRegional = domain.endpointConfiguration?.types?.includes('REGIONAL')
    if (basePath.includes('/') && !(isRegional && domain.securityPolicy !== 'TLS_1_0')) {
      throw badRequest('Mappings with multiple levels need a Regional domain name and the security policy TLS_1_2.')
    }
    const api = entryOf(call.state.restApis, ApiId!)
    if (!api) throw notFound(`Invalid API identifier specified ${call.accountId}:${ApiId}`)
    if (!entryOf(api.stages, Stage!)) throw badRequest('Invalid stage identifier specified')
    // The words are assumed.
    if (entryOf(mappings, basePath)) throw conflict('ApiMapping key already exists for this domain name')
    mappings[basePath] = {basePath, restApiId: ApiId, stage: Stage}
    return shown(DomainName!, mappings[basePath])
  },

  GetApiMapping: (input: MappingAddress, call) => shown(input.DomainName, mappingOf(call, input)),

  GetApiMappings: ({DomainName}: {DomainName: string}, call) => ({
    Items: Object.values(domainNameOf(call, DomainName).mappings).map(mapping => shown(DomainName, mapping)),
  }),

  DeleteApiMapping(input: MappingAddress, call) {
    const {basePath} = mappingOf(call, input)
    delete domainNameOf(call, input.DomainName).mappings[basePath!]
  },
}

type Mapping = ReturnType<typeof domainNameOf>['mappings'][string]

function mappingOf(call: Call, {DomainName, ApiMappingId}: MappingAddress): Mapping {
  const all = Object.values(domainNameOf(call, DomainName).mappings)
  const mapping = all.find(mapping => idOf(DomainName, mapping) === ApiMappingId)
  // The words are assumed.
  if (!mapping) throw notFound('Invalid ApiMapping identifier specified')
  return mapping
}

const shown = (domainName: string, mapping: Mapping): ApiMapping => ({
  ApiId: mapping.restApiId,
  ApiMappingId: idOf(domainName, mapping),
  ApiMappingKey: mapping.basePath === NO_BASE_PATH ? '' : mapping.basePath,
  Stage: mapping.stage,
})

/** Ids are drawn at random by the service; that they follow from the path is enough here. */
const idOf = (domainName: string, {basePath}: Mapping): string =>
  createHash('sha256').update(`${domainName}/${basePath}`).digest('hex').slice(0, 6)
