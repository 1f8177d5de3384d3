import {quotaText} from '../domain/limits.js'
import {daysAfter} from '../domain/usage.js'
import type {ExtendedQuota} from '../domain/usage-extension.js'
import type {
  CustomerReport,
  DayReport,
  KeyReport,
  PlanKeyRef,
  QuotaState,
  UncountedPlan,
  UsageReport,
} from '../domain/usage-report.js'
import {type Canvas, grouped, percent, shareBar, sparkline} from './charts.js'
import type {Paint} from './paint.js'
import {printable} from './text.js'
import type {Column, View} from './view.js'

/** What programs read of a row; of a plan that is not counted almost nothing. */
type Row<Report extends {used: number}> = Partial<Report> | UncountedPlan

const EMPTY =
  'Nothing is counted: no key is on these usage plans, or they have no quota. See what they have: apigw plans list'

const known = <Report extends {used: number}>(row: Row<Report>) => row as Partial<Report>

const refColumns: readonly Column<Row<PlanKeyRef & {used: number}>>[] = [
  {header: 'PLAN ID', value: row => row.planId},
  {header: 'PLAN', value: row => row.plan},
  {header: 'KEY ID', value: row => known(row).keyId},
  {header: 'KEY', value: row => known(row).key},
  {header: 'CUSTOMER', value: row => known(row).customerId},
  {header: 'STATE', value: row => known(row).state},
]

/** A row for each day of a key, for billing. */
export const dayUsageView: View<Row<DayReport>> = {
  columns: [
    {header: 'DAY', value: row => known(row).day},
    ...(refColumns as readonly Column<Row<DayReport>>[]),
    {header: 'USED', value: row => row.used ?? undefined},
    {header: 'REMAINING', value: row => known(row).remaining},
    {header: 'PARTIAL', value: row => known(row).partial},
  ],
  id: row => known(row).keyId ?? row.planId ?? '',
  empty: EMPTY,
}

/** A row for each key, for programs. */
export const keyUsageView: View<Row<KeyReport>> = {
  columns: [
    ...(refColumns as readonly Column<Row<KeyReport>>[]),
    {header: 'FROM', value: row => known(row).from},
    {header: 'TO', value: row => known(row).to},
    {header: 'USED', value: row => row.used ?? undefined},
    {header: 'LIMIT', value: row => known(row).quota?.limit},
    {header: 'PERIOD', value: row => known(row).quota?.period},
    {header: 'USED IN PERIOD', value: row => known(row).quota?.used},
    {header: 'REMAINING', value: row => known(row).quota?.remaining},
    {header: 'SHARE', value: row => known(row).quota?.share},
    {header: 'RESETS', value: row => known(row).quota?.resets},
    {header: 'PACE', value: row => known(row).quota?.pace},
    {header: 'DAYS LEFT', value: row => known(row).quota?.daysLeft ?? undefined},
    {header: 'OUTLOOK', value: row => known(row).quota?.outlook},
  ],
  id: row => known(row).keyId ?? row.planId ?? '',
  empty: EMPTY,
}

/** A row for each customer, for programs. */
export const customerUsageView: View<Row<CustomerReport>> = {
  columns: [
    {header: 'CUSTOMER', value: row => known(row).customerId ?? undefined},
    {header: 'FROM', value: row => known(row).from},
    {header: 'TO', value: row => known(row).to},
    {header: 'KEYS', value: row => known(row).keys},
    {header: 'PLANS', value: row => known(row).plans?.join(', ')},
    {header: 'USED', value: row => row.used ?? undefined},
  ],
  id: row => known(row).customerId ?? '',
  empty: EMPTY,
}

/** A line for each key, for people: its days as a picture, what it used of its quota and how long the rest lasts. */
export function keyUsageChart(canvas: Canvas): View<KeyReport> {
  return {
    columns: [
      {header: 'KEY', value: nameOf, text: (row, paint) => nameText(row, paint)},
      {header: 'PLAN', value: row => row.plan},
      {header: 'CUSTOMER', value: row => row.customerId},
      daysColumn(canvas),
      usedColumn,
      quotaColumn(canvas),
      outlookColumn(canvas),
    ],
    id: row => row.keyId,
    empty: EMPTY,
  }
}

/** A line for each customer, for people. */
export function customerUsageChart(canvas: Canvas): View<CustomerReport> {
  return {
    columns: [
      {
        header: 'CUSTOMER',
        value: row => row.customerId ?? '(none)',
        text: ({customerId}, paint) => (customerId === null ? paint.dim('(none)') : paint.name(printable(customerId))),
      },
      {header: 'KEYS', value: row => row.keys},
      {header: 'PLANS', value: row => row.plans.join(', ')},
      daysColumn(canvas),
      usedColumn,
    ],
    id: row => row.customerId ?? '',
    empty: EMPTY,
  }
}

const nameOf = ({key, keyId}: KeyReport) => key ?? keyId

function nameText(row: KeyReport, paint: Paint): string {
  const name = paint.name(printable(nameOf(row)))
  return row.state === 'disabled' || row.state === 'deleted' ? `${name} ${paint.warn(`(${row.state})`)}` : name
}

