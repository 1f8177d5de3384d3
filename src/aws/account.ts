import type {AccountStore} from '../domain/account.js'
import {Problem} from '../domain/problem.js'
import type {Session} from '../domain/session.js'
import {openApiGateway} from './api-gateway.js'
import {openLocation} from './location.js'

/**
 * What API Gateway says of a role that it cannot use, or not yet, in the words of today and of earlier years
 * (recorded 2026; hashicorp/terraform-provider-aws, aws/aws-cdk#2194).
 */
const REFUSALS = [
  'The role ARN does not have required permissions',
  'API Gateway could not successfully write to CloudWatch Logs using the ARN specified',
]

/** The account's settings over the SDK. */
export async function openAccount(session: Session): Promise<AccountStore> {
  const [{sdk, send}, {region, partition}] = await Promise.all([openApiGateway(session), openLocation(session)])
  return {
    region,
    partition,
    async cloudwatchRole() {
      return (await send(new sdk.GetAccountCommand({}))).cloudwatchRoleArn || undefined
    },
    async setCloudwatchRole(value) {
      const patchOperations = [{op: 'replace' as const, path: '/cloudwatchRoleArn', value}]
      try {
        await send(new sdk.UpdateAccountCommand({patchOperations}))
        return undefined
      } catch (error) {
        if (error instanceof Problem && REFUSALS.some(text => error.message.includes(text))) return error.message
        throw error
      }
    },
  }
}
