import {expect, test} from 'vitest'
import PlansAttach from '../../../src/commands/plans/attach.js'
import PlansCreate from '../../../src/commands/plans/create.js'
import PlansDelete from '../../../src/commands/plans/delete.js'
import PlansDetach from '../../../src/commands/plans/detach.js'
import PlansGet from '../../../src/commands/plans/get.js'
import PlansKeys from '../../../src/commands/plans/keys.js'
import PlansList from '../../../src/commands/plans/list.js'
import PlansUpdate from '../../../src/commands/plans/update.js'
import {apigw} from '../../support/apigw.js'
import {gold} from '../../support/gold.js'
import {petstore} from '../../support/petstore.js'
import {sandboxForTest} from '../../support/sandbox.js'

const VALUE = 'a-value-of-at-least-20-characters-42'

/** `gold`, with another stage `beta` that is not on it and an enabled key `mobile` that is. */
async function goldWithKey(options: Parameters<typeof gold>[0] = {}) {
  const kit = await gold(options)
  const {apigateway, planId, restApiId} = kit
  await apigateway.createDeployment({restApiId, stageName: 'beta'})
  const {id: keyId} = await apigateway.createApiKey({name: 'mobile', value: VALUE, enabled: true})
  await apigateway.createUsagePlanKey({usagePlanId: planId, keyId, keyType: 'API_KEY'})
  return {...kit, keyId: keyId as string}
}

test('plans create sends limits and stages in one call; an API is named by name or id', async () => {
  const {sandbox, apigateway, restApiId} = await petstore()
  for (const stageName of ['prod', 'beta']) await apigateway.createDeployment({restApiId, stageName})
  const argv = ['gold', '--rate', '99.5', '--burst', '200', '--quota', '10000/week', '--tag', 'tier=1']
  const stages = ['--stage', 'petstore/prod', '--stage', `${restApiId}:beta`, '--stage', 'petstore:prod']
  const {stdout, exitCode} = await apigw(PlansCreate, [...argv, ...stages, '--json'], {on: sandbox})
  expect(exitCode).toBe(0)
  const plan = await apigateway.getUsagePlan({usagePlanId: JSON.parse(stdout).id})
  expect(plan).toMatchObject({
    name: 'gold',
    throttle: {rateLimit: 99.5, burstLimit: 200},
    quota: {limit: 10_000, period: 'WEEK', offset: 0},
    apiStages: [
      {apiId: restApiId, stage: 'prod'},
      {apiId: restApiId, stage: 'beta'},
    ],
    tags: {tier: '1'},
  })
  expect(sandbox.calls.has('UpdateUsagePlan')).toBe(false)
})

test.each([
  ['an unknown API', ['--stage', 'shop/prod'], 3, 'There is no API "shop".'],
  ['an unknown stage', ['--stage', 'petstore/beta'], 3, 'API "petstore" has no stage "beta".'],
  ['a stage without an API', ['--stage', 'prod'], 2, '"prod" is not a stage.'],
  ['a rate that is no number', ['--rate', 'fast', '--burst', '1'], 2, '--rate "fast"'],
  ['a rate of zero', ['--rate', '0', '--burst', '1'], 2, '--rate "0"'],
  ['a rate without a burst', ['--rate', '10'], 2, '--rate needs --burst'],
  ['a burst that is not whole', ['--rate', '1', '--burst', '1.5'], 2, '--burst "1.5"'],
  ['a quota without a period', ['--quota', '1000'], 2, '--quota "1000"'],
  ['a quota of an unknown period', ['--quota', '1000/year'], 2, '10000/day, 10000/week or 10000/month'],
])('plans create refuses %s before anything is created', async (_, argv, code, message) => {
  const {sandbox} = await gold()
  const calls = sandbox.calls.get('CreateUsagePlan')
  const {exitCode, stderr, stdout} = await apigw(PlansCreate, ['silver', ...argv], {on: sandbox})
  expect(exitCode).toBe(code)
  expect(stderr).toContain(message)
  expect(stdout).toBe('')
  expect(sandbox.calls.get('CreateUsagePlan')).toBe(calls)
})

test('plans create --if-not-exists takes the plan that is there, and adds only the stages it lacks', async () => {
  const {sandbox, apigateway, planId} = await goldWithKey()
  const argv = ['gold', '--stage', 'petstore/prod', '--stage', 'petstore/beta', '--if-not-exists', '-o', 'id']
  const first = await apigw(PlansCreate, argv, {on: sandbox})
  const again = await apigw(PlansCreate, argv, {on: sandbox})
  expect([first.stdout, again.stdout]).toEqual([`${planId}\n`, `${planId}\n`])
  expect(again.stderr).toBe(`There is a usage plan "gold" (${planId}) already: it stays as it is.\n`)
  const {apiStages = []} = await apigateway.getUsagePlan({usagePlanId: planId})
  expect(apiStages.map(({stage}) => stage)).toEqual(['prod', 'beta'])
  expect(sandbox.calls.get('UpdateUsagePlan')).toBe(1)
})

