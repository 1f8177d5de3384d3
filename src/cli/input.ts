import {createReadStream} from 'node:fs'
import {resolve} from 'node:path'
import {addAbortSignal, type Readable} from 'node:stream'
import {Problem} from '../domain/problem.js'
import type {Io} from './io.js'

/**
 * What a file holds, or with `-` what comes on stdin. Reading stops at the limit: whatever is poured in, no more than
 * that is kept.
 * @param limit bytes; more of them are a Problem
 * @throws Problem `usage` for a file that cannot be read or is too large
 */
export async function readInput(file: string, limit: number, io: Io, signal: AbortSignal): Promise<Buffer> {
  const name = inputName(file)
  const source: Readable = file === '-' ? io.stdin : createReadStream(resolve(io.cwd, file))
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of addAbortSignal(signal, source)) {
      size += (chunk as Buffer).length
      if (size > limit) break
      chunks.push(chunk as Buffer)
    }
  } catch (error) {
    if (signal.aborted) throw signal.reason
    throw new Problem('usage', `Cannot read ${name}: ${reasonOf(error as NodeJS.ErrnoException)}.`)
  }
  if (size > limit) throw new Problem('usage', `${name} is too large: ${sizeOf(limit)} are read at most.`)
  return Buffer.concat(chunks)
}

/** How to speak of a file argument. */
export const inputName = (file: string) => (file === '-' ? 'stdin' : file)

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'permission denied',
}

const reasonOf = ({code, message}: NodeJS.ErrnoException) => REASONS[code ?? ''] ?? message

function sizeOf(bytes: number): string {
  return bytes >= 1024 * 1024 ? `${Math.floor(bytes / 1024 / 1024)} MB` : `${bytes} bytes`
}
