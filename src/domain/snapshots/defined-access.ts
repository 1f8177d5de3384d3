import {isTree, listOf, numberOf, type Tree, textOf, treeOf} from './document.js'
import type {EditedAuthorizer, EditedMethod} from './source.js'

/** What a method asks of its callers; an authorizer is named, a definition has no ids. */
export type Access = Pick<EditedMethod, 'apiKeyRequired' | 'authorizationType' | 'authorizerId' | 'authorizationScopes'>

/** The security schemes of a definition. */
export class Schemes {
  readonly #access = new Map<string, Access>()
  readonly authorizers: EditedAuthorizer[] = []

  constructor(schemes: Tree) {
    for (const [name, value] of Object.entries(schemes)) this.#read(name, treeOf(value))
  }

  /** What the requirements of an operation ask together. */
  asked(requirements: readonly unknown[]): Access {
    const asked: Access = {}
    for (const [name, scopes] of requirements.flatMap(requirement => Object.entries(treeOf(requirement)))) {
      const access = this.#access.get(name)
      if (access?.apiKeyRequired) asked.apiKeyRequired = true
      if (asked.authorizationType !== undefined || !access?.authorizationType) continue
      Object.assign(asked, access)
      // Scopes are for user pools only.
      if (access.authorizationType === 'COGNITO_USER_POOLS') asked.authorizationScopes = listOf(scopes).map(String)
    }
    return asked
  }

  /** Source: developer guide, x-amazon-apigateway-authorizer, x-amazon-apigateway-authtype and API keys in OpenAPI. */
  #read(name: string, scheme: Tree): void {
    if (isTree(scheme['x-amazon-apigateway-authorizer'])) {
      const authorizer = authorizerIn(name, scheme, scheme['x-amazon-apigateway-authorizer'])
      const authorizationType = authorizer.type === 'COGNITO_USER_POOLS' ? 'COGNITO_USER_POOLS' : 'CUSTOM'
      this.authorizers.push(authorizer)
      this.#access.set(name, {authorizationType, authorizerId: name})
    } else if (textOf(scheme['x-amazon-apigateway-authtype'])?.toLowerCase() === 'awssigv4') {
      this.#access.set(name, {authorizationType: 'AWS_IAM'})
    } else if (scheme.type === 'apiKey' && scheme.in === 'header' && /^x-api-key$/i.test(textOf(scheme.name) ?? '')) {
      this.#access.set(name, {apiKeyRequired: true})
    }
  }
}

function authorizerIn(name: string, scheme: Tree, members: Tree): EditedAuthorizer {
  return {
    id: name,
    name,
    type: textOf(members.type)?.toUpperCase() ?? '',
    uri: textOf(members.authorizerUri),
    credentials: textOf(members.authorizerCredentials) || undefined,
    identitySource: textOf(members.identitySource) || identitySourceOf(scheme),
    identityValidationExpression: textOf(members.identityValidationExpression),
    ttl: numberOf(members.authorizerResultTtlInSeconds),
    providerArns: listOf(members.providerARNs).map(String),
  }
}

/** `Unused` stands for several sources, which the authorizer then names itself. */
function identitySourceOf(scheme: Tree): string | undefined {
  const name = textOf(scheme.name)
  if (!name || name === 'Unused') return undefined
  return `method.request.${scheme.in === 'query' ? 'querystring' : 'header'}.${name}`
}
