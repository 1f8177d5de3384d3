import type {APIGateway} from '@aws-sdk/client-api-gateway'
import {expect, test} from 'vitest'
import {openKeys} from '../../../src/aws/keys.js'
import {openPlans} from '../../../src/aws/plans.js'
import KeysGet from '../../../src/commands/keys/get.js'
import KeysRotate from '../../../src/commands/keys/rotate.js'
import {rotateKey} from '../../../src/domain/rotations/rotate.js'
import type {Fault, FaultCall, SandboxOptions} from '../../../src/sandbox/server.js'
import {apigw} from '../../support/apigw.js'
import {gold} from '../../support/gold.js'
import {sessionOn} from '../../support/session.js'

const VALUE = 'a-value-of-at-least-20-characters-42'

/** A key `mobile` on two plans, the first of which opens a stage that can be asked. */
async function mobile(options: SandboxOptions = {}) {
  const world = await gold(options)
  const {apigateway, sandbox, restApiId, planId} = world
  const {id: silver = ''} = await apigateway.createUsagePlan({name: 'silver', quota: {limit: 100, period: 'DAY'}})
  const settings = {name: 'mobile', description: 'The app', customerId: '4711', tags: {team: 'shop'}}
  const {id = '', value = ''} = await apigateway.createApiKey({...settings, enabled: true})
  for (const usagePlanId of [planId, silver]) {
    await apigateway.createUsagePlanKey({usagePlanId, keyId: id, keyType: 'API_KEY'})
  }
  const ask = async (key: string) =>
    (await fetch(`${sandbox.url}/execute-api/${restApiId}/prod/pets`, {headers: {'x-api-key': key}})).status
  return {...world, silver, id, value, settings, ask}
}

const allKeys = async (apigateway: APIGateway) => (await apigateway.getApiKeys({includeValues: true})).items ?? []

/** What makes operations fail, from when a test says so. */
function breakable() {
  let wanted: (call: FaultCall) => Fault | undefined = () => undefined
  return {
    fault: (call: FaultCall) => wanted(call),
    when(operation: string, fault: Fault) {
      wanted = call => (call.operation === operation ? fault : undefined)
    },
    mend() {
      wanted = () => undefined
    },
  }
}

const DENIED: Fault = {kind: 'error', status: 403, code: 'AccessDeniedException', message: 'not authorized'}

test('both keys are let in during the grace, and the new one is all that the old one is', async () => {
  const {sandbox, apigateway, planId, silver, id, value, settings, ask} = await mobile()
  const {stdout, exitCode} = await apigw(KeysRotate, ['mobile', '--grace', '7d', '--value-only'], {on: sandbox})
  expect(exitCode).toBe(0)
  const newValue = stdout.trim()
  expect([await ask(value), await ask(newValue), await ask('nobody')]).toEqual([200, 200, 403])
  const next = (await allKeys(apigateway)).find(key => key.value === newValue)
  expect(next).toMatchObject({...settings, enabled: true, tags: {team: 'shop', 'apigw:replaces': id}})
  const {items} = await apigateway.getUsagePlans({keyId: next?.id})
  expect(items?.map(plan => plan.id).sort()).toEqual([planId, silver].sort())
  const old = await apigateway.getApiKey({apiKey: id})
  const day = new Date(Date.now() + 7 * 86_400_000).toISOString().slice(0, 10)
  expect(old).toMatchObject({enabled: true, name: `mobile (until ${day})`})
  expect(old.tags).toMatchObject({team: 'shop', 'apigw:replaced-by': next?.id})
  expect(old.tags?.['apigw:grace-ends']).toMatch(new RegExp(`^${day}T\\d\\d:\\d\\d:\\d\\dZ$`))
})

