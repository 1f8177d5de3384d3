import {describe, expect, onTestFinished, test} from 'vitest'
import Deploy from '../../src/commands/deploy.js'
import RoutesAdd from '../../src/commands/routes/add.js'
import Status from '../../src/commands/status.js'
import type {ApiStatus} from '../../src/domain/status.js'
import type {Fault, SandboxOptions} from '../../src/sandbox/server.js'
import {apigw, type RunOptions} from '../support/apigw.js'
import {giveLoggingRole} from '../support/logging-role.js'
import {deployedMockApi} from '../support/mock-api.js'
import {petstore} from '../support/petstore.js'
import {sandboxForTest} from '../support/sandbox.js'

const PEOPLE = {tty: true, columns: 80, env: {NO_COLOR: '1'}}
const DENIED: Fault = {kind: 'error', status: 403, code: 'AccessDeniedException', message: 'Not for you.'}

/** petstore, deployed to prod, and `status` of it. */
async function withProd(options: SandboxOptions = {}) {
  const kit = await petstore(options)
  const {sandbox, apigateway, restApiId} = kit
  const {id = ''} = await apigateway.createDeployment({restApiId, stageName: 'prod', description: 'price list'})
  const status = (argv: readonly string[] = [], more: RunOptions = {}) =>
    apigw(Status, ['petstore', ...argv], {on: sandbox, ...more})
  const add = (path: string) => apigw(RoutesAdd, ['GET', path, '--api', 'petstore', '--mock'], {on: sandbox})
  const patch = (stageName: string, changes: Record<string, string>) =>
    apigateway.updateStage({
      restApiId,
      stageName,
      patchOperations: Object.entries(changes).map(([path, value]) => ({op: 'replace', path, value})),
    })
  const json = async (...argv: string[]): Promise<ApiStatus> => JSON.parse((await status([...argv, '--json'])).stdout)
  return {...kit, deploymentId: id, status, add, patch, json}
}

/** A block of the screen as its fields. */
function fields(screen: string, stage: string): Record<string, string> {
  const block = screen.split('\n\n').find(block => block.startsWith(stage)) ?? ''
  const lines = block.split('\n').slice(1)
  return Object.fromEntries(lines.map(line => [line.slice(2, 12).trim(), line.slice(12)]))
}

describe('what is not live', () => {
  test('an edit is a change that is not live, until it is deployed', async () => {
    const {sandbox, status, add, json} = await withProd()
    expect((await json()).stages).toMatchObject([{stage: 'prod', undeployed: 0, changes: [], untold: []}])
    await add('/toys')
    const {stages, advice} = await json()
    expect(stages).toMatchObject([
      {stage: 'prod', undeployed: 1, changes: [{change: 'added', kind: 'route', name: 'GET /toys'}]},
    ])
    expect(advice.slice(0, 2).map(({command}) => command)).toEqual([
      'apigw stages diff --api petstore --stage prod',
      'apigw deploy --api petstore --stage prod',
    ])
    expect(fields((await status([], PEOPLE)).stdout, 'prod').edited).toBe('1 change is not live: + GET /toys')

    await apigw(Deploy, ['--api', 'petstore', '--stage', 'prod'], {on: sandbox})
    const live = await json()
    expect(live.stages).toMatchObject([{stage: 'prod', undeployed: 0}])
    expect(live.advice.map(({command}) => command)).toEqual(['apigw logs enable --api petstore --stage prod'])
    expect(fields((await status([], PEOPLE)).stdout, 'prod').edited).toBe('all of it is live')
  })

  test('--exit-code ends with 8 while something is not, in words and in JSON, and with 0 when all is', async () => {
    const {status, add} = await withProd()
    expect((await status(['--exit-code'])).exitCode).toBe(0)
    await add('/toys')
    expect((await status()).exitCode).toBe(0)
    for (const argv of [['--exit-code'], ['--exit-code', '--json'], ['--exit-code', '--stage', 'prod']]) {
      expect(await status(argv)).toMatchObject({exitCode: 8, stdout: expect.stringContaining('prod')})
    }
  })

  test('a stage that cannot be compared says why and the rest is shown; --exit-code does not call that live', async () => {
    const {status} = await withProd({fault: ({operation}) => (operation === 'GetExport' ? DENIED : undefined)})
    const {stdout, stderr, exitCode} = await status([], PEOPLE)
    expect(fields(stdout, 'prod')).toMatchObject({edited: 'what of it is live is not known', logs: 'off'})
    expect({stderr, exitCode}).toEqual({
      stderr: 'What is not live on prod of petstore could not be found out: Not for you.\n',
      exitCode: 0,
    })
    const asked = await status(['--exit-code'])
    expect(asked.stderr).toContain('Whether all is live is not known')
    expect(asked.exitCode).toBe(1)
  })
})

