import {describe, expect, test} from 'vitest'
import LogsQuery from '../../src/commands/logs/query.js'
import LogsTop from '../../src/commands/logs/top.js'
import type {Fault, SandboxOptions} from '../../src/sandbox/server.js'
import {apigw} from '../support/apigw.js'
import {giveLoggingRole} from '../support/logging-role.js'
import {petstore} from '../support/petstore.js'

const PROD = ['--api', 'petstore', '--stage', 'prod']

/** The petstore with a stage that logs all there is, and keys; `GET /pets` answers 200, everything else 403. */
async function logged(options: SandboxOptions = {}) {
  const kit = await petstore(options)
  const {apigateway, restApiId, sandbox} = kit
  await giveLoggingRole(kit)
  await apigateway.createDeployment({restApiId, stageName: 'prod'})
  await apigateway.updateStage({
    restApiId,
    stageName: 'prod',
    patchOperations: [
      {op: 'replace', path: '/*/*/logging/loglevel', value: 'INFO'},
      {op: 'replace', path: '/*/*/logging/dataTrace', value: 'true'},
    ],
  })
  const request = (headers: Record<string, string> = {}) =>
    fetch(`${sandbox.url}/execute-api/${restApiId}/prod/pets`, {headers})
  const query = (argv: readonly string[], more: object = {}) =>
    apigw(LogsQuery, [...PROD, ...argv], {on: sandbox, ...more})
  const top = (argv: readonly string[], more: object = {}) => apigw(LogsTop, [...PROD, ...argv], {on: sandbox, ...more})
  return {...kit, request, query, top, group: `API-Gateway-Execution-Logs_${restApiId}/prod`}
}

const error = (code: string, message: string): Fault => ({kind: 'error', status: 400, code, message})

describe('logs query', () => {
  const COUNT = 'filter @message like /status: 200/ | stats count(*) as requests'

  test('answers with the columns that were asked for, and says what it cost', async () => {
    const {query, request} = await logged()
    await request()
    await request()
    const {stdout, stderr, exitCode} = await query([COUNT])
    expect({stdout, exitCode}).toEqual({stdout: '2\n', exitCode: 0})
    expect(stderr).toMatch(/^Scanned \d+ events, [\d.]+ KB: less than 0\.0001 USD at 0\.005 USD a GB\.\n$/)
    expect((await query([COUNT, '--output', 'csv'])).stdout).toBe('requests\n2\n')
    expect(JSON.parse((await query([COUNT, '--json'])).stdout)).toEqual([{requests: '2'}])
    expect((await query([COUNT], {tty: true, env: {NO_COLOR: '1'}})).stdout).toBe('requests\n2\n')
  })

  test('events come without the pointer that only the service can read', async () => {
    const {query, request} = await logged()
    await request()
    const {stdout} = await query(['fields @timestamp, @message | sort @timestamp asc | limit 1', '--json'])
    expect(Object.keys(JSON.parse(stdout)[0])).toEqual(['@timestamp', '@message'])
  })

  test('credentials are hidden unless asked for', async () => {
    const {query, request} = await logged()
    await request({cookie: 'session=secret'})
    const all = ['fields @message', '--json']
    expect((await query(all)).stdout).not.toContain('session=secret')
    expect((await query([...all, '--no-redact'])).stdout).toContain('session=secret')
  })

  test('reads the query from stdin, or from a file', async () => {
    const {query, request} = await logged()
    await request()
    expect((await query(['-'], {stdin: `${COUNT}\n`})).stdout).toBe('1\n')
    expect((await query(['@none.query'])).exitCode).toBe(2)
  })

  test('only what is in the window is asked for', async () => {
    const {query, request} = await logged()
    await request()
    const {stdout, stderr} = await query([COUNT, '--until', '10m', '--since', '20m'])
    expect(stdout).toBe('')
    expect(stderr).toContain('Nothing of that time')
    expect((await query([COUNT, '--since', '10m', '--until', '20m'])).exitCode).toBe(2)
  })

  test('the access log is asked on request; a stage without one is told', async () => {
    const {query, request, apigateway, logs, restApiId} = await logged()
    expect((await query(['stats count(*)', '--access'])).exitCode).toBe(3)
    await logs.createLogGroup({logGroupName: 'access'})
    const format = '{"requestId":"$context.requestId","status":"$context.status","path":"$context.resourcePath"}'
    const destination = 'arn:aws:logs:us-east-1:123456789012:log-group:access'
    await apigateway.updateStage({
      restApiId,
      stageName: 'prod',
      patchOperations: [
        {op: 'replace', path: '/accessLogSettings/destinationArn', value: destination},
        {op: 'replace', path: '/accessLogSettings/format', value: format},
      ],
    })
    await request()
    const {stdout} = await query(['stats count(*) as n by path, status', '--access', '--json'])
    expect(JSON.parse(stdout)).toEqual([{path: '/pets', status: '200', n: '1'}])
  })

  test('says when there are more rows than were asked for', async () => {
    const {query, request} = await logged()
    await request()
    const {stdout, stderr} = await query(['fields @message', '--limit', '3', '--json'])
    expect(JSON.parse(stdout)).toHaveLength(3)
    expect(stderr).toContain('Only the first 3 rows.')
  })

  test('an answer of more than a page is read to its end', async () => {
    const {query, logs, request, group} = await logged()
    await request()
    await logs.createLogStream({logGroupName: group, logStreamName: 'more'})
    const now = Date.now()
    const logEvents = Array.from({length: 10_000}, (_, i) => ({timestamp: now, message: `line ${i}`}))
    await logs.putLogEvents({logGroupName: group, logStreamName: 'more', logEvents})
    const lines = async (...argv: string[]) => (await query(['fields @message', ...argv])).stdout.split('\n').length - 1
    expect(await lines()).toBe(10_000)
    expect(await lines('--limit', '100000')).toBeGreaterThan(10_000)
  })

  test('nothing found is no failure', async () => {
    const {query, request} = await logged()
    await request()
    const none = 'filter @message like /nothing like this/'
    expect(await query([none])).toMatchObject({stdout: '', exitCode: 0})
    expect((await query([none], {tty: true})).stderr).toContain('Nothing matched.')
    expect((await query([none, '--json'])).stdout).toBe('[]\n')
  })
})

