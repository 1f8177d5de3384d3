import {spawn} from 'node:child_process'
import {mkdtempSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {setTimeout as delay} from 'node:timers/promises'
import {expect, onTestFinished, test} from 'vitest'
import {accessLog, TAIL_ACCESS} from '../support/access-log.js'
import {BINARY, cleanEnvironment} from '../support/binary.js'

test('killed at any moment, the tail goes on from its cursor: nothing is lost, and little is shown twice', async () => {
  const {sandbox, write} = await accessLog()
  const file = join(mkdtempSync(join(tmpdir(), 'apigw-cursor-')), 'cursor')
  let written = 0
  const writing = setInterval(() => void write(...Array.from({length: 20}, () => `event ${written++}`)), 100)
  onTestFinished(() => clearInterval(writing))

  /** Tails for some milliseconds, or as it likes. */
  async function tail(flags: string[], milliseconds?: number): Promise<string[]> {
    const argv = [BINARY, 'logs', 'tail', ...TAIL_ACCESS, '--cursor-file', file, ...flags]
    const child = spawn(process.execPath, argv, {env: cleanEnvironment(sandbox), stdio: ['ignore', 'pipe', 'ignore']})
    let text = ''
    child.stdout.setEncoding('utf8').on('data', chunk => {
      text += chunk
    })
    const ended = new Promise(resolve => child.once('close', resolve))
    if (milliseconds !== undefined) {
      await delay(milliseconds)
      child.kill('SIGKILL')
    }
    await ended
    return text.match(/event \d+(?=\n)/g) ?? []
  }

  const runs: string[][] = []
  for (const milliseconds of [900, 1_400, 2_300, 1_100]) runs.push(await tail(['--follow'], milliseconds))
  clearInterval(writing)
  runs.push(await tail(['--follow', '--idle-timeout', '1500ms']))
  const shown = runs.flat()
  const distinct = new Set(shown)
  expect(distinct.size).toBe(written)
  // Of a run, what was written since the cursor was kept: about a second's worth at the very most.
  expect(shown.length - distinct.size).toBeLessThan(4 * 20 * 12)
  for (const run of runs) expect(new Set(run).size).toBe(run.length)
}, 30_000)
