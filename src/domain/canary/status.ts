import type {DeploymentStore} from '../deployments/deployment.js'
import {unlessRefused} from '../problem.js'
import {type Api, canaryCommand, isPromoted, type StageWithCanary} from './canary.js'
import {canaryFigures, type FigurePorts, type Figures} from './figures.js'

export interface StatusPorts extends FigurePorts {
  deployments: Pick<DeploymentStore, 'list'>
}

/** A variable that the canary sees otherwise than the stage. */
export interface OtherVariable {
  name: string
  /** Undefined where the stage has none of that name. */
  base?: string | undefined
  canary: string
}

/** One of the two that answer the requests of a stage. */
export interface Side {
  deploymentId?: string | undefined
  /** When the deployment was made; undefined where that is not known. */
  createdDate?: Date | undefined
  description?: string | undefined
}

/** How a canary does. */
export interface CanaryStatus extends Pick<Figures, 'source'> {
  apiId: string
  apiName: string
  stage: string
  percentTraffic: number
  useStageCache: boolean
  variables: OtherVariable[]
  canary: Side & {traffic?: Figures['canary']}
  base: Side & {traffic?: Figures['base']}
  /** Of which time the figures are. */
  since: Date
  until: Date
  /** What has to be said besides, in sentences. */
  remarks: string[]
}

/** What a canary serves, and how it does beside the stage itself since a moment in milliseconds since 1970. */
export async function canaryStatus(
  ports: StatusPorts,
  api: Api,
  stage: StageWithCanary,
  since: number,
): Promise<CanaryStatus> {
  const {canary} = stage
  const now = ports.watch.clock.now()
  const [{source, remarks, ...traffic}, sides] = await Promise.all([
    canaryFigures(ports, api, stage, {start: since, end: now}),
    sidesOf(ports, api, stage),
  ])
  return {
    apiId: api.id,
    apiName: api.name,
    stage: stage.name,
    percentTraffic: canary.percentTraffic,
    useStageCache: canary.useStageCache,
    variables: Object.entries(canary.variables)
      .filter(([name, value]) => stage.variables[name] !== value)
      .map(([name, value]) => ({name, base: stage.variables[name], canary: value})),
    canary: {...sides.canary, traffic: traffic.canary},
    base: {...sides.base, traffic: traffic.base},
    source,
    since: new Date(since),
    until: new Date(now),
    remarks: [...shareRemarks(api, stage), ...remarks, ...silenceRemarks(stage, traffic)],
  }
}

async function sidesOf(
  {deployments}: StatusPorts,
  api: Api,
  {deploymentId, canary}: StageWithCanary,
): Promise<{canary: Side; base: Side}> {
  const known = await unlessRefused(deploymentsNamed(deployments, api, [deploymentId, canary.deploymentId]), new Map())
  const sideOf = (id: string | undefined): Side => ({deploymentId: id, ...known.get(id)})
  return {canary: sideOf(canary.deploymentId), base: sideOf(deploymentId)}
}

/** Pages are read only as far as they are needed. */
async function deploymentsNamed(
  deployments: Pick<DeploymentStore, 'list'>,
  api: Api,
  ids: readonly (string | undefined)[],
): Promise<Map<string | undefined, Omit<Side, 'deploymentId'>>> {
  const found = new Map<string | undefined, Omit<Side, 'deploymentId'>>()
  const wanted = new Set(ids)
  for await (const {id, createdDate, description} of deployments.list(api.id)) {
    if (wanted.has(id)) found.set(id, {createdDate, description})
    if (found.size === wanted.size) break
  }
  return found
}

function shareRemarks(api: Api, stage: StageWithCanary): string[] {
  const {canary, name} = stage
  if (canary.percentTraffic > 0) return []
  if (isPromoted(stage)) {
    return [`It was promoted, and only its settings are left. To finish: ${canaryCommand('promote', api, name)}`]
  }
  return [
    `The canary gets no requests: its share is 0 %. To give it some: ${canaryCommand('set', api, name)} --percent N`,
  ]
}

function silenceRemarks({name, canary}: StageWithCanary, traffic: Pick<Figures, 'canary' | 'base'>): string[] {
  if (!traffic.canary || !traffic.base || traffic.canary.requests > 0) return []
  const late = 'Metrics come one to three minutes late.'
  if (traffic.base.requests === 0) return [`${name} had no requests in that time. ${late}`]
  return canary.percentTraffic > 0 ? [`The canary had no requests in that time. ${late}`] : []
}
