import {mkdtemp} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import type {FilterLogEventsCommandInput, FilterLogEventsCommandOutput} from '@aws-sdk/client-cloudwatch-logs'
import {describe, expect, test} from 'vitest'
import {type SandboxOptions, startSandbox} from '../../../src/sandbox/server.js'
import {clientsOn, sandboxForTest} from '../../support/sandbox.js'

const NOW = Date.UTC(2026, 10, 22, 12)
const HOUR = 3_600_000

/** A sandbox whose clock stands still until the test moves it, with a group `g` and streams `a` and `b`. */
async function logsForTest(options: SandboxOptions = {}) {
  const clock = {now: NOW}
  const {logs} = await sandboxForTest({millis: () => clock.now, ...options})
  await logs.createLogGroup({logGroupName: 'g'})
  for (const logStreamName of ['a', 'b']) await logs.createLogStream({logGroupName: 'g', logStreamName})
  const put = (logStreamName: string, ...lines: [timestamp: number, message: string][]) =>
    logs.putLogEvents({
      logGroupName: 'g',
      logStreamName,
      logEvents: lines.map(([timestamp, message]) => ({timestamp, message})),
    })
  const filter = (input: Omit<FilterLogEventsCommandInput, 'logGroupName'> = {}) =>
    logs.filterLogEvents({logGroupName: 'g', ...input})
  const pages = async (input: Omit<FilterLogEventsCommandInput, 'logGroupName'> = {}) => {
    const out: FilterLogEventsCommandOutput[] = []
    let nextToken: string | undefined
    do {
      const page = await filter({...input, nextToken})
      out.push(page)
      nextToken = page.nextToken
    } while (nextToken)
    return out
  }
  return {logs, clock, put, filter, pages}
}

const messages = (page: FilterLogEventsCommandOutput) => page.events?.map(({message}) => message)

describe('order', () => {
  test('events of all streams come interleaved by timestamp, with what the reference names in each', async () => {
    const {put, filter} = await logsForTest()
    await put('b', [NOW - 2, 'two'], [NOW, 'four'])
    await put('a', [NOW - 3, 'one'], [NOW - 1, 'three'])
    const page = await filter()
    expect(messages(page)).toEqual(['one', 'two', 'three', 'four'])
    expect(page.events?.[0]).toEqual({
      logStreamName: 'a',
      timestamp: NOW - 3,
      message: 'one',
      ingestionTime: NOW,
      eventId: expect.stringMatching(/^\d{56}$/),
    })
    expect(page.searchedLogStreams ?? []).toEqual([])
  })

  test('an event that comes in late is read in its place, also within its stream', async () => {
    const {clock, put, filter} = await logsForTest()
    await put('a', [NOW - 10, 'first'], [NOW - 5, 'third'])
    clock.now += 1000
    await put('a', [NOW - 7, 'second'])
    expect(messages(await filter())).toEqual(['first', 'second', 'third'])
  })

  test('equal timestamps are told apart by ingestion time, then by place in the batch', async () => {
    const {clock, put, filter} = await logsForTest()
    await put('b', [NOW, '1'], [NOW, '2'])
    clock.now += 1
    await put('a', [NOW, '3'], [NOW, '4'])
    expect(messages(await filter())).toEqual(['1', '2', '3', '4'])
  })
})

describe('window', () => {
  test('an end beyond all time is an end like any other', async () => {
    const {put, filter} = await logsForTest()
    await put('a', [NOW, 'here'])
    for (const endTime of [9_999_999_999_999, Number.MAX_SAFE_INTEGER]) {
      expect(messages(await filter({endTime}))).toEqual(['here'])
      expect(messages(await filter({startTime: endTime}))).toEqual([])
    }
  })

  test('startTime and endTime are both inclusive', async () => {
    const {put, filter} = await logsForTest()
    await put('a', [NOW - 3, 'early'], [NOW - 2, 'start'], [NOW - 1, 'end'], [NOW, 'late'])
    expect(messages(await filter({startTime: NOW - 2, endTime: NOW - 1}))).toEqual(['start', 'end'])
  })

  test('streams are selected by name or by prefix, not by both', async () => {
    const {put, filter} = await logsForTest()
    await put('a', [NOW, 'in a'])
    await put('b', [NOW, 'in b'])
    expect(messages(await filter({logStreamNames: ['b']}))).toEqual(['in b'])
    expect(messages(await filter({logStreamNamePrefix: 'a'}))).toEqual(['in a'])
    await expect(filter({logStreamNames: ['a'], logStreamNamePrefix: 'a'})).rejects.toMatchObject({
      name: 'InvalidParameterException',
    })
    await expect(filter({logStreamNames: ['nope']})).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'The specified log stream does not exist.',
    })
  })

  test('what is older than the retention is gone, and a longer retention does not bring it back', async () => {
    const {logs, clock, put, filter} = await logsForTest()
    await put('a', [NOW - HOUR, 'old'], [NOW, 'new'])
    await logs.putRetentionPolicy({logGroupName: 'g', retentionInDays: 1})
    clock.now += 23.5 * HOUR
    expect(messages(await filter())).toEqual(['new'])
    await logs.deleteRetentionPolicy({logGroupName: 'g'})
    expect(messages(await filter())).toEqual(['new'])
  })
})

