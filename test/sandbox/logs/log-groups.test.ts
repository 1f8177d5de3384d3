import {describe, expect, test} from 'vitest'
import {sandboxForTest} from '../../support/sandbox.js'

async function withGroups(...names: string[]) {
  const {logs} = await sandboxForTest()
  for (const logGroupName of names) await logs.createLogGroup({logGroupName})
  const found = async (input: Parameters<typeof logs.describeLogGroups>[0]) =>
    (await logs.describeLogGroups(input)).logGroups?.map(({logGroupName}) => logGroupName)
  return {logs, found}
}

describe('creating and deleting', () => {
  test('a group is described as recorded, with and without the suffix of its ARN', async () => {
    const {logs} = await withGroups('/aws/x')
    const {logGroups} = await logs.describeLogGroups({})
    expect(logGroups).toEqual([
      {
        logGroupName: '/aws/x',
        creationTime: expect.any(Number),
        metricFilterCount: 0,
        arn: 'arn:aws:logs:us-east-1:123456789012:log-group:/aws/x:*',
        storedBytes: 0,
        logGroupClass: 'STANDARD',
        logGroupArn: 'arn:aws:logs:us-east-1:123456789012:log-group:/aws/x',
        deletionProtectionEnabled: false,
      },
    ])
  })

  test('a name that is taken, too long or malformed is refused in the service words', async () => {
    const {logs} = await withGroups('g')
    await expect(logs.createLogGroup({logGroupName: 'g'})).rejects.toMatchObject({
      name: 'ResourceAlreadyExistsException',
      message: 'The specified log group already exists',
      $metadata: {httpStatusCode: 400},
    })
    await expect(logs.createLogGroup({logGroupName: 'x'.repeat(513)})).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: 'Invalid LogGroup or LogStream, both must have length less than or equal to 512.',
    })
    await expect(logs.createLogGroup({logGroupName: 'a b'})).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message:
        "1 validation error detected: Value 'a b' at 'logGroupName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+",
    })
  })

  test('what the model requires must be there', async () => {
    const {logs} = await withGroups('g')
    await expect(logs.createLogGroup({} as never)).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message:
        "1 validation error detected: Value null at 'logGroupName' failed to satisfy constraint: Member must not be null",
    })
    await logs.createLogStream({logGroupName: 'g', logStreamName: 's'})
    const logEvents = [{timestamp: 1, message: 'x'}, {message: 'y'} as never]
    await expect(logs.putLogEvents({logGroupName: 'g', logStreamName: 's', logEvents})).rejects.toThrow(
      "Value null at 'logEvents.2.member.timestamp'",
    )
  })

  test('the events of a group of the infrequent-access class cannot be read', async () => {
    const {logs} = await withGroups()
    await logs.createLogGroup({logGroupName: 'ia', logGroupClass: 'INFREQUENT_ACCESS'})
    await expect(logs.filterLogEvents({logGroupName: 'ia'})).rejects.toMatchObject({
      name: 'InvalidOperationException',
      message:
        'The log group ia is of log-group-class INFREQUENT_ACCESS. FilterLogEvents is not supported for this log class.',
    })
  })

  test('a deleted group takes its events with it', async () => {
    const {logs} = await withGroups('g')
    await logs.createLogStream({logGroupName: 'g', logStreamName: 's'})
    await logs.deleteLogGroup({logGroupName: 'g'})
    await expect(logs.deleteLogGroup({logGroupName: 'g'})).rejects.toMatchObject({name: 'ResourceNotFoundException'})
    await logs.createLogGroup({logGroupName: 'g'})
    expect((await logs.describeLogStreams({logGroupName: 'g'})).logStreams).toEqual([])
  })
})