describe('the screen', () => {
  test('tells of each stage what it serves and how it is set, within 80 columns', async () => {
    const {deploymentId, status, add, patch, ...kit} = await withProd()
    const {apigateway, restApiId} = kit
    await giveLoggingRole(kit)
    await apigateway.createDeployment({restApiId, stageName: 'beta', stageDescription: 'what comes next'})
    await patch('prod', {
      '/*/*/throttling/rateLimit': '100',
      '/*/*/throttling/burstLimit': '200',
      '/*/*/logging/loglevel': 'INFO',
      '/*/*/logging/dataTrace': 'true',
      '/~1pets/GET/logging/loglevel': 'ERROR',
      '/variables/table': 'pets',
      '/tracingEnabled': 'true',
      '/accessLogSettings/destinationArn': 'arn:aws:logs:us-east-1:123456789012:log-group:petstore-access',
      '/accessLogSettings/format': '$context.requestId',
    })
    await apigateway.createUsagePlan({name: 'gold', apiStages: [{apiId: restApiId, stage: 'prod'}]})
    await apigateway.createUsagePlan({name: 'silver', apiStages: [{apiId: restApiId, stage: 'prod'}]})
    const paths = ['/a', '/b', '/c', '/d', '/e', '/f', '/g', '/h'].map(path => `${path}/with-a-long-name`)
    for (const path of paths) await add(path)

    const {stdout, stderr} = await status([], {
      ...PEOPLE,
      env: {...PEOPLE.env, APIGW_INVOKE_URL: 'https://{api}.x/{stage}'},
    })
    expect(stderr).toBe('')
    expect(stdout).toMatch(new RegExp(`^petstore  ${restApiId}  regional  created just now\n\nprod\n  serves`))
    expect(fields(stdout, 'prod')).toEqual({
      serves: `${deploymentId}, just now: price list`,
      edited: expect.stringMatching(/^8 changes are not live: \+ GET \/a\/with-a-long-name.* and [67] more$/),
      logs: 'info with data trace, 1 method otherwise; access log to petstore-ac…',
      throttle: '100/s, burst 200',
      with: 'tracing, 1 variable',
      url: `https://${restApiId}.x/prod`,
      plans: 'gold, silver',
      updated: 'just now',
    })
    expect(stdout).toContain('\n\nbeta  what comes next\n  serves')
    expect(Object.keys(fields(stdout, 'beta'))).toEqual(['serves', 'edited', 'logs', 'url', 'updated'])
    const wide = stdout.split('\n').filter(line => line.length > 80)
    expect(wide).toEqual([])
    expect(stdout).toMatch(/\n\nWhat is not live on prod, beta: apigw stages diff --api petstore --stage prod\n/)
    expect(stdout).toMatch(/\nNothing is logged on beta: apigw logs enable --api petstore --stage beta\n$/)
  })

  test('is coloured by meaning, where colour is wanted', async () => {
    const {status, add} = await withProd()
    expect((await status([], {tty: true})).stdout).toContain('\u001b[32mall of it is live\u001b[39m')
    await add('/toys')
    expect((await status([], {tty: true})).stdout).toContain('\u001b[33m1 change is not live: + GET /toys\u001b[39m')
    expect((await status([], PEOPLE)).stdout).not.toContain('\u001b')
  })

  test('shows what comes from elsewhere without its control characters', async () => {
    const {sandbox, apigateway, restApiId} = await petstore()
    const evil = 'x\u001b]0;owned\u0007\u009b2J'
    await apigateway.createDeployment({restApiId, stageName: 'prod', description: evil, stageDescription: evil})
    await apigateway.updateRestApi({
      restApiId,
      patchOperations: [{op: 'replace', path: '/description', value: evil}],
    })
    await apigateway.createUsagePlan({name: evil, apiStages: [{apiId: restApiId, stage: 'prod'}]})
    const {stdout} = await apigw(Status, ['petstore'], {on: sandbox, ...PEOPLE})
    expect(stdout.match(/x\\x1b\]0;owned\\x07\\x9b2J/g)).toHaveLength(4)
    expect(stdout).not.toMatch(/\u001b|\u0007|\u009b/)
  })

  test('an API without stages names the command that makes one', async () => {
    const {sandbox} = await petstore()
    const {stdout, exitCode} = await apigw(Status, ['petstore', '--exit-code'], {on: sandbox, ...PEOPLE})
    expect(stdout).toContain('\n\nIt has no stage yet: apigw deploy --api petstore --stage NAME\n')
    expect(exitCode).toBe(0)
    expect((await apigw(Status, ['petstore'], {on: sandbox})).stdout).toBe('')
  })
})