test('plans list and get show the limits as they are typed', async () => {
  const {sandbox, apigateway, restApiId} = await gold()
  const {id} = await apigateway.createUsagePlan({
    name: 'trial',
    throttle: {rateLimit: 0.5, burstLimit: 2},
    quota: {limit: 500, period: 'MONTH'},
  })
  const {stdout} = await apigw(PlansList, [], {on: sandbox})
  expect(stdout).toContain(`\tgold\t\t\t\t${restApiId}:prod\t\n`)
  expect(stdout).toContain(`${id}\ttrial\t0.5\t2\t500/month\t\t\n`)
  const terminal = await apigw(PlansGet, ['trial'], {on: sandbox, tty: true, env: {NO_COLOR: '1'}})
  expect(terminal.stdout).toMatch(/^quota +500\/month$/m)
  const named = await apigw(PlansList, [], {on: sandbox, tty: true, env: {NO_COLOR: '1'}})
  expect(named.stdout).toMatch(/gold .*petstore\/prod/)
  const {stderr} = await apigw(PlansList, [], {on: (await sandboxForTest()).sandbox, tty: true})
  expect(stderr).toContain('apigw plans create')
})

test('plans are listed even when the APIs may not be: their stages then have ids', async () => {
  const {sandbox, restApiId} = await gold({
    fault: ({operation}) =>
      operation === 'GetRestApis'
        ? {kind: 'error', status: 403, code: 'AccessDeniedException', message: 'no'}
        : undefined,
  })
  const {stdout, exitCode} = await apigw(PlansGet, ['gold'], {on: sandbox, tty: true, env: {NO_COLOR: '1'}})
  expect(exitCode).toBe(0)
  expect(stdout).toContain(`${restApiId}/prod`)
})

test('plans keys lists the keys of a plan with their values masked', async () => {
  const {sandbox, keyId} = await goldWithKey()
  const {stdout} = await apigw(PlansKeys, ['gold'], {on: sandbox})
  expect(stdout).toBe(`${keyId}\tmobile\t****…ers-42\n`)
  for (const format of ['json', 'yaml', 'csv']) {
    const formatted = await apigw(PlansKeys, ['gold', '-o', format], {on: sandbox})
    expect(formatted.stdout).toContain('****…ers-42')
    expect(formatted.stdout).not.toContain(VALUE)
  }
  expect((await apigw(PlansKeys, ['golf'], {on: sandbox})).exitCode).toBe(3)
})

test('plans update changes limits, stages, name and tags in one call of UpdateUsagePlan', async () => {
  const {sandbox, apigateway, planId} = await goldWithKey()
  const limits = ['--rate', '10', '--burst', '20', '--quota', '100/week']
  const rest = ['--attach', 'petstore/beta', '--detach', 'petstore/prod', '--name', 'silver', '--tag', 'tier=2']
  const {exitCode} = await apigw(PlansUpdate, ['gold', ...limits, ...rest], {on: sandbox})
  expect(exitCode).toBe(0)
  const plan = await apigateway.getUsagePlan({usagePlanId: planId})
  expect(plan).toMatchObject({
    name: 'silver',
    throttle: {rateLimit: 10, burstLimit: 20},
    quota: {limit: 100, period: 'WEEK'},
    apiStages: [{stage: 'beta'}],
    tags: {tier: '2'},
  })
  expect(sandbox.calls.get('UpdateUsagePlan')).toBe(1)
})

test('plans update leaves alone what is not said, and takes limits away', async () => {
  const {sandbox, apigateway} = await sandboxForTest()
  const {id: usagePlanId} = await apigateway.createUsagePlan({
    name: 'gold',
    throttle: {rateLimit: 10, burstLimit: 20},
    quota: {limit: 5, period: 'WEEK', offset: 2},
  })
  await apigw(PlansUpdate, ['gold', '--burst', '40', '--quota', '6/week'], {on: sandbox})
  expect(await apigateway.getUsagePlan({usagePlanId})).toMatchObject({
    throttle: {rateLimit: 10, burstLimit: 40},
    quota: {limit: 6, period: 'WEEK', offset: 2},
  })
  const day = await apigw(PlansUpdate, ['gold', '--quota', '6/day'], {on: sandbox})
  expect(day.exitCode).toBe(0)
  await apigw(PlansUpdate, ['gold', '--no-throttle', '--no-quota'], {on: sandbox})
  const bare = await apigateway.getUsagePlan({usagePlanId})
  expect([bare.throttle, bare.quota]).toEqual([undefined, undefined])
})

