import type {Integration, IntegrationResponse, PutIntegrationRequest} from '@aws-sdk/client-api-gateway'
import {badRequest} from '../errors.js'
import {isTree, listOf, present, resolve, type Tree, textOf, treeOf} from './document.js'
import type {Findings} from './findings.js'

const TYPES: readonly string[] = ['HTTP', 'MOCK', 'AWS_PROXY', 'HTTP_PROXY', 'AWS']
const DEFAULT_TIMEOUT = 29_000

/** Where an integration stands, for what is said about it. */
export interface Place {
  path: string
  method: string
}

/** Members without which an integration cannot be read at all. That there are no others is assumed. */
const ESSENTIAL: readonly string[] = ['type', 'uri', 'httpMethod']

/** Whether the extension is something else than an integration, or says its address in a form that is no text. */
export function isMalformed(root: Tree, extension: unknown): boolean {
  if (extension === undefined) return false
  const members = resolve(root, extension)
  const isText = (value: unknown) => value === undefined || value === null || textOf(value) !== undefined
  return !isTree(extension) || !ESSENTIAL.every(name => isText(members[name]))
}

type IntegrationInput = Omit<PutIntegrationRequest, 'restApiId' | 'resourceId' | 'httpMethod'>

/** Reads `x-amazon-apigateway-integration`, which may refer to `components/x-amazon-apigateway-integrations`. */
export class IntegrationReader {
  readonly #members: Tree

  constructor(
    root: Tree,
    extension: unknown,
    private readonly place: Place,
    private readonly findings: Findings,
  ) {
    this.#members = resolve(root, extension)
  }

  /** @throws ServiceError BadRequestException for a type that is missing or unknown */
  integration(): IntegrationInput {
    const type = this.#text('type')?.toUpperCase() ?? ''
    // Assumed wording, after the service's `Enumeration value for HttpMethod must be non-empty`.
    if (!TYPES.includes(type)) throw badRequest('Enumeration value for IntegrationType must be non-empty')
    const isMock = type === 'MOCK'
    const timeout = this.#text('timeoutInMillis')
    const keys = listOf(this.#members.cacheKeyParameters).map(String)
    const {insecureSkipVerification} = treeOf(this.#members.tlsConfig)
    return present({
      type: type as IntegrationInput['type'],
      // A mock has no back end: the service drops the method, as recorded.
      integrationHttpMethod: isMock ? undefined : this.#text('httpMethod')?.toUpperCase(),
      uri: isMock ? undefined : this.#text('uri'),
      connectionType: this.#text('connectionType')?.toUpperCase() as IntegrationInput['connectionType'],
      connectionId: this.#text('connectionId'),
      credentials: this.#text('credentials') || undefined,
      requestParameters: this.#texts('requestParameters'),
      requestTemplates: this.#texts('requestTemplates'),
      passthroughBehavior: this.#text('passthroughBehavior')?.toUpperCase(),
      cacheNamespace: this.#text('cacheNamespace'),
      cacheKeyParameters: keys.length > 0 ? keys : undefined,
      contentHandling: this.#text('contentHandling')?.toUpperCase() as IntegrationInput['contentHandling'],
      timeoutInMillis: timeout === undefined ? undefined : Number(timeout) || 0,
      tlsConfig:
        insecureSkipVerification === undefined
          ? undefined
          : {insecureSkipVerification: insecureSkipVerification === true},
      responseTransferMode: this.#text(
        'responseTransferMode',
      )?.toUpperCase() as IntegrationInput['responseTransferMode'],
      integrationTarget: this.#text('integrationTarget'),
    })
  }

  /** By status code; the key of each in the definition is the pattern that selects it. */
  responses(): IntegrationResponse[] {
    return Object.entries(treeOf(this.#members.responses)).map(([pattern, value]) => {
      const response = treeOf(value)
      return present({
        statusCode: textOf(response.statusCode),
        selectionPattern: pattern === 'default' ? undefined : pattern,
        responseParameters: this.#texts('responseParameters', response),
        responseTemplates: this.#texts('responseTemplates', response),
        contentHandling: textOf(response.contentHandling)?.toUpperCase() as IntegrationResponse['contentHandling'],
      })
    })
  }

  #text(name: string): string | undefined {
    const value = this.#members[name]
    if (value === undefined || value === null) return undefined
    const text = textOf(value)
    if (text === undefined) this.#wrongType('x-amazon-apigateway-integration', name, value)
    return text
  }

  #texts(name: string, holder: Tree = this.#members): Record<string, string> | undefined {
    if (!isTree(holder[name])) return undefined
    const texts: Record<string, string> = {}
    for (const [key, value] of Object.entries(holder[name])) {
      if (typeof value === 'string') texts[key] = value
      else if (value === null) texts[key] = ''
      else this.#wrongType(name, key, value)
    }
    return texts
  }

  #wrongType(map: string, property: string, value: unknown): void {
    const {path, method} = this.place
    const got = textOf(value) ?? JSON.stringify(value)
    this.findings.warn(
      `Invalid format for '${map}'. Expected type string for property '${property}' of resource '${path}' and method '${method}' but got '${got}'`,
    )
  }
}

/**
 * Writes `x-amazon-apigateway-integration`, without what the service fills in by itself.
 * @param resourceId the default of the cache namespace
 */
export function exportIntegration(integration: Integration, resourceId: string): Tree {
  const keys = integration.cacheKeyParameters ?? []
  const namesCache = keys.length > 0 || integration.cacheNamespace !== resourceId
  return present({
    type: integration.type?.toLowerCase(),
    httpMethod: integration.httpMethod,
    uri: integration.uri,
    connectionType: integration.connectionType === 'VPC_LINK' ? 'VPC_LINK' : undefined,
    connectionId: integration.connectionId,
    integrationTarget: integration.integrationTarget,
    credentials: integration.credentials,
    responses: exportResponses(Object.values(integration.integrationResponses ?? {})),
    requestParameters: integration.requestParameters,
    requestTemplates: integration.requestTemplates,
    passthroughBehavior: integration.passthroughBehavior?.toLowerCase(),
    contentHandling: integration.contentHandling,
    timeoutInMillis: integration.timeoutInMillis === DEFAULT_TIMEOUT ? undefined : integration.timeoutInMillis,
    cacheNamespace: namesCache ? integration.cacheNamespace : undefined,
    cacheKeyParameters: keys.length > 0 ? keys : undefined,
    tlsConfig: integration.tlsConfig,
    responseTransferMode: integration.responseTransferMode === 'STREAM' ? 'STREAM' : undefined,
  })
}

function exportResponses(responses: readonly IntegrationResponse[]): Tree | undefined {
  if (responses.length === 0) return undefined
  return Object.fromEntries(
    responses.map(({selectionPattern, ...response}) => [selectionPattern || 'default', response]),
  )
}
