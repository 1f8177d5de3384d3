import {expect, test} from 'vitest'
import {imported} from '../../../src/domain/imports/imported.js'
import {lossesOf} from '../../../src/domain/imports/losses.js'
import {sizeRemark} from '../../../src/domain/imports/resources.js'
import {definedApi} from '../../../src/domain/snapshots/defined.js'
import {snapshotOfEdited} from '../../../src/domain/snapshots/edited.js'
import type {EditedApi, EditedMethod} from '../../../src/domain/snapshots/source.js'

const method = (settings: EditedMethod = {}): EditedMethod => ({
  authorizationType: 'NONE',
  apiKeyRequired: false,
  integration: {type: 'MOCK'},
  ...settings,
})

/** An API as the service tells it, with ids. */
function edited(changes: Partial<EditedApi> = {}): EditedApi {
  return {
    api: {},
    resources: [],
    authorizers: [],
    models: [],
    validators: [],
    gatewayResponses: [],
    ...changes,
  }
}

const operation = (status = '200') => ({
  responses: {[status]: {description: 'ok'}},
  'x-amazon-apigateway-integration': {type: 'mock'},
})

const file = (paths: object, more: object = {}) =>
  definedApi({openapi: '3.0.1', info: {title: 'petstore', version: '1'}, paths, ...more})

// The example of "Import an OpenAPI file to update an existing API definition", Developer Guide.
const GUIDE = edited({
  resources: [
    {
      id: 'r1',
      path: '/a',
      methods: {
        GET: method({methodResponses: {200: {}, 206: {}}}),
        POST: method({methodResponses: {200: {}, 206: {}}}),
      },
    },
  ],
})
const statuses = (api: EditedApi) =>
  Object.fromEntries(
    Object.entries(snapshotOfEdited(api).routes).map(([name, {responses}]) => [name, Object.keys(responses ?? {})]),
  )

test('a merge replaces the methods of the file and leaves the others alone', () => {
  const get = {...operation(), responses: {200: {description: 'ok'}, 400: {description: 'no'}}}
  expect(statuses(imported(GUIDE, file({'/a': {get}}), 'merge'))).toEqual({
    'GET /a': ['200', '400'],
    'POST /a': ['200', '206'],
  })
})

test('an overwrite has what the file defines and nothing else', () => {
  expect(statuses(imported(GUIDE, file({'/b': {get: operation()}}), 'overwrite'))).toEqual({'GET /b': ['200']})
})

test.each(['merge', 'overwrite'] as const)('how TLS is spoken stays in a %s, unless the file says it', mode => {
  const tls = {securityPolicy: 'SecurityPolicy_TLS13_1_3_2025_09', endpointAccessMode: 'STRICT'}
  const settings = (said: object) => snapshotOfEdited(imported(edited({api: tls}), file({}, said), mode)).settings
  expect(settings({})).toEqual(tls)
  expect(settings({'x-amazon-apigateway-endpoint-access-mode': 'BASIC'})).toEqual({securityPolicy: tls.securityPolicy})
})

test('in a merge methods that stay keep their authorizer and validator, which the service knows by ids', () => {
  const api = edited({
    resources: [
      {
        id: 'r1',
        path: '/a',
        methods: {GET: method({authorizationType: 'CUSTOM', authorizerId: 'aut1', requestValidatorId: 'val1'})},
      },
    ],
    authorizers: [{id: 'aut1', name: 'judge', type: 'TOKEN', uri: 'arn:one'}],
    validators: [{id: 'val1', name: 'all', body: true, parameters: true}],
  })
  const merged = snapshotOfEdited(imported(api, file({'/b': {get: operation()}}), 'merge'))
  expect(merged.routes['GET /a']).toMatchObject({authorization: 'CUSTOM', authorizer: 'judge', validator: 'all'})
  expect(merged.authorizers).toEqual({judge: {type: 'TOKEN', uri: 'arn:one'}})
  expect(merged.validators).toEqual({all: {body: true, parameters: true}})
})

test('in a merge a method of the file may use a validator that only the API has', () => {
  const api = edited({validators: [{id: 'val1', name: 'all', body: true, parameters: true}]})
  const get = {...operation(), 'x-amazon-apigateway-request-validator': 'all'}
  const merged = snapshotOfEdited(imported(api, file({'/b': {get}}), 'merge'))
  expect(merged.routes['GET /b']?.validator).toBe('all')
  expect(merged.validators).toEqual({all: {body: true, parameters: true}})
})

