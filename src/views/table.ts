import {stripVTControlCharacters} from 'node:util'
import stringWidth from 'string-width'
import type {Paint} from './paint.js'
import {ago, printable} from './text.js'
import type {Cell, Column, View} from './view.js'

export interface TableOptions {
  paint: Paint
  /** Columns of the terminal; where a table is wider, its last column is cut, then whichever is widest. */
  width: number
  now: Date
}

/** Rows as an aligned table with a header, for people. */
export function table<Row>(rows: readonly Row[], view: View<Row>, options: TableOptions): string {
  const shown = view.columns.filter(column => rows.some(row => human(column, row, options) !== ''))
  const body = rows.map(row => shown.map(column => human(column, row, options)))
  const wanted = shown.map((column, i) =>
    Math.max(widthOf(column.header), ...body.map(cells => widthOf(cells[i] ?? ''))),
  )
  const isWhole = shown.map(column => column.isWhole ?? false)
  const widths = fitted(wanted, isWhole, options.width)
  const header = line(
    shown.map(column => column.header),
    widths,
  )
  const lines = body.map(cells => line(cells, widths))
  return [options.paint.dim(header), ...lines].map(text => `${text}\n`).join('')
}

/** One thing as "label  value" lines, for people. A value of several lines goes on below itself. */
export function record<Row>(row: Row, view: View<Row>, options: TableOptions): string {
  const fields = view.columns
    .map(column => [column.header.toLowerCase(), human(column, row, options)] as const)
    .filter(([, text]) => text !== '')
  const labels = Math.max(...fields.map(([label]) => label.length))
  const below = `\n${' '.repeat(labels + 2)}`
  return fields
    .map(([label, text]) => `${options.paint.dim(label.padEnd(labels))}  ${text.replaceAll('\n', below)}\n`)
    .join('')
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

function line(cells: readonly string[], widths: readonly number[]): string {
  const last = cells.length - 1
  return cells
    .map((cell, i) => {
      const width = widths[i] ?? 0
      const shown = cut(cell, width)
      return i === last ? shown : shown + ' '.repeat(Math.max(width - widthOf(shown), 0) + GAP)
    })
    .join('')
}

/** Cells between two columns. */
const GAP = 2

/** Below this a cut column says nothing any more: better let the line wrap. An id has ten characters. */
const MIN_WIDTH = 12

/** The widths that make a line fit: taken from the last column, and when that is at its least, from whichever is widest. */
function fitted(wanted: readonly number[], isWhole: readonly boolean[], limit: number): number[] {
  const widths = [...wanted]
  const last = widths.length - 1
  const spare = (i: number) => (isWhole[i] ? 0 : (widths[i] ?? 0) - MIN_WIDTH)
  let excess = widths.reduce((sum, width) => sum + width, 0) + GAP * last - limit
  for (; excess > 0; excess--) {
    const spares = widths.map((_, i) => spare(i))
    const most = Math.max(...spares)
    if (most <= 0) break
    const i = spare(last) > 0 ? last : spares.indexOf(most)
    widths[i] = (widths[i] ?? 0) - 1
  }
  return widths
}

/** At most so many cells of a text, which keeps its colours. */
export function cut(text: string, limit: number): string {
  if (widthOf(text) <= limit) return text
  let left = limit - 1
  let isCut = false
  const parts = text.split(COLOURS).map((part, i) => {
    if (i % 2 === 1) return part
    let shown = ''
    for (const character of isCut ? '' : part) {
      left -= widthOf(character)
      isCut = left < 0
      if (isCut) return `${shown}…`
      shown += character
    }
    return shown
  })
  return parts.join('')
}

/** What switches colours, as a part of its own where a text is split at it. */
const COLOURS = new RegExp(`(${String.fromCharCode(27)}\\[[\\d;]*m)`)

const ASCII = /^[\x20-\x7e]*$/

/** Cells that a text takes. Most is plain ASCII, of which a table of ten thousand rows has a lot. */
function widthOf(text: string): number {
  const plain = text.includes('\u001b') ? stripVTControlCharacters(text) : text
  return ASCII.test(plain) ? plain.length : stringWidth(plain)
}