test('afterwards the name means the new key', async () => {
  const {sandbox, id} = await mobile()
  const rotated = await apigw(KeysRotate, ['mobile', '-o', 'id'], {on: sandbox})
  const found = await apigw(KeysGet, ['mobile', '-o', 'id'], {on: sandbox})
  expect(rotated.stdout).toBe(found.stdout)
  expect(found.stdout.trim()).not.toBe(id)
})

test('the new value is masked, and stderr has the stages, a call that works, the end of the old key and the quota', async () => {
  const {sandbox, apigateway, restApiId, id} = await mobile()
  const {stdout, stderr} = await apigw(KeysRotate, ['mobile', '--grace', '7d'], {on: sandbox})
  const next = (await allKeys(apigateway)).find(key => key.id !== id)
  const {name, tags} = await apigateway.getApiKey({apiKey: id})
  expect(stdout + stderr).not.toContain(next?.value)
  expect(stdout).toContain(`****…${next?.value?.slice(-6)}`)
  const url = `${sandbox.url}/execute-api/${restApiId}/prod/pets`
  expect(stderr).toBe(
    'It opens petstore/prod (usage plan gold).\n' +
      `Try it: curl -H "x-api-key: $(apigw keys get ${next?.id} --value-only)" '${url}'\n` +
      `The old key, now called "${name}" (${id}), goes on working.\n` +
      `To end it when its grace is over, from ${tags?.['apigw:grace-ends']} on: apigw keys rotate --finish\n` +
      'The new key begins with a whole quota: what the old one used is not counted.\n',
  )
})

test('--json has both keys, with the value only for --show-value, and nothing is on stderr', async () => {
  const {sandbox, id} = await mobile()
  const {stdout, stderr} = await apigw(KeysRotate, ['mobile', '--json', '--show-value'], {on: sandbox})
  expect(stderr).toBe('')
  const rotated = JSON.parse(stdout)
  expect(rotated).toMatchObject({name: 'mobile', enabled: true, replaces: {id, enabled: true}})
  expect(rotated.value).toMatch(/^\w{40}$/)
  expect(rotated.plans.map((plan: {name: string}) => plan.name).sort()).toEqual(['gold', 'silver'])
})

test('--value-stdin gives the new key its value; that of the old key is refused, and so is one of another key', async () => {
  const {sandbox, apigateway, value, ask} = await mobile()
  const {id: other} = await apigateway.createApiKey({name: 'partner', value: `${VALUE}-partner`})
  const argv = ['mobile', '--value-stdin', '--value-only']
  const same = await apigw(KeysRotate, argv, {on: sandbox, stdin: value})
  expect(same).toMatchObject({stdout: '', exitCode: 2, stderr: expect.stringContaining('has this value now')})
  expect((await apigateway.getApiKeys({})).items).toHaveLength(2)
  const taken = await apigw(KeysRotate, argv, {on: sandbox, stdin: `${VALUE}-partner`})
  expect(taken).toMatchObject({stdout: '', exitCode: 5, stderr: expect.stringContaining(`"partner" (${other})`)})
  const {stdout} = await apigw(KeysRotate, argv, {on: sandbox, stdin: `${VALUE}\n`})
  expect(stdout).toBe(`${VALUE}\n`)
  expect([await ask(value), await ask(VALUE)]).toEqual([200, 200])
})

test('--grace 0 shuts the old key out at once, after the new one works', async () => {
  const {sandbox, value, id, ask} = await mobile()
  const run = await apigw(KeysRotate, ['mobile', '--grace', '0', '--value-only'], {on: sandbox})
  expect([await ask(value), await ask(run.stdout.trim())]).toEqual([403, 200])
  expect(run.stderr).toContain(`apigw keys enable ${id}`)
})

test.each(['soon', '-1d', '11000d'])('a grace of %s is wrong usage, and nothing is asked', async grace => {
  const {sandbox} = await mobile()
  const before = sandbox.calls.get('GetApiKeys')
  const {exitCode, stdout} = await apigw(KeysRotate, ['mobile', `--grace=${grace}`], {on: sandbox})
  expect({exitCode, stdout}).toEqual({exitCode: 2, stdout: ''})
  expect(sandbox.calls.get('GetApiKeys')).toBe(before)
})

