import {type RestApi, refOf} from './apis.js'
import {type DeploymentStore, findDeployment} from './deployments/deployment.js'
import type {Change, Plan} from './plan.js'
import {type PlanStore, plansWith} from './plans.js'
import {Problem} from './problem.js'
import {checkMethod, type RouteStore} from './routes.js'
import {
  checkStageName,
  checkVariableCount,
  checkVariables,
  type MethodChanges,
  type MethodSettings,
  type Stage,
  type StageChanges,
  type StageRequest,
  type StageStore,
} from './stages.js'

/** Ports of what changes stages. */
export interface StagePorts {
  stages: StageStore
  deployments: Pick<DeploymentStore, 'list'>
  routes: Pick<RouteStore, 'resources'>
}

/**
 * Makes a stage that serves a deployment there is already.
 * @param request.deployment id of the deployment, or `latest`
 * @throws Problem conflict for a stage that exists, missing for a deployment that does not
 */
export async function planStageCreation(
  ports: Omit<StagePorts, 'routes'>,
  api: RestApi,
  request: Omit<StageRequest, 'deploymentId'> & {deployment: string},
): Promise<Plan<Stage>> {
  const {deployment: ref, ...settings} = request
  const name = checkStageName(settings.name)
  checkVariableCount(checkVariables(settings.variables))
  const all = await ports.stages.list(api.id)
  if (all.some(stage => stage.name === name)) {
    const text = `${api.name} has a stage "${name}" already.`
    throw new Problem('conflict', text, `To change it: apigw stages update ${name} --api ${refOf(api)}`)
  }
  const deployment = await findDeployment(ports, api, ref)
  return {
    changes: [{action: 'create', kind: 'stage', name, detail: `serving ${deployment.id}`}],
    apply: () => ports.stages.create(api.id, {...settings, deploymentId: deployment.id}),
  }
}

/** What a person wants changed on a stage. */
export interface StageUpdate extends Omit<StageChanges, 'deploymentId'> {
  /** Id of a deployment, or `latest`. */
  deployment?: string | undefined
  tags?: Record<string, string> | undefined
  untag?: readonly string[] | undefined
}

/**
 * Changes settings of a stage. All but the tags are changed by one call, all or nothing. Where all is as wanted already
 * nothing is called, so running it again is safe.
 * @throws Problem usage for wrong values, missing for a deployment or a method that is not there
 */
export async function planStageUpdate(
  ports: StagePorts,
  api: RestApi,
  stage: Stage,
  wanted: StageUpdate,
): Promise<Plan<Stage>> {
  const {deployment: ref, tags = {}, untag = [], ...settings} = wanted
  checkVariableCount({...stage.variables, ...checkVariables(settings.variables ?? {})})
  if (settings.methodSettings && !settings.methodSettings.inherit)
    await checkMethod(ports.routes, api, settings.methodSettings.method)
  const deploymentId = ref === undefined ? undefined : (await findDeployment(ports, api, ref)).id
  const unsetVariables = settings.unsetVariables?.filter(name => name in stage.variables)
  const methodSettings = settings.methodSettings && withKey(stage, settings.methodSettings)
  const changes: StageChanges = {...settings, unsetVariables, deploymentId, methodSettings}
  const oldTags = untag.filter(key => key in stage.tags)
  const changed = settingDetails(stage, changes)
  const tagged = pairDetails('tag', stage.tags, tags)
  const untagged = removalDetails('tag', stage.tags, oldTags)
  const {stages} = ports
  const steps = [
    {of: 'settings', details: changed, run: async () => void (await stages.update(api.id, stage.name, changes))},
    {of: 'new tags', details: tagged, run: () => stages.tag(api.id, stage.name, tags)},
    {of: 'removed tags', details: untagged, run: () => stages.untag(api.id, stage.name, oldTags)},
  ].filter(({details}) => details.length > 0)
  const details = steps.flatMap(step => step.details)
  return {
    changes: details.map((detail): Change => ({action: 'update', kind: 'stage', name: stage.name, detail})),
    apply: async () => {
      await inOrder(stage.name, steps)
      return steps.length === 0 ? stage : stages.get(api.id, stage.name)
    },
  }
}

