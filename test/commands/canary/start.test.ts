import {describe, expect, test} from 'vitest'
import CanaryStart from '../../../src/commands/canary/start.js'
import {apigw, type RunOptions} from '../../support/apigw.js'
import {readyForCanary, withCanary} from '../../support/canary.js'
import {projectFolder} from '../../support/project-folder.js'
import {furniture} from '../../support/two-editions.js'

const start = (argv: string[], options: RunOptions) =>
  apigw(CanaryStart, ['--api', 'petstore', '--stage', 'prod', ...argv], options)

test('the canary serves the API as it is edited to its share, the stage serves the others as before', async () => {
  const world = await readyForCanary()
  const before = await furniture(world, 'prod')
  const {stdout, stderr, exitCode} = await start(
    ['--percent', '10', '--var', 'mode=blue', '--description', 'new prices', '--json'],
    {on: world.sandbox},
  )
  const started = JSON.parse(stdout)
  expect({...started, deploymentId: ''}).toEqual({
    apiId: world.restApiId,
    apiName: 'petstore',
    stage: 'prod',
    deploymentId: '',
    baseDeploymentId: world.base,
    percentTraffic: 10,
    variables: {mode: 'blue'},
    useStageCache: false,
  })
  expect(exitCode).toBe(0)
  expect(stderr).toContain('See how it does: apigw canary status --api petstore --stage prod\n')
  const {canarySettings, ...settings} = (await furniture(world, 'prod')).settings
  expect(settings).toEqual(before.settings)
  expect(canarySettings).toEqual({
    deploymentId: started.deploymentId,
    percentTraffic: 10,
    stageVariableOverrides: {mode: 'blue'},
    useStageCache: false,
  })
  const {items} = await world.apigateway.getDeployments({restApiId: world.restApiId})
  expect(items?.find(({id}) => id === started.deploymentId)?.description).toBe('new prices')
  world.draw.next = () => 0.0999
  expect(await world.served('prod')).toEqual({from: 'new', mode: 'blue'})
  world.draw.next = () => 0.1
  expect(await world.served('prod')).toEqual({from: 'old', mode: 'a'})
})

test.each([
  ['100', 'new'],
  ['0', 'old'],
])('with a share of %s all requests see the %s edition', async (percent, from) => {
  const {sandbox, answers} = await readyForCanary()
  expect(await start(['--percent', percent], {on: sandbox})).toMatchObject({exitCode: 0})
  expect(new Set((await answers(10)).map(answer => answer.from))).toEqual(new Set([from]))
})

test('one call makes the deployment and the canary', async () => {
  const {sandbox} = await readyForCanary()
  const count = (operation: string) => sandbox.calls.get(operation) ?? 0
  const before = {deployments: count('CreateDeployment'), stages: count('UpdateStage')}
  await start(['--percent', '10'], {on: sandbox})
  expect(count('CreateDeployment')).toBe(before.deployments + 1)
  expect(count('UpdateStage')).toBe(before.stages)
})

describe('nothing is started', () => {
  test('where nothing is different, unless that is asked for', async () => {
    const {sandbox, edit, stage} = await readyForCanary()
    await edit('old')
    const {stdout, stderr, exitCode} = await start(['--percent', '10'], {on: sandbox})
    expect({stdout, exitCode}).toEqual({stdout: '', exitCode: 5})
    expect(stderr).toContain('There is nothing to try out: prod serves petstore as it is edited already')
    expect((await stage()).canarySettings).toBeUndefined()
    expect(await start(['--percent', '10', '--force'], {on: sandbox})).toMatchObject({exitCode: 0})
  })

  test('but a variable that is otherwise is a difference', async () => {
    const {sandbox, edit} = await readyForCanary()
    await edit('old')
    expect(await start(['--percent', '10', '--var', 'mode=a'], {on: sandbox})).toMatchObject({exitCode: 5})
    expect(await start(['--percent', '10', '--var', 'mode=b'], {on: sandbox})).toMatchObject({exitCode: 0})
  })

  test('where a canary gets requests already: it is said what can be done with that', async () => {
    const {sandbox, canary} = await withCanary({percentTraffic: 5})
    const {stderr, exitCode} = await start(['--percent', '10'], {on: sandbox})
    expect(exitCode).toBe(5)
    expect(stderr).toContain(`prod has a canary already: 5 % of the requests go to ${canary}.`)
    for (const verb of ['promote', 'abort', 'set']) {
      expect(stderr).toContain(`apigw canary ${verb} --api petstore --stage prod`)
    }
  })

  test('where there is no such stage', async () => {
    const {sandbox} = await readyForCanary()
    const {stderr, exitCode} = await apigw(CanaryStart, ['--api', 'petstore', '--stage', 'beta', '--percent', '10'], {
      on: sandbox,
    })
    expect(exitCode).toBe(3)
    expect(stderr).toContain('There is no stage "beta".')
    expect(stderr).toContain('apigw deploy --api petstore --stage beta')
  })

  test('on a protected stage without agreement', async () => {
    const {sandbox, stage} = await readyForCanary()
    const cwd = projectFolder('protectedStages: [prod]\n')
    const {stderr, exitCode} = await start(['--percent', '10'], {on: sandbox, cwd})
    expect({exitCode, stderr}).toMatchObject({exitCode: 2, stderr: expect.stringContaining('--yes')})
    expect((await stage()).canarySettings).toBeUndefined()
    expect(await start(['--percent', '10', '--yes'], {on: sandbox, cwd})).toMatchObject({exitCode: 0})
  })
})

