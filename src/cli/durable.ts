import {link, open, rename, rm} from 'node:fs/promises'

// Files that are there whole, whenever the program or the machine ends.

/** Writes a file in the place of one that may be there. The folder has to be there. */
export async function replaceFile(file: string, text: string): Promise<void> {
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

async function writeDraft(draft: string, text: string): Promise<void> {
  const handle = await open(draft, 'w', 0o600)
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
}