/** @throws Problem that says which steps were done and which were not */
async function inOrder(stage: string, steps: readonly {of: string; run: () => Promise<void>}[]): Promise<void> {
  for (const [i, {of, run}] of steps.entries()) {
    try {
      await run()
    } catch (error) {
      if (i === 0 || !(error instanceof Problem)) throw error
      const done = steps.slice(0, i).map(step => step.of)
      const text = `The ${done.join(' and ')} of ${stage} were changed, but not the ${of}: ${error.message}`
      throw new Problem(error.kind, text, error.hint ?? 'It is safe to run the command again.', error)
    }
  }
}

type Setting = string | number | boolean | undefined

/** What would be otherwise, such as `cache: off → 0.5`. */
function settingDetails(stage: Stage, changes: StageChanges): string[] {
  const {variables = {}, unsetVariables = [], methodSettings} = changes
  return [
    ...detail('deployment', stage.deploymentId, changes.deploymentId),
    ...detail('description', stage.description, changes.description),
    ...detail('cache', stage.cacheSize ?? 'off', changes.cacheSize),
    ...detail('tracing', stage.tracing, changes.tracing),
    ...detail('client certificate', stage.clientCertificateId, changes.clientCertificateId),
    ...pairDetails('variable', stage.variables, variables),
    ...removalDetails('variable', stage.variables, unsetVariables),
    ...(methodSettings ? methodDetails(stage, methodSettings) : []),
  ]
}

/** What is set for a method already is found under the key it was first set with, however that was written. */
function withKey(stage: Stage, changes: MethodChanges): MethodChanges {
  const key = stage.methodSettings.find(({method}) => method === changes.method)?.key
  return key === undefined ? changes : {...changes, key}
}

const METHOD_SETTINGS: readonly (readonly [string, keyof Omit<MethodSettings, 'method' | 'key'>])[] = [
  ['log level', 'loggingLevel'],
  ['data trace', 'dataTrace'],
  ['metrics', 'metrics'],
  ['rate', 'throttleRate'],
  ['burst', 'throttleBurst'],
  ['caching', 'caching'],
  ['cache TTL', 'cacheTtl'],
]

function methodDetails(stage: Stage, changes: MethodChanges): string[] {
  const now = stage.methodSettings.find(({method}) => method === changes.method)
  const of = changes.method === '*' ? 'all methods' : changes.method
  if (changes.inherit) return now ? [`settings of ${of}: own → those of all methods`] : []
  return METHOD_SETTINGS.flatMap(([label, key]) => detail(`${label} of ${of}`, now?.[key], changes[key]))
}

const pairDetails = (kind: string, now: Record<string, string>, wanted: Record<string, string>) =>
  Object.entries(wanted).flatMap(([name, value]) => detail(`${kind} ${name}`, now[name], value))

const removalDetails = (kind: string, now: Record<string, string>, names: readonly string[]) =>
  names.flatMap(name => detail(`${kind} ${name}`, now[name], ''))

/** @param to undefined where nothing is asked for, empty to have none */
function detail(name: string, from: Setting, to: Setting): string[] {
  if (to === undefined || to === (from ?? '')) return []
  return [`${name}: ${word(from)} → ${word(to)}`]
}

function word(setting: Setting): string {
  if (setting === undefined || setting === '') return 'none'
  if (setting === -1) return "the account's"
  if (typeof setting === 'boolean') return setting ? 'on' : 'off'
  return String(setting)
}

/** What deleting a stage takes along. */
export interface StageDeletion extends Plan<Stage> {
  /** Names of the usage plans that have the stage: it is taken off them, and their keys open it no more. */
  usagePlans: string[]
}

/** Deletes a stage. Its deployment stays and can be put on a stage again; its settings are lost. */
export async function planStageDeletion(
  {stages, plans}: {stages: Pick<StageStore, 'delete'>; plans: Pick<PlanStore, 'list'>},
  api: RestApi,
  stage: Stage,
): Promise<StageDeletion> {
  const usagePlans = (await plansWith(plans, {apiId: api.id, stage: stage.name})).map(({name}) => name)
  const {name} = stage
  return {
    usagePlans,
    changes: [
      {action: 'delete', kind: 'stage', name, detail: `of ${api.name}`},
      ...usagePlans.map((plan): Change => ({action: 'detach', kind: 'usage plan', name: plan, detail: `from ${name}`})),
    ],
    apply: async () => {
      await stages.delete(api.id, name)
      return stage
    },
  }
}
