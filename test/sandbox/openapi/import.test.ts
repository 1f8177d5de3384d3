import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import type {APIGateway} from '@aws-sdk/client-api-gateway'
import {describe, expect, test} from 'vitest'
import {sandboxForTest} from '../../support/sandbox.js'
import {pictureOf} from './picture.js'

const ORDERS = readFileSync(join(import.meta.dirname, 'definitions/orders.oas30.yaml'))
const BOOKS = readFileSync(join(import.meta.dirname, 'definitions/books.swagger.json'))

const MOCK = {type: 'mock', requestTemplates: {'application/json': '{"statusCode": 200}'}}

/** A definition of OpenAPI 3.0 with one method. */
const definition = (operation: object, more: object = {}) =>
  text({
    openapi: '3.0.1',
    info: {title: 'Test', version: '1'},
    paths: {'/things': {get: {responses: {}, 'x-amazon-apigateway-integration': MOCK, ...operation}}},
    ...more,
  })

const text = (document: object) => Buffer.from(JSON.stringify(document))

async function imported(body: Uint8Array, parameters?: Record<string, string>) {
  const {apigateway} = await sandboxForTest()
  const api = await apigateway.importRestApi({body, parameters})
  return {apigateway, api, picture: await pictureOf(apigateway, api.id!)}
}

async function getThings(body: Uint8Array) {
  const {api, picture} = await imported(body)
  return {api, picture, method: picture.resources['/things']!.GET!}
}

