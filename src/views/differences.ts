import {structuredPatch} from 'diff'
import stringWidth from 'string-width'
import type {Difference, FieldDifference, ItemDifference, ItemKind, Side} from '../domain/snapshots/difference.js'
import type {Json} from '../domain/snapshots/snapshot.js'
import {markdownBlock, markdownCode, markdownHtmlCode, markdownRows, markdownText} from './markdown.js'
import type {Paint} from './paint.js'
import {integrationText} from './routes.js'
import {ago, printable} from './text.js'
import type {Report, View} from './view.js'

/** A difference in one line: one for each field of what is changed, one for each thing that came or went. */
export interface DifferenceRow {
  kind: ItemKind
  name: string
  change: ItemDifference['change']
  field?: string
  before?: Json | undefined
  after?: Json | undefined
}

const rowView: View<DifferenceRow> = {
  columns: [
    {header: 'CHANGE', value: row => row.change},
    {header: 'KIND', value: row => row.kind},
    {header: 'NAME', value: row => row.name},
    {header: 'FIELD', value: row => row.field},
    {header: 'BEFORE', value: row => cell(row.before)},
    {header: 'AFTER', value: row => cell(row.after)},
  ],
  id: row => row.name,
}

const cell = (value: Json | undefined) =>
  value === undefined || typeof value === 'string' ? value : JSON.stringify(value)

/** How a difference looks: coloured text, Markdown for a pull request, and for programs a row for each change. */
export const differenceReport: Report<Difference, DifferenceRow> = {
  text: (difference, {paint, width, now}) => differenceLines(difference, paint, {width, now}),
  markdown: differenceMarkdown,
  rows: ({items}) =>
    items.flatMap(({kind, name, change, fields}): DifferenceRow[] => {
      // Of what came or went that is one value, such as a setting of a stage, the value is told.
      const isValue = fields.length === 1 && fields[0]?.path.length === 0
      if (change !== 'changed' && !isValue) return [{change, kind, name}]
      return fields.map(({field, before, after}) => ({change, kind, name, field, before, after}))
    }),
  view: rowView,
  remarks: untoldTexts,
}

/**
 * A difference as text for people, with its line breaks: what is compared, each change with its fields, their number.
 * @param options `width` is where a line ends; a value that fits in no line is not cut. Without `now` ages are left out.
 */
export function differenceLines(
  difference: Difference,
  paint: Paint,
  {width = Number.POSITIVE_INFINITY, now}: {width?: number; now?: Date} = {},
): string {
  const age = (moment: Date) => now && ago(moment, now)
  const [before, after] = [difference.before, difference.after].map(side => printable(sideText(side, age)))
  const lines = [paint.bold(`${printable(difference.api.name)}: ${before} → ${after}`)]
  const direction = directionText(difference)
  if (direction !== undefined) lines.push(paint.dim(printable(direction)))
  for (const [kind, items] of byKind(difference)) {
    lines.push('', paint.bold(HEADINGS[kind]))
    for (const item of items) lines.push(...itemLines(item, paint, width))
  }
  if (difference.items.length > 0) lines.push('')
  lines.push(countsText(difference), ...untoldTexts(difference).map(text => paint.dim(printable(text))))
  return lines.map(line => `${line}\n`).join('')
}

const HEADINGS: Record<ItemKind, string> = {
  route: 'Routes',
  'gateway response': 'Gateway responses',
  authorizer: 'Authorizers',
  model: 'Models',
  validator: 'Validators',
  setting: 'Settings',
  'stage setting': 'Stage settings',
}

function byKind({items}: Difference): [ItemKind, ItemDifference[]][] {
  const kinds = [...new Set(items.map(({kind}) => kind))]
  return kinds.map(kind => [kind, items.filter(item => item.kind === kind)])
}

/** `prod (46bce8, 3 days ago)` */
function sideText({kind, name, deploymentId, createdDate}: Side, when: (moment: Date) => string | undefined): string {
  const isItsId = name === deploymentId
  const details = [isItsId ? undefined : deploymentId, createdDate && when(createdDate)].filter(text => text)
  const label = kind === 'deployment' && isItsId ? `deployment ${name}` : name
  return details.length === 0 ? label : `${label} (${details.join(', ')})`
}

/** Of two stages neither is the one that there will be. */
function directionText({before, after}: Difference): string | undefined {
  if (before.kind !== 'stage' || after.kind !== 'stage') return undefined
  return `What would change on ${before.name} if it got what ${after.name} has.`
}

