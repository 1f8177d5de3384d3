import {describe, expect, test} from 'vitest'
import {openKeys} from '../../../src/aws/keys.js'
import {openPlans} from '../../../src/aws/plans.js'
import KeysCreate from '../../../src/commands/keys/create.js'
import PlansCreate from '../../../src/commands/plans/create.js'
import type {OnNamesake} from '../../../src/domain/choice.js'
import {issueKey} from '../../../src/domain/issuing.js'
import {apigw} from '../../support/apigw.js'
import {gold, guardedPetstore} from '../../support/gold.js'
import {petstore} from '../../support/petstore.js'
import {sandboxForTest} from '../../support/sandbox.js'
import {sessionOn} from '../../support/session.js'

const VALUE = 'a-value-of-at-least-20-characters-42'

test('a new key works at once: it is enabled and on its plan when the command is done', async () => {
  const {sandbox, apigateway, planId} = await gold()
  const {stdout, exitCode} = await apigw(KeysCreate, ['mobile', '--plan', 'gold', '--output', 'id'], {on: sandbox})
  expect(exitCode).toBe(0)
  const key = await apigateway.getApiKey({apiKey: stdout.trim()})
  expect(key).toMatchObject({name: 'mobile', enabled: true})
  const {items} = await apigateway.getUsagePlans({keyId: stdout.trim()})
  expect(items?.map(({id}) => id)).toEqual([planId])
})

test('flags that may be repeated leave the name alone, and a plan that is named twice counts once', async () => {
  const {sandbox, apigateway, planId} = await gold()
  const argv = ['--tag', 'team=shop', '--plan', 'gold', '--plan', planId, 'mobile']
  expect((await apigw(KeysCreate, argv, {on: sandbox})).exitCode).toBe(0)
  expect((await apigateway.getApiKeys({})).items).toMatchObject([{name: 'mobile', tags: {team: 'shop'}}])
  expect(sandbox.calls.get('CreateUsagePlanKey')).toBe(1)
})

test('--disabled creates the key disabled and says so before what it opens, with how to enable it', async () => {
  const {sandbox, apigateway} = await gold()
  const {stdout, stderr} = await apigw(KeysCreate, ['mobile', '--disabled', '--plan', 'gold', '-o', 'id'], {
    on: sandbox,
  })
  expect((await apigateway.getApiKey({apiKey: stdout.trim()})).enabled).toBe(false)
  expect(stderr).toContain(`apigw keys enable ${stdout.trim()}`)
})

test.each(['table', 'json', 'ndjson', 'yaml', 'csv', 'tsv'])(
  'the value is masked in %s, and on stderr',
  async format => {
    const {sandbox} = await gold()
    const argv = ['mobile', '--value-stdin', '--output', format, '--plan', 'gold']
    const {stdout, stderr} = await apigw(KeysCreate, argv, {on: sandbox, tty: format === 'table', stdin: VALUE})
    expect(stdout).toContain('****…ers-42')
    expect(stdout + stderr).not.toContain(VALUE)
  },
)

test('--show-value shows the value on stdout only', async () => {
  const {sandbox} = await gold()
  const argv = ['mobile', '--value-stdin', '--show-value', '--plan', 'gold']
  const {stdout, stderr} = await apigw(KeysCreate, argv, {on: sandbox, stdin: VALUE})
  expect(stdout).toContain(VALUE)
  expect(stderr).not.toContain(VALUE)
})

test('--value-only writes the value, a line break and nothing else', async () => {
  const {sandbox, apigateway} = await gold()
  const {stdout} = await apigw(KeysCreate, ['mobile', '--plan', 'gold', '--value-only'], {on: sandbox})
  const {items} = await apigateway.getApiKeys({includeValues: true})
  expect(stdout).toBe(`${items?.[0]?.value}\n`)
})

