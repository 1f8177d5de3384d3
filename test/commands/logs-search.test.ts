import {describe, expect, test} from 'vitest'
import {openLogging} from '../../src/aws/logs.js'
import LogsSearch from '../../src/commands/logs/search.js'
import LogsTail from '../../src/commands/logs/tail.js'
import type {RequestFilter} from '../../src/domain/logs/filters/filter.js'
import {readRequests} from '../../src/domain/logs/reading.js'
import type {LoggedRequest} from '../../src/domain/logs/requests/request.js'
import type {LogSource} from '../../src/domain/logs/source.js'
import {noStatistics} from '../../src/domain/logs/statistics.js'
import type {Sandbox} from '../../src/sandbox/server.js'
import {apigw} from '../support/apigw.js'
import type {DeployedApi} from '../support/deployed-api.js'
import {FAILURES, failAll, failingApi, GOOD_KEY} from '../support/failing-api.js'
import {eventsOf, REST, SAMPLES} from '../support/log-samples.js'
import {PETSTORE} from '../support/petstore.js'
import {sandboxForTest} from '../support/sandbox.js'
import {FakeClock, sessionOn} from '../support/session.js'

const PROD = ['--api', 'pets', '--stage', 'prod']

/** The sandbox that an API is on, as far as the environment of a command needs it. */
const on = ({url}: {url: string}) => ({url}) as Sandbox

type Shown = Omit<LoggedRequest, 'time'> & {time: string}

const parsed = (stdout: string): Shown[] =>
  stdout
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line))

async function searched(api: {url: string}, ...flags: string[]): Promise<Shown[]> {
  const {stdout, stderr, exitCode} = await apigw(LogsSearch, [...PROD, '--json', ...flags], {on: on(api)})
  expect({exitCode, stderr}).toEqual({exitCode: 0, stderr: expect.stringMatching(/^Searched pets\/prod from /)})
  return parsed(stdout)
}

/** The requests that fail, each in its way, and two that do not; with how often each operation was called. */
async function busyApi(setting: {dataTrace?: boolean; level?: 'INFO' | 'ERROR'} = {dataTrace: true}) {
  const calls: string[] = []
  const api = await failingApi({
    fault: ({operation}) => {
      calls.push(operation)
      return undefined
    },
  })
  const ids = await failAll(api, setting)
  const good = await api.call('GET /good/7', {headers: {'x-forwarded-for': '203.0.113.9'}})
  const keyed = await api.call('GET /keyed', {headers: {'x-api-key': GOOD_KEY}})
  const idOf = ({headers}: {headers: Headers}) => headers.get('x-amzn-requestid') ?? ''
  calls.length = 0
  return {api, calls, ids, good: idOf(good), keyed: idOf(keyed)}
}

/** What each filter lets through, said once more by other means. */
const FILTERS: [flags: string[], holds: (request: Shown) => boolean][] = [
  [['--status', '404,502'], ({status}) => status === 502],
  [['--status', '5xx'], ({status = 0}) => status >= 500],
  [['--status', '400-403', '--status', '429'], ({status = 0}) => [400, 401, 402, 403, 429].includes(status)],
  [['--status', '2xx'], ({status}) => status === 200],
  [['--errors'], ({status = 0}) => status >= 400],
  [['--method', 'post'], ({method}) => method === 'POST'],
  [['--path', '/good/{id}'], ({resource}) => resource === '/good/{id}'],
  [['--path', '/good/7'], ({path}) => path === '/good/7'],
  [['--path', '/*ed'], ({resource = ''}) => resource.endsWith('ed')],
  [['--min-latency', '40ms'], ({latency = 0}) => latency >= 40],
  [['--key', 'gold'], ({keyEnding}) => keyEnding === 'bMZHBg'],
  [['--ip', '203.0.113.0/24'], ({sourceIp}) => sourceIp === '203.0.113.9'],
  [['--ip', 'self'], ({sourceIp}) => sourceIp === '127.0.0.1'],
  [
    ['--errors', '--method', 'GET', '--path', '/keyed'],
    ({status, resource}) => status !== 200 && resource === '/keyed',
  ],
  [['--grep', 'Malformed Lambda'], ({failure}) => failure?.cause === 'malformed-proxy-response'],
  [['--pattern', '"Malformed Lambda"'], ({failure}) => failure?.cause === 'malformed-proxy-response'],
  [['--pattern', '"Method completed"', '--status', '504'], ({status}) => status === 504],
]

