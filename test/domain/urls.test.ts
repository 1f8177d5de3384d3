import {expect, test} from 'vitest'
import {invokeUrls} from '../../src/domain/urls.js'

const virginia = {region: 'us-east-1', partition: 'aws', dnsSuffix: 'amazonaws.com'}
const beijing = {region: 'cn-north-1', partition: 'aws-cn', dnsSuffix: 'amazonaws.com.cn'}
const api: Parameters<typeof invokeUrls>[0] = {id: 'abc123', endpointType: 'REGIONAL', vpcEndpointIds: []}

test('edge and regional APIs are under execute-api of the Region, in the partition of the Region', () => {
  expect(invokeUrls(api, 'prod', virginia)).toEqual(['https://abc123.execute-api.us-east-1.amazonaws.com/prod'])
  expect(invokeUrls({...api, endpointType: 'EDGE'}, 'prod', beijing)).toEqual([
    'https://abc123.execute-api.cn-north-1.amazonaws.com.cn/prod',
  ])
})

test('a private API has a URL for each VPC endpoint, or else the plain one, which needs private DNS', () => {
  const closed = {...api, endpointType: 'PRIVATE' as const}
  expect(invokeUrls({...closed, vpcEndpointIds: ['vpce-0a', 'vpce-0b']}, 'prod', virginia)).toEqual([
    'https://abc123-vpce-0a.execute-api.us-east-1.amazonaws.com/prod',
    'https://abc123-vpce-0b.execute-api.us-east-1.amazonaws.com/prod',
  ])
  expect(invokeUrls(closed, 'prod', virginia)).toEqual(['https://abc123.execute-api.us-east-1.amazonaws.com/prod'])
})

test('on another endpoint the template says how a stage is addressed', () => {
  const there = {...virginia, endpointUrl: 'http://10.0.0.7:5000', invokeUrl: 'http://10.0.0.7:5000/run/{api}/{stage}/'}
  expect(invokeUrls(api, 'prod', there)).toEqual(['http://10.0.0.7:5000/run/abc123/prod'])
  expect(invokeUrls(api, 'prod', {...there, endpointUrl: undefined})).toEqual([
    'https://abc123.execute-api.us-east-1.amazonaws.com/prod',
  ])
})

test.each([
  ['http://127.0.0.1:4566', 'http://abc123.execute-api.localhost:4566/prod'],
  ['http://[::1]:4566/', 'http://abc123.execute-api.localhost:4566/prod'],
  ['https://localhost', 'https://abc123.execute-api.localhost/prod'],
])('without a template a loopback endpoint %s has its APIs under localhost', (endpointUrl, url) => {
  expect(invokeUrls(api, 'prod', {...virginia, endpointUrl})).toEqual([url])
})

test("the service reached through a VPC endpoint for its control plane keeps the service's URLs", () => {
  const endpointUrl = 'https://vpce-0a-x.apigateway.us-east-1.vpce.amazonaws.com'
  expect(invokeUrls(api, 'prod', {...virginia, endpointUrl})).toEqual([
    'https://abc123.execute-api.us-east-1.amazonaws.com/prod',
  ])
})
