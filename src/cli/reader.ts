import {spawn} from 'node:child_process'
import {fstatSync} from 'node:fs'

const STDOUT = 1

/** Whether stdout is a pipe, whose reader may go before it has everything. Some programs use a socket for one. */
export function canReaderLeave(): boolean {
  const stdout = fstatSync(STDOUT)
  return stdout.isFIFO() || stdout.isSocket()
}

/**
 * Tells when the reader of stdout has gone while nothing is being written. A program notices that only at its next
 * write, and Node has no way to ask; GNU `tail -f` has one: it watches its own stdout, here the same pipe, and is ended
 * by SIGPIPE when the reader goes. Where there is no such `tail`, the next write tells.
 * @param whenGone called at most once
 * @returns stops watching
 */
export function watchReader(whenGone: () => void): () => void {
  if (!fstatSync(STDOUT).isFIFO()) return () => {}
  const argv = [`--pid=${process.pid}`, '-f', '/dev/null']
  const watcher = spawn('tail', argv, {stdio: ['ignore', 'inherit', 'ignore']})
  watcher.on('error', () => {})
  watcher.once('exit', (_code, signal) => {
    if (signal === 'SIGPIPE') whenGone()
  })
  watcher.unref()
  return () => watcher.kill()
}
