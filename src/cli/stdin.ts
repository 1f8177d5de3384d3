import {Problem} from '../domain/problem.js'
import type {Io} from './io.js'

/**
 * What somebody pipes in, as text. Reading stops as soon as there is more than the limit.
 * @param limit bytes
 * @throws Problem usage for more than that
 */
async function readStdin(stdin: Io['stdin'], limit: number): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of stdin) {
    const bytes = Buffer.from(chunk)
    size += bytes.length
    if (size > limit) throw new Problem('usage', `There is too much on stdin: more than ${limit} bytes.`)
    chunks.push(bytes)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** One secret value, without the line break that most programs put after it. @throws Problem usage */
export async function readKeyValue(stdin: Io['stdin']): Promise<string> {
  return (await readStdin(stdin, 1024)).replace(/\r?\n$/, '')
}
