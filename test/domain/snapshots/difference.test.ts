import {describe, expect, test} from 'vitest'
import {compare, type Side} from '../../../src/domain/snapshots/difference.js'
import {
  type IntegrationSnapshot,
  NOTHING,
  type RouteSnapshot,
  type Snapshot,
} from '../../../src/domain/snapshots/snapshot.js'

const PETSTORE = {id: 'a1b2c3d4e5', name: 'petstore'}
const PROD: Side = {kind: 'stage', name: 'prod', deploymentId: '46bce8'}
const EDITED: Side = {kind: 'edited', name: 'as edited'}

const difference = (before: Partial<Snapshot>, after: Partial<Snapshot>) =>
  compare(PETSTORE, {side: PROD, snapshot: {...NOTHING, ...before}}, {side: EDITED, snapshot: {...NOTHING, ...after}})

const MOCK: IntegrationSnapshot = {type: 'MOCK'}

/** A map with a member of that name, which a literal would take for the prototype. */
const named = <Value>(name: string, value: Value): Record<string, Value> => Object.fromEntries([[name, value]])

describe('two snapshots', () => {
  test('that are alike have no difference, whatever the order of their members', () => {
    const one = {type: 'object', properties: {a: {type: 'string'}, b: {type: 'number', enum: [1, 2]}}}
    const other = {properties: {b: {enum: [1, 2], type: 'number'}, a: {type: 'string'}}, type: 'object'}
    expect(difference({models: {Pet: one}}, {models: {Pet: other}})).toEqual({
      api: PETSTORE,
      before: PROD,
      after: EDITED,
      items: [],
      counts: {added: 0, changed: 0, removed: 0},
      untold: [],
    })
  })

  test('differ by what came, went and changed, each changed field with its path', () => {
    const before: Record<string, RouteSnapshot> = {
      'GET /cats': {integration: MOCK},
      'GET /pets': {requestParameters: {'querystring.page': false}, integration: {type: 'HTTP', uri: 'https://one'}},
    }
    const after: Record<string, RouteSnapshot> = {
      'GET /pets': {
        authorization: 'AWS_IAM',
        requestParameters: {'querystring.page': true},
        integration: {type: 'HTTP', uri: 'https://two'},
      },
      'POST /pets': {apiKeyRequired: true, integration: MOCK},
    }
    const {items, counts} = difference({routes: before}, {routes: after})
    expect(items).toEqual([
      {
        kind: 'route',
        name: 'GET /cats',
        change: 'removed',
        fields: [{field: 'integration.type', path: ['integration', 'type'], before: 'MOCK'}],
      },
      {
        kind: 'route',
        name: 'GET /pets',
        change: 'changed',
        fields: [
          {field: 'authorization', path: ['authorization'], after: 'AWS_IAM'},
          {field: 'integration.uri', path: ['integration', 'uri'], before: 'https://one', after: 'https://two'},
          {
            field: 'requestParameters.querystring.page',
            path: ['requestParameters', 'querystring.page'],
            before: false,
            after: true,
          },
        ],
      },
      {
        kind: 'route',
        name: 'POST /pets',
        change: 'added',
        fields: [
          {field: 'apiKeyRequired', path: ['apiKeyRequired'], after: true},
          {field: 'integration.type', path: ['integration', 'type'], after: 'MOCK'},
        ],
      },
    ])
    expect(counts).toEqual({added: 1, changed: 1, removed: 1})
  })

  test('are told routes first, as a tree is read, then the rest by kind and name', () => {
    const route = {integration: MOCK}
    const {items} = difference(
      {},
      {
        routes: Object.fromEntries(
          ['POST /pets', 'GET /pets-old', 'GET /pets/{id}', 'GET /', 'GET /pets', 'ANY /a'].map(name => [name, route]),
        ),
        settings: {policy: {}, apiKeySource: 'AUTHORIZER'},
        validators: {all: {body: true, parameters: true}},
        models: {Pet: {}},
        authorizers: {token: {type: 'TOKEN'}},
        gatewayResponses: {UNAUTHORIZED: {status: '401'}, DEFAULT_4XX: {status: '418'}},
      },
    )
    expect(items.map(({kind, name}) => `${kind}: ${name}`)).toEqual([
      'route: GET /',
      'route: ANY /a',
      'route: GET /pets',
      'route: POST /pets',
      'route: GET /pets/{id}',
      'route: GET /pets-old',
      'gateway response: DEFAULT_4XX',
      'gateway response: UNAUTHORIZED',
      'authorizer: token',
      'model: Pet',
      'validator: all',
      'setting: apiKeySource',
      'setting: policy',
    ])
  })

  test('differ where one has an empty map and the other none: a declared answer without headers is one', () => {
    const {items} = difference(
      {routes: {'GET /': {responses: {'200': {}}}}},
      {routes: {'GET /': {responses: {'200': {}, '404': {}}}}},
    )
    expect(items[0]?.fields).toEqual([{field: 'responses.404', path: ['responses', '404'], after: {}}])
  })

  test('differ in a list as a whole, also by the order of it, which may mean something', () => {
    const authorizer = (...identitySource: string[]) => ({authorizers: {token: {type: 'REQUEST', identitySource}}})
    expect(difference(authorizer('a', 'b'), authorizer('a', 'b')).items).toEqual([])
    expect(difference(authorizer('a', 'b'), authorizer('b', 'a')).items[0]?.fields).toEqual([
      {field: 'identitySource', path: ['identitySource'], before: ['a', 'b'], after: ['b', 'a']},
    ])
  })

  test('differ in a document that is no map as a whole', () => {
    expect(difference({settings: {policy: {}}}, {settings: {policy: 'no JSON'}}).items[0]?.fields).toEqual([
      {field: '', path: [], before: {}, after: 'no JSON'},
    ])
    expect(difference({settings: {policy: 'no JSON'}}, {settings: {policy: {Version: '2012-10-17'}}}).items).toEqual([
      {
        kind: 'setting',
        name: 'policy',
        change: 'changed',
        fields: [{field: '', path: [], before: 'no JSON', after: {Version: '2012-10-17'}}],
      },
    ])
  })
})

