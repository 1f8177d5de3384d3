/** A record of a CSV file. */
export interface CsvRecord {
  /** The line on which it begins, from 1: a quoted cell may have line breaks. */
  line: number
  cells: string[]
  /** What is wrong with how it is written. It says nothing of what the cells hold. */
  fault?: string
}

/**
 * The records of a CSV file, as in RFC 4180: commas between cells; a cell in double quotes may hold commas, line breaks and,
 * doubled, the quote itself. White space around a cell counts only inside quotes. A record without anything in it, such as
 * a blank line, is none. Whatever the text is, every other record comes out, with its fault where it has one.
 * @param mayBeInSingleQuotes says of a column, from 0, whether its cells may be in single quotes instead: elsewhere an
 * apostrophe at the beginning is text
 */
export function* readCsv(text: string, mayBeInSingleQuotes: (column: number) => boolean): Generator<CsvRecord> {
  let line = 1
  let at = 0
  while (at < text.length) {
    const start = at
    const record: CsvRecord = {line, cells: []}
    let isOver = false
    while (!isOver) {
      const cell = readCell(text, at, mayBeInSingleQuotes(record.cells.length))
      if (cell.fault) record.fault ??= `Cell ${record.cells.length + 1}: ${cell.fault}`
      record.cells.push(cell.value)
      isOver = text[cell.end] !== ','
      at = cell.end + (isOver ? lineBreakAt(text, cell.end) : 1)
    }
    line += countLineBreaks(text.slice(start, at))
    if (record.fault || record.cells.some(cell => cell !== '')) yield record
  }
}

interface Cell {
  value: string
  /** Where the comma or the line break after it is, or the end of the text. */
  end: number
  fault?: string
}

function readCell(text: string, from: number, mayBeInSingleQuotes: boolean): Cell {
  const start = afterBlanks(text, from)
  const quote = text[start]
  if (quote !== '"' && !(quote === "'" && mayBeInSingleQuotes)) {
    const end = plainEnd(text, start)
    return {value: text.slice(start, end).replace(/[ \t]+$/, ''), end}
  }
  const close = closingQuote(text, start, quote)
  if (close < 0) {
    const fault = 'its quote is never closed, so that all to the end of the file belongs to it.'
    return {value: text.slice(start + 1), end: text.length, fault}
  }
  const value = text.slice(start + 1, close).replaceAll(quote + quote, quote)
  const after = afterBlanks(text, close + 1)
  const end = plainEnd(text, after)
  return after === end ? {value, end} : {value, end, fault: 'there is text after its closing quote.'}
}

function closingQuote(text: string, open: number, quote: string): number {
  let close = text.indexOf(quote, open + 1)
  while (close >= 0 && text[close + 1] === quote) close = text.indexOf(quote, close + 2)
  return close
}

function afterBlanks(text: string, from: number): number {
  let at = from
  while (text[at] === ' ' || text[at] === '\t') at++
  return at
}

/** Where text without quotes ends. */
function plainEnd(text: string, from: number): number {
  let at = from
  while (at < text.length && text[at] !== ',' && text[at] !== '\r' && text[at] !== '\n') at++
  return at
}

/** The length of the line break at a place. */
function lineBreakAt(text: string, at: number): number {
  if (text[at] === '\r') return text[at + 1] === '\n' ? 2 : 1
  return text[at] === '\n' ? 1 : 0
}

/** How many line breaks of any kind a text has. */
export function countLineBreaks(text: string): number {
  return text.match(/\r\n|\r|\n/g)?.length ?? 0
}

/** What a reader might take for something else: it goes into quotes. Single quotes count as such for the service. */
const NEEDS_QUOTES = /[,"\r\n]|^[\s']|\s$/

/** One record, with its line break. */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map(cell => (NEEDS_QUOTES.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')}\n`
}
