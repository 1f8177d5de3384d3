import type {Location} from './location.js'
import {Problem} from './problem.js'
import {quoted} from './quoting.js'
import {variablesOf} from './route-paths.js'

/** What is to be behind a method. */
export interface NewIntegration {
  type: 'MOCK' | 'HTTP_PROXY' | 'AWS_PROXY'
  uri?: string | undefined
  /** The method that the backend is called with. */
  httpMethod?: string | undefined
  /** What of the request goes where, such as `integration.request.path.id` from `method.request.path.id`. */
  requestParameters: Record<string, string>
  /** Template of the request for application/json. */
  requestTemplate?: string | undefined
  /** Template of the answer with status 200 for application/json; only of a mock. */
  body?: string | undefined
}

/**
 * Answers 200 without a backend.
 * @param body mapping template of the answer
 */
function mockIntegration(body: string): NewIntegration {
  return {type: 'MOCK', requestParameters: {}, requestTemplate: '{"statusCode": 200}', body}
}

/**
 * Passes requests on to a URL. Variables of the path may stand in it, `/pets/{id}` to `https://example.com/{id}`.
 * @throws Problem usage for what is not such a URL
 */
function httpIntegration(url: string, {method, path}: Route): NewIntegration {
  if (!/^https?:\/\/[^\s/]+/.test(url) || /\s/.test(url)) {
    throw new Problem('usage', `"${url}" is not a URL to pass requests on to.`, 'It begins with http:// or https://')
  }
  // The + of {proxy+} belongs to the path alone; ${stageVariables.x} is none of ours.
  const uri = url.replaceAll(/(?<!\$)\{([\w.:-]+)\+\}/g, '{$1}')
  const wanted = [...uri.matchAll(/(?<!\$)\{([\w.:-]+)\}/g)].map(match => match[1] ?? '')
  const stranger = wanted.find(name => !variablesOf(path).includes(name))
  if (stranger !== undefined) {
    throw new Problem('usage', `{${stranger}} in the URL is not a part of the path ${path}.`)
  }
  const parameters = wanted.map(name => [`integration.request.path.${name}`, `method.request.path.${name}`])
  return {type: 'HTTP_PROXY', uri, httpMethod: method, requestParameters: Object.fromEntries(parameters)}
}

const FUNCTION_NAME = /^(?:[\w-]|\$\{stageVariables\.\w+\})+(?::[\w$-]+)?$/
/** Region and name, with alias, of a function. */
const FUNCTION_ARN = /^arn:[\w-]+:lambda:([\w-]+):\d{12}:function:(.+)$/

/** In whose name and where something is done. */
export interface Caller {
  accountId: string
  location: Location
}

/** What is to be behind a method, as somebody said it: one of the three. */
export interface Wanted {
  mock: boolean
  mockBody?: string | undefined
  http?: string | undefined
  /** NAME, NAME:ALIAS or ARN of a function. */
  lambda?: string | undefined
}

export interface Backend {
  integration: NewIntegration
  /** The commands by which a backend lets an API in; none where nothing of the kind is needed. */
  permissionsFor(apiId: string): string[]
}

/**
 * What somebody wants behind a method.
 * @param caller asked for only where there is a function
 * @throws Problem usage
 */
export async function backendOf(wanted: Wanted, route: Route, caller: () => Promise<Caller>): Promise<Backend> {
  const none = () => []
  if (wanted.http !== undefined) return {integration: httpIntegration(wanted.http, route), permissionsFor: none}
  if (wanted.lambda === undefined)
    return {integration: mockIntegration(wanted.mockBody ?? MOCK_BODY), permissionsFor: none}
  const ref = checkFunction(wanted.lambda)
  const who = await caller()
  const arn = arnOf(ref, who)
  return {
    integration: lambdaIntegration(arn, who.location),
    permissionsFor: apiId => [permissionCommand(arn, {...route, apiId}, who)],
  }
}

interface Route {
  method: string
  path: string
}

const MOCK_BODY = '{"message": "ok"}'

function checkFunction(ref: string): string {
  const name = FUNCTION_ARN.exec(ref)?.[2] ?? ref
  if (FUNCTION_NAME.test(name)) return ref
  throw new Problem('usage', `"${ref}" is not a Lambda function.`, 'Give its name, NAME:ALIAS, or its ARN.')
}

const arnOf = (ref: string, {accountId, location: {partition, region}}: Caller) =>
  FUNCTION_ARN.test(ref) ? ref : `arn:${partition}:lambda:${region}:${accountId}:function:${ref}`

/** The Region of a function may be another than the API's. */
const regionOf = (arn: string) => FUNCTION_ARN.exec(arn)?.[1] ?? ''

/**
 * Passes requests on to a Lambda function as proxy events. The service calls it with POST whatever the method is.
 * Source: PutIntegration, API reference.
 */
function lambdaIntegration(arn: string, {partition}: Location): NewIntegration {
  const uri = `arn:${partition}:apigateway:${regionOf(arn)}:lambda:path/2015-03-31/functions/${arn}/invocations`
  return {type: 'AWS_PROXY', uri, httpMethod: 'POST', requestParameters: {}}
}

/** Source: Lambda permissions, Developer Guide; `*` stands for every stage, for ANY, and for a variable part. */
function permissionCommand(arn: string, route: Route & {apiId: string}, {accountId, location}: Caller): string {
  const method = route.method === 'ANY' ? '*' : route.method
  const path = route.path.replaceAll(/\{[^}]+\}/g, '*')
  const api = `arn:${location.partition}:execute-api:${location.region}:${accountId}:${route.apiId}`
  return grantCommand(arn, `apigw-${route.apiId}-${route.method}${route.path}`, `${api}/*/${method}${path}`)
}

/**
 * The command that lets API Gateway call a function.
 * @param id names the permission among those of the function
 * @param sourceArn what may call it: methods of an API, or an authorizer
 */
export function grantCommand(arn: string, id: string, sourceArn: string): string {
  const statement = id.replaceAll(/[^\w-]+/g, '-').slice(0, 100)
  return [
    `aws lambda add-permission --function-name '${arn}' --region ${regionOf(arn)} --statement-id ${statement}`,
    `--action lambda:InvokeFunction --principal apigateway.amazonaws.com --source-arn ${quoted(sourceArn)}`,
  ].join(' ')
}
