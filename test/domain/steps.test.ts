import {expect, test} from 'vitest'
import {Problem, type ProblemKind} from '../../src/domain/problem.js'
import {type Step, takeSteps} from '../../src/domain/steps.js'

const step = (name: string, run: () => Promise<void> = async () => {}): Step => ({
  change: {action: 'create', kind: 'route', name},
  done: `created ${name}`,
  run,
})

const failing = (kind: ProblemKind) => async () => {
  throw new Problem(kind, 'It ended.')
}

test.each([
  ['failed', 'Run the same command again when this is mended: it goes on where it stopped.'],
  ['interrupted', 'Run the same command again: it goes on where it stopped.'],
] as const)('what is %s half-way says what was done, what was not, and how to go on', async (kind, hint) => {
  const told: string[] = []
  const steps = [step('/a'), step('/b', failing(kind)), step('/c')]
  await expect(takeSteps(steps, text => told.push(text))).rejects.toMatchObject({
    kind,
    message: 'It ended.\nDone before that: created /a. Not done: create route /b, create route /c.',
    hint,
  })
  expect(told).toEqual(['created /a'])
})

test('what fails first is told as it is: nothing was done', async () => {
  await expect(takeSteps([step('/a', failing('failed'))], () => {})).rejects.toMatchObject({message: 'It ended.'})
})
