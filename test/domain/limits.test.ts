import {expect, test} from 'vitest'
import {limitsFrom, limitsOf, quotaOf, quotaText} from '../../src/domain/limits.js'

test.each([
  ['10000/day', {limit: 10_000, period: 'DAY', offset: 0}],
  ['1/WEEK', {limit: 1, period: 'WEEK', offset: 0}],
  ['2147483647/month', {limit: 2_147_483_647, period: 'MONTH', offset: 0}],
] as const)('a quota is typed as %s and shown so', (text, quota) => {
  expect(quotaOf(text)).toEqual(quota)
  expect(quotaText(quota)).toBe(text.toLowerCase())
})

test.each([
  '',
  '/',
  'day',
  '10000',
  '10000/',
  '/day',
  '-1/day',
  '0/day',
  '1.5/day',
  '1e3/day',
  '2147483648/day',
  '1/year',
])('"%s" is not a quota', text => {
  expect(() => quotaOf(text)).toThrow(expect.objectContaining({kind: 'usage'}))
})

test('a rate may be a fraction, a burst is whole, and one needs the other', () => {
  expect(limitsFrom({rate: '0.5', burst: '1'}).throttle).toEqual({rateLimit: 0.5, burstLimit: 1})
  expect(limitsFrom({}).throttle).toBeUndefined()
  for (const flags of [
    {rate: '1'},
    {burst: '1'},
    {rate: '0', burst: '1'},
    {rate: '-1', burst: '1'},
    {rate: 'NaN', burst: '1'},
    {rate: 'Infinity', burst: '1'},
    {rate: '0x10', burst: '1'},
    {rate: '1', burst: '0'},
    {rate: '1', burst: '1.5'},
    {rate: '1', burst: '2147483648'},
  ]) {
    expect(() => limitsFrom(flags), JSON.stringify(flags)).toThrow(expect.objectContaining({kind: 'usage'}))
  }
})

test('limits in words leave out what is not limited', () => {
  expect(limitsOf({})).toEqual([])
  expect(limitsOf(limitsFrom({rate: '10', burst: '20', quota: '5/day'}))).toEqual([
    '10 requests/s, 20 at once',
    '5/day',
  ])
})
