import type {Integration, Method, Resource, Stage} from '@aws-sdk/client-api-gateway'
import {notFound} from '../errors.js'
import type {Call} from '../service.js'
import {entryOf, type RestApiRecord, type UsagePlanRecord} from '../store.js'

/** @throws ServiceError NotFoundException */
export function restApiOf(call: Call, id: string | undefined): RestApiRecord {
  const record = entryOf(call.state.restApis, id ?? '')
  if (!record) throw notFound(`Invalid API identifier specified ${call.accountId}:${id}`)
  return record
}

/** A part of an API by its id or name; undefined also where there is no such API. */
export function partOf<Kind extends Exclude<keyof RestApiRecord, 'api'>>(
  call: Call,
  restApiId: string | undefined,
  kind: Kind,
  id: string | undefined,
): RestApiRecord[Kind][string] | undefined {
  const record = entryOf(call.state.restApis, restApiId ?? '')
  // The kinds differ in their values only, which the compiler cannot follow through a lookup.
  return record && entryOf(record[kind] as Record<string, RestApiRecord[Kind][string]>, id ?? '')
}

export interface ResourceAddress {
  restApiId: string
  resourceId: string
}

export interface MethodAddress extends ResourceAddress {
  httpMethod: string
}

/** An unknown API is answered as an unknown resource is, as recorded. @throws ServiceError NotFoundException */
export function resourceOf(call: Call, {restApiId, resourceId}: ResourceAddress): Resource {
  const resource = partOf(call, restApiId, 'resources', resourceId)
  if (!resource) throw notFound('Invalid Resource identifier specified')
  return resource
}

/** @throws ServiceError NotFoundException */
export function methodOf(call: Call, address: MethodAddress): Method {
  const method = entryOf(resourceOf(call, address).resourceMethods ?? {}, address.httpMethod)
  if (!method) throw notFound('Invalid Method identifier specified')
  return method
}

/** An unknown method is answered as a missing integration is, as recorded. @throws ServiceError NotFoundException */
export function integrationOf(call: Call, address: MethodAddress): Integration {
  const method = entryOf(resourceOf(call, address).resourceMethods ?? {}, address.httpMethod)
  const integration = method?.methodIntegration
  if (!integration) throw notFound('Invalid Integration identifier specified')
  return integration
}

/** @throws ServiceError NotFoundException */
export function stageOf(record: RestApiRecord, name: string | undefined): Stage {
  const stage = entryOf(record.stages, name ?? '')
  if (!stage) throw notFound('Invalid stage identifier specified')
  return stage
}

/** @throws ServiceError NotFoundException */
export function usagePlanOf(call: Call, id: string | undefined): UsagePlanRecord {
  const record = entryOf(call.state.usagePlans, id ?? '')
  if (!record) throw notFound('Invalid Usage Plan ID specified')
  return record
}
