import {CloudWatchLogs} from '@aws-sdk/client-cloudwatch-logs'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {run} from '../support/binary.js'
import {BOOKSHOP, type Moto, startMoto} from './support/moto.js'

// The commands on a server that we did not write. It shows that they speak AWS's protocol and not only our sandbox's
// dialect of it; it cannot show that they are right, because moto is not: where it differs from AWS the test says how.

let moto: Moto

beforeAll(async () => {
  moto = await startMoto()
})

afterAll(() => moto?.stop())

/** Runs a command that must succeed, and returns its result as data. */
async function json<Result = Record<string, unknown>>(...argv: string[]): Promise<Result> {
  const result = await run([...argv, '--json'], {env: moto.env})
  expect(result, argv.join(' ')).toMatchObject({exitCode: 0})
  return JSON.parse(result.stdout) as Result
}

const apigw = (...argv: string[]) => run(argv, {env: moto.env})

describe('import, deploy, key', () => {
  test('an API from a definition is deployed, protected by a key on a plan, and taken apart again', async () => {
    const imported = await run(['apis', 'import', '-', '--json'], {env: moto.env, input: BOOKSHOP})
    expect(imported.exitCode).toBe(0)
    const {id} = JSON.parse(imported.stdout)

    expect(await json('routes', 'list', '--api', 'bookshop')).toEqual([
      expect.objectContaining({path: '/books', method: 'GET'}),
    ])
    expect(await json('deploy', '--api', 'bookshop', '--stage', 'prod')).toMatchObject({stage: 'prod', created: true})
    expect(await json('stages', 'list', '--api', 'bookshop')).toMatchObject([{name: 'prod'}])
    expect((await apigw('apis', 'url', 'bookshop')).stdout).toContain(id)

    await json(
      'plans',
      'create',
      'gold',
      '--stage',
      'bookshop/prod',
      '--rate',
      '10',
      '--burst',
      '20',
      '--quota',
      '1000/day',
    )
    const value = (await apigw('keys', 'create', 'mobile', '--plan', 'gold', '--value-only')).stdout.trim()
    expect(value.length).toBeGreaterThanOrEqual(20)
    expect(await json('keys', 'list', '--plan', 'gold')).toMatchObject([{name: 'mobile'}])
    expect((await apigw('keys', 'list')).stdout).not.toContain(value)
    expect(await json('plans', 'keys', 'gold')).toMatchObject([{name: 'mobile'}])
    await json('keys', 'disable', 'mobile')
    expect(await json('keys', 'get', 'mobile')).toMatchObject({enabled: false})

    expect((await apigw('plans', 'delete', 'gold', '--confirm', 'gold')).exitCode).not.toBe(0)
    expect((await apigw('plans', 'delete', 'gold', '--detach', '--confirm', 'gold')).exitCode).toBe(0)
    expect((await apigw('keys', 'delete', 'mobile', '--confirm', 'mobile')).exitCode).toBe(0)
    expect((await apigw('apis', 'delete', 'bookshop', '--confirm', 'bookshop')).exitCode).toBe(0)
    expect(await json('apis', 'list')).toEqual([])
  })

  test('edge, regional and private APIs, built by hand', async () => {
    await json('apis', 'create', 'edgy', '--edge')
    await json('apis', 'create', 'near', '--regional')
    await json('apis', 'create', 'inside', '--private', '--vpce', 'vpce-12345678')
    const types = (await json<{name: string; endpointType: string}[]>('apis', 'list')).map(api => api.endpointType)
    expect(types.sort()).toEqual(['EDGE', 'PRIVATE', 'REGIONAL'])
    await json('routes', 'add', 'GET', '/orders/{id}', '--api', 'near', '--http', 'http://127.0.0.1:9/orders')
    await json('routes', 'add', 'POST', '/orders', '--api', 'near', '--mock', '--key-required')
    const routes = await json<{path: string; method: string}[]>('routes', 'list', '--api', 'near')
    expect(routes.map(route => `${route.method} ${route.path}`).sort()).toEqual(['GET /orders/{id}', 'POST /orders'])
    await json('routes', 'remove', 'POST', '/orders', '--api', 'near', '--yes')
    expect(await json('routes', 'list', '--api', 'near')).toHaveLength(1)
  })
})

