import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {mkdtempSync, readFileSync, statSync} from 'node:fs'
import {networkInterfaces, tmpdir} from 'node:os'
import {join} from 'node:path'
import {APIGateway} from '@aws-sdk/client-api-gateway'
import {expect, onTestFinished, test} from 'vitest'
import {BINARY, cleanEnvironment, shell} from '../support/binary.js'
import {sandboxForTest} from '../support/sandbox.js'

/** `apigw sandbox start` in a process of its own. */
async function started(...flags: string[]) {
  const child = spawn(process.execPath, [BINARY, 'sandbox', 'start', '--port', '0', '--json', ...flags], {
    env: cleanEnvironment(),
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let told = ''
  while (!told.endsWith('}\n')) told += (await once(child.stdout, 'data'))[0]
  const {url, port} = JSON.parse(told) as {url: string; port: number}
  const apigateway = new APIGateway({
    endpoint: url,
    region: 'us-east-1',
    credentials: {accessKeyId: 'test', secretAccessKey: 'test'},
    maxAttempts: 1,
  })
  return {port, apigateway, kill: () => Promise.all([once(child, 'exit'), child.kill('SIGKILL')])}
}

const namesOf = async ({apigateway}: {apigateway: APIGateway}) =>
  ((await apigateway.getApiKeys({limit: 500})).items ?? []).map(({name}) => name)

test('a state file survives kill -9 in a stream of changes: it is whole, and what was answered is in it', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'apigw-state-')), 'state.json')
  const answered: string[] = []
  for (let round = 0; round < 4; round++) {
    const sandbox = await started('--state', file)
    expect(await namesOf(sandbox)).toEqual(expect.arrayContaining(answered))
    let isAlive = true
    const write = async (writer: number) => {
      for (let i = 0; isAlive; i++) {
        const name = `${round}-${writer}-${i}`
        await sandbox.apigateway.createApiKey({name})
        answered.push(name)
      }
    }
    const writers = [0, 1, 2].map(writer => write(writer).catch(() => {}))
    while (answered.length < 20 * (round + 1)) await sandbox.apigateway.getAccount({})
    await sandbox.kill()
    isAlive = false
    await Promise.all(writers)
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({version: 1})
  }
  expect(await namesOf(await started('--state', file))).toEqual(expect.arrayContaining(answered))
  // It holds the values of keys.
  expect(statSync(file).mode & 0o777).toBe(0o600)
}, 60_000)

test('two at a time know nothing of each other', async () => {
  const [one, other] = await Promise.all([started(), started()])
  await one.apigateway.createApiKey({name: 'mine'})
  expect(await namesOf(one)).toEqual(['mine'])
  expect(await namesOf(other)).toEqual([])
})

test('listens on loopback only', async () => {
  const {port} = await started()
  const addresses = Object.values(networkInterfaces()).flatMap(list => list ?? [])
  for (const {address} of addresses.filter(({internal, family}) => !internal && family === 'IPv4')) {
    await expect(fetch(`http://${address}:${port}/_sandbox`)).rejects.toThrow()
  }
  // /proc/net/tcp: the local address, in hexadecimal and little-endian, and the port.
  const hexadecimal = port.toString(16).toUpperCase().padStart(4, '0')
  const listening = readFileSync('/proc/net/tcp', 'utf8').match(
    new RegExp(`[0-9A-F]{8}:${hexadecimal} 00000000:0000 0A`, 'g'),
  )
  expect(listening).toEqual([`0100007F:${hexadecimal} 00000000:0000 0A`])
})

test('with the real rates, who ignores them is refused, and the program never has to be', async () => {
  const {sandbox, apigateway} = await sandboxForTest({quotas: 'real'})
  const rushed = await Promise.allSettled(Array.from({length: 8}, (_, i) => apigateway.createApiKey({name: `k${i}`})))
  const refused = rushed.filter(({status}) => status === 'rejected')
  expect(refused.length).toBeGreaterThan(0)
  for (const {reason} of refused as PromiseRejectedResult[]) expect(reason.name).toBe('TooManyRequestsException')

  const before = sandbox.calls.get('DeleteApiKey') ?? 0
  const names = rushed.flatMap((result, i) => (result.status === 'fulfilled' ? [`k${i}`] : []))
  for (let i = names.length; i < 8; i++) {
    await new Promise(resolve => setTimeout(resolve, 300))
    await apigateway.createApiKey({name: `l${i}`})
    names.push(`l${i}`)
  }
  const line = `apigw keys delete ${names.join(' ')} --confirm 8 -o id`
  const {exitCode, stdout, stderr} = await shell(line, {on: sandbox, env: {APIGW_PACING: ''}})
  expect({exitCode, stderr}).toEqual({exitCode: 0, stderr: ''})
  expect(stdout.trim().split('\n')).toHaveLength(8)
  // A refused call would have been made again.
  expect((sandbox.calls.get('DeleteApiKey') ?? 0) - before).toBe(8)
})
