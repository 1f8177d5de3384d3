import {mkdtempSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import Deploy from '../../src/commands/deploy.js'
import RoutesAdd from '../../src/commands/routes/add.js'
import RoutesRemove from '../../src/commands/routes/remove.js'
import type {Deployed} from '../../src/domain/deployments/deploy.js'
import {apigw, type RunOptions} from '../support/apigw.js'
import {petstore} from '../support/petstore.js'

const deploy = (argv: string[], options: RunOptions) => apigw(Deploy, ['--api', 'petstore', ...argv], options)

/** Adds a mock to the petstore, which is not live then. */
const edit = (on: RunOptions['on']) => apigw(RoutesAdd, ['GET', '/health', '--api', 'petstore', '--mock'], {on})

/** Operations that change something, with how often each was called. */
const changing = (calls: ReadonlyMap<string, number>) => [...calls].filter(([name]) => !/^Get/.test(name))

test('the first deployment makes the stage, and the URL it prints answers', async () => {
  const {sandbox, apigateway, restApiId} = await petstore()
  const {stdout, stderr, exitCode} = await deploy(['--stage', 'prod', '--description', 'v1', '--json'], {on: sandbox})
  const deployed: Deployed = JSON.parse(stdout)
  expect({...deployed, deploymentId: '', url: ''}).toEqual({
    apiId: restApiId,
    apiName: 'petstore',
    stage: 'prod',
    deploymentId: '',
    deployed: true,
    created: true,
    changes: {added: 1, changed: 0, removed: 0},
    notCompared: [],
    url: '',
  })
  expect({stderr, exitCode}).toEqual({stderr: '', exitCode: 0})
  expect((await apigateway.getStage({restApiId, stageName: 'prod'})).deploymentId).toBe(deployed.deploymentId)
  expect((await apigateway.getDeployments({restApiId})).items).toMatchObject([{description: 'v1'}])
  expect((await fetch(`${deployed.url}/pets`)).status).toBe(200)
})

test('a stage that exists is only repointed: settings, variables, tags and usage plans are as before', async () => {
  const {sandbox, apigateway, restApiId} = await petstore()
  const {id: first} = await apigateway.createDeployment({
    restApiId,
    stageName: 'prod',
    stageDescription: 'live',
    variables: {table: 'pets'},
    tracingEnabled: true,
  })
  await apigateway.createUsagePlan({name: 'gold', apiStages: [{apiId: restApiId, stage: 'prod'}]})
  const before = await apigateway.getStage({restApiId, stageName: 'prod'})
  await edit(sandbox)

  const {stdout, stderr, exitCode} = await deploy(['--stage', 'prod'], {on: sandbox})
  const after = await apigateway.getStage({restApiId, stageName: 'prod'})
  expect(stdout).toMatch(new RegExp(`^prod\t${after.deploymentId}\t${first}\tfalse\thttp://.*/${restApiId}/prod\n$`))
  expect(stderr).toBe(
    '1 added\n' +
      '  + GET /health\n' +
      'Kept: 3 settings, 1 usage plan.\n' +
      `To go back: apigw rollback --api petstore --stage prod --to ${first}\n`,
  )
  expect(exitCode).toBe(0)
  const changed = {$metadata: {}, deploymentId: '', lastUpdatedDate: undefined}
  expect({...after, ...changed}).toEqual({...before, ...changed})
  expect((await apigateway.getUsagePlans({})).items?.[0]?.apiStages).toEqual([{apiId: restApiId, stage: 'prod'}])
})

test('variables come in together with the new snapshot, and the others stay', async () => {
  const {sandbox, apigateway, restApiId} = await petstore()
  await deploy(['--stage', 'dev', '--var', 'table=pets', '--var', 'mode=a'], {on: sandbox})
  expect(await apigateway.getStage({restApiId, stageName: 'dev'})).toMatchObject({
    variables: {table: 'pets', mode: 'a'},
  })
  const {exitCode, stderr} = await deploy(['--stage', 'dev', '--var', 'mode=b'], {on: sandbox})
  expect({exitCode, stderr}).toMatchObject({exitCode: 0})
  expect(await apigateway.getStage({restApiId, stageName: 'dev'})).toMatchObject({
    variables: {table: 'pets', mode: 'b'},
  })
})

test('on a terminal the result is a record', async () => {
  const {sandbox} = await petstore()
  const {stdout} = await deploy(['--stage', 'prod'], {on: sandbox, tty: true, env: {NO_COLOR: '1'}})
  expect(stdout).toMatch(/^stage {7}prod\ndeployment {2}\w+\ncreated {5}the stage is new\nurl {9}http:\S+\n$/)
})

test('an API without methods is refused before anything is changed, with the command that mends it', async () => {
  const {sandbox, apigateway} = await petstore()
  await apigateway.createRestApi({name: 'empty'})
  const {stdout, stderr, exitCode} = await apigw(Deploy, ['--api', 'empty', '--stage', 'prod'], {on: sandbox})
  expect(stdout).toBe('')
  expect(stderr).toContain('empty cannot be deployed: it has no methods yet.\n')
  expect(stderr).toContain('apigw routes add GET /hello --api empty --mock')
  expect(exitCode).toBe(1)
  expect(sandbox.calls.get('CreateDeployment')).toBeUndefined()
})

test('a method without integration is refused by its name before anything is changed', async () => {
  const {sandbox, apigateway, restApiId, rootResourceId} = await petstore()
  await apigateway.putMethod({restApiId, resourceId: rootResourceId, httpMethod: 'POST', authorizationType: 'NONE'})
  const {stderr, exitCode} = await deploy(['--stage', 'prod'], {on: sandbox})
  expect(stderr).toContain('petstore cannot be deployed: POST / has no integration.\n')
  expect(stderr).toContain('apigw routes add POST / --api petstore --http URL (or --mock')
  expect(exitCode).toBe(1)
  expect(sandbox.calls.get('CreateDeployment')).toBeUndefined()

  // What the message tells to do mends it.
  await apigw(RoutesAdd, ['POST', '/', '--api', 'petstore', '--mock'], {on: sandbox})
  expect((await deploy(['--stage', 'prod'], {on: sandbox})).exitCode).toBe(0)
})

test.each([
  ["The REST API doesn't contain any methods", 'it has no methods yet'],
  ['No integration defined for method', 'one of its methods has no integration'],
  ["Private REST API doesn't have a resource policy attached to it", 'it is private and has no resource policy'],
])('what only the service finds is said in plain words too: %s', async (message, words) => {
  const fault = {kind: 'error', status: 400, code: 'BadRequestException', message} as const
  const {sandbox} = await petstore({fault: call => (call.operation === 'CreateDeployment' ? fault : undefined)})
  const {stderr, exitCode} = await deploy(['--stage', 'prod', '--json'], {on: sandbox})
  expect(JSON.parse(stderr).error).toMatchObject({
    kind: 'failed',
    code: 'BadRequestException',
    message: expect.stringContaining(words),
    hint: expect.stringContaining('apigw '),
  })
  expect(exitCode).toBe(1)
})

test('a private API without resource policy is refused before anything is changed', async () => {
  const {sandbox, apigateway} = await petstore()
  const {id: restApiId, rootResourceId: resourceId} = await apigateway.createRestApi({
    name: 'inner',
    endpointConfiguration: {types: ['PRIVATE']},
  })
  await apigateway.putMethod({restApiId, resourceId, httpMethod: 'GET', authorizationType: 'NONE'})
  await apigateway.putIntegration({restApiId, resourceId, httpMethod: 'GET', type: 'MOCK'})
  const {stderr, exitCode} = await apigw(Deploy, ['--api', 'inner', '--stage', 'prod'], {on: sandbox})
  expect(stderr).toContain('it is private and has no resource policy, so nobody would be allowed to call it.')
  expect(exitCode).toBe(1)
  expect(sandbox.calls.get('CreateDeployment')).toBeUndefined()
})

test('--dry-run shows what would be done, asks nothing and changes nothing', async () => {
  const {sandbox, apigateway, restApiId} = await petstore()
  const {id} = await apigateway.createDeployment({restApiId, stageName: 'prod'})
  await edit(sandbox)
  const before = changing(sandbox.calls)
  const cwd = projectFolder('protectedStages: [prod]\n')
  const dryRun = (...argv: string[]) => deploy(['--stage', 'prod', '--dry-run', ...argv], {on: sandbox, cwd})
  expect(await dryRun('--var', 'a=1')).toEqual({
    stdout: 'added\troute\tGET /health\t\t\t\n',
    stderr: `It would deploy API petstore: 2 methods.\nIt would update stage prod: instead of ${id}, with a=1.\n`,
    exitCode: 0,
  })
  const json = await dryRun('--json')
  expect(json).toMatchObject({stderr: '', exitCode: 0})
  expect(JSON.parse(json.stdout)).toMatchObject({
    before: {kind: 'stage', name: 'prod', deploymentId: id},
    after: {kind: 'edited'},
    items: [{kind: 'route', name: 'GET /health', change: 'added'}],
    plan: [
      {action: 'deploy', kind: 'API', name: 'petstore'},
      {action: 'update', kind: 'stage', name: 'prod'},
    ],
  })
  expect((await dryRun('--output', 'markdown')).stdout).toContain('GET /health')
  expect(changing(sandbox.calls)).toEqual(before)
})

test('--dry-run --exit-code ends with 8 where something would be done, and else with 0', async () => {
  const {sandbox, apigateway, restApiId} = await petstore()
  const dryRun = (...argv: string[]) => deploy(['--stage', 'prod', '--dry-run', '--exit-code', ...argv], {on: sandbox})
  expect((await dryRun()).exitCode).toBe(8)
  await apigateway.createDeployment({restApiId, stageName: 'prod'})
  expect(await dryRun()).toMatchObject({stdout: '', stderr: expect.stringMatching(/^No changes: /), exitCode: 0})
  expect((await dryRun('--json')).exitCode).toBe(0)
  expect((await dryRun('--var', 'a=1')).exitCode).toBe(8)
  expect((await dryRun('--force')).exitCode).toBe(8)
  await edit(sandbox)
  expect((await dryRun('--json')).exitCode).toBe(8)
  expect((await deploy(['--stage', 'prod', '--exit-code'], {on: sandbox})).exitCode).toBe(2)
})

test('a stage that serves the API as edited already is left alone, whoever asks and however often', async () => {
  const {sandbox} = await petstore()
  const first = JSON.parse((await deploy(['--stage', 'prod', '--json'], {on: sandbox})).stdout)
  const before = changing(sandbox.calls)
  const cwd = projectFolder('protectedStages: [prod]\n')
  const again = await deploy(['--stage', 'prod', '--description', 'v2', '--json'], {on: sandbox, cwd})
  expect([again.exitCode, again.stderr]).toEqual([0, ''])
  expect(JSON.parse(again.stdout)).toEqual({
    ...first,
    deployed: false,
    created: false,
    changes: {added: 0, changed: 0, removed: 0},
  })
  const told = await deploy(['--stage', 'prod', '--description', 'v2'], {on: sandbox, cwd})
  expect(told.stderr).toBe(
    `No changes: prod serves petstore as it is edited already (${first.deploymentId}).\n` +
      'The description is not used: it is of a deployment.\n',
  )
  expect(changing(sandbox.calls)).toEqual(before)
  const forced = JSON.parse((await deploy(['--stage', 'prod', '--force', '--json'], {on: sandbox})).stdout)
  expect(forced).toMatchObject({deployed: true, previousDeploymentId: first.deploymentId})
})

test('where only a variable is otherwise it is set, and nothing is deployed', async () => {
  const {sandbox, apigateway, restApiId} = await petstore()
  await deploy(['--stage', 'prod', '--var', 'a=1'], {on: sandbox})
  const {stderr, exitCode} = await deploy(['--stage', 'prod', '--var', 'a=1', '--var', 'b=2'], {on: sandbox})
  expect({stderr, exitCode}).toEqual({stderr: 'Kept: 3 settings.\n', exitCode: 0})
  expect((await apigateway.getStage({restApiId, stageName: 'prod'})).variables).toEqual({a: '1', b: '2'})
  expect(sandbox.calls.get('CreateDeployment')).toBe(1)
})

test.each(['GetExport', 'GetGatewayResponses'])(
  'where %s is refused it is deployed, and said that nothing was compared',
  async name => {
    const denied = {kind: 'error', status: 403, code: 'AccessDeniedException', message: 'not authorized'} as const
    const {sandbox, apigateway, restApiId} = await petstore({
      fault: ({operation}) => (operation === name ? denied : undefined),
    })
    await apigateway.createDeployment({restApiId, stageName: 'prod'})
    const dry = await deploy(['--stage', 'prod', '--dry-run', '--exit-code'], {on: sandbox})
    expect(dry).toMatchObject({
      stdout: '',
      stderr: expect.stringContaining('What is different cannot be told: '),
      exitCode: 8,
    })
    const {stdout, stderr, exitCode} = await deploy(['--stage', 'prod', '--output', 'id'], {on: sandbox})
    expect(exitCode).toBe(0)
    expect(stderr).toMatch(/^What is different cannot be told: .*not authorized.* It is deployed whether or not/)
    expect(await apigateway.getStage({restApiId, stageName: 'prod'})).toMatchObject({deploymentId: stdout.trim()})
  },
)

test('the stage is asked before and after: what was edited is live, and what was taken away is not', async () => {
  const {sandbox, apigateway, restApiId} = await petstore()
  const {url}: Deployed = JSON.parse((await deploy(['--stage', 'prod', '--json'], {on: sandbox})).stdout)
  const served = async () => {
    const status = async (path: string) => (await fetch(url + path)).status
    return {pets: await status('/pets'), health: await status('/health')}
  }
  await edit(sandbox)
  await apigw(RoutesRemove, ['GET', '/pets', '--api', 'petstore', '--yes'], {on: sandbox})
  expect(await served()).toEqual({pets: 200, health: 403})
  const {stderr} = await deploy(['--stage', 'prod', '--wait', '--probe', 'GET /health'], {on: sandbox})
  expect(stderr).toContain('1 added, 1 removed\n  + GET /health\n  - GET /pets\n')
  const {deploymentId} = await apigateway.getStage({restApiId, stageName: 'prod'})
  expect(stderr).toContain(`prod answers, from ${deploymentId}: GET /health is there.\n`)
  expect(await served()).toEqual({pets: 403, health: 200})
})

test('a probe that the API has no method for is wrong usage, and nothing is changed', async () => {
  const {sandbox} = await petstore()
  const {stderr, exitCode} = await deploy(['--stage', 'prod', '--wait', '--probe', 'POST /pets'], {on: sandbox})
  expect({stderr, exitCode}).toMatchObject({
    stderr: expect.stringContaining('has no method for POST /pets'),
    exitCode: 2,
  })
  expect(sandbox.calls.get('CreateDeployment')).toBeUndefined()
})

test('an answer with $context.deploymentId in it proves which deployment serves', async () => {
  const {sandbox, apigateway, restApiId} = await petstore()
  await deploy(['--stage', 'prod'], {on: sandbox})
  const body = '{"deployment": "$context.deploymentId"}'
  await apigw(RoutesAdd, ['GET', '/pets', '--api', 'petstore', '--mock', '--mock-body', body, '--replace'], {
    on: sandbox,
  })
  const {stderr, exitCode} = await deploy(['--stage', 'prod', '--wait', '--probe', '/pets'], {on: sandbox})
  const {deploymentId} = await apigateway.getStage({restApiId, stageName: 'prod'})
  expect(exitCode).toBe(0)
  expect(stderr).toContain(`prod answers, from ${deploymentId}: the answer says so.\n`)
})

test('a terminal that says it has no width is taken for one of 80 columns', async () => {
  const {sandbox} = await petstore()
  const argv = ['--stage', 'prod', '--dry-run']
  const {stdout} = await deploy(argv, {on: sandbox, tty: true, columns: 0, env: {NO_COLOR: '1'}})
  expect(stdout).toMatch(/^ {2}\+ GET \/pets/m)
})

test('a protected stage needs its name typed or --yes', async () => {
  const {sandbox} = await petstore()
  const cwd = projectFolder('protectedStages: [prod]\n')
  const refused = await deploy(['--stage', 'prod'], {on: sandbox, cwd})
  expect(refused.stderr).toContain('prod is a protected stage. Nobody is there to answer: pass --yes.')
  expect(refused.exitCode).toBe(2)
  expect(sandbox.calls.get('CreateDeployment')).toBeUndefined()
  expect((await deploy(['--stage', 'prod', '--yes'], {on: sandbox, cwd})).exitCode).toBe(0)
  expect((await deploy(['--stage', 'dev'], {on: sandbox, cwd})).exitCode).toBe(0)
})

test('an unknown API, no stage, and what cannot be a stage or a variable end before anything is changed', async () => {
  const {sandbox} = await petstore()
  const before = changing(sandbox.calls)
  const unknown = await apigw(Deploy, ['--api', 'petshop', '--stage', 'prod'], {on: sandbox})
  expect(unknown).toMatchObject({stderr: expect.stringContaining('There is no API "petshop".'), exitCode: 3})
  const silent = await deploy([], {on: sandbox})
  expect(silent).toMatchObject({stderr: expect.stringContaining('pass --stage NAME'), exitCode: 2})
  for (const argv of [
    ['--stage', 'a b'],
    ['--stage', 'prod', '--var', 'a-b=1'],
    ['--stage', 'prod', '--var', 'a=two words'],
    ['--stage', 'prod', '--var', 'a'],
  ]) {
    expect(await deploy(argv, {on: sandbox}), argv.join(' ')).toMatchObject({stdout: '', exitCode: 2})
  }
  expect(changing(sandbox.calls)).toEqual(before)
})

test('a failure of the service during the deployment says what the stage serves', async () => {
  const fault = {kind: 'error', status: 500, code: 'InternalFailure', message: 'Internal failure'} as const
  const {sandbox, apigateway, restApiId} = await petstore({
    fault: ({operation, count}) => (operation === 'CreateDeployment' && count > 1 ? fault : undefined),
  })
  const {id} = await apigateway.createDeployment({restApiId, stageName: 'prod'})
  await edit(sandbox)
  const {stderr, exitCode} = await deploy(['--stage', 'prod'], {on: sandbox})
  expect(stderr).toContain('The deployment failed: CreateDeployment failed: Internal failure')
  expect(stderr).toContain(`Nothing was changed on prod, which still serves ${id}: run it again.`)
  expect(exitCode).toBe(1)
  expect((await deploy(['--stage', 'new'], {on: sandbox})).stderr).toContain('There is no stage new yet.')
})

test('a failure between the snapshot and the stage leaves the stage as it was, and the rest of the work is named', async () => {
  const fault = {kind: 'error', status: 400, code: 'BadRequestException', message: 'Not now'} as const
  const {sandbox, apigateway, restApiId} = await petstore({
    fault: ({operation}) => (operation === 'UpdateStage' ? fault : undefined),
  })
  const {id} = await apigateway.createDeployment({restApiId, stageName: 'prod'})
  await edit(sandbox)
  const {stderr, exitCode} = await deploy(['--stage', 'prod', '--var', 'a=1'], {on: sandbox})
  const made = (await apigateway.getDeployments({restApiId})).items?.find(deployment => deployment.id !== id)
  expect(stderr).toContain(
    `The snapshot ${made?.id} was made, but not brought to prod, which still serves ${id}: Not now`,
  )
  expect(stderr).toContain(`apigw stages update prod --api petstore --deployment ${made?.id} --var a=1`)
  expect(exitCode).toBe(1)
  const stage = await apigateway.getStage({restApiId, stageName: 'prod'})
  expect({deploymentId: stage.deploymentId, variables: stage.variables}).toEqual({
    deploymentId: id,
    variables: undefined,
  })
})

test('when the stage cannot be read back, it is said that it was deployed', async () => {
  const fault = {kind: 'error', status: 500, code: 'InternalFailure', message: 'Internal failure'} as const
  const {sandbox, apigateway, restApiId} = await petstore({
    fault: ({operation}) => (operation === 'GetStage' ? fault : undefined),
  })
  const {stdout, stderr, exitCode} = await deploy(['--stage', 'prod'], {on: sandbox})
  const {id} = (await apigateway.getDeployments({restApiId})).items?.[0] ?? {}
  expect(stdout).toBe('')
  expect(stderr).toContain(
    `${id} was deployed to prod, but the stage could not be read back: GetStage failed: Internal failure`,
  )
  expect(stderr).toContain('apigw stages get prod --api petstore')
  expect(exitCode).toBe(1)
})

test('a canary that gets requests gets the deployment, and that is said plainly', async () => {
  const {sandbox, apigateway, restApiId} = await petstore()
  const {id: first} = await apigateway.createDeployment({restApiId, stageName: 'prod'})
  const stageVariableOverrides = {mode: 'c'}
  const canarySettings = {percentTraffic: 10, stageVariableOverrides, useStageCache: true}
  const {id: canary} = await apigateway.createDeployment({restApiId, stageName: 'prod', canarySettings})

  const dry = await deploy(['--stage', 'prod', '--dry-run'], {on: sandbox})
  expect(dry.stderr).toContain('Of what the canary of prod serves only the routes can be compared.')
  expect(dry.stderr).toContain(`only its canary, 10 % of the requests, instead of ${canary}`)
  const {stdout, stderr, exitCode} = await deploy(['--stage', 'prod', '--output', 'id'], {on: sandbox})
  expect(exitCode).toBe(0)
  expect(stderr).toContain('Only the canary of prod got it: 10 % of the requests.')
  const deploymentId = stdout.trim()
  expect(await apigateway.getStage({restApiId, stageName: 'prod'})).toMatchObject({
    deploymentId: first,
    canarySettings: {...canarySettings, deploymentId},
  })
})

test('--wait calls the new stage until it answers', async () => {
  const {sandbox} = await petstore()
  const {stderr, exitCode} = await deploy(['--stage', 'prod', '--wait'], {on: sandbox})
  expect({stderr, exitCode}).toEqual({stderr: 'everything is new: 1 added\nprod answers.\n', exitCode: 0})
})

test('--wait gives up after --max-wait with exit code 6, and the result is printed all the same', async () => {
  const {sandbox} = await petstore()
  const env = {APIGW_INVOKE_URL: `${sandbox.url}/execute-api/{api}/elsewhere`}
  const {stdout, stderr, exitCode} = await deploy(['--stage', 'prod', '--wait', '--max-wait', '1'], {on: sandbox, env})
  expect(stdout).toMatch(/^prod\t/)
  expect(stderr).toContain('prod is deployed, but after 1 s it does not answer as it should: 403 Forbidden.')
  expect(exitCode).toBe(6)
})

function projectFolder(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'apigw-project-'))
  writeFileSync(join(folder, '.apigw.yaml'), text)
  return folder
}
