import {describe, expect, test} from 'vitest'
import {snapshotOfEdited, snapshotOfSummary} from '../../../src/domain/snapshots/edited.js'
import type {EditedApi, EditedIntegration, EditedMethod} from '../../../src/domain/snapshots/source.js'

const NOTHING: EditedApi = {
  api: {},
  resources: [],
  authorizers: [],
  models: [],
  validators: [],
  gatewayResponses: [],
}

const snapshot = (edited: Partial<EditedApi>) => snapshotOfEdited({...NOTHING, ...edited})

/** An API of one method, with all that it may refer to. */
const withMethod = (method: EditedMethod, others: Partial<EditedApi> = {}) =>
  snapshot({resources: [{id: 'a1b2c3', path: '/pets', methods: {GET: method}}], ...others})

const withIntegration = (integration: Partial<EditedIntegration>) =>
  withMethod({integration: {type: 'HTTP', ...integration}})

const withPolicy = (statement: unknown) => snapshot({api: {policy: JSON.stringify({Statement: statement})}})

const withModel = (schema: string, others: EditedApi['models'] = []) =>
  withMethod({requestModels: {'application/json': 'Pet'}}, {models: [{name: 'Pet', schema}, ...others]})

const ALLOW = {Effect: 'Allow', Principal: '*', Action: 'execute-api:Invoke', Resource: 'arn:a'}
const DENY = {...ALLOW, Effect: 'Deny'}
const MODELS = 'https://apigateway.amazonaws.com/restapis/a1b2c3d4e5/models'

describe('what means the same is the same', () => {
  test.each([
    [
      'the service fills in defaults',
      withIntegration({}),
      withIntegration({
        ...{timeoutInMillis: 29_000, passthroughBehavior: 'WHEN_NO_MATCH', connectionType: 'INTERNET'},
        ...{cacheNamespace: 'a1b2c3', cacheKeyParameters: [], responseTransferMode: 'BUFFERED'},
        ...{insecureSkipVerification: false, requestParameters: {}, requestTemplates: {}, integrationResponses: {}},
      }),
    ],
    [
      'a cache was named after a resource that is gone',
      withIntegration({}),
      withIntegration({cacheNamespace: 'x9y8z7'}),
    ],
    [
      'a mock has no back end',
      withIntegration({type: 'MOCK'}),
      withIntegration({type: 'MOCK', httpMethod: 'POST', uri: 'x'}),
    ],
    [
      'a method says that it asks for nothing',
      withMethod({}),
      withMethod({authorizationType: 'NONE', apiKeyRequired: false, requestParameters: {}, requestModels: {}}),
    ],
    [
      'variables of the path are declared',
      withMethod({}),
      withMethod({requestParameters: {'method.request.path.id': true}}),
    ],
    [
      'scopes are left of an authorizer that is gone',
      withMethod({authorizationType: 'AWS_IAM'}),
      withMethod({authorizationType: 'AWS_IAM', authorizerId: 'x', authorizationScopes: ['a']}),
    ],
    [
      'an authorizer has another id',
      withMethod(
        {authorizationType: 'CUSTOM', authorizerId: 'a'},
        {authorizers: [{id: 'a', name: 'judge', type: 'TOKEN'}]},
      ),
      withMethod(
        {authorizationType: 'CUSTOM', authorizerId: 'b'},
        {
          authorizers: [
            {id: 'b', name: 'judge', type: 'TOKEN', ttl: 300},
            {id: 'c', name: 'unused', type: 'TOKEN'},
          ],
        },
      ),
    ],
    [
      'a validator has another id',
      withMethod({requestValidatorId: 'a'}, {validators: [{id: 'a', name: 'all', body: true, parameters: true}]}),
      withMethod(
        {requestValidatorId: 'b'},
        {
          validators: [
            {id: 'b', name: 'all', body: true, parameters: true},
            {id: 'c', name: 'unused', body: true, parameters: false},
          ],
        },
      ),
    ],
    [
      'lists have another order',
      snapshot({api: {binaryMediaTypes: ['a/a', 'b/b'], vpcEndpointIds: ['vpce-1', 'vpce-2']}}),
      snapshot({api: {binaryMediaTypes: ['b/b', 'a/a'], vpcEndpointIds: ['vpce-2', 'vpce-1']}}),
    ],
    [
      'settings of the API are as a new one has them',
      snapshot({}),
      snapshot({api: {policy: '', binaryMediaTypes: [], apiKeySource: 'HEADER', disableExecuteApiEndpoint: false}}),
    ],
    [
      'a gateway response has the status that the service fills in',
      snapshot({gatewayResponses: [{type: 'THROTTLED'}]}),
      snapshot({gatewayResponses: [{type: 'THROTTLED', statusCode: '429', responseParameters: {}}]}),
    ],
    [
      'a policy has lists of one',
      withPolicy(ALLOW),
      withPolicy([{...ALLOW, Action: [ALLOW.Action], Resource: ['arn:a']}]),
    ],
    ['a policy lets everybody in', withPolicy(ALLOW), withPolicy({...ALLOW, Principal: {AWS: '*'}, Sid: 'all'})],
    ['statements have another order', withPolicy([ALLOW, DENY]), withPolicy([DENY, ALLOW])],
    [
      'conditions have one value',
      withPolicy({...ALLOW, Condition: {Bool: {'aws:SecureTransport': true}}}),
      withPolicy({...ALLOW, Condition: {Bool: {'aws:SecureTransport': ['true']}}}),
    ],
    [
      'schemas have remarks and another order',
      withModel('{"type": "object", "required": ["a", "b"]}'),
      withModel('{"$schema": "x", "title": "Pet", "required": ["b", "a"], "type": "object", "description": "A pet"}'),
    ],
    [
      'models are referred to in another way',
      withModel(`{"items": {"$ref": "${MODELS}/Tag"}}`, [{name: 'Tag', schema: '{"type": "string"}'}]),
      withModel('{"items": {"$ref": "#/components/schemas/Tag"}}', [{name: 'Tag', schema: '{"type": "string"}'}]),
    ],
    [
      'nothing leads to a model',
      withModel('{"type": "object"}'),
      withModel('{"type": "object"}', [{name: 'Tag', schema: '{"type": "string"}'}]),
    ],
    [
      'the service names a model without a name',
      withMethod(
        {requestModels: {'a/b': 'MODEL123abc'}},
        {models: [{name: 'MODEL123abc', schema: '{"type":"array"}'}]},
      ),
      withMethod(
        {requestModels: {'a/b': 'MODELdef456'}},
        {models: [{name: 'MODELdef456', schema: '{"type":"array"}'}]},
      ),
    ],
    [
      'a default model is as the service made it',
      withMethod({methodResponses: {'200': {responseModels: {'a/b': 'Empty'}}}}),
      withMethod(
        {methodResponses: {'200': {responseModels: {'a/b': 'Empty'}}}},
        {models: [{name: 'Empty', schema: '{"$schema": "x", "title": "Empty Schema", "type": "object"}'}]},
      ),
    ],
  ])('%s', (_, one, other) => {
    expect(other).toEqual(one)
  })
})

