import type {Authorizer, TestInvokeAuthorizerResponse} from '@aws-sdk/client-api-gateway'
import {masked} from '../logs/log-writer.js'
import {ACCOUNT_ID} from '../service.js'
import {contextText} from './context.js'
import {header} from './fields.js'
import type {Functions} from './functions.js'
import {GatewayFault} from './gateway-responses.js'
import {configurationError} from './integrations/failures.js'
import {functionOf, parameterMaps, requestContextOf, startFunction} from './integrations/lambda.js'
import type {Invocation} from './invocation.js'
import {matchesWhole} from './java-regex.js'
import {type Decision, evaluatePolicy, type PolicyQuestion} from './policy.js'

/** Milliseconds that an authorizer's function may take. The service's limit is the integrations'. */
const AUTHORIZER_TIMEOUT = 29_000

/** What a Lambda authorizer's function returned, once understood. */
interface Verdict {
  principalId: string
  policyDocument: unknown
  context: Record<string, unknown>
  usageIdentifierKey: string | undefined
  /** Milliseconds that the function took; 0 where it was not asked again. */
  latency: number
}

/** What the test of an authorizer shows of it. */
type AuthorizerTest = Omit<TestInvokeAuthorizerResponse, 'log' | 'latency'>

/** Who may call: the API's resource policy, IAM, and the authorizers. */
export class AuthorizationGate {
  readonly #verdicts = new Map<string, {verdict: Verdict; expires: number}>()

  constructor(
    private readonly functions: Functions,
    private readonly millis: () => number,
  ) {}

  /**
   * The resource policy comes first. With IAM or a Lambda authorizer in the same account, either side may allow; with
   * Cognito or without any authorization, the policy itself must (developer guide, authorization flow).
   * @throws GatewayFault
   */
  async authorize(invocation: Invocation): Promise<void> {
    const {method} = invocation
    if (method.authorizationType === 'AWS_IAM') {
      // Signatures are not checked: any credentials will do, but there must be some.
      if (!isSigned(invocation)) throw new GatewayFault('MISSING_AUTHENTICATION_TOKEN')
      identifyCaller(invocation)
      if (resourceDecision(invocation) === 'deny') throw policyDenial(invocation, 'deny')
      return
    }
    const decision = resourceDecision(invocation)
    if (decision === 'deny') throw policyDenial(invocation, 'deny')
    if (method.authorizationType === 'CUSTOM') return this.#askAuthorizer(invocation, decision)
    if (method.authorizationType === 'COGNITO_USER_POOLS') {
      const authorizer = invocation.snapshot.authorizers[method.authorizerId ?? '']
      invocation.context.authorizer = {claims: readToken(authorizer, method.authorizationScopes ?? [], invocation)}
    }
    if (decision === 'none') throw policyDenial(invocation, 'none')
  }

  /** Asks an authorizer outside any call, past what is kept. `clientStatus` 0 stands for "allowed". */
  async test(authorizer: Authorizer, invocation: Invocation): Promise<AuthorizerTest> {
    try {
      if (authorizer.type === 'COGNITO_USER_POOLS') {
        return {clientStatus: 0, claims: claimTexts(readToken(authorizer, [], invocation))}
      }
      const identity = identityOf(authorizer, invocation)
      if (!identity) return {clientStatus: 401}
      const {principalId, policyDocument, context} = await this.#ask(authorizer, identity, invocation)
      const authorization = Object.fromEntries(Object.entries(context).map(([name, value]) => [name, [String(value)]]))
      return {clientStatus: 0, principalId, policy: JSON.stringify(policyDocument), authorization}
    } catch (error) {
      if (!(error instanceof GatewayFault)) throw error
      return {clientStatus: error.status}
    }
  }

  /** Forgets the verdicts kept for a stage. */
  flush(apiId: string, stageName: string): void {
    for (const key of this.#verdicts.keys()) {
      if (key.startsWith(`${apiId}/${stageName}/`)) this.#verdicts.delete(key)
    }
  }

