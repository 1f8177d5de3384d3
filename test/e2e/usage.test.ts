import {availableParallelism} from 'node:os'
import {expect, test} from 'vitest'
import {run} from '../support/binary.js'
import {EVERY_COMMAND} from '../support/every-command.js'

test('--help of every command is on stdout alone, with a usage and an example', {timeout: 60_000}, async () => {
  const ids = Object.keys(EVERY_COMMAND)
  const wrong: unknown[] = []
  const work = async () => {
    for (let id = ids.shift(); id !== undefined; id = ids.shift()) {
      const {stdout, stderr, exitCode} = await run([...id.split(':'), '--help'])
      // Help on help is that of the program.
      const isWhole = /^USAGE$/m.test(stdout) && (id === 'help' || /^EXAMPLES$/m.test(stdout))
      if (exitCode !== 0 || stderr !== '' || !isWhole) wrong.push({id, stdout, stderr, exitCode})
    }
  }
  await Promise.all(Array.from({length: availableParallelism()}, work))
  expect(wrong).toEqual([])
})