describe('what goes wrong with a query', () => {
  test('one that the service does not take is wrong usage, and the place is shown', async () => {
    const {query, request} = await logged()
    await request()
    const {stdout, stderr, exitCode} = await query(['fields @message\n| limt 5'])
    expect({stdout, exitCode}).toEqual({stdout: '', exitCode: 2})
    expect(stderr.split('\n').slice(1, 3)).toEqual(['  | limt 5', '    ^^^^'])
    expect(JSON.parse((await query(['limt 5', '--json'])).stderr).error).toMatchObject({
      kind: 'usage',
      code: 'MalformedQueryException',
    })
  })

  test('a log group that is not there yet is told', async () => {
    const {query} = await logged()
    const {stderr, exitCode} = await query(['stats count(*)'])
    expect(exitCode).toBe(3)
    expect(stderr).toContain('There is no log group')
  })

  test('a missing permission is named', async () => {
    const denied: Fault = {kind: 'error', status: 400, code: 'AccessDeniedException', message: 'not authorized'}
    const {query} = await logged({fault: ({operation}) => (operation === 'StartQuery' ? denied : undefined)})
    const {stderr, exitCode} = await query(['stats count(*)'])
    expect(exitCode).toBe(4)
    expect(stderr).toContain('logs:StartQuery')
  })

  test('a query that takes longer than --max-wait is stopped: exit code 6', async () => {
    const {query, request, sandbox} = await logged({queryTime: 60_000})
    await request()
    const {stderr, exitCode} = await query(['stats count(*)', '--max-wait', '0'])
    expect(exitCode).toBe(6)
    expect(stderr).toContain('the query was not done')
    expect(sandbox.calls.get('StopQuery')).toBe(1)
  })

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s stops the query: exit code %i, and nothing is said', async (signal, exitCode) => {
    const {query, request, logs, sandbox} = await logged({
      queryTime: 60_000,
      fault: ({operation, count}) => {
        if (operation === 'GetQueryResults' && count === 1) process.emit(signal)
        return undefined
      },
    })
    await request()
    expect(await query(['stats count(*)'])).toEqual({stdout: '', stderr: '', exitCode})
    expect(sandbox.calls.get('StopQuery')).toBe(1)
    expect((await logs.describeQueries({})).queries?.map(({status}) => status)).toEqual(['Cancelled'])
  })

  test('Ctrl-C while the query is being started stops it as well', async () => {
    const {query, request, logs} = await logged({
      queryTime: 60_000,
      fault: ({operation}) => {
        if (operation === 'StartQuery') process.emit('SIGINT')
        return undefined
      },
    })
    await request()
    expect(await query(['stats count(*)'])).toMatchObject({stdout: '', exitCode: 130})
    expect((await logs.describeQueries({})).queries?.map(({status}) => status)).toEqual(['Cancelled'])
  })

  test('no place among the queries that may run at a time: exit code 6', async () => {
    const full = error('LimitExceededException', 'Account maximum query concurrency limit of [100] reached.')
    const {query, sandbox} = await logged({fault: ({operation}) => (operation === 'StartQuery' ? full : undefined)})
    expect((await query(['stats count(*)', '--max-wait', '0'])).exitCode).toBe(6)
    expect(sandbox.calls.get('StopQuery')).toBeUndefined()
  })

  test('a throttled look at the query is outwaited', async () => {
    const throttled = error('ThrottlingException', 'Rate exceeded')
    const {query, request} = await logged({
      fault: ({operation, count}) => (operation === 'GetQueryResults' && count === 1 ? throttled : undefined),
    })
    await request()
    expect(await query(['stats count(*) as n'])).toMatchObject({exitCode: 0})
  })

  test('a query whose start nobody heard of is not started twice', async () => {
    const {query, sandbox} = await logged({
      fault: ({operation}) => (operation === 'StartQuery' ? {kind: 'reset'} : undefined),
    })
    expect((await query(['stats count(*)'])).exitCode).toBe(7)
    expect(sandbox.calls.get('StartQuery')).toBe(1)
  })
})

