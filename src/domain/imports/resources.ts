import type {ImportRequest} from '../apis.js'
import type {Definition} from '../definitions.js'
import {definedApi} from '../snapshots/defined.js'

/** Resources that an API may have, unless AWS raised the quota. Source: API Gateway quotas (April 2026) */
const MAX_RESOURCES = 300

/** What to say of an API with these paths that is larger than the quota; undefined where there is nothing to say. */
export function sizeRemark(paths: readonly string[]): string | undefined {
  const count = resourceCount(paths)
  if (count <= MAX_RESOURCES) return undefined
  return (
    `This makes ${count} resources. An API may have ${MAX_RESOURCES}, unless AWS has raised your quota ` +
    '(Service Quotas, Amazon API Gateway, Resources per API): else the service refuses it.'
  )
}

/** What to say of the size of a new API before it is made. */
export function sizeRemarks({document}: Definition, basePath: ImportRequest['basePath']): string[] {
  const remark = sizeRemark(definedApi(document, {basePath}).resources.map(({path}) => path))
  return remark === undefined ? [] : [remark]
}

/** Each part of a path is a resource, as is the root. */
function resourceCount(paths: readonly string[]): number {
  const all = new Set(['/'])
  for (const path of paths) {
    let parent = ''
    for (const part of path.split('/').filter(Boolean)) {
      parent += `/${part}`
      all.add(parent)
    }
  }
  return all.size
}
