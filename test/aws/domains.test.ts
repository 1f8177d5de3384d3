import {expect, test} from 'vitest'
import {openDomains} from '../../src/aws/domains.js'
import {collect} from '../../src/domain/apis.js'
import type {DomainMapping} from '../../src/domain/domains.js'
import type {SandboxOptions} from '../../src/sandbox/server.js'
import {deployedMockApi} from '../support/mock-api.js'
import {sandboxForTest} from '../support/sandbox.js'
import {sessionOn} from '../support/session.js'

/** An edge-optimized and a Regional domain name with mappings to an API, one of them with several levels. */
async function mapped(options: SandboxOptions = {}) {
  const on = await sandboxForTest(options)
  const {apigateway, apigatewayv2} = on
  const {restApiId} = await deployedMockApi(apigateway)
  const [edge, regional] = ['edge.example.com', 'api.example.com']
  await apigateway.createDomainName({domainName: edge})
  await apigateway.createDomainName({domainName: regional, endpointConfiguration: {types: ['REGIONAL']}})
  await apigateway.createBasePathMapping({domainName: edge, restApiId})
  await apigateway.createBasePathMapping({domainName: regional, restApiId, basePath: 'pets', stage: 'dev'})
  const mapping = {DomainName: regional, ApiId: restApiId, ApiMappingKey: 'shop/v1', Stage: 'dev'}
  await apigatewayv2.createApiMapping(mapping)
  const domains = await openDomains(sessionOn(on.sandbox).session)
  return {...on, restApiId, domains}
}

const short = ({domain, basePath, stage}: DomainMapping) => `${domain}/${basePath} ${stage}`

test('mappings are those of all domains, with several levels too, by one call and one for each domain', async () => {
  const {domains, restApiId, sandbox} = await mapped()
  const all = await collect(domains.mappings())
  expect(all.map(short)).toEqual([
    'edge.example.com/ undefined',
    'api.example.com/pets dev',
    'api.example.com/shop/v1 dev',
  ])
  expect(all.every(({apiId}) => apiId === restApiId)).toBe(true)
  expect(all.map(({domainType}) => domainType)).toEqual(['EDGE', 'REGIONAL', 'REGIONAL'])
  expect(Object.fromEntries(sandbox.calls)).toMatchObject({
    GetDomainNames: 1,
    GetBasePathMappings: 1,
    GetApiMappings: 1,
  })
})

test('each is removed by the version that knows it, and one that has gone will do', async () => {
  const {domains, sandbox} = await mapped()
  const all = await collect(domains.mappings())
  for (const mapping of [...all, ...all]) await domains.remove(mapping)
  expect(await collect(domains.mappings())).toEqual([])
  expect(sandbox.calls.get('DeleteBasePathMapping')).toBe(2)
  expect(sandbox.calls.get('DeleteApiMapping')).toBe(4)
})

test('where version 2 of the API is not to be had, version 1 tells what it knows', async () => {
  const {domains} = await mapped({
    fault: ({operation}) =>
      operation === 'GetApiMappings'
        ? {kind: 'error', code: 'AccessDeniedException', status: 403, message: 'not authorized'}
        : undefined,
  })
  const all = await collect(domains.mappings())
  expect(all.map(short)).toEqual(['edge.example.com/ undefined', 'api.example.com/pets dev'])
  expect(all.every(({mappingId}) => mappingId === undefined)).toBe(true)
})

test('all pages are read', async () => {
  const {apigateway, sandbox} = await sandboxForTest()
  const {restApiId} = await deployedMockApi(apigateway)
  await apigateway.createDomainName({domainName: 'edge.example.com'})
  for (let i = 0; i < 501; i++) {
    await apigateway.createBasePathMapping({domainName: 'edge.example.com', restApiId, basePath: `v${i}`})
  }
  const domains = await openDomains(sessionOn(sandbox).session)
  expect(await collect(domains.mappings())).toHaveLength(501)
  expect(sandbox.calls.get('GetBasePathMappings')).toBe(2)
})
