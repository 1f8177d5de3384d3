import {GatewayFault} from '../gateway-responses.js'
import type {Invocation} from '../invocation.js'

/** Ends a request whose API is set up wrongly; the reason goes to the log only. */
export function configurationError({log}: Invocation, reason: string): GatewayFault {
  log.error(`Execution failed due to configuration error: ${reason}`)
  return new GatewayFault('API_CONFIGURATION_ERROR')
}

/** The back end did not answer in the integration's time. */
export function timeoutError({log}: Invocation): GatewayFault {
  log.error('Execution failed due to a timeout error')
  return new GatewayFault('INTEGRATION_TIMEOUT')
}

/** The back end could not be spoken to (wording of log and body as reported from the service). */
export function networkError({log}: Invocation, reason: string): GatewayFault {
  log.error(`Execution failed due to a network error communicating with endpoint: ${reason}`)
  return new GatewayFault('INTEGRATION_FAILURE', {message: 'Network error communicating with endpoint'})
}

/** A function failed, or answered what cannot be turned into a response. */
export const badGateway = () => new GatewayFault('INTEGRATION_FAILURE', {status: 502})
