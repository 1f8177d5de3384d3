import {spawn as spawnProcess} from 'node:child_process'
import {mkdtempSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {stripVTControlCharacters} from 'node:util'
import {spawn as spawnInTerminal} from '@lydell/node-pty'
import type {Sandbox} from '../../src/sandbox/server.js'
import {environmentOf, ROOT, type RunResult} from './apigw.js'

export const BINARY = join(ROOT, 'bin', 'run.js')

/** The environment of a process of its own: nothing of the developer's but what programs need to be found. */
export function cleanEnvironment(on?: Sandbox, env: Record<string, string> = {}): Record<string, string> {
  const {PATH = '', HOME = '', TMPDIR} = process.env
  return {
    PATH,
    HOME,
    ...(TMPDIR ? {TMPDIR} : {}),
    AWS_EC2_METADATA_DISABLED: 'true',
    NODE: process.execPath,
    ...(on ? environmentOf(on) : {}),
    ...env,
  }
}

interface ProcessOptions {
  on?: Sandbox
  env?: Record<string, string>
  input?: string
}

/** Runs the built program in a process of its own, in pipes. */
export function run(argv: readonly string[], options: ProcessOptions = {}): Promise<RunResult> {
  return collect(process.execPath, [BINARY, ...argv], options)
}

/** Runs a line of bash in which `apigw` is the built program, with `pipefail` set. */
export function shell(line: string, options: ProcessOptions = {}): Promise<RunResult> {
  const script = `set -o pipefail; apigw() { "$NODE" '${BINARY}' "$@"; }; ${line}`
  return collect('bash', ['-c', script], options)
}

function collect(program: string, argv: readonly string[], {on, env, input}: ProcessOptions): Promise<RunResult> {
  return new Promise((resolve, reject) => {
    const cwd = mkdtempSync(join(tmpdir(), 'apigw-cwd-'))
    const child = spawnProcess(program, argv, {env: cleanEnvironment(on, env), cwd})
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', text => {
      stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', text => {
      stderr += text
    })
    child.once('error', reject)
    child.once('close', code => resolve({stdout, stderr, exitCode: code ?? -1}))
    child.stdin.on('error', () => {}) // A program that does not read its input may close it early.
    child.stdin.end(input ?? '')
  })
}

/** A running program on a terminal of its own. */
export interface TerminalRun {
  /** Everything shown so far, without control sequences. */
  text(): string
  /** The same with its control sequences. */
  raw(): string
  /** Resolves when the text has been shown; rejects when the program ends without. */
  shows(text: string | RegExp): Promise<void>
  type(keys: string): void
  ended: Promise<number>
}

/** Runs the built program on a real terminal (a pty), 100 columns wide unless said otherwise. */
export function onTerminal(
  argv: readonly string[],
  options: {on?: Sandbox; env?: Record<string, string>; columns?: number} = {},
): TerminalRun {
  const terminal = spawnInTerminal(process.execPath, [BINARY, ...argv], {
    cols: options.columns ?? 100,
    rows: 40,
    cwd: mkdtempSync(join(tmpdir(), 'apigw-cwd-')),
    env: cleanEnvironment(options.on, {TERM: 'xterm-256color', ...options.env}),
  })
  let shown = ''
  const waiting = new Set<() => void>()
  terminal.onData(data => {
    shown += data
    for (const check of waiting) check()
  })
  const ended = new Promise<number>(resolve => terminal.onExit(({exitCode}) => resolve(exitCode)))
  const text = () => stripVTControlCharacters(shown)
  return {
    text,
    raw: () => shown,
    type: keys => terminal.write(keys),
    ended,
    shows: wanted =>
      new Promise((resolve, reject) => {
        const isThere = () => (typeof wanted === 'string' ? text().includes(wanted) : wanted.test(text()))
        const check = () => {
          if (!isThere()) return
          waiting.delete(check)
          resolve()
        }
        waiting.add(check)
        check()
        void ended.then(code => {
          if (!isThere()) reject(new Error(`ended with ${code} before it showed ${wanted}:\n${text()}`))
        })
      }),
  }
}
