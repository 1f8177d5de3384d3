import type {Readable, Writable} from 'node:stream'

/** The terminal, or the pipes, that a command talks to. Tests give it streams of their own. */
export interface Io {
  stdin: Readable & {isTTY?: boolean | undefined}
  stdout: Writable & {isTTY?: boolean | undefined; columns?: number | undefined}
  stderr: Writable & {isTTY?: boolean | undefined; columns?: number | undefined}
  env: NodeJS.ProcessEnv
  cwd: string
}

/**
 * The streams and environment of the process; tests put their own here. Not a static of the command class: oclif writes
 * those into the manifest, environment and all.
 */
export const terminal: {io: Io} = {
  io: {stdin: process.stdin, stdout: process.stdout, stderr: process.stderr, env: process.env, cwd: process.cwd()},
}

/**
 * Writes and waits until the reader has room, so that a slow reader slows the program down instead of filling its
 * memory. Resolves at once when the signal aborts: a closed pipe never drains.
 */
export async function write(stream: Writable, text: string, signal: AbortSignal): Promise<void> {
  if (signal.aborted || stream.destroyed || text === '') return
  if (stream.write(text)) return
  await new Promise<void>(resolve => {
    const done = () => {
      stream.off('drain', done)
      stream.off('close', done)
      signal.removeEventListener('abort', done)
      resolve()
    }
    stream.once('drain', done)
    stream.once('close', done)
    signal.addEventListener('abort', done, {once: true})
  })
}

/** Whether colour may go to a stream. `NO_COLOR` and `FORCE_COLOR` as in no-color.org and force-color.org. */
export function hasColor(stream: {isTTY?: boolean | undefined}, env: NodeJS.ProcessEnv): boolean {
  if (env.NO_COLOR) return false
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false'
  return Boolean(stream.isTTY) && env.TERM !== 'dumb'
}

/** Whether a terminal may not show more than ASCII: one that calls itself dumb, or the console of a Linux kernel. */
export const isAsciiOnly = (env: NodeJS.ProcessEnv) => env.TERM === 'dumb' || env.TERM === 'linux'
