import {mkdtemp, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {beforeAll, describe, expect, onTestFinished, test} from 'vitest'
import {type SandboxOptions, startSandbox} from '../../src/sandbox/server.js'
import {type AwsCli, awsOn, findAwsCli} from './support/aws-cli.js'

/*
 * The sandbox against a client that is not ours and that was written for the real service: what the AWS CLI does on AWS
 * it must be able to do here.
 */

let cli: AwsCli

beforeAll(async () => {
  cli = await findAwsCli()
})

async function sandboxWithCli(options: SandboxOptions = {}) {
  const sandbox = await startSandbox(options)
  onTestFinished(() => sandbox.stop())
  const call = (apiId: string, path: string, headers: Record<string, string> = {}) =>
    fetch(`${sandbox.url}/execute-api/${apiId}${path}`, {headers})
  return {sandbox, call, ...awsOn(cli, sandbox.url)}
}

type Aws = Awaited<ReturnType<typeof sandboxWithCli>>['aws']

/** An API with `GET /pets` that answers from a mock, made call by call. */
async function makePets(aws: Aws, ...methodFlags: string[]): Promise<string> {
  const api = await aws('apigateway', 'create-rest-api', '--name', 'pets')
  const {items} = await aws('apigateway', 'get-resources', '--rest-api-id', api.id)
  expect(items).toEqual([{id: expect.any(String), path: '/'}])
  const [{id: parentId}] = items
  const pets = await aws(
    ...['apigateway', 'create-resource', '--rest-api-id', api.id],
    ...['--parent-id', parentId, '--path-part', 'pets'],
  )
  expect(pets).toMatchObject({path: '/pets', pathPart: 'pets', parentId})
  const method = ['--rest-api-id', api.id, '--resource-id', pets.id, '--http-method', 'GET']
  await aws('apigateway', 'put-method', ...method, '--authorization-type', 'NONE', ...methodFlags)
  await aws(
    ...['apigateway', 'put-integration', ...method, '--type', 'MOCK'],
    ...['--request-templates', '{"application/json":"{\\"statusCode\\": 200}"}'],
  )
  await aws('apigateway', 'put-method-response', ...method, '--status-code', '200')
  await aws(
    ...['apigateway', 'put-integration-response', ...method, '--status-code', '200'],
    ...['--response-templates', '{"application/json":"[\\"rex\\"]"}'],
  )
  return api.id
}

async function makeLoggingRole(aws: Aws): Promise<string> {
  const trust = {
    Version: '2012-10-17',
    Statement: [{Effect: 'Allow', Principal: {Service: 'apigateway.amazonaws.com'}, Action: 'sts:AssumeRole'}],
  }
  const {Role} = await aws(
    ...['iam', 'create-role', '--role-name', 'apigateway-logs'],
    ...['--assume-role-policy-document', JSON.stringify(trust)],
  )
  await aws(
    ...['iam', 'attach-role-policy', '--role-name', 'apigateway-logs', '--policy-arn'],
    'arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs',
  )
  const read = await aws('iam', 'get-role', '--role-name', 'apigateway-logs')
  // The CLI decodes the document; it could not if it were not encoded as IAM does it.
  expect(read.Role.AssumeRolePolicyDocument).toEqual(trust)
  return Role.Arn
}

test('an API made call by call is deployed, called, changed without effect until it is deployed again', async () => {
  const {aws, call} = await sandboxWithCli()
  const id = await makePets(aws)
  await aws('apigateway', 'create-deployment', '--rest-api-id', id, '--stage-name', 'prod')
  const response = await call(id, '/prod/pets')
  expect(response.status).toBe(200)
  expect(await response.json()).toEqual(['rex'])
  expect((await call(id, '/prod/cats')).status).toBe(403)

  const {items} = await aws('apigateway', 'get-resources', '--rest-api-id', id)
  const pets = items.find(({path}: {path: string}) => path === '/pets')
  expect(Object.keys(pets.resourceMethods)).toEqual(['GET'])
  await aws('apigateway', 'delete-resource', '--rest-api-id', id, '--resource-id', pets.id)
  expect((await call(id, '/prod/pets')).status).toBe(200)
  // An API needs a method to be deployed.
  const root = items.find(({path}: {path: string}) => path === '/')
  const method = ['--rest-api-id', id, '--resource-id', root.id, '--http-method', 'GET']
  await aws('apigateway', 'put-method', ...method, '--authorization-type', 'NONE')
  await aws('apigateway', 'put-integration', ...method, '--type', 'MOCK')
  await aws('apigateway', 'create-deployment', '--rest-api-id', id, '--stage-name', 'prod')
  expect((await call(id, '/prod/pets')).status).toBe(403)
})

test('a method that wants a key is opened by a key on a usage plan, until its quota is used up', async () => {
  // A clock that stands still: the day must not change between the calls and the question how many there were.
  const {aws, call} = await sandboxWithCli({millis: () => Date.UTC(2026, 5, 1, 12)})
  const id = await makePets(aws, '--api-key-required')
  await aws('apigateway', 'create-deployment', '--rest-api-id', id, '--stage-name', 'prod')
  expect((await call(id, '/prod/pets')).status).toBe(403)

  const key = await aws('apigateway', 'create-api-key', '--name', 'mobile', '--enabled')
  expect(key).toMatchObject({name: 'mobile', enabled: true})
  const plan = await aws(
    ...['apigateway', 'create-usage-plan', '--name', 'gold', '--api-stages', `apiId=${id},stage=prod`],
    ...['--quota', 'limit=2,period=DAY', '--throttle', 'burstLimit=100,rateLimit=100'],
  )
  expect(plan).toMatchObject({apiStages: [{apiId: id, stage: 'prod'}], quota: {limit: 2, offset: 0, period: 'DAY'}})
  expect((await call(id, '/prod/pets', {'x-api-key': key.value})).status).toBe(403)
  await aws(
    ...['apigateway', 'create-usage-plan-key', '--usage-plan-id', plan.id],
    ...['--key-id', key.id, '--key-type', 'API_KEY'],
  )
  const statuses: number[] = []
  for (let i = 0; i < 3; i++) statuses.push((await call(id, '/prod/pets', {'x-api-key': key.value})).status)
  expect(statuses).toEqual([200, 200, 429])

  const listed = await aws('apigateway', 'get-api-keys', '--include-values')
  expect(listed.items).toMatchObject([{id: key.id, value: key.value}])
  const usage = await aws(
    ...[
      'apigateway',
      'get-usage',
      '--usage-plan-id',
      plan.id,
      '--start-date',
      '2026-06-01',
      '--end-date',
      '2026-06-01',
    ],
  )
  expect(usage.items).toEqual({[key.id]: [[2, 0]]})
})

test('execution logs need the account role, made with IAM, and are read back with their pages', async () => {
  const {aws, result, call} = await sandboxWithCli({logScanLimit: 3})
  const id = await makePets(aws)
  await aws('apigateway', 'create-deployment', '--rest-api-id', id, '--stage-name', 'prod')
  const enable = [
    ...['apigateway', 'update-stage', '--rest-api-id', id, '--stage-name', 'prod', '--patch-operations'],
    'op=replace,path=/*/*/logging/loglevel,value=INFO',
  ]
  const refused = await result(...enable)
  expect(refused.exitCode).not.toBe(0)
  expect(refused.stderr).toContain(
    '(BadRequestException) when calling the UpdateStage operation: CloudWatch Logs role ARN must be set in account settings to enable logging',
  )

  const arn = await makeLoggingRole(aws)
  const account = await aws(
    ...['apigateway', 'update-account', '--patch-operations', `op=replace,path=/cloudwatchRoleArn,value=${arn}`],
  )
  expect(account.cloudwatchRoleArn).toBe(arn)
  const stage = await aws(...enable)
  expect(stage.methodSettings['*/*'].loggingLevel).toBe('INFO')
  await call(id, '/prod/pets')
  await call(id, '/prod/pets')

  const group = `API-Gateway-Execution-Logs_${id}/prod`
  const filter = ['logs', 'filter-log-events', '--log-group-name', group, '--filter-pattern']
  // The CLI goes on through empty pages: only three events are looked at for each.
  const {events} = await aws(...filter, '"Method completed with status: 200"')
  expect(events).toHaveLength(2)
  expect(events[0].message).toMatch(/^\([0-9a-f-]{36}\) Method completed with status: 200$/)
  expect((await aws(...filter, '%status: 5\\d\\d%')).events).toEqual([])

  const streams = await aws('logs', 'describe-log-streams', '--log-group-name', group, '--order-by', 'LastEventTime')
  const [{logStreamName}] = streams.logStreams
  const stream = ['--log-group-name', group, '--log-stream-name', logStreamName, '--start-from-head']
  const read = await aws('logs', 'get-log-events', ...stream)
  expect(read.events.length).toBeGreaterThan(3)
  const rest = await aws('logs', 'get-log-events', ...stream, '--next-token', read.nextForwardToken)
  expect(rest).toMatchObject({events: [], nextForwardToken: read.nextForwardToken})
})

test('logs tail of the CLI, where it is version 2, prints every event once and in order', async ({skip}) => {
  if (cli.major < 2) skip(`${cli.path} is version 1, which has no "logs tail"`)
  const {aws, result} = await sandboxWithCli({logScanLimit: 2})
  const now = Date.now()
  const put = (name: string, events: {timestamp: number; message: string}[]) =>
    aws(
      ...['logs', 'put-log-events', '--log-group-name', 'g', '--log-stream-name', name],
      ...['--log-events', JSON.stringify(events)],
    )
  await aws('logs', 'create-log-group', '--log-group-name', 'g')
  for (const name of ['a', 'b']) {
    await aws('logs', 'create-log-stream', '--log-group-name', 'g', '--log-stream-name', name)
  }
  await put(
    'a',
    [1, 3, 5].map(n => ({timestamp: now - 1000 + n, message: `line ${n}`})),
  )
  await put(
    'b',
    [2, 4].map(n => ({timestamp: now - 1000 + n, message: `line ${n}`})),
  )
  const tail = await result('logs', 'tail', 'g', '--since', '1h', '--format', 'short')
  expect(tail.stderr).toBe('')
  const lines = tail.stdout.trim().split('\n')
  expect(lines.map(line => line.replace(/^\S+ /, ''))).toEqual([1, 2, 3, 4, 5].map(n => `line ${n}`))
})

test('a definition is imported, deployed, called and exported again', async () => {
  const {aws, result, call} = await sandboxWithCli()
  const folder = await mkdtemp(join(tmpdir(), 'apigw-aws-cli-'))
  const definition = {
    openapi: '3.0.1',
    info: {title: 'imported', version: '1'},
    paths: {
      '/hello': {
        get: {
          responses: {200: {description: 'ok'}},
          'x-amazon-apigateway-integration': {
            type: 'mock',
            requestTemplates: {'application/json': '{"statusCode": 200}'},
            responses: {default: {statusCode: '200', responseTemplates: {'application/json': '{"hello":"world"}'}}},
          },
        },
      },
    },
  }
  await writeFile(join(folder, 'api.json'), JSON.stringify(definition))
  const body = `fileb://${join(folder, 'api.json')}`
  const api = await aws(
    'apigateway',
    'import-rest-api',
    '--body',
    body,
    '--parameters',
    'endpointConfigurationTypes=REGIONAL',
  )
  expect(api).toMatchObject({name: 'imported', endpointConfiguration: {types: ['REGIONAL']}})
  await aws('apigateway', 'create-deployment', '--rest-api-id', api.id, '--stage-name', 'v1')
  expect(await (await call(api.id, '/v1/hello')).json()).toEqual({hello: 'world'})

  const out = join(folder, 'export.json')
  const exported = await result(
    ...['apigateway', 'get-export', '--rest-api-id', api.id, '--stage-name', 'v1', '--export-type', 'oas30', out],
  )
  expect(exported.stderr).toBe('')
  expect(JSON.parse(exported.stdout).contentType).toBe('application/octet-stream')
  const again = await aws('apigateway', 'import-rest-api', '--body', `fileb://${out}`)
  const {items} = await aws('apigateway', 'get-resources', '--rest-api-id', again.id)
  expect(items.map(({path}: {path: string}) => path).sort()).toEqual(['/', '/hello'])

  await writeFile(join(folder, 'junk.json'), 'junk')
  const junk = await result('apigateway', 'import-rest-api', '--body', `fileb://${join(folder, 'junk.json')}`)
  expect(junk.stderr).toContain(
    '(BadRequestException) when calling the ImportRestApi operation: Invalid OpenAPI input.',
  )
})

describe('what the CLI makes of lists, times and errors', () => {
  test('it reads all pages of a list of APIs, and dates as dates', async () => {
    const {aws} = await sandboxWithCli()
    for (const name of ['a', 'b', 'c']) await aws('apigateway', 'create-rest-api', '--name', name)
    const {items} = await aws('apigateway', 'get-rest-apis', '--page-size', '1')
    expect(items.map(({name}: {name: string}) => name).sort()).toEqual(['a', 'b', 'c'])
    const created = items[0].createdDate
    // Version 1 prints seconds since 1970, version 2 an ISO date.
    const seconds = typeof created === 'number' ? created : Date.parse(created) / 1000
    expect(Math.abs(seconds - Date.now() / 1000)).toBeLessThan(600)
  })

  test('errors have their code and message, in all protocols', async () => {
    const {result} = await sandboxWithCli()
    const failure = async (...args: string[]) => (await result(...args)).stderr.trim()
    expect(await failure('apigateway', 'get-rest-api', '--rest-api-id', 'nope')).toContain(
      'An error occurred (NotFoundException) when calling the GetRestApi operation: Invalid API identifier specified 123456789012:nope',
    )
    expect(await failure('apigatewayv2', 'get-api', '--api-id', 'nope')).toContain(
      'An error occurred (NotFoundException) when calling the GetApi operation: Invalid API identifier specified 123456789012:nope',
    )
    expect(await failure('logs', 'get-log-events', '--log-group-name', 'g', '--log-stream-name', 's')).toContain(
      'An error occurred (ResourceNotFoundException) when calling the GetLogEvents operation: The specified log group does not exist.',
    )
    expect(await failure('iam', 'get-role', '--role-name', 'nope')).toContain(
      'An error occurred (NoSuchEntity) when calling the GetRole operation: The role with name nope cannot be found.',
    )
  })

  test('the caller and a WebSocket API are found', async () => {
    const {aws} = await sandboxWithCli()
    expect(await aws('sts', 'get-caller-identity')).toMatchObject({Account: '123456789012'})
    const api = await aws(
      ...['apigatewayv2', 'create-api', '--name', 'chat', '--protocol-type', 'WEBSOCKET'],
      ...['--route-selection-expression', '$request.body.action'],
    )
    await aws('apigatewayv2', 'create-stage', '--api-id', api.ApiId, '--stage-name', 'prod')
    const {Items} = await aws('apigatewayv2', 'get-apis')
    expect(Items).toMatchObject([{ApiId: api.ApiId, Name: 'chat', ProtocolType: 'WEBSOCKET'}])
    const stages = await aws('apigatewayv2', 'get-stages', '--api-id', api.ApiId)
    expect(stages.Items).toMatchObject([{StageName: 'prod', DefaultRouteSettings: {LoggingLevel: 'OFF'}}])
  })
})

test('a web ACL of AWS WAF goes in front of a stage, which shows it and answers 403, and away again', async () => {
  const {aws, result, call} = await sandboxWithCli()
  const api = await makePets(aws)
  await aws('apigateway', 'create-deployment', '--rest-api-id', api, '--stage-name', 'prod')
  const {Summary} = await aws(
    ...['wafv2', 'create-web-acl', '--name', 'closed', '--scope', 'REGIONAL', '--default-action', 'Block={}'],
    ...['--visibility-config', 'SampledRequestsEnabled=false,CloudWatchMetricsEnabled=false,MetricName=closed'],
  )
  expect(await aws('wafv2', 'list-web-acls', '--scope', 'REGIONAL')).toMatchObject({WebACLs: [{ARN: Summary.ARN}]})
  const stage = ['--resource-arn', `arn:aws:apigateway:us-east-1::/restapis/${api}/stages/prod`]
  await aws('wafv2', 'associate-web-acl', '--web-acl-arn', Summary.ARN, ...stage)
  const shown = await aws('apigateway', 'get-stage', '--rest-api-id', api, '--stage-name', 'prod')
  expect(shown.webAclArn).toBe(Summary.ARN)
  expect((await call(api, '/prod/pets')).status).toBe(403)
  expect(await aws('wafv2', 'get-web-acl-for-resource', ...stage)).toMatchObject({WebACL: {Name: 'closed'}})
  await aws('wafv2', 'disassociate-web-acl', ...stage)
  expect((await call(api, '/prod/pets')).status).toBe(200)
  const global = Summary.ARN.replace('regional', 'global')
  const refused = await result('wafv2', 'associate-web-acl', '--web-acl-arn', global, ...stage)
  expect(refused.stderr).toContain('An error occurred (WAFInvalidParameterException)')
  expect(refused.stderr).toContain(`field: RESOURCE_ARN, parameter: ${global}`)
})

test('the metrics of an API and of the canary of its stage are there for it, too', async () => {
  const now = Date.UTC(2026, 5, 1, 12)
  const {aws, call} = await sandboxWithCli({millis: () => now, random: () => 0.05})
  const id = await makePets(aws)
  await aws('apigateway', 'create-deployment', '--rest-api-id', id, '--stage-name', 'prod')
  await aws(
    ...['apigateway', 'create-deployment', '--rest-api-id', id, '--stage-name', 'prod'],
    ...['--canary-settings', 'percentTraffic=10'],
  )
  await call(id, '/prod/pets')
  await call(id, '/prod/cats')
  const time = ['--start-time', '2026-06-01T12:00:00Z', '--end-time', '2026-06-01T12:01:00Z']
  const stat = (Id: string, MetricName: string, stage: string) => ({
    Id,
    MetricStat: {
      Metric: {
        Namespace: 'AWS/ApiGateway',
        MetricName,
        Dimensions: [
          {Name: 'ApiName', Value: 'pets'},
          {Name: 'Stage', Value: stage},
        ],
      },
      Period: 60,
      Stat: 'Sum',
    },
  })
  const queries = [
    stat('count', 'Count', 'prod/Canary'),
    stat('errors', '4XXError', 'prod'),
    {Id: 'rate', Expression: '100 * errors / count'},
  ]
  const {MetricDataResults} = await aws(
    ...['cloudwatch', 'get-metric-data', ...time, '--metric-data-queries', JSON.stringify(queries)],
  )
  expect(MetricDataResults.map(({Values}: {Values: number[]}) => Values)).toEqual([[2], [1], [50]])
  const {Datapoints} = await aws(
    ...['cloudwatch', 'get-metric-statistics', '--namespace', 'AWS/ApiGateway', '--metric-name', 'Count', ...time],
    ...['--dimensions', 'Name=ApiName,Value=pets', '--period', '60', '--statistics', 'Sum'],
  )
  expect(Datapoints).toMatchObject([{Sum: 2, Unit: 'Count'}])
  const {Metrics} = await aws('cloudwatch', 'list-metrics', '--metric-name', 'Latency')
  expect(Metrics).toHaveLength(3)
})