test('a canary is shown with its share and what it gets, and where to look', async () => {
  const {apigateway, restApiId, status, json, deploymentId} = await withProd()
  const {id} = await apigateway.createDeployment({
    restApiId,
    stageName: 'prod',
    description: 'new prices',
    canarySettings: {percentTraffic: 10},
  })
  const {stages, advice, unusedDeployments} = await json()
  expect(stages).toMatchObject([
    {
      deployment: {id: deploymentId, description: 'price list'},
      canary: {percentTraffic: 10, deployment: {id, description: 'new prices'}},
    },
  ])
  expect(unusedDeployments).toBe(0)
  expect(advice).toContainEqual({
    text: 'How the canary of prod is doing',
    command: 'apigw canary status --api petstore --stage prod',
  })
  expect(fields((await status([], PEOPLE)).stdout, 'prod').canary).toBe(
    `10 % of the requests get ${id}, just now: new prices`,
  )
})

test('a cache is shown with what is going on with it', async () => {
  const creating: Fault = {
    kind: 'altered',
    change: output => ({
      item: (output.item as object[]).map(stage => ({...stage, cacheClusterStatus: 'CREATE_IN_PROGRESS'})),
    }),
  }
  let isNew = false
  const {status, patch} = await withProd({
    fault: ({operation}) => (isNew && operation === 'GetStages' ? creating : undefined),
  })
  await patch('prod', {'/cacheClusterEnabled': 'true', '/cacheClusterSize': '1.6'})
  expect(fields((await status([], PEOPLE)).stdout, 'prod').cache).toBe('1.6 GB')
  isNew = true
  expect(fields((await status([], PEOPLE)).stdout, 'prod').cache).toBe(
    '1.6 GB, is being created, which takes about four minutes',
  )
})

test('URLs that do not answer are told to be such', async () => {
  const {apigateway, restApiId, status} = await withProd()
  const path = '/disableExecuteApiEndpoint'
  await apigateway.updateRestApi({restApiId, patchOperations: [{op: 'replace', path, value: 'true'}]})
  expect((await status()).stderr).toBe(
    'The default endpoint of this API is switched off: its URLs answer 403 Forbidden.\n',
  )
})

test('custom domains are told by the URL that leads to the stage', async () => {
  const {apigateway, restApiId, json, status} = await withProd()
  await apigateway.createDeployment({restApiId, stageName: 'beta'})
  const other = await deployedMockApi(apigateway, ['prod'], {name: 'other'})
  const domainName = 'api.example.com'
  const regionalCertificateArn = 'arn:aws:acm:us-east-1:123456789012:certificate/1'
  await apigateway.createDomainName({domainName, regionalCertificateArn, endpointConfiguration: {types: ['REGIONAL']}})
  await apigateway.createBasePathMapping({domainName, restApiId, basePath: 'pets', stage: 'prod'})
  await apigateway.createBasePathMapping({domainName, restApiId, basePath: 'any'})
  await apigateway.createBasePathMapping({domainName, restApiId: other.restApiId, basePath: 'other', stage: 'prod'})
  const domains = (await json()).stages.map(({stage, domains}) => [stage, domains?.sort()])
  expect(Object.fromEntries(domains)).toEqual({
    prod: ['https://api.example.com/any/prod', 'https://api.example.com/pets'],
    beta: ['https://api.example.com/any/beta'],
  })
  expect((await status([], PEOPLE)).stdout).toContain('\n  domains   https://api.example.com/any/beta\n')
})

