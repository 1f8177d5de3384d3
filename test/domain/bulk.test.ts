import {expect, test} from 'vitest'
import {bulkPlan, bulkProblem, bulkSummary, eachInTurn, type Failed} from '../../src/domain/bulk.js'
import {Problem} from '../../src/domain/problem.js'

const itself = (item: string) => item

function failingAt(kind: 'failed' | 'unreachable' | 'interrupted', bad: string, tried: string[]) {
  return async (item: string) => {
    tried.push(item)
    if (item === bad) throw new Problem(kind, 'no')
    return item
  }
}

test('what fails does not keep the rest from being done', async () => {
  const tried: string[] = []
  const {done, failed} = await eachInTurn(['a', 'b', 'c'], itself, failingAt('failed', 'b', tried))
  expect(done).toEqual(['a', 'c'])
  expect(failed.map(({name}) => name)).toEqual(['b'])
})

test.each(['unreachable', 'interrupted'] as const)('after %s nothing else is tried, and that is said', async kind => {
  const tried: string[] = []
  const {done, failed, stopped} = await eachInTurn(['a', 'b', 'c'], itself, failingAt(kind, 'b', tried))
  expect(tried).toEqual(['a', 'b'])
  expect(done).toEqual(['a'])
  expect(bulkProblem({done, failed, stopped}, 3)?.message).toBe('no\nDone: 1 of 3. Not done: b, c.')
})

test('a bug is not a failed item: it ends the command', async () => {
  const broken = async () => {
    throw new TypeError('a bug')
  }
  await expect(eachInTurn(['a', 'b'], itself, broken)).rejects.toThrow(TypeError)
})

test('one thing alone fails as itself, several as one failure that names each', () => {
  const failed: Failed[] = [{name: 'a', problem: new Problem('missing', 'There is no "a".')}]
  expect(bulkProblem({done: [], failed}, 1)).toMatchObject({kind: 'missing', message: 'There is no "a".'})
  expect(bulkProblem({done: [], failed}, 2)).toMatchObject({
    kind: 'failed',
    message: '1 of 2 failed:\n  a: There is no "a".',
  })
  expect(bulkProblem({done: [], failed: []}, 2)).toBeUndefined()
})

test('what was not found counts as asked for and as failed', async () => {
  const failed: Failed[] = [{name: 'x', problem: new Problem('missing', 'no x')}]
  const plan = bulkPlan({done: ['a'], failed}, itself, [], async item => item.toUpperCase())
  expect(plan.size).toBe(2)
  expect(await plan.apply()).toEqual({done: ['A'], failed})
})

test('of very many failures only the first are told one by one', () => {
  const failed = Array.from({length: 30}, (_, i): Failed => ({name: `n${i}`, problem: new Problem('failed', 'no')}))
  const lines = bulkProblem({done: [], failed}, 40)?.message.split('\n')
  expect(lines).toHaveLength(22)
  expect([lines?.[0], lines?.at(-1)]).toEqual(['30 of 40 failed:', '  and 10 more'])
})

/** Things that take as long as they say, in rounds of the event loop. */
async function takes(rounds: number): Promise<void> {
  for (let i = 0; i < rounds; i++) await new Promise(setImmediate)
}

const range = (size: number) => Array.from({length: size}, (_, i) => i)

test('so many are under way at once and no more, and what comes out is in the order of what goes in', async () => {
  let [under, most] = [0, 0]
  const act = async (item: number) => {
    most = Math.max(most, ++under)
    await takes((item * 7) % 5)
    under--
    if (item % 10 === 3) throw new Problem('failed', 'no')
    return item
  }
  const plan = bulkPlan({done: range(100), failed: []}, String, [], act, {width: 10})
  const {done, failed} = await plan.apply()
  expect(most).toBe(10)
  expect(done).toEqual(range(100).filter(item => item % 10 !== 3))
  expect(failed.map(({name}) => Number(name))).toEqual(range(10).map(ten => ten * 10 + 3))
})

test.each(['unreachable', 'interrupted'] as const)(
  'after %s what is under way ends, and nothing begins',
  async kind => {
    const tried: number[] = []
    const act = async (item: number) => {
      tried.push(item)
      await takes(item === 4 ? 1 : 3)
      if (item === 4) throw new Problem(kind, 'gone')
      return item
    }
    const plan = bulkPlan({done: range(1_000), failed: []}, String, [], act, {width: 5})
    const result = await plan.apply()
    expect(tried).toEqual([0, 1, 2, 3, 4])
    expect(result.done).toEqual([0, 1, 2, 3])
    expect(result.failed).toHaveLength(996)
    const problem = bulkProblem(result, 1_000, 'To finish: apigw it')
    expect(problem).toMatchObject({kind, hint: 'To finish: apigw it'})
    expect(problem?.message).toBe('gone\nDone: 4 of 1000. Not done: 996.')
    expect(problem?.failures).toHaveLength(996)
  },
)

