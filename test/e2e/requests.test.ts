import {describe, expect, test} from 'vitest'
import type {LoggedRequest} from '../../src/domain/logs/requests/request.js'
import type {Sandbox} from '../../src/sandbox/server.js'
import {onTerminal, shell} from '../support/binary.js'
import {FAILURES, failAll, failingApi, OTHER_KEY} from '../support/failing-api.js'

const tail = 'apigw logs tail -a pets -s prod'

describe('what is said of a failure', () => {
  test.each([false, true])('each command can be run as it is written, data trace %s', async dataTrace => {
    const api = await failingApi()
    const on = {url: api.url} as Sandbox
    await failAll(api, {dataTrace})
    const {stdout} = await shell(`${tail} --json`, {on})
    const failures = stdout
      .trimEnd()
      .split('\n')
      .map(line => (JSON.parse(line) as LoggedRequest).failure)
    expect(failures.map(failure => failure?.cause).sort()).toEqual(FAILURES.map(({cause}) => cause).sort())
    const commands = new Set(failures.map(failure => failure?.hint?.replace(/^.*?: (?=apigw|aws|curl)/, '') ?? ''))
    expect([...commands].filter(command => !/^(apigw|aws|curl) /.test(command))).toEqual([])
    for (const command of [...commands].filter(command => command.startsWith('apigw '))) {
      // What asks for the value of a key gets one that is on no plan, and says that it is not let in.
      const isAsking = command.includes('--value-stdin')
      const line = isAsking ? `echo ${OTHER_KEY} | ${command}` : command
      expect(await shell(line, {on}), command).toMatchObject({exitCode: isAsking ? 1 : 0})
    }
  })
})

describe('logs tail', () => {
  test('--follow on a terminal: a line when the request is there, its cause below it, its lines with --verbose', async () => {
    const api = await failingApi()
    await api.logAt('INFO')
    const on = {url: api.url} as Sandbox
    const argv = ['logs', 'tail', '-a', 'pets', '-s', 'prod', '-f']
    const terminals = [onTerminal(argv, {on}), onTerminal([...argv, '--verbose'], {on})]
    const calls = setInterval(() => void api.call('GET /error').catch(() => {}), 300)
    try {
      for (const terminal of terminals) {
        await terminal.shows('502  GET      /error')
        await terminal.shows('The Lambda function failed: boom')
      }
      await terminals[1]?.shows('Starting execution for request')
    } finally {
      clearInterval(calls)
    }
    for (const terminal of terminals) {
      terminal.type('\u0003')
      expect(await terminal.ended).toBe(130)
    }
    expect(terminals[0]?.text()).not.toContain('Starting execution')
  })
})
