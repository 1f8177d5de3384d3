import {describe, expect, test} from 'vitest'
import LogsTail from '../../src/commands/logs/tail.js'
import type {LoggedRequest} from '../../src/domain/logs/requests/request.js'
import type {Sandbox} from '../../src/sandbox/server.js'
import {apigw} from '../support/apigw.js'
import {FAILURES, failAll, failingApi, GOOD_KEY} from '../support/failing-api.js'

const PROD = ['--api', 'pets', '--stage', 'prod']

/** The sandbox that an API is on, as far as the environment of a command needs it. */
const on = ({url}: {url: string}) => ({url}) as Sandbox

type ShownRequest = Omit<LoggedRequest, 'time'> & {time: string}

async function tailed(api: {url: string}, ...flags: string[]): Promise<ShownRequest[]> {
  const {stdout, stderr, exitCode} = await apigw(LogsTail, [...PROD, '--json', ...flags], {on: on(api)})
  expect({stderr, exitCode}).toEqual({stderr: '', exitCode: 0})
  return stdout
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line))
}

describe('failures of real requests', () => {
  test.each([
    {dataTrace: false, level: 'INFO'},
    {dataTrace: true, level: 'INFO'},
  ] as const)('data trace $dataTrace: each is shown with its cause and status', async setting => {
    const api = await failingApi()
    const ids = await failAll(api, setting)
    const requests = await tailed(api)
    // Those that began in the same millisecond come in any order.
    const shown = new Map(requests.map(({requestId, status, failure}) => [requestId, {status, cause: failure?.cause}]))
    expect(ids.map(id => shown.get(id))).toEqual(FAILURES.map(({cause, status}) => ({status, cause})))
    expect(requests).toHaveLength(ids.length)
    expect(requests.every(({isComplete, isAddition}) => isComplete && !isAddition)).toBe(true)
    expect(requests.flatMap(({lines}) => lines).filter(({phase}) => phase === 'other')).toEqual([])
    const logged = await api.logged()
    expect(requests.flatMap(({lines}) => lines)).toHaveLength(logged.length)
  })

  test('at level ERROR too, as far as there are lines of them', async () => {
    const api = await failingApi()
    const ids = await failAll(api, {level: 'ERROR'})
    const causes = new Map((await tailed(api)).map(({requestId, failure}) => [requestId, failure?.cause]))
    // These leave nothing but their status.
    const silent = ['missing-parameters', 'token-missing', 'refused']
    expect(ids.map(id => causes.get(id))).toEqual(
      FAILURES.map(({cause}) => (silent.includes(cause) ? undefined : cause)),
    )
  })
})

describe('requests of a stage', () => {
  test('who asked for what, with which key, and how long it took', async () => {
    const api = await failingApi()
    await api.logAt('INFO', true)
    const good = await api.call('GET /good/7?limit=2', {headers: {'user-agent': 'curl/8.4.0'}})
    const keyed = await api.call('GET /keyed', {headers: {'x-api-key': GOOD_KEY}})
    const [first, second] = await tailed(api)
    expect(first).toMatchObject({
      api: 'pets',
      stage: 'prod',
      protocol: 'REST',
      requestId: good.headers.get('x-amzn-requestid'),
      method: 'GET',
      resource: '/good/{id}',
      path: '/good/7',
      query: 'limit=2',
      status: 200,
      latency: expect.any(Number),
      integrationLatency: expect.any(Number),
      integrationStatus: 200,
      integrationRequestId: expect.stringMatching(/^[\w-]{36}$/),
      userAgent: 'curl/8.4.0',
      isComplete: true,
    })
    expect(second).toMatchObject({
      requestId: keyed.headers.get('x-amzn-requestid'),
      path: '/keyed',
      keyEnding: 'bMZHBg',
      status: 200,
    })
  })

  test('in a pipe a row each, on a terminal a line each and two more where it failed; --verbose unfolds', async () => {
    const api = await failingApi()
    await api.logAt('INFO')
    await api.call('GET /good/7')
    await api.call('GET /error')
    const piped = await apigw(LogsTail, PROD, {on: on(api)})
    expect(
      piped.stdout
        .trimEnd()
        .split('\n')
        .map(row => row.split('\t').slice(3, 6)),
    ).toEqual([
      ['200', 'GET', '/good/{id}'],
      ['502', 'GET', '/error'],
    ])
    const options = {on: on(api), tty: true, columns: 100, env: {NO_COLOR: '1'}}
    const shown = (await apigw(LogsTail, PROD, options)).stdout.trimEnd().split('\n')
    expect(shown).toEqual([
      expect.stringMatching(/^\d\d:\d\d:\d\d\.\d{3} {2}200 {2}GET {6}\/good\/\{id\} +\d+ ms {7}- {11}[\da-f]{8}$/),
      expect.stringMatching(/^\d\d:\d\d:\d\d\.\d{3} {2}502 {2}GET {6}\/error .*[\da-f]{8}$/),
      '              The Lambda function failed: boom',
      expect.stringMatching(/^ {14}See what the function wrote: apigw logs request [\w-]{36} --api \w+ --stage prod$/),
    ])
    const verbose = (await apigw(LogsTail, [...PROD, '--verbose'], options)).stdout
    expect(verbose).toContain('  Starting execution for request: ')
    expect(verbose.split('\n').filter(line => /^\d\d:/.test(line))).toHaveLength(2)
  })

  test('--grep: requests with a line that matches; --raw: lines as they are; csv with a header', async () => {
    const api = await failingApi()
    await api.logAt('INFO')
    await api.call('GET /good/7')
    const failed = await api.call('GET /error')
    const found = await tailed(api, '--grep', 'status: 5\\d\\d$')
    expect(found.map(({requestId}) => requestId)).toEqual([failed.headers.get('x-amzn-requestid')])
    expect(found[0]?.lines.length).toBeGreaterThan(5)
    const raw = await apigw(LogsTail, [...PROD, '--raw', '--grep', 'status: 5\\d\\d$'], {on: on(api)})
    expect(raw.stdout).toMatch(/^\S+Z\t\([\w-]{36}\) Method completed with status: 502\n$/)
    expect((await apigw(LogsTail, [...PROD, '--raw', '--verbose'], {on: on(api)})).exitCode).toBe(2)
    const csv = await apigw(LogsTail, [...PROD, '--output', 'csv'], {on: on(api)})
    expect(csv.stdout.split('\n')[0]).toBe(
      'time,api,stage,status,method,resource,path,latency,integration_latency,key,request_id,cause,message',
    )
  })

  test('credentials are taken out of lines, unless --no-redact', async () => {
    const api = await failingApi()
    await api.logAt('INFO', true)
    await api.call('GET /good/7', {headers: {cookie: 'session=s3cret'}})
    expect(JSON.stringify(await tailed(api))).not.toContain('s3cret')
    expect(JSON.stringify(await tailed(api, '--no-redact'))).toContain('session=s3cret')
  })
})
