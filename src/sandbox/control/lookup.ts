import type {Resource, Stage, UsagePlan} from '@aws-sdk/client-api-gateway'
import {notFound} from '../errors.js'
import type {Call} from '../service.js'
import type {RestApiRecord, UsagePlanRecord} from '../store.js'

/** @throws ServiceError NotFoundException */
export function restApiOf(call: Call, id: string | undefined): RestApiRecord {
  const record = call.state.restApis[id ?? '']
  if (!record) throw notFound(`Invalid API identifier specified ${call.accountId}:${id}`)
  return record
}

/** @throws ServiceError NotFoundException */
export function resourceOf(record: RestApiRecord, id: string | undefined): Resource {
  const resource = record.resources[id ?? '']
  if (!resource) throw notFound('Invalid Resource identifier specified')
  return resource
}

/** @throws ServiceError NotFoundException */
export function stageOf(record: RestApiRecord, name: string | undefined): Stage {
  const stage = record.stages[name ?? '']
  if (!stage) throw notFound('Invalid stage identifier specified')
  return stage
}

/** @throws ServiceError NotFoundException */
export function usagePlanOf(call: Call, id: string | undefined): UsagePlanRecord & {plan: UsagePlan} {
  const record = call.state.usagePlans[id ?? '']
  if (!record) throw notFound('Invalid Usage Plan ID specified')
  return record
}
