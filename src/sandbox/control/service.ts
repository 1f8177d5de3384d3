import * as client from '@aws-sdk/client-api-gateway'
import {testInvoke} from '../gateway/test-invoke.js'
import {openapi} from '../openapi/handlers.js'
import {operationsOf} from '../protocol/operations.js'
import type {Handlers, Service} from '../service.js'
import {account} from './account.js'
import {apiKeys} from './api-keys.js'
import {authorizers} from './authorizers.js'
import {basePathMappings} from './base-path-mappings.js'
import {clientCertificates} from './client-certificates.js'
import {constrained} from './constraints.js'
import {deployments} from './deployments.js'
import {documentation} from './documentation.js'
import {domainNames} from './domain-names.js'
import {gatewayResponses} from './gateway-responses.js'
import {integrations} from './integrations.js'
import {methods} from './methods.js'
import {models} from './models.js'
import {requestValidators} from './request-validators.js'
import {resources} from './resources.js'
import {restApis} from './rest-apis.js'
import {stages} from './stages.js'
import {tags} from './tags.js'
import {usage} from './usage.js'
import {usagePlanKeys} from './usage-plan-keys.js'
import {usagePlans} from './usage-plans.js'
import {vpcLinks} from './vpc-links.js'

const operations = operationsOf(client)

const control: Handlers = constrained(operations, {
  ...account,
  ...apiKeys,
  ...authorizers,
  ...basePathMappings,
  ...clientCertificates,
  ...deployments,
  ...documentation,
  ...domainNames,
  ...gatewayResponses,
  ...integrations,
  ...methods,
  ...models,
  ...requestValidators,
  ...resources,
  ...restApis,
  ...stages,
  ...tags,
  ...testInvoke,
  ...usage,
  ...usagePlanKeys,
  ...usagePlans,
  ...vpcLinks,
})

/** API Gateway's control plane for REST APIs. */
export const apigateway: Service = {
  operations,
  handlers: {...control, ...constrained(operations, openapi(control))},
}
