import {collect, type RestApi} from './apis.js'
import type {NewIntegration} from './integrations.js'
import type {Change, Plan} from './plan.js'
import {Problem} from './problem.js'
import {isVariable, parsePath, pathAbove, variablesOf} from './route-paths.js'
import {type Method, type MethodAddress, type Resource, type Route, type RouteStore, routeOf} from './routes.js'
import {type Step, takeSteps} from './steps.js'

export interface RouteRequest {
  /** GET, POST, ... or ANY. */
  method: string
  path: string
  integration: NewIntegration
  /** Undefined leaves a method that is there as it is; a new one needs no key. */
  apiKeyRequired?: boolean | undefined
  /** Whether a method that does something else may be changed. */
  replace: boolean
}

/** Status of the one response that is made. */
const OK = '200'

/**
 * Plans a method with what is behind it, and the resources that lead to it. What is there already is not made again, so
 * that a run that stopped half-way can be repeated; a method that is there keeps its authorization.
 * @throws Problem `conflict` for a method that does something else, unless it may be replaced, and for a second
 *   variable part beside another
 */
export async function planRouteAddition(
  routes: RouteStore,
  api: Pick<RestApi, 'id' | 'name'>,
  request: RouteRequest,
): Promise<Plan<Route>> {
  const {path, method: name, integration} = request
  const resources = await collect(routes.resources(api.id))
  const existing = resources.find(resource => resource.path === path)?.methods.find(method => method.name === name)
  if (existing && differs(existing, request) && !request.replace) throw taken(existing, request)
  const way = wayTo(routes, api.id, resources, path)
  const steps = [...way.steps, ...methodSteps(routes, way.address(name), existing, request)]
  return {
    changes: steps.map(step => step.change),
    nothing: `${name} ${path} is there already, just so.`,
    async apply() {
      await takeSteps(steps, () => {})
      return routeOf(path, {
        name,
        authorization: existing?.authorization ?? 'NONE',
        apiKeyRequired: request.apiKeyRequired ?? existing?.apiKeyRequired ?? false,
        pathParameters: [],
        responses: [],
        integration,
      })
    },
  }
}

function differs({integration, apiKeyRequired}: Method, request: RouteRequest): boolean {
  if (!integration) return false
  return changesIntegration(integration, request) || changesKey(apiKeyRequired, request)
}

const changesKey = (current: boolean, {apiKeyRequired = current}: RouteRequest) => apiKeyRequired !== current

function changesIntegration(current: NonNullable<Method['integration']>, {integration: wanted}: RouteRequest): boolean {
  if (current.type !== wanted.type) return true
  if (wanted.type === 'MOCK') {
    return current.requestTemplate !== wanted.requestTemplate || (current.body ?? wanted.body) !== wanted.body
  }
  const parameters = Object.entries(wanted.requestParameters)
  return (
    current.uri !== wanted.uri ||
    current.httpMethod !== wanted.httpMethod ||
    parameters.some(([name, value]) => current.requestParameters[name] !== value)
  )
}

function taken({integration, apiKeyRequired}: Method, {method, path}: RouteRequest): Problem {
  const behind = [integration?.type.toLowerCase(), integration?.uri].filter(Boolean).join(' ')
  const key = apiKeyRequired ? ', API key required' : ''
  return new Problem('conflict', `${method} ${path} is there already: ${behind}${key}.`, 'To change it: --replace')
}

/** The resources that are missing on the way to a path, and where its methods will be. */
function wayTo(routes: RouteStore, apiId: string, resources: readonly Resource[], path: string) {
  const parts = parsePath(path)
  let at = resources.find(resource => resource.path === '/')
  if (!at) throw new Problem('failed', 'The API has no root resource.')
  let depth = 0
  for (; depth < parts.length; depth++) {
    const next = resources.find(resource => resource.path === `/${parts.slice(0, depth + 1).join('/')}`)
    if (!next) break
    at = next
  }
  checkBeside(resources, at, parts[depth])
  let resourceId = at.id
  const steps = parts.slice(depth).map((part, i): Step => {
    const name = `/${parts.slice(0, depth + i + 1).join('/')}`
    return {
      change: {action: 'create', kind: 'resource', name},
      done: `created the resource ${name}`,
      run: async () => {
        resourceId = await routes.createResource(apiId, resourceId, part)
      },
    }
  })
  return {steps, address: (method: string) => (): MethodAddress => ({apiId, resourceId, method})}
}

/** The service takes one variable part at a place; told here, before the parts above it are made. */
function checkBeside(resources: readonly Resource[], above: Resource, part: string | undefined): void {
  if (part === undefined || !isVariable(part)) return
  const rival = resources.find(
    ({parentId, path}) => parentId === above.id && isVariable(path.slice(path.lastIndexOf('/') + 1)),
  )
  if (!rival) return
  const text = `There is ${rival.path} already: beside it there cannot be another part in braces, such as ${part}.`
  throw new Problem('conflict', text, `Use ${rival.path}, or a fixed part.`)
}

