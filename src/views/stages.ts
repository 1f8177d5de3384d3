import type {RestApi} from '../domain/apis.js'
import {refOf} from '../domain/apis.js'
import type {MethodSettings, Stage} from '../domain/stages.js'
import {printable} from './text.js'
import type {View} from './view.js'

/** A list of stages: what one wants to know at a glance. */
export const stageView: View<Stage> = {
  columns: [
    {header: 'STAGE', value: stage => stage.name, text: (stage, paint) => paint.name(printable(stage.name))},
    {header: 'DEPLOYMENT', value: stage => stage.deploymentId},
    {header: 'UPDATED', value: stage => stage.lastUpdatedDate},
    {header: 'LOGS', value: stage => loggingText(stage)},
    {header: 'THROTTLE', value: stage => throttleText(stage.methodSettings.find(isForAll))},
    {header: 'CACHE', value: stage => stage.cacheSize && `${stage.cacheSize} GB`},
    {header: 'CANARY', value: ({canary}) => canary && `${canary.percentTraffic} % ${canary.deploymentId}`},
    {header: 'DESCRIPTION', value: stage => stage.description},
  ],
  id: stage => stage.name,
  empty: 'The API has no stages yet. Make one: apigw deploy --stage NAME',
}

/** All settings of one stage. */
export const stageDetails: View<Stage> = {
  columns: [
    ...stageView.columns.slice(0, -1),
    {header: 'TRACING', value: stage => (stage.tracing ? 'on' : 'off')},
    {header: 'ALL METHODS', value: stage => settingsText(stage.methodSettings.find(isForAll))},
    {
      header: 'SINGLE METHODS',
      value: stage => singleMethods(stage).join('; '),
      text: stage => lines(singleMethods(stage)),
    },
    {
      header: 'VARIABLES',
      value: stage => pairs(stage.variables).join(' '),
      text: stage => lines(pairs(stage.variables)),
    },
    {header: 'CACHE STATUS', value: ({cacheSize, cacheStatus}) => cacheSize && cacheStatus},
    {header: 'ACCESS LOG', value: stage => stage.accessLog?.destinationArn},
    {header: 'ACCESS LOG FORMAT', value: stage => stage.accessLog?.format},
    {header: 'CLIENT CERTIFICATE', value: stage => stage.clientCertificateId},
    {header: 'WEB ACL', value: stage => stage.webAclArn},
    {header: 'DOCUMENTATION', value: stage => stage.documentationVersion},
    {header: 'TAGS', value: stage => pairs(stage.tags).join(' '), text: stage => lines(pairs(stage.tags))},
    {header: 'CREATED', value: stage => stage.createdDate},
    {header: 'DESCRIPTION', value: stage => stage.description},
  ],
  id: stage => stage.name,
}

const isForAll = ({method}: MethodSettings) => method === '*'

/** `info with data trace`; "off" also where only single methods have a level. */
function loggingText({methodSettings}: Stage): string {
  const {loggingLevel = 'OFF', dataTrace = false} = methodSettings.find(isForAll) ?? {}
  const isOff = loggingLevel === 'OFF'
  return isOff ? 'off' : `${loggingLevel.toLowerCase()}${dataTrace ? ' with data trace' : ''}`
}

/** `100/s, burst 200`; nothing where the limits of the account hold, which the service writes as -1. */
function throttleText(settings: MethodSettings | undefined): string | undefined {
  const {throttleRate = -1, throttleBurst = -1} = settings ?? {}
  const parts = [
    ...(throttleRate < 0 ? [] : [`${throttleRate}/s`]),
    ...(throttleBurst < 0 ? [] : [`burst ${throttleBurst}`]),
  ]
  return parts.length === 0 ? undefined : parts.join(', ')
}

function settingsText(settings: MethodSettings | undefined): string | undefined {
  if (!settings) return undefined
  const {loggingLevel = 'OFF', dataTrace, metrics, caching} = settings
  const logs = loggingLevel === 'OFF' ? 'no logs' : `${loggingLevel.toLowerCase()} logs`
  return [
    dataTrace ? `${logs} with data trace` : logs,
    ...(metrics ? ['metrics'] : []),
    ...[throttleText(settings)].filter(text => text !== undefined),
    caching ? cachingText(settings) : 'not cached',
  ].join(', ')
}

/** `cached for 60 s, encrypted, anyone may refresh`; nothing of what is as it is by default. */
function cachingText(settings: MethodSettings): string {
  const {cacheTtl = 300, cacheEncrypted, cacheControlAuthorized = true, unauthorizedCacheControl} = settings
  const refreshing = cacheControlAuthorized ? REFRESHING[unauthorizedCacheControl ?? ''] : 'anyone may refresh'
  return [
    `cached for ${cacheTtl} s`,
    ...(cacheEncrypted ? ['encrypted'] : []),
    ...(refreshing ? [refreshing] : []),
  ].join(', ')
}

const REFRESHING: Readonly<Record<string, string>> = {
  FAIL_WITH_403: 'refreshing without permission is a 403',
  SUCCEED_WITHOUT_RESPONSE_HEADER: 'refreshing without permission is ignored',
}

const singleMethods = ({methodSettings}: Stage) =>
  methodSettings
    .filter(settings => !isForAll(settings))
    .map(settings => `${settings.method} (${settingsText(settings)})`)

const lines = (texts: readonly string[]) => texts.map(printable).join('\n')

const pairs = (record: Record<string, string>) => Object.entries(record).map(([name, value]) => `${name}=${value}`)

/** What one should know about a stage whose settings were changed; usually nothing. */
export function stageRemarks(stage: Stage, api: RestApi): string[] {
  if (!stage.cacheSize) return []
  const isCaching = stage.methodSettings.some(({caching}) => caching)
  const isMade = stage.cacheStatus !== 'CREATE_IN_PROGRESS'
  return [
    ...(isMade ? [] : ['The cache cluster is empty and needs about four minutes until it is available: --wait']),
    ...(isCaching ? [] : [`Nothing is cached yet: apigw stages update ${stage.name} --api ${refOf(api)} --caching`]),
  ]
}

/** A method takes over what is set for all methods with its first setting, and from then on it has its own. */
export function ownSettingRemarks(before: Stage, after: Stage): string[] {
  const had = before.methodSettings.map(({method}) => method)
  const own = after.methodSettings.filter(settings => !isForAll(settings) && !had.includes(settings.method))
  if (own.length === 0) return []
  const names = own.map(({method}) => method).join(', ')
  const has = own.length === 1 ? 'has all its settings for itself' : 'have all their settings for themselves'
  return [`${names} ${has} from now on: what is set for all methods later does not count there.`]
}

/** What deleting a stage means, for the question whether to. */
export function deletionWarning(api: string, stage: string, usagePlans: readonly string[]): string {
  const text = `Deleting the stage ${stage} of ${api} loses its settings.`
  if (usagePlans.length === 0) return text
  const plans = `usage ${usagePlans.length === 1 ? 'plan' : 'plans'} ${usagePlans.join(', ')}`
  return `${text} It is taken off the ${plans}, whose keys then open it no more, also when it is made again.`
}
