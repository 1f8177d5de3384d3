import {badRequest} from '../errors.js'
import type {RegionState} from '../store.js'

/** The name of a stream must start so, as documented; the wording of the refusal is an assumption. */
const DESTINATION =
  /^arn:aws[\w-]*:(?:logs:[^:]*:[^:]*:log-group:.+|firehose:[^:]*:[^:]*:deliverystream\/amazon-apigateway-.+)$/

/**
 * Where access logs may go: a log group, which wants the account's role as execution logs do, or a Firehose stream.
 * REST stages check the ARN first, then the role, then the format (recorded).
 * @throws ServiceError BadRequestException
 */
export function checkAccessLogDestination(arn: string, account: RegionState['account']): void {
  checkArn(arn)
  if (arn.split(':')[2] === 'logs') checkLoggingRole(account)
}

/** @throws ServiceError BadRequestException */
export function checkArn(arn: string): void {
  if (!arn.startsWith('arn:')) {
    throw badRequest(`Invalid ARN specified in the request. ARNs must start with 'arn:': ${arn}`)
  }
  if (!DESTINATION.test(arn)) throw badRequest(`Invalid ARN specified in the request: ${arn}`)
}

/** @throws ServiceError BadRequestException */
export function checkLoggingRole(account: RegionState['account']): void {
  if (account.cloudwatchRoleArn) return
  throw badRequest('CloudWatch Logs role ARN must be set in account settings to enable logging')
}

/**
 * The texts are recorded for WebSocket stages and taken to be the same for the others.
 * @throws ServiceError BadRequestException
 */
export function checkAccessLogFormat(format: string): void {
  const found = 'The following errors are found in Access Log Format: Access Log format must'
  if (!/\$context\.(?:requestId|extendedRequestId)/.test(format)) {
    throw badRequest(`${found} include either $context.requestId or $context.extendedRequestId : '${format}'`)
  }
  if (format.includes('\n')) throw badRequest(`${found} be single line: '${format}'`)
}