describe('an imported definition', () => {
  test('gives the API its name, its version and its settings', async () => {
    const {api, picture} = await imported(ORDERS)

    expect(api).toMatchObject({
      name: 'Orders',
      description: 'Orders of a small shop',
      version: '2026-03',
      apiKeySource: 'AUTHORIZER',
      binaryMediaTypes: ['image/png', 'application/octet-stream'],
      minimumCompressionSize: 1024,
      disableExecuteApiEndpoint: true,
      securityPolicy: 'SecurityPolicy_TLS13_1_3_2025_09',
      endpointAccessMode: 'STRICT',
      endpointConfiguration: {types: ['EDGE']},
    })
    expect(api.tags).toBeUndefined()
    expect(picture.validators).toEqual([
      {name: 'everything', validateRequestBody: true, validateRequestParameters: true},
      {name: 'parameters', validateRequestBody: false, validateRequestParameters: true},
    ])
    expect(picture.gatewayResponses).toEqual([
      expect.objectContaining({
        responseType: 'DEFAULT_4XX',
        responseParameters: {'gatewayresponse.header.Access-Control-Allow-Origin': "'*'"},
      }),
      expect.objectContaining({responseType: 'THROTTLED', statusCode: '503'}),
    ])
  })

  test('is for the endpoint type that the caller names', async () => {
    const {api} = await imported(ORDERS, {endpointConfigurationTypes: 'REGIONAL'})

    expect(api.endpointConfiguration?.types).toEqual(['REGIONAL'])
  })

  test('has the policy apply to the API that it becomes', async () => {
    const {api} = await imported(ORDERS)

    expect(api.policy).toContain(`arn:aws:execute-api:us-east-1:123456789012:${api.id}/*`)
  })

  test('has its AWS variables filled in', async () => {
    const {picture} = await imported(ORDERS)

    const {methodIntegration} = picture.resources['/orders/{orderId}']!.DELETE!
    expect(methodIntegration).toMatchObject({
      uri: 'arn:aws:apigateway:us-east-1:dynamodb:action/DeleteItem',
      credentials: 'arn:aws:iam::123456789012:role/orders',
    })
  })

  test('keeps all that its integrations say', async () => {
    const {picture} = await imported(ORDERS)

    expect(picture.resources['/orders']!.GET!.methodIntegration).toEqual({
      type: 'HTTP',
      httpMethod: 'GET',
      uri: 'https://backend.example/orders',
      connectionType: 'INTERNET',
      requestParameters: {'integration.request.querystring.p': 'method.request.querystring.page'},
      passthroughBehavior: 'WHEN_NO_MATCH',
      timeoutInMillis: 5000,
      cacheNamespace: 'the id of /orders',
      cacheKeyParameters: ['method.request.querystring.page'],
      integrationResponses: {
        200: {
          statusCode: '200',
          responseParameters: {'method.response.header.X-Total': 'integration.response.header.total'},
        },
        500: {
          statusCode: '500',
          selectionPattern: '5\\d{2}',
          responseTemplates: {'application/json': '{"message": "sorry"}'},
        },
      },
    })
    expect(picture.resources['/files/{path+}']!.ANY!.methodIntegration).toMatchObject({
      type: 'HTTP_PROXY',
      httpMethod: 'ANY',
      connectionType: 'VPC_LINK',
      connectionId: '${stageVariables.link}',
      tlsConfig: {insecureSkipVerification: true},
    })
    expect(picture.resources['/orders']!.POST!.methodIntegration?.type).toBe('AWS_PROXY')
  })

  test('requires of callers what each operation, or else the whole, requires', async () => {
    const {picture} = await imported(ORDERS)

    const {GET, POST} = picture.resources['/orders']!
    expect(GET).toMatchObject({
      authorizationType: 'COGNITO_USER_POOLS',
      authorizerId: 'pool',
      authorizationScopes: ['orders/read'],
      apiKeyRequired: false,
    })
    expect(POST).toMatchObject({authorizationType: 'CUSTOM', authorizerId: 'caller', apiKeyRequired: true})
    expect(picture.resources['/orders/{orderId}']!.DELETE!.authorizationType).toBe('AWS_IAM')
    expect(picture.resources['/files/{path+}']!.ANY!.authorizationType).toBe('NONE')
  })

  test('takes the identity source of an authorizer from its scheme, as recorded', async () => {
    const {picture} = await imported(BOOKS)

    expect(picture.authorizers).toMatchObject([
      {name: 'queryToken', type: 'REQUEST', identitySource: 'method.request.querystring.token'},
      {name: 'token', type: 'TOKEN', identitySource: 'method.request.header.Authorization', authType: 'oauth2'},
    ])
  })

  test('declares parameters of the path item, of references, and of the path itself', async () => {
    const {picture} = await imported(ORDERS)

    expect(picture.resources['/orders']!.GET!.requestParameters).toEqual({
      'method.request.header.X-Trace': false,
      'method.request.querystring.page': true,
    })
    expect(picture.resources['/orders/{orderId}']!.DELETE!.requestParameters).toEqual({
      'method.request.path.orderId': true,
    })
    expect(picture.resources['/files/{path+}']!.ANY!.requestParameters).toEqual({'method.request.path.path': true})
  })

  test('validates by the named validator of the operation, or else of the whole', async () => {
    const {picture} = await imported(ORDERS)

    expect(picture.resources['/orders']!.GET!.requestValidatorId).toBe('parameters')
    expect(picture.resources['/orders']!.POST!.requestValidatorId).toBe('everything')
  })

  test('makes models of its schemas: references in canonical form, circles survive, unsupported members go', async () => {
    const {picture} = await imported(ORDERS)

    const order = 'https://apigateway.amazonaws.com/restapis/the API/models/Order'
    expect(JSON.parse(picture.models.Order!.schema!).properties.follows).toEqual({$ref: order})
    expect(picture.models.Order!.description).toBe('What somebody wants')
    expect(JSON.parse(picture.models.Line!.schema!)).toEqual({
      type: 'object',
      properties: {
        example: {type: 'string', enum: ['a', 'b']},
        amount: {type: 'integer', minimum: 1},
        of: {oneOf: [{$ref: order}, {type: 'string'}]},
      },
    })
  })

  test('makes a model of a schema without a name', async () => {
    const {picture} = await imported(ORDERS)

    const name = picture.resources['/health']!.GET!.methodResponses!['200']!.responseModels!['application/json']!
    expect(JSON.parse(picture.models[name]!.schema!)).toEqual({
      type: 'object',
      properties: {up: {type: 'boolean'}},
    })
  })

  test('makes no other models', async () => {
    const {picture} = await imported(BOOKS)

    expect(Object.keys(picture.models)).toEqual(['Book'])
  })

  test('creates its resources in its own order, parents first', async () => {
    const {apigateway, api} = await imported(
      text({
        openapi: '3.0.1',
        info: {title: 'Test', version: '1'},
        paths: {'/pets': {}, '/echo/{data}/deep': {}, '/echo': {}},
      }),
    )

    const {items = []} = await apigateway.getResources({restApiId: api.id})
    expect(items.map(({path}) => path)).toEqual(['/', '/pets', '/echo', '/echo/{data}', '/echo/{data}/deep'])
  })
})

