import * as client from '@aws-sdk/client-cloudwatch-logs'
import {operationsOf} from '../protocol/operations.js'
import {withRequiredMembers} from '../protocol/required.js'
import type {Handlers, Service} from '../service.js'
import {missingParameters} from './constraints.js'
import {deliveries} from './deliveries.js'
import {destinations} from './destinations.js'
import {insights, type QueryOptions} from './insights/queries.js'
import {type LiveTailOptions, liveTail} from './live-tail.js'
import {type LogOptions, logEvents, visibility} from './log-events.js'
import {logGroupTags} from './log-group-tags.js'
import {logGroups} from './log-groups.js'
import {logStreams} from './log-streams.js'
import {metricFilters} from './metric-filters.js'
import {resourcePolicies} from './resource-policies.js'
import {subscriptionFilters} from './subscription-filters.js'

/** CloudWatch Logs. */
export function cloudwatchLogs(options: LogOptions & LiveTailOptions & QueryOptions): Service {
  const operations = operationsOf(client)
  const handlers: Handlers = {
    ...logGroups,
    ...logGroupTags,
    ...logStreams,
    ...logEvents(options),
    ...liveTail(options),
    ...insights(options, visibility(options)),
    ...metricFilters,
    ...subscriptionFilters,
    ...resourcePolicies,
    ...destinations,
    ...deliveries,
  }
  return {operations, handlers: withRequiredMembers(operations, handlers, missingParameters)}
}
