import {expect, test} from 'vitest'
import {onTerminal, shell} from '../support/binary.js'
import {deployedMockApi, mockApi} from '../support/mock-api.js'
import {sandboxForTest} from '../support/sandbox.js'

const DOWN = '\u001b[B'
const CTRL_C = '\u0003'

/** The command that does the same, as a run on a terminal printed it: the terminal wraps it, the text does not. */
function equivalentIn(shown: string): string {
  const [, command = ''] = /The same without questions: (.*)/.exec(shown) ?? []
  return command.trim()
}

test('a name with a space and a quote is asked for, and the printed command works when it is pasted', async () => {
  const {sandbox, apigateway} = await sandboxForTest()
  const terminal = onTerminal(['apis', 'create'], {on: sandbox})
  await terminal.shows('Name of the API?')
  terminal.type("Tom's pets\r")
  await terminal.shows('Endpoint type?')
  terminal.type('\r')
  expect(await terminal.ended).toBe(0)
  const command = equivalentIn(terminal.text())
  expect(command).toContain('apigw apis create')
  const pasted = await shell(`${command} --allow-duplicate`, {on: sandbox})
  expect(pasted).toMatchObject({exitCode: 0})
  expect((await apigateway.getRestApis()).items?.map(({name}) => name)).toEqual(["Tom's pets", "Tom's pets"])
})

test('a key made by answers, and one made by the printed command, are on the same plan', async () => {
  const {sandbox, apigateway} = await sandboxForTest()
  const {id: usagePlanId} = await apigateway.createUsagePlan({name: 'gold plan'})
  const terminal = onTerminal(['keys', 'create'], {on: sandbox})
  await terminal.shows('Name of the key?')
  terminal.type('mobile\r')
  await terminal.shows('Which usage plan?')
  terminal.type('\r')
  expect(await terminal.ended).toBe(0)
  expect(await shell(`${equivalentIn(terminal.text())} --allow-duplicate`, {on: sandbox})).toMatchObject({exitCode: 0})
  const keys = (await apigateway.getUsagePlanKeys({usagePlanId})).items
  expect(keys?.map(({name}) => name)).toEqual(['mobile', 'mobile'])
})

test('a deployment chosen by answers is made again by the printed command', async () => {
  const {sandbox, apigateway} = await sandboxForTest()
  const {restApiId} = await deployedMockApi(apigateway, ['dev'])
  const terminal = onTerminal(['deploy', '--force'], {on: sandbox})
  await terminal.shows('Which API?')
  terminal.type('\r')
  await terminal.shows('To which stage?')
  terminal.type('\r')
  expect(await terminal.ended).toBe(0)
  expect(await shell(equivalentIn(terminal.text()), {on: sandbox})).toMatchObject({exitCode: 0})
  expect((await apigateway.getDeployments({restApiId})).items).toHaveLength(3)
})

test('a missing --api and --stage are picked among those there are', async () => {
  const {sandbox, apigateway} = await sandboxForTest()
  await mockApi(apigateway, {name: 'orders'})
  const {restApiId} = await deployedMockApi(apigateway, ['dev', 'prod'], {name: 'petstore'})
  const terminal = onTerminal(['stages', 'url'], {on: sandbox})
  await terminal.shows('Which API?')
  await terminal.shows(`petstore (${restApiId})`)
  terminal.type(`${DOWN}\r`)
  await terminal.shows('Which stage?')
  terminal.type(`${DOWN}\r`)
  expect(await terminal.ended).toBe(0)
  expect(terminal.text().trimEnd().split(/\r?\n/).at(-1)).toBe(`${sandbox.url}/execute-api/${restApiId}/prod`)
})

test.each([
  [['stages', 'list'], 'Which API?'],
  [['deploy'], 'Which API?'],
  [['keys', 'create'], 'Name of the key?'],
  [['apis', 'delete', 'mock'], 'Type "mock" to go on:'],
])('Ctrl-C at the question of %j ends it with 130 and no word more', async (argv, question) => {
  const {sandbox, apigateway} = await sandboxForTest()
  await deployedMockApi(apigateway)
  const changes = () => [...sandbox.calls].filter(([operation]) => !/^(Get|Describe)/.test(operation))
  const before = changes()
  const terminal = onTerminal(argv, {on: sandbox})
  await terminal.shows(question)
  terminal.type(CTRL_C)
  expect(await terminal.ended).toBe(130)
  expect(terminal.text()).not.toMatch(/error|bug|ExitPrompt/i)
  // The cursor that the question hid is there again.
  expect(terminal.raw().lastIndexOf('\u001b[?25h')).toBeGreaterThanOrEqual(terminal.raw().lastIndexOf('\u001b[?25l'))
  expect(changes()).toEqual(before)
})

test.each([
  ['CI', [], {CI: 'true'}],
  ['--no-input', ['--no-input'], {}],
])('with %s nothing is asked on a terminal either: the missing flag is named', async (_, argv, env) => {
  const {sandbox, apigateway} = await sandboxForTest()
  await mockApi(apigateway)
  const terminal = onTerminal(['deploy', ...argv], {on: sandbox, env: env as Record<string, string>})
  expect(await terminal.ended).toBe(2)
  expect(terminal.text()).toContain('pass --api NAME')
})

test('log groups that lost their API are listed before they go, and go when their number is typed', async () => {
  const {sandbox, logs} = await sandboxForTest()
  const groups = ['API-Gateway-Execution-Logs_gone000001/prod', 'API-Gateway-Execution-Logs_gone000002/prod']
  for (const logGroupName of groups) await logs.createLogGroup({logGroupName})
  const left = async () => (await logs.describeLogGroups({})).logGroups?.map(({logGroupName}) => logGroupName)
  const wrong = onTerminal(['logs', 'prune', '--orphans'], {on: sandbox})
  await wrong.shows('Type "2" to go on:')
  for (const group of groups) expect(wrong.text()).toContain(group)
  wrong.type('yes\r')
  expect(await wrong.ended).toBe(130)
  expect(await left()).toEqual(groups)
  const right = onTerminal(['logs', 'prune', '--orphans'], {on: sandbox})
  await right.shows('Type "2" to go on:')
  right.type('2\r')
  expect(await right.ended).toBe(0)
  expect(await left()).toEqual([])
})
