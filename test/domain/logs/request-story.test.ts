import {describe, expect, test} from 'vitest'
import type {LogEvent} from '../../../src/domain/logs/events.js'
import type {LogQuery, LogSource} from '../../../src/domain/logs/source.js'
import type {LoggedStage} from '../../../src/domain/logs/stages.js'
import {requestIdFrom} from '../../../src/domain/logs/story/search.js'
import {requestStory, type StoryPorts} from '../../../src/domain/logs/story/story.js'
import {Problem} from '../../../src/domain/problem.js'

const NOW = Date.UTC(2026, 8, 25, 12)
const HOUR = 3_600_000
const ID = '1f0c9a52-6d34-4a0b-9a57-2f1d5b3c8e01'
const EXTENDED = 'Ab1cDEfGIAMEHkA='
const INVOCATION = '7781d89a-b6d9-4098-924a-4cb16157573c'

const stageOf = (apiId: string, changes: Partial<LoggedStage> = {}): LoggedStage => ({
  kind: 'REST',
  apiId,
  api: `the ${apiId}`,
  stage: 'prod',
  setting: {level: 'INFO', dataTrace: false},
  overrides: [],
  group: `execution ${apiId}`,
  ...changes,
})

interface Written {
  /** Milliseconds before now. */
  ago: number
  message: string
  stream?: string
}

/** A source of groups by name; a phrase pattern holds for what has one of its phrases in it. */
function sourceOf(groups: Record<string, Written[] | Problem>) {
  const queries: LogQuery[] = []
  const source: LogSource = {
    async page(query) {
      queries.push(query)
      const {group, streams, pattern = '', startTime = 0, endTime = Number.POSITIVE_INFINITY} = query
      const written = groups[group] ?? new Problem('missing', 'The specified log group does not exist.')
      if (written instanceof Problem) throw written
      const phrases = [...pattern.matchAll(/"([^"]*)"/g)].map(match => match[1] as string)
      const events = written.map(({ago, message, stream = 's'}, index): LogEvent => {
        const timestamp = NOW - ago
        return {timestamp, ingestionTime: timestamp, logStreamName: stream, eventId: `${group} ${index}`, message}
      })
      return {
        events: events.filter(
          event =>
            event.timestamp >= startTime &&
            event.timestamp <= endTime &&
            (streams === undefined || streams.includes(event.logStreamName)) &&
            (phrases.length === 0 || phrases.some(phrase => event.message.includes(phrase))),
        ),
      }
    },
  }
  return {source, queries}
}

async function story(
  groups: Record<string, Written[] | Problem>,
  stages: LoggedStage[],
  {
    id = ID,
    days = 1,
    functions = async () => [],
  }: {id?: string; days?: number; functions?: StoryPorts['functions']} = {},
) {
  const {source, queries} = sourceOf(groups)
  const notices: string[] = []
  const watch = {clock: {now: () => NOW}, notice: (text: string) => notices.push(text)}
  const wish = {id, stages, since: NOW - days * 24 * HOUR, redact: true}
  const request = await requestStory({source, functions}, wish, watch)
  return {request, queries, notices, texts: request.lines.map(({text}) => text)}
}

const lines = (ago: number, id = ID): Written[] => [
  {ago, message: `(${id}) Extended Request Id: ${EXTENDED}`},
  {ago, message: `(${id}) Starting execution for request: ${id}`},
  {ago, message: `(${id}) HTTP Method: GET, Resource Path: /pets`},
  {ago: ago - 50, message: `(${id}) Method completed with status: 200`},
  {ago: ago - 50, message: `(${id}) AWS Integration Endpoint RequestId : ${INVOCATION}`},
]

