import {execFileSync} from 'node:child_process'
import {mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import KeysExport from '../../../src/commands/keys/export.js'
import KeysImport from '../../../src/commands/keys/import.js'
import {apigw, type RunOptions} from '../../support/apigw.js'
import {gold} from '../../support/gold.js'
import {clientsOn, sandboxForTest} from '../../support/sandbox.js'

const VALUE = 'a-value-of-at-least-20-characters-4'
const NOTE =
  'The values are not in it: where it is imported, keys that are not there get new ones. With them: --show-values\n'

const exported = (argv: string[], options: RunOptions) => apigw(KeysExport, argv, options)

/** Three keys, two of them on the plan gold. */
async function some(options = {}) {
  const kit = await gold(options)
  const {apigateway, planId} = kit
  const make = async (name: string, on: (string | undefined)[], rest: object) => {
    const {id: keyId} = await apigateway.createApiKey({name, enabled: true, ...rest})
    for (const usagePlanId of on) await apigateway.createUsagePlanKey({usagePlanId, keyId, keyType: 'API_KEY'})
  }
  await make('web', [planId], {value: `${VALUE}3`, tags: {team: 'shop', 'b&c': '50%'}})
  await make('tablet', [], {value: `${VALUE}2`, enabled: false, customerId: '4711'})
  await make('mobile', [planId], {value: `${VALUE}1`, description: 'for "the" app,\nmainly'})
  return kit
}

test('CSV with all that a key has, but values only where they are asked for', async () => {
  const {sandbox} = await some()
  expect(await exported([], {on: sandbox})).toEqual({
    stdout: [
      'Name,Description,Enabled,UsagePlans,CustomerId,Tags',
      'mobile,"for ""the"" app,\nmainly",true,gold,,',
      'tablet,,false,,4711,',
      'web,,true,gold,,b%26c=50%25&team=shop',
      '',
    ].join('\n'),
    stderr: NOTE,
    exitCode: 0,
  })
  const {stdout, stderr} = await exported(['--show-values'], {on: sandbox})
  expect(stdout.split('\n')[0]).toBe('Name,Key,Description,Enabled,UsagePlans,CustomerId,Tags')
  expect(stdout.match(new RegExp(`${VALUE}\\d`, 'g'))).toEqual([`${VALUE}1`, `${VALUE}2`, `${VALUE}3`])
  expect(stderr).toBe('')
})

test('JSON and ndjson have a line for each key; programs find stderr empty', async () => {
  const {sandbox} = await some()
  const json = await exported(['--json', '--show-values'], {on: sandbox})
  const keys = JSON.parse(json.stdout)
  expect(keys[0]).toEqual({
    name: 'mobile',
    value: `${VALUE}1`,
    description: 'for "the" app,\nmainly',
    enabled: true,
    plans: ['gold'],
    customerId: '',
    tags: {},
  })
  expect(json.stdout.split('\n')).toHaveLength(6)
  const ndjson = await exported(['-o', 'ndjson'], {on: sandbox})
  const bare = keys.map(({value, ...rest}: {value: string}) => rest)
  expect(
    ndjson.stdout
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line)),
  ).toEqual(bare)
  expect([json.stderr, ndjson.stderr]).toEqual(['', ''])
})

test('an account without keys gives a file without keys', async () => {
  const {sandbox} = await sandboxForTest()
  expect(JSON.parse((await exported(['--json'], {on: sandbox})).stdout)).toEqual([])
  expect((await exported(['-o', 'ndjson'], {on: sandbox})).stdout).toBe('')
  expect((await exported([], {on: sandbox})).stdout).toBe('Name,Description,Enabled,UsagePlans,CustomerId,Tags\n')
})

test('plans are read from their side: calls grow with the pages of plans, not with keys', async () => {
  const {sandbox, apigateway, planId} = await gold()
  const rows = Array.from({length: 1200}, (_, i) => `key-${i},a-value-of-a-customer-${i},${planId}`)
  await apigateway.importApiKeys({format: 'csv', body: Buffer.from(['name,key,usageplanids', ...rows].join('\n'))})
  const before = new Map(sandbox.calls)
  const {stdout} = await exported([], {on: sandbox})
  expect(stdout.match(/,gold,,\n/g)).toHaveLength(1200)
  const made = [...sandbox.calls].map(([operation, count]) => [operation, count - (before.get(operation) ?? 0)])
  expect(Object.fromEntries(made.filter(([, count]) => count))).toEqual({
    GetUsagePlans: 1,
    GetUsagePlanKeys: 3,
    GetApiKeys: 3,
  })
})

