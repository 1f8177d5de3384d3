import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {mkdtempSync, readdirSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect, onTestFinished, test} from 'vitest'
import type {SandboxOptions} from '../../src/sandbox/server.js'
import {BINARY, cleanEnvironment, run} from '../support/binary.js'
import {giveLoggingRole} from '../support/logging-role.js'
import {petstore} from '../support/petstore.js'

const PROD = ['--api', 'petstore', '--stage', 'prod']

/** `logs enable --level full --for 1h`, running in a process of its own, with the stage set and the wait begun. */
async function lending(options: SandboxOptions = {}) {
  const kit = await petstore(options)
  const {sandbox, apigateway, restApiId} = kit
  await apigateway.createDeployment({restApiId, stageName: 'prod'})
  await giveLoggingRole(kit)
  const home = mkdtempSync(join(tmpdir(), 'apigw-notes-'))
  const env = {XDG_STATE_HOME: home}
  const level = async () => {
    const {methodSettings} = await apigateway.getStage({restApiId, stageName: 'prod'})
    const {loggingLevel, dataTraceEnabled} = methodSettings?.['*/*'] ?? {}
    return {loggingLevel, dataTraceEnabled}
  }
  const argv = ['logs', 'enable', ...PROD, '--level', 'full', '--for', '1h']
  const child = spawn(process.execPath, [BINARY, ...argv], {
    env: cleanEnvironment(sandbox, env),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let said = ''
  child.stdout.resume()
  child.stderr.on('data', text => (said += text))
  const ended = new Promise<number | null>(resolve => child.once('close', resolve))
  while (!said.includes('Ctrl-C ends it earlier')) {
    await Promise.race([once(child.stderr, 'data'), ended.then(() => expect.unreachable(said))])
  }
  expect(await level()).toEqual({loggingLevel: 'INFO', dataTraceEnabled: true})
  return {
    sandbox,
    apigateway,
    restApiId,
    env,
    level,
    child,
    ended,
    stderr: () => said,
    notes: () => readdirSync(join(home, 'apigw', 'logs')),
  }
}

const BEFORE = {loggingLevel: 'OFF', dataTraceEnabled: false}

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('what was set for a while is set back on %s, which ends it with %i', async (signal, exitCode) => {
  const {child, ended, level, notes, stderr} = await lending()
  child.kill(signal)
  expect(await ended).toBe(exitCode)
  expect(await level()).toEqual(BEFORE)
  expect(notes()).toEqual([])
  expect(stderr()).toMatch(/stage prod of petstore: execution log, all methods: INFO with data trace → OFF\n$/)
})

test('one Ctrl-C that comes twice, as below `timeout`, sets back all the same', async () => {
  // Slow enough that the second one comes while it sets back.
  const {child, ended, level, notes} = await lending({latency: 100})
  child.kill('SIGINT')
  await new Promise(resolve => setTimeout(resolve, 20))
  child.kill('SIGINT')
  expect(await ended).toBe(130)
  expect(await level()).toEqual(BEFORE)
  expect(notes()).toEqual([])
})

test('killed on the spot it leaves a note, from which logs disable --restore sets it back', async () => {
  const {sandbox, env, child, ended, level, notes, restApiId} = await lending()
  child.kill('SIGKILL')
  await ended
  expect(await level()).toEqual({loggingLevel: 'INFO', dataTraceEnabled: true})
  expect(notes()).toHaveLength(1)
  const once = await run(['logs', 'enable', ...PROD, '--level', 'error', '--for', '1h'], {on: sandbox, env})
  expect(once.exitCode).toBe(5)
  expect(once.stderr).toContain(`apigw logs disable --restore --api ${restApiId} --stage prod`)
  const undone = await run(['logs', 'disable', '--restore'], {on: sandbox, env})
  expect(undone).toMatchObject({exitCode: 0, stderr: ''})
  expect(undone.stdout).toBe('petstore\tprod\texecution log, all methods: INFO with data trace → OFF\t\n')
  expect(await level()).toEqual(BEFORE)
  expect(notes()).toEqual([])
})

test('what somebody else has set meanwhile is left as it is', async () => {
  const {apigateway, restApiId, child, ended, level, notes, stderr} = await lending()
  await apigateway.updateStage({
    restApiId,
    stageName: 'prod',
    patchOperations: [
      {op: 'replace', path: '/*/*/logging/loglevel', value: 'ERROR'},
      {op: 'replace', path: '/*/*/logging/dataTrace', value: 'false'},
    ],
  })
  child.kill('SIGINT')
  await ended
  expect(await level()).toEqual({loggingLevel: 'ERROR', dataTraceEnabled: false})
  expect(stderr()).toContain('left as somebody has set it since: execution log, all methods: ERROR')
  expect(notes()).toEqual([])
})
