import {grantCommand} from '../../integrations.js'
import {quoted} from '../../quoting.js'
import type {Clues} from './assemble.js'
import type {Phase} from './lines.js'
import type {LoggedRequest, RequestFailure} from './request.js'

/** What a cause knows about the request that failed. */
interface Case {
  request: LoggedRequest
  clues: Clues
  /** What the pattern of the cause found in the line. */
  match: RegExpExecArray
}

/** A cause that a line of the log names. */
interface Cause {
  cause: string
  line: RegExp
  message: (found: Case) => string
  hint?: (found: Case) => string | undefined
}

const STAGE_REF = (request: LoggedRequest) => `--api ${request.apiId} --stage ${quoted(request.stage)}`

/** How much of what was sent and answered is in the log. */
const isTraced = ({lines}: LoggedRequest) => lines.some(({phase}) => phase === 'request-headers')

/** What shows more: the lines of the request where there are all, else the setting that has them written. */
function seeMore({request}: Case): string {
  if (isTraced(request)) return `See it in full: ${requestCommand(request)}`
  return `Have the next one logged in full: apigw logs enable ${STAGE_REF(request)} --level full`
}

const STORY = 'apigw logs request'

const requestCommand = (request: LoggedRequest) => `${STORY} ${quoted(request.requestId)} ${STAGE_REF(request)}`

/** Whether a hint leads to everything about a request, which somebody may see already. */
export const leadsToStory = (hint: string) => hint.includes(STORY)

const FUNCTION_URL = /\/functions\/(arn:[\w-]+:lambda:([\w-]+):\d{12}:function:([\w-]+)(?::[\w$-]+)?)\/invocations/

/** The function that was called, where the data trace names it. */
function functionOf({clues}: Case) {
  const [, arn = '', region = '', name = ''] = FUNCTION_URL.exec(clues.endpoint ?? '') ?? []
  return arn ? {arn, region, name} : undefined
}

/** The log of the function itself is part of what there is about a request. */
const seeFunction = ({request}: Case) => `See what the function wrote: ${requestCommand(request)}`

const seeRoutes = ({request}: Case) => `See what is behind it: apigw routes list ${STAGE_REF(request)}`

const seeTemplates = ({request}: Case) =>
  `See the templates: apigw apis export ${STAGE_REF(request)} --extensions integrations`

/** The permission that is missing, for the method or the authorizer that wants to call. */
function permit(found: Case): string {
  const {request, clues} = found
  const called = functionOf(found)
  if (!called) return seeMore(found)
  const [, partition = '', , region = '', account = ''] = called.arn.split(':')
  const arn = (clues.sourceArn ?? `arn:${partition}:execute-api:${region}:${account}:`).split(':').slice(0, 5).join(':')
  const api = `${arn}:${request.apiId}`
  if (clues.isAuthorizing && clues.authorizer) {
    const source = `${api}/authorizers/${clues.authorizer}`
    return `Let it: ${grantCommand(called.arn, `apigw-${request.apiId}-authorizer-${clues.authorizer}`, source)}`
  }
  const [method = '*', path = '/*'] = calledAs(request, clues)
  const source = request.protocol === 'WebSocket' ? `${api}/*/${request.resource ?? '*'}` : `${api}/*/${method}${path}`
  return `Let it: ${grantCommand(called.arn, `apigw-${request.apiId}-${method}${path}`, source)}`
}

/** Method and path as a source ARN has them: `*` for ANY and for variable parts. */
function calledAs(request: LoggedRequest, {sourceArn}: Clues): [string?, string?] {
  const [, method, path] = /:[^/:]+\/[^/]+\/([^/]+)(\/.*)$/.exec(sourceArn ?? '') ?? []
  const route = [method ?? request.method, path ?? request.resource] as const
  return [route[0] === 'ANY' ? '*' : route[0], route[1]?.replaceAll(/\{[^}]+\}/g, '*')]
}

const seeAuthorizer = ({request, clues}: Case) =>
  clues.authorizer &&
  `See it: aws apigateway get-authorizer --rest-api-id ${request.apiId} --authorizer-id ${clues.authorizer}`

const keyText = ({request}: Case) => (request.keyEnding ? `The API key ending in ${request.keyEnding}` : 'The API key')

/** The value is asked for where nobody sees it: the log has its end only. */
const explainKey = ({request}: Case) => {
  const {method, resource} = request
  const route = method === undefined || resource === undefined ? '' : ` --route ${quoted(`${method} ${resource}`)}`
  return `Find out what it lacks: apigw keys explain --value-stdin ${STAGE_REF(request)}${route}`
}

