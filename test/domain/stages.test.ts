import {expect, test} from 'vitest'
import type {Choose} from '../../src/domain/choice.js'
import {
  checkStageName,
  checkVariables,
  lossesBetween,
  mergedByMethod,
  resolveStage,
  type Stage,
  settingDifferences,
} from '../../src/domain/stages.js'

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
  await expect(resolveStage([], 'beta', nobody, {name: 'pet store'})).rejects.toMatchObject({
    hint: "The API has no stages yet. To make it: apigw deploy --api 'pet store' --stage beta",
  })
  const hint = 'There is: dev.'
  await expect(resolveStage([{name: 'dev'}], '$default', nobody)).rejects.toMatchObject({hint})
})

test('where there is no stage, nobody is asked for one', async () => {
  await expect(resolveStage([], undefined, nobody, {name: 'petstore'})).rejects.toMatchObject({
    kind: 'missing',
    message: 'The API has no stages yet.',
    hint: 'To make one: apigw deploy --api petstore --stage NAME',
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

const all = {
  method: '*',
  key: '*/*',
  loggingLevel: 'INFO',
  dataTrace: true,
  metrics: true,
  throttleRate: 100,
  throttleBurst: 200,
  caching: true,
  cacheTtl: 60,
  cacheEncrypted: true,
  cacheControlAuthorized: true,
  unauthorizedCacheControl: 'FAIL_WITH_403',
} as const

/** A stage about which everything is set that the service model has. */
const whole: Stage = {
  name: 'prod',
  deploymentId: 'd1',
  description: 'live',
  createdDate: new Date(0),
  lastUpdatedDate: new Date(0),
  variables: {table: 'pets'},
  methodSettings: [all],
  cacheSize: '0.5',
  cacheStatus: 'AVAILABLE',
  tracing: true,
  clientCertificateId: 'cert',
  documentationVersion: '1.0',
  accessLog: {destinationArn: 'arn:aws:logs:1', format: '$context.requestId'},
  canary: {deploymentId: 'd2', percentTraffic: 10, variables: {table: 'new'}, useStageCache: true},
  webAclArn: 'arn:aws:wafv2:1',
  tags: {team: 'pets'},
}

test.each<[string, Partial<Stage>]>([
  ['description', {description: undefined}],
  ['variable table', {variables: {}}],
  ['cache', {cacheSize: undefined}],
  ['tracing', {tracing: false}],
  ['client certificate', {clientCertificateId: ''}],
  ['documentation version', {documentationVersion: undefined}],
  ['access log', {accessLog: {format: '$context.requestId'}}],
  ['format of the access log', {accessLog: {destinationArn: 'arn:aws:logs:1'}}],
  ['percentage of the canary', {canary: {percentTraffic: 5, variables: {table: 'new'}, useStageCache: true}}],
  ['cache of the canary', {canary: {percentTraffic: 10, variables: {table: 'new'}, useStageCache: false}}],
  ['variable table of the canary', {canary: {percentTraffic: 10, variables: {}, useStageCache: true}}],
  ['web ACL', {webAclArn: undefined}],
  ['tag team', {tags: {}}],
  ...Object.entries(all)
    .filter(([name]) => name !== 'method' && name !== 'key')
    .map(([name, value]): [string, Partial<Stage>] => [
      `${name} of *`,
      {methodSettings: [{...all, [name]: typeof value === 'boolean' ? !value : undefined}]},
    ]),
])('a stage that loses its %s is told of, and of nothing else', (name, change) => {
  const after = {...whole, ...change, lastUpdatedDate: new Date(1)}
  const losses = lossesBetween(whole, after)
  expect(losses).toEqual([expect.stringMatching(new RegExp(`^${name.replaceAll('*', '\\*')} was .* and is `))])
  expect(settingDifferences(whole, after)).toHaveLength(1)
  // What comes in addition is no loss, but a difference.
  if (!losses[0]?.endsWith('gone')) return
  expect(lossesBetween(after, whole)).toEqual([])
  expect(settingDifferences(after, whole)).toHaveLength(1)
})

test('what a stage serves, when it was changed and how its cache is are no settings that it can lose', () => {
  const after = {...whole, deploymentId: 'd9', lastUpdatedDate: new Date(9), cacheStatus: 'FLUSH_IN_PROGRESS'}
  expect(lossesBetween(whole, after)).toEqual([])
  expect(settingDifferences(whole, after)).toEqual(['deployment is d9 and should be d1'])
})

test('a level that was never set is off, and of two keys for a method the first counts', () => {
  const [unset, off] = [undefined, 'OFF'].map(loggingLevel => ({...whole, methodSettings: [{...all, loggingLevel}]}))
  expect(lossesBetween(unset as Stage, off as Stage)).toEqual([])
  const twice = {...whole, methodSettings: [all, {...all, key: 'other', metrics: false}]}
  expect(lossesBetween(whole, twice)).toEqual([])
})

test('changes to the same method become one, those to all methods first', () => {
  const changes = [
    {method: 'GET /a', throttleRate: 1},
    {method: '*', metrics: true},
    {method: 'GET /a', throttleRate: undefined, caching: true},
  ]
  expect(mergedByMethod(changes)).toEqual([
    {method: '*', metrics: true},
    {method: 'GET /a', throttleRate: 1, caching: true},
  ])
})