describe('paging', () => {
  test('limit bounds a page, and the token of a full page leads on to the end', async () => {
    const {put, pages} = await logsForTest()
    await put('a', [NOW - 3, '1'], [NOW - 1, '3'])
    await put('b', [NOW - 2, '2'], [NOW, '4'])
    // The service does not look ahead: the last full page has a token that leads to an empty page.
    expect((await pages({limit: 2})).map(messages)).toEqual([['1', '2'], ['3', '4'], []])
    expect((await pages({limit: 3})).map(messages)).toEqual([['1', '2', '3'], ['4']])
  })

  test('a page may be empty and still have a token', async () => {
    const {put, pages} = await logsForTest({logScanLimit: 2})
    await put('a', [NOW - 4, 'x'], [NOW - 3, 'x'], [NOW - 2, 'x'], [NOW - 1, 'x'], [NOW, 'found'])
    const read = await pages({filterPattern: 'found'})
    expect(read.map(messages)).toEqual([[], [], ['found']])
    expect(read[0]?.nextToken).toBeTypeOf('string')
  })

  test('a page holds at most 1 MB', async () => {
    const {put, pages} = await logsForTest()
    for (let i = 0; i < 5; i++) await put('a', [NOW + i, 'm'.repeat(400_000)])
    expect((await pages()).map(page => page.events?.length)).toEqual([2, 2, 1])
  })

  test('a page holds at most 10,000 events', async () => {
    const {put, pages} = await logsForTest({logScanLimit: 100_000})
    const batch = Array.from({length: 6000}, (_, i): [number, string] => [NOW + i, 'e'])
    await put('a', ...batch)
    await put('b', ...batch)
    expect((await pages()).map(page => page.events?.length)).toEqual([10_000, 2000])
  })

  test('the latest events come first on request, and the token keeps the direction', async () => {
    const {put, filter, pages} = await logsForTest()
    await put('a', [NOW - 4, '1'], [NOW - 2, '3'])
    await put('b', [NOW - 3, '2'], [NOW - 1, '4'], [NOW, '5'])
    const query = {startFromHead: false, startTime: NOW - 3, endTime: NOW - 1}
    expect((await pages({...query, limit: 2})).map(messages)).toEqual([['4', '3'], ['2']])
    const {nextToken} = await filter({...query, limit: 1})
    expect(messages(await filter({...query, startFromHead: true, nextToken}))).toEqual(['3', '2'])
    await expect(filter({startFromHead: false, startTime: Date.UTC(2023, 11, 31)})).rejects.toMatchObject({
      name: 'InvalidParameterException',
    })
  })

  test('a token is refused with another query, when it was never issued, and after 24 hours', async () => {
    const {clock, put, filter} = await logsForTest()
    await put('a', [NOW - 1, '1'], [NOW, '2'])
    const {nextToken} = await filter({limit: 1})
    const invalid = {name: 'InvalidParameterException', message: 'The specified nextToken is invalid.'}
    expect(messages(await filter({limit: 1, nextToken}))).toEqual(['2'])
    await expect(filter({nextToken, filterPattern: 'other'})).rejects.toMatchObject(invalid)
    await expect(filter({nextToken, startTime: 1})).rejects.toMatchObject(invalid)
    await expect(filter({nextToken: 'never-issued'})).rejects.toMatchObject(invalid)
    clock.now += 24 * HOUR
    await expect(filter({limit: 1, nextToken})).rejects.toMatchObject(invalid)
  })
})

describe('refusals', () => {
  test('limits outside 1 to 10,000, in the recorded words', async () => {
    const {filter} = await logsForTest()
    await expect(filter({limit: 10_001})).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message:
        "1 validation error detected: Value '10001' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 10000",
      $metadata: {httpStatusCode: 400},
    })
    await expect(filter({limit: 0})).rejects.toThrow('Member must have value greater than or equal to 1')
  })

  test('a group that is not there', async () => {
    const {logs} = await sandboxForTest()
    await expect(logs.filterLogEvents({logGroupName: 'nope'})).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'The specified log group does not exist.',
      $metadata: {httpStatusCode: 400},
    })
  })

  test('a pattern that cannot be read', async () => {
    const {filter} = await logsForTest()
    await expect(filter({filterPattern: '{ $.a = '})).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: "If a filter pattern starts with '{' it must end with '}'",
    })
  })
})

test('with a delay, an event can only be read once the delay has passed since it came in', async () => {
  const {clock, put, filter} = await logsForTest({logDelay: 20_000})
  await put('a', [NOW - HOUR, 'written'])
  expect(messages(await filter())).toEqual([])
  clock.now += 20_000
  expect(messages(await filter())).toEqual(['written'])
})

test('events, their order and a token outlive a restart on the same state file', async () => {
  const stateFile = join(await mkdtemp(join(tmpdir(), 'apigw-logs-')), 'state.json')
  const first = await startSandbox({stateFile, millis: () => NOW})
  const {logs} = clientsOn(first)
  await logs.createLogGroup({logGroupName: 'g'})
  for (const logStreamName of ['a', 'b']) await logs.createLogStream({logGroupName: 'g', logStreamName})
  const put = (logStreamName: string, timestamp: number, message: string) =>
    logs.putLogEvents({logGroupName: 'g', logStreamName, logEvents: [{timestamp, message}]})
  await put('a', NOW, 'third')
  await put('b', NOW - 2, 'first')
  await put('a', NOW - 1, 'second')
  const {nextToken} = await logs.filterLogEvents({logGroupName: 'g', limit: 1})
  await first.stop()
  const {logs: again} = await sandboxForTest({stateFile, millis: () => NOW})
  expect(messages(await again.filterLogEvents({logGroupName: 'g', nextToken}))).toEqual(['second', 'third'])
})

test('the ARN of a group addresses it as its name does', async () => {
  const {logs, put} = await logsForTest()
  await put('a', [NOW, 'here'])
  const logGroupIdentifier = 'arn:aws:logs:us-east-1:123456789012:log-group:g'
  expect(messages(await logs.filterLogEvents({logGroupIdentifier}))).toEqual(['here'])
})
