import type {
  GatewayResponse,
  GatewayResponseType,
  PutGatewayResponseRequest,
  UpdateGatewayResponseRequest,
} from '@aws-sdk/client-api-gateway'
import {badRequest, notFound} from '../errors.js'
import type {Handlers} from '../service.js'
import type {Snapshot} from '../store.js'
import {restApiOf} from './lookup.js'
import {noContentType, noParameter} from './methods.js'
import {type PageRequest, page} from './paging.js'
import {type Apply, PatchTable, removeEntry, setEntry, setText, whereEntry} from './patch.js'

type Address = {restApiId: string; responseType: GatewayResponseType}

export const gatewayResponses: Handlers = {
  PutGatewayResponse(input: PutGatewayResponseRequest, call) {
    const record = restApiOf(call, input.restApiId)
    const {responseType, statusCode, responseParameters, responseTemplates} = input
    const response: GatewayResponse = {
      responseType,
      statusCode: statusCode ?? DEFAULT_STATUS[responseType!],
      responseParameters,
      responseTemplates,
      defaultResponse: false,
    }
    record.gatewayResponses[responseType!] = response
    return response
  },

  GetGatewayResponse: (input: Address, call) => gatewayResponseOf(restApiOf(call, input.restApiId), input.responseType),

  GetGatewayResponses(input: {restApiId: string} & PageRequest, call) {
    const record = restApiOf(call, input.restApiId)
    // All in one page where nothing else is asked for: there are only 21, and the recorded list has no position.
    return page(
      TYPES.map(type => gatewayResponseOf(record, type)),
      {...input, limit: input.limit ?? TYPES.length},
    )
  },

  UpdateGatewayResponse(input: UpdateGatewayResponseRequest, call) {
    const record = restApiOf(call, input.restApiId)
    const {responseType, patchOperations} = input as UpdateGatewayResponseRequest & Address
    const next = PATCHES.apply(gatewayResponseOf(record, responseType), patchOperations)
    next.defaultResponse = false
    record.gatewayResponses[responseType] = next
    return next
  },

  DeleteGatewayResponse(input: Address, call) {
    const record = restApiOf(call, input.restApiId)
    if (!record.gatewayResponses[input.responseType]) throw notFound('Gateway response type not defined on api')
    delete record.gatewayResponses[input.responseType]
  },
}

/** Source: gateway response types page of the guide. The two DEFAULT types take the status of what triggers them. */
const DEFAULT_STATUS: Readonly<Record<GatewayResponseType, string | undefined>> = {
  ACCESS_DENIED: '403',
  API_CONFIGURATION_ERROR: '500',
  AUTHORIZER_CONFIGURATION_ERROR: '500',
  AUTHORIZER_FAILURE: '500',
  BAD_REQUEST_BODY: '400',
  BAD_REQUEST_PARAMETERS: '400',
  DEFAULT_4XX: undefined,
  DEFAULT_5XX: undefined,
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

const TYPES = Object.keys(DEFAULT_STATUS) as GatewayResponseType[]

/** What an API answers with for a type: its own response, or the service's default. */
export function gatewayResponseOf(api: Snapshot, responseType: GatewayResponseType): GatewayResponse {
  return (
    api.gatewayResponses[responseType] ?? {
      responseType,
      statusCode: DEFAULT_STATUS[responseType],
      responseParameters: {},
      responseTemplates: {'application/json': '{"message":$context.error.messageString}'},
      defaultResponse: true,
    }
  )
}

const asText = (value: string | undefined) => value ?? ''

const withValue =
  (member: string, apply: Apply<GatewayResponse>): Apply<GatewayResponse> =>
  (response, change) => {
    if (!change.value) throw badRequest(`Invalid null or empty value in ${member}`)
    apply(response, change)
  }

const setParameter = withValue('responseParameters', setEntry('responseParameters', asText))
const setTemplate = withValue('responseTemplates', setEntry('responseTemplates', asText))

const PATCHES = new PatchTable<GatewayResponse>(
  [
    {path: '/statusCode', replace: setText('statusCode')},
    {
      path: '/responseParameters/{name}',
      add: setParameter,
      replace: withValue('responseParameters', whereEntry('responseParameters', noParameter, setParameter)),
      remove: whereEntry('responseParameters', noParameter, removeEntry('responseParameters')),
    },
    {
      path: '/responseTemplates/{contentType}',
      add: setTemplate,
      replace: withValue('responseTemplates', whereEntry('responseTemplates', noContentType, setTemplate)),
      remove: whereEntry('responseTemplates', noContentType, removeEntry('responseTemplates')),
    },
  ],
  'plain',
)