test('a second run reports the rotation with the same value, and makes no further key; --force does', async () => {
  const {sandbox, apigateway, id} = await mobile()
  const argv = ['mobile', '--grace', '7d', '--value-only']
  const first = await apigw(KeysRotate, argv, {on: sandbox})
  const again = await apigw(KeysRotate, argv, {on: sandbox})
  expect(again).toMatchObject({stdout: first.stdout, exitCode: 0})
  expect(again.stderr).toContain(`Nothing was changed: "mobile"`)
  expect(again.stderr).toContain('apigw keys rotate mobile --force')
  expect(await allKeys(apigateway)).toHaveLength(2)
  const forced = await apigw(KeysRotate, [...argv, '--force'], {on: sandbox})
  expect(forced.stdout).not.toBe(first.stdout)
  const keys = await allKeys(apigateway)
  expect(keys.filter(({name}) => name === 'mobile').map(({value}) => value)).toEqual([forced.stdout.trim()])
  expect(keys.find(key => key.id === id)?.enabled).toBe(true)
})

test('a rotation under way is no answer to the wish for an earlier end or for another value', async () => {
  const {sandbox, apigateway, id} = await mobile()
  await apigw(KeysRotate, ['mobile', '--grace', '7d'], {on: sandbox})
  const sooner = await apigw(KeysRotate, ['mobile', '--grace', '0'], {on: sandbox})
  expect(sooner).toMatchObject({stdout: '', exitCode: 5, stderr: expect.stringContaining(`apigw keys disable ${id}`)})
  const other = await apigw(KeysRotate, ['mobile', '--value-stdin'], {on: sandbox, stdin: VALUE})
  expect(other).toMatchObject({stdout: '', exitCode: 5, stderr: expect.stringContaining('It has another value.')})
  expect(await allKeys(apigateway)).toHaveLength(2)
})

test('a key that was replaced is not replaced once more: the one in its place is named', async () => {
  const {sandbox, id} = await mobile()
  const {stdout} = await apigw(KeysRotate, ['mobile', '-o', 'id'], {on: sandbox})
  const run = await apigw(KeysRotate, [id], {on: sandbox})
  expect(run).toMatchObject({stdout: '', exitCode: 5})
  expect(run.stderr).toContain(`apigw keys rotate ${stdout.trim()}`)
})

test('without the one in its place a key can be replaced again', async () => {
  const {sandbox, apigateway, id} = await mobile()
  const {stdout} = await apigw(KeysRotate, ['mobile', '-o', 'id'], {on: sandbox})
  await apigateway.deleteApiKey({apiKey: stdout.trim()})
  const again = await apigw(KeysRotate, [id, '--json'], {on: sandbox})
  expect(JSON.parse(again.stdout)).toMatchObject({name: 'mobile', replaces: {id}})
  const {tags} = await apigateway.getApiKey({apiKey: id})
  expect(tags?.['apigw:replaced-by']).toBe(JSON.parse(again.stdout).id)
})

test('where tags may not be set nothing is changed, and the permission is named', async () => {
  const broken = breakable()
  const {sandbox, apigateway, id} = await mobile({fault: broken.fault})
  const before = await apigateway.getApiKey({apiKey: id})
  broken.when('TagResource', DENIED)
  const {exitCode, stdout, stderr} = await apigw(KeysRotate, ['mobile'], {on: sandbox})
  expect({exitCode, stdout}).toEqual({exitCode: 4, stdout: ''})
  expect(stderr).toContain(`API key "mobile" (${id}) may not be tagged`)
  expect(stderr).toContain('Nothing was changed.')
  expect(stderr).toContain('apigateway:PUT on arn:aws:apigateway:REGION::/tags/*')
  expect(stderr).toContain(`apigateway:PATCH on arn:aws:apigateway:REGION::/apikeys/${id}`)
  expect(await allKeys(apigateway)).toHaveLength(1)
  expect(await apigateway.getApiKey({apiKey: id})).toMatchObject({name: before.name, tags: before.tags})
})

