import type {LoggedRequest, RequestLine} from '../domain/logs/requests/request.js'
import type {Paint} from './paint.js'
import {printable, printableLines} from './text.js'
import type {LineView} from './view.js'

/** One request with all its lines: on a terminal what is known of it and a timeline, in a pipe the lines. */
export const requestStoryView: LineView<LoggedRequest> = {
  columns: [
    {header: 'TIME', value: request => request.time},
    {header: 'STATUS', value: request => request.status},
    {header: 'METHOD', value: request => request.method},
    {header: 'PATH', value: request => request.path ?? request.resource},
    {header: 'LATENCY', value: request => request.latency},
    {header: 'INTEGRATION', value: request => request.integrationLatency},
    {header: 'KEY', value: request => request.key ?? request.keyEnding},
    {header: 'REQUEST ID', value: request => request.requestId},
  ],
  id: request => request.requestId,
  line: (request, {paint, isTerminal}) =>
    isTerminal
      ? [...heading(request, paint), '', ...timeline(request, paint)].join('\n')
      : request.lines.map(plainLine).join('\n'),
}

const plainLine = (line: RequestLine) => [line.time.toISOString(), sourceOf(line), printable(line.text)].join('\t')

/** The function by its name; what API Gateway itself logged by the kind of its log. */
const sourceOf = ({source, function: name}: RequestLine) => name ?? source

function heading(request: LoggedRequest, paint: Paint): string[] {
  const {method, path, resource, status, latency, integrationLatency, failure} = request
  const what = [method, path ?? resource ?? '(its path was not logged)'].filter(Boolean).join(' ')
  const took = [
    latency === undefined ? undefined : `${latency} ms`,
    integrationLatency === undefined ? undefined : `integration ${integrationLatency} ms`,
  ].filter(part => part !== undefined)
  return [
    [paint.bold(printable(what)), statusText(status, paint), took.join(', ')].filter(Boolean).join('  '),
    ...fieldsOf(request).map(([name, value]) => `${paint.dim(name.padEnd(NAME_WIDTH))}${printable(value)}`),
    ...(failure ? ['', paint.bad(printableLines(failure.message))] : []),
    ...(failure?.hint ? [printableLines(failure.hint)] : []),
  ]
}

const NAME_WIDTH = 13

function statusText(status: number | undefined, paint: Paint): string {
  if (status === undefined) return paint.dim('no status')
  return status >= 500 ? paint.bad(`${status}`) : status >= 400 ? paint.warn(`${status}`) : paint.good(`${status}`)
}

function fieldsOf(request: LoggedRequest): [string, string][] {
  const {api, stage, resource, extendedRequestId, keyEnding, key = keyEnding && `ends with ${keyEnding}`} = request
  const fields: [string, string | undefined][] = [
    ['time', request.time.toISOString()],
    ['stage', `${api}/${stage}`],
    // Where the path is not known, the resource is in its place already.
    ['resource', resource === (request.path ?? resource) ? undefined : resource],
    ['request', request.requestId],
    ['extended', extendedRequestId === request.requestId ? undefined : extendedRequestId],
    ['invocation', request.integrationRequestId],
    ['trace', request.traceId],
    ['connection', request.connectionId],
    ['key', key],
    ['plan', request.plan],
    ['caller', request.caller],
    ['from', [request.sourceIp, request.userAgent].filter(Boolean).join('  ')],
  ]
  return fields.filter((field): field is [string, string] => Boolean(field[1]))
}

/** What tells that something went wrong. */
const FAILURES: ReadonlySet<string> = new Set([
  ...['failed', 'function-failed', 'unauthorized', 'key-refused', 'throttled', 'quota', 'invalid-request'],
  'usage-plan-error',
])

/** A function's own way of saying so. */
const TROUBLE = /^(ERROR|FATAL)\t|^\[ERROR\]|Task timed out after|Runtime exited|\tStatus: (error|timeout)/

function timeline({lines}: LoggedRequest, paint: Paint): string[] {
  const start = lines[0]?.time.getTime() ?? 0
  const offsets = lines.map(({time}) => `+${time.getTime() - start} ms`)
  const sources = lines.map(line => printable(sourceOf(line)))
  const [offsetWidth, sourceWidth] = [offsets, sources].map(texts => Math.max(0, ...texts.map(({length}) => length)))
  return lines.map((line, index) => {
    const offset = (offsets[index] ?? '').padStart(offsetWidth ?? 0)
    const source = (sources[index] ?? '').padEnd(sourceWidth ?? 0)
    const indent = ' '.repeat(offset.length + source.length + 4)
    const text = printableLines(line.text).replaceAll('\n', `\n${indent}`)
    const isFailure = FAILURES.has(line.phase) || TROUBLE.test(line.text)
    return `${paint.dim(offset)}  ${sourcePaint(line, paint)(source)}  ${isFailure ? paint.bad(text) : text}`
  })
}

function sourcePaint({source}: RequestLine, paint: Paint): (text: string) => string {
  if (source === 'function') return paint.name
  return source === 'access' ? paint.good : paint.dim
}