test('what may not be read is named on stderr, and the rest is shown', async () => {
  const refused = ['GetDomainNames', 'GetUsagePlans', 'GetDeployments']
  const {status, deploymentId} = await withProd({
    fault: ({operation}) => (refused.includes(operation) ? DENIED : undefined),
  })
  const {stdout, stderr, exitCode} = await status([], PEOPLE)
  expect(fields(stdout, 'prod')).toMatchObject({serves: deploymentId, edited: 'all of it is live', logs: 'off'})
  expect(stderr.split('\n')).toEqual([
    'The deployments of petstore could not be read: Not for you.',
    'The custom domains of petstore could not be read: Not for you.',
    'The usage plans of petstore could not be read: Not for you.',
    '',
  ])
  expect(exitCode).toBe(0)
  const {unread, unusedDeployments, stages} = JSON.parse((await status(['--json'])).stdout) as ApiStatus
  expect(unread).toContainEqual({what: 'usage plans', why: 'Not for you.'})
  expect(unusedDeployments).toBeUndefined()
  expect(stages[0]).not.toHaveProperty('plans')
})

test('twenty deployments that nothing serves are worth a word, and fewer are not', async () => {
  const {apigateway, restApiId, json} = await withProd()
  for (let i = 0; i < 19; i++) await apigateway.createDeployment({restApiId})
  expect((await json()).advice.map(({command}) => command).join()).not.toContain('prune')
  await apigateway.createDeployment({restApiId})
  const {advice, unusedDeployments} = await json()
  expect(unusedDeployments).toBe(20)
  expect(advice.at(-1)).toEqual({
    text: '20 deployments are not served by any stage',
    command: 'apigw deployments prune --keep 10 --api petstore',
  })
})

test('three stages with two deployments cost ten calls', async () => {
  const {sandbox, apigateway, restApiId, deploymentId, status} = await withProd()
  await apigateway.createDeployment({restApiId, stageName: 'beta'})
  await apigateway.createStage({restApiId, stageName: 'blue', deploymentId})
  const before = new Map(sandbox.calls)
  await status()
  const made = [...sandbox.calls].map(([name, count]) => [name, count - (before.get(name) ?? 0)] as const)
  expect(Object.fromEntries(made.filter(([, count]) => count > 0))).toEqual({
    GetRestApis: 1,
    GetStages: 1,
    GetDeployments: 1,
    GetDomainNames: 1,
    GetUsagePlans: 1,
    GetRestApi: 1,
    GetResources: 1,
    GetGatewayResponses: 1,
    GetExport: 2,
  })
})

test('ten stages are read side by side without a word of Node about so many listeners', async () => {
  const {apigateway, restApiId, json} = await withProd()
  for (let i = 1; i < 10; i++) await apigateway.createDeployment({restApiId, stageName: `stage${i}`})
  const warnings: Error[] = []
  const warn = (warning: Error) => warnings.push(warning)
  process.on('warning', warn)
  onTestFinished(() => void process.off('warning', warn))
  expect((await json()).stages.map(({undeployed}) => undeployed)).toEqual(Array(10).fill(0))
  expect(warnings.filter(({name}) => name === 'MaxListenersExceededWarning')).toEqual([])
})

test('--stage picks stages, as many as are named; one that is not there is missing', async () => {
  const {apigateway, restApiId, status} = await withProd()
  await apigateway.createDeployment({restApiId, stageName: 'beta'})
  await apigateway.createDeployment({restApiId, stageName: 'blue'})
  expect((await status(['-o', 'id', '--stage', 'blue', '--stage', 'prod'])).stdout).toBe('blue\nprod\n')
  expect(await status(['--stage', 'nope'])).toMatchObject({
    stdout: '',
    exitCode: 3,
    stderr: expect.stringContaining('no stage "nope"'),
  })
  // The stage that is set for other commands does not hide the rest of the screen.
  expect((await status(['-o', 'id'], {env: {APIGW_STAGE: 'beta'}})).stdout.split('\n')).toHaveLength(4)
})

