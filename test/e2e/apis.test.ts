import {expect, test} from 'vitest'
import {onTerminal, shell} from '../support/binary.js'
import {petstore} from '../support/petstore.js'
import {sandboxForTest} from '../support/sandbox.js'

const DOWN = '\u001b[B'

test('apis create without a name asks for it and the endpoint type, and prints the command that does the same', async () => {
  const {sandbox, apigateway} = await sandboxForTest()
  const terminal = onTerminal(['apis', 'create', '--description', 'all pets'], {on: sandbox})
  await terminal.shows('Name of the API?')
  terminal.type('pet store\r')
  await terminal.shows('Endpoint type?')
  await terminal.shows('private: called through')
  terminal.type(`${DOWN}\r`)
  expect(await terminal.ended).toBe(0)
  expect(terminal.text().replaceAll(/\s+/g, ' ')).toContain(
    "The same without questions: apigw apis create 'pet store' --type edge --description 'all pets'",
  )
  const {items} = await apigateway.getRestApis({})
  expect(items).toMatchObject([{name: 'pet store', description: 'all pets', endpointConfiguration: {types: ['EDGE']}}])
})

test('Ctrl-C at a question ends with 130 and makes nothing', async () => {
  const {sandbox} = await sandboxForTest()
  const terminal = onTerminal(['apis', 'create'], {on: sandbox})
  await terminal.shows('Name of the API?')
  terminal.type('\u0003')
  expect(await terminal.ended).toBe(130)
  expect(sandbox.calls.size).toBe(0)
})

test('deleting an API lists its stages and wants its name typed', async () => {
  const {sandbox, apigateway, restApiId} = await petstore()
  await apigateway.createDeployment({restApiId, stageName: 'prod'})
  const terminal = onTerminal(['apis', 'delete', 'petstore'], {on: sandbox})
  await terminal.shows(/stage prod[\s\S]+Type "petstore" to go on:/)
  terminal.type('petstore\r')
  expect(await terminal.ended).toBe(0)
  expect((await apigateway.getRestApis({})).items ?? []).toEqual([])
})

test('removing a route asks, and no is no', async () => {
  const {sandbox} = await petstore()
  const terminal = onTerminal(['routes', 'remove', 'GET', '/pets', '--api', 'petstore'], {on: sandbox})
  await terminal.shows('The resource /pets is empty then, and goes with it.')
  terminal.type('n\r')
  expect(await terminal.ended).toBe(130)
  expect(sandbox.calls.get('DeleteResource')).toBeUndefined()
})

test('100 MB of junk on stdin end at once, with the reason', async () => {
  const {sandbox} = await sandboxForTest()
  const junk = await shell('yes | head -c 100000000 | apigw apis import -', {on: sandbox})
  expect(junk.stderr).toBe('Error: stdin is too large: 6 MB are read at most.\n')
  expect(junk.stdout).toBe('')
  expect(junk.exitCode).not.toBe(0)
  expect(sandbox.calls.size).toBe(0)
})

test('the printed URL is ready for use in a shell', async () => {
  const {sandbox, apigateway, restApiId} = await petstore()
  await apigateway.createDeployment({restApiId, stageName: 'prod'})
  const call = `"$NODE" -e 'fetch(process.argv[1]).then(answer => console.log(answer.status))'`
  const line = `${call} "$(apigw apis url petstore --stage prod)/pets"`
  expect(await shell(line, {on: sandbox})).toEqual({stdout: '200\n', stderr: '', exitCode: 0})
})
