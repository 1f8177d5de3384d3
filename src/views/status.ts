import stringWidth from 'string-width'
import {accessLogGroup} from '../domain/logs/groups.js'
import type {
  Advice,
  ApiOverview,
  ApiStatus,
  PendingChange,
  ServedDeployment,
  StageLogging,
  StageStatus,
} from '../domain/status.js'
import {SIGNS} from './differences.js'
import {markdownRows, markdownText} from './markdown.js'
import type {Paint} from './paint.js'
import {cut} from './table.js'
import {ago, printable} from './text.js'
import type {Report, ReportOptions, View} from './view.js'

/** A stage in one row, for pipes. */
const stageRow: View<StageStatus> = {
  columns: [
    {header: 'STAGE', value: ({stage}) => stage},
    {header: 'DEPLOYMENT', value: ({deployment}) => deployment?.id},
    {header: 'DEPLOYED', value: ({deployment}) => deployment?.createdDate},
    {header: 'NOT LIVE', value: ({undeployed}) => undeployed},
    {header: 'CANARY', value: ({canary}) => canary?.percentTraffic},
    {header: 'CANARY DEPLOYMENT', value: ({canary}) => canary?.deployment?.id},
    {header: 'LOGS', value: ({logging}) => levelText(logging)},
    {header: 'ACCESS LOG', value: ({logging}) => logging.accessLogArn},
    {header: 'THROTTLE', value: ({throttle}) => throttleText(throttle)},
    {header: 'CACHE', value: ({cache}) => cache?.size},
    {header: 'CACHE STATUS', value: ({cache}) => cache?.status},
    {header: 'TRACING', value: ({tracing}) => tracing},
    {header: 'WEB ACL', value: ({webAclArn}) => webAclArn},
    {header: 'UPDATED', value: ({lastUpdatedDate}) => lastUpdatedDate},
    {header: 'URL', value: ({urls}) => urls.join(' ')},
    {header: 'DOMAINS', value: ({domains}) => domains?.join(' ')},
    {header: 'PLANS', value: ({plans}) => plans?.join(', ')},
  ],
  id: ({stage}) => stage,
}

/** How an API is doing: a screen for people, a row for each stage in a pipe. */
export const statusReport: Report<ApiStatus, StageStatus> = {
  text: (status, options) => {
    const blocks = [heading(status, options), ...status.stages.map(stage => stageBlock(stage, options))]
    const advice = status.advice.map(each => adviceLine(each, options.paint))
    return [...blocks, ...(advice.length > 0 ? [advice] : [])].map(lines => `${lines.join('\n')}\n`).join('\n')
  },
  markdown: status => {
    const {name, id, stages, advice} = status
    const rows = stages.map(stage => [
      markdownText(stage.stage),
      markdownText(stage.deployment?.id ?? ''),
      markdownText(pendingText(stage, Number.POSITIVE_INFINITY)),
      markdownText(canaryText(stage) ?? ''),
      markdownText(logsText(stage.logging)),
      markdownText(stage.urls.join(' ')),
    ])
    const header = ['STAGE', 'DEPLOYMENT', 'NOT LIVE', 'CANARY', 'LOGS', 'URL']
    const todo = advice.map(({text, command}) => `- ${markdownText(text)}: \`${printable(command)}\`\n`)
    return [
      `### ${markdownText(name)} (${markdownText(id)})\n`,
      ...(stages.length > 0 ? [markdownRows(header, rows)] : []),
      ...(todo.length > 0 ? [todo.join('')] : []),
    ].join('\n')
  },
  rows: ({stages}) => stages,
  view: stageRow,
}

function heading(status: ApiStatus, {paint, now}: ReportOptions): string[] {
  const {name, id, endpointType, createdDate, description} = status
  const created = createdDate && `created ${ago(createdDate, now)}`
  const facts = [printable(id), endpointType.toLowerCase(), created].filter(part => part !== undefined)
  return [[paint.name(printable(name)), ...facts].join('  '), ...(description ? [printable(description)] : [])]
}

