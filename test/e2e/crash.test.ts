import {describe, expect, test} from 'vitest'
import type {SandboxOptions} from '../../src/sandbox/server.js'
import {killEverywhere} from '../support/crash.js'
import {furnish, furniture, type TwoEditions, twoEditions} from '../support/two-editions.js'

// Killed with SIGKILL between any two of its calls, a command leaves a stage that serves one whole snapshot, with its
// settings and usage plans, and the next run ends well. What a stage serves is asked of the stage, by requests.

const LONG = 240_000

const DEPLOY = ['deploy', '--api', 'petstore', '--stage', 'prod']

/** The stage `prod` on the old edition, with everything set that can be, and the API edited to the new one. */
async function furnished(options: SandboxOptions, made?: TwoEditions) {
  const world = made ?? (await twoEditions(options))
  await world.apigateway.createDeployment({restApiId: world.restApiId, stageName: 'prod'})
  await furnish(world, 'prod')
  await world.edit('new')
  return {...world, before: await furniture(world, 'prod')}
}

type Furnished = Awaited<ReturnType<typeof furnished>>

const withMode = ({settings, plans}: Furnished['before'], mode: string) => ({
  settings: {...settings, variables: {...settings.variables, mode}},
  plans,
})

describe('deploy', () => {
  test('to a new stage', {timeout: LONG}, async () => {
    const calls = await killEverywhere<TwoEditions>({
      argv: () => [...DEPLOY, '--var', 'mode=a'],
      world: twoEditions,
      whole: async ({served}, told) => {
        expect([undefined, {from: 'old', mode: 'a'}], told).toContainEqual(await served('prod'))
      },
      finished: async ({served}, _, told) => expect(await served('prod'), told).toEqual({from: 'old', mode: 'a'}),
    })
    expect(calls).toContain('CreateDeployment')
  })

  test('to a stage that exists', {timeout: LONG}, async () => {
    const calls = await killEverywhere<Furnished>({
      argv: () => DEPLOY,
      world: furnished,
      whole: async (world, told) => {
        expect(['old', 'new'], told).toContain((await world.served('prod'))?.from)
        expect(await furniture(world, 'prod'), told).toEqual(world.before)
      },
      finished: async ({served}, {stderr}, told) => {
        expect(await served('prod'), told).toEqual({from: 'new', mode: 'a'})
        const isLeft = /after call \d+, CreateDeployment|before call \d+, UpdateStage/.test(told)
        expect(stderr.includes('is on no stage'), told).toBe(isLeft)
      },
    })
    expect(calls).toContain('UpdateStage')
  })

  test('to a stage that exists, with variables: they come in with the snapshot and not without it', {
    timeout: LONG,
  }, async () => {
    const calls = await killEverywhere<Furnished>({
      argv: () => [...DEPLOY, '--var', 'mode=b'],
      world: furnished,
      whole: async (world, told) => {
        const served = await world.served('prod')
        expect(
          [
            {from: 'old', mode: 'a'},
            {from: 'new', mode: 'b'},
          ],
          told,
        ).toContainEqual(served)
        expect(await furniture(world, 'prod'), told).toEqual(withMode(world.before, served?.mode ?? ''))
      },
      finished: async ({served}, _, told) => expect(await served('prod'), told).toEqual({from: 'new', mode: 'b'}),
    })
    expect(calls).toContain('UpdateStage')
  })

  test('to a canary, and the stage itself goes on serving what it served', {timeout: LONG}, async () => {
    /** All requests go to the canary, so that one request tells what it serves. */
    const canarySettings = {percentTraffic: 100, stageVariableOverrides: {mode: 'c'}, useStageCache: true}
    const withCanary = async (options: SandboxOptions) => {
      const world = await twoEditions(options)
      const {apigateway, restApiId} = world
      const {id: base} = await apigateway.createDeployment({restApiId, stageName: 'prod'})
      await furnish(world, 'prod')
      await apigateway.createDeployment({restApiId, stageName: 'prod', canarySettings})
      await world.edit('new')
      return {...world, base}
    }
    const calls = await killEverywhere<Awaited<ReturnType<typeof withCanary>>>({
      argv: () => DEPLOY,
      world: withCanary,
      whole: async ({apigateway, restApiId, base, served}, told) => {
        expect(
          [
            {from: 'old', mode: 'c'},
            {from: 'new', mode: 'c'},
          ],
          told,
        ).toContainEqual(await served('prod'))
        const stage = await apigateway.getStage({restApiId, stageName: 'prod'})
        expect(stage, told).toMatchObject({deploymentId: base, canarySettings, variables: {mode: 'a', table: 'pets'}})
      },
      finished: async ({served}, _, told) => expect(await served('prod'), told).toEqual({from: 'new', mode: 'c'}),
    })
    expect(calls).toContain('CreateDeployment')
  })
})