  async #askAuthorizer(invocation: Invocation, resourcePolicy: Decision | undefined): Promise<void> {
    const {context, log, method, requestId, snapshot} = invocation
    const authorizer = snapshot.authorizers[method.authorizerId ?? '']
    if (!authorizer) throw authorizerError(invocation)
    const identity = identityOf(authorizer, invocation)
    if (!identity) throw new GatewayFault('UNAUTHORIZED')
    const verdict = await this.#verdict(authorizer, identity, invocation)
    context.authorizer = {
      ...verdict.context,
      principalId: verdict.principalId,
      integrationLatency: verdict.latency,
      ...(verdict.usageIdentifierKey !== undefined && {usageIdentifierKey: verdict.usageIdentifierKey}),
    }
    const decision = decide(verdict, invocation)
    if (decision === 'deny' || (decision === 'none' && resourcePolicy !== 'allow')) {
      log.error(`Unauthorized request: ${requestId}`)
      const suffix = decision === 'deny' ? ' with an explicit deny' : ''
      throw new GatewayFault('ACCESS_DENIED', {message: `User is not authorized to access this resource${suffix}`})
    }
  }

  async #verdict(authorizer: Authorizer, identity: string[], invocation: Invocation): Promise<Verdict> {
    const {apiId, stage} = invocation
    const ttl = authorizer.authorizerResultTtlInSeconds ?? 300
    const key = `${apiId}/${stage.stageName}/${authorizer.id} ${JSON.stringify(identity)}`
    const kept = this.#verdicts.get(key)
    if (kept && kept.expires > this.millis()) return {...kept.verdict, latency: 0}
    const verdict = await this.#ask(authorizer, identity, invocation)
    const now = this.millis()
    for (const [old, {expires}] of this.#verdicts) if (expires <= now) this.#verdicts.delete(old)
    if (ttl > 0 && identity.length > 0) this.#verdicts.set(key, {verdict, expires: now + ttl * 1000})
    return verdict
  }

  /** Has the function judge, with the lines that the log has of it. @throws GatewayFault */
  async #ask(authorizer: Authorizer, identity: string[], invocation: Invocation): Promise<Verdict> {
    const {log, requestId} = invocation
    log.info(`Starting authorizer: ${authorizer.id} for request: ${requestId}`)
    log.info(`Incoming identity: ${identity.map(masked).join(', ')}`)
    const verdict = await this.#invoke(authorizer, identity, invocation)
    log.info(`Using valid authorizer policy for principal: ${masked(verdict.principalId)}`)
    log.info('Successfully completed authorizer execution')
    return verdict
  }

  /** @throws GatewayFault UNAUTHORIZED where the function says so in that word, else one of the authorizer's failures */
  async #invoke(authorizer: Authorizer, identity: string[], invocation: Invocation): Promise<Verdict> {
    const {apiId, log, region, requestId} = invocation
    const target = functionOf(authorizer.authorizerUri, invocation)
    const known = target && this.functions.find(target)
    if (!target || !known) throw authorizerError(invocation)
    const event = authorizer.type === 'REQUEST' ? requestEvent(invocation) : tokenEvent(identity[0]!, invocation)
    const sourceArn = `arn:aws:execute-api:${region}:${ACCOUNT_ID}:${apiId}/authorizers/${authorizer.id}`
    const askedAt = this.millis()
    const result = await startFunction(
      {target, known, payload: JSON.stringify(event), sourceArn, timeout: AUTHORIZER_TIMEOUT},
      invocation,
      this.functions,
      this.millis,
    )
    log.phase()
    if (result.kind === 'timedOut') {
      log.error('Execution failed due to a timeout error')
      throw new GatewayFault('AUTHORIZER_FAILURE')
    }
    if (result.kind === 'failed') {
      if (result.message !== 'Unauthorized') throw authorizerError(invocation)
      log.error(`Unauthorized request: ${requestId}`)
      throw new GatewayFault('UNAUTHORIZED')
    }
    log.trace(`Authorizer result body before parsing: ${result.payload}`)
    const verdict = verdictOf(result.payload)
    if (!verdict) throw authorizerError(invocation)
    return {...verdict, latency: this.millis() - askedAt}
  }
}

