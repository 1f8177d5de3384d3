import {describe, expect, test} from 'vitest'
import type {LogEvent} from '../../../src/domain/logs/events.js'
import type {Log} from '../../../src/domain/logs/log.js'
import {FunctionParts} from '../../../src/domain/logs/requests/function-parts.js'
import type {LoggedRequest} from '../../../src/domain/logs/requests/request.js'

const A = '7781d89a-b6d9-4098-924a-4cb16157573c'
const B = '61ed2826-b9cd-4a75-a5d6-eed85f48dca5'
const STAGE = {api: 'petstore', apiId: 'a1b2c3d4e5', stage: 'prod', protocol: 'REST'} as const
const PETS: Log = {...STAGE, group: '/aws/lambda/pets', kind: 'function', function: 'pets'}

let ids = 0
const event = (timestamp: number, message: string, logStreamName = 'one'): LogEvent => ({
  timestamp,
  ingestionTime: timestamp,
  logStreamName,
  eventId: String(ids++),
  message,
})

const request = (invocation: string | undefined, ...times: number[]): LoggedRequest => ({
  ...STAGE,
  time: new Date(times[0] ?? 0),
  requestId: `of ${invocation}`,
  integrationRequestId: invocation,
  isComplete: true,
  lines: times.map(time => ({
    time: new Date(time),
    source: 'execution',
    phase: 'other',
    text: `at ${time}`,
    logStreamName: 'gateway',
    eventId: String(ids++),
  })),
})

const texts = ({lines}: LoggedRequest) => lines.map(({text}) => text)

test('a request gets the lines of its invocation, in the order of time, also those that do not name it', () => {
  const parts = new FunctionParts({redact: true})
  const added = parts.add(PETS, [
    event(10, `START RequestId: ${A} Version: $LATEST\n`),
    event(11, `2026-09-25T12:00:00.000Z\t${A}\tINFO\thello\n`),
    event(12, 'without an id\n'),
    event(12, `START RequestId: ${B} Version: $LATEST\n`, 'another'),
    event(13, `REPORT RequestId: ${A}\tDuration: 3.00 ms\n`),
  ])
  expect(added).toEqual([])
  expect(texts(parts.join(request(A, 9, 12, 14)).request)).toEqual([
    'at 9',
    `START RequestId: ${A} Version: $LATEST`,
    'INFO\thello',
    'at 12',
    'without an id',
    `REPORT RequestId: ${A}\tDuration: 3.00 ms`,
    'at 14',
  ])
  expect(texts(parts.join(request(B, 9)).request)).toEqual(['at 9', `START RequestId: ${B} Version: $LATEST`])
})

test('lines that come after their request are an addition to it', () => {
  const parts = new FunctionParts({redact: true})
  parts.add(PETS, [event(10, `START RequestId: ${A} Version: $LATEST\n`)])
  parts.join(request(A, 9))
  const [addition, ...more] = parts.add(PETS, [event(20, 'later'), event(21, 'later still')])
  expect(more).toEqual([])
  expect(addition?.request).toMatchObject({requestId: `of ${A}`, isAddition: true})
  expect(texts(addition?.request as LoggedRequest)).toEqual(['later', 'later still'])
})

test('a request without an invocation is left as it is', () => {
  const untouched = request(undefined, 1)
  expect(new FunctionParts({redact: true}).join(untouched).request).toBe(untouched)
})

test('credentials are hidden, unless they are asked for', () => {
  const secret = event(10, `2026-09-25T12:00:00.000Z\t${A}\tINFO\t{"Authorization":"Bearer s3cret"}\n`)
  for (const redact of [true, false]) {
    const parts = new FunctionParts({redact})
    parts.add(PETS, [secret])
    expect(
      texts(parts.join(request(A)).request)
        .join()
        .includes('s3cret'),
    ).toBe(!redact)
  }
})

test('what waits for its request is known, and what it was made of', () => {
  const parts = new FunctionParts({redact: true})
  const [start, end] = [event(10, `START RequestId: ${A} Version: $LATEST\n`), event(11, `END RequestId: ${A}\n`)]
  parts.add(PETS, [start, end])
  const placed = [start, end].map(event => ({log: PETS, event}))
  expect([...parts.pending()]).toEqual(placed)
  expect(parts.join(request(A)).events).toEqual(placed)
  expect([...parts.pending()]).toEqual([])
})

describe('of a function that others call endlessly', () => {
  const idOf = (index: number) => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`
  const startOf = (index: number, time: number) =>
    event(time, `START RequestId: ${idOf(index)} Version: $LATEST\n`, String(index % 20_000))

  test('only so much is kept', () => {
    const parts = new FunctionParts({redact: true})
    for (let page = 0; page < 120; page++) {
      parts.add(
        PETS,
        Array.from({length: 1_000}, (_, index) => startOf(page * 1_000 + index, page)),
      )
    }
    expect([...parts.pending()].length).toBeLessThanOrEqual(50_000)
    expect(parts.join(request(idOf(0))).request.lines).toEqual([])
    expect(parts.join(request(idOf(119_999))).request.lines).toHaveLength(1)
  })

  test('what is minutes old is forgotten', () => {
    const parts = new FunctionParts({redact: true})
    parts.add(PETS, [startOf(1, 0), startOf(2, 170_000)])
    parts.add(PETS, [startOf(3, 190_000)])
    expect([...parts.pending()].map(({event}) => event.timestamp)).toEqual([170_000, 190_000])
  })
})