describe('logs top', () => {
  test('counts real requests, by query and by reading, to the same', async () => {
    const {top, request, sandbox} = await logged()
    for (let i = 0; i < 3; i++) await request()
    for (const by of ['path', 'status', 'key', 'ip', 'latency']) {
      const asked = await top(['--by', by, '--json'])
      const read = await top(['--by', by, '--json', '--local'])
      expect(asked.exitCode).toBe(0)
      expect(JSON.parse(asked.stdout)).toHaveLength(1)
      expect(JSON.parse(asked.stdout)[0].requests).toBe(3)
      expect(read).toMatchObject({stdout: asked.stdout, stderr: '', exitCode: 0})
    }
    expect(sandbox.calls.get('StartQuery')).toBe(5)
    const [row] = JSON.parse((await top(['--by', 'path', '--json'])).stdout)
    expect(row).toMatchObject({method: 'GET', resource: '/pets', share: 1, clientErrors: 0, serverErrors: 0})
    const [address] = JSON.parse((await top(['--by', 'ip', '--json'])).stdout)
    expect(address.sourceIp).toMatch(/127\.0\.0\.1$/)
  })

  test('in a pipe a row is tabs, without bars and units', async () => {
    const {top, request} = await logged()
    await request()
    const {stdout} = await top(['--by', 'status'])
    expect(stdout).toMatch(/^200\t1\t1\t0\t0\t\d+\t\d+\t\d+\t\d+\n$/)
  })

  test('on a terminal it is a table with bars', async () => {
    const {top, request} = await logged()
    await request()
    const {stdout, stderr} = await top(['--by', 'path'], {tty: true, env: {NO_COLOR: '1'}})
    const [header, row] = stdout.split('\n')
    expect(header).toMatch(/^METHOD {2}PATH +REQUESTS +SHARE +4XX +5XX +P50 +P90 +P99 +MAX$/)
    expect(row).toMatch(/^GET +\/pets +1 +██████████ 100 % +0 +0 +\d+ ms +\d+ ms +\d+ ms +\d+ ms$/)
    expect(stderr).toMatch(/^Scanned \d+ events/)
  })

  test('keys go by their names, never by their values', async () => {
    const {top, request, apigateway} = await logged()
    const {value = ''} = await apigateway.createApiKey({name: 'mobile', enabled: true})
    await request({'x-api-key': value})
    await request()
    for (const how of [[], ['--local']]) {
      const {stdout, stderr} = await top(['--by', 'key', '--json', ...how])
      expect(JSON.parse(stdout).find(({key}: {key?: string}) => key)).toMatchObject({
        key: 'mobile',
        keyEnding: value.slice(-6),
        requests: 1,
      })
      expect(stdout + stderr).not.toContain(value)
    }
  })

  test('where keys may not be read, their endings do', async () => {
    const denied: Fault = {kind: 'error', status: 403, code: 'AccessDeniedException', message: 'not authorized'}
    const {top, request, apigateway} = await logged({
      fault: ({operation}) => (operation === 'GetApiKeys' ? denied : undefined),
    })
    const {value = ''} = await apigateway.createApiKey({name: 'mobile', enabled: true})
    await request({'x-api-key': value})
    const {stdout, exitCode} = await top(['--by', 'key', '--json'])
    expect(exitCode).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject([{keyEnding: value.slice(-6)}])
  })

  test('without data trace it says what addresses take', async () => {
    const {top, request, apigateway, restApiId} = await logged()
    await apigateway.updateStage({
      restApiId,
      stageName: 'prod',
      patchOperations: [{op: 'replace', path: '/*/*/logging/dataTrace', value: 'false'}],
    })
    await request()
    expect((await top(['--by', 'ip'])).stderr).toContain('data trace')
  })

  test('a log group that is not there yet is exit code 3, asked or read', async () => {
    const {top} = await logged()
    expect((await top(['--by', 'path'])).exitCode).toBe(3)
    expect((await top(['--by', 'path', '--local'])).exitCode).toBe(3)
  })

  test('no request in the window is no failure', async () => {
    const {top, request, logs, group} = await logged()
    await request()
    const {logStreams} = await logs.describeLogStreams({logGroupName: group})
    await logs.deleteLogStream({logGroupName: group, logStreamName: logStreams![0]!.logStreamName!})
    expect(await top(['--by', 'path'])).toMatchObject({stdout: '', exitCode: 0})
    expect((await top(['--by', 'path', '--local'], {tty: true})).stderr).toContain('No request was logged')
  })
})
