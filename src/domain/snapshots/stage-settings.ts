import type {MethodSettings, Stage} from '../stages.js'
import {type ItemDifference, itemDifferences} from './difference.js'

/**
 * What is set on two stages otherwise. What makes each of them the one that it is does not count: name, description,
 * dates, what it serves, its canary, the state of its cache.
 */
export function stageSettingDifferences(before: Stage, after: Stage): ItemDifference[] {
  return itemDifferences('stage setting', settingsOf(before), settingsOf(after))
}

const ALL_METHODS = 'all methods'

/** By name; single methods by theirs, as in `GET /pets/{id}`. */
function settingsOf(stage: Stage): object {
  const {name, description, createdDate, lastUpdatedDate, deploymentId, canary, cacheStatus, ...rest} = stage
  const {methodSettings, variables, tags, ...settings} = rest
  const methods = methodSettings.map(({method, key, ...own}) => [
    method === '*' ? ALL_METHODS : method,
    withDefaults(own),
  ])
  const named = {[ALL_METHODS]: withDefaults({}), ...Object.fromEntries(methods)}
  // What is not set is undefined, and not there in JSON.
  return JSON.parse(JSON.stringify({...settings, ...named, variables, tags}))
}

type Settings = Partial<Omit<MethodSettings, 'method' | 'key'>>

/**
 * The first setting that is made for methods brings all others with it, at what the service does anyway.
 * Source: answers of UpdateStage, recorded by LocalStack's snapshot tests (test_create_update_stages, 2024-03-05)
 */
const DEFAULTS = {
  loggingLevel: 'OFF',
  dataTrace: false,
  metrics: false,
  caching: false,
  cacheTtl: 300,
  cacheEncrypted: false,
  cacheControlAuthorized: true,
  unauthorizedCacheControl: 'SUCCEED_WITH_RESPONSE_HEADER',
} as const satisfies Settings

/** That block has these two as well, and where they were taken away -1: both leave it to the limits of the account. */
const NO_THROTTLES = [10_000, 5_000] as const

function withDefaults(settings: Settings): Settings {
  const {throttleRate = -1, throttleBurst = -1, ...own} = JSON.parse(JSON.stringify(settings)) as Settings
  const isThrottled = throttleRate >= 0 && (throttleRate !== NO_THROTTLES[0] || throttleBurst !== NO_THROTTLES[1])
  return {...DEFAULTS, ...own, ...(isThrottled && {throttleRate, throttleBurst})}
}
