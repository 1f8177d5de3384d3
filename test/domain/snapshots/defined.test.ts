import {describe, expect, test} from 'vitest'
import {snapshotOfDefinition} from '../../../src/domain/snapshots/defined.js'
import {compare} from '../../../src/domain/snapshots/difference.js'
import {snapshotOfEdited} from '../../../src/domain/snapshots/edited.js'
import {largeDefinition} from '../../support/large-definition.js'

const PETS = {get: {responses: {}}}

const oas30 = (members: object) => snapshotOfDefinition({openapi: '3.0.1', paths: {'/pets': PETS}, ...members})

/** The only route of a definition with these members of its one operation. */
const route = (operation: object, members: object = {}) =>
  snapshotOfDefinition({openapi: '3.0.1', paths: {'/pets': {get: operation}}, ...members}).routes['GET /pets']

const integration = (members: object) => route({'x-amazon-apigateway-integration': members})?.integration

describe('a file is read as the service reads it', () => {
  test.each([
    ['ignore', ['GET /pets']],
    ['prepend', ['GET /a/b/c/pets']],
    ['split', ['GET /b/c/pets']],
  ] as const)('its base path, told to %s', (basePath, names) => {
    for (const document of [
      {openapi: '3.0.1', servers: [{url: 'https://example.com/a/b/c/'}], paths: {'/pets/': PETS}},
      {
        openapi: '3.0.1',
        servers: [{url: '/{basePath}', variables: {basePath: {default: 'a/b/c'}}}],
        paths: {'/pets': PETS},
      },
      {swagger: '2.0', basePath: '/a/b/c', paths: {'/pets': PETS}},
    ]) {
      expect(Object.keys(snapshotOfDefinition(document, {basePath}).routes)).toEqual(names)
    }
  })

  // moto writes them so: measured on its GetExport.
  test('methods in capitals are methods', () => {
    const {routes} = snapshotOfDefinition({swagger: '2.0', paths: {'/pets': {GET: PETS.get}}})
    expect(Object.keys(routes)).toEqual(['GET /pets'])
  })

  test('what it has of components, and of the path', () => {
    const {routes, models} = snapshotOfDefinition({
      openapi: '3.0.1',
      paths: {
        '/pets/{id}': {
          parameters: [
            {$ref: '#/components/parameters/page'},
            {name: 'id', in: 'path', required: true},
            {name: 'X-A', in: 'header'},
          ],
          post: {
            parameters: [{name: 'page', in: 'query', required: true}],
            requestBody: {$ref: '#/components/requestBodies/pet'},
            responses: {'200': {$ref: '#/components/responses/pet'}, default: {description: 'ignored'}},
          },
        },
      },
      components: {
        parameters: {page: {name: 'page', in: 'query'}},
        requestBodies: {pet: {content: {'application/json': {schema: {$ref: '#/components/schemas/Pet'}}}}},
        responses: {
          pet: {headers: {'X-Page': {}}, content: {'application/json': {schema: {$ref: '#/components/schemas/Pet'}}}},
        },
        schemas: {Pet: {type: 'object', properties: {tag: {$ref: '#/components/x-parts/tag'}}}, Unused: {}},
        'x-parts': {tag: {type: 'string'}},
      },
    })
    const pet = {'application/json': 'Pet'}
    expect(routes).toEqual({
      'POST /pets/{id}': {
        requestParameters: {'querystring.page': true, 'header.X-A': false},
        requestModels: pet,
        responses: {'200': {headers: ['X-Page'], models: pet}},
      },
    })
    expect(models).toEqual({Pet: {type: 'object', properties: {tag: {type: 'string'}}}})
  })

  test('its validators, of which one may be for all', () => {
    const members = {
      'x-amazon-apigateway-request-validators': {
        all: {validateRequestBody: true, validateRequestParameters: true},
        none: {validateRequestBody: false, validateRequestParameters: false},
      },
      'x-amazon-apigateway-request-validator': 'all',
    }
    expect(oas30(members)).toMatchObject({
      routes: {'GET /pets': {validator: 'all'}},
      validators: {all: {body: true, parameters: true}},
    })
    expect(route({'x-amazon-apigateway-request-validator': 'none'}, members)).toEqual({validator: 'none'})
  })

  test('schemas in place are one model where they say the same, whatever the service named it', () => {
    const schema = {type: 'object', required: ['name']}
    const inPlace = route({requestBody: {content: {'application/json': {schema}}}})
    const edited = snapshotOfEdited({
      ...{api: {}, authorizers: [], validators: [], gatewayResponses: []},
      resources: [{id: 'r', path: '/pets', methods: {GET: {requestModels: {'application/json': 'MODEL0a1b2c'}}}}],
      models: [{name: 'MODEL0a1b2c', contentType: 'application/json', schema: JSON.stringify(schema)}],
    })
    expect(edited.routes['GET /pets']).toEqual(inPlace)
    expect(Object.values(edited.models)).toEqual([schema])
  })

  // Recorded: `Unsupported model type 'StringSchema'`.
  test('schemas in place that are neither objects nor lists make no model', () => {
    expect(route({requestBody: {content: {'text/plain': {schema: {type: 'string'}}}}})).toEqual({})
  })

  test('a body of Swagger 2 has the types that the operation consumes', () => {
    const body = {in: 'body', name: 'pet', schema: {$ref: '#/definitions/Pet'}}
    const document = {
      ...{swagger: '2.0', consumes: ['application/json'], definitions: {Pet: {type: 'array'}}},
      paths: {'/a': {post: {parameters: [body]}}, '/b': {post: {consumes: ['a/b', 'c/d'], parameters: [body]}}},
    }
    expect(snapshotOfDefinition(document).routes).toEqual({
      'POST /a': {requestModels: {'application/json': 'Pet'}},
      'POST /b': {requestModels: {'a/b': 'Pet', 'c/d': 'Pet'}},
    })
  })

  test.each([
    ['a key', {type: 'apiKey', name: 'X-API-Key', in: 'header'}, {apiKeyRequired: true}],
    [
      'a signature',
      {type: 'apiKey', name: 'Authorization', in: 'header', 'x-amazon-apigateway-authtype': 'awsSigv4'},
      {authorization: 'AWS_IAM'},
    ],
    [
      'a function',
      {
        ...{type: 'apiKey', name: 'token', in: 'query'},
        'x-amazon-apigateway-authorizer': {type: 'request', authorizerUri: 'arn:f', authorizerResultTtlInSeconds: '60'},
      },
      {authorization: 'CUSTOM', authorizer: 'scheme'},
    ],
    [
      'a user pool',
      {
        ...{type: 'apiKey', name: 'Authorization', in: 'header'},
        'x-amazon-apigateway-authorizer': {type: 'cognito_user_pools', providerARNs: ['arn:b', 'arn:a']},
      },
      {authorization: 'COGNITO_USER_POOLS', authorizer: 'scheme', scopes: ['one', 'two']},
    ],
    ['what the service does not know', {type: 'http', scheme: 'basic'}, {}],
  ])('security by %s', (_, scheme, asked) => {
    const components = {securitySchemes: {scheme}}
    const security = [{scheme: ['two', 'one']}]
    expect(route({security}, {components})).toEqual(asked)
    expect(route({}, {components, security})).toEqual(asked)
    expect(route({security: []}, {components, security})).toEqual({})
  })

  test('authorizers, with what they go by', () => {
    const authorizer = {type: 'token', authorizerUri: 'arn:f', authorizerResultTtlInSeconds: '0'}
    const scheme = {type: 'apiKey', name: 'Auth', in: 'header', 'x-amazon-apigateway-authorizer': authorizer}
    const several = {identitySource: 'method.request.header.a, context.stage', type: 'request', authorizerUri: 'arn:g'}
    const {authorizers} = snapshotOfDefinition({
      openapi: '3.0.1',
      paths: {'/': {get: {security: [{one: []}]}, post: {security: [{two: []}]}}},
      components: {
        securitySchemes: {
          one: scheme,
          two: {...scheme, name: 'Unused', 'x-amazon-apigateway-authorizer': several},
          unused: scheme,
        },
      },
    })
    expect(authorizers).toEqual({
      one: {type: 'TOKEN', uri: 'arn:f', identitySource: ['method.request.header.Auth'], ttl: 0},
      two: {type: 'REQUEST', uri: 'arn:g', identitySource: ['method.request.header.a', 'context.stage']},
    })
  })

  test('integrations, by reference as well, and with numbers where texts are meant', () => {
    const members = {
      ...{type: 'http', httpMethod: 'post', uri: 'https://a', timeoutInMillis: '5000', passthroughBehavior: 'never'},
      requestParameters: {'integration.request.header.a': "'a'", 'integration.request.header.b': true},
      requestTemplates: {'application/json': null},
      responses: {default: {statusCode: 200}, '4\\d{2}': {statusCode: '400', responseTemplates: {'a/b': 'x'}}},
    }
    const read = {
      ...{type: 'HTTP', httpMethod: 'POST', uri: 'https://a', timeout: 5000, passthrough: 'NEVER'},
      requestParameters: {'integration.request.header.a': "'a'"},
      requestTemplates: {'application/json': ''},
      responses: {default: {status: '200'}, '4\\d{2}': {status: '400', templates: {'a/b': 'x'}}},
    }
    expect(integration(members)).toEqual(read)
    const components = {'x-amazon-apigateway-integrations': {pets: members}}
    const $ref = '#/components/x-amazon-apigateway-integrations/pets'
    expect(route({'x-amazon-apigateway-integration': {$ref}}, {components})?.integration).toEqual(read)
  })

  test('settings of the API', () => {
    expect(
      oas30({
        servers: [{url: '/', 'x-amazon-apigateway-endpoint-configuration': {disableExecuteApiEndpoint: true}}],
        'x-amazon-apigateway-binary-media-types': ['image/png', 'image/*'],
        'x-amazon-apigateway-minimum-compression-size': '0',
        'x-amazon-apigateway-api-key-source': 'authorizer',
        'x-amazon-apigateway-gateway-responses': {DEFAULT_4XX: {statusCode: 418, responseTemplates: {'a/b': 'x'}}},
      }),
    ).toMatchObject({
      settings: {
        binaryMediaTypes: ['image/*', 'image/png'],
        minimumCompressionSize: 0,
        apiKeySource: 'AUTHORIZER',
        disableExecuteApiEndpoint: true,
      },
      gatewayResponses: {DEFAULT_4XX: {status: '418', templates: {'a/b': 'x'}}},
    })
  })

  test.each([[undefined], [null], ['text'], [[]], [{}], [{paths: {'/': null, x: {}, '/a': {get: null}}}]])(
    'what is no definition has nothing, and does no harm: %j',
    document => {
      const {routes, models} = snapshotOfDefinition(document)
      expect(models).toEqual({})
      for (const each of Object.values(routes)) expect(each).toEqual({})
    },
  )

  test('names that are those of every object', () => {
    const {routes, models} = snapshotOfDefinition(
      JSON.parse(`{"openapi": "3.0.1", "paths": {"/__proto__": {"get": {"requestBody": {"content": {"a/b": {"schema":
        {"$ref": "#/components/schemas/constructor"}}}}}}}, "components": {"schemas": {"constructor": {"type": "array"}}}}`),
    )
    expect(routes['GET /__proto__']).toEqual({requestModels: {'a/b': 'constructor'}})
    expect(Object.hasOwn(models, 'constructor')).toBe(true)
  })

  test('schemas that refer to themselves', () => {
    const {models} = snapshotOfDefinition({
      openapi: '3.0.1',
      paths: {'/': {post: {requestBody: {content: {'a/b': {schema: {$ref: '#/components/schemas/Person'}}}}}}},
      components: {
        schemas: {
          Person: {type: 'object', properties: {house: {$ref: '#/components/schemas/House'}}},
          House: {type: 'array', items: {$ref: '#/components/schemas/Person'}},
          Part: {type: 'object', properties: {self: {$ref: '#/components/schemas/Part/properties/self'}}},
        },
      },
    })
    expect(models).toEqual({
      Person: {type: 'object', properties: {house: {$ref: '#/models/House'}}},
      House: {type: 'array', items: {$ref: '#/models/Person'}},
    })
  })
})

