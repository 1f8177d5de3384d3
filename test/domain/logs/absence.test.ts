import {expect, test} from 'vitest'
import {Groups} from '../../../src/domain/logs/absence.js'
import type {Log} from '../../../src/domain/logs/log.js'
import {Problem} from '../../../src/domain/problem.js'

const STAGE = {api: 'petstore', apiId: 'a1b2c3d4e5', stage: 'prod', protocol: 'REST'} as const
const EXECUTION: Log = {...STAGE, group: 'execution', kind: 'execution'}
const FUNCTION: Log = {...STAGE, group: '/aws/lambda/pets', kind: 'function', function: 'pets'}

/** Groups over a source that has only some of them. */
function groups({there, waits}: {there: readonly string[]; waits: boolean}) {
  const notices: string[] = []
  const source = {
    async page({group}: {group: string}) {
      if (!there.includes(group)) throw new Problem('missing', 'The specified log group does not exist.')
      return {events: []}
    },
  }
  const watch = {notice: (text: string) => notices.push(text), explain: async () => ({reason: 'nothing was called'})}
  return {reading: new Groups(source, [EXECUTION, FUNCTION], waits, watch), notices}
}

test.each([true, false])('the group of a function that was never called is no matter (waiting: %s)', async waits => {
  const {reading, notices} = groups({there: ['execution'], waits})
  await reading.page({group: 'execution'})
  expect(await reading.page({group: '/aws/lambda/pets'})).toEqual({events: []})
  reading.check()
  expect(notices).toEqual([])
})

test('without the log of the stage, that of its function is not enough', async () => {
  const {reading} = groups({there: ['/aws/lambda/pets'], waits: false})
  await reading.page({group: '/aws/lambda/pets'})
  await expect(reading.page({group: 'execution'})).rejects.toMatchObject({
    kind: 'missing',
    message: 'There is no log group execution yet: nothing was called',
  })
})
