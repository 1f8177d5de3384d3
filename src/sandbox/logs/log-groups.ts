import type {
  CreateLogGroupRequest,
  DescribeLogGroupsRequest,
  ListLogGroupsRequest,
  LogGroup,
  PutRetentionPolicyRequest,
} from '@aws-sdk/client-cloudwatch-logs'
import type {Handlers} from '../service.js'
import {ACCOUNT_ID} from '../service.js'
import {entryOf, type LogGroupRecord} from '../store.js'
import {alreadyExists, checkNameLength, checkParameters, invalidParameter, LOG_GROUP_NAME} from './constraints.js'
import {dropExpired} from './events.js'
import {logGroupOf} from './lookup.js'
import {pageByKey} from './page-token.js'

/** Source: API reference of PutRetentionPolicy. */
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
]

const LOG_GROUP_CLASS = {oneOf: ['STANDARD', 'INFREQUENT_ACCESS', 'DELIVERY']}

/** @param now milliseconds since 1970 */
export function newLogGroup(region: string, name: string, now: number): LogGroupRecord {
  const arn = `arn:aws:logs:${region}:${ACCOUNT_ID}:log-group:${name}`
  return {
    group: {
      logGroupName: name,
      creationTime: now,
      metricFilterCount: 0,
      arn: `${arn}:*`,
      storedBytes: 0,
      logGroupClass: 'STANDARD',
      logGroupArn: arn,
      deletionProtectionEnabled: false,
    },
    streams: {},
    tags: {},
    metricFilters: {},
    subscriptionFilters: {},
  }
}

export const logGroups: Handlers = {
  CreateLogGroup(input: CreateLogGroupRequest, call) {
    const name = input.logGroupName as string
    checkNameLength(name)
    checkParameters(input, {logGroupName: LOG_GROUP_NAME, logGroupClass: LOG_GROUP_CLASS})
    if (entryOf(call.state.logGroups, name)) throw alreadyExists('The specified log group already exists')
    const record = newLogGroup(call.region, name, call.millis())
    if (input.kmsKeyId) record.group.kmsKeyId = input.kmsKeyId
    if (input.logGroupClass) record.group.logGroupClass = input.logGroupClass
    if (input.deletionProtectionEnabled) record.group.deletionProtectionEnabled = true
    Object.assign(record.tags, input.tags)
    call.state.logGroups[name] = record
  },

  DeleteLogGroup(input: {logGroupName: string}, call) {
    const {group} = logGroupOf(call, input)
    // Assumed words: no recording covers a protected group.
    if (group.deletionProtectionEnabled) throw invalidParameter('The specified log group is protected from deletion.')
    delete call.state.logGroups[input.logGroupName]
  },

  PutLogGroupDeletionProtection(input: {logGroupIdentifier: string; deletionProtectionEnabled: boolean}, call) {
    logGroupOf(call, input).group.deletionProtectionEnabled = input.deletionProtectionEnabled
  },

  DescribeLogGroups(input: DescribeLogGroupsRequest, call) {
    const {logGroupNamePrefix: prefix, logGroupNamePattern: part, logGroupClass, logGroupIdentifiers} = input
    checkParameters(input, {
      limit: {min: 1, max: 50},
      logGroupNamePrefix: {...LOG_GROUP_NAME, maxLength: 512},
      logGroupNamePattern: {maxLength: 512, pattern: '[\\.\\-_/#A-Za-z0-9]*'},
      logGroupClass: LOG_GROUP_CLASS,
    })
    if (prefix !== undefined && part !== undefined) {
      throw invalidParameter('LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.')
    }
    const names = logGroupIdentifiers?.map(identifier => /:log-group:([^:]+)$/.exec(identifier)?.[1] ?? identifier)
    const groups = sortedGroups(call.state.logGroups).filter(
      ({logGroupName: name = '', logGroupClass: itsClass}) =>
        name.startsWith(prefix ?? '') &&
        name.includes(part ?? '') &&
        (names?.includes(name) ?? true) &&
        (logGroupClass === undefined || itsClass === logGroupClass),
    )
    const {items, nextToken} = pageByKey(groups, ({logGroupName = ''}) => logGroupName, {
      limit: input.limit ?? 50,
      token: input.nextToken,
      query: ['DescribeLogGroups', prefix, part, logGroupClass, names],
      now: call.millis(),
    })
    // Recorded: a search by pattern leaves these two out.
    const shown = part === undefined ? items : items.map(({storedBytes, deletionProtectionEnabled, ...group}) => group)
    return {logGroups: shown, nextToken}
  },

  ListLogGroups(input: ListLogGroupsRequest, call) {
    checkParameters(input, {limit: {min: 1, max: 1000}, logGroupClass: LOG_GROUP_CLASS})
    const {logGroupNamePattern: pattern, logGroupClass} = input
    const matches = pattern === undefined ? () => true : namePattern(pattern)
    const groups = sortedGroups(call.state.logGroups).filter(
      group => matches(group.logGroupName ?? '') && (logGroupClass ?? group.logGroupClass) === group.logGroupClass,
    )
    const {items, nextToken} = pageByKey(groups, ({logGroupName = ''}) => logGroupName, {
      limit: input.limit ?? 50,
      token: input.nextToken,
      query: ['ListLogGroups', pattern, logGroupClass],
      now: call.millis(),
    })
    return {
      logGroups: items.map(({logGroupName, logGroupArn, logGroupClass}) => ({
        logGroupName,
        logGroupArn,
        logGroupClass,
      })),
      nextToken,
    }
  },

  PutRetentionPolicy(input: PutRetentionPolicyRequest, call) {
    checkParameters(input, {retentionInDays: {oneOf: RETENTION_DAYS}})
    const record = logGroupOf(call, input)
    dropExpired(record, call.millis())
    record.group.retentionInDays = input.retentionInDays
  },

  DeleteRetentionPolicy(input: {logGroupName: string}, call) {
    const record = logGroupOf(call, input)
    dropExpired(record, call.millis())
    delete record.group.retentionInDays
  },
}

function sortedGroups(groups: Record<string, LogGroupRecord>): LogGroup[] {
  return Object.keys(groups)
    .sort()
    .map(name => (groups[name] as LogGroupRecord).group)
}

/** ListLogGroups: alternatives between `|`, each matching anywhere unless it begins with `^`, with `*` as wildcard. */
function namePattern(pattern: string): (name: string) => boolean {
  const alternatives = pattern.split('|').map(alternative => {
    const anchored = alternative.startsWith('^')
    const parts = (anchored ? alternative.slice(1) : alternative).split('*')
    const source = parts.map(part => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*')
    return new RegExp(anchored ? `^${source}` : source)
  })
  return name => alternatives.some(alternative => alternative.test(name))
}
