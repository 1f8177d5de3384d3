import type {
  DescribeResourcePoliciesRequest,
  PutResourcePolicyRequest,
  ResourcePolicy,
} from '@aws-sdk/client-cloudwatch-logs'
import type {Handlers} from '../service.js'
import {checkParameters, invalidParameter, limitExceeded, resourceNotFound} from './constraints.js'
import {pageByKey} from './page-token.js'

/** Source: CloudWatch Logs quotas. */
const PER_REGION = 10

/** Policies by which other services may write into an account's log groups. Records: nothing is enforced. */
export const resourcePolicies: Handlers = {
  PutResourcePolicy(input: PutResourcePolicyRequest, call) {
    const {policyName: name, policyDocument: document} = input
    const {logResourcePolicies: policies} = call.state
    checkParameters(input, {policyDocument: {minLength: 1, maxLength: 5120}})
    // The reference wants both unless the policy belongs to one resource; the words are assumed.
    if (!name || !document) throw invalidParameter('policyName and policyDocument must be specified.')
    if (!policies[name] && Object.keys(policies).length >= PER_REGION) throw limitExceeded()
    const policy: ResourcePolicy = {
      policyName: name,
      policyDocument: document,
      lastUpdatedTime: call.millis(),
      policyScope: 'ACCOUNT',
    }
    policies[name] = {...policy, policyDocument: normalized(document)}
    // The answer carries the document as it came; reading it later gives the normalized one (recorded).
    return {resourcePolicy: policy}
  },

  DescribeResourcePolicies(input: DescribeResourcePoliciesRequest, call) {
    checkParameters(input, {limit: {min: 1, max: 50}})
    const {items, nextToken} = pageByKey(
      Object.values(call.state.logResourcePolicies),
      ({policyName = ''}) => policyName,
      {limit: input.limit ?? 50, token: input.nextToken, query: ['DescribeResourcePolicies'], now: call.millis()},
    )
    return {resourcePolicies: items, nextToken}
  },

  DeleteResourcePolicy({policyName: name = ''}: {policyName?: string}, call) {
    if (!call.state.logResourcePolicies[name]) throw resourceNotFound(`Policy with name [${name}] does not exist.`)
    delete call.state.logResourcePolicies[name]
  },
}

interface Statement {
  Principal?: string | Record<string, string | string[]>
}

/**
 * The document as the service keeps it: a version is filled in, and a principal list of one becomes the one (recorded).
 * @throws ServiceError InvalidParameterException
 */
function normalized(text: string): string {
  let document: {Version?: string; Statement?: Statement | Statement[]}
  try {
    document = JSON.parse(text) as typeof document
  } catch {
    throw invalidParameter('Invalid policy document.')
  }
  const {Version = '2008-10-17', Statement: statements = [], ...rest} = document
  const list = Array.isArray(statements) ? statements : [statements]
  return JSON.stringify({Version, ...rest, Statement: list.map(withSinglePrincipals)})
}

function withSinglePrincipals(statement: Statement): Statement {
  if (typeof statement.Principal !== 'object') return statement
  const entries = Object.entries(statement.Principal).map(([kind, names]) => [
    kind,
    Array.isArray(names) && names.length === 1 ? names[0] : names,
  ])
  return {...statement, Principal: Object.fromEntries(entries)}
}
