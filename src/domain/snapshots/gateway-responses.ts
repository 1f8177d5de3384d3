import type {GatewayResponseSnapshot} from './snapshot.js'
import type {EditedGatewayResponse} from './source.js'

/**
 * The status that the service answers with by itself; the two DEFAULT types take that of what triggers them. GetGatewayResponses
 * tells it even where nobody set one. Sources: developer guide, Gateway response types for API Gateway;
 * hashicorp/terraform-provider-aws#48390.
 */
const OWN_STATUS: Readonly<Record<string, string>> = {
  ACCESS_DENIED: '403',
  API_CONFIGURATION_ERROR: '500',
  AUTHORIZER_CONFIGURATION_ERROR: '500',
  AUTHORIZER_FAILURE: '500',
  BAD_REQUEST_BODY: '400',
  BAD_REQUEST_PARAMETERS: '400',
  EXPIRED_TOKEN: '403',
  INTEGRATION_FAILURE: '504',
  INTEGRATION_TIMEOUT: '504',
  INVALID_API_KEY: '403',
  INVALID_SIGNATURE: '403',
  MISSING_AUTHENTICATION_TOKEN: '403',
  QUOTA_EXCEEDED: '429',
  REQUEST_TOO_LARGE: '413',
  RESOURCE_NOT_FOUND: '404',
  THROTTLED: '429',
  UNAUTHORIZED: '401',
  UNSUPPORTED_MEDIA_TYPE: '415',
  WAF_FILTERED: '403',
}

/** Source: answers of GetGatewayResponse, recorded by LocalStack's snapshot tests (test_gateway_response_crud). */
const OWN_TEMPLATE = '{"message":$context.error.messageString}'

/** The normal form of a gateway response; what the service answers with by itself is left out. */
export function gatewayResponseOf(response: EditedGatewayResponse): GatewayResponseSnapshot {
  const {type, statusCode, responseParameters = {}, responseTemplates = {}} = response
  const contentTypes = Object.keys(responseTemplates)
  const isOwnTemplate = contentTypes.length === 1 && responseTemplates['application/json'] === OWN_TEMPLATE
  return {
    ...(statusCode !== undefined && statusCode !== OWN_STATUS[type] && {status: statusCode}),
    ...(Object.keys(responseParameters).length > 0 && {parameters: {...responseParameters}}),
    ...(contentTypes.length > 0 && !isOwnTemplate && {templates: {...responseTemplates}}),
  }
}