test('plans update that is done already makes no call and says so; one that says nothing is wrong usage', async () => {
  const {sandbox} = await gold()
  const run = await apigw(PlansUpdate, ['gold', '--attach', 'petstore/prod', '--no-quota'], {on: sandbox})
  expect(run.exitCode).toBe(0)
  expect(run.stderr).toContain('Nothing to do')
  expect((await apigw(PlansUpdate, ['gold'], {on: sandbox})).exitCode).toBe(2)
  const half = await apigw(PlansUpdate, ['gold', '--burst', '5'], {on: sandbox})
  expect(half.stderr).toContain('--burst needs --rate')
  expect(sandbox.calls.has('UpdateUsagePlan')).toBe(false)
})

test('plans delete of a plan with stages names them and the command, and deletes nothing', async () => {
  const {sandbox, planId, restApiId} = await gold()
  const {exitCode, stderr} = await apigw(PlansDelete, ['gold', '--confirm', 'gold'], {on: sandbox})
  expect(exitCode).toBe(5)
  expect(stderr).toContain(`Usage plan "gold" has stages: ${restApiId}:prod.`)
  expect(stderr).toContain(`apigw plans delete ${planId} --detach --confirm gold`)
  expect(sandbox.calls.has('DeleteUsagePlan')).toBe(false)
})

test('plans delete --detach takes all stages off in one call, then deletes the plan; the keys stay', async () => {
  const {sandbox, apigateway, planId, restApiId, keyId} = await goldWithKey()
  const patchOperations = [{op: 'add' as const, path: '/apiStages', value: `${restApiId}:beta`}]
  await apigateway.updateUsagePlan({usagePlanId: planId, patchOperations})
  const {exitCode, stdout} = await apigw(PlansDelete, ['gold', '--detach', '--confirm', 'gold'], {on: sandbox})
  expect(exitCode).toBe(0)
  expect(stdout).toBe(`${planId}\tgold\tmobile\n`)
  expect(sandbox.calls.get('UpdateUsagePlan')).toBe(2)
  expect((await apigateway.getUsagePlans({})).items).toEqual([])
  expect((await apigateway.getApiKey({apiKey: keyId})).name).toBe('mobile')
})

test('plans delete wants the name, and its dry run shows all that hangs on the plan', async () => {
  const {sandbox, restApiId} = await goldWithKey()
  const unasked = await apigw(PlansDelete, ['gold', '--detach'], {on: sandbox})
  expect(unasked.exitCode).toBe(2)
  expect(unasked.stderr).toContain(`Delete usage plan "gold"? It is on ${restApiId}:prod; one key loses it: mobile.`)
  expect(unasked.stderr).toContain('--confirm gold')
  const dry = await apigw(PlansDelete, ['gold', '--detach', '--dry-run'], {on: sandbox})
  expect(dry.stdout).toBe(
    `detach\tstage\t${restApiId}:prod\tfrom usage plan gold\ndelete\tusage plan\tgold\tone key loses it: mobile\n`,
  )
  expect(sandbox.calls.has('UpdateUsagePlan')).toBe(false)
  expect(sandbox.calls.has('DeleteUsagePlan')).toBe(false)
})

test('a plan that could not be deleted after its stages were taken off: what is done and how to finish', async () => {
  const {sandbox, planId} = await gold({
    fault: ({operation}) =>
      operation === 'DeleteUsagePlan'
        ? {kind: 'error', status: 400, code: 'BadRequestException', message: 'not now'}
        : undefined,
  })
  const {exitCode, stderr} = await apigw(PlansDelete, ['gold', '--detach', '--confirm', 'gold'], {on: sandbox})
  expect(exitCode).toBe(1)
  expect(stderr).toContain('The stages were taken off usage plan "gold", but it could not be deleted: not now')
  expect(stderr).toContain(`apigw plans delete ${planId} --detach --confirm gold`)
})

