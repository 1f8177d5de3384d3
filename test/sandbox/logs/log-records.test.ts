import {describe, expect, test} from 'vitest'
import {sandboxForTest} from '../../support/sandbox.js'

async function withGroup() {
  const {logs} = await sandboxForTest()
  await logs.createLogGroup({logGroupName: 'g'})
  return logs
}

const METRIC = {metricNamespace: 'n', metricName: 'm', metricValue: '1'}

describe('metric filters', () => {
  test('are counted on their group and found by prefix or by metric', async () => {
    const logs = await withGroup()
    for (const filterName of ['b', 'a']) {
      await logs.putMetricFilter({
        logGroupName: 'g',
        filterName,
        filterPattern: 'ERROR',
        metricTransformations: [{...METRIC, metricName: filterName}],
      })
    }
    expect((await logs.describeLogGroups({})).logGroups?.[0]?.metricFilterCount).toBe(2)
    const names = async (input: Parameters<typeof logs.describeMetricFilters>[0]) =>
      (await logs.describeMetricFilters(input)).metricFilters?.map(({filterName}) => filterName)
    expect(await names({logGroupName: 'g'})).toEqual(['a', 'b'])
    expect(await names({filterNamePrefix: 'b'})).toEqual(['b'])
    expect(await names({metricName: 'a', metricNamespace: 'n'})).toEqual(['a'])
    await logs.deleteMetricFilter({logGroupName: 'g', filterName: 'a'})
    expect((await logs.describeLogGroups({})).logGroups?.[0]?.metricFilterCount).toBe(1)
  })

  test('make one metric each, of a pattern that can be read', async () => {
    const logs = await withGroup()
    const filter = {logGroupName: 'g', filterName: 'f', filterPattern: 'x', metricTransformations: [METRIC]}
    await expect(logs.putMetricFilter({...filter, metricTransformations: [METRIC, METRIC]})).rejects.toThrow(
      "Value '[MetricTransformation(metricName=m, metricNamespace=n, metricValue=1, defaultValue=null, unit=null, dimensions=null), MetricTransformation(metricName=m, metricNamespace=n, metricValue=1, defaultValue=null, unit=null, dimensions=null)]' at 'metricTransformations' failed to satisfy constraint: Member must have length less than or equal to 1",
    )
    await expect(logs.putMetricFilter({...filter, filterPattern: '{ $.a'})).rejects.toMatchObject({
      name: 'InvalidParameterException',
    })
  })
})

describe('subscription filters', () => {
  const lambda = 'arn:aws:lambda:us-east-1:123456789012:function:f'

  test('are two at most per group, and a second put of one name replaces it', async () => {
    const logs = await withGroup()
    const put = (filterName: string, filterPattern = '') =>
      logs.putSubscriptionFilter({logGroupName: 'g', filterName, filterPattern, destinationArn: lambda})
    await put('a')
    await put('b')
    await put('a', '[]')
    await expect(put('c')).rejects.toMatchObject({name: 'LimitExceededException', message: 'Resource limit exceeded.'})
    const {subscriptionFilters} = await logs.describeSubscriptionFilters({logGroupName: 'g'})
    expect(subscriptionFilters).toMatchObject([
      {filterName: 'a', filterPattern: '[]', distribution: 'ByLogStream', applyOnTransformedLogs: false},
      {filterName: 'b'},
    ])
    await expect(logs.deleteSubscriptionFilter({logGroupName: 'g', filterName: 'c'})).rejects.toThrow(
      'The specified subscription filter does not exist.',
    )
  })

  test('do not go to the functions of another account, nor to Kinesis without a role', async () => {
    const logs = await withGroup()
    const put = (destinationArn: string) =>
      logs.putSubscriptionFilter({logGroupName: 'nope', filterName: 'f', filterPattern: '', destinationArn})
    await expect(put(lambda.replace('123456789012', '000000000000'))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    })
    await expect(put('arn:aws:kinesis:us-east-1:123456789012:stream/s')).rejects.toThrow(
      'destinationArn for vendor kinesis cannot be used without roleArn',
    )
  })
})

test('a resource policy is answered as it came and read back normalized', async () => {
  const logs = await withGroup()
  const policyDocument = JSON.stringify({
    Statement: [{Effect: 'Allow', Principal: {Service: ['route53.amazonaws.com']}, Action: 'logs:*', Resource: '*'}],
  })
  const {resourcePolicy} = await logs.putResourcePolicy({policyName: 'p', policyDocument})
  expect(resourcePolicy).toMatchObject({policyName: 'p', policyDocument, policyScope: 'ACCOUNT'})
  const {resourcePolicies} = await logs.describeResourcePolicies({})
  expect(JSON.parse(resourcePolicies?.[0]?.policyDocument ?? '')).toEqual({
    Version: '2008-10-17',
    Statement: [{Effect: 'Allow', Principal: {Service: 'route53.amazonaws.com'}, Action: 'logs:*', Resource: '*'}],
  })
  await logs.deleteResourcePolicy({policyName: 'p'})
  await expect(logs.deleteResourcePolicy({policyName: 'p'})).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    message: 'Policy with name [p] does not exist.',
  })
})

test('sources and destinations of vended logs are kept by name', async () => {
  const logs = await withGroup()
  const resourceArn = 'arn:aws:cloudfront::123456789012:distribution/E1'
  await logs.putDeliverySource({name: 's', resourceArn, logType: 'ACCESS_LOGS'})
  expect((await logs.getDeliverySource({name: 's'})).deliverySource).toMatchObject({
    arn: 'arn:aws:logs:us-east-1:123456789012:delivery-source:s',
    service: 'cloudfront',
    resourceArns: [resourceArn],
  })
  const deliveryDestinationConfiguration = {destinationResourceArn: 'arn:aws:s3:::bucket'}
  await logs.putDeliveryDestination({name: 'd', deliveryDestinationConfiguration})
  expect((await logs.describeDeliveryDestinations({})).deliveryDestinations).toMatchObject([
    {name: 'd', deliveryDestinationType: 'S3', deliveryDestinationConfiguration},
  ])
  await logs.deleteDeliverySource({name: 's'})
  await expect(logs.getDeliverySource({name: 's'})).rejects.toThrow(
    'Requested Delivery Source does not exist in this account.',
  )
})

test('what the sandbox does not do is said so, not passed over', async () => {
  const logs = await withGroup()
  await expect(logs.createExportTask({logGroupName: 'g', from: 0, to: 1, destination: 'b'})).rejects.toMatchObject({
    name: 'NotImplemented',
    $metadata: {httpStatusCode: 501},
  })
})
