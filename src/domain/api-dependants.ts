import {collect, type RestApi} from './apis.js'
import type {DeploymentStore} from './deployments/deployment.js'
import type {DomainMapping, DomainStore} from './domains.js'
import {functionOf} from './logs/functions.js'
import {accessLogGroup, type LogGroup, type LogGroupStore, restLogGroup} from './logs/groups.js'
import type {PlanStore, UsagePlan} from './plans.js'
import {Problem} from './problem.js'
import type {EditedApi, SnapshotSource} from './snapshots/source.js'
import type {Stage, StageStore} from './stages.js'

export interface DependantPorts {
  stages: Pick<StageStore, 'list'>
  plans: Pick<PlanStore, 'list'>
  domains: Pick<DomainStore, 'mappings'>
  deployments: Pick<DeploymentStore, 'list'>
  groups: Pick<LogGroupStore, 'list'>
  snapshots: Pick<SnapshotSource, 'edited'>
}

/** Something that an API uses and that is there without it. */
export interface Neighbour {
  /** In the service's terms: "function", "VPC link". */
  kind: string
  name: string
}

/** What hangs on an API. What the caller may not know is a Problem in its place. */
export interface Dependants {
  stages: Stage[]
  plans: UsagePlan[]
  mappings: DomainMapping[] | Problem
  /** How many there are. */
  deployments: number | Problem
  /** The groups of its execution logs. */
  logGroups: LogGroup[] | Problem
  neighbours: Neighbour[] | Problem
}

/** Reads what hangs on an API. @throws Problem where its stages or the usage plans cannot be listed */
export async function dependantsOf(ports: DependantPorts, api: Pick<RestApi, 'id'>): Promise<Dependants> {
  const [stages, plans, mappings, deployments, groups, edited] = await Promise.all([
    ports.stages.list(api.id),
    plansNaming(ports, api),
    orRefusal(mappingsTo(ports, api)),
    orRefusal(collect(ports.deployments.list(api.id))),
    orRefusal(collect(ports.groups.list(restLogGroup(api.id, '')))),
    orRefusal(ports.snapshots.edited(api.id)),
  ])
  const accessLogs = stages.flatMap(({accessLog}) => accessLog?.destinationArn ?? [])
  const shared = accessLogs.map(accessLogGroup)
  return {
    stages,
    plans,
    mappings,
    deployments: deployments instanceof Problem ? deployments : deployments.length,
    // Where access logs go is chosen, and may be shared with others, whatever it is called.
    logGroups: groups instanceof Problem ? groups : groups.filter(({name}) => !shared.includes(name)),
    neighbours:
      edited instanceof Problem
        ? edited
        : [
            ...neighboursOf(edited, stages),
            ...[...new Set(accessLogs)].map(arn => ({kind: 'access log', name: accessLogGroup(arn) ?? arn})),
          ],
  }
}

/** The usage plans that name a stage of an API. */
export async function plansNaming(
  {plans}: Pick<DependantPorts, 'plans'>,
  api: Pick<RestApi, 'id'>,
): Promise<UsagePlan[]> {
  return (await collect(plans.list({}))).filter(plan => plan.apiStages.some(({apiId}) => apiId === api.id))
}

/** The paths of custom domain names that lead to an API. */
export async function mappingsTo(
  {domains}: Pick<DependantPorts, 'domains'>,
  api: Pick<RestApi, 'id'>,
): Promise<DomainMapping[]> {
  return (await collect(domains.mappings())).filter(({apiId}) => apiId === api.id)
}

async function orRefusal<Answer>(answer: Promise<Answer>): Promise<Answer | Problem> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof Problem && error.kind !== 'interrupted') return error
    throw error
  }
}

/** What the methods and authorizers of an API use, each once. */
function neighboursOf({resources, authorizers}: EditedApi, stages: readonly Stage[]): Neighbour[] {
  const integrations = resources.flatMap(({methods}) => Object.values(methods).flatMap(each => each.integration ?? []))
  const uris = [...integrations, ...authorizers].flatMap(({uri}) => uri ?? [])
  const variables = stages.length > 0 ? stages.map(stage => stage.variables) : [{}]
  const functions = uris.flatMap(uri => variables.flatMap(set => functionOf(uri, set) ?? []))
  const links = integrations.flatMap(({connectionId}) => connectionId ?? [])
  const pools = authorizers.flatMap(({providerArns = []}) => providerArns.map(arn => arn.replace(/^.*\//, '')))
  const named = (kind: string, names: readonly string[]) => [...new Set(names)].map(name => ({kind, name}))
  return [...named('function', functions), ...named('VPC link', links), ...named('user pool', pools)]
}
