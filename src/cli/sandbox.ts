import {spawn} from 'node:child_process'
import {existsSync} from 'node:fs'
import {constants} from 'node:os'
import {resolve} from 'node:path'
import * as Flags from '@oclif/core/flags'
import {Problem} from '../domain/problem.js'

/** The port that `sandbox start` takes and the other commands look at when none is given. */
export const DEFAULT_PORT = 4599

/** The flag of the commands that talk to a sandbox which is running. */
export const sandboxPortFlag = {
  port: Flags.integer({description: 'port of the sandbox', default: DEFAULT_PORT, min: 1, max: 65_535}),
}

/** @throws Problem unreachable when there is no answer of a sandbox */
export function running<Answer>(answer: Answer | undefined, port: number): Answer {
  if (answer) return answer
  throw new Problem('unreachable', `No sandbox answers on port ${port}.`, 'Start one: apigw sandbox start')
}

/** Flags of the commands that start a sandbox. */
export const sandboxFlags = {
  state: Flags.string({description: 'keep the state in this file between runs', helpValue: 'FILE'}),
  latency: Flags.integer({description: 'hold every answer back this long', helpValue: 'MS', min: 0}),
  quotas: Flags.option({
    description: '"real" enforces the documented control-plane rates',
    options: ['off', 'real'] as const,
    default: 'off',
  })(),
  'resource-quota': Flags.integer({
    description: 'resources that an API may have: 300, unless AWS raised it for you',
    helpValue: 'NUMBER',
    min: 1,
  }),
  function: Flags.string({
    description:
      'a local JavaScript module that stands in for a Lambda function; its handler(event, context) is called',
    helpValue: 'NAME=FILE',
    multiple: true,
  }),
}

/**
 * Reads `--function NAME=FILE` into module paths by function name.
 * @throws Problem usage, also for a file that is not there: else it would come out as a 500 of the first request
 */
export function functionsOf(pairs: readonly string[] | undefined, cwd: string): Record<string, string> {
  return Object.fromEntries(
    (pairs ?? []).map(pair => {
      const cut = pair.indexOf('=')
      if (cut < 1) throw new Problem('usage', `--function "${pair}" is not of the form NAME=FILE.`)
      const file = resolve(cwd, pair.slice(cut + 1))
      if (!existsSync(file)) throw new Problem('usage', `--function ${pair}: there is no such file.`)
      return [pair.slice(0, cut), file]
    }),
  )
}

/** A failure to start or open the state, in the user's words. */
export function startProblem(error: unknown, port: number): Problem {
  const {code, message} = error as NodeJS.ErrnoException
  if (code === 'EADDRINUSE') {
    return new Problem('conflict', `Port ${port} is in use.`, 'Take another: --port 0 takes any free one.', {code})
  }
  if (code === 'EISDIR') return new Problem('usage', 'The --state of a sandbox is a file, and this is a folder.')
  return new Problem('failed', `The sandbox did not start: ${message}`, undefined, {code, cause: error})
}

/**
 * Runs a program with the given environment, on this terminal. Ctrl-C reaches it by itself; a SIGTERM is passed on.
 * @returns its exit code; 128 and the signal's number when a signal ended it
 */
export function runProgram(words: readonly string[], env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<number> {
  const [program = '', ...rest] = words
  return new Promise((resolve, reject) => {
    const child = spawn(program, rest, {env, stdio: 'inherit'})
    const stop = () => child.kill('SIGTERM')
    signal.addEventListener('abort', stop, {once: true})
    child.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'ENOENT' ? 'there is no such program' : error.message
      reject(new Problem('usage', `Cannot run ${program}: ${why}.`))
    })
    child.once('exit', (code, ended) => {
      signal.removeEventListener('abort', stop)
      resolve(code ?? 128 + (constants.signals[ended ?? 'SIGTERM'] ?? 0))
    })
  })
}
