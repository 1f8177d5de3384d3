import {collect} from './apis.js'
import type {NewIntegration} from './integrations.js'
import {Problem} from './problem.js'

/** What an integration does with a request. */
export interface Integration {
  /** MOCK, HTTP, HTTP_PROXY, AWS or AWS_PROXY. */
  type: string
  uri?: string | undefined
  /** The method that the backend is called with. */
  httpMethod?: string | undefined
}

/** A method of a resource, or a resource without any. */
export interface Route {
  path: string
  /** GET, POST, ... or ANY; undefined for a resource at the end of its path that has no methods. */
  method?: string | undefined
  /** Undefined where none was made yet, and in what a deployment tells. */
  integration?: Integration | undefined
  /** NONE, AWS_IAM, CUSTOM or COGNITO_USER_POOLS. */
  authorization?: string | undefined
  apiKeyRequired: boolean
}

export interface Method {
  /** GET, POST, ... or ANY. */
  name: string
  authorization: string
  apiKeyRequired: boolean
  /** Variables of the path that integrations may use. */
  pathParameters: string[]
  /** Status codes that the method declares. */
  responses: string[]
  integration?: MethodIntegration | undefined
}

/** An integration as far as a change to it must know it. */
export interface MethodIntegration extends Integration {
  requestParameters: Record<string, string>
  /** Template of the request for application/json. */
  requestTemplate?: string | undefined
  /** Template of the default answer with status 200 for application/json; undefined where there is no such answer. */
  body?: string | undefined
}

export interface Resource {
  id: string
  parentId?: string | undefined
  path: string
  methods: Method[]
}

/** Which method of which resource. */
export interface MethodAddress {
  apiId: string
  resourceId: string
  method: string
}

export interface RouteStore {
  /** The resources as they are edited now, with their methods. */
  resources(apiId: string): AsyncIterable<Resource>
  /** The methods of a deployment, without their integrations: the service does not tell those. */
  deployed(apiId: string, deploymentId: string): Promise<Route[]>
  /** @returns its id */
  createResource(apiId: string, parentId: string, pathPart: string): Promise<string>
  /** Deletes a resource with all that is below it. */
  deleteResource(apiId: string, id: string): Promise<void>
  createMethod(address: MethodAddress, settings: {apiKeyRequired: boolean; pathParameters: string[]}): Promise<void>
  updateMethod(address: MethodAddress, changes: MethodChanges): Promise<void>
  deleteMethod(address: MethodAddress): Promise<void>
  createMethodResponse(address: MethodAddress, status: string): Promise<void>
  /** Puts an integration behind a method, in place of one that is there. */
  putIntegration(address: MethodAddress, integration: NewIntegration): Promise<void>
  /** Sets the answer of an integration, as a template for application/json. */
  putIntegrationResponse(address: MethodAddress, status: string, body: string): Promise<void>
}

export interface MethodChanges {
  apiKeyRequired?: boolean | undefined
  addPathParameters: string[]
}

/** The routes of an API as they are edited now, or with a stage those that it serves. */
export async function listRoutes(
  routes: Pick<RouteStore, 'resources' | 'deployed'>,
  apiId: string,
  stage: {deploymentId?: string | undefined} | undefined,
): Promise<Route[]> {
  if (!stage) return routesOf(await collect(routes.resources(apiId)))
  return stage.deploymentId === undefined ? [] : sortedRoutes(await routes.deployed(apiId, stage.deploymentId))
}

/** The routes of an API, sorted by path, as a tree is read. */
export function routesOf(resources: readonly Resource[]): Route[] {
  const parents = new Set(resources.map(resource => resource.parentId))
  const routes = resources.flatMap(({id, path, methods}): Route[] => {
    if (methods.length === 0 && path !== '/' && !parents.has(id)) return [{path, apiKeyRequired: false}]
    return methods.map(method => routeOf(path, method))
  })
  return sortedRoutes(routes)
}

/** What is told of a method. */
export function routeOf(path: string, {name, authorization, apiKeyRequired, integration}: Method): Route {
  const {type, uri, httpMethod} = integration ?? {}
  return {
    path,
    method: name,
    authorization,
    apiKeyRequired,
    integration: type === undefined ? undefined : {type, uri, httpMethod},
  }
}

/** In the order of a tree: a path before what is below it, methods in the order of the alphabet. */
export function sortedRoutes<One extends Pick<Route, 'path' | 'method'>>(routes: readonly One[]): One[] {
  const key = ({path, method}: One) => [...path.split('/').filter(Boolean), '', method ?? ''].join('\u0001')
  return [...routes].sort((a, b) => (key(a) < key(b) ? -1 : 1))
}

/**
 * Checks that there is something to set for a method; ANY stands for every verb.
 * @param wanted such as `GET /pets/{id}`, or `*` for all methods
 * @throws Problem missing for a method that the API, as it is edited now, does not have
 */
export async function checkMethod(
  routes: Pick<RouteStore, 'resources'>,
  api: {id: string; name?: string | undefined},
  wanted: string,
): Promise<void> {
  await checkMethods(routes, api, [wanted])
}

/** The same for several, with one reading. @throws Problem missing for the first that the API does not have */
export async function checkMethods(
  routes: Pick<RouteStore, 'resources'>,
  api: {id: string; name?: string | undefined},
  wanted: readonly string[],
): Promise<void> {
  if (wanted.every(method => method === '*')) return
  const methods = routesOf(await collect(routes.resources(api.id))).filter(({method}) => method !== undefined)
  const names = methods.map(({method, path}) => `${method} ${path}`)
  const isThere = (name: string) => name === '*' || names.includes(name) || names.includes(name.replace(/^\S+/, 'ANY'))
  const missing = wanted.find(name => !isThere(name))
  if (missing === undefined) return
  const hint = names.length === 0 ? 'It has none.' : `It has: ${names.join(', ')}`
  throw new Problem('missing', `${api.name} has no method "${missing}".`, hint)
}
