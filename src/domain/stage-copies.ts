import {type RestApi, refOf} from './apis.js'
import {type DeploymentStore, findDeployment} from './deployments/deployment.js'
import type {Change, Plan} from './plan.js'
import {type PlanStore, plansWith, type UsagePlan} from './plans.js'
import {Problem, unlessRefused} from './problem.js'
import {quoted} from './quoting.js'
import type {Session} from './session.js'
import {settingDetails} from './stage-changes.js'
import {
  type CacheSize,
  checkStageName,
  checkVariableCount,
  checkVariables,
  type MethodChanges,
  type MethodSettings,
  type Stage,
  type StageChanges,
  type StageStore,
  settingDifferences,
  stageNamed,
} from './stages.js'
import {type Step, takeSteps} from './steps.js'
import {isReserved} from './tags.js'
import {isRegionalWebAcl, type WebAclStore} from './web-acls.js'

/** Ports of what copies stages. */
export interface CopyPorts {
  stages: Pick<StageStore, 'list' | 'get' | 'create' | 'update' | 'tag' | 'untag'>
  deployments: Pick<DeploymentStore, 'list'>
  plans: Pick<PlanStore, 'list' | 'update'>
  webAcls: WebAclStore
  session: Pick<Session, 'clock' | 'signal' | 'notice'>
}

export interface CopyRequest {
  from: string
  to: string
  /** What the copy serves: the id of a deployment, or `latest`; without it what the other stage serves. */
  deployment?: string | undefined
  /** What is otherwise about the variables of the copy. */
  variables: Record<string, string>
  /** Put the copy on the usage plans that the other stage is on. */
  withPlans: boolean
  /** Put the web ACL of the other stage in front of the copy. */
  webAcl: boolean
  /** Make the settings of a stage that there is those of the other. */
  overwrite: boolean
}

/** What copying a stage is going to do. */
export interface CopyPlan extends Plan<Stage> {
  /** Whether there is a stage of that name, whose settings will be lost. */
  overwrites: boolean
  /** What is not copied, or is shared by both from then on. */
  remarks: string[]
}

/**
 * Makes a stage with the settings of another: everything that UpdateStage can set, the tags and the web ACL; on request
 * its usage plans. The canary is not copied, and a stage that is overwritten keeps its own, as it keeps the usage plans
 * that it is on. At the end the settings of both are compared.
 *
 * A new stage takes two calls, since CreateStage takes no settings of methods, no access log and no client certificate;
 * one that is overwritten takes one. Web ACL, tags and usage plans are calls of their own. What stopped half-way says
 * what was done, and the command that finishes it.
 * @throws Problem missing for a stage or a deployment that is not there, conflict for a stage that is not to be
 *   overwritten, usage for wrong names and values
 */
export async function planStageCopy(ports: CopyPorts, api: RestApi, request: CopyRequest): Promise<CopyPlan> {
  const {stages, session} = ports
  const all = await stages.list(api.id)
  const from = stageNamed(all, request.from, api)
  const there = stageToOverwrite(all, api, request)
  const ref = request.deployment ?? from.deploymentId
  const deploymentId =
    request.deployment === undefined ? ref : (await findDeployment(ports, api, request.deployment)).id
  const wanted = {...copyOf(from, there, request), deploymentId}
  checkVariableCount(wanted.variables)
  const plans = await plansToJoin(ports, api, from, request)
  const steps = stepsTo(wanted, there, ports, api)
  if (request.withPlans) steps.push(...plans.map(plan => joining(plan, from, request.to, ports, api)))
  const finish = finishing(api, request, deploymentId === from.deploymentId ? undefined : deploymentId)
  return {
    overwrites: there !== undefined,
    remarks: remarksOn(from, there, wanted, request.withPlans ? [] : plans),
    nothing: `${request.to} is like ${request.from} already.`,
    changes: changesTo(wanted, there, from, request.withPlans ? plans : []),
    apply: async () => {
      await takeSteps(steps, session.notice, `To finish: ${finish}`)
      return verified(wanted, ports, api, finish)
    },
  }
}

