import {validateHeaderName, validateHeaderValue} from 'node:http'
import {dumped, masked} from '../logs/log-writer.js'
import type {Functions} from './functions.js'
import {configurationError} from './integrations/failures.js'
import {invokeHttp} from './integrations/http.js'
import {invokeLambda} from './integrations/lambda.js'
import {invokeMock} from './integrations/mock.js'
import type {Invocation, MethodResponse} from './invocation.js'
import type {ResponseCache} from './response-cache.js'
import {validateRequest} from './validation.js'

export interface ExecutionParts {
  functions: Functions
  /** What keeps answers; without it every request reaches its integration. */
  cache?: ResponseCache
  /** Milliseconds since 1970. */
  millis: () => number
}

/**
 * The part of the pipeline behind the gates: validation and integration, with its lines in the execution log.
 * @param shownPath how the log names the resource
 * @throws GatewayFault
 */
export async function execute(
  invocation: Invocation,
  shownPath: string,
  parts: ExecutionParts,
): Promise<MethodResponse> {
  const {log, request, requestId} = invocation
  log.phase()
  log.info(`Starting execution for request: ${requestId}`)
  log.info(`HTTP Method: ${request.httpMethod}, Resource Path: ${shownPath}`)
  if (invocation.apiKey) log.info(`API Key: ${masked(invocation.apiKey)}`)
  log.trace(`Method request path: ${dumped(Object.entries(request.pathParameters))}`)
  log.trace(`Method request query string: ${dumped(request.query)}`)
  log.trace(`Method request headers: ${dumped(request.headers)}`)
  log.trace(`Method request body before transformations: ${request.body}`)
  validateRequest(invocation)
  const ask = () => integrate(invocation, parts)
  const response = await (parts.cache?.answer(invocation, ask) ?? ask())
  checkResponse(response, invocation)
  log.info('Successfully completed execution')
  return response
}

/** What no HTTP response can carry is the API's fault. @throws GatewayFault API_CONFIGURATION_ERROR */
function checkResponse({status, headers}: MethodResponse, invocation: Invocation): void {
  if (!Number.isInteger(status) || status < 200 || status > 599) {
    throw configurationError(invocation, `Invalid response status code: ${status}`)
  }
  for (const [name, values] of headers) {
    try {
      validateHeaderName(name)
      for (const value of values) validateHeaderValue(name, value)
    } catch {
      throw configurationError(invocation, `Invalid response header: ${name}`)
    }
  }
}

async function integrate(invocation: Invocation, {functions, millis}: ExecutionParts): Promise<MethodResponse> {
  const integration = invocation.method.methodIntegration
  switch (integration?.type) {
    case 'MOCK':
      return invokeMock(integration, invocation)
    case 'HTTP':
    case 'HTTP_PROXY':
      return invokeHttp(integration, invocation, millis)
    case 'AWS':
    case 'AWS_PROXY':
      return invokeLambda(integration, invocation, functions, millis)
    default:
      throw configurationError(invocation, 'No integration defined for method')
  }
}