test('the note has the stages that the key opens, and a call that works without the value in the history', async () => {
  const {sandbox, restApiId} = await gold()
  const {stdout, stderr} = await apigw(KeysCreate, ['mobile', '--plan', 'gold', '-o', 'id'], {on: sandbox})
  const url = `${sandbox.url}/execute-api/${restApiId}/prod/pets`
  expect(stderr).toBe(
    'It opens petstore/prod (usage plan gold).\n' +
      `Try it: curl -H "x-api-key: $(apigw keys get ${stdout.trim()} --value-only)" '${url}'\n`,
  )
})

test('a key for a stage that serves no method with a key required opens what is open to all: that is said', async () => {
  const {sandbox, apigateway, restApiId} = await petstore()
  await apigateway.createDeployment({restApiId, stageName: 'prod'})
  await apigateway.createUsagePlan({name: 'gold', apiStages: [{apiId: restApiId, stage: 'prod'}]})
  const {stderr} = await apigw(KeysCreate, ['mobile', '--plan', 'gold'], {on: sandbox})
  expect(stderr).toContain('No method of petstore/prod asks for a key: everybody gets in without one.')
})

test('an unknown plan is found out before anything is created, and the plans are named', async () => {
  const {sandbox} = await gold()
  const {stderr, exitCode} = await apigw(KeysCreate, ['mobile', '--plan', 'golf'], {on: sandbox})
  expect(exitCode).toBe(3)
  expect(stderr).toContain('There is no usage plan "golf".')
  expect(stderr).toContain('gold')
  expect(sandbox.calls.has('CreateApiKey')).toBe(false)
})

test('two plans with the same stage are refused before anything is created', async () => {
  const {sandbox, apigateway, restApiId} = await gold()
  await apigateway.createUsagePlan({name: 'silver', apiStages: [{apiId: restApiId, stage: 'prod'}]})
  const run = await apigw(KeysCreate, ['mobile', '--plan', 'gold', '--plan', 'silver'], {on: sandbox})
  expect(run.exitCode).toBe(5)
  expect(run.stderr).toContain(`"gold" and "silver" both have the stage ${restApiId}/prod`)
  expect(sandbox.calls.has('CreateApiKey')).toBe(false)
})

test.each([
  ['too short', 'hunter2', 'too short: 7 characters'],
  ['too long', 'x'.repeat(129), 'too long: 129 characters'],
  ['more than one line', `${VALUE}\n${VALUE}\n`, 'line breaks'],
])('a value on stdin that is %s is refused without a call', async (_, stdin, reason) => {
  const {sandbox} = await gold()
  const {stdout, stderr, exitCode} = await apigw(KeysCreate, ['mobile', '--value-stdin'], {on: sandbox, stdin})
  expect(exitCode).toBe(2)
  expect(stdout).toBe('')
  expect(stderr).toContain(reason)
  expect(stderr).not.toContain(stdin.trim())
  expect(sandbox.calls.has('CreateApiKey')).toBe(false)
})

test('one line break after the value on stdin does not belong to it', async () => {
  const {sandbox} = await gold()
  const run = {on: sandbox, stdin: `${VALUE}\r\n`}
  expect((await apigw(KeysCreate, ['mobile', '--value-stdin', '--value-only'], run)).stdout).toBe(`${VALUE}\n`)
})

test('a value that another key has is refused; that key is named, the value is not', async () => {
  const {sandbox, apigateway} = await gold()
  const {id} = await apigateway.createApiKey({name: 'partner', value: VALUE})
  const run = await apigw(KeysCreate, ['mobile', '--value-stdin', '--plan', 'gold'], {on: sandbox, stdin: VALUE})
  expect(run.exitCode).toBe(5)
  expect(run.stderr).toContain(`Another API key has this value already: "partner" (${id}).`)
  expect(run.stdout + run.stderr).not.toContain(VALUE)
})

