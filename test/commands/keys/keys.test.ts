import type {APIGateway} from '@aws-sdk/client-api-gateway'
import {expect, test} from 'vitest'
import KeysDelete from '../../../src/commands/keys/delete.js'
import KeysDisable from '../../../src/commands/keys/disable.js'
import KeysEnable from '../../../src/commands/keys/enable.js'
import KeysGet from '../../../src/commands/keys/get.js'
import KeysList from '../../../src/commands/keys/list.js'
import KeysUpdate from '../../../src/commands/keys/update.js'
import {apigw} from '../../support/apigw.js'
import {gold} from '../../support/gold.js'
import {sandboxForTest} from '../../support/sandbox.js'

const VALUE = 'a-value-of-at-least-20-characters-42'

async function keyNamed(apigateway: APIGateway, name: string, settings: {enabled?: boolean} = {}): Promise<string> {
  const {id} = await apigateway.createApiKey({name, ...settings})
  return id as string
}

const lines = (text: string) => text.split('\n').filter(line => line !== '')

test('keys list shows columns in a pipe and a table on a terminal, and never a value', async () => {
  const {sandbox, apigateway} = await sandboxForTest({millis: () => Date.UTC(2026, 0, 2, 3, 4, 5)})
  const {id} = await apigateway.createApiKey({name: 'mobile', value: VALUE, enabled: true, customerId: 'c-7'})
  const pipe = await apigw(KeysList, [], {on: sandbox})
  expect(pipe.stdout).toBe(`${id}\tmobile\tenabled\tc-7\t2026-01-02T03:04:05.000Z\t\n`)
  const terminal = await apigw(KeysList, [], {on: sandbox, tty: true, env: {NO_COLOR: '1'}})
  expect(terminal.stdout).toMatch(/^ID +NAME +STATE +CUSTOMER +CREATED/)
  expect(terminal.stdout + pipe.stdout).not.toContain(VALUE)
})

test('keys list filters by plan, name, customer, state and tag, all at once', async () => {
  const {sandbox, apigateway, planId} = await gold()
  const wanted = await apigateway.createApiKey({name: 'app-1', customerId: 'c', enabled: true, tags: {team: 'shop'}})
  const others = [
    {name: 'web-1', customerId: 'c', enabled: true, tags: {team: 'shop'}},
    {name: 'app-2', customerId: 'd', enabled: true, tags: {team: 'shop'}},
    {name: 'app-3', customerId: 'c', enabled: false, tags: {team: 'shop'}},
    {name: 'app-4', customerId: 'c', enabled: true, tags: {team: 'ops'}},
  ]
  const ids = [wanted.id]
  for (const other of others) ids.push((await apigateway.createApiKey(other)).id)
  for (const keyId of ids) await apigateway.createUsagePlanKey({usagePlanId: planId, keyId, keyType: 'API_KEY'})
  await apigateway.createApiKey({name: 'app-5', customerId: 'c', enabled: true, tags: {team: 'shop'}})

  const filters = ['--plan', 'gold', '--name', 'app-', '--customer-id', 'c', '--enabled', '--tag', 'team=shop']
  const {stdout} = await apigw(KeysList, [...filters, '-o', 'id'], {on: sandbox})
  expect(stdout).toBe(`${wanted.id}\n`)
  const disabled = await apigw(KeysList, ['--plan', 'gold', '--disabled', '-o', 'id'], {on: sandbox})
  expect(disabled.stdout).toBe(`${ids[3]}\n`)
})

test('an unknown plan to filter by is an error, not an empty list', async () => {
  const {sandbox} = await gold()
  const {exitCode, stderr} = await apigw(KeysList, ['--plan', 'golf'], {on: sandbox})
  expect(exitCode).toBe(3)
  expect(stderr).toContain('There is no usage plan "golf".')
})

test('keys list reads all pages, 500 keys at a time', async () => {
  const {sandbox, apigateway} = await sandboxForTest()
  const rows = Array.from({length: 1001}, (_, i) => `key-${i},a-generated-value-${i}-000000`)
  await apigateway.importApiKeys({format: 'csv', body: Buffer.from(['name,key', ...rows].join('\n'))})
  const {stdout} = await apigw(KeysList, ['-o', 'id'], {on: sandbox})
  expect(new Set(lines(stdout)).size).toBe(1001)
  expect(sandbox.calls.get('GetApiKeys')).toBe(3)
})

