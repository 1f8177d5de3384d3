import {type RestApi, refOf} from '../apis.js'
import {quoted} from '../quoting.js'
import type {Canary, MethodSettings, Stage, UnauthorizedCacheControl} from '../stages.js'

/** The commands that bring back what a stage has lost. */
export function restoring(
  api: Pick<RestApi, 'name'>,
  wanted: Stage,
  now: Stage,
  lostPlans: readonly string[],
): string[] {
  const stage = `${wanted.name} --api ${refOf(api)}`
  const flags = stageFlags(wanted, now)
  const on = `--api ${refOf(api)} --stage ${wanted.name}`
  const canary = canaryFlags(wanted.canary, now.canary)
  const {destinationArn, format} = wanted.accessLog ?? {}
  const hasLostLog = destinationArn !== now.accessLog?.destinationArn || format !== now.accessLog?.format
  return [
    ...(flags.length > 0 ? [`apigw stages update ${stage} ${flags.join(' ')}`] : []),
    ...wanted.methodSettings.flatMap(settings => {
      const is = now.methodSettings.find(({method}) => method === settings.method)
      const method = settings.method === '*' ? '' : ` --method ${quoted(settings.method)}`
      const lost = methodFlags(settings, is)
      const [log, level] = levelCommand(settings, is)
      return [
        ...(lost.length > 0 ? [`apigw stages update ${stage}${method} ${lost.join(' ')}`] : []),
        ...(log ? [[`apigw ${log} ${on}${method}`, ...(level ? [level] : [])].join(' ')] : []),
      ]
    }),
    ...(destinationArn && format && hasLostLog
      ? [`apigw logs enable ${on} --access-log ${quoted(format)} --access-log-group ${quoted(destinationArn)}`]
      : []),
    ...(canary.length > 0 ? [`apigw canary set ${on} ${canary.join(' ')}`] : []),
    ...lostPlans.map(plan => `apigw plans attach ${quoted(plan)} --stage ${quoted(`${api.name}/${wanted.name}`)}`),
  ]
}

/** Flags of `canary set` for what is not as it was; none where there is no canary any more, which is no setting to set. */
function canaryFlags(was: Canary | undefined, is: Canary | undefined): string[] {
  if (!was || !is) return []
  const variables = Object.entries(was.variables).filter(([name, value]) => is.variables[name] !== value)
  return [
    ...(was.percentTraffic === is.percentTraffic ? [] : [`--percent ${was.percentTraffic}`]),
    ...variables.map(([name, value]) => `--var ${quoted(`${name}=${value}`)}`),
    ...onOrOff('use-stage-cache', was.useStageCache, is.useStageCache),
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

/** What all methods have where nothing is set, as far as flags can set it. Source: Stage, API reference. */
const UNSET: Partial<MethodSettings> = {metrics: false, caching: false, cacheEncrypted: false, dataTrace: false}

/**
 * Flags of `stages update --method` for what is not as it was. A method whose settings are gone gets new ones as those of
 * all methods are by then (recorded: test_create_update_stages), so all that it had is said.
 */
function methodFlags(was: MethodSettings, now: MethodSettings | undefined): string[] {
  const is = now ?? (was.method === '*' ? UNSET : {})
  const rate = was.throttleRate !== is.throttleRate || was.throttleBurst !== is.throttleBurst
  const isUnlimited = was.throttleRate === -1 || was.throttleBurst === -1
  const number = (name: string, value: number | undefined) => (value === undefined ? [] : [`--${name} ${value}`])
  const throttle = isUnlimited
    ? ['--no-throttle']
    : [...number('throttle-rate', was.throttleRate), ...number('throttle-burst', was.throttleBurst)]
  return [
    ...(rate ? throttle : []),
    ...onOrOff('metrics', was.metrics, is.metrics),
    ...onOrOff('caching', was.caching, is.caching),
    ...(was.cacheTtl !== is.cacheTtl ? number('cache-ttl', was.cacheTtl) : []),
    ...onOrOff('cache-encryption', was.cacheEncrypted, is.cacheEncrypted),
    ...refreshFlag(was, is),
  ]
}

const REFRESHES: Record<UnauthorizedCacheControl, string> = {
  FAIL_WITH_403: 'deny',
  SUCCEED_WITH_RESPONSE_HEADER: 'warn',
  SUCCEED_WITHOUT_RESPONSE_HEADER: 'ignore',
}

function refreshFlag(was: MethodSettings, is: Partial<MethodSettings>): string[] {
  const {cacheControlAuthorized, unauthorizedCacheControl} = was
  const isAsBefore =
    cacheControlAuthorized === is.cacheControlAuthorized && unauthorizedCacheControl === is.unauthorizedCacheControl
  if (isAsBefore || cacheControlAuthorized === undefined) return []
  if (!cacheControlAuthorized) return ['--cache-refresh anyone']
  return unauthorizedCacheControl ? [`--cache-refresh ${REFRESHES[unauthorizedCacheControl]}`] : []
}

const onOrOff = (name: string, was: boolean | undefined, is: boolean | undefined) =>
  was === undefined || was === is ? [] : [was ? `--${name}` : `--no-${name}`]

/** The command, without the stage, that brings a level back; undefined where it is as it was. */
function levelCommand(was: MethodSettings, now: MethodSettings | undefined): string[] {
  const is = now ?? (was.method === '*' ? UNSET : {})
  const level = (settings: Partial<MethodSettings>) => settings.loggingLevel ?? 'OFF'
  const isAsBefore = (now || was.method === '*') && level(was) === level(is) && was.dataTrace === is.dataTrace
  if (isAsBefore) return []
  if (level(was) === 'OFF') return ['logs disable']
  return ['logs enable', `--level ${was.dataTrace ? 'full' : level(was).toLowerCase()}`]
}
