import {describe, expect, test} from 'vitest'
import {openApis} from '../../../src/aws/apis.js'
import {openCanary} from '../../../src/aws/canary.js'
import CanaryPromote from '../../../src/commands/canary/promote.js'
import {resolveApi} from '../../../src/domain/apis.js'
import type {Bake} from '../../../src/domain/canary/bake.js'
import {withCanary as asCanary} from '../../../src/domain/canary/canary.js'
import {planPromotion} from '../../../src/domain/canary/promote.js'
import {MINUTE} from '../../../src/domain/metrics.js'
import {apigw, type RunOptions} from '../../support/apigw.js'
import {readyForCanary, withCanary} from '../../support/canary.js'
import {projectFolder} from '../../support/project-folder.js'
import {FakeClock, sessionOn} from '../../support/session.js'
import {furniture} from '../../support/two-editions.js'

const promote = (argv: string[], options: RunOptions) =>
  apigw(CanaryPromote, ['--api', 'petstore', '--stage', 'prod', ...argv], options)

test('all requests see the snapshot and the variables of the canary, and the stage has the rest as it was', async () => {
  const world = await withCanary({percentTraffic: 50, stageVariableOverrides: {mode: 'b'}})
  const {sandbox, base, canary} = world
  const {settings, plans} = await furniture(world, 'prod')
  const {stdout, stderr, exitCode} = await promote(['--json'], {on: sandbox})
  expect({...JSON.parse(stdout), exitCode}).toEqual({
    apiId: world.restApiId,
    apiName: 'petstore',
    stage: 'prod',
    deploymentId: canary,
    previousDeploymentId: base,
    variables: {mode: 'b'},
    exitCode: 0,
  })
  expect(stderr).toContain(`To go back: apigw rollback --api petstore --stage prod --to ${base}\n`)
  expect(await world.answers(10)).toEqual(Array(10).fill({from: 'new', mode: 'b'}))
  const {canarySettings: _, ...rest} = settings
  expect(await furniture(world, 'prod')).toEqual({
    settings: {...rest, variables: {mode: 'b', table: 'pets'}},
    plans,
  })
  expect((await world.stage()).deploymentId).toBe(canary)
})

test('one call changes what is served: share, variables and deployment together', async () => {
  const updates: unknown[] = []
  const {sandbox} = await withCanary(
    {percentTraffic: 10, stageVariableOverrides: {mode: 'b'}},
    {
      fault: ({operation, input}) => {
        if (operation === 'UpdateStage') updates.push(input.patchOperations)
        return undefined
      },
    },
  )
  updates.length = 0
  await promote([], {on: sandbox})
  expect(updates).toEqual([
    [
      {op: 'replace', path: '/canarySettings/percentTraffic', value: '0.0'},
      {op: 'copy', path: '/deploymentId', from: '/canarySettings/deploymentId'},
      {op: 'copy', path: '/variables', from: '/canarySettings/stageVariableOverrides'},
    ],
    [{op: 'remove', path: '/canarySettings'}],
  ])
})

test('settings of the canary that cannot be removed do not undo the promotion, and the next run finishes', async () => {
  let isBroken = true
  const world = await withCanary(
    {percentTraffic: 10, stageVariableOverrides: {mode: 'b'}},
    {
      fault: ({operation, input}) => {
        const [patch] = (input.patchOperations ?? []) as {path?: string}[]
        if (operation !== 'UpdateStage' || patch?.path !== '/canarySettings' || !isBroken) return undefined
        return {kind: 'error', status: 400, code: 'BadRequestException', message: 'Not now.'}
      },
    },
  )
  const {stderr, exitCode} = await promote([], {on: world.sandbox})
  expect(exitCode).toBe(1)
  expect(stderr).toContain('but the settings of its canary, at 0 %, could not be removed: Not now.\n')
  expect(stderr).toContain('To finish: apigw canary promote --api petstore --stage prod\n')
  expect(await world.answers(5)).toEqual(Array(5).fill({from: 'new', mode: 'b'}))
  expect((await world.stage()).canarySettings?.percentTraffic).toBe(0)
  isBroken = false
  expect(await promote([], {on: world.sandbox})).toMatchObject({exitCode: 0})
  expect((await world.stage()).canarySettings).toBeUndefined()
  expect(await world.served('prod')).toEqual({from: 'new', mode: 'b'})
})

test('settings of the canary that are removed although nobody heard so leave nothing to finish', async () => {
  const world = await withCanary(
    {percentTraffic: 10},
    {
      fault: ({operation, input}) => {
        const [patch] = (input.patchOperations ?? []) as {path?: string}[]
        return operation === 'UpdateStage' && patch?.path === '/canarySettings' ? {kind: 'lost'} : undefined
      },
    },
  )
  expect(await promote([], {on: world.sandbox})).toMatchObject({exitCode: 0})
  expect((await world.stage()).canarySettings).toBeUndefined()
})

