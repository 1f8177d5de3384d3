import {describe, expect, test} from 'vitest'
import {quotaStep, throttleSteps} from '../../../src/domain/admission/limits.js'
import type {Place} from '../../../src/domain/admission/place.js'
import type {Looked} from '../../../src/domain/admission/served.js'
import type {Throttle} from '../../../src/domain/limits.js'
import type {UsagePlan} from '../../../src/domain/plans.js'
import type {MethodSettings} from '../../../src/domain/stages.js'
import type {KeyUsage} from '../../../src/domain/usage.js'

const KEY = {id: 'k1', name: 'mobile', enabled: true, tags: {}}
/** A Monday. */
const NOW = Date.UTC(2026, 10, 30, 12)

const planWith = (limits: Partial<UsagePlan>): UsagePlan => ({
  ...{id: 'p1', name: 'gold', tags: {}},
  apiStages: [{apiId: 'a1', stage: 'prod', throttle: {}}],
  ...limits,
})

async function* usage(...keys: KeyUsage[]) {
  yield* keys
}

describe('the quota', () => {
  test.each([
    ['DAY', '2026-12-01 at 00:00 UTC'],
    ['WEEK', '2026-12-06 at 00:00 UTC, if its weeks begin on Sundays'],
    ['MONTH', '2026-12-01 at 00:00 UTC'],
  ] as const)('of a %s starts anew on %s', async (period, text) => {
    const plan = planWith({quota: {limit: 10, period, offset: 0}})
    const days = [{day: '2026-11-30', used: 3, remaining: 7}]
    const step = await quotaStep({read: () => usage({keyId: 'k1', days})}, plan, KEY, NOW)
    expect(step).toMatchObject({
      ok: true,
      text: expect.stringContaining(`7 requests are left of 10/${period.toLowerCase()}`),
    })
    expect(step.text).toContain(text)
  })

  test('is asked for today and this key, and is unknown where the service tells nothing of the key', async () => {
    const asked: unknown[] = []
    const plan = planWith({quota: {limit: 10, period: 'DAY', offset: 0}})
    const read = (...question: unknown[]) => {
      asked.push(question)
      return usage()
    }
    expect(await quotaStep({read}, plan, KEY, NOW)).toMatchObject({ok: null, state: 'unknown'})
    expect(asked).toEqual([['p1', {from: '2026-11-30', to: '2026-11-30'}, 'k1']])
  })
})

describe('the throttles', () => {
  const ACCOUNT = {value: {rateLimit: 10_000, burstLimit: 5_000}}

  const placeWith = (settings: Record<string, [number, number]> = {}): Place => {
    const methodSettings = Object.entries(settings).map(([method, [throttleRate, throttleBurst]]) => ({
      ...{method, throttleRate, throttleBurst},
    }))
    const stage = {name: 'prod', methodSettings: methodSettings as MethodSettings[]}
    return {api: {id: 'a1', name: 'petstore'}, stage, stages: []} as unknown as Place
  }

  const lookedAt = (...routes: string[]): Looked[] => [
    {
      side: {name: 'prod', share: 100, deploymentId: 'd1', isCanary: false, routes: {value: []}},
      routes: routes.map(route => {
        const [method, path = ''] = route.split(' ')
        return {method, path, apiKeyRequired: true}
      }),
    },
  ]

  const methodThrottle = (throttle: Record<string, Throttle>) => ({apiStages: [{apiId: 'a1', stage: 'prod', throttle}]})

  const ONE = {rateLimit: 1, burstLimit: 2}
  const NONE = {rateLimit: 0, burstLimit: 0}

  test('are told from the narrowest to the widest', () => {
    const plan = planWith({throttle: {rateLimit: 5, burstLimit: 10}, ...methodThrottle({'/pets/GET': ONE})})
    const steps = throttleSteps(plan, lookedAt('GET /pets', 'GET /'), ACCOUNT, placeWith({'*': [50, 60]}), undefined)
    expect(steps).toEqual([
      {
        ...{step: 'throttle', ok: true, state: 'ok'},
        text:
          '1 requests/s, 2 at once by usage plan gold (p1) for GET /pets; ' +
          '5 requests/s, 10 at once by usage plan gold (p1) for the routes without a limit of their own; ' +
          '50 requests/s, 60 at once by stage prod; ' +
          '10000 requests/s, 5000 at once by the account, all APIs of the Region together',
      },
    ])
  })

  test('of a method take the place of those of the plan, and those of the stage for it of those for all', () => {
    const plan = planWith({throttle: NONE, ...methodThrottle({'/pets/GET': ONE})})
    const place = placeWith({'*': [0, 0], 'GET /pets': [3, 4]})
    const steps = throttleSteps(plan, lookedAt('GET /pets'), ACCOUNT, place, {method: 'GET', path: '/pets'})
    expect(steps).toMatchObject([{ok: true}])
    expect(steps[0]?.text).toMatch(/^1 requests\/s, 2 at once by usage plan gold \(p1\); 3 requests\/s, 4 at once/)
  })

  test('of the root and of ANY are found by how the service writes them', () => {
    const plan = planWith(methodThrottle({'//GET': NONE, '/pets/ANY': NONE}))
    const steps = throttleSteps(plan, lookedAt('GET /', 'ANY /pets'), ACCOUNT, placeWith(), undefined)
    expect(steps[0]).toMatchObject({
      ...{ok: false, answer: '429 Too Many Requests', of: 'GET /, ANY /pets'},
      command: "apigw plans update p1 --throttle 'a1:prod GET /=1/1' --throttle 'a1:prod ANY /pets=1/1'",
    })
  })

  test('that are -1 leave it to the account, and one that is 0 keeps the other number when it is raised', () => {
    const place = placeWith({'*': [-1, -1], 'GET /pets': [7, 0]})
    const steps = throttleSteps(undefined, lookedAt('GET /', 'GET /pets'), ACCOUNT, place, undefined)
    expect(steps[0]).toMatchObject({ok: false, of: 'GET /pets'})
    expect(steps[0]?.command).toBe("apigw stages update prod --api a1 --throttle 'GET /pets=7/1'")
    expect(steps).toHaveLength(2)
  })

  test('of the account that may not be read are told to be unknown, and keep nobody out', () => {
    const steps = throttleSteps(undefined, lookedAt('GET /'), {why: 'This is not allowed.'}, placeWith(), undefined)
    expect(steps).toMatchObject([{ok: true, text: 'what the account may is not known: This is not allowed.'}])
  })
})
