import stringWidth from 'string-width'
import {tellsFailure} from '../domain/logs/requests/causes.js'
import type {LoggedRequest, RequestLine} from '../domain/logs/requests/request.js'
import type {Paint} from './paint.js'
import {cut, plainCells} from './table.js'
import {localTime, printable} from './text.js'
import type {Column, LineOptions, LineView} from './view.js'

/** How requests are shown. */
export interface RequestViewOptions {
  /** Whether the lines of each request follow it. */
  verbose: boolean
  /** `petstore/prod` and so on, where requests of more than one stage are shown. */
  labels?: readonly string[] | undefined
}

const columns: readonly Column<LoggedRequest>[] = [
  {header: 'TIME', value: ({time}) => time},
  {header: 'API', value: ({api}) => api},
  {header: 'STAGE', value: ({stage}) => stage},
  {header: 'STATUS', value: ({status}) => status},
  {header: 'METHOD', value: ({method}) => method},
  {header: 'RESOURCE', value: ({resource}) => resource},
  {header: 'PATH', value: ({path}) => path},
  {header: 'LATENCY', value: ({latency}) => latency},
  {header: 'INTEGRATION LATENCY', value: ({integrationLatency}) => integrationLatency},
  {header: 'KEY', value: request => keyOf(request)},
  {header: 'REQUEST ID', value: ({requestId}) => requestId},
  {header: 'CAUSE', value: ({failure}) => failure?.cause},
  {header: 'MESSAGE', value: request => messageOf(request)},
]

/** A line for each request and, where it failed, one more that says why and what to do about it. */
export function requestView({verbose, labels = []}: RequestViewOptions): LineView<LoggedRequest> {
  const line = (request: LoggedRequest, options: LineOptions) => {
    if (!options.isTerminal) return [pipedRow(request), ...(verbose ? request.lines.map(pipedLine) : [])].join('\n')
    if (request.requestId === '') return stray(request, labels, options)
    const row = terminalRow(request, labels, options)
    if (verbose) return [row, ...timeline(request, options), ...explanation(request, options)].join('\n')
    return [row, ...explanation(request, options), ...unexplained(request, options)].join('\n')
  }
  return {
    columns,
    id: ({requestId}) => requestId,
    empty:
      'No request. API Gateway delivers its log about 20 s after a request. Further back: --since 1d; as they come: --follow',
    line,
  }
}

/** What tells stages apart, and lines of functions from those of stages. */
export const labelOf = ({api = '', stage = '', function: name}: OfStage) => name ?? `${api}/${stage}`

/** Where there are several, each label once; else none. @param raw whether lines are shown, as functions have them */
export function labelsOf(logs: readonly OfStage[], {raw}: {raw: boolean}): string[] {
  const labels = [...new Set(logs.filter(log => raw || log.function === undefined).map(labelOf))]
  return labels.length > 1 ? labels : []
}

interface OfStage {
  api?: string | undefined
  stage?: string | undefined
  function?: string | undefined
}

/** The key by its name, or as far as the log gives it away; else the plan. */
function keyOf({key, keyEnding, plan}: LoggedRequest): string | undefined {
  return key ?? (keyEnding === undefined ? plan : `…${keyEnding}`)
}

/** Why it failed; of a line that names no request, the line. */
function messageOf({requestId, failure, lines}: LoggedRequest): string | undefined {
  return requestId === '' ? lines.map(({text}) => text).join(' ') : failure?.message
}

const pipedRow = (request: LoggedRequest) =>
  plainCells(request, {columns, id: () => ''})
    .map(printable)
    .join('\t')

/** A line of a request, in a pipe: no cell but time, phase and text, so that it cannot be taken for a request. */
const pipedLine = ({time, phase, text}: RequestLine) => ['', time.toISOString(), phase, printable(text)].join('\t')

/** Widths of the columns of a terminal, but for the path, which takes what is left. */
const TIME = 12
const STATUS = 3
const METHOD = 7
const LATENCY = 6
const GAP = '  '
/** The end of a key and the beginning of an id, which tell requests apart; where there is room, both in full. */
const SHORT = {key: 7, id: 8}
const FULL = {key: 16, id: 36}
/** A path is not made shorter than this: rather the key goes. */
const SHORTEST_PATH = 16
/** So much is left to the path before key and id get their full width. */
const GOOD_PATH = 32

