import {mkdtempSync, writeFileSync} from 'node:fs'
import {createServer} from 'node:http'
import {type AddressInfo, Socket} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {describe, expect, onTestFinished, test, vi} from 'vitest'
import {openLogging} from '../../src/aws/logs.js'
import {interrupted} from '../../src/domain/problem.js'
import type {Fault, FaultCall, Sandbox} from '../../src/sandbox/server.js'
import {sandboxForTest} from '../support/sandbox.js'
import {FakeClock, sessionOn} from '../support/session.js'
import {run, SECOND} from '../support/tailed.js'

const EVENTS = 120

/** A group whose events become visible 20 s after their time, some of them 45 s; what the service does wrong is told. */
async function service(fault: (call: FaultCall) => Fault | undefined = () => undefined) {
  const clock = new FakeClock()
  const start = clock.now()
  const {sandbox, logs} = await sandboxForTest({
    millis: clock.now,
    logScanLimit: 30,
    logDelay: ({timestamp, message}) => timestamp - start + (message.endsWith('3') ? 45 : 20) * SECOND,
    fault: call => (call.operation === 'FilterLogEvents' ? fault(call) : undefined),
  })
  const stream = {logGroupName: 'g', logStreamName: 's'}
  await logs.createLogGroup(stream)
  await logs.createLogStream(stream)
  const logEvents = Array.from({length: EVENTS}, (_, i) => ({timestamp: start + i * 500, message: `event ${i}`}))
  await logs.putLogEvents({...stream, logEvents})
  const {source} = await openLogging(sessionOn(sandbox, {clock}).session)
  return {clock, source, sandbox}
}

const failing = (code: string, message: string, status = 400): Fault => ({kind: 'error', status, code, message})
const throttled = failing('ThrottlingException', 'Rate exceeded')

/** Answers of a page that is not what it should be. */
const altered = (change: (page: Page) => Page): Fault => ({kind: 'altered', change: change as never})

interface Page {
  events: object[]
  nextToken?: string | undefined
}

describe('followed over HTTP, every event is shown once', () => {
  const between = (first: number, last: number, fault: Fault) => (call: FaultCall) =>
    call.count >= first && call.count <= last ? fault : undefined

  test.each<[string, (call: FaultCall) => Fault | undefined]>([
    ['when nothing goes wrong but late events', () => undefined],
    ['when it is throttled', between(20, 26, throttled)],
    ['when connections are cut', ({count}) => (count % 9 === 5 ? {kind: 'reset'} : undefined)],
    ['when answers are lost', ({count}) => (count % 9 === 5 ? {kind: 'lost'} : undefined)],
    ['when the service fails', ({count}) => (count % 9 === 5 ? failing('InternalFailure', 'oops', 500) : undefined)],
    [
      'when tokens expire',
      ({count, input}) =>
        count % 7 === 3 && input.nextToken !== undefined
          ? failing('InvalidParameterException', 'The specified nextToken is invalid.')
          : undefined,
    ],
    [
      'when a page comes again under the token it was asked for with',
      ({count, input: {nextToken}}) =>
        count % 5 === 2 && nextToken !== undefined
          ? altered(page => ({...page, nextToken: nextToken as string}))
          : undefined,
    ],
    [
      'when a page is empty, and has a token',
      ({count, input: {nextToken}}) =>
        count % 5 === 2 && nextToken !== undefined
          ? altered(() => ({events: [], nextToken: nextToken as string}))
          : undefined,
    ],
    [
      'when each page has its events twice',
      () => altered(page => ({...page, events: [...page.events, ...page.events]})),
    ],
    ['when credentials have expired for one call', between(30, 30, failing('ExpiredTokenException', 'expired'))],
    [
      'when the group is gone for a while',
      between(30, 40, failing('ResourceNotFoundException', 'The specified log group does not exist.')),
    ],
  ])('%s', async (_, fault) => {
    const {clock, source} = await service(fault)
    const {messages, error, statistics} = await run(clock, source, {seconds: 300})
    expect(error).toBeUndefined()
    expect(messages).toHaveLength(EVENTS)
    expect(new Set(messages).size).toBe(EVENTS)
    expect(statistics.events).toBe(EVENTS)
  })
})

