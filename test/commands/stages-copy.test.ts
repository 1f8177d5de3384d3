import {mkdtempSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import StagesCopy from '../../src/commands/stages/copy.js'
import StagesGet from '../../src/commands/stages/get.js'
import type {SandboxOptions} from '../../src/sandbox/server.js'
import {apigw, type RunOptions} from '../support/apigw.js'
import {deployedApi, mock} from '../support/deployed-api.js'
import {functionModules, invocationArn} from '../support/functions.js'
import {clientsOn} from '../support/sandbox.js'

const COUNTER = `let calls = 0
export const handler = async () => ({statusCode: 200, body: String(++calls)})`

/** An API whose stage prod has something of everything. */
async function furnished(options: SandboxOptions = {}) {
  const api = await deployedApi(
    {
      'GET /table': mock('$stageVariables.table'),
      'GET /limited': mock('ok'),
      'GET /count': {integration: {type: 'AWS_PROXY', integrationHttpMethod: 'POST', uri: invocationArn('counter')}},
    },
    {functions: functionModules({counter: COUNTER}), ...options},
  )
  const {apigateway, restApiId} = api
  await api.logAt('ERROR', true)
  const {clientCertificateId = ''} = await apigateway.generateClientCertificate({})
  await apigateway.createDocumentationPart({restApiId, location: {type: 'API'}, properties: '{"info": {"title": "x"}}'})
  await apigateway.createDocumentationVersion({restApiId, documentationVersion: '1.0'})
  await api.patchStage({
    '/description': 'live',
    '/variables/table': 'pets',
    '/tracingEnabled': 'true',
    '/clientCertificateId': clientCertificateId,
    '/documentationVersion': '1.0',
    '/cacheClusterEnabled': 'true',
    '/cacheClusterSize': '1.6',
    '/accessLogSettings/destinationArn': 'arn:aws:logs:us-east-1:123456789012:log-group:access',
    '/accessLogSettings/format': '$context.requestId',
    '/*/*/metrics/enabled': 'true',
    '/*/*/throttling/rateLimit': '100.5',
    '/*/*/caching/dataEncrypted': 'true',
    '/*/*/caching/unauthorizedCacheControlHeaderStrategy': 'FAIL_WITH_403',
    // As some tools write it, and as it is documented.
    '/limited/GET/throttling/rateLimit': '0.001',
    '/limited/GET/throttling/burstLimit': '1',
    '/~1count/GET/caching/enabled': 'true',
    '/~1count/GET/caching/requireAuthorizationForCacheControl': 'false',
  })
  const stageArn = `arn:aws:apigateway:us-east-1::/restapis/${restApiId}/stages/prod`
  await apigateway.tagResource({resourceArn: stageArn, tags: {team: 'pets'}})
  const {wafv2} = clientsOn({url: api.url} as never)
  const acl = await wafv2.createWebACL({
    Name: 'open',
    Scope: 'REGIONAL',
    DefaultAction: {Allow: {}},
    VisibilityConfig: {SampledRequestsEnabled: false, CloudWatchMetricsEnabled: false, MetricName: 'open'},
  })
  await wafv2.associateWebACL({WebACLArn: acl.Summary?.ARN, ResourceArn: stageArn})
  const on = {url: api.url}
  const run = (argv: string[], more: RunOptions = {}) => apigw(StagesCopy, ['--api', 'pets', ...argv], {on, ...more})
  const get = (stageName: string) => apigateway.getStage({restApiId, stageName})
  return {api, on, run, get, acl: acl.Summary?.ARN}
}

/** What a stage is, without what makes it this one. */
function settingsOf(stage: object) {
  const {
    $metadata: _,
    stageName: __,
    createdDate: ___,
    lastUpdatedDate: ____,
    ...settings
  } = stage as Record<string, unknown>
  return settings
}

test('the copy has every setting that the service shows of the other, and says what it shares', async () => {
  const {run, get} = await furnished()
  const {exitCode, stderr} = await run(['prod', 'staging'])
  expect({exitCode, stderr}).toEqual({
    exitCode: 0,
    stderr: [
      'created stage staging',
      'changed the settings of stage staging',
      'put the web ACL in front of staging',
      'The access logs of staging go where those of prod go: arn:aws:logs:us-east-1:123456789012:log-group:access',
      'The cache of staging is its own: 1.6 GB, billed by the hour, and empty.',
      '',
    ].join('\n'),
  })
  const [prod, staging] = [settingsOf(await get('prod')), settingsOf(await get('staging'))]
  const {'limited/GET': limited, ...others} = prod.methodSettings as Record<string, unknown>
  expect(staging).toEqual({...prod, methodSettings: {...others, '~1limited/GET': limited}})
})

test('the copy answers as the other does, with limits, a cache and variables of its own', async () => {
  const {api, run} = await furnished()
  const body = async (route: string, stage: string) => (await api.call(route, {}, stage)).body
  const statuses = async (stage: string) => [
    (await api.call('GET /limited', {}, stage)).status,
    (await api.call('GET /limited', {}, stage)).status,
  ]
  expect(await statuses('prod')).toEqual([200, 429])
  expect([await body('GET /count', 'prod'), await body('GET /count', 'prod')]).toEqual(['1', '1'])
  expect((await api.call('GET /table', {}, 'staging')).status).toBe(403)
  await run(['prod', 'staging', '--var', 'table=test'])
  expect(await statuses('staging')).toEqual([200, 429])
  expect([await body('GET /count', 'staging'), await body('GET /count', 'staging')]).toEqual(['2', '2'])
  expect([await body('GET /table', 'prod'), await body('GET /table', 'staging')]).toEqual(['pets', 'test'])
})

test('--dry-run shows every setting, and makes nothing', async () => {
  const {api, run, acl} = await furnished()
  const {stdout, exitCode} = await run(['prod', 'staging', '--dry-run'])
  expect(exitCode).toBe(0)
  const details = stdout
    .trimEnd()
    .split('\n')
    .map(line => line.split('\t').slice(3).join(' '))
  expect(details).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^serving \w{6}, with the settings of prod$/),
      'description: none → live',
      'cache: off → 1.6',
      'tracing: off → on',
      'documentation version: none → 1.0',
      'variable table: none → pets',
      'format of the access log: none → $context.requestId',
      'log level of all methods: none → ERROR',
      'rate of GET /limited: none → 0.001',
      'refreshing without permission of all methods: none → FAIL_WITH_403',
      'tag team: none → pets',
      `web ACL: none → ${acl}`,
    ]),
  )
  expect((await api.apigateway.getStages({restApiId: api.restApiId})).item).toHaveLength(1)
})

