import {expect, test} from 'vitest'
import {addressesFrom} from '../../../../src/domain/logs/filters/addresses.js'
import type {RequestFilter} from '../../../../src/domain/logs/filters/filter.js'
import {statusesFrom} from '../../../../src/domain/logs/filters/statuses.js'
import {untold} from '../../../../src/domain/logs/filters/untold.js'
import type {LoggedStage} from '../../../../src/domain/logs/stages.js'

const STAGE: LoggedStage = {
  kind: 'REST',
  apiId: 'a1b2c3d4e5',
  api: 'pets',
  stage: 'prod',
  setting: {level: 'INFO', dataTrace: false},
  overrides: [],
}
const ERRORS_ONLY = {level: 'ERROR', dataTrace: false} as const
const TRACED = {level: 'INFO', dataTrace: true} as const

const ALL: RequestFilter = {
  statuses: statusesFrom('5xx'),
  methods: ['GET'],
  path: '/pets',
  minLatency: 1,
  key: {id: 'k1', name: 'mobile', ending: 'bMZHBg'},
  addresses: [addressesFrom('203.0.113.9')],
  errors: true,
  requestIds: ['1f0c9a52'],
}

/** The flags that find nothing. */
const flags = (stage: Partial<LoggedStage>, kind: 'execution' | 'access' = 'execution', filter = ALL) =>
  untold(filter, {...STAGE, ...stage}, kind).map(sentence => /--[a-z-]+(?= finds nothing)/.exec(sentence)?.[0])

test('at INFO the log tells all but the address, which takes data trace; the command says so', () => {
  expect(flags({})).toEqual(['--ip'])
  expect(flags({setting: TRACED})).toEqual([])
  expect(untold(ALL, STAGE, 'execution')).toEqual([
    "The execution log of pets/prod does not tell the client's address, as it is set up now: --ip finds nothing. Have it told: apigw logs enable --api a1b2c3d4e5 --stage prod --level full",
  ])
})

test('at ERROR it tells little, and INFO is enough for most', () => {
  expect(flags({setting: ERRORS_ONLY})).toEqual(['--method', '--path', '--min-latency', '--key', '--ip'])
  expect(untold({methods: ['GET']}, {...STAGE, setting: ERRORS_ONLY}, 'execution')[0]).toMatch(/ --level info$/)
})

test('what one method tells is not missing, and a log that is off is another matter', () => {
  expect(flags({overrides: [{method: 'GET /pets', ...TRACED}]})).toEqual([])
  expect(flags({setting: {level: 'OFF', dataTrace: false}})).toEqual([])
})

test('a WebSocket API has the address in the line of the connection', () => {
  expect(flags({kind: 'WebSocket'})).toEqual([])
})

test('an access log tells what its format has', () => {
  const accessLogFormat = '$context.requestId $context.status $context.resourcePath ${context.identity.apiKeyId}'
  expect(flags({accessLogFormat}, 'access')).toEqual(['--method', '--min-latency', '--ip'])
  expect(untold({addresses: ALL.addresses}, {...STAGE, accessLogFormat}, 'access')).toEqual([
    "The access log of pets/prod does not tell the client's address: --ip finds nothing. Its format would need $context.identity.sourceIp",
  ])
})

test('what is not asked for is not missed', () => {
  expect(flags({setting: ERRORS_ONLY}, 'execution', {errors: true, addresses: undefined})).toEqual([])
})
