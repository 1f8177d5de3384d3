import type {MethodSetting, PatchOperation} from '@aws-sdk/client-api-gateway'
import type {LogChanges} from '../domain/logs/settings.js'
import type {LogSetting} from '../domain/logs/stages.js'
import type {Session} from '../domain/session.js'
import {openApiGateway} from './api-gateway.js'
import {methodOf, stageFrom} from './stages.js'

/** The log settings of stages of REST APIs. */
export async function openRestLogging(session: Session) {
  const {sdk, send} = await openApiGateway(session)
  return {
    async change(restApiId: string, stageName: string, {settings = [], accessLog}: LogChanges) {
      const isForAll = settings.every(({method}) => method === '*')
      const {methodSettings: there = {}} = isForAll ? {} : await send(new sdk.GetStageCommand({restApiId, stageName}))
      // Settings that are there keep the key they were made with: some tools write `pets/GET` and not `~1pets/GET`.
      const keys = new Map(Object.keys(there).map(key => [methodOf(key), key]))
      const patchOperations = [
        ...settings.flatMap(({method, setting}) => {
          const key = keys.get(method) ?? keyOf(method)
          return setting ? levelPatch(key, setting) : inheritPatch(key, there)
        }),
        ...accessPatch(accessLog),
      ]
      return stageFrom(await send(new sdk.UpdateStageCommand({restApiId, stageName, patchOperations})))
    },
  }
}

function levelPatch(key: string, {level, dataTrace}: LogSetting): PatchOperation[] {
  return [
    {op: 'replace', path: `/${key}/logging/loglevel`, value: level},
    {op: 'replace', path: `/${key}/logging/dataTrace`, value: String(dataTrace)},
  ]
}

/**
 * Takes what is set for a method away. Where more than logging is set for it, which would go with it, the method is set
 * to log like all instead.
 */
function inheritPatch(key: string, there: Record<string, MethodSetting>): PatchOperation[] {
  const own = there[key]
  const all = there['*/*'] ?? DEFAULTS
  if (!own) return []
  const same = [...new Set([...Object.keys(own), ...Object.keys(all)] as (keyof MethodSetting)[])]
    .filter(name => name !== 'loggingLevel' && name !== 'dataTraceEnabled')
    .every(name => own[name] === all[name])
  if (same) return [{op: 'remove', path: `/${key}`}]
  const {loggingLevel: level = 'OFF', dataTraceEnabled: dataTrace = false} = all
  return levelPatch(key, {level: level as LogSetting['level'], dataTrace})
}

/** What the first setting for a method brings along. Source: recorded answers of UpdateStage (2024). */
const DEFAULTS: MethodSetting = {
  metricsEnabled: false,
  throttlingBurstLimit: 5000,
  throttlingRateLimit: 10_000,
  cachingEnabled: false,
  cacheTtlInSeconds: 300,
  cacheDataEncrypted: false,
  requireAuthorizationForCacheControl: true,
  unauthorizedCacheControlHeaderStrategy: 'SUCCEED_WITH_RESPONSE_HEADER',
}

/** Both parts have to come in one patch, and the whole can be removed but no part of it (recorded 2026). */
function accessPatch(accessLog: LogChanges['accessLog']): PatchOperation[] {
  if (accessLog === undefined) return []
  if (accessLog === 'none') return [{op: 'remove', path: '/accessLogSettings'}]
  return [
    {op: 'replace', path: '/accessLogSettings/destinationArn', value: accessLog.arn},
    {op: 'replace', path: '/accessLogSettings/format', value: accessLog.format},
  ]
}

/** `GET /pets/{id}` is `~1pets~1{id}/GET` in a patch; all methods are two stars. */
function keyOf(method: string): string {
  if (method === '*') return '*/*'
  const [verb, path = ''] = method.split(' ')
  return `${path.replaceAll('~', '~0').replaceAll('/', '~1')}/${verb}`
}
