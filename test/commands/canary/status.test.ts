import {describe, expect, test} from 'vitest'
import CanaryStatus from '../../../src/commands/canary/status.js'
import type {SandboxOptions} from '../../../src/sandbox/server.js'
import {apigw, type RunOptions} from '../../support/apigw.js'
import {readyForCanary, withCanary} from '../../support/canary.js'
import {giveLoggingRole} from '../../support/logging-role.js'

const status = (argv: string[], options: RunOptions) =>
  apigw(CanaryStatus, ['--api', 'petstore', '--stage', 'prod', ...argv], options)

/** Ten requests of which four go to the canary; of these, one is for a path that it does not have. */
async function requested(options: SandboxOptions = {}) {
  const world = await withCanary(
    {percentTraffic: 40, stageVariableOverrides: {mode: 'b', table: 'pets', x: 'y'}},
    options,
  )
  const {sandbox, restApiId, draw} = world
  const send = async () => {
    for (let i = 0; i < 10; i++) {
      draw.next = () => (i < 4 ? 0 : 1)
      await fetch(`${sandbox.url}/execute-api/${restApiId}/prod${i === 0 ? '/cats' : '/pets'}`)
    }
  }
  return {...world, send}
}

const TRAFFIC = {
  canary: {requests: 4, clientErrors: 1, serverErrors: 0},
  base: {requests: 6, clientErrors: 0, serverErrors: 0},
}

/** Metrics that do not tell the canary apart. */
const withoutCanary: SandboxOptions['fault'] = ({operation}) =>
  operation === 'GetMetricData'
    ? {
        kind: 'altered',
        change: output => ({
          ...output,
          MetricDataResults: (output.MetricDataResults as {Id: string}[]).filter(({Id}) => Number(Id.slice(1)) < 5),
        }),
      }
    : undefined

describe('from the metrics', () => {
  test('share, deployments, variables that differ, and how the requests went', async () => {
    const world = await requested()
    await world.send()
    const {stdout, stderr, exitCode} = await status(['--json'], {on: world.sandbox})
    const shown = JSON.parse(stdout)
    expect(shown).toMatchObject({
      apiId: world.restApiId,
      apiName: 'petstore',
      stage: 'prod',
      percentTraffic: 40,
      useStageCache: false,
      variables: [
        {name: 'mode', base: 'a', canary: 'b'},
        {name: 'x', canary: 'y'},
      ],
      canary: {deploymentId: world.canary, traffic: TRAFFIC.canary},
      base: {deploymentId: world.base, traffic: TRAFFIC.base},
      source: 'metrics',
      remarks: [],
    })
    expect(Date.parse(shown.canary.createdDate)).toBeGreaterThan(Date.now() - 60_000)
    expect(shown.canary.traffic.latencyP50).toBeGreaterThanOrEqual(0)
    expect(shown.canary.traffic.latencyP99).toBeGreaterThanOrEqual(shown.canary.traffic.latencyP50)
    expect(shown.base.traffic.latencyP99).toBeGreaterThanOrEqual(0)
    expect({stderr, exitCode}).toEqual({stderr: '', exitCode: 0})
  })

  test('one call asks for all of them', async () => {
    const {sandbox, send} = await requested()
    await send()
    await status([], {on: sandbox})
    expect(sandbox.calls.get('GetMetricData')).toBe(1)
    expect(sandbox.calls.get('FilterLogEvents')).toBeUndefined()
  })

  test('on a terminal the canary is beside its base', async () => {
    const {sandbox, send, canary, base} = await requested()
    await send()
    const {stdout} = await status([], {on: sandbox, tty: true, env: {NO_COLOR: '1'}, columns: 120})
    const lines = stdout.split('\n')
    expect(lines[0]).toBe('Canary of prod, petstore')
    expect(lines[1]).toMatch(/^OF +SHARE +SERVES +MADE +REQUESTS +4XX +5XX +P50 +P99$/)
    expect(lines[2]).toMatch(new RegExp(`^canary +40 % +${canary} +just now +4 +25.0 % +0.0 % +\\d+ ms +\\d+ ms$`))
    expect(lines[3]).toMatch(new RegExp(`^base +60 % +${base} +just now +6 +0.0 % +0.0 % +\\d+ ms +\\d+ ms$`))
    expect(lines.slice(4)).toEqual([
      'variable mode: a → b',
      'variable x: none → y',
      'Since 15 minutes ago, from the metrics; latencies of the base are those of the whole stage.',
      'To let it serve all: apigw canary promote --api petstore --stage prod',
      'To take it back: apigw canary abort --api petstore --stage prod',
      '',
    ])
  })

  test('in a pipe it is two rows', async () => {
    const {sandbox, send, canary, base} = await requested()
    await send()
    const {stdout} = await status([], {on: sandbox})
    const rows = stdout
      .trimEnd()
      .split('\n')
      .map(line => line.split('\t'))
    expect(
      rows.map(([of, share, id, , requests, client, server]) => [of, share, id, requests, client, server]),
    ).toEqual([
      ['canary', '40', canary, '4', '1', '0'],
      ['base', '60', base, '6', '0', '0'],
    ])
  })

  test('for a pull request it is Markdown', async () => {
    const {sandbox, send, canary} = await requested()
    await send()
    const {stdout} = await status(['--output', 'markdown'], {on: sandbox})
    expect(stdout).toContain('### Canary of prod, petstore\n')
    expect(stdout).toMatch(new RegExp(`^\\| canary \\| 40 \\| ${canary} \\| .* \\| 4 \\| 1 \\| 0 \\|`, 'm'))
    expect(stdout).toContain('- variable mode: a → b\n')
  })

  test('requests from before --since do not count', async () => {
    let now = Date.now() - 3_600_000
    const {sandbox, send} = await requested({millis: () => now})
    await send()
    now = Date.now()
    const requests = async (argv: string[]) =>
      JSON.parse((await status([...argv, '--json'], {on: sandbox})).stdout).canary.traffic.requests
    expect(await requests([])).toBe(0)
    expect(await requests(['--since', '2h'])).toBe(4)
  })
})

