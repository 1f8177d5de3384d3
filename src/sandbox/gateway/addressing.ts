import type {WireRequest} from '../protocol/wire.js'
import type {Store} from '../store.js'

/** Where a data-plane request is addressed to. */
export interface Address {
  apiId: string
  stage: string
  /** The path behind the stage, still percent-encoded, starting with a slash. */
  path: string
  /** Where the request came by a custom domain name: the mapping that it met. */
  customDomain?: {basePathMatched: string}
}

const HOST = /^([a-z0-9]+)\.execute-api\./
const PATH_PREFIX = '/execute-api/'

/**
 * Reads `http://{apiId}.execute-api.localhost/{stage}/...`, `/execute-api/{apiId}/{stage}/...` and the hosts of custom
 * domain names. Undefined for what is no data-plane request.
 */
export function addressOf(request: WireRequest, store: Store): Address | undefined {
  const host = (request.headers.host ?? '').toLowerCase().replace(/:\d+$/, '')
  const apiId = HOST.exec(host)?.[1]
  if (apiId) return stageAddress(apiId, request.path)
  if (request.path.startsWith(PATH_PREFIX)) {
    const [id = '', rest] = split(`/${request.path.slice(PATH_PREFIX.length)}`)
    return stageAddress(id, rest)
  }
  const mappings = store.mappingsOf(host)
  if (!mappings) return undefined
  const mapping = longestMatch(mappings, request.path) ?? mappings['(none)']
  // A base path that is not mapped is answered like an API that is not there.
  if (!mapping?.restApiId) return {apiId: '', stage: '', path: request.path}
  const behind =
    mapping.basePath === '(none)' ? request.path : request.path.slice(1 + (mapping.basePath?.length ?? 0)) || '/'
  const customDomain = {basePathMatched: mapping.basePath === '(none)' ? '' : mapping.basePath!}
  // A mapping without a stage leaves it to the path.
  if (mapping.stage) return {apiId: mapping.restApiId, stage: mapping.stage, path: behind, customDomain}
  return {...stageAddress(mapping.restApiId, behind), customDomain}
}

/** The mapping with the most levels of those that the path begins with. Source: "Mapping API requests", Developer Guide. */
function longestMatch<Mapping>(mappings: Record<string, Mapping>, path: string): Mapping | undefined {
  const matching = Object.keys(mappings).filter(basePath => `${path}/`.startsWith(`/${basePath}/`))
  const longest = matching.sort((a, b) => b.length - a.length)[0]
  return longest === undefined ? undefined : mappings[longest]
}

function stageAddress(apiId: string, path: string): Address {
  const [stage, rest] = split(path)
  return {apiId, stage, path: rest}
}

/** The first segment of a path, and the path behind it. */
function split(path: string): [string, string] {
  const cut = path.indexOf('/', 1)
  return cut < 0 ? [path.slice(1), '/'] : [path.slice(1, cut), path.slice(cut)]
}
