import {waysOut} from '../domain/canary/canary.js'
import type {Aborted} from '../domain/canary/changes.js'
import type {Promoted} from '../domain/canary/promote.js'
import type {StagedCanary} from '../domain/canary/start.js'
import type {CanaryStatus, OtherVariable, Side} from '../domain/canary/status.js'
import type {Traffic} from '../domain/metrics.js'
import {quoted} from '../domain/quoting.js'
import {markdownTable, markdownText} from './markdown.js'
import {table} from './table.js'
import {ago, printable} from './text.js'
import type {Report, View} from './view.js'

/** A canary as it is on its stage. */
export const canaryView: View<StagedCanary> = {
  columns: [
    {header: 'STAGE', value: canary => canary.stage},
    {header: 'CANARY', value: canary => canary.deploymentId, text: (canary, paint) => paint.name(canary.deploymentId)},
    {header: 'SHARE', value: canary => canary.percentTraffic, text: canary => `${canary.percentTraffic} %`},
    {header: 'BASE', value: canary => canary.baseDeploymentId},
    {header: 'VARIABLES', value: canary => pairs(canary.variables)},
    {
      header: 'STAGE CACHE',
      value: canary => canary.useStageCache,
      text: canary => (canary.useStageCache ? 'used' : ''),
    },
  ],
  id: canary => canary.deploymentId,
}

/** What a promotion did. */
export const promotedView: View<Promoted> = {
  columns: [
    {header: 'STAGE', value: promoted => promoted.stage},
    {header: 'DEPLOYMENT', value: promoted => promoted.deploymentId},
    {header: 'PREVIOUS', value: promoted => promoted.previousDeploymentId},
    {header: 'VARIABLES', value: promoted => pairs(promoted.variables)},
    {header: 'REASON', value: promoted => promoted.reason},
  ],
  id: promoted => promoted.deploymentId ?? '',
}

/** What is left when a canary is gone. */
export const abortedView: View<Aborted> = {
  columns: [
    {header: 'STAGE', value: aborted => aborted.stage},
    {header: 'DEPLOYMENT', value: aborted => aborted.deploymentId},
    {header: 'ABORTED', value: aborted => aborted.abortedDeploymentId},
  ],
  id: aborted => aborted.deploymentId ?? '',
}

const pairs = (record: Record<string, string>) =>
  Object.entries(record)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ')

/** One of the two that answer the requests of a stage, with how they went. */
interface SideRow extends Side {
  side: 'canary' | 'base'
  share: number
  traffic?: Traffic | undefined
}

const sideView: View<SideRow> = {
  columns: [
    {header: 'OF', value: row => row.side, text: (row, paint) => paint.bold(row.side)},
    {header: 'SHARE', value: row => row.share, text: row => `${row.share} %`},
    {header: 'SERVES', value: row => row.deploymentId, text: (row, paint) => paint.name(row.deploymentId ?? '')},
    {header: 'MADE', value: row => row.createdDate},
    {header: 'REQUESTS', value: row => row.traffic?.requests},
    {header: '4XX', value: row => row.traffic?.clientErrors, text: row => rate(row.traffic, 'clientErrors')},
    {
      header: '5XX',
      value: row => row.traffic?.serverErrors,
      text: (row, paint) => {
        const text = rate(row.traffic, 'serverErrors')
        return row.traffic?.serverErrors ? paint.bad(text) : text
      },
    },
    {header: 'P50', value: row => row.traffic?.latencyP50, text: row => milliseconds(row.traffic?.latencyP50)},
    {header: 'P99', value: row => row.traffic?.latencyP99, text: row => milliseconds(row.traffic?.latencyP99)},
    // For programs: a line of eighty columns has no room for it, and `deployments list` tells it.
    {header: 'DESCRIPTION', value: row => row.description, text: () => ''},
  ],
  id: row => row.deploymentId ?? '',
}

function rate(traffic: Traffic | undefined, name: 'clientErrors' | 'serverErrors'): string {
  return traffic?.requests ? `${((100 * traffic[name]) / traffic.requests).toFixed(1)} %` : ''
}

const milliseconds = (value: number | undefined) => (value === undefined ? '' : `${Math.round(value)} ms`)

/** How a canary does beside its base: two rows, and what differs. */
export const canaryReport: Report<CanaryStatus, SideRow> = {
  text: (status, {paint, width, now}) => {
    const lines = [
      paint.bold(printable(`Canary of ${status.stage}, ${status.apiName}`)),
      table(sidesOf(status), sideView, {paint, width, now}).trimEnd(),
      ...status.variables.map(variable => printable(`variable ${variableText(variable)}`)),
      ...(status.useStageCache ? ['The canary answers from the cache of the stage, too.'] : []),
      paint.dim(sourceText(status, now)),
      ...(status.percentTraffic > 0 ? waysOut({id: status.apiId, name: status.apiName}, status.stage) : []).map(
        printable,
      ),
    ]
    return lines.map(line => `${line}\n`).join('')
  },
  markdown: status =>
    [
      `### Canary of ${markdownText(status.stage)}, ${markdownText(status.apiName)}\n`,
      markdownTable(sidesOf(status), sideView),
      ...status.variables.map(variable => `- variable ${markdownText(variableText(variable))}\n`),
    ].join('\n'),
  rows: sidesOf,
  view: sideView,
}

function sidesOf({percentTraffic, canary, base}: CanaryStatus): SideRow[] {
  return [
    {side: 'canary', share: percentTraffic, ...canary},
    {side: 'base', share: rounded(100 - percentTraffic), ...base},
  ]
}

/** 100 - 0.1 is not quite 99.9. */
const rounded = (value: number) => Number(value.toFixed(4))

const variableText = ({name, base, canary}: OtherVariable) => `${name}: ${base ?? 'none'} → ${canary}`

/** Where the figures come from, and what they cannot tell. */
function sourceText({source, since, base}: CanaryStatus, now: Date): string {
  if (!source) return 'No figures.'
  const isOfAll = source === 'metrics' && base.traffic?.latencyP99 !== undefined
  const of = isOfAll ? '; latencies of the base are those of the whole stage' : ''
  return `Since ${ago(since, now)}, from the ${source}${of}.`
}

/** What to do with a canary that was started. */
export function canaryRemarks({apiName, stage, percentTraffic}: StagedCanary): string[] {
  const command = (verb: string) => `apigw canary ${verb} --api ${quoted(apiName)} --stage ${stage}`
  return [
    ...(percentTraffic === 0 ? [`It gets no requests yet: ${command('set')} --percent N`] : []),
    `See how it does: ${command('status')}`,
    `To let it serve all: ${command('promote')}; to take it back: ${command('abort')}`,
  ]
}

/** How to undo a promotion. */
export function promotedRemarks({apiName, stage, previousDeploymentId, variables}: Promoted): string[] {
  if (previousDeploymentId === undefined) return []
  const names = Object.keys(variables)
  const kept = names.length > 0 ? ` The variables stay as they came from the canary: ${names.join(', ')}.` : ''
  const back = `apigw rollback --api ${quoted(apiName)} --stage ${stage} --to ${previousDeploymentId}`
  return [
    `All requests to ${stage} are served what the canary served. To go back: ${back}${kept && `\n${kept.trim()}`}`,
  ]
}

/** What the stage serves when its canary is gone. */
export const abortedRemark = ({stage, deploymentId}: Aborted) => `All requests to ${stage} are served ${deploymentId}.`
