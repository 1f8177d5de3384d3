import {mkdtempSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import type {WAFV2} from '@aws-sdk/client-wafv2'
import {expect, test} from 'vitest'
import StagesCreate from '../../src/commands/stages/create.js'
import StagesDelete from '../../src/commands/stages/delete.js'
import StagesGet from '../../src/commands/stages/get.js'
import StagesList from '../../src/commands/stages/list.js'
import StagesUpdate from '../../src/commands/stages/update.js'
import StagesUrl from '../../src/commands/stages/url.js'
import type {Stage} from '../../src/domain/stages.js'
import type {SandboxOptions} from '../../src/sandbox/server.js'
import {apigw, type RunOptions} from '../support/apigw.js'
import {petstore} from '../support/petstore.js'

/** The ARN of a web ACL that lets nothing through. */
async function blockingAcl(wafv2: WAFV2) {
  const {Summary} = await wafv2.createWebACL({
    Name: 'closed',
    Scope: 'REGIONAL',
    DefaultAction: {Block: {}},
    VisibilityConfig: {SampledRequestsEnabled: false, CloudWatchMetricsEnabled: false, MetricName: 'closed'},
  })
  return Summary?.ARN as string
}

/** petstore with the stage prod, and `run` for commands on it. */
async function withProd(options: SandboxOptions = {}) {
  const kit = await petstore(options)
  const {sandbox, apigateway, restApiId} = kit
  const {id} = await apigateway.createDeployment({restApiId, stageName: 'prod', stageDescription: 'live'})
  const run = (command: Parameters<typeof apigw>[0], argv: string[], more: RunOptions = {}) =>
    apigw(command, ['--api', 'petstore', ...argv], {on: sandbox, ...more})
  const prod = () => apigateway.getStage({restApiId, stageName: 'prod'})
  return {...kit, run, prod, deploymentId: id as string}
}

test('list shows the stages with what they serve, as columns in a pipe', async () => {
  const {run, deploymentId} = await withProd()
  const {stdout, exitCode} = await run(StagesList, [])
  expect(stdout.split('\t')).toEqual(['prod', deploymentId, expect.stringMatching(/Z$/), 'off', '', '', '', 'live\n'])
  expect(exitCode).toBe(0)
})

test('an API without stages is not a failure: the sentence names deploy', async () => {
  const {sandbox} = await petstore()
  const {stdout, stderr, exitCode} = await apigw(StagesList, ['--api', 'petstore'], {on: sandbox, tty: true})
  expect({stdout, exitCode}).toEqual({stdout: '', exitCode: 0})
  expect(stderr).toContain('apigw deploy --stage')
})

test('get shows all settings as a record to people and as they are to programs', async () => {
  const {run, apigateway, restApiId, deploymentId} = await withProd()
  const set = (path: string, value: string) => ({op: 'replace' as const, path, value})
  await apigateway.updateStage({
    restApiId,
    stageName: 'prod',
    patchOperations: [
      set('/*/*/throttling/rateLimit', '100'),
      set('/*/*/throttling/burstLimit', '200'),
      set('/~1pets~1{id}/GET/caching/enabled', 'true'),
      set('/variables/table', 'pets'),
      set('/tracingEnabled', 'true'),
    ],
  })
  const people = await run(StagesGet, ['prod'], {tty: true, env: {NO_COLOR: '1'}})
  expect(people.stdout).toMatch(/^all methods +no logs, 100\/s, burst 200, not cached$/m)
  expect(people.stdout).toMatch(
    /^single methods +GET \/pets\/\{id\} \(no logs, 100\/s, burst 200, cached for 300 s\)$/m,
  )
  expect(people.stdout).toMatch(/^variables +table=pets$/m)
  expect(people.stdout).toMatch(/^tracing +on$/m)

  const stage: Stage = JSON.parse((await run(StagesGet, ['--stage', 'prod', '--json'])).stdout)
  expect(stage).toMatchObject({name: 'prod', deploymentId, variables: {table: 'pets'}, tracing: true})
  expect(stage.methodSettings.map(({method}) => method)).toEqual(['*', 'GET /pets/{id}'])
})

test('an unknown stage is missing, with the stages there are and the command that makes it', async () => {
  const {run} = await withProd()
  for (const command of [StagesGet, StagesUrl, StagesDelete]) {
    const {stderr, exitCode} = await run(command, ['beta'])
    expect(stderr).toContain(
      'There is no stage "beta".\nThere is: prod. To make it: apigw deploy --api petstore --stage beta\n',
    )
    expect(exitCode).toBe(3)
  }
})

test('a stage named twice, and differently, is wrong usage', async () => {
  const {run} = await withProd()
  const {stderr, exitCode} = await run(StagesGet, ['prod', '--stage', 'dev'])
  expect(stderr).toContain('Which stage: "prod" or, by --stage, "dev"?')
  expect(exitCode).toBe(2)
})

test('url prints where the stage is called, and nothing else', async () => {
  const {run, restApiId} = await withProd()
  const {stdout} = await run(StagesUrl, ['prod'])
  expect(stdout).toMatch(new RegExp(`^http://127.0.0.1:\\d+/execute-api/${restApiId}/prod\n$`))
  expect((await fetch(`${stdout.trim()}/pets`)).status).toBe(200)
})

test('create makes a stage of the latest deployment or of a certain one', async () => {
  const {run, apigateway, restApiId, deploymentId} = await withProd()
  const {id: latest} = await apigateway.createDeployment({restApiId})
  const settings = ['--description', 'try', '--var', 'a=1', '--tag', 'team=pets', '--tracing', '--cache-size', '0.5']
  expect(await run(StagesCreate, ['beta', ...settings])).toMatchObject({exitCode: 0, stderr: ''})
  expect(await apigateway.getStage({restApiId, stageName: 'beta'})).toMatchObject({
    deploymentId: latest,
    description: 'try',
    variables: {a: '1'},
    tags: {team: 'pets'},
    tracingEnabled: true,
    cacheClusterEnabled: true,
    cacheClusterSize: '0.5',
  })
  const {stdout} = await run(StagesCreate, ['old', '--deployment', deploymentId, '--output', 'id'])
  expect(stdout).toBe('old\n')
  expect((await apigateway.getStage({restApiId, stageName: 'old'})).deploymentId).toBe(deploymentId)
})

test('create says what stands in its way: no deployment, an unknown one, or a stage of that name', async () => {
  const {sandbox, run, deploymentId} = await withProd()
  expect(await run(StagesCreate, ['prod'])).toMatchObject({
    stderr: expect.stringContaining('petstore has a stage "prod" already.\nTo change it: apigw stages update prod'),
    exitCode: 5,
  })
  expect(await run(StagesCreate, ['beta', '--deployment', 'nope'])).toMatchObject({
    stderr: expect.stringContaining(`petstore has no deployment "nope".\nThe newest are: ${deploymentId}`),
    exitCode: 3,
  })
  const bare = await petstore()
  expect(await apigw(StagesCreate, ['beta', '--api', 'petstore'], {on: bare.sandbox})).toMatchObject({
    stderr: expect.stringContaining('apigw deploy --api petstore --stage NAME'),
    exitCode: 3,
  })
  expect(sandbox.calls.get('CreateStage')).toBeUndefined()
})

test('update changes what is named in one call, and nothing else', async () => {
  const {sandbox, run, apigateway, restApiId, prod} = await withProd()
  await apigateway.updateStage({
    restApiId,
    stageName: 'prod',
    patchOperations: ['a', 'b'].map(name => ({op: 'replace', path: `/variables/${name}`, value: name})),
  })
  const {id: second} = await apigateway.createDeployment({restApiId})
  const before = sandbox.calls.get('UpdateStage') ?? 0
  const {exitCode, stderr} = await run(StagesUpdate, [
    ...['--deployment', 'latest', '--description', 'new', '--var', 'b=2', '--unset-var', 'a', 'prod', '--tracing'],
    ...['--throttle-rate', '12.5', '--throttle-burst', '25', '--metrics', '--cache-size', '1.6', '--cache-ttl', '60'],
  ])
  expect({exitCode, calls: sandbox.calls.get('UpdateStage')}).toEqual({exitCode: 0, calls: before + 1})
  expect(await prod()).toMatchObject({
    deploymentId: second,
    description: 'new',
    variables: {b: '2'},
    tracingEnabled: true,
    cacheClusterEnabled: true,
    cacheClusterSize: '1.6',
    methodSettings: {
      '*/*': {throttlingRateLimit: 12.5, throttlingBurstLimit: 25, metricsEnabled: true, cacheTtlInSeconds: 60},
    },
  })
  expect((await prod()).variables).toEqual({b: '2'})
  expect(stderr).toContain('Nothing is cached yet: apigw stages update prod --api petstore --caching')
})

test('update switches off and takes away', async () => {
  const {run, prod} = await withProd()
  await run(StagesUpdate, ['prod', '--tracing', '--cache-size', '0.5', '--caching', '--metrics'])
  await run(StagesUpdate, ['prod', '--no-tracing', '--cache-size', 'off', '--no-caching', '--no-metrics', '-d', ''])
  const stage = await prod()
  expect(stage).toMatchObject({tracingEnabled: false, cacheClusterEnabled: false})
  expect(stage.methodSettings?.['*/*']).toMatchObject({cachingEnabled: false, metricsEnabled: false})
  expect(stage.description ?? '').toBe('')
})

test('update sets a single method, written as people write it', async () => {
  const {run, prod} = await withProd()
  expect((await run(StagesUpdate, ['prod', '--method', 'get /pets', '--throttle-rate', '5'])).exitCode).toBe(0)
  expect((await prod()).methodSettings).toMatchObject({'~1pets/GET': {throttlingRateLimit: 5}})
})

test('update drops what is set for a single method, however its key was written', async () => {
  const {run, prod, apigateway, restApiId} = await withProd()
  const patchOperations = [{op: 'replace' as const, path: '/pets/GET/metrics/enabled', value: 'true'}]
  await apigateway.updateStage({restApiId, stageName: 'prod', patchOperations})
  await run(StagesUpdate, ['prod', '--method', 'GET /pets', '--throttle-rate', '5'])
  expect((await prod()).methodSettings).toMatchObject({'pets/GET': {metricsEnabled: true, throttlingRateLimit: 5}})
  expect(Object.keys((await prod()).methodSettings ?? {})).toHaveLength(1)
  expect((await run(StagesUpdate, ['prod', '--method', 'GET /pets', '--inherit'])).exitCode).toBe(0)
  expect((await prod()).methodSettings).toEqual({})
  expect((await run(StagesUpdate, ['prod', '--method', 'GET /pets', '--inherit'])).exitCode).toBe(0)
})

test('update gives the limits back to the account', async () => {
  const {run, prod} = await withProd()
  await run(StagesUpdate, ['prod', '--throttle-rate', '5', '--throttle-burst', '6'])
  const limited = await run(StagesGet, ['prod'], {tty: true, env: {NO_COLOR: '1'}})
  expect(limited.stdout).toMatch(/^throttle +5\/s, burst 6$/m)
  expect((await run(StagesUpdate, ['prod', '--no-throttle'])).exitCode).toBe(0)
  // As Terraform writes and reads it (aws_api_gateway_method_settings).
  expect((await prod()).methodSettings?.['*/*']).toMatchObject({throttlingRateLimit: -1, throttlingBurstLimit: -1})
  const free = await run(StagesGet, ['prod'], {tty: true, env: {NO_COLOR: '1'}})
  expect(free.stdout).not.toContain('throttle')
})

test('update of what a protected stage serves wants --yes; of other settings it does not', async () => {
  const {run, deploymentId} = await withProd()
  const cwd = mkdtempSync(join(tmpdir(), 'apigw-project-'))
  writeFileSync(join(cwd, '.apigw.yaml'), 'protectedStages: [prod]\n')
  const argv = ['prod', '--deployment', deploymentId]
  expect(await run(StagesUpdate, argv, {cwd})).toMatchObject({
    stderr: expect.stringContaining('prod is a protected stage. Nobody is there to answer: pass --yes.'),
    exitCode: 2,
  })
  expect((await run(StagesUpdate, [...argv, '--yes'], {cwd})).exitCode).toBe(0)
  expect((await run(StagesUpdate, ['prod', '--tracing'], {cwd})).exitCode).toBe(0)
})

test('update adds and removes tags', async () => {
  const {run, prod} = await withProd()
  await run(StagesUpdate, ['prod', '--tag', 'team=pets', '--tag', 'tier=1'])
  expect((await prod()).tags).toEqual({team: 'pets', tier: '1'})
  await run(StagesUpdate, ['prod', '--tag', 'team=cats', '--untag', 'tier'])
  expect((await prod()).tags).toEqual({team: 'cats'})
})

test('update says which part was done when a later one fails', async () => {
  const fault = {kind: 'error', status: 400, code: 'BadRequestException', message: 'Too many tags'} as const
  const {run, prod} = await withProd({fault: ({operation}) => (operation === 'TagResource' ? fault : undefined)})
  const {stderr, exitCode} = await run(StagesUpdate, ['prod', '--description', 'x', '--tag', 'a=b', '--untag', 'c'])
  expect(stderr).toContain('The settings of prod were changed, but not the new tags: Too many tags')
  expect(exitCode).toBe(1)
  expect((await prod()).description).toBe('x')
})

test('update to what is already so calls nothing and succeeds', async () => {
  const {sandbox, run} = await withProd()
  const settings = ['prod', '--description', 'live', '--no-tracing', '--cache-size', 'off', '--unset-var', 'none']
  expect((await run(StagesUpdate, settings)).exitCode).toBe(0)
  expect(sandbox.calls.get('UpdateStage')).toBeUndefined()
})

test('--dry-run shows each setting as it is and as it would be, and changes nothing', async () => {
  const {sandbox, run} = await withProd()
  const {stdout} = await run(StagesUpdate, [
    ...['prod', '--description', 'x', '--tracing', '--var', 'a=1', '--throttle-rate', '5', '--tag', 't=u', '--dry-run'],
  ])
  expect(stdout.split('\n').map(line => line.split('\t')[3])).toEqual([
    'description: live → x',
    'tracing: off → on',
    'variable a: none → 1',
    'rate of all methods: none → 5',
    'tag t: none → u',
    undefined,
  ])
  const dry = await run(StagesDelete, ['prod', '--dry-run'])
  expect(dry).toMatchObject({stdout: 'delete\tstage\tprod\tof petstore\n', exitCode: 0})
  await run(StagesCreate, ['beta', '--dry-run'])
  expect([...sandbox.calls.keys()].filter(name => /^(Update|Tag|Delete|CreateStage)/.test(name))).toEqual([])
})

test.each([
  [[]],
  [['--throttle-rate', 'fast']],
  [['--throttle-burst', '-1']],
  [['--cache-size', '2']],
  [['--cache-ttl', '3601']],
  [['--throttle-rate', '5', '--no-throttle']],
  [['--inherit']],
  [['--method', 'GET /pets', '--inherit', '--metrics']],
  [['--method', 'GET /pets']],
  [['--method', '/pets', '--metrics']],
  [['--var', 'a-b=1']],
  [['--var', 'a=ü']],
  [['--throttle', 'fast']],
  [['--throttle', '5']],
  [['--throttle', '5/-1']],
  [['--throttle', '/pets=5/10']],
  [['--throttle', 'GET /pets=']],
  [['--throttle', '5/10', '--throttle-rate', '5']],
  [['--throttle', '5/10', '--method', 'GET /pets']],
  [['--cache-refresh', 'nobody']],
])('update %j is wrong usage, before anything is sent', async argv => {
  const {sandbox, run} = await withProd()
  expect((await run(StagesUpdate, ['prod', ...argv])).exitCode).toBe(2)
  expect(sandbox.calls.get('UpdateStage')).toBeUndefined()
})

test('update of a method that the API does not have is missing, with those it has', async () => {
  const {run} = await withProd()
  const {stderr, exitCode} = await run(StagesUpdate, ['prod', '--method', 'GET /pet', '--metrics'])
  expect(stderr).toContain('petstore has no method "GET /pet".\nIt has: GET /pets\n')
  expect(exitCode).toBe(3)
})

test('update limits all methods and single ones in one call, and gives limits back', async () => {
  const {sandbox, run, prod} = await withProd()
  const {stderr} = await run(StagesUpdate, [
    'prod',
    '--throttle',
    'get /pets=5/10',
    '--throttle',
    '100.5/200',
    '--metrics',
  ])
  expect(sandbox.calls.get('UpdateStage')).toBe(1)
  expect(sandbox.calls.get('GetResources')).toBe(1)
  expect((await prod()).methodSettings).toMatchObject({
    '*/*': {throttlingRateLimit: 100.5, throttlingBurstLimit: 200, metricsEnabled: true},
    // Set after those of all methods, which it starts from.
    '~1pets/GET': {throttlingRateLimit: 5, throttlingBurstLimit: 10, metricsEnabled: true},
  })
  expect(stderr).toContain('GET /pets has all its settings for itself from now on')
  expect((await run(StagesUpdate, ['prod', '--throttle', 'GET /pets=off', '--throttle', 'off'])).stderr).toBe('')
  expect((await prod()).methodSettings).toMatchObject({
    '*/*': {throttlingRateLimit: -1, throttlingBurstLimit: -1},
    '~1pets/GET': {throttlingRateLimit: -1, throttlingBurstLimit: -1},
  })
})

test('update of a limit holds for the next request, and off lets it through again', async () => {
  const {run, sandbox, restApiId} = await withProd()
  const statuses = async () => {
    const answers = [1, 2, 3].map(() => fetch(`${sandbox.url}/execute-api/${restApiId}/prod/pets`))
    return (await Promise.all(answers)).map(({status}) => status).sort()
  }
  expect(await statuses()).toEqual([200, 200, 200])
  await run(StagesUpdate, ['prod', '--throttle', 'GET /pets=0.001/1'])
  expect(await statuses()).toEqual([200, 429, 429])
  await run(StagesUpdate, ['prod', '--throttle', 'GET /pets=off'])
  expect(await statuses()).toEqual([200, 200, 200])
})

test('update sets what a cache does with clients that want a fresh answer, and encryption, for all or one method', async () => {
  const {run, prod} = await withProd()
  await run(StagesUpdate, ['prod', '--cache-size', '0.5', '--caching', '--cache-encryption', '--cache-refresh', 'deny'])
  await run(StagesUpdate, ['prod', '--method', 'GET /pets', '--cache-refresh', 'anyone', '--no-cache-encryption'])
  expect((await prod()).methodSettings).toMatchObject({
    '*/*': {
      cachingEnabled: true,
      cacheDataEncrypted: true,
      requireAuthorizationForCacheControl: true,
      unauthorizedCacheControlHeaderStrategy: 'FAIL_WITH_403',
    },
    '~1pets/GET': {cachingEnabled: true, cacheDataEncrypted: false, requireAuthorizationForCacheControl: false},
  })
  const {stdout} = await run(StagesGet, ['prod'], {tty: true, env: {NO_COLOR: '1'}})
  expect(stdout).toMatch(/^all methods .*cached for 300 s, encrypted, refreshing without permission is a 403$/m)
  expect(stdout).toMatch(/^single methods +GET \/pets \(.*cached for 300 s, anyone may refresh\)$/m)
})

test.each([
  ['warn', 'SUCCEED_WITH_RESPONSE_HEADER'],
  ['ignore', 'SUCCEED_WITHOUT_RESPONSE_HEADER'],
])('--cache-refresh %s is %s', async (word, strategy) => {
  const {run, prod} = await withProd()
  await run(StagesUpdate, ['prod', '--cache-refresh', 'anyone'])
  await run(StagesUpdate, ['prod', '--cache-refresh', word])
  expect((await prod()).methodSettings?.['*/*']).toMatchObject({
    requireAuthorizationForCacheControl: true,
    unauthorizedCacheControlHeaderStrategy: strategy,
  })
})

test('get shows variables, tags and the settings of single methods a line each', async () => {
  const {run} = await withProd()
  await run(StagesUpdate, ['prod', '--var', 'a=1', '--var', 'b=2', '--tag', 't=u', '--tag', 'v=w', '--throttle', '1/2'])
  await run(StagesUpdate, ['prod', '--throttle', 'GET /pets=3/4'])
  const {stdout} = await run(StagesGet, ['prod'], {tty: true, env: {NO_COLOR: '1'}})
  expect(stdout).toMatch(/^variables +a=1\n +b=2\n/m)
  expect(stdout).toMatch(/^tags +t=u\n +v=w\n/m)
  expect((await run(StagesGet, ['prod', '-o', 'tsv'])).stdout.split('\n')).toHaveLength(2)
})

test('variables come from a file or stdin, too, and those that are named win over it', async () => {
  const {run, prod} = await withProd()
  const file = join(mkdtempSync(join(tmpdir(), 'apigw-vars-')), 'vars')
  writeFileSync(file, '# of production\n\ntable=pets\r\nurl=http://a.example/?x=1\n  level=2  \n')
  expect((await run(StagesUpdate, ['prod', '--vars-file', file, '--var', 'level=3'])).exitCode).toBe(0)
  expect((await prod()).variables).toEqual({table: 'pets', url: 'http://a.example/?x=1', level: '3'})
  await run(StagesUpdate, ['prod', '--vars-file', '-'], {stdin: 'table=cats\n'})
  expect((await prod()).variables).toMatchObject({table: 'cats', level: '3'})
  const wrong = await run(StagesUpdate, ['prod', '--vars-file', '-'], {stdin: 'a=1\nno pair\n'})
  expect(wrong).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('Line 2 of stdin is not of the form NAME=VALUE.'),
  })
  await run(StagesCreate, ['beta', '--vars-file', file])
  expect((await run(StagesGet, ['beta', '--query', 'variables.table'])).stdout).toBe('pets\n')
})

