import {CacheClusterSize, type MethodSetting, type PatchOperation, type Stage} from '@aws-sdk/client-api-gateway'
import {badRequest} from '../errors.js'
import type {RegionState, RestApiRecord} from '../store.js'
import {checkAccessLogDestination, checkAccessLogFormat} from './access-logs.js'
import {unescapePointer} from './patch.js'
import {checkDeployment, checkVariables, newCanarySettings} from './stage-settings.js'

/** What a patch of a stage may have to look at besides the stage. */
interface Surroundings {
  record: RestApiRecord
  account: RegionState['account']
}

/**
 * A patched copy of a stage. Stages have a handler of their own in the service: any path that is not one of the fixed
 * ones is taken for a method setting.
 * @throws ServiceError BadRequestException; nothing is changed then
 */
export function patchedStage(
  stage: Stage,
  operations: readonly PatchOperation[] | undefined,
  record: RestApiRecord,
  account: RegionState['account'],
): Stage {
  const next = structuredClone(stage)
  for (const operation of operations ?? []) {
    const {op, path, value = ''} = operation
    if (path === undefined) throw badRequest('Invalid patch path null')
    if (op === 'copy') copy(next, path, operation.from)
    else if (op === 'remove') remove(next, path)
    else if (op === 'replace') replace(next, path, value, {record, account})
    else if (op === 'add' && path.startsWith('/accessLogSettings/')) setAccessLog(next, path, value, account)
    else if (isReplaceable(path)) throw badRequest(`Invalid ${op} operation with path: ${path}`)
    else throw invalidPath(path)
  }
  checkVariables(next.variables)
  return next
}

const COPY_PATHS = ['/deploymentId', '/variables']
const COPY_SOURCES = ['/canarySettings/deploymentId', '/canarySettings/stageVariableOverrides']

/** Promotes a canary, one part at a time. */
function copy(stage: Stage, path: string, from: string | undefined): void {
  const pair = COPY_PATHS.indexOf(path)
  if (pair < 0 || COPY_SOURCES[pair] !== from) {
    throw badRequest(
      `Invalid copy operation with path: ${path} and from ${from}. Valid copy:path are [${COPY_PATHS.join(', ')}] and valid copy:from are [${COPY_SOURCES.join(', ')}]`,
    )
  }
  const canary = stage.canarySettings
  if (!canary) throw badRequest('Promotion not available. Canary does not exist.')
  if (path === '/deploymentId') stage.deploymentId = canary.deploymentId
  else if (canary.stageVariableOverrides) stage.variables = {...stage.variables, ...canary.stageVariableOverrides}
}

function remove(stage: Stage, path: string): void {
  if (path === '/accessLogSettings') {
    stage.accessLogSettings = undefined
    return
  }
  if (path === '/canarySettings') {
    stage.canarySettings = undefined
    return
  }
  const [, variable] = /^\/variables\/([^/]+)$/.exec(path) ?? []
  if (variable !== undefined) {
    stage.variables = without(stage.variables, unescapePointer(variable))
    return
  }
  const [, override] = /^\/canarySettings\/stageVariableOverrides\/([^/]+)$/.exec(path) ?? []
  if (override !== undefined && stage.canarySettings) {
    const overrides = without(stage.canarySettings.stageVariableOverrides, unescapePointer(override))
    stage.canarySettings = {...stage.canarySettings, stageVariableOverrides: overrides}
    return
  }
  const key = path.slice(1)
  if (!stage.methodSettings?.[key]) {
    throw badRequest(`Cannot remove method setting ${key} because there is no method setting for this method `)
  }
  delete stage.methodSettings[key]
}

function without(map: Record<string, string> | undefined, key: string): Record<string, string> | undefined {
  const {[key]: _, ...rest} = map ?? {}
  return Object.keys(rest).length > 0 ? rest : undefined
}

const TEXTS = {
  '/description': 'description',
  '/clientCertificateId': 'clientCertificateId',
  '/documentationVersion': 'documentationVersion',
} as const

