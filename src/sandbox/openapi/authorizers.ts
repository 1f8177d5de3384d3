import type {Authorizer, Method} from '@aws-sdk/client-api-gateway'
import type {RestApiRecord} from '../store.js'
import type {Definition} from './definition.js'
import {isTree, listOf, present, type Tree, textOf, treeOf} from './document.js'
import type {Findings} from './findings.js'

/** What a method asks of its callers. */
export type Access = Pick<Method, 'apiKeyRequired' | 'authorizationType' | 'authorizerId' | 'authorizationScopes'>

const API_KEY = 'api_key'
const SIGV4 = 'sigv4'

/**
 * Makes authorizers of the security schemes of a definition.
 * @param create makes one, with the checks of the control plane
 * @returns what each scheme asks of the callers of a method that requires it
 */
export function importAuthorizers(
  definition: Definition,
  record: RestApiRecord,
  findings: Findings,
  create: (authorizer: Authorizer) => unknown,
): Map<string, Access> {
  const access = new Map<string, Access>()
  for (const [name, value] of Object.entries(definition.securitySchemes)) {
    const scheme = treeOf(value)
    if (isTree(scheme['x-amazon-apigateway-authorizer'])) {
      const authorizer = findings.attempt(`create authorizer '${name}'`, () => {
        const read = readAuthorizer(name, scheme)
        const created = create(read) as Authorizer
        return adopt(created, read, record)
      })
      if (!authorizer) continue
      const authorizationType = authorizer.type === 'COGNITO_USER_POOLS' ? 'COGNITO_USER_POOLS' : 'CUSTOM'
      access.set(name, {authorizationType, authorizerId: authorizer.id})
    } else if (textOf(scheme['x-amazon-apigateway-authtype'])?.toLowerCase() === 'awssigv4') {
      access.set(name, {authorizationType: 'AWS_IAM'})
    } else if (scheme.type !== 'apiKey') {
      findings.warn(`Unsupported security definition type '${scheme.type}' for '${name}'. Ignoring.`)
    } else if (scheme.in === 'header' && textOf(scheme.name)?.toLowerCase() === 'x-api-key') {
      access.set(name, {apiKeyRequired: true})
    } else {
      // Assumed: the service reads API keys from no other place, and a method must not lose its protection unsaid.
      findings.warn(`Unsupported API key name '${scheme.name}' for '${name}'. Ignoring.`)
    }
  }
  return access
}

/**
 * Gives a new authorizer the id of the one of its name that it replaces, and takes away the default time to live, which
 * imported ones do not show, as recorded.
 */
function adopt(created: Authorizer, read: Authorizer, record: RestApiRecord): Authorizer {
  delete record.authorizers[created.id!]
  const replaced = Object.values(record.authorizers).find(({name}) => name === read.name)
  const {authorizerResultTtlInSeconds} = read
  const authorizer = present({...created, id: replaced?.id ?? created.id, authorizerResultTtlInSeconds})
  record.authorizers[authorizer.id!] = authorizer
  return authorizer
}

function readAuthorizer(name: string, scheme: Tree): Authorizer {
  const members = treeOf(scheme['x-amazon-apigateway-authorizer'])
  const ttl = textOf(members.authorizerResultTtlInSeconds)
  const providers = listOf(members.providerARNs).map(String)
  return present({
    name,
    type: textOf(members.type)?.toUpperCase() as Authorizer['type'],
    providerARNs: providers.length > 0 ? providers : undefined,
    authType: textOf(scheme['x-amazon-apigateway-authtype']),
    authorizerUri: textOf(members.authorizerUri),
    authorizerCredentials: textOf(members.authorizerCredentials) || undefined,
    identitySource: textOf(members.identitySource) || identitySourceOf(scheme),
    identityValidationExpression: textOf(members.identityValidationExpression),
    authorizerResultTtlInSeconds: ttl === undefined ? undefined : Number(ttl),
  })
}

/** `Unused` stands for several sources, which the authorizer then names itself. */
function identitySourceOf(scheme: Tree): string | undefined {
  const name = textOf(scheme.name)
  if (!name || name === 'Unused') return undefined
  return `method.request.${scheme.in === 'query' ? 'querystring' : 'header'}.${name}`
}

/** What the requirements of an operation ask together. */
export function accessOf(
  requirements: readonly unknown[],
  schemes: Map<string, Access>,
  definition: Definition,
  findings: Findings,
): Access {
  const asked: Access = {authorizationType: 'NONE', apiKeyRequired: false}
  for (const [name, scopes] of requirements.flatMap(requirement => Object.entries(treeOf(requirement)))) {
    const scheme = schemes.get(name)
    if (!scheme) {
      // Assumed; a scheme that is there but not supported has had its warning.
      if (!definition.securitySchemes[name]) findings.warn(`Security definition '${name}' not found. Ignoring.`)
      continue
    }
    if (scheme.apiKeyRequired) asked.apiKeyRequired = true
    if (asked.authorizationType !== 'NONE' || !scheme.authorizationType) continue
    Object.assign(asked, scheme)
    // Scopes are for user pools only.
    if (scheme.authorizationType === 'COGNITO_USER_POOLS' && listOf(scopes).length > 0) {
      asked.authorizationScopes = listOf(scopes).map(String)
    }
  }
  return asked
}

/** The requirements of a method, and the schemes they name. */
export function exportAccess(method: Method, authorizers: Record<string, Authorizer>): Record<string, string[]>[] {
  const required: Record<string, string[]>[] = []
  const authorizer = authorizers[method.authorizerId ?? '']
  if (authorizer?.name) required.push({[authorizer.name]: method.authorizationScopes ?? []})
  if (method.authorizationType === 'AWS_IAM') required.push({[SIGV4]: []})
  if (method.apiKeyRequired) required.push({[API_KEY]: []})
  return required
}

/** Schemes without which the requirements of some methods would have no meaning. */
export function builtInSchemes(required: ReadonlySet<string>): Tree {
  return present({
    [API_KEY]: required.has(API_KEY) ? {type: 'apiKey', name: 'x-api-key', in: 'header'} : undefined,
    [SIGV4]: required.has(SIGV4)
      ? {type: 'apiKey', name: 'Authorization', in: 'header', 'x-amazon-apigateway-authtype': 'awsSigv4'}
      : undefined,
  })
}

/**
 * The scheme of an authorizer.
 * @param extended whether to tell how it works, in `x-amazon-apigateway-authorizer`
 */
export function exportAuthorizer(authorizer: Authorizer, extended: boolean): Tree {
  const source = /^method\.request\.(header|querystring)\.([^,\s]+)$/.exec(authorizer.identitySource ?? '')
  const scheme = {
    type: 'apiKey',
    name: source?.[2] ?? 'Unused',
    in: source?.[1] === 'querystring' ? 'query' : 'header',
  }
  if (!extended) return scheme
  return {
    ...scheme,
    'x-amazon-apigateway-authtype': authorizer.authType,
    'x-amazon-apigateway-authorizer': {
      type: authorizer.type?.toLowerCase(),
      providerARNs: authorizer.providerARNs,
      authorizerUri: authorizer.authorizerUri,
      authorizerCredentials: authorizer.authorizerCredentials,
      authorizerResultTtlInSeconds: authorizer.authorizerResultTtlInSeconds,
      identityValidationExpression: authorizer.identityValidationExpression,
      identitySource: authorizer.type === 'REQUEST' || !source ? authorizer.identitySource : undefined,
    },
  }
}
