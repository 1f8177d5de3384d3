import {describe, expect, test} from 'vitest'
import DeploymentsDiff from '../../src/commands/deployments/diff.js'
import StagesDiff from '../../src/commands/stages/diff.js'
import type {SandboxOptions} from '../../src/sandbox/server.js'
import {apigw} from '../support/apigw.js'
import {mockApi} from '../support/mock-api.js'
import {sandboxForTest} from '../support/sandbox.js'

const AGE = /, just now\)|, \d+ minutes? ago\)/g
const lines = (text: string) => text.trimEnd().replaceAll(AGE, ')').split('\n')

/** `petstore` with `GET /` on the stages `prod` and `beta`, each with a deployment of its own. */
async function petstore(options: SandboxOptions = {}) {
  const kit = await sandboxForTest(options)
  const {apigateway, sandbox} = kit
  const api = await mockApi(apigateway, {name: 'petstore'})
  const {restApiId, method} = api
  const deploy = async (stageName?: string) =>
    (await apigateway.createDeployment({restApiId, ...(stageName && {stageName})})).id as string
  const [prod, beta] = [await deploy('prod'), await deploy('beta')]
  const diff = (...argv: string[]) => apigw(StagesDiff, ['--api', 'petstore', ...argv], {on: sandbox})
  const deployments = (...argv: string[]) => apigw(DeploymentsDiff, ['--api', 'petstore', ...argv], {on: sandbox})
  const onTerminal = (...argv: string[]) =>
    apigw(StagesDiff, ['--api', 'petstore', ...argv], {on: sandbox, tty: true, env: {NO_COLOR: '1'}})
  /** An integration takes another time-out, and there is a route more. */
  const edit = async () => {
    const timeout = [{op: 'replace' as const, path: '/timeoutInMillis', value: '5000'}]
    await apigateway.updateIntegration({...method, patchOperations: timeout})
    const cats = await apigateway.createResource({restApiId, parentId: api.resourceId, pathPart: 'cats'})
    const post = {restApiId, resourceId: cats.id, httpMethod: 'POST'}
    await apigateway.putMethod({...post, authorizationType: 'AWS_IAM', apiKeyRequired: true})
    await apigateway.putIntegration({...post, type: 'HTTP_PROXY', integrationHttpMethod: 'GET', uri: 'https://a.b'})
  }
  const stageNames = async () => (await apigateway.getStages({restApiId})).item?.map(({stageName}) => stageName).sort()
  return {...kit, ...api, prod, beta, deploy, diff, deployments, onTerminal, edit, stageNames}
}

