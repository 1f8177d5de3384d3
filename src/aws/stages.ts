import type {MethodSetting, PatchOperation, Stage as SdkStage} from '@aws-sdk/client-api-gateway'
import type {Session} from '../domain/session.js'
import type {
  AccessLogSettings,
  MethodChanges,
  MethodSettings,
  Stage,
  StageChanges,
  StageReferences,
  StageStore,
} from '../domain/stages.js'
import {openApiGateway} from './api-gateway.js'
import {arnOf} from './location.js'
import {allPages} from './paging.js'

/** Stages of REST APIs over the SDK. */
export async function openStages(session: Session): Promise<StageStore> {
  const {sdk, send} = await openApiGateway(session)
  return {
    async list(restApiId) {
      // The one list of the service that has no pages: an API has ten stages unless the quota was raised.
      const {item} = await send(new sdk.GetStagesCommand({restApiId}))
      return (item ?? []).map(stageFrom)
    },
    async get(restApiId, stageName) {
      return stageFrom(await send(new sdk.GetStageCommand({restApiId, stageName})))
    },
    async create(restApiId, {name: stageName, cacheSize, tracing, ...settings}) {
      const cache = cacheSize && {cacheClusterEnabled: true, cacheClusterSize: cacheSize}
      const input = {restApiId, stageName, tracingEnabled: tracing, ...cache, ...settings}
      return stageFrom(await send(new sdk.CreateStageCommand(input)))
    },
    async delete(restApiId, stageName) {
      await send(new sdk.DeleteStageCommand({restApiId, stageName}))
    },
    async tag(restApiId, stage, tags) {
      await send(new sdk.TagResourceCommand({resourceArn: await stageArn(session, restApiId, stage), tags}))
    },
    async untag(restApiId, stage, tagKeys) {
      await send(
        new sdk.UntagResourceCommand({resourceArn: await stageArn(session, restApiId, stage), tagKeys: [...tagKeys]}),
      )
    },
    async update(restApiId, stageName, changes) {
      const patchOperations = patchOf(changes)
      return stageFrom(await send(new sdk.UpdateStageCommand({restApiId, stageName, patchOperations})))
    },
  }
}

/** Client certificates and documentation versions, which stages refer to. */
export async function openStageReferences(session: Session): Promise<StageReferences> {
  const {sdk, send} = await openApiGateway(session)
  return {
    async *clientCertificates() {
      const certificates = allPages(page => send(new sdk.GetClientCertificatesCommand(page)))
      for await (const {clientCertificateId = ''} of certificates) yield clientCertificateId
    },
    async *documentationVersions(restApiId) {
      const versions = allPages(page => send(new sdk.GetDocumentationVersionsCommand({...page, restApiId})))
      for await (const {version = ''} of versions) yield version
    },
  }
}

/** How other services name a stage. */
export const stageArn = (session: Session, restApiId: string, stage: string) =>
  arnOf(session, `/restapis/${restApiId}/stages/${stage}`)

export function stageFrom(stage: SdkStage): Stage {
  const {canarySettings: canary, accessLogSettings: accessLog} = stage
  return {
    name: stage.stageName ?? '',
    deploymentId: stage.deploymentId,
    description: stage.description,
    createdDate: stage.createdDate,
    lastUpdatedDate: stage.lastUpdatedDate,
    variables: stage.variables ?? {},
    methodSettings: Object.entries(stage.methodSettings ?? {})
      .map(([key, settings]) => methodSettingsFrom(key, settings))
      .sort(byMethod),
    cacheSize: stage.cacheClusterEnabled ? stage.cacheClusterSize : undefined,
    cacheStatus: stage.cacheClusterStatus,
    tracing: stage.tracingEnabled ?? false,
    clientCertificateId: stage.clientCertificateId,
    documentationVersion: stage.documentationVersion,
    accessLog: accessLog && {destinationArn: accessLog.destinationArn, format: accessLog.format},
    canary: canary && {
      deploymentId: canary.deploymentId,
      percentTraffic: canary.percentTraffic ?? 0,
      variables: canary.stageVariableOverrides ?? {},
      useStageCache: canary.useStageCache ?? false,
    },
    webAclArn: stage.webAclArn,
    tags: stage.tags ?? {},
  }
}

function methodSettingsFrom(key: string, settings: MethodSetting): MethodSettings {
  return {
    method: methodOf(key),
    key,
    loggingLevel: settings.loggingLevel,
    dataTrace: settings.dataTraceEnabled ?? false,
    metrics: settings.metricsEnabled ?? false,
    throttleRate: settings.throttlingRateLimit,
    throttleBurst: settings.throttlingBurstLimit,
    caching: settings.cachingEnabled ?? false,
    cacheTtl: settings.cacheTtlInSeconds,
    cacheEncrypted: settings.cacheDataEncrypted,
    cacheControlAuthorized: settings.requireAuthorizationForCacheControl,
    unauthorizedCacheControl: settings.unauthorizedCacheControlHeaderStrategy,
  }
}

/** Of two keys for the same method the one that is written as documented comes first, which begins with `~`. */
function byMethod(a: MethodSettings, b: MethodSettings): number {
  if (a.method === b.method) return a.key > b.key ? -1 : 1
  return a.method < b.method ? -1 : 1
}