const tryEndpoint = (found: Case) => {
  const {endpoint} = found.clues
  return endpoint?.startsWith('http') ? `Try it: curl --verbose --output /dev/null ${quoted(endpoint)}` : seeMore(found)
}

/**
 * Twice a limit: what to raise it to is for the user to say, but the command can be run as it is. A limit can be 0, and
 * the log has two digits of it.
 */
const doubled = (limit: string | undefined) => String(Math.max(1, Number(limit) * 2))

/**
 * The known causes, and the lines they leave. Of several rows that fit a line, the first; of several such lines, the
 * first too: what follows it only says what became of it.
 *
 * Sources: recorded logs, and S: public reports. The texts of "configuration error" are those of re:Post articles
 * api-gateway-500-error-vpc, api-gateway-ssl-certificate-backend, api-gateway-internal-server-error,
 * api-gateway-lambda-template-invoke-error, of stackoverflow.com/q/40149788 and of issues of LocalStack and Serverless.
 */
const CAUSES: readonly Cause[] = [
  {
    cause: 'lambda-permission',
    line: /configuration error: Invalid permissions on Lambda function/,
    message: found =>
      `API Gateway may not call the Lambda function ${functionOf(found)?.name ?? ''}`.trimEnd() +
      (found.clues.isAuthorizing ? ' of the authorizer.' : ', or there is no such function.'),
    hint: permit,
  },
  {
    cause: 'malformed-proxy-response',
    line: /configuration error: Malformed Lambda proxy response/,
    message: () =>
      'The function answered, but not with {statusCode, headers, body}, where body is a text and nothing else is there.',
    hint: seeMore,
  },
  {
    cause: 'function-timeout',
    line: /^Lambda execution failed .*customer function error: .*Task timed out after ([\d.]+) seconds/s,
    message: ({match}) => `The Lambda function was stopped by its own timeout of ${Number(match[1])} s.`,
    hint: found => {
      const called = functionOf(found)
      if (!called) return seeMore(found)
      const seconds = Math.min(29, Math.ceil(Number(found.match[1]) * 2))
      return `Give it longer: aws lambda update-function-configuration --function-name ${called.name} --region ${called.region} --timeout ${seconds}`
    },
  },
  {
    cause: 'function-error',
    line: /^Lambda execution failed with status \d+ due to customer function error: (.*?)(?:\. Lambda request id: [\w-]+)?$/s,
    message: ({match}) => `The Lambda function failed: ${match[1]}`,
    hint: seeFunction,
  },
  {
    cause: 'lambda-throttled',
    line: /^Lambda invocation failed with status: 429|configuration error: Rate Exceeded/i,
    message: () => 'Lambda throttled the call: the function, or the account, is at its limit of concurrent executions.',
    hint: found => {
      const called = functionOf(found)
      if (!called) return 'See the limit of the account: aws lambda get-account-settings'
      return `See the limit: aws lambda get-function-concurrency --function-name ${called.name} --region ${called.region}`
    },
  },
  {
    cause: 'lambda-refused',
    line: /^Lambda invocation failed with status: (\d+)/,
    message: ({match}) =>
      `Lambda refused the call with ${match[1]}. With 403, the integration may use another HTTP method than POST.`,
    hint: found => `See the integration: apigw apis export ${STAGE_REF(found.request)} --extensions integrations`,
  },
  {
    cause: 'integration-role',
    line: /API Gateway does not have permission to assume the provided role (\S+)/,
    message: ({match}) => `API Gateway may not assume the role ${match[1]}.`,
    hint: ({match}) =>
      `See whom it trusts: aws iam get-role --role-name ${quoted(match[1]!.split('/').at(-1)!)} --query Role.AssumeRolePolicyDocument`,
  },
  {
    cause: 'mapping-template',
    line: /configuration error: (Unable to transform (?:request|response).*|.*statusCode should be an integer.*|Unable to parse statusCode.*)/is,
    message: ({match}) => `A mapping template failed: ${match[1]}`,
    hint: seeTemplates,
  },
  {
    cause: 'no-output-mapping',
    line: /configuration error: No match for output mapping .*Endpoint Response Status Code: (\d+)/s,
    message: ({match}) => `The integration answered ${match[1]}, for which no integration response is defined.`,
    hint: seeTemplates,
  },
  {
    cause: 'no-output-mapping',
    line: /configuration error: Output mapping refers to an invalid method response: (\d+)/,
    message: ({match}) => `The integration response leads to ${match[1]}, which is no response of the method.`,
    hint: seeTemplates,
  },
  {
    cause: 'authorizer-failure',
    line: /configuration error: Authorizer|^AuthorizerConfigurationException/,
    message: () => 'The authorizer could not be asked, failed, or answered what is no policy.',
    hint: found => seeAuthorizer(found) ?? seeMore(found),
  },
  {
    cause: 'authorizer-failure',
    line: /^Gateway response type: AUTHORIZER_/,
    message: () => 'The authorizer could not be asked, failed, or answered what is no policy.',
    hint: seeMore,
  },
  {
    cause: 'authorizer-denied',
    line: /^Gateway response type: ACCESS_DENIED/,
    message: () => 'The policy that the authorizer answered with does not allow the request.',
    hint: seeMore,
  },
  {
    cause: 'tls',
    line: /(?:configuration error|communicating with endpoint): (.*(?:does not match the certificate|PKIX|certificate|SSL|TLS|handshake).*)/is,
    message: ({match}) => `No secure connection to the backend: ${match[1]}`,
    hint: tryEndpoint,
  },
  {
    cause: 'invalid-endpoint',
    line: /configuration error: Invalid endpoint address/,
    message: () => 'The address of the backend is none, or its name is not known to DNS.',
    hint: seeRoutes,
  },
  {
    cause: 'vpc-link',
    line: /configuration error: (?:There was an internal error while executing your request|.*VPC ?link.*)/i,
    message: () => 'The backend behind the VPC link was not to be reached.',
    hint: () =>
      "See the links: aws apigateway get-vpc-links --query 'items[].[id,name,status,statusMessage]' --output table",
  },
  {
    cause: 'network',
    line: /due to a network error communicating with endpoint(?:: (.*))?/s,
    message: ({match}) => `The backend was not to be reached${match[1] ? `: ${match[1]}` : '.'}`,
    hint: tryEndpoint,
  },
  {
    cause: 'timeout',
    line: /^Execution failed due to a timeout error/,
    message: ({clues}) =>
      clues.isAuthorizing
        ? 'The authorizer did not answer in time.'
        : 'The integration did not answer in the time it has: 29 s, unless set otherwise.',
    hint: found => (functionOf(found) && !found.clues.isAuthorizing ? seeFunction(found) : seeMore(found)),
  },
  {
    cause: 'configuration',
    line: /^Execution failed due to configuration error: ?(.*)/s,
    message: ({match}) => (match[1] ? `The API is set up wrongly: ${match[1]}` : 'The API is set up wrongly.'),
    hint: seeMore,
  },
  {
    cause: 'execution',
    line: /^(Execution failed .*|Lambda execution failed .*)/s,
    message: ({match}) => match[1]!,
    hint: seeMore,
  },
  {
    cause: 'key-missing',
    line: /not authorized because .*: API Key was required but not present/s,
    message: () => 'The method wants an API key, in the header x-api-key, and none was sent.',
    hint: () => 'See which there are: apigw keys list --enabled',
  },
  {
    cause: 'stage-not-on-plan',
    line: /not authorized because .*: API Stage is not in a Usage Plan/s,
    message: ({request}) => `Stage ${request.stage} is on no usage plan: no key opens it.`,
    hint: ({request}) =>
      `Make one: apigw plans create ${quoted(`${request.api}-${request.stage}`)} --stage ${quoted(`${request.apiId}:${request.stage}`)}`,
  },
  {
    cause: 'key-not-on-plan',
    line: /^API Key .* not authorized because /,
    message: found => `${keyText(found)} is on no usage plan of stage ${found.request.stage}, disabled, or unknown.`,
    hint: explainKey,
  },
  {
    cause: 'rate-exceeded',
    line: /^API Key .* Usage Plan ID (\w+), .*Limit: ([\d.]+) Burst: (\d+)/,
    message: found =>
      `${keyText(found)} was sent more often than its usage plan allows: ${Number(found.match[2])} a second, ${found.match[3]} at once.`,
    hint: ({match}) =>
      `Raise it: apigw plans update ${match[1]} --rate ${doubled(match[2])} --burst ${doubled(match[3])}`,
  },
  {
    cause: 'rate-exceeded',
    line: /^Key throttle limit exceeded for .*Limit: ([\d.]+) Burst: (\d+)/,
    message: ({match}) =>
      `The method was called more often than it may: ${Number(match[1])} a second, ${match[2]} at once.`,
    hint: ({request, match}) => {
      const {method, resource} = request
      if (method === undefined || resource === undefined) {
        return `See the limits: apigw stages get ${quoted(request.stage)} --api ${request.apiId}`
      }
      return `Raise it: apigw stages update ${quoted(request.stage)} --api ${request.apiId} --method ${quoted(`${method} ${resource}`)} --throttle-rate ${doubled(match[1])} --throttle-burst ${doubled(match[2])}`
    },
  },
  {
    cause: 'quota-exceeded',
    line: /quota exhausted for Usage Plan ID (\w+)\. Q Limit: (\d+) Period: (\w+)/,
    message: found =>
      `${keyText(found)} has used up its quota of ${found.match[2]} requests a ${found.match[3]!.toLowerCase()}.`,
    hint: ({match}) =>
      `Raise it: apigw plans update ${match[1]} --quota ${doubled(match[2])}/${match[3]!.toLowerCase()}`,
  },
  {
    cause: 'usage-plan-error',
    line: /^Usage Plan check failed due to an internal error/,
    message: () => 'API Gateway could not check the usage plan, and served the request without its limits.',
  },
  {
    cause: 'invalid-body',
    line: /^Request body does not match model schema for content type ([^:]+): \[(.*)\]/s,
    message: ({match}) => `The body is not what the model wants: ${match[2]}`,
    hint: seeMore,
  },
  {
    cause: 'missing-parameters',
    line: /^Missing required request parameters: (.*)/,
    message: ({match}) => `Parameters that the method requires were missing: ${match[1]}`,
    hint: seeMore,
  },
  {
    cause: 'authorizer-denied',
    line: /^Unauthorized request: /,
    message: ({clues}) =>
      clues.hasVerdict
        ? 'The policy that the authorizer answered with does not allow the request.'
        : 'The authorizer did not accept the credentials.',
    hint: found => seeAuthorizer(found) ?? seeMore(found),
  },
  {
    cause: 'gateway',
    line: /^Gateway response type: (\w+) with status code: [45]/,
    message: ({match}) => `API Gateway answered by itself: ${match[1]}`,
    hint: seeMore,
  },
]