/** Columns of a terminal from which on there is room, beside a name of a key, for the dates too, for limits, for bars. */
const WIDEST = 140
const WIDE = 120
const MEDIUM = 100

function daysColumn<Report extends {days: readonly {used: number}[]}>(canvas: Canvas): Column<Report> {
  const cells = canvas.width >= WIDEST ? 30 : canvas.width >= MEDIUM ? 20 : 10
  return {
    header: 'DAYS',
    value: ({days}) =>
      sparkline(
        days.map(({used}) => used),
        cells,
        canvas,
      ),
    isWhole: true,
  }
}

const usedColumn: Column<{used: number}> = {header: 'USED', value: row => row.used, text: ({used}) => grouped(used)}

function quotaColumn(canvas: Canvas): Column<KeyReport> {
  // What it may send in this period: more than the limit where it was extended.
  const text = ({share, used, remaining, period}: QuotaState) => {
    const picture = canvas.width < MEDIUM ? percent(share) : shareBar(share, canvas)
    return canvas.width < WIDE ? picture : `${picture} of ${grouped(used + remaining)}/${period.toLowerCase()}`
  }
  return {
    header: 'QUOTA',
    value: ({quota}) => quota && text(quota),
    text: ({quota}, paint) => (quota ? outlookPaint(quota, paint)(text(quota)) : ''),
    isWhole: true,
  }
}

function outlookColumn({width}: Canvas): Column<KeyReport> {
  const text = (quota: QuotaState) => (width < WIDEST ? outlookText(quota) : `${outlookText(quota)}${untilText(quota)}`)
  return {
    header: 'OUTLOOK',
    value: ({quota}) => quota && text(quota),
    text: ({quota}, paint) => (quota ? outlookPaint(quota, paint)(text(quota)) : ''),
    isWhole: true,
  }
}

function outlookText({outlook, daysLeft}: QuotaState): string {
  switch (outlook) {
    case 'used-up':
      return 'used up'
    case 'runs-out':
      return `out in ${spanText(daysLeft ?? 0)}`
    case 'resets-first':
      return 'resets first'
    case 'unused':
      return 'not used'
  }
}

function untilText({outlook, resets}: QuotaState): string {
  const day = resets.toISOString().slice(0, 10)
  if (outlook === 'used-up') return ` until ${day}`
  return outlook === 'unused' ? '' : `, ${outlook === 'runs-out' ? `resets ${day}` : day}`
}

/** Days, or of less than two hours, rounded down: nobody is promised more than there is. */
function spanText(days: number): string {
  if (days >= 2) return `${days < 10 ? Math.floor(days * 10) / 10 : Math.floor(days)} days`
  const hours = Math.floor(days * 24)
  return hours < 1 ? '<1 hour' : `${hours} hour${hours === 1 ? '' : 's'}`
}

function outlookPaint({outlook}: QuotaState, paint: Paint): (text: string) => string {
  if (outlook === 'used-up') return paint.bad
  return outlook === 'runs-out' ? paint.warn : text => text
}

/** What the pictures of a report are of. @param today in UTC */
export function usageRemarks(report: UsageReport, today: string): string[] {
  const {from, to} = report.range
  const days = from === to ? `on ${to}` : `of each day from ${from} to ${to}`
  return [`Requests ${days}, in UTC${to === today ? '; today is not over' : ''}.`, ...gapRemarks(report, today)]
}

/** Days that one call asks for at most; for how many the service keeps its counts is not documented. */
const REMEMBERED = 90

/** What is not in a report, or may not be: plans that nobody counts, and days that may be forgotten. @param today in UTC */
export function gapRemarks({range, uncounted}: UsageReport, today: string): string[] {
  const isLongAgo = range.from < daysAfter(today, -REMEMBERED)
  const forgotten = `For how long the service keeps its counts is not documented: a 0 from before ${daysAfter(today, -REMEMBERED)} may mean that it has forgotten.`
  return [...uncountedRemarks(uncounted), ...(isLongAgo ? [forgotten] : [])]
}

/** Names the plans that are not in a report, because nobody counts. */
function uncountedRemarks(plans: UsageReport['uncounted']): string[] {
  if (plans.length === 0) return []
  const names = plans.map(({name}) => name).join(', ')
  const what = plans.length === 1 ? 'usage plan without a quota' : 'usage plans without a quota'
  return [
    `Not counted by the service: ${what} (${names}). To count: apigw plans update ${plans[0]?.id} --quota 1000000/month`,
  ]
}

export const extendedQuotaView: View<ExtendedQuota> = {
  columns: [
    {header: 'KEY', value: row => row.key ?? row.keyId},
    {header: 'ID', value: row => row.keyId},
    {header: 'PLAN', value: row => row.plan},
    {header: 'QUOTA', value: row => quotaText(row.quota)},
    {header: 'BEFORE', value: row => row.before, text: row => grouped(row.before)},
    {header: 'REMAINING', value: row => row.remaining, text: row => grouped(row.remaining)},
    {header: 'UNTIL', value: row => row.until.toISOString()},
  ],
  id: row => row.keyId,
}
