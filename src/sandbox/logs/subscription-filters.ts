import type {DescribeSubscriptionFiltersRequest, PutSubscriptionFilterRequest} from '@aws-sdk/client-cloudwatch-logs'
import {ServiceError} from '../errors.js'
import type {Handlers} from '../service.js'
import {checkParameters, invalidParameter, limitExceeded, resourceNotFound} from './constraints.js'
import {compileFilterPattern} from './filter-pattern.js'
import {logGroupOf} from './lookup.js'
import {pageByKey} from './page-token.js'

const NAME = {minLength: 1, maxLength: 512, pattern: '[^:*]*'}

/** Source: CloudWatch Logs quotas. */
const PER_GROUP = 2

/** Subscription filters as records: nothing is delivered to their destinations. */
export const subscriptionFilters: Handlers = {
  PutSubscriptionFilter(input: PutSubscriptionFilterRequest, call) {
    checkParameters(input, {
      filterName: NAME,
      filterPattern: {maxLength: 1024},
      distribution: {oneOf: ['Random', 'ByLogStream']},
    })
    checkDestination(input.destinationArn as string, input.roleArn, call.accountId)
    const {subscriptionFilters: filters} = logGroupOf(call, input)
    compileFilterPattern(input.filterPattern ?? '')
    const name = input.filterName as string
    if (!filters[name] && Object.keys(filters).length >= PER_GROUP) throw limitExceeded()
    filters[name] = {
      filterName: name,
      logGroupName: input.logGroupName,
      filterPattern: input.filterPattern,
      destinationArn: input.destinationArn,
      roleArn: input.roleArn,
      distribution: input.distribution ?? 'ByLogStream',
      applyOnTransformedLogs: input.applyOnTransformedLogs ?? false,
      creationTime: filters[name]?.creationTime ?? call.millis(),
    }
  },

  DeleteSubscriptionFilter(input: {logGroupName: string; filterName: string}, call) {
    const {subscriptionFilters: filters} = logGroupOf(call, input)
    if (!filters[input.filterName]) throw resourceNotFound('The specified subscription filter does not exist.')
    delete filters[input.filterName]
  },

  DescribeSubscriptionFilters(input: DescribeSubscriptionFiltersRequest, call) {
    const {logGroupName, filterNamePrefix = ''} = input
    checkParameters(input, {filterNamePrefix: NAME, limit: {min: 1, max: 50}})
    const filters = Object.values(logGroupOf(call, input).subscriptionFilters)
    const {items, nextToken} = pageByKey(
      filters.filter(({filterName}) => filterName?.startsWith(filterNamePrefix)),
      ({filterName = ''}) => filterName,
      {
        limit: input.limit ?? 50,
        token: input.nextToken,
        query: ['DescribeSubscriptionFilters', logGroupName, filterNamePrefix],
        now: call.millis(),
      },
    )
    return {subscriptionFilters: items, nextToken}
  },
}

/** Looked at before the log group is (recorded). @throws ServiceError */
function checkDestination(arn: string, roleArn: string | undefined, accountId: string): void {
  const [, , vendor, , account] = arn.split(':')
  if (vendor === 'lambda' && account !== accountId) {
    throw new ServiceError(
      'AccessDeniedException',
      400,
      'Cross-account lambda invocation passing is not allowed. You must use DestinationPolicies to create cross account lambda triggers.',
    )
  }
  if ((vendor === 'kinesis' || vendor === 'firehose') && roleArn === undefined) {
    throw invalidParameter(`destinationArn for vendor ${vendor} cannot be used without roleArn`)
  }
}
