import {mkdtempSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {Readable, Writable} from 'node:stream'
import {fileURLToPath} from 'node:url'
import {terminal} from '../../src/cli/io.js'
import type {Sandbox} from '../../src/sandbox/server.js'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

export interface RunOptions {
  /** The sandbox that the command talks to. */
  on?: Pick<Sandbox, 'url'> | undefined
  /** Whether stdout and stderr are terminals. Prompts need a real one: see test/e2e. */
  tty?: boolean
  /** Width of the terminal; 100 when not given. */
  columns?: number
  stdin?: string | Readable
  env?: Record<string, string>
  cwd?: string
}

export interface RunResult {
  stdout: string
  stderr: string
  exitCode: number
}

export type CommandClass = {run(argv: string[], opts: string): Promise<unknown>}

/**
 * Runs a command in this process as the program would, with streams and environment of its own. Give it the class, not
 * its name: oclif's own helper splits arguments at spaces.
 */
export async function apigw(command: CommandClass, argv: string[], options: RunOptions = {}): Promise<RunResult> {
  const stdout = new Capture(options.tty ?? false, options.columns)
  const stderr = new Capture(options.tty ?? false)
  const input = typeof options.stdin === 'object' ? options.stdin : Readable.from([Buffer.from(options.stdin ?? '')])
  const stdin = Object.assign(input, {isTTY: false})
  const env = {...(options.on ? environmentOf(options.on) : {}), ...options.env}
  const saved = {...process.env}
  Object.assign(process.env, env)
  const before = process.exitCode
  process.exitCode = undefined
  terminal.io = {stdin, stdout, stderr, env: process.env, cwd: options.cwd ?? emptyFolder()}
  try {
    await command.run(argv, ROOT)
    return {stdout: stdout.text, stderr: stderr.text, exitCode: Number(process.exitCode ?? 0)}
  } finally {
    process.exitCode = before
    for (const name of Object.keys(env)) {
      if (saved[name] === undefined) delete process.env[name]
      else process.env[name] = saved[name]
    }
  }
}

/** What `apigw sandbox env` exports for a sandbox. */
export function environmentOf(sandbox: Pick<Sandbox, 'url'>): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: sandbox.url,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'sandbox',
    AWS_SECRET_ACCESS_KEY: 'sandbox',
    APIGW_INVOKE_URL: `${sandbox.url}/execute-api/{api}/{stage}`,
    APIGW_PACING: 'off',
  }
}

const emptyFolder = () => mkdtempSync(join(tmpdir(), 'apigw-cwd-'))

class Capture extends Writable {
  text = ''

  constructor(
    readonly isTTY: boolean,
    readonly columns = 100,
  ) {
    super({decodeStrings: false})
  }

  override _write(chunk: string | Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString()
    done()
  }
}
