import {type ApiStore, collect} from '../apis.js'
import type {DomainStore} from '../domains.js'
import {PADDED, searchByValue, whyNone} from '../key-values.js'
import {type ApiKey, findKey, type KeyStore, masked} from '../keys.js'
import type {Throttle} from '../limits.js'
import type {PlanStore, UsagePlan} from '../plans.js'
import {isMissing, Problem} from '../problem.js'
import type {RequestLine} from '../route-match.js'
import type {RouteStore} from '../routes.js'
import type {Clock} from '../session.js'
import {snapshotOfDefinition} from '../snapshots/defined.js'
import type {ApiSettings} from '../snapshots/snapshot.js'
import type {SnapshotSource} from '../snapshots/source.js'
import type {StageStore} from '../stages.js'
import type {UsageStore} from '../usage.js'
import {gateSteps} from './gates.js'
import {quotaStep, throttleSteps} from './limits.js'
import type {Place} from './place.js'
import {called, issueCommand, planOpening, planStep} from './plan-step.js'
import {attempt, type Read, readValue} from './reading.js'
import {type Looked, nameOfRoute, type RouteFindings, readServed, routeFindings} from './served.js'
import {cross, note, type Step, tick, unknown, verdictOn} from './step.js'

export interface AdmissionPorts {
  keys: Pick<KeyStore, 'get' | 'list' | 'withValue'>
  plans: Pick<PlanStore, 'list'>
  usage: Pick<UsageStore, 'read'>
  apis: Pick<ApiStore, 'list'>
  stages: Pick<StageStore, 'list'>
  routes: Pick<RouteStore, 'resources' | 'deployed'>
  snapshots: Pick<SnapshotSource, 'exported'>
  domains: Pick<DomainStore, 'mappings'>
  /** What the account may in the Region. */
  accountThrottle(): Promise<Throttle>
  clock: Pick<Clock, 'now'>
}

/** A key by its name or id, or by its value. */
export type KeyRef = {name: string} | {value: string}

/** @throws Problem usage where none or both are given */
export function keyRefFrom(name: string | undefined, value: string | undefined): KeyRef {
  if (name !== undefined && value === undefined) return {name}
  if (name === undefined && value !== undefined) return {value}
  const text = name === undefined ? 'Which API key?' : 'A key, or its value on stdin, and not both.'
  throw new Problem('usage', text, 'Name it, or pass --value-stdin.')
}

/** Whether nothing keeps the key out, by what was explained. */
export const isLetIn = (steps: readonly Step[]) => steps.at(-1)?.ok === true

/** What asks to be let in: a key, or a value that none has. */
export interface Subject {
  key?: ApiKey | undefined
  /** The plans of the key. */
  plans: Read<UsagePlan[]>
  /** The value, where that is what was given. */
  value?: string | undefined
  /** A key has the value only without the quotes around it. */
  isQuoted: boolean
  isPadded: boolean
}

/** @throws Problem `missing` for a name that no key has, `usage` for one that several have */
export async function subjectOf({keys, plans}: AdmissionPorts, ref: KeyRef): Promise<Subject> {
  const found = 'name' in ref ? {key: await keyNamed(keys, ref.name)} : await searchByValue(keys, ref.value)
  const {key} = found
  const own: Read<UsagePlan[]> = key ? await attempt(collect(plans.list({keyId: key.id}))) : {value: []}
  return {isQuoted: false, isPadded: false, ...found, plans: own}
}

/** What is long and has no spaces may be a value that was given for a name: it is not repeated. */
async function keyNamed(keys: AdmissionPorts['keys'], name: string): Promise<ApiKey> {
  try {
    return await findKey(keys, name)
  } catch (error) {
    if (!isMissing(error) || !/^\S{20,}$/.test(name)) throw error
    const hint = 'If that is its value: apigw keys explain --value-stdin reads it where nobody sees it.'
    throw new Problem('missing', `There is no API key with this name or id (${masked(name)}).`, hint)
  }
}

/**
 * Whether a stage lets a key in, step by step, and for each that keeps it out the command that mends it. What may not be
 * read is `unknown`, and keeps nothing else from being told.
 * @param wanted one route; without it, all that the stage serves
 */
export async function explainKey(
  ports: AdmissionPorts,
  subject: Subject,
  place: Place,
  wanted: RequestLine | undefined,
): Promise<Step[]> {
  const {api, stage} = place
  const {key} = subject
  const own = readValue(subject.plans)
  const plan = own && planOpening(own, place)
  const [served, settings, account, all] = await Promise.all([
    readServed(ports.routes, place),
    attempt(settingsServed(ports, place)),
    attempt(ports.accountThrottle()),
    own && !plan ? attempt(collect(ports.plans.list({}))) : undefined,
  ])
  const routes = routeFindings(served, place, wanted)
  const steps = [
    ...keySteps(subject, all && readValue(all), place, routes),
    ...(await endpointSteps(ports, place, settings)),
    ...routes.steps,
    ...sourceSteps(place, settings, routes, wanted),
    ...(key && plan ? [await quotaStep(ports.usage, plan, key, ports.clock.now())] : []),
    ...throttleSteps(plan, routes.looked, account, place, wanted),
    ...gateSteps(place, readValue(settings) ?? {}, routes.looked),
  ]
  const where = `${wanted ? `${nameOfRoute(wanted)} of ` : ''}${api.name}/${stage.name}`
  const who = key ? (key.name ?? key.id) : `the value ${masked(subject.value ?? '')}`
  const verdict = verdictOn(steps, who, where)
  return [...steps, ...(verdict.ok && routes.isNeeded ? [DELAY] : []), verdict]
}

