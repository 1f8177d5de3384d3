import {mkdtempSync, readFileSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import type {APIGateway} from '@aws-sdk/client-api-gateway'
import {describe, expect, test} from 'vitest'
import type {Fault, SandboxOptions} from '../../../src/sandbox/server.js'
import {runCommand} from '../../support/every-command.js'
import {gold} from '../../support/gold.js'
import {sandboxForTest} from '../../support/sandbox.js'

const lines = (text: string) => text.split('\n').filter(line => line !== '')
const newFile = () => join(mkdtempSync(join(tmpdir(), 'apigw-journal-')), 'journal')

/** Makes keys, enabled, called `key-0` and so on. @returns their ids */
async function makeKeys(apigateway: APIGateway, count: number): Promise<string[]> {
  const rows = Array.from({length: count}, (_, i) => `key-${i},a-generated-value-${i}-000000`)
  const {ids = []} = await apigateway.importApiKeys({
    format: 'csv',
    body: Buffer.from(['name,key', ...rows].join('\n')),
  })
  return ids
}

const refused: Fault = {kind: 'error', status: 400, code: 'BadRequestException', message: 'not this one'}

describe('looking up', () => {
  test('ids by the hundred are read by pages of 500, and no further than the last that is looked for', async () => {
    const {sandbox, apigateway} = await sandboxForTest()
    await makeKeys(apigateway, 1_600)
    const {items = []} = await apigateway.getApiKeys({limit: 500})
    const before = new Map(sandbox.calls)
    const stdin = items
      .slice(0, 400)
      .map(({id}) => id)
      .join('\n')
    expect((await runCommand('keys:enable', ['-'], {on: sandbox, stdin})).stderr).toBe(
      'Nothing to do: all 400 are so already.\n',
    )
    expect(sandbox.calls.get('GetApiKeys')! - before.get('GetApiKeys')!).toBe(1)
    await runCommand('keys:enable', ['-'], {on: sandbox, stdin: `${stdin}\nkey-1599`})
    expect(sandbox.calls.get('GetApiKeys')! - before.get('GetApiKeys')!).toBe(1 + 4)
    expect(sandbox.calls.has('GetApiKey')).toBe(false)
  })

  test('a few ids are asked for one by one', async () => {
    const {sandbox, apigateway} = await sandboxForTest()
    const ids = await makeKeys(apigateway, 3)
    const {stdout} = await runCommand('keys:disable', [...ids, '--json'], {on: sandbox})
    expect(JSON.parse(stdout)).toHaveLength(3)
    expect([sandbox.calls.get('GetApiKey'), sandbox.calls.has('GetApiKeys')]).toEqual([3, false])
    expect(stdout).not.toContain('value')
  })

  test('a list of ten thousand long names fits, and a key that is named twice is one key', async () => {
    const {sandbox, apigateway} = await sandboxForTest()
    const [id] = await makeKeys(apigateway, 1)
    const long = Array.from({length: 10_000}, (_, i) => `${i}-${'x'.repeat(1_000)}`)
    const stdin = ['key-0', id, 'key-0', ...long].join('\n')
    const {stdout, stderr, exitCode} = await runCommand('keys:disable', ['-', '-o', 'id'], {on: sandbox, stdin})
    expect([stdout, exitCode]).toEqual([`${id}\n`, 1])
    expect(stderr).toContain('10000 of 10001 failed:')
    expect(sandbox.calls.get('UpdateApiKey')).toBe(1)
  })
})

describe('what fails', () => {
  test('is named as it was called, the first twenty of it, and all of it in --json', async () => {
    const {sandbox, apigateway} = await sandboxForTest({
      fault: ({operation, count}) => (operation === 'UpdateApiKey' && count > 5 ? refused : undefined),
    })
    const ids = await makeKeys(apigateway, 30)
    const stdin = ids.join('\n')
    const {stdout, stderr, exitCode} = await runCommand('keys:disable', ['-'], {on: sandbox, stdin})
    expect([lines(stdout).length, exitCode]).toEqual([5, 1])
    expect(lines(stderr)).toHaveLength(1 + 1 + 20 + 1 + 1)
    expect(lines(stderr)[0]).toBe('5 done, 25 failed')
    expect(lines(stderr)[2]).toMatch(/^ {2}[a-z0-9]{10}: not this one$/)
    expect(lines(stderr).slice(-2)).toEqual(['  and 5 more', 'With --json all of them are named.'])
    const json = await runCommand('keys:disable', ['-', '--json'], {on: sandbox, stdin})
    expect(JSON.parse(json.stdout)).toHaveLength(5)
    const {error} = JSON.parse(json.stderr)
    expect(error.failures).toHaveLength(25)
    expect(ids).toContain(error.failures[24].name)
    expect(error.failures[24]).toMatchObject({kind: 'failed', code: 'BadRequestException', message: 'not this one'})
  })

  test('an endpoint that is gone ends it: what is done is said, and the command that does the rest', async () => {
    const {sandbox, apigateway} = await sandboxForTest({
      fault: ({operation, count}) => (operation === 'DeleteApiKey' && count > 20 ? {kind: 'reset'} : undefined),
    })
    const stdin = (await makeKeys(apigateway, 200)).join('\n')
    const argv = ['-', '--confirm', '200', '--max-wait', '0']
    const {stdout, stderr, exitCode} = await runCommand('keys:delete', argv, {on: sandbox, stdin})
    expect(exitCode).toBe(7)
    expect(lines(stdout)).toHaveLength(20)
    expect(stderr).toContain('Done: 20 of 200. Not done: 180.')
    expect(stderr).toContain(`To finish, with the same on stdin: apigw keys delete ${argv.join(' ')}\n`)
    // Each of those that were under way is tried once.
    expect(sandbox.calls.get('DeleteApiKey')).toBeLessThanOrEqual(20 + 10)
  })
})

describe('with a journal', () => {
  test('what is in it is not looked up again, also by another name for the run', async () => {
    const {sandbox, apigateway} = await sandboxForTest({
      fault: ({operation, count}) => (operation === 'UpdateApiKey' && count === 3 ? refused : undefined),
    })
    await makeKeys(apigateway, 8)
    const argv = [...Array.from({length: 8}, (_, i) => `key-${i}`), '--journal', newFile()]
    const first = await runCommand('keys:disable', argv, {on: sandbox})
    expect([first.exitCode, lines(first.stderr)[0]]).toEqual([1, '7 done, 1 failed'])
    const second = await runCommand('keys:disable', argv, {on: sandbox})
    expect([second.exitCode, second.stderr, lines(second.stdout).length]).toEqual([
      0,
      '1 done, 7 by an earlier run\n',
      1,
    ])
    expect(sandbox.calls.get('UpdateApiKey')).toBe(9)
    const lists = sandbox.calls.get('GetApiKeys')
    const third = await runCommand('keys:disable', [...argv, '--json'], {on: sandbox})
    expect([third.exitCode, third.stdout, third.stderr]).toEqual([0, '[]\n', ''])
    expect(sandbox.calls.get('GetApiKeys')).toBe(lists)
  })

  test('it is of one command with its flags: another one is refused before anything is read', async () => {
    const {sandbox, apigateway} = await gold()
    await makeKeys(apigateway, 1)
    const journal = newFile()
    await runCommand('keys:attach', ['key-0', '--plan', 'gold', '--journal', journal], {on: sandbox})
    const calls = new Map(sandbox.calls)
    for (const [id, argv] of [
      ['keys:detach', ['key-0', '--plan', 'gold']],
      ['keys:attach', ['key-0', '--plan', 'silver']],
    ] as const) {
      const {exitCode, stderr} = await runCommand(id, [...argv, '--journal', journal], {on: sandbox})
      expect(exitCode).toBe(2)
      expect(stderr).toContain('it is for "keys attach --plan gold" in us-east-1, account 123456789012')
      expect(stderr).toContain(`this is    "${id.replace(':', ' ')} --plan ${argv[2]}" in us-east-1`)
    }
    for (const operation of ['GetUsagePlans', 'GetApiKeys', 'GetApiKey']) {
      expect(sandbox.calls.get(operation), operation).toBe(calls.get(operation))
    }
  })

  test('how something is done does not make another run of it: --confirm, --output, --max-wait', async () => {
    const {sandbox, apigateway} = await sandboxForTest()
    await makeKeys(apigateway, 2)
    const journal = newFile()
    await runCommand('keys:delete', ['key-0', '--confirm', 'key-0', '--journal', journal], {on: sandbox})
    const argv = ['key-0', 'key-1', '--confirm', '2', '-o', 'json', '--max-wait', '9', '--journal', journal]
    const {exitCode, stdout} = await runCommand('keys:delete', argv, {on: sandbox})
    expect([exitCode, JSON.parse(stdout)[0].name]).toEqual([0, 'key-1'])
  })

  test('a key that was deleted by the run is no failure of the next, one that never was is', async () => {
    const {sandbox, apigateway} = await sandboxForTest()
    await makeKeys(apigateway, 2)
    const argv = ['key-0', 'key-1', '--confirm', '2', '--journal', newFile()]
    await runCommand('keys:delete', argv, {on: sandbox})
    const again = await runCommand('keys:delete', argv, {on: sandbox})
    expect([again.exitCode, again.stderr]).toEqual([
      0,
      'Nothing to do: by the journal an earlier run has done all 2.\n',
    ])
    const more = await runCommand('keys:delete', ['nobody', ...argv], {on: sandbox})
    expect(more.exitCode).toBe(1)
    expect(more.stderr).toContain('nobody: There is no API key "nobody".')
  })

  test('a dry run shows what is left, and writes nothing', async () => {
    const {sandbox, apigateway} = await sandboxForTest()
    await makeKeys(apigateway, 2)
    const journal = newFile()
    await runCommand('keys:tag', ['key-0', '--tag', 'a=b', '--journal', journal], {on: sandbox})
    const before = readFileSync(journal, 'utf8')
    const argv = ['key-0', 'key-1', '--tag', 'a=b', '--journal', journal, '--dry-run']
    const {stdout} = await runCommand('keys:tag', argv, {on: sandbox})
    expect(stdout).toMatch(/^update\tAPI key\tkey-1\ttag a=b\n$/)
    expect(readFileSync(journal, 'utf8')).toBe(before)
  })

  test('has no value of a key in it', async () => {
    const {sandbox, apigateway} = await gold()
    await makeKeys(apigateway, 3)
    for (const [verb, ...flags] of [['attach', '--plan', 'gold'], ['disable'], ['delete', '--confirm', '3']]) {
      const journal = newFile()
      const argv = ['key-0', 'key-1', 'key-2', ...flags, '--journal', journal]
      expect((await runCommand(`keys:${verb}`, argv, {on: sandbox})).exitCode).toBe(0)
      expect(lines(readFileSync(journal, 'utf8')).length).toBeGreaterThan(3)
      expect(readFileSync(journal, 'utf8')).not.toContain('a-generated-value')
    }
  })

  test('a file that is something else is left as it is', async () => {
    const {sandbox, apigateway} = await sandboxForTest()
    const ids = await makeKeys(apigateway, 1)
    const file = newFile()
    writeFileSync(file, `${ids[0]}\n`)
    const argv = [ids[0]!, '--confirm', 'key-0', '--journal', file]
    expect(await runCommand('keys:delete', argv, {on: sandbox})).toMatchObject({exitCode: 2})
    expect(readFileSync(file, 'utf8')).toBe(`${ids[0]}\n`)
    expect(sandbox.calls.has('DeleteApiKey')).toBe(false)
  })
})

describe('keys tag', () => {
  test('sets tags and takes them away; what is so already is left alone and counted', async () => {
    const {sandbox, apigateway} = await sandboxForTest()
    await apigateway.createApiKey({name: 'a', tags: {team: 'shop'}})
    await apigateway.createApiKey({name: 'b', tags: {owner: 'me', team: 'ops'}})
    const argv = ['a', 'b', '--tag', 'team=shop', '--untag', 'owner']
    const run = await runCommand('keys:tag', argv, {on: sandbox})
    expect([run.exitCode, run.stderr]).toEqual([0, '1 done, 1 was so already\n'])
    const {items = []} = await apigateway.getApiKeys({})
    expect(items.map(({tags}) => tags)).toEqual([{team: 'shop'}, {team: 'shop'}])
    expect(sandbox.calls.get('TagResource')).toBe(1)
    expect((await runCommand('keys:tag', argv, {on: sandbox})).stderr).toBe('Nothing to do: all 2 are so already.\n')
  })

  test.each([[[]], [['--tag', 'a=b', '--untag', 'a']]])('with %j is wrong usage', async flags => {
    const {sandbox, apigateway} = await sandboxForTest()
    await apigateway.createApiKey({name: 'a'})
    expect((await runCommand('keys:tag', ['a', ...flags], {on: sandbox})).exitCode).toBe(2)
    expect(sandbox.calls.has('GetApiKeys')).toBe(false)
  })
})

/** The plan `gold` with a stage, a rival of it with the same one, and two keys that are on neither. */
async function rivals(options: SandboxOptions = {}) {
  const kit = await gold(options)
  const {apigateway, restApiId} = kit
  const {id: silverId = ''} = await apigateway.createUsagePlan({
    name: 'silver',
    apiStages: [{apiId: restApiId, stage: 'prod'}],
  })
  const ids = await makeKeys(apigateway, 2)
  const onPlan = async (usagePlanId: string) =>
    (await apigateway.getUsagePlanKeys({usagePlanId})).items?.map(({name}) => name).sort()
  return {...kit, silverId, ids, onPlan}
}

describe('keys attach and detach', () => {
  test('put keys on a plan and take them off; again there is nothing to do', async () => {
    const {sandbox, planId, onPlan} = await rivals()
    const argv = ['-', '--plan', 'gold']
    const stdin = 'key-0\nkey-1\n'
    const attached = await runCommand('keys:attach', argv, {on: sandbox, stdin})
    expect([attached.exitCode, attached.stderr]).toEqual([0, ''])
    expect(lines(attached.stdout)[0]).toMatch(/^API key\tkey-0\t[a-z0-9]{10}\tgold$/)
    expect(await onPlan(planId)).toEqual(['key-0', 'key-1'])
    expect((await runCommand('keys:attach', argv, {on: sandbox, stdin})).stderr).toContain('all 2 are so already')
    expect((await runCommand('keys:detach', argv, {on: sandbox, stdin})).exitCode).toBe(0)
    expect(await onPlan(planId)).toEqual([])
    const again = await runCommand('keys:detach', argv, {on: sandbox, stdin})
    expect([again.exitCode, again.stderr]).toEqual([0, 'Nothing to do: all 2 are so already.\n'])
  })

  test('a key on a plan with the same stage is refused by the name of that plan, and the rest is done', async () => {
    const {sandbox, silverId, ids, onPlan} = await rivals()
    await runCommand('keys:attach', ['key-0', '--plan', 'gold'], {on: sandbox})
    const {exitCode, stderr} = await runCommand('keys:attach', [...ids, '--plan', 'silver'], {on: sandbox})
    expect(exitCode).toBe(1)
    expect(stderr).toContain(`${ids[0]}: The key is on usage plan "gold"`)
    expect(await onPlan(silverId)).toEqual(['key-1'])
  })

  test('an empty list is nothing to do; a plan that is not there is missing all the same', async () => {
    const {sandbox} = await rivals()
    const {exitCode, stderr} = await runCommand('keys:attach', ['-', '--plan', 'gold'], {on: sandbox, stdin: '\n'})
    expect([exitCode, stderr]).toEqual([0, 'Nothing to do: nothing was named.\n'])
    const json = await runCommand('keys:attach', ['-', '--plan', 'gold', '--json'], {on: sandbox, stdin: ''})
    expect(json).toEqual({exitCode: 0, stdout: '[]\n', stderr: ''})
    expect((await runCommand('keys:detach', ['-', '--plan', 'golf'], {on: sandbox})).exitCode).toBe(3)
  })

  test('no two keys are put on a plan at once: the service refuses that', async () => {
    let [under, most] = [0, 0]
    const {sandbox, planId, onPlan} = await rivals({
      latency: 5,
      fault: ({operation, count}) => {
        if (operation !== 'CreateUsagePlanKey') return undefined
        most = Math.max(most, ++under)
        setTimeout(() => under--, 4)
        // As it does when somebody else puts a key on a plan at the same time.
        const message = 'Unable to complete operation due to concurrent modification. Please try again later.'
        return count === 1 ? {kind: 'error', status: 409, code: 'ConflictException', message} : undefined
      },
    })
    const {exitCode} = await runCommand('keys:attach', ['key-0', 'key-1', '--plan', 'gold'], {on: sandbox})
    expect(exitCode).toBe(0)
    expect(await onPlan(planId)).toEqual(['key-0', 'key-1'])
    expect([most, sandbox.calls.get('CreateUsagePlanKey')]).toEqual([1, 3])
  })

  test('an answer that was lost is asked for again: the key is on the plan, which is no conflict', async () => {
    const {sandbox, planId, onPlan} = await rivals({
      fault: ({operation, count}) => (operation === 'CreateUsagePlanKey' && count === 1 ? {kind: 'lost'} : undefined),
    })
    const {exitCode, stderr} = await runCommand('keys:attach', ['key-0', 'key-1', '--plan', 'gold'], {on: sandbox})
    expect([exitCode, stderr]).toEqual([0, ''])
    expect(await onPlan(planId)).toEqual(['key-0', 'key-1'])
  })

  test('a key that has gone from the plan meanwhile is off it', async () => {
    const {sandbox, apigateway, planId, ids} = await rivals({
      fault: ({operation}) =>
        operation === 'DeleteUsagePlanKey'
          ? {kind: 'error', status: 404, code: 'NotFoundException', message: 'Invalid API Key identifier specified'}
          : undefined,
    })
    await apigateway.createUsagePlanKey({usagePlanId: planId, keyId: ids[0], keyType: 'API_KEY'})
    expect((await runCommand('keys:detach', ['key-0', '--plan', 'gold'], {on: sandbox})).exitCode).toBe(0)
  })
})

test('what takes long is said before it begins, also in a dry run, and not to programs', async () => {
  const {sandbox, apigateway} = await sandboxForTest()
  const stdin = (await makeKeys(apigateway, 100)).join('\n')
  const options = {on: sandbox, stdin, env: {APIGW_PACING: 'on'}}
  const {stderr, stdout} = await runCommand('keys:delete', ['-', '--dry-run'], options)
  expect(stderr).toBe('This takes at least 19 s: DeleteApiKey is limited to 5 calls a second.\n')
  expect(lines(stdout)).toHaveLength(100)
  expect((await runCommand('keys:delete', ['-', '--dry-run', '--json'], options)).stderr).toBe('')
})

test('a run that goes on is confirmed by the number that was asked for in the first place', async () => {
  const {sandbox, apigateway} = await sandboxForTest()
  await makeKeys(apigateway, 8)
  const journal = newFile()
  await runCommand('keys:delete', ['key-0', '--confirm', 'key-0', '--journal', journal], {on: sandbox})
  const names = Array.from({length: 8}, (_, i) => `key-${i}`)
  const {exitCode, stderr} = await runCommand('keys:delete', [...names, '--journal', journal], {on: sandbox})
  expect(exitCode).toBe(2)
  expect(stderr).toContain('--confirm 8')
  expect(
    (await runCommand('keys:delete', [...names, '--confirm', '8', '--journal', journal], {on: sandbox})).exitCode,
  ).toBe(0)
})
