import {mappingsTo, plansNaming} from './api-dependants.js'
import {type ApiStore, type CreateRequest, type EndpointType, namesakeOf, type RestApi, refOf} from './apis.js'
import type {OnNamesake} from './choice.js'
import type {DeploymentStore} from './deployments/deployment.js'
import type {DomainMapping, DomainStore} from './domains.js'
import {type Caller, grantCommand} from './integrations.js'
import type {Change, Plan} from './plan.js'
import type {PlanStore, UsagePlan} from './plans.js'
import {Problem, unlessRefused} from './problem.js'
import type {Session} from './session.js'
import {compare, type ItemDifference} from './snapshots/difference.js'
import {snapshotOfEdited} from './snapshots/edited.js'
import type {EditedApi, SnapshotSource} from './snapshots/source.js'
import {checkStageName, type Stage, type StageStore} from './stages.js'

export interface ClonePorts {
  apis: Pick<ApiStore, 'list' | 'create'>
  stages: Pick<StageStore, 'list'>
  plans: Pick<PlanStore, 'list'>
  domains: Pick<DomainStore, 'mappings'>
  deployments: Pick<DeploymentStore, 'create'>
  snapshots: Pick<SnapshotSource, 'edited'>
  /** Asked for only where there are functions. */
  caller(): Promise<Caller>
  session: Pick<Session, 'clock' | 'signal'>
}

export interface CloneRequest {
  name: string
  /** That of the source where it is not said. */
  endpointType?: EndpointType | undefined
  /** A new stage to deploy the clone to. */
  stage?: string | undefined
  onNamesake: OnNamesake
}

/** A new API that is like another, and what that one has besides. */
export interface Clone {
  api: RestApi
  source: RestApi
  /** False where there was an API of that name already, which is as it was. */
  isNew: boolean
  /** The stage that it was deployed to. */
  stage?: string | undefined
  /** What the source has and the clone has not. */
  left: {stages: Stage[]; plans: UsagePlan[]; mappings: DomainMapping[]}
  /** The commands by which functions let the clone call them. */
  permissions: string[]
  /** Functions that need the same, and are named by stage variables. */
  variableFunctions: string[]
}

/**
 * Plans a new API that is like one as it is edited now.
 *
 * What `cloneFrom` copies is not documented: the reference has one line on it, "the ID of the RestApi that you want to
 * clone from". So all settings are sent besides, and when the clone is there it is compared with its source: a server
 * that copies less, or nothing, is found out.
 * @throws Problem conflict for a name in use
 */
export async function planApiClone(ports: ClonePorts, source: RestApi, request: CloneRequest): Promise<Plan<Clone>> {
  const {name, stage, onNamesake} = request
  if (stage !== undefined) checkStageName(stage)
  const existing = await namesakeOf(ports.apis, name, onNamesake)
  const [edited, stages, plans, mappings] = await Promise.all([
    ports.snapshots.edited(source.id),
    ports.stages.list(source.id),
    plansNaming(ports, source),
    unlessRefused(mappingsTo(ports, source), []),
  ])
  const functions = functionsOf(edited)
  const caller = functions.arns.length > 0 ? await ports.caller() : undefined
  const about = {source, left: {stages, plans, mappings}, variableFunctions: functions.named}
  const grants = (api: RestApi) => (caller ? functions.arns.map(arn => permission(arn, api, caller)) : [])
  if (existing) {
    const has = stage === undefined ? [] : await ports.stages.list(existing.id)
    const isMissing = stage !== undefined && !has.some(({name}) => name === stage)
    return {
      changes: isMissing ? [newStage(stage)] : [],
      nothing: `There is an API called "${name}" already: nothing was changed.`,
      async apply() {
        if (isMissing) await deploy(ports, existing, stage)
        return {...about, api: existing, isNew: false, stage, permissions: grants(existing)}
      },
    }
  }
  const settings = settingsOf(source, request)
  return {
    changes: changesOf(source, settings, edited, stage),
    async apply() {
      const api = await ports.apis.create({...settings, cloneFrom: source.id})
      await checkWhole(ports, {source, edited, api})
      if (stage !== undefined) await deploy(ports, api, stage)
      return {...about, api, isNew: true, stage, permissions: grants(api)}
    },
  }
}

/**
 * What the clone is made with. Where the policy names the source by its address it says `execute-api:/`, which the
 * service completes. Tags that begin with `aws:` are the service's own.
 */
function settingsOf(source: RestApi, {name, endpointType = source.endpointType}: CloneRequest): CreateRequest {
  const {description, version, policy, binaryMediaTypes, minimumCompressionSize, disableExecuteApiEndpoint} = source
  return {
    name,
    endpointType,
    vpcEndpointIds: endpointType === 'PRIVATE' ? source.vpcEndpointIds : [],
    description: description || undefined,
    version,
    policy: withoutAddress(policy, source),
    binaryMediaTypes,
    apiKeySource: source.apiKeySource === 'AUTHORIZER' ? 'AUTHORIZER' : 'HEADER',
    minimumCompressionSize,
    disableExecuteApiEndpoint,
    tags: Object.fromEntries(Object.entries(source.tags).filter(([key]) => !key.startsWith('aws:'))),
    ...(endpointType === source.endpointType ? transportOf(source) : {}),
  }
}

/**
 * How the default endpoint is spoken to, which goes by the endpoint type. A policy of the newer kind is set together with
 * its mode; TLS_1_0 is what a new API has. Source: developer guide, Security policies for REST APIs.
 */
function transportOf({ipAddressType, securityPolicy, endpointAccessMode}: RestApi) {
  return {ipAddressType, ...(securityPolicy?.startsWith('SecurityPolicy_') ? {securityPolicy, endpointAccessMode} : {})}
}

