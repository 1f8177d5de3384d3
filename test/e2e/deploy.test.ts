import {expect, test} from 'vitest'
import {onTerminal} from '../support/binary.js'
import {petstore} from '../support/petstore.js'
import {twoEditions} from '../support/two-editions.js'

const DOWN = '\u001b[B'

test('deploy without arguments asks for the API and the stage, and prints the command that does the same', async () => {
  const {sandbox, apigateway, restApiId} = await petstore()
  await apigateway.createDeployment({restApiId, stageName: 'dev'})
  const terminal = onTerminal(['deploy'], {on: sandbox})
  await terminal.shows('Which API?')
  terminal.type('\r')
  await terminal.shows('To which stage?')
  await terminal.shows('(a new stage)')
  terminal.type(`${DOWN}\r`)
  await terminal.shows('Name of the new stage:')
  terminal.type('prod\r')
  expect(await terminal.ended).toBe(0)
  expect(terminal.text()).toContain('The same without questions: apigw deploy --api petstore --stage prod')
  expect(terminal.text()).toContain('the stage is new')
  expect((await apigateway.getStages({restApiId})).item?.map(({stageName}) => stageName)).toEqual(['dev', 'prod'])
})

test('deleting a stage wants its name typed, and leaves everything when it is another', async () => {
  const {sandbox, apigateway, restApiId} = await petstore()
  await apigateway.createDeployment({restApiId, stageName: 'prod'})
  const wrong = onTerminal(['stages', 'delete', 'prod', '--api', 'petstore'], {on: sandbox})
  await wrong.shows('Type "prod" to go on:')
  wrong.type('prd\r')
  expect(await wrong.ended).toBe(130)
  expect(wrong.text()).toContain('Nothing was changed.')
  expect((await apigateway.getStages({restApiId})).item).toHaveLength(1)

  const right = onTerminal(['stages', 'delete', 'prod', '--api', 'petstore'], {on: sandbox})
  await right.shows('Type "prod" to go on:')
  right.type('prod\r')
  expect(await right.ended).toBe(0)
  expect((await apigateway.getStages({restApiId})).item).toEqual([])
})

test('rollback shows what will be different, asks, and does nothing without agreement', async () => {
  const kit = await twoEditions()
  const {sandbox, apigateway, restApiId, served} = kit
  await apigateway.createDeployment({restApiId, stageName: 'prod'})
  await kit.edit('new')
  await apigateway.createDeployment({restApiId, stageName: 'prod'})
  const no = onTerminal(['rollback', '--api', 'petstore', '--stage', 'prod'], {on: sandbox})
  await no.shows('Let prod serve')
  expect(no.text()).toMatch(/\+ GET \/cats.*- GET \/dogs.*Let prod serve/s)
  no.type('n\r')
  expect(await no.ended).toBe(130)
  expect((await served('prod'))?.from).toBe('new')

  const yes = onTerminal(['rollback', '--api', 'petstore', '--stage', 'prod'], {on: sandbox})
  await yes.shows('Let prod serve')
  yes.type('y\r')
  expect(await yes.ended).toBe(0)
  expect((await served('prod'))?.from).toBe('old')
})