/** `1 added, 2 changed, 1 removed`. That nothing differs is said of what was compared only. */
export function countsText({counts, untold = []}: Pick<Difference, 'counts'> & {untold?: readonly string[]}): string {
  const parts = (['added', 'changed', 'removed'] as const).filter(change => counts[change] > 0)
  if (parts.length > 0) return parts.map(change => `${counts[change]} ${change}`).join(', ')
  return untold.length === 0 ? 'No differences.' : 'No differences in what was compared.'
}

function untoldTexts({items, untold}: Difference): string[] {
  const isHidden = items.some(({fields}) => fields.some(field => field.isHidden))
  return [
    ...(untold.length === 0 ? [] : [`Not compared: ${untold.join(', ')}`]),
    ...(isHidden ? ['What looks like a credential is compared, and shown as [hidden].'] : []),
  ]
}

/** What a change of a kind is marked with. */
export const SIGNS = {added: '+', removed: '-', changed: '~'} as const

function itemLines(item: ItemDifference, paint: Paint, width: number): string[] {
  const colour = COLOURS[item.change](paint)
  const title = `  ${colour(`${SIGNS[item.change]} ${printable(item.name)}`)}`
  const summary = summaryOf(item)
  const first = summary === undefined ? title : `${title}  ${paint.dim(printable(summary))}`
  const fields = shownFields(item)
  // A setting that is one value.
  const only = fields.length === 1 && fields[0]?.path.length === 0 ? fieldLine(item, fields[0], paint) : undefined
  if (only !== undefined && stringWidth(`${first}: ${only}`) <= width) return [`${first}: ${only}`]
  return [first, ...fields.flatMap(field => fieldLines(item, field, paint, width))]
}

const COLOURS = {
  added: ({good}: Paint) => good,
  removed: ({bad}: Paint) => bad,
  changed: ({warn}: Paint) => warn,
} as const

/** Of a route that came or went its summary is enough, of anything else all that it has is told: a document whole. */
function shownFields({kind, change, fields}: ItemDifference): readonly FieldDifference[] {
  if (change === 'changed' || fields.length === 0) return fields
  if (kind === 'route') return []
  if (kind !== 'model' && kind !== 'setting') return fields
  const document = documentOf(fields, change === 'added' ? 'after' : 'before')
  return [{field: '', path: [], ...(change === 'added' ? {after: document} : {before: document})}]
}

/** Puts the members of a document together again. */
function documentOf(fields: readonly FieldDifference[], side: 'before' | 'after'): Json {
  const [first] = fields
  if (first?.path.length === 0) return first[side] ?? null
  const groups = new Map<string, FieldDifference[]>()
  for (const field of fields) {
    const [name = '', ...path] = field.path
    groups.get(name)?.push({...field, path}) ?? groups.set(name, [{...field, path}])
  }
  return Object.fromEntries([...groups].map(([name, members]) => [name, documentOf(members, side)]))
}

/** What a route that came or went is, or was: who may call it and what is behind it. */
function summaryOf({kind, name, change, fields}: ItemDifference): string | undefined {
  if (kind !== 'route') return undefined
  const has = (field: string) => {
    const found = fields.find(difference => difference.field === field)
    return found && (change === 'added' ? found.after : found.before)
  }
  const isPreflight = name.startsWith('OPTIONS ')
  if (change === 'changed') return isPreflight && fields.every(isOfAnswer) ? 'CORS' : undefined
  const type = has('integration.type')
  if (isPreflight && type === 'MOCK') return 'CORS preflight'
  const integration = {type: String(type), uri: textOf(has('integration.uri'))}
  return [
    type === undefined ? undefined : integrationText(integration),
    [has('authorization') ?? 'no authorization', has('authorizer')].filter(text => text !== undefined).join(' '),
    has('apiKeyRequired') ? 'API key' : undefined,
  ]
    .filter(text => text !== undefined)
    .join(', ')
}

const textOf = (value: Json | undefined) => (typeof value === 'string' ? value : undefined)

/** Whether a field is about what is answered: of the mock behind OPTIONS that is CORS. */
const isOfAnswer = ({path}: FieldDifference) => path[0] === 'responses' || path[0] === 'integration'

