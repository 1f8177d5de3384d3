import {expect, test} from 'vitest'
import {stageSettingDifferences} from '../../../src/domain/snapshots/stage-settings.js'
import type {MethodSettings, Stage} from '../../../src/domain/stages.js'

const stage = (more: Partial<Stage> = {}): Stage => ({
  name: 'prod',
  variables: {},
  methodSettings: [],
  tracing: false,
  tags: {},
  ...more,
})

/** What the first setting makes the service tell of a method. Source: test_create_update_stages of LocalStack, recorded. */
const block = (more: Partial<MethodSettings> = {}): MethodSettings => ({
  method: '*',
  key: '*/*',
  metrics: false,
  dataTrace: false,
  throttleBurst: 5_000,
  throttleRate: 10_000,
  caching: false,
  cacheTtl: 300,
  cacheEncrypted: false,
  cacheControlAuthorized: true,
  unauthorizedCacheControl: 'SUCCEED_WITH_RESPONSE_HEADER',
  ...more,
})

const differences = (before: Partial<Stage>, after: Partial<Stage>) =>
  stageSettingDifferences(stage(before), stage(after)).map(({name, change, fields}) => ({
    [`${change} ${name}`]: Object.fromEntries(fields.map(({field, before, after}) => [field, [before, after]])),
  }))

test('what makes a stage the one that it is makes no difference', () => {
  expect(
    differences(
      {name: 'prod', description: 'live', deploymentId: 'a', createdDate: new Date(1), cacheStatus: 'AVAILABLE'},
      {name: 'beta', deploymentId: 'b', canary: {percentTraffic: 1, variables: {}, useStageCache: false}},
    ),
  ).toEqual([])
})

test('nor does a block of settings in which nothing is set but what the service does anyway', () => {
  expect(differences({}, {methodSettings: [block()]})).toEqual([])
  expect(differences({methodSettings: [block({throttleRate: -1, throttleBurst: -1})]}, {})).toEqual([])
})

test('everything else does, by name', () => {
  expect(
    differences(
      {
        variables: {color: 'blue', gone: 'x', db_password: 'abc'},
        tracing: true,
        cacheSize: '0.5',
        clientCertificateId: 'abc123',
        accessLog: {destinationArn: 'arn:prod', format: '$context.requestId'},
        methodSettings: [
          block({loggingLevel: 'INFO', throttleRate: 10, throttleBurst: 20}),
          block({method: 'GET /pets', key: '~1pets/GET', caching: true}),
        ],
      },
      {
        variables: {color: 'red', db_password: 'def'},
        webAclArn: 'arn:waf',
        tags: {team: 'pets'},
        accessLog: {destinationArn: 'arn:beta', format: '$context.requestId'},
        methodSettings: [block({loggingLevel: 'OFF', cacheControlAuthorized: false})],
      },
    ),
  ).toEqual([
    expect.objectContaining({
      'removed GET /pets': expect.objectContaining({caching: [true, undefined], loggingLevel: ['OFF', undefined]}),
    }),
    {'changed accessLog': {destinationArn: ['arn:prod', 'arn:beta']}},
    {
      'changed all methods': {
        cacheControlAuthorized: [true, false],
        loggingLevel: ['INFO', 'OFF'],
        throttleBurst: [20, undefined],
        throttleRate: [10, undefined],
      },
    },
    {'removed cacheSize': {'': ['0.5', undefined]}},
    {'removed clientCertificateId': {'': ['abc123', undefined]}},
    {'changed tags': {team: [undefined, 'pets']}},
    {'changed tracing': {'': [true, false]}},
    {'changed variables': {color: ['blue', 'red'], db_password: ['[hidden]', '[hidden]'], gone: ['x', undefined]}},
    {'added webAclArn': {'': [undefined, 'arn:waf']}},
  ])
})
