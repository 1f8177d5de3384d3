import {expect, test} from 'vitest'
import {bulkPlan, bulkProblem, eachInTurn, type Failed} from '../../src/domain/bulk.js'
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
  const {done, failed} = await eachInTurn(['a', 'b', 'c'], itself, failingAt(kind, 'b', tried))
  expect(tried).toEqual(['a', 'b'])
  expect(done).toEqual(['a'])
  expect(bulkProblem(failed, 3)?.message).toBe('2 of 3 failed:\n  b: no\n  c: not tried')
})

test('a bug is not a failed item: it ends the command', async () => {
  const broken = async () => {
    throw new TypeError('a bug')
  }
  await expect(eachInTurn(['a', 'b'], itself, broken)).rejects.toThrow(TypeError)
})

test('one thing alone fails as itself, several as one failure that names each', () => {
  const failed: Failed[] = [{name: 'a', problem: new Problem('missing', 'There is no "a".')}]
  expect(bulkProblem(failed, 1)).toMatchObject({kind: 'missing', message: 'There is no "a".'})
  expect(bulkProblem(failed, 2)).toMatchObject({kind: 'failed', message: '1 of 2 failed:\n  a: There is no "a".'})
  expect(bulkProblem([], 2)).toBeUndefined()
})

test('what was not found counts as asked for and as failed', async () => {
  const failed: Failed[] = [{name: 'x', problem: new Problem('missing', 'no x')}]
  const plan = bulkPlan({done: ['a'], failed}, itself, [], async item => item.toUpperCase())
  expect(plan.size).toBe(2)
  expect(await plan.apply()).toEqual({done: ['A'], failed})
})

test('of very many failures only the first are told one by one', () => {
  const failed = Array.from({length: 30}, (_, i): Failed => ({name: `n${i}`, problem: new Problem('failed', 'no')}))
  const lines = bulkProblem(failed, 40)?.message.split('\n')
  expect(lines).toHaveLength(22)
  expect([lines?.[0], lines?.at(-1)]).toEqual(['30 of 40 failed:', '  and 10 more'])
})