test('progress counts what is to do, failures as well, and not what is so already', async () => {
  const told: string[] = []
  const act = async (item: number) => {
    if (item === 1) throw new Problem('failed', 'no')
    return item
  }
  const plan = bulkPlan({done: range(4), failed: []}, String, [], act, {isSettled: item => item === 3})
  const result = await plan.apply({progress: {at: (done, {unit, total}) => told.push(`${done} of ${total} ${unit}`)}})
  expect(told).toEqual(['0 of 3 done', '1 of 3 done', '2 of 3 done', '3 of 3 done'])
  expect(bulkSummary(result, plan)).toBe('2 done, 1 was so already, 1 failed')
})

test('what is done is noted, what has failed is not', async () => {
  const notes: string[] = []
  const journal = {note: async (id: string, entry?: string) => void notes.push(`${id}=${entry}`)}
  const act = async (item: number) => {
    if (item === 1) throw new Problem('failed', 'no')
    return item
  }
  const options = {width: 2, notesOf: (item: number) => [[`a${item}`, `${item}`] as const]}
  await bulkPlan({done: range(3), failed: []}, String, [], act, options).apply({journal})
  expect(notes).toEqual(['a0=0', 'a2=2'])
})

test('where it cannot be noted nothing more is begun, and what is done is said', async () => {
  const journal = {
    note: async (id: string) => {
      if (id === '1') throw new Problem('failed', 'Cannot write the journal j: ENOSPC')
    },
  }
  const notesOf = (item: number) => [[String(item), ''] as const]
  const act = async (item: number) => item
  const result = await bulkPlan({done: range(3), failed: []}, String, [], act, {notesOf}).apply({journal})
  expect(result.done).toEqual([0, 1])
  expect(bulkProblem(result, 3)?.message).toBe('Cannot write the journal j: ENOSPC\nDone: 2 of 3. Not done: 2.')
  const last = await bulkPlan({done: range(2), failed: []}, String, [], act, {notesOf}).apply({journal})
  expect(bulkProblem(last, 2)?.message).toBe('Cannot write the journal j: ENOSPC')
})

test('what an earlier run did is counted and said', async () => {
  const act = async (item: number) => item
  const plan = bulkPlan({done: range(2), failed: []}, String, [], act, {before: 3})
  expect(plan.size).toBe(5)
  expect(bulkSummary(await plan.apply(), plan)).toBe('2 done, 3 by an earlier run')
  const none = bulkPlan({done: [] as number[], failed: []}, String, [], act, {before: 3})
  expect(none.nothing).toBe('Nothing to do: by the journal an earlier run has done all 3.')
})

test('all failures can be had by programs, also those that are not told one by one', () => {
  const failed = range(30).map(
    (i): Failed => ({name: `n${i}`, problem: new Problem('missing', 'gone', 'x', {code: 'C'})}),
  )
  const failures = bulkProblem({done: [], failed}, 40)?.failures
  expect(failures).toHaveLength(30)
  expect(failures?.[29]).toEqual({name: 'n29', kind: 'missing', code: 'C', message: 'gone'})
})

test('a summary is there where the result does not say it all', async () => {
  const act = async (item: number) => item
  const summary = async (size: number) => {
    const plan = bulkPlan({done: range(size), failed: []}, String, [], act)
    return bulkSummary(await plan.apply(), plan)
  }
  expect(await summary(20)).toBeUndefined()
  expect(await summary(21)).toBe('21 done')
})

test.each([
  ['gave-up', undefined],
  ['denied', 'ExpiredTokenException'],
] as const)('after %s (%s) nothing else is tried; what one thing lacks is its own', async (kind, code) => {
  const act = async (item: number) => {
    if (item === 0) throw new Problem('denied', 'no', undefined, {code: 'AccessDeniedException'})
    if (item === 2) throw new Problem(kind, 'no', 'Mend it.', {code})
    return item
  }
  const result = await bulkPlan({done: range(5), failed: []}, String, [], act).apply()
  expect([result.done, result.failed.length]).toEqual([[1], 4])
  expect(bulkProblem(result, 5, 'To finish: apigw it')).toMatchObject({kind, hint: 'Mend it.\nTo finish: apigw it'})
})