test('a setting that is lost on the way is named', async () => {
  const world = await withCanary(
    {percentTraffic: 10},
    {
      fault: ({operation, input}) => {
        const [patch] = (input.patchOperations ?? []) as {path?: string}[]
        if (operation !== 'UpdateStage' || patch?.path !== '/canarySettings') return undefined
        return {kind: 'altered', change: output => ({...output, tracingEnabled: false})}
      },
    },
  )
  const {stderr, exitCode} = await promote([], {on: world.sandbox})
  expect({stderr, exitCode}).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('tracing was true and is false'),
  })
})

test('a canary that somebody replaces at the same moment is not promoted', async () => {
  const world = await withCanary(
    {percentTraffic: 10},
    {
      fault: ({operation, count}) =>
        operation === 'GetStage' && count === 1
          ? {
              kind: 'altered',
              change: output => ({...output, canarySettings: {deploymentId: 'other', percentTraffic: 1}}),
            }
          : undefined,
    },
  )
  const {stderr, exitCode} = await promote([], {on: world.sandbox})
  expect({stderr, exitCode}).toMatchObject({exitCode: 5, stderr: expect.stringContaining('it serves other now')})
  expect((await world.stage()).deploymentId).toBe(world.base)
})

test('a stage without canary names the command that starts one', async () => {
  const {sandbox} = await readyForCanary()
  const {stderr, exitCode} = await promote([], {on: sandbox})
  expect({stderr, exitCode}).toMatchObject({exitCode: 3, stderr: expect.stringContaining('apigw canary start --api')})
})

test('a protected stage wants agreement, also before it is watched', async () => {
  const {sandbox, stage} = await withCanary({percentTraffic: 10})
  const cwd = projectFolder('protectedStages: [prod]\n')
  for (const argv of [[], ['--bake', '10m', '--max-5xx', '1%']]) {
    expect(await promote(argv, {on: sandbox, cwd})).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('--yes'),
    })
  }
  expect((await stage()).canarySettings?.percentTraffic).toBe(10)
})

test('--dry-run shows it, watches nothing and changes nothing', async () => {
  const {sandbox, base, canary, stage} = await withCanary({percentTraffic: 10, stageVariableOverrides: {mode: 'b'}})
  const argv = ['--bake', '10m', '--max-5xx', '1%', '--max-p99', '800ms', '--dry-run']
  const {stdout, exitCode} = await promote(argv, {on: sandbox})
  expect(stdout).toBe(
    `update\tstage\tprod\tall requests go to ${canary}, instead of 10 %, and none to ${base}, with mode=b, ` +
      'after 10 min with at most 1 % 5xx, p99 at most 800 ms, else the canary is aborted\n',
  )
  expect(exitCode).toBe(0)
  expect((await stage()).deploymentId).toBe(base)
  expect(sandbox.calls.get('GetMetricData')).toBeUndefined()
})

test.each([
  [['--bake', '10m'], 'Say what the canary may not exceed'],
  [['--bake', '10 bananas', '--max-5xx', '1%'], 'is not a duration'],
  [['--bake', '10s', '--max-5xx', '1%'], 'too short'],
  [['--bake', '10m', '--max-5xx', '101%'], '--max-5xx: "101%" is not a percentage'],
  [['--bake', '10m', '--max-p99', 'fast'], 'is not a duration'],
  [['--bake', '10m', '--max-5xx', '1', '--interval', '1s'], 'too short'],
  [['--bake', '10m', '--max-5xx', '1', '--min-requests', '0'], '--min-requests'],
  [['--max-5xx', '1%'], '--bake'],
])('wrong usage is said before anything is called: %s', async (argv, text) => {
  const {sandbox} = await withCanary({percentTraffic: 10})
  const reads = sandbox.calls.get('GetRestApis')
  const {stderr, exitCode} = await promote(argv, {on: sandbox})
  expect({exitCode, stderr}).toMatchObject({exitCode: 2, stderr: expect.stringContaining(text)})
  expect(sandbox.calls.get('GetRestApis')).toBe(reads)
})

