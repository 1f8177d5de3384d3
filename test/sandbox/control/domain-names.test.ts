import {expect, test} from 'vitest'
import {deployedMockApi} from '../../support/mock-api.js'
import {sandboxForTest} from '../../support/sandbox.js'

const domainName = 'api.example.com'

test('a domain name is kept as a record with an address of its kind', async () => {
  const {apigateway} = await sandboxForTest()
  const regional = await apigateway.createDomainName({domainName, endpointConfiguration: {types: ['REGIONAL']}})
  expect(regional).toMatchObject({domainName, domainNameStatus: 'AVAILABLE', securityPolicy: 'TLS_1_2'})
  expect(regional.regionalDomainName).toMatch(/^d-[a-z0-9]{10}\.execute-api\.us-east-1\.amazonaws\.com$/)
  expect((await apigateway.createDomainName({domainName: 'edge.example.com'})).distributionDomainName).toMatch(
    /\.cloudfront\.net$/,
  )
  await expect(apigateway.createDomainName({domainName})).rejects.toThrow(
    'The domain name you provided already exists.',
  )
  await expect(apigateway.getDomainName({domainName: 'nope'})).rejects.toThrow(
    'Invalid domain name identifier specified',
  )
})

test('base paths are unique on a domain, and an empty one stands alone', async () => {
  const {apigateway} = await sandboxForTest()
  const {restApiId} = await deployedMockApi(apigateway)
  await apigateway.createDomainName({domainName})
  const map = (basePath?: string, stage = 'dev') =>
    apigateway.createBasePathMapping({domainName, restApiId, basePath, stage})
  await expect(map('v1', 'nope')).rejects.toMatchObject({
    name: 'BadRequestException',
    message: 'Invalid stage identifier specified',
  })
  await map('v1')
  await expect(map('v1')).rejects.toMatchObject({
    name: 'ConflictException',
    message: 'Base path already exists for this domain name',
  })
  await expect(map()).rejects.toThrow('Only one base path mapping is allowed if the base path is empty.')
  const moved = await apigateway.updateBasePathMapping({
    domainName,
    basePath: 'v1',
    patchOperations: [{op: 'replace', path: '/basePath', value: 'v2'}],
  })
  expect(moved.basePath).toBe('v2')
  await expect(apigateway.getBasePathMapping({domainName, basePath: 'v1'})).rejects.toThrow(
    'Invalid base path mapping identifier specified',
  )
})

// Source: "Use API mappings to connect API stages to a custom domain name for REST APIs", Developer Guide.
test('mappings with several levels are for Regional names with TLS 1.2, and version 2 has those of version 1, too', async () => {
  const {apigateway, apigatewayv2} = await sandboxForTest()
  const {restApiId} = await deployedMockApi(apigateway)
  await apigateway.createDomainName({domainName: 'edge.example.com'})
  await apigateway.createDomainName({domainName, endpointConfiguration: {types: ['REGIONAL']}})
  const map = (DomainName: string, ApiMappingKey: string) =>
    apigatewayv2.createApiMapping({DomainName, ApiId: restApiId, ApiMappingKey, Stage: 'dev'})
  await expect(map('edge.example.com', 'shop/v1')).rejects.toMatchObject({name: 'BadRequestException'})
  await apigateway.createBasePathMapping({domainName, restApiId, basePath: 'pets', stage: 'dev'})
  const made = await map(domainName, 'shop/v1')
  const {Items = []} = await apigatewayv2.getApiMappings({DomainName: domainName})
  expect(Items.map(({ApiMappingKey}) => ApiMappingKey)).toEqual(['pets', 'shop/v1'])
  const mapping = {DomainName: domainName, ApiMappingId: made.ApiMappingId}
  expect(await apigatewayv2.getApiMapping(mapping)).toMatchObject(Items[1]!)
  await expect(apigateway.deleteRestApi({restApiId})).rejects.toThrow('Please remove all base path mappings')
  for (const {ApiMappingId} of Items) await apigatewayv2.deleteApiMapping({DomainName: domainName, ApiMappingId})
  await apigateway.deleteRestApi({restApiId})
})
