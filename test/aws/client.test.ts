import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {describe, expect, onTestFinished, test} from 'vitest'
import {openApiGateway} from '../../src/aws/api-gateway.js'
import {configurationOf, sender} from '../../src/aws/client.js'
import type {Fault} from '../../src/sandbox/server.js'
import {sandboxForTest} from '../support/sandbox.js'
import {FakeClock, sessionOn} from '../support/session.js'

const throttled: Fault = {kind: 'error', status: 429, code: 'TooManyRequestsException', message: 'Too Many Requests'}

describe('throttling', () => {
  test('is waited out: thirty refusals, then the answer', async () => {
    const {sandbox} = await sandboxForTest({fault: ({count}) => (count <= 30 ? throttled : undefined)})
    const {session, notices} = sessionOn(sandbox, {maxWait: 3_600_000})
    const {sdk, send} = await openApiGateway(session)
    expect(await send(new sdk.GetRestApisCommand({}))).toMatchObject({items: []})
    expect(sandbox.calls.get('GetRestApis')).toBe(31)
    expect(notices.length).toBeGreaterThan(0)
    expect(notices[0]).toMatch(/^waiting \d+ s: throttled/)
  })

  test('obeys Retry-After', async () => {
    const {sandbox} = await sandboxForTest({
      fault: ({count}) => (count === 1 ? {...throttled, headers: {'retry-after': '17'}} : undefined),
    })
    const {session, clock} = sessionOn(sandbox)
    const {sdk, send} = await openApiGateway(session)
    await send(new sdk.GetRestApisCommand({}))
    expect(clock.slept).toEqual([17_000])
  })

  test('ends when the session has no more patience', async () => {
    const {sandbox} = await sandboxForTest({fault: () => throttled})
    const {session, clock} = sessionOn(sandbox, {maxWait: 30_000})
    const {sdk, send} = await openApiGateway(session)
    await expect(send(new sdk.GetRestApisCommand({}))).rejects.toMatchObject({kind: 'gave-up'})
    expect(clock.total).toBeLessThanOrEqual(30_000)
    expect(clock.total).toBeGreaterThan(9_000)
  })

  test('a used-up quota is not a throttle: it fails at once', async () => {
    const {sandbox} = await sandboxForTest({
      fault: () => ({
        kind: 'error',
        status: 429,
        code: 'LimitExceededException',
        message: 'Maximum number of Resources',
      }),
    })
    const {session} = sessionOn(sandbox)
    const {sdk, send} = await openApiGateway(session)
    await expect(send(new sdk.GetRestApisCommand({}))).rejects.toMatchObject({
      kind: 'failed',
      code: 'LimitExceededException',
    })
    expect(sandbox.calls.get('GetRestApis')).toBe(1)
  })
})

describe('another change that is in the way', () => {
  // The service has one sentence for it under two names (carlnordenfelt/aws-api-gateway-for-cloudformation#27).
  test.each([
    [409, 'ConflictException'],
    [400, 'BadRequestException'],
  ])('is waited out: %i %s', async (status, code) => {
    const message = 'Unable to complete operation due to concurrent modification. Please try again later.'
    const {sandbox} = await sandboxForTest({
      fault: ({operation, count}) =>
        operation === 'CreateUsagePlan' && count <= 2 ? {kind: 'error', status, code, message} : undefined,
    })
    const {session, clock} = sessionOn(sandbox)
    const {sdk, send} = await openApiGateway(session)
    expect(await send(new sdk.CreateUsagePlanCommand({name: 'gold'}))).toMatchObject({name: 'gold'})
    expect(clock.slept).toHaveLength(2)
  })
})