test('a client certificate and a version of the documentation must be there to be set, and can be taken away', async () => {
  const {run, prod, apigateway, restApiId, sandbox} = await withProd()
  const {clientCertificateId: id = ''} = await apigateway.generateClientCertificate({})
  await apigateway.createDocumentationPart({restApiId, location: {type: 'API'}, properties: '{"info": {"title": "x"}}'})
  await apigateway.createDocumentationVersion({restApiId, documentationVersion: '1.0'})
  const nope = await run(StagesUpdate, ['prod', '--client-certificate', 'nope'])
  expect(nope).toMatchObject({
    exitCode: 3,
    stderr: expect.stringContaining(`There is no client certificate "nope".\nThere is: ${id}`),
  })
  const old = await run(StagesUpdate, ['prod', '--documentation-version', '0.9'])
  expect(old).toMatchObject({
    exitCode: 3,
    stderr: expect.stringContaining('There is no documentation version "0.9".\nThere is: 1.0'),
  })
  expect((await run(StagesCreate, ['beta', '--documentation-version', '2'])).exitCode).toBe(3)
  expect(sandbox.calls.get('UpdateStage') ?? sandbox.calls.get('CreateStage')).toBeUndefined()
  await run(StagesUpdate, ['prod', '--client-certificate', id, '--documentation-version', '1.0'])
  expect(await prod()).toMatchObject({clientCertificateId: id, documentationVersion: '1.0'})
  await run(StagesUpdate, ['prod', '--client-certificate', 'none', '--documentation-version', 'none'])
  expect((await prod()).clientCertificateId ?? '').toBe('')
  expect((await prod()).documentationVersion ?? '').toBe('')
})