describe('logs', () => {
  test('enable makes the role, and tail finds the group and every event in order', async () => {
    await json('apis', 'create', 'logged')
    await json('routes', 'add', 'GET', '/hello', '--api', 'logged', '--mock')
    const {apiId} = await json<{apiId: string}>('deploy', '--api', 'logged', '--stage', 'beta')
    const enabled = await apigw('logs', 'enable', '--api', 'logged', '--stage', 'beta', '--create-role', '--yes')
    expect(enabled).toMatchObject({exitCode: 0})
    expect(await json('logs', 'status', '--api', 'logged', '--stage', 'beta')).toMatchObject([{level: 'INFO'}])

    // moto writes no execution logs, so the lines of two requests are put there by hand.
    const logs = new CloudWatchLogs({
      endpoint: moto.env.AWS_ENDPOINT_URL,
      region: 'us-east-1',
      credentials: {accessKeyId: 'moto', secretAccessKey: 'moto'},
    })
    const logGroupName = `API-Gateway-Execution-Logs_${apiId}/beta`
    await logs.createLogGroup({logGroupName})
    const now = Date.now() - 60_000
    for (const logStreamName of ['one', 'two']) {
      await logs.createLogStream({logGroupName, logStreamName})
      const logEvents = [0, 1, 2].map(i => ({timestamp: now + i, message: `(${logStreamName}) line ${i}`}))
      await logs.putLogEvents({logGroupName, logStreamName, logEvents})
    }
    const tailed = await apigw('logs', 'tail', '--api', 'logged', '--stage', 'beta', '--raw')
    expect(tailed.exitCode).toBe(0)
    const lines = tailed.stdout.trimEnd().split('\n')
    expect(lines).toHaveLength(6)
    expect(lines.map(line => line.split('\t')[0])).toEqual(lines.map(line => line.split('\t')[0]).sort())
    expect(
      (await apigw('logs', 'tail', '--api', 'logged', '--stage', 'beta', '--raw', '--grep', 'line 2')).stdout,
    ).toMatch(/^\S+\t\((one|two)\) line 2\n\S+\t\((one|two)\) line 2\n$/)
    expect((await apigw('logs', 'disable', '--api', 'logged', '--stage', 'beta')).exitCode).toBe(0)
  })
})

describe('where moto is not like AWS', () => {
  test('it cannot import a MOCK integration (HTTP 500 in HTML): said as what it is', async () => {
    const mock = JSON.parse(BOOKSHOP)
    mock.info.title = 'mocked'
    mock.paths['/books'].get['x-amazon-apigateway-integration'] = {type: 'mock'}
    const result = await run(['apis', 'import', '-'], {env: moto.env, input: JSON.stringify(mock)})
    expect(result.exitCode).toBe(1)
    expect(result.stderr).toContain('not one of AWS')
  })

  test('its CreateDeployment wipes the settings of the stage it names: deploy repoints the stage and keeps them', async () => {
    await json('apis', 'create', 'kept')
    await json('routes', 'add', 'GET', '/hello', '--api', 'kept', '--mock')
    const first = await json('deploy', '--api', 'kept', '--stage', 'beta')
    const limits = ['--throttle-rate', '5', '--throttle-burst', '7']
    await json('stages', 'update', 'beta', '--api', 'kept', '--var', 'color=blue', ...limits)
    const before = await json('stages', 'get', 'beta', '--api', 'kept')
    expect(before).toMatchObject({variables: {color: 'blue'}})
    const second = await json('deploy', '--api', 'kept', '--stage', 'beta')
    expect(second).toMatchObject({created: false, previousDeploymentId: first.deploymentId})
    expect(await json('stages', 'get', 'beta', '--api', 'kept')).toEqual({
      ...before,
      deploymentId: second.deploymentId,
    })
  })

  test('it exports Swagger 2 in JSON whatever is asked for: passed on as it came', async () => {
    const result = await apigw('apis', 'export', '--api', 'kept', '--stage', 'beta', '--format', 'oas30')
    expect(result.exitCode).toBe(0)
    expect(JSON.parse(result.stdout)).toMatchObject({swagger: '2.0'})
  })

  test('it has no WebSocket APIs behind GetApis of this name: a missing API stays missing', async () => {
    expect((await apigw('logs', 'tail', '--api', 'nope', '--stage', 'beta')).exitCode).toBe(3)
  })
})