test('a canary that gets no requests is replaced', async () => {
  const {sandbox, canary, stage} = await withCanary({percentTraffic: 0, stageVariableOverrides: {mode: 'c'}})
  expect(await start(['--percent', '25'], {on: sandbox})).toMatchObject({exitCode: 0})
  const {canarySettings} = await stage()
  expect(canarySettings).toMatchObject({percentTraffic: 25})
  expect(canarySettings?.deploymentId).not.toBe(canary)
  expect(canarySettings?.stageVariableOverrides ?? {}).toEqual({})
})

test('--dry-run shows it and changes nothing', async () => {
  const {sandbox, stage} = await readyForCanary()
  const {stdout, exitCode} = await start(['--percent', '10', '--var', 'mode=b', '--dry-run'], {on: sandbox})
  expect(stdout).toBe(
    'deploy\tAPI\tpetstore\t3 changes to what prod serves\n' +
      'create\tcanary of stage\tprod\t10 % of the requests, with mode=b\n',
  )
  expect(exitCode).toBe(0)
  expect((await stage()).canarySettings).toBeUndefined()
})

test.each([
  [['--percent', '101'], '--percent: "101" is not a percentage from 0 to 100.'],
  [['--percent', 'ten'], '--percent: "ten" is not a percentage'],
  [['--percent=-1'], 'not a percentage'],
  [[], 'Missing required flag percent'],
  [['--percent', '10', '--var', 'a b=c'], 'cannot be the name of a stage variable'],
])('wrong usage is said before anything is called: %s', async (argv, text) => {
  const {sandbox} = await readyForCanary()
  const before = [...sandbox.calls].filter(([name]) => !name.startsWith('Get'))
  const {stderr, exitCode} = await start(argv, {on: sandbox})
  expect({exitCode, stderr}).toMatchObject({exitCode: 2, stderr: expect.stringContaining(text)})
  expect([...sandbox.calls].filter(([name]) => !name.startsWith('Get'))).toEqual(before)
})

test('on a terminal the canary is a record', async () => {
  const {sandbox} = await readyForCanary()
  const {stdout} = await start(['--percent', '0.5'], {on: sandbox, tty: true, env: {NO_COLOR: '1'}})
  expect(stdout).toMatch(/^stage {3}prod\ncanary {2}\w+\nshare {3}0\.5 %\nbase {4}\w+\n$/)
})

test('a setting that is lost on the way is named', async () => {
  const world = await readyForCanary({
    fault: ({operation, count}) =>
      operation === 'GetStage' && count === 1
        ? {kind: 'altered', change: output => ({...output, tracingEnabled: false})}
        : undefined,
  })
  const {stderr, exitCode} = await start(['--percent', '10'], {on: world.sandbox})
  expect({stderr, exitCode}).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('tracing was true and is false'),
  })
})

test('somebody who changes the canary at the same time is noticed', async () => {
  const world = await readyForCanary({
    fault: ({operation, count}) =>
      operation === 'GetStage' && count === 1
        ? {kind: 'altered', change: output => ({...output, canarySettings: {deploymentId: 'other', percentTraffic: 1}})}
        : undefined,
  })
  const {stderr, exitCode} = await start(['--percent', '10'], {on: world.sandbox})
  expect({exitCode, stderr}).toMatchObject({
    exitCode: 5,
    stderr: expect.stringContaining('the canary of prod serves other'),
  })
})

describe('where the service fails on the way', () => {
  const failure = {kind: 'error', status: 500, code: 'InternalFailure', message: 'Internal failure'} as const

  test('the answer is lost: it is looked whether the canary was started, and that is said', async () => {
    const world = await readyForCanary({
      fault: ({operation, count}) => (operation === 'CreateDeployment' && count === 2 ? {kind: 'lost'} : undefined),
    })
    const {stderr, exitCode} = await start(['--percent', '10'], {on: world.sandbox})
    const {canarySettings} = await world.apigateway.getStage({restApiId: world.restApiId, stageName: 'prod'})
    expect(exitCode).toBe(7)
    expect(stderr).toContain('The answer to the deployment was lost')
    expect(stderr).toContain(
      `The canary of prod serves ${canarySettings?.deploymentId} since then, so it was probably started.`,
    )
    expect(stderr).toContain('To take it back: apigw canary abort --api petstore --stage prod\n')
  })

  test('the deployment fails: nothing was changed', async () => {
    const world = await readyForCanary({
      fault: ({operation, count}) => (operation === 'CreateDeployment' && count === 2 ? failure : undefined),
    })
    const {stderr, exitCode} = await start(['--percent', '10'], {on: world.sandbox})
    expect({exitCode, stderr}).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('Nothing was changed on prod: run it again.'),
    })
  })

  test('the stage cannot be read back: it is said that the canary has its deployment', async () => {
    const world = await readyForCanary({fault: ({operation}) => (operation === 'GetStage' ? failure : undefined)})
    const {stderr, exitCode} = await start(['--percent', '10'], {on: world.sandbox})
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/Error: \w+ was deployed to the canary of prod, but the stage could not be read back: /)
    expect(stderr).toContain('Look: apigw canary status --api petstore --stage prod\n')
  })
})
