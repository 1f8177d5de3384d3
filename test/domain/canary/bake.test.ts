import {describe, expect, test} from 'vitest'
import {type Bake, type BakePorts, watchCanary} from '../../../src/domain/canary/bake.js'
import type {StageWithCanary} from '../../../src/domain/canary/canary.js'
import {noStatistics} from '../../../src/domain/logs/statistics.js'
import {type MetricPoint, type MetricSource, MINUTE, type Series} from '../../../src/domain/metrics.js'
import {interrupted, Problem} from '../../../src/domain/problem.js'
import {FakeClock} from '../../support/session.js'

const api = {id: 'a1b2c3d4e5', name: 'pets'}

const stage: StageWithCanary = {
  name: 'prod',
  deploymentId: 'old',
  variables: {},
  methodSettings: [],
  tracing: false,
  tags: {},
  canary: {deploymentId: 'new', percentTraffic: 10, variables: {}, useStageCache: false},
}

const TEN_MINUTES: Bake = {
  duration: 10 * MINUTE,
  limits: {max5xx: 1},
  minRequests: 100,
  ifFew: 'leave',
  interval: MINUTE,
  delay: 3 * MINUTE,
}

/** 20 s past the minute. */
const NOW = Date.UTC(2026, 0, 1, 12, 0, 20)

/** How the requests of a minute went. */
interface Minute {
  requests: number
  serverErrors?: number
  clientErrors?: number
  latency?: number
}

/**
 * Metrics of a canary whose requests go as `minutes` says, by minutes after 12:00; the last goes on for ever. They can be
 * seen two minutes after their minute has ended.
 */
class World {
  readonly clock = new FakeClock(NOW)
  readonly notices: string[] = []
  readonly windows: {start: number; end: number}[] = []
  canary: StageWithCanary['canary'] | undefined = stage.canary
  signal = new AbortController()
  /** Called before each look. */
  onLook = () => {}

  constructor(readonly minutes: readonly Minute[]) {}

  readonly #metrics: MetricSource = {
    read: async (series, window) => {
      this.windows.push(window)
      return series.map(each => this.#points(each, window))
    },
  }

  #points({metric, dimensions, statistic}: Series, {start, end}: {start: number; end: number}): MetricPoint[] {
    const shown: Minute[] = []
    for (let time = start; time < end && time + 3 * MINUTE <= this.clock.now(); time += MINUTE) {
      const index = (time - Math.floor(NOW / MINUTE) * MINUTE) / MINUTE
      shown.push(this.minutes[Math.min(index, this.minutes.length - 1)] as Minute)
    }
    if (dimensions.Stage === 'prod') return []
    const sum = (of: (minute: Minute) => number) => shown.reduce((total, minute) => total + of(minute), 0)
    if (sum(({requests}) => requests) === 0) return []
    const value = {
      Count: sum(({requests}) => requests),
      '4XXError': sum(({clientErrors = 0}) => clientErrors),
      '5XXError': sum(({serverErrors = 0}) => serverErrors),
      Latency: statistic === 'p50' ? 1 : Math.max(...shown.map(({latency = 20}) => latency)),
    }[metric as string]
    return [{time: new Date(start), value: value ?? 0}]
  }

  get ports(): BakePorts {
    return {
      metrics: this.#metrics,
      logs: {page: async () => ({events: []})},
      stages: {
        get: async () => {
          this.onLook()
          return {...stage, canary: this.canary}
        },
      },
      watch: {
        clock: this.clock,
        signal: this.signal.signal,
        maxWait: 60_000,
        notice: text => this.notices.push(text),
        random: () => 0.5,
        statistics: noStatistics(),
      },
    }
  }

  watch = (bake: Partial<Bake> = {}) => watchCanary(this.ports, api, stage, {...TEN_MINUTES, ...bake})

  /** Minutes since 12:00. */
  get minute(): number {
    return (this.clock.now() - Math.floor(NOW / MINUTE) * MINUTE) / MINUTE
  }
}

test('a canary that keeps to its limits is promoted when the time is over and its last minute can be seen', async () => {
  const world = new World([{requests: 50}])
  expect(await world.watch()).toEqual({
    outcome: 'promote',
    reason: 'In 10 min: 500 requests to the canary, 5xx 0.0 %, 4xx 0.0 %, p99 20 ms',
    requests: 500,
  })
  // It begins with the next full minute, and the metrics are waited for.
  expect(world.minute).toBe(1 + 10 + 3)
  expect(world.windows.at(-1)).toMatchObject({
    start: Date.UTC(2026, 0, 1, 12, 1),
    end: Date.UTC(2026, 0, 1, 12, 11),
    period: 10 * MINUTE,
  })
  expect(world.notices[0]).toBe('Watching the canary of prod for 10 min: at most 1 % 5xx.')
})

