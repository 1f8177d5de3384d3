import {expect, test} from 'vitest'
import KeysRotate from '../../../src/commands/keys/rotate.js'
import type {SandboxOptions} from '../../../src/sandbox/server.js'
import {apigw} from '../../support/apigw.js'
import {runCommand} from '../../support/every-command.js'
import {gold} from '../../support/gold.js'
import {paste} from '../../support/pasting.js'

/** Keys on a plan whose requests are counted, made and rotated as a test wants. */
async function rotated(options: SandboxOptions = {}) {
  const world = await gold(options)
  const {apigateway, sandbox, restApiId, planId} = world
  await apigateway.updateUsagePlan({
    usagePlanId: planId,
    patchOperations: [
      {op: 'replace', path: '/quota/limit', value: '1000'},
      {op: 'replace', path: '/quota/period', value: 'DAY'},
    ],
  })
  const ask = async (value = '') =>
    (await fetch(`${sandbox.url}/execute-api/${restApiId}/prod/pets`, {headers: {'x-api-key': value}})).status
  /** A key, another one in its place, and what is left of its grace. */
  const rotate = async (name: string, graceEnds = '2020-01-31T12:00:00Z') => {
    const {id = '', value} = await apigateway.createApiKey({name, enabled: true})
    await apigateway.createUsagePlanKey({usagePlanId: planId, keyId: id, keyType: 'API_KEY'})
    const {stdout} = await apigw(KeysRotate, [name, '--json', '--show-value'], {on: sandbox})
    const next = JSON.parse(stdout) as {id: string; value: string}
    const resourceArn = `arn:aws:apigateway:us-east-1::/apikeys/${id}`
    await apigateway.tagResource({resourceArn, tags: {'apigw:grace-ends': graceEnds}})
    return {id, value, next}
  }
  const state = async (apiKey: string) => {
    const key = await apigateway.getApiKey({apiKey}).catch(() => undefined)
    return key ? (key.enabled ? 'enabled' : 'disabled') : 'gone'
  }
  const finish = (...argv: string[]) => apigw(KeysRotate, ['--finish', ...argv], {on: sandbox})
  return {...world, ask, rotate, state, finish}
}

const LATER = '2999-01-31T12:00:00Z'

test('a key whose grace is over is let in no more, the one in its place is; one in its grace stays, with its end', async () => {
  const {rotate, finish, ask} = await rotated()
  const [over, going] = [await rotate('mobile'), await rotate('tablet', LATER)]
  expect([await ask(over.value), await ask(going.value)]).toEqual([200, 200])
  const {exitCode, stdout, stderr} = await finish()
  expect(exitCode).toBe(0)
  expect(stdout).toMatch(new RegExp(`^${over.id}\tmobile \\(until [\\d-]+\\)\tdisabled\t`))
  expect(stdout.trim().split('\n')).toHaveLength(1)
  expect(stderr).toMatch(new RegExp(`"tablet \\(until [\\d-]+\\)" \\(${going.id}\\) works until ${LATER}\\.`))
  expect([await ask(over.value), await ask(over.next.value)]).toEqual([403, 200])
  expect([await ask(going.value), await ask(going.next.value)]).toEqual([200, 200])
})

test('run again, it finds nothing to do, and says how those that are disabled are deleted', async () => {
  const {rotate, finish, state} = await rotated()
  const {id, next} = await rotate('mobile')
  await finish()
  const again = await finish()
  expect(again).toMatchObject({stdout: '', exitCode: 0})
  expect(again.stderr).toContain('apigw keys rotate --finish --delete --confirm 1')
  expect((await finish('--delete', '--confirm', '1')).exitCode).toBe(0)
  expect([await state(id), await state(next.id)]).toEqual(['gone', 'enabled'])
  expect(await finish('--delete', '--json')).toEqual({stdout: '[]\n', stderr: '', exitCode: 0})
})

