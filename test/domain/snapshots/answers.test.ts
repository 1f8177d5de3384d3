import fc from 'fast-check'
import {expect, test} from 'vitest'
import {openSnapshots} from '../../../src/aws/snapshots.js'
import type {Difference} from '../../../src/domain/snapshots/difference.js'
import {undeployed} from '../../../src/domain/snapshots/reading.js'
import {randomApis} from '../../support/random-api/apis.js'
import {type Edit, everyEdit, someEdits} from '../../support/random-api/edits.js'
import {sessionOn} from '../../support/session.js'

// By hand, with more: PROPERTY_RUNS=50 PROPERTY_SEED=1 npx vitest run test/domain/snapshots/answers.test.ts
const RUNS = Number(process.env.PROPERTY_RUNS ?? 1)
const SEED = Number(process.env.PROPERTY_SEED ?? 2026)

/** What a counterexample shows. */
const told = ({items}: Difference) =>
  items.map(({name, change, fields}) => `${name} ${change}: ${fields.map(({field}) => field).join()}`)

test('a difference is empty exactly when both sides answer every request alike, and deploying makes it empty', {
  timeout: RUNS * 180_000,
}, async () => {
  const {sandbox, questions, answers, create, edit, deploy, drop} = await randomApis()
  const source = await openSnapshots(sessionOn(sandbox).session)
  const seen = {alike: 0, changed: 0}

  /** Edits an API some at a time; after each step `next` serves the edited side, and then `prod`, too. */
  async function live(first: readonly Edit[], steps: readonly (readonly Edit[])[]): Promise<void> {
    const id = await create()
    await edit(id, first)
    const api = {id, name: 'random'}
    let prod = {name: 'prod', deploymentId: await deploy(id, 'prod')}
    let before = await answers(id, 'prod')
    for (const edits of steps) {
      await edit(id, edits)
      await deploy(id, 'next')
      const difference = await undeployed(source, api, prod)
      const after = await answers(id, 'next')
      const changed = questions.filter((_, i) => before[i] !== after[i])
      const isAlike = changed.length === 0
      seen[isAlike ? 'alike' : 'changed']++
      if (isAlike) expect(told(difference), JSON.stringify(edits)).toEqual([])
      else expect(told(difference), `${JSON.stringify([edits, changed[0]])}`).not.toEqual([])

      if (told(difference).length === 0) continue
      prod = {...prod, deploymentId: await deploy(id, 'prod')}
      expect(told(await undeployed(source, api, prod)), JSON.stringify(edits)).toEqual([])
      before = after
    }
    expect(await answers(id, 'prod')).toEqual(before)
    await drop(id)
  }

  const together = fc.array(someEdits(4), {maxLength: 3})
  await fc.assert(
    fc.asyncProperty(everyEdit, together, ({before, edits}, steps) =>
      live(before, [...edits.map(each => [each]), ...steps]),
    ),
    {numRuns: RUNS, seed: SEED},
  )
  // Both happen often enough to mean something.
  expect(Math.min(seen.alike, seen.changed)).toBeGreaterThan(RUNS * 5)
})
