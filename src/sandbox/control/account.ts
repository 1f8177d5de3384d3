import type {PatchOperation} from '@aws-sdk/client-api-gateway'
import type {Role} from '@aws-sdk/client-iam'
import {badRequest} from '../errors.js'
import type {Call, Handlers} from '../service.js'
import {entryOf, type RegionState} from '../store.js'
import {PatchTable} from './patch.js'

type Account = RegionState['account']

export const account: Handlers = {
  GetAccount: (_input, call) => shown(call.state.account),

  UpdateAccount(input: {patchOperations?: PatchOperation[]}, call) {
    const next = PATCHES.apply(call.state.account, input.patchOperations)
    if (next.cloudwatchRoleArn && next.cloudwatchRoleArn !== call.state.account.cloudwatchRoleArn) {
      checkRole(next.cloudwatchRoleArn, call)
    }
    call.state.account = next
    return shown(next)
  },
}

const PATCHES = new PatchTable<Account>([
  {
    path: '/cloudwatchRoleArn',
    replace: (target, {value}) => {
      target.cloudwatchRoleArn = value || undefined
    },
  },
  {
    path: '/features',
    add: (_target, {value}) => {
      // Every account has the one feature there is. The wording is an assumption.
      if (value !== 'UsagePlans') throw badRequest(`Invalid feature specified: ${value}. Must be one of: [UsagePlans]`)
    },
  },
])

function shown({cloudwatchRoleArn}: Account) {
  return {
    cloudwatchRoleArn,
    throttleSettings: {burstLimit: 5000, rateLimit: 10_000},
    features: ['UsagePlans'],
    apiKeyVersion: '4',
  }
}

const LOGGING_POLICY = 'arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs'
const GATEWAY = 'apigateway.amazonaws.com'

/**
 * The service wants a role that it may assume and that has the managed policy: a narrower one was refused in the
 * recordings just like none at all.
 * @throws ServiceError BadRequestException
 */
function checkRole(arn: string, call: Call): void {
  const name = /^arn:aws[\w-]*:iam::\d{12}:role\/(?:.+\/)?([^/]+)$/.exec(arn)?.[1]
  if (!name) throw badRequest('The role ARN is not well formed')
  const record = entryOf(call.store.global.roles, name)
  const accepted =
    record?.role.Arn === arn && isTrusted(record.role) && record.attachedPolicies.includes(LOGGING_POLICY)
  if (!accepted) {
    throw badRequest(
      'The role ARN does not have required permissions configured. Please grant trust permission for API Gateway and add the required role policy.',
    )
  }
}

interface Statement {
  Effect?: string
  Action?: string | string[]
  Principal?: {Service?: string | string[]}
}

function isTrusted({AssumeRolePolicyDocument = '{}'}: Role): boolean {
  const {Statement: statements = []} = JSON.parse(decodeURIComponent(AssumeRolePolicyDocument)) as {
    Statement?: Statement | Statement[]
  }
  return [statements]
    .flat()
    .some(
      ({Effect, Action = [], Principal}) =>
        Effect === 'Allow' &&
        [Action].flat().includes('sts:AssumeRole') &&
        [Principal?.Service ?? []].flat().includes(GATEWAY),
    )
}