test('update puts a web ACL in front of a stage, where it blocks, and takes it away; WAF is called for nothing else', async () => {
  const {run, prod, sandbox, restApiId, wafv2} = await withProd()
  const acl = await blockingAcl(wafv2)
  const status = async () => (await fetch(`${sandbox.url}/execute-api/${restApiId}/prod/pets`)).status
  const set = await run(StagesUpdate, ['prod', '--web-acl', acl, '--description', 'guarded'])
  expect({exitCode: set.exitCode, status: await status()}).toEqual({exitCode: 0, status: 403})
  expect(await prod()).toMatchObject({webAclArn: acl, description: 'guarded'})
  await run(StagesUpdate, ['prod', '--web-acl', acl])
  expect(sandbox.calls.get('AssociateWebACL')).toBe(1)
  const dry = await run(StagesUpdate, ['prod', '--web-acl', 'none', '--dry-run'])
  expect(dry.stdout).toBe(`update\tstage\tprod\tweb ACL: ${acl} → none\n`)
  await run(StagesUpdate, ['prod', '--web-acl', 'none'])
  expect(await status()).toBe(200)
  await run(StagesUpdate, ['prod', '--web-acl', 'none', '--tracing'])
  expect(sandbox.calls.get('DisassociateWebACL')).toBe(1)
})