describe('watched before', () => {
  const BAKE: Bake = {
    duration: 10 * MINUTE,
    limits: {max5xx: 1},
    minRequests: 20,
    ifFew: 'leave',
    interval: MINUTE,
    delay: 3 * MINUTE,
  }

  /** A clock on which clients send requests whenever somebody waits; the sandbox goes by it, too. */
  class BusyClock extends FakeClock {
    send = async () => {}

    override sleep = async (milliseconds: number, signal?: AbortSignal): Promise<void> => {
      await this.send()
      signal?.throwIfAborted()
      this.slept.push(milliseconds)
      this.advance(milliseconds)
    }
  }

  /** Half of the requests go to the canary: every other one. Metrics come two minutes late. */
  async function busy(each: (world: {restApiId: string; url: string}) => Promise<unknown>) {
    const clock = new BusyClock()
    const world = await withCanary(
      {percentTraffic: 50, stageVariableOverrides: {mode: 'b'}},
      {millis: clock.now, metricDelay: 2 * MINUTE},
    )
    let turn = 0
    world.draw.next = () => (turn++ % 2 === 0 ? 0 : 0.9)
    const {sandbox, restApiId} = world
    clock.send = async () => {
      for (let i = 0; i < 8; i++) await each({restApiId, url: `${sandbox.url}/execute-api/${restApiId}/prod`})
    }
    const {session, notices} = sessionOn(sandbox, {clock})
    const [apis, ports] = await Promise.all([openApis(session), openCanary(session)])
    const api = await resolveApi(apis, 'petstore', () => Promise.reject())
    const run = async (bake: Partial<Bake> = {}) => {
      const stage = asCanary(api, await ports.stages.get(restApiId, 'prod'))
      return planPromotion(ports, api, stage, {...BAKE, ...bake}).apply()
    }
    return {...world, clock, notices, run}
  }

  const wellBehaved = ({url}: {url: string}) => fetch(`${url}/pets`)

  /** Half of the requests, those of the canary, are for what only it answers otherwise: 403. */
  const astray = ({url}: {url: string}) => fetch(`${url}/cats`)

  test('it is promoted when its requests go well, which the metrics of real requests tell', async () => {
    const world = await busy(wellBehaved)
    const promoted = await world.run()
    expect(promoted).toMatchObject({
      deploymentId: world.canary,
      previousDeploymentId: world.base,
      reason: expect.stringMatching(/^In 10 min: 4\d requests to the canary, 5xx 0.0 %, 4xx 0.0 %, p99 0 ms$/),
    })
    expect(await world.served('prod')).toEqual({from: 'new', mode: 'b'})
    expect((await world.stage()).canarySettings).toBeUndefined()
    // The time from the next full minute on, and as long as metrics may be late.
    expect(world.clock.total).toBeGreaterThanOrEqual(13 * MINUTE)
    expect(world.clock.total).toBeLessThan(15 * MINUTE)
  })

  test('it is aborted early when they do not', async () => {
    const world = await busy(astray)
    await expect(world.run({limits: {max4xx: 10}})).rejects.toMatchObject({
      kind: 'failed',
      code: 'CanaryAborted',
      message: expect.stringMatching(
        new RegExp(
          `^The canary of prod was aborted: \\d+ of \\d+ requests \\(100.0 %\\) ended with 4xx, and 10 % may. All requests are served ${world.base} again.$`,
        ),
      ),
    })
    expect(await world.answers(3)).toEqual(Array(3).fill({from: 'old', mode: 'a'}))
    expect((await world.stage()).canarySettings).toBeUndefined()
    expect(world.clock.total).toBeLessThan(8 * MINUTE)
  })

  test('it is left when there were too few', async () => {
    const world = await busy(async () => {})
    await expect(world.run()).rejects.toMatchObject({
      kind: 'gave-up',
      code: 'TooFewRequests',
      message:
        'There were no requests to the canary in 10 min, and 20 are wanted. The canary of prod is left as it is, with 50 % of the requests.',
      hint: expect.stringContaining('--if-few'),
    })
    expect((await world.stage()).canarySettings).toMatchObject({deploymentId: world.canary, percentTraffic: 50})
  })

  test('or promoted, or aborted, where that was asked for', async () => {
    const one = await busy(async () => {})
    expect(await one.run({ifFew: 'promote'})).toMatchObject({deploymentId: one.canary})
    const other = await busy(async () => {})
    await expect(other.run({ifFew: 'abort'})).rejects.toMatchObject({code: 'CanaryAborted'})
    expect((await other.stage()).canarySettings).toBeUndefined()
  })

  test('a canary that somebody replaces meanwhile is neither promoted nor aborted', async () => {
    const world = await busy(wellBehaved)
    const {apigateway, restApiId, clock} = world
    const send = clock.send
    clock.send = async () => {
      await send()
      if (clock.total < 5 * MINUTE || clock.total > 6 * MINUTE) return
      await apigateway.createDeployment({restApiId, stageName: 'prod', canarySettings: {percentTraffic: 1}})
    }
    await expect(world.run()).rejects.toMatchObject({kind: 'conflict'})
    const stage = await world.stage()
    expect(stage.deploymentId).toBe(world.base)
    expect(stage.canarySettings?.percentTraffic).toBe(1)
  })
})
