import {expect, test} from 'vitest'
import {onTerminal, run} from '../support/binary.js'
import {deployedMockApi} from '../support/mock-api.js'
import {sandboxForTest} from '../support/sandbox.js'

/** Two APIs; what is edited of `pets` is not live on its stage prod. */
async function two() {
  const {sandbox, apigateway} = await sandboxForTest()
  await deployedMockApi(apigateway, ['prod'], {name: 'orders'})
  const {restApiId} = await deployedMockApi(apigateway, ['prod', 'beta'], {name: 'pets'})
  await apigateway.putGatewayResponse({restApiId, responseType: 'DEFAULT_4XX', statusCode: '418'})
  await apigateway.createDeployment({restApiId, stageName: 'beta'})
  return sandbox
}

test('on a terminal it asks for the API and shows a screen of 80 columns', async () => {
  const on = await two()
  const terminal = onTerminal(['status', '--exit-code'], {on, columns: 80})
  await terminal.shows('Which API?')
  terminal.type('\u001b[B')
  await terminal.shows(/❯ pets/)
  terminal.type('\r')
  expect(await terminal.ended).toBe(8)
  const screen = terminal.text().slice(terminal.text().indexOf('pets  '))
  expect(screen).toMatch(
    /\r\nprod\r\n {2}serves {4}\w+, just now\r\n {2}edited {4}1 change is not live: \+ gateway response D/,
  )
  expect(screen).toMatch(/\r\nbeta\r\n {2}serves {4}\w+, just now\r\n {2}edited {4}all of it is live\r\n/)
  expect(screen).toMatch(/\r\nTo make it live on prod: apigw deploy --api pets --stage prod\r\n/)
  expect(screen.split('\r\n').filter(line => line.length > 80)).toEqual([])
})

test('in a pipe nobody is asked, and stderr has nothing where all could be read', async () => {
  const on = await two()
  expect(await run(['status'], {on})).toMatchObject({stdout: '', exitCode: 2, stderr: expect.stringContaining('--api')})
  const {stdout, stderr, exitCode} = await run(['status', '--all', '--exit-code'], {on})
  expect(stdout.split('\n').map(line => line.split('\t')[4])).toEqual(['', 'prod 1', undefined])
  expect({stderr, exitCode}).toEqual({stderr: '', exitCode: 8})
})