test('a merge replaces models, authorizers, validators and gateway responses of the same name', () => {
  const api = edited({
    resources: [{id: 'r1', path: '/a', methods: {GET: method({requestModels: {'application/json': 'Pet'}})}}],
    models: [{name: 'Pet', contentType: 'application/json', schema: '{"type":"object"}'}],
    gatewayResponses: [
      {type: 'DEFAULT_4XX', statusCode: '400'},
      {type: 'THROTTLED', statusCode: '429'},
    ],
  })
  const merged = snapshotOfEdited(
    imported(
      api,
      file(
        {},
        {
          components: {schemas: {Pet: {type: 'object', required: ['id'], properties: {id: {type: 'string'}}}}},
          'x-amazon-apigateway-gateway-responses': {DEFAULT_4XX: {statusCode: 418}},
        },
      ),
      'merge',
    ),
  )
  expect(merged.models.Pet).toMatchObject({required: ['id']})
  expect(merged.gatewayResponses).toEqual({DEFAULT_4XX: {status: '418'}, THROTTLED: {}})
})

test('a model that no method leads to any more is no part of what goes live', () => {
  const api = edited({
    resources: [{id: 'r1', path: '/a', methods: {GET: method({requestModels: {'application/json': 'Pet'}})}}],
    models: [{name: 'Pet', contentType: 'application/json', schema: '{"type":"object"}'}],
  })
  expect(snapshotOfEdited(imported(api, file({'/a': {get: operation()}}), 'merge')).models).toEqual({})
})

const SETTINGS = edited({
  api: {
    policy: '{"Version":"2012-10-17","Statement":[]}',
    binaryMediaTypes: ['image/png'],
    minimumCompressionSize: 100,
    apiKeySource: 'AUTHORIZER',
    disableExecuteApiEndpoint: true,
    vpcEndpointIds: ['vpce-1'],
  },
})

test('settings that the file does not have stay in a merge; lists add up', () => {
  const none = snapshotOfEdited(imported(SETTINGS, file({}), 'merge')).settings
  expect(none).toEqual(snapshotOfEdited(SETTINGS).settings)
  const more = {
    'x-amazon-apigateway-binary-media-types': ['image/gif'],
    'x-amazon-apigateway-minimum-compression-size': 7,
    servers: [
      {
        url: 'https://example.com',
        'x-amazon-apigateway-endpoint-configuration': {vpcEndpointIds: ['vpce-2'], disableExecuteApiEndpoint: false},
      },
    ],
  }
  const merged = snapshotOfEdited(imported(SETTINGS, file({}, more), 'merge')).settings
  expect(merged).toMatchObject({
    binaryMediaTypes: ['image/gif', 'image/png'],
    minimumCompressionSize: 7,
    vpcEndpointIds: ['vpce-1', 'vpce-2'],
    apiKeySource: 'AUTHORIZER',
  })
  expect(merged).not.toHaveProperty('disableExecuteApiEndpoint')
})

test('what an import takes away is told in words, what nothing uses included', () => {
  const api = edited({
    ...SETTINGS,
    resources: [{id: 'r1', path: '/a', methods: {GET: method(), POST: method()}}],
    authorizers: [{id: 'aut1', name: 'judge', type: 'TOKEN'}],
    validators: [{id: 'val1', name: 'all', body: true, parameters: true}],
    models: [...Array.from({length: 6}, (_, i) => ({name: `Pet${i}`})), {name: 'Empty'}, {name: 'MODEL1a2b3c'}],
    gatewayResponses: [{type: 'DEFAULT_4XX'}],
  })
  const {get} = {get: operation()}
  expect(lossesOf(api, imported(api, file({'/a': {get}}), 'overwrite'))).toEqual([
    'route POST /a',
    'the resource policy',
    'VPC endpoint vpce-1',
    'that its default endpoint is switched off',
    'binary type image/png',
    'that API keys come from an authorizer',
    'the compression of answers',
    'gateway response DEFAULT_4XX',
    'authorizer judge',
    '6 models',
    'validator all',
  ])
  expect(lossesOf(api, imported(api, file({'/a': {get}}), 'merge'))).toEqual([])
})

test('an API that is larger than the quota is told as such, with every part of a path and the root', () => {
  const paths = (count: number) => Array.from({length: count}, (_, i) => `/a/b${i}`)
  expect(sizeRemark(paths(298))).toBeUndefined()
  expect(sizeRemark(paths(299))).toMatch(/^This makes 301 resources\. An API may have 300, unless AWS has raised/)
})
