import type {APIGateway} from '@aws-sdk/client-api-gateway'
import type {IAM} from '@aws-sdk/client-iam'

export const LOGGING_POLICY = 'arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs'

export const TRUSTS_GATEWAY = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{Effect: 'Allow', Principal: {Service: 'apigateway.amazonaws.com'}, Action: 'sts:AssumeRole'}],
})

/** Gives the account a role that API Gateway accepts for its logs, as `apigw logs enable --create-role` does. */
export async function giveLoggingRole({iam, apigateway}: {iam: IAM; apigateway: APIGateway}): Promise<string> {
  const {Role} = await iam.createRole({RoleName: 'gateway-logs', AssumeRolePolicyDocument: TRUSTS_GATEWAY})
  await iam.attachRolePolicy({RoleName: 'gateway-logs', PolicyArn: LOGGING_POLICY})
  const arn = Role!.Arn!
  await apigateway.updateAccount({patchOperations: [{op: 'replace', path: '/cloudwatchRoleArn', value: arn}]})
  return arn
}
