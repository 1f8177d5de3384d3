import {collect} from '../apis.js'
import {type RequestLine, routeFor} from '../route-match.js'
import {type Route, type RouteStore, routesOf, sortedRoutes} from '../routes.js'
import type {Place} from './place.js'
import {attempt, type Read, readValue} from './reading.js'
import {cross, note, type Step, tick, unknown} from './step.js'

/** One of the two that answer the requests of a stage: the stage itself, or its canary. */
export interface Side {
  name: string
  /** Percent of the requests. */
  share: number
  deploymentId: string | undefined
  isCanary: boolean
  routes: Read<Route[]>
}

/** The routes that a stage answers with, and those of the API as it is edited. */
export interface Served {
  sides: Side[]
  edited: Read<Route[]>
}

/**
 * What a stage serves now, by the summaries of its deployments: these say of each method whether it asks for a key. A
 * canary without requests is left out, as is a stage whose canary has them all.
 */
export async function readServed(
  routes: Pick<RouteStore, 'resources' | 'deployed'>,
  {api, stage}: Place,
): Promise<Served> {
  const {canary} = stage
  const share = canary?.percentTraffic ?? 0
  const isSplit = share > 0 && canary?.deploymentId !== stage.deploymentId
  const canarySide = {name: `the canary of ${stage.name}`, share, deploymentId: canary?.deploymentId, isCanary: true}
  const stageSide = {
    ...{name: stage.name, share: isSplit ? 100 - share : 100, deploymentId: stage.deploymentId},
    isCanary: false,
  }
  const answering = [stageSide, ...(isSplit ? [canarySide] : [])].filter(side => side.share > 0)
  const [edited, ...served] = await Promise.all([
    attempt(collect(routes.resources(api.id)).then(routesOf)),
    ...answering.map(({deploymentId}) => attempt(deployed(routes, api.id, deploymentId))),
  ])
  const sides = answering.map((side, i) => ({...side, routes: served[i] as Read<Route[]>}))
  return {sides, edited}
}

async function deployed(
  routes: Pick<RouteStore, 'deployed'>,
  apiId: string,
  deploymentId: string | undefined,
): Promise<Route[]> {
  return deploymentId === undefined ? [] : sortedRoutes(await routes.deployed(apiId, deploymentId))
}

/** Routes of one side that are looked at: one, or all. */
export interface Looked {
  side: Side
  routes: Route[]
}

/** What is told of the routes of a stage. */
export interface RouteFindings {
  steps: Step[]
  /** Where it is known which. */
  looked: Looked[]
  /** Whether a request needs a key at all; true where that is not known. */
  isNeeded: boolean
  /** Which requests do, where it is not all. */
  of?: string | undefined
}

export const nameOfRoute = ({method, path}: Pick<Route, 'method' | 'path'>) => `${method} ${path}`

/** Whether what a stage serves asks for a key, and whether that is as the API is edited. */
export function routeFindings({sides, edited}: Served, place: Place, wanted: RequestLine | undefined): RouteFindings {
  const known = sides.flatMap(side => {
    const routes = readValue(side.routes)
    return routes && routes.length > 0 ? [{side, routes}] : []
  })
  const gaps = sides.filter(side => !known.some(each => each.side === side))
  const steps: Step[] = gaps.map(side =>
    unknown('route', `What ${side.name} serves could not be read: ${whyNot(side)}`),
  )
  const own = readValue(edited)?.filter(({method}) => method !== undefined)
  const looked = known.map(({side, routes}) => ({side, routes: wanted ? matching(routes, wanted) : routes}))
  if (wanted) steps.push(...missingSteps(looked, own, place, wanted))
  const found = looked.filter(({routes}) => routes.length > 0)
  const asking = found.flatMap(({side, routes}) => routes.filter(asksForKey).map(route => ({side, route})))
  if (found.length > 0) steps.push(keyStep(found, wanted))
  steps.push(...deployedSteps(found, edited, own, place, wanted))
  const isNeeded = asking.length > 0 || gaps.length > 0
  return {steps, looked: found, isNeeded, of: gaps.length > 0 ? undefined : scopeOf(asking, found)}
}

/** A deployment has at least one method: none means that the server does not tell. */
const whyNot = ({routes}: Side) => ('why' in routes ? routes.why : 'no methods are told of its deployment.')

const asksForKey = ({apiKeyRequired}: Route) => apiKeyRequired

const matching = (routes: readonly Route[], wanted: RequestLine) => {
  const route = routeFor(routes, wanted)
  return route ? [route] : []
}

/** Which requests ask for a key; undefined where all do. */
function scopeOf(asking: readonly {side: Side; route: Route}[], found: readonly Looked[]): string | undefined {
  if (asking.length === found.reduce((sum, {routes}) => sum + routes.length, 0)) return undefined
  const sides = new Set(asking.map(({side}) => side))
  const isWhole = found.every(({side, routes}) => !sides.has(side) || routes.every(asksForKey))
  if (isWhole) return shareOf([...sides])
  const names = new Set(asking.map(({route}) => nameOfRoute(route)))
  return names.size > FEW ? `the ${names.size} routes that ask for a key` : [...names].join(', ')
}

const shareOf = (sides: readonly Side[]) =>
  sides.map(({share, name}) => `${share} % of the requests, those that ${name} gets`).join(', ')

/** As many names as can be read in a sentence. */
const FEW = 5

