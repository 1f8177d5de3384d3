import {ACCOUNT_ID} from '../../../src/sandbox/service.js'
import {invocationArn} from '../functions.js'

/** The schemas that a model may have; each tells two of the bodies below apart. */
export const SCHEMAS = {
  One: (_api: string, variant: number) => ({
    type: 'object',
    required: ['a'],
    properties: {a: {type: ['integer', 'string', 'boolean'][variant]}},
  }),
  Two: (api: string, variant: number) => ({
    type: 'object',
    required: ['b'],
    properties: {b: variant === 2 ? {$ref: `https://apigateway.amazonaws.com/restapis/${api}/models/Shared`} : {}},
    ...(variant === 1 && {additionalProperties: false}),
  }),
  Shared: (_api: string, variant: number) => ({type: ['integer', 'string', 'boolean'][variant]}),
}

/** The value of the key that is good on all stages. */
export const KEY = 'k'.repeat(40)

/** An authorizer that lets tokens with its letter in. */
const GATE = (letter: string) => `
export const handler = async event => {
  const token = event.authorizationToken ?? ''
  const Effect = token.includes('${letter}') ? 'Allow' : 'Deny'
  const Statement = [{Effect, Action: 'execute-api:Invoke', Resource: '*'}]
  return {principalId: 'p', policyDocument: {Version: '2012-10-17', Statement}}
}`

/** A function that says what it was asked. */
const ECHO = (name: string) => `
export const handler = async ({httpMethod, path, body}) =>
  ({statusCode: 200, body: JSON.stringify({by: '${name}', httpMethod, path, body})})`

const mock = (body: string, members: object = {}, integration: object = {}) => ({
  ...members,
  responses: {'200': {description: 'ok'}},
  'x-amazon-apigateway-integration': {
    type: 'mock',
    requestTemplates: {'application/json': '{"statusCode": 200}'},
    responses: {default: {statusCode: '200', responseTemplates: {'application/json': body}}},
    ...integration,
  },
})

const jsonBody = (model: string) => ({content: {'application/json': {schema: {$ref: `#/components/schemas/${model}`}}}})

const validated = (model: string, validator: string) =>
  mock(model, {
    'x-amazon-apigateway-request-validator': validator,
    parameters: [{name: 'q', in: 'query', required: true}],
    requestBody: jsonBody(model),
  })

/** The fixed routes. */
export const definition = (backEndUrl: string) => ({
  openapi: '3.0.1',
  info: {title: 'random', version: '1'},
  paths: {
    '/fixed/key': {get: mock('key', {security: [{key: []}]})},
    '/fixed/authorizer': {get: mock('authorizer', {security: [{fixed: []}]})},
    '/fixed/alpha': {get: mock('alpha', {security: [{alpha: []}]})},
    '/fixed/beta': {get: mock('beta', {security: [{beta: []}]})},
    '/fixed/either': {get: mock('either', {security: [{alpha: []}]})},
    '/fixed/pool': {get: mock('pool', {security: [{pool: []}]})},
    '/fixed/media': {post: mock('media', {}, {passthroughBehavior: 'never'})},
    '/fixed/broken': {get: mock('broken', {}, {responses: {}})},
    '/fixed/long': {get: mock('l'.repeat(40))},
    '/fixed/short': {get: mock('short')},
    '/fixed/policy': {get: mock('policy')},
    '/fixed/bytes': {
      get: {
        responses: {},
        'x-amazon-apigateway-integration': {type: 'http_proxy', httpMethod: 'GET', uri: `${backEndUrl}/bytes`},
      },
    },
    '/fixed/checked': {
      post: mock('checked', {
        'x-amazon-apigateway-request-validator': 'all',
        parameters: [{name: 'q', in: 'query', required: true}],
        requestBody: jsonBody('One'),
      }),
    },
    '/fixed/keyed': {get: mock('keyed')},
    '/fixed/one': {post: validated('One', 'all')},
    '/fixed/two': {post: validated('Two', 'all')},
    '/fixed/shared': {post: validated('Holder', 'all')},
    '/fixed/bodied': {post: validated('Fixed', 'body')},
    '/fixed/guarded': {
      post: mock('guarded', {
        parameters: [{name: 'q', in: 'query', required: true}],
        requestBody: jsonBody('Fixed'),
      }),
    },
  },
  components: {
    schemas: {
      Fixed: {type: 'object', required: ['f']},
      Holder: {type: 'object', properties: {b: {$ref: '#/components/schemas/Shared'}}},
      One: SCHEMAS.One('', 0),
      Two: SCHEMAS.Two('', 0),
      Shared: {type: 'integer'},
    },
    securitySchemes: {
      key: {type: 'apiKey', name: 'x-api-key', in: 'header'},
      fixed: gate('gate-a', 'X-Fixed'),
      alpha: gate('gate-a', 'X-Token'),
      beta: gate('gate-b', 'X-Token'),
      pool: {
        ...{type: 'apiKey', name: 'X-Jwt', in: 'header', 'x-amazon-apigateway-authtype': 'cognito_user_pools'},
        'x-amazon-apigateway-authorizer': {
          type: 'cognito_user_pools',
          providerARNs: ['arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_a'],
        },
      },
    },
  },
  'x-amazon-apigateway-request-validators': {
    all: {validateRequestBody: true, validateRequestParameters: true},
    body: {validateRequestBody: true, validateRequestParameters: false},
    parameters: {validateRequestBody: false, validateRequestParameters: true},
  },
  'x-amazon-apigateway-policy': JSON.parse(policy([], 2, '')),
})

function gate(name: string, header: string) {
  return {
    ...{type: 'apiKey', name: header, in: 'header', 'x-amazon-apigateway-authtype': 'custom'},
    'x-amazon-apigateway-authorizer': {
      type: 'token',
      authorizerUri: invocationArn(name),
      identityValidationExpression: '.*',
      // Verdicts that are kept would show what was deployed before.
      authorizerResultTtlInSeconds: 0,
    },
  }
}

/** The same policy in several forms. */
export function policy(denied: readonly string[], form: number, apiId: string): string {
  const everything = [`arn:aws:execute-api:us-east-1:${ACCOUNT_ID}:${apiId}/*`, 'execute-api:/*']
  const Principal = form % 2 === 0 ? '*' : {AWS: '*'}
  const Action = form > 1 ? ['execute-api:Invoke'] : 'execute-api:Invoke'
  const all = {Principal, Action, Resource: form > 1 ? ['execute-api:/*'] : everything[form % 2]}
  const agents = form % 2 === 0 ? denied : [...denied].reverse()
  const condition = {StringEquals: {'aws:UserAgent': agents.length === 1 && form > 1 ? agents[0] : agents}}
  const allow = {Effect: 'Allow', ...all, ...(form > 0 && {Sid: 'Allow'})}
  const deny = denied.length > 0 ? [{Effect: 'Deny', ...all, Condition: condition}] : []
  const statements = form % 2 === 0 ? [allow, ...deny] : [...deny, allow]
  const Statement = statements.length === 1 && form > 1 ? statements[0] : statements
  return JSON.stringify(form > 2 ? {Statement, Version: '2012-10-17'} : {Version: '2012-10-17', Statement})
}

const ECHOES = ['echo-a', 'echo-b', 'echo-a-get', 'echo-b-get']

/** The functions behind authorizers and routes. */
export const FUNCTIONS = {
  ...{'gate-a': GATE('a'), 'gate-b': GATE('b')},
  ...Object.fromEntries(ECHOES.map(name => [name, ECHO(name)])),
}
