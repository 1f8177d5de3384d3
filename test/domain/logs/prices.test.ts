import {expect, test} from 'vitest'
import {costOf} from '../../../src/domain/logs/prices.js'

const INFO = {level: 'INFO', dataTrace: false} as const
const FULL = {level: 'INFO', dataTrace: true} as const
const ERROR = {level: 'ERROR', dataTrace: false} as const

// The figures of the price list: 100 million requests are 120 GB and 60 USD at INFO, 750 GB and 375 USD in full.
test.each([
  ['INFO', {setting: INFO, access: false}, 'roughly 1.2 KB: 0.60 USD per million'],
  ['full', {setting: FULL, access: false}, 'roughly 7 to 8 KB: 3.50 to 4.00 USD per million'],
  ['an access log', {access: true}, 'roughly 0.3 to 1 KB: 0.15 to 0.50 USD per million'],
  ['INFO and an access log', {setting: INFO, access: true}, 'roughly 1.5 to 2.2 KB: 0.75 to 1.10 USD per million'],
])('%s', (_, logs, said) => {
  expect(costOf(logs)).toContain(said)
})

test('failures only cost what fails, which nobody knows', () => {
  expect(costOf({setting: ERROR, access: false})).toBeUndefined()
})
