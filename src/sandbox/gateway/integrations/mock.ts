import type {Integration} from '@aws-sdk/client-api-gateway'
import type {Invocation, MethodResponse} from '../invocation.js'
import {mappedBody, mappedResponse} from './endpoint.js'
import {configurationError} from './failures.js'

/** Answers without a back end: the request template says with which status code. */
export function invokeMock(integration: Integration, invocation: Invocation): MethodResponse {
  const status = statusCodeOf(mappedBody(integration, invocation).toString())
  if (status === undefined) {
    throw configurationError(
      invocation,
      'Unable to parse statusCode. It should be an integer and defined in request template.',
    )
  }
  invocation.log.phase()
  return mappedResponse(integration, {status, headers: new Map(), body: ''}, String(status), invocation)
}

/** The service reads the template's output leniently: `{statusCode: 200}` will do (recorded). */
function statusCodeOf(text: string): number | undefined {
  const found = /(?:^|[{,\s])["']?statusCode["']?\s*:\s*["']?(\d{3})\b/.exec(text)
  return found ? Number(found[1]) : undefined
}
