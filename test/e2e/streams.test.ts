import {spawn} from 'node:child_process'
import {setTimeout as delay} from 'node:timers/promises'
import type {APIGateway} from '@aws-sdk/client-api-gateway'
import {describe, expect, test} from 'vitest'
import {BINARY, cleanEnvironment, shell} from '../support/binary.js'
import {world} from '../support/every-command.js'
import {sandboxForTest} from '../support/sandbox.js'

const KEYS = 10_000

/** As many keys as an account may have, in documents as large as the service takes. */
async function manyKeys(apigateway: APIGateway) {
  const rows = Array.from({length: KEYS}, (_, i) => `key-${i},the-value-of-key-${i}-000000,${'x'.repeat(100)}`)
  for (let i = 0; i < KEYS; i += 2_000) {
    const body = Buffer.from(['name,key,description', ...rows.slice(i, i + 2_000)].join('\n'))
    await apigateway.importApiKeys({format: 'csv', body})
  }
}

describe('a list of ten thousand', () => {
  test('reaches a slow reader whole, and does not pile up in memory meanwhile', async () => {
    const {sandbox, apigateway} = await sandboxForTest()
    await manyKeys(apigateway)
    const child = spawn(process.execPath, [BINARY, 'keys', 'list', '-o', 'ndjson'], {
      env: cleanEnvironment(sandbox),
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const ended = new Promise(resolve => child.once('exit', resolve))
    await delay(1_000) // In which a program that does not wait for its reader would have fetched everything.
    expect(sandbox.calls.get('GetApiKeys')).toBeLessThan(KEYS / 500 / 2)
    let text = ''
    for await (const chunk of child.stdout) {
      text += chunk
      await delay(1)
    }
    expect(await ended).toBe(0)
    const ids = text
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line).id)
    expect(new Set(ids).size).toBe(KEYS)
  })

  test('is whole in every format', async () => {
    const {sandbox, apigateway} = await sandboxForTest()
    await manyKeys(apigateway)
    const line = 'for f in tsv csv json yaml ndjson; do apigw keys list -o $f | grep -c "key-[0-9]"; done'
    expect((await shell(line, {on: sandbox})).stdout).toBe(`${KEYS}\n`.repeat(5))
  })
})

describe('a reader that has enough', () => {
  const LISTS = [
    'apis list',
    'keys list',
    'plans list',
    'plans keys gold',
    'routes list -a petstore',
    'stages list -a petstore',
  ]

  test('ends every list quietly, at once or after the first line, in lines and in JSON', async () => {
    const {sandbox} = await world()
    const each = LISTS.flatMap(list =>
      ['', ' --json'].flatMap(json => [`apigw ${list}${json} | true`, `apigw ${list}${json} | head -1`]),
    )
    for (const line of each) {
      const {exitCode, stderr} = await shell(`${line} > /dev/null`, {on: sandbox})
      expect({line, exitCode, stderr}).toEqual({line, exitCode: 0, stderr: ''})
    }
  }, 60_000)
})

describe('stdout on a full disk', () => {
  test.each(['--version', '--help', 'help exit-codes', 'keys list', 'keys get mobile'])(
    'is no success: apigw %s',
    async command => {
      const {sandbox} = await world()
      const {exitCode, stderr} = await shell(`apigw ${command} > /dev/full`, {on: sandbox})
      expect({exitCode, stderr}).toEqual({
        exitCode: 1,
        stderr: 'Error: Cannot write to stdout: no space left on device.\n',
      })
    },
  )

  test('is one object with --json', async () => {
    const {sandbox} = await world()
    const {exitCode, stderr} = await shell('apigw keys list --json > /dev/full', {on: sandbox})
    expect(exitCode).toBe(1)
    expect(JSON.parse(stderr).error).toMatchObject({kind: 'failed', code: 'ENOSPC'})
  })
})

describe('input without end', () => {
  test.each([
    ['keys create mobile --value-stdin', '1024 bytes'],
    ['keys delete - --confirm 1', '16 MB'],
    ['apis create orders --policy -', '65536 bytes'],
    ['apis import -', '6 MB'],
  ])('is given up when it is more than there can be: %s', async (command, limit) => {
    const {sandbox} = await sandboxForTest()
    const {exitCode, stdout, stderr} = await shell(`apigw ${command} < /dev/zero`, {on: sandbox})
    expect({exitCode, stdout}).toEqual({exitCode: 2, stdout: ''})
    expect(stderr).toBe(`Error: stdin is too large: ${limit} are read at most.\n`)
    expect(sandbox.calls.size).toBe(0)
  })

  test('there may be none at all', async () => {
    const {sandbox} = await sandboxForTest()
    expect(await shell('apigw keys list <&-', {on: sandbox})).toEqual({stdout: '', stderr: '', exitCode: 0})
    expect((await shell('apigw apis import - <&-', {on: sandbox})).stderr).toContain('stdin is empty')
  })
})
