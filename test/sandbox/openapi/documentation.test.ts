import type {APIGateway} from '@aws-sdk/client-api-gateway'
import {describe, expect, test} from 'vitest'
import {sandboxForTest} from '../../support/sandbox.js'

const text = (document: object) => Buffer.from(JSON.stringify(document))

const documented = (...documentationParts: object[]) => ({
  openapi: '3.0.0',
  info: {title: 'doc', version: '1', description: 'of the definition'},
  paths: {
    '/': {
      get: {
        parameters: [{name: 'page', in: 'query'}],
        responses: {200: {description: 'of the definition'}},
        'x-amazon-apigateway-integration': {type: 'mock'},
      },
    },
  },
  'x-amazon-apigateway-documentation': {version: '1.0.3', documentationParts},
})

const API = {location: {type: 'API'}, properties: {info: {description: 'all about it', 'x-owner': 'us'}, 'x-bar': 1}}
const METHOD = {
  location: {type: 'METHOD', method: 'GET'},
  properties: {description: 'gets it', tags: ['a'], foo: 'bar'},
}

async function partsOf(client: APIGateway, restApiId: string | undefined) {
  const {items = []} = await client.getDocumentationParts({restApiId})
  return items.map(({location, properties}) => ({location, properties: JSON.parse(properties!)}))
}

describe('documentation parts', () => {
  test('come with the definition of an API, at the root where no path is given', async () => {
    const {apigateway} = await sandboxForTest()

    const {id} = await apigateway.importRestApi({body: text(documented(API, METHOD))})

    expect(await partsOf(apigateway, id)).toEqual([
      API,
      {...METHOD, location: {type: 'METHOD', path: '/', method: 'GET'}},
    ])
  })

  test('are left out where the caller wants none', async () => {
    const {apigateway} = await sandboxForTest()

    const body = text(documented(API))
    const {id} = await apigateway.importRestApi({body, parameters: {ignore: 'documentation'}})

    expect(await partsOf(apigateway, id)).toEqual([])
  })

  // Source: developer guide, Import API documentation.
  test('imported with merge join those that are there, property by property', async () => {
    const {apigateway} = await sandboxForTest()
    const {id: restApiId} = await apigateway.importRestApi({body: text(documented(API, METHOD))})

    const more = {location: METHOD.location, properties: {description: 'fetches it', summary: 'get'}}
    const {ids = []} = await apigateway.importDocumentationParts({
      restApiId,
      mode: 'merge',
      body: text(documented(more)),
    })

    expect(ids).toHaveLength(1)
    const [, method] = await partsOf(apigateway, restApiId)
    expect(method!.properties).toEqual({description: 'fetches it', tags: ['a'], foo: 'bar', summary: 'get'})
  })

  test('imported with overwrite take the place of all others', async () => {
    const {apigateway} = await sandboxForTest()
    const {id: restApiId} = await apigateway.importRestApi({body: text(documented(API, METHOD))})

    await apigateway.importDocumentationParts({restApiId, mode: 'overwrite', body: text(documented(API))})

    expect(await partsOf(apigateway, restApiId)).toEqual([API])
  })
})

// Source: developer guide, Export API documentation.
describe('published documentation', () => {
  async function published() {
    const {apigateway} = await sandboxForTest()
    const page = {location: {type: 'QUERY_PARAMETER', method: 'GET', name: 'page'}, properties: {description: 'which'}}
    const response = {location: {type: 'RESPONSE', method: 'GET', statusCode: '200'}, properties: {description: 'it'}}
    const body = text(documented(API, METHOD, page, response))
    const {id: restApiId} = await apigateway.importRestApi({body})
    await apigateway.createDeployment({restApiId, stageName: 'prod'})
    await apigateway.createDocumentationVersion({restApiId, documentationVersion: '7', stageName: 'prod'})
    const exported = async (exportType: string, extensions?: string) => {
      const parameters = extensions === undefined ? undefined : {extensions}
      const answer = await apigateway.getExport({restApiId, stageName: 'prod', exportType, parameters})
      return JSON.parse(Buffer.from(answer.body!).toString())
    }
    return {apigateway, restApiId, exported}
  }

  test.each(['oas30', 'swagger'])(
    'is exported by default, as %s has a place for it and in an extension',
    async form => {
      const {exported} = await published()

      const document = await exported(form)

      expect(document.info).toMatchObject({description: 'all about it', 'x-owner': 'us', title: 'doc'})
      expect(document['x-bar']).toBe(1)
      const {get} = document.paths['/']
      expect(get).toMatchObject({description: 'gets it', tags: ['a']})
      expect(get.foo).toBeUndefined()
      expect(get.parameters[0]).toMatchObject({name: 'page', description: 'which'})
      expect(get.responses['200'].description).toBe('it')
      expect(document['x-amazon-apigateway-documentation']).toMatchObject({version: '7'})
      expect(document['x-amazon-apigateway-documentation'].documentationParts).toHaveLength(4)
    },
  )

  test('is left out where other extensions are asked for', async () => {
    const {exported} = await published()

    const document = await exported('oas30', 'integrations')

    expect(document.info.description).toBe('of the definition')
    expect(document['x-amazon-apigateway-documentation']).toBeUndefined()
  })

  test('stays what it was when its version was made', async () => {
    const {apigateway, restApiId, exported} = await published()

    await apigateway.importDocumentationParts({restApiId, mode: 'overwrite', body: text(documented())})

    expect((await exported('oas30')).info.description).toBe('all about it')
  })
})