test.each(['constructor', '__proto__', 'toString', 'hasOwnProperty'])(
  'a thing that somebody named %s is one like any other',
  name => {
    const none = difference({}, {}).items
    expect(none).toEqual([])
    const schema = {type: 'object', properties: named(name, {type: 'string'})}
    const models = named(name, schema)
    expect(difference({models}, {models}).items).toEqual([])
    expect(difference({}, {models}).items).toMatchObject([{name, change: 'added'}])
    expect(difference({models}, {}).items).toMatchObject([{name, change: 'removed'}])
    const other = named(name, {type: 'object', properties: named(name, {type: 'number'})})
    expect(difference({models}, {models: other}).items).toMatchObject([
      {name, change: 'changed', fields: [{path: ['properties', name, 'type'], before: 'string', after: 'number'}]},
    ])
    expect(difference({models}, {models: named(name, {type: 'object', properties: {}})}).items).toMatchObject([
      {fields: [{path: ['properties', name, 'type'], before: 'string'}]},
    ])
  },
)

describe('a summary', () => {
  const route = (more: RouteSnapshot): Partial<Snapshot> => ({routes: {'GET /': more}})
  const summary = (routes: Record<string, RouteSnapshot>): Partial<Snapshot> => ({
    routes,
    detail: 'summary',
    untold: ['endpoint type'],
  })

  test('is compared by what it has, on whichever side it is', () => {
    const full: Partial<Snapshot> = {
      ...route({authorization: 'AWS_IAM', operationName: 'list', integration: MOCK}),
      settings: {policy: {}},
      models: {Pet: {}},
      validators: {all: {body: true, parameters: false}},
      authorizers: {token: {type: 'TOKEN'}},
      gatewayResponses: {DEFAULT_4XX: {status: '418'}},
    }
    const known = summary({'GET /': {authorization: 'AWS_IAM'}})
    for (const [before, after] of [
      [known, full],
      [full, known],
    ] as const) {
      const {items, untold} = difference(before, after)
      expect(items).toEqual([])
      expect(untold).toEqual([
        'what methods take and answer, and what is behind them',
        'gateway responses',
        'authorizers',
        'models',
        'validators',
        'settings of the API',
        'endpoint type',
      ])
    }
  })

  test('shows routes that came and went, kinds of authorization and needs of a key', () => {
    const {items} = difference(summary({'GET /': {}, 'GET /old': {}}), {
      routes: {'GET /': {apiKeyRequired: true, authorization: 'CUSTOM', authorizer: 'token'}, 'GET /new': {}},
    })
    expect(items).toEqual([
      {
        kind: 'route',
        name: 'GET /',
        change: 'changed',
        fields: [
          {field: 'apiKeyRequired', path: ['apiKeyRequired'], after: true},
          {field: 'authorization', path: ['authorization'], after: 'CUSTOM'},
        ],
      },
      {kind: 'route', name: 'GET /new', change: 'added', fields: []},
      {kind: 'route', name: 'GET /old', change: 'removed', fields: []},
    ])
  })
})

