import {expect, test} from 'vitest'
import {planKeyImport} from '../../../src/domain/key-files/import.js'
import type {ImportStores} from '../../../src/domain/key-files/import-run.js'
import {readKeyFile} from '../../../src/domain/key-files/reading.js'
import {Problem} from '../../../src/domain/problem.js'

async function* none() {}

test('progress counts steps, not keys: one that has a customer takes two, and a file of one key is not said to have two', async () => {
  const stores = {
    keys: {list: none},
    plans: {list: none},
    imports: {importCsv: async () => []},
  } as unknown as ImportStores
  const text = `Name,Key,CustomerId\nmobile,${'x'.repeat(20)},4711\n`
  const plan = await planKeyImport(stores, readKeyFile(Buffer.from(text)), {existing: 'complete'})
  const shown: unknown[] = []
  await plan.apply({progress: {at: (done, of) => shown.push([done, of])}})
  expect(shown).toContainEqual([1, {unit: 'steps', total: 2}])
})

test('a throttle that does not lift, or credentials that have expired, end an import: no further batch is tried', async () => {
  for (const problem of [
    new Problem('gave-up', 'throttled for too long'),
    new Problem('denied', 'expired', undefined, {code: 'ExpiredTokenException'}),
  ]) {
    let calls = 0
    const importCsv = async () => {
      calls += 1
      throw problem
    }
    const stores = {keys: {list: none}, plans: {list: none}, imports: {importCsv}} as unknown as ImportStores
    const lines = Array.from({length: 1_001}, (_, i) => `key-${i},${String(i).padStart(20, 'x')}`)
    const file = readKeyFile(Buffer.from(['Name,Key', ...lines].join('\n')))
    const {stopped, lines: told} = await (await planKeyImport(stores, file, {existing: 'complete'})).apply()
    expect({calls, stopped}).toEqual({calls: 1, stopped: problem})
    expect(new Set(told.map(line => line.outcome))).toEqual(new Set(['failed']))
  }
})