describe('filters', () => {
  test('each lets through what it should, whole, whatever of it the service looks for', async () => {
    const {api} = await busyApi()
    const all = await searched(api)
    expect(all).toHaveLength(FAILURES.length + 2)
    for (const [flags, holds] of FILTERS) {
      const wanted = all.filter(holds)
      expect(wanted.length, flags.join(' ')).toBeGreaterThan(0)
      expect(wanted.length, flags.join(' ')).toBeLessThan(all.length)
      const found = await searched(api, ...flags)
      const nameless = found.map(({key: _, ...request}) => request)
      expect(nameless, flags.join(' ')).toEqual(wanted)
    }
  })

  test('at level ERROR the failures are found by what there is of them', async () => {
    const {api} = await busyApi({level: 'ERROR'})
    const all = await searched(api)
    expect(await searched(api, '--errors')).toEqual(all)
    expect(await searched(api, '--status', '429')).toEqual(all.filter(({status}) => status === 429))
  })

  test('a key by its name: the requests say that name', async () => {
    const {api, keyed} = await busyApi({dataTrace: false})
    expect(await searched(api, '--key', 'gold')).toMatchObject([{requestId: keyed, key: 'gold', keyEnding: 'bMZHBg'}])
  })

  test('--request-id, of either kind and as often as wanted', async () => {
    const {api, ids, good} = await busyApi()
    const [{extendedRequestId = ''} = {}] = await searched(api, '--request-id', good)
    const found = await searched(api, '--request-id', extendedRequestId, '--request-id', ids[2] ?? '')
    expect(found.map(({requestId}) => requestId)).toEqual([ids[2], good])
  })

  test('--request-id takes the eight characters that a narrow terminal shows of an id', async () => {
    const {api, good} = await busyApi()
    expect(await searched(api, '--request-id', good.slice(0, 8))).toMatchObject([{requestId: good, isComplete: true}])
  })

  test('--raw: all lines of the requests that match, and of these, with --grep, the lines that match', async () => {
    const {api, ids} = await busyApi({dataTrace: false})
    const lines = await apigw(LogsSearch, [...PROD, '--raw', '--status', '502'], {on: on(api)})
    const rows = lines.stdout.trimEnd().split('\n')
    expect(new Set(rows.map(row => /\t\((.+?)\) /.exec(row)?.[1]))).toEqual(new Set([ids[1], ids[2]]))
    expect(rows.filter(row => row.endsWith('Method completed with status: 502'))).toHaveLength(2)
    expect(rows.length).toBeGreaterThan(12)
    const grepped = await apigw(LogsSearch, [...PROD, '--raw', '--status', '502', '--grep', 'boom'], {on: on(api)})
    expect(grepped.stdout.trimEnd()).toMatch(/^\S+\t\(\S+\) Lambda execution failed .* boom\./)
  })

  test('-n: the last ones that match', async () => {
    const {api, ids} = await busyApi({dataTrace: false})
    const found = await searched(api, '--status', '500', '-n', '2')
    const all = FAILURES.flatMap(({status}, i) => (status === 500 ? [ids[i]] : []))
    expect(found.map(({requestId}) => requestId)).toEqual(all.slice(-2))
    expect(await searched(api, '--method', 'post', '-n', '50')).toHaveLength(2)
    expect(await searched(api, '-n', '1')).toHaveLength(1)
    expect(await searched(api, '--errors', '-n', '0')).toHaveLength(0)
  })

  test('logs tail has the same filters, and goes on with what comes in', async () => {
    const {api, ids} = await busyApi({dataTrace: false})
    const flags = [...PROD, '--json', '--status', '504', '--follow', '--max-events', '3']
    const following = apigw(LogsTail, flags, {on: on(api)})
    await until(api, 2, '504')
    const {headers} = await api.call('GET /slow')
    const requests = parsed((await following).stdout)
    const there = FAILURES.flatMap(({status}, i) => (status === 504 ? [ids[i]] : []))
    expect(requests.map(({requestId}) => requestId)).toEqual([...there, headers.get('x-amzn-requestid')])
    expect(requests.every(({isComplete, lines}) => isComplete && lines.length > 5)).toBe(true)
  })
})

/** Resolves when that many lines with the text are in the log. */
async function until(api: DeployedApi, count: number, text: string): Promise<void> {
  while ((await api.logged()).filter(line => line.endsWith(text)).length < count);
}