test('plans attach puts stages on in one call and keys one by one; again it does nothing and says so', async () => {
  const {sandbox, apigateway, planId, restApiId} = await goldWithKey()
  const {id: keyId} = await apigateway.createApiKey({name: 'tablet', enabled: true})
  const argv = ['gold', '--key', 'tablet', '--key', 'mobile', '--stage', 'petstore/prod', '--stage', 'petstore/beta']
  const before = sandbox.calls.get('CreateUsagePlanKey') ?? 0
  const {exitCode, stdout} = await apigw(PlansAttach, argv, {on: sandbox})
  expect(exitCode).toBe(0)
  expect(stdout.split('\n').map(line => line.split('\t')[1])).toEqual([
    `${restApiId}:prod`,
    `${restApiId}:beta`,
    'tablet',
    'mobile',
    undefined,
  ])
  expect(sandbox.calls.get('UpdateUsagePlan')).toBe(1)
  expect(sandbox.calls.get('CreateUsagePlanKey')).toBe(before + 1)
  const {items = []} = await apigateway.getUsagePlanKeys({usagePlanId: planId})
  expect(items.map(({id}) => id)).toContain(keyId)

  const again = await apigw(PlansAttach, argv, {on: sandbox})
  expect(again.exitCode).toBe(0)
  expect(again.stderr).toContain('Nothing to do')
  expect(sandbox.calls.get('UpdateUsagePlan')).toBe(1)
  expect(sandbox.calls.get('CreateUsagePlanKey')).toBe(before + 1)
})

test('a key that is on another plan with the same stage is refused in plain words', async () => {
  const {sandbox, apigateway, restApiId} = await goldWithKey()
  await apigateway.createUsagePlan({name: 'silver', apiStages: [{apiId: restApiId, stage: 'prod'}]})
  const {exitCode, stderr} = await apigw(PlansAttach, ['silver', '--key', 'mobile'], {on: sandbox})
  expect(exitCode).toBe(5)
  expect(stderr).toContain(`The key is on a plan with the stage ${restApiId}:prod already, and can be on only one.`)
})

test('plans attach goes on past an unknown key, names it and exits 1', async () => {
  const {sandbox, apigateway, planId} = await goldWithKey()
  await apigateway.createApiKey({name: 'tablet', enabled: true})
  const {exitCode, stderr} = await apigw(PlansAttach, ['gold', '--key', 'nobody', '--key', 'tablet'], {on: sandbox})
  expect(exitCode).toBe(1)
  expect(stderr).toContain('nobody: There is no API key "nobody".')
  expect((await apigateway.getUsagePlanKeys({usagePlanId: planId})).items).toHaveLength(2)
})

test('plans detach takes off what is on the plan; what is not is nothing to do', async () => {
  const {sandbox, apigateway, planId} = await goldWithKey()
  const argv = ['gold', '--key', 'mobile', '--stage', 'petstore/prod', '--stage', 'petstore/beta']
  expect((await apigw(PlansDetach, argv, {on: sandbox})).exitCode).toBe(0)
  expect((await apigateway.getUsagePlanKeys({usagePlanId: planId})).items).toEqual([])
  expect((await apigateway.getUsagePlan({usagePlanId: planId})).apiStages).toEqual([])
  const again = await apigw(PlansDetach, argv, {on: sandbox})
  expect(again.exitCode).toBe(0)
  expect(again.stderr).toContain('Nothing to do')
})

test.each([
  ['create', PlansCreate, ['silver', '--stage', 'petstore/prod']],
  ['update', PlansUpdate, ['gold', '--rate', '1', '--burst', '1', '--tag', 'a=b']],
  ['attach', PlansAttach, ['gold', '--stage', 'petstore/beta']],
  ['detach', PlansDetach, ['gold', '--key', 'mobile', '--stage', 'petstore/prod']],
])('plans %s --dry-run shows what would be done and does nothing', async (action, command, argv) => {
  const {sandbox} = await goldWithKey()
  const before = new Map(sandbox.calls)
  const {stdout, exitCode} = await apigw(command, [...argv, '--dry-run'], {on: sandbox})
  expect(exitCode).toBe(0)
  expect(stdout).toMatch(new RegExp(`^${action}\t`))
  const changed = [...sandbox.calls].filter(([name, count]) => !/^Get/.test(name) && count !== before.get(name))
  expect(changed).toEqual([])
})

test('a name in use is refused, so that a second run leaves no twin; --allow-duplicate makes one', async () => {
  const {sandbox, apigateway, planId} = await gold()
  const again = await apigw(PlansCreate, ['gold'], {on: sandbox})
  expect(again).toMatchObject({stdout: '', exitCode: 5})
  expect(again.stderr).toContain(planId)
  expect(again.stderr).toContain('--if-not-exists')
  expect((await apigw(PlansCreate, ['gold', '--allow-duplicate'], {on: sandbox})).exitCode).toBe(0)
  expect((await apigateway.getUsagePlans({})).items).toHaveLength(2)
})