describe('an id as somebody pasted it', () => {
  test.each([
    [ID, ID],
    [` ${EXTENDED}\n`, EXTENDED],
    [`x-amzn-RequestId: ${ID}`, ID],
    [`(${ID})`, ID],
    [
      'X-Amzn-Trace-Id: Root=1-66f3c000-0123456789abcdef01234567;Parent=0a87;Sampled=0',
      '1-66f3c000-0123456789abcdef01234567',
    ],
  ])('%s', (text, id) => {
    expect(requestIdFrom(text)).toBe(id)
  })

  test.each(['', 'short', 'two words', 'a"quote"in-it', 'x'.repeat(200)])('not %j', text => {
    expect(() => requestIdFrom(text)).toThrow(Problem)
  })
})

describe('the search', () => {
  test('reads the newest hour first, and no further than it has to', async () => {
    const recent = await story({'execution a': lines(HOUR / 2)}, [stageOf('a')])
    expect(recent.queries.every(({startTime = 0}) => startTime >= NOW - HOUR)).toBe(true)
    const old = await story({'execution a': lines(20 * HOUR)}, [stageOf('a')])
    expect(old.request.status).toBe(200)
    const searches = old.queries.filter(({pattern}) => pattern === `"${ID}"`)
    expect(searches.slice(0, 3).map(({startTime, endTime}) => [startTime, endTime])).toEqual([
      [NOW - HOUR, undefined],
      [NOW - 6 * HOUR, NOW - HOUR - 1],
      [NOW - 24 * HOUR, NOW - 6 * HOUR - 1],
    ])
  })

  test('looks for a trace when it was made, however long ago', async () => {
    const made = Math.floor((NOW - 40 * 24 * HOUR) / 1000)
    const id = `1-${made.toString(16)}-0123456789abcdef01234567`
    const ago = NOW - made * 1000
    const traced = [...lines(ago), {ago: ago - 50, message: `(${ID}) X-ray Tracing ID : ${id}`}]
    const {request} = await story({'execution a': traced}, [stageOf('a')], {id})
    expect(request).toMatchObject({requestId: ID, traceId: id})
  })

  test('asks for the rest of a request that the id only leads to', async () => {
    for (const id of [EXTENDED, INVOCATION]) {
      const {texts} = await story({'execution a': [...lines(1000), ...lines(900, 'another')]}, [stageOf('a')], {id})
      expect(texts).toContain(`Starting execution for request: ${ID}`)
    }
  })

  test('goes from the extended id that an access log has to the id that the other lines have', async () => {
    const stage = stageOf('a', {
      accessLogArn: 'arn:aws:logs:us-east-1:123456789012:log-group:access',
      accessLogFormat: '$context.extendedRequestId $context.status',
    })
    const groups = {access: [{ago: 1001, message: `${EXTENDED} 200`}], 'execution a': lines(1000)}
    const {request, texts} = await story(groups, [stage], {id: EXTENDED})
    expect(request).toMatchObject({requestId: ID, method: 'GET'})
    expect(texts).toContain(`Starting execution for request: ${ID}`)
    expect(texts).toContain(`${EXTENDED} 200`)
  })

  test('reads what can be read, where a log is not there or may not be read', async () => {
    const {request} = await story({'execution a': new Problem('denied', 'no'), 'execution b': lines(1000)}, [
      stageOf('a'),
      stageOf('b'),
      stageOf('c'),
    ])
    expect(request.apiId).toBe('b')
  })

  test('fails as the service does where nothing may be read', async () => {
    const denied = new Problem('denied', 'These credentials may not read logs.')
    await expect(story({'execution a': denied}, [stageOf('a')])).rejects.toBe(denied)
  })
})

describe('an access log that several stages write to', () => {
  const accessLogArn = 'arn:aws:logs:us-east-1:123456789012:log-group:access'
  const sharing = ['a', 'b', 'c'].map(id =>
    stageOf(id, {accessLogArn, accessLogFormat: '$context.requestId $context.status $context.apiId'}),
  )

  test('the stage is the one whose execution log has the request', async () => {
    const groups = {
      access: [{ago: 950, message: `${ID} 200 -`}],
      'execution a': [],
      'execution b': lines(1000),
      'execution c': [],
    }
    const {request, texts} = await story(groups, sharing)
    expect(request).toMatchObject({apiId: 'b', api: 'the b', requestId: ID})
    expect(texts).toContain(`${ID} 200 -`)
  })

  test('or the one that the record names', async () => {
    const {request} = await story({access: [{ago: 950, message: `${ID} 403 b`}]}, sharing)
    expect(request).toMatchObject({apiId: 'b', api: 'the b', status: 403})
  })
})

