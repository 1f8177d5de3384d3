import {describe, expect, test} from 'vitest'
import {grouped, percent, shareBar, sparkline} from '../../src/views/charts.js'

const canvas = {width: 100, isAscii: false}
const ascii = {width: 100, isAscii: true}

describe('a sparkline', () => {
  test.each([
    [[0, 1, 2, 3, 4, 5, 6, 7], '▁▂▃▄▅▆▇█'],
    [[0, 0, 0], '▁▁▁'],
    [[1, 1_000_000, 0], '▂█▁'],
    [[5], '█'],
    [[], ''],
  ])('of %j is %s: nothing but 0 is at the bottom', (numbers, expected) => {
    expect(sparkline(numbers, 30, canvas)).toBe(expected)
  })

  test('is ASCII where the terminal has no more', () => {
    expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7], 30, ascii)).toBe('_.:-=+*#')
  })

  test('adds neighbours up where there is no room, and loses none: the last cell is whole', () => {
    expect(sparkline([7, 0, 0, 0, 0, 3, 4], 4, canvas)).toBe('█▁▁█')
    for (let count = 1; count < 100; count++) {
      const line = sparkline(
        Array.from({length: count}, () => 1),
        30,
        canvas,
      )
      expect(line.length).toBeLessThanOrEqual(30)
      expect(line).toMatch(/█$/)
      expect(line).not.toContain('▁')
    }
  })
})

test.each([
  [0, '░░░░░░░░░░ 0%'],
  [0.001, '░░░░░░░░░░ <1%'],
  [0.62, '██████░░░░ 62%'],
  [0.9999, '█████████░ 99%'],
  [1, '██████████ 100%'],
])('a share of %d is %s: full is what is full', (share, expected) => {
  expect(shareBar(share, canvas)).toBe(expected)
})

test('a bar in ASCII', () => {
  expect(shareBar(0.5, ascii)).toBe('#####----- 50%')
})

test.each([
  [0, '0'],
  [999, '999'],
  [1000, '1,000'],
  [1234567, '1,234,567'],
])('%d is %s for people', (count, expected) => {
  expect(grouped(count)).toBe(expected)
})

test('a percentage is rounded down', () => {
  expect([0.999, 0.129, 0.01].map(percent)).toEqual(['99%', '12%', '1%'])
})
