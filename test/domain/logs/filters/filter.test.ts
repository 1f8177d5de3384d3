import {describe, expect, test} from 'vitest'
import {addressesFrom, isWithin} from '../../../../src/domain/logs/filters/addresses.js'
import {
  matcherOf,
  methodsFrom,
  pathFrom,
  type RequestFilter,
  requestIdFrom,
} from '../../../../src/domain/logs/filters/filter.js'
import {statusesFrom} from '../../../../src/domain/logs/filters/statuses.js'
import type {LoggedRequest} from '../../../../src/domain/logs/requests/request.js'
import {Problem} from '../../../../src/domain/problem.js'

const REQUEST: LoggedRequest = {
  time: new Date('2026-09-25T09:20:27.989Z'),
  api: 'pets',
  apiId: 'a1b2c3d4e5',
  stage: 'prod',
  protocol: 'REST',
  requestId: '1f0c9a52-6d34-4a0b-9a57-2f1d5b3c8e01',
  extendedRequestId: 'Ab1cDEfGIAMEHkA=',
  method: 'GET',
  resource: '/pets/{petId}',
  path: '/pets/7',
  status: 404,
  latency: 1000,
  keyEnding: 'bMZHBg',
  sourceIp: '203.0.113.9',
  isComplete: true,
  lines: [],
}
const MOBILE = {id: 'k1', name: 'mobile', ending: 'bMZHBg'}

const passes = (filter: RequestFilter, changes: Partial<LoggedRequest> = {}) =>
  matcherOf(filter)({...REQUEST, ...changes})

describe('statuses', () => {
  test.each([
    ['404', [404], [400, 405]],
    ['5xx', [500, 599], [499, 404]],
    ['5xx,404', [404, 503], [403]],
    ['5xx|404', [404, 503], [403]],
    ['500-503, 2XX', [500, 503, 204], [504]],
  ])('%s lets %j through and not %j', (text, wanted, others) => {
    const filter = {statuses: statusesFrom(text)}
    for (const status of wanted) expect(passes(filter, {status}), String(status)).toBe(true)
    for (const status of others) expect(passes(filter, {status}), String(status)).toBe(false)
    expect(passes(filter, {status: undefined})).toBe(false)
  })

  test.each(['', '6xx', '40', '4040', '503-500', '5x', 'ok', '404,', '-404'])('%j is refused', text => {
    expect(() => statusesFrom(text)).toThrow(Problem)
  })
})

describe('addresses', () => {
  test.each([
    ['203.0.113.9', ['203.0.113.9', '::ffff:203.0.113.9'], ['203.0.113.10', '::1']],
    ['203.0.113.0/24', ['203.0.113.0', '203.0.113.255'], ['203.0.112.255', '203.0.114.0']],
    ['203.0.113.77/24', ['203.0.113.1'], ['203.0.114.1']],
    ['0.0.0.0/0', ['8.8.8.8'], ['::8']],
    ['2001:db8::/32', ['2001:db8::1', '2001:0DB8:ffff:1:2:3:4:5'], ['2001:db9::1', '203.0.113.9']],
    ['2001:db8::1', ['2001:db8:0:0:0:0:0:1'], ['2001:db8::2']],
    ['::ffff:203.0.113.9', ['203.0.113.9'], ['203.0.113.10']],
  ])('%s has %j in it and not %j', (text, inside, outside) => {
    for (const address of inside) expect(isWithin(address, addressesFrom(text)), address).toBe(true)
    for (const address of outside) expect(isWithin(address, addressesFrom(text)), address).toBe(false)
    expect(isWithin('test-invoke-source-ip', addressesFrom(text))).toBe(false)
  })

  test.each([
    ...['', '203.0.113', '203.0.113.256', '203.0.113.9/33', '203.0.113.9/', '203.0.113.9/8/8', '203.0.113.9/-1'],
    ...['example.org', '2001:db8', '2001:db8::1::2', '1:2:3:4:5:6:7:8:9', '::/129', '12345::', '1:2:3:4:5:6:7::8'],
  ])('%j is refused', text => {
    expect(() => addressesFrom(text)).toThrow(Problem)
  })
})

describe('what a request has to be', () => {
  test.each<[string, RequestFilter, boolean]>([
    ['its method', {methods: methodsFrom('get,head')}, true],
    ['another method', {methods: ['POST']}, false],
    ['its resource', {path: '/pets/{petId}'}, true],
    ['the path that was asked for', {path: '/pets/7'}, true],
    ['a pattern of it', {path: '/pets/*'}, true],
    ['a pattern of more than it', {path: '/pets/*/toys'}, false],
    ['a pattern that begins anywhere', {path: '*/7'}, true],
    ['a path as a text and not as an expression', {path: '/pets/.'}, false],
    ['slower than it was', {minLatency: 1001}, false],
    ['as slow as it was', {minLatency: 1000}, true],
    ['its key', {key: MOBILE}, true],
    ['another key', {key: {...MOBILE, ending: 'gE96dR'}}, false],
    ['its address', {addresses: [addressesFrom('198.51.100.1'), addressesFrom('203.0.113.0/24')]}, true],
    ['another address', {addresses: [addressesFrom('198.51.100.1')]}, false],
    ['an error', {errors: true}, true],
    ['its id', {requestIds: ['another1', REQUEST.requestId]}, true],
    ['the first eight characters of its id', {requestIds: [REQUEST.requestId.slice(0, 8)]}, true],
    ['fewer or more of them', {requestIds: [REQUEST.requestId.slice(0, 7), REQUEST.requestId.slice(0, 9)]}, false],
    ['its extended id', {requestIds: ['Ab1cDEfGIAMEHkA=']}, true],
    ['another id', {requestIds: ['another1']}, false],
    ['all at once', {methods: ['GET'], path: '/pets/*', statuses: statusesFrom('4xx'), errors: true}, true],
    ['all but one', {methods: ['GET'], path: '/pets/*', statuses: statusesFrom('5xx'), errors: true}, false],
    ['nothing', {}, true],
  ])('%s', (_, filter, isWanted) => {
    expect(passes(filter)).toBe(isWanted)
  })

  test('what the log does not tell is not so', () => {
    const untold = {method: undefined, resource: undefined, path: undefined, latency: undefined, sourceIp: undefined}
    for (const filter of [{methods: ['GET']}, {path: '*'}, {minLatency: 0}, {addresses: [addressesFrom('::/0')]}]) {
      expect(passes(filter, untold)).toBe(false)
    }
  })

  test('a failure is an error whatever the status, and a key with an id is known by that', () => {
    const failure = {cause: 'authorizer-denied', message: 'The authorizer did not accept the credentials.'}
    expect(passes({errors: true}, {status: undefined, failure})).toBe(true)
    expect(passes({errors: true}, {status: 200})).toBe(false)
    expect(passes({key: MOBILE}, {keyId: 'k2'})).toBe(false)
    expect(passes({key: MOBILE}, {keyId: 'k1', keyEnding: undefined})).toBe(true)
  })

  test.each([
    ['a method', () => methodsFrom('FETCH')],
    ['a path', () => pathFrom('')],
    ['a path with a space', () => pathFrom('/pets /7')],
    ['an id', () => requestIdFrom('"x" || 1')],
  ])('%s that is none is refused', (_, read) => {
    expect(read).toThrow(Problem)
  })
})