test('onto a stage that is there it wants --overwrite; a protected one wants --yes besides', async () => {
  const {api, run, get} = await furnished()
  await api.deploy('staging')
  await api.patchStage({'/variables/debug': '1', '/~1table/GET/throttling/rateLimit': '5'}, 'staging')
  expect(await run(['prod', 'staging'])).toMatchObject({
    exitCode: 5,
    stderr: expect.stringContaining(
      'pets has a stage "staging" already.\nTo make its settings those of prod: --overwrite',
    ),
  })
  const cwd = mkdtempSync(join(tmpdir(), 'apigw-project-'))
  writeFileSync(join(cwd, '.apigw.yaml'), 'protectedStages: [staging]\n')
  expect(await run(['prod', 'staging', '--overwrite'], {cwd})).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('staging is a protected stage.'),
  })
  expect((await get('staging')).variables).toEqual({debug: '1'})
  expect((await run(['prod', 'staging', '--overwrite', '--yes'], {cwd})).exitCode).toBe(0)
  const [{methodSettings}, prod] = [await get('staging'), await get('prod')]
  expect((await get('staging')).variables).toEqual({table: 'pets'})
  expect(Object.keys(methodSettings ?? {}).sort()).toEqual(['*/*', '~1count/GET', '~1limited/GET'])
  expect((await get('staging')).deploymentId).toBe(prod.deploymentId)
})

test('a stage of another key form keeps it: no method is set twice', async () => {
  const {api, run, get} = await furnished()
  await api.deploy('staging')
  await api.patchStage({'/count/GET/caching/enabled': 'false', '/~1limited/GET/throttling/rateLimit': '5'}, 'staging')
  await run(['prod', 'staging', '--overwrite'])
  const {methodSettings = {}} = await get('staging')
  expect(Object.keys(methodSettings).sort()).toEqual(['*/*', 'count/GET', '~1limited/GET'])
  expect(methodSettings['count/GET']).toEqual((await get('prod')).methodSettings?.['~1count/GET'])
})

test('--with-plans puts it on the usage plans of the other, with the limits of single methods, so that its keys open it', async () => {
  const {api, run} = await furnished()
  await api.put('GET /keyed', mock('ok', {apiKeyRequired: true}))
  await api.deploy()
  const {apigateway, restApiId} = api
  const throttle = {'/keyed/GET': {rateLimit: 9, burstLimit: 9}}
  const plan = await apigateway.createUsagePlan({
    name: 'gold',
    apiStages: [{apiId: restApiId, stage: 'prod', throttle}],
  })
  const value = 'k'.repeat(40)
  const key = await apigateway.createApiKey({name: 'mobile', enabled: true, value})
  await apigateway.createUsagePlanKey({usagePlanId: plan.id, keyId: key.id, keyType: 'API_KEY'})
  const status = async (stage: string) => (await api.call('GET /keyed', {headers: {'x-api-key': value}}, stage)).status
  const without = await run(['prod', 'first'])
  expect(without.stderr).toContain(
    'prod is on the usage plan gold, first is not: its keys do not open first (--with-plans)',
  )
  await run(['prod', 'second', '--with-plans'])
  expect([await status('prod'), await status('first'), await status('second')]).toEqual([200, 403, 200])
  const {apiStages} = await apigateway.getUsagePlan({usagePlanId: plan.id})
  expect(apiStages).toContainEqual({apiId: restApiId, stage: 'second', throttle})
})

test('what failed half-way is finished by the command that the message names', async () => {
  const denied = {kind: 'error', status: 400, code: 'AccessDeniedException', message: 'No.'} as const
  let broken = true
  const {run, get, acl} = await furnished({
    fault: ({operation, count}) => (operation === 'AssociateWebACL' && count > 1 && broken ? denied : undefined),
  })
  const {exitCode, stderr} = await run(['prod', 'staging'])
  expect(exitCode).toBe(4)
  expect(stderr).toContain('Done before that: created stage staging, changed the settings of stage staging.')
  expect(stderr).toContain('\nTo finish: apigw stages copy prod staging --api pets --overwrite\n')
  broken = false
  expect((await run(['prod', 'staging', '--overwrite'])).exitCode).toBe(0)
  expect((await get('staging')).webAclArn).toBe(acl)
})

test('--json is the copy as stages get shows it', async () => {
  const {run, on} = await furnished()
  const copy = JSON.parse((await run(['prod', 'staging', '--json'])).stdout)
  const shown = await apigw(StagesGet, ['staging', '--api', 'pets', '--json'], {on})
  expect(copy).toEqual(JSON.parse(shown.stdout))
})
