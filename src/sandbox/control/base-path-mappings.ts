import type {
  BasePathMapping,
  CreateBasePathMappingRequest,
  UpdateBasePathMappingRequest,
} from '@aws-sdk/client-api-gateway'
import {badRequest, conflict, notFound} from '../errors.js'
import type {Call, Handlers} from '../service.js'
import {entryOf} from '../store.js'
import {domainNameOf} from './domain-names.js'
import {type PageRequest, page} from './paging.js'
import {PatchTable, setText} from './patch.js'

type MappingAddress = {domainName: string; basePath: string}

export const basePathMappings: Handlers = {
  CreateBasePathMapping(input: CreateBasePathMappingRequest, call) {
    const {mappings} = domainNameOf(call, input.domainName)
    const mapping = checked(
      {basePath: input.basePath || NO_BASE_PATH, restApiId: input.restApiId, stage: input.stage || undefined},
      call,
    )
    checkFree(mapping.basePath!, Object.keys(mappings))
    mappings[mapping.basePath!] = mapping
    return mapping
  },

  GetBasePathMapping: (input: MappingAddress, call) => mappingOf(call, input),

  GetBasePathMappings: (input: {domainName: string} & PageRequest, call) =>
    page(Object.values(domainNameOf(call, input.domainName).mappings).filter(hasOneLevel), input),

  UpdateBasePathMapping(input: UpdateBasePathMappingRequest, call) {
    const current = mappingOf(call, input as MappingAddress)
    const {mappings} = domainNameOf(call, input.domainName)
    const next = PATCHES.apply(current, input.patchOperations)
    next.basePath ??= NO_BASE_PATH
    checked(next, call)
    checkFree(
      next.basePath,
      Object.keys(mappings).filter(basePath => basePath !== current.basePath),
    )
    delete mappings[current.basePath!]
    mappings[next.basePath] = next
    return next
  },

  DeleteBasePathMapping(input: MappingAddress, call) {
    const {basePath} = mappingOf(call, input)
    delete domainNameOf(call, input.domainName).mappings[basePath!]
  },
}

/** What stands for an empty base path, in addresses and answers. */
export const NO_BASE_PATH = '(none)'

/** The reference writes `/basepath`, clients send `/basePath`; both are understood. */
const PATCHES = new PatchTable<BasePathMapping>([
  {path: '/basePath', replace: setText('basePath')},
  {path: '/restapiId', replace: setText('restApiId')},
  {path: '/stage', replace: setText('stage')},
  {path: '/basepath', replace: setText('basePath')},
  {path: '/restApiId', replace: setText('restApiId')},
])

/** Whether this version shows a mapping. That it shows none with several levels is assumed: it takes none. */
const hasOneLevel = ({basePath}: BasePathMapping) => !basePath?.includes('/')

/** @throws ServiceError BadRequestException; the texts are from public reports */
function checked(mapping: BasePathMapping, call: Call): BasePathMapping {
  if (mapping.basePath?.includes('/')) {
    throw badRequest(
      "API Gateway V1 doesn't support the slash character (/) in base path mappings. To create a multi-level base path mapping, use API Gateway V2.",
    )
  }
  const record = entryOf(call.state.restApis, mapping.restApiId ?? '')
  if (!record) throw badRequest('Invalid REST API identifier specified')
  if (mapping.stage && !entryOf(record.stages, mapping.stage)) throw badRequest('Invalid stage identifier specified')
  return mapping
}

/** @throws ServiceError ConflictException; the texts are from public reports */
function checkFree(basePath: string, taken: readonly string[]): void {
  if (taken.includes(basePath)) throw conflict('Base path already exists for this domain name')
  if (taken.includes(NO_BASE_PATH) || (basePath === NO_BASE_PATH && taken.length > 0)) {
    throw conflict('Only one base path mapping is allowed if the base path is empty.')
  }
}

function mappingOf(call: Call, {domainName, basePath}: MappingAddress): BasePathMapping {
  const mapping = entryOf(domainNameOf(call, domainName).mappings, basePath)
  if (!mapping) throw notFound('Invalid base path mapping identifier specified')
  return mapping
}
