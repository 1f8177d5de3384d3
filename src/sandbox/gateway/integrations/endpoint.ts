import type {Integration, IntegrationResponse} from '@aws-sdk/client-api-gateway'
import {dumped} from '../../logs/log-writer.js'
import {type Fields, header, mediaType, setHeader} from '../fields.js'
import {GatewayFault} from '../gateway-responses.js'
import type {Invocation, MethodResponse} from '../invocation.js'
import {matchesWhole} from '../java-regex.js'
import {mappedRequestValue, mappedResponseValue} from '../parameter-mapping.js'
import {renderTemplate} from '../templates.js'
import {configurationError} from './failures.js'

/** What a back end is sent, after the mappings of a custom integration. */
export interface EndpointRequest {
  /** Only what the integration maps; the client's own parameters stay behind. */
  headers: Fields
  query: Fields
  /** Values for the variables in the integration's URI. */
  path: Map<string, string>
  body: string | Buffer
}

/** What a back end answered. */
export interface EndpointResponse {
  status: number
  headers: Fields
  body: string | Buffer
}

/** The mapped parameters of an integration, overrides of its template included. Call it after `mappedBody`. */
export function mappedParameters(integration: Integration, invocation: Invocation): Omit<EndpointRequest, 'body'> {
  const mapped = {headers: new Map() as Fields, query: new Map() as Fields, path: new Map<string, string>()}
  for (const [target, source] of Object.entries(integration.requestParameters ?? {})) {
    const values = mappedRequestValue(source, invocation)
    const [, place, name = ''] = /^integration\.request\.(\w+)\.(.+)$/.exec(target) ?? []
    if (!values || !place) continue
    if (place === 'header' || place === 'multivalueheader') setHeader(mapped.headers, name, ...values)
    else if (place === 'querystring' || place === 'multivaluequerystring') mapped.query.set(name, values)
    else if (place === 'path') mapped.path.set(name, values[0]!)
  }
  const {requestOverride} = invocation.context
  for (const [name, value] of Object.entries(requestOverride.header)) setHeader(mapped.headers, name, ...texts(value))
  for (const [name, value] of Object.entries(requestOverride.querystring)) mapped.query.set(name, texts(value))
  for (const [name, value] of Object.entries(requestOverride.path)) mapped.path.set(name, String(value))
  return mapped
}

const texts = (value: unknown) => (Array.isArray(value) ? value.map(String) : [String(value)])

/**
 * The body for the back end: the client's through the template of its content type, or as it is where the integration
 * lets it pass.
 * @throws GatewayFault UNSUPPORTED_MEDIA_TYPE, or API_CONFIGURATION_ERROR for a broken template
 */
export function mappedBody(integration: Integration, invocation: Invocation): string | Buffer {
  const {request, snapshot} = invocation
  const contentType = header(request.headers, 'content-type')
  const body = incomingBody(request.body, isBinary(snapshot.api.binaryMediaTypes, contentType), integration)
  const templates = integration.requestTemplates ?? {}
  const template = templates[mediaType(contentType) ?? 'application/json']
  // An empty template is kept as null and passes the body through.
  if (template === null) return body
  if (template === undefined || typeof body !== 'string') {
    const behavior = integration.passthroughBehavior ?? 'WHEN_NO_MATCH'
    const passes = behavior === 'WHEN_NO_MATCH' || (behavior === 'WHEN_NO_TEMPLATES' && isEmpty(templates))
    if (!passes && template === undefined) throw new GatewayFault('UNSUPPORTED_MEDIA_TYPE')
    return body
  }
  try {
    return renderTemplate(template, body, invocation)
  } catch (error) {
    throw configurationError(invocation, `Unable to transform request: ${(error as Error).message}`)
  }
}

const isEmpty = (value: object) => Object.keys(value).length === 0

function incomingBody(body: Buffer, binary: boolean, {contentHandling}: Integration): string | Buffer {
  if (binary) return contentHandling === 'CONVERT_TO_TEXT' ? body.toString('base64') : body
  return contentHandling === 'CONVERT_TO_BINARY' ? Buffer.from(body.toString(), 'base64') : body.toString()
}

/** Whether a media type is among the API's binary ones; `*` stands for anything in either half. */
export function isBinary(types: string[] | undefined, contentType: string | undefined): boolean {
  const [main, sub] = (mediaType(contentType) ?? '').split('/')
  return (types ?? []).some(type => {
    const [wantedMain, wantedSub] = type.toLowerCase().split('/')
    return (wantedMain === '*' || wantedMain === main) && (wantedSub === '*' || wantedSub === sub)
  })
}

