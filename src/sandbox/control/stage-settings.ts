import type {CanarySettings, Stage} from '@aws-sdk/client-api-gateway'
import {badRequest} from '../errors.js'
import type {Call} from '../service.js'
import {entryOf, type RestApiRecord} from '../store.js'
import {checkRoom} from './limits.js'
import {checkTags, taggedBriefly} from './tags.js'

/** @throws ServiceError BadRequestException */
export function checkDeployment(record: RestApiRecord, deploymentId: string | undefined): void {
  if (!entryOf(record.deployments, deploymentId ?? '')) throw badRequest('Deployment id does not exist')
}

/**
 * A stage with the defaults of a new one, not yet in the store.
 * @throws ServiceError where its name or variables are not allowed, or the API has no room for it
 */
export function newStage(settings: Stage, record: RestApiRecord, call: Call): Stage {
  // Alphabet and length as documented (known issues page); the wording is an assumption.
  if (!/^[A-Za-z0-9_-]{1,128}$/.test(settings.stageName ?? '')) {
    throw badRequest('Stage name only allows a-zA-Z0-9_-')
  }
  checkVariables(settings.variables)
  checkTags(settings.tags)
  checkRoom('Stages', Object.keys(record.stages).length)
  return withCacheCluster({
    ...settings,
    canarySettings:
      settings.canarySettings && newCanarySettings({deploymentId: settings.deploymentId, ...settings.canarySettings}),
    cacheClusterEnabled: settings.cacheClusterEnabled ?? false,
    methodSettings: {},
    tracingEnabled: settings.tracingEnabled ?? false,
    createdDate: call.now(),
    lastUpdatedDate: call.now(),
  })
}

export function newCanarySettings(settings: CanarySettings): CanarySettings {
  return {...settings, percentTraffic: settings.percentTraffic ?? 0, useStageCache: settings.useStageCache ?? false}
}

/** A stage as the caller sees it: with what is being done to its cache cluster at the moment. */
export function shownStage(restApiId: string | undefined, stage: Stage, {gateway}: Call): Stage {
  return taggedBriefly({...stage, cacheClusterStatus: gateway.cache.status(restApiId ?? '', stage)})
}

/** A cluster has a size: the smallest unless another is wanted. */
export function withCacheCluster(stage: Stage): Stage {
  return {
    ...stage,
    cacheClusterSize: stage.cacheClusterSize ?? (stage.cacheClusterEnabled ? '0.5' : undefined),
  }
}

/**
 * Source: stage variables in the model (names and values) and the quotas page (100 of them, 64 and 512 characters). The
 * wordings are assumptions.
 * @throws ServiceError BadRequestException
 */
export function checkVariables(variables: Record<string, string> | undefined): void {
  const entries = Object.entries(variables ?? {})
  if (entries.length > 100) throw badRequest('A stage can have at most 100 variables')
  for (const [name, value] of entries) {
    if (!/^\w{1,64}$/.test(name)) {
      throw badRequest(`Invalid stage variable name: ${name}. Please use alphanumeric characters and '_'`)
    }
    if (value.length > 512 || !/^[A-Za-z0-9\-._~:/?#&=,]*$/.test(value)) {
      throw badRequest(`Invalid stage variable value: ${value}. Please use characters of [A-Za-z0-9-._~:/?#&=,]`)
    }
  }
}
