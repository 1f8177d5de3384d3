import type {
  ApiStage,
  CreateUsagePlanRequest,
  GetUsagePlansRequest,
  QuotaSettings,
  ThrottleSettings,
  UpdateUsagePlanRequest,
  UsagePlan,
} from '@aws-sdk/client-api-gateway'
import {badRequest, notFound} from '../errors.js'
import {dayOf} from '../gateway/quota.js'
import {shortId} from '../identifiers.js'
import type {Call, Handlers} from '../service.js'
import {checkRoom} from './limits.js'
import {partOf, usagePlanOf} from './lookup.js'
import {page} from './paging.js'
import {checkTags, taggedBriefly, taggedFully} from './tags.js'
import {checkStagesOfKeys} from './usage-plan-keys.js'
import {patchedPlan} from './usage-plan-patches.js'

export const usagePlans: Handlers = {
  CreateUsagePlan(input: CreateUsagePlanRequest, call) {
    const {name, description, apiStages = [], throttle, quota, tags} = input
    for (const {apiId, stage} of apiStages) {
      if (!partOf(call, apiId, 'stages', stage)) throw notFound(`API Stage not found: ${apiId}:${stage}`)
    }
    checkTags(tags)
    checkRoom('Usage Plans', Object.keys(call.state.usagePlans).length)
    const plan: UsagePlan = checkedPlan({
      id: shortId(call.state.usagePlans),
      name,
      description: description || undefined,
      apiStages,
      throttle,
      quota: quota && {...quota, offset: quota.offset ?? 0},
      tags,
    })
    call.state.usagePlans[plan.id!] = {
      plan,
      keyIds: new Set(),
      usage: {},
      allowed: {},
      quotaSince: quota && dayOf(call.millis()),
    }
    return taggedBriefly(plan)
  },

  GetUsagePlan: (input: {usagePlanId: string}, call) => taggedFully(usagePlanOf(call, input.usagePlanId).plan),

  GetUsagePlans({keyId, ...paging}: GetUsagePlansRequest, call) {
    const found = Object.values(call.state.usagePlans).filter(({keyIds}) => !keyId || keyIds.has(keyId))
    return page(
      found.map(({plan}) => taggedBriefly(plan)),
      paging,
    )
  },

  UpdateUsagePlan(input: UpdateUsagePlanRequest, call) {
    const record = usagePlanOf(call, input.usagePlanId)
    const next = checkedPlan(
      patchedPlan(record.plan, input.patchOperations, stage => checkStage(stage, record.plan, call)),
    )
    checkStagesOfKeys({...record, plan: next}, call)
    // Assumed of a quota of another period: it counts the requests of the days before, and nothing else lasts.
    if (next.quota?.period !== record.plan.quota?.period) {
      record.quotaSince = next.quota && dayOf(call.millis())
      record.allowed = {}
    }
    record.plan = next
    return taggedFully(next)
  },

  DeleteUsagePlan(input: {usagePlanId: string}, call) {
    const {plan} = usagePlanOf(call, input.usagePlanId)
    const [first] = plan.apiStages ?? []
    if (first) {
      throw badRequest(
        `Cannot delete Usage Plan ${plan.id} because there are API Stages associated with it, including ${first.apiId}:${first.stage}`,
      )
    }
    delete call.state.usagePlans[input.usagePlanId]
  },
}

function checkStage({apiId, stage}: ApiStage, plan: UsagePlan, call: Call): void {
  if (partOf(call, apiId, 'stages', stage)) return
  throw notFound(`Invalid API Stage {api: ${apiId}, stage: ${stage}} specified for usageplan ${plan.id}`)
}

function checkedPlan(plan: UsagePlan): UsagePlan {
  // The wording is an assumption.
  if (!plan.name) throw badRequest('Usage Plan name cannot be blank')
  checkThrottle(plan.throttle)
  if (plan.quota) checkQuota(plan.quota)
  for (const {throttle = {}} of plan.apiStages ?? []) {
    checkRoom('Method throttles', Object.keys(throttle).length - 1)
    for (const settings of Object.values(throttle)) checkThrottle(settings)
  }
  return plan
}

/** A burst above the rate is accepted, as recorded. The wording is an assumption. */
function checkThrottle({rateLimit = 0, burstLimit = 0}: ThrottleSettings = {}): void {
  if (!(rateLimit >= 0)) throw badRequest('Usage Plan throttle rate limit must be a non-negative numeric')
  if (!(burstLimit >= 0)) throw badRequest('Usage Plan throttle burst limit must be a non-negative numeric')
}

function checkQuota({limit, offset = 0, period}: QuotaSettings): void {
  if (limit === undefined || !(limit >= 0)) throw badRequest('Usage Plan quota limit must be a non-negative numeric')
  if (period !== 'DAY' && period !== 'WEEK' && period !== 'MONTH') {
    throw badRequest('Invalid Usage Plan quota period specified. Must be one of [DAY, WEEK, MONTH]')
  }
  if (period === 'DAY' && offset !== 0) throw badRequest('Usage Plan quota offset must be zero in the DAY period')
}
