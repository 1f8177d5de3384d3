import type {SandboxOptions} from '../../src/sandbox/server.js'
import {sandboxForTest} from './sandbox.js'

/** A small API on a mock. */
export const PETSTORE = JSON.stringify({
  openapi: '3.0.1',
  info: {title: 'petstore', version: '1'},
  paths: {
    '/pets': {
      get: {
        responses: {'200': {description: 'all pets'}},
        'x-amazon-apigateway-integration': {
          type: 'mock',
          requestTemplates: {'application/json': '{"statusCode": 200}'},
          responses: {default: {statusCode: '200'}},
        },
      },
    },
  },
})

/** A sandbox with the regional API `petstore`, which has `GET /pets` on a mock and was not deployed yet. */
export async function petstore(options: SandboxOptions = {}) {
  const kit = await sandboxForTest(options)
  const api = await kit.apigateway.importRestApi({
    body: Buffer.from(PETSTORE),
    parameters: {endpointConfigurationTypes: 'REGIONAL'},
  })
  return {...kit, restApiId: api.id as string, rootResourceId: api.rootResourceId as string}
}