test.each([
  ['acl-1', 'is not the ARN of a web ACL.\nIt is like arn:aws:wafv2:us-east-1:ACCOUNT:regional/webacl/NAME/ID'],
  [
    'arn:aws:wafv2:us-east-1:123456789012:global/webacl/a/1',
    'This web ACL is for CloudFront; a stage takes a regional one.',
  ],
  ['arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/a/1', 'This web ACL is in eu-west-1, the stage in us-east-1'],
])('the web ACL %s is refused before anything is changed', async (arn, text) => {
  const {run, sandbox} = await withProd()
  const {exitCode, stderr} = await run(StagesUpdate, ['prod', '--web-acl', arn, '--tracing'])
  expect({exitCode, stderr}).toEqual({exitCode: 2, stderr: expect.stringContaining(text)})
  expect(sandbox.calls.get('UpdateStage')).toBeUndefined()
})

test('a web ACL that WAF does not know is missing; the settings that were made before it are told', async () => {
  const {run, prod} = await withProd()
  const arn = 'arn:aws:wafv2:us-east-1:123456789012:regional/webacl/gone/0a1b'
  const {exitCode, stderr} = await run(StagesUpdate, ['prod', '--web-acl', arn, '--description', 'guarded'])
  expect(exitCode).toBe(3)
  expect(stderr).toContain(
    'The settings of prod were changed, but not the web ACL: AWS WAF couldn’t perform the operation',
  )
  expect((await prod()).description).toBe('guarded')
})

test('delete wants the name, says which usage plans lose the stage, and leaves the deployment', async () => {
  const {run, apigateway, restApiId, deploymentId} = await withProd()
  await apigateway.createUsagePlan({name: 'gold', apiStages: [{apiId: restApiId, stage: 'prod'}]})
  const refused = await run(StagesDelete, ['prod'])
  expect(refused.stderr).toContain('It is taken off the usage plan gold, whose keys then open it no more')
  expect(refused.stderr).toContain('pass --confirm prod')
  expect(refused.exitCode).toBe(2)
  expect((await run(StagesDelete, ['prod', '--confirm', 'beta'])).exitCode).toBe(2)

  const {stdout, stderr, exitCode} = await run(StagesDelete, ['prod', '--confirm', 'prod', '--output', 'id'])
  expect({stdout, exitCode}).toEqual({stdout: 'prod\n', exitCode: 0})
  expect(stderr).toContain(`It served ${deploymentId}.`)
  expect((await apigateway.getStages({restApiId})).item).toEqual([])
  expect((await apigateway.getDeployments({restApiId})).items).toMatchObject([{id: deploymentId}])
})
