import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {expect, onTestFinished, test} from 'vitest'
import type {SandboxOptions} from '../../src/sandbox/server.js'
import {BINARY, cleanEnvironment, onTerminal, shell} from '../support/binary.js'
import {deployedMockApi} from '../support/mock-api.js'
import {sandboxForTest} from '../support/sandbox.js'

/** `mock` on the stage `prod`, with an integration that has another time-out since then. */
async function edited(options: SandboxOptions = {}) {
  const kit = await sandboxForTest(options)
  const api = await deployedMockApi(kit.apigateway, ['prod'])
  const patchOperations = [{op: 'replace' as const, path: '/timeoutInMillis', value: '5000'}]
  await kit.apigateway.updateIntegration({...api.method, patchOperations})
  return {...kit, ...api}
}

const DIFF = ['stages', 'diff', '--api', 'mock', '--stage', 'prod']

test('on a terminal a difference is coloured text, and with NO_COLOR the same text', async () => {
  const {sandbox} = await edited()
  const coloured = onTerminal(DIFF, {on: sandbox})
  expect(await coloured.ended).toBe(0)
  expect(coloured.raw()).toContain('\u001b[31m29000 (default)\u001b[39m → \u001b[32m5000\u001b[39m')
  const plain = onTerminal([...DIFF, '--exit-code'], {on: sandbox, env: {NO_COLOR: '1'}})
  expect(await plain.ended).toBe(8)
  expect(plain.raw()).not.toContain('\u001b[3')
  expect(plain.text()).toBe(coloured.text())
})

test('in a pipeline it is rows, and its exit code decides', async () => {
  const {sandbox} = await edited()
  const diff = `apigw ${DIFF.join(' ')}`
  expect(await shell(`${diff} | cut -f 3,4`, {on: sandbox})).toEqual({
    stdout: 'GET /\tintegration.timeout\n',
    stderr: '',
    exitCode: 0,
  })
  const decided = await shell(`${diff} --exit-code > /dev/null || echo "behind: $?"`, {on: sandbox})
  expect(decided).toEqual({stdout: 'behind: 8\n', stderr: '', exitCode: 0})
})

test.each(['SIGINT', 'SIGTERM'] as const)('after %s nothing is left of a temporary stage', async signal => {
  let exported = () => {}
  const isExported = new Promise<void>(resolve => (exported = resolve))
  const {sandbox, apigateway, restApiId} = await edited({
    latencyOf: operation => {
      if (operation !== 'GetExport') return 0
      exported()
      return 60_000
    },
  })
  const unused = await apigateway.createDeployment({restApiId})
  const argv = ['deployments', 'diff', String(unused.id), '--api', 'mock', '--temporary-stage']
  const child = spawn(process.execPath, [BINARY, ...argv], {env: cleanEnvironment(sandbox), stdio: 'ignore'})
  onTestFinished(() => void child.kill('SIGKILL'))
  const ended = once(child, 'exit')
  await isExported
  const [temporary] =
    (await apigateway.getStages({restApiId})).item?.filter(({stageName}) => stageName !== 'prod') ?? []
  expect((await fetch(`${sandbox.url}/execute-api/${restApiId}/${temporary?.stageName}/`)).status).toBe(429)
  child.kill(signal)
  expect(await ended).toEqual([signal === 'SIGINT' ? 130 : 143, null])
  expect((await apigateway.getStages({restApiId})).item?.map(({stageName}) => stageName)).toEqual(['prod'])
})
