import {collect} from './apis.js'

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
  integration?: Integration | undefined
}

export interface Resource {
  id: string
  parentId?: string | undefined
  path: string
  methods: Method[]
}

export interface RouteStore {
  /** The resources as they are edited now, with their methods. */
  resources(apiId: string): AsyncIterable<Resource>
  /** The methods of a deployment, without their integrations: the service does not tell those. */
  deployed(apiId: string, deploymentId: string): Promise<Route[]>
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
    return methods.map(({name, ...method}) => ({path, method: name, ...method}))
  })
  return sortedRoutes(routes)
}

/** In the order of a tree: a path before what is below it, methods in the order of the alphabet. */
export function sortedRoutes(routes: readonly Route[]): Route[] {
  const key = ({path, method}: Route) => [...path.split('/').filter(Boolean), '', method ?? ''].join('\u0001')
  return [...routes].sort((a, b) => (key(a) < key(b) ? -1 : 1))
}