describe('what cannot be told is said', () => {
  test('no requests at all', async () => {
    const {sandbox} = await withCanary({percentTraffic: 10})
    const {stderr} = await status([], {on: sandbox})
    expect(stderr).toBe('prod had no requests in that time. Metrics come one to three minutes late.\n')
  })

  test('no requests to the canary, and no log that says more', async () => {
    const {sandbox, draw, answers, restApiId} = await withCanary({percentTraffic: 10})
    draw.next = () => 1
    await answers(1)
    const {stderr} = await status([], {on: sandbox})
    expect(stderr).toContain('The metrics tell of no request to the canary, and no log says more.')
    expect(stderr).toContain(`apigw logs enable --api ${restApiId} --stage prod`)
    expect(stderr).toContain('The canary had no requests in that time.')
  })

  test('a canary without a share', async () => {
    const {sandbox} = await withCanary({percentTraffic: 0})
    const {stderr} = await status([], {on: sandbox})
    expect(stderr).toContain('The canary gets no requests: its share is 0 %.')
    expect(stderr).toContain('apigw canary set --api petstore --stage prod --percent N')
  })

  test('a canary whose settings are left behind a promotion', async () => {
    const {sandbox, apigateway, restApiId, canary} = await withCanary({percentTraffic: 0})
    await apigateway.updateStage({
      restApiId,
      stageName: 'prod',
      patchOperations: [{op: 'replace', path: '/deploymentId', value: canary}],
    })
    const {stderr} = await status([], {on: sandbox})
    expect(stderr).toContain('It was promoted, and only its settings are left.')
  })

  test('a stage without canary, with the command that starts one', async () => {
    const {sandbox} = await readyForCanary()
    const {stdout, stderr, exitCode} = await status(['--json'], {on: sandbox})
    expect({stdout, exitCode}).toEqual({stdout: '', exitCode: 3})
    expect(JSON.parse(stderr).error).toMatchObject({
      kind: 'missing',
      hint: 'To start one: apigw canary start --api petstore --stage prod --percent 10',
    })
  })

  test('a time that is too long ago', async () => {
    const {sandbox} = await withCanary({percentTraffic: 10})
    expect(await status(['--since', '20d'], {on: sandbox})).toMatchObject({exitCode: 2})
  })
})