function fieldLines(item: ItemDifference, field: FieldDifference, paint: Paint, width: number): string[] {
  const label = printable(labelOf(item, field))
  const line = fieldLine(item, field, paint)
  const inOne = `      ${label}${label === '' ? '' : ': '}${line}`
  if (line !== undefined && stringWidth(inOne) <= width) return [inOne]
  const colour = (line: string) =>
    line.startsWith('+') ? paint.good(line) : line.startsWith('-') ? paint.bad(line) : paint.dim(line)
  const lines = blockLines(item, field).map(line => `        ${colour(printable(line))}`)
  return label === '' ? lines : [`      ${label}:`, ...lines]
}

/** `NONE → AWS_IAM`, where that can be read in one line. */
function fieldLine({change}: ItemDifference, field: FieldDifference, paint: Paint): string | undefined {
  const [before, after] = [shortOf(field, 'before'), shortOf(field, 'after')]
  if (before === undefined || after === undefined) return undefined
  if (change === 'changed') return `${paint.bad(before)} → ${paint.good(after)}`
  return change === 'added' ? paint.good(after) : paint.bad(before)
}

/** The name of a field in words: `integration.uri`, `request parameter path.id`, `CORS: Access-Control-Max-Age of …`. */
export function labelOf({kind}: Pick<ItemDifference, 'kind'>, field: FieldDifference): string {
  if (kind === 'model' || kind === 'setting') return field.field
  const {path} = field
  const last = path.at(-1) ?? ''
  // Those of an integration say it themselves: `integration.request.header.X`.
  if (path[0] === 'integration' && path[1] === 'requestParameters') return last
  const place = placeOf(path)
  const cors = /access-control-[\w-]+$/i.exec(last)?.[0]
  const owner = placeOf(path.slice(0, -2))
  if (cors) return `CORS: ${cors}${owner === '' ? '' : ` of ${owner}`}`
  return last === 'headers' && isAboutCors(field) ? `CORS: ${place}` : place
}

/** Maps whose members somebody named: the name is set apart from what it is the name of. */
const NAMED = new Map([
  ['requestParameters', 'request parameter'],
  ['requestModels', 'request model'],
  ['requestTemplates', 'request template'],
  ['responses', 'response'],
  ['parameters', 'parameter'],
  ['templates', 'template'],
  ['models', 'model'],
  ['variables', 'variable'],
  ['tags', 'tag'],
  ['methods', 'method'],
])

function placeOf(path: readonly string[]): string {
  let text = ''
  let isAfterName = true
  for (let i = 0; i < path.length; i++) {
    const [part = '', name] = [path[i], path[i + 1]]
    const label = NAMED.get(part)
    text += `${text === '' ? '' : isAfterName ? ' ' : '.'}${label ?? part}`
    isAfterName = label !== undefined && name !== undefined
    if (isAfterName) text += ` ${path[++i]}`
  }
  return text
}

/** Whether all that differs between two lists of headers are those of CORS. */
function isAboutCors({before, after}: FieldDifference): boolean {
  const [one, other] = [before, after].map(side => (Array.isArray(side) ? side.map(String) : []))
  const apart = [
    ...(one ?? []).filter(name => !other?.includes(name)),
    ...(other ?? []).filter(name => !one?.includes(name)),
  ]
  return apart.length > 0 && apart.every(name => /^access-control-/i.test(name))
}

/** A value in one line, if it is one that can be read there. */
function shortOf(field: FieldDifference, side: 'before' | 'after'): string | undefined {
  const value = field[side]
  if (value === undefined) return DEFAULTS.get(field.field) ?? 'none'
  if (value === '') return '""'
  if (typeof value === 'string') return /[\r\n]/.test(value) ? undefined : printable(value)
  if (Array.isArray(value) && value.length > 0 && value.every(isScalar)) return printable(value.join(', '))
  return isScalar(value) || Object.keys(value).length === 0 ? JSON.stringify(value) : undefined
}

const isScalar = (value: Json) => value === null || typeof value !== 'object'

/** What the service does where nothing is set. Source: the API reference of each property */
const DEFAULTS = new Map([
  ['authorization', 'NONE'],
  ['apiKeyRequired', 'false'],
  ['integration.timeout', '29000 (default)'],
  ['integration.connectionType', 'INTERNET'],
  ['integration.passthrough', 'WHEN_NO_MATCH'],
  ['integration.insecureSkipVerification', 'false'],
  ['integration.responseTransferMode', 'BUFFERED'],
  ['ttl', '300 (default)'],
  ['throttleRate', "the account's"],
  ['throttleBurst', "the account's"],
])

