import {link, open, rename, rm, stat} from 'node:fs/promises'
import {resolve} from 'node:path'
import {Problem} from '../domain/problem.js'

// Files that are there whole, whenever the program or the machine ends.

/**
 * Writes a file in the place of one that may be there, for its owner alone to read. The folder has to be there.
 * @param text may come piece by piece
 */
export async function replaceFile(file: string, text: string | AsyncIterable<string>): Promise<void> {
  // The same name each time: killed in the middle, it leaves one file at most, which the next run writes over.
  const draft = `${file}.new`
  try {
    await writeDraft(draft, text)
    await rename(draft, file)
  } catch (error) {
    await rm(draft, {force: true})
    throw error
  }
}

/**
 * The same for a file that somebody named: what is there and no file, such as a device, is left alone.
 * @throws Problem usage where it is none; failed where it cannot be written
 */
export async function writeNamed(name: string, cwd: string, text: string | AsyncIterable<string>): Promise<void> {
  const file = resolve(cwd, name)
  const found = await stat(file).catch(() => undefined)
  if (found && !found.isFile()) throw new Problem('usage', `${name} is no file.`, 'Without the flag it goes to stdout.')
  await replaceFile(file, text).catch((error: NodeJS.ErrnoException) => {
    if (error.syscall === undefined) throw error
    throw new Problem('failed', `Cannot write ${name}: ${REASONS[error.code ?? ''] ?? error.message}.`)
  })
}

/** Why the system refuses to write a file. */
export const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such folder',
  ENOTDIR: 'there is no such folder',
  EACCES: 'permission denied',
  EROFS: 'nothing can be written there',
  ENOSPC: 'no space is left there',
}

/** Makes a file. @throws EEXIST when there is one */
export async function createFile(file: string, text: string): Promise<void> {
  const draft = `${file}.${process.pid}.tmp`
  try {
    await writeDraft(draft, text)
    await link(draft, file)
  } finally {
    await rm(draft, {force: true})
  }
}

async function writeDraft(draft: string, text: string | AsyncIterable<string>): Promise<void> {
  const handle = await open(draft, 'w', 0o600)
  try {
    for await (const part of typeof text === 'string' ? [text] : text) await handle.appendFile(part)
    await handle.sync()
  } finally {
    await handle.close()
  }
}
