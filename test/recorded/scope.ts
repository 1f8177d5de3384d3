import {apigateway} from '../../src/sandbox/control/service.js'
import {cloudwatchLogs} from '../../src/sandbox/logs/service.js'
import {cloudwatch} from '../../src/sandbox/metrics/service.js'
import type {Service} from '../../src/sandbox/service.js'

const CORE: Readonly<Record<string, RegExp>> = {
  apigateway:
    /(RestApis?|Resources?|Method|MethodResponse|Integration|IntegrationResponse|GatewayResponses?|Models?|ModelTemplate|RequestValidators?|Deployments?|Stages?|ApiKeys?|UsagePlans?|UsagePlanKeys?|Usage|Account|Tags|Export|TagResource|UntagResource)$/,
  logs: /^((Create|Describe|Delete)Log(Group|Stream)s?|(Put|Filter|Get)LogEvents|(Put|Delete)RetentionPolicy)$/,
  sts: /^GetCallerIdentity$/,
}

/**
 * The operations of the main job: REST APIs with all that is deployed, stages, keys, usage plans, the account, tags,
 * import and export; requests to deployed APIs; log groups, streams and events.
 */
export function isCore(operation: string): boolean {
  const [service = '', name = ''] = operation.split('.')
  return operation === 'invoke' || CORE[service]?.test(name) === true
}

const SERVICES: Readonly<Record<string, Service>> = {apigateway, logs: cloudwatchLogs({}), cloudwatch: cloudwatch({})}

/** Recorded operations that are not part of the sandbox yet. What the sandbox learns to answer leaves this list. */
export const NOT_YET: readonly string[] = ['ec2.DescribeVpcs']

/** Those of the list that the sandbox answers after all. */
export function answeredAfterAll(): string[] {
  return NOT_YET.filter(operation => {
    const [service = '', name = ''] = operation.split('.')
    return SERVICES[service]?.handlers[name] !== undefined
  })
}