export function listed(names: readonly string[]): string {
  return names.length > FEW ? `${names.slice(0, FEW).join(', ')} and ${names.length - FEW} more` : names.join(', ')
}

/** Of a route that somebody asks about: where nothing answers to it. */
function missingSteps(
  looked: readonly Looked[],
  edited: readonly Route[] | undefined,
  place: Place,
  wanted: RequestLine,
): Step[] {
  const missing = looked.filter(({routes}) => routes.length === 0).map(({side}) => side)
  if (missing.length === 0) return []
  const name = nameOfRoute(wanted)
  const isEdited = edited !== undefined && routeFor(edited, wanted) !== undefined
  const text = `${missing.map(side => side.name).join(' and ')} serves no ${name}${isEdited ? ' yet: it is edited, and not deployed' : ''}.`
  const {api, stage} = place
  const command = isEdited
    ? toDeploy(looked, missing, place)
    : `apigw routes list --api ${api.id} --stage ${stage.name}`
  const of = missing.length === looked.length ? undefined : shareOf(missing)
  return [cross('route', text, {command, answer: '403 Missing Authentication Token', of})]
}

/** The command that makes some sides of a stage serve the API as it is edited: a deployment goes to the canary. */
function toDeploy(looked: readonly {side: Side}[], behind: readonly Side[], {api, stage}: Place): string {
  const where = `--api ${api.id} --stage ${stage.name}`
  const canary = looked.find(({side}) => side.isCanary)?.side
  if (!canary) return `apigw deploy ${where}`
  const commands = [
    ...(behind.includes(canary) ? [`apigw deploy ${where}`] : []),
    ...(behind.some(side => side !== canary) ? [`apigw canary promote ${where}`] : []),
  ]
  return commands.join(' && ')
}

function keyStep(found: readonly Looked[], wanted: RequestLine | undefined): Step {
  const all = found.flatMap(({routes}) => routes)
  const asking = all.filter(asksForKey)
  const isAll = asking.length === all.length
  const counted = 'what comes without a key counts on no usage plan'
  if (wanted) {
    const names = [...new Set(all.map(nameOfRoute))]
    const behind = names.includes(nameOfRoute(wanted)) ? '' : `, answered by ${names.join(' and ')},`
    const name = `${nameOfRoute(wanted)}${behind}`
    if (isAll) return tick('key required', `${name} asks for a key.`)
    if (asking.length === 0) {
      return note('key required', `${name} asks for no key: everybody is let in without one, and ${counted}.`)
    }
    const sides = found.filter(({routes}) => routes.some(asksForKey)).map(({side}) => side)
    return tick('key required', `${name} asks for a key of ${shareOf(sides)}.`)
  }
  const names = [...new Set(all.map(nameOfRoute))]
  const guarded = [...new Set(asking.map(nameOfRoute))]
  if (guarded.length === 0) {
    const routes = names.length === 1 ? 'The one route asks' : `None of ${names.length} routes asks`
    return note('key required', `${routes} for a key: everybody is let in without one, and ${counted}.`)
  }
  if (isAll) {
    const text =
      names.length === 1 ? `The one route, ${names[0]}, asks for a key.` : `All ${names.length} routes ask for a key.`
    return tick('key required', text)
  }
  const on = sidesThatDiffer(found)
  const text = `${guarded.length} of ${names.length} routes ask for a key: ${listed(guarded)}${on}. The others let everybody in without one.`
  return tick('key required', text)
}

/** Where a stage and its canary do not ask alike. */
function sidesThatDiffer(found: readonly Looked[]): string {
  const counts = found.map(({side, routes}) => ({side, count: routes.filter(asksForKey).length}))
  if (new Set(counts.map(({count}) => count)).size < 2) return ''
  return ` (${counts.map(({side, count}) => `${count} on ${side.name}`).join(', ')})`
}

/** Where the API as it is edited asks for a key and what is served does not, or the reverse. */
function deployedSteps(
  found: readonly Looked[],
  edited: Read<Route[]>,
  own: readonly Route[] | undefined,
  place: Place,
  wanted: RequestLine | undefined,
): Step[] {
  if (found.length === 0) return []
  if (!own) {
    const why = 'why' in edited ? edited.why : ''
    return [unknown('deployed', `Whether that is as the API is edited could not be looked at: ${why}`)]
  }
  const differing = found.flatMap(({side, routes}) =>
    routes.flatMap(route => {
      const now = wanted ? routeFor(own, wanted) : own.find(each => nameOfRoute(each) === nameOfRoute(route))
      return now && now.apiKeyRequired !== route.apiKeyRequired ? [{side, route, isAsking: now.apiKeyRequired}] : []
    }),
  )
  const steps = [true, false].flatMap(isAsking => {
    const behind = differing.filter(each => each.isAsking === isAsking)
    if (behind.length === 0) return []
    const sides = [...new Set(behind.map(({side}) => side))]
    const names = listed([...new Set(behind.map(({route}) => nameOfRoute(route)))])
    const who = sides.map(({name}) => name).join(' and ')
    const command = toDeploy(found, sides, place)
    if (isAsking) {
      const text = `A key is required for ${names}, but that is not deployed yet: ${who} lets everybody in.`
      return [cross('deployed', text, {command})]
    }
    return [note('deployed', `As edited, the API asks for no key for ${names} any more: ${who} still does.`, command)]
  })
  return steps.length > 0 ? steps : [tick('deployed', 'The API as edited asks for the same.')]
}