test('a key that was used since yesterday is disabled, and what gives its users more time is said', async () => {
  const {rotate, finish, ask, state, sandbox} = await rotated()
  const {id, value} = await rotate('mobile')
  await ask(value)
  await ask(value)
  const {exitCode, stderr} = await finish()
  expect(exitCode).toBe(0)
  expect(await state(id)).toBe('disabled')
  expect(stderr).toContain(`(${id}) was used 2 times since yesterday.`)
  const [, first = '', second = ''] = /^ {2}apigw (keys update .*) && apigw (keys enable .*)$/m.exec(stderr) ?? []
  const [{default: KeysUpdate}, {default: KeysEnable}] = await Promise.all([
    import('../../../src/commands/keys/update.js'),
    import('../../../src/commands/keys/enable.js'),
  ])
  await apigw(KeysUpdate, first.split(' ').slice(2), {on: sandbox})
  await apigw(KeysEnable, second.split(' ').slice(2), {on: sandbox})
  expect((await finish()).stdout).toBe('')
  expect(await ask(value)).toBe(200)
})

test('a key that was used since yesterday is not deleted, others are; --force deletes it', async () => {
  const {rotate, finish, ask, state} = await rotated()
  const [used, idle] = [await rotate('mobile'), await rotate('tablet')]
  await ask(used.value)
  const {exitCode, stderr} = await finish('--delete', '--confirm', '1')
  expect(exitCode).toBe(1)
  expect(stderr).toContain(`${used.id} is left alone: it was used once since yesterday`)
  expect([await state(used.id), await state(idle.id)]).toEqual(['enabled', 'gone'])
  const forced = await finish('--delete', '--force', '--confirm', '1')
  expect(forced.exitCode, forced.stderr).toBe(0)
  expect(await state(used.id)).toBe('gone')
})

test('--delete wants the number of keys, and deletes nothing without', async () => {
  const {rotate, finish, state} = await rotated()
  const keys = [await rotate('mobile'), await rotate('tablet')]
  for (const argv of [[], ['--confirm', '1'], ['--confirm', 'mobile']]) {
    const {exitCode, stdout, stderr} = await finish('--delete', ...argv)
    expect({exitCode, stdout}).toEqual({exitCode: 2, stdout: ''})
    expect(stderr).toContain('--confirm 2')
  }
  for (const {id} of keys) expect(await state(id)).toBe('enabled')
})

test('a deletion that stopped half-way is finished by the command that it prints', async () => {
  const deletions: string[] = []
  const {rotate, state, sandbox} = await rotated({
    fault: ({operation}) =>
      operation === 'DeleteApiKey' && deletions.push(operation) === 2 ? {kind: 'reset'} : undefined,
  })
  const keys = [await rotate('one'), await rotate('two'), await rotate('three')]
  const argv = ['--finish', '--delete', '--confirm', '3', '--max-wait', '0']
  const stopped = await runCommand('keys:rotate', argv, {on: sandbox})
  expect(stopped.exitCode).toBe(7)
  const left = (await Promise.all(keys.map(({id}) => state(id)))).filter(found => found !== 'gone').length
  const line = `apigw keys rotate --finish --delete --confirm ${left} --max-wait 0`
  expect(stopped.stderr).toContain(`To finish: ${line}\n`)
  await paste(line, {on: sandbox})
  expect(await Promise.all(keys.map(({id}) => state(id)))).toEqual(['gone', 'gone', 'gone'])
})

test('--dry-run shows what would be ended and when its grace was over, and ends nothing', async () => {
  const {rotate, finish, ask, state} = await rotated()
  const {id, value} = await rotate('mobile')
  await ask(value)
  const {exitCode, stdout} = await finish('--dry-run')
  expect(exitCode).toBe(0)
  expect(stdout).toMatch(/^disable\tAPI key\tmobile \(until [\d-]+\)\t/)
  expect(stdout).toContain(`${id}: its grace ended at 2020-01-31T12:00:00Z, used once since yesterday`)
  expect(await state(id)).toBe('enabled')
})

test('with a name only the keys that it has replaced are ended, by its id or theirs, too', async () => {
  const {rotate, finish, state} = await rotated()
  const [mobile, tablet] = [await rotate('mobile'), await rotate('tablet')]
  expect((await finish('mobile', '-o', 'id')).stdout).toBe(`${mobile.id}\n`)
  expect(await state(tablet.id)).toBe('enabled')
  expect((await finish(tablet.next.id, '--dry-run', '-o', 'id')).stdout).toMatch(/^tablet/)
  expect((await finish(tablet.id, '-o', 'id')).stdout).toBe(`${tablet.id}\n`)
  const again = await finish('mobile')
  expect(again).toMatchObject({stdout: '', exitCode: 0})
  expect(again.stderr).toContain('apigw keys rotate mobile --finish --delete --confirm 1')
  expect(await finish('nobody')).toMatchObject({stdout: '', exitCode: 3})
})

