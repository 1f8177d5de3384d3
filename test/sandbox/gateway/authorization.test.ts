import {expect, test} from 'vitest'
import type {SandboxOptions} from '../../../src/sandbox/server.js'
import {type DeployedApi, deployedApi, type MethodSpec, mock} from '../../support/deployed-api.js'
import {functionModules, invocationArn} from '../../support/functions.js'

const UNAUTHORIZED = {status: 401, type: 'UnauthorizedException', body: '{"message":"Unauthorized"}'}

/** An authorizer's function that goes by the token: allow, deny, or whatever else it is told. */
const JUDGE = `
let calls = 0
export const handler = async event => {
  calls++
  const token = event.authorizationToken ?? event.headers.token
  if (token === 'unauthorized') throw new Error('Unauthorized')
  if (token === 'crash') throw new Error('crash')
  if (token === 'malformed') return {principalId: 'p'}
  const Effect = token === 'deny' ? 'Deny' : 'Allow'
  const Resource = token === 'elsewhere' ? event.methodArn + '/other' : event.methodArn
  return {
    principalId: 'user-0001',
    policyDocument: {Version: '2012-10-17', Statement: [{Effect, Action: 'execute-api:Invoke', Resource}]},
    context: {calls, source: event.type},
    usageIdentifierKey: 'k'.repeat(40),
  }
}`

type Authorizer = Parameters<DeployedApi['apigateway']['createAuthorizer']>[0]

async function guarded(
  authorizer: Partial<Authorizer> = {},
  options: SandboxOptions = {},
  method: MethodSpec['method'] = {},
) {
  const api = await deployedApi({}, {functions: functionModules({judge: JUDGE}), ...options})
  const {id} = await api.apigateway.createAuthorizer({
    restApiId: api.restApiId,
    name: 'judge',
    type: 'TOKEN',
    authorizerUri: invocationArn('judge'),
    identitySource: 'method.request.header.Token',
    ...authorizer,
  } as Authorizer)
  const authorizationType = authorizer.type === 'COGNITO_USER_POOLS' ? authorizer.type : 'CUSTOM'
  await api.put(
    'GET /',
    mock('$context.authorizer.principalId $context.authorizer.calls $context.authorizer.source', {
      authorizationType,
      authorizerId: id,
      ...method,
    }),
  )
  await api.deploy()
  return api
}

const withToken = (token: string) => ({headers: {token}})

test('an authorizer that allows lets the request through, and its context reaches the integration', async () => {
  const api = await guarded()
  await api.logAt('INFO')
  const answer = await api.call('GET /', withToken('allow-kwef5a'))
  expect(answer).toMatchObject({status: 200, body: 'user-0001 1 TOKEN'})
  expect((await api.lines(answer.headers.get('x-amzn-requestid'))).slice(0, 6)).toEqual([
    expect.stringContaining('Extended Request Id'),
    expect.stringMatching(/^Starting authorizer: \w+ for request: \{id\}$/),
    'Incoming identity: ******kwef5a',
    'Using valid authorizer policy for principal: ***r-0001',
    'Successfully completed authorizer execution',
    'Verifying Usage Plan for request: {id}. API Key:  API Stage: {api}/prod',
  ])
})

test.each([
  [
    'denies',
    'deny',
    {
      status: 403,
      type: 'AccessDeniedException',
      body: '{"message":"User is not authorized to access this resource with an explicit deny"}',
    },
  ],
  [
    'allows something else',
    'elsewhere',
    {status: 403, type: 'AccessDeniedException', body: '{"message":"User is not authorized to access this resource"}'},
  ],
  ['throws Unauthorized', 'unauthorized', UNAUTHORIZED],
  ['throws anything else', 'crash', {status: 500, type: 'AuthorizerConfigurationException', body: '{"message":null}'}],
  ['returns no policy', 'malformed', {status: 500, type: 'AuthorizerConfigurationException', body: '{"message":null}'}],
])('an authorizer that %s', async (_title, token, expected) => {
  const api = await guarded()
  expect(await api.call('GET /', withToken(token))).toMatchObject(expected)
})

test('without a token, or with one of the wrong form, the authorizer is not asked', async () => {
  const api = await guarded({identityValidationExpression: 'allow-[0-9]+'})
  await api.logAt('INFO')
  for (const init of [{}, withToken('allow-x')]) {
    const answer = await api.call('GET /', init)
    expect(answer).toMatchObject(UNAUTHORIZED)
    expect(await api.lines(answer.headers.get('x-amzn-requestid'))).toEqual([
      expect.stringContaining('Extended Request Id'),
      'Method completed with status: 401',
    ])
  }
  expect((await api.call('GET /', withToken('allow-1'))).status).toBe(200)
})

test('a verdict is kept for its time, and not at all where that is 0', async () => {
  let now = Date.UTC(2026, 10, 22)
  const api = await guarded({authorizerResultTtlInSeconds: 60}, {millis: () => now})
  const calls = async (token: string) => (await api.call('GET /', withToken(token))).body.split(' ')[1]
  expect(await calls('a')).toBe('1')
  expect(await calls('a')).toBe('1')
  expect(await calls('b')).toBe('2')
  now += 60_000
  expect(await calls('a')).toBe('3')
  const fresh = await guarded({authorizerResultTtlInSeconds: 0})
  expect((await fresh.call('GET /', withToken('a'))).body).toContain(' 1 ')
  expect((await fresh.call('GET /', withToken('a'))).body).toContain(' 2 ')
})

