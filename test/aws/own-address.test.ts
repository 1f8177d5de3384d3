import {createServer, type RequestListener} from 'node:http'
import type {AddressInfo} from 'node:net'
import {expect, onTestFinished, test} from 'vitest'
import {openOwnAddress} from '../../src/aws/own-address.js'
import type {Session} from '../../src/domain/session.js'
import {FakeClock} from '../support/session.js'

const session = (settings: Partial<Session> = {}): Session => ({
  region: 'us-east-1',
  pacing: false,
  maxWait: 0,
  signal: new AbortController().signal,
  clock: new FakeClock(),
  notice: () => {},
  progress: () => ({at() {}, end() {}}),
  ...settings,
})

/** A service that says from where it was asked, as checkip.amazonaws.com does. */
async function serviceThat(answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await new Promise(resolve => server.once('listening', resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test('the public address is what the service answers, without its line break', async () => {
  const service = await serviceThat((_, response) => response.end('203.0.113.9\n'))
  expect(await openOwnAddress(session(), service).own()).toBe('203.0.113.9')
})

test.each([
  ['http://127.0.0.1:4599', 'a sandbox'],
  ['http://localhost:4566', 'another server'],
  ['http://apigateway.localhost:4566', 'another server'],
  ['http://[::1]:5000', 'a server on IPv6'],
])('%s, %s on this machine, sees its own address: nobody is asked', async endpointUrl => {
  const service = await serviceThat(() => expect.unreachable())
  expect(await openOwnAddress(session({endpointUrl}), service).own()).toBe('127.0.0.1')
})

test.each<[string, RequestListener]>([
  ['a page of somebody in between', (_, response) => response.end('<html>Log in to the hotel</html>')],
  ['a failure', (_, response) => response.writeHead(503).end('203.0.113.9')],
  ['no answer', request => request.socket.destroy()],
])('%s is no address: it says how to do without', async (_, answer) => {
  const service = await serviceThat(answer)
  await expect(openOwnAddress(session(), service).own()).rejects.toMatchObject({
    kind: 'unreachable',
    hint: 'Say it instead: --ip ADDRESS',
  })
})