/** A service that takes one access key and calls all others expired. */
async function signedInAs(valid: () => string): Promise<Sandbox & {keys: string[]}> {
  const keys: string[] = []
  const server = createServer((request, response) => {
    const key = /Credential=(\w+)\//.exec(request.headers.authorization ?? '')?.[1] ?? ''
    keys.push(key)
    const isValid = key === valid()
    const fault = {__type: 'ExpiredTokenException', message: 'The security token included in the request is expired'}
    response.writeHead(isValid ? 200 : 400, {'content-type': 'application/x-amz-json-1.1'})
    response.end(JSON.stringify(isValid ? {events: []} : fault))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const {port} = server.address() as AddressInfo
  return {url: `http://127.0.0.1:${port}`, port, calls: new Map(), stop: async () => {}, keys}
}

describe('credentials that expire while it runs', () => {
  /** A session by a profile whose credentials can be changed. */
  async function byProfile() {
    const file = join(mkdtempSync(join(tmpdir(), 'apigw-aws-')), 'credentials')
    const sign = (key: string) => writeFileSync(file, `[ops]\naws_access_key_id=${key}\naws_secret_access_key=s\n`)
    let valid = 'FIRST'
    const server = await signedInAs(() => valid)
    const before = process.env.AWS_SHARED_CREDENTIALS_FILE
    process.env.AWS_SHARED_CREDENTIALS_FILE = file
    onTestFinished(() => {
      if (before === undefined) delete process.env.AWS_SHARED_CREDENTIALS_FILE
      else process.env.AWS_SHARED_CREDENTIALS_FILE = before
    })
    sign('FIRST')
    const {source} = await openLogging(sessionOn(server, {profile: 'ops'}).session)
    expect(await source.page({group: 'g'})).toEqual({events: []})
    return {source, server, sign, expire: (next: string) => (valid = next)}
  }

  test('are looked for again: whoever signed in meanwhile notices nothing', async () => {
    const {source, server, sign, expire} = await byProfile()
    expire('SECOND')
    sign('SECOND')
    expect(await source.page({group: 'g'})).toEqual({events: []})
    expect(await source.page({group: 'g'})).toEqual({events: []})
    expect(server.keys).toEqual(['FIRST', 'FIRST', 'SECOND', 'SECOND'])
  })

  test('end it, with the command that mends it, when nobody did', async () => {
    const {source, server, expire} = await byProfile()
    expire('SECOND')
    await expect(source.page({group: 'g'})).rejects.toMatchObject({
      kind: 'denied',
      hint: expect.stringContaining('aws sso login --profile ops'),
    })
    expect(server.keys).toHaveLength(3)
  })
})

test('Ctrl-C while the service is thinking is an interruption', async () => {
  const controller = new AbortController()
  const server = createServer(() => controller.abort(interrupted()))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const {port} = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`
  const {session} = sessionOn({url} as Sandbox, {signal: controller.signal})
  const {source} = await openLogging(session)
  await expect(source.page({group: 'g'})).rejects.toMatchObject({kind: 'interrupted'})
})

test('a connection that has died without a word is given up, and the page asked for again', async () => {
  const setTimeout = Socket.prototype.setTimeout
  const shortened = vi.spyOn(Socket.prototype, 'setTimeout').mockImplementation(function (this: Socket, time, ...rest) {
    return setTimeout.call(this, time / 1_000, ...rest)
  })
  onTestFinished(() => shortened.mockRestore())
  let calls = 0
  const server = createServer((_, response) => {
    if (++calls > 1) response.end('{"events":[]}')
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const {port} = server.address() as AddressInfo
  const {source} = await openLogging(sessionOn({url: `http://127.0.0.1:${port}`} as Sandbox).session)
  expect(await source.page({group: 'g'})).toEqual({events: []})
  expect(calls).toBe(2)
}, 10_000)

test('attempts after a lost connection are calls too: at most one a second when following', async () => {
  const at: number[] = []
  let now = () => 0
  const {clock, source} = await service(({count}) => {
    at.push(now())
    return count % 4 < 2 ? undefined : {kind: 'reset'}
  })
  now = clock.now
  await run(clock, source, {seconds: 120})
  const gaps = at.slice(1).map((time, i) => time - (at[i] as number))
  expect(Math.min(...gaps.slice(-60))).toBeGreaterThanOrEqual(SECOND)
})
