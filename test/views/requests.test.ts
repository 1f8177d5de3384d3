import {stripVTControlCharacters} from 'node:util'
import {describe, expect, test} from 'vitest'
import {requestOf} from '../../src/domain/logs/requests/assemble.js'
import {phaseOf} from '../../src/domain/logs/requests/lines.js'
import type {LoggedRequest} from '../../src/domain/logs/requests/request.js'
import {paintFor} from '../../src/views/paint.js'
import {requestView} from '../../src/views/requests.js'
import {eventsOf, REQUEST_ID, REST, SAMPLES, type Sample} from '../support/log-samples.js'

const requestFrom = (sample: Sample, changes: Partial<LoggedRequest> = {}): LoggedRequest => {
  const lines = eventsOf(sample).map(({timestamp, message, ...event}) => {
    const text = message.slice(REQUEST_ID.length + 3)
    return {...event, time: new Date(timestamp), source: 'execution' as const, phase: phaseOf(text), text}
  })
  return {...requestOf(REST, REQUEST_ID, lines), ...changes}
}

const view = requestView({verbose: false})
const verbose = requestView({verbose: true})
const plain = paintFor(false)
const terminal = (width: number) => ({paint: plain, isTerminal: true, width})
const pipe = {paint: plain, isTerminal: false, width: Number.POSITIVE_INFINITY}
const TIME = expect.stringMatching(/^\d\d:\d\d:27\.989/)