describe('finding', () => {
  test('by prefix, by a part of the name in its case, or by class', async () => {
    const {logs, found} = await withGroups('/aws/lambda/DataLogs', '/aws/x', 'datalogs')
    await logs.createLogGroup({logGroupName: 'rare', logGroupClass: 'INFREQUENT_ACCESS'})
    expect(await found({logGroupNamePrefix: '/aws/'})).toEqual(['/aws/lambda/DataLogs', '/aws/x'])
    expect(await found({logGroupNamePattern: 'DataLogs'})).toEqual(['/aws/lambda/DataLogs'])
    expect(await found({logGroupClass: 'INFREQUENT_ACCESS'})).toEqual(['rare'])
  })

  test('not by prefix and part at once', async () => {
    const {found} = await withGroups()
    await expect(found({logGroupNamePrefix: 'a', logGroupNamePattern: 'b'})).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: 'LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.',
    })
  })

  test('50 to a page in the order of names, and no more than 50', async () => {
    const names = Array.from({length: 60}, (_, i) => `g${String(i).padStart(2, '0')}`)
    const {logs, found} = await withGroups(...names.toReversed())
    const first = await logs.describeLogGroups({})
    expect(first.logGroups?.map(({logGroupName}) => logGroupName)).toEqual(names.slice(0, 50))
    expect(await found({nextToken: first.nextToken})).toEqual(names.slice(50))
    await expect(found({limit: 51})).rejects.toThrow('Member must have value less than or equal to 50')
    await expect(found({nextToken: first.nextToken, logGroupNamePrefix: 'g'})).rejects.toThrow(
      'The specified nextToken is invalid.',
    )
  })

  test('ListLogGroups takes alternatives, anchors and wildcards', async () => {
    const {logs} = await withGroups('/aws/a', 'b/aws', 'c-x-d')
    const listed = async (logGroupNamePattern: string) =>
      (await logs.listLogGroups({logGroupNamePattern})).logGroups?.map(({logGroupName}) => logGroupName)
    expect(await listed('aws')).toEqual(['/aws/a', 'b/aws'])
    expect(await listed('^/aws')).toEqual(['/aws/a'])
    expect(await listed('c-*-d|b/')).toEqual(['b/aws', 'c-x-d'])
  })
})

test('retention takes the days that the reference lists and no others', async () => {
  const {logs} = await withGroups('g')
  await logs.putRetentionPolicy({logGroupName: 'g', retentionInDays: 14})
  expect((await logs.describeLogGroups({})).logGroups?.[0]?.retentionInDays).toBe(14)
  await expect(logs.putRetentionPolicy({logGroupName: 'g', retentionInDays: 2})).rejects.toMatchObject({
    name: 'InvalidParameterException',
    message: expect.stringContaining("Value '2' at 'retentionInDays' failed to satisfy constraint"),
  })
  await logs.deleteRetentionPolicy({logGroupName: 'g'})
  expect((await logs.describeLogGroups({})).logGroups?.[0]?.retentionInDays).toBeUndefined()
})

test('tags set by the old calls are seen by the new ones and the other way round', async () => {
  const {logs} = await withGroups()
  await logs.createLogGroup({logGroupName: 'g', tags: {a: '1'}})
  const resourceArn = 'arn:aws:logs:us-east-1:123456789012:log-group:g'
  await logs.tagResource({resourceArn, tags: {b: '2'}})
  await logs.tagLogGroup({logGroupName: 'g', tags: {c: '3'}})
  expect((await logs.listTagsForResource({resourceArn})).tags).toEqual({a: '1', b: '2', c: '3'})
  await logs.untagResource({resourceArn: `${resourceArn}:*`, tagKeys: ['a']})
  await logs.untagLogGroup({logGroupName: 'g', tags: ['c']})
  expect((await logs.listTagsLogGroup({logGroupName: 'g'})).tags).toEqual({b: '2'})
  await expect(logs.listTagsForResource({resourceArn: `${resourceArn}x`})).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  })
})

test('a group that is protected from deletion stays', async () => {
  const {logs, found} = await withGroups('g')
  await logs.putLogGroupDeletionProtection({logGroupIdentifier: 'g', deletionProtectionEnabled: true})
  await expect(logs.deleteLogGroup({logGroupName: 'g'})).rejects.toThrow()
  expect(await found({})).toEqual(['g'])
})