test('in a pipe every stage is a row', async () => {
  const {apigateway, restApiId, deploymentId, status, add} = await withProd()
  await apigateway.createDeployment({restApiId, stageName: 'beta'})
  await add('/toys')
  const rows = (await status()).stdout
    .trimEnd()
    .split('\n')
    .map(line => line.split('\t'))
  expect(rows).toHaveLength(2)
  expect(rows[0]?.slice(0, 7)).toEqual(['prod', deploymentId, expect.stringMatching(/Z$/), '1', '', '', 'off'])
  const csv = (await status(['-o', 'csv'])).stdout
  expect(csv).toMatch(/^stage,deployment,deployed,not_live,canary,canary_deployment,logs,/)
})

test('--output markdown is a table of the stages with what is to be done', async () => {
  const {restApiId, status, add} = await withProd()
  await add('/toys')
  const {stdout} = await status(['-o', 'markdown'])
  expect(stdout).toMatch(new RegExp(`^### petstore \\(${restApiId}\\)\n\n\\| STAGE \\| DEPLOYMENT \\| NOT LIVE \\|`))
  expect(stdout).toMatch(/^\| prod \| \w+ \| 1 change is not live: \+ GET \/toys \|/m)
  expect(stdout).toMatch(/\n- To make it live on prod: `apigw deploy --api petstore --stage prod`\n/)
})

describe('--all', () => {
  /** Ten APIs with two stages; the edits of every third are not live. */
  async function many(options: SandboxOptions = {}) {
    const {sandbox, apigateway} = await sandboxForTest(options)
    const names = Array.from({length: 10}, (_, i) => `api${i}`)
    for (const [i, name] of names.entries()) {
      const {restApiId} = await deployedMockApi(apigateway, ['prod', 'beta'], {name})
      if (i % 3 !== 0) continue
      await apigateway.putGatewayResponse({restApiId, responseType: 'DEFAULT_4XX', statusCode: '418'})
      await apigateway.createDeployment({restApiId, stageName: 'beta'})
    }
    const all = (argv: readonly string[] = [], more: RunOptions = {}) =>
      apigw(Status, ['--all', ...argv], {on: sandbox, ...more})
    return {sandbox, apigateway, names, all}
  }

  test('is a line for each API, in their order, with the stages that are behind', async () => {
    const {all, names} = await many()
    const {stdout, exitCode} = await all(['--exit-code'], PEOPLE)
    const lines = stdout.trimEnd().split('\n')
    expect(lines[0]).toMatch(/^API +ID +TYPE +STAGES +NOT LIVE$/)
    expect(lines.slice(1).map(line => line.split(/ {2,}/)[0])).toEqual(names)
    expect(lines[1]).toMatch(/^api0 +\w{10} +edge +prod beta +prod 1$/)
    expect(lines[2]).toMatch(/^api1 +\w{10} +edge +prod beta +-$/)
    expect(exitCode).toBe(8)
  })

  test('takes no notice of the API that is set for other commands', async () => {
    const {all} = await many()
    expect((await all(['-o', 'id'], {env: {APIGW_API: 'api3'}})).stdout.trimEnd().split('\n')).toHaveLength(10)
    expect((await all(['--api', 'api3'])).exitCode).toBe(2)
  })

  test('goes on after an API that cannot be read, and names it', async () => {
    let count = 0
    const {all} = await many({
      fault: ({operation}) => (operation === 'GetStages' && ++count === 2 ? DENIED : undefined),
    })
    const {stdout, stderr, exitCode} = await all(['--json'])
    const found = JSON.parse(stdout) as {name: string; unread: object[]; stages: object[]}[]
    expect(found).toHaveLength(10)
    expect(found.filter(({unread}) => unread.length > 0)).toMatchObject([{stages: [], unread: [{what: 'stages'}]}])
    expect(stderr).toMatch(/^The stages of api\d could not be read: Not for you\.\n$/)
    expect(exitCode).toBe(0)
  })

  test('costs five calls for each API where all stages serve the same', async () => {
    const {sandbox, apigateway} = await sandboxForTest()
    for (const name of ['one', 'two']) {
      const {restApiId} = await deployedMockApi(apigateway, ['prod'], {name})
      const [deployment] = (await apigateway.getDeployments({restApiId})).items!
      await apigateway.createStage({restApiId, stageName: 'beta', deploymentId: deployment!.id})
    }
    const total = () => [...sandbox.calls.values()].reduce((sum, count) => sum + count, 0)
    const before = total()
    await apigw(Status, ['--all'], {on: sandbox})
    expect(total() - before).toBe(1 + 2 * 5)
  })
})