// Source: developer guide, Set the OpenAPI basePath property.
describe('the base path', () => {
  test.each([
    ['ignore', '/books/{isbn}'],
    ['prepend', '/library/v2/books/{isbn}'],
    ['split', '/v2/books/{isbn}'],
  ])('of Swagger is subject to %s', async (basepath, path) => {
    const {picture} = await imported(BOOKS, {basepath})

    const withMethods = Object.entries(picture.resources).filter(([, methods]) => methods)
    expect(withMethods.map(([name]) => name)).toEqual([path])
  })

  test.each([
    ['the path of the address', {url: 'https://example.com/a/b/'}, '/a/b/things'],
    ['a variable in the address', {url: '/{stage}/b', variables: {stage: {default: 'a'}}}, '/a/b/things'],
    ['the variable basePath alone', {url: 'https://x.y', variables: {basePath: {default: '/a'}}}, '/a/things'],
    ['nothing', {url: 'https://example.com'}, '/things'],
  ])('of OpenAPI 3.0 is %s', async (_, server, path) => {
    const {picture} = await imported(definition({}, {servers: [server]}), {basepath: 'prepend'})

    expect(picture.resources[path]?.GET).toBeDefined()
  })

  test('is subject to nothing else', async () => {
    const {apigateway} = await sandboxForTest()

    const answer = apigateway.importRestApi({body: BOOKS, parameters: {basepath: 'append'}})
    await expect(answer).rejects.toThrow('Invalid basepath')
  })
})

describe('what the service only warns of', () => {
  // Sources: recorded for the integration; public reports of failed imports for the others.
  test.each([
    [
      'a parameter of an integration that is no text',
      definition({
        'x-amazon-apigateway-integration': {...MOCK, requestParameters: {'integration.request.header.a': true}},
      }),
      "Invalid format for 'requestParameters'. Expected type string for property 'integration.request.header.a' of resource '/things' and method 'GET' but got 'true'",
    ],
    [
      'a kind of security that is not supported',
      definition({}, {components: {securitySchemes: {oauth: {type: 'oauth2'}}}}),
      "Unsupported security definition type 'oauth2' for 'oauth'. Ignoring.",
    ],
    [
      'a model that is not there',
      definition({responses: {200: {content: {'application/json': {schema: {$ref: '#/components/schemas/No'}}}}}}),
      "Reference to model 'No' not found. Ignoring.",
    ],
    [
      'a body that is no object and no list',
      definition({responses: {201: {content: {'application/json': {schema: {type: 'string'}}}}}}),
      "Unsupported model type 'StringSchema' in 201 response to method 'GET /things'. Ignoring.",
    ],
    [
      'a second server',
      definition({}, {servers: [{url: '/a'}, {url: '/b'}]}),
      'More than one server provided. Ignoring all but the first for defining endpoint configuration',
    ],
    [
      'a default response',
      definition({responses: {default: {description: 'whatever'}}}),
      'Default response not supported, skipping',
    ],
  ])('%s is named, and left out', async (_, body, warning) => {
    const {api, method} = await getThings(body)

    expect(api.warnings).toEqual([warning])
    expect(method.methodIntegration?.requestParameters ?? {}).toEqual({})
    expect(Object.values(method.methodResponses ?? {}).filter(response => response.responseModels)).toEqual([])
  })

  test('refuses the whole import where the caller wants it so', async () => {
    const {apigateway} = await sandboxForTest()
    const body = definition({responses: {default: {}}})

    const answer = await apigateway.importRestApi({body, failOnWarnings: true}).catch((error: Error) => error)

    expect(answer).toMatchObject({
      name: 'BadRequestException',
      message: 'Warnings found during import:\n\tDefault response not supported, skipping',
    })
    expect((await apigateway.getRestApis({})).items).toEqual([])
  })
})

