import type {FilterLogEventsRequest} from '@aws-sdk/client-cloudwatch-logs'
import * as client from '@aws-sdk/client-cloudwatch-logs'
import {ServiceError} from '../errors.js'
import {operationsOf} from '../protocol/operations.js'
import type {Call, Service} from '../service.js'

/** CloudWatch Logs. */
export const logs: Service = {
  operations: operationsOf(client),
  handlers: {
    FilterLogEvents(input: FilterLogEventsRequest, call: Call) {
      const group = call.state.logGroups[input.logGroupName ?? input.logGroupIdentifier ?? '']
      if (!group) {
        throw new ServiceError('ResourceNotFoundException', 400, 'The specified log group does not exist.')
      }
      const events = Object.entries(group.streams).flatMap(([logStreamName, {events}]) =>
        events.map(event => ({logStreamName, ...event})),
      )
      const found = events.filter(
        ({timestamp}) =>
          timestamp >= (input.startTime ?? 0) && timestamp <= (input.endTime ?? Number.POSITIVE_INFINITY),
      )
      found.sort((a, b) => (a.eventId < b.eventId ? -1 : 1))
      return {events: found, searchedLogStreams: []}
    },
  },
}
