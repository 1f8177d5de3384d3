import type {CreateUsagePlanKeyRequest, CreateUsagePlanRequest, UsagePlan} from '@aws-sdk/client-api-gateway'
import {notFound} from '../errors.js'
import {shortId} from '../identifiers.js'
import type {Handlers} from '../service.js'
import {usagePlanOf} from './lookup.js'
import {page} from './paging.js'

export const usagePlans: Handlers = {
  CreateUsagePlan(input: CreateUsagePlanRequest, call) {
    const plan: UsagePlan = {...input, id: shortId()}
    call.state.usagePlans[plan.id!] = {plan, keyIds: [], usage: {}, remaining: {}}
    return plan
  },

  GetUsagePlans(input: {keyId?: string; position?: string; limit?: number}, call) {
    const found = Object.values(call.state.usagePlans).filter(
      ({keyIds}) => !input.keyId || keyIds.includes(input.keyId),
    )
    return page(
      found.map(({plan}) => plan),
      input,
    )
  },

  CreateUsagePlanKey(input: CreateUsagePlanKeyRequest, call) {
    const record = usagePlanOf(call, input.usagePlanId)
    const key = call.state.apiKeys[input.keyId!]
    if (!key) throw notFound('Invalid API Key identifier specified')
    record.keyIds.push(key.id!)
    return {id: key.id, type: input.keyType, value: key.value, name: key.name}
  },
}
