import {mkdtempSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import type {ApiKey} from '@aws-sdk/client-api-gateway'
import {expect, test} from 'vitest'
import type {SandboxOptions} from '../../src/sandbox/server.js'
import {onTerminal, shell} from '../support/binary.js'
import {killEverywhere} from '../support/crash.js'
import {gold} from '../support/gold.js'
import {sandboxForTest} from '../support/sandbox.js'

const VALUE = 'a-value-of-at-least-20-characters-'

/** Two calls of the service's import, and of each other call that an import makes at least one. */
const FILE = [
  'Name,Key,Description,Enabled,UsagePlans,CustomerId,Tags',
  `there,${VALUE}01,,true,gold,,team=shop`,
  `other,${VALUE}02,x,true,,,`,
  `customer,${VALUE}03,,true,gold,4711,`,
  `"odd ""name""",${VALUE}04,,false,,,`,
  'generated,,,true,gold,,',
  ...Array.from({length: 500}, (_, i) => `key-${i},a-value-of-a-customer-${i},"for ${i}, Ltd.",true,gold,,`),
].join('\n')

/** A key that is there and lacks something, and one that is there and different. */
async function world(options: SandboxOptions) {
  const kit = await gold(options)
  const {apigateway, planId} = kit
  const {id: keyId} = await apigateway.createApiKey({name: 'there', value: `${VALUE}01`, enabled: true})
  await apigateway.createUsagePlanKey({usagePlanId: planId, keyId, keyType: 'API_KEY'})
  await apigateway.createApiKey({name: 'other', value: `${VALUE}02`, enabled: false, description: 'y'})
  const file = join(mkdtempSync(join(tmpdir(), 'apigw-import-')), 'keys.csv')
  writeFileSync(file, FILE)
  return {...kit, file}
}

type World = Awaited<ReturnType<typeof world>>

/** All there is of keys, by name. Ids and generated values differ from world to world. */
async function keysOf({apigateway, planId}: World) {
  const read = async (usagePlanId?: string) => {
    const of = {limit: 500, ...(usagePlanId ? {usagePlanId} : {})}
    const page = (position?: string) =>
      usagePlanId
        ? apigateway.getUsagePlanKeys({...of, usagePlanId, position})
        : apigateway.getApiKeys({...of, position})
    const first = await page()
    const second = first.position ? await page(first.position) : {items: []}
    return [...(first.items ?? []), ...(second.items ?? [])]
  }
  const onPlan = new Set((await read(planId)).map(({id}) => id))
  const keys = await read()
  const told = keys.map(key => {
    const {id, createdDate, lastUpdatedDate, stageKeys, ...rest} = key as ApiKey
    return {...rest, isOnPlan: onPlan.has(id)}
  })
  return told.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
}

test('killed at any of its calls and run again, an import ends as one that was left in peace', {
  timeout: 120_000,
}, async () => {
  const peace = await world({})
  const {exitCode} = await shell(`apigw keys import ${peace.file} > /dev/null 2>&1`, {on: peace.sandbox})
  expect(exitCode).toBe(0)
  const wanted = await keysOf(peace)
  expect(wanted).toHaveLength(505)
  const calls = await killEverywhere<World>({
    argv: ({file}) => ['keys', 'import', file],
    world,
    whole: async (each, told) => {
      const names = (await keysOf(each)).map(({name}) => name)
      expect(names.length, told).toBe(new Set(names).size)
    },
    finished: async (each, again, told) => {
      expect(await keysOf(each), told).toEqual(wanted)
      expect(again.stdout.trimEnd().split('\n'), told).toHaveLength(505)
    },
  })
  for (const call of ['ImportApiKeys', 'CreateApiKey', 'CreateUsagePlanKey', 'UpdateApiKey', 'TagResource']) {
    expect(calls).toContain(call)
  }
})

test('a file goes from one account to another through a pipe, and what is in the way is said on stderr', async () => {
  const one = await world({})
  const {sandbox, apigateway} = await sandboxForTest()
  await apigateway.createUsagePlan({name: 'gold'})
  const to = `--endpoint-url ${sandbox.url}`
  const script = `apigw keys import ${one.file} > /dev/null 2>&1 && apigw keys export --show-values | apigw keys import - ${to} | cut -f 4 | sort | uniq -c`
  const {stdout, stderr, exitCode} = await shell(script, {on: one.sandbox})
  expect({stdout: stdout.trim(), stderr, exitCode}).toEqual({
    stdout: '505 created',
    stderr: '505 created.\n',
    exitCode: 0,
  })
})

test('keys export | head -1 ends quietly', async () => {
  const {sandbox, file} = await world({})
  const {stdout, stderr, exitCode} = await shell(
    `apigw keys import ${file} > /dev/null 2>&1; apigw keys export --show-values | head -1`,
    {on: sandbox},
  )
  expect({stdout, stderr, exitCode}).toEqual({
    stdout: 'Name,Key,Description,Enabled,UsagePlans,CustomerId,Tags\n',
    stderr: '',
    exitCode: 0,
  })
})

test('on a terminal a bar says how far it is, and nothing of it is left', async () => {
  const {sandbox, file} = await world({latencyOf: operation => (operation === 'ImportApiKeys' ? 600 : 0)})
  const terminal = onTerminal(['keys', 'import', file], {on: sandbox})
  await terminal.shows('importing API keys: [')
  expect(await terminal.ended).toBe(0)
  expect(terminal.text()).toMatch(/503 created, 1 updated, 1 there already and different\./)
})
