import type {Paint} from './paint.js'

/** What a cell can hold. Dates are shown as "3 minutes ago" to people and as ISO times to programs. */
export type Cell = string | number | boolean | Date | undefined

export interface Column<Row> {
  header: string
  /** The plain value, for pipes, csv and tsv. */
  value: (row: Row) => Cell
  /** What a person sees instead of the plain value. */
  text?: (row: Row, paint: Paint) => string
  /** Never cut where the terminal is narrow: a name that is there to be copied. */
  isWhole?: boolean
}

/** How a result looks: the same value goes to people, through this, and to `--json`, as it is. */
export interface View<Row> {
  columns: readonly Column<Row>[]
  /** What `--output id` prints. */
  id: (row: Row) => string
  /** Said on a terminal when there is nothing to show, with the command that changes that. */
  empty?: string
}

/** How an endless result looks, line by line. */
export interface LineView<Row> extends View<Row> {
  /** Without the last line break. In a pipe, a line that programs can take apart. */
  line: (row: Row, options: LineOptions) => string
}

export interface LineOptions {
  paint: Paint
  isTerminal: boolean
  /** Columns of the terminal; infinite in a pipe. */
  width: number
}

export interface ReportOptions extends LineOptions {
  /** What "3 days ago" counts from. */
  now: Date
}

/** How something that is no table looks: text and Markdown for people, rows for pipes, csv and ids. */
export interface Report<Data, Row> {
  /** With its line breaks, on a terminal and for `--output table`. */
  text: (data: Data, options: ReportOptions) => string
  /** For `--output markdown`: to be put into a pull request. */
  markdown: (data: Data) => string
  rows: (data: Data) => readonly Row[]
  view: View<Row>
  /** What text, Markdown and JSON tell and rows cannot: said on stderr. */
  remarks?: (data: Data) => readonly string[]
}
