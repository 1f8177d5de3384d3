import {stat} from 'node:fs/promises'
import {dirname, join, relative, resolve} from 'node:path'
import {Problem} from '../domain/problem.js'
import {createFile, REASONS} from './durable.js'

/** Where a backup goes. */
export interface BackupPlace {
  /** What `--backup` said: a file, or a folder. */
  backup?: string | undefined
  /** The file that is imported, beside which it goes otherwise; `-` for stdin. */
  file: string
  cwd: string
  api: {id: string; name: string}
  now: Date
}

/**
 * Writes a backup to a file of its own: never in the place of one that is there.
 * @returns its path, as it can be typed where the command was
 * @throws Problem where it cannot be written
 */
export async function writeBackup(text: string, place: BackupPlace): Promise<string> {
  const {backup: to, file: beside, cwd} = place
  const isFolder = to !== undefined && (/[\\/]$/.test(to) || (await isThereAsFolder(resolve(cwd, to))))
  if (to !== undefined && !isFolder) return written(text, resolve(cwd, to), cwd)
  const folder = to !== undefined ? resolve(cwd, to) : beside === '-' ? cwd : dirname(resolve(cwd, beside))
  const name = nameOf(place)
  for (let copy = 1; ; copy++) {
    const file = join(folder, copy === 1 ? `${name}.json` : `${name}-${copy}.json`)
    try {
      return await written(text, file, cwd)
    } catch (error) {
      if (!(error instanceof Problem) || error.kind !== 'conflict') throw error
    }
  }
}

/** `petstore-a1b2c3d4e5-20260102T030405Z.backup` */
function nameOf({api, now}: BackupPlace): string {
  const name = api.name.replace(/[^\p{L}\p{N}._-]+/gu, '_').slice(0, 64)
  return `${name}-${api.id}-${now.toISOString().replace(/[-:]|\.\d+/g, '')}.backup`
}

async function isThereAsFolder(path: string): Promise<boolean> {
  return stat(path).then(
    found => found.isDirectory(),
    () => false,
  )
}

async function written(text: string, file: string, cwd: string): Promise<string> {
  const path = relative(cwd, file)
  const shown = path.startsWith('..') ? file : path
  try {
    await createFile(file, text)
  } catch (error) {
    const {code = '', message} = error as NodeJS.ErrnoException
    const isTaken = code === 'EEXIST'
    const reason = isTaken ? 'a file of that name is there' : (REASONS[code] ?? message)
    const hint = 'Nothing was changed. Elsewhere: --backup FILE. Without a way back: --no-backup'
    throw new Problem(isTaken ? 'conflict' : 'failed', `The backup cannot be written to ${shown}: ${reason}.`, hint)
  }
  return shown
}
