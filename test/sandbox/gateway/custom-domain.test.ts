import {request} from 'node:http'
import {expect, test} from 'vitest'
import {type DeployedApi, deployedApi} from '../../support/deployed-api.js'
import {functionModules, invocationArn} from '../../support/functions.js'
import {clientsOn} from '../../support/sandbox.js'

const SHOW = `export const handler = async ({path, resource, requestContext}) => ({
  statusCode: 200,
  body: [resource, path, requestContext.path, requestContext.stage, requestContext.domainName].join(' '),
})`

/** An API that shows how it was called, behind `api.example.com` by the given mapping. */
async function mapped(mapping: {basePath?: string; stage?: string}) {
  const api = await deployedApi(
    {'GET /pets': {integration: {type: 'AWS_PROXY', integrationHttpMethod: 'POST', uri: invocationArn('show')}}},
    {functions: functionModules({show: SHOW})},
  )
  await api.apigateway.createDomainName({
    domainName: 'api.example.com',
    regionalCertificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/1',
    endpointConfiguration: {types: ['REGIONAL']},
  })
  await api.apigateway.createBasePathMapping({domainName: 'api.example.com', restApiId: api.restApiId, ...mapping})
  return api
}

/** fetch does not let a host header through. */
function get({port}: DeployedApi, path: string): Promise<[number, string]> {
  return new Promise((resolve, reject) => {
    request({port, host: '127.0.0.1', path, headers: {host: `API.example.com:${port}`}}, async response => {
      let body = ''
      for await (const chunk of response.setEncoding('utf8')) body += chunk
      resolve([response.statusCode!, body])
    })
      .once('error', reject)
      .end()
  })
}

const FORBIDDEN = [403, '{"message":"Forbidden"}']

// The paths that functions see are reported in localstack/localstack#12296, from calls of the service.
test.each([
  [{basePath: 'v1', stage: 'prod'}, '/v1/pets', '/pets /v1/pets /v1/pets prod api.example.com'],
  [{basePath: 'v1'}, '/v1/prod/pets', '/pets /v1/prod/pets /v1/prod/pets prod api.example.com'],
  [{}, '/prod/pets', '/pets /prod/pets /prod/pets prod api.example.com'],
  [{stage: 'prod'}, '/pets', '/pets /pets /pets prod api.example.com'],
])('the mapping %j answers to %s', async (mapping, path, shown) => {
  const api = await mapped(mapping)
  expect(await get(api, path)).toEqual([200, shown])
})

// Source: "Mapping API requests", Developer Guide: the longest matching path, and what is in front is stripped.
test('of mappings with several levels the longest that matches answers, level by level', async () => {
  const api = await mapped({basePath: 'shop', stage: 'prod'})
  const mapping = {DomainName: 'api.example.com', ApiId: api.restApiId, Stage: 'prod'}
  await clientsOn(api).apigatewayv2.createApiMapping({...mapping, ApiMappingKey: 'shop/v1'})
  expect(await get(api, '/shop/v1/pets')).toEqual([200, '/pets /shop/v1/pets /shop/v1/pets prod api.example.com'])
  expect(await get(api, '/shop/pets')).toEqual([200, '/pets /shop/pets /shop/pets prod api.example.com'])
  expect((await get(api, '/shop/v11/pets'))[0]).toBe(403)
})

test('a base path that is not mapped is Forbidden', async () => {
  const api = await mapped({basePath: 'v1', stage: 'prod'})
  expect(await get(api, '/v2/pets')).toEqual(FORBIDDEN)
})

test('an API that has its own endpoint off answers by its domain name only', async () => {
  const api = await mapped({basePath: 'v1', stage: 'prod'})
  await api.apigateway.updateRestApi({
    restApiId: api.restApiId,
    patchOperations: [{op: 'replace', path: '/disableExecuteApiEndpoint', value: 'true'}],
  })
  await api.deploy()
  expect(await api.call('GET /pets')).toMatchObject({status: 403, body: '{"message":"Forbidden"}'})
  expect((await get(api, '/v1/pets'))[0]).toBe(200)
})