function replace(stage: Stage, path: string, value: string, {record, account}: Surroundings): void {
  if (Object.hasOwn(TEXTS, path)) {
    stage[TEXTS[path as keyof typeof TEXTS]] = value || undefined
    return
  }
  if (path.startsWith('/accessLogSettings/')) {
    setAccessLog(stage, path, value, account)
    return
  }
  if (path.startsWith('/canarySettings/')) {
    setCanary(stage, path, value, record)
    return
  }
  switch (path) {
    case '/deploymentId':
      checkDeployment(record, value)
      stage.deploymentId = value
      return
    case '/cacheClusterEnabled':
      stage.cacheClusterEnabled = value === 'true'
      return
    case '/cacheClusterSize':
      // The wording is an assumption.
      if (!Object.values<string>(CacheClusterSize).includes(value)) {
        throw badRequest(`Invalid cache cluster size specified: ${value}`)
      }
      stage.cacheClusterSize = value as Stage['cacheClusterSize']
      return
    case '/tracingEnabled':
      stage.tracingEnabled = value === 'true'
      return
  }
  const [, variable] = /^\/variables\/([^/]+)$/.exec(path) ?? []
  if (variable !== undefined) stage.variables = {...stage.variables, [unescapePointer(variable)]: value}
  else setMethodSetting(stage, path, value, account)
}

/** Whether a path has an operation at all, only not the one that was asked for. */
function isReplaceable(path: string): boolean {
  return (
    Object.hasOwn(TEXTS, path) ||
    ['/deploymentId', '/cacheClusterEnabled', '/cacheClusterSize', '/tracingEnabled'].includes(path) ||
    /^\/(?:variables|canarySettings)\/./.test(path) ||
    SETTING_PATH.test(path)
  )
}

function setAccessLog(stage: Stage, path: string, value: string, account: RegionState['account']): void {
  const name = path.slice('/accessLogSettings/'.length)
  if (name !== 'destinationArn' && name !== 'format') {
    throw badRequest(
      'Invalid accessLogSettings path. Must be one of : [/accessLogSettings/destinationArn, /accessLogSettings/format]',
    )
  }
  if (!value) throw badRequest('Access Log value must not be empty')
  if (name === 'destinationArn') checkAccessLogDestination(value, account)
  else checkAccessLogFormat(value)
  stage.accessLogSettings = {...stage.accessLogSettings, [name]: value}
}

/** The first setting makes the canary, on the stage's own deployment. */
function setCanary(stage: Stage, path: string, value: string, record: RestApiRecord): void {
  const canary = {...(stage.canarySettings ?? newCanarySettings({deploymentId: stage.deploymentId}))}
  const [, override] = /^\/canarySettings\/stageVariableOverrides\/([^/]+)$/.exec(path) ?? []
  if (override !== undefined) {
    canary.stageVariableOverrides = {...canary.stageVariableOverrides, [unescapePointer(override)]: value}
  } else if (path === '/canarySettings/deploymentId') {
    checkDeployment(record, value)
    canary.deploymentId = value
  } else if (path === '/canarySettings/percentTraffic') {
    canary.percentTraffic = Number(value)
    // Range as documented; the wording is an assumption.
    if (!(canary.percentTraffic >= 0 && canary.percentTraffic <= 100)) {
      throw badRequest('Canary percentTraffic must be between 0.0 and 100.0')
    }
  } else if (path === '/canarySettings/useStageCache') canary.useStageCache = value === 'true'
  else throw invalidPath(path)
  stage.canarySettings = canary
}

/** Defaults of a method setting, which come with the first patch under a key. `loggingLevel` is absent until set. */
const NEW_SETTING: MethodSetting = {
  metricsEnabled: false,
  dataTraceEnabled: false,
  throttlingBurstLimit: 5000,
  throttlingRateLimit: 10_000,
  cachingEnabled: false,
  cacheTtlInSeconds: 300,
  cacheDataEncrypted: false,
  requireAuthorizationForCacheControl: true,
  unauthorizedCacheControlHeaderStrategy: 'SUCCEED_WITH_RESPONSE_HEADER',
}

type SetMethodSetting = (setting: MethodSetting, value: string, account: RegionState['account']) => void

