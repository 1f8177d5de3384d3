import type {GatewayResponse, GatewayResponseType} from '@aws-sdk/client-api-gateway'
import {substitute} from './context.js'
import {header, mediaType, setHeader} from './fields.js'
import type {Arrival, MethodResponse} from './invocation.js'
import {mappedRequestValue} from './parameter-mapping.js'

interface Standard {
  status: number
  /** The `x-amzn-ErrorType` header. */
  errorType: string
  message: string | null
  /** The service writes some of its bodies with a space behind the colon. */
  spaced?: true
}

/**
 * The gateway responses that the data plane makes, as they are unless somebody customises them. Statuses and bodies are
 * recorded or documented; the error type of the two authorizer failures is known from reports only.
 */
const STANDARD = {
  ACCESS_DENIED: {
    status: 403,
    errorType: 'AccessDeniedException',
    message: 'User is not authorized to access this resource',
  },
  API_CONFIGURATION_ERROR: {
    status: 500,
    errorType: 'InternalServerErrorException',
    message: 'Internal server error',
    spaced: true,
  },
  AUTHORIZER_CONFIGURATION_ERROR: {status: 500, errorType: 'AuthorizerConfigurationException', message: null},
  AUTHORIZER_FAILURE: {status: 500, errorType: 'AuthorizerFailureException', message: null},
  BAD_REQUEST_BODY: {status: 400, errorType: 'BadRequestException', message: 'Invalid request body', spaced: true},
  BAD_REQUEST_PARAMETERS: {
    status: 400,
    errorType: 'BadRequestException',
    message: 'Missing required request parameters',
    spaced: true,
  },
  INTEGRATION_FAILURE: {
    status: 504,
    errorType: 'InternalServerErrorException',
    message: 'Internal server error',
    spaced: true,
  },
  INTEGRATION_TIMEOUT: {
    status: 504,
    errorType: 'InternalServerErrorException',
    message: 'Endpoint request timed out',
    spaced: true,
  },
  INVALID_API_KEY: {status: 403, errorType: 'ForbiddenException', message: 'Forbidden'},
  MISSING_AUTHENTICATION_TOKEN: {
    status: 403,
    errorType: 'MissingAuthenticationTokenException',
    message: 'Missing Authentication Token',
  },
  QUOTA_EXCEEDED: {status: 429, errorType: 'LimitExceededException', message: 'Limit Exceeded'},
  THROTTLED: {status: 429, errorType: 'TooManyRequestsException', message: 'Too Many Requests'},
  UNAUTHORIZED: {status: 401, errorType: 'UnauthorizedException', message: 'Unauthorized'},
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    errorType: 'UnsupportedMediaTypeException',
    message: 'Unsupported Media Type',
    spaced: true,
  },
  // The error type is known from reports only.
  WAF_FILTERED: {status: 403, errorType: 'ForbiddenException', message: 'Forbidden'},
} satisfies Partial<Record<GatewayResponseType, Standard>>

/** Ends a request before, or instead of, the answer of its integration. */
export class GatewayFault extends Error {
  readonly status: number
  /** What the body says; AWS has a null there for some. */
  readonly text: string | null
  readonly member: 'message' | 'Message'
  /** What `$context.error.validationErrorString` tells. */
  readonly detail: string | undefined

  constructor(
    readonly type: keyof typeof STANDARD,
    options: {
      message?: string
      /** Where the same response type comes with another status: a malformed function answer is a 502. */
      status?: number
      /** `Message`: what a resource policy refuses is answered with a capital letter. */
      member?: 'message' | 'Message'
      detail?: string
    } = {},
  ) {
    const standard: Standard = STANDARD[type]
    const text = options.message ?? standard.message
    super(text ?? type)
    this.status = options.status ?? standard.status
    this.text = text
    this.member = options.member ?? 'message'
    this.detail = options.detail
  }
}

/** The answer to a request that ended in a fault, as the deployed API customises it. */
export function gatewayResponse(fault: GatewayFault, arrival: Arrival): MethodResponse {
  const {context, snapshot, variables} = arrival
  const standard: Standard = STANDARD[fault.type]
  const quoted = JSON.stringify(fault.text)
  context.error = {
    message: fault.text ?? '',
    messageString: quoted,
    responseType: fault.type,
    validationErrorString: fault.detail,
  }
  const response: MethodResponse = {
    status: fault.status,
    headers: new Map([
      ['x-amzn-ErrorType', [standard.errorType]],
      ['Content-Type', ['application/json']],
    ]),
    body: standard.spaced ? `{"${fault.member}": ${quoted}}` : `{"${fault.member}":${quoted}}`,
  }
  const custom = customisedBy(snapshot.gatewayResponses, fault)
  if (!custom) return response
  if (custom.statusCode) response.status = Number(custom.statusCode)
  const template = templateFor(custom, header(arrival.request.headers, 'accept'))
  if (template) {
    setHeader(response.headers, 'Content-Type', template.contentType)
    response.body = substitute(template.text, context, variables, '')
  }
  for (const [target, source] of Object.entries(custom.responseParameters ?? {})) {
    const value = mappedRequestValue(source, arrival)
    if (value) setHeader(response.headers, target.replace('gatewayresponse.header.', ''), ...value)
  }
  return response
}

function customisedBy(responses: Record<string, GatewayResponse>, fault: GatewayFault): GatewayResponse | undefined {
  return responses[fault.type] ?? responses[fault.status < 500 ? 'DEFAULT_4XX' : 'DEFAULT_5XX']
}

function templateFor(response: GatewayResponse, accept: string | undefined) {
  const templates = response.responseTemplates ?? {}
  const wanted = [mediaType(accept) ?? '', 'application/json', ...Object.keys(templates)]
  const contentType = wanted.find(type => Object.hasOwn(templates, type))
  return contentType === undefined ? undefined : {contentType, text: templates[contentType]!}
}
