import type {
  ApiKey,
  CreateUsagePlanKeyRequest,
  GetUsagePlanKeysRequest,
  UsagePlanKey,
} from '@aws-sdk/client-api-gateway'
import {badRequest, conflict, notFound} from '../errors.js'
import type {Call, Handlers} from '../service.js'
import {entryOf, type UsagePlanRecord} from '../store.js'
import {apiKeyOf} from './api-keys.js'
import {checkRoom} from './limits.js'
import {usagePlanOf} from './lookup.js'
import {page} from './paging.js'

type PlanKeyAddress = {usagePlanId: string; keyId: string}

export const usagePlanKeys: Handlers = {
  CreateUsagePlanKey(input: CreateUsagePlanKeyRequest, call) {
    if (input.keyType !== 'API_KEY') {
      throw badRequest('Invalid Usage Plan key type specified. Must be one of [API_KEY]')
    }
    const record = usagePlanOf(call, input.usagePlanId)
    const key = apiKeyOf(call, input.keyId)
    attachKey(record, key, call)
    return shown(key)
  },

  GetUsagePlanKey: (input: PlanKeyAddress, call) => shown(keyOnPlan(call, input)),

  /** The newest first; an unknown plan has no keys (both recorded). */
  GetUsagePlanKeys({usagePlanId, nameQuery = '', ...paging}: GetUsagePlanKeysRequest, call) {
    const ids = entryOf(call.state.usagePlans, usagePlanId!)?.keyIds ?? []
    const keys = [...ids].map(id => apiKeyOf(call, id)).filter(key => (key.name ?? '').startsWith(nameQuery))
    return page(keys.reverse().map(shown), paging)
  },

  DeleteUsagePlanKey(input: PlanKeyAddress, call) {
    keyOnPlan(call, input)
    usagePlanOf(call, input.usagePlanId).keyIds.delete(input.keyId)
  },
}

const shown = ({id, value, name}: ApiKey): UsagePlanKey => ({id, type: 'API_KEY', value, name})

function keyOnPlan(call: Call, {usagePlanId, keyId}: PlanKeyAddress): ApiKey {
  const record = usagePlanOf(call, usagePlanId)
  if (!record.keyIds.has(keyId)) throw notFound('Invalid API Key identifier specified')
  return apiKeyOf(call, keyId)
}

/**
 * Puts a key on a plan.
 * @throws ServiceError ConflictException where the key is on the plan already, or on another one with the same stage
 */
export function attachKey(record: UsagePlanRecord, key: ApiKey, call: Call): void {
  // A plan without stages has none to name; the wording for that case is an assumption.
  if (record.keyIds.has(key.id!)) {
    const [first] = record.plan.apiStages ?? []
    throw first ? sharedStage(record, key.id!, first) : conflict('Usage Plan Key already exists')
  }
  checkStagesOfKeys({...record, keyIds: new Set([key.id!])}, call)
  const plans = Object.values(call.state.usagePlans).filter(({keyIds}) => keyIds.has(key.id!))
  checkRoom('Usage Plans of an API Key', plans.length)
  record.keyIds.add(key.id!)
}

/**
 * A key may be on several plans, but not on two with the same stage.
 * @throws ServiceError ConflictException
 */
export function checkStagesOfKeys(record: UsagePlanRecord, call: Call): void {
  const others = Object.values(call.state.usagePlans).filter(({plan}) => plan.id !== record.plan.id)
  for (const keyId of record.keyIds) {
    const taken = others.filter(({keyIds}) => keyIds.has(keyId)).flatMap(({plan}) => plan.apiStages ?? [])
    const shared = record.plan.apiStages?.find(({apiId, stage}) =>
      taken.some(each => each.apiId === apiId && each.stage === stage),
    )
    if (shared) throw sharedStage(record, keyId, shared)
  }
}

const sharedStage = ({plan}: UsagePlanRecord, keyId: string, {apiId, stage}: {apiId?: string; stage?: string}) =>
  conflict(
    `Usage Plan ${plan.id} cannot be added because API Key ${keyId} cannot reference multiple Usage Plans with the same API Stage: ${apiId}:${stage}`,
  )