/** The lines in which a cause can be. */
const FAILURES: ReadonlySet<string> = new Set<Phase>([
  'failed',
  'function-failed',
  'gateway-response',
  'invalid-request',
  'key-refused',
  'quota',
  'throttled',
  'unauthorized',
  'usage-plan-error',
])

/** Whether a line tells of a failure. */
export const tellsFailure = (phase: string): boolean => FAILURES.has(phase)

/** Why a request failed: what a line says of it, or else what its status and the lack of lines leave. */
export function failureOf(request: LoggedRequest, clues: Clues): RequestFailure | undefined {
  for (const {phase, text} of request.lines) {
    if (!FAILURES.has(phase)) continue
    for (const {cause, line, message, hint} of CAUSES) {
      const match = line.exec(text)
      if (match) return withHint({cause, message: message({request, clues, match})}, hint?.({request, clues, match}))
    }
  }
  return silentFailure(request)
}

const withHint = (failure: RequestFailure, hint: string | undefined): RequestFailure =>
  hint === undefined ? failure : {...failure, hint}

/**
 * Failures that leave no line of their own, only a status. Only where the log has lines of success too: at level ERROR
 * their lack says nothing.
 */
function silentFailure(request: LoggedRequest): RequestFailure | undefined {
  const {status = 0, lines, protocol} = request
  const phases = new Set(lines.map(({phase}) => phase))
  if (status < 400 || protocol !== 'REST' || request.isAddition || !phases.has('extended-id')) return undefined
  const found = {request, clues: {isAuthorizing: false, hasVerdict: false}, match: /^/.exec('')!}
  if (phases.has('success')) {
    if (status < 500) return undefined
    return {cause: 'backend', message: `The backend itself answered ${status}.`, hint: seeMore(found)}
  }
  if (phases.has('start')) {
    if (status !== 400) return undefined
    return {
      cause: 'missing-parameters',
      message: 'The request lacks a parameter that the method requires; the answer to the client names it.',
      hint: seeMore(found),
    }
  }
  if (phases.has('usage-plan') || phases.has('authorizer-start')) return undefined
  if (status === 401) {
    return {
      cause: 'token-missing',
      message: 'The credentials that the authorizer goes by were not sent, or not in the form it wants.',
      hint: `See what it wants: aws apigateway get-authorizers --rest-api-id ${request.apiId}`,
    }
  }
  if (status !== 403) return undefined
  return {
    cause: 'refused',
    message: 'Refused before anything else was looked at: by AWS WAF, the resource policy, or IAM.',
    hint: `See whether WAF is before it: aws apigateway get-stage --rest-api-id ${request.apiId} --stage-name ${quoted(request.stage)} --query webAclArn`,
  }
}
