import type {DescribeLogStreamsRequest, LogStream} from '@aws-sdk/client-cloudwatch-logs'
import type {Handlers} from '../service.js'
import {entryOf} from '../store.js'
import {alreadyExists, checkNameLength, checkParameters, invalidParameter, LOG_STREAM_NAME} from './constraints.js'
import {addStream, removeStream} from './events.js'
import {logGroupOf, logStreamOf} from './lookup.js'
import {pageByKey} from './page-token.js'

interface StreamAddress {
  logGroupName: string
  logStreamName: string
}

export const logStreams: Handlers = {
  CreateLogStream(input: StreamAddress, call) {
    const {logStreamName: name} = input
    checkNameLength(input.logGroupName, name)
    checkParameters(input, {logStreamName: LOG_STREAM_NAME})
    const group = logGroupOf(call, input)
    if (entryOf(group.streams, name)) throw alreadyExists('The specified log stream already exists')
    addStream(group, name, call.millis())
  },

  DeleteLogStream(input: StreamAddress, call) {
    const group = logGroupOf(call, input)
    logStreamOf(group, input.logStreamName)
    removeStream(group, input.logStreamName)
  },

  DescribeLogStreams(input: DescribeLogStreamsRequest, call) {
    const {orderBy = 'LogStreamName', descending = false, logStreamNamePrefix: prefix = ''} = input
    checkParameters(input, {
      limit: {min: 1, max: 50},
      logStreamNamePrefix: {...LOG_STREAM_NAME, maxLength: 512},
      orderBy: {oneOf: ['LogStreamName', 'LastEventTime']},
    })
    if (orderBy === 'LastEventTime' && prefix !== '') {
      throw invalidParameter('Cannot order by LastEventTime with a logStreamNamePrefix.')
    }
    const {group, streams} = logGroupOf(call, input)
    const keyOf = orderBy === 'LastEventTime' ? lastEventKey : nameKey
    const {items, nextToken} = pageByKey(
      Object.values(streams)
        .map(({stream}) => stream)
        .filter(({logStreamName = ''}) => logStreamName.startsWith(prefix)),
      keyOf,
      {
        limit: input.limit ?? 50,
        token: input.nextToken,
        query: ['DescribeLogStreams', group.logGroupArn, prefix, orderBy, descending],
        now: call.millis(),
        descending,
      },
    )
    return {logStreams: items, nextToken}
  },
}

const nameKey = ({logStreamName = ''}: LogStream) => logStreamName

/** Streams without events count as the oldest; equal times are told apart by name. */
const lastEventKey = ({lastEventTimestamp = 0, logStreamName = ''}: LogStream) =>
  `${String(lastEventTimestamp).padStart(16, '0')} ${logStreamName}`
