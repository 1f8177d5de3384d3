import {interrupted, Problem, type ProblemKind} from '../domain/problem.js'
import type {Session} from '../domain/session.js'

/** The parts of an SDK error that matter here. */
interface SdkError extends Error {
  code?: string
  $metadata?: {httpStatusCode?: number; requestId?: string}
  $response?: {statusCode?: number; headers?: Record<string, string>}
  $retryable?: unknown
}

/** Service error names by what they mean to the user. What is not here is the service refusing: `failed`. */
const KINDS: Readonly<Record<string, ProblemKind>> = {
  NotFoundException: 'missing',
  ResourceNotFoundException: 'missing',
  NoSuchEntity: 'missing',
  NoSuchEntityException: 'missing',
  WAFNonexistentItemException: 'missing',
  ConflictException: 'conflict',
  ResourceAlreadyExistsException: 'conflict',
  EntityAlreadyExists: 'conflict',
  EntityAlreadyExistsException: 'conflict',
  AccessDenied: 'denied',
  AccessDeniedException: 'denied',
  ForbiddenException: 'denied',
  UnauthorizedException: 'denied',
  UnauthorizedOperation: 'denied',
  MissingAuthenticationTokenException: 'denied',
  MissingAuthenticationToken: 'denied',
  UnrecognizedClientException: 'denied',
  InvalidClientTokenId: 'denied',
  InvalidSignatureException: 'denied',
  SignatureDoesNotMatch: 'denied',
  IncompleteSignatureException: 'denied',
  ExpiredToken: 'denied',
  ExpiredTokenException: 'denied',
  RequestExpired: 'denied',
  CredentialsProviderError: 'denied',
  TokenProviderError: 'denied',
}

const THROTTLES = new Set([
  'TooManyRequestsException',
  'ThrottlingException',
  'Throttling',
  'ThrottledException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
])

/** True when the service asks to slow down. A quota that is used up (LimitExceededException) is not that: it is final. */
export function isThrottle(error: unknown): boolean {
  const {name, $metadata} = error as SdkError
  return THROTTLES.has(name) || ($metadata?.httpStatusCode === 429 && name !== 'LimitExceededException')
}

/**
 * True when the service refuses a change only because of another one beside it; nothing was done. It is no throttle, but
 * goes by as one does. Source of the message: hashicorp/terraform-provider-aws#776, where such calls are made again, too;
 * a BadRequestException has it as well (carlnordenfelt/aws-api-gateway-for-cloudformation#27).
 */
export function isBusy(error: unknown): boolean {
  const {name, message} = error as SdkError
  return ['ConflictException', 'BadRequestException'].includes(name) && /due to concurrent modification/i.test(message)
}

/** What the service wants to be waited for, in milliseconds; undefined where it does not say. */
export function retryAfter(error: unknown, now: number): number | undefined {
  const header = (error as SdkError).$response?.headers?.['retry-after']
  if (!header) return undefined
  const seconds = Number(header)
  const milliseconds = Number.isNaN(seconds) ? Date.parse(header) - now : seconds * 1000
  return Number.isNaN(milliseconds) ? undefined : Math.max(0, milliseconds)
}

const LOST = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'TimeoutError', 'RequestTimeout', 'RequestTimeoutException'])
const UNREACHABLE = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'])

/** What Node says of a certificate that it does not accept. */
const CERTIFICATE =
  /SELF_SIGNED_CERT|UNABLE_TO_(GET_ISSUER|VERIFY_LEAF)|CERT_(HAS_EXPIRED|NOT_YET_VALID|UNTRUSTED)|ALTNAME/

/** True when the connection was lost under way: nobody knows whether the call was carried out. */
export function isLost(error: unknown): boolean {
  const {name, code} = error as SdkError
  return LOST.has(name) || LOST.has(code ?? '')
}

/** True when the service itself failed. */
export function isServerFault(error: unknown): boolean {
  const status = (error as SdkError).$metadata?.httpStatusCode ?? (error as SdkError).$response?.statusCode ?? 0
  return status >= 500 && (error as SdkError).name !== 'NotImplemented' && status !== 501
}

