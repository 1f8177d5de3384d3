import {limitExceeded} from '../errors.js'

/** Resources of an API, unless the account has a higher quota. */
export const DEFAULT_RESOURCE_QUOTA = 300

/**
 * How many objects of a kind there may be.
 * Source: Amazon API Gateway quotas, "Quotas for creating, deploying and managing an API" and "Quotas for configuring
 * and running a REST API" (April 2026), defaults.
 */
const LIMITS = {
  'Regional APIs': {most: 600, scope: 'this account'},
  'Edge-optimized APIs': {most: 120, scope: 'this account'},
  'Private APIs': {most: 600, scope: 'this account'},
  Resources: {most: DEFAULT_RESOURCE_QUOTA, scope: 'this API'},
  Stages: {most: 10, scope: 'this API'},
  Authorizers: {most: 10, scope: 'this API'},
  'Documentation parts': {most: 2000, scope: 'this API'},
  'API Keys': {most: 10_000, scope: 'this account'},
  'Usage Plans': {most: 300, scope: 'this account'},
  'Usage Plans of an API Key': {most: 10, scope: 'this API Key'},
  'Method throttles': {most: 20, scope: 'this stage'},
  'Client certificates': {most: 60, scope: 'this account'},
  'VPC links': {most: 20, scope: 'this account'},
  'Domain names': {most: 120, scope: 'this account'},
} as const

/**
 * Refuses one object too many. The text is known for Resources only; the others are taken to read alike.
 * @param count how many there are before this one
 * @param most where the account has a quota of its own
 * @throws ServiceError LimitExceededException
 */
export function checkRoom(kind: keyof typeof LIMITS, count: number, most: number = LIMITS[kind].most): void {
  const {scope} = LIMITS[kind]
  if (count < most) return
  throw limitExceeded(
    `Maximum number of ${kind} for ${scope} has been reached.  Please contact AWS if you need additional ${kind}.`,
  )
}