describe('stages diff', () => {
  test('says that there is no difference right after a deployment', async () => {
    const {diff, onTerminal, prod} = await petstore()
    const shown = await onTerminal('prod', '--exit-code')
    expect(lines(shown.stdout)).toEqual([`petstore: prod (${prod}) → as edited`, 'No differences.'])
    expect(shown).toMatchObject({stderr: '', exitCode: 0})
    expect(await diff('prod', '--exit-code')).toEqual({stdout: '', stderr: '', exitCode: 0})
  })

  test('shows what a deployment would change: text for people', async () => {
    const {onTerminal, edit, prod} = await petstore()
    await edit()
    const shown = await onTerminal('--stage', 'prod')
    expect(lines(shown.stdout)).toEqual([
      `petstore: prod (${prod}) → as edited`,
      '',
      'Routes',
      '  ~ GET /',
      '      integration.timeout: 29000 (default) → 5000',
      '  + POST /cats  http_proxy https://a.b, AWS_IAM, API key',
      '',
      '1 added, 1 changed',
    ])
    expect(shown).toMatchObject({stderr: '', exitCode: 0})
  })

  test('in colour on a terminal, and in a pipe the same text without, when it is asked for', async () => {
    const {sandbox, diff, edit} = await petstore()
    await edit()
    const coloured = await apigw(StagesDiff, ['prod', '--api', 'petstore'], {
      on: sandbox,
      tty: true,
      env: {TERM: 'xterm', NO_COLOR: '', CI: ''},
    })
    expect(coloured.stdout).toContain('\u001b[32m+ POST /cats\u001b[39m')
    expect((await diff('prod', '-o', 'table')).stdout).toContain('\n  + POST /cats  http_proxy')
  })

  test('its rows for pipes, one document for machines, Markdown for a pull request', async () => {
    const {diff, edit, restApiId, prod} = await petstore()
    await edit()
    expect((await diff('prod')).stdout).toBe(
      'changed\troute\tGET /\tintegration.timeout\t\t5000\nadded\troute\tPOST /cats\t\t\t\n',
    )
    expect(JSON.parse((await diff('prod', '--json')).stdout)).toMatchObject({
      api: {id: restApiId, name: 'petstore'},
      before: {kind: 'stage', name: 'prod', deploymentId: prod, createdDate: expect.any(String)},
      after: {kind: 'edited', name: 'as edited'},
      items: [
        {
          kind: 'route',
          name: 'GET /',
          change: 'changed',
          fields: [{field: 'integration.timeout', path: ['integration', 'timeout'], after: 5000}],
        },
        {kind: 'route', name: 'POST /cats', change: 'added'},
      ],
      counts: {added: 1, changed: 1, removed: 0},
      untold: [],
    })
    const {stdout} = await diff('prod', '--output', 'markdown')
    expect(stdout).toMatch(new RegExp(`^### \`petstore\`: \`prod \\(${prod}, \\d{4}-.* UTC\\)\` → \`as edited\`\n`))
    expect(stdout).toContain('| added | `POST /cats` |')
    expect(stdout).toContain('```diff\n@@ integration.timeout @@\n-29000 (default)\n+5000\n```\n')
  })

  test.each([[[]], [['--json']], [['-o', 'markdown']], [['-o', 'ndjson']], [['--query', 'counts']]])(
    '--exit-code ends with 8 when there is a difference, with %j as without',
    async more => {
      const {diff, edit} = await petstore()
      await edit()
      expect(await diff('prod', '--exit-code', ...more)).toMatchObject({exitCode: 8, stderr: ''})
      expect(await diff('prod', ...more)).toMatchObject({exitCode: 0, stderr: ''})
    },
  )

  test('against another stage shows what would change there, settings included', async () => {
    const {apigateway, restApiId, onTerminal, diff, edit, deploy, prod} = await petstore()
    await edit()
    const newest = await deploy('beta')
    const set = (stageName: string, path: string, value: string) =>
      apigateway.updateStage({restApiId, stageName, patchOperations: [{op: 'replace', path, value}]})
    await set('prod', '/variables/color', 'blue')
    await set('prod', '/*/*/throttling/rateLimit', '10')
    await set('beta', '/variables/color', 'red')
    const shown = await onTerminal('--stage', 'beta', '--against', 'prod')
    expect(lines(shown.stdout)).toEqual([
      `petstore: prod (${prod}) → beta (${newest})`,
      'What would change on prod if it got what beta has.',
      '',
      'Routes',
      '  ~ GET /',
      '      integration.timeout: 29000 (default) → 5000',
      '  + POST /cats  http_proxy https://a.b, AWS_IAM, API key',
      '',
      'Stage settings',
      '  ~ all methods',
      "      throttleBurst: 5000 → the account's",
      "      throttleRate: 10 → the account's",
      '  ~ variables',
      '      color: blue → red',
      '',
      '1 added, 3 changed',
    ])
    const only = JSON.parse((await diff('beta', '--against', 'prod', '--snapshot-only', '--json')).stdout)
    expect(only.counts).toEqual({added: 1, changed: 1, removed: 0})
    const {stdout} = await diff('prod', '--against', 'beta', '--snapshot-only')
    expect(stdout).toBe('changed\troute\tGET /\tintegration.timeout\t5000\t\nremoved\troute\tPOST /cats\t\t\t\n')
  })

  test.each([
    [['prod', '--against', 'prod'], 2, 'that is the same stage'],
    [['prod', '--against', 'nope'], 3, 'There is no stage "nope".'],
    [['nope'], 3, 'There is no stage "nope".'],
    [['prod', '--canary'], 3, 'prod has no canary.'],
    [['prod', '--snapshot-only'], 2, '--against'],
    [[], 2, '--stage NAME'],
  ])('%j ends with %i', async (argv, exitCode, text) => {
    const {diff} = await petstore()
    const ended = await diff(...argv)
    expect(ended).toMatchObject({exitCode, stdout: ''})
    expect(ended.stderr).toContain(text)
  })

  test('of a stage with a canary it says that the canary is not compared, and --canary compares it', async () => {
    const {apigateway, restApiId, diff, edit} = await petstore()
    await edit()
    const canarySettings = {percentTraffic: 10, useStageCache: false}
    const {id} = await apigateway.createDeployment({restApiId, stageName: 'prod', canarySettings})
    const own = await diff('prod')
    expect(own.stdout).toContain('added\troute\tPOST /cats')
    expect(own.stderr).toBe(
      `prod has a canary: 10 % of the requests get ${id}, which is not compared here. ` +
        'To compare it: apigw stages diff prod --api petstore --canary\n',
    )
    const canary = await diff('prod', '--canary', '--exit-code', '--json')
    expect(JSON.parse(canary.stdout)).toMatchObject({before: {name: 'canary of prod', deploymentId: id}, items: []})
    expect(canary.exitCode).toBe(1)
    expect(canary.stderr).toContain('No stage serves what the canary of prod has')
    expect(canary.stderr).toContain('The routes are alike; whether the rest is cannot be told.')
    const whole = await diff('prod', '--canary', '--temporary-stage', '--exit-code', '--json')
    expect(whole.exitCode).toBe(0)
    expect(JSON.parse(whole.stdout)).toMatchObject({items: [], untold: []})
    expect(whole.stderr).toBe('')
  })
})

