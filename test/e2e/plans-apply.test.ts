import {mkdtempSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import type {SandboxOptions} from '../../src/sandbox/server.js'
import {onTerminal} from '../support/binary.js'
import {killEverywhere} from '../support/crash.js'
import {gold} from '../support/gold.js'

const file = join(mkdtempSync(join(tmpdir(), 'apigw-plans-')), 'plans.yaml')
writeFileSync(
  file,
  `plans:
  gold:
    rate: 100
    burst: 200
    stages: {petstore/beta: {GET /pets: 5/10}}
    keys: [tablet]
    tags: {tier: "1"}
  silver:
    stages: [petstore/prod]
    keys: [mobile]
`,
)

const KEYS = {mobile: 'mobile-value-of-20-characters', tablet: 'tablet-value-of-20-characters'}

/** `gold` on `prod` with both keys, and `old`, which is in no file, on `beta` with one of them. */
async function world(options: SandboxOptions = {}) {
  const kit = await gold(options)
  const {apigateway, sandbox, restApiId, planId} = kit
  await apigateway.createDeployment({restApiId, stageName: 'beta'})
  const {id: old = ''} = await apigateway.createUsagePlan({name: 'old', apiStages: [{apiId: restApiId, stage: 'beta'}]})
  for (const [name, value] of Object.entries(KEYS)) {
    const {id: keyId} = await apigateway.createApiKey({name, value, enabled: true})
    await apigateway.createUsagePlanKey({usagePlanId: planId, keyId, keyType: 'API_KEY'})
    if (name === 'tablet') await apigateway.createUsagePlanKey({usagePlanId: old, keyId, keyType: 'API_KEY'})
  }
  /** Who gets in where: asked of the stages, by requests. */
  const opens = async () => {
    const answers = ['prod', 'beta'].flatMap(stage =>
      Object.entries(KEYS).map(async ([name, value]) => {
        const url = `${sandbox.url}/execute-api/${restApiId}/${stage}/pets`
        return (await fetch(url, {headers: {'x-api-key': value}})).ok ? [`${name} ${stage}`] : []
      }),
    )
    return (await Promise.all(answers)).flat()
  }
  /** All that usage plans are, without ids. */
  const plans = async () => {
    const {items = []} = await apigateway.getUsagePlans({})
    const all = items.map(async ({id: usagePlanId, ...plan}) => {
      const keys = (await apigateway.getUsagePlanKeys({usagePlanId})).items ?? []
      const stages = plan.apiStages?.map(({stage, throttle}) => ({stage, throttle}))
      return {...plan, apiStages: stages, keys: keys.map(({name}) => name)}
    })
    return Promise.all(all)
  }
  return {...kit, opens, plans}
}

const AS_IN_THE_FILE = [
  {
    name: 'gold',
    throttle: {rateLimit: 100, burstLimit: 200},
    apiStages: [{stage: 'beta', throttle: {'/pets/GET': {rateLimit: 5, burstLimit: 10}}}],
    tags: {tier: '1'},
    keys: ['tablet'],
  },
  {name: 'silver', apiStages: [{stage: 'prod'}], keys: ['mobile']},
]

test('killed at any moment and run again, plans apply ends as one clean run does', {timeout: 120_000}, async () => {
  const calls = await killEverywhere<Awaited<ReturnType<typeof world>>>({
    argv: () => ['plans', 'apply', '-f', file, '--prune', '--yes'],
    world,
    whole: async ({plans}, told) => {
      const names = (await plans()).map(({name}) => name)
      expect(names.length, told).toBe(new Set(names).size)
    },
    finished: async ({plans, opens}, _, told) => {
      expect(await plans(), told).toMatchObject(AS_IN_THE_FILE)
      expect(await opens(), told).toEqual(['mobile prod', 'tablet beta'])
    },
  })
  const made = ['CreateUsagePlan', 'UpdateUsagePlan', 'TagResource', 'DeleteUsagePlanKey', 'CreateUsagePlanKey']
  expect(calls).toEqual(expect.arrayContaining([...made, 'DeleteUsagePlan']))
})

test('on a terminal it shows what it would do, and does it when that is agreed to', async () => {
  const {sandbox, opens} = await world()
  const no = onTerminal(['plans', 'apply', '-f', file, '--prune'], {on: sandbox, columns: 200})
  await no.shows('Type "1" to go on:')
  expect(no.text()).toMatch(/deletes 1 usage plan that it does not have, takes 2 stages off, takes 2 API keys off/)
  expect(no.text()).toMatch(/WOULD +KIND +NAME +DETAIL/)
  expect(no.text()).toMatch(/detach +API key +mobile +from usage plan gold/)
  no.type('n\r')
  expect(await no.ended).toBe(130)
  expect(sandbox.calls.has('UpdateUsagePlan')).toBe(false)

  const yes = onTerminal(['plans', 'apply', '-f', file, '--prune'], {on: sandbox, columns: 200})
  await yes.shows('Type "1" to go on:')
  yes.type('1\r')
  expect(await yes.ended).toBe(0)
  expect(yes.text()).toMatch(/DONE +KIND +NAME +DETAIL/)
  expect(await opens()).toEqual(['mobile prod', 'tablet beta'])
})
