import {expect, test} from 'vitest'
import {momentFrom} from '../../src/domain/moment.js'

const NOW = Date.UTC(2026, 0, 31, 12)

test.each([
  ['10m', NOW - 600_000],
  ['1h30m', NOW - 5_400_000],
  ['2 days', NOW - 172_800_000],
  ['1.5h', NOW - 5_400_000],
  ['500ms', NOW - 500],
  ['2026-01-31T11:00:00Z', NOW - 3_600_000],
  ['2026-01-31T12:00:00+01:00', NOW - 3_600_000],
  ['2026-01-31', Date.UTC(2026, 0, 31)],
  [String(NOW), NOW],
])('%s', (text, moment) => {
  expect(momentFrom(text, NOW)).toBe(moment)
})

test.each(['', '10', 'yesterday', '10 apples', '10m later', '-5m', '2026-13-01', '31.1.2026'])(
  '"%s" is not a time',
  text => {
    expect(() => momentFrom(text, NOW)).toThrow(expect.objectContaining({kind: 'usage'}))
  },
)

test('what is not a time is answered with all forms that are', () => {
  const hint = expect.stringMatching(/10m.*2026-01-31\).*2026-01-31T12:00:00Z.*milliseconds/)
  expect(() => momentFrom('2026-1-31', NOW)).toThrow(expect.objectContaining({hint}))
})
