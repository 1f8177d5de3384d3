import {expect, test} from 'vitest'
import type {Choose} from '../../src/domain/choice.js'
import {checkStageName, checkVariables, resolveStage} from '../../src/domain/stages.js'

const nobody: Choose = async () => {
  throw new Error('Nobody should be asked.')
}

test('a stage is found by its name, or chosen among those there are', async () => {
  const stages = [{name: 'dev'}, {name: 'prod'}]
  expect(await resolveStage(stages, 'prod', nobody)).toEqual({name: 'prod'})
  const chosen = await resolveStage(stages, undefined, async ({choices, flag}) => {
    expect(choices.map(({name}) => name)).toEqual(['dev', 'prod'])
    expect(flag).toBe('--stage NAME')
    return 'dev'
  })
  expect(chosen).toEqual({name: 'dev'})
})

test('a stage that does not exist is missing: the message lists the stages and names the command that makes it', async () => {
  await expect(resolveStage([{name: 'dev'}, {name: 'prod'}], 'beta', nobody)).rejects.toMatchObject({
    kind: 'missing',
    message: 'There is no stage "beta".',
    hint: 'There are: dev, prod. To make it: apigw deploy --api API --stage beta',
  })
  await expect(resolveStage([], 'beta', nobody)).rejects.toMatchObject({
    hint: 'The API has no stages yet. To make it: apigw deploy --api API --stage beta',
  })
  const hint = 'There is: dev.'
  await expect(resolveStage([{name: 'dev'}], '$default', nobody)).rejects.toMatchObject({hint})
})

test('where there is no stage, nobody is asked for one', async () => {
  await expect(resolveStage([], undefined, nobody)).rejects.toMatchObject({
    kind: 'missing',
    message: 'The API has no stages yet.',
  })
})

test('stage names are those the service takes: letters, digits, - and _, up to 128', () => {
  expect(checkStageName('v1_beta-2')).toBe('v1_beta-2')
  for (const name of ['', 'a b', 'prod/eu', 'é', '$default', 'x'.repeat(129)]) {
    expect(() => checkStageName(name), name).toThrow(expect.objectContaining({kind: 'usage'}))
  }
})

test('stage variables are checked before anything is sent', () => {
  const right = {table: 'pets-2', url: 'http://a.example/x?y=1&z=2,3#4', Under_score1: '~'}
  expect(checkVariables(right)).toEqual(right)
  const wrong: [string, string][] = [
    ['a-b', '1'],
    ['a.b', '1'],
    ['x'.repeat(65), '1'],
    ['a', ''],
    ['a', 'two words'],
    ['a', '100%'],
    ['a', 'é'],
    ['a', '"'],
    ['a', 'x'.repeat(513)],
  ]
  for (const pair of wrong)
    expect(() => checkVariables(Object.fromEntries([pair])), pair.join('=')).toThrow(
      expect.objectContaining({kind: 'usage'}),
    )
})