test('--if-not-exists takes the key that is there and only puts it on the plans it is not on', async () => {
  const {sandbox} = await gold()
  const argv = ['mobile', '--plan', 'gold', '--if-not-exists', '--output', 'id']
  const bare = await apigw(KeysCreate, ['mobile', '-o', 'id'], {on: sandbox})
  const first = await apigw(KeysCreate, argv, {on: sandbox})
  const second = await apigw(KeysCreate, argv, {on: sandbox})
  expect([first.stdout, second.stdout]).toEqual([bare.stdout, bare.stdout])
  expect(second.exitCode).toBe(0)
  expect(second.stderr).toContain(`There is an API key "mobile" (${bare.stdout.trim()}) already: it stays as it is.`)
  expect(sandbox.calls.get('CreateApiKey')).toBe(1)
  expect(sandbox.calls.get('CreateUsagePlanKey')).toBe(1)
})

test('--dry-run shows what would be done and changes nothing', async () => {
  const {sandbox} = await gold()
  const {stdout, exitCode} = await apigw(KeysCreate, ['mobile', '--plan', 'gold', '--dry-run'], {on: sandbox})
  expect(exitCode).toBe(0)
  expect(stdout).toMatch(/^create\tAPI key\tmobile\t.*\nattach\tAPI key\tmobile\tto usage plan gold.*\n$/)
  expect(sandbox.calls.has('CreateApiKey')).toBe(false)
})

test('without a name, where nobody can be asked, the argument is named', async () => {
  const {sandbox} = await gold()
  const {stderr, exitCode} = await apigw(KeysCreate, [], {on: sandbox})
  expect(exitCode).toBe(2)
  expect(stderr).toContain('NAME')
})

test('two commands make a plan and a key that is let through where others are not', async () => {
  const {sandbox, apigateway} = await sandboxForTest()
  const {id: restApiId} = await apigateway.importRestApi({body: Buffer.from(guardedPetstore())})
  await apigateway.createDeployment({restApiId, stageName: 'prod'})

  await apigw(PlansCreate, ['gold', '--stage', 'petstore/prod', '--quota', '10000/day'], {on: sandbox})
  const {stdout} = await apigw(KeysCreate, ['mobile', '--plan', 'gold', '--value-only'], {on: sandbox})

  const url = `${sandbox.url}/execute-api/${restApiId}/prod/pets`
  expect((await fetch(url)).status).toBe(403)
  expect((await fetch(url, {headers: {'x-api-key': stdout.trim()}})).status).toBe(200)
})

/** A sandbox on which some operations fail with a 500, as often as they are tried. */
const failing = (...operations: string[]) =>
  gold({
    fault: ({operation}) =>
      operations.includes(operation)
        ? {kind: 'error', status: 500, code: 'InternalFailure', message: 'the service is down'}
        : undefined,
  })

test('a key that could not be put on its plan is deleted again: nothing has changed', async () => {
  const {sandbox, apigateway} = await failing('CreateUsagePlanKey')
  const {exitCode, stdout, stderr} = await apigw(KeysCreate, ['mobile', '--plan', 'gold'], {on: sandbox})
  expect({exitCode, stdout}).toEqual({exitCode: 1, stdout: ''})
  expect(stderr).toContain(
    'Key "mobile" could not be put on usage plan "gold": CreateUsagePlanKey failed: the service is down',
  )
  expect(stderr).toContain('The key was deleted again')
  expect((await apigateway.getApiKeys({})).items).toEqual([])
})

test('when it cannot be deleted either, the error names its id and the commands that finish or undo', async () => {
  const {sandbox, apigateway, planId} = await failing('CreateUsagePlanKey', 'DeleteApiKey')
  const {exitCode, stderr} = await apigw(KeysCreate, ['my key', '--plan', 'gold', '--json'], {on: sandbox})
  expect(exitCode).toBe(1)
  const {items = []} = await apigateway.getApiKeys({})
  const {error} = JSON.parse(stderr)
  expect(error.message).toContain(`The key was created, has the id ${items[0]?.id}, and could not be deleted again`)
  expect(error.hint).toContain(`apigw plans attach ${planId} --key ${items[0]?.id}`)
  expect(error.hint).toContain(`apigw keys delete ${items[0]?.id} --confirm 'my key'`)
})