test('a creation whose answer is lost is found by its tag: there is one new key', async () => {
  const broken = breakable()
  const {sandbox, apigateway, value, ask} = await mobile({fault: broken.fault})
  broken.when('CreateApiKey', {kind: 'lost'})
  const {exitCode, stdout, stderr} = await apigw(KeysRotate, ['mobile', '--value-only'], {on: sandbox})
  expect(exitCode, stderr).toBe(0)
  expect(await allKeys(apigateway)).toHaveLength(2)
  expect([await ask(value), await ask(stdout.trim())]).toEqual([200, 200])
})

test('a new key that is on its plan, although the answer said nothing, stays on it', async () => {
  const broken = breakable()
  const {sandbox, stdout, exitCode, ask} = await (async () => {
    const world = await mobile({fault: broken.fault})
    broken.when('CreateUsagePlanKey', {kind: 'lost'})
    return {...world, ...(await apigw(KeysRotate, ['mobile', '--value-only'], {on: world.sandbox}))}
  })()
  expect(exitCode).toBe(0)
  expect(await ask(stdout.trim())).toBe(200)
  expect(sandbox.calls.get('CreateApiKey')).toBe(2)
})

test('a failure half-way leaves the name with the old key, says what is done, and the command that finishes does', async () => {
  const broken = breakable()
  const {sandbox, apigateway, id, value, ask} = await mobile({fault: broken.fault})
  broken.when('CreateUsagePlanKey', {kind: 'error', status: 400, code: 'BadRequestException', message: 'no'})
  const failed = await apigw(KeysRotate, ['mobile', '--grace', '2d'], {on: sandbox})
  expect(failed).toMatchObject({stdout: '', exitCode: 1})
  expect(failed.stderr).toContain('Done before that: tagged the old key, created the new key.')
  expect(failed.stderr).toContain('To finish: apigw keys rotate mobile --grace 2d')
  expect((await apigw(KeysGet, ['mobile', '-o', 'id'], {on: sandbox})).stdout.trim()).toBe(id)
  expect(await ask(value)).toBe(200)
  broken.mend()
  const finished = await apigw(KeysRotate, ['mobile', '--grace', '2d', '--value-only'], {on: sandbox})
  expect(await ask(finished.stdout.trim())).toBe(200)
  expect(await allKeys(apigateway)).toHaveLength(2)
})

test('a failure before the new key has its value: the command that finishes asks for that value', async () => {
  const broken = breakable()
  const {sandbox, apigateway} = await mobile({fault: broken.fault})
  broken.when('CreateApiKey', DENIED)
  const argv = ['mobile', '--grace', '2d', '--value-stdin']
  const {stderr, exitCode} = await apigw(KeysRotate, argv, {on: sandbox, stdin: VALUE})
  expect(exitCode).toBe(4)
  expect(stderr).toContain(`To finish, with the same on stdin: apigw keys rotate ${argv.join(' ')}\n`)
  broken.mend()
  expect((await apigw(KeysRotate, argv, {on: sandbox, stdin: VALUE})).exitCode).toBe(0)
  expect((await allKeys(apigateway)).map(key => key.value)).toContain(VALUE)
})

test('a rotation that has begun with a generated value is not gone on with for another one', async () => {
  const broken = breakable()
  const {sandbox, apigateway, id} = await mobile({fault: broken.fault})
  broken.when('CreateUsagePlanKey', DENIED)
  expect((await apigw(KeysRotate, ['mobile'], {on: sandbox})).exitCode).toBe(4)
  broken.mend()
  const run = await apigw(KeysRotate, ['mobile', '--value-stdin'], {on: sandbox, stdin: VALUE})
  const begun = (await allKeys(apigateway)).find(key => key.id !== id)
  expect(run).toMatchObject({exitCode: 5, stderr: expect.stringContaining(`apigw keys delete ${begun?.id}`)})
})

