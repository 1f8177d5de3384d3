import {expect, test} from 'vitest'
import {retentionFrom, retentionText} from '../../../src/domain/logs/retention.js'

test.each([
  ['14', 14],
  ['14d', 14],
  ['2w', 14],
  ['1y', 365],
  ['Forever', 'forever'],
] as const)('%s is %s', (text, retention) => {
  expect(retentionFrom(text)).toBe(retention)
})

test.each(['soon', '2 months', '-1', '1.5d', ''])('"%s" is no time to keep a log for', text => {
  expect(() => retentionFrom(text)).toThrow(expect.objectContaining({kind: 'usage'}))
})

test('a number of days that CloudWatch Logs does not have is refused with those it has', () => {
  expect(() => retentionFrom('15d')).toThrow(
    expect.objectContaining({kind: 'usage', hint: expect.stringContaining('1, 3, 5, 7, 14, 30')}),
  )
})

test('in words', () => {
  expect([1, 14, undefined].map(retentionText)).toEqual(['1 day', '14 days', 'for ever'])
})
