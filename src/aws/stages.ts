import type {MethodSetting, Stage as SdkStage} from '@aws-sdk/client-api-gateway'
import type {Session} from '../domain/session.js'
import type {MethodSettings, Stage, StageStore} from '../domain/stages.js'
import {openApiGateway} from './api-gateway.js'

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
  }
}

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
      .sort((a, b) => (a.method < b.method ? -1 : 1)),
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
    },
    webAclArn: stage.webAclArn,
    tags: stage.tags ?? {},
  }
}

function methodSettingsFrom(key: string, settings: MethodSetting): MethodSettings {
  return {
    method: methodOf(key),
    loggingLevel: settings.loggingLevel,
    dataTrace: settings.dataTraceEnabled ?? false,
    metrics: settings.metricsEnabled ?? false,
    throttleRate: settings.throttlingRateLimit,
    throttleBurst: settings.throttlingBurstLimit,
    caching: settings.cachingEnabled ?? false,
    cacheTtl: settings.cacheTtlInSeconds,
  }
}

/**
 * The method that a key of `methodSettings` stands for. A key is what was written in the patch path, as it was:
 * `~1pets~1{id}/GET`, or `pets/GET` from some tools; with a star for both parts it stands for all methods.
 */
function methodOf(key: string): string {
  const cut = key.lastIndexOf('/')
  const path = key.slice(0, cut).replaceAll('~1', '/').replaceAll('~0', '~')
  if (path === '*') return '*'
  return `${key.slice(cut + 1)} ${path.startsWith('/') ? path : `/${path}`}`
}
