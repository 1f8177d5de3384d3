import {describe, expect, test} from 'vitest'
import {undeployed} from '../../../src/domain/snapshots/reading.js'
import type {EditedApi, EditedMethod} from '../../../src/domain/snapshots/source.js'

// Each of these puts the export of a stage beside what the service tells of the API that was deployed there, in the forms
// that both have on AWS. The sandbox need not have the same quirks, so they are written out here, each with its source.

const API = {id: 'a1b2c3d4e5', name: 'petstore'}

const NOTHING: EditedApi = {
  api: {},
  resources: [],
  authorizers: [],
  models: [],
  validators: [],
  gatewayResponses: [],
}

/** What would be told to be different. */
async function told(document: object, edited: Partial<EditedApi>) {
  const source = {exported: async () => document, edited: async () => ({...NOTHING, ...edited})}
  const {items, untold} = await undeployed(source, API, {name: 'prod', deploymentId: '46bce8'})
  return {
    items: items.map(({name, change, fields}) => `${name} ${change}: ${fields.map(({field}) => field).join()}`),
    untold,
  }
}

const SAME = {items: [], untold: []}

/** An export in the form that users have published, without what is given. */
const exported = (members: object) => ({
  openapi: '3.0.1',
  info: {title: 'petstore', version: '2024-05-24T20:39:34Z'},
  servers: [
    {
      url: 'https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com/{basePath}',
      variables: {basePath: {default: 'prod'}},
    },
  ],
  paths: {},
  components: {},
  ...members,
})

const FUNCTION =
  'arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:123456789012:function:f/invocations'

// Source: exports of REST APIs that users have published, made between 2019 and 2026 by the console and by
// `get-export --parameters extensions=integrations,authorizers,apigateway`.
describe('an export has what the service sets by itself, or has not', () => {
  const method = (more: EditedMethod, integration: Partial<EditedMethod['integration']>): EditedMethod => ({
    authorizationType: 'NONE',
    apiKeyRequired: false,
    requestParameters: {'method.request.path.proxy': true},
    ...more,
    integration: {
      type: 'HTTP_PROXY',
      httpMethod: 'ANY',
      uri: 'http://example.com/{proxy}',
      connectionType: 'INTERNET',
      requestParameters: {'integration.request.path.proxy': 'method.request.path.proxy'},
      passthroughBehavior: 'WHEN_NO_MATCH',
      timeoutInMillis: 29_000,
      cacheNamespace: 'psuvk6',
      cacheKeyParameters: ['method.request.path.proxy'],
      integrationResponses: {200: {selectionPattern: ''}},
      ...integration,
    },
  })

  const operation = (more: object, integration: object) => ({
    parameters: [{name: 'proxy', in: 'path', required: true, schema: {type: 'string'}}],
    ...more,
    'x-amazon-apigateway-integration': {
      type: 'http_proxy',
      httpMethod: 'ANY',
      uri: 'http://example.com/{proxy}',
      responses: {default: {statusCode: '200'}},
      requestParameters: {'integration.request.path.proxy': 'method.request.path.proxy'},
      passthroughBehavior: 'when_no_match',
      cacheNamespace: 'psuvk6',
      cacheKeyParameters: ['method.request.path.proxy'],
      ...integration,
    },
  })

  const proxy = (more: object, integration: object) =>
    exported({paths: {'/{proxy+}': {'x-amazon-apigateway-any-method': operation(more, integration)}}})

  const resource = (methods: Record<string, EditedMethod>) => [{id: 'psuvk6', path: '/{proxy+}', methods}]

  test.each([
    ['nothing of it', {}],
    ['the time-out', {timeoutInMillis: 29_000}],
    ['the mode of transfer', {responseTransferMode: 'BUFFERED'}],
    ['the kind of connection', {connectionType: 'INTERNET'}],
  ])('%s', async (_, written) => {
    expect(await told(proxy({}, written), {resources: resource({ANY: method({}, {})})})).toEqual(SAME)
  })

  test('and where it is another it is told', async () => {
    const resources = resource({ANY: method({}, {timeoutInMillis: 5_000})})
    expect((await told(proxy({}, {timeoutInMillis: 29_000}), {resources})).items).toEqual([
      'ANY /{proxy+} changed: integration.timeout',
    ])
  })

  test('an authorizer and a key are two requirements, and the header of a token is in the name of its scheme', async () => {
    const document = {
      ...proxy({security: [{introspection: []}, {api_key: []}]}, {}),
      components: {
        securitySchemes: {
          introspection: {
            ...{type: 'apiKey', name: 'Authorization', in: 'header', 'x-amazon-apigateway-authtype': 'custom'},
            'x-amazon-apigateway-authorizer': {
              authorizerUri: FUNCTION,
              authorizerResultTtlInSeconds: 300,
              identityValidationExpression: 'Bearer .*$',
              type: 'token',
            },
          },
          api_key: {type: 'apiKey', name: 'x-api-key', in: 'header'},
        },
      },
    }
    const edited = {
      resources: resource({
        ANY: method(
          {authorizationType: 'CUSTOM', authorizerId: 'k3nlpa', apiKeyRequired: true, authorizationScopes: ['unused']},
          {},
        ),
      }),
      authorizers: [
        {
          ...{id: 'k3nlpa', name: 'introspection', type: 'TOKEN', uri: FUNCTION, credentials: ''},
          identitySource: 'method.request.header.Authorization',
          identityValidationExpression: 'Bearer .*$',
          ttl: 300,
        },
      ],
    }
    expect(await told(document, edited)).toEqual(SAME)
  })

  // Published exports have only the type of such an authorizer and its pools; tools set a time-to-live all the same.
  test('an authorizer of user pools keeps no decisions, whatever time is set for that', async () => {
    const arn = 'arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_Ab1'
    const document = {
      ...proxy({security: [{cognito: ['pets/read']}]}, {}),
      components: {
        securitySchemes: {
          cognito: {
            ...{type: 'apiKey', name: 'Authorization', in: 'header'},
            'x-amazon-apigateway-authtype': 'cognito_user_pools',
            'x-amazon-apigateway-authorizer': {providerARNs: [arn], type: 'cognito_user_pools'},
          },
        },
      },
    }
    const access = {authorizationType: 'COGNITO_USER_POOLS', authorizerId: 'k3nlpa', authorizationScopes: ['pets/read']}
    const authorizer = {id: 'k3nlpa', name: 'cognito', type: 'COGNITO_USER_POOLS', providerArns: [arn]}
    const identitySource = 'method.request.header.Authorization'
    const resources = resource({ANY: method(access, {})})
    expect(await told(document, {resources, authorizers: [{...authorizer, identitySource, ttl: 0}]})).toEqual(SAME)
  })
})

