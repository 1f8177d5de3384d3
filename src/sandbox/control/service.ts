import * as client from '@aws-sdk/client-api-gateway'
import {openapi} from '../openapi/handlers.js'
import {operationsOf} from '../protocol/operations.js'
import type {Handlers, Service} from '../service.js'
import {account} from './account.js'
import {apiKeys} from './api-keys.js'
import {deployments} from './deployments.js'
import {methods} from './methods.js'
import {resources} from './resources.js'
import {restApis} from './rest-apis.js'
import {stages} from './stages.js'
import {usagePlans} from './usage-plans.js'

const control: Handlers = {
  ...account,
  ...apiKeys,
  ...deployments,
  ...methods,
  ...resources,
  ...restApis,
  ...stages,
  ...usagePlans,
}

/** API Gateway's control plane for REST APIs. */
export const apigateway: Service = {
  operations: operationsOf(client),
  handlers: {...control, ...openapi(control)},
}
