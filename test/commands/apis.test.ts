import {expect, test} from 'vitest'
import ApisList from '../../src/commands/apis/list.js'
import {apigw} from '../support/apigw.js'
import {sandboxForTest} from '../support/sandbox.js'

test('apis list shows a table on a terminal and tab-separated columns with ISO times in a pipe', async () => {
  const {sandbox, apigateway} = await sandboxForTest({millis: () => Date.UTC(2026, 0, 2, 3, 4, 5)})
  const {id} = await apigateway.createRestApi({
    name: 'petstore',
    description: 'pets',
    endpointConfiguration: {types: ['REGIONAL']},
  })

  const terminal = await apigw(ApisList, [], {on: sandbox, tty: true, env: {NO_COLOR: '1'}})
  expect(terminal.stdout.split('\n')[0]).toMatch(/^ID +NAME +TYPE +CREATED +DESCRIPTION$/)
  expect(terminal.stdout).toContain('regional')

  const pipe = await apigw(ApisList, [], {on: sandbox})
  expect(pipe).toEqual({stdout: `${id}\tpetstore\tregional\t2026-01-02T03:04:05.000Z\tpets\n`, stderr: '', exitCode: 0})
})

test('no results is not a failure: a sentence with the next command on a terminal, nothing in a pipe', async () => {
  const {sandbox} = await sandboxForTest()
  const terminal = await apigw(ApisList, [], {on: sandbox, tty: true})
  expect(terminal.stdout).toBe('')
  expect(terminal.stderr).toContain('apigw apis create')
  expect(terminal.exitCode).toBe(0)
  expect(await apigw(ApisList, [], {on: sandbox})).toEqual({stdout: '', stderr: '', exitCode: 0})
  expect((await apigw(ApisList, ['--json'], {on: sandbox})).stdout).toBe('[]\n')
})
