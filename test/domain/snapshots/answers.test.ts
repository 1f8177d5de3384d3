import fc from 'fast-check'
import {expect, test} from 'vitest'
import {openSnapshots} from '../../../src/aws/snapshots.js'
import type {Difference} from '../../../src/domain/snapshots/difference.js'
import {undeployed} from '../../../src/domain/snapshots/reading.js'
import {randomApis} from '../../support/random-api/apis.js'
import {anyEdits, idleEdits} from '../../support/random-api/edits.js'
import {sessionOn} from '../../support/session.js'

const RUNS = Number(process.env.PROPERTY_RUNS ?? 20)
const SEED = process.env.PROPERTY_SEED === undefined ? 2026 : Number(process.env.PROPERTY_SEED)

/** What a counterexample shows. */
const told = ({items}: Difference) =>
  items.map(({name, change, fields}) => `${name} ${change}: ${fields.map(({field}) => field).join()}`)

test('a difference is empty exactly when both sides answer every request alike, and deploying makes it empty', {
  timeout: 120_000 + RUNS * 2_000,
}, async () => {
  const {sandbox, questions, answers, create, edit, deploy, drop} = await randomApis()
  const source = await openSnapshots(sessionOn(sandbox).session)
  const seen = {alike: 0, changed: 0}

  await fc.assert(
    fc.asyncProperty(anyEdits(8), fc.oneof(anyEdits(4), idleEdits(3)), async (first, then) => {
      const id = await create()
      await edit(id, first)
      const api = {id, name: 'random'}
      const prod = {name: 'prod', deploymentId: await deploy(id, 'prod')}
      expect(told(await undeployed(source, api, prod))).toEqual([])

      await edit(id, then)
      await deploy(id, 'next')
      const difference = await undeployed(source, api, prod)
      const [before, after] = [await answers(id, 'prod'), await answers(id, 'next')]
      const changed = questions.filter((_, i) => before[i] !== after[i])
      seen[changed.length === 0 ? 'alike' : 'changed']++
      if (changed.length === 0) expect(told(difference)).toEqual([])
      else expect(told(difference), `answered otherwise: ${JSON.stringify(changed[0])}`).not.toEqual([])

      await deploy(id, 'prod')
      expect(told(await undeployed(source, api, prod))).toEqual([])
      expect(await answers(id, 'prod')).toEqual(after)
      await drop(id)
    }),
    {numRuns: RUNS, seed: SEED},
  )
  // Both happen often enough to mean something.
  expect(Math.min(seen.alike, seen.changed)).toBeGreaterThan(RUNS / 5)
})
