import type {AccountRole, RoleHealth} from '../domain/account.js'
import {accessFormatName} from '../domain/logs/access-presets.js'
import type {LogLine} from '../domain/logs/events.js'
import {accessLogGroup} from '../domain/logs/groups.js'
import type {GroupEntry} from '../domain/logs/inventory.js'
import type {Restored} from '../domain/logs/loan.js'
import {retentionText} from '../domain/logs/retention.js'
import type {LogStatus} from '../domain/logs/status.js'
import {sizeText} from '../domain/size.js'
import type {Paint} from './paint.js'
import {labelCell, labelOf} from './requests.js'
import {localTime, printable} from './text.js'
import type {LineView, View} from './view.js'

/** A line of the execution log that tells of a failure; the texts are the service's (file of log samples). */
const FAILURE =
  /Execution failed|Lambda (execution|invocation) failed|Unauthorized request|not authorized|does not match model schema|exceeded (throttle|quota) limit|throttle limit exceeded|Usage Plan check failed|status(?: code)?:? \[?[45]\d\d/

/** @param labels `petstore/prod` and so on, where lines of more than one stage are shown: they are told apart then */
export function logLineView(labels: readonly string[]): LineView<LogLine> {
  const isLabelled = labels.length > 1
  return {
    columns: [
      {header: 'TIME', value: line => line.timestamp},
      ...(isLabelled ? [{header: 'STAGE', value: (line: LogLine) => labelOf(line)}] : []),
      {header: 'MESSAGE', value: line => line.message},
    ],
    id: line => line.eventId,
    empty:
      'No lines. API Gateway delivers them about 20 s after their request. Further back: --since 1d; as they come: --follow',
    line: (line, {paint, isTerminal}) => {
      const [id, text] = splitRequest(line)
      const said = FAILURE.test(text) ? paint.bad(printable(text)) : printable(text)
      if (!isTerminal) {
        return [line.timestamp.toISOString(), ...(isLabelled ? [printable(labelOf(line))] : []), `${id}${said}`].join(
          '\t',
        )
      }
      const label = labelCell(line, labels, paint)
      return [paint.dim(localTime(line.timestamp)), ...label, `${paint.dim(printable(id))}${said}`].join('  ')
    },
  }
}

/** What a search was about, for people. */
export interface Search {
  logs: readonly {api: string; stage: string}[]
  /** Milliseconds since 1970. */
  since: number
  until: number
  /** Requests that were looked at; undefined where lines were. */
  requests?: number | undefined
  /** Lines that were read. */
  lines: number
}

export function searchSummary({logs, since, until, requests, lines}: Search): string {
  const names = [...new Set(logs.map(labelOf))].join(', ')
  const looked = requests === undefined ? counted(lines, 'line') : counted(requests, 'request')
  return printable(`Searched ${names} from ${iso(since)} to ${iso(until)}: looked at ${looked}.`)
}

const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`

const iso = (time: number) => new Date(time).toISOString()

/** The `(id) ` that a line begins with, and the rest. */
function splitRequest({requestId, message}: LogLine): [string, string] {
  const prefix = requestId === undefined ? '' : `(${requestId}) `
  return [prefix, message.slice(prefix.length)]
}

export const logStatusView: View<LogStatus> = {
  columns: [
    {header: 'API', value: status => status.api, text: (status, paint) => paint.name(printable(status.api))},
    {header: 'STAGE', value: status => status.stage},
    {
      header: 'LEVEL',
      value: status => status.level,
      text: ({level = '-', overrides}, paint) =>
        (level === 'OFF' ? paint.dim(level) : level) + (overrides.length > 0 ? ` (+${overrides.length})` : ''),
    },
    {
      header: 'DATA TRACE',
      value: status => status.dataTrace,
      text: ({dataTrace}, paint) => (dataTrace ? paint.warn('on') : dataTrace === undefined ? '-' : 'off'),
    },
    {
      header: 'ROLE',
      value: status => status.role?.health,
      text: ({role}, paint) => (role ? health(role.health, paint) : '-'),
    },
    {
      header: 'SIZE',
      value: status => status.storedBytes,
      text: ({storedBytes}) => (storedBytes === undefined ? '-' : sizeText(storedBytes)),
    },
    {
      header: 'RETENTION',
      value: status => status.retentionDays,
      text: ({logGroupExists, retentionDays}) => (logGroupExists ? retentionText(retentionDays) : '-'),
    },
    {header: 'LAST EVENT', value: status => status.lastEvent},
    {header: 'ACCESS LOG', value: status => status.accessLogArn, text: ({accessLogArn}) => destination(accessLogArn)},
    {
      header: 'FORMAT',
      value: ({accessLogFormat, kind}) =>
        accessLogFormat === undefined ? undefined : accessFormatName(accessLogFormat, kind),
    },
    {
      header: 'LOG GROUP',
      value: status => status.logGroup,
      text: ({logGroup = '-', logGroupExists}, paint) =>
        logGroupExists === false ? paint.dim('not there yet') : printable(logGroup),
      isWhole: true,
    },
  ],
  id: ({logGroup, accessLogArn = '', apiId, stage}) =>
    logGroup ?? accessLogGroup(accessLogArn) ?? (accessLogArn || `${apiId}/${stage}`),
  empty: 'No stage yet. Make one: apigw deploy --stage NAME',
}

export const groupView: View<GroupEntry> = {
  columns: [
    {header: 'KIND', value: ({kind, canary}) => (canary ? `${kind}, canary` : kind)},
    {header: 'API', value: entry => entry.api ?? entry.apiId},
    {header: 'STAGE', value: entry => entry.stage},
    {
      header: 'ORPHAN',
      value: entry => entry.orphan,
      text: ({orphan}, paint) => (orphan ? paint.warn('yes') : orphan === undefined ? 'unknown' : 'no'),
    },
    {header: 'SIZE', value: entry => entry.storedBytes, text: entry => sizeText(entry.storedBytes)},
    {header: 'RETENTION', value: entry => entry.retentionDays, text: entry => retentionText(entry.retentionDays)},
    {header: 'LAST EVENT', value: entry => entry.lastEvent},
    {
      header: 'GROUP',
      value: entry => entry.group,
      text: (entry, paint) => paint.name(printable(entry.group)),
      isWhole: true,
    },
  ],
  id: entry => entry.group,
  empty: 'No log group. A stage makes one with its first line: apigw logs enable --stage NAME',
}

export const accountRoleView: View<AccountRole> = {
  columns: [
    {header: 'ROLE', value: role => role.arn},
    {header: 'HEALTH', value: role => role.health, text: (role, paint) => health(role.health, paint)},
  ],
  id: role => role.arn ?? '',
}

export const restoredView: View<Restored> = {
  columns: [
    {header: 'API', value: ({api}) => api, text: ({api}, paint) => paint.name(printable(api))},
    {header: 'STAGE', value: ({stage}) => stage},
    {header: 'RESTORED', value: ({restored}) => restored.join('; ')},
    {header: 'LEFT', value: ({left}) => left.join('; ')},
  ],
  id: ({apiId, stage}) => `${apiId}/${stage}`,
}

function health(health: RoleHealth, paint: Paint): string {
  if (health === 'live') return paint.good(health)
  return health === 'unknown' ? health : paint.bad(health)
}

/** `arn:aws:logs:us-east-1:123456789012:log-group:name` is long; its name says it. */
function destination(arn: string | undefined): string {
  return arn === undefined
    ? '-'
    : printable(
        arn
          .split(':')
          .slice(arn.includes(':log-group:') ? 6 : 5)
          .join(':'),
      )
}
