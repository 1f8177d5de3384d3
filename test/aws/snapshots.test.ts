import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {describe, expect, onTestFinished, test} from 'vitest'
import {openSnapshots} from '../../src/aws/snapshots.js'
import {mockApi} from '../support/mock-api.js'
import {sandboxForTest} from '../support/sandbox.js'
import {sessionOn} from '../support/session.js'

/** Another server that speaks the protocol, and what it was asked; an answer that is a text is no JSON. */
async function serverWith(answer: (url: URL) => unknown) {
  const asked: string[] = []
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://localhost')
    asked.push(`${url.pathname}${url.search}`)
    const answered = answer(url)
    response.setHeader('content-type', 'application/json')
    response.end(typeof answered === 'string' ? answered : JSON.stringify(answered))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const {sandbox} = await sandboxForTest()
  const endpointUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {asked, source: await openSnapshots(sessionOn(sandbox, {endpointUrl}).session)}
}

describe('an API as it is edited', () => {
  test('is read in three calls, and one each for authorizers, models and validators where a method has some', async () => {
    const {sandbox, apigateway} = await sandboxForTest()
    const {restApiId, resourceId} = await mockApi(apigateway)
    const source = await openSnapshots(sessionOn(sandbox).session)
    const calls = async () => {
      const before = new Map(sandbox.calls)
      await source.edited(restApiId)
      return [...sandbox.calls].flatMap(([name, count]) => (count > (before.get(name) ?? 0) ? [name] : [])).sort()
    }
    const always = ['GetGatewayResponses', 'GetResources', 'GetRestApi']
    expect(await calls()).toEqual(always)

    const {id: requestValidatorId} = await apigateway.createRequestValidator({restApiId, name: 'all'})
    const {id: authorizerId} = await apigateway.createAuthorizer({
      ...{restApiId, name: 'pool', type: 'COGNITO_USER_POOLS'},
      providerARNs: ['arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_a'],
    })
    await apigateway.putMethod({
      ...{restApiId, resourceId, httpMethod: 'POST', requestModels: {'application/json': 'Empty'}},
      ...{authorizationType: 'COGNITO_USER_POOLS', authorizerId, requestValidatorId},
    })
    expect(await calls()).toEqual(['GetAuthorizers', ...always, 'GetModels', 'GetRequestValidators'].sort())
  })

  test('is read page by page at the largest size, and method by method where an endpoint embeds none', async () => {
    const {source, asked} = await serverWith(({pathname, searchParams}) => {
      if (pathname.endsWith('/methods/GET')) return {httpMethod: 'GET', authorizationType: 'AWS_IAM'}
      if (!pathname.endsWith('/resources')) return {}
      return searchParams.has('position')
        ? {item: [{id: 'b', path: '/b'}]}
        : {item: [{id: 'a', path: '/', resourceMethods: {GET: {}}}], position: 'next'}
    })
    expect((await source.edited('abc')).resources).toMatchObject([
      {id: 'a', path: '/', methods: {GET: {authorizationType: 'AWS_IAM'}}},
      {id: 'b', path: '/b', methods: {}},
    ])
    // Whether the method or the next page is asked for first does not matter.
    expect(asked.filter(url => url.includes('/resources')).sort()).toEqual([
      '/restapis/abc/resources/a/methods/GET',
      '/restapis/abc/resources?embed=methods&limit=500',
      '/restapis/abc/resources?embed=methods&limit=500&position=next',
    ])
  })

  // Recorded: an empty template of an integration response is answered as null.
  test('has its policy without the escapes, and empty templates as texts', async () => {
    const {sandbox, apigateway} = await sandboxForTest()
    const {restApiId, method} = await mockApi(apigateway)
    const policy = '{"Version":"2012-10-17","Statement":[]}'
    await apigateway.updateRestApi({restApiId, patchOperations: [{op: 'replace', path: '/policy', value: policy}]})
    const responseTemplates = {'application/json': '', 'text/xml': '<x/>'}
    await apigateway.putIntegrationResponse({...method, statusCode: '200', responseTemplates})

    const edited = await (await openSnapshots(sessionOn(sandbox).session)).edited(restApiId)

    expect(edited.api.policy).toBe(policy)
    const responses = edited.resources[0]?.methods.GET?.integration?.integrationResponses
    expect(responses?.['200']?.responseTemplates).toEqual(responseTemplates)
  })

  test('has only the gateway responses that somebody set', async () => {
    const {sandbox, apigateway} = await sandboxForTest()
    const {restApiId} = await mockApi(apigateway)
    await apigateway.putGatewayResponse({restApiId, responseType: 'THROTTLED', statusCode: '503'})
    const edited = await (await openSnapshots(sessionOn(sandbox).session)).edited(restApiId)
    expect(edited.gatewayResponses).toMatchObject([{type: 'THROTTLED', statusCode: '503'}])
  })
})

describe('what a stage serves', () => {
  // Source: API reference, GetExport: integrations and authorizers are asked for by name.
  test('is asked for as OpenAPI 3.0 in JSON, with integrations, authorizers and all other extensions', async () => {
    const {source, asked} = await serverWith(() => ({openapi: '3.0.1'}))
    expect(await source.exported('abc', 'prod')).toEqual({openapi: '3.0.1'})
    expect(asked).toEqual([
      '/restapis/abc/stages/prod/exports/oas30?extensions=integrations%2Cauthorizers%2Capigateway',
    ])
  })

  test('cannot be told from an export that is no JSON', async () => {
    const {source} = await serverWith(() => 'openapi: 3.0.1')
    await expect(source.exported('abc', 'prod')).rejects.toMatchObject({
      kind: 'failed',
      message: 'What stage prod serves cannot be told: its export is no JSON.',
    })
  })

  test('is missing where there is no such stage', async () => {
    const {sandbox, apigateway} = await sandboxForTest()
    const {restApiId} = await mockApi(apigateway)
    const source = await openSnapshots(sessionOn(sandbox).session)
    await expect(source.exported(restApiId, 'prod')).rejects.toMatchObject({kind: 'missing'})
  })
})

test('of a deployment its summary is read', async () => {
  const {sandbox, apigateway} = await sandboxForTest()
  const {restApiId} = await mockApi(apigateway, {apiKeyRequired: true})
  const {id = ''} = await apigateway.createDeployment({restApiId})
  const source = await openSnapshots(sessionOn(sandbox).session)
  expect(await source.summary(restApiId, id)).toEqual({'/': {GET: {authorizationType: 'NONE', apiKeyRequired: true}}})
})
