import type {SandboxOptions} from '../../src/sandbox/server.js'
import {type DeployedApi, deployedApi, type MethodSpec, mock} from './deployed-api.js'
import {functionModules, invocationArn} from './functions.js'

const FUNCTIONS = {
  good: "export const handler = async () => ({statusCode: 200, body: 'ok'})",
  error: "export const handler = async () => { throw new Error('boom') }",
  malformed: "export const handler = async () => ({status: 'ok'})",
  slow: 'export const handler = () => new Promise(resolve => setTimeout(() => resolve({statusCode: 200}), 1_000))',
  judge: `export const handler = async ({authorizationToken: token, methodArn}) => {
    if (token === 'unauthorized') throw new Error('Unauthorized')
    if (token === 'crash') throw new Error('crash')
    const Statement = [{Effect: token === 'deny' ? 'Deny' : 'Allow', Action: 'execute-api:Invoke', Resource: methodArn}]
    return {principalId: 'user-0001', policyDocument: {Version: '2012-10-17', Statement}}
  }`,
}

export const GOOD_KEY = `${'g'.repeat(34)}bMZHBg`
export const OTHER_KEY = `${'o'.repeat(34)}gE96dR`
const SPENT_KEY = `${'s'.repeat(34)}F0yrv6`
const FAST_KEY = `${'f'.repeat(34)}fA5tK3`

const proxy = (name: string, timeoutInMillis = 29_000): MethodSpec => ({
  integration: {type: 'AWS_PROXY', integrationHttpMethod: 'POST', uri: invocationArn(name), timeoutInMillis},
})
const http = (uri: string): MethodSpec => ({integration: {type: 'HTTP_PROXY', integrationHttpMethod: 'GET', uri}})

/** Calls that fail, each in its way; what API Gateway then answers, and what is the cause. */
export const FAILURES: {
  cause: string
  status: number
  route: string
  headers?: Record<string, string>
  body?: string
}[] = [
  {cause: 'lambda-permission', status: 500, route: 'GET /missing'},
  {cause: 'malformed-proxy-response', status: 502, route: 'GET /malformed'},
  {cause: 'function-error', status: 502, route: 'GET /error'},
  {cause: 'timeout', status: 504, route: 'GET /slow'},
  {cause: 'mapping-template', status: 500, route: 'GET /template'},
  {cause: 'no-output-mapping', status: 500, route: 'GET /unmapped'},
  {cause: 'invalid-endpoint', status: 500, route: 'GET /nowhere'},
  {cause: 'network', status: 504, route: 'GET /closed'},
  {cause: 'invalid-body', status: 400, route: 'POST /orders', body: '{}', headers: {'x-shop': 'a'}},
  {cause: 'missing-parameters', status: 400, route: 'POST /orders', body: '{"email": "a@b"}'},
  {cause: 'key-missing', status: 403, route: 'GET /keyed'},
  {cause: 'key-not-on-plan', status: 403, route: 'GET /keyed', headers: {'x-api-key': OTHER_KEY}},
  {cause: 'quota-exceeded', status: 429, route: 'GET /keyed', headers: {'x-api-key': SPENT_KEY}},
  {cause: 'rate-exceeded', status: 429, route: 'GET /keyed', headers: {'x-api-key': FAST_KEY}},
  {cause: 'rate-exceeded', status: 429, route: 'GET /limited'},
  {cause: 'authorizer-denied', status: 403, route: 'GET /guarded', headers: {token: 'deny'}},
  {cause: 'authorizer-denied', status: 401, route: 'GET /guarded', headers: {token: 'unauthorized'}},
  {cause: 'authorizer-failure', status: 500, route: 'GET /guarded', headers: {token: 'crash'}},
  {cause: 'token-missing', status: 401, route: 'GET /guarded'},
  {cause: 'refused', status: 403, route: 'GET /signed'},
]