describe('the part of the function', () => {
  const functions = async () => [
    {name: 'pets', methods: ['GET /pets']},
    {name: 'cats', methods: ['GET /cats']},
  ]

  test('is the whole invocation, though most of its lines do not name it', async () => {
    const group: Written[] = [
      {ago: 999, message: 'of the invocation before\n'},
      {ago: 990, message: `START RequestId: ${INVOCATION} Version: $LATEST\n`},
      {ago: 985, message: 'print of Python\n'},
      {ago: 984, message: 'of another environment\n', stream: 'other'},
      {ago: 980, message: `REPORT RequestId: ${INVOCATION}\tDuration: 10.00 ms\n`},
      {ago: 970, message: 'START RequestId: 00000000-b6d9-4098-924a-4cb16157573c Version: $LATEST\n'},
      {ago: 969, message: 'of the next\n'},
    ]
    const {request, queries} = await story({'execution a': lines(1000), '/aws/lambda/pets': group}, [stageOf('a')], {
      functions,
    })
    const ofFunction = request.lines.filter(({source}) => source === 'function').map(({text}) => text)
    expect(ofFunction).toEqual([
      `START RequestId: ${INVOCATION} Version: $LATEST`,
      'print of Python',
      `REPORT RequestId: ${INVOCATION}\tDuration: 10.00 ms`,
    ])
    expect(queries.some(({group}) => group === '/aws/lambda/cats')).toBe(false)
  })

  test('is found by the id of the request where that of the invocation is not known, as after a timeout', async () => {
    const timedOut = lines(30_000).filter(({message}) => !message.includes(INVOCATION))
    const group: Written[] = [
      {ago: 29_990, message: `START RequestId: ${INVOCATION} Version: $LATEST\n`},
      {ago: 29_980, message: `serving ${ID}\n`},
      {ago: 10_000, message: 'still at it\n'},
    ]
    const {texts} = await story({'execution a': timedOut, '/aws/lambda/pets': group}, [stageOf('a')], {functions})
    expect(texts).toContain(`serving ${ID}`)
    expect(texts).toContain('still at it')
  })

  test('may have a group of its own, which is said', async () => {
    const {notices} = await story({'execution a': lines(1000)}, [stageOf('a')], {functions})
    expect(notices).toEqual([expect.stringContaining('There is no log group /aws/lambda/pets')])
  })

  test('is left out where the definition of the stage may not be read', async () => {
    const refused = () => Promise.reject(new Problem('denied', 'no export'))
    const {request, notices} = await story({'execution a': lines(1000)}, [stageOf('a')], {functions: refused})
    expect({status: request.status, notices}).toEqual({status: 200, notices: []})
  })
})

test('a request whose end is not there yet is said to be unfinished', async () => {
  const {notices} = await story({'execution a': lines(1000).slice(0, 2)}, [stageOf('a')])
  expect(notices).toEqual([expect.stringContaining('Its last line is not there yet')])
})

test('several requests of one trace: the first is shown, the others are named', async () => {
  const id = `1-${Math.floor(NOW / 1000).toString(16)}-0123456789abcdef01234567`
  const group = ['one-1111', 'two-2222'].flatMap((requestId, index) => [
    {ago: 1000 - index, message: `(${requestId}) Starting execution for request: ${requestId}`},
    {ago: 990 - index, message: `(${requestId}) Method completed with status: 200`},
    {ago: 990 - index, message: `(${requestId}) X-ray Tracing ID : ${id}`},
  ])
  const {request, notices} = await story({'execution a': group}, [stageOf('a')], {id})
  expect(request.requestId).toBe('one-1111')
  expect(notices).toEqual(['It is of other requests, too: two-2222'])
})
