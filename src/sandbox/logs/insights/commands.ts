import {type Context, compileExpression, type Evaluate} from './expressions.js'
import type {Row} from './rows.js'
import {malformed, Scanner, type Span} from './scanner.js'
import {inSortOrder, isTrue, textOf, type Value} from './values.js'

/** A query that is ready to run. */
export interface CompiledQuery {
  /** The fields of a row that are shown, in their order. */
  columns: readonly string[]
  /**
   * @param events rows of events, latest first
   * @returns the rows of the answer, and how many events passed the filters before anything was done with them
   */
  run(events: readonly Row[]): {rows: readonly Row[]; matched: number}
}

/**
 * Reads a query of Logs Insights and makes it ready to run. Knows `fields`, `filter`, `parse`, `stats`, `sort`, `limit`,
 * `dedup` and `display`; whatever it does not know is refused, so that no answer is wrong in silence.
 * Source: CloudWatch Logs user guide, "Logs Insights language query syntax". Where the guide is silent, a comment says
 * what is assumed.
 * @throws ServiceError MalformedQueryException
 */
export function compileQuery(text: string): CompiledQuery {
  const draft = new Draft(new Scanner(text))
  do readCommand(draft)
  while (draft.scanner.takeOperator('|'))
  if (!draft.scanner.isAtEnd) throw draft.scanner.unexpected()
  return draft.finished()
}

/** What a command does to the rows. */
type Work = (rows: readonly Row[]) => readonly Row[]

/** A query as far as it has been read. */
class Draft {
  readonly #steps: {work: Work; isSelection: boolean}[] = []
  /** Fields that the query made; the service lets none be made twice. */
  readonly made = new Set<string>()
  /** The only fields that there are, after a `stats`; before it an event may have any. */
  known: ReadonlySet<string> | undefined
  /** Fields in the order in which `fields`, `parse` or `stats` named them. */
  shown: string[] = []
  /** What the last `display` asks for instead. */
  displayed: string[] | undefined
  statsCount = 0
  /** The command that leaves no room for another `stats`, or for anything but `limit`. */
  closing: 'sort' | 'limit' | 'dedup' | undefined

  constructor(readonly scanner: Scanner) {}

  /** A command that only chooses among events or adds fields to them. */
  select(work: Work): void {
    this.#steps.push({work, isSelection: true})
  }

  /** A command that makes something else of the events, or puts them into another order. */
  transform(work: Work): void {
    this.#steps.push({work, isSelection: false})
  }

