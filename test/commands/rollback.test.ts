import {mkdtempSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import Deploy from '../../src/commands/deploy.js'
import Rollback from '../../src/commands/rollback.js'
import type {RolledBack} from '../../src/domain/deployments/rollback.js'
import type {SandboxOptions} from '../../src/sandbox/server.js'
import {apigw, type RunOptions} from '../support/apigw.js'
import {furnish, furniture, twoEditions} from '../support/two-editions.js'

const rollback = (argv: string[], options: RunOptions) =>
  apigw(Rollback, ['--api', 'petstore', '--stage', 'prod', ...argv], options)

/** The stage `prod` with its settings and plans, on the new edition of the petstore; it served the old one before. */
async function movedOn(options: SandboxOptions = {}) {
  const kit = await twoEditions(options)
  const {apigateway, restApiId} = kit
  const {id: first = ''} = await apigateway.createDeployment({restApiId, stageName: 'prod', description: 'v1'})
  await furnish(kit, 'prod')
  await kit.edit('new')
  const second = await kit.deployment()
  const patchOperations = [{op: 'replace' as const, path: '/deploymentId', value: second}]
  await apigateway.updateStage({restApiId, stageName: 'prod', patchOperations})
  return {...kit, first, second}
}

test('the stage serves the old snapshot again, with its settings and usage plans', async () => {
  const kit = await movedOn()
  const {sandbox, first, second, served} = kit
  const before = await furniture(kit, 'prod')
  expect(await served('prod')).toEqual({from: 'new', mode: 'a'})

  const {stdout, stderr, exitCode} = await rollback(['--yes', '--wait'], {on: sandbox})
  expect(exitCode).toBe(0)
  expect(await served('prod')).toEqual({from: 'old', mode: 'a'})
  expect(await furniture(kit, 'prod')).toEqual(before)
  expect(stdout).toMatch(new RegExp(`^prod\t${first}\t${second}\t\\d{4}-\\S+\tv1\thttp://\\S+/prod\n$`))
  // Both editions have mocks only, but of the old one no stage tells what is behind its routes.
  expect(stderr).toContain(`No stage serves ${first} now, so only its routes can be compared.`)
  expect(stderr).toMatch(/^Kept: \d\d settings, 2 usage plans\.$/m)
  expect(stderr).toContain(`To undo it: apigw rollback --api petstore --stage prod --to ${second}\n`)
  expect(stderr).toContain(`prod answers, from ${first}: GET /dogs is gone.\n`)
  expect(stderr).toMatch(
    /differs by 3 changes\. The next deployment would bring that back: apigw deploy --api petstore --stage prod\n$/,
  )
})

test('it is undone by the command that it names', async () => {
  const {sandbox, first, second, served} = await movedOn()
  await rollback(['--yes'], {on: sandbox})
  const {stdout, stderr} = await rollback(['--to', second, '--yes', '--json'], {on: sandbox})
  const {deploymentId, previousDeploymentId}: RolledBack = JSON.parse(stdout)
  expect({deploymentId, previousDeploymentId}).toEqual({deploymentId: second, previousDeploymentId: first})
  expect(stderr).toContain('prod serves now what is edited.')
  expect(await served('prod')).toEqual({from: 'new', mode: 'a'})
})

test('what is edited stays, and the next deployment brings it back', async () => {
  const {sandbox, served} = await movedOn()
  await rollback(['--yes'], {on: sandbox})
  const {stderr} = await apigw(Deploy, ['--api', 'petstore', '--stage', 'prod'], {on: sandbox})
  expect(stderr).toMatch(/^1 added, 1 changed, 1 removed\n/)
  expect(stderr).toContain('is on no stage: it was taken back, or a run was stopped before it was done.')
  expect(await served('prod')).toEqual({from: 'new', mode: 'a'})
})

test('where nobody can be asked it wants --yes, and for a protected stage, too', async () => {
  const {sandbox, served, first, second} = await movedOn()
  const {stderr, exitCode} = await rollback([], {on: sandbox})
  expect(stderr).toContain(`Let prod serve ${first} instead of ${second}? Nobody is there to answer: pass --yes.`)
  expect(exitCode).toBe(2)
  const cwd = mkdtempSync(join(tmpdir(), 'apigw-project-'))
  writeFileSync(join(cwd, '.apigw.yaml'), 'protectedStages: [prod]\n')
  const guarded = await rollback([], {on: sandbox, cwd})
  expect(guarded.stderr).toContain('prod is a protected stage. Nobody is there to answer: pass --yes.')
  expect(guarded.exitCode).toBe(2)
  expect((await served('prod'))?.from).toBe('new')
  expect((await rollback(['--yes'], {on: sandbox, cwd})).exitCode).toBe(0)
  expect((await served('prod'))?.from).toBe('old')
})

test('--dry-run shows the difference and changes nothing; --exit-code makes it 8', async () => {
  const {sandbox, first, second} = await movedOn()
  const {stdout, stderr, exitCode} = await rollback(['--dry-run', '--exit-code'], {on: sandbox})
  expect(stdout).toBe('added\troute\tGET /cats\t\t\t\nremoved\troute\tGET /dogs\t\t\t\n')
  expect(stderr).toContain(`It would update stage prod: back to ${first} instead of ${second}.\n`)
  expect(exitCode).toBe(8)
  const whole = await rollback(['--dry-run', '--temporary-stage', '--json'], {on: sandbox})
  expect(JSON.parse(whole.stdout)).toMatchObject({counts: {added: 1, changed: 1, removed: 1}, untold: []})
  expect(whole).toMatchObject({stderr: '', exitCode: 0})
  const nothing = await rollback(['--dry-run', '--exit-code', '--to', second], {on: sandbox})
  expect(nothing).toMatchObject({stdout: '', stderr: `Nothing to do: prod serves ${second} already.\n`, exitCode: 0})
})

test('to what is served already is nothing to do, and ends with 0', async () => {
  const {sandbox, second} = await movedOn()
  const {stderr, exitCode} = await rollback(['--to', second, '--wait'], {on: sandbox})
  expect({stderr, exitCode}).toEqual({stderr: `Nothing to do: prod serves ${second} already.\n`, exitCode: 0})
})

test('where there is nothing to go back to, or no such deployment, it ends with 3', async () => {
  const {sandbox, apigateway, restApiId} = await twoEditions()
  const {id} = await apigateway.createDeployment({restApiId, stageName: 'prod'})
  expect(await rollback(['--to', 'abc123'], {on: sandbox})).toMatchObject({stdout: '', exitCode: 3})
  const {stderr, exitCode} = await rollback(['--yes'], {on: sandbox})
  expect(stderr).toContain(`prod serves ${id}, the oldest deployment of petstore: there is none before it.`)
  expect(exitCode).toBe(3)
})

test('twice in a row it does not go further back, unless that is named', async () => {
  const {sandbox, apigateway, restApiId, edit, first, served} = await movedOn()
  await edit('old')
  await apigateway.createDeployment({restApiId, stageName: 'prod'})
  expect((await rollback(['--yes'], {on: sandbox})).exitCode).toBe(0)
  expect((await served('prod'))?.from).toBe('new')
  const {stdout, stderr, exitCode} = await rollback(['--yes'], {on: sandbox})
  expect({stdout, exitCode}).toEqual({stdout: '', exitCode: 5})
  expect(stderr).toContain('prod may be rolled back already')
  expect(stderr).toContain(`To go further back: apigw rollback --api petstore --stage prod --to ${first}\n`)
  expect((await served('prod'))?.from).toBe('new')
  expect((await rollback(['--yes', '--to', first], {on: sandbox})).exitCode).toBe(0)
  expect((await served('prod'))?.from).toBe('old')
})

test('a canary that gets requests is in the way; by force it ends in the same step, and all get the old snapshot', async () => {
  const {sandbox, apigateway, restApiId, served} = await movedOn()
  const canarySettings = {percentTraffic: 100, stageVariableOverrides: {mode: 'c'}}
  await apigateway.createDeployment({restApiId, stageName: 'prod', canarySettings})
  const refused = await rollback(['--yes'], {on: sandbox})
  expect(refused).toMatchObject({stdout: '', stderr: expect.stringContaining('100 % of the requests'), exitCode: 5})
  expect(await served('prod')).toEqual({from: 'new', mode: 'c'})
  expect((await rollback(['--yes', '--force'], {on: sandbox})).exitCode).toBe(0)
  expect(await served('prod')).toEqual({from: 'old', mode: 'a'})
  expect((await apigateway.getStage({restApiId, stageName: 'prod'})).canarySettings).toBeUndefined()
})

test('an answer that is lost is asked for again: it is one call, which may come twice', async () => {
  const {sandbox, served} = await movedOn({
    fault: ({operation, count}) => (operation === 'UpdateStage' && count === 3 ? {kind: 'lost'} : undefined),
  })
  expect((await rollback(['--yes'], {on: sandbox})).exitCode).toBe(0)
  expect((await served('prod'))?.from).toBe('old')
  expect(sandbox.calls.get('UpdateStage')).toBe(4)
})

test('on a terminal the result is a record, and JSON alone leaves stderr to errors', async () => {
  const {sandbox} = await movedOn()
  const {stdout} = await rollback(['--yes'], {on: sandbox, tty: true, env: {NO_COLOR: '1'}})
  expect(stdout).toMatch(
    /^stage {8}prod\ndeployment {3}\w+\nprevious {5}\w+\ncreated {6}just now\ndescription {2}v1\nurl/,
  )
  const refused = await rollback(['--json', '--yes', '--to', 'abc123'], {on: sandbox})
  expect(JSON.parse(refused.stderr).error.kind).toBe('missing')
})
