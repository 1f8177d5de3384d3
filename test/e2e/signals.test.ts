import {spawn} from 'node:child_process'
import {once} from 'node:events'
import type {Readable} from 'node:stream'
import {setTimeout as delay} from 'node:timers/promises'
import {describe, expect, onTestFinished, test} from 'vitest'
import type {Sandbox} from '../../src/sandbox/server.js'
import {BINARY, cleanEnvironment} from '../support/binary.js'
import {world} from '../support/every-command.js'
import {petstore} from '../support/petstore.js'

/** The program, running; its stderr is collected and can be waited for. */
function running(argv: readonly string[], on?: Sandbox) {
  const child = spawn(process.execPath, [BINARY, ...argv], {
    env: cleanEnvironment(on),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let said = ''
  let told = ''
  child.stdout.on('data', text => (told += text))
  child.stderr.on('data', text => (said += text))
  const ended = new Promise<number | null>(resolve => child.once('close', resolve))
  return {
    kill: (signal: NodeJS.Signals) => child.kill(signal),
    ended,
    exited: new Promise<number | null>(resolve => child.once('exit', resolve)),
    stderr: () => said,
    stdout: () => told,
    /** Resolves when the text is on stderr, or the program has ended without. */
    says: (text: string) => until(child.stderr, () => said.includes(text)),
    /** The same for stdout. */
    tells: (text: string) => until(child.stdout, () => told.includes(text)),
  }
}

async function until(stream: Readable, isSo: () => boolean): Promise<void> {
  while (!isSo() && !stream.closed) await Promise.race([once(stream, 'data'), once(stream, 'close')])
}

describe.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s', (signal, exitCode) => {
  test(`ends a wait for a throttle with ${exitCode}, and there is nothing to say`, async () => {
    let isThrottling = false
    const {sandbox} = await world({
      fault: ({operation}) =>
        isThrottling && operation === 'UpdateUsagePlan'
          ? {
              kind: 'error',
              status: 429,
              code: 'TooManyRequestsException',
              message: 'Too Many Requests',
              headers: {'retry-after': '30'},
            }
          : undefined,
    })
    isThrottling = true
    const program = running(['plans', 'update', 'gold', '--quota', '7/day'], sandbox)
    await program.says('waiting 30 s')
    program.kill(signal)
    expect(await program.ended).toBe(exitCode)
    expect(program.stderr()).toMatch(/^waiting 30 s: .*\n$/)
    expect(sandbox.calls.get('UpdateUsagePlan')).toBe(1)
  })

  test(`in the middle of several steps ends with ${exitCode} and says what was done and what perhaps`, async () => {
    let second = () => {}
    const isAtSecond = new Promise<void>(resolve => {
      second = resolve
    })
    const {sandbox} = await petstore({
      latency: 400,
      fault: ({operation, count}) => {
        if (operation === 'CreateResource' && count === 2) second()
        return undefined
      },
    })
    const program = running(['routes', 'add', 'GET', '/a/b/c', '--api', 'petstore', '--mock'], sandbox)
    await isAtSecond
    await delay(200) // The answer has come, and the third is on its way.
    program.kill(signal)
    expect(await program.ended).toBe(exitCode)
    expect(program.stdout()).toBe('')
    expect(program.stderr()).toContain(
      'Interrupted during CreateResource, which may have been carried out all the same.',
    )
    expect(program.stderr()).toContain('Done before that: created the resource /a, created the resource /a/b.')
    expect(program.stderr()).toContain('Not done: create resource /a/b/c, create method GET /a/b/c,')
    expect(program.stderr()).toContain('it goes on where it stopped')
  })
})

describe('sandbox exec', () => {
  const exec = (script: string) => running(['sandbox', 'exec', '--', process.execPath, '-e', script])
  const STAYS = "console.log('up'); setTimeout(() => {}, 5000);"

  test('passes a SIGTERM on, and ends as its program does', async () => {
    const program = exec(`process.on('SIGTERM', () => process.exit(7)); ${STAYS}`)
    await program.tells('up')
    program.kill('SIGTERM')
    expect(await program.ended).toBe(143)
  })

  test('ends at the second Ctrl-C although its program does not', async () => {
    const program = exec(`process.on('SIGTERM', () => console.log('stubborn')); ${STAYS}`)
    await program.tells('up')
    program.kill('SIGINT')
    await program.tells('stubborn')
    // What comes right after the first is taken for the same one.
    const impatience = setInterval(() => program.kill('SIGINT'), 100)
    onTestFinished(() => clearInterval(impatience))
    // Before its program closes the pipe that they share.
    const first = await Promise.race([program.exited, program.ended.then(() => 'too late')])
    expect(first).toBe(130)
  })

  test('ends with 128 and the signal that ended its program', async () => {
    const program = exec("process.kill(process.pid, 'SIGKILL'); setTimeout(() => {}, 5000)")
    expect(await program.ended).toBe(137)
  })
})
