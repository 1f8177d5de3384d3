import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {parseAllDocuments} from 'yaml'
import type {Fault} from '../../src/sandbox/server.js'
import {ROOT, type RunOptions} from '../support/apigw.js'
import {commandsThat, EVERY_COMMAND, runCall, runCommand, world} from '../support/every-command.js'
import {sandboxForTest} from '../support/sandbox.js'

// What holds for every command, whatever its noun. A new one has to be added to the table.

const manifest = JSON.parse(readFileSync(join(ROOT, 'oclif.manifest.json'), 'utf8')) as {
  commands: Record<string, {flags: Record<string, unknown>}>
}

const runs = (id: string, more: readonly string[] = [], options: RunOptions = {}) =>
  runCall(id, EVERY_COMMAND[id]!, more, options)

test('the table holds every command, and which of them change something', () => {
  expect(Object.keys(EVERY_COMMAND).sort()).toEqual(Object.keys(manifest.commands).sort())
  const withDryRun = Object.keys(manifest.commands).filter(id => 'dry-run' in manifest.commands[id]!.flags)
  expect(commandsThat('changes')).toEqual(withDryRun.sort())
})

test('a flag that no command has is wrong usage for all of them, in words and in JSON', async () => {
  // exec passes on what it does not know to the program that it runs, which there is none.
  for (const id of Object.keys(EVERY_COMMAND)) {
    const words = await runCommand(id, ['--nope'])
    expect({id, ...words}).toMatchObject({id, stdout: '', exitCode: 2})
    const json = await runCommand(id, ['--nope', '--json'])
    expect({id, ...json}).toMatchObject({id, stdout: '', exitCode: 2})
    expect(parsed(json.stderr), id).toMatchObject({kind: 'usage', message: expect.stringContaining('--nope')})
  }
})

describe('when the service cannot be used, every command ends alike in words and in JSON', () => {
  const refusal = (status: number, code: string): Fault => ({kind: 'error', status, code, message: `It says ${code}.`})
  const throttle = refusal(429, 'TooManyRequestsException')
  const HOPELESS = ['--max-wait', '0']

  const situations: [string, number, string, () => Promise<RunOptions>][] = [
    [
      'no credentials',
      4,
      'denied',
      async () => ({env: {AWS_REGION: 'us-east-1', AWS_ENDPOINT_URL: (await sandboxForTest()).sandbox.url}}),
    ],
    ['expired credentials', 4, 'denied', async () => failing(refusal(403, 'ExpiredTokenException'))],
    ['no permission', 4, 'denied', async () => failing(refusal(403, 'AccessDeniedException'))],
    ['throttled for longer than it may wait', 6, 'gave-up', async () => failing(throttle)],
    ['a failing service', 1, 'failed', async () => failing(refusal(500, 'InternalFailure'))],
    ['connections that break', 7, 'unreachable', async () => failing({kind: 'reset'})],
    [
      'nobody at the endpoint',
      7,
      'unreachable',
      async () => {
        const {sandbox} = await sandboxForTest()
        await sandbox.stop()
        return {on: sandbox}
      },
    ],
  ]

  async function failing(fault: Fault): Promise<RunOptions> {
    return {on: (await sandboxForTest({fault: () => fault})).sandbox}
  }

  test.each(situations)('%s: exit code %i', async (_title, exitCode, kind, situation) => {
    const options = await situation()
    const wrong: unknown[] = []
    for (const id of commandsThat('reads', 'changes')) {
      const words = await runs(id, HOPELESS, options)
      const json = await runs(id, [...HOPELESS, '--json'], options)
      const error = parsed(json.stderr)
      const found = {id, codes: [words.exitCode, json.exitCode], stdout: words.stdout + json.stdout, kind: error?.kind}
      const isRight = /^Error: /.test(words.stderr) && error?.message && json.stderr.trim().split('\n').length === 1
      const expected = {id, codes: [exitCode, exitCode], stdout: '', kind}
      if (!isRight || JSON.stringify(found) !== JSON.stringify(expected)) wrong.push({...found, stderr: words.stderr})
    }
    expect(wrong).toEqual([])
  })
})

function parsed(stderr: string): {kind?: string; message?: string} | undefined {
  try {
    return JSON.parse(stderr).error
  } catch {
    return undefined
  }
}

