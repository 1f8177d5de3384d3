import {constants} from 'node:fs'
import {type FileHandle, open, readFile, rm, stat} from 'node:fs/promises'
import * as Flags from '@oclif/core/flags'
import type {Journal} from '../domain/journal.js'
import {Problem} from '../domain/problem.js'
import {createFile, replaceFile} from './durable.js'

/** For commands that may stop half-way through very many things. */
export const journalFlag = {
  journal: Flags.string({
    description: 'note in this file what is done; run again with it, nothing is done twice',
    helpValue: 'FILE',
  }),
}

/** What a journal is for. One of another command, or of another place, is not gone on with. */
export interface JournalSubject {
  /** Such as "keys delete". */
  command: string
  /** Those that say what is done. */
  flags: Readonly<Record<string, unknown>>
  account?: string | undefined
  region: string
  endpoint?: string | undefined
}

/** The first line of the file. */
interface Header extends JournalSubject {
  journal: 'apigw'
  version: 1
}

/** Every other line of it. */
interface Line {
  did: string
  entry?: string
}

/**
 * A journal in a file: a first line that says what it is for, then one JSON object a line for each thing that is done. It
 * is only ever added to, and nothing counts as done before its line is on the disk.
 */
export class FileJournal implements Journal {
  #unwritten = ''
  #written: Promise<void> = Promise.resolve()

  private constructor(
    private readonly file: string,
    private readonly entries: Map<string, string>,
    private readonly handle: FileHandle | undefined,
  ) {}

  /**
   * Opens a journal, or begins one where the file is empty or not there. Nobody else can until it is closed.
   * @param isDry only reads: notes are refused, and no file is made
   * @throws Problem usage where the file is for something else; failed where it is damaged; conflict where a run has it
   */
  static async open(file: string, subject: JournalSubject, {isDry = false} = {}): Promise<FileJournal> {
    if (isDry) return new FileJournal(file, entriesOf(file, await contentOf(file), subject).entries, undefined)
    await lock(file)
    try {
      const content = await contentOf(file)
      if (content.length === 0) await replaceFile(file, headerOf(subject)).catch(cannot('write', file))
      const {entries, whole} = entriesOf(file, content, subject)
      const handle = await open(file, constants.O_WRONLY | constants.O_APPEND).catch(cannot('write', file))
      // What was cut off in the middle of a line is no line: the next one would be glued to it.
      if (content.length > whole) await handle.truncate(whole)
      return new FileJournal(file, entries, handle)
    } catch (error) {
      await unlock(file)
      throw error
    }
  }

  entry(id: string): string | undefined {
    return this.entries.get(id)
  }

  async note(id: string, entry = ''): Promise<void> {
    const line: Line = {did: id, ...(entry === '' ? {} : {entry})}
    this.#unwritten += `${JSON.stringify(line)}\n`
    this.#written = this.#written.then(() => this.#write())
    await this.#written
    this.entries.set(id, entry)
  }

  /** Those that wait at the same time are written together. */
  async #write(): Promise<void> {
    const text = this.#unwritten
    if (text === '') return
    this.#unwritten = ''
    if (!this.handle) throw new Error('A journal that is only read takes no notes.')
    try {
      await this.handle.appendFile(text)
      await this.handle.datasync()
    } catch (error) {
      cannot('write', this.file)(error as NodeJS.ErrnoException)
    }
  }

  async close(): Promise<void> {
    if (!this.handle) return
    await this.handle.close()
    await unlock(this.file)
  }
}

const headerOf = (subject: JournalSubject) => `${JSON.stringify({journal: 'apigw', version: 1, ...subject})}\n`

/** Empty where there is no file. */
async function contentOf(file: string): Promise<Buffer> {
  const found = await stat(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') cannot('read', file)(error)
  })
  if (!found) return Buffer.alloc(0)
  // A pipe or a device would be waited for.
  if (!found.isFile()) throw new Problem('usage', `The journal ${file} is no file.`)
  return readFile(file).catch(cannot('read', file))
}

/**
 * What a journal holds.
 * @returns the bytes that its whole lines take, too
 */
function entriesOf(file: string, content: Buffer, subject: JournalSubject) {
  const whole = content.lastIndexOf('\n') + 1
  const [first, ...lines] = content.toString('utf8', 0, whole).split('\n').slice(0, -1)
  const entries = new Map<string, string>()
  if (content.length > 0) checkHeader(file, first, subject)
  for (const [i, text] of lines.entries()) {
    const line = parsed<Line>(text)
    if (typeof line?.did !== 'string' || typeof (line.entry ?? '') !== 'string') {
      const hint = 'If you know what was there, mend the line; else begin another journal.'
      throw new Problem('failed', `The journal ${file} is damaged: line ${i + 2} is not one of its own.`, hint)
    }
    entries.set(line.did, line.entry ?? '')
  }
  return {entries, whole}
}

/** @throws Problem usage where the file is no journal, or one of something else */
function checkHeader(file: string, line: string | undefined, subject: JournalSubject): void {
  const header = parsed<Header>(line ?? '')
  if (header?.journal !== 'apigw') throw new Problem('usage', `${file} is no journal of this program.`, ANOTHER)
  const {journal, version, ...rest} = header
  const begun = {command: '?', region: '?', flags: {}, ...rest}
  if (version !== 1) throw new Problem('usage', `The journal ${file} is of a newer version of this program.`, ANOTHER)
  if (canonical(begun) === canonical(subject)) return
  const text = `The journal ${file} is for something else:\n  it is for ${told(begun)}\n  this is    ${told(subject)}`
  throw new Problem('usage', text, ANOTHER)
}

const ANOTHER = 'Name another file with --journal; one that is not there is made.'

function parsed<T>(text: string): Partial<T> | undefined {
  try {
    const value = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}

/** The same text for the same content, in whatever order. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part) =>
    part && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
}

/** `"keys attach" with --plan gold in us-east-1, account 123456789012` */
function told({command, flags, account, region, endpoint}: JournalSubject): string {
  const words = Object.entries(flags).map(([name, value]) =>
    value === true ? `--${name}` : `--${name} ${plain(value)}`,
  )
  return [
    `"${[command, ...words].join(' ')}" in ${region}`,
    ...(account ? [`account ${account}`] : []),
    ...(endpoint ? [`at ${endpoint}`] : []),
  ].join(', ')
}

const plain = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))

const lockOf = (file: string) => `${file}.lock`

/**
 * One run at a time: the file beside the journal says by which process it is in use. One that a killed run has left is
 * taken over. Should that ever go wrong, the journal is still whole: lines are only added to it, each at once.
 * @throws Problem conflict
 */
async function lock(file: string): Promise<void> {
  const path = lockOf(file)
  for (;;) {
    try {
      return await createFile(path, `${process.pid}\n`)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') cannot('write', file)(error as NodeJS.ErrnoException)
    }
    const owner = Number(await readFile(path, 'utf8').catch(() => ''))
    if (isAlive(owner)) {
      const hint = `Wait until it ends. If process ${owner} is another program, delete ${path}`
      throw new Problem('conflict', `The journal ${file} is in use by another run (process ${owner}).`, hint)
    }
    await rm(path, {force: true}).catch(cannot('write', file))
  }
}

const unlock = (file: string) => rm(lockOf(file), {force: true})

/** Whether another process of that number is there; after a restart of a container it may be our own. */
function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

const cannot =
  (what: 'read' | 'write', file: string) =>
  (error: NodeJS.ErrnoException): never => {
    throw new Problem('failed', `Cannot ${what} the journal ${file}: ${error.code ?? error.message}`)
  }