/** @throws Problem usage, or conflict for a stage that is there and is not to be overwritten */
function stageToOverwrite(
  all: readonly Stage[],
  api: RestApi,
  {from, to, variables, overwrite}: CopyRequest,
): Stage | undefined {
  checkStageName(to)
  checkVariables(variables)
  if (from === to) throw new Problem('usage', `${to} would be copied onto itself.`)
  const there = all.find(({name}) => name === to)
  if (!there || overwrite) return there
  const text = `${api.name} has a stage "${to}" already.`
  throw new Problem('conflict', text, `To make its settings those of ${from}: --overwrite; --dry-run shows which.`)
}

/** The copy as it should be. */
function copyOf(from: Stage, there: Stage | undefined, {to, variables, webAcl}: CopyRequest): Stage {
  const {webAclArn} = from
  const reserved = Object.entries(there?.tags ?? {}).filter(([tag]) => isReserved(tag))
  const tags = Object.entries(from.tags).filter(([tag]) => !isReserved(tag))
  const canHaveWebAcl = webAclArn === undefined || isRegionalWebAcl(webAclArn)
  return {
    ...from,
    name: to,
    variables: {...from.variables, ...variables},
    tags: Object.fromEntries([...reserved, ...tags]),
    canary: there?.canary,
    webAclArn: webAcl && canHaveWebAcl ? webAclArn : there?.webAclArn,
  }
}

/** The plans that the one stage is on and the other is not. Where they are only to be mentioned they need not be told. */
async function plansToJoin(
  {plans}: CopyPorts,
  api: RestApi,
  from: Stage,
  {to, withPlans}: CopyRequest,
): Promise<UsagePlan[]> {
  const reading = plansWith(plans, {apiId: api.id, stage: from.name})
  const found = await (withPlans ? reading : unlessRefused(reading, []))
  return found.filter(({apiStages}) => !apiStages.some(({apiId, stage}) => apiId === api.id && stage === to))
}

function stepsTo(wanted: Stage, there: Stage | undefined, {stages, webAcls}: CopyPorts, api: RestApi): Step[] {
  const {name, tags, webAclArn} = wanted
  const now = there ?? created(wanted)
  const changes = changesBetween(now, wanted)
  const step = (change: Omit<Change, 'name'>, done: string, run: () => Promise<unknown>): Step => ({
    change: {...change, name},
    done,
    run: async () => void (await run()),
  })
  const [newTags, oldTags] = [
    missingPairs(now.tags, tags),
    Object.keys(now.tags).filter(tag => !Object.hasOwn(tags, tag)),
  ]
  return [
    ...(there
      ? []
      : [
          step({action: 'create', kind: 'stage'}, `created stage ${name}`, () =>
            stages.create(api.id, request(wanted)),
          ),
        ]),
    ...(settingDetails(now, changes).length > 0
      ? [
          step({action: 'update', kind: 'settings of stage'}, `changed the settings of stage ${name}`, () =>
            stages.update(api.id, name, changes),
          ),
        ]
      : []),
    ...(Object.keys(newTags).length > 0
      ? [step({action: 'update', kind: 'tags of stage'}, 'set tags', () => stages.tag(api.id, name, newTags))]
      : []),
    ...(oldTags.length > 0
      ? [step({action: 'delete', kind: 'tags of stage'}, 'took tags away', () => stages.untag(api.id, name, oldTags))]
      : []),
    ...(webAclArn === now.webAclArn
      ? []
      : [
          webAclArn
            ? step({action: 'attach', kind: 'web ACL to stage'}, `put the web ACL in front of ${name}`, () =>
                webAcls.associate(api.id, name, webAclArn),
              )
            : step({action: 'detach', kind: 'web ACL from stage'}, `took the web ACL away from ${name}`, () =>
                webAcls.disassociate(api.id, name),
              ),
        ]),
  ]
}

/** All stages of a plan are one call, and so is what the plan says of single methods of the new one. */
function joining(plan: UsagePlan, from: Stage, to: string, {plans}: CopyPorts, api: RestApi): Step {
  const throttle = plan.apiStages.find(({apiId, stage}) => apiId === api.id && stage === from.name)?.throttle ?? {}
  return {
    change: {action: 'attach', kind: 'usage plan', name: plan.name},
    done: `put ${to} on usage plan ${plan.name}`,
    run: async () => void (await plans.update(plan.id, {addStages: [{apiId: api.id, stage: to, throttle}]})),
  }
}