  finished(): CompiledQuery {
    const shown = this.shown.length > 0 ? this.shown : ['@timestamp', '@message']
    return {
      columns: [...new Set(this.displayed ?? shown)],
      run: events => {
        const rest = this.#steps.findIndex(({isSelection}) => !isSelection)
        const cut = rest < 0 ? this.#steps.length : rest
        const carryOut = (rows: readonly Row[], {work}: {work: Work}) => work(rows)
        const matching = this.#steps.slice(0, cut).reduce(carryOut, events)
        return {matched: matching.length, rows: this.#steps.slice(cut).reduce(carryOut, matching)}
      },
    }
  }

  readonly context: Context = {
    checkField: (name, span) => {
      if (this.known && !this.known.has(name)) {
        // The guide says that this is refused; the words are assumed.
        throw malformed(`Invalid reference to ${name}, which the stats command before it does not define.`, span)
      }
    },
  }

  /** The words are those of the service. @throws ServiceError for a name that was made before */
  make(name: string, span: Span): void {
    if (this.made.has(name)) {
      throw malformed(`Ephemeral field is already defined: ${name} ([${span.join(',')}])`, span)
    }
    this.made.add(name)
  }
}

const COMMANDS: Readonly<Record<string, (draft: Draft, start: number) => void>> = {
  fields: readFields,
  filter: readFilter,
  parse: readParse,
  stats: readStats,
  sort: readSort,
  limit: readLimit,
  dedup: readDedup,
  display: readDisplay,
}

function readCommand(draft: Draft): void {
  const {scanner} = draft
  const start = scanner.at
  const name = Object.keys(COMMANDS).find(command => scanner.takeWord(command))
  if (name === undefined) {
    const word = scanner.take(/[a-z]\w*(?=\s)/i)
    if (word === undefined) throw scanner.unexpected()
    throw malformed(`The sandbox does not know the command ${word}.`, scanner.since(start))
  }
  const {closing} = draft
  if ((closing === 'dedup' && name !== 'limit') || (closing !== undefined && name === 'stats')) {
    // The guide says that this is refused; the words are assumed.
    throw malformed(`${name} cannot come after ${closing}.`, scanner.since(start))
  }
  COMMANDS[name]!(draft, start)
}

/** A field, or an expression with the name it goes by: what `as` says, else its own text. */
interface Column {
  name: string
  evaluate: Evaluate
  /** Whether it is the bare name of a field. */
  isField: boolean
  hasAlias: boolean
  span: Span
}

function readColumn(draft: Draft, context: Context = draft.context): Column {
  const {scanner} = draft
  const start = scanner.at
  const evaluate = compileExpression(scanner, context)
  const text = scanner.textSince(start)
  const isField = /^(?:`[^`]+`|[@A-Za-z_][\w@.]*)$/.test(text)
  const hasAlias = scanner.takeWord('as')
  const name = hasAlias ? scanner.expectName() : text.replace(/^`([^`]+)`$/, '$1')
  const span = scanner.since(start)
  if (hasAlias) draft.make(name, span)
  return {name, evaluate, isField, hasAlias, span}
}

function readColumns(draft: Draft, context?: Context): Column[] {
  const columns: Column[] = []
  do columns.push(readColumn(draft, context))
  while (draft.scanner.takeOperator(','))
  return columns
}

function readNames({scanner}: Draft): string[] {
  const names: string[] = []
  do names.push(scanner.expectName())
  while (scanner.takeOperator(','))
  return names
}

// --- Commands that choose among events, or add to them -----------------------------------------------------------------

function readFields(draft: Draft): void {
  for (const column of readColumns(draft)) {
    // To name a field that the query made would make it once more (measured by others).
    if (column.isField && !column.hasAlias && draft.made.has(column.name)) draft.make(column.name, column.span)
    draft.shown.push(column.name)
    addField(draft, column)
  }
}

/** Only the last one counts. */
function readDisplay(draft: Draft): void {
  const columns = readColumns(draft)
  for (const column of columns) addField(draft, column)
  draft.displayed = columns.map(({name}) => name)
}

function addField(draft: Draft, {name, evaluate, isField, hasAlias}: Column): void {
  if (isField && !hasAlias) return
  draft.select(rows =>
    rows.map(row => {
      const value = evaluate({fields: row.fields, rows: []})
      return value === undefined ? row : {...row, fields: new Map(row.fields).set(name, value)}
    }),
  )
}

function readFilter(draft: Draft): void {
  const condition = compileExpression(draft.scanner, draft.context)
  draft.select(rows => rows.filter(({fields}) => isTrue(condition({fields, rows: []}))))
}

/** `parse @message "user=*, *" as user, rest` or `parse @message /user=(?<user>\S+)/`; of the message where no field is named. */
function readParse(draft: Draft): void {
  const {scanner} = draft
  const start = scanner.at
  const source = scanner.takeName() ?? '@message'
  draft.context.checkField(source, scanner.since(start))
  const patternStart = scanner.at
  const {regex, groups} = takePattern(scanner)
  const names = scanner.takeWord('as') ? readNames(draft) : groups
  const span = scanner.since(patternStart)
  if (groups.length === 0 || names.length !== groups.length) {
    // The guide asks for as many names as there are wildcards; the words are assumed.
    throw malformed('parse takes one name for each part that it takes out.', span)
  }
  for (const name of names) draft.make(name, span)
  draft.shown.push(...names)
  draft.select(rows =>
    rows.map(row => {
      const text = row.fields.get(source)
      const found = text === undefined ? undefined : regex.exec(textOf(text))?.groups
      if (!found) return row
      const fields = new Map(row.fields)
      for (const [i, group] of groups.entries()) if (found[group] !== undefined) fields.set(names[i]!, found[group])
      return {...row, fields}
    }),
  )
}

/** A regular expression with named groups, or a text whose wildcards become such groups. */
function takePattern(scanner: Scanner): {regex: RegExp; groups: string[]} {
  const regex = scanner.takeRegex()
  if (regex) return {regex, groups: [...regex.source.matchAll(/\(\?<([A-Za-z]\w*)>/g)].map(([, name = '']) => name)}
  const glob = scanner.takeText()
  if (glob === undefined) throw scanner.unexpected()
  const parts = glob.split('*').map(part => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  const groups = parts.slice(1).map((_, i) => `part${i}`)
  // A wildcard takes as little as it can, and the last one, where nothing follows it, the rest. What stands before the
  // first need not begin the text: the guide's own example, `[*] * The error was: *`, begins in the midst of a line.
  const source = parts.reduce(
    (made, part, i) => `${made}(?<${groups[i - 1]}>.*${part === '' && i === groups.length ? '' : '?'})${part}`,
  )
  return {regex: new RegExp(source, 's'), groups}
}

// --- Commands that make something else of them --------------------------------------------------------------------------

const MOST_STATS = 2

function readStats(draft: Draft, start: number): void {
  const {scanner} = draft
  if (++draft.statsCount > MOST_STATS) {
    // The guide says that this is refused; the words are assumed.
    throw malformed(`A query can have at most ${MOST_STATS} stats commands.`, scanner.since(start))
  }
  const outside: {name: string; span: Span}[] = []
  const measures = readColumns(draft, {
    checkField: (name, span) => outside.push({name, span}),
    insideAggregates: draft.context,
  })
  const keys = scanner.takeWord('by') ? readColumns(draft) : []
  const named = measures.filter(({isField, hasAlias}) => hasAlias || !isField)
  draft.known = new Set([...keys, ...named].map(({name}) => name))
  // Outside of an aggregate a measure may speak of those beside it, and of what the rows are grouped by.
  for (const {name, span} of outside) draft.context.checkField(name, span)
  draft.displayed = undefined
  draft.shown = [...draft.known]
  draft.transform(rows => aggregated(rows, keys, measures))
}

/** One row for each combination of keys, in the order in which they come; of no rows at all there are no groups. */
function aggregated(rows: readonly Row[], keys: readonly Column[], measures: readonly Column[]): Row[] {
  const groups = new Map<string, {values: Value[]; rows: Row[]}>()
  for (const row of rows) {
    const values = keys.map(({evaluate}) => evaluate({fields: row.fields, rows: []}))
    const id = idOf(values)
    const group = groups.get(id)
    if (group) group.rows.push(row)
    else groups.set(id, {values, rows: [row]})
  }
  return [...groups.values()].map(group => {
    const fields = new Map<string, Value>()
    const add = (name: string, value: Value) => {
      if (value !== undefined) fields.set(name, value)
    }
    for (const [i, {name}] of keys.entries()) add(name, group.values[i])
    for (const {name, evaluate} of measures) add(name, evaluate({fields, rows: group.rows}))
    return {fields}
  })
}

const idOf = (values: readonly Value[]) =>
  JSON.stringify(values.map(value => (value === undefined ? null : textOf(value))))

function readSort(draft: Draft): void {
  const {scanner} = draft
  const keys: {evaluate: Evaluate; sign: 1 | -1}[] = []
  do {
    const evaluate = takeSortKey(draft)
    const sign = scanner.takeWord('desc') ? -1 : 1
    if (sign === 1) scanner.takeWord('asc')
    keys.push({evaluate, sign})
  } while (scanner.takeOperator(','))
  draft.closing = 'sort'
  draft.transform(rows => {
    const sorted = rows.map(row => ({row, values: keys.map(key => key.evaluate({fields: row.fields, rows: []}))}))
    const order = (a: readonly Value[], b: readonly Value[]) =>
      keys.reduce((decided, {sign}, i) => decided || sign * inSortOrder(a[i], b[i]), 0)
    return sorted.sort((a, b) => order(a.values, b.values)).map(({row}) => row)
  })
}

/** A column of `stats` without a name of its own is sorted by as it stands there: `sort count(*) desc`. */
function takeSortKey(draft: Draft): Evaluate {
  const {scanner} = draft
  const column = [...(draft.known ?? [])].find(name => /\W/.test(name) && scanner.takeOperator(name))
  if (column !== undefined) return ({fields}) => fields.get(column)
  return compileExpression(scanner, draft.context)
}

function readLimit(draft: Draft): void {
  const count = draft.scanner.take(/\d+(?![\w.])/)
  if (count === undefined) throw draft.scanner.unexpected()
  draft.closing = draft.closing === 'dedup' ? 'dedup' : 'limit'
  draft.transform(rows => rows.slice(0, Number(count)))
}

/** The first row of each combination of values; a row that lacks one of the fields is kept. */
function readDedup(draft: Draft): void {
  const names = readNames(draft)
  draft.closing = 'dedup'
  draft.transform(rows => {
    const seen = new Set<string>()
    return rows.filter(({fields}) => {
      const values = names.map(name => fields.get(name))
      const id = idOf(values)
      if (seen.has(id)) return false
      if (!values.includes(undefined)) seen.add(id)
      return true
    })
  })
}
