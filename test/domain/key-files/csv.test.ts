import {parse} from 'csv-parse/sync'
import fc from 'fast-check'
import {expect, test} from 'vitest'
import {csvLine, readCsv} from '../../../src/domain/key-files/csv.js'

const NEVER = () => false

/** Pieces of which broken files consist. */
const SHARDS = ['"', '""', "'", ',', '\n', '\r\n', '\r', ' ', '\t', 'a', 'é', '😀', '\\', '\u0000']
const shards = fc.array(fc.constantFrom(...SHARDS), {maxLength: 60}).map(parts => parts.join(''))

const cell = fc.oneof(fc.string({unit: 'binary', maxLength: 8}), shards)

test('cells in quotes hold commas, line breaks and quotes; the line of a record is the one on which it begins', () => {
  const text = 'Name,Description\r\nmobile,"for ""the"" app,\r\nmainly"\n\n  tablet ,\t" x "\n'
  expect([...readCsv(text, NEVER)]).toEqual([
    {line: 1, cells: ['Name', 'Description']},
    {line: 2, cells: ['mobile', 'for "the" app,\r\nmainly']},
    {line: 5, cells: ['tablet', ' x ']},
  ])
})

test('single quotes hold a list only in the column that may have them: elsewhere they are apostrophes', () => {
  const text = "'twas,'c7y23b,glvrsr'\n'a,'it''s'\n"
  expect([...readCsv(text, column => column === 1)]).toEqual([
    {line: 1, cells: ["'twas", 'c7y23b,glvrsr']},
    {line: 2, cells: ["'a", "it's"]},
  ])
})

test('a record that is badly written comes out with its fault, and those after it as they are', () => {
  expect([...readCsv('a,"b"c\nd,e\n"f,g\nh', NEVER)]).toEqual([
    {line: 1, cells: ['a', 'b'], fault: 'Cell 2: there is text after its closing quote.'},
    {line: 2, cells: ['d', 'e']},
    {
      line: 3,
      cells: ['f,g\nh'],
      fault: 'Cell 1: its quote is never closed, so that all to the end of the file belongs to it.',
    },
  ])
})

test('whatever the cells hold, they are read as they were written', () => {
  fc.assert(
    fc.property(fc.array(fc.array(cell, {minLength: 1, maxLength: 4}), {maxLength: 6}), records => {
      const written = records.map(csvLine).join('')
      const wanted = records.filter(cells => cells.some(text => text !== ''))
      expect([...readCsv(written, NEVER)].map(({cells, fault}) => ({cells, fault}))).toEqual(
        wanted.map(cells => ({cells, fault: undefined})),
      )
    }),
  )
})

test('what another reader takes for well-formed, too, is read as that one reads it', () => {
  fc.assert(
    fc.property(shards, text => {
      let theirs: string[][]
      try {
        const options = {relax_column_count: true, trim: true, record_delimiter: ['\r\n', '\n', '\r']}
        theirs = parse(text.replaceAll('\u0000', ''), options) as string[][]
      } catch {
        return
      }
      const ours = [...readCsv(text.replaceAll('\u0000', ''), NEVER)]
      // Theirs takes `"" ""` for a cell.
      if (ours.some(({fault}) => fault)) return
      // Theirs takes white space that is no space or tab for space, too.
      const plain = (records: string[][]) =>
        records.map(cells => cells.map(each => each.trim())).filter(cells => cells.some(Boolean))
      expect(plain(ours.map(({cells}) => cells))).toEqual(plain(theirs))
    }),
    {numRuns: 500},
  )
})

test('whatever is poured in comes out again: no character is lost, and every line number is right', () => {
  fc.assert(
    fc.property(fc.oneof(shards, fc.string({unit: 'binary'})), text => {
      const records = [...readCsv(text, NEVER)]
      const lines = text.split(/\r\n|\r|\n/)
      // By an independent count: what is neither blank, comma nor quote, less what stands after a closing quote.
      const letters = (some: string) => some.replace(/[\s,"]/g, '').length
      const isWhole = records.every(({fault}) => !fault?.includes('after its closing quote'))
      const out = letters(records.flatMap(({cells}) => cells).join(''))
      if (isWhole) expect(out).toBe(letters(text))
      for (const {line, cells} of records) {
        const begin = cells.find(each => each.trim() !== '')?.trim()[0] ?? ''
        expect(lines.slice(line - 1).join('\n')).toContain(begin === '\n' || begin === '\r' ? '' : begin)
      }
      expect(records.map(({line}) => line)).toEqual([...new Set(records.map(({line}) => line))].sort((a, b) => a - b))
    }),
    {numRuns: 500},
  )
})

test('a file of a megabyte in one cell is no trouble', () => {
  const long = 'x"'.repeat(500_000)
  expect([...readCsv(csvLine(['a', long]), NEVER)]).toEqual([{line: 1, cells: ['a', long]}])
})
