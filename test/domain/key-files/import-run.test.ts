import {expect, test} from 'vitest'
import {planKeyImport} from '../../../src/domain/key-files/import.js'
import type {ImportStores} from '../../../src/domain/key-files/import-run.js'
import {readKeyFile} from '../../../src/domain/key-files/reading.js'

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