describe('rollback', () => {
  /** On the new edition, after the old one. */
  const movedOn = async (options: SandboxOptions, made?: TwoEditions) => {
    const world = await furnished(options, made)
    const {apigateway, restApiId} = world
    const {deploymentId: first = ''} = await apigateway.getStage({restApiId, stageName: 'prod'})
    const value = await world.deployment()
    await apigateway.updateStage({
      restApiId,
      stageName: 'prod',
      patchOperations: [{op: 'replace', path: '/deploymentId', value}],
    })
    return {...world, first}
  }

  test('to the previous one: a second run that finds it done says so, and does not go further back', {
    timeout: LONG,
  }, async () => {
    const threeDeep = async (options: SandboxOptions) => {
      const world = await twoEditions(options)
      await world.deployment()
      return movedOn(options, world)
    }
    await killEverywhere<Awaited<ReturnType<typeof threeDeep>>>({
      argv: () => ['rollback', '--api', 'petstore', '--stage', 'prod', '--yes'],
      world: threeDeep,
      whole: async ({served}, told) => expect(['old', 'new'], told).toContain((await served('prod'))?.from),
      mayEnd: [5],
      finished: async ({served, apigateway, restApiId, first}, {stderr, exitCode}, told) => {
        expect(await served('prod'), told).toEqual({from: 'old', mode: 'a'})
        expect((await apigateway.getStage({restApiId, stageName: 'prod'})).deploymentId, told).toBe(first)
        if (exitCode === 5) expect(stderr, told).toContain('prod may be rolled back already')
      },
    })
  })

  test('to one that is named', {timeout: LONG}, async () => {
    const calls = await killEverywhere<Awaited<ReturnType<typeof movedOn>>>({
      argv: ({first}) => ['rollback', '--api', 'petstore', '--stage', 'prod', '--to', first, '--yes'],
      world: movedOn,
      whole: async (world, told) => {
        expect(['old', 'new'], told).toContain((await world.served('prod'))?.from)
        expect(await furniture(world, 'prod'), told).toEqual(world.before)
      },
      finished: async ({served}, _, told) => expect(await served('prod'), told).toEqual({from: 'old', mode: 'a'}),
    })
    expect(calls).toContain('UpdateStage')
  })

  test('and a canary ends with it or not at all', {timeout: LONG}, async () => {
    const canarySettings = {percentTraffic: 100, stageVariableOverrides: {mode: 'c'}}
    const withCanary = async (options: SandboxOptions) => {
      const world = await movedOn(options)
      await world.apigateway.createDeployment({restApiId: world.restApiId, stageName: 'prod', canarySettings})
      return world
    }
    await killEverywhere<Awaited<ReturnType<typeof movedOn>>>({
      argv: ({first}) => ['rollback', '--api', 'petstore', '--stage', 'prod', '--to', first, '--yes', '--force'],
      world: withCanary,
      whole: async ({served}, told) => {
        expect(
          [
            {from: 'new', mode: 'c'},
            {from: 'old', mode: 'a'},
          ],
          told,
        ).toContainEqual(await served('prod'))
      },
      finished: async ({served}, _, told) => expect(await served('prod'), told).toEqual({from: 'old', mode: 'a'}),
    })
  })
})

describe('canary promote', () => {
  /** It gets no requests yet, so that every request tells what the stage itself serves. */
  const canarySettings = {percentTraffic: 0, stageVariableOverrides: {mode: 'c'}}

  test('brings deployment and variables over together; a second run that finds it done says so', {
    timeout: LONG,
  }, async () => {
    const calls = await killEverywhere<Furnished>({
      argv: () => ['canary', 'promote', '--api', 'petstore', '--stage', 'prod'],
      world: async options => {
        const world = await furnished(options)
        await world.apigateway.createDeployment({restApiId: world.restApiId, stageName: 'prod', canarySettings})
        return world
      },
      whole: async (world, told) => {
        const served = await world.served('prod')
        expect(
          [
            {from: 'old', mode: 'a'},
            {from: 'new', mode: 'c'},
          ],
          told,
        ).toContainEqual(served)
        const {settings, plans} = await furniture(world, 'prod')
        const {canarySettings: _, ...others} = settings
        expect({settings: others, plans}, told).toEqual(withMode(world.before, served?.mode ?? ''))
      },
      mayEnd: [3],
      finished: async ({served, apigateway, restApiId}, {stderr, exitCode}, told) => {
        expect(await served('prod'), told).toEqual({from: 'new', mode: 'c'})
        expect((await apigateway.getStage({restApiId, stageName: 'prod'})).canarySettings, told).toBeUndefined()
        if (exitCode === 3) expect(stderr, told).toContain('has no canary')
      },
    })
    expect(calls.filter(operation => operation === 'UpdateStage')).not.toEqual([])
  })
})
