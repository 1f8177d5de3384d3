import {appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, statSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {describe, expect, onTestFinished, test} from 'vitest'
import {FileJournal, type JournalSubject} from '../../src/cli/journal.js'

const SUBJECT: JournalSubject = {
  command: 'keys attach',
  flags: {plan: 'gold'},
  account: '123456789012',
  region: 'us-east-1',
}

const newFile = () => join(mkdtempSync(join(tmpdir(), 'apigw-journal-')), 'journal')

/** Opens a journal for the length of a test. */
async function opened(file: string, subject = SUBJECT): Promise<FileJournal> {
  const journal = await FileJournal.open(file, subject)
  onTestFinished(() => journal.close().catch(() => {}))
  return journal
}

/** What a later run finds of some ids. */
async function found(file: string, ...ids: string[]): Promise<(string | undefined)[]> {
  const journal = await FileJournal.open(file, SUBJECT)
  await journal.close()
  return ids.map(id => journal.entry(id))
}

const linesOf = (file: string) => readFileSync(file, 'utf8').split('\n').slice(0, -1)

describe('what is noted', () => {
  test('is there for the next run', async () => {
    const file = newFile()
    const journal = await opened(file)
    await journal.note('a1b2c3d4e5', 'one')
    await journal.note('name with "quotes"\nand lines')
    await journal.close()
    expect(await found(file, 'a1b2c3d4e5', 'name with "quotes"\nand lines', 'other')).toEqual(['one', '', undefined])
  })

  test('is in the file when it counts as done, a line each, also of many at once', async () => {
    const file = newFile()
    const journal = await opened(file)
    const ids = Array.from({length: 200}, (_, i) => `key ${i}`)
    await Promise.all(
      ids.map(async id => {
        const noted = journal.note(id)
        expect(journal.entry(id)).toBeUndefined()
        await noted
        expect(readFileSync(file, 'utf8')).toContain(`{"did":"${id}"}\n`)
        expect(journal.entry(id)).toBe('')
      }),
    )
    expect(linesOf(file)).toHaveLength(201)
  })

  test("is nobody else's to read", async () => {
    const file = newFile()
    await opened(file)
    expect(statSync(file).mode & 0o077).toBe(0)
  })

  test('is not counted when it could not be written', async () => {
    const journal = await opened('/dev/shm/none/journal').catch(error => error)
    expect(journal).toMatchObject({kind: 'failed', message: 'Cannot write the journal /dev/shm/none/journal: ENOENT'})
  })
})

describe('after a crash', () => {
  test('a line that is cut off anywhere was not noted, and the journal goes on', async () => {
    const whole = newFile()
    const journal = await opened(whole)
    await journal.note('first')
    const before = statSync(whole).size
    await journal.note('größer', 'é')
    await journal.close()
    const content = readFileSync(whole)
    for (let size = before; size < content.length; size++) {
      const file = newFile()
      writeFileSync(file, content.subarray(0, size))
      expect(await found(file, 'first', 'größer'), `cut at ${size}`).toEqual(['', undefined])
      const again = await opened(file)
      await again.note('next')
      await again.close()
      expect(await found(file, 'first', 'größer', 'next'), `cut at ${size}`).toEqual(['', undefined, ''])
    }
  })

  test('an empty file is a new journal, such as mktemp makes', async () => {
    const file = newFile()
    writeFileSync(file, '')
    await (await opened(file)).note('a')
    expect(linesOf(file)).toHaveLength(2)
  })

  test('a folder where the lock belongs is a failure with a reason', async () => {
    const file = newFile()
    mkdirSync(`${file}.lock`)
    await expect(opened(file)).rejects.toMatchObject({kind: 'failed', message: expect.stringContaining(file)})
  })

  test('the lock of a run that was killed is taken over', async () => {
    const file = newFile()
    // Larger than any process id: pid_max is at most 2^22.
    writeFileSync(`${file}.lock`, '99999999\n')
    const journal = await opened(file)
    expect(readFileSync(`${file}.lock`, 'utf8')).toBe(`${process.pid}\n`)
    await journal.close()
    expect(existsSync(`${file}.lock`)).toBe(false)
  })
})

describe('what is refused', () => {
  test('a journal of another command, other flags or another place, naming both', async () => {
    const file = newFile()
    await (await opened(file)).close()
    const others: Partial<JournalSubject>[] = [
      {command: 'keys detach'},
      {flags: {plan: 'silver'}},
      {region: 'eu-west-1'},
      {account: '210987654321'},
      {endpoint: 'http://127.0.0.1:4599'},
    ]
    for (const other of others) {
      await expect(FileJournal.open(file, {...SUBJECT, ...other})).rejects.toMatchObject({kind: 'usage'})
      await expect(FileJournal.open(file, {...SUBJECT, ...other}, {isDry: true})).rejects.toMatchObject({kind: 'usage'})
    }
    await expect(FileJournal.open(file, {...SUBJECT, command: 'keys delete', flags: {}})).rejects.toThrow(
      [
        `The journal ${file} is for something else:`,
        '  it is for "keys attach --plan gold" in us-east-1, account 123456789012',
        '  this is    "keys delete" in us-east-1, account 123456789012',
      ].join('\n'),
    )
    expect(existsSync(`${file}.lock`)).toBe(false)
  })

  test('any other file, which stays as it is', async () => {
    for (const content of ['a1b2c3d4e5', 'a1b2c3d4e5\nf6g7h8i9j0\n', '{"did":"x"}\n', '{"journal"', '\n', '\0\0\0']) {
      const file = newFile()
      writeFileSync(file, content)
      await expect(FileJournal.open(file, SUBJECT), content).rejects.toMatchObject({
        kind: 'usage',
        message: `${file} is no journal of this program.`,
      })
      expect(readFileSync(file, 'utf8')).toBe(content)
    }
    await expect(FileJournal.open(tmpdir(), SUBJECT)).rejects.toMatchObject({
      message: `The journal ${tmpdir()} is no file.`,
    })
  })

  test('a damaged journal, naming the line', async () => {
    for (const damage of ['garbage', '{"did":5}', '{"entry":"x"}', '', '[]', 'null', '\0\0']) {
      const file = newFile()
      const journal = await opened(file)
      await journal.note('a')
      await journal.close()
      appendFileSync(file, `${damage}\n{"did":"b"}\n`)
      await expect(FileJournal.open(file, SUBJECT), damage).rejects.toMatchObject({
        kind: 'failed',
        message: `The journal ${file} is damaged: line 3 is not one of its own.`,
      })
    }
  })

  test('two runs at once', async () => {
    const file = newFile()
    await (await opened(file)).close()
    writeFileSync(`${file}.lock`, `${process.ppid}\n`)
    await expect(FileJournal.open(file, SUBJECT)).rejects.toMatchObject({
      kind: 'conflict',
      message: `The journal ${file} is in use by another run (process ${process.ppid}).`,
    })
    expect(existsSync(`${file}.lock`)).toBe(true)
  })
})

test('a dry run reads the journal, makes none, and waits for nobody', async () => {
  const file = newFile()
  const none = await FileJournal.open(file, SUBJECT, {isDry: true})
  expect(none.entry('a')).toBeUndefined()
  await none.close()
  expect(existsSync(file)).toBe(false)
  const journal = await opened(file)
  await journal.note('a')
  expect((await FileJournal.open(file, SUBJECT, {isDry: true})).entry('a')).toBe('')
})
