import {link, open, rename, rm} from 'node:fs/promises'

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