describe('what is pushed down', () => {
  test('a search for one in many takes two calls, and reads what it shows', async () => {
    const {api, calls, ids} = await busyApi()
    const {stderr} = await apigw(LogsSearch, [...PROD, '--json', '--request-id', ids[3] ?? ''], {on: on(api)})
    expect(calls.filter(operation => operation === 'FilterLogEvents')).toHaveLength(2)
    expect(stderr).toMatch(/: looked at 1 request\.\n$/)
  })

  test('over HTTP: the same requests for a small part of the bytes, in few calls', async () => {
    const {sandbox, apigateway, logs} = await sandboxForTest()
    const {id = ''} = await apigateway.importRestApi({body: Buffer.from(PETSTORE)})
    await apigateway.createDeployment({restApiId: id, stageName: 'prod'})
    const logGroupName = `API-Gateway-Execution-Logs_${id}/prod`
    await logs.createLogGroup({logGroupName})
    // 2,000 requests with data trace in 50 streams; every 40th fails.
    const start = Date.now() - 30 * 60_000
    for (let stream = 0; stream < 50; stream++) {
      const logStreamName = `stream-${stream}`
      await logs.createLogStream({logGroupName, logStreamName})
      const logEvents = Array.from({length: 40}, (_, i) => 50 * i + stream).flatMap(number =>
        eventsOf(SAMPLES[number % 40 === 0 ? 'function error' : 'Lambda proxy, data trace'], {
          id: `${String(number).padStart(8, '0')}-6d34-4a0b-9a57-2f1d5b3c8e01`,
          start: start + 500 * number,
        }).map(({timestamp, message}) => ({timestamp, message})),
      )
      await logs.putLogEvents({logGroupName, logStreamName, logEvents})
    }
    const {session} = sessionOn(sandbox, {clock: new FakeClock(Date.now())})
    const {source} = await openLogging(session)
    let bytes = 0
    let calls = 0
    const counted: LogSource = {
      page: async query => {
        const page = await source.page(query)
        calls++
        bytes += (page?.events ?? []).reduce((sum, {message}) => sum + message.length, 0)
        return page
      },
    }
    const read = async (filter: RequestFilter) => {
      calls = 0
      bytes = 0
      const requests: LoggedRequest[] = []
      const wish = {logs: [{...REST, group: logGroupName}], filter, redact: true, follow: false, wait: false}
      const watch = {...session, explain: async () => expect.unreachable(), random: () => 0, statistics: noStatistics()}
      const reading = readRequests(counted, {...wish, since: start}, {...watch, tally: {requests: 0}})
      for await (const request of reading) requests.push(request)
      return {requests, calls, bytes}
    }
    const all = await read({})
    const found = await read({statuses: [{from: 500, to: 599}]})
    expect(found.requests).toHaveLength(50)
    expect(found.requests).toEqual(all.requests.filter(({status}) => status === 502))
    // The sandbox looks at 10,000 lines for a page: it takes 5 to find them, and 1 asks for the rest of all of them.
    expect(found.calls).toBeLessThan(all.calls)
    expect(found.bytes / all.bytes).toBeLessThan(0.03)
  }, 30_000)

  test('a search for what no line has takes one call for everything', async () => {
    const {api, calls} = await busyApi()
    const {stderr} = await apigw(LogsSearch, [...PROD, '--json', '--min-latency', '1h'], {on: on(api)})
    expect(calls.filter(operation => operation === 'FilterLogEvents')).toHaveLength(1)
    expect(stderr).toMatch(/: looked at 22 requests\.\n$/)
  })
})

describe('what cannot be', () => {
  test.each([
    [['--status', '6xx']],
    [['--method', 'FETCH']],
    [['--path', '']],
    [['--min-latency', 'long']],
    [['--ip', '203.0.113']],
    [['--request-id', 'x']],
    [['--grep', '(']],
    [['--since', 'yesterday']],
  ])('%j is wrong usage, said before anything is asked', async flags => {
    const calls: string[] = []
    const api = await failingApi({
      fault: ({operation}) => {
        calls.push(operation)
        return undefined
      },
    })
    calls.length = 0
    for (const command of [LogsSearch, LogsTail]) {
      const {stdout, stderr, exitCode} = await apigw(command, [...PROD, ...flags], {on: on(api)})
      expect({stdout, exitCode}).toEqual({stdout: '', exitCode: 2})
      expect(stderr).not.toBe('')
    }
    expect(calls).toEqual([])
  })

  test('a key that is not there is missed before the log is read', async () => {
    const {api, calls} = await busyApi()
    const {exitCode, stderr} = await apigw(LogsSearch, [...PROD, '--key', 'nope'], {on: on(api)})
    expect({exitCode, stderr}).toEqual({exitCode: 3, stderr: expect.stringContaining('There is no API key "nope".')})
    expect(calls).not.toContain('FilterLogEvents')
  })

  test('no result is no failure: it says what was searched, and what the log cannot tell', async () => {
    const {api} = await busyApi({dataTrace: false})
    const flags = ['--ip', '198.51.100.1', '--since', '2026-01-31T12:00:00Z', '--until', '2026-01-31T13:00:00Z']
    const {stdout, stderr, exitCode} = await apigw(LogsSearch, [...PROD, ...flags], {on: on(api)})
    expect({stdout, exitCode}).toEqual({stdout: '', exitCode: 0})
    expect(stderr).toContain("does not tell the client's address")
    expect(stderr).toContain(
      'Searched pets/prod from 2026-01-31T12:00:00.000Z to 2026-01-31T13:00:00.000Z: looked at 0 requests.',
    )
  })
})