describe('a file is compared with an API', () => {
  const API = {id: 'a1b2c3d4e5', name: 'petstore'}
  const ARN = 'arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4e5'
  const policy = (resource: string) => ({
    'x-amazon-apigateway-policy': {Statement: {Effect: 'Allow', Principal: '*', Action: '*', Resource: resource}},
  })
  const differences = (written: object, saved: object) =>
    compare(
      API,
      {side: {kind: 'edited', name: 'as edited'}, snapshot: oas30(saved)},
      {side: {kind: 'file', name: 'petstore.yaml'}, snapshot: oas30(written)},
    ).items.map(({name}) => name)

  // Source: developer guide, Access policy language overview for Amazon API Gateway.
  test('by the addresses that its policy will have', () => {
    expect(differences(policy('execute-api:/*/GET/pets'), policy(`${ARN}/*/GET/pets`))).toEqual([])
    expect(differences(policy('execute-api:/*/GET/cats'), policy(`${ARN}/*/GET/pets`))).toEqual(['policy'])
    expect(differences(policy('execute-api:/*'), policy(`${ARN.replace('a1b2', 'x1x2')}/*`))).toEqual(['policy'])
  })

  // Source: developer guide, AWS variables for OpenAPI import.
  test('with its AWS variables filled in', () => {
    const lambda = (uri: string) => ({
      paths: {'/': {get: {'x-amazon-apigateway-integration': {type: 'aws', httpMethod: 'POST', uri}}}},
    })
    const written = lambda('arn:${AWS::Partition}:apigateway:${AWS::Region}:f(${AWS::AccountId})')
    expect(differences(written, lambda('arn:aws:apigateway:eu-west-1:f(123456789012)'))).toEqual([])
    expect(differences(written, lambda('arn:aws:apigateway:eu-west-1:g(123456789012)'))).toEqual(['GET /'])
  })
})

test('twice as many operations take about twice as long to read', () => {
  const time = (operations: number) => {
    const {document} = largeDefinition({operations})
    const times = Array.from({length: 5}, () => {
      const start = performance.now()
      const {routes} = snapshotOfDefinition(document)
      expect(Object.keys(routes)).toHaveLength(operations)
      return performance.now() - start
    })
    return Math.min(...times)
  }
  time(500)
  // Were each operation held against all others, it would be sixteen times.
  expect(time(2000) / time(500)).toBeLessThan(9)
})
