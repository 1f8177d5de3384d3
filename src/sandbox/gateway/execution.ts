import {dumped, masked} from '../logs/log-writer.js'
import {GatewayFault} from './gateway-responses.js'
import {invokeMock} from './integrations/mock.js'
import type {Invocation, MethodResponse} from './invocation.js'

/**
 * The part of the pipeline behind the gates: validation and integration, with its lines in the execution log.
 * @param shownPath how the log names the resource
 * @throws GatewayFault
 */
export async function execute(invocation: Invocation, shownPath: string): Promise<MethodResponse> {
  const {context, log, request, requestId} = invocation
  log.phase()
  log.info(`Starting execution for request: ${requestId}`)
  log.info(`HTTP Method: ${request.httpMethod}, Resource Path: ${shownPath}`)
  if (context.identity.apiKey) log.info(`API Key: ${masked(String(context.identity.apiKey))}`)
  log.trace(`Method request path: ${dumped(Object.entries(request.pathParameters))}`)
  log.trace(`Method request query string: ${dumped(request.query)}`)
  log.trace(`Method request headers: ${dumped(request.headers)}`)
  log.trace(`Method request body before transformations: ${request.body}`)
  const response = await integrate(invocation)
  log.info('Successfully completed execution')
  return response
}

async function integrate(invocation: Invocation): Promise<MethodResponse> {
  const integration = invocation.method.methodIntegration
  switch (integration?.type) {
    case 'MOCK':
      return invokeMock(integration, invocation)
    default:
      throw new GatewayFault('API_CONFIGURATION_ERROR')
  }
}
