import type {GetLogEventsCommandInput} from '@aws-sdk/client-cloudwatch-logs'
import {describe, expect, test} from 'vitest'
import {sandboxForTest} from '../../support/sandbox.js'

const NOW = Date.UTC(2026, 10, 22, 12)
const HOUR = 3_600_000
const DAY = 24 * HOUR

async function withStream() {
  const clock = {now: NOW}
  const {logs} = await sandboxForTest({millis: () => clock.now})
  const stream = {logGroupName: 'g', logStreamName: 's'}
  await logs.createLogGroup({logGroupName: 'g'})
  await logs.createLogStream(stream)
  const put = (...lines: [timestamp: number, message: string][]) =>
    logs.putLogEvents({...stream, logEvents: lines.map(([timestamp, message]) => ({timestamp, message}))})
  const get = (input: Partial<GetLogEventsCommandInput> = {}) => logs.getLogEvents({...stream, ...input})
  const read = async (input: Partial<GetLogEventsCommandInput> = {}) =>
    (await get({startFromHead: true, ...input})).events?.map(({message}) => message)
  return {logs, clock, put, get, read}
}

describe('PutLogEvents', () => {
  test('what is too old or too new is left out and named, the rest is taken', async () => {
    const {put, read} = await withStream()
    const old = await put([NOW - 15 * DAY, 'old'])
    expect(old.rejectedLogEventsInfo).toEqual({tooOldLogEventEndIndex: 1})
    expect(old.nextSequenceToken).toMatch(/^\d{56}$/)
    const ahead = await put([NOW, 'kept'], [NOW + 2 * HOUR, 'on the edge'], [NOW + 2 * HOUR + 1, 'too new'])
    expect(ahead.rejectedLogEventsInfo).toEqual({tooNewLogEventStartIndex: 2})
    expect(await read()).toEqual(['kept', 'on the edge'])
  })

  test('what is older than the retention of the group is named as expired', async () => {
    const {logs, put, read} = await withStream()
    await logs.putRetentionPolicy({logGroupName: 'g', retentionInDays: 1})
    const answer = await put([NOW - DAY - 1, 'expired'], [NOW - DAY + HOUR, 'kept'])
    expect(answer.rejectedLogEventsInfo).toEqual({expiredLogEventEndIndex: 1})
    expect(await read()).toEqual(['kept'])
  })

  test('a batch out of order, over 24 hours, too large or with an empty message changes nothing', async () => {
    const {put, read} = await withStream()
    const refused = (message: string) => ({name: 'InvalidParameterException', message})
    await expect(put([NOW, 'a'], [NOW - 1, 'b'])).rejects.toMatchObject(
      refused('Log events in a single PutLogEvents request must be in chronological order.'),
    )
    await expect(put([NOW - DAY - 1, 'a'], [NOW, 'b'])).rejects.toMatchObject(
      refused('The batch of log events in a single PutLogEvents request cannot span more than 24 hours.'),
    )
    // 26 bytes count for each event besides its message.
    await expect(put([NOW, 'x'.repeat(524_262)], [NOW, 'x'.repeat(524_263)])).rejects.toMatchObject(
      refused('Upload too large: 1048577 bytes exceeds limit of 1048576'),
    )
    await expect(put([NOW, ''])).rejects.toThrow('Member must have length greater than or equal to 1')
    await expect(put()).rejects.toThrow('Member must have length greater than or equal to 1')
    expect(await read()).toEqual([])
    await put([NOW, 'x'.repeat(524_262)], [NOW, 'x'.repeat(524_262)])
  })

  test('a group or stream that is not there is named', async () => {
    const {logs} = await withStream()
    const logEvents = [{timestamp: NOW, message: 'x'}]
    await expect(logs.putLogEvents({logGroupName: 'g', logStreamName: 'x', logEvents})).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'The specified log stream does not exist.',
    })
    await expect(logs.putLogEvents({logGroupName: 'x', logStreamName: 'x', logEvents})).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'The specified log group does not exist.',
    })
  })
})

describe('GetLogEvents', () => {
  const five = [1, 2, 3, 4, 5].map((n): [number, string] => [NOW + n, String(n)])

  test('reads the newest page by default and the oldest on request, each oldest first', async () => {
    const {put, get, read} = await withStream()
    await put(...five)
    expect((await get({limit: 2})).events?.map(({message}) => message)).toEqual(['4', '5'])
    expect(await read({limit: 2})).toEqual(['1', '2'])
    expect((await get({limit: 1})).events).toEqual([{timestamp: NOW + 5, message: '5', ingestionTime: NOW}])
  })

  test('forward tokens lead to the end, where the token that was sent comes back', async () => {
    const {put, get} = await withStream()
    await put(...five)
    const pages: (string | undefined)[][] = []
    let token: string | undefined
    for (;;) {
      const page = await get({startFromHead: true, limit: 2, nextToken: token})
      if (page.nextForwardToken === token) break
      pages.push(page.events?.map(({message}) => message) ?? [])
      token = page.nextForwardToken
    }
    expect(pages).toEqual([['1', '2'], ['3', '4'], ['5']])
    await put([NOW + 6, 'later'])
    expect((await get({nextToken: token})).events?.map(({message}) => message)).toEqual(['later'])
  })

  test('backward tokens lead to the beginning', async () => {
    const {put, get} = await withStream()
    await put(...five)
    const last = await get({limit: 2})
    const middle = await get({limit: 2, nextToken: last.nextBackwardToken})
    const first = await get({limit: 2, nextToken: middle.nextBackwardToken})
    expect([middle, first].map(page => page.events?.map(({message}) => message))).toEqual([['2', '3'], ['1']])
    const before = await get({limit: 2, nextToken: first.nextBackwardToken})
    expect(before.events).toEqual([])
    expect(before.nextBackwardToken).toBe(first.nextBackwardToken)
  })

  test('an empty stream has tokens too, and the forward one finds what comes later', async () => {
    const {put, get} = await withStream()
    const empty = await get({startFromHead: true})
    expect(empty.events).toEqual([])
    await put([NOW, 'first'])
    expect((await get({nextToken: empty.nextForwardToken})).events).toHaveLength(1)
  })

  test('startTime is inclusive and endTime exclusive', async () => {
    const {put, read} = await withStream()
    await put(...five)
    expect(await read({startTime: NOW + 2, endTime: NOW + 4})).toEqual(['2', '3'])
  })

  test('a page holds at most 1 MB', async () => {
    const {put, read} = await withStream()
    for (let i = 0; i < 3; i++) await put([NOW + i, 'm'.repeat(400_000)])
    expect(await read()).toHaveLength(2)
  })

  test('a token that is none and a limit over 10,000 are refused in the recorded words', async () => {
    const {get} = await withStream()
    await expect(get({nextToken: 'none'})).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: 'The specified nextToken is invalid.',
    })
    await expect(get({limit: 10_001})).rejects.toMatchObject({
      message:
        "1 validation error detected: Value '10001' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 10000",
    })
  })
})