/**
 * The method that a key of `methodSettings` stands for. A key is what was written in the patch path, as it was:
 * `~1pets~1{id}/GET`, or `pets/GET` from some tools; with a star for both parts it stands for all methods.
 */
export function methodOf(key: string): string {
  const cut = key.lastIndexOf('/')
  const path = key.slice(0, cut).replaceAll('~1', '/').replaceAll('~0', '~')
  if (path === '*') return '*'
  return `${key.slice(cut + 1)} ${path.startsWith('/') ? path : `/${path}`}`
}

/** One patch for all changes, which the service carries out as a whole or not at all. */
function patchOf(changes: StageChanges): PatchOperation[] {
  const {variables = {}, unsetVariables = [], cacheSize, accessLog, methodSettings = [], canary} = changes
  return [
    ...replace('/deploymentId', changes.deploymentId),
    ...replace('/description', changes.description),
    ...replace('/tracingEnabled', changes.tracing),
    ...replace('/clientCertificateId', changes.clientCertificateId),
    ...replace('/documentationVersion', changes.documentationVersion),
    ...replace('/cacheClusterEnabled', cacheSize && cacheSize !== 'off'),
    ...replace('/cacheClusterSize', cacheSize === 'off' ? undefined : cacheSize),
    ...Object.entries(variables).flatMap(([name, value]) => replace(`/variables/${name}`, value)),
    ...unsetVariables.map((name): PatchOperation => ({op: 'remove', path: `/variables/${name}`})),
    ...(accessLog ? accessLogPatch(accessLog) : []),
    ...methodSettings.flatMap(methodPatch),
    ...(canary ? canaryPatch(canary) : []),
  ]
}

/** Both parts have to come in one patch, and the whole can be removed but no part of it (recorded 2026). */
function accessLogPatch(accessLog: AccessLogSettings | 'off'): PatchOperation[] {
  if (accessLog === 'off') return [{op: 'remove', path: '/accessLogSettings'}]
  return [
    ...replace('/accessLogSettings/destinationArn', accessLog.destinationArn),
    ...replace('/accessLogSettings/format', accessLog.format),
  ]
}

/**
 * The operations of a promotion are those of the developer guide ("Promote a canary release"), in the order that is
 * recorded; they will do also where the canary has no variables of its own (test_update_stage_with_copy_ops).
 */
function canaryPatch(changes: NonNullable<StageChanges['canary']>): PatchOperation[] {
  const at = '/canarySettings'
  if (changes === 'remove') return [{op: 'remove', path: at}]
  if (changes === 'promote') {
    return [
      ...replace(`${at}/percentTraffic`, '0.0'),
      {op: 'copy', path: '/deploymentId', from: `${at}/deploymentId`},
      {op: 'copy', path: '/variables', from: `${at}/stageVariableOverrides`},
    ]
  }
  const {percentTraffic, variables = {}, unsetVariables = [], useStageCache} = changes
  const overrides = `${at}/stageVariableOverrides`
  return [
    ...replace(`${at}/percentTraffic`, percentTraffic),
    ...replace(`${at}/useStageCache`, useStageCache),
    ...Object.entries(variables).flatMap(([name, value]) => replace(`${overrides}/${name}`, value)),
    ...unsetVariables.map((name): PatchOperation => ({op: 'remove', path: `${overrides}/${name}`})),
  ]
}

function methodPatch(changes: MethodChanges): PatchOperation[] {
  const at = `/${changes.key ?? keyOf(changes.method)}`
  if (changes.inherit) return [{op: 'remove', path: at}]
  return [
    ...replace(`${at}/logging/loglevel`, changes.loggingLevel),
    ...replace(`${at}/logging/dataTrace`, changes.dataTrace),
    ...replace(`${at}/metrics/enabled`, changes.metrics),
    ...replace(`${at}/throttling/rateLimit`, changes.throttleRate),
    ...replace(`${at}/throttling/burstLimit`, changes.throttleBurst),
    ...replace(`${at}/caching/enabled`, changes.caching),
    ...replace(`${at}/caching/ttlInSeconds`, changes.cacheTtl),
    ...replace(`${at}/caching/dataEncrypted`, changes.cacheEncrypted),
    ...replace(`${at}/caching/requireAuthorizationForCacheControl`, changes.cacheControlAuthorized),
    ...replace(`${at}/caching/unauthorizedCacheControlHeaderStrategy`, changes.unauthorizedCacheControl),
  ]
}

/** Every value of a patch is text. */
function replace(path: string, value: string | number | boolean | undefined): PatchOperation[] {
  return value === undefined ? [] : [{op: 'replace', path, value: String(value)}]
}

/** The key of a method that has no settings yet: every slash of the resource path is written `~1`, the first included. */
function keyOf(method: string): string {
  if (method === '*') return '*/*'
  const cut = method.indexOf(' ')
  const path = method
    .slice(cut + 1)
    .replaceAll('~', '~0')
    .replaceAll('/', '~1')
  return `${path}/${method.slice(0, cut)}`
}