/** A stage that CreateStage has made from another: without what it cannot be told. */
const created = (wanted: Stage): Stage => ({
  ...wanted,
  methodSettings: [],
  clientCertificateId: undefined,
  accessLog: undefined,
  webAclArn: undefined,
})

const request = ({name, deploymentId = '', cacheSize, ...settings}: Stage) => ({
  name,
  deploymentId,
  description: settings.description,
  variables: settings.variables,
  tags: settings.tags,
  tracing: settings.tracing,
  cacheSize: cacheSize as CacheSize | undefined,
  documentationVersion: settings.documentationVersion,
})

/** A stage about which nothing is set. */
const bare = (name: string): Stage => ({name, variables: {}, methodSettings: [], tracing: false, tags: {}})

function changesTo(wanted: Stage, there: Stage | undefined, from: Stage, plans: readonly UsagePlan[]): Change[] {
  const {name} = wanted
  const now = there ?? {...bare(name), deploymentId: wanted.deploymentId}
  const details = [
    ...settingDetails(now, changesBetween(now, wanted)),
    ...Object.entries(missingPairs(now.tags, wanted.tags)).map(
      ([tag, value]) => `tag ${tag}: ${now.tags[tag] ?? 'none'} → ${value}`,
    ),
    ...Object.keys(now.tags).flatMap(tag =>
      Object.hasOwn(wanted.tags, tag) ? [] : [`tag ${tag}: ${now.tags[tag]} → none`],
    ),
    ...(now.webAclArn === wanted.webAclArn
      ? []
      : [`web ACL: ${now.webAclArn ?? 'none'} → ${wanted.webAclArn ?? 'none'}`]),
  ]
  const creation: Change = {
    action: 'create',
    kind: 'stage',
    name,
    detail: `serving ${wanted.deploymentId}, with the settings of ${from.name}`,
  }
  return [
    ...(there ? [] : [creation]),
    ...details.map((detail): Change => ({action: 'update', kind: 'stage', name, detail})),
    ...plans.map((plan): Change => ({action: 'attach', kind: 'stage', name, detail: `to usage plan ${plan.name}`})),
  ]
}

/** What has to be changed about a stage so that it is like another. */
export function changesBetween(now: Stage, wanted: Stage): StageChanges {
  const isSameLog =
    now.accessLog?.destinationArn === wanted.accessLog?.destinationArn &&
    now.accessLog?.format === wanted.accessLog?.format
  return {
    deploymentId: now.deploymentId === wanted.deploymentId ? undefined : wanted.deploymentId,
    description: otherText(now.description, wanted.description),
    variables: missingPairs(now.variables, wanted.variables),
    unsetVariables: Object.keys(now.variables).filter(name => !Object.hasOwn(wanted.variables, name)),
    tracing: now.tracing === wanted.tracing ? undefined : wanted.tracing,
    clientCertificateId: otherText(now.clientCertificateId, wanted.clientCertificateId),
    documentationVersion: otherText(now.documentationVersion, wanted.documentationVersion),
    cacheSize: now.cacheSize === wanted.cacheSize ? undefined : ((wanted.cacheSize as CacheSize | undefined) ?? 'off'),
    accessLog: isSameLog ? undefined : (wanted.accessLog ?? 'off'),
    methodSettings: methodChangesBetween(now.methodSettings, wanted.methodSettings),
  }
}

/** Empty to have none. */
const otherText = (now = '', wanted = '') => (now === wanted ? undefined : wanted)

const missingPairs = (now: Record<string, string>, wanted: Record<string, string>) =>
  Object.fromEntries(Object.entries(wanted).filter(([name, value]) => now[name] !== value))

/**
 * A method that has no settings of its own yet gets all of them, said one by one: what is left out it would take over
 * from all methods. It gets the key that is documented, whatever the key of the other was.
 */