/** Source: developer guide, "Add an API key to a usage plan"; waits of up to 300 s are recorded. */
const DELAY = note(
  'delay',
  'A key that was put on its plan a moment ago may still be refused: that can take some minutes to take effect.',
)

/** What is set for the deployment that the stage serves. Some stages cannot be exported: then as the API is edited. */
async function settingsServed({snapshots}: AdmissionPorts, {api, stage}: Place): Promise<ApiSettings> {
  return snapshotOfDefinition(await snapshots.exported(api.id, stage.name)).settings
}

/** The key itself, and whether a plan opens the stage to it. What asks for no key is open without all that. */
function keySteps(
  subject: Subject,
  all: readonly UsagePlan[] | undefined,
  place: Place,
  {isNeeded, of}: RouteFindings,
): Step[] {
  const {key, value = '', isQuoted, isPadded} = subject
  const decide = (step: Step): Step => {
    if (step.ok !== false) return step
    if (!isNeeded) return note(step.step, step.text, step.command)
    return {...step, answer: '403 Forbidden', ...(of !== undefined && {of})}
  }
  const padded = isPadded ? [note('value', PADDED)] : []
  if (!key)
    return [
      ...padded,
      decide(cross('key', whyNone(value), {command: issueCommand(value, all, place) ?? 'apigw keys list --enabled'})),
    ]
  const own = readValue(subject.plans)
  const steps = [
    isQuoted
      ? cross('key', `No API key has this value. Without the quotes around it, it is that of ${called(key)}.`, {
          command: `apigw keys explain ${key.id} --api ${place.api.id} --stage ${place.stage.name}`,
        })
      : tick('key', `There is the API key ${called(key)}.`),
    key.enabled
      ? tick('enabled', 'It is enabled.')
      : cross('enabled', 'It is disabled.', {command: `apigw keys enable ${key.id}`}),
    own
      ? planStep(key, own, all, place)
      : unknown('plan', `Its usage plans could not be read: ${'why' in subject.plans ? subject.plans.why : ''}`),
  ]
  return [...padded, ...steps.map(decide)]
}

/** Only where the default endpoint is off, or whether it is could not be read. */
async function endpointSteps(
  {domains}: AdmissionPorts,
  {api, stage}: Place,
  settings: Read<ApiSettings>,
): Promise<Step[]> {
  const served = readValue(settings)
  if (!(served ? served.disableExecuteApiEndpoint : api.disableExecuteApiEndpoint)) return []
  const deploy = `apigw deploy --api ${api.id} --stage ${stage.name}`
  const enable = `apigw apis update ${api.id} --enable-default-endpoint`
  const command = api.disableExecuteApiEndpoint ? `${enable} && ${deploy}` : deploy
  const text = 'The default endpoint of the API is switched off: requests to it get 403 Forbidden, with any key.'
  const mappings = readValue(await attempt(collect(domains.mappings()))) ?? []
  const leading = mappings.filter(each => each.apiId === api.id && (each.stage ?? stage.name) === stage.name)
  if (leading.length === 0) return [cross('endpoint', text, {command, answer: '403 Forbidden'})]
  const names = [...new Set(leading.map(({domain}) => domain))].join(', ')
  return [note('endpoint', `${text} The stage answers on ${names}.`, command)]
}

/** Where a request has its key: in its header, or with the authorizer. */
function sourceSteps(
  {api, stage}: Place,
  settings: Read<ApiSettings>,
  {looked, isNeeded}: RouteFindings,
  wanted: RequestLine | undefined,
): Step[] {
  const served = readValue(settings)
  const source = served ? (served.apiKeySource ?? 'HEADER') : (api.apiKeySource ?? 'HEADER')
  const asEdited = served ? '' : `, as the API is edited: what ${stage.name} serves could not be exported`
  if (source !== 'AUTHORIZER') return [tick('key source', `The key is read from the header x-api-key${asEdited}.`)]
  const text = `The header x-api-key is ignored${asEdited}: the key is what the authorizer returns as usageIdentifierKey`
  if (!isNeeded) return [note('key source', `${text}.`)]
  const without = withoutAuthorizer(looked)
  if (without.length === 0) return [note('key source', `${text}. It has to be the value of this key.`)]
  const command =
    api.apiKeySource === 'AUTHORIZER'
      ? `apigw apis update ${api.id} --api-key-source header && apigw deploy --api ${api.id} --stage ${stage.name}`
      : `apigw deploy --api ${api.id} --stage ${stage.name}`
  const of = wanted ? undefined : without.join(', ')
  const lacking = `${text}, and ${without.join(', ')} has no Lambda authorizer.`
  return [cross('key source', lacking, {command, answer: '403 Forbidden', of})]
}

/** Routes that ask for a key and have nothing that could return one. */
function withoutAuthorizer(looked: readonly Looked[]): string[] {
  const routes = looked.flatMap(each => each.routes)
  const lacking = routes.filter(({apiKeyRequired, authorization}) => apiKeyRequired && authorization !== 'CUSTOM')
  return [...new Set(lacking.map(nameOfRoute))]
}
