import {existsSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import LogsTail from '../../src/commands/logs/tail.js'
import {accessLog, TAIL_ACCESS} from '../support/access-log.js'
import {apigw} from '../support/apigw.js'

const fileFor = (name: string) => join(mkdtempSync(join(tmpdir(), 'apigw-tail-')), name)

const messagesOf = (stdout: string) =>
  stdout
    .split('\n')
    .slice(0, -1)
    .map(line => line.split('\t')[1])

const SUMMARY = '2 events, 0 late, 0 duplicates dropped, 0 throttles\n'

describe('following ends by itself', () => {
  test('--for implies --follow, and says at the end what came to pass', async () => {
    const {sandbox, write} = await accessLog()
    await write('one', 'two')
    const tailed = await apigw(LogsTail, [...TAIL_ACCESS, '--for', '1500ms'], {on: sandbox})
    expect(messagesOf(tailed.stdout)).toEqual(['one', 'two'])
    expect(tailed).toMatchObject({exitCode: 0, stderr: SUMMARY})
    expect(sandbox.calls.get('FilterLogEvents')).toBeGreaterThan(1)
  })

  test('--idle-timeout implies it too', async () => {
    const {sandbox, write} = await accessLog()
    await write('one')
    const tailed = await apigw(LogsTail, [...TAIL_ACCESS, '--idle-timeout', '500ms'], {on: sandbox})
    expect(tailed).toMatchObject({exitCode: 0, stderr: expect.stringContaining('1 event,')})
  })

  test('--until-match: done when it was seen, 6 when the time ran out before', async () => {
    const {sandbox, write} = await accessLog()
    await write('starting', 'ready: yes', 'after')
    const seen = await apigw(LogsTail, [...TAIL_ACCESS, '--until-match', 'ready: \\w+'], {on: sandbox})
    expect(seen.exitCode).toBe(0)
    expect(messagesOf(seen.stdout)).toEqual(['starting', 'ready: yes'])
    const never = await apigw(LogsTail, [...TAIL_ACCESS, '--until-match', 'never', '--for', '1s'], {on: sandbox})
    expect(never.exitCode).toBe(6)
    expect(never.stderr).toContain('Nothing matched /never/ within 1 s.\nIt may take longer')
    const json = await apigw(LogsTail, [...TAIL_ACCESS, '--until-match', 'never', '--idle-timeout', '1s', '--json'], {
      on: sandbox,
    })
    expect(json.exitCode).toBe(6)
    expect(JSON.parse(json.stderr.trim().split('\n').at(-1) ?? '').error.kind).toBe('gave-up')
  })

  test('--max-events ends with or without --follow, and alone does not follow', async () => {
    const {sandbox, write} = await accessLog()
    await write('one', 'two', 'three')
    for (const flags of [[], ['--follow']]) {
      const {stdout, exitCode} = await apigw(LogsTail, [...TAIL_ACCESS, '--max-events', '2', ...flags], {on: sandbox})
      expect({exitCode, messages: messagesOf(stdout)}).toEqual({exitCode: 0, messages: ['one', 'two']})
    }
    expect((await apigw(LogsTail, [...TAIL_ACCESS, '--max-events', '9'], {on: sandbox})).stderr).toBe('')
  })

  test('--ordered shows at the end what it held back', async () => {
    const {sandbox, write} = await accessLog()
    await write('one', 'two')
    const {stdout} = await apigw(LogsTail, [...TAIL_ACCESS, '--ordered', '--for', '1s'], {on: sandbox})
    expect(messagesOf(stdout)).toEqual(['one', 'two'])
  })

  test.each([
    ['--for', 'soon'],
    ['--idle-timeout', '5'],
    ['--until-match', '('],
    ['--max-events', '0'],
    ['--lateness', '10ms'],
  ])('%s %s is wrong usage', async (...flags) => {
    const {sandbox} = await accessLog()
    const refused = await apigw(LogsTail, [...TAIL_ACCESS, ...flags], {on: sandbox})
    expect(refused).toMatchObject({stdout: '', exitCode: 2})
    expect(refused.stderr).toContain(flags[0])
    expect(sandbox.calls.get('FilterLogEvents')).toBeUndefined()
  })
})

describe('--stats-json', () => {
  const NONE = {events: 0, late: 0, duplicates: 0, throttles: 0, longestWait: 0}

  test('writes what came to pass to a file, or as one line to stderr, and never to stdout', async () => {
    const {sandbox, write} = await accessLog({
      fault: ({operation, count}) =>
        operation === 'FilterLogEvents' && count === 1
          ? {kind: 'error', status: 400, code: 'ThrottlingException', message: 'Rate exceeded'}
          : undefined,
    })
    await write('one', 'two')
    const file = fileFor('stats.json')
    const first = await apigw(LogsTail, [...TAIL_ACCESS, '--stats-json', file, '--max-events', '1'], {on: sandbox})
    expect(messagesOf(first.stdout)).toEqual(['one'])
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
      ...NONE,
      events: 2,
      throttles: 1,
      longestWait: expect.any(Number),
    })
    const second = await apigw(LogsTail, [...TAIL_ACCESS, '--stats-json', '-', '--for', '100ms'], {on: sandbox})
    expect(messagesOf(second.stdout)).toEqual(['one', 'two'])
    expect(JSON.parse(second.stderr)).toEqual({...NONE, events: 2})
  })

  test('a file that cannot be written is a failure', async () => {
    const {sandbox, write} = await accessLog()
    await write('one')
    const tailed = await apigw(LogsTail, [...TAIL_ACCESS, '--stats-json', '/nowhere/stats'], {on: sandbox})
    expect(tailed).toMatchObject({exitCode: 1, stderr: 'Error: Cannot write /nowhere/stats: ENOENT\n'})
  })
})

