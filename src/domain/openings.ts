import {collect} from './apis.js'
import type {IssuedKey} from './keys.js'
import type {Location} from './location.js'
import type {StageLookup, StageRef} from './plan-stages.js'
import {unlessRefused} from './problem.js'
import {listRoutes, type Route, type RouteStore} from './routes.js'
import {invokeUrls} from './urls.js'

/** A stage that a key opens. */
export interface OpenedStage {
  plan: string
  /** The name of the API, or its id where it could not be looked up. */
  api: string
  stage: string
}

/** What somebody can do with a new key. */
export interface Opening {
  stages: OpenedStage[]
  /** A request to the first stage that only a key lets through, where one is served. */
  example?: {method: string; url: string} | undefined
  /** The first stage serves no method that asks for a key: everybody gets in without one. */
  isUnguarded: boolean
}

export interface OpeningLookup extends StageLookup {
  routes: Pick<RouteStore, 'resources' | 'deployed'>
}

/**
 * What a key opens. The key is issued by now: where something may not be looked up, the answer is only poorer.
 */
export async function openingOf(key: IssuedKey, lookup: OpeningLookup, location: Location): Promise<Opening> {
  const refs = key.plans.flatMap(plan => plan.apiStages.map(stage => ({...stage, plan: plan.name})))
  const [first] = refs
  if (!first) return {stages: [], isUnguarded: false}
  const apis = await unlessRefused(collect(lookup.apis.list()), [])
  const stages = refs.map(({apiId, stage, plan}) => {
    const name = apis.find(({id}) => id === apiId)?.name
    return {plan, api: name ?? apiId, stage}
  })
  const api = apis.find(({id}) => id === first.apiId)
  const routes = api ? await unlessRefused(routesServed(lookup, first), []) : []
  // A deployment has at least one method: none means that the server does not tell.
  if (!api || routes.length === 0) return {stages, isUnguarded: false}
  const route = easiest(routes.filter(({apiKeyRequired}) => apiKeyRequired))
  if (!route) return {stages, isUnguarded: true}
  const url = `${invokeUrls(api, first.stage, location)[0]}${route.path}`
  return {stages, example: {method: callable(route), url}, isUnguarded: false}
}

async function routesServed({stages, routes}: OpeningLookup, {apiId, stage}: StageRef): Promise<Route[]> {
  const found = (await stages.list(apiId)).find(({name}) => name === stage)
  return listRoutes(routes, apiId, found ?? {})
}

const callable = ({method = 'GET'}: Route) => (method === 'ANY' ? 'GET' : method)

/** A route that can be called as it stands: a GET before others, without variables in its path before with. */
function easiest(routes: readonly Route[]): Route | undefined {
  const difficulty = (route: Route) => (callable(route) === 'GET' ? 0 : 2) + (route.path.includes('{') ? 1 : 0)
  return [...routes].sort((one, other) => difficulty(one) - difficulty(other))[0]
}