/** What is missing of a method, in the order in which the service takes it. */
function methodSteps(
  routes: RouteStore,
  address: () => MethodAddress,
  existing: Method | undefined,
  request: RouteRequest,
): Step[] {
  const {method, path, integration} = request
  const name = `${method} ${path}`
  const steps: Step[] = []
  const add = (action: Change['action'], kind: string, run: () => Promise<void>, detail?: string) => {
    const verb = action === 'create' ? 'created' : 'changed'
    steps.push({change: {action, kind, name, detail}, done: `${verb} the ${kind} of ${name}`, run})
  }
  const pathParameters = variablesOf(path)
  if (!existing) {
    const settings = {apiKeyRequired: request.apiKeyRequired ?? false, pathParameters}
    const detail = settings.apiKeyRequired ? 'API key required' : undefined
    add('create', 'method', () => routes.createMethod(address(), settings), detail)
  } else {
    const used = Object.values(integration.requestParameters).length > 0 ? pathParameters : []
    const addPathParameters = used.filter(parameter => !existing.pathParameters.includes(parameter))
    const isKeyChanged = changesKey(existing.apiKeyRequired, request)
    const apiKeyRequired = isKeyChanged ? request.apiKeyRequired : undefined
    if (isKeyChanged || addPathParameters.length > 0) {
      const detail = isKeyChanged ? (apiKeyRequired ? 'API key required' : 'no API key required') : undefined
      add('update', 'method', () => routes.updateMethod(address(), {apiKeyRequired, addPathParameters}), detail)
    }
  }
  if (!existing?.responses.includes(OK)) {
    add('create', 'method response', () => routes.createMethodResponse(address(), OK), OK)
  }
  const isNew = !existing?.integration
  const isChanged = !existing?.integration || changesIntegration(existing.integration, request)
  if (isChanged) {
    const detail = [integration.type.toLowerCase(), integration.uri].filter(Boolean).join(' ')
    add(isNew ? 'create' : 'update', 'integration', () => routes.putIntegration(address(), integration), detail)
  }
  const {body} = integration
  if (body !== undefined && (isChanged || existing.integration?.body !== body)) {
    const action = existing?.integration?.body === undefined ? 'create' : 'update'
    add(action, 'integration response', () => routes.putIntegrationResponse(address(), OK, body), OK)
  }
  return steps
}

export interface RouteRemoval extends Plan<Route> {
  /** What a person is asked first. */
  question: string
}

/**
 * Plans the removal of a method. Resources that then have no methods and nothing below them go with it, in a single
 * call, so that nothing is left half-way.
 * @throws Problem missing
 */
export async function planRouteRemoval(
  routes: Pick<RouteStore, 'resources' | 'deleteResource' | 'deleteMethod'>,
  api: Pick<RestApi, 'id' | 'name'>,
  {method: name, path}: {method: string; path: string},
): Promise<RouteRemoval> {
  const resources = await collect(routes.resources(api.id))
  const resource = resources.find(resource => resource.path === path)
  const method = resource?.methods.find(method => method.name === name)
  if (!resource || !method) throw noRoute(resources, api, name, path)
  const emptied = emptiedBy(resources, resource)
  const top = emptied.at(-1)
  const also = top ? ` The resource ${emptied.map(({path}) => path).join(', ')} is empty then, and goes with it.` : ''
  return {
    question: `This removes ${name} ${path} from ${api.name}.${also}`,
    changes: [
      {action: 'delete', kind: 'method', name: `${name} ${path}`},
      ...emptied.map(({path}) => ({action: 'delete' as const, kind: 'resource', name: path})),
    ],
    async apply() {
      if (top) await routes.deleteResource(api.id, top.id)
      else await routes.deleteMethod({apiId: api.id, resourceId: resource.id, method: name})
      return routeOf(path, method)
    },
  }
}

/** The resources, from the given one upwards, that have nothing left when its only method is gone. */
function emptiedBy(resources: readonly Resource[], resource: Resource): Resource[] {
  const emptied: Resource[] = []
  const isEmptied = ({id, methods}: Resource) =>
    methods.length <= (id === resource.id ? 1 : 0) &&
    resources.every(other => other.parentId !== id || emptied.includes(other))
  let at: Resource | undefined = resource
  while (at?.parentId !== undefined && isEmptied(at)) {
    const above: string = at.parentId
    emptied.push(at)
    at = resources.find(({id}) => id === above)
  }
  return emptied
}

function noRoute(resources: readonly Resource[], api: {name: string}, name: string, path: string): Problem {
  const all = resources.flatMap(resource => resource.methods.map(method => ({name: method.name, path: resource.path})))
  const near = all.filter(route => route.path === path || (route.name === name && route.path === pathAbove(path)))
  const listed = (near.length > 0 ? near : all).slice(0, 10).map(route => `${route.name} ${route.path}`)
  const hint = listed.length > 0 ? `There is: ${listed.join(', ')}` : 'It has no methods at all.'
  return new Problem('missing', `${api.name} has no ${name} ${path}.`, hint)
}