test('a plan that gets a rival between the look and the call: the refusal is in plain words, the key is deleted', async () => {
  const {sandbox, apigateway, restApiId} = await gold({
    fault: ({operation}) =>
      operation === 'CreateUsagePlanKey'
        ? {
            kind: 'error',
            status: 409,
            code: 'ConflictException',
            message: `Usage Plan p cannot be added because API Key k cannot reference multiple Usage Plans with the same API Stage: ${restApiId}:prod`,
          }
        : undefined,
  })
  const {exitCode, stderr} = await apigw(KeysCreate, ['mobile', '--plan', 'gold'], {on: sandbox})
  expect(exitCode).toBe(5)
  expect(stderr).toContain(`The key is on a plan with the stage ${restApiId}:prod already, and can be on only one.`)
  expect((await apigateway.getApiKeys({})).items).toEqual([])
})

test('a throttle that outlasts --max-wait is exit code 6, and leaves no key behind', async () => {
  const {sandbox, apigateway} = await gold({
    fault: ({operation}) =>
      operation === 'CreateUsagePlanKey'
        ? {kind: 'error', status: 429, code: 'TooManyRequestsException', message: 'Too Many Requests'}
        : undefined,
  })
  const argv = ['mobile', '--plan', 'gold', '--max-wait', '0']
  const {exitCode, stderr} = await apigw(KeysCreate, argv, {on: sandbox})
  expect(exitCode).toBe(6)
  expect(stderr).toContain('CreateUsagePlanKey')
  expect((await apigateway.getApiKeys({})).items).toEqual([])
})

test('the key is shown even when the APIs cannot be listed: only the note is poorer', async () => {
  const {sandbox, restApiId} = await gold({
    fault: ({operation}) =>
      operation === 'GetRestApis'
        ? {kind: 'error', status: 403, code: 'AccessDeniedException', message: 'no'}
        : undefined,
  })
  const {exitCode, stdout, stderr} = await apigw(KeysCreate, ['mobile', '--plan', 'gold', '-o', 'id'], {on: sandbox})
  expect(exitCode).toBe(0)
  expect(stdout).toMatch(/^\w{10}\n$/)
  expect(stderr).toBe(`It opens ${restApiId}/prod (usage plan gold).\n`)
})

test('a key without a plan, or on a plan without stages, opens nothing yet: the next command is named', async () => {
  const {sandbox, apigateway} = await gold()
  const {id} = await apigateway.createUsagePlan({name: 'empty'})
  const bare = await apigw(KeysCreate, ['mobile', '-o', 'id'], {on: sandbox})
  expect(bare.stderr).toContain(`apigw plans attach PLAN --key ${bare.stdout.trim()}`)
  const stageless = await apigw(KeysCreate, ['tablet', '--plan', 'empty'], {on: sandbox})
  expect(stageless.stderr).toContain(`apigw plans attach ${id} --stage API/STAGE`)
})

test('a name in use is refused, so that a second run leaves no twin; --allow-duplicate makes one', async () => {
  const {sandbox, apigateway} = await gold()
  const first = await apigw(KeysCreate, ['mobile', '-o', 'id'], {on: sandbox})
  const again = await apigw(KeysCreate, ['mobile'], {on: sandbox})
  expect(again).toMatchObject({stdout: '', exitCode: 5})
  expect(again.stderr).toContain(first.stdout.trim())
  expect(again.stderr).toContain('--if-not-exists')
  expect((await apigw(KeysCreate, ['mobile', '--allow-duplicate'], {on: sandbox})).exitCode).toBe(0)
  expect((await apigateway.getApiKeys({})).items).toHaveLength(2)
})

test('--if-not-exists with a value that the key does not have is a conflict', async () => {
  const {sandbox} = await gold()
  await apigw(KeysCreate, ['mobile'], {on: sandbox})
  const argv = ['mobile', '--if-not-exists', '--value-stdin']
  const {exitCode, stderr} = await apigw(KeysCreate, argv, {on: sandbox, stdin: VALUE})
  expect(exitCode).toBe(5)
  expect(stderr).toContain('with another value')
  expect(stderr).not.toContain(VALUE)
})

