import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import type {APIGateway} from '@aws-sdk/client-api-gateway'
import {describe, expect, test} from 'vitest'
import {parse} from 'yaml'
import {sandboxForTest} from '../../support/sandbox.js'

const ORDERS = readFileSync(join(import.meta.dirname, 'definitions/orders.oas30.yaml'))
const BOOKS = readFileSync(join(import.meta.dirname, 'definitions/books.swagger.json'))

// biome-ignore lint/suspicious/noExplicitAny: a foreign document, into which the tests only look
type Document = Record<string, any>

async function exportOf(
  client: APIGateway,
  restApiId: string | undefined,
  exportType: string,
  {extensions, accepts}: {extensions?: string; accepts?: string} = {},
) {
  const parameters = extensions === undefined ? undefined : {extensions}
  const answer = await client.getExport({restApiId, stageName: 'prod', exportType, accepts, parameters})
  const text = Buffer.from(answer.body!).toString()
  return {...answer, text, document: (accepts?.includes('yaml') ? parse(text) : JSON.parse(text)) as Document}
}

async function deployed(body: Uint8Array) {
  const {apigateway} = await sandboxForTest()
  const {id} = await apigateway.importRestApi({body})
  await apigateway.createDeployment({restApiId: id, stageName: 'prod'})
  return {apigateway, id}
}

