import {expect, test} from 'vitest'
import KeysAttach from '../../../src/commands/keys/attach.js'
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

/** What a plan says of the methods of its stages, by the name of the stage. */
async function methodThrottles({apigateway, planId}: Awaited<ReturnType<typeof goldWithKey>>) {
  const {apiStages = []} = await apigateway.getUsagePlan({usagePlanId: planId})
  return Object.fromEntries(apiStages.map(({stage, throttle = {}}) => [stage, throttle]))
}

test('plans create --throttle limits single methods of the stages that it puts on the plan', async () => {
  const {sandbox, apigateway, restApiId} = await goldWithKey()
  const argv = ['silver', '--rate', '100', '--burst', '200', '--stage', 'petstore:beta']
  const run = await apigw(PlansCreate, [...argv, '--throttle', 'petstore/beta GET /pets=0.5/2'], {on: sandbox})
  expect(run).toMatchObject({exitCode: 0, stderr: ''})
  expect(run.stdout).toContain(`${restApiId}:beta GET /pets=0.5/2`)
  const again = await apigw(PlansCreate, [...argv, '--if-not-exists', '-o', 'table'], {on: sandbox})
  expect(again.stdout).toContain('petstore/beta GET /pets=0.5/2')
  const {items = []} = await apigateway.getUsagePlans({})
  expect(items.find(({name}) => name === 'silver')).toMatchObject({
    throttle: {rateLimit: 100, burstLimit: 200},
    apiStages: [{stage: 'beta', throttle: {'/pets/GET': {rateLimit: 0.5, burstLimit: 2}}}],
  })
  expect(sandbox.calls.has('UpdateUsagePlan')).toBe(false)
})

test('plans create --if-not-exists brings the limits of methods with the stages that were missing', async () => {
  const kit = await goldWithKey()
  const argv = ['gold', '--if-not-exists', '--stage', 'petstore/beta', '--throttle', 'petstore/beta GET /pets=1/2']
  expect((await apigw(PlansCreate, argv, {on: kit.sandbox})).exitCode).toBe(0)
  expect(await methodThrottles(kit)).toEqual({prod: {}, beta: {'/pets/GET': {rateLimit: 1, burstLimit: 2}}})
})

test('a limit set by plans create --throttle holds for requests, and --unthrottle lets them through again', async () => {
  const {sandbox, restApiId} = await goldWithKey()
  const set = ['gold', '--throttle', 'petstore/prod GET /pets=0.001/1']
  expect((await apigw(PlansUpdate, set, {on: sandbox})).exitCode).toBe(0)
  const url = `${sandbox.url}/execute-api/${restApiId}/prod/pets`
  const call = async () => (await fetch(url, {headers: {'x-api-key': VALUE}})).status
  expect([await call(), await call()]).toEqual([200, 429])
  expect((await apigw(PlansUpdate, ['gold', '--unthrottle', 'petstore/prod get /pets'], {on: sandbox})).exitCode).toBe(
    0,
  )
  expect(await call()).toBe(200)
})