test('junk without end on stdin is refused without being read to the end', async () => {
  const {sandbox} = await gold()
  const run = await apigw(KeysCreate, ['mobile', '--value-stdin'], {on: sandbox, stdin: 'x'.repeat(10_000_000)})
  expect(run.exitCode).toBe(2)
  expect(sandbox.calls.has('CreateApiKey')).toBe(false)
})

test('with --json stderr is empty, and the key says by its plans what it opens', async () => {
  const {sandbox, restApiId} = await gold()
  const {stdout, stderr} = await apigw(KeysCreate, ['mobile', '--plan', 'gold', '--json'], {on: sandbox})
  expect(stderr).toBe('')
  expect(JSON.parse(stdout).plans).toMatchObject([{name: 'gold', apiStages: [{apiId: restApiId, stage: 'prod'}]}])
})

test('of very many keys the one that has a value is looked for in pages of 500, and no further than to it', async () => {
  const {sandbox, apigateway} = await sandboxForTest()
  const rows = Array.from({length: 1700}, (_, i) => `key-${i},a-generated-value-${i}-000000`)
  await apigateway.importApiKeys({format: 'csv', body: Buffer.from(['name,key', ...rows].join('\n'))})
  // Without a filter the newest come first (recorded): this one is on the second page.
  const stdin = 'a-generated-value-1000-000000'
  const {exitCode, stderr} = await apigw(KeysCreate, ['mobile', '--value-stdin'], {on: sandbox, stdin})
  expect(exitCode).toBe(5)
  expect(stderr).toMatch(/Another API key has this value already: "key-1000" \(\w{10}\)\./)
  expect(stderr).not.toContain(stdin)
  // One to see whether the name is in use.
  expect(sandbox.calls.get('GetApiKeys')).toBe(1 + 2)
})

test('--if-not-exists with the value that the key has takes it, so that a script can run twice', async () => {
  const {sandbox} = await gold()
  const argv = ['mobile', '--plan', 'gold', '--if-not-exists', '--value-stdin', '-o', 'id']
  const first = await apigw(KeysCreate, argv, {on: sandbox, stdin: VALUE})
  const second = await apigw(KeysCreate, argv, {on: sandbox, stdin: VALUE})
  expect(second).toMatchObject({stdout: first.stdout, exitCode: 0})
  expect(sandbox.calls.get('CreateApiKey')).toBe(1)
})

test('--if-not-exists with a value that a key of another name has is a conflict that names that key', async () => {
  const {sandbox, apigateway} = await gold()
  const {id} = await apigateway.createApiKey({name: 'partner', value: VALUE})
  const argv = ['mobile', '--if-not-exists', '--value-stdin']
  const {exitCode, stderr} = await apigw(KeysCreate, argv, {on: sandbox, stdin: VALUE})
  expect(exitCode).toBe(5)
  expect(stderr).toContain(`"partner" (${id})`)
})

describe('two runs at once, neither of which saw the other begin', () => {
  const both = async (onNamesake: OnNamesake) => {
    const world = await gold()
    const {session} = sessionOn(world.sandbox)
    const [keys, plans] = await Promise.all([openKeys(session), openPlans(session)])
    const request = {name: 'mobile', enabled: true, tags: {}, plans: ['gold'], onNamesake}
    const planned = await Promise.all([1, 2].map(() => issueKey(keys, plans, request)))
    const ends = await Promise.allSettled(planned.map(plan => plan.apply()))
    const {items = []} = await world.apigateway.getApiKeys({})
    return {...world, ends, items}
  }

  test('make one key, and the other run says so', async () => {
    const {ends, items, apigateway, planId} = await both('refuse')
    expect(items).toHaveLength(1)
    expect(ends.map(({status}) => status).sort()).toEqual(['fulfilled', 'rejected'])
    const failed = ends.find(end => end.status === 'rejected')
    expect(failed?.reason).toMatchObject({kind: 'conflict', message: expect.stringContaining(items[0]?.id ?? '-')})
    const on = await apigateway.getUsagePlanKeys({usagePlanId: planId})
    expect(on.items?.map(({id}) => id)).toEqual([items[0]?.id])
  })

  test('with --if-not-exists share it', async () => {
    const {ends, items, apigateway, planId} = await both('reuse')
    const values = ends.map(end => (end.status === 'fulfilled' ? end.value.value?.reveal() : end.reason))
    expect(items).toHaveLength(1)
    const {value} = await apigateway.getApiKey({apiKey: items[0]?.id, includeValue: true})
    expect(values).toEqual([value, value])
    const on = await apigateway.getUsagePlanKeys({usagePlanId: planId})
    expect(on.items?.map(({id}) => id)).toEqual([items[0]?.id])
  })
})

