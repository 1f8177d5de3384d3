import type {Arrival, MethodResponse} from '../gateway/invocation.js'
import {addValue, type SeriesName} from './series.js'

const NAMESPACE = 'AWS/ApiGateway'

/** What a request came to, as far as the pipeline says so. */
export interface Measured {
  /** Path of the resource and method, where one was found. */
  resource?: string
  method?: string
  /** Whether the stage wants metrics of the method by itself. */
  isDetailed?: boolean
  /** Undefined for what was not looked for in the cache. */
  cache?: 'hit' | 'miss'
}

/**
 * Counts a request in the metrics of its API: one sample each, of which the errors are 0 or 1 (developer guide, Amazon
 * API Gateway dimensions and metrics).
 *
 * A request to a canary counts for the stage and once more for its canary. AWS says that there are metrics of the canary
 * (What's New, 2017-11-28; developer guide, canary release), not what they are called: that their stage is
 * `{stage}/Canary`, as in the names of its log groups, is how the self-hosted gateway of smoketurner does it, which is
 * held against recordings of the service (its README, "Canary deployments").
 * @param now milliseconds since 1970
 */
export function countRequest(arrival: Arrival, response: Pick<MethodResponse, 'status'>, now: number): void {
  const {apiName, stage, isCanary, context, startedAt, measured, state} = arrival
  const {integrationLatency} = context
  const samples: (readonly [name: string, unit: 'Count' | 'Milliseconds', value: number])[] = [
    ['Count', 'Count', 1],
    ['4XXError', 'Count', isBetween(response.status, 400) ? 1 : 0],
    ['5XXError', 'Count', isBetween(response.status, 500) ? 1 : 0],
    ['Latency', 'Milliseconds', now - startedAt],
  ]
  if (typeof integrationLatency === 'number') samples.push(['IntegrationLatency', 'Milliseconds', integrationLatency])
  if (measured.cache) {
    samples.push(['CacheHitCount', 'Count', measured.cache === 'hit' ? 1 : 0])
    samples.push(['CacheMissCount', 'Count', measured.cache === 'miss' ? 1 : 0])
  }
  const api = ['ApiName', nameOf(apiName, arrival.apiId)] as const
  const stages = [stage.stageName!, ...(isCanary ? [`${stage.stageName}/Canary`] : [])]
  const sets: SeriesName['dimensions'][] = [[api]]
  for (const name of stages) {
    const byStage = [api, ['Stage', name] as const]
    sets.push(byStage)
    if (measured.isDetailed) sets.push([...byStage, ['Resource', measured.resource!], ['Method', measured.method!]])
  }
  for (const dimensions of sets) {
    for (const [name, unit, value] of samples) {
      addValue(state, {namespace: NAMESPACE, name, dimensions, unit}, now, value)
    }
  }
}

const isBetween = (status: number, from: number) => status >= from && status < from + 100

/** Characters beyond ASCII are dropped; of a name that has no others the id stands in (developer guide, as above). */
const nameOf = (name: string, id: string) => name.replace(/[\u0080-\uffff]/g, '') || id
