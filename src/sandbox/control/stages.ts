import type {CreateStageRequest, Stage, UpdateStageRequest} from '@aws-sdk/client-api-gateway'
import {conflict, notFound} from '../errors.js'
import type {Call, Handlers} from '../service.js'
import {entryOf} from '../store.js'
import {partOf, restApiOf} from './lookup.js'
import {patchedStage} from './stage-patches.js'
import {checkDeployment, newStage, shownStage, withCacheCluster} from './stage-settings.js'

type StageAddress = {restApiId: string; stageName: string}

export const stages: Handlers = {
  CreateStage(input: CreateStageRequest, call) {
    const record = restApiOf(call, input.restApiId)
    const {restApiId, ...settings} = input
    if (entryOf(record.stages, input.stageName!)) throw conflict('Stage already exists')
    checkDeployment(record, input.deploymentId)
    if (input.canarySettings?.deploymentId) checkDeployment(record, input.canarySettings.deploymentId)
    const stage = newStage(settings, record, call)
    record.stages[stage.stageName!] = stage
    call.gateway.cache.follow(restApiId ?? '', undefined, stage)
    return shownStage(restApiId, stage, call)
  },

  GetStage: (input: StageAddress, call) => shownStage(input.restApiId, stageAt(call, input), call),

  GetStages({restApiId, deploymentId}: {restApiId: string; deploymentId?: string}, call) {
    const all = Object.values(restApiOf(call, restApiId).stages)
    const item = deploymentId ? all.filter(stage => stage.deploymentId === deploymentId) : all
    return {item: item.map(stage => shownStage(restApiId, stage, call))}
  },

  UpdateStage(input: UpdateStageRequest, call) {
    const current = stageAt(call, input as StageAddress)
    const record = restApiOf(call, input.restApiId)
    const patched = patchedStage(current, input.patchOperations, record, call.state.account)
    const next = withCacheCluster({...patched, lastUpdatedDate: call.now()})
    record.stages[current.stageName!] = next
    call.gateway.cache.follow(input.restApiId ?? '', current, next)
    return shownStage(input.restApiId, next, call)
  },

  /** A deleted stage drops out of its usage plans, and does not come back into them when it is made anew. */
  DeleteStage({restApiId, stageName}: StageAddress, call) {
    const stage = stageAt(call, {restApiId, stageName})
    call.gateway.cache.follow(restApiId, stage, undefined)
    for (const {plan} of Object.values(call.state.usagePlans)) {
      plan.apiStages = plan.apiStages?.filter(each => each.apiId !== restApiId || each.stage !== stageName)
    }
    delete restApiOf(call, restApiId).stages[stageName]
  },

  FlushStageCache: (input: StageAddress, call) => {
    call.gateway.cache.flush(input.restApiId, stageAt(call, input))
  },

  FlushStageAuthorizersCache: (input: StageAddress, call) => {
    stageAt(call, input)
    call.gateway.authorization.flush(input.restApiId, input.stageName)
  },
}

/** An unknown API is answered as an unknown stage is, as recorded for other parts of an API. */
function stageAt(call: Call, {restApiId, stageName}: StageAddress): Stage {
  const stage = partOf(call, restApiId, 'stages', stageName)
  if (!stage) throw notFound('Invalid stage identifier specified')
  return stage
}