describe('a creation whose answer is lost', () => {
  const lost = () => gold({fault: ({operation}) => (operation === 'CreateApiKey' ? {kind: 'lost'} : undefined)})

  test('is known by the value: the key works', async () => {
    const {sandbox, restApiId} = await lost()
    const argv = ['mobile', '--plan', 'gold', '--value-stdin', '--value-only']
    const {exitCode, stdout} = await apigw(KeysCreate, argv, {on: sandbox, stdin: VALUE})
    expect({exitCode, stdout}).toEqual({exitCode: 0, stdout: `${VALUE}\n`})
    const url = `${sandbox.url}/execute-api/${restApiId}/prod/pets`
    expect((await fetch(url, {headers: {'x-api-key': VALUE}})).status).toBe(200)
  })

  test('is what --if-not-exists takes', async () => {
    const {sandbox, apigateway, planId} = await lost()
    const argv = ['mobile', '--plan', 'gold', '--if-not-exists', '-o', 'id']
    const {exitCode, stdout} = await apigw(KeysCreate, argv, {on: sandbox})
    expect(exitCode).toBe(0)
    const on = await apigateway.getUsagePlanKeys({usagePlanId: planId})
    expect(on.items?.map(({id}) => id)).toEqual([stdout.trim()])
  })

  test('else may be the key that is there now: it is named, and the command that finishes does', async () => {
    const {sandbox, apigateway, planId} = await lost()
    const {exitCode, stdout, stderr} = await apigw(KeysCreate, ['mobile', '--plan', 'gold'], {on: sandbox})
    expect({exitCode, stdout}).toEqual({exitCode: 7, stdout: ''})
    const {items = []} = await apigateway.getApiKeys({})
    expect(stderr).toContain(`There is an API key "mobile" (${items[0]?.id}) now, which was not there before`)
    const [, words = ''] = /^To finish: apigw keys create (.+)$/m.exec(stderr) ?? []
    expect((await apigw(KeysCreate, words.split(' '), {on: sandbox})).exitCode).toBe(0)
    const on = await apigateway.getUsagePlanKeys({usagePlanId: planId})
    expect(on.items?.map(({id}) => id)).toEqual([items[0]?.id])
    expect((await apigateway.getApiKeys({})).items).toHaveLength(1)
  })

  test('of one key of several of a name is told by nothing: the command that shows them is named', async () => {
    const {sandbox} = await lost()
    const {exitCode, stderr} = await apigw(KeysCreate, ['mobile', '--allow-duplicate'], {on: sandbox})
    expect(exitCode).toBe(7)
    expect(stderr).toContain('apigw keys list --name mobile')
  })

  test('and that was not carried out, can be run again', async () => {
    const {sandbox} = await gold({
      fault: ({operation, count}) => (operation === 'CreateApiKey' && count === 1 ? {kind: 'reset'} : undefined),
    })
    const {exitCode, stderr} = await apigw(KeysCreate, ['mobile'], {on: sandbox})
    expect(exitCode).toBe(7)
    expect(stderr).toContain('There is no API key "mobile" so far.\nRun it again.')
    expect((await apigw(KeysCreate, ['mobile'], {on: sandbox})).exitCode).toBe(0)
  })
})
