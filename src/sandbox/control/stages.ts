import type {MethodSetting, PatchOperation, Stage} from '@aws-sdk/client-api-gateway'
import {badRequest} from '../errors.js'
import type {Call, Handlers} from '../service.js'
import {restApiOf, stageOf} from './lookup.js'

export const stages: Handlers = {
  GetStages: (input: {restApiId: string}, call) => ({item: Object.values(restApiOf(call, input.restApiId).stages)}),

  GetStage: (input: {restApiId: string; stageName: string}, call) =>
    stageOf(restApiOf(call, input.restApiId), input.stageName),

  UpdateStage(input: {restApiId: string; stageName: string; patchOperations?: PatchOperation[]}, call) {
    const record = restApiOf(call, input.restApiId)
    const next = structuredClone(stageOf(record, input.stageName))
    for (const {path, value} of input.patchOperations ?? []) {
      const setting = /^\/(.+\/[^/]+)\/(logging\/loglevel|logging\/dataTrace)$/.exec(path ?? '')
      if (!setting) throw badRequest(`Invalid method setting path: ${path}`)
      if (setting[2] === 'logging/loglevel' && value !== 'OFF' && !call.state.account.cloudwatchRoleArn) {
        throw badRequest('CloudWatch Logs role ARN must be set in account settings to enable logging')
      }
      next.methodSettings ??= {}
      const block: MethodSetting = next.methodSettings[setting[1]!] ?? {dataTraceEnabled: false}
      next.methodSettings[setting[1]!] = block
      if (setting[2] === 'logging/loglevel') block.loggingLevel = value
      else block.dataTraceEnabled = value === 'true'
    }
    next.lastUpdatedDate = call.now()
    record.stages[input.stageName] = next
    return next
  },
}

/** A stage with the defaults of a new one. */
export function newStage(settings: Stage, call: Call): Stage {
  return {
    cacheClusterEnabled: false,
    cacheClusterStatus: 'NOT_AVAILABLE',
    methodSettings: {},
    ...settings,
    tracingEnabled: settings.tracingEnabled ?? false,
    createdDate: call.now(),
    lastUpdatedDate: call.now(),
  }
}