test('what either side does not tell is named once', () => {
  expect(difference({untold: ['endpoint type', 'x']}, {untold: ['x', 'y']}).untold).toEqual(['endpoint type', 'x', 'y'])
})

describe('what looks like a credential', () => {
  const fields = (before: Partial<IntegrationSnapshot>, after: Partial<IntegrationSnapshot>) =>
    difference(
      {routes: {'GET /': {integration: {...MOCK, ...before}}}},
      {routes: {'GET /': {integration: {...MOCK, ...after}}}},
    ).items[0]?.fields

  test('is compared as it is, and told without its value', () => {
    const parameter = 'integration.request.header.x-api-key'
    expect(
      fields({requestParameters: {[parameter]: "'secret1'"}}, {requestParameters: {[parameter]: "'secret2'"}}),
    ).toEqual([
      {
        field: `integration.requestParameters.${parameter}`,
        path: ['integration', 'requestParameters', parameter],
        before: "'[hidden]'",
        after: "'[hidden]'",
        isHidden: true,
      },
    ])
  })

  test('is hidden as well where a whole thing came or went', () => {
    const {items} = difference(
      {},
      {routes: {'GET /': {integration: {...MOCK, uri: 'https://tom:s3cret@example.com/?api_key=12345&page=1'}}}},
    )
    expect(items[0]?.fields.at(-1)).toMatchObject({after: 'https://[hidden]@example.com/?api_key=[hidden]&page=1'})
  })
})

test('two thousand routes are compared in the time of a keystroke', () => {
  const routes = (timeout: number): Record<string, RouteSnapshot> =>
    Object.fromEntries(
      Array.from({length: 2_000}, (_, i) => [
        `GET /r${i}/{id}`,
        {
          requestParameters: {'path.id': true},
          responses: {'200': {headers: ['X-A', 'X-B'], models: {'application/json': 'Pet'}}},
          integration: {
            type: 'HTTP',
            uri: `https://example.com/r${i}`,
            timeout,
            requestTemplates: {'application/json': '{\n "a": 1\n}\n'.repeat(20)},
            responses: {default: {status: '200'}},
          },
        },
      ]),
    )
  const [before, after] = [routes(1_000), routes(2_000)]
  const start = performance.now()
  const {counts} = difference({routes: before}, {routes: after})
  expect(counts.changed).toBe(2_000)
  expect(performance.now() - start).toBeLessThan(1_000)
})