/** A policy that is for any API alike. Source: developer guide, Access policy language overview for Amazon API Gateway. */
function withoutAddress(policy: string | undefined, {id}: RestApi): string | undefined {
  return policy?.replaceAll(new RegExp(`arn:aws[\\w-]*:execute-api:[\\w-]+:\\d{12}:${id}/`, 'g'), 'execute-api:/')
}

function changesOf(source: RestApi, {name, endpointType}: CreateRequest, {resources}: EditedApi, stage?: string) {
  const count = resources.flatMap(({methods}) => Object.keys(methods)).length
  const methods = `${count} method${count === 1 ? '' : 's'}`
  const detail = `clone of ${source.name} (${source.id}), ${methods}, ${endpointType.toLowerCase()}`
  return [
    {action: 'create', kind: 'API', name, detail},
    ...(stage === undefined ? [] : [newStage(stage)]),
  ] satisfies Change[]
}

const newStage = (name: string): Change => ({action: 'create', kind: 'stage', name})

/** How often, and after how many milliseconds, a clone is looked at again that is not whole. */
const LOOKS = 3
const PAUSE = 2_000

/** @throws Problem where the clone is not like its source, or that cannot be found out */
async function checkWhole(
  {snapshots, session}: ClonePorts,
  {source, edited, api}: {source: RestApi; edited: EditedApi; api: RestApi},
): Promise<void> {
  const made = `${api.name} (${api.id}) was made`
  const away = `To take it away: apigw apis delete ${api.id}`
  for (let look = 1; ; look++) {
    const clone = await snapshots.edited(api.id).catch(error => {
      if (!(error instanceof Problem) || error.kind === 'interrupted') throw error
      const text = `${made}, but could not be compared with ${source.name}: ${error.message}`
      throw new Problem(error.kind, text, `Look: apigw routes list --api ${api.id}\n${away}`, error)
    })
    const differences = differencesOf(source, api, edited, clone)
    if (differences.length === 0) return
    if (look === LOOKS) {
      const told = [
        ...differences.slice(0, 10),
        ...(differences.length > 10 ? [`${differences.length - 10} more`] : []),
      ]
      const text = `${made}, but it is not a whole copy of ${source.name}: ${told.join(', ')}.`
      throw new Problem('failed', text, away)
    }
    await session.clock.sleep(PAUSE, session.signal)
  }
}

function differencesOf(source: RestApi, api: RestApi, edited: EditedApi, clone: EditedApi): string[] {
  const side = (of: RestApi, {api, ...rest}: EditedApi) => ({
    side: {kind: 'edited' as const, name: of.name},
    snapshot: snapshotOfEdited({...rest, api: {...api, policy: withoutAddress(api.policy, of)}}),
  })
  const {items} = compare(api, side(source, edited), side(api, clone))
  const wanted = source.endpointType === api.endpointType ? transportOf(source) : {}
  const transport = Object.entries(wanted).filter(
    ([name, value]) => value !== undefined && api[name as keyof typeof wanted] !== value,
  )
  const isWanted = ({kind, name}: ItemDifference) =>
    kind === 'setting' && (name in wanted || (ENDPOINT_SETTINGS.has(name) && source.endpointType !== api.endpointType))
  const strangers = clone.models.filter(({schema}) => schema?.includes(`/restapis/${source.id}/models/`))
  return [
    ...items.filter(item => !isWanted(item)).map(({name, change}) => `${name} is ${WORDS[change]}`),
    ...transport.map(([name]) => `${name} is different`),
    ...strangers.map(({name}) => `the model ${name} refers to models of ${source.name}`),
  ]
}

/** What goes by the endpoint type. */
const ENDPOINT_SETTINGS: ReadonlySet<string> = new Set(['vpcEndpointIds', 'securityPolicy', 'endpointAccessMode'])

const WORDS = {added: 'new', removed: 'missing', changed: 'different'} as const

async function deploy({deployments}: ClonePorts, api: RestApi, stage: string): Promise<void> {
  await deployments.create(api, {stage: {name: stage, variables: {}}}).catch(error => {
    if (!(error instanceof Problem) || error.kind === 'interrupted') throw error
    const text = `${api.name} (${api.id}) is there, but not deployed: ${error.message}`
    const hint = `To finish: apigw deploy --api ${refOf(api)} --stage ${stage}`
    throw new Problem(error.kind, text, hint, error)
  })
}

/** The functions that an API calls without a role of its own: by ARN, and those that stage variables name. */
function functionsOf({resources, authorizers}: EditedApi): {arns: string[]; named: string[]} {
  const integrations = resources.flatMap(({methods}) => Object.values(methods).flatMap(each => each.integration ?? []))
  const uris = [...integrations, ...authorizers].flatMap(({uri, credentials}) => (credentials ? [] : (uri ?? [])))
  const found = [...new Set(uris.flatMap(uri => /\/functions\/(.+)\/invocations/.exec(uri)?.[1] ?? []))]
  const isArn = (text: string) => /^arn:[\w-]+:lambda:[\w-]+:\d{12}:function:[^$]+(?:\$LATEST)?$/.test(text)
  return {arns: found.filter(isArn), named: found.filter(text => !isArn(text))}
}

/** One permission for all methods and authorizers: `*` stands for any text, slashes included (Lambda permissions). */
function permission(arn: string, {id}: RestApi, {accountId, location: {partition, region}}: Caller): string {
  return grantCommand(arn, `apigw-${id}`, `arn:${partition}:execute-api:${region}:${accountId}:${id}/*/*`)
}