test('plans update sets, keeps and takes away limits of single methods, also of a stage that it puts on, in one call', async () => {
  const kit = await goldWithKey()
  const {sandbox, apigateway, restApiId} = kit
  for (const pathPart of ['orders', '{id}']) {
    const {items = []} = await apigateway.getResources({restApiId, limit: 500})
    const parent = items.find(({path}) => path === (pathPart === '{id}' ? '/orders' : '/'))
    const {id: resourceId} = await apigateway.createResource({restApiId, parentId: parent?.id, pathPart})
    const method = {restApiId, resourceId, httpMethod: 'ANY'}
    await apigateway.putMethod({...method, authorizationType: 'NONE', apiKeyRequired: true})
    await apigateway.putIntegration({...method, type: 'MOCK'})
  }
  await apigateway.createDeployment({restApiId, stageName: 'prod'})
  const first = ['--throttle', 'petstore/prod GET /pets=1/2', '--throttle', 'petstore/prod ANY /orders/{id}=3/4']
  await apigw(PlansUpdate, ['gold', ...first], {on: sandbox})
  const ids = {rateLimit: 3, burstLimit: 4}
  expect(await methodThrottles(kit)).toEqual({
    prod: {'/pets/GET': {rateLimit: 1, burstLimit: 2}, '/orders/{id}/ANY': ids},
  })

  const added = ['--stage', 'petstore/beta', '--throttle', 'petstore/beta GET /pets=5/6']
  const gone = ['--unthrottle', 'petstore/prod GET /pets', '--unthrottle', 'petstore/prod GET /orders']
  const argv = ['gold', ...added, ...gone, '--throttle', 'petstore/prod PUT /orders=7/8', '--rate', '1', '--burst', '2']
  const dry = await apigw(PlansUpdate, [...argv, '--dry-run'], {on: sandbox})
  expect(dry.stdout.split('\n').map(line => line.split('\t')[3])).toEqual([
    '1 requests/s',
    '2 requests at once',
    'with the stage petstore/beta',
    '5 requests/s, 6 at once for GET /pets of petstore/beta',
    '7 requests/s, 8 at once for PUT /orders of petstore/prod',
    'no limit of its own for GET /pets of petstore/prod',
    undefined,
  ])
  expect((await apigw(PlansUpdate, argv, {on: sandbox})).exitCode).toBe(0)
  expect(await methodThrottles(kit)).toEqual({
    prod: {'/orders/{id}/ANY': ids, '/orders/PUT': {rateLimit: 7, burstLimit: 8}},
    beta: {'/pets/GET': {rateLimit: 5, burstLimit: 6}},
  })
  expect(sandbox.calls.get('UpdateUsagePlan')).toBe(2)
  const again = await apigw(PlansUpdate, argv, {on: sandbox})
  expect(again.stderr).toContain('Nothing to do')
  expect(sandbox.calls.get('UpdateUsagePlan')).toBe(2)
})

test('plans get shows the limits of single methods, one a line and as they are typed', async () => {
  const {sandbox, apigateway, planId, restApiId} = await goldWithKey()
  const throttle = {'/pets/GET': {rateLimit: 1, burstLimit: 2}, '//POST': {rateLimit: 0.5, burstLimit: 1}}
  const value = JSON.stringify(throttle)
  const path = `/apiStages/${restApiId}:prod/throttle`
  await apigateway.updateUsagePlan({usagePlanId: planId, patchOperations: [{op: 'add', path, value}]})
  const {stdout} = await apigw(PlansGet, ['gold'], {on: sandbox, tty: true, env: {NO_COLOR: '1'}})
  expect(stdout).toMatch(/^methods +petstore\/prod GET \/pets=1\/2\n +petstore\/prod POST \/=0.5\/1$/m)
  const json = await apigw(PlansGet, ['gold', '--json'], {on: sandbox})
  expect(JSON.parse(json.stdout).apiStages[0].throttle).toEqual(throttle)
})

test.each([
  ['a method that the stage does not serve', ['--throttle', 'petstore/prod GET /petz=1/2'], 3, 'Near it: GET /pets'],
  ['a method without limits', ['--throttle', 'petstore/prod GET /pets'], 2, 'is not a method of a stage'],
  ['a stage that is not on the plan', ['--throttle', 'petstore/beta GET /pets=1/2'], 2, 'is not on the plan'],
  ['an unknown stage', ['--throttle', 'petstore/gamma GET /pets=1/2'], 3, 'has no stage "gamma"'],
  ['a stage that goes', ['--detach', 'petstore/prod', '--throttle', 'petstore/prod GET /pets=1/2'], 2, 'is not on the'],
  ['a stage both on and off', ['--stage', 'petstore/prod', '--detach', 'petstore/prod'], 2, 'cannot be both'],
  [
    'a limit both set and taken away',
    ['--throttle', 'petstore/prod GET /pets=1/2', '--unthrottle', 'petstore/prod GET /pets'],
    2,
    'cannot be both',
  ],
])('plans update refuses %s before anything is changed', async (_, argv, code, message) => {
  const {sandbox} = await goldWithKey()
  const run = await apigw(PlansUpdate, ['gold', '--rate', '1', '--burst', '1', ...argv], {on: sandbox})
  expect(run.exitCode).toBe(code)
  expect(run.stderr).toContain(message)
  expect(sandbox.calls.has('UpdateUsagePlan')).toBe(false)
})