/** An API called `pets` on which each of `FAILURES` fails; `GET /good/{id}` works. */
export async function failingApi(options: SandboxOptions = {}): Promise<DeployedApi> {
  const api = await deployedApi({}, {functions: functionModules(FUNCTIONS), ...options})
  const {apigateway, restApiId} = api
  await apigateway.createModel({
    restApiId,
    name: 'Order',
    contentType: 'application/json',
    schema: JSON.stringify({type: 'object', required: ['email'], properties: {email: {type: 'string'}}}),
  })
  const validator = await apigateway.createRequestValidator({
    restApiId,
    name: 'all',
    validateRequestBody: true,
    validateRequestParameters: true,
  })
  const authorizer = await apigateway.createAuthorizer({
    restApiId,
    name: 'judge',
    type: 'TOKEN',
    authorizerUri: invocationArn('judge'),
    identitySource: 'method.request.header.Token',
    authorizerResultTtlInSeconds: 0,
  })
  const methods: Record<string, MethodSpec> = {
    'GET /good/{id}': proxy('good'),
    'GET /missing': proxy('missing'),
    'GET /malformed': proxy('malformed'),
    'GET /error': proxy('error'),
    'GET /slow': proxy('slow', 50),
    'GET /template': {integration: {requestTemplates: {'application/json': '{"statusCode": "ok"}'}}},
    'GET /unmapped': {integration: {...proxy('good').integration, type: 'AWS', requestTemplates: {}}, responses: []},
    'GET /nowhere': http('http://backend.invalid/'),
    'GET /closed': http('http://127.0.0.1:1/'),
    'POST /orders': mock('ok', {
      requestValidatorId: validator.id,
      requestModels: {'application/json': 'Order'},
      requestParameters: {'method.request.header.X-Shop': true},
    }),
    'GET /keyed': mock('ok', {apiKeyRequired: true}),
    'GET /limited': mock('ok'),
    'GET /guarded': mock('ok', {authorizationType: 'CUSTOM', authorizerId: authorizer.id}),
    'GET /signed': mock('ok', {authorizationType: 'AWS_IAM'}),
  }
  for (const [route, spec] of Object.entries(methods)) await api.put(route, spec)
  await api.deploy()
  await issue(api, 'gold', GOOD_KEY, {})
  await issue(api, 'spent', SPENT_KEY, {quota: {limit: 1, period: 'DAY', offset: 0}})
  await issue(api, 'fast', FAST_KEY, {throttle: {rateLimit: 0.001, burstLimit: 1}})
  await apigateway.createApiKey({name: 'other', value: OTHER_KEY, enabled: true})
  return api
}

type Plan = Parameters<DeployedApi['apigateway']['createUsagePlan']>[0]

async function issue({apigateway, restApiId}: DeployedApi, name: string, value: string, plan: Partial<Plan>) {
  const {id: usagePlanId} = await apigateway.createUsagePlan({
    name,
    apiStages: [{apiId: restApiId, stage: 'prod'}],
    ...plan,
  })
  const {id: keyId} = await apigateway.createApiKey({name, value, enabled: true})
  await apigateway.createUsagePlanKey({usagePlanId, keyId, keyType: 'API_KEY'})
}

/** Uses the limits up, lets the stage log, and calls what fails. */
export async function failAll(api: DeployedApi, {dataTrace = false, level = 'INFO' as 'INFO' | 'ERROR'} = {}) {
  await api.patchStage({
    '/~1limited/GET/throttling/rateLimit': '0.001',
    '/~1limited/GET/throttling/burstLimit': '1',
  })
  for (const value of [SPENT_KEY, FAST_KEY]) await api.call('GET /keyed', {headers: {'x-api-key': value}})
  await api.call('GET /limited')
  await api.logAt(level, dataTrace)
  // A method with a setting of its own has all of its settings to itself.
  await api.patchStage({
    '/~1limited/GET/logging/loglevel': level,
    '/~1limited/GET/logging/dataTrace': String(dataTrace),
  })
  const ids: string[] = []
  for (const {route, headers, body, status} of FAILURES) {
    const answer = await api.call(route, {...(headers && {headers}), ...(body !== undefined && {body})})
    if (answer.status !== status) throw new Error(`${route} answered ${answer.status}: ${answer.body}`)
    ids.push(answer.headers.get('x-amzn-requestid') ?? '')
  }
  return ids
}
