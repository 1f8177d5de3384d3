import {describe, expect, test} from 'vitest'
import type {RestApi} from '../../../src/domain/apis.js'
import type {StageWithCanary} from '../../../src/domain/canary/canary.js'
import {canaryFigures} from '../../../src/domain/canary/figures.js'
import {type PromotionPorts, planPromotion} from '../../../src/domain/canary/promote.js'
import {noStatistics} from '../../../src/domain/logs/statistics.js'
import {type MetricSource, metricApiName, type Traffic, wholeWindow} from '../../../src/domain/metrics.js'
import {FakeClock} from '../../support/session.js'

const NOW = Date.UTC(2026, 0, 1, 12, 0, 20)
const MINUTE = 60_000

const stage: StageWithCanary = {
  name: 'prod',
  deploymentId: 'old',
  variables: {},
  methodSettings: [],
  tracing: false,
  tags: {},
  canary: {deploymentId: 'new', percentTraffic: 10, variables: {}, useStageCache: false},
}

/** Metrics of the stage, and of its canary; each in as many points as it has traffics. */
function metricsOf(of: Record<string, Traffic[]>): MetricSource {
  return {
    read: async series =>
      series.map(({metric, statistic, dimensions}) =>
        (of[dimensions.Stage ?? ''] ?? []).flatMap((traffic, i) => {
          const value = {
            Count: traffic.requests,
            '4XXError': traffic.clientErrors,
            '5XXError': traffic.serverErrors,
            Latency: statistic === 'p50' ? traffic.latencyP50 : traffic.latencyP99,
          }[metric as string]
          return value === undefined ? [] : [{time: new Date(NOW + i * MINUTE), value}]
        }),
      ),
  }
}

function figuresOf(of: Record<string, Traffic[]>) {
  const watch = {
    clock: new FakeClock(NOW),
    signal: new AbortController().signal,
    maxWait: 0,
    notice: () => {},
    random: () => 0,
    statistics: noStatistics(),
  }
  const logs = {page: async () => ({events: []})}
  const api = {id: 'a1b2c3d4e5', name: 'pets'}
  return canaryFigures({metrics: metricsOf(of), logs, watch}, api, stage, {start: NOW - 15 * MINUTE, end: NOW})
}

const traffic = (requests: number, serverErrors: number, p50: number, p99: number): Traffic => ({
  requests,
  clientErrors: 0,
  serverErrors,
  latencyP50: p50,
  latencyP99: p99,
})

describe('the base', () => {
  test('is what the stage has beside its canary; latencies are those of all', async () => {
    const all = traffic(100, 7, 10, 90)
    const canary = traffic(10, 5, 20, 95)
    expect(await figuresOf({prod: [all], 'prod/Canary': [canary]})).toMatchObject({
      source: 'metrics',
      canary,
      base: traffic(90, 2, 10, 90),
    })
  })

  test('is the stage as it is, where the canary has more requests: then they are no part of the stage’s', async () => {
    const all = traffic(5, 1, 10, 90)
    const canary = traffic(95, 0, 20, 95)
    expect((await figuresOf({prod: [all], 'prod/Canary': [canary]})).base).toEqual(all)
  })

  test('has no latencies where all requests were the canary’s', async () => {
    const all = traffic(10, 5, 10, 90)
    expect((await figuresOf({prod: [all], 'prod/Canary': [all]})).base).toEqual({
      requests: 0,
      clientErrors: 0,
      serverErrors: 0,
    })
  })
})

test('should a window come in two points, requests add up and the worse percentile counts', async () => {
  const points = [traffic(10, 1, 10, 90), traffic(20, 2, 30, 60)]
  expect((await figuresOf({'prod/Canary': points})).canary).toEqual(traffic(30, 3, 30, 90))
})

test('a window is whole minutes, and one period', () => {
  expect(wholeWindow(NOW - 90_000, NOW, NOW)).toEqual({
    start: Date.UTC(2026, 0, 1, 11, 58),
    end: Date.UTC(2026, 0, 1, 12, 1),
    period: 3 * MINUTE,
  })
  // Of no time it is a minute, too.
  expect(wholeWindow(NOW - 20_000, NOW - 20_000, NOW).period).toBe(MINUTE)
})

test('an API is called in metrics as the service does', () => {
  expect(metricApiName({id: 'x', name: 'pétstore'})).toBe('ptstore')
  expect(metricApiName({id: 'x', name: '犬'})).toBe('x')
})

test('variables that the stage has no room for are refused before anything is watched', () => {
  const many = (count: number, prefix: string) =>
    Object.fromEntries(Array.from({length: count}, (_, i) => [`${prefix}${i}`, 'x']))
  const full = {...stage, variables: many(60, 'a'), canary: {...stage.canary, variables: many(41, 'b')}}
  expect(() => planPromotion({} as PromotionPorts, {name: 'pets'} as RestApi, full)).toThrow('A stage can have 100')
})
