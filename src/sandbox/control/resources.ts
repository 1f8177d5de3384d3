import type {CreateResourceRequest, GetResourcesRequest, Resource} from '@aws-sdk/client-api-gateway'
import {shortId} from '../identifiers.js'
import type {Handlers} from '../service.js'
import {resourceOf, restApiOf} from './lookup.js'
import {page} from './paging.js'

export const resources: Handlers = {
  CreateResource(input: CreateResourceRequest, call) {
    const record = restApiOf(call, input.restApiId)
    const parent = resourceOf(record, input.parentId)
    const path = `${parent.path === '/' ? '' : parent.path}/${input.pathPart}`
    const resource: Resource = {id: shortId(), parentId: parent.id, pathPart: input.pathPart, path}
    record.resources[resource.id!] = resource
    return resource
  },

  GetResources(input: GetResourcesRequest, call) {
    const all = Object.values(restApiOf(call, input.restApiId).resources)
    return page(input.embed?.includes('methods') ? all : all.map(withoutMethods), input)
  },
}

function withoutMethods(resource: Resource): Resource {
  if (!resource.resourceMethods) return resource
  const names = Object.keys(resource.resourceMethods).map(name => [name, {}])
  return {...resource, resourceMethods: Object.fromEntries(names)}
}