const METHOD_SETTINGS: Readonly<Record<string, SetMethodSetting>> = {
  'metrics/enabled': (setting, value) => {
    setting.metricsEnabled = value === 'true'
  },
  'logging/loglevel': (setting, value, account) => {
    if (!['OFF', 'ERROR', 'INFO'].includes(value)) throw badRequest(`Invalid logging level specified: ${value}`)
    if (value !== 'OFF' && !account.cloudwatchRoleArn) {
      throw badRequest('CloudWatch Logs role ARN must be set in account settings to enable logging')
    }
    setting.loggingLevel = value
  },
  'logging/dataTrace': (setting, value) => {
    setting.dataTraceEnabled = value === 'true'
  },
  'throttling/burstLimit': (setting, value) => {
    setting.throttlingBurstLimit = Math.trunc(throttle(value))
  },
  'throttling/rateLimit': (setting, value) => {
    setting.throttlingRateLimit = throttle(value)
  },
  'caching/enabled': (setting, value) => {
    setting.cachingEnabled = value === 'true'
  },
  'caching/ttlInSeconds': (setting, value) => {
    const seconds = Number(value)
    if (!(seconds >= 0 && seconds <= 3600)) throw badRequest(`Invalid cache TTL specified: ${value}`)
    setting.cacheTtlInSeconds = seconds
  },
  'caching/dataEncrypted': (setting, value) => {
    setting.cacheDataEncrypted = value === 'true'
  },
  'caching/requireAuthorizationForCacheControl': (setting, value) => {
    setting.requireAuthorizationForCacheControl = value === 'true'
  },
  'caching/unauthorizedCacheControlHeaderStrategy': (setting, value) => {
    const strategies = ['FAIL_WITH_403', 'SUCCEED_WITH_RESPONSE_HEADER', 'SUCCEED_WITHOUT_RESPONSE_HEADER']
    if (!strategies.includes(value)) throw badRequest(`Invalid cache control header strategy specified: ${value}`)
    setting.unauthorizedCacheControlHeaderStrategy = value as MethodSetting['unauthorizedCacheControlHeaderStrategy']
  },
}

/** -1 leaves only the account's limit, and is shown as such (Terraform reads it back). The wording is an assumption. */
function throttle(value: string): number {
  const limit = Number(value)
  if (value === '' || !(limit >= 0 || limit === -1)) throw badRequest(`Invalid throttling limit specified: ${value}`)
  return limit
}

const SETTING_PATH = new RegExp(`^/(.+/[^/]+)/(${Object.keys(METHOD_SETTINGS).join('|')})$`)

/** Keys are kept as they stand in the path, escapes and all: `test/GET`, `~1pets/GET`. A new one starts from that of all. */
function setMethodSetting(stage: Stage, path: string, value: string, account: RegionState['account']): void {
  const [, key, name] = SETTING_PATH.exec(path) ?? []
  if (key === undefined || name === undefined) throw invalidPath(path)
  const setting = {...(stage.methodSettings?.[key] ?? stage.methodSettings?.['*/*'] ?? NEW_SETTING)}
  METHOD_SETTINGS[name]!(setting, value, account)
  stage.methodSettings = {...stage.methodSettings, [key]: setting}
}

/** The list is the service's own, missing commas included. */
const invalidPath = (path: string) =>
  badRequest(
    `Invalid method setting path: ${path}. Must be one of: [/deploymentId, /description, /cacheClusterEnabled, /cacheClusterSize, /clientCertificateId, /accessLogSettings, /accessLogSettings/destinationArn, /accessLogSettings/format, /{resourcePath}/{httpMethod}/metrics/enabled, /{resourcePath}/{httpMethod}/logging/dataTrace, /{resourcePath}/{httpMethod}/logging/loglevel, /{resourcePath}/{httpMethod}/throttling/burstLimit/{resourcePath}/{httpMethod}/throttling/rateLimit/{resourcePath}/{httpMethod}/caching/ttlInSeconds, /{resourcePath}/{httpMethod}/caching/enabled, /{resourcePath}/{httpMethod}/caching/dataEncrypted, /{resourcePath}/{httpMethod}/caching/requireAuthorizationForCacheControl, /{resourcePath}/{httpMethod}/caching/unauthorizedCacheControlHeaderStrategy, /*/*/metrics/enabled, /*/*/logging/dataTrace, /*/*/logging/loglevel, /*/*/throttling/burstLimit /*/*/throttling/rateLimit /*/*/caching/ttlInSeconds, /*/*/caching/enabled, /*/*/caching/dataEncrypted, /*/*/caching/requireAuthorizationForCacheControl, /*/*/caching/unauthorizedCacheControlHeaderStrategy, /variables/{variable_name}, /tracingEnabled]`,
  )