test.each(['gone', 'disabled'])(
  'where the key in its place is %s, a key goes on working; --force ends it',
  async how => {
    const {rotate, finish, state, apigateway} = await rotated()
    const {id, next} = await rotate('mobile')
    if (how === 'gone') await apigateway.deleteApiKey({apiKey: next.id})
    else {
      const patchOperations = [{op: 'replace' as const, path: '/enabled', value: 'false'}]
      await apigateway.updateApiKey({apiKey: next.id, patchOperations})
    }
    const {exitCode, stderr} = await finish()
    expect(exitCode).toBe(5)
    expect(stderr).toContain(`the key in its place (${next.id}) is gone or disabled`)
    expect(stderr).toContain(`apigw keys rotate ${id} --finish --force`)
    expect(await state(id)).toBe('enabled')
    expect((await finish('--force')).exitCode).toBe(0)
    expect(await state(id)).toBe('disabled')
  },
)

test('a key whose successor has been replaced and ended, too, is ended: the last one in the row is there', async () => {
  const {rotate, finish, state, sandbox} = await rotated()
  const {id, next} = await rotate('mobile')
  await apigw(KeysRotate, ['mobile', '--grace', '0', '--force'], {on: sandbox})
  expect(await state(next.id)).toBe('disabled')
  const {exitCode, stderr} = await finish()
  expect(exitCode, stderr).toBe(0)
  expect(await state(id)).toBe('disabled')
})

test('a rotation that was cut off ends nothing: the old key is not replaced yet', async () => {
  const {finish, apigateway} = await rotated()
  const tags = {'apigw:grace-ends': '2020-01-31T12:00:00Z'}
  const {id = ''} = await apigateway.createApiKey({name: 'mobile', enabled: true, tags})
  expect(await finish()).toMatchObject({stdout: '', exitCode: 0})
  expect((await apigateway.getApiKey({apiKey: id})).enabled).toBe(true)
})

test('an end that nobody can read is named, and the others are ended', async () => {
  const {rotate, finish, state} = await rotated()
  const [odd, over] = [await rotate('mobile', 'soon'), await rotate('tablet')]
  const {exitCode, stderr} = await finish()
  expect(exitCode).toBe(1)
  expect(stderr).toContain(`the end of the grace of ${odd.id} cannot be read`)
  expect([await state(odd.id), await state(over.id)]).toEqual(['enabled', 'disabled'])
})

test('where usage may not be read keys are ended all the same, and that it is not known is said', async () => {
  const {rotate, finish, state} = await rotated({
    fault: ({operation}) =>
      operation === 'GetUsage' ? {kind: 'error', status: 403, code: 'AccessDeniedException', message: 'no'} : undefined,
  })
  const {id} = await rotate('mobile')
  const {exitCode, stderr} = await finish()
  expect(exitCode).toBe(0)
  expect(stderr).toContain('Whether 1 of them is still used is not known')
  expect(await state(id)).toBe('disabled')
})

test.each([
  ['--delete', '--finish'],
  ['--finish --grace 7d', '--grace'],
  ['--finish --value-only', '--value-only'],
  ['--finish --delete --disable', '--disable'],
])('%s is wrong usage', async (flags, named) => {
  const {sandbox} = await gold()
  const {exitCode, stdout, stderr} = await apigw(KeysRotate, ['mobile', ...flags.split(' ')], {on: sandbox})
  expect({exitCode, stdout}).toEqual({exitCode: 2, stdout: ''})
  expect(stderr).toContain(named)
})

test('of many keys the usage is read by plan, 500 a call', async () => {
  const {finish, rotate, sandbox} = await rotated()
  for (let i = 0; i < 11; i++) await rotate(`mobile${i}`)
  const before = sandbox.calls.get('GetUsage') ?? 0
  expect((await finish('-o', 'id')).stdout.trim().split('\n')).toHaveLength(11)
  expect((sandbox.calls.get('GetUsage') ?? 0) - before).toBe(1)
})
