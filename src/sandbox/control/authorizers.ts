import type {Authorizer, CreateAuthorizerRequest, UpdateAuthorizerRequest} from '@aws-sdk/client-api-gateway'
import {badRequest, conflict, notFound} from '../errors.js'
import {shortId} from '../identifiers.js'
import type {Call, Handlers} from '../service.js'
import {entryOf} from '../store.js'
import {checkRoom} from './limits.js'
import {partOf, restApiOf} from './lookup.js'
import {type PageRequest, page} from './paging.js'
import {addItem, clear, PatchTable, removeItem, setText} from './patch.js'

type AuthorizerAddress = {restApiId: string; authorizerId: string}

export const authorizers: Handlers = {
  CreateAuthorizer(input: CreateAuthorizerRequest, call) {
    const record = entryOf(call.state.restApis, input.restApiId!)
    // Recorded: an unknown API looks like a race to the service.
    if (!record) {
      throw conflict('Unable to complete operation due to concurrent modification. Please try again later.')
    }
    const {restApiId, ...members} = input
    const authorizer = checked({
      id: shortId(record.authorizers),
      ...members,
      authType: input.authType ?? (input.type === 'COGNITO_USER_POOLS' ? 'cognito_user_pools' : 'custom'),
      authorizerResultTtlInSeconds: input.authorizerResultTtlInSeconds ?? 300,
    })
    checkRoom('Authorizers', Object.keys(record.authorizers).length)
    record.authorizers[authorizer.id!] = authorizer
    return authorizer
  },

  GetAuthorizer: (input: AuthorizerAddress, call) => authorizerOf(call, input),

  GetAuthorizers: (input: {restApiId: string} & PageRequest, call) =>
    page(Object.values(restApiOf(call, input.restApiId).authorizers), input),

  UpdateAuthorizer(input: UpdateAuthorizerRequest, call) {
    const address = input as AuthorizerAddress
    const next = checked(PATCHES.apply(authorizerOf(call, address), input.patchOperations))
    restApiOf(call, address.restApiId).authorizers[address.authorizerId] = next
    return next
  },

  /** Methods may still refer to it; the next deployment is then refused. */
  DeleteAuthorizer(input: AuthorizerAddress, call) {
    authorizerOf(call, input)
    delete restApiOf(call, input.restApiId).authorizers[input.authorizerId]
  },
}

const PATCHES = new PatchTable<Authorizer>([
  {path: '/name', replace: setText('name')},
  {path: '/type', replace: setText('type')},
  {path: '/authType', replace: setText('authType')},
  {path: '/authorizerUri', replace: setText('authorizerUri')},
  {path: '/authorizerCredentials', replace: setText('authorizerCredentials')},
  {
    path: '/identitySource',
    add: setText('identitySource'),
    replace: setText('identitySource'),
    remove: clear('identitySource'),
  },
  {path: '/identityValidationExpression', replace: setText('identityValidationExpression')},
  {
    path: '/authorizerResultTtlInSeconds',
    replace: (authorizer, {value}) => {
      authorizer.authorizerResultTtlInSeconds = Number(value)
    },
  },
  {path: '/providerARNs', add: addItem('providerARNs'), remove: removeItem('providerARNs')},
])

/** What each type needs, by the API reference; the wordings are assumptions. */
function checked(authorizer: Authorizer): Authorizer {
  const {name, type, authorizerUri, providerARNs, identitySource} = authorizer
  const ttl = authorizer.authorizerResultTtlInSeconds ?? 0
  if (!name) throw badRequest('Authorizer name cannot be blank')
  if (type === 'COGNITO_USER_POOLS') {
    if (!providerARNs?.length) throw badRequest('Authorizer type COGNITO_USER_POOLS requires at least 1 provider ARN')
  } else if (!authorizerUri) throw badRequest(`Authorizer type ${type} requires an authorizer URI`)
  if (type === 'TOKEN' && !identitySource) throw badRequest('Authorizer type TOKEN requires an identity source')
  if (!(ttl >= 0 && ttl <= 3600)) throw badRequest('Authorizer result TTL must be between 0 and 3600 seconds')
  return authorizer
}

/** An unknown API is answered as an unknown authorizer is, as recorded for validators. */
function authorizerOf(call: Call, {restApiId, authorizerId}: AuthorizerAddress): Authorizer {
  const authorizer = partOf(call, restApiId, 'authorizers', authorizerId)
  if (!authorizer) throw notFound('Invalid Authorizer identifier specified')
  return authorizer
}
