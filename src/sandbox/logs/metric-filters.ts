import type {
  DescribeMetricFiltersRequest,
  MetricTransformation,
  PutMetricFilterRequest,
} from '@aws-sdk/client-cloudwatch-logs'
import type {Handlers} from '../service.js'
import {checkParameters, invalidParameter, limitExceeded, resourceNotFound} from './constraints.js'
import {compileFilterPattern} from './filter-pattern.js'
import {logGroupOf} from './lookup.js'
import {pageByKey} from './page-token.js'

const NAME = {minLength: 1, maxLength: 512, pattern: '[^:*]*'}
const METRIC = {maxLength: 255, pattern: '[^:*$]*'}

/** Source: CloudWatch Logs quotas. */
const PER_GROUP = 100

/** Metric filters as records: their patterns are checked, but no metrics come of them. */
export const metricFilters: Handlers = {
  PutMetricFilter(input: PutMetricFilterRequest, call) {
    checkParameters(input, {filterName: NAME, filterPattern: {maxLength: 1024}})
    checkTransformations(input.metricTransformations ?? [])
    const record = logGroupOf(call, input)
    compileFilterPattern(input.filterPattern ?? '')
    const name = input.filterName as string
    if (!record.metricFilters[name] && Object.keys(record.metricFilters).length >= PER_GROUP) throw limitExceeded()
    record.metricFilters[name] = {
      filterName: name,
      filterPattern: input.filterPattern,
      metricTransformations: input.metricTransformations,
      creationTime: record.metricFilters[name]?.creationTime ?? call.millis(),
      logGroupName: input.logGroupName,
      applyOnTransformedLogs: input.applyOnTransformedLogs ?? false,
    }
    record.group.metricFilterCount = Object.keys(record.metricFilters).length
  },

  DeleteMetricFilter(input: {logGroupName: string; filterName: string}, call) {
    checkParameters(input, {filterName: NAME})
    const record = logGroupOf(call, input)
    if (!record.metricFilters[input.filterName]) throw resourceNotFound('The specified metric filter does not exist.')
    delete record.metricFilters[input.filterName]
    record.group.metricFilterCount = Object.keys(record.metricFilters).length
  },

  DescribeMetricFilters(input: DescribeMetricFiltersRequest, call) {
    const {logGroupName, filterNamePrefix = '', metricName, metricNamespace} = input
    checkParameters(input, {
      filterNamePrefix: NAME,
      metricName: METRIC,
      metricNamespace: METRIC,
      limit: {min: 1, max: 50},
    })
    if ((metricName === undefined) !== (metricNamespace === undefined)) {
      // The reference wants both or neither; the words are assumed.
      throw invalidParameter('metricName and metricNamespace must be specified together.')
    }
    const groups = logGroupName === undefined ? Object.values(call.state.logGroups) : [logGroupOf(call, {logGroupName})]
    const found = groups
      .flatMap(group => Object.values(group.metricFilters))
      .filter(
        filter =>
          filter.filterName?.startsWith(filterNamePrefix) &&
          (metricName === undefined ||
            filter.metricTransformations?.some(
              metric => metric.metricName === metricName && metric.metricNamespace === metricNamespace,
            )),
      )
    const {items, nextToken} = pageByKey(found, filter => `${filter.filterName}:${filter.logGroupName}`, {
      limit: input.limit ?? 50,
      token: input.nextToken,
      query: ['DescribeMetricFilters', logGroupName, filterNamePrefix, metricName, metricNamespace],
      now: call.millis(),
    })
    return {metricFilters: items, nextToken}
  },
}

/** A filter makes one metric. The refusal prints the list as the service's Java does (recorded). */
function checkTransformations(transformations: readonly MetricTransformation[]): void {
  if (transformations.length === 1) return
  const bound = transformations.length === 0 ? 'greater than' : 'less than'
  const printed = transformations.map(({metricName, metricNamespace, metricValue, defaultValue, unit, dimensions}) => {
    const members = {metricName, metricNamespace, metricValue, defaultValue, unit, dimensions}
    const texts = Object.entries(members).map(([name, value]) => `${name}=${value ?? null}`)
    return `MetricTransformation(${texts.join(', ')})`
  })
  throw invalidParameter(
    `1 validation error detected: Value '[${printed.join(', ')}]' at 'metricTransformations' failed to satisfy constraint: Member must have length ${bound} or equal to 1`,
  )
}