test('more limits of methods than the service allows are refused by it, and nothing is changed', async () => {
  const kit = await goldWithKey()
  const {apigateway, planId, restApiId, sandbox} = kit
  const limit = {rateLimit: 1, burstLimit: 1}
  const value = JSON.stringify(Object.fromEntries(Array.from({length: 20}, (_, i) => [`/r${i}/GET`, limit])))
  const path = `/apiStages/${restApiId}:prod/throttle`
  await apigateway.updateUsagePlan({usagePlanId: planId, patchOperations: [{op: 'add', path, value}]})
  const argv = ['gold', '--name', 'silver', '--throttle', 'petstore/prod GET /pets=1/2']
  const {exitCode, stderr} = await apigw(PlansUpdate, argv, {on: sandbox})
  expect(exitCode).toBe(1)
  expect(stderr).toContain('Maximum number of Method throttles for this stage has been reached.')
  expect((await apigateway.getUsagePlan({usagePlanId: planId})).name).toBe('gold')
  expect(Object.keys((await methodThrottles(kit)).prod ?? {})).toHaveLength(20)
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
  const run = await apigw(PlansUpdate, ['gold', '--stage', 'petstore/prod', '--no-quota'], {on: sandbox})
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
  expect(stderr).toContain(`Usage plan "gold" has stages: ${restApiId}/prod.`)
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
  expect(unasked.stderr).toContain(`Delete usage plan "gold"? It is on ${restApiId}/prod; one key loses it: mobile.`)
  expect(unasked.stderr).toContain('--confirm gold')
  const dry = await apigw(PlansDelete, ['gold', '--detach', '--dry-run'], {on: sandbox})
  expect(dry.stdout).toBe(
    `detach\tstage\t${restApiId}/prod\tfrom usage plan gold\ndelete\tusage plan\tgold\tone key loses it: mobile\n`,
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
  const {sandbox, apigateway, planId} = await goldWithKey()
  const {id: keyId} = await apigateway.createApiKey({name: 'tablet', enabled: true})
  const argv = ['gold', '--key', 'tablet', '--key', 'mobile', '--stage', 'petstore/prod', '--stage', 'petstore/beta']
  const before = sandbox.calls.get('CreateUsagePlanKey') ?? 0
  const {exitCode, stdout} = await apigw(PlansAttach, argv, {on: sandbox})
  expect(exitCode).toBe(0)
  expect(stdout.split('\n').map(line => line.split('\t')[1])).toEqual([
    'petstore/prod',
    'petstore/beta',
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

/** `goldWithKey`, with a second plan `silver` on the same stage. */
async function goldAndSilver(options: Parameters<typeof gold>[0] = {}) {
  const kit = await goldWithKey(options)
  const apiStages = [{apiId: kit.restApiId, stage: 'prod'}]
  const {id: silverId = ''} = await kit.apigateway.createUsagePlan({name: 'silver', apiStages})
  const keysOf = async (usagePlanId: string) => {
    const {items = []} = await kit.apigateway.getUsagePlanKeys({usagePlanId})
    return items.map(({name}) => name)
  }
  return {...kit, silverId, keysOf}
}

test('a key on another plan with the same stage is refused, naming both, before it is tried; the others are attached', async () => {
  const {sandbox, apigateway, planId, silverId, keyId, keysOf, restApiId} = await goldAndSilver()
  await apigateway.createApiKey({name: 'tablet', enabled: true})
  const tried = sandbox.calls.get('CreateUsagePlanKey') ?? 0
  const one = await apigw(PlansAttach, ['silver', '--key', 'mobile'], {on: sandbox})
  expect(one.exitCode).toBe(5)
  expect(one.stderr).toContain(
    `The key is on usage plan "gold": "gold" and "silver" both have the stage ${restApiId}/prod, and a key can be on only one of them.`,
  )
  expect(one.stderr).toContain(`To move it: apigw plans attach ${silverId} --key ${keyId} --from ${planId}`)
  expect(sandbox.calls.get('CreateUsagePlanKey')).toBe(tried)

  const both = await apigw(PlansAttach, ['silver', '--key', 'mobile', '--key', 'tablet'], {on: sandbox})
  expect(both.exitCode).toBe(1)
  expect(both.stderr).toContain('mobile: The key is on usage plan "gold"')
  expect(sandbox.calls.get('CreateUsagePlanKey')).toBe(tried + 1)
  expect(await keysOf(silverId)).toEqual(['tablet'])
})

test('plans attach of a stage is found out to be refused for keys that are on both plans already', async () => {
  const {sandbox, apigateway, restApiId, keyId} = await goldWithKey()
  const {id: usagePlanId} = await apigateway.createUsagePlan({name: 'silver'})
  await apigateway.createUsagePlanKey({usagePlanId, keyId, keyType: 'API_KEY'})
  const message = `Usage plan "silver" cannot have the stage ${restApiId}/prod. A key of it is on "gold", which has it: mobile.`
  for (const command of [PlansAttach, PlansUpdate]) {
    const run = await apigw(command, ['silver', '--stage', 'petstore/prod'], {on: sandbox})
    expect(run.exitCode).toBe(5)
    expect(run.stderr).toContain(message)
  }
  const changes = sandbox.calls.get('UpdateUsagePlan') ?? 0
  expect(changes).toBe(0)
  expect((await apigw(PlansUpdate, ['silver', '--stage', 'petstore/beta'], {on: sandbox})).exitCode).toBe(0)
})

test('of many keys those on a rival plan are found by reading the keys of the plans, not key by key', async () => {
  const {sandbox, apigateway, planId, silverId, keyId, keysOf, restApiId} = await goldAndSilver()
  const names = ['a', 'b', 'c', 'd']
  for (const name of names) {
    const {id} = await apigateway.createApiKey({name, enabled: true})
    if (name === 'a') await apigateway.createUsagePlanKey({usagePlanId: planId, keyId: id, keyType: 'API_KEY'})
  }
  const before = new Map(sandbox.calls)
  const argv = ['silver', ...names, 'mobile'].flatMap((name, i) => (i === 0 ? [name] : ['--key', name]))
  const {exitCode, stderr} = await apigw(PlansAttach, argv, {on: sandbox})
  expect(exitCode).toBe(1)
  expect(stderr).toContain('2 of 5 failed:')
  for (const name of ['a', 'mobile']) expect(stderr).toContain(`${name}: The key is on usage plan "gold"`)
  const made = [...sandbox.calls].map(([name, count]) => [name, count - (before.get(name) ?? 0)])
  expect(Object.fromEntries(made.filter(([, count]) => count))).toEqual({
    GetUsagePlans: 1,
    GetApiKeys: 1,
    GetUsagePlanKeys: 2,
    CreateUsagePlanKey: 3,
  })
  expect((await keysOf(silverId)).sort()).toEqual(['b', 'c', 'd'])

  const {id: usagePlanId} = await apigateway.createUsagePlan({name: 'bronze'})
  const {items = []} = await apigateway.getUsagePlanKeys({usagePlanId: silverId})
  for (const id of [keyId, ...items.map(key => key.id)]) {
    await apigateway.createUsagePlanKey({usagePlanId, keyId: id, keyType: 'API_KEY'})
  }
  const shared = await apigw(PlansAttach, ['bronze', '--stage', 'petstore/prod'], {on: sandbox})
  expect(shared.exitCode).toBe(5)
  expect(shared.stderr).toContain(`Usage plan "bronze" cannot have the stage ${restApiId}/prod.`)
  expect(shared.stderr).toContain('A key of it is on "gold", which has it: mobile.')
  expect(sandbox.calls.has('UpdateUsagePlan')).toBe(false)
})

test('plans attach --from moves keys, also those that are on neither or on the right plan; again it does nothing', async () => {
  const {sandbox, apigateway, planId, silverId, keysOf} = await goldAndSilver()
  await apigateway.createApiKey({name: 'tablet', enabled: true})
  const argv = ['silver', '--key', 'mobile', '--key', 'tablet', '--from', 'gold']
  const dry = await apigw(PlansAttach, [...argv, '--dry-run'], {on: sandbox})
  expect(dry.stdout).toBe(
    'attach\tAPI key\tmobile\tto usage plan silver, off usage plan gold\n' +
      'attach\tAPI key\ttablet\tto usage plan silver\n',
  )
  const {exitCode, stdout} = await apigw(PlansAttach, argv, {on: sandbox})
  expect(exitCode).toBe(0)
  expect(stdout.split('\n').map(line => line.split('\t')[1])).toEqual(['mobile', 'tablet', undefined])
  expect([await keysOf(planId), (await keysOf(silverId)).sort()]).toEqual([[], ['mobile', 'tablet']])
  const again = await apigw(PlansAttach, argv, {on: sandbox})
  expect(again.stderr).toContain('Nothing to do')
})

test('plans keys trial | keys attach - --from trial moves all keys of a plan; of none there is nothing to do', async () => {
  const {sandbox, apigateway, planId, silverId, keysOf} = await goldAndSilver()
  for (const name of ['a', 'b', 'c']) {
    const {id: keyId} = await apigateway.createApiKey({name, enabled: true})
    await apigateway.createUsagePlanKey({usagePlanId: planId, keyId, keyType: 'API_KEY'})
  }
  const move = async () => {
    const {stdout: stdin} = await apigw(PlansKeys, ['gold', '--output', 'id'], {on: sandbox})
    return apigw(KeysAttach, ['-', '--plan', 'silver', '--from', 'gold'], {on: sandbox, stdin})
  }
  expect((await move()).exitCode).toBe(0)
  expect([await keysOf(planId), (await keysOf(silverId)).sort()]).toEqual([[], ['a', 'b', 'c', 'mobile']])
  const again = await move()
  expect(again).toMatchObject({exitCode: 0, stdout: ''})
  expect(again.stderr).toContain('Nothing to do')
})

test('a key that could not be moved is on its old plan again', async () => {
  let isRefused = false
  const {sandbox, planId, keysOf} = await goldAndSilver({
    fault: ({operation}) => {
      if (operation !== 'CreateUsagePlanKey' || !isRefused) return undefined
      isRefused = false
      return {kind: 'error', status: 400, code: 'BadRequestException', message: 'not now'}
    },
  })
  isRefused = true
  const {exitCode, stderr} = await apigw(PlansAttach, ['silver', '--key', 'mobile', '--from', 'gold'], {on: sandbox})
  expect(exitCode).toBe(1)
  expect(stderr).toContain('not now\nIt is on "gold" again.')
  expect(await keysOf(planId)).toEqual(['mobile'])
})

test('a plan whose deletion was answered the second time only is deleted', async () => {
  let lost = 0
  const {sandbox, apigateway} = await goldWithKey({
    fault: ({operation}) => (operation === 'DeleteUsagePlan' && lost++ === 0 ? {kind: 'lost'} : undefined),
  })
  const {exitCode, stdout} = await apigw(PlansDelete, ['gold', '--detach', '--confirm', 'gold'], {on: sandbox})
  expect({exitCode, lost}).toEqual({exitCode: 0, lost: 2})
  expect(stdout).toContain('gold')
  expect((await apigateway.getUsagePlans({})).items).toEqual([])
})

test.each(['DeleteUsagePlanKey', 'CreateUsagePlanKey'])('a lost answer to %s does not stop a move', async lost => {
  let left = 0
  const {sandbox, planId, silverId, keysOf} = await goldAndSilver({
    fault: ({operation}) => (operation === lost && left-- > 0 ? {kind: 'lost'} : undefined),
  })
  left = 1
  const {exitCode} = await apigw(PlansAttach, ['silver', '--key', 'mobile', '--from', 'gold'], {on: sandbox})
  expect({exitCode, left}).toEqual({exitCode: 0, left: -1})
  expect([await keysOf(planId), await keysOf(silverId)]).toEqual([[], ['mobile']])
})

test('where the answers to a move are lost, it is told what became of it', async () => {
  let isLost = false
  const {sandbox, planId, silverId, keysOf} = await goldAndSilver({
    fault: ({operation}) => (operation === 'CreateUsagePlanKey' && isLost ? {kind: 'lost'} : undefined),
  })
  isLost = true
  const argv = ['silver', '--key', 'mobile', '--from', 'gold', '--max-wait', '0']
  expect(await apigw(PlansAttach, argv, {on: sandbox})).toMatchObject({exitCode: 0, stderr: ''})
  expect([await keysOf(planId), await keysOf(silverId)]).toEqual([[], ['mobile']])
})

test('where nobody can see any more what became of a move, it is not said that it failed', async () => {
  let [isMoving, isCut] = [false, false]
  const {sandbox} = await goldAndSilver({
    fault: ({operation}) => {
      if (!isMoving) return undefined
      isCut ||= operation === 'CreateUsagePlanKey'
      return isCut ? {kind: 'lost'} : undefined
    },
  })
  isMoving = true
  const argv = ['silver', '--key', 'mobile', '--from', 'gold', '--max-wait', '0']
  const {exitCode, stderr} = await apigw(PlansAttach, argv, {on: sandbox})
  expect(exitCode).toBe(7)
  expect(stderr).toContain('It was taken off "gold" and may be on neither plan.')
})

test('a key that is on neither plan after a move went wrong: the command that finishes', async () => {
  let isRefused = false
  const {sandbox, silverId, keyId, keysOf} = await goldAndSilver({
    fault: ({operation}) =>
      operation === 'CreateUsagePlanKey' && isRefused
        ? {kind: 'error', status: 400, code: 'BadRequestException', message: 'not now.'}
        : undefined,
  })
  isRefused = true
  const {stderr} = await apigw(PlansAttach, ['silver', '--key', 'mobile', '--from', 'gold'], {on: sandbox})
  const finish = `plans attach ${silverId} --key ${keyId}`
  expect(stderr).toContain('It was taken off "gold" and is on neither plan.')
  expect(stderr).toContain(`To finish: apigw ${finish}\n`)
  isRefused = false
  expect((await apigw(PlansAttach, finish.split(' ').slice(2), {on: sandbox})).exitCode).toBe(0)
  expect(await keysOf(silverId)).toEqual(['mobile'])
})

test.each([
  [['--stage', 'petstore/beta', '--from', 'silver'], 'Only keys can be moved'],
  [['--key', 'mobile', '--from', 'gold'], 'is the plan that the keys are to be put on'],
])('plans attach gold %j is wrong usage', async (argv, message) => {
  const {sandbox} = await goldAndSilver()
  const {exitCode, stderr} = await apigw(PlansAttach, ['gold', ...argv], {on: sandbox})
  expect(exitCode).toBe(2)
  expect(stderr).toContain(message)
})

test('a key that is on as many plans as the account allows is refused by the service in words', async () => {
  const {sandbox, apigateway, keyId} = await goldWithKey()
  for (let i = 0; i < 9; i++) {
    const {id: usagePlanId} = await apigateway.createUsagePlan({name: `plan ${i}`})
    await apigateway.createUsagePlanKey({usagePlanId, keyId, keyType: 'API_KEY'})
  }
  await apigateway.createUsagePlan({name: 'eleventh'})
  const {exitCode, stderr} = await apigw(PlansAttach, ['eleventh', '--key', 'mobile'], {on: sandbox})
  expect(exitCode).toBe(1)
  expect(stderr).toContain('Maximum number of Usage Plans of an API Key for this API Key has been reached.')
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