function terminalRow(request: LoggedRequest, labels: readonly string[], {paint, width}: LineOptions): string {
  const label = labelCell(request, labels, paint)
  const before = [paint.dim(localTime(request.time)), ...label, statusText(request, paint), methodText(request)]
  const taken = TIME + STATUS + METHOD + 2 * LATENCY + 5 * GAP.length + label.length * (labelWidth(labels) + GAP.length)
  const left = width - taken
  const roomBeside = ({key, id}: typeof SHORT) => left - key - id - 2 * GAP.length
  const {key, id} = roomBeside(FULL) >= GOOD_PATH ? FULL : SHORT
  const hasKey = roomBeside({key, id}) >= SHORTEST_PATH
  const path = Math.max(SHORTEST_PATH, hasKey ? roomBeside({key, id}) : left - id - GAP.length)
  const after = [
    padStart(milliseconds(request.latency), LATENCY),
    paint.dim(padStart(milliseconds(request.integrationLatency), LATENCY)),
    ...(hasKey ? [paint.name(padEnd(cut(printable(keyOf(request) ?? ''), key), key))] : []),
    paint.dim(printable(request.requestId).slice(0, id)),
  ]
  const cells = [...before, padEnd(cut(pathText(request), path), path), ...after]
  return request.isAddition ? paint.dim(cells.join(GAP)) : cells.join(GAP)
}

const labelWidth = (labels: readonly string[]) => Math.max(0, ...labels.map(label => stringWidth(printable(label))))

/** The label in its colour and as wide as the widest; none where there is only one. */
export function labelCell(one: OfStage, labels: readonly string[], paint: Paint): string[] {
  if (labels.length < 2) return []
  const label = labelOf(one)
  return [paint.nth(Math.max(0, labels.indexOf(label)), padEnd(printable(label), labelWidth(labels)))]
}

function statusText({status, isComplete}: LoggedRequest, paint: Paint): string {
  if (status === undefined) return padEnd(isComplete ? '-' : '…', STATUS)
  const text = String(status)
  if (status >= 500) return paint.bad(text)
  if (status >= 400) return paint.warn(text)
  return status >= 300 ? paint.name(text) : paint.good(text)
}

const methodText = ({method}: LoggedRequest) => padEnd(cut(printable(method ?? '-'), METHOD), METHOD)

/** The path that was asked for and, where it is another, the resource that took it. */
function pathText({path, resource, query}: LoggedRequest): string {
  const asked = path === undefined ? undefined : `${path}${query === undefined ? '' : `?${query}`}`
  if (asked === undefined || resource === undefined) return printable(asked ?? resource ?? '-')
  return printable(path === resource ? asked : `${asked} (${resource})`)
}

/** Six characters, as far as integrations go: `46 ms`, `1.23 s`, `29.0 s`, `128 s`. */
function milliseconds(value: number | undefined): string {
  if (value === undefined) return '-'
  if (value < 1_000) return `${Math.round(value)} ms`
  const seconds = value / 1_000
  return `${seconds < 10 ? seconds.toFixed(2) : seconds < 100 ? seconds.toFixed(1) : Math.round(seconds)} s`
}

/** Under a request, what belongs to it begins where its status does. */
const INDENT = ' '.repeat(TIME + GAP.length)

/** The cause of a failure and the command: in one line where they fit, else in two, so that the command stays whole. */
function explanation({failure}: LoggedRequest, {paint, width}: LineOptions): string[] {
  if (!failure) return []
  const message = printable(failure.message)
  if (failure.hint === undefined) return [INDENT + paint.bad(message)]
  const hint = printable(failure.hint)
  const fits = stringWidth(INDENT + message + GAP + hint) <= width
  if (fits) return [INDENT + paint.bad(message) + GAP + hint]
  return [INDENT + paint.bad(message), INDENT + hint]
}

/** Lines that tell what the table does not know of a failure, and lines that come after their request. */
function unexplained({failure, status = 0, isAddition, lines}: LoggedRequest, {paint}: LineOptions): string[] {
  const isOpen = status >= 400 && failure === undefined
  const shown = lines.filter(({phase}) => isAddition || (isOpen && phase === 'other'))
  return shown.map(({text}) => INDENT + paint.dim(`+ ${printable(text)}`))
}

/** The lines of a request, each with the time since the one before, where that is any. */
function timeline({lines}: LoggedRequest, {paint}: LineOptions): string[] {
  return lines.map(({time, phase, text, source, function: name}, i) => {
    const since = time.getTime() - (lines[i - 1]?.time ?? time).getTime()
    const step = padStart(since === 0 ? '' : `+${milliseconds(since)}`, LATENCY + 1)
    const whose = source === 'execution' ? '' : `${name ?? source}: `
    const said = printable(whose + text)
    return `${' '.repeat(TIME - LATENCY - 1)}${paint.dim(step)}${GAP}${tellsFailure(phase) ? paint.bad(said) : said}`
  })
}

/** A line that names no request, as it is. */
function stray(request: LoggedRequest, labels: readonly string[], {paint}: LineOptions): string {
  const label = labelCell(request, labels, paint)
  return [paint.dim(localTime(request.time)), ...label, printable(messageOf(request) ?? '')].join(GAP)
}

const padEnd = (text: string, width: number) => text + ' '.repeat(Math.max(0, width - stringWidth(text)))
const padStart = (text: string, width: number) => ' '.repeat(Math.max(0, width - stringWidth(text))) + text
