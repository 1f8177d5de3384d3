import {collect, type RestApi, refOf} from './apis.js'
import {type DeploymentStore, findDeployment} from './deployments/deployment.js'
import type {Location} from './location.js'
import type {Change, Plan} from './plan.js'
import {type PlanStore, plansWith} from './plans.js'
import {Problem} from './problem.js'
import {checkMethods, type RouteStore} from './routes.js'
import {
  type AccessLogSettings,
  checkStageName,
  checkVariableCount,
  checkVariables,
  type MethodChanges,
  type MethodSettings,
  type Stage,
  type StageChanges,
  type StageReferences,
  type StageRequest,
  type StageStore,
} from './stages.js'
import {checkWebAclArn, type WebAclStore} from './web-acls.js'

/** Ports of what changes stages. */
export interface StagePorts {
  stages: StageStore
  deployments: Pick<DeploymentStore, 'list'>
  routes: Pick<RouteStore, 'resources'>
  references: StageReferences
  webAcls: WebAclStore
  location: Pick<Location, 'region'>
}

/**
 * Makes a stage that serves a deployment there is already.
 * @param request.deployment id of the deployment, or `latest`
 * @throws Problem conflict for a stage that exists, missing for a deployment that does not
 */
export async function planStageCreation(
  ports: Pick<StagePorts, 'stages' | 'deployments' | 'references'>,
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
  await checkReferences(ports, api, settings)
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
  /** Empty to have none. */
  webAclArn?: string | undefined
}

/**
 * Changes settings of a stage. All but the tags and the web ACL are changed by one call, all or nothing. Where all is as
 * wanted already nothing is called, so running it again is safe.
 * @throws Problem usage for wrong values, missing for a deployment, a method, a client certificate or a documentation
 *   version that is not there
 */
export async function planStageUpdate(
  ports: StagePorts,
  api: RestApi,
  stage: Stage,
  wanted: StageUpdate,
): Promise<Plan<Stage>> {
  const {deployment: ref, tags = {}, untag = [], webAclArn, ...settings} = wanted
  checkVariableCount({...stage.variables, ...checkVariables(settings.variables ?? {})})
  if (webAclArn) checkWebAclArn(webAclArn, ports.location.region)
  const methods = settings.methodSettings ?? []
  await checkMethods(
    ports.routes,
    api,
    methods.filter(({inherit}) => !inherit).map(({method}) => method),
  )
  await checkReferences(ports, api, settings)
  const deploymentId = ref === undefined ? undefined : (await findDeployment(ports, api, ref)).id
  const unsetVariables = settings.unsetVariables?.filter(name => Object.hasOwn(stage.variables, name))
  const methodSettings = methods.map(changes => withKey(stage, changes))
  const changes: StageChanges = {...settings, unsetVariables, deploymentId, methodSettings}
  const oldTags = untag.filter(key => Object.hasOwn(stage.tags, key))
  const changed = settingDetails(stage, changes)
  const tagged = pairDetails('tag', stage.tags, tags)
  const untagged = removalDetails('tag', stage.tags, oldTags)
  const {stages, webAcls} = ports
  const steps = [
    {of: 'settings', details: changed, run: async () => void (await stages.update(api.id, stage.name, changes))},
    {of: 'new tags', details: tagged, run: () => stages.tag(api.id, stage.name, tags)},
    {of: 'removed tags', details: untagged, run: () => stages.untag(api.id, stage.name, oldTags)},
    {
      of: 'web ACL',
      details: detail('web ACL', stage.webAclArn, webAclArn),
      run: () =>
        webAclArn ? webAcls.associate(api.id, stage.name, webAclArn) : webAcls.disassociate(api.id, stage.name),
    },
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

/**
 * Checks what a stage is to refer to: the service would take what is not there, or refuse it in words that do not help.
 * @throws Problem missing, with those that there are
 */
async function checkReferences(
  {references}: Pick<StagePorts, 'references'>,
  api: RestApi,
  {clientCertificateId, documentationVersion}: Pick<StageChanges, 'clientCertificateId' | 'documentationVersion'>,
): Promise<void> {
  const check = async (kind: string, wanted: string, list: AsyncIterable<string>) => {
    const all = await collect(list)
    if (all.includes(wanted)) return
    const hint = all.length === 0 ? 'There is none.' : `There ${all.length === 1 ? 'is' : 'are'}: ${all.join(', ')}`
    throw new Problem('missing', `There is no ${kind} "${wanted}".`, hint)
  }
  if (clientCertificateId) await check('client certificate', clientCertificateId, references.clientCertificates())
  if (documentationVersion) {
    await check('documentation version', documentationVersion, references.documentationVersions(api.id))
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
export function settingDetails(stage: Stage, changes: StageChanges): string[] {
  const {variables = {}, unsetVariables = [], methodSettings = [], accessLog} = changes
  return [
    ...detail('deployment', stage.deploymentId, changes.deploymentId),
    ...detail('description', stage.description, changes.description),
    ...detail('cache', stage.cacheSize ?? 'off', changes.cacheSize),
    ...detail('tracing', stage.tracing, changes.tracing),
    ...detail('client certificate', stage.clientCertificateId, changes.clientCertificateId),
    ...detail('documentation version', stage.documentationVersion, changes.documentationVersion),
    ...pairDetails('variable', stage.variables, variables),
    ...removalDetails('variable', stage.variables, unsetVariables),
    ...(accessLog ? accessLogDetails(stage, accessLog) : []),
    ...methodSettings.flatMap(changes => methodDetails(stage, changes)),
  ]
}

function accessLogDetails({accessLog: now}: Stage, changes: AccessLogSettings | 'off'): string[] {
  const {destinationArn, format} = changes === 'off' ? {destinationArn: '', format: ''} : changes
  return [
    ...detail('access log', now?.destinationArn, destinationArn),
    ...detail('format of the access log', now?.format, format),
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
  ['encryption of the cache', 'cacheEncrypted'],
  ['permission to refresh the cache', 'cacheControlAuthorized'],
  ['refreshing without permission', 'unauthorizedCacheControl'],
]

function methodDetails(stage: Stage, changes: MethodChanges): string[] {
  const now = stage.methodSettings.find(({method}) => method === changes.method)
  const of = changes.method === '*' ? 'all methods' : changes.method
  const others = changes.method === '*' ? 'the account' : 'all methods'
  if (changes.inherit) return now ? [`settings of ${of}: own → those of ${others}`] : []
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
