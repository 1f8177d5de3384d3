import {describe, expect, test} from 'vitest'
import type {SandboxOptions} from '../../../../src/sandbox/server.js'
import {sandboxForTest} from '../../../support/sandbox.js'

const NOON = Date.UTC(2026, 0, 31, 12)

/** A sandbox whose clock the test sets, with a group that has an event at every second of a minute. */
async function minute(options: SandboxOptions = {}) {
  const clock = {now: NOON - 60_000}
  const kit = await sandboxForTest({...options, millis: () => clock.now})
  const group = 'group'
  await kit.logs.createLogGroup({logGroupName: group})
  await kit.logs.createLogStream({logGroupName: group, logStreamName: 'stream'})
  const logEvents = Array.from({length: 60}, (_, i) => ({timestamp: NOON + i * 1000, message: `line ${i}`}))
  clock.now = NOON
  await kit.logs.putLogEvents({logGroupName: group, logStreamName: 'stream', logEvents})
  clock.now = NOON + 120_000
  const start = (queryString: string, more: object = {}) =>
    kit.logs.startQuery({logGroupName: group, startTime: NOON / 1000, endTime: NOON / 1000 + 59, queryString, ...more})
  const ask = async (queryString: string, more: object = {}) => {
    const {queryId} = await start(queryString, more)
    return kit.logs.getQueryResults({queryId})
  }
  return {...kit, clock, group, start, ask}
}

test('the window is in seconds and holds its last second whole', async () => {
  const {ask, logs, group} = await minute()
  const window = {startTime: NOON / 1000 + 10, endTime: NOON / 1000 + 12}
  await logs.putLogEvents({
    logGroupName: group,
    logStreamName: 'stream',
    logEvents: [
      {timestamp: NOON + 12_999, message: 'in'},
      {timestamp: NOON + 13_000, message: 'out'},
    ],
  })
  const {results} = await ask('fields @message | sort @timestamp asc', window)
  expect(results?.map(([message]) => message?.value)).toEqual(['line 10', 'line 11', 'line 12', 'in'])
})

test('rows of events carry a pointer, those of stats do not; statistics tell what was looked at', async () => {
  const {ask} = await minute()
  const events = await ask('filter @message like /line 1/')
  expect(events.results?.[0]?.map(({field}) => field)).toEqual(['@timestamp', '@message', '@ptr'])
  expect(events).toMatchObject({status: 'Complete', queryLanguage: 'CWLI'})
  // 10 messages of 6 bytes and 50 of 7; "line 1" and "line 10" to "line 19" match.
  expect(events.statistics).toMatchObject({recordsMatched: 11, recordsScanned: 60, bytesScanned: 410})
  const counted = await ask('filter @message like /line 1/ | stats count(*) as n')
  expect(counted.results).toEqual([[{field: 'n', value: '11'}]])
  expect(counted.statistics).toMatchObject({recordsMatched: 11, recordsScanned: 60, resultCount: 1})
})

test('a query waits, runs and is complete when its time has gone by', async () => {
  const {start, logs, clock} = await minute({queryTime: 10_000})
  const {queryId} = await start('stats count(*)')
  const status = async () => (await logs.getQueryResults({queryId})).status
  expect(await status()).toBe('Scheduled')
  clock.now += 5_000
  expect(await status()).toBe('Running')
  expect((await logs.getQueryResults({queryId})).results).toEqual([])
  clock.now += 5_000
  expect(await status()).toBe('Complete')
})

test('a stopped query is cancelled; one that has ended cannot be stopped', async () => {
  const {start, logs, clock} = await minute({queryTime: 10_000})
  const {queryId} = await start('stats count(*)')
  expect((await logs.stopQuery({queryId})).success).toBe(true)
  clock.now += 60_000
  expect((await logs.getQueryResults({queryId})).status).toBe('Cancelled')
  await expect(logs.stopQuery({queryId})).rejects.toMatchObject({name: 'InvalidParameterException'})
  await expect(logs.stopQuery({queryId: 'none'})).rejects.toMatchObject({name: 'ResourceNotFoundException'})
})

test('a query that takes more than an hour ends with Timeout', async () => {
  const {start, logs, clock} = await minute({queryTime: 2 * 3_600_000})
  const {queryId} = await start('stats count(*)')
  clock.now += 3_600_000
  expect((await logs.getQueryResults({queryId})).status).toBe('Timeout')
})

test('a hundred queries can be under way at a time', async () => {
  const {start, clock} = await minute({queryTime: 10_000})
  for (let i = 0; i < 100; i++) await start('stats count(*)')
  await expect(start('stats count(*)')).rejects.toMatchObject({name: 'LimitExceededException'})
  clock.now += 10_000
  await expect(start('stats count(*)')).resolves.toHaveProperty('queryId')
})

test('the answer comes in pages of what the caller takes', async () => {
  const {start, logs} = await minute()
  const {queryId} = await start('fields @message | sort @timestamp asc', {limit: 50})
  const first = await logs.getQueryResults({queryId, maxItems: 30})
  const second = await logs.getQueryResults({queryId, maxItems: 30, nextToken: first.nextToken})
  expect([first.results?.length, second.results?.length, second.nextToken]).toEqual([30, 20, undefined])
  expect(second.results?.[0]?.[0]?.value).toBe('line 30')
})

test('what cannot be read yet is not looked at', async () => {
  const {ask, clock} = await minute({logDelay: 10_000})
  clock.now = NOON + 9_999
  expect((await ask('stats count(*) as n')).results).toEqual([])
  clock.now = NOON + 10_000
  expect((await ask('stats count(*) as n')).results).toEqual([[{field: 'n', value: '60'}]])
})

test('several groups are one answer, and @log tells them apart', async () => {
  const {ask, logs} = await minute()
  await logs.createLogGroup({logGroupName: 'other'})
  await logs.createLogStream({logGroupName: 'other', logStreamName: 's'})
  await logs.putLogEvents({logGroupName: 'other', logStreamName: 's', logEvents: [{timestamp: NOON, message: 'x'}]})
  const {results} = await ask('stats count(*) as n by @log | sort n', {
    logGroupName: undefined,
    logGroupNames: ['group', 'other'],
  })
  expect(results?.map(row => row.map(({value}) => value))).toEqual([
    ['123456789012:other', '1'],
    ['123456789012:group', '60'],
  ])
})

describe('what is refused', () => {
  test('a malformed query tells where', async () => {
    const {start} = await minute()
    await expect(start('fields @message | limt 5')).rejects.toMatchObject({
      name: 'MalformedQueryException',
      queryCompileError: {location: {startCharOffset: 18, endCharOffset: 22}},
    })
  })

  test('a window from before the group was there, in the words of the service', async () => {
    const {start} = await minute()
    // As several projects on GitHub quote it, offsets included.
    await expect(start('stats count(*)', {startTime: 1, endTime: 2})).rejects.toThrow(
      "Query's end date and time is either before the log groups creation time or exceeds the log groups log retention settings ([0,14])",
    )
  })

  test.each([
    ['a group that is not there', {logGroupName: 'none'}, 'ResourceNotFoundException'],
    ['two ways to name groups', {logGroupNames: ['group']}, 'InvalidParameterException'],
    ['no group', {logGroupName: undefined}, 'InvalidParameterException'],
    ['an end before the start', {endTime: 1}, 'InvalidParameterException'],
    ['too many rows', {limit: 100_001}, 'InvalidParameterException'],
  ])('%s', async (_, more, name) => {
    const {start} = await minute()
    await expect(start('stats count(*)', more)).rejects.toMatchObject({name})
  })
})