/** An SDK error in the user's words. */
export function problemOf(error: unknown, operation: string, session: Session): Problem {
  if (error instanceof Problem) return error
  const {name, message, code, $metadata, $response} = error as SdkError
  if (session.signal.aborted || name === 'AbortError') return changes(operation) ? cutOff(operation) : interrupted()
  const details = {code: name, requestId: $metadata?.requestId, cause: error}
  if (UNREACHABLE.has(code ?? '')) {
    const hint = 'Is the endpoint right (--endpoint-url, AWS_ENDPOINT_URL), and is it running?'
    return new Problem('unreachable', `Cannot reach the endpoint: ${message}`, hint, {...details, code})
  }
  if (code === 'EPROTO') {
    const hint = 'Does it speak http:// rather than https://?'
    return new Problem('unreachable', 'The endpoint does not answer in TLS.', hint, {...details, code})
  }
  if (CERTIFICATE.test(code ?? '')) {
    const hint = 'If you trust who issued it, name the file with their certificate in AWS_CA_BUNDLE.'
    return new Problem('unreachable', `The certificate of the endpoint is not accepted: ${message}.`, hint, {
      ...details,
      code,
    })
  }
  if (isLost(error)) {
    const hint = changes(operation)
      ? 'It may have been carried out all the same: look before you run it again.'
      : undefined
    return new Problem('unreachable', `The connection was lost during ${operation}.`, hint, {...details, code})
  }
  if (/region is missing/i.test(message)) {
    return new Problem('usage', 'No AWS Region is set.', 'Pass --region, or set AWS_REGION.', {cause: error})
  }
  if (/^region not accepted/i.test(message)) {
    return new Problem('usage', `"${session.region}" is not an AWS Region.`, 'Such as --region eu-west-1', {
      cause: error,
    })
  }
  if (name === 'SyntaxError') {
    const status = $response?.statusCode ?? $metadata?.httpStatusCode
    const text = `The endpoint's answer to ${operation} is not one of AWS (HTTP ${status}).`
    return new Problem('failed', text, 'A server that only imitates AWS may lack this operation.', details)
  }
  const kind = isThrottle(error) ? 'gave-up' : (KINDS[name] ?? 'failed')
  // A refusal speaks for itself; "Internal server error" does not.
  const text = isServerFault(error) || !message ? `${operation} failed: ${message || name}` : message
  return new Problem(kind, text, hintOf(kind, name, session), details)
}

/** An interruption that came while a change was on its way: the service may have made it, and nobody heard so. */
function cutOff(operation: string): Problem {
  return new Problem('interrupted', `Interrupted during ${operation}, which may have been carried out all the same.`)
}

function hintOf(kind: ProblemKind, name: string, session: Session): string | undefined {
  const profile = session.profile ? ` --profile ${session.profile}` : ''
  if (kind === 'denied') {
    if (/Expired|TokenProvider/.test(name)) return `Sign in again, for instance: aws sso login${profile}`
    if (/Credentials/.test(name) && session.profile)
      return `Is there a profile "${session.profile}"? See: aws configure list-profiles`
    if (/Credentials|MissingAuth/.test(name))
      return 'Set AWS_PROFILE or pass --profile; no account at all? apigw sandbox --help'
    if (/AccessDenied|Unauthorized|Forbidden/.test(name)) return 'The credentials are valid but lack this permission.'
    return `Are these the right credentials?${profile ? ` (profile ${session.profile})` : ''}`
  }
  if (kind === 'gave-up') return 'Wait longer with --max-wait SECONDS, or run it again later.'
  if (name === 'LimitExceededException') return 'This is a quota of the account, not a rate: waiting does not help.'
  return undefined
}

/** Whether an operation could leave something behind when nobody heard its answer. */
export function changes(operation: string): boolean {
  return !/^(Get|List|Describe|Filter|StartLiveTail)/.test(operation)
}

/** Makes a call; where it is denied, the hint names the permission that it takes. */
export async function needing<Output>(action: string, call: () => Promise<Output>): Promise<Output> {
  try {
    return await call()
  } catch (error) {
    if (!(error instanceof Problem && error.kind === 'denied' && /AccessDenied|Unauthorized/.test(error.code ?? ''))) {
      throw error
    }
    const {kind, message, code, requestId} = error
    throw new Problem(kind, message, `The credentials are valid but lack ${action}.`, {code, requestId, cause: error})
  }
}