function methodChangesBetween(now: readonly MethodSettings[], wanted: readonly MethodSettings[]): MethodChanges[] {
  const kept = new Set<MethodSettings>()
  const set = firstOfEach(wanted).flatMap(({method, key: _, ...settings}): MethodChanges[] => {
    const own = now.find(other => other.method === method)
    if (own) kept.add(own)
    const effective = {...settings, loggingLevel: settings.loggingLevel ?? 'OFF'}
    const before = {...own, loggingLevel: own && (own.loggingLevel ?? 'OFF')}
    const changed = Object.entries(effective).filter(
      ([name, value]) => value !== undefined && value !== before[name as keyof typeof before],
    )
    if (changed.length === 0) return []
    return [{method, ...(own && {key: own.key}), ...Object.fromEntries(changed)}]
  })
  const dropped = now.filter(own => !kept.has(own)).map(({method, key}) => ({method, key, inherit: true}))
  return [...dropped, ...set]
}

/** Some tools write keys of another form, so that there can be two for a method: the first counts. */
const firstOfEach = (all: readonly MethodSettings[]) =>
  all.filter(({method}, i) => all.findIndex(other => other.method === method) === i)

function remarksOn(
  from: Stage,
  there: Stage | undefined,
  {name, accessLog, cacheSize, webAclArn}: Stage,
  plans: readonly UsagePlan[],
): string[] {
  const reserved = Object.keys(from.tags).filter(isReserved)
  const isClassic = from.webAclArn !== undefined && !isRegionalWebAcl(from.webAclArn)
  const {destinationArn} = accessLog ?? {}
  const planNames = plans.map(plan => plan.name).join(', ')
  const planText = `${from.name} is on the usage ${plans.length === 1 ? 'plan' : 'plans'} ${planNames}`
  return [
    ...(destinationArn ? [`The access logs of ${name} go where those of ${from.name} go: ${destinationArn}`] : []),
    ...(cacheSize && cacheSize !== there?.cacheSize
      ? [`The cache of ${name} is its own: ${cacheSize} GB, billed by the hour, and empty.`]
      : []),
    ...(from.canary ? [`The canary of ${from.name} is not copied.`] : []),
    ...(there?.canary ? [`${name} keeps its canary.`] : []),
    ...(reserved.length > 0 ? [`Tags that AWS has set are not copied: ${reserved.join(', ')}`] : []),
    ...(isClassic ? [`The web ACL of ${from.name} is one of WAF Classic and is not copied: ${from.webAclArn}`] : []),
    ...(from.webAclArn && !isClassic && webAclArn !== from.webAclArn
      ? [`The web ACL of ${from.name} is not in front of ${name}: ${from.webAclArn}`]
      : []),
    ...(plans.length > 0 ? [`${planText}, ${name} is not: its keys do not open ${name} (--with-plans)`] : []),
  ]
}

/** The command that does what is left to do; it is safe to be run at any time. */
function finishing(
  api: RestApi,
  {from, to, variables, withPlans, webAcl}: CopyRequest,
  deploymentId: string | undefined,
): string {
  return [
    `apigw stages copy ${from} ${to} --api ${refOf(api)} --overwrite`,
    ...(deploymentId === undefined ? [] : [`--deployment ${deploymentId}`]),
    ...Object.entries(variables).map(([name, value]) => `--var ${quoted(`${name}=${value}`)}`),
    ...(withPlans ? ['--with-plans'] : []),
    ...(webAcl ? [] : ['--no-web-acl']),
  ].join(' ')
}

/** How often the copy is read back, a second apart, before it is taken for what it is. */
const READS = 5

/**
 * The copy as it is at the end.
 * @throws Problem failed where its settings are not those of the other stage
 */
async function verified(wanted: Stage, {stages, session}: CopyPorts, api: RestApi, finish: string): Promise<Stage> {
  for (let read = 1; ; read++) {
    const found = await stages.get(api.id, wanted.name)
    // WAF has said that it is done; a stage may show it minutes later.
    const after = {...found, webAclArn: wanted.webAclArn}
    const differences = settingDifferences(wanted, after)
    if (differences.length === 0) return after
    if (read === READS) {
      const text = `${wanted.name} was copied, but is not as it should be: ${differences.join('; ')}.`
      throw new Problem('failed', text, `To finish: ${finish}`)
    }
    await session.clock.sleep(1_000, session.signal)
  }
}
