import {expect, test} from 'vitest'
import type {SandboxOptions} from '../../src/sandbox/server.js'
import {killEverywhere} from '../support/crash.js'
import {gold} from '../support/gold.js'

const LONG = 120_000

async function mobile(options: SandboxOptions) {
  const world = await gold(options)
  const {apigateway, planId, sandbox, restApiId} = world
  const {id = '', value = ''} = await apigateway.createApiKey({name: 'mobile', enabled: true})
  await apigateway.createUsagePlanKey({usagePlanId: planId, keyId: id, keyType: 'API_KEY'})
  const ask = async (key = '') =>
    (await fetch(`${sandbox.url}/execute-api/${restApiId}/prod/pets`, {headers: {'x-api-key': key}})).status
  const keys = async () => (await apigateway.getApiKeys({includeValues: true})).items ?? []
  return {...world, id, value, ask, keys}
}

test('keys rotate killed between any two calls: the old key works, a key of the name does, and the next run ends it', {
  timeout: LONG,
}, async () => {
  const calls = await killEverywhere<Awaited<ReturnType<typeof mobile>>>({
    argv: () => ['keys', 'rotate', 'mobile', '--grace', '7d', '--json', '--show-value'],
    world: mobile,
    whole: async ({value, ask, keys}, told) => {
      expect(await ask(value), told).toBe(200)
      const all = await keys()
      expect(all.length, told).toBeLessThanOrEqual(2)
      const named = all.filter(({name}) => name === 'mobile')
      expect(named, told).not.toEqual([])
      for (const key of named) expect(await ask(key.value), told).toBe(200)
    },
    finished: async ({id, value, ask, keys}, {stdout}, told) => {
      const all = await keys()
      expect(all, told).toHaveLength(2)
      const [old, next] = [all.find(key => key.id === id), all.find(key => key.id !== id)]
      expect(next, told).toMatchObject({name: 'mobile', value: JSON.parse(stdout).value, enabled: true})
      expect([await ask(value), await ask(next?.value)], told).toEqual([200, 200])
      expect(old?.name, told).toMatch(/^mobile \(until \d{4}-\d\d-\d\d\)$/)
      expect(old?.tags, told).toMatchObject({'apigw:replaced-by': next?.id, 'apigw:grace-ends': expect.any(String)})
    },
  })
  expect(calls).toContain('CreateApiKey')
})

test('keys rotate --finish killed between any two calls: what is over is ended by the next run, and nothing else', {
  timeout: LONG,
}, async () => {
  const threeOver = async (options: SandboxOptions) => {
    const world = await gold(options)
    const made: Record<string, string> = {}
    for (const [name, end] of [
      ['one', '2020-01-31T12:00:00Z'],
      ['two', '2020-01-31T12:00:00Z'],
      ['three', '2999-01-31T12:00:00Z'],
    ] as const) {
      const {id: next = ''} = await world.apigateway.createApiKey({name, enabled: true})
      const tags = {'apigw:grace-ends': end, 'apigw:replaced-by': next}
      const {id = ''} = await world.apigateway.createApiKey({
        name: `${name} (until ${end.slice(0, 10)})`,
        enabled: true,
        tags,
      })
      made[id] = name
    }
    return {...world, made}
  }
  const ended = async ({apigateway, made}: Awaited<ReturnType<typeof threeOver>>) => {
    const {items = []} = await apigateway.getApiKeys({})
    return items.filter(({enabled}) => !enabled).map(({id, name}) => made[id ?? ''] ?? name)
  }
  await killEverywhere<Awaited<ReturnType<typeof threeOver>>>({
    argv: () => ['keys', 'rotate', '--finish'],
    world: threeOver,
    whole: async (world, told) => {
      for (const name of await ended(world)) expect(['one', 'two'], told).toContain(name)
    },
    finished: async (world, _, told) => expect((await ended(world)).sort(), told).toEqual(['one', 'two']),
  })
})