/**
 * Turns a back end's answer into the method's by the integration response that is selected.
 * @param selection what the patterns are held against: the HTTP status, or the error message of a function
 * @throws GatewayFault API_CONFIGURATION_ERROR
 */
export function mappedResponse(
  integration: Integration,
  endpoint: EndpointResponse,
  selection: string,
  invocation: Invocation,
): MethodResponse {
  const selected = selectResponse(integration, selection)
  if (!selected) {
    throw configurationError(
      invocation,
      `No match for output mapping and no default output mapping configured. Endpoint Response Status Code: ${endpoint.status}`,
    )
  }
  const response: MethodResponse = {
    status: Number(selected.statusCode),
    headers: mappedHeaders(selected, endpoint, invocation),
    body: renderedBody(selected, outgoingBody(endpoint, selected, invocation), invocation),
  }
  // Last, because the template may set them.
  const {log, context} = invocation
  const {status, header: headers} = context.responseOverride
  if (status !== undefined) response.status = Number(status)
  for (const [name, value] of Object.entries(headers)) setHeader(response.headers, name, ...texts(value))
  log.trace(`Method response body after transformations: ${response.body}`)
  log.trace(`Method response headers: ${dumped(response.headers)}`)
  return response
}

function mappedHeaders(selected: IntegrationResponse, endpoint: EndpointResponse, invocation: Invocation): Fields {
  const headers: Fields = new Map()
  // Whatever called a back end carries its trace; a mock calls none.
  const trace = header(endpoint.headers, 'x-amzn-trace-id')
  if (trace) setHeader(headers, 'X-Amzn-Trace-Id', trace)
  setHeader(headers, 'Content-Type', responseTemplate(selected, invocation)?.contentType ?? 'application/json')
  const source = {headers: endpoint.headers, body: endpoint.body.toString()}
  for (const [target, expression] of Object.entries(selected.responseParameters ?? {})) {
    const values = mappedResponseValue(expression, invocation, source)
    if (values) setHeader(headers, target.replace(/^method\.response\.header\./, ''), ...values)
  }
  return headers
}

/** @throws GatewayFault for a broken template */
function renderedBody(selected: IntegrationResponse, body: string | Buffer, invocation: Invocation): string | Buffer {
  const template = responseTemplate(selected, invocation)
  if (!template || typeof body !== 'string') return body
  try {
    return renderTemplate(template.text, body, invocation)
  } catch (error) {
    throw configurationError(invocation, `Unable to transform response: ${(error as Error).message}`)
  }
}

const REMAPPED = new Set([
  // Recorded: test_http_integration_with_lambda[HTTP_PROXY].
  'connection',
  'content-length',
  'date',
  'x-amzn-requestid',
  // Documented among those that "may be remapped".
  'server',
  'upgrade',
  'www-authenticate',
])

/** The headers of a proxied answer as the client gets them: those that the gateway sets itself go by another name. */
export function remapped(headers: Fields): Fields {
  const names = [...headers].filter(([name]) => name.toLowerCase() !== 'transfer-encoding')
  return new Map(
    names.map(([name, values]) => [REMAPPED.has(name.toLowerCase()) ? `x-amzn-Remapped-${name}` : name, values]),
  )
}

/** The first whose pattern matches the whole text, else the one without a pattern. */
function selectResponse(integration: Integration, selection: string): IntegrationResponse | undefined {
  const responses = Object.values(integration.integrationResponses ?? {})
  const matching = responses.find(({selectionPattern}) => selectionPattern && matchesWhole(selectionPattern, selection))
  return matching ?? responses.find(({selectionPattern}) => !selectionPattern)
}

function outgoingBody(
  {body}: EndpointResponse,
  {contentHandling}: IntegrationResponse,
  {request, snapshot}: Invocation,
) {
  const wanted = isBinary(snapshot.api.binaryMediaTypes, header(request.headers, 'accept'))
  if (contentHandling === 'CONVERT_TO_BINARY') return Buffer.from(body.toString(), 'base64')
  if (contentHandling === 'CONVERT_TO_TEXT') return Buffer.from(body).toString('base64')
  return wanted ? body : body.toString()
}

function responseTemplate({responseTemplates = {}}: IntegrationResponse, {request}: Invocation) {
  const accepted = mediaType(header(request.headers, 'accept')) ?? ''
  const contentType = [accepted, 'application/json', ...Object.keys(responseTemplates)].find(type =>
    Object.hasOwn(responseTemplates, type),
  )
  const text = contentType === undefined ? undefined : responseTemplates[contentType]
  // An empty template is kept as null and passes the body through.
  return contentType === undefined || !text ? undefined : {contentType, text}
}