describe('several stages', () => {
  /** The API on `prod` and on `beta`, with a request to each. */
  async function twoStages() {
    const api = await failingApi()
    await api.deploy('beta')
    await api.logAt('INFO')
    await api.patchStage({'/*/*/logging/loglevel': 'INFO'}, 'beta')
    await api.call('GET /good/1')
    await api.call('GET /good/2', {}, 'beta')
    return api
  }
  const BOTH = ['--api', 'pets', '--stage', 'prod', '--stage', 'beta']

  test('in one order, each with its name', async () => {
    const api = await twoStages()
    const {stdout, stderr} = await apigw(LogsSearch, [...BOTH, '--json'], {on: on(api)})
    expect(parsed(stdout).map(({stage}) => stage)).toEqual(['prod', 'beta'])
    expect(stderr).toMatch(/^Searched pets\/prod, pets\/beta from /)
  })

  test('on a terminal a label, in a colour of its own; lines in a pipe have it in a column', async () => {
    const api = await twoStages()
    const shown = await apigw(LogsTail, BOTH, {on: on(api), tty: true, env: {FORCE_COLOR: '1'}})
    const labels = shown.stdout
      .trimEnd()
      .split('\n')
      .map(row => row.match(/\u001B\[(\d+)mpets\/(\w+)/)?.slice(1))
    expect(labels.map(label => label?.[1])).toEqual(['prod', 'beta'])
    expect(labels[0]?.[0]).not.toBe(labels[1]?.[0])
    const raw = await apigw(LogsTail, [...BOTH, '--raw'], {on: on(api)})
    const columns = raw.stdout
      .trimEnd()
      .split('\n')
      .map(row => row.split('\t')[1])
    expect(new Set(columns)).toEqual(new Set(['pets/prod', 'pets/beta']))
    const one = await apigw(LogsTail, [...PROD, '--raw'], {on: on(api)})
    expect(one.stdout).not.toContain('pets/prod\t')
  })

  test('what is not there is missed by name; what the environment says counts where nothing was said', async () => {
    const api = await twoStages()
    const missing = await apigw(LogsSearch, [...BOTH, '--stage', 'nope'], {on: on(api)})
    expect(missing).toMatchObject({stdout: '', exitCode: 3})
    expect(missing.stderr).toContain('There is no stage "nope".')
    const env = {APIGW_API: 'pets', APIGW_STAGE: 'beta'}
    const found = await apigw(LogsSearch, ['--json'], {on: on(api), env})
    expect(parsed(found.stdout).map(({stage}) => stage)).toEqual(['beta'])
  })
})

test('access logs are searched by their format, with everything of a line at once', async () => {
  const api = await failingApi()
  await api.logAt('INFO')
  await api.logs.createLogGroup({logGroupName: 'access'})
  await api.patchStage({
    '/accessLogSettings/destinationArn': 'arn:aws:logs:us-east-1:123456789012:log-group:access',
    '/accessLogSettings/format':
      '{"requestId":"$context.requestId","ip":"$context.identity.sourceIp","method":"$context.httpMethod","path":"$context.path","status":"$context.status"}',
  })
  await api.call('GET /good/7')
  const {headers} = await api.call('GET /error')
  const requestId = headers.get('x-amzn-requestid')
  const flags = ['--access', '--status', '502', '--method', 'GET', '--ip', 'self']
  expect(await searched(api, ...flags)).toMatchObject([{requestId, status: 502, sourceIp: '127.0.0.1'}])
  const {stderr} = await apigw(LogsSearch, [...PROD, '--access', '--min-latency', '1s'], {on: on(api)})
  expect(stderr).toContain('The access log of pets/prod does not tell how long it took')
})
