import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {expect, onTestFinished, test} from 'vitest'
import type {Fault, SandboxOptions} from '../../src/sandbox/server.js'
import {BINARY, cleanEnvironment} from '../support/binary.js'
import {giveLoggingRole} from '../support/logging-role.js'
import {petstore} from '../support/petstore.js'

const UPDATE = 'StartLiveTail/sessionUpdate'

/** `logs tail --live` on a stage that logs, with some lines of a request in its log already. */
async function liveTail(options: SandboxOptions, ...argv: string[]) {
  const {sandbox, apigateway, restApiId, ...kit} = await petstore(options)
  await giveLoggingRole({...kit, apigateway})
  await apigateway.createDeployment({restApiId, stageName: 'prod'})
  const patchOperations = [{op: 'replace' as const, path: '/*/*/logging/loglevel', value: 'INFO'}]
  await apigateway.updateStage({restApiId, stageName: 'prod', patchOperations})
  const request = () => fetch(`${sandbox.url}/execute-api/${restApiId}/prod/pets`)
  await request()
  const command = [BINARY, 'logs', 'tail', '--api', 'petstore', '--stage', 'prod', '--live', '--raw', ...argv]
  const child = spawn(process.execPath, command, {env: cleanEnvironment(sandbox), stdio: ['ignore', 'pipe', 'pipe']})
  onTestFinished(() => void child.kill('SIGKILL'))
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', text => {
    stdout += text
  })
  child.stderr.on('data', text => {
    stderr += text
  })
  const ended = once(child, 'close').then(([code]) => code as number)
  return {
    sandbox,
    request,
    stderr: () => stderr,
    says: (text: string) => expect.poll(() => stderr, {timeout: 10_000}).toContain(text),
    /** How often requests have been shown to their end. */
    shows: (count: number) => expect.poll(() => completed(stdout), {timeout: 20_000, interval: 20}).toBe(count),
    lines: () => stdout.trimEnd().split('\n'),
    ended,
    interrupt: () => {
      child.kill('SIGINT')
      return ended
    },
  }
}

const completed = (text: string) => text.split('Method completed with status: 200').length - 1

test('logs tail --live shows a request with the next update, and Ctrl-C ends it', async () => {
  const tail = await liveTail({})
  await tail.shows(1)
  await tail.says('Live Tail costs about 0.01 USD a minute after 1,800 free minutes a month')
  const started = Date.now()
  await tail.request()
  await tail.shows(2)
  expect(Date.now() - started).toBeLessThan(2_500)
  expect(await tail.interrupt()).toBe(130)
  expect(tail.lines()).toHaveLength(16)
  expect(tail.lines().join('\n')).not.toContain('Live Tail')
  expect(tail.stderr()).toMatch(/\n16 events, 0 late, 0 duplicates dropped, 0 throttles\n$/)
  expect(tail.stderr()).not.toMatch(/Error|bug|Warning/)
})

test('logs tail --live ends where it is told to, though nothing comes in any more', async () => {
  const matched = await liveTail({}, '-n', '0', '--until-match', 'completed with status: 200')
  await matched.says('Live Tail')
  await matched.request()
  expect(await matched.ended).toBe(0)
  const timed = await liveTail({}, '--for', '3s')
  const started = Date.now()
  expect(await timed.ended).toBe(0)
  expect(Date.now() - started).toBeLessThan(6_000)
  expect(timed.lines()).toHaveLength(8)
})

test('logs tail --live shows what matches the pattern, in one session', async () => {
  const tail = await liveTail({}, '--pattern', '"Method completed"')
  await tail.says('Live Tail')
  await tail.request()
  await tail.shows(2)
  expect(tail.lines()).toHaveLength(2)
  expect(tail.sandbox.calls.get('StartLiveTail')).toBe(1)
})

test('logs tail --live polls where it is not allowed to, and says why', async () => {
  const message = 'User is not authorized to perform: logs:StartLiveTail'
  const denied: Fault = {kind: 'error', status: 400, code: 'AccessDeniedException', message}
  const tail = await liveTail({fault: ({operation}) => (operation === 'StartLiveTail' ? denied : undefined)})
  await tail.says(`No Live Tail, so the log is polled: ${message}`)
  await tail.request()
  await tail.shows(2)
  expect(tail.stderr()).not.toContain('costs')
  expect(await tail.interrupt()).toBe(130)
})

test('logs tail --live loses nothing and repeats nothing when connections are cut and sessions time out', async () => {
  const tail = await liveTail({
    liveTailInterval: 100,
    liveTailSession: 1_500,
    fault: ({operation, count}) => (operation === UPDATE && count % 25 === 0 ? {kind: 'reset'} : undefined),
  })
  await tail.says('Live Tail')
  for (let i = 0; i < 60; i++) {
    await tail.request()
    await new Promise(resolve => setTimeout(resolve, 100))
  }
  await tail.shows(61)
  expect(tail.sandbox.calls.get('StartLiveTail')).toBeGreaterThan(2)
  expect(new Set(tail.lines()).size).toBe(61 * 8)
  expect(tail.lines()).toHaveLength(61 * 8)
  expect(tail.stderr().split('broke off')).toHaveLength(2)
  expect(await tail.interrupt()).toBe(130)
})