test('a limit that is crossed ends it as soon as it can be seen', async () => {
  const world = new World([{requests: 100}, {requests: 100}, {requests: 100, serverErrors: 5}])
  expect(await world.watch()).toMatchObject({
    outcome: 'abort',
    reason: '5 of 200 requests (2.5 %) ended with 5xx, and 1 % may.',
  })
  // The errors of 12:02 are in the metrics at 12:05.
  expect(world.minute).toBeLessThan(5 + 1)
})

test('just the limit is allowed', async () => {
  const world = new World([{requests: 100, serverErrors: 1}])
  expect(await world.watch()).toMatchObject({outcome: 'promote'})
})

test('errors count against as many requests as are wanted at least: one of few is no reason, many of few are', async () => {
  const one = new World([{requests: 0}, {requests: 9, serverErrors: 1}, {requests: 50}])
  expect(await one.watch()).toMatchObject({outcome: 'promote'})
  const all = new World([{requests: 0}, {requests: 9, serverErrors: 9}, {requests: 50}])
  expect(await all.watch()).toMatchObject({outcome: 'abort', requests: 9})
})

test('4xx has a limit of its own', async () => {
  const world = new World([{requests: 100, clientErrors: 6}])
  expect(await world.watch()).toMatchObject({outcome: 'promote'})
  expect(await new World([{requests: 100, clientErrors: 6}]).watch({limits: {max4xx: 5}})).toMatchObject({
    outcome: 'abort',
    reason: expect.stringContaining('ended with 4xx'),
  })
})

test('a latency counts only of enough requests', async () => {
  const slow = {requests: 30, latency: 900}
  const bake = {limits: {maxP99: 800}}
  const world = new World([slow])
  expect(await world.watch(bake)).toMatchObject({
    outcome: 'abort',
    reason: '1 in 100 of 120 requests took 900 ms and longer (p99), and 800 ms they may.',
  })
  expect(await new World([{requests: 5, latency: 900}]).watch(bake)).toMatchObject({outcome: 'leave'})
})

describe('too few requests', () => {
  test('are no success: the canary is left', async () => {
    expect(await new World([{requests: 9}]).watch()).toEqual({
      outcome: 'leave',
      reason: 'There were only 90 requests to the canary in 10 min, and 100 are wanted.',
      requests: 90,
    })
    expect(await new World([{requests: 0}]).watch()).toMatchObject({
      outcome: 'leave',
      reason: 'There were no requests to the canary in 10 min, and 100 are wanted.',
    })
  })

  test.each(['promote', 'abort'] as const)('%s it where that was asked for', async ifFew => {
    expect(await new World([{requests: 0}]).watch({ifFew})).toMatchObject({outcome: ifFew})
  })

  test('are enough where fewer are wanted', async () => {
    expect(await new World([{requests: 9}]).watch({minRequests: 90})).toMatchObject({outcome: 'promote'})
  })
})

describe('what ends it otherwise leaves the canary as it is, and says so', () => {
  const left = 'The canary of prod is left as it is, with 10 % of the requests.'

  test('Ctrl-C', async () => {
    const world = new World([{requests: 50}])
    world.onLook = () => world.signal.abort(interrupted())
    await expect(world.watch()).rejects.toMatchObject({
      kind: 'interrupted',
      message: left,
      hint: expect.stringContaining('apigw canary abort --api pets --stage prod'),
    })
  })

  test('another deployment to the canary', async () => {
    const world = new World([{requests: 50}])
    world.canary = {...stage.canary, deploymentId: 'newer'}
    await expect(world.watch()).rejects.toMatchObject({
      kind: 'conflict',
      message: `Somebody else changed the canary of prod meanwhile: it serves newer now, not new. ${left}`,
    })
  })

  test('a canary that is gone', async () => {
    const world = new World([{requests: 50}])
    world.canary = undefined
    await expect(world.watch()).rejects.toMatchObject({
      kind: 'conflict',
      message: expect.stringContaining('taken away'),
    })
  })

  test('credentials that expire', async () => {
    const world = new World([{requests: 50}])
    world.onLook = () => {
      throw new Problem('denied', 'Expired.', undefined, {code: 'ExpiredToken'})
    }
    await expect(world.watch()).rejects.toMatchObject({
      kind: 'denied',
      code: 'ExpiredToken',
      message: `Expired. ${left}`,
    })
  })
})

test('an endpoint that is away for a while is looked at again; in the end it is needed', async () => {
  const lost = () => {
    throw new Problem('unreachable', 'Connection lost.')
  }
  const world = new World([{requests: 50}])
  world.onLook = () => (world.minute < 6 ? lost() : undefined)
  expect(await world.watch()).toMatchObject({outcome: 'promote'})
  expect(world.notices).toContain('Connection lost.')

  const gone = new World([{requests: 50}])
  gone.onLook = lost
  await expect(gone.watch()).rejects.toMatchObject({kind: 'unreachable'})
  expect(gone.minute).toBe(14)
})
