import {plainCells} from './table.js'
import {printable} from './text.js'
import type {View} from './view.js'

// GitHub's Markdown. What comes from elsewhere is escaped or put into code, so that nothing in it becomes markup.

/** Rows as a table; columns that are empty in every row are left out. */
export function markdownTable<Row>(rows: readonly Row[], view: View<Row>): string {
  const cells = rows.map(row => plainCells(row, view).map(markdownText))
  const shown = view.columns.map((_, i) => i).filter(i => cells.some(row => row[i] !== ''))
  const header = shown.map(i => view.columns[i]?.header ?? '')
  return markdownRows(
    header,
    cells.map(row => shown.map(i => row[i] ?? '')),
  )
}

/** One thing as a table of its fields. */
export function markdownRecord<Row>(row: Row, view: View<Row>): string {
  const cells = plainCells(row, view).map((cell, i) => [
    view.columns[i]?.header.toLowerCase() ?? '',
    markdownText(cell),
  ])
  return markdownRows(
    ['field', 'value'],
    cells.filter(([, value]) => value !== ''),
  )
}

/** A table of cells that are Markdown already. */
export function markdownRows(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('')
}

/** Text that is shown as it is, in one line of Markdown; its line breaks are kept. */
export const markdownText = (text: string): string =>
  text
    .split(/\r?\n/)
    .map(line => printable(line).replace(MARKUP, '\\$&').replaceAll('&', '&amp;'))
    .join('<br>')

/** Characters that may mean something in a line; `_` only where a word begins or ends. */
const MARKUP = /[\\`*[\]<>|~]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu

/**
 * A code span. Backticks cannot say a pipe after a backslash inside of a table's cell, nor backticks without counting, so
 * text with either is written in HTML.
 */
export const markdownCode = (text: string): string =>
  /[|`]/.test(text) || text.trim() !== text || text === '' ? markdownHtmlCode(text) : `\`${printable(text)}\``

/** The same where Markdown is not read, such as in the summary of `<details>`. */
export const markdownHtmlCode = (text: string): string =>
  `<code>${printable(text).replace(/[^\p{L}\p{N} /.,:;-]/gu, character => `&#${character.codePointAt(0)};`)}</code>`

/** A block of code whose fence is longer than any run of backticks inside. */
export function markdownBlock(language: string, lines: readonly string[]): string {
  const shown = lines.map(printable).join('\n')
  const fence = '`'.repeat(Math.max(3, longestRun(shown) + 1))
  return `${fence}${language}\n${shown}\n${fence}\n`
}

const longestRun = (text: string): number =>
  [...text.matchAll(/`+/g)].reduce((longest, [run]) => Math.max(longest, run.length), 0)