describe('where the metrics do not tell the canary apart, from a log', () => {
  const REMARK = 'The metrics do not tell the canary apart, but the log does.\n'

  /** The stage logs its accesses; the group of the canary is there, too, where it is made. */
  async function withAccessLog(format: string, groups: readonly string[]) {
    const world = await requested({fault: withoutCanary})
    const {apigateway, logs, restApiId} = world
    await giveLoggingRole(world)
    for (const logGroupName of groups) await logs.createLogGroup({logGroupName})
    const destinationArn = 'arn:aws:logs:us-east-1:123456789012:log-group:access'
    await apigateway.updateStage({
      restApiId,
      stageName: 'prod',
      patchOperations: [
        {op: 'replace', path: '/accessLogSettings/destinationArn', value: destinationArn},
        {op: 'replace', path: '/accessLogSettings/format', value: format},
      ],
    })
    await world.send()
    return world
  }

  test.each([
    ['the access log of the canary', '$context.requestId $context.status $context.responseLatency', ['access/Canary']],
    [
      'the access log, where it says which requests are the canary’s',
      '$context.requestId $context.status $context.responseLatency $context.isCanaryRequest',
      [],
    ],
  ])('%s', async (_, format, more) => {
    const {sandbox} = await withAccessLog(format, ['access', ...more])
    const {stdout, stderr} = await status(['--json'], {on: sandbox})
    const {source, canary, base} = JSON.parse(stdout)
    expect({source, canary: canary.traffic, base: base.traffic}).toMatchObject({source: 'access log', ...TRAFFIC})
    expect(canary.traffic.latencyP99).toBeGreaterThanOrEqual(0)
    expect(stderr).toBe(REMARK)
  })

  test('the execution log', async () => {
    const world = await requested({fault: withoutCanary})
    await giveLoggingRole(world)
    await world.apigateway.updateStage({
      restApiId: world.restApiId,
      stageName: 'prod',
      patchOperations: ['/*/*', '/~1pets/GET'].map(path => ({
        op: 'replace',
        path: `${path}/logging/loglevel`,
        value: 'INFO',
      })),
    })
    await world.send()
    const {stdout, stderr} = await status(['--json'], {on: world.sandbox})
    const {source, canary, base} = JSON.parse(stdout)
    // A request for a path that is not there is in no execution log.
    const traffic = {...TRAFFIC.canary, requests: 3, clientErrors: 0}
    expect({source, canary: canary.traffic, base: base.traffic}).toMatchObject({
      source: 'execution log',
      canary: traffic,
      base: TRAFFIC.base,
    })
    expect(base.traffic.latencyP99).toBeGreaterThanOrEqual(0)
    expect(stderr).toBe(REMARK)
  })

  test('not from an execution log that has only the failures', async () => {
    const world = await requested({fault: withoutCanary})
    await giveLoggingRole(world)
    await world.apigateway.updateStage({
      restApiId: world.restApiId,
      stageName: 'prod',
      patchOperations: [
        {op: 'remove', path: '/~1pets/GET'},
        {op: 'replace', path: '/*/*/logging/loglevel', value: 'ERROR'},
      ],
    })
    await world.send()
    for (const end of ['', '/Canary']) {
      const stream = {logGroupName: `API-Gateway-Execution-Logs_${world.restApiId}/prod${end}`, logStreamName: 's'}
      await world.logs.createLogGroup(stream)
      await world.logs.createLogStream(stream)
      const message = '(1f0c9a52-6d34-4a0b-9a57-2f1d5b3c8e01) Method completed with status: 500'
      await world.logs.putLogEvents({...stream, logEvents: [{timestamp: Date.now(), message}]})
    }
    const {stdout, stderr} = await status(['--json'], {on: world.sandbox})
    expect(JSON.parse(stdout)).toMatchObject({source: 'metrics', canary: {traffic: {requests: 0}}})
    expect(stderr).toContain('no log says more')
  })

  test('metrics that may not be read are no reason to give up', async () => {
    const denied = {kind: 'error', status: 403, code: 'AccessDenied', message: 'You may not.'} as const
    const world = await withCanary(
      {percentTraffic: 10},
      {fault: ({operation}) => (operation === 'GetMetricData' ? denied : undefined)},
    )
    const {stdout, stderr, exitCode} = await status(['--json'], {on: world.sandbox})
    expect(exitCode).toBe(0)
    expect(JSON.parse(stdout)).not.toHaveProperty('source')
    expect(stderr).toContain('The metrics could not be read: ')
    expect(stderr).toContain(`For figures from its log: apigw logs enable --api ${world.restApiId} --stage prod`)
  })
})
