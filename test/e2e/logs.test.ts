import {spawn} from 'node:child_process'
import type {APIGateway} from '@aws-sdk/client-api-gateway'
import type {CloudWatchLogs} from '@aws-sdk/client-cloudwatch-logs'
import {beforeEach, describe, expect, test} from 'vitest'
import type {Sandbox} from '../../src/sandbox/server.js'
import {BINARY, cleanEnvironment, onTerminal, shell} from '../support/binary.js'
import {petstore} from '../support/petstore.js'

let sandbox: Sandbox
let logs: CloudWatchLogs
let apigateway: APIGateway
let restApiId: string
let request: () => Promise<unknown>

beforeEach(async () => {
  const kit = await petstore()
  sandbox = kit.sandbox
  logs = kit.logs
  apigateway = kit.apigateway
  restApiId = kit.restApiId
  await kit.apigateway.createDeployment({restApiId: kit.restApiId, stageName: 'prod'})
  const enabled = await shell('apigw logs enable -a petstore -s prod --create-role', {on: sandbox})
  expect(enabled.exitCode).toBe(0)
  request = () => fetch(`${sandbox.url}/execute-api/${kit.restApiId}/prod/pets`)
  await request()
})

describe('logs tail of a large window', () => {
  /** Three pages of events, a minute ago. */
  async function fill() {
    const group = {logGroupName: `API-Gateway-Execution-Logs_${restApiId}/prod`, logStreamName: 'many'}
    await logs.createLogStream(group)
    const first = Date.now() - 60_000
    const messages = Array.from({length: 24_000}, (_, i) => `(${i}) ${'x'.repeat(80)}`)
    for (let i = 0; i < messages.length; i += 8_000) {
      const logEvents = messages.slice(i, i + 8_000).map((message, at) => ({timestamp: first + i + at, message}))
      await logs.putLogEvents({...group, logEvents})
    }
    return messages
  }

  test('reads one page for a reader that wants one line', async () => {
    await fill()
    const before = sandbox.calls.get('FilterLogEvents') ?? 0
    const result = await shell('apigw logs tail -a petstore -s prod --raw --since 1h | head -1', {on: sandbox})
    expect(result).toMatchObject({stderr: '', exitCode: 0})
    expect(result.stdout.split('\n')).toHaveLength(2)
    expect((sandbox.calls.get('FilterLogEvents') ?? 0) - before).toBe(1)
  })

  test('writes all of it, in order, to a file and through a slow reader', async () => {
    const messages = await fill()
    const command = 'apigw logs tail -a petstore -s prod --raw --since 1h'
    const line = `${command} > lines && cut -f2 lines; ${command} | (sleep 1; cut -f2)`
    const {stdout} = await shell(line, {on: sandbox})
    const found = stdout.split('\n').filter(text => text.endsWith('xxxx'))
    expect(found).toEqual([...messages, ...messages])
  })
})

describe('logs tail --follow', () => {
  test.each(['', '--json'])(
    '%s ends quietly and at once when its reader has enough, though nothing more comes',
    async flag => {
      // Two lines in one go: both would be in the pipe before the reader has seen the first, and it would never end.
      const result = await shell(`apigw logs tail -a petstore -s prod -n 2 --raw --follow ${flag} | head -1`, {
        on: sandbox,
      })
      expect(result).toMatchObject({stderr: '', exitCode: 0})
      expect(result.stdout.split('\n')).toHaveLength(2)
    },
  )

  test('a single event is enough for a reader that wants one', async () => {
    const group = {logGroupName: '/orders', logStreamName: 'one'}
    await logs.createLogGroup(group)
    await logs.createLogStream(group)
    await logs.putLogEvents({...group, logEvents: [{timestamp: Date.now(), message: 'the only one'}]})
    const arn = `arn:aws:logs:us-east-1:123456789012:log-group:${group.logGroupName}`
    const access = [
      {op: 'replace' as const, path: '/accessLogSettings/destinationArn', value: arn},
      {op: 'replace' as const, path: '/accessLogSettings/format', value: '$context.requestId'},
    ]
    await apigateway.updateStage({restApiId, stageName: 'prod', patchOperations: access})
    const line = 'apigw logs tail --access -a petstore -s prod --follow | head -1'
    const started = Date.now()
    expect((await shell(line, {on: sandbox})).stdout).toMatch(/\tthe only one\n$/)
    expect(Date.now() - started).toBeLessThan(4_000)
  })

  test('shows what comes in, and Ctrl-C ends it with 130', async () => {
    const terminal = onTerminal(['logs', 'tail', '-a', 'petstore', '-s', 'prod', '-f', '-n', '0'], {on: sandbox})
    const first = setInterval(request, 500)
    try {
      await terminal.shows('200  GET      /pets')
    } finally {
      clearInterval(first)
    }
    terminal.type('\u0003')
    expect(await terminal.ended).toBe(130)
    expect(terminal.text()).not.toMatch(/Error|bug/)
  })

  test('a reader that takes its time gets every line, and SIGTERM ends it with 143', async () => {
    for (let i = 0; i < 200; i++) await request()
    const child = spawn(process.execPath, [BINARY, 'logs', 'tail', '-a', 'petstore', '-s', 'prod', '-f', '--raw'], {
      env: cleanEnvironment(sandbox),
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const ended = new Promise(resolve => child.once('exit', code => resolve(code)))
    let text = ''
    for await (const chunk of child.stdout) {
      await new Promise(resolve => setTimeout(resolve, 20))
      text += chunk
      if (text.split('Method completed with status: 200').length === 202) child.kill('SIGTERM')
    }
    expect(await ended).toBe(143)
    const lines = text.trimEnd().split('\n')
    expect(new Set(lines).size).toBe(lines.length)
  })
})

describe('logs enable', () => {
  test('offers the role on a terminal, and does nothing when that is declined', async () => {
    const {sandbox, apigateway, restApiId} = await petstore()
    await apigateway.createDeployment({restApiId, stageName: 'prod'})
    const declined = onTerminal(['logs', 'enable', '-a', 'petstore', '-s', 'prod'], {on: sandbox})
    await declined.shows('Go on?')
    declined.type('n\r')
    expect(await declined.ended).toBe(130)
    expect(sandbox.calls.get('CreateRole')).toBeUndefined()

    const agreed = onTerminal(['logs', 'enable', '-a', 'petstore', '-s', 'prod'], {on: sandbox})
    await agreed.shows('no CloudWatch role')
    await agreed.shows('Go on?')
    agreed.type('y\r')
    expect(await agreed.ended).toBe(0)
    expect(agreed.text()).toMatch(/level +INFO/)
    expect((await apigateway.getAccount({})).cloudwatchRoleArn).toContain('apigw-cloudwatch-logs')
  })
})
