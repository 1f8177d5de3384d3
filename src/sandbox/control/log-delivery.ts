import {badRequest} from '../errors.js'
import type {Call} from '../service.js'

const POLICY = 'AWSLogDeliveryWrite20150319'

/** Source: CloudWatch Logs quotas. */
const POLICIES_PER_REGION = 10
const LARGEST_POLICY = 51_200

/**
 * Lets the log delivery write into a group: the service adds a statement for each group to a resource policy of its own
 * (recorded), and fails in these words when there is no room for it (sst/sst#125). Once the policy is nearly full, groups
 * below `/aws/vendedlogs/` still work on the service, by one statement for all of them; that is not modelled.
 * @throws ServiceError BadRequestException
 */
export function allowLogDelivery(call: Call, destinationArn: string): void {
  const {logResourcePolicies: policies} = call.state
  const old = policies[POLICY]
  const resource = `${destinationArn.replace(/:\*$/, '')}:log-stream:*`
  const {Statement: statements = []} = JSON.parse(old?.policyDocument ?? '{}') as {Statement?: {Resource: string}[]}
  if (statements.some(({Resource}) => [Resource].flat().includes(resource))) return
  const statement = {
    Sid: `AWSLogDeliveryWrite${statements.length + 1}`,
    Effect: 'Allow',
    Principal: {Service: 'delivery.logs.amazonaws.com'},
    Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    Resource: resource,
    Condition: {
      StringEquals: {'aws:SourceAccount': call.accountId},
      ArnLike: {'aws:SourceArn': `arn:aws:logs:${call.region}:${call.accountId}:*`},
    },
  }
  const policyDocument = JSON.stringify({Version: '2012-10-17', Statement: [...statements, statement]})
  const isFull = !old && Object.keys(policies).length >= POLICIES_PER_REGION
  if (isFull || policyDocument.length > LARGEST_POLICY) throw badRequest('Insufficient permissions to enable logging')
  policies[POLICY] = {policyName: POLICY, policyDocument, policyScope: 'ACCOUNT', lastUpdatedTime: call.millis()}
}
