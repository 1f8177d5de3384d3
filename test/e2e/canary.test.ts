import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {expect, onTestFinished, test} from 'vitest'
import type {SandboxOptions} from '../../src/sandbox/server.js'
import {BINARY, cleanEnvironment, run} from '../support/binary.js'
import {readyForCanary, withCanary} from '../support/canary.js'
import {killEverywhere} from '../support/crash.js'
import {furniture} from '../support/two-editions.js'

const LONG = 240_000

const ON_PROD = ['--api', 'petstore', '--stage', 'prod']

type World = Awaited<ReturnType<typeof promotable>>

/** Half of the requests are the canary's; a test decides which. */
async function promotable(options: SandboxOptions) {
  const world = await withCanary({percentTraffic: 50, stageVariableOverrides: {mode: 'b'}}, options)
  const {settings, plans} = await furniture(world, 'prod')
  const {canarySettings: _, variables: __, ...rest} = settings
  const answer = (draw: number) => {
    world.draw.next = () => draw
    return world.served('prod')
  }
  return {...world, before: {settings: rest, plans}, ofCanary: () => answer(0), ofBase: () => answer(0.99)}
}

/** Whatever the canary is, the stage has all else that it had. */
async function expectKept(world: World, told: string): Promise<void> {
  const {settings, plans} = await furniture(world, 'prod')
  const {canarySettings: _, variables: __, ...rest} = settings
  expect({settings: rest, plans}, told).toEqual(world.before)
}

const OLD = {from: 'old', mode: 'a'}
const NEW = {from: 'new', mode: 'b'}

test('a promotion that is killed anywhere leaves a stage that serves one whole snapshot, and the next run finishes', {
  timeout: LONG,
}, async () => {
  const calls = await killEverywhere<World>({
    argv: () => ['canary', 'promote', ...ON_PROD],
    world: promotable,
    // Killed after its last call it has nothing left to do: there is no canary any more.
    mayEnd: [3],
    whole: async (world, told) => {
      const base = await world.ofBase()
      // Snapshot and variables come over together.
      expect([OLD, NEW], told).toContainEqual(base)
      expect(await world.ofCanary(), told).toEqual(NEW)
      expect((await world.stage()).variables, told).toEqual({table: 'pets', mode: base?.mode})
      await expectKept(world, told)
    },
    finished: async (world, {exitCode, stderr}, told) => {
      expect(await world.ofBase(), told).toEqual(NEW)
      expect((await world.stage()).canarySettings, told).toBeUndefined()
      if (exitCode === 3) expect(stderr, told).toContain('has no canary')
    },
  })
  expect(calls.filter(call => call === 'UpdateStage')).toHaveLength(2)
})

test('an abortion that is killed anywhere leaves the canary or none', {timeout: LONG}, async () => {
  await killEverywhere<World>({
    argv: () => ['canary', 'abort', ...ON_PROD],
    world: promotable,
    mayEnd: [3],
    whole: async (world, told) => {
      expect(await world.ofBase(), told).toEqual(OLD)
      expect([OLD, NEW], told).toContainEqual(await world.ofCanary())
      await expectKept(world, told)
    },
    finished: async (world, _, told) => {
      expect(await world.ofCanary(), told).toEqual(OLD)
      expect((await world.stage()).canarySettings, told).toBeUndefined()
    },
  })
})

test('Ctrl-C while a canary is watched leaves it as it is, and says so', async () => {
  const {sandbox, stage, base, canary} = await withCanary({percentTraffic: 10})
  const program = spawn(
    process.execPath,
    [BINARY, 'canary', 'promote', ...ON_PROD, '--bake', '10m', '--max-5xx', '1%'],
    {env: cleanEnvironment(sandbox), stdio: ['ignore', 'pipe', 'pipe']},
  )
  onTestFinished(() => void program.kill('SIGKILL'))
  let [said, told] = ['', '']
  program.stdout.on('data', text => (told += text))
  program.stderr.on('data', text => (said += text))
  while (!said.includes('Watching the canary of prod for 10 min')) await once(program.stderr, 'data')
  program.kill('SIGINT')
  const [exitCode] = await once(program, 'close')
  expect({exitCode, told}).toEqual({exitCode: 130, told: ''})
  expect(said).toContain('The canary of prod is left as it is, with 10 % of the requests.\n')
  expect(said).toContain('To take it back: apigw canary abort --api petstore --stage prod\n')
  expect(await stage()).toMatchObject({deploymentId: base, canarySettings: {deploymentId: canary, percentTraffic: 10}})
})

test('the whole story, by requests before and after each command', async () => {
  const world = await readyForCanary()
  const {sandbox, draw} = world
  const apigw = async (...argv: string[]) => {
    const result = await run(['canary', ...argv, ...ON_PROD], {on: sandbox})
    expect(result.exitCode, result.stderr).toBe(0)
    return result.stdout
  }
  const served = async () => {
    draw.next = () => 0.099
    const one = await world.served('prod')
    draw.next = () => 0.5
    return [one, await world.served('prod')]
  }
  expect(await served()).toEqual([OLD, OLD])
  await apigw('start', '--percent', '10', '--var', 'mode=b')
  expect(await served()).toEqual([NEW, OLD])
  expect(await apigw('status')).toMatch(/^canary\t10\t/)
  await apigw('set', '--percent', '60')
  expect(await served()).toEqual([NEW, NEW])
  await apigw('abort')
  expect(await served()).toEqual([OLD, OLD])
  await apigw('start', '--percent', '10', '--var', 'mode=b')
  await apigw('promote')
  expect(await served()).toEqual([NEW, NEW])
})