describe('--cursor-file', () => {
  test('goes on where the last run ended, in the middle of a page too', async () => {
    const {sandbox, write} = await accessLog()
    const cursor = ['--cursor-file', fileFor('cursor')]
    await write('one', 'two', 'three')
    const first = await apigw(LogsTail, [...TAIL_ACCESS, ...cursor, '--max-events', '1'], {on: sandbox})
    expect(messagesOf(first.stdout)).toEqual(['one'])
    await write('four')
    const second = await apigw(LogsTail, [...TAIL_ACCESS, ...cursor, '--since', '1s', '-n', '1'], {on: sandbox})
    expect(messagesOf(second.stdout)).toEqual(['two', 'three', 'four'])
    expect(await apigw(LogsTail, [...TAIL_ACCESS, ...cursor], {on: sandbox})).toMatchObject({stdout: '', exitCode: 0})
  })

  test('is left as it is by a run that could not begin', async () => {
    const {sandbox, write} = await accessLog()
    const file = fileFor('cursor')
    await write('one')
    await apigw(LogsTail, [...TAIL_ACCESS, '--cursor-file', file], {on: sandbox})
    const before = readFileSync(file, 'utf8')
    const window = ['--since', '1m', '--until', '10m']
    const refused = await apigw(LogsTail, [...TAIL_ACCESS, '--cursor-file', file, ...window], {on: sandbox})
    expect(refused.exitCode).toBe(2)
    expect(readFileSync(file, 'utf8')).toBe(before)
  })

  test('is readable by its owner alone, and leaves nothing else behind', async () => {
    const {sandbox, write} = await accessLog()
    const file = fileFor('cursor')
    await write('one')
    await apigw(LogsTail, [...TAIL_ACCESS, '--cursor-file', file], {on: sandbox})
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readdirSync(join(file, '..'))).toEqual(['cursor'])
  })

  test.each([
    ['is broken', () => '{"version":1,"logs":[', 'holds no cursor of apigw logs tail'],
    ['is something else', () => 'key: value', 'holds no cursor of apigw logs tail'],
    [
      'is that of another log',
      (cursor: string) => cursor.replaceAll('petstore-access', 'other'),
      'is the cursor of other and not of petstore-access',
    ],
  ])('a file that %s is wrong usage, and is left as it is', async (_, change, said) => {
    const {sandbox, write} = await accessLog()
    const file = fileFor('cursor')
    await write('one')
    await apigw(LogsTail, [...TAIL_ACCESS, '--cursor-file', file], {on: sandbox})
    const text = change(readFileSync(file, 'utf8'))
    writeFileSync(file, text)
    const refused = await apigw(LogsTail, [...TAIL_ACCESS, '--cursor-file', file], {on: sandbox})
    expect(refused).toMatchObject({stdout: '', exitCode: 2})
    expect(refused.stderr).toContain(said)
    expect(refused.stderr).toContain('to begin anew')
    expect(readFileSync(file, 'utf8')).toBe(text)
  })

  test('one that cannot be written is a failure', async () => {
    const {sandbox, write} = await accessLog()
    await write('one')
    const file = '/nowhere/cursor'
    const tailed = await apigw(LogsTail, [...TAIL_ACCESS, '--cursor-file', file], {on: sandbox})
    expect(tailed.exitCode).toBe(1)
    expect(tailed.stderr).toContain('Cannot write /nowhere/cursor: ENOENT')
    expect(existsSync(file)).toBe(false)
  })
})