describe('a gateway response', () => {
  const responses = (members: object) => exported({'x-amazon-apigateway-gateway-responses': members})
  const OWN = {'application/json': '{"message":$context.error.messageString}'}

  // Sources: published exports, where the console has switched on CORS; answers of GetGatewayResponse, recorded by
  // LocalStack's snapshot tests (test_gateway_response_crud), which have this template for what nobody has set.
  test('has the template of the service, whether or not that is told', async () => {
    const header = 'gatewayresponse.header.Access-Control-Allow-Origin'
    const document = responses({DEFAULT_4XX: {responseParameters: {[header]: "'*'"}}})
    const edited = {type: 'DEFAULT_4XX', responseParameters: {[header]: "'*'"}, responseTemplates: OWN}
    expect(await told(document, {gatewayResponses: [edited]})).toEqual(SAME)
    const own = {...edited, responseTemplates: {'application/json': '{}'}}
    expect((await told(document, {gatewayResponses: [own]})).items).toEqual([
      'DEFAULT_4XX changed: templates.application/json',
    ])
  })

  // Source: hashicorp/terraform-provider-aws#48390: a response of the type THROTTLED that nobody gave a status is told
  // to have 429. Exports have the status as a number.
  test('has the status of its type, whether or not that is told', async () => {
    const templates = {responseTemplates: {'application/json': '{"error":"later"}'}}
    const edited = {type: 'THROTTLED', statusCode: '429', ...templates}
    for (const status of [{}, {statusCode: 429}]) {
      expect(await told(responses({THROTTLED: {...status, ...templates}}), {gatewayResponses: [edited]})).toEqual(SAME)
    }
    const other = await told(responses({THROTTLED: {statusCode: 503, ...templates}}), {gatewayResponses: [edited]})
    expect(other.items).toEqual(['THROTTLED changed: status'])
  })
})

// Sources: developer guide, How to change a security policy ("Redeploy your API for the changes to take effect");
// published exports of 2026 have both extensions; new APIs are told to have TLS_1_0, older ones to have none.
describe('how the default endpoint speaks TLS', () => {
  const NEWER = 'SecurityPolicy_TLS13_1_3_2025_09'

  test('goes live by a deployment', async () => {
    const document = exported({
      'x-amazon-apigateway-security-policy': NEWER,
      'x-amazon-apigateway-endpoint-access-mode': 'BASIC',
    })
    expect(await told(document, {api: {securityPolicy: NEWER, endpointAccessMode: 'BASIC'}})).toEqual(SAME)
    expect((await told(document, {api: {securityPolicy: NEWER, endpointAccessMode: 'STRICT'}})).items).toEqual([
      'endpointAccessMode added: ',
    ])
    expect((await told(exported({}), {api: {securityPolicy: NEWER, endpointAccessMode: 'BASIC'}})).items).toEqual([
      'securityPolicy added: ',
    ])
  })

  test.each([['TLS_1_0'], ['TLS_1_2']])('is no setting where it is %s', async securityPolicy => {
    expect(await told(exported({}), {api: {securityPolicy}})).toEqual(SAME)
    expect(await told(exported({'x-amazon-apigateway-security-policy': securityPolicy}), {api: {}})).toEqual(SAME)
  })
})

