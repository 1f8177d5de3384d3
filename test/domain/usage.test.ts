import {afterEach, describe, expect, test} from 'vitest'
import {quotaPeriod} from '../../src/domain/quota-periods.js'
import {type DayUsage, dayRangeFrom, daysOf, joinedUsage, type KeyUsage, rangesWithin} from '../../src/domain/usage.js'

const NOW = Date.parse('2026-11-23T06:00:00Z')

const zone = process.env.TZ
afterEach(() => {
  if (zone === undefined) delete process.env.TZ
  else process.env.TZ = zone
})

/** Of the reader, who may be a day ahead or behind. */
const ZONES = ['UTC', 'Pacific/Kiritimati', 'Pacific/Pago_Pago', 'America/New_York']

describe('the days that somebody means', () => {
  test.each([
    ['the last 30, today included', {}, {from: '2026-10-25', to: '2026-11-23'}],
    ['the 30 up to a day', {to: '2026-10-31'}, {from: '2026-10-02', to: '2026-10-31'}],
    ['days as they are written', {from: '2026-10-01', to: '2026-10-31'}, {from: '2026-10-01', to: '2026-10-31'}],
    ['the day of a moment, in UTC', {from: '2026-11-01T23:30:00-02:00'}, {from: '2026-11-02', to: '2026-11-23'}],
    ['the day of some time ago', {from: '7d', to: '7h'}, {from: '2026-11-16', to: '2026-11-22'}],
    ['none that are still to come', {from: '2026-11-01', to: '2026-11-30'}, {from: '2026-11-01', to: '2026-11-23'}],
    ['today alone', {from: '2026-11-23'}, {from: '2026-11-23', to: '2026-11-23'}],
  ])('%s, whatever the time zone', (_title, said, expected) => {
    for (const name of ZONES) {
      process.env.TZ = name
      expect(dayRangeFrom(said, NOW)).toEqual(expected)
    }
  })

  test.each([
    [{from: '2026-11-24'}, '2026-11-24 is still to come: today is 2026-11-23 (UTC).'],
    [{from: '2026-10-02', to: '2026-10-01'}, '--from 2026-10-02 is after --to 2026-10-01.'],
    [{from: '2026-02-30'}, 'There is no day 2026-02-30.'],
    [{from: 'soon'}, '"soon" is not a time.'],
    [{from: '5000y'}, '"5000y" is too far away.'],
    [{to: '999999999999y'}, '"999999999999y" is too far away.'],
  ])('%j is wrong usage', (said, message) => {
    expect(() => dayRangeFrom(said, NOW)).toThrow(expect.objectContaining({kind: 'usage', message}))
  })
})

test.each([
  [1, 90],
  [90, 90],
  [91, 90],
  [366, 90],
  [800, 31],
])('%i days in parts of %i have each day once, over leap days and changes of the clocks', (count, most) => {
  const from = '2023-12-30'
  const to = new Date(Date.parse(from) + (count - 1) * 86_400_000).toISOString().slice(0, 10)
  const parts = rangesWithin({from, to}, most)
  expect(parts.flatMap(daysOf)).toEqual(daysOf({from, to}))
  expect(daysOf({from, to})).toHaveLength(count)
  expect(Math.max(...parts.map(part => daysOf(part).length))).toBeLessThanOrEqual(most)
})

describe('usage that is read in parts', () => {
  const day = (day: string): DayUsage => ({day, used: 1, remaining: 9})

  async function* part(days: string[], keys: string[], read: string[] = []): AsyncGenerator<KeyUsage> {
    for (const keyId of keys) {
      read.push(`${keyId} ${days[0]}`)
      yield {keyId, days: days.map(day)}
    }
  }

  test('is joined key by key, without waiting for the last', async () => {
    const read: string[] = []
    const keys = joinedUsage([part(['2026-01-01'], ['a', 'b'], read), part(['2026-01-02'], ['a', 'b'], read)])
    expect((await keys.next()).value).toEqual({keyId: 'a', days: [day('2026-01-01'), day('2026-01-02')]})
    expect(read).toEqual(['a 2026-01-01', 'a 2026-01-02'])
  })

  test('loses no key whatever the order of the parts, nor one that is in some of them only', async () => {
    const parts = [
      part(['2026-01-01'], ['a', 'b']),
      part(['2026-01-02'], ['c', 'b', 'a']),
      part(['2026-01-03'], ['b', 'a']),
    ]
    const found = new Map<string, string[]>()
    for await (const {keyId, days} of joinedUsage(parts))
      found.set(
        keyId,
        days.map(each => each.day),
      )
    const all = ['2026-01-01', '2026-01-02', '2026-01-03']
    expect(found).toEqual(
      new Map([
        ['b', all],
        ['a', all],
        ['c', ['2026-01-02']],
      ]),
    )
  })
})

// Months: AWS re:Post, "Monthly quotas only reset on the 1st of every month". Weeks: API reference of 2016, QuotaSettings:
// "with a time period of WEEK, an offset of 0 starts on Sunday".
test.each([
  ['DAY', '2026-11-23T00:00:00.000Z', '2026-11-23', '2026-11-24'],
  ['DAY', '2026-12-31T23:59:59.999Z', '2026-12-31', '2027-01-01'],
  ['WEEK', '2026-11-21T23:59:59.999Z', '2026-11-15', '2026-11-22'],
  ['WEEK', '2026-11-22T00:00:00.000Z', '2026-11-22', '2026-11-29'],
  ['WEEK', '2027-01-01T12:00:00.000Z', '2026-12-27', '2027-01-03'],
  ['MONTH', '2026-11-30T23:59:59.999Z', '2026-11-01', '2026-12-01'],
  ['MONTH', '2026-12-01T00:00:00.000Z', '2026-12-01', '2027-01-01'],
  ['MONTH', '2028-02-29T12:00:00.000Z', '2028-02-01', '2028-03-01'],
] as const)('the %s of %s began on %s and ends before %s, whatever the time zone', (period, moment, from, resets) => {
  for (const name of ZONES) {
    process.env.TZ = name
    expect(quotaPeriod(period, Date.parse(moment))).toEqual({from, resets: new Date(resets)})
  }
})
