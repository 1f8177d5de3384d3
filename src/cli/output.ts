import {markdownRecord, markdownTable} from '../views/markdown.js'
import {paintFor} from '../views/paint.js'
import {plainCells, record, table, tsvLine} from '../views/table.js'
import type {Report, View} from '../views/view.js'

export const FORMATS = ['table', 'json', 'ndjson', 'yaml', 'csv', 'tsv', 'id', 'markdown'] as const
export type Format = (typeof FORMATS)[number]

export interface OutputOptions {
  format: Format
  /** JMESPath, applied once to the whole result. */
  query?: string | undefined
  color: boolean
  width: number
  now: Date
}

/** Whether rows and nothing else are written, so that each can be when it comes, or only when all are there. */
export function isStreamable({format, query}: OutputOptions): boolean {
  return query === undefined && (format === 'ndjson' || format === 'csv' || format === 'tsv' || format === 'id')
}

/** The text of one result, a list or a single thing. */
export async function formatResult<Row>(
  data: Row | readonly Row[],
  view: View<Row>,
  options: OutputOptions,
): Promise<string> {
  if (options.query !== undefined) return formatQueried(await search(data, options.query), options)
  switch (options.format) {
    case 'json':
      return `${JSON.stringify(data, undefined, 2)}\n`
    case 'yaml':
      return toYaml(data)
    case 'table':
      return Array.isArray(data)
        ? table(data as Row[], view, tableOptions(options))
        : record(data as Row, view, tableOptions(options))
    case 'markdown':
      return Array.isArray(data) ? markdownTable(data as Row[], view) : markdownRecord(data as Row, view)
    default:
      return (await formatHeader(view, options)) + (await formatRows(asRows(data), view, options))
  }
}

/** The text of a result that is no table. What programs read is the same as of any other result. */
export async function formatReport<Data, Row>(
  data: Data,
  report: Report<Data, Row>,
  options: OutputOptions,
): Promise<string> {
  const {format, query, width, now, color} = options
  if (query !== undefined || format === 'json' || format === 'yaml') return formatResult(data, NO_COLUMNS, options)
  if (format === 'markdown') return report.markdown(data)
  if (format !== 'table') return formatResult(report.rows(data), report.view, options)
  return report.text(data, {paint: paintFor(color), isTerminal: Number.isFinite(width), width, now})
}

/** For formats that show a result as it is. */
const NO_COLUMNS: View<unknown> = {columns: [], id: () => ''}

/** The header line of formats that have one and are written as rows come. */
export async function formatHeader<Row>(view: View<Row>, {format}: OutputOptions): Promise<string> {
  if (format !== 'csv') return ''
  return toCsv([view.columns.map(column => column.header.toLowerCase().replaceAll(' ', '_'))])
}

/** Some rows of a streamable format. */
async function formatRows<Row>(rows: readonly Row[], view: View<Row>, {format}: OutputOptions): Promise<string> {
  switch (format) {
    case 'ndjson':
      return rows.map(row => `${JSON.stringify(row)}\n`).join('')
    case 'id':
      return rows.map(row => `${view.id(row)}\n`).join('')
    case 'csv':
      return toCsv(rows.map(row => plainCells(row, view)))
    default:
      return rows.map(row => tsvLine(plainCells(row, view))).join('')
  }
}

/** Some rows of something endless. In YAML each is a document of its own: a list would have to be closed. */
export async function formatStreamed<Row>(
  rows: readonly Row[],
  view: View<Row>,
  options: OutputOptions,
): Promise<string> {
  if (options.format !== 'yaml' && options.query === undefined) return formatRows(rows, view, options)
  const start = options.format === 'yaml' ? '---\n' : ''
  const documents = await Promise.all(rows.map(async row => start + (await formatResult(row, view, options))))
  return documents.join('')
}

const asRows = <Row>(data: Row | readonly Row[]): readonly Row[] => (Array.isArray(data) ? data : [data as Row])

const tableOptions = ({color, width, now}: OutputOptions) => ({paint: paintFor(color), width, now})

async function toYaml(data: unknown): Promise<string> {
  const {stringify} = await import('yaml')
  return stringify(JSON.parse(JSON.stringify(data ?? null)))
}

async function toCsv(rows: string[][]): Promise<string> {
  const {stringify} = await import('csv-stringify/sync')
  return stringify(rows)
}

/** The AWS CLI takes `[?name==`prod`]` without quotes inside the backticks, and so do the scripts written for it. */
const LENIENT = {enable_legacy_literals: true}

/** @throws Problem usage for an expression that is not JMESPath */
async function search(data: unknown, query: string): Promise<unknown> {
  const [{search}, {Problem}] = await Promise.all([
    import('@jmespath-community/jmespath'),
    import('../domain/problem.js'),
  ])
  try {
    return search(JSON.parse(JSON.stringify(data ?? null)), query, LENIENT)
  } catch (error) {
    throw new Problem('usage', `--query is not a JMESPath expression: ${(error as Error).message}`)
  }
}

/** What a query yields has no view of its own: its shape decides. */
async function formatQueried(result: unknown, options: OutputOptions): Promise<string> {
  if (options.format === 'json') return `${JSON.stringify(result ?? null, undefined, 2)}\n`
  if (options.format === 'yaml') return toYaml(result)
  if (result === null || result === undefined) return ''
  const rows = Array.isArray(result) ? result : [result]
  if (options.format === 'ndjson') return rows.map(row => `${JSON.stringify(row)}\n`).join('')
  const columns = new Set(rows.every(isRecord) ? rows.flatMap(row => Object.keys(row)) : [])
  if (options.format === 'markdown' && columns.size === 0 && rows.length > 0) throw await noColumns()
  if (columns.size === 0) return rows.map(row => tsvLine((Array.isArray(row) ? row : [row]).map(text))).join('')
  const view: View<Record<string, unknown>> = {
    columns: [...columns].map(header => ({header, value: row => text(row[header])})),
    id: row => text(row.id ?? Object.values(row)[0]),
  }
  return formatResult(Array.isArray(result) ? rows : rows[0], view, {...options, query: undefined})
}

/** A table in Markdown has a heading over each column, and only what has names yields one. */
async function noColumns(): Promise<unknown> {
  const {Problem} = await import('../domain/problem.js')
  const hint = "Name its columns, as in '[].{id: id, name: name}', or leave --query away."
  return new Problem('usage', 'What --query makes of this is no table: --output markdown does not apply to it.', hint)
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value)

function text(value: unknown): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
