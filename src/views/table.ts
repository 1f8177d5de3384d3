import {stripVTControlCharacters} from 'node:util'
import stringWidth from 'string-width'
import type {Paint} from './paint.js'
import {ago, printable} from './text.js'
import type {Cell, Column, View} from './view.js'

export interface TableOptions {
  paint: Paint
  /** Columns of the terminal; the last column of the table is cut to fit. */
  width: number
  now: Date
}

/** Rows as an aligned table with a header, for people. */
export function table<Row>(rows: readonly Row[], view: View<Row>, options: TableOptions): string {
  const shown = view.columns.filter(column => rows.some(row => human(column, row, options) !== ''))
  const body = rows.map(row => shown.map(column => human(column, row, options)))
  const widths = shown.map((column, i) =>
    Math.max(stringWidth(column.header), ...body.map(cells => stringWidth(cells[i] ?? ''))),
  )
  const header = line(
    shown.map(column => column.header),
    widths,
    options.width,
  )
  const lines = body.map(cells => line(cells, widths, options.width))
  return [options.paint.dim(header), ...lines].map(text => `${text}\n`).join('')
}

/** One thing as "label  value" lines, for people. */
export function record<Row>(row: Row, view: View<Row>, options: TableOptions): string {
  const fields = view.columns
    .map(column => [column.header.toLowerCase(), human(column, row, options)] as const)
    .filter(([, text]) => text !== '')
  const labels = Math.max(...fields.map(([label]) => label.length))
  return fields.map(([label, text]) => `${options.paint.dim(label.padEnd(labels))}  ${text}\n`).join('')
}

/** The plain cells of a row, as programs read them. */
export function plainCells<Row>(row: Row, view: View<Row>): string[] {
  return view.columns.map(column => plain(column.value(row)))
}

/** Cells joined by tabs; tabs and line breaks inside a cell are written as escapes so that a row stays a row. */
export function tsvLine(cells: readonly string[]): string {
  return `${cells.map(escapeCell).join('\t')}\n`
}

function escapeCell(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\n', '\\n').replaceAll('\r', '\\r')
}

function plain(cell: Cell): string {
  if (cell === undefined) return ''
  return cell instanceof Date ? cell.toISOString() : String(cell)
}

function human<Row>(column: Column<Row>, row: Row, {paint, now}: TableOptions): string {
  if (column.text) return column.text(row, paint)
  const cell = column.value(row)
  return cell instanceof Date ? ago(cell, now) : printable(plain(cell))
}

function line(cells: readonly string[], widths: readonly number[], limit: number): string {
  const last = cells.length - 1
  const head = cells.slice(0, last).map((cell, i) => cell + ' '.repeat((widths[i] ?? 0) - stringWidth(cell) + 2))
  const taken = widths.slice(0, last).reduce((sum, column) => sum + column + 2, 0)
  return head.join('') + cut(cells[last] ?? '', Math.max(limit - taken, MIN_LAST))
}

/** Below this a cut column says nothing any more: better let the line wrap. */
const MIN_LAST = 12

function cut(text: string, limit: number): string {
  if (stringWidth(text) <= limit || text !== stripVTControlCharacters(text)) return text
  return `${[...text].slice(0, limit - 1).join('')}…`
}
