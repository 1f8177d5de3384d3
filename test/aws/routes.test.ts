import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {expect, onTestFinished, test} from 'vitest'
import {openRoutes} from '../../src/aws/routes.js'
import {collect} from '../../src/domain/apis.js'
import {sandboxForTest} from '../support/sandbox.js'
import {sessionOn} from '../support/session.js'

test('an endpoint that does not embed methods is asked for each', async () => {
  const answers: Record<string, object> = {
    '/restapis/abc/resources': {item: [{id: 'root', path: '/', resourceMethods: {GET: {}}}]},
    '/restapis/abc/resources/root/methods/GET': {
      httpMethod: 'GET',
      authorizationType: 'AWS_IAM',
      apiKeyRequired: true,
      methodIntegration: {type: 'MOCK'},
    },
  }
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(answers[request.url?.split('?')[0] ?? '']))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const {sandbox} = await sandboxForTest()
  const endpointUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const routes = await openRoutes(sessionOn(sandbox, {endpointUrl}).session)
  expect(await collect(routes.resources('abc'))).toMatchObject([
    {path: '/', methods: [{name: 'GET', authorization: 'AWS_IAM', apiKeyRequired: true, integration: {type: 'MOCK'}}]},
  ])
})

test('what a mock needs to be told again is read back: template, answer, declared variables', async () => {
  const {sandbox, apigateway} = await sandboxForTest()
  const {id: apiId, rootResourceId} = await apigateway.createRestApi({name: 'petstore'})
  const routes = await openRoutes(sessionOn(sandbox).session)
  const resourceId = await routes.createResource(apiId!, rootResourceId!, '{id}')
  const address = {apiId: apiId!, resourceId, method: 'GET'}
  await routes.createMethod(address, {apiKeyRequired: true, pathParameters: ['id']})
  await routes.createMethodResponse(address, '200')
  const template = {requestParameters: {}, requestTemplate: '{"statusCode": 200}'}
  await routes.putIntegration(address, {type: 'MOCK', ...template})
  await routes.putIntegrationResponse(address, '200', 'hello')
  const [, resource] = await collect(routes.resources(apiId!))
  expect(resource?.methods).toMatchObject([
    {
      name: 'GET',
      apiKeyRequired: true,
      pathParameters: ['id'],
      responses: ['200'],
      integration: {type: 'MOCK', requestTemplate: '{"statusCode": 200}', body: 'hello'},
    },
  ])
})
