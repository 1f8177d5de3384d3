import {expect, test} from 'vitest'
import {onTerminal} from '../support/binary.js'
import {petstore} from '../support/petstore.js'

test('what is pruned is confirmed by its number; another number leaves all as it was', async () => {
  const {sandbox, apigateway, restApiId} = await petstore()
  for (let i = 0; i < 3; i++) await apigateway.createDeployment({restApiId})
  const left = async () => (await apigateway.getDeployments({restApiId})).items?.length
  const prune = () => onTerminal(['deployments', 'prune', '--api', 'petstore', '--keep', '1'], {on: sandbox})
  const wrong = prune()
  await wrong.shows('Type "2" to go on:')
  wrong.type('3\r')
  expect(await wrong.ended).toBe(130)
  expect(await left()).toBe(3)
  const right = prune()
  await right.shows('Type "2" to go on:')
  right.type('2\r')
  expect(await right.ended).toBe(0)
  expect(await left()).toBe(1)
})

test('an API is deleted once its name is typed below the list of what goes with it and what stays', async () => {
  const {sandbox, apigateway, restApiId} = await petstore()
  await apigateway.createDeployment({restApiId, stageName: 'prod'})
  await apigateway.createDomainName({domainName: 'a.example.com'})
  await apigateway.createBasePathMapping({domainName: 'a.example.com', restApiId, stage: 'prod'})
  const terminal = onTerminal(['apis', 'delete', 'petstore', '--with-mappings'], {on: sandbox})
  await terminal.shows('delete base path mapping a.example.com/')
  await terminal.shows('What is deleted cannot be brought back. Type "petstore" to go on:')
  terminal.type('petstore\r')
  expect(await terminal.ended).toBe(0)
  expect((await apigateway.getRestApis({})).items ?? []).toEqual([])
})
