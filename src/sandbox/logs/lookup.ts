import {ServiceError} from '../errors.js'
import type {Call} from '../service.js'
import {entryOf, type LogGroupRecord, type LogStreamRecord} from '../store.js'
import {checkNameLength, checkParameters, invalidParameter, LOG_GROUP_NAME, resourceNotFound} from './constraints.js'

interface GroupAddress {
  logGroupName?: string
  logGroupIdentifier?: string
}

/**
 * The log group that a call addresses, by name or by identifier (a name or an ARN).
 * @throws ServiceError ResourceNotFoundException; ValidationException where both are given
 */
export function logGroupOf(call: Call, input: GroupAddress): LogGroupRecord {
  const group = entryOf(call.state.logGroups, groupNameOf(input))
  if (!group) throw resourceNotFound('The specified log group does not exist.')
  return group
}

/**
 * Reading events is for groups of the standard class.
 * @throws ServiceError InvalidOperationException
 */
export function checkReadable({group}: LogGroupRecord, operation: string): void {
  const {logGroupName, logGroupClass} = group
  if (logGroupClass === 'STANDARD') return
  throw new ServiceError(
    'InvalidOperationException',
    400,
    `The log group ${logGroupName} is of log-group-class ${logGroupClass}. ${operation} is not supported for this log class.`,
  )
}

/** @throws ServiceError ResourceNotFoundException */
export function logStreamOf(group: LogGroupRecord, name: string | undefined): LogStreamRecord {
  const stream = entryOf(group.streams, name ?? '')
  if (!stream) throw resourceNotFound('The specified log stream does not exist.')
  return stream
}

function groupNameOf({logGroupName, logGroupIdentifier}: GroupAddress): string {
  if (logGroupName !== undefined && logGroupIdentifier !== undefined) {
    throw new ServiceError(
      'ValidationException',
      400,
      'LogGroup name and LogGroup ARN are mutually exclusive parameters.',
    )
  }
  if (logGroupIdentifier !== undefined) {
    checkParameters({logGroupIdentifier}, {logGroupIdentifier: {minLength: 1, pattern: '[\\w#+=/:,.@-]*'}})
    return /:log-group:([^:]+)$/.exec(logGroupIdentifier)?.[1] ?? logGroupIdentifier
  }
  // Assumed words: no recording covers a call with neither.
  if (logGroupName === undefined) {
    throw invalidParameter('Either logGroupName or logGroupIdentifier must be specified.')
  }
  checkNameLength(logGroupName)
  checkParameters({logGroupName}, {logGroupName: LOG_GROUP_NAME})
  return logGroupName
}