describe('--to', () => {
  test('writes a file that only its owner may read, in the place of one that was there', async () => {
    const {sandbox} = await some()
    const cwd = mkdtempSync(join(tmpdir(), 'apigw-export-'))
    writeFileSync(join(cwd, 'keys.csv'), 'old', {mode: 0o644})
    const {stdout, exitCode} = await exported(['--show-values', '--to', 'keys.csv'], {on: sandbox, cwd})
    expect({stdout, exitCode}).toEqual({stdout: '', exitCode: 0})
    expect(statSync(join(cwd, 'keys.csv')).mode & 0o777).toBe(0o600)
    expect(readFileSync(join(cwd, 'keys.csv'), 'utf8')).toBe((await exported(['--show-values'], {on: sandbox})).stdout)
    expect(readdirSync(cwd)).toEqual(['keys.csv'])
  })

  test.each([
    ['keys.json', /^\[\n/],
    ['keys.jsonl', /^\{.*\}\n\{/],
    ['keys', /^Name,/],
  ])('%s has the format of its name', async (file, begin) => {
    const {sandbox} = await some()
    const cwd = mkdtempSync(join(tmpdir(), 'apigw-export-'))
    await exported(['--to', file], {on: sandbox, cwd})
    expect(readFileSync(join(cwd, file), 'utf8')).toMatch(begin)
  })

  test.each([
    ['.', 2, '. is no file.\nWithout the flag it goes to stdout.'],
    ['pipe', 2, 'pipe is no file.'],
    ['nowhere/keys.csv', 1, 'Cannot write nowhere/keys.csv: there is no such folder.'],
  ])('%s is no place for a file: it is left as it is', async (to, code, text) => {
    const {sandbox} = await some()
    const cwd = mkdtempSync(join(tmpdir(), 'apigw-export-'))
    execFileSync('mkfifo', [join(cwd, 'pipe')])
    const {stderr, exitCode} = await exported(['--to', to], {on: sandbox, cwd})
    expect(exitCode).toBe(code)
    expect(stderr).toContain(`Error: ${text}`)
    expect(readdirSync(cwd)).toEqual(['pipe'])
    expect(statSync(join(cwd, 'pipe')).isFIFO()).toBe(true)
  })

  test('when reading fails half-way, the file that was there stays', async () => {
    const refusal = {kind: 'error', status: 403, code: 'AccessDeniedException', message: 'no'} as const
    const {sandbox} = await some({
      fault: ({operation}: {operation: string}) => (operation === 'GetApiKeys' ? refusal : undefined),
    })
    const cwd = mkdtempSync(join(tmpdir(), 'apigw-export-'))
    writeFileSync(join(cwd, 'keys.csv'), 'old')
    expect((await exported(['--to', 'keys.csv'], {on: sandbox, cwd})).exitCode).toBe(4)
    expect(readdirSync(cwd).map(name => [name, readFileSync(join(cwd, name), 'utf8')])).toEqual([['keys.csv', 'old']])
  })
})

test('only the keys that are asked for, with all their plans', async () => {
  const {sandbox, apigateway} = await some()
  const other = await apigateway.createUsagePlan({name: 'silver'})
  const {items = []} = await apigateway.getApiKeys({nameQuery: 'mobile'})
  await apigateway.createUsagePlanKey({usagePlanId: other.id, keyId: items[0]?.id, keyType: 'API_KEY'})
  const names = async (...argv: string[]) =>
    (JSON.parse((await exported(['--json', ...argv], {on: sandbox})).stdout) as {name: string}[]).map(({name}) => name)
  expect(await names('--plan', 'gold')).toEqual(['mobile', 'web'])
  expect(await names('--disabled')).toEqual(['tablet'])
  expect(await names('--tag', 'team=shop')).toEqual(['web'])
  expect(await names('--customer-id', '4711')).toEqual(['tablet'])
  expect(await names('--name', 'm', '--enabled')).toEqual(['mobile'])
  const [mobile] = JSON.parse((await exported(['--json', '--plan', 'silver'], {on: sandbox})).stdout)
  expect(mobile.plans).toEqual(['gold', 'silver'])
  const unknown = await exported(['--plan', 'golf'], {on: sandbox})
  expect({stdout: unknown.stdout, exitCode: unknown.exitCode}).toEqual({stdout: '', exitCode: 3})
})

test('a plan whose name another plan has, or that would be found for another, is written by its id', async () => {
  const {sandbox, apigateway, planId} = await some()
  const twin = await apigateway.createUsagePlan({name: 'gold'})
  const {stdout} = await exported(['--json', '--name', 'mobile'], {on: sandbox})
  expect(JSON.parse(stdout)[0].plans).toEqual([planId])
  await apigateway.updateUsagePlan({
    usagePlanId: twin.id,
    patchOperations: [{op: 'replace', path: '/name', value: 'x'}],
  })
  const named = await exported(['--json', '--name', 'mobile'], {on: sandbox})
  expect(JSON.parse(named.stdout)[0].plans).toEqual(['gold'])
})

test('--plans ids is what the service itself imports', async () => {
  const {sandbox, apigateway, planId} = await some()
  const {stdout} = await exported(['--show-values', '--plans', 'ids'], {on: sandbox})
  const {items = []} = await apigateway.getApiKeys({})
  for (const {id} of items) await apigateway.deleteApiKey({apiKey: id})
  const {ids, warnings} = await apigateway.importApiKeys({format: 'csv', body: Buffer.from(stdout)})
  expect({count: ids?.length, warnings}).toEqual({count: 3, warnings: []})
  const on = await apigateway.getUsagePlanKeys({usagePlanId: planId})
  expect(on.items?.map(({name}) => name).sort()).toEqual(['mobile', 'web'])
})

test('--query does not apply to a file', async () => {
  const {sandbox} = await sandboxForTest()
  const {exitCode, stderr} = await exported(['--query', '[].name'], {on: sandbox})
  expect(exitCode).toBe(2)
  expect(stderr).toContain('--query does not apply')
})

describe('exported, imported into an empty account and exported again, a file is the same', () => {
  const PLANS = ['gold', 'Silver, 30 days', ' outer ', 'back\\slash', "'quoted'", 'Ünïcode 😀']
  const ascii = fc.integer({min: 0x21, max: 0x7e}).map(code => String.fromCharCode(code))
  const value = fc.string({unit: ascii, minLength: 20, maxLength: 128}).filter(text => !text.startsWith('****'))
  const odd = fc.array(fc.constantFrom('"', "'", ',', '\n', '\r\n', '\\', ' ', '😀', 'é', 'a', ';', '\t'), {
    maxLength: 8,
  })
  const text = fc.oneof(
    odd.map(parts => parts.join('')),
    fc.string({unit: 'grapheme', maxLength: 12}),
  )
  const filled = text.filter(all => all !== '')
  const key = fc.record({
    name: text,
    description: text,
    enabled: fc.boolean(),
    plans: fc.subarray(PLANS),
    customerId: fc.option(filled, {nil: undefined}),
    tags: fc.dictionary(
      filled.filter(name => !/^aws:/i.test(name)),
      text,
      {maxKeys: 3},
    ),
  })
  const accounts = fc.uniqueArray(fc.tuple(value, key), {maxLength: 5, selector: ([secret]) => secret})

  async function account() {
    const {sandbox, apigateway} = await sandboxForTest()
    const ids: Record<string, string | undefined> = {}
    for (const name of PLANS) ids[name] = (await apigateway.createUsagePlan({name})).id
    return {sandbox, apigateway, ids}
  }

  test.each(['csv', 'json', 'ndjson'])('%s', async format => {
    const [one, other] = [await account(), await account()]
    const isKept = async (all: typeof accounts extends fc.Arbitrary<infer T> ? T : never) => {
      for (const {sandbox} of [one, other]) {
        const {apigateway} = clientsOn(sandbox)
        for (const {id} of (await apigateway.getApiKeys({})).items ?? []) await apigateway.deleteApiKey({apiKey: id})
      }
      for (const [secret, {plans, ...rest}] of all) {
        const {id: keyId} = await one.apigateway.createApiKey({value: secret, ...rest})
        for (const plan of plans) {
          await one.apigateway.createUsagePlanKey({usagePlanId: one.ids[plan], keyId, keyType: 'API_KEY'})
        }
      }
      const argv = ['--show-values', '--output', format]
      const first = await exported(argv, {on: one.sandbox})
      const imported = await apigw(KeysImport, ['-', '--format', format], {on: other.sandbox, stdin: first.stdout})
      expect(imported).toMatchObject({exitCode: 0})
      const second = await exported(argv, {on: other.sandbox})
      // Keys that the service's import might read otherwise are made one by one, and so are the newest.
      expect(sorted(second.stdout, format)).toEqual(sorted(first.stdout, format))
      // Within the account nothing is to be done.
      const again = await apigw(KeysImport, ['-', '--json'], {on: one.sandbox, stdin: first.stdout})
      if (all.length > 0) {
        const outcomes = JSON.parse(again.stdout).map(({outcome}: {outcome: string}) => outcome)
        expect(new Set(outcomes)).toEqual(new Set(['unchanged']))
      }
    }
    await fc.assert(fc.asyncProperty(accounts, isKept), {numRuns: 12, endOnFailure: true})
  })

  /** The records of a file in the order of their text. */
  function sorted(file: string, format: string): string[] {
    if (format !== 'csv')
      return file
        .split('\n')
        .map(line => line.replace(/,$/, ''))
        .sort()
    return [...file.matchAll(/(?:"(?:[^"]|"")*"|[^"\n])*\n/g)].map(([record]) => record).sort()
  }

  test('byte by byte, where the names are plain', async () => {
    const {sandbox} = await some()
    const {sandbox: other, apigateway} = await sandboxForTest()
    await apigateway.createUsagePlan({name: 'gold'})
    const first = await exported(['--show-values'], {on: sandbox})
    await apigw(KeysImport, ['-'], {on: other, stdin: first.stdout})
    expect((await exported(['--show-values'], {on: other})).stdout).toBe(first.stdout)
  })
})