describe('--dry-run', () => {
  test.each(commandsThat('changes'))('%s calls nothing that changes, and ends with 0', async id => {
    const {sandbox} = await world()
    const before = new Map(sandbox.calls)
    const {exitCode, stdout, stderr} = await runs(id, ['--dry-run', '--json'], {on: sandbox})
    expect({exitCode, stderr}).toEqual({exitCode: 0, stderr: ''})
    expect(JSON.parse(stdout)).not.toEqual([])
    const made = [...sandbox.calls].filter(([operation, count]) => count !== before.get(operation))
    expect(made.map(([operation]) => operation).filter(name => !/^(Get|List|Describe|Filter)/.test(name))).toEqual([])
  })

  test.each(commandsThat('changes'))('%s without it does change something', async id => {
    const {sandbox} = await world()
    const before = new Map(sandbox.calls)
    const {exitCode, stderr} = await runs(id, [], {on: sandbox})
    expect(exitCode, stderr).toBe(0)
    const made = [...sandbox.calls].filter(([operation, count]) => count !== before.get(operation))
    expect(made.map(([operation]) => operation).filter(name => !/^(Get|List|Describe|Filter)/.test(name))).not.toEqual(
      [],
    )
  })
})

describe('stdout carries data and nothing else', () => {
  const DOCUMENTS = ['apis:export', 'keys:export', 'plans:export']
  const reading = commandsThat('reads')

  /** What a query costs, and what a search searched, is told whoever asks; nothing else is said. */
  const besidesTotals = (stderr: string) => stderr.replace(/^(Scanned .* USD a GB|Searched .* looked at .*)\.\n$/, '')

  test.each(reading)('%s --json is JSON', async id => {
    const {sandbox} = await world()
    const {exitCode, stdout, stderr} = await runs(id, ['--json'], {on: sandbox})
    expect({exitCode, stderr: besidesTotals(stderr)}).toEqual({exitCode: 0, stderr: ''})
    // A stream has no end to wait for: one object a line.
    if (id === 'logs:tail' || id === 'logs:search')
      expect(
        stdout
          .trimEnd()
          .split('\n')
          .map(line => JSON.parse(line)),
      ).not.toEqual([])
    else expect(JSON.parse(stdout)).toBeTruthy()
  })

  test.each(reading.filter(id => !DOCUMENTS.includes(id)))('%s as lines, tables and documents', async id => {
    const {sandbox} = await world()
    const as = async (...flags: string[]) => {
      const {exitCode, stdout, stderr} = await runs(id, flags, {on: sandbox})
      expect({exitCode, stderr: besidesTotals(stderr)}).toEqual({exitCode: 0, stderr: ''})
      expect(stdout).toMatch(/.\n$/)
      return stdout
    }
    const rows = (text: string) => text.slice(0, -1).split('\n')
    for (const line of rows(await as('-o', 'ndjson'))) expect(JSON.parse(line)).toBeInstanceOf(Object)
    const cells = rows(await as('-o', 'tsv')).map(line => line.split('\t').length)
    expect(new Set(cells).size, 'as many columns in every row').toBe(1)
    // A quoted field may hold commas and line breaks.
    const [header = '', ...records] = rows((await as('-o', 'csv')).replaceAll(/"(?:[^"]|"")*"/g, 'quoted'))
    expect(header).toMatch(/^[a-z][a-z0-9_,]*$/)
    expect(records.map(record => record.split(',').length)).toEqual(cells.map(() => header.split(',').length))
    expect(cells[0]).toBe(header.split(',').length)
    expect(rows(await as('-o', 'id'))).toHaveLength(cells.length)
    for (const document of parseAllDocuments(await as('-o', 'yaml'))) {
      expect(document.errors).toEqual([])
      expect(document.toJS()).toBeInstanceOf(Object)
    }
    // In a pipe the default is the table's columns without its clothes.
    expect(rows(await as()).length).toBe(cells.length)
  })

  test.each(reading)('%s as Markdown, or a refusal where it is a document or has no end', async id => {
    const {sandbox} = await world()
    const {exitCode, stdout, stderr} = await runs(id, ['-o', 'markdown'], {on: sandbox})
    const isRefused = [...DOCUMENTS, 'logs:tail', 'logs:search', 'logs:request'].includes(id)
    expect({exitCode, stderr}).toMatchObject({exitCode: isRefused ? 2 : 0})
    if (isRefused) expect(stderr).toMatch(/--output[= ]markdown (does not apply|to be one of)/)
    else expect(stdout).toMatch(/^(\||#).*\n/)
  })
})