test('a REQUEST authorizer goes by all its identity sources', async () => {
  const api = await guarded({
    type: 'REQUEST',
    identitySource: 'method.request.header.Token, method.request.querystring.who',
  })
  expect(await api.call('GET /', withToken('x'))).toMatchObject(UNAUTHORIZED)
  expect(await api.call('GET /?who=me', withToken('x'))).toMatchObject({status: 200, body: 'user-0001 1 REQUEST'})
})

test('the authorizer may bring the API key', async () => {
  const api = await guarded({}, {}, {apiKeyRequired: true})
  await api.apigateway.updateRestApi({
    restApiId: api.restApiId,
    patchOperations: [{op: 'replace', path: '/apiKeySource', value: 'AUTHORIZER'}],
  })
  await api.deploy()
  expect((await api.call('GET /', withToken('x'))).status).toBe(403)
  const key = await api.apigateway.createApiKey({enabled: true, value: 'k'.repeat(40)})
  const plan = await api.apigateway.createUsagePlan({name: 'p', apiStages: [{apiId: api.restApiId, stage: 'prod'}]})
  await api.apigateway.createUsagePlanKey({usagePlanId: plan.id, keyId: key.id, keyType: 'API_KEY'})
  expect((await api.call('GET /', withToken('x'))).status).toBe(200)
})

test('the authorizer is asked before the key, and the key before the body', async () => {
  const api = await guarded({}, {}, {apiKeyRequired: true})
  expect(await api.call('GET /')).toMatchObject(UNAUTHORIZED)
  expect(await api.call('GET /', withToken('x'))).toMatchObject({status: 403, body: '{"message":"Forbidden"}'})
})

test('a method with IAM wants a signed request', async () => {
  const api = await deployedApi({'GET /': mock('$context.identity.accessKey', {authorizationType: 'AWS_IAM'})})
  expect(await api.call('GET /')).toMatchObject({
    status: 403,
    type: 'MissingAuthenticationTokenException',
    body: '{"message":"Missing Authentication Token"}',
  })
  const authorization =
    'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261122/us-east-1/execute-api/aws4_request, SignedHeaders=host, Signature=0'
  expect(await api.call('GET /', {headers: {authorization}})).toMatchObject({status: 200, body: 'AKIDEXAMPLE'})
})

test('a Cognito method wants a token that has not expired', async () => {
  const api = await guarded({
    type: 'COGNITO_USER_POOLS',
    authorizerUri: undefined,
    providerARNs: ['arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_abc'],
  })
  const jwt = (claims: object) => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2ln`
  expect(await api.call('GET /')).toMatchObject(UNAUTHORIZED)
  expect(await api.call('GET /', withToken('nonsense'))).toMatchObject(UNAUTHORIZED)
  expect(await api.call('GET /', withToken(jwt({exp: 1})))).toMatchObject({
    status: 401,
    body: '{"message":"The incoming token has expired"}',
  })
  expect((await api.call('GET /', withToken(jwt({sub: 'me'})))).status).toBe(200)
})

async function withPolicy(
  statements: object[],
  methods: Record<string, MethodSpec> = {'GET /open': mock('in'), 'GET /shut': mock('in')},
) {
  const api = await deployedApi(methods)
  await api.apigateway.updateRestApi({
    restApiId: api.restApiId,
    patchOperations: [
      {op: 'replace', path: '/policy', value: JSON.stringify({Version: '2012-10-17', Statement: statements})},
    ],
  })
  return api
}

const invoke = {Principal: '*', Action: 'execute-api:Invoke', Resource: 'execute-api:/*'}

test('a resource policy holds once it is deployed; what it does not allow is denied', async () => {
  const api = await withPolicy([{...invoke, Effect: 'Allow', Resource: 'execute-api:/prod/GET/open'}])
  expect((await api.call('GET /shut')).status).toBe(200)
  await api.deploy()
  expect((await api.call('GET /open')).status).toBe(200)
  expect(await api.call('GET /shut')).toMatchObject({
    status: 403,
    type: 'AccessDeniedException',
    body: `{"Message":"User: anonymous is not authorized to perform: execute-api:Invoke on resource: arn:aws:execute-api:us-east-1:********9012:${api.restApiId}/prod/GET/shut"}`,
  })
})

test('an explicit deny wins over an allow, and says so', async () => {
  const api = await withPolicy([
    {...invoke, Effect: 'Allow'},
    {...invoke, Effect: 'Deny', Resource: 'execute-api:/*/*/shut'},
  ])
  await api.deploy()
  expect((await api.call('GET /open')).status).toBe(200)
  const {body} = await api.call('GET /shut')
  expect(body).toMatch(/\/prod\/GET\/shut with an explicit deny"\}$/)
})

test.each([
  ['IpAddress', {'aws:SourceIp': ['127.0.0.0/8']}, 200],
  ['IpAddress', {'aws:SourceIp': '10.0.0.0/8'}, 403],
  ['NotIpAddress', {'aws:SourceIp': '10.0.0.0/8'}, 200],
  ['StringEquals', {'aws:SourceVpce': 'vpce-1'}, 403],
  ['StringNotEquals', {'aws:SourceVpce': 'vpce-1'}, 200],
  ['StringLike', {'aws:UserAgent': 'probe/*'}, 200],
  ['NoSuchOperator', {'aws:SourceIp': '127.0.0.1'}, 403],
])('an allow on the condition %s %j gives %i', async (operator, keys, status) => {
  const api = await withPolicy([{...invoke, Effect: 'Allow', Condition: {[operator]: keys}}])
  await api.deploy()
  expect((await api.call('GET /open', {headers: {'user-agent': 'probe/1'}})).status).toBe(status)
})
