import {expect, test} from 'vitest'
import {sandboxForTest} from '../../support/sandbox.js'

const NOW = Date.UTC(2026, 10, 22, 12)

async function withStreams(...names: string[]) {
  const {logs} = await sandboxForTest({millis: () => NOW})
  await logs.createLogGroup({logGroupName: 'g'})
  for (const logStreamName of names) await logs.createLogStream({logGroupName: 'g', logStreamName})
  const found = async (input: Omit<Parameters<typeof logs.describeLogStreams>[0], 'logGroupName'>) =>
    (await logs.describeLogStreams({logGroupName: 'g', ...input})).logStreams?.map(({logStreamName}) => logStreamName)
  return {logs, found}
}

test('a new stream is described as recorded, and one with events says when they were', async () => {
  const {logs} = await withStreams('s')
  const arn = 'arn:aws:logs:us-east-1:123456789012:log-group:g:log-stream:s'
  const fresh = {logStreamName: 's', creationTime: NOW, arn, storedBytes: 0}
  expect((await logs.describeLogStreams({logGroupIdentifier: 'g'})).logStreams).toEqual([fresh])
  const logEvents = [
    {timestamp: NOW - 5, message: 'a'},
    {timestamp: NOW - 1, message: 'b'},
  ]
  await logs.putLogEvents({logGroupName: 'g', logStreamName: 's', logEvents})
  expect((await logs.describeLogStreams({logGroupName: 'g'})).logStreams).toEqual([
    {...fresh, firstEventTimestamp: NOW - 5, lastEventTimestamp: NOW - 1, lastIngestionTime: NOW},
  ])
})

test('streams are ordered by name or by their last event, up or down, page by page', async () => {
  const {logs, found} = await withStreams('a', 'b', 'c')
  for (const [logStreamName, timestamp] of [
    ['a', NOW - 2],
    ['b', NOW - 1],
    ['c', NOW - 3],
  ] as const) {
    // The first events come in the opposite order: only the last ones count.
    const logEvents = [
      {timestamp: 2 * NOW - timestamp - 1000, message: 'first'},
      {timestamp, message: 'last'},
    ]
    await logs.putLogEvents({logGroupName: 'g', logStreamName, logEvents})
  }
  expect(await found({})).toEqual(['a', 'b', 'c'])
  expect(await found({descending: true})).toEqual(['c', 'b', 'a'])
  expect(await found({orderBy: 'LastEventTime'})).toEqual(['c', 'a', 'b'])
  const query = {orderBy: 'LastEventTime', descending: true, limit: 2} as const
  const first = await logs.describeLogStreams({logGroupName: 'g', ...query})
  expect(first.logStreams?.map(({logStreamName}) => logStreamName)).toEqual(['b', 'a'])
  expect(await found({...query, nextToken: first.nextToken})).toEqual(['c'])
})

test('a deleted stream takes its events with it, and leaves those of the others', async () => {
  const {logs} = await withStreams('a', 'b')
  for (const logStreamName of ['a', 'b']) {
    const logEvents = [{timestamp: NOW, message: `in ${logStreamName}`}]
    await logs.putLogEvents({logGroupName: 'g', logStreamName, logEvents})
  }
  await logs.deleteLogStream({logGroupName: 'g', logStreamName: 'a'})
  const {events} = await logs.filterLogEvents({logGroupName: 'g'})
  expect(events?.map(({message}) => message)).toEqual(['in b'])
})

test('the names of built-in properties are names like any other', async () => {
  const {logs} = await withStreams('constructor')
  await logs.createLogGroup({logGroupName: 'constructor'})
  const logEvents = [{timestamp: NOW, message: 'x'}]
  await logs.putLogEvents({logGroupName: 'g', logStreamName: 'constructor', logEvents})
  expect((await logs.filterLogEvents({logGroupName: 'g'})).events).toHaveLength(1)
  await expect(logs.filterLogEvents({logGroupName: 'valueOf'})).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  })
})

test('a prefix narrows, but not together with an order by time', async () => {
  const {found} = await withStreams('a1', 'a2', 'b1')
  expect(await found({logStreamNamePrefix: 'a'})).toEqual(['a1', 'a2'])
  await expect(found({logStreamNamePrefix: 'a', orderBy: 'LastEventTime'})).rejects.toMatchObject({
    name: 'InvalidParameterException',
    message: 'Cannot order by LastEventTime with a logStreamNamePrefix.',
  })
})

test('a stream that exists, one that does not, and a group named twice are refused in the recorded words', async () => {
  const {logs} = await withStreams('s')
  await expect(logs.createLogStream({logGroupName: 'g', logStreamName: 's'})).rejects.toMatchObject({
    name: 'ResourceAlreadyExistsException',
    message: 'The specified log stream already exists',
  })
  await logs.deleteLogStream({logGroupName: 'g', logStreamName: 's'})
  await expect(logs.deleteLogStream({logGroupName: 'g', logStreamName: 's'})).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    message: 'The specified log stream does not exist.',
  })
  await expect(logs.describeLogStreams({logGroupName: 'g', logGroupIdentifier: 'g'})).rejects.toMatchObject({
    name: 'ValidationException',
    message: 'LogGroup name and LogGroup ARN are mutually exclusive parameters.',
  })
})
