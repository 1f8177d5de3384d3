import {createHash} from 'node:crypto'
import {mkdir, readdir, readFile, rm} from 'node:fs/promises'
import {homedir} from 'node:os'
import {join} from 'node:path'
import {alreadyLent, type Loan, type LoanStore} from '../domain/logs/loan.js'
import {Problem} from '../domain/problem.js'
import {createFile} from './durable.js'

/**
 * The notes of what stages log for a while only: one file each, in `$XDG_STATE_HOME/apigw/logs` or, without that,
 * `~/.local/state/apigw/logs`.
 */
export function loanNotes(env: NodeJS.ProcessEnv): LoanStore {
  const folder = join(env.XDG_STATE_HOME || join(env.HOME || homedir(), '.local', 'state'), 'apigw', 'logs')
  const fileOf = (loan: Loan) => join(folder, `${nameOf(loan)}.json`)
  return {
    async list() {
      const names = await readdir(folder).catch(error => {
        if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return []
        throw new Problem('failed', `Cannot read ${folder}: ${error.code}`)
      })
      const files = names.filter(name => name.endsWith('.json')).sort()
      const notes = await Promise.all(files.map(name => readNote(join(folder, name))))
      return notes.filter(note => note !== undefined)
    },

    async add(loan) {
      try {
        await mkdir(folder, {recursive: true, mode: 0o700})
        await createFile(fileOf(loan), JSON.stringify({version: 1, ...loan}, undefined, 2))
      } catch (error) {
        const {code} = error as NodeJS.ErrnoException
        if (code === 'EEXIST') throw alreadyLent((await readNote(fileOf(loan))) ?? loan)
        const text = `Nothing was changed, because how to undo it cannot be noted in ${folder}: ${code}`
        throw new Problem('failed', text, 'Name a folder for it that can be written to in XDG_STATE_HOME.')
      }
    },

    async remove(loan) {
      await rm(fileOf(loan), {force: true})
    },
  }
}

/** One name for each stage of each place, whatever characters they have. */
function nameOf({region, endpointUrl = '', apiId, stage}: Loan): string {
  const digest = createHash('sha256').update(JSON.stringify([region, endpointUrl, apiId, stage]))
  return `${apiId}-${digest.digest('hex').slice(0, 16)}`
}

/** @returns undefined for a note that was struck out meanwhile. @throws Problem for a file that is none */
async function readNote(file: string): Promise<Loan | undefined> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    const {code} = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return undefined
    throw new Problem('failed', `Cannot read ${file}: ${code}`)
  }
  try {
    const {version, until, ...loan} = JSON.parse(text) as Loan & {version: number; until: string}
    if (version === 1 && Array.isArray(loan.settings)) return {...loan, until: new Date(until)}
  } catch {
    // Told below.
  }
  throw new Problem('failed', `${file} is not a note of this program.`, 'If you know what is in it, delete it.')
}
