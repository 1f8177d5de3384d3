import type {QueryRow} from '../domain/logs/query.js'
import type {Dimension, TopRow} from '../domain/logs/top.js'
import type {Paint} from './paint.js'
import {printable} from './text.js'
import type {Column, View} from './view.js'

/** The answer of a query, whose columns are what it asked for. */
export const answerView = (columns: readonly string[]): View<QueryRow> => ({
  columns: columns.map(header => ({header, value: row => row[header]})),
  id: row => row[columns[0] ?? ''] ?? '',
  empty: 'Nothing matched. Further back: --since 1d',
})

const BAR = 10

const text = (value: string | number | undefined) => (value === undefined ? '-' : printable(String(value)))

const errors = (count: number, paint: (text: string) => string, {dim}: Paint) =>
  count === 0 ? dim('0') : paint(String(count))

const milliseconds = (header: string, value: (row: TopRow) => number | undefined): Column<TopRow> => ({
  header,
  value,
  text: row => {
    const latency = value(row)
    return latency === undefined ? '-' : `${Math.round(latency)} ms`
  },
})

const ROUTE: Column<TopRow>[] = [
  {header: 'METHOD', value: row => row.method, text: row => printable(row.method ?? '')},
  {header: 'PATH', value: row => row.resource, text: (row, paint) => paint.name(text(row.resource))},
]

const KEYS: Readonly<Record<Dimension, readonly Column<TopRow>[]>> = {
  path: ROUTE,
  latency: ROUTE,
  status: [{header: 'STATUS', value: row => row.status, text: ({status}, paint) => statusText(status, paint)}],
  key: [
    {
      header: 'KEY',
      value: row => row.key,
      text: (row, paint) => (row.key === undefined ? '-' : paint.name(printable(row.key))),
    },
    {
      header: 'ENDING',
      value: row => row.keyEnding,
      text: ({keyEnding}) => (keyEnding === undefined ? 'no key' : `…${printable(keyEnding)}`),
    },
  ],
  ip: [{header: 'ADDRESS', value: row => row.sourceIp, text: (row, paint) => paint.name(text(row.sourceIp))}],
}

const REQUESTS: Column<TopRow> = {header: 'REQUESTS', value: row => row.requests}

const COUNTS: readonly Column<TopRow>[] = [
  {
    header: 'SHARE',
    value: row => row.share,
    text: ({share}, paint) => `${bar(share, paint)} ${Math.round(share * 100)} %`,
  },
  {header: '4XX', value: row => row.clientErrors, text: (row, paint) => errors(row.clientErrors, paint.warn, paint)},
  {header: '5XX', value: row => row.serverErrors, text: (row, paint) => errors(row.serverErrors, paint.bad, paint)},
]

const LATENCIES: readonly Column<TopRow>[] = [
  milliseconds('P50', row => row.p50),
  milliseconds('P90', row => row.p90),
  milliseconds('P99', row => row.p99),
  milliseconds('MAX', row => row.max),
]

const INTEGRATION: readonly Column<TopRow>[] = [
  milliseconds('INT P50', row => row.integrationP50),
  milliseconds('INT P90', row => row.integrationP90),
  milliseconds('INT P99', row => row.integrationP99),
  milliseconds('INT MAX', row => row.integrationMax),
]

/** Requests by what they have in common; `INT` is the integration alone. */
export const topView = (by: Dimension): View<TopRow> => ({
  columns: [
    ...KEYS[by],
    REQUESTS,
    ...(by === 'latency' ? [] : COUNTS),
    ...LATENCIES,
    ...(by === 'latency' ? INTEGRATION : []),
  ],
  id: row =>
    KEYS[by]
      .map(({value}) => value(row) ?? '')
      .join(' ')
      .trim(),
  empty: 'No request was logged in that time. Further back: --since 1d',
})

function bar(share: number, paint: Paint): string {
  const full = Math.round(share * BAR)
  return '█'.repeat(full) + paint.dim('░'.repeat(BAR - full))
}

function statusText(status: number | undefined, {good, warn, bad}: Paint): string {
  if (status === undefined) return '-'
  if (status >= 500) return bad(String(status))
  return status >= 400 ? warn(String(status)) : good(String(status))
}