describe('deployments diff', () => {
  test('compares what stages serve whole, by id, by latest and by the name of a stage', async () => {
    const {deployments, edit, deploy, prod} = await petstore()
    await edit()
    const newest = await deploy('beta')
    const rows = 'changed\troute\tGET /\tintegration.timeout\t\t5000\nadded\troute\tPOST /cats\t\t\t\n'
    for (const [before, after] of [
      [prod, newest],
      [prod, 'latest'],
      ['prod', 'beta'],
      ['stage:prod', 'edited'],
    ] as const) {
      expect(await deployments(before, after)).toEqual({stdout: rows, stderr: '', exitCode: 0})
    }
    expect(await deployments(prod, '--exit-code')).toEqual({stdout: rows, stderr: '', exitCode: 8})
    expect(await deployments('latest', '--exit-code')).toEqual({stdout: '', stderr: '', exitCode: 0})
  })

  test('of one that no stage serves compares the routes, and says so and what gives more', async () => {
    const {sandbox, deployments, edit, deploy, beta} = await petstore()
    await edit()
    await deploy('beta')
    const compared = await deployments(beta, 'latest', '-o', 'table')
    expect(lines(compared.stdout)).toEqual([
      expect.stringContaining(`petstore: deployment ${beta}`),
      '',
      'Routes',
      '  + POST /cats  AWS_IAM, API key',
      '',
      '1 added',
      'Not compared: what methods take and answer, and what is behind them, gateway responses, authorizers, models, ' +
        'validators, settings of the API',
    ])
    expect(compared.stderr).toMatch(
      new RegExp(`^No stage serves what ${beta} has, so that only its routes are known.*--temporary-stage`),
    )
    const rows = await deployments(beta, 'latest')
    expect(rows.stderr).toContain('Not compared: ')
    expect(sandbox.calls.get('CreateStage')).toBeUndefined()
  })

  test('with --temporary-stage it is compared whole, and nothing is left of the stage', async () => {
    const {sandbox, deployments, edit, deploy, beta, stageNames} = await petstore()
    await edit()
    await deploy('beta')
    const {stdout, stderr, exitCode} = await deployments(beta, 'latest', '--temporary-stage')
    expect({stdout, stderr, exitCode}).toEqual({
      stdout: 'changed\troute\tGET /\tintegration.timeout\t\t5000\nadded\troute\tPOST /cats\t\t\t\n',
      stderr: '',
      exitCode: 0,
    })
    expect(await stageNames()).toEqual(['beta', 'prod'])
    expect([sandbox.calls.get('CreateStage'), sandbox.calls.get('DeleteStage')]).toEqual([1, 1])
  })

  test('no temporary stage is made for what a stage serves', async () => {
    const {sandbox, deployments, prod} = await petstore()
    expect(await deployments(prod, 'beta', '--temporary-stage')).toMatchObject({stdout: '', exitCode: 0})
    expect(sandbox.calls.get('CreateStage')).toBeUndefined()
  })

  test('where the export of the temporary stage fails, the stage is gone all the same', async () => {
    let isFailing = false
    const {deployments, deploy, beta, stageNames} = await petstore({
      fault: ({operation}) =>
        isFailing && operation === 'GetExport'
          ? {kind: 'error', status: 403, code: 'AccessDeniedException', message: 'No.'}
          : undefined,
    })
    await deploy('beta')
    isFailing = true
    expect(await deployments(beta, '--temporary-stage')).toMatchObject({exitCode: 4, stdout: ''})
    expect(await stageNames()).toEqual(['beta', 'prod'])
  })

  test('where there is no room for a stage more, it fails as the service says and leaves nothing', async () => {
    const {apigateway, restApiId, deployments, deploy, beta, stageNames} = await petstore()
    for (let i = 3; i <= 10; i++) await deploy(`stage${i}`)
    await deploy('beta')
    const names = await stageNames()
    expect(names).toHaveLength(10)
    const ended = await deployments(beta, '--temporary-stage')
    expect(ended).toMatchObject({exitCode: 1, stdout: ''})
    expect(await stageNames()).toEqual(names)
    expect((await apigateway.getDeployments({restApiId, limit: 500})).items).toHaveLength(11)
  })

  test.each([
    [['nope'], 3, 'has no deployment "nope"'],
    [['prod', 'nope'], 3, 'has no deployment "nope"'],
    [['stage:nope'], 3, 'There is no stage "nope"'],
    [[], 2, 'before'],
  ])('%j ends with %i', async (argv, exitCode, text) => {
    const {deployments} = await petstore()
    const ended = await deployments(...argv)
    expect(ended).toMatchObject({exitCode, stdout: ''})
    expect(ended.stderr).toContain(text)
  })

  test('a name that a stage and something else have is refused, with the way to say the stage', async () => {
    const {deployments, deploy} = await petstore()
    await deploy('latest')
    const ended = await deployments('latest')
    expect(ended).toMatchObject({exitCode: 2, stdout: ''})
    expect(ended.stderr).toContain('stage:latest')
    expect(await deployments('stage:latest')).toEqual({stdout: '', stderr: '', exitCode: 0})
  })
})