describe('an export', () => {
  // Recorded: test_export_oas30_openapi and, in the source of the recordings, test_export_swagger_openapi.
  test('of OpenAPI 3.0 tells where the stage is, and has content for every response', async () => {
    const {apigateway, id} = await deployed(BOOKS)

    const {document} = await exportOf(apigateway, id, 'oas30')

    expect(document).toMatchObject({
      openapi: '3.0.1',
      info: {title: 'Books', version: '1'},
      servers: [
        {
          url: `https://${id}.execute-api.us-east-1.amazonaws.com/{basePath}`,
          variables: {basePath: {default: 'prod'}},
        },
      ],
    })
    const {get, put} = document.paths['/books/{isbn}']
    expect(get.parameters).toEqual([
      {name: 'isbn', in: 'path', required: true, schema: {type: 'string'}},
      {name: 'If-None-Match', in: 'header', schema: {type: 'string'}},
    ])
    expect(put.responses).toEqual({204: {description: '204 response', content: {}}})
    expect(put.requestBody).toEqual({
      required: true,
      content: {'application/json': {schema: {$ref: '#/components/schemas/Book'}}},
    })
  })

  test('of Swagger names the content types of models and templates', async () => {
    const {apigateway, id} = await deployed(BOOKS)

    const {document} = await exportOf(apigateway, id, 'swagger')

    expect(document).toMatchObject({
      swagger: '2.0',
      host: `${id}.execute-api.us-east-1.amazonaws.com`,
      basePath: '/prod',
      schemes: ['https'],
    })
    const {get, put} = document.paths['/books/{isbn}']
    expect(get).toMatchObject({operationId: 'getBook', produces: ['application/json']})
    expect(get.consumes).toBeUndefined()
    expect(put).toMatchObject({
      consumes: ['application/json'],
      parameters: [
        {name: 'isbn', in: 'path', required: true, type: 'string'},
        {in: 'body', name: 'Book', required: true, schema: {$ref: '#/definitions/Book'}},
      ],
    })
    expect(put.produces).toBeUndefined()
  })

  test('has the extensions that were asked for, and no others', async () => {
    const {apigateway, id} = await deployed(ORDERS)

    const names = async (extensions?: string) => {
      const {text} = await exportOf(apigateway, id, 'oas30', {extensions})
      return [...new Set(text.match(/x-amazon-apigateway-[a-z-]+/g))].sort()
    }

    const authorizers = ['x-amazon-apigateway-authorizer', 'x-amazon-apigateway-authtype']
    expect(await names()).toEqual(['x-amazon-apigateway-any-method', 'x-amazon-apigateway-authtype'])
    expect(await names('integrations')).toContain('x-amazon-apigateway-integration')
    expect(await names('integrations')).not.toContain('x-amazon-apigateway-authorizer')
    expect(await names('authorizers')).toEqual(expect.arrayContaining(authorizers))
    expect(await names('authorizers')).not.toContain('x-amazon-apigateway-integration')
    expect(await names('integrations,authorizers')).not.toContain('x-amazon-apigateway-request-validators')
    expect(await names('apigateway')).toEqual([
      'x-amazon-apigateway-any-method',
      'x-amazon-apigateway-api-key-source',
      'x-amazon-apigateway-authorizer',
      'x-amazon-apigateway-authtype',
      'x-amazon-apigateway-binary-media-types',
      'x-amazon-apigateway-endpoint-access-mode',
      'x-amazon-apigateway-endpoint-configuration',
      'x-amazon-apigateway-gateway-responses',
      'x-amazon-apigateway-integration',
      'x-amazon-apigateway-minimum-compression-size',
      'x-amazon-apigateway-policy',
      'x-amazon-apigateway-request-validator',
      'x-amazon-apigateway-request-validators',
      'x-amazon-apigateway-security-policy',
    ])
    await expect(exportOf(apigateway, id, 'oas30', {extensions: 'everything'})).rejects.toThrow('everything')
  })

  test('is YAML where that is accepted', async () => {
    const {apigateway, id} = await deployed(ORDERS)

    const json = await exportOf(apigateway, id, 'oas30', {extensions: 'apigateway', accepts: 'application/json'})
    const yaml = await exportOf(apigateway, id, 'oas30', {extensions: 'apigateway', accepts: 'application/yaml'})

    expect(yaml.text).toMatch(/^---\nopenapi: "3.0.1"\n/)
    expect(yaml.document).toEqual(json.document)
  })

  // As recorded; the name for YAML follows from it.
  test('is a file named after its form and the version of the API', async () => {
    const {apigateway, id} = await deployed(ORDERS)

    const json = await exportOf(apigateway, id, 'oas30')
    const yaml = await exportOf(apigateway, id, 'swagger', {accepts: 'application/yaml'})

    expect(json.contentDisposition).toBe('attachment; filename="oas30_2026-03.json"')
    expect(json.contentType).toBe('application/octet-stream')
    expect(yaml.contentDisposition).toBe('attachment; filename="swagger_2026-03.yaml"')
  })

  test('can be named after any version', async () => {
    const {apigateway, id} = await deployed(
      Buffer.from(BOOKS.toString().replace('"version": "1"', '"version": "draft\\n\\"ß\\""')),
    )

    const {contentDisposition, document} = await exportOf(apigateway, id, 'oas30')

    expect(contentDisposition).toBe('attachment; filename="oas30_draft____.json"')
    expect(document.info.version).toBe('draft\n"ß"')
  })

  test('has the schemas that a method uses, directly or through another', async () => {
    const {apigateway, id} = await deployed(ORDERS)

    const {document} = await exportOf(apigateway, id, 'oas30')
    expect(Object.keys(document.components.schemas)).toEqual(
      expect.arrayContaining(['Orders', 'Order', 'Line', 'Problem']),
    )

    const {apigateway: other} = await sandboxForTest()
    const {id: restApiId, rootResourceId: resourceId} = await other.createRestApi({
      name: 'without methods that use models',
    })
    await other.putMethod({restApiId, resourceId, httpMethod: 'GET', authorizationType: 'NONE'})
    await other.putIntegration({restApiId, resourceId, httpMethod: 'GET', type: 'MOCK'})
    await other.createDeployment({restApiId, stageName: 'prod'})
    expect((await exportOf(other, restApiId, 'oas30')).document.components).toEqual({})
  })

  // Source of the schema: exports of APIs made in the console, as pasted in public.
  test('has the model Empty where a method uses it, even if the API was imported without it', async () => {
    const {apigateway, id: restApiId} = await deployed(BOOKS)
    const {items = []} = await apigateway.getResources({restApiId})
    const {id: resourceId} = items.find(({path}) => path === '/books/{isbn}')!
    const responseModels = {'application/json': 'Empty'}
    await apigateway.putMethodResponse({restApiId, resourceId, httpMethod: 'PUT', statusCode: '200', responseModels})
    await apigateway.createDeployment({restApiId, stageName: 'prod'})

    const {document} = await exportOf(apigateway, restApiId, 'oas30')

    expect(document.components.schemas.Empty).toEqual({type: 'object', title: 'Empty Schema'})
  })

  // Source: awslabs/aws-api-gateway-developer-portal#544.
  test('has a bare null for the type null', async () => {
    const {apigateway, id: restApiId} = await deployed(BOOKS)
    const {items = []} = await apigateway.getResources({restApiId})
    const {id: resourceId} = items.find(({path}) => path === '/books/{isbn}')!
    const schema = JSON.stringify({properties: {a: {oneOf: [{type: 'string'}, {type: 'null'}]}}})
    await apigateway.createModel({restApiId, name: 'Maybe', contentType: 'application/json', schema})
    const responseModels = {'application/json': 'Maybe'}
    await apigateway.putMethodResponse({restApiId, resourceId, httpMethod: 'PUT', statusCode: '200', responseModels})
    await apigateway.createDeployment({restApiId, stageName: 'prod'})

    const {document} = await exportOf(apigateway, restApiId, 'oas30')

    expect(document.components.schemas.Maybe.properties.a.oneOf).toEqual([{type: 'string'}, null])
  })

  test('shows the deployment, not what was edited since', async () => {
    const {apigateway, id: restApiId} = await deployed(BOOKS)
    const {items = []} = await apigateway.getResources({restApiId})
    const {id: resourceId} = items.find(({path}) => path === '/books/{isbn}')!

    await apigateway.deleteMethod({restApiId, resourceId, httpMethod: 'PUT'})

    const {document} = await exportOf(apigateway, restApiId, 'oas30')
    expect(Object.keys(document.paths['/books/{isbn}'])).toEqual(['get', 'put'])
  })

  test('is refused where a body has models for other content types than JSON only', async () => {
    const {apigateway, id} = await deployed(
      Buffer.from(
        JSON.stringify({
          swagger: '2.0',
          info: {title: 'Letters', version: '1'},
          produces: ['application/xml'],
          paths: {
            '/': {
              get: {
                responses: {200: {schema: {$ref: '#/definitions/Letter'}}},
                'x-amazon-apigateway-integration': {type: 'mock'},
              },
            },
          },
          definitions: {Letter: {type: 'object'}},
        }),
      ),
    )

    await expect(exportOf(apigateway, id, 'oas30')).rejects.toThrow(/^Only found non-JSON body models for /)
  })

  test('is refused where the model of a JSON body is for another content type', async () => {
    const {apigateway} = await sandboxForTest()
    const {id: restApiId, rootResourceId: resourceId} = await apigateway.createRestApi({name: 'Letters'})
    await apigateway.createModel({restApiId, name: 'Letter', contentType: 'application/xml', schema: '<letter/>'})
    const address = {restApiId, resourceId, httpMethod: 'POST'}
    const requestModels = {'application/json': 'Letter'}
    await apigateway.putMethod({...address, authorizationType: 'NONE', requestModels})
    await apigateway.putIntegration({...address, type: 'MOCK'})
    await apigateway.createDeployment({restApiId, stageName: 'prod'})

    await expect(exportOf(apigateway, restApiId, 'swagger')).rejects.toThrow(/^Only found non-JSON body models for /)
  })

  test('needs a stage, and a form that there is', async () => {
    const {apigateway, id: restApiId} = await deployed(BOOKS)

    const missing = apigateway.getExport({restApiId, stageName: 'dev', exportType: 'oas30'})
    await expect(missing).rejects.toMatchObject({name: 'NotFoundException'})
    await expect(exportOf(apigateway, restApiId, 'raml')).rejects.toMatchObject({name: 'BadRequestException'})
  })
})
