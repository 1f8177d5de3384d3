import {request as httpRequest, type IncomingMessage} from 'node:http'
import {request as httpsRequest} from 'node:https'
import type {Integration} from '@aws-sdk/client-api-gateway'
import {dumped} from '../../logs/log-writer.js'
import {type Fields, header, headerFields, removeHeader, setHeader} from '../fields.js'
import type {Invocation, MethodResponse} from '../invocation.js'
import {
  type EndpointRequest,
  type EndpointResponse,
  isBinary,
  mappedBody,
  mappedParameters,
  mappedResponse,
  remapped,
} from './endpoint.js'
import {configurationError, networkError, timeoutError} from './failures.js'

/**
 * Calls an HTTP back end. A VPC link makes no difference here: the integration's own URI is called, which on the service
 * only gives the host and the path of the call through the link.
 */
export async function invokeHttp(
  integration: Integration,
  invocation: Invocation,
  millis: () => number,
): Promise<MethodResponse> {
  const isProxy = integration.type === 'HTTP_PROXY'
  const {context, log} = invocation
  const request = isProxy ? proxyRequest(integration, invocation) : customRequest(integration, invocation)
  const url = urlOf(integration, request, invocation)
  log.trace(`Endpoint request URI: ${url}`)
  log.trace(`Endpoint request headers: ${dumped(request.headers)}`)
  log.trace(`Endpoint request body after transformations: ${request.body}`)
  log.trace(`Sending request to ${url}`)
  const method = integration.httpMethod === 'ANY' ? invocation.request.httpMethod : integration.httpMethod
  const sentAt = millis()
  let endpoint: EndpointResponse
  try {
    endpoint = await send(url, method ?? 'GET', request, integration)
  } catch (error) {
    log.phase()
    throw failureOf(error, invocation)
  }
  const latency = millis() - sentAt
  Object.assign(context, {
    integration: {status: endpoint.status, integrationStatus: endpoint.status, latency},
    integrationLatency: latency,
    integrationStatus: endpoint.status,
  })
  log.phase()
  log.trace(`Received response. Status: ${endpoint.status}, Integration latency: ${latency} ms`)
  log.trace(`Endpoint response headers: ${dumped(endpoint.headers)}`)
  log.trace(`Endpoint response body before transformations: ${endpoint.body}`)
  setHeader(endpoint.headers, 'X-Amzn-Trace-Id', String(context.xrayTraceId))
  if (!isProxy) return mappedResponse(integration, endpoint, String(endpoint.status), invocation)
  const response = proxyResponse(endpoint, invocation)
  log.trace(`Method response body after transformations: ${response.body}`)
  log.trace(`Method response headers: ${dumped(response.headers)}`)
  return response
}

/** The client's request with the mapped parameters laid over it. */
function proxyRequest(integration: Integration, invocation: Invocation): EndpointRequest {
  const {request} = invocation
  const mapped = mappedParameters(integration, invocation)
  const headers: Fields = new Map(request.headers)
  removeHeader(headers, 'host')
  for (const [name, values] of mapped.headers) setHeader(headers, name, ...values)
  addDefaults(headers, invocation)
  return {headers, query: new Map([...request.query, ...mapped.query]), path: mapped.path, body: request.body}
}

function customRequest(integration: Integration, invocation: Invocation): EndpointRequest {
  const body = mappedBody(integration, invocation)
  const request = {...mappedParameters(integration, invocation), body}
  const type = header(invocation.request.headers, 'content-type') ?? 'application/json'
  if (!header(request.headers, 'content-type')) setHeader(request.headers, 'Content-Type', type)
  if (!header(request.headers, 'accept')) setHeader(request.headers, 'Accept', 'application/json')
  addDefaults(request.headers, invocation)
  return request
}

function addDefaults(headers: Fields, {apiId, context}: Invocation): void {
  setHeader(headers, 'x-amzn-apigateway-api-id', apiId)
  setHeader(headers, 'X-Amzn-Trace-Id', String(context.xrayTraceId))
  if (!header(headers, 'user-agent')) setHeader(headers, 'User-Agent', `AmazonAPIGateway_${apiId}`)
}

/** @throws GatewayFault where the URI is no URL once its variables are filled in */
function urlOf({uri = ''}: Integration, {path, query}: EndpointRequest, invocation: Invocation): URL {
  const filled = uri
    .replace(/\$\{stageVariables\.(\w+)\}/g, (_, name: string) => invocation.variables[name] ?? '')
    .replace(/\{(\w+)\+?\}/g, (variable, name: string) => {
      const value = path.get(name)
      // What the client has encoded stays as it is.
      return value === undefined ? variable : encodeURI(value).replaceAll('%25', '%')
    })
  const absolute = /^https?:\/\//.test(filled) ? filled : `http://${filled}`
  if (/[{}]/.test(filled) || !URL.canParse(absolute)) throw configurationError(invocation, 'Invalid endpoint address')
  const url = new URL(absolute)
  for (const [name, values] of query) for (const value of values) url.searchParams.append(name, value)
  return url
}

class TimedOut extends Error {}

function send(
  url: URL,
  method: string,
  {headers, body}: EndpointRequest,
  integration: Integration,
): Promise<EndpointResponse> {
  return new Promise((resolve, reject) => {
    const start = url.protocol === 'https:' ? httpsRequest : httpRequest
    const outgoing = start(url, {
      method,
      headers: {...Object.fromEntries(headers), 'Content-Length': Buffer.byteLength(body)},
      rejectUnauthorized: !integration.tlsConfig?.insecureSkipVerification,
    })
    const timer = setTimeout(() => outgoing.destroy(new TimedOut()), integration.timeoutInMillis ?? 29_000)
    const finish = (act: () => void) => {
      clearTimeout(timer)
      act()
    }
    outgoing.once('error', error => finish(() => reject(error)))
    outgoing.once('response', response => {
      read(response).then(
        content => finish(() => resolve(content)),
        error => finish(() => reject(error)),
      )
    })
    outgoing.end(body)
  })
}

async function read(response: IncomingMessage): Promise<EndpointResponse> {
  const chunks: Buffer[] = []
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk)
  return {status: response.statusCode!, headers: headerFields(response.rawHeaders), body: Buffer.concat(chunks)}
}

function failureOf(error: unknown, invocation: Invocation) {
  if (error instanceof TimedOut) return timeoutError(invocation)
  const {code, message} = error as NodeJS.ErrnoException
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return configurationError(invocation, 'Invalid endpoint address')
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return configurationError(invocation, message)
  return networkError(invocation, message)
}

function proxyResponse(endpoint: EndpointResponse, {request, snapshot}: Invocation): MethodResponse {
  const types = snapshot.api.binaryMediaTypes
  const binary =
    isBinary(types, header(request.headers, 'accept')) || isBinary(types, header(endpoint.headers, 'content-type'))
  return {
    status: endpoint.status,
    headers: remapped(endpoint.headers),
    body: binary ? endpoint.body : endpoint.body.toString(),
  }
}