describe('the schema of a model', () => {
  const path = {post: {responses: {}, requestBody: {content: {}}, 'x-amazon-apigateway-integration': {type: 'mock'}}}

  /** What is told where a model of a body has one schema, and the export of it another. */
  async function compared(edited: object, stage: unknown, more: Record<string, unknown> = {}) {
    const content = {'application/json': {schema: {$ref: '#/components/schemas/Pet'}}}
    const document = exported({
      paths: {'/pets': {post: {...path.post, requestBody: {content, required: true}}}},
      components: {schemas: {Pet: stage, ...more}},
    })
    const method = {requestModels: {'application/json': 'Pet'}, integration: {type: 'MOCK'}}
    const models = [
      {name: 'Pet', contentType: 'application/json', schema: JSON.stringify(edited)},
      ...Object.entries(more).map(([name, schema]) => ({name, schema: JSON.stringify(schema)})),
    ]
    return told(document, {resources: [{id: 'psuvk6', path: '/pets', methods: {POST: method}}], models})
  }

  // Sources: awslabs/aws-api-gateway-developer-portal#544, aws-cloudformation/cloudformation-cli#808.
  test('has a bare null for the type null', async () => {
    const edited = {
      type: 'object',
      properties: {
        value: {
          oneOf: [
            {type: 'string'},
            {$ref: 'https://apigateway.amazonaws.com/restapis/a1b2c3d4e5/models/Phones'},
            {type: 'null'},
          ],
        },
      },
    }
    const stage = (last: unknown) => ({
      type: 'object',
      properties: {value: {oneOf: [{type: 'string'}, {$ref: '#/components/schemas/Phones'}, last]}},
    })
    const more = {Phones: {type: 'array', items: {type: 'string'}}}
    expect(await compared(edited, stage(null), more)).toEqual(SAME)
    expect((await compared(edited, stage({type: 'integer'}), more)).items).toEqual([
      'Pet changed: properties.value.oneOf',
    ])
  })

  // Source: developer guide, Set up basic request validation: the definition of the sample API, and its export.
  test('has what is required in the order of the alphabet, numbers with a point, and no empty maps', async () => {
    const edited = {
      type: 'object',
      properties: {
        name: {type: 'string'},
        price: {type: 'number', minimum: 25},
        owner: {type: 'object', properties: {}},
      },
      required: ['price', 'name'],
    }
    const stage = JSON.parse(
      '{"required": ["name", "price"], "type": "object", "properties": {"name": {"type": "string"}, ' +
        '"price": {"minimum": 25.0, "type": "number"}, "owner": {"type": "object"}}}',
    )
    expect(await compared(edited, stage)).toEqual(SAME)
  })

  // Source: ModelDeserializer of swagger-core 2.0 and 2.1 ("assume object").
  test('is of an object where it gives no type, unless it is one of others', async () => {
    const edited = {properties: {any: {}, all: {allOf: [{type: 'string'}]}}, required: ['any']}
    const stage = {
      type: 'object',
      properties: {any: {type: 'object'}, all: {allOf: [{type: 'string'}]}},
      required: ['any'],
    }
    expect(await compared(edited, stage)).toEqual(SAME)
    const other = {...stage, properties: {...stage.properties, any: {type: 'string'}}}
    expect((await compared(edited, other)).items).toEqual(['Pet changed: properties.any.type'])
  })

  // Sources: OpenAPI 3.0.1, Schema Object; for several types awslabs/aws-api-gateway-developer-portal#544.
  test.each([
    ['patterns of names', {type: 'object', patternProperties: {'^x-': {type: 'string'}}}],
    ['dependencies', {type: 'object', dependencies: {a: ['b']}}],
    ['a fixed value', {type: 'object', properties: {kind: {const: 'cat'}}}],
    ['several types', {type: 'object', properties: {name: {type: ['string', 'null']}}}],
    ['a list of items', {type: 'object', properties: {pair: {type: 'array', items: [{type: 'string'}]}}}],
    ['a bound that is left out', {type: 'object', properties: {a: {type: 'number', exclusiveMinimum: 0}}}],
    ['a part of itself', {type: 'object', properties: {a: {$ref: '#/properties/b'}, b: {type: 'string'}}}],
    ['definitions of its own', {properties: {a: {$ref: '#/definitions/a'}}, definitions: {a: {type: 'string'}}}],
    ['what is required and no property', {type: 'object', properties: {a: {type: 'string'}}, required: ['b']}],
  ])('is not compared where it says what an export has no place for: %s', async (_, edited) => {
    const stage = {type: 'object'}
    const untold = ['the schema of the model Pet, of which an export tells only a part']
    expect(await compared(edited, stage)).toEqual({items: [], untold})
    expect(await compared({type: 'object', properties: {a: {type: 'string'}}}, stage)).toEqual({
      items: ['Pet changed: properties.a.type'],
      untold: [],
    })
  })
})
