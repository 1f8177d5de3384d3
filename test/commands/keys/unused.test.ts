import {expect, test} from 'vitest'
import KeysDisable from '../../../src/commands/keys/disable.js'
import KeysList from '../../../src/commands/keys/list.js'
import {apigw} from '../../support/apigw.js'
import {guardedPetstore} from '../../support/gold.js'
import {sandboxForTest} from '../../support/sandbox.js'

const DAY = 24 * 3_600_000

/** Keys of which one each is used, unused, young or not counted, on a sandbox whose clock went on for 120 days. */
async function monthsLater() {
  const now = Date.now()
  let daysAgo = 120
  const {apigateway, sandbox} = await sandboxForTest({millis: () => now - daysAgo * DAY})
  const {id: restApiId = ''} = await apigateway.importRestApi({body: Buffer.from(guardedPetstore())})
  for (const stageName of ['prod', 'beta']) await apigateway.createDeployment({restApiId, stageName})
  const quota = {limit: 100, period: 'MONTH'} as const
  const plans = {
    gold: (await apigateway.createUsagePlan({name: 'gold', apiStages: [{apiId: restApiId, stage: 'prod'}], quota})).id,
    bronze: (await apigateway.createUsagePlan({name: 'bronze', apiStages: [{apiId: restApiId, stage: 'beta'}]})).id,
  }
  const ids: Record<string, string> = {}
  async function issue(name: string, ...on: (keyof typeof plans)[]) {
    const {id: keyId = '', value = ''} = await apigateway.createApiKey({name, enabled: true})
    for (const plan of on) await apigateway.createUsagePlanKey({usagePlanId: plans[plan], keyId, keyType: 'API_KEY'})
    ids[name] = keyId
    return async (stage: string) => {
      const url = `${sandbox.url}/execute-api/${restApiId}/${stage}/pets`
      expect((await fetch(url, {headers: {'x-api-key': value}})).status).toBe(200)
    }
  }
  await issue('never', 'gold')
  const long = await issue('long ago', 'gold')
  const edge = await issue('89 days ago', 'gold')
  const recent = await issue('recent', 'gold')
  const free = await issue('free', 'bronze')
  const both = await issue('both', 'gold', 'bronze')
  const twice = await issue('twice', 'gold', 'bronze')
  await issue('alone')
  daysAgo = 90
  await long('prod')
  daysAgo = 89
  await edge('prod')
  await issue('young', 'gold')
  daysAgo = 10
  await recent('prod')
  await free('beta')
  await both('beta')
  await twice('prod')
  daysAgo = 0
  return {apigateway, sandbox, ids}
}

test('keys list --unused 90d lists old keys that made no counted request, none that may have made one', async () => {
  const {sandbox, ids} = await monthsLater()
  const before = new Map(sandbox.calls)
  const {stdout, stderr, exitCode} = await apigw(KeysList, ['--unused', '90d', '-o', 'id'], {on: sandbox})
  expect(exitCode).toBe(0)
  expect(stdout.split('\n').filter(Boolean).sort()).toEqual([ids.never, ids['long ago']].sort())
  expect(stderr).toContain('Unknown, and not listed, for 3 keys, whose requests the service does not count: ')
  for (const text of ['free (plan bronze has no quota)', 'both (plan bronze has no quota)', 'alone (on no plan)']) {
    expect(stderr).toContain(text)
  }
  expect(stderr).toContain('apigw keys list --uncounted')
  const made = [...sandbox.calls].map(([name, count]) => [name, count - (before.get(name) ?? 0)])
  expect(Object.fromEntries(made.filter(([, count]) => count))).toEqual({
    GetUsagePlans: 1,
    GetUsage: 1,
    GetUsagePlanKeys: 1,
    GetApiKeys: 1,
  })
})

test('keys list --unused 90d | keys disable - shuts out nobody who made a request, counted or not', async () => {
  const {sandbox, apigateway} = await monthsLater()
  const {stdout} = await apigw(KeysList, ['--unused', '90d', '--output', 'id'], {on: sandbox})
  expect((await apigw(KeysDisable, ['-'], {on: sandbox, stdin: stdout})).exitCode).toBe(0)
  const {items = []} = await apigateway.getApiKeys({limit: 500})
  expect(items.flatMap(({name, enabled}) => (enabled ? [] : [name])).sort()).toEqual(['long ago', 'never'])
})

test('keys list --unused with a shorter time finds more, and other filters go with it', async () => {
  const {sandbox} = await monthsLater()
  const names = async (...argv: string[]) => {
    const {stdout} = await apigw(KeysList, [...argv, '--json'], {on: sandbox})
    return JSON.parse(stdout).map(({name}: {name: string}) => name)
  }
  expect((await names('--unused', '7d')).sort()).toEqual(['89 days ago', 'long ago', 'never', 'recent', 'young'])
  expect(await names('--unused', '30d', '--name', 'y')).toEqual(['young'])
  expect(await names('--unused', '90d', '--plan', 'bronze')).toEqual([])
})

test('keys list --unused --json says nothing on stderr', async () => {
  const {sandbox} = await monthsLater()
  const {stdout, stderr} = await apigw(KeysList, ['--unused', '90d', '--json'], {on: sandbox})
  expect(JSON.parse(stdout)).toHaveLength(2)
  expect(stderr).toBe('')
})

test('keys list --uncounted lists the keys whose requests nobody counts, and why', async () => {
  const {sandbox, ids} = await monthsLater()
  const {stdout} = await apigw(KeysList, ['--uncounted', '--json'], {on: sandbox})
  const reasons = JSON.parse(stdout).map(({id, reason}: {id: string; reason: string}) => [id, reason])
  expect(Object.fromEntries(reasons)).toEqual({
    [ids.free!]: 'plan bronze has no quota',
    [ids.both!]: 'plan bronze has no quota',
    [ids.twice!]: 'plan bronze has no quota',
    [ids.alone!]: 'on no plan',
  })
  const people = await apigw(KeysList, ['--uncounted'], {on: sandbox, tty: true, env: {NO_COLOR: '1'}})
  expect(people.stdout).toMatch(/NOT COUNTED\n/)
  expect(sandbox.calls.get('GetUsage') ?? 0).toBe(0)
})

test.each([
  ['91d', 'The service tells the usage of 90 days at most, not of 91d.'],
  ['0d', '"0d" is no time.'],
  ['long', '"long" is not a duration.'],
])('keys list --unused %s is wrong usage, found out before anything is read', async (text, message) => {
  const {sandbox} = await sandboxForTest()
  const {stderr, exitCode} = await apigw(KeysList, ['--unused', text], {on: sandbox})
  expect(exitCode).toBe(2)
  expect(stderr).toContain(message)
  expect(sandbox.calls.size).toBe(0)
})

test('keys list --unused that may not read usage fails and lists nothing', async () => {
  const {sandbox, apigateway} = await sandboxForTest({
    fault: ({operation}) =>
      operation === 'GetUsage' ? {kind: 'error', status: 403, code: 'AccessDeniedException', message: 'no'} : undefined,
  })
  await apigateway.createUsagePlan({name: 'gold', quota: {limit: 1, period: 'DAY'}})
  await apigateway.createApiKey({name: 'mobile'})
  const {stdout, exitCode} = await apigw(KeysList, ['--unused', '1d', '-o', 'id'], {on: sandbox})
  expect([stdout, exitCode]).toEqual(['', 4])
})