/** Wording of the log and the response type as reported from the service, for whatever goes wrong with an authorizer. */
function authorizerError(invocation: Invocation): GatewayFault {
  configurationError(invocation, 'Authorizer error')
  return new GatewayFault('AUTHORIZER_CONFIGURATION_ERROR')
}

function isSigned({request}: Invocation): boolean {
  const authorization = header(request.headers, 'authorization') ?? ''
  return authorization.startsWith('AWS4-HMAC-SHA256') || request.query.has('X-Amz-Signature')
}

function identifyCaller({context, request}: Invocation): void {
  const credential =
    /Credential=([^/,\s]+)/.exec(header(request.headers, 'authorization') ?? '')?.[1] ??
    request.query.get('X-Amz-Credential')?.[0]?.split('/')[0]
  Object.assign(context.identity, {
    accessKey: credential,
    accountId: ACCOUNT_ID,
    caller: credential,
    user: credential,
    userArn: `arn:aws:iam::${ACCOUNT_ID}:root`,
  })
}

/** Undefined for an API without a policy. */
function resourceDecision(invocation: Invocation): Decision | undefined {
  const {policy, endpointConfiguration} = invocation.snapshot.api
  if (policy) {
    try {
      return evaluatePolicy(policy, questionOf(invocation))
    } catch {
      throw configurationError(invocation, 'Invalid resource policy')
    }
  }
  // A private API lets nobody in without a policy; the others everybody.
  if (endpointConfiguration?.types?.includes('PRIVATE')) throw policyDenial(invocation, 'none')
  return undefined
}

function questionOf(invocation: Invocation): PolicyQuestion {
  const {apiId, context, region, request} = invocation
  const conditions: Record<string, string | undefined> = {
    // Callers of the sandbox come from no VPC.
    'aws:SourceIp': String(context.identity.sourceIp),
    'aws:UserAgent': header(request.headers, 'user-agent'),
    'aws:Referer': header(request.headers, 'referer'),
    'aws:SecureTransport': 'true',
  }
  const present = Object.entries(conditions).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return {
    resource: methodArn(invocation),
    apiArn: `arn:aws:execute-api:${region}:${ACCOUNT_ID}:${apiId}`,
    conditions: Object.fromEntries(present),
    signed: isSigned(invocation),
  }
}

const methodArn = ({apiId, region, request, stage}: Invocation) =>
  `arn:aws:execute-api:${region}:${ACCOUNT_ID}:${apiId}/${stage.stageName}/${request.httpMethod}${request.path}`

function policyDenial(invocation: Invocation, decision: 'deny' | 'none'): GatewayFault {
  const arn = methodArn(invocation).replace(`:${ACCOUNT_ID}:`, `:********${ACCOUNT_ID.slice(-4)}:`)
  const suffix = decision === 'deny' ? ' with an explicit deny' : ''
  return new GatewayFault('ACCESS_DENIED', {
    member: 'Message',
    message: `User: anonymous is not authorized to perform: execute-api:Invoke on resource: ${arn}${suffix}`,
  })
}

/** The values that the authorizer goes by; undefined where one is missing or not of the wanted form. */
function identityOf(authorizer: Authorizer, invocation: Invocation): string[] | undefined {
  const byDefault = authorizer.type === 'TOKEN' ? 'method.request.header.Authorization' : ''
  const sources = (authorizer.identitySource || byDefault)
    .split(',')
    .map(source => source.trim())
    .filter(Boolean)
  const values = sources.map(source => identityValue(source, invocation))
  if (!values.every(value => value)) return undefined
  const expression = authorizer.type === 'TOKEN' ? authorizer.identityValidationExpression : undefined
  if (expression && !matchesWhole(expression, values[0]!)) return undefined
  return values as string[]
}