/** The lines that came and went, with a few around them, as `diff -u` writes them. */
function changedLines({change}: ItemDifference, field: FieldDifference): string[] {
  const [before, after] = [linesOf(field.before), linesOf(field.after)]
  const all = [...before.map(line => `-${line}`), ...after.map(line => `+${line}`)]
  if (change !== 'changed' || before.length < 2 || after.length < 2) return all
  // A last line break that both have is no line of its own; one that only one of them has is a difference.
  const isEnded = before.at(-1) === '' && after.at(-1) === ''
  const [one, other] = [before, after].map(lines => lines.join('\n') + (isEnded ? '' : '\n')) as [string, string]
  const patch = structuredPatch('', '', one, other, '', '', {context: 3, maxEditLength: MOST_EDITS})
  if (!patch) return all
  return patch.hunks.flatMap(({oldStart, oldLines, newStart, newLines, lines}) => [
    `@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`,
    ...lines,
  ])
}

/** Lines from which on two texts have nothing in common, and looking for it takes long. */
const MOST_EDITS = 2_000

/** Text by lines; of anything else its JSON, members sorted, as their order means nothing. */
function linesOf(value: Json | undefined): string[] {
  if (value === undefined) return []
  if (Array.isArray(value) && value.every(isScalar)) return value.map(item => String(item))
  return (typeof value === 'string' ? value : JSON.stringify(sorted(value), undefined, 2)).split('\n')
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted)
  if (value === null || typeof value !== 'object') return value
  const names = Object.keys(value).sort()
  return Object.fromEntries(names.map(name => [name, sorted(value[name] as Json)]))
}

/** Lines of a diff block from which on it is folded. */
const LONG = 20

function differenceMarkdown(difference: Difference): string {
  const when = (moment: Date) => `${moment.toISOString().slice(0, 16).replace('T', ' ')} UTC`
  const [before, after] = [difference.before, difference.after].map(side => markdownCode(sideText(side, when)))
  const sections = byKind(difference).map(([kind, items]) => {
    const rows = items.map(item => [item.change, markdownCode(item.name), markdownText(whatOf(item))])
    const table = markdownRows(['', KIND_HEADINGS[kind], ''], rows)
    return [`\n#### ${HEADINGS[kind]}\n`, table, ...items.map(markdownDetails)].filter(Boolean).join('\n')
  })
  const remarks = untoldTexts(difference).map(text => `\n${markdownText(text)}\n`)
  const heading = `### ${markdownCode(difference.api.name)}: ${before} → ${after}\n`
  const direction = directionText(difference)
  return [
    heading,
    direction === undefined ? '' : `\n${markdownText(direction)}\n`,
    `\n**${countsText(difference)}**\n`,
    ...sections,
    ...remarks,
  ].join('')
}

const KIND_HEADINGS: Record<ItemKind, string> = {
  route: 'route',
  'gateway response': 'type',
  authorizer: 'authorizer',
  model: 'model',
  validator: 'validator',
  setting: 'setting',
  'stage setting': 'setting',
}

/** The last column of the table of changes: which fields are concerned. */
function whatOf(item: ItemDifference): string {
  if (item.change !== 'changed') return summaryOf(item) ?? ''
  return [summaryOf(item), item.fields.map(field => labelOf(item, field)).join(', ')].filter(Boolean).join(': ')
}

/** The fields of a change as a diff block, folded when it is long. */
function markdownDetails(item: ItemDifference): string {
  const lines = shownFields(item).flatMap(field => {
    const label = labelOf(item, field)
    return [...(label === '' ? [] : [`@@ ${label} @@`]), ...blockLines(item, field)]
  })
  if (lines.length === 0) return ''
  const block = markdownBlock('diff', lines)
  if (lines.length <= LONG) return `${markdownCode(item.name)}\n\n${block}`
  return `<details><summary>${markdownHtmlCode(item.name)}</summary>\n\n${block}\n</details>\n`
}

/** A field that is not there on one side has the service's own value there, which is told where it is known. */
function blockLines(item: ItemDifference, field: FieldDifference): string[] {
  const known = DEFAULTS.get(field.field)
  if (item.change !== 'changed' || known === undefined) return changedLines(item, field)
  const {before = known, after = known} = field
  return changedLines(item, {...field, before, after})
}