/** Cells that a label takes, with the gap after it. */
const LABEL = 12

function stageBlock(stage: StageStatus, {paint, now, width}: ReportOptions): string[] {
  const room = width - LABEL
  const fields: [label: string, texts: readonly string[]][] = [
    ['serves', [cut(servedText(stage.deployment, now), room)]],
    ['edited', [pendingPainted(stage, room, paint)]],
    ['canary', texts(canaryText(stage, now)).map(paint.warn)],
    ['logs', [isSilent(stage.logging) ? paint.warn('off') : cut(logsText(stage.logging), room)]],
    ['throttle', texts(throttleText(stage.throttle))],
    ['cache', texts(cacheText(stage.cache, paint))],
    ['with', texts(cut(otherText(stage), room))],
    ['url', stage.urls.map(printable)],
    ['domains', (stage.domains ?? []).map(printable)],
    ['plans', texts(cut(printable(stage.plans?.join(', ') ?? ''), room))],
    ['updated', texts(stage.lastUpdatedDate && ago(stage.lastUpdatedDate, now))],
  ]
  const lines = fields.flatMap(([label, texts]) =>
    texts.map((text, i) => `  ${paint.dim((i === 0 ? label : '').padEnd(LABEL - 2))}${text}`),
  )
  const description = stage.description ? `  ${printable(stage.description)}` : ''
  return [cut(paint.bold(printable(stage.stage)) + description, width), ...lines]
}

const texts = (text: string | undefined): string[] => (text ? [text] : [])

function servedText(deployment: ServedDeployment | undefined, now?: Date): string {
  if (!deployment) return '-'
  const {id, createdDate, description} = deployment
  const age = createdDate && now ? `, ${ago(createdDate, now)}` : ''
  return printable(`${id}${age}${description ? `: ${description}` : ''}`)
}

function pendingPainted(stage: StageStatus, room: number, paint: Paint): string {
  const text = pendingText(stage, room)
  if (stage.undeployed === undefined) return paint.bad(text)
  return stage.undeployed === 0 ? paint.good(text) : paint.warn(text)
}

/** `3 changes are not live: + POST /pets, ~ GET /pets/{id} and 1 more`, as many as there is room for. */
function pendingText({undeployed, changes = [], untold = []}: StageStatus, room: number): string {
  if (undeployed === undefined) return 'what of it is live is not known'
  if (undeployed === 0 && untold.length > 0)
    return cut(printable(`all of it is live, but for ${untold.join(', ')}`), room)
  if (undeployed === 0) return 'all of it is live'
  const start = `${undeployed} ${undeployed === 1 ? 'change is' : 'changes are'} not live: `
  const names = changes.map(pendingName)
  for (let shown = names.length; shown > 0; shown--) {
    const more = names.length > shown ? ` and ${names.length - shown} more` : ''
    const text = `${start}${names.slice(0, shown).join(', ')}${more}`
    if (shown === 1 || stringWidth(text) <= room) return cut(text, room)
  }
  return start
}

const pendingName = ({change, kind, name}: PendingChange) =>
  printable(`${SIGNS[change]} ${kind === 'route' ? name : `${kind} ${name}`}`)

function canaryText({canary}: StageStatus, now?: Date): string | undefined {
  return canary && `${canary.percentTraffic} % of the requests get ${servedText(canary.deployment, now)}`
}

const isSilent = ({level, overrides, accessLogArn}: StageLogging) =>
  level === 'OFF' && overrides === 0 && accessLogArn === undefined

function levelText({level, dataTrace}: StageLogging): string {
  return level === 'OFF' ? 'off' : `${level.toLowerCase()}${dataTrace ? ' with data trace' : ''}`
}

function logsText(logging: StageLogging): string {
  const {overrides, accessLogArn} = logging
  const own = overrides === 0 ? '' : `, ${overrides} ${overrides === 1 ? 'method' : 'methods'} otherwise`
  const access = accessLogArn === undefined ? '' : `; access log to ${accessLogGroup(accessLogArn) ?? accessLogArn}`
  return printable(`${levelText(logging)}${own}${access}`)
}