function identityValue(source: string, {context, request, variables}: Invocation): string | undefined {
  const [, place, name = ''] =
    /^(method\.request\.header|method\.request\.querystring|stageVariables|context)\.(.+)$/.exec(source) ?? []
  switch (place) {
    case 'method.request.header':
      return header(request.headers, name)
    case 'method.request.querystring':
      return request.query.get(name)?.at(-1)
    case 'stageVariables':
      return variables[name]
    case 'context':
      return contextText(context, name)
    default:
      return undefined
  }
}

const tokenEvent = (token: string, invocation: Invocation) => ({
  type: 'TOKEN',
  authorizationToken: token,
  methodArn: methodArn(invocation),
})

function requestEvent(invocation: Invocation) {
  const {request, resource, variables} = invocation
  const {multiValueHeaders, multiValueQueryStringParameters, ...single} = parameterMaps(invocation)
  const filled = (map: object | null) => map ?? {}
  return {
    type: 'REQUEST',
    methodArn: methodArn(invocation),
    resource: resource.path,
    path: request.path,
    httpMethod: request.httpMethod,
    headers: filled(single.headers),
    multiValueHeaders: filled(multiValueHeaders),
    queryStringParameters: filled(single.queryStringParameters),
    multiValueQueryStringParameters: filled(multiValueQueryStringParameters),
    pathParameters: filled(single.pathParameters),
    stageVariables: variables,
    requestContext: requestContextOf(invocation),
  }
}

/** Undefined where the function returned what the service cannot use: `context` takes only texts, numbers, booleans. */
function verdictOf(payload: string): Omit<Verdict, 'latency'> | undefined {
  const value = JSON.parse(payload) as Record<string, unknown> | null
  if (value === null || typeof value !== 'object') return undefined
  const {principalId, policyDocument, context = {}, usageIdentifierKey} = value
  if (
    principalId === undefined ||
    principalId === null ||
    policyDocument === null ||
    typeof policyDocument !== 'object'
  )
    return undefined
  if (context === null || typeof context !== 'object' || Array.isArray(context)) return undefined
  if (Object.values(context).some(item => typeof item === 'object' && item !== null)) return undefined
  return {
    principalId: String(principalId),
    policyDocument,
    context: Object.fromEntries(Object.entries(context).map(([name, item]) => [name, String(item)])),
    usageIdentifierKey: typeof usageIdentifierKey === 'string' ? usageIdentifierKey : undefined,
  }
}

function decide({policyDocument}: Verdict, invocation: Invocation): Decision {
  try {
    return evaluatePolicy(policyDocument, questionOf(invocation))
  } catch {
    throw authorizerError(invocation)
  }
}

/**
 * The claims of a Cognito token, which is taken for good if it is a JWT that has not expired and has one of the scopes,
 * if any are wanted. There is no user pool here to check its signature or its audience with.
 * @throws GatewayFault UNAUTHORIZED
 */
function readToken(
  authorizer: Authorizer | undefined,
  wanted: string[],
  {request, startedAt}: Invocation,
): Record<string, unknown> {
  const name = authorizer?.identitySource?.replace('method.request.header.', '') ?? 'Authorization'
  const claims = claimsOf(header(request.headers, name)?.replace(/^Bearer /, ''))
  if (!claims) throw new GatewayFault('UNAUTHORIZED')
  if (typeof claims.exp === 'number' && claims.exp * 1000 <= startedAt) {
    throw new GatewayFault('UNAUTHORIZED', {message: 'The incoming token has expired'})
  }
  const scopes = String(claims.scope ?? '').split(' ')
  if (wanted.length > 0 && !wanted.some(scope => scopes.includes(scope))) throw new GatewayFault('UNAUTHORIZED')
  return claims
}

const claimTexts = (claims: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(claims).map(([name, value]) => [name, String(value)]))

function claimsOf(token: string | undefined): Record<string, unknown> | undefined {
  const parts = token?.split('.') ?? []
  if (parts.length !== 3) return undefined
  try {
    const claims: unknown = JSON.parse(Buffer.from(parts[1]!, 'base64url').toString())
    return claims !== null && typeof claims === 'object' ? (claims as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