describe('on a terminal', () => {
  test.each<[number, string]>([
    [80, '27.989  200  GET      /pets/7?limit=2 …   50 ms   46 ms           1f0c9a52'],
    [100, '27.989  200  GET      /pets/7?limit=2 (/pets/{petId})         50 ms   46 ms           1f0c9a52'],
    [
      150,
      '27.989  200  GET      /pets/7?limit=2 (/pets/{petId})                      50 ms   46 ms                    1f0c9a52-6d34-4a0b-9a57-2f1d5b3c8e01',
    ],
  ])('%i columns: one line that fits, the path as far as there is room', (width, line) => {
    const shown = view.line(requestFrom(SAMPLES['Lambda proxy, data trace']), terminal(width))
    expect(shown).toEqual(TIME)
    expect(shown.slice(6)).toBe(line)
    expect(shown.length).toBeLessThanOrEqual(width)
  })

  test('columns stay where they are, whatever is in them', () => {
    const samples = ['Lambda proxy, data trace', 'API key accepted', 'timeout', 'authorizer denies'] as const
    const lines = samples.map(name => view.line(requestFrom(SAMPLES[name]), terminal(120)).split('\n')[0] ?? '')
    expect(new Set(lines.map(line => line.indexOf('1f0c9a52'))).size).toBe(1)
    expect(lines.map(line => line.slice(14, 17))).toEqual(['200', '201', '504', '-  '])
    expect(lines[1]).toContain('…bMZHBg')
    expect(lines[2]).toMatch(/ 29\.0 s {2}/)
  })

  test('a narrow one loses the key before the path', () => {
    const line = view.line(requestFrom(SAMPLES['API key accepted']), terminal(70))
    expect(line).toContain('/orders')
    expect(line).not.toContain('bMZHBg')
    expect(line.length).toBeLessThanOrEqual(70)
  })

  test('the status in the colour of its class', () => {
    const color = {paint: paintFor(true), isTerminal: true, width: 100}
    const shown = (status: number) => view.line(requestFrom(SAMPLES['Lambda proxy, INFO'], {status}), color)
    expect(shown(200)).toContain('\u001b[32m200')
    expect(shown(304)).toContain('\u001b[36m304')
    expect(shown(404)).toContain('\u001b[33m404')
    expect(shown(500)).toContain('\u001b[31m500')
    expect(stripVTControlCharacters(shown(200))).toBe(
      view.line(requestFrom(SAMPLES['Lambda proxy, INFO']), terminal(100)),
    )
  })

  test('a failure has its cause and its command under it, each whole', () => {
    const [, ...quota] = view.line(requestFrom(SAMPLES['quota of a key']), terminal(150)).split('\n')
    expect(quota).toEqual([
      '              The API key ending in F0yrv6 has used up its quota of 500 requests a day.  Raise it: apigw plans update p1q2r3 --quota 1000/day',
    ])
    const [, ...narrow] = view.line(requestFrom(SAMPLES['quota of a key']), terminal(100)).split('\n')
    expect(narrow).toEqual([
      '              The API key ending in F0yrv6 has used up its quota of 500 requests a day.',
      '              Raise it: apigw plans update p1q2r3 --quota 1000/day',
    ])
  })

  test('a failure that the table does not know shows the lines that it does not know', () => {
    const sample: Sample = [
      ...SAMPLES['Lambda proxy, INFO'].slice(0, 4),
      [9, 'Something new went wrong'],
      [9, 'Method completed with status: 418'],
    ]
    expect(view.line(requestFrom(sample), terminal(100)).split('\n').slice(1)).toEqual([
      '              + Something new went wrong',
    ])
  })

  test('lines that came after their request are shown under it', () => {
    const late = requestFrom([[60, 'AWS Integration Endpoint RequestId : 7781d89a']], {isAddition: true, status: 200})
    expect(view.line(late, terminal(100)).split('\n').slice(1)).toEqual([
      '              + AWS Integration Endpoint RequestId : 7781d89a',
    ])
  })

  test('a line that names no request is shown as it is', () => {
    const stray = requestFrom([[0, 'a line of its own']], {requestId: ''})
    expect(view.line(stray, terminal(100)).slice(12)).toBe('  a line of its own')
  })

  test('several stages: a label of one width, each in its colour', () => {
    const labels = ['pets/prod', 'orders/beta']
    const many = requestView({verbose: false, labels})
    const request = requestFrom(SAMPLES['Lambda proxy, INFO'])
    const other = {...request, api: 'orders', stage: 'beta'}
    const line = many.line(request, terminal(120))
    expect(line.slice(12)).toMatch(/^ {2}pets\/prod {4}200 {2}GET/)
    expect(line.indexOf('200')).toBe(many.line(other, terminal(120)).indexOf('200'))
    const color = {paint: paintFor(true), isTerminal: true, width: 120}
    const colourOf = (shown: string, label: string) => shown.slice(shown.indexOf(label) - 5, shown.indexOf(label))
    expect(colourOf(many.line(request, color), 'pets/prod')).not.toBe(colourOf(many.line(other, color), 'orders/beta'))
  })

  test('what a client sent cannot move the cursor', () => {
    const path = '/\u001b[2J\u202e\npets'
    const request = requestFrom(SAMPLES['function error'], {path, method: 'G\u001bT', requestId: '\u001b[31m'})
    request.failure = {cause: 'function-error', message: 'boom\u001b[2J\nx', hint: 'run\u0007'}
    for (const shown of [view, verbose]) {
      expect(shown.line(request, terminal(200))).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/)
      expect(shown.line(request, pipe)).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u202e]/)
    }
  })

  test('--verbose: every line, with the time since the one before, failures where they happened', () => {
    const [, ...lines] = verbose.line(requestFrom(SAMPLES['function error, ERROR']), terminal(200)).split('\n')
    expect(lines.slice(0, 3)).toEqual([
      '              Lambda execution failed with status 200 due to customer function error: boom. Lambda request id: cbb8db9c-94de-4d11-873d-e5d79fda5a05',
      '              Method completed with status: 502',
      '              AWS Integration Endpoint RequestId : cbb8db9c-94de-4d11-873d-e5d79fda5a05',
    ])
    expect(lines[3]).toContain('The Lambda function failed: boom  See what the function wrote')
    const steps = verbose.line(requestFrom(SAMPLES['Lambda proxy, INFO']), terminal(200)).split('\n')
    expect(steps[3]).toBe(
      "      +1 ms   API Key  authorized because method 'GET /pets/{petId}' does not require API Key. Request will not contribute to throttle or quota limits".replace(
        '      +1 ms   ',
        '       +1 ms  ',
      ),
    )
    expect(steps[7]).toBe('      +49 ms  Successfully completed execution')
  })
})

describe('in a pipe', () => {
  test('cells between tabs: an ISO time, plain numbers, the whole id', () => {
    const line = view.line(requestFrom(SAMPLES['quota of a key']), pipe)
    expect(line.split('\t')).toEqual([
      '2026-09-25T09:20:27.989Z',
      'pets',
      'prod',
      '429',
      '',
      '',
      '',
      '1',
      '',
      '…F0yrv6',
      REQUEST_ID,
      'quota-exceeded',
      'The API key ending in F0yrv6 has used up its quota of 500 requests a day.',
    ])
    expect(view.columns).toHaveLength(13)
  })

  test('--verbose: lines under their request begin with a tab', () => {
    const [row, ...lines] = verbose.line(requestFrom(SAMPLES['Lambda proxy, INFO']), pipe).split('\n')
    expect(row).toMatch(/^2026/)
    expect(lines).toHaveLength(9)
    expect(lines.at(-2)).toBe('\t2026-09-25T09:20:28.040Z\tstatus\tMethod completed with status: 200')
  })
})
