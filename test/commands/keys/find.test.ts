import {expect, test} from 'vitest'
import KeysFind from '../../../src/commands/keys/find.js'
import {apigw} from '../../support/apigw.js'
import {gold} from '../../support/gold.js'
import {sandboxForTest} from '../../support/sandbox.js'

const VALUE = `${'f'.repeat(34)}bMZHBg`

/** The key `mobile`, which is on the plan `gold`, beside another one. */
async function world() {
  const kit = await gold()
  const {id: keyId} = await kit.apigateway.createApiKey({name: 'mobile', value: VALUE, enabled: false})
  await kit.apigateway.createUsagePlanKey({usagePlanId: kit.planId, keyId, keyType: 'API_KEY'})
  await kit.apigateway.createApiKey({name: 'tablet'})
  return {...kit, keyId}
}

test('the key that has a value is shown with its state and its plans, the value masked', async () => {
  const {sandbox, keyId, planId} = await world()
  const {stdout, stderr, exitCode} = await apigw(KeysFind, ['--value-stdin', '--json'], {on: sandbox, stdin: VALUE})
  expect({exitCode, stderr}).toEqual({exitCode: 0, stderr: ''})
  const found = {id: keyId, name: 'mobile', enabled: false, value: '****…bMZHBg', plans: [{id: planId, name: 'gold'}]}
  expect(JSON.parse(stdout)).toMatchObject(found)
  expect(stdout).not.toContain(VALUE)
})

test('its id can be handed on', async () => {
  const {sandbox, keyId} = await world()
  const run = await apigw(KeysFind, ['--value-stdin', '-o', 'id'], {on: sandbox, stdin: `${VALUE}\n`})
  expect(run.stdout).toBe(`${keyId}\n`)
})

test('a value that no key has ends with 3 and is not repeated', async () => {
  const {sandbox} = await world()
  const other = VALUE.replace('f', 'g')
  const {stdout, stderr, exitCode} = await apigw(KeysFind, ['--value-stdin'], {on: sandbox, stdin: other})
  expect({stdout, exitCode}).toEqual({stdout: '', exitCode: 3})
  expect(stderr).toContain('No API key has this value (****…bMZHBg).')
  expect(stderr).not.toContain(other)
})

test('quotes around a value are noticed: it is that of no key, and whose it is without them is told', async () => {
  const {sandbox, keyId} = await world()
  const {stderr, exitCode} = await apigw(KeysFind, ['--value-stdin'], {on: sandbox, stdin: `'${VALUE}'\n`})
  expect(exitCode).toBe(3)
  expect(stderr).toContain(`Without the quotes around it, it is that of "mobile" (${keyId}).`)
  expect(stderr).not.toContain(VALUE)
})

test('spaces around a value are left away, and told of', async () => {
  const {sandbox} = await world()
  const {stderr, exitCode} = await apigw(KeysFind, ['--value-stdin'], {on: sandbox, stdin: ` ${VALUE} \n\n`})
  expect(exitCode).toBe(0)
  expect(stderr).toContain('There are spaces or line breaks around the value')
})

test('pages of 500 are read, and none after the one with the key', async () => {
  const {sandbox, apigateway} = await sandboxForTest()
  const rows = Array.from({length: 1100}, (_, i) => `key-${i},${`value-of-key-${i}-`.padEnd(24, 'x')}`)
  await apigateway.importApiKeys({format: 'csv', body: Buffer.from(['name,key', ...rows].join('\n'))})
  const [first] = (await apigateway.getApiKeys({limit: 500, includeValues: true})).items ?? []
  const before = sandbox.calls.get('GetApiKeys') ?? 0
  await apigw(KeysFind, ['--value-stdin'], {on: sandbox, stdin: first?.value ?? ''})
  expect((sandbox.calls.get('GetApiKeys') ?? 0) - before).toBe(1)
  await apigw(KeysFind, ['--value-stdin'], {on: sandbox, stdin: 'a-value-that-none-of-them-has'})
  expect((sandbox.calls.get('GetApiKeys') ?? 0) - before).toBe(1 + 3)
})

test('without --value-stdin it is wrong usage: a value has no place on a command line', async () => {
  const {sandbox} = await world()
  expect((await apigw(KeysFind, [], {on: sandbox})).exitCode).toBe(2)
})