/** `100/s, burst 200` */
function throttleText(throttle: StageStatus['throttle']): string | undefined {
  if (!throttle) return undefined
  const {rate, burst} = throttle
  const parts = [...(rate === undefined ? [] : [`${rate}/s`]), ...(burst === undefined ? [] : [`burst ${burst}`])]
  return parts.join(', ')
}

const CACHE_TEXTS: Readonly<Record<string, string>> = {
  CREATE_IN_PROGRESS: 'is being created, which takes about four minutes',
  DELETE_IN_PROGRESS: 'is being deleted',
  FLUSH_IN_PROGRESS: 'is being flushed',
  NOT_AVAILABLE: 'is not available',
}

function cacheText(cache: StageStatus['cache'], paint: Paint): string | undefined {
  if (!cache) return undefined
  const {size, status = 'AVAILABLE'} = cache
  if (status === 'AVAILABLE') return `${size} GB`
  return paint.warn(printable(`${size} GB, ${CACHE_TEXTS[status] ?? status}`))
}

/** What a stage has besides, in a few words. */
function otherText({tracing, webAclArn, clientCertificateId, variables}: StageStatus): string {
  const count = Object.keys(variables).length
  const parts = [
    ...(tracing ? ['tracing'] : []),
    ...(webAclArn === undefined ? [] : [`web ACL ${webAclName(webAclArn)}`]),
    ...(clientCertificateId === undefined ? [] : [`client certificate ${clientCertificateId}`]),
    ...(count === 0 ? [] : [`${count} ${count === 1 ? 'variable' : 'variables'}`]),
  ]
  return printable(parts.join(', '))
}

/** `arn:aws:wafv2:REGION:ACCOUNT:regional/webacl/NAME/ID`, or `arn:aws:waf-regional:REGION:ACCOUNT:webacl/ID`. */
const webAclName = (arn: string) => /\/webacl\/([^/]+)\//.exec(arn)?.[1] ?? arn.slice(arn.lastIndexOf('/') + 1)

const adviceLine = ({text, command}: Advice, paint: Paint) => `${printable(text)}: ${paint.name(printable(command))}`

/** All APIs, each in a row. */
export const overviewView: View<ApiOverview> = {
  columns: [
    {header: 'API', value: ({name}) => name, text: ({name}, paint) => paint.name(printable(name))},
    {header: 'ID', value: ({id}) => id, isWhole: true},
    {header: 'TYPE', value: ({endpointType}) => endpointType.toLowerCase()},
    {
      header: 'STAGES',
      value: ({stages, unread}) => (unread.length > 0 ? undefined : stages.map(({stage}) => stage).join(' ')),
    },
    {
      header: 'NOT LIVE',
      value: overview => pendingCounts(overview),
      text: (overview, paint) => pendingSummary(overview, paint),
    },
    {
      header: 'CANARY',
      value: ({stages}) =>
        stages.flatMap(({stage, canary}) => (canary === undefined ? [] : [`${stage} ${canary} %`])).join(', '),
    },
  ],
  id: ({id}) => id,
  empty: 'There are no REST APIs here yet. Make one: apigw apis create NAME, or apigw apis import FILE',
}

/** `prod 3, beta 1`: stages that all is live on are left out, `?` stands for what is not known. */
function pendingCounts({stages}: ApiOverview): string {
  return stages
    .filter(({undeployed}) => undeployed !== 0)
    .map(({stage, undeployed = '?'}) => `${stage} ${undeployed}`)
    .join(', ')
}

function pendingSummary(overview: ApiOverview, paint: Paint): string {
  if (overview.unread.length > 0) return paint.bad('?')
  if (overview.stages.length === 0) return paint.dim('no stage')
  const counts = pendingCounts(overview)
  return counts === '' ? paint.good('-') : paint.warn(printable(counts))
}