describe('a service that fails', () => {
  test('is asked again when nothing can be done twice by that', async () => {
    const fault: Fault = {kind: 'error', status: 500, code: 'InternalFailure', message: 'Internal failure'}
    const {sandbox} = await sandboxForTest({fault: ({count}) => (count <= 2 ? fault : undefined)})
    const {session} = sessionOn(sandbox)
    const {sdk, send} = await openApiGateway(session)
    expect(await send(new sdk.GetRestApisCommand({}))).toMatchObject({items: []})
  })

  test('a lost connection during a creation is not tried again, and the doubt is said', async () => {
    const {sandbox} = await sandboxForTest({fault: () => ({kind: 'reset'})})
    const {session} = sessionOn(sandbox)
    const {sdk, send} = await openApiGateway(session)
    await expect(send(new sdk.CreateRestApiCommand({name: 'a'}))).rejects.toMatchObject({
      kind: 'unreachable',
      hint: expect.stringContaining('look before you run it again'),
    })
    expect(sandbox.calls.get('CreateRestApi')).toBe(1)
  })

  test('a lost connection during a read is tried again', async () => {
    const {sandbox} = await sandboxForTest({fault: ({count}) => (count === 1 ? {kind: 'reset'} : undefined)})
    const {session} = sessionOn(sandbox)
    const {sdk, send} = await openApiGateway(session)
    expect(await send(new sdk.GetRestApisCommand({}))).toMatchObject({items: []})
  })

  test('the request id of the service comes along', async () => {
    const {sandbox} = await sandboxForTest()
    const {session} = sessionOn(sandbox)
    const {sdk, send} = await openApiGateway(session)
    await expect(send(new sdk.GetRestApiCommand({restApiId: 'nope'}))).rejects.toMatchObject({
      kind: 'missing',
      code: 'NotFoundException',
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    })
  })
})

describe('pacing', () => {
  // The sandbox enforces the documented rates; both look at one clock. A refusal would show as a second call.
  async function paced() {
    const clock = new FakeClock()
    const {sandbox} = await sandboxForTest({quotas: 'real', millis: clock.now})
    return {sandbox, ...sessionOn(sandbox, {pacing: true, clock})}
  }

  test('keeps to one DeleteRestApi in 30 s without being refused once, and says why it waits', async () => {
    const {sandbox, session, notices, clock} = await paced()
    const {sdk, send} = await openApiGateway(session)
    for (let i = 0; i < 3; i++) {
      await send(new sdk.DeleteRestApiCommand({restApiId: `api${i}`})).catch(() => {})
    }
    expect(sandbox.calls.get('DeleteRestApi')).toBe(3)
    expect(clock.total).toBe(60_250)
    expect(notices).toEqual([
      'waiting 31 s: DeleteRestApi is limited to 1 call per 30 s',
      'waiting 30 s: DeleteRestApi is limited to 1 call per 30 s',
    ])
  })

  test('a hundred keys take no longer than 5 a second allow, and none is refused', async () => {
    const {sandbox, session, clock} = await paced()
    const {sdk, send} = await openApiGateway(session)
    for (let i = 0; i < 100; i++) await send(new sdk.CreateApiKeyCommand({name: `key-${i}`}))
    expect(sandbox.calls.get('CreateApiKey')).toBe(100)
    expect(clock.total).toBeLessThanOrEqual(19_350)
  })

  test('can be switched off for an endpoint that has no such rates', async () => {
    const {sandbox} = await sandboxForTest()
    const {session, clock} = sessionOn(sandbox, {pacing: false})
    const {sdk, send} = await openApiGateway(session)
    for (let i = 0; i < 10; i++) await send(new sdk.CreateApiKeyCommand({name: `key-${i}`}))
    expect(clock.slept).toEqual([])
  })
})

describe('a service that never answers', () => {
  /** The URL of a server that takes requests and says nothing. */
  async function mute(): Promise<{url: string; asked: () => number}> {
    let asked = 0
    const server = createServer(() => {
      asked++
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => {
      server.closeAllConnections()
      server.close()
    })
    return {url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked: () => asked}
  }

  async function asking(silence: number) {
    const {sandbox} = await sandboxForTest()
    const {url, asked} = await mute()
    const {session} = sessionOn(sandbox, {endpointUrl: url})
    const sdk = await import('@aws-sdk/client-api-gateway')
    const client = new sdk.APIGatewayClient(await configurationOf(session, {silence}))
    return {sdk, send: sender(client, session), asked}
  }

  test('is asked again, and then counts as unreachable', async () => {
    const {sdk, send, asked} = await asking(100)
    await expect(send(new sdk.GetRestApisCommand({}))).rejects.toMatchObject({kind: 'unreachable'})
    expect(asked()).toBe(4)
  })

  test('is not asked again for what could be made twice', async () => {
    const {sdk, send, asked} = await asking(100)
    await expect(send(new sdk.CreateRestApiCommand({name: 'petstore'}))).rejects.toMatchObject({kind: 'unreachable'})
    expect(asked()).toBe(1)
  })

  test('is waited for as long as the AWS CLI waits: a minute (cli-read-timeout, AWS CLI reference)', async () => {
    const {sandbox} = await sandboxForTest()
    const {requestHandler} = await configurationOf(sessionOn(sandbox).session)
    expect(requestHandler).toMatchObject({socketTimeout: 60_000})
  })
})
