import {isTree, listOf, numberOf, resolved, type Tree, textOf, textsOf, treeOf} from './document.js'
import type {EditedIntegration} from './source.js'

/** Reads `x-amazon-apigateway-integration`, which may refer to `components/x-amazon-apigateway-integrations`. */
export function integrationIn(root: Tree, extension: unknown): EditedIntegration | undefined {
  if (!isTree(extension)) return undefined
  const members = resolved(root, extension)
  return {
    type: upper(members.type) ?? 'MOCK',
    httpMethod: upper(members.httpMethod),
    uri: textOf(members.uri),
    connectionType: upper(members.connectionType),
    connectionId: textOf(members.connectionId),
    integrationTarget: textOf(members.integrationTarget),
    credentials: textOf(members.credentials) || undefined,
    requestParameters: textsOf(members.requestParameters),
    requestTemplates: textsOf(members.requestTemplates),
    passthroughBehavior: upper(members.passthroughBehavior),
    contentHandling: upper(members.contentHandling),
    timeoutInMillis: numberOf(members.timeoutInMillis),
    cacheNamespace: textOf(members.cacheNamespace),
    cacheKeyParameters: listOf(members.cacheKeyParameters).map(String),
    insecureSkipVerification: treeOf(members.tlsConfig).insecureSkipVerification === true,
    responseTransferMode: upper(members.responseTransferMode),
    integrationResponses: responsesIn(members),
  }
}

/** A definition has them by the pattern that selects them, the service by status. */
function responsesIn(members: Tree): EditedIntegration['integrationResponses'] {
  const responses = Object.entries(treeOf(members.responses)).flatMap(([pattern, value]) => {
    const response = treeOf(value)
    const status = textOf(response.statusCode)
    if (status === undefined) return []
    const told = {
      selectionPattern: pattern === 'default' ? undefined : pattern,
      responseParameters: textsOf(response.responseParameters),
      responseTemplates: textsOf(response.responseTemplates),
      contentHandling: upper(response.contentHandling),
    }
    return [[status, told]]
  })
  return Object.fromEntries(responses)
}

const upper = (value: unknown) => textOf(value)?.toUpperCase() || undefined