test('two runs at once, neither of which saw the other begin, make one new key', async () => {
  const {sandbox, apigateway, ask, value} = await mobile()
  const {session} = sessionOn(sandbox, {clock: {now: Date.now, sleep: async () => {}}})
  const [keys, plans] = await Promise.all([openKeys(session), openPlans(session)])
  const request = {ref: 'mobile', grace: '7d', isForced: false}
  const both = await Promise.all([1, 2].map(() => rotateKey({keys, plans, clock: session.clock}, request)))
  const [one, other] = await Promise.all(both.map(plan => plan.apply()))
  expect(one?.id).toBe(other?.id)
  expect(one?.value?.reveal()).toBe(other?.value?.reveal())
  expect(await allKeys(apigateway)).toHaveLength(2)
  expect([await ask(value), await ask(one?.value?.reveal() ?? '')]).toEqual([200, 200])
})

test('the marks of the rotation before are not handed on', async () => {
  const {sandbox, apigateway} = await mobile()
  await apigw(KeysRotate, ['mobile', '--grace', '0'], {on: sandbox})
  const {stdout} = await apigw(KeysRotate, ['mobile', '--force', '--json'], {on: sandbox})
  const {id, replaces} = JSON.parse(stdout)
  const {tags} = await apigateway.getApiKey({apiKey: id})
  expect(tags).toEqual({team: 'shop', 'apigw:replaces': replaces.id})
})

test('a key without a name is replaced by one without', async () => {
  const {sandbox, apigateway} = await gold()
  const {id = ''} = await apigateway.createApiKey({enabled: true})
  const {stdout, exitCode, stderr} = await apigw(KeysRotate, [id, '--json'], {on: sandbox})
  expect(exitCode, stderr).toBe(0)
  const next = await apigateway.getApiKey({apiKey: JSON.parse(stdout).id})
  expect(next).toMatchObject({enabled: true, tags: {'apigw:replaces': id}})
  expect(next.name).toBeUndefined()
  expect((await apigateway.getApiKey({apiKey: id})).name).toBeUndefined()
  const again = await apigw(KeysRotate, [next.id ?? '', '--json'], {on: sandbox})
  expect(JSON.parse(again.stdout).id).toBe(next.id)
})

test('a key with no room for two more tags is refused before anything is changed', async () => {
  const {sandbox, apigateway} = await gold()
  const tags = Object.fromEntries(Array.from({length: 49}, (_, i) => [`tag${i}`, 'x']))
  await apigateway.createApiKey({name: 'full', enabled: true, tags})
  const run = await apigw(KeysRotate, ['full'], {on: sandbox})
  expect(run).toMatchObject({exitCode: 5, stderr: expect.stringContaining('no room for the two tags')})
  expect(sandbox.calls.has('TagResource')).toBe(false)
})

test('a name with no room for the end of its grace is refused before anything is changed', async () => {
  const {sandbox, apigateway} = await gold()
  const {id = ''} = await apigateway.createApiKey({name: 'x'.repeat(1010), enabled: true})
  const run = await apigw(KeysRotate, [id], {on: sandbox})
  expect(run).toMatchObject({exitCode: 5, stderr: expect.stringContaining(`apigw keys update ${id} --name NAME`)})
  expect(sandbox.calls.has('TagResource')).toBe(false)
})

test('without a key, where nobody can be asked, the argument is named', async () => {
  const {sandbox} = await gold()
  const run = await apigw(KeysRotate, ['--grace', '7d'], {on: sandbox})
  expect(run).toMatchObject({stdout: '', exitCode: 2, stderr: expect.stringContaining('KEY')})
})
