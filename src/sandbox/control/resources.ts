import type {
  CreateResourceRequest,
  GetResourceRequest,
  GetResourcesRequest,
  Resource,
  UpdateResourceRequest,
} from '@aws-sdk/client-api-gateway'
import {badRequest, conflict, notFound} from '../errors.js'
import {shortId} from '../identifiers.js'
import type {Handlers} from '../service.js'
import {entryOf, type RestApiRecord} from '../store.js'
import {checkRoom} from './limits.js'
import {type ResourceAddress, resourceOf, restApiOf} from './lookup.js'
import {page} from './paging.js'
import {PatchTable, setText} from './patch.js'

export const resources: Handlers = {
  CreateResource(input: CreateResourceRequest, call) {
    const parent = resourceOf(call, {restApiId: input.restApiId!, resourceId: input.parentId!})
    const record = restApiOf(call, input.restApiId)
    const resource: Resource = {id: shortId(record.resources), parentId: parent.id, pathPart: input.pathPart}
    checkPlace(record, resource)
    checkRoom('Resources', Object.keys(record.resources).length, call.resourceQuota)
    resource.path = pathUnder(parent, input.pathPart!)
    record.resources[resource.id!] = resource
    return resource
  },

  GetResource: (input: GetResourceRequest, call) => shown(resourceOf(call, input as ResourceAddress), input.embed),

  GetResources(input: GetResourcesRequest, call) {
    const all = Object.values(restApiOf(call, input.restApiId).resources)
    const {items, position} = page(all, input)
    return {items: items.map(resource => shown(resource, input.embed)), position}
  },

  UpdateResource(input: UpdateResourceRequest, call) {
    const current = resourceOf(call, input as ResourceAddress)
    const record = restApiOf(call, input.restApiId)
    const next = PATCHES.apply(current, input.patchOperations)
    if (current.parentId === undefined) {
      if (next.pathPart !== undefined) throw badRequest('Root resource cannot update its pathPart.')
      if (next.parentId !== undefined) throw badRequest('Root resource cannot update its parentId.')
      return shown(current)
    }
    const parent = resourceIn(record, next.parentId)
    if (subtreeOf(record, current).includes(parent)) throw badRequest('Resources cannot be cyclical.')
    checkPlace(record, next)
    record.resources[current.id!] = next
    next.path = pathUnder(parent, next.pathPart!)
    for (const below of subtreeOf(record, next).slice(1)) {
      below.path = pathUnder(record.resources[below.parentId!]!, below.pathPart!)
    }
    return shown(next)
  },

  DeleteResource(input: ResourceAddress, call) {
    const resource = resourceOf(call, input)
    const record = restApiOf(call, input.restApiId)
    // The wording is an assumption.
    if (resource.parentId === undefined) throw badRequest('Root resource cannot be deleted.')
    for (const {id} of subtreeOf(record, resource)) delete record.resources[id!]
  },
}

const PATCHES = new PatchTable<Resource>([
  {path: '/parentId', replace: setText('parentId')},
  {path: '/pathPart', replace: setText('pathPart')},
])

function resourceIn(record: RestApiRecord, id: string | undefined): Resource {
  const resource = entryOf(record.resources, id ?? '')
  if (!resource) throw notFound('Invalid Resource identifier specified')
  return resource
}

/** Methods are whole with `embed=methods`, else only their names. */
function shown(resource: Resource, embed?: string[]): Resource {
  if (!resource.resourceMethods || embed?.includes('methods')) return resource
  const names = Object.keys(resource.resourceMethods)
  return {
    ...resource,
    resourceMethods: names.length > 0 ? Object.fromEntries(names.map(name => [name, {}])) : undefined,
  }
}

const pathUnder = (parent: Resource, pathPart: string) => `${parent.path === '/' ? '' : parent.path}/${pathPart}`

/** A resource and all below it, parents first. */
function subtreeOf(record: RestApiRecord, resource: Resource): Resource[] {
  const children = Object.values(record.resources).filter(({parentId}) => parentId === resource.id)
  return [resource, ...children.flatMap(child => subtreeOf(record, child))]
}

/** Source of the alphabet: known issues page, "path segments". */
const PATH_PART = /^(?:[\w.,:-]+|\{[\w.,:-]+\+?\})$/

const isVariable = (pathPart: string | undefined) => pathPart?.startsWith('{') === true
const isGreedy = (pathPart: string | undefined) => pathPart?.endsWith('+}') === true

/** @throws ServiceError where the path part is malformed, or may not stand under its parent beside its siblings */
function checkPlace(record: RestApiRecord, {id, parentId, pathPart}: Resource): void {
  if (!PATH_PART.test(pathPart ?? '')) {
    throw badRequest(
      "Resource's path part only allow a-zA-Z0-9._-: or a valid greedy path variable and curly braces at the beginning and the end.",
    )
  }
  const parent = record.resources[parentId!]!
  if (isGreedy(parent.pathPart)) {
    throw badRequest(`Cannot create a child of a resource with a greedy path variable: ${parent.pathPart}`)
  }
  const siblings = Object.values(record.resources).filter(each => each.parentId === parentId && each.id !== id)
  if (siblings.some(sibling => sibling.pathPart === pathPart)) {
    throw conflict(`Another resource with the same parent already has this name: ${pathPart}`)
  }
  const rival = siblings.find(sibling => isVariable(sibling.pathPart))
  if (isVariable(pathPart) && rival) {
    throw badRequest(
      `A sibling (${rival.pathPart}) of this resource already has a variable path part -- only one is allowed`,
    )
  }
}
