import {expect, test} from 'vitest'
import {onTerminal} from '../support/binary.js'
import {petstore} from '../support/petstore.js'

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