describe('what the service refuses', () => {
  // Sources: public reports of failed imports.
  test.each([
    [
      'two variables side by side',
      {paths: {'/a/{b}': {}, '/a/{c}/d': {}}},
      "Unable to create resource at path '/a/{c}/d': A sibling ({b}) of this resource already has a variable path part -- only one is allowed",
    ],
    [
      'a model whose name has other characters than letters and digits',
      {components: {schemas: {inline_response_200: {type: 'object'}}}},
      "Unable to create model for 'inline_response_200': Model name must be alphanumeric: inline_response_200",
    ],
    [
      'a schema in another file',
      {components: {schemas: {Feed: {type: 'array', items: {$ref: 'https://example.com/feed.json'}}}}},
      "Unable to create model for 'Feed': Invalid model specified: Validation Result: warnings : [], errors : [Model reference must be in canonical form]",
    ],
    [
      'an integration with a malformed address',
      {
        paths: {
          '/s': {get: {'x-amazon-apigateway-integration': {type: 'aws', httpMethod: 'POST', uri: 'arn:aws:sns:topic'}}},
        },
      },
      "Unable to put integration on 'GET' for resource at path '/s': AWS ARN for integration must contain path or action",
    ],
    [
      'an integration that may take too long',
      {paths: {'/s': {get: {'x-amazon-apigateway-integration': {...MOCK, timeoutInMillis: 87_000}}}}},
      "Unable to put integration on 'GET' for resource at path '/s': Timeout should be between 50 ms and 29000 ms",
    ],
    [
      'a validator that is not defined',
      {paths: {'/s': {get: {'x-amazon-apigateway-request-validator': 'strict'}}}},
      "Unable to put method 'GET' on resource at path '/s': Invalid Request Validator identifier specified",
    ],
  ])('%s is an error that leaves nothing behind', async (_, more, error) => {
    const {apigateway} = await sandboxForTest()

    const answer = await apigateway.importRestApi({body: definition({}, more)}).catch((failure: Error) => failure)

    expect(answer).toMatchObject({name: 'BadRequestException', message: `Errors found during import:\n\t${error}`})
    expect((await apigateway.getRestApis({})).items).toEqual([])
  })

  // Source: public reports of imports of parts of CloudFormation templates.
  test('an address that is no text makes the whole definition unreadable', async () => {
    const {apigateway} = await sandboxForTest()
    const uri = {'Fn::Sub': 'arn:aws:apigateway:${AWS::Region}:sns:path//'}

    const answer = apigateway.importRestApi({body: definition({'x-amazon-apigateway-integration': {type: 'aws', uri}})})

    await expect(answer).rejects.toThrow(
      'Unable to parse API definition because of a malformed integration at path /things.',
    )
  })

  test('comes with the warnings that were found on the way', async () => {
    const {apigateway} = await sandboxForTest()
    const body = definition({responses: {default: {}}}, {components: {schemas: {'A-B': {type: 'object'}}}})

    await expect(apigateway.importRestApi({body})).rejects.toThrow(
      /^Errors found during import:\n\t.*\nAdditionally, these warnings were found:\n\tDefault response not supported, skipping$/,
    )
  })

  test.each([
    ['text', 'hello'],
    ['a list', '[]'],
    ['Swagger 1.2', '{"swaggerVersion": "1.2"}'],
    ['OpenAPI 4', '{"openapi": "4.0.0", "info": {"title": "x"}}'],
    ['an API without a name', '{"openapi": "3.0.1", "info": {}}'],
    ['YAML that explodes', `openapi: 3.0.1\na: &a [${'x,'.repeat(50)}]\n${explosion()}`],
    ['more than 6 MB', `{"openapi": "3.0.1", "info": {"title": "x", "description": "${'x'.repeat(6 * 1024 * 1024)}"}}`],
  ])('%s is no definition', async (_, body) => {
    const {apigateway} = await sandboxForTest()

    const answer = await apigateway.importRestApi({body: Buffer.from(body)}).catch((error: Error) => error)

    expect(answer).toMatchObject({name: 'BadRequestException', message: 'Invalid OpenAPI input.'})
  })
})

