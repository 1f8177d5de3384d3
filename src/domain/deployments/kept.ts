import {type RestApi, refOf} from '../apis.js'
import {type PlanStore, plansWith} from '../plans.js'
import {Problem} from '../problem.js'
import {quoted} from '../quoting.js'
import type {Session} from '../session.js'
import {lossesBetween, type MethodSettings, type Stage, settingsOf} from '../stages.js'

export interface KeepingPorts {
  plans: Pick<PlanStore, 'list'>
  session: Pick<Session, 'notice'>
}

/** What a stage has and must have still when it serves something else. */
export interface Belongings {
  stage: Stage
  /** Names of the usage plans with the stage; undefined where these credentials may not see them. */
  plans: string[] | undefined
}

/** What a stage had before and has still, counted. */
export interface Kept {
  settings: number
  /** Undefined where these credentials may not see them. */
  usagePlans?: number | undefined
}

type Api = Pick<RestApi, 'id' | 'name'>

/** What a stage has. */
export async function belongingsOf(ports: KeepingPorts, api: Api, stage: Stage): Promise<Belongings> {
  return {stage, plans: await plansOf(ports, api, stage.name)}
}

async function plansOf({plans, session}: KeepingPorts, api: Api, stage: string): Promise<string[] | undefined> {
  try {
    return (await plansWith(plans, {apiId: api.id, stage})).map(({name}) => name)
  } catch (error) {
    if (!(error instanceof Problem) || error.kind !== 'denied') throw error
    session.notice('These credentials may not read usage plans: whether the stage keeps its own is not checked.')
    return undefined
  }
}

/**
 * Looks whether a stage still has what it is to have.
 * @param wanted what it had before, with what was to be set on it
 * @param after the stage as it is now
 * @throws Problem that names what is lost, and the commands that bring it back
 */
export async function checkKept(ports: KeepingPorts, api: Api, wanted: Belongings, after: Stage): Promise<Kept> {
  const {stage} = wanted
  const plans = wanted.plans && (await plansOf(ports, api, stage.name))
  const lostPlans = plans ? (wanted.plans ?? []).filter(plan => !plans.includes(plan)) : []
  const lost = [...lossesBetween(stage, after), ...lostPlans.map(plan => `usage plan ${plan} is gone`)]
  if (lost.length === 0) return {settings: settingsOf(stage).size, usagePlans: plans && wanted.plans?.length}
  const text = `${stage.name} serves ${after.deploymentId}, but the stage is not as it was: ${lost.join('; ')}.`
  const look = `Look: apigw stages get ${stage.name} --api ${refOf(api)}`
  const restore = restoring(api, stage, after, lostPlans).map(command => `To restore it: ${command}`)
  throw new Problem('failed', text, [...restore, look].join('\n'))
}

/** The commands that bring back what a stage has lost. */
function restoring(api: Api, wanted: Stage, now: Stage, lostPlans: readonly string[]): string[] {
  const stage = `${wanted.name} --api ${refOf(api)}`
  const flags = stageFlags(wanted, now)
  const logs = `apigw logs enable --api ${refOf(api)} --stage ${wanted.name}`
  const {destinationArn, format} = wanted.accessLog ?? {}
  const hasLostLog = destinationArn !== now.accessLog?.destinationArn || format !== now.accessLog?.format
  return [
    ...(flags.length > 0 ? [`apigw stages update ${stage} ${flags.join(' ')}`] : []),
    ...wanted.methodSettings.flatMap(settings => {
      const is = now.methodSettings.find(({method}) => method === settings.method)
      const method = settings.method === '*' ? '' : ` --method ${quoted(settings.method)}`
      const lost = methodFlags(settings, is)
      const level = lostLevel(settings, is)
      return [
        ...(lost.length > 0 ? [`apigw stages update ${stage}${method} ${lost.join(' ')}`] : []),
        ...(level ? [`${logs}${method} --level ${level}`] : []),
      ]
    }),
    ...(destinationArn && format && hasLostLog
      ? [`${logs} --access-log ${quoted(format)} --access-log-group ${quoted(destinationArn)}`]
      : []),
    ...lostPlans.map(plan => `apigw plans attach ${quoted(plan)} --stage ${quoted(`${api.name}/${wanted.name}`)}`),
  ]
}

/** Flags of `stages update` for what is not as it was. */
function stageFlags(wanted: Stage, now: Stage): string[] {
  const flag = (name: string, was: string | undefined, is: string | undefined) =>
    was === undefined || was === is ? [] : [`--${name} ${quoted(was)}`]
  const pairs = (name: string, was: Record<string, string>, is: Record<string, string>) =>
    Object.entries(was).flatMap(([key, value]) => (is[key] === value ? [] : [`--${name} ${quoted(`${key}=${value}`)}`]))
  return [
    ...flag('description', wanted.description, now.description),
    ...pairs('var', wanted.variables, now.variables),
    ...pairs('tag', wanted.tags, now.tags),
    ...onOrOff('tracing', wanted.tracing, now.tracing),
    ...flag('client-certificate', wanted.clientCertificateId, now.clientCertificateId),
    ...flag('cache-size', wanted.cacheSize, now.cacheSize),
    ...flag('documentation-version', wanted.documentationVersion, now.documentationVersion),
    ...flag('web-acl', wanted.webAclArn, now.webAclArn),
  ]
}

/** Flags of `stages update --method` for what is not as it was. */
function methodFlags(was: MethodSettings, is: MethodSettings | undefined): string[] {
  const rate = was.throttleRate !== is?.throttleRate || was.throttleBurst !== is?.throttleBurst
  const isUnlimited = was.throttleRate === -1 || was.throttleBurst === -1
  const number = (name: string, value: number | undefined) => (value === undefined ? [] : [`--${name} ${value}`])
  const throttle = isUnlimited
    ? ['--no-throttle']
    : [...number('throttle-rate', was.throttleRate), ...number('throttle-burst', was.throttleBurst)]
  return [
    ...(rate ? throttle : []),
    ...onOrOff('metrics', was.metrics, is?.metrics ?? false),
    ...onOrOff('caching', was.caching, is?.caching ?? false),
    ...(was.caching && was.cacheTtl !== is?.cacheTtl ? number('cache-ttl', was.cacheTtl) : []),
  ]
}

const onOrOff = (name: string, was: boolean, is: boolean) => (was === is ? [] : [was ? `--${name}` : `--no-${name}`])

/** What `logs enable --level` says for a level that a stage had; undefined where it still has it, or had none. */
function lostLevel(was: MethodSettings, is: MethodSettings | undefined): string | undefined {
  if (was.loggingLevel === is?.loggingLevel && was.dataTrace === is?.dataTrace) return undefined
  if (was.loggingLevel !== 'ERROR' && was.loggingLevel !== 'INFO') return undefined
  return was.dataTrace ? 'full' : was.loggingLevel.toLowerCase()
}