test('a failure between two pages is told without the position, which has the value of a key in it', async () => {
  const {sandbox, apigateway} = await sandboxForTest({
    fault: ({operation, count}) =>
      operation === 'GetApiKeys' && count > 2
        ? {kind: 'error', status: 400, code: 'BadRequestException', message: 'bad page'}
        : undefined,
  })
  const rows = Array.from({length: 501}, (_, i) => `key-${i},a-generated-value-${i}-000000`)
  await apigateway.importApiKeys({format: 'csv', body: Buffer.from(['name,key', ...rows].join('\n'))})
  const {position = ''} = await apigateway.getApiKeys({limit: 500})
  expect(Buffer.from(position, 'base64').toString()).toContain('a-generated-value-')
  const run = await apigw(KeysList, ['-o', 'id'], {on: sandbox, env: {DEBUG: 'apigw'}})
  expect(run.exitCode).toBe(1)
  expect(run.stderr).toContain('bad page')
  expect(lines(run.stdout)).toHaveLength(500)
  expect(run.stderr).not.toContain(position)
  expect(run.stderr).not.toContain('a-generated-value-')
})

test('keys get shows the plans of a key and its value masked', async () => {
  const {sandbox, apigateway, planId} = await gold()
  const {id: keyId} = await apigateway.createApiKey({name: 'mobile', value: VALUE, enabled: true})
  await apigateway.createUsagePlanKey({usagePlanId: planId, keyId, keyType: 'API_KEY'})
  const {stdout} = await apigw(KeysGet, ['mobile', '--json'], {on: sandbox})
  expect(JSON.parse(stdout)).toMatchObject({id: keyId, value: '****…ers-42', plans: [{name: 'gold'}]})
  expect(stdout).not.toContain(VALUE)
})

test('keys get --value-only writes the value alone, --show-value shows it in its place', async () => {
  const {sandbox, apigateway} = await sandboxForTest()
  const {id} = await apigateway.createApiKey({name: 'mobile', value: VALUE})
  expect((await apigw(KeysGet, [id as string, '--value-only'], {on: sandbox})).stdout).toBe(`${VALUE}\n`)
  const shown = await apigw(KeysGet, ['mobile', '--show-value', '--json'], {on: sandbox})
  expect(JSON.parse(shown.stdout).value).toBe(VALUE)
})

test('a name that two keys have is refused with their ids; an id is always clear', async () => {
  const {sandbox, apigateway} = await sandboxForTest()
  const [one, two] = [await keyNamed(apigateway, 'mobile'), await keyNamed(apigateway, 'mobile')]
  const {exitCode, stderr} = await apigw(KeysGet, ['mobile'], {on: sandbox})
  expect(exitCode).toBe(2)
  expect(stderr).toContain('2 API keys are called "mobile".')
  expect(stderr).toContain(one)
  expect(stderr).toContain(two)
  expect((await apigw(KeysGet, [one, '-o', 'id'], {on: sandbox})).stdout).toBe(`${one}\n`)
})

test('a name is taken as a whole: one that only begins so is not it, but is named', async () => {
  const {sandbox, apigateway} = await sandboxForTest()
  await keyNamed(apigateway, 'mobile-android')
  const {exitCode, stderr} = await apigw(KeysGet, ['mobile'], {on: sandbox})
  expect(exitCode).toBe(3)
  expect(stderr).toContain('There is no API key "mobile".')
  expect(stderr).toContain('mobile-android')
})

test('a name that looks like an id is found all the same', async () => {
  const {sandbox, apigateway} = await sandboxForTest()
  const id = await keyNamed(apigateway, 'mobileapp1')
  expect((await apigw(KeysGet, ['mobileapp1', '-o', 'id'], {on: sandbox})).stdout).toBe(`${id}\n`)
})

test('keys update changes what is said and leaves the rest', async () => {
  const {sandbox, apigateway} = await sandboxForTest()
  const {id: apiKey} = await apigateway.createApiKey({
    name: 'mobile',
    description: 'old',
    customerId: 'c-1',
    tags: {team: 'shop', tier: 'free'},
  })
  const argv = ['mobile', '--name', 'phone', '--description', '', '--tag', 'team=app', '--untag', 'tier']
  const {stdout, exitCode} = await apigw(KeysUpdate, [...argv, '--json'], {on: sandbox})
  expect(exitCode).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({name: 'phone', customerId: 'c-1', tags: {team: 'app'}})
  const key = await apigateway.getApiKey({apiKey})
  expect(key).toMatchObject({name: 'phone', customerId: 'c-1', tags: {team: 'app'}})
  expect(key.description).toBeUndefined()
})

test('keys update without anything to change, or with what the service refuses, is wrong usage', async () => {
  const {sandbox, apigateway} = await sandboxForTest()
  await keyNamed(apigateway, 'mobile')
  for (const argv of [['mobile'], ['mobile', '--customer-id', ''], ['mobile', '--tag', 'novalue']]) {
    expect((await apigw(KeysUpdate, argv, {on: sandbox})).exitCode, argv.join(' ')).toBe(2)
  }
  expect(sandbox.calls.has('UpdateApiKey')).toBe(false)
})