test("CloudFormation's short tags in YAML count as the plain value behind them", async () => {
  const yaml = `
    openapi: 3.0.1
    info: {title: !Sub '\${Name}-api', version: '1'}
    paths:
      /things:
        get:
          x-amazon-apigateway-integration:
            type: http
            httpMethod: GET
            uri: !Sub https://\${AWS::Region}.example.com
            credentials: !GetAtt Role.Arn
  `
  const {api, method} = await getThings(Buffer.from(yaml))

  expect(api.name).toBe('${Name}-api')
  expect(method.methodIntegration).toMatchObject({uri: 'https://us-east-1.example.com', credentials: 'Role.Arn'})
})

describe('a definition for an API that is there', () => {
  const ADDITION = text({
    swagger: '2.0',
    info: {title: 'Books and more', version: '2'},
    'x-amazon-apigateway-binary-media-types': ['image/png'],
    paths: {'/magazines': {get: {responses: {}, 'x-amazon-apigateway-integration': MOCK}}},
    definitions: {Magazine: {type: 'object'}},
  })

  async function putOverBooks(mode: 'merge' | 'overwrite') {
    const {apigateway} = await sandboxForTest()
    const {id: restApiId} = await apigateway.importRestApi({body: BOOKS})
    const answer = await apigateway.putRestApi({restApiId, body: ADDITION, mode})
    return {answer, picture: await pictureOf(apigateway, restApiId!)}
  }

  test('joins it with merge', async () => {
    const {answer, picture} = await putOverBooks('merge')

    expect(answer).toMatchObject({name: 'Books and more', version: '2', tags: {}})
    expect(Object.keys(picture.resources)).toEqual(['/', '/books', '/books/{isbn}', '/magazines'])
    expect(Object.keys(picture.models)).toEqual(['Book', 'Magazine'])
    expect(picture.authorizers).toHaveLength(2)
  })

  test('takes its place with overwrite', async () => {
    const {picture} = await putOverBooks('overwrite')

    expect(Object.keys(picture.resources)).toEqual(['/', '/magazines'])
    expect(Object.keys(picture.models)).toEqual(['Magazine'])
    expect(picture).toMatchObject({authorizers: [], validators: []})
  })

  test('goes live with the next deployment only, and leaves the stages alone', async () => {
    const {apigateway} = await sandboxForTest()
    const {id: restApiId} = await apigateway.importRestApi({body: BOOKS})
    await apigateway.createDeployment({restApiId, stageName: 'prod'})

    await apigateway.putRestApi({restApiId, body: ADDITION, mode: 'overwrite'})

    expect(await pathsOf(apigateway, restApiId!)).toEqual(['/books/{isbn}'])
    await apigateway.createDeployment({restApiId, stageName: 'prod'})
    expect(await pathsOf(apigateway, restApiId!)).toEqual(['/magazines'])
  })

  test('changes nothing where it is refused', async () => {
    const {apigateway} = await sandboxForTest()
    const {id: restApiId} = await apigateway.importRestApi({body: BOOKS})
    const before = await pictureOf(apigateway, restApiId!)

    const body = definition({}, {components: {schemas: {'A-B': {type: 'object'}}}})
    await expect(apigateway.putRestApi({restApiId, body, mode: 'overwrite'})).rejects.toThrow('alphanumeric')

    expect(await pictureOf(apigateway, restApiId!)).toEqual(before)
  })

  test('needs one that is there', async () => {
    const {apigateway} = await sandboxForTest()

    const answer = await apigateway.putRestApi({restApiId: 'abc', body: BOOKS}).catch((error: Error) => error)

    expect(answer).toMatchObject({
      name: 'NotFoundException',
      message: 'Invalid API identifier specified 123456789012:abc',
    })
  })
})

/** Nine lists, each of them ten times the one before. */
function explosion(): string {
  return [...'bcdefghij'].map((name, i) => `${name}: &${name} [${`*${'abcdefghi'[i]},`.repeat(10)}]`).join('\n')
}

async function pathsOf(client: APIGateway, restApiId: string): Promise<string[]> {
  const {body} = await client.getExport({restApiId, stageName: 'prod', exportType: 'oas30'})
  return Object.keys(JSON.parse(Buffer.from(body!).toString()).paths)
}
