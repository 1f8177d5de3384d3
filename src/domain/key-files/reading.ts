import {type CsvRecord, countLineBreaks, readCsv} from './csv.js'
import {AWS_CLI_LIST, type JsonRecord, readJson, readNdjson} from './json.js'
import {isToldElsewhere, type KeyLine, keyLineFrom, type LineProblem, memberOf} from './lines.js'

export const KEY_FILE_FORMATS = ['csv', 'json', 'ndjson'] as const
export type KeyFileFormat = (typeof KEY_FILE_FORMATS)[number]

/** What a key file says. Each record is among the lines, or has a problem, or both. */
export interface KeyFile {
  lines: KeyLine[]
  problems: LineProblem[]
  /** Columns or members that say nothing about a key. */
  ignored: string[]
}

/** Bytes of a key file: twenty times what ten thousand keys, as many as an account may have, usually take. */
export const LARGEST_KEY_FILE = 64 * 1024 * 1024

/** Reads a key file, from beginning to end whatever is wrong with it. @param format found out where it is not given */
export function readKeyFile(bytes: Uint8Array, format?: KeyFileFormat): KeyFile {
  const file: KeyFile = {lines: [], problems: [], ignored: []}
  const text = decoded(bytes)
  if (text === undefined) {
    const problem = isUtf16(bytes) ? 'The file is UTF-16. Save it as UTF-8.' : 'The line is not UTF-8.'
    file.problems.push(...linesNotUtf8(bytes).map(line => ({line, problem})))
    return file
  }
  const kind = format ?? formatOf(text)
  if (kind === 'csv') readCsvKeys(text, file)
  else readJsonKeys(kind === 'json' ? readJson(text) : readNdjson(text), file)
  return file
}

/** Without the mark that spreadsheets put at the beginning; undefined where it is not UTF-8. */
function decoded(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', {fatal: true}).decode(bytes)
  } catch {
    return undefined
  }
}

const isUtf16 = ([first, second]: Uint8Array) =>
  (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)

function linesNotUtf8(bytes: Uint8Array): number[] {
  if (isUtf16(bytes)) return [1]
  const lines: number[] = []
  let line = 1
  for (let start = 0; start < bytes.length; ) {
    const next = bytes.indexOf(0x0a, start)
    const end = next < 0 ? bytes.length : next + 1
    // A carriage return alone ends a line, too.
    const text = decoded(bytes.subarray(start, end))
    if (text === undefined) lines.push(line)
    line += countLineBreaks(text ?? new TextDecoder().decode(bytes.subarray(start, end)))
    start = end
  }
  return lines
}

/** No CSV file of keys begins like JSON: its first line has the names of columns. */
function formatOf(text: string): KeyFileFormat {
  const first = /\S/.exec(text)?.[0]
  if (first === '[' || AWS_CLI_LIST.test(text)) return 'json'
  return first === '{' ? 'ndjson' : 'csv'
}

function readCsvKeys(text: string, file: KeyFile): void {
  let titles: string[] | undefined
  const plans = (column: number) => titles !== undefined && memberOf(titles[column] ?? '') === 'plans'
  for (const record of readCsv(text, plans)) {
    if (titles) readCsvKey(record, titles, file)
    else {
      titles = record.cells
      const problems = problemsOfHeader(record)
      file.problems.push(...problems.map(problem => ({line: record.line, problem})))
      if (problems.length > 0) return
      note(file, titles)
    }
  }
  if (!titles) file.problems.push({line: 1, problem: 'The file is empty: its first line has the names of the columns.'})
}

const COMMAS = 'The first line has to name the columns, with commas between them.'

/** Excel writes these wherever a comma is the decimal sign. */
const SEMICOLONS =
  'There are semicolons between the columns, as spreadsheets write them in some languages: it takes commas.'

/** The service wants Name and Key; without Key each key gets a new value here. */
function problemsOfHeader({cells, fault}: CsvRecord): string[] {
  if (fault) return [fault]
  const members = cells.map(memberOf)
  const problems = cells
    .filter((_, i) => members[i] !== undefined && members.indexOf(members[i]) < i)
    .map(title => `The column "${title}" says what another one says.`)
  if (!members.includes('name')) {
    // They are not quoted: in a file without a header they are those of a key, value and all.
    const between = /^[^;]*\bname\b[^;]*;|;\s*"?name\b/i.test(cells.join(',')) ? SEMICOLONS : COMMAS
    problems.push(`There is no column Name. ${between}`)
  }
  return problems
}

function readCsvKey({line, cells, fault}: CsvRecord, titles: readonly string[], file: KeyFile): void {
  if (fault === undefined && cells.length === titles.length) {
    const members = titles.map((title, i) => [title, cells[i]] as const)
    take(file, line, members)
    return
  }
  // Without its name: in the cell of that may be anything, a value too.
  const problem =
    fault ??
    `It has ${cells.length} cells, the header has ${titles.length}. A cell with a comma goes into double quotes.`
  file.problems.push({line, problem})
}

function readJsonKeys(records: Iterable<JsonRecord>, file: KeyFile): void {
  for (const {line, value, fault} of records) {
    if (fault === undefined && typeof value === 'object' && value !== null && !Array.isArray(value)) {
      take(file, line, Object.entries(value))
      note(file, Object.keys(value))
    } else file.problems.push({line, problem: fault ?? 'This is no JSON object.'})
  }
}

function take(file: KeyFile, line: number, raw: readonly (readonly [string, unknown])[]): void {
  const {keyLine, problems} = keyLineFrom(line, raw)
  file.lines.push(keyLine)
  // Where something is wrong the columns may have been mixed up: what stands for the name is told only beside a value.
  const name = keyLine.value ? keyLine.name : undefined
  file.problems.push(...problems.map(problem => ({line, name, problem})))
}

function note(file: KeyFile, titles: readonly string[]): void {
  for (const title of titles) {
    if (memberOf(title) === undefined && !isToldElsewhere(title) && !file.ignored.includes(title))
      file.ignored.push(title)
  }
}