test('running a finished update or enable again changes nothing and says so', async () => {
  const {sandbox, apigateway} = await sandboxForTest()
  await keyNamed(apigateway, 'mobile')
  for (const [command, argv] of [
    [KeysUpdate, ['mobile', '--description', 'Android', '--tag', 'team=shop']],
    [KeysEnable, ['mobile']],
  ] as const) {
    await apigw(command, [...argv], {on: sandbox})
    const calls = new Map(sandbox.calls)
    const again = await apigw(command, [...argv], {on: sandbox})
    expect(again.exitCode).toBe(0)
    expect(again.stderr).toContain('Nothing to do')
    for (const operation of ['UpdateApiKey', 'TagResource']) {
      expect(sandbox.calls.get(operation)).toBe(calls.get(operation))
    }
  }
})

test('keys enable and disable take several keys, by name, id and from stdin', async () => {
  const {sandbox, apigateway} = await sandboxForTest()
  const ids = [await keyNamed(apigateway, 'a'), await keyNamed(apigateway, 'b'), await keyNamed(apigateway, 'c')]
  const run = await apigw(KeysEnable, ['a', '-'], {on: sandbox, stdin: `${ids[1]}\n${ids[2]}\n`})
  expect(run.exitCode).toBe(0)
  expect(lines(run.stdout).map(line => line.split('\t')[2])).toEqual(['enabled', 'enabled', 'enabled'])
  await apigw(KeysDisable, ['b'], {on: sandbox})
  const {items = []} = await apigateway.getApiKeys({})
  expect(Object.fromEntries(items.map(({name, enabled}) => [name, enabled]))).toEqual({a: true, b: false, c: true})
})

test('a bulk command goes on past a failure, names it and exits 1', async () => {
  const {sandbox, apigateway} = await sandboxForTest({
    fault: ({operation, count}) =>
      operation === 'DeleteApiKey' && count === 2
        ? {kind: 'error', status: 400, code: 'BadRequestException', message: 'not this one'}
        : undefined,
  })
  for (const name of ['a', 'b', 'c']) await keyNamed(apigateway, name)
  const {stdout, stderr, exitCode} = await apigw(KeysDelete, ['a', 'b', 'x', 'c', '--confirm', '4'], {on: sandbox})
  expect(exitCode).toBe(1)
  expect(lines(stdout).map(line => line.split('\t')[1])).toEqual(['a', 'c'])
  expect(stderr).toContain('2 of 4 failed:')
  expect(stderr).toContain('x: There is no API key "x".')
  expect(stderr).toContain('b: not this one')
  expect((await apigateway.getApiKeys({})).items?.map(({name}) => name)).toEqual(['b'])
})

test('keys delete wants the name of one key or the number of several, and nothing less', async () => {
  const {sandbox, apigateway} = await sandboxForTest()
  const [a] = [await keyNamed(apigateway, 'a'), await keyNamed(apigateway, 'b')]
  const unasked = await apigw(KeysDelete, [a], {on: sandbox})
  expect(unasked.exitCode).toBe(2)
  expect(unasked.stderr).toContain('--confirm a')
  expect((await apigw(KeysDelete, [a, '--confirm', 'b'], {on: sandbox})).exitCode).toBe(2)
  expect((await apigw(KeysDelete, ['a', 'b', '--confirm', 'a'], {on: sandbox})).stderr).toContain('--confirm 2')
  expect(sandbox.calls.has('DeleteApiKey')).toBe(false)
  expect((await apigw(KeysDelete, [a, '--confirm', 'a'], {on: sandbox})).exitCode).toBe(0)
  expect((await apigateway.getApiKeys({})).items).toHaveLength(1)
})

test('keys delete of an unknown key is exit code 3 and asks nothing', async () => {
  const {sandbox} = await sandboxForTest()
  const {exitCode, stderr} = await apigw(KeysDelete, ['nobody'], {on: sandbox})
  expect(exitCode).toBe(3)
  expect(stderr).toContain('There is no API key "nobody".')
})

test('an empty list on stdin is nothing to do, not a failure', async () => {
  const {sandbox} = await sandboxForTest()
  const {exitCode, stdout, stderr} = await apigw(KeysDisable, ['-'], {on: sandbox, stdin: '\n'})
  expect({exitCode, stdout}).toEqual({exitCode: 0, stdout: ''})
  expect(stderr).toContain('Nothing to do')
})

test.each([
  ['update', KeysUpdate, ['a', '--name', 'b'], /^update\tAPI key\ta\t/],
  ['enable', KeysEnable, ['a'], /^enable\tAPI key\ta\t/],
  ['delete', KeysDelete, ['a'], /^delete\tAPI key\ta\t/],
])('keys %s --dry-run shows what would be done, asks nothing and does nothing', async (_, command, argv, shown) => {
  const {sandbox, apigateway} = await sandboxForTest()
  await keyNamed(apigateway, 'a')
  const {stdout, exitCode} = await apigw(command, [...argv, '--dry-run'], {on: sandbox})
  expect(stdout).toMatch(shown)
  expect(exitCode).toBe(0)
  expect([...sandbox.calls.keys()].filter(name => /^(Update|Delete|Tag|Untag)/.test(name))).toEqual([])
})
