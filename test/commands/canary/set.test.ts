import {expect, test} from 'vitest'
import CanaryAbort from '../../../src/commands/canary/abort.js'
import CanarySet from '../../../src/commands/canary/set.js'
import {apigw, type RunOptions} from '../../support/apigw.js'
import {readyForCanary, withCanary} from '../../support/canary.js'
import {projectFolder} from '../../support/project-folder.js'
import {furniture} from '../../support/two-editions.js'

const ON_PROD = ['--api', 'petstore', '--stage', 'prod']
const set = (argv: string[], options: RunOptions) => apigw(CanarySet, [...ON_PROD, ...argv], options)
const abort = (argv: string[], options: RunOptions) => apigw(CanaryAbort, [...ON_PROD, ...argv], options)

test('share, variables and cache of a canary are changed by one call, and hold for the next request', async () => {
  const world = await withCanary({percentTraffic: 0, stageVariableOverrides: {mode: 'b', debug: 'on'}})
  const {sandbox, canary, stage} = world
  const calls = sandbox.calls.get('UpdateStage') ?? 0
  const argv = [
    '--percent',
    '100',
    '--var',
    'mode=c',
    '--unset-var',
    'debug',
    '--unset-var',
    'none',
    '--unset-var',
    'constructor',
    '--use-stage-cache',
  ]
  const {stdout, exitCode} = await set([...argv, '--json'], {on: sandbox})
  expect({...JSON.parse(stdout), exitCode}).toMatchObject({
    deploymentId: canary,
    percentTraffic: 100,
    variables: {mode: 'c'},
    useStageCache: true,
    exitCode: 0,
  })
  expect(sandbox.calls.get('UpdateStage')).toBe(calls + 1)
  expect((await stage()).canarySettings).toMatchObject({
    percentTraffic: 100,
    stageVariableOverrides: {mode: 'c'},
    useStageCache: true,
  })
  expect(await world.served('prod')).toEqual({from: 'new', mode: 'c'})
  await set(['--percent', '0'], {on: sandbox})
  expect(await world.served('prod')).toEqual({from: 'old', mode: 'a'})
})

test('what is so already is not set again', async () => {
  const {sandbox} = await withCanary({percentTraffic: 10})
  const calls = sandbox.calls.get('UpdateStage')
  const {stderr, exitCode} = await set(['--percent', '10', '--no-use-stage-cache'], {on: sandbox})
  expect({stderr, exitCode}).toEqual({stderr: 'Nothing to do: it is so already.\n', exitCode: 0})
  expect(sandbox.calls.get('UpdateStage')).toBe(calls)
})

test('--dry-run shows what would be otherwise', async () => {
  const {sandbox, stage} = await withCanary({percentTraffic: 10, stageVariableOverrides: {mode: 'b'}})
  const argv = ['--percent', '25', '--var', 'table=blue', '--unset-var', 'mode', '--use-stage-cache', '--dry-run']
  const {stdout} = await set(argv, {on: sandbox})
  expect(stdout.split('\n').map(line => line.split('\t')[3])).toEqual([
    'share: 10 % → 25 %',
    'cache of the stage: false → true',
    'variable table: none → blue',
    'variable mode: b → as on the stage',
    undefined,
  ])
  expect((await stage()).canarySettings?.percentTraffic).toBe(10)
})

test('nothing to change is wrong usage', async () => {
  const {sandbox} = await withCanary({percentTraffic: 10})
  expect(await set([], {on: sandbox})).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('Nothing to change'),
  })
})

test('a canary that is aborted gets no request, and the stage has all that it had', async () => {
  const world = await withCanary({percentTraffic: 100, stageVariableOverrides: {mode: 'b'}})
  const {sandbox, base, canary, apigateway, restApiId} = world
  const {settings, plans} = await furniture(world, 'prod')
  expect(await world.served('prod')).toEqual({from: 'new', mode: 'b'})
  const {stdout, stderr, exitCode} = await abort([], {on: sandbox})
  expect({stdout, exitCode}).toEqual({stdout: `prod\t${base}\t${canary}\n`, exitCode: 0})
  expect(stderr).toContain(`All requests to prod are served ${base}.\n`)
  // The API as it is edited is still another than the stage serves.
  expect(stderr).toContain('3 changes are not live on prod')
  expect(await world.answers(5)).toEqual(Array(5).fill({from: 'old', mode: 'a'}))
  const {canarySettings: _, ...rest} = settings
  expect(await furniture(world, 'prod')).toEqual({settings: rest, plans})
  const {items} = await apigateway.getDeployments({restApiId})
  expect(items?.map(({id}) => id)).toContain(canary)
})

test('a setting that an abortion loses is named', async () => {
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
  const {stderr, exitCode} = await abort([], {on: world.sandbox})
  expect({stderr, exitCode}).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('tracing was true and is false'),
  })
})

test.each([
  ['set', set, ['--percent', '5']],
  ['abort', abort, []],
] as const)('%s on a stage without canary names the command that starts one', async (_, run, argv) => {
  const {sandbox} = await readyForCanary()
  const {stdout, stderr, exitCode} = await run([...argv], {on: sandbox})
  expect({stdout, exitCode}).toEqual({stdout: '', exitCode: 3})
  expect(stderr).toContain('The stage prod of petstore has no canary.\n')
  expect(stderr).toContain('apigw canary start --api petstore --stage prod --percent 10\n')
})

test.each([
  ['set', set, ['--percent', '5']],
  ['abort', abort, []],
] as const)('%s on a protected stage wants agreement, and a dry run none', async (_, run, argv) => {
  const {sandbox, stage} = await withCanary({percentTraffic: 10})
  const cwd = projectFolder('protectedStages: [prod]\n')
  expect(await run([...argv], {on: sandbox, cwd})).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('--yes'),
  })
  expect(await run([...argv, '--dry-run'], {on: sandbox, cwd})).toMatchObject({exitCode: 0})
  expect((await stage()).canarySettings?.percentTraffic).toBe(10)
  expect(await run([...argv, '--yes'], {on: sandbox, cwd})).toMatchObject({exitCode: 0})
})