describe('what means another thing is another', () => {
  test.each([
    [
      'a cache that two resources share',
      (namespace: string) =>
        snapshot({
          resources: ['/a', '/b'].map((path, i) => ({
            ...{id: `a1b2c${i}`, path},
            methods: {GET: {integration: {type: 'HTTP', cacheNamespace: namespace ? 'x9y8z7' : `a1b2c${i}`}}},
          })),
        }),
    ],
    ['a cache with a name', (name: string) => withIntegration({cacheNamespace: name || 'a1b2c3'})],
    ['a response that is only declared', (status: string) => withMethod(status ? {methodResponses: {'200': {}}} : {})],
    [
      'a default model that was changed',
      (type: string) =>
        withMethod(
          {requestModels: {'a/b': 'Empty'}},
          {models: [{name: 'Empty', schema: JSON.stringify({type: type ? 'string' : 'object'})}]},
        ),
    ],
    [
      'a property that is named like a remark',
      (name: string) => withModel(JSON.stringify({properties: {title: {type: name ? 'string' : 'number'}}})),
    ],
    [
      'an address of another account in a policy',
      (account: string) =>
        withPolicy({...ALLOW, Resource: `arn:aws:execute-api:us-east-1:${account || '123456789012'}:a1b2c3d4e5/*`}),
    ],
    ['an empty template', (template: string) => withIntegration(template ? {requestTemplates: {'a/b': ''}} : {})],
  ])('%s', (_, make) => {
    expect(make('999999999999')).not.toEqual(make(''))
  })
})

test('a schema may define parts of its own, which are no models', () => {
  const models = [{name: 'Tag', schema: '{"type": "number"}'}]
  const own = {type: 'array', items: {$ref: '#/definitions/Tag'}, definitions: {Tag: {type: 'string'}}}
  expect(withModel(JSON.stringify(own), models).models).toEqual({Pet: own})
  expect(withModel('{"type": "array", "items": {"$ref": "#/definitions/Tag"}}', models).models).toEqual({
    Pet: {type: 'array', items: {$ref: '#/models/Tag'}},
    Tag: {type: 'number'},
  })
})

describe('what an export has no place for is told', () => {
  test('models that are no JSON, and they are not compared', () => {
    const models = [{name: 'Page', contentType: 'text/xml', schema: '<page/>'}]
    const {routes, untold} = withMethod({requestModels: {'text/xml': 'Page'}}, {models})
    expect(untold).toEqual(['model Page, which is text/xml'])
    expect(routes['GET /pets']).toEqual({})
  })

  test('two integration responses for one pattern', () => {
    const {untold} = withIntegration({integrationResponses: {'200': {}, '500': {}, '400': {selectionPattern: '4..'}}})
    expect(untold).toEqual(['all integration responses of GET /pets for the pattern default'])
  })

  test('and nothing of an API that has none of it', () => {
    expect(withModel('{"type": "object"}').untold).toEqual([])
  })
})

test('a summary has routes, who may call them, and nothing else', () => {
  const summary = {
    '/': {GET: {authorizationType: 'NONE', apiKeyRequired: false}},
    '/a': {ANY: {authorizationType: 'CUSTOM'}},
  }
  expect(snapshotOfSummary(summary)).toMatchObject({
    detail: 'summary',
    routes: {'GET /': {}, 'ANY /a': {authorization: 'CUSTOM'}},
  })
})
