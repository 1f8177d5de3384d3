import type {SandboxOptions} from '../../src/sandbox/server.js'
import {giveLoggingRole} from './logging-role.js'
import {petstore} from './petstore.js'

/** The petstore's stage `prod` with an access log into which a test writes what it likes. */
export async function accessLog(options: SandboxOptions = {}) {
  const kit = await petstore(options)
  const {apigateway, logs, iam, restApiId} = kit
  await giveLoggingRole({apigateway, iam})
  await apigateway.createDeployment({restApiId, stageName: 'prod'})
  const stream = {logGroupName: 'petstore-access', logStreamName: 's'}
  await logs.createLogGroup(stream)
  await logs.createLogStream(stream)
  const arn = `arn:aws:logs:us-east-1:123456789012:log-group:${stream.logGroupName}`
  const patchOperations = [
    {op: 'replace' as const, path: '/accessLogSettings/destinationArn', value: arn},
    {op: 'replace' as const, path: '/accessLogSettings/format', value: '$context.requestId'},
  ]
  await apigateway.updateStage({restApiId, stageName: 'prod', patchOperations})
  return {
    ...kit,
    /** Events of this moment. */
    write: async (...messages: string[]) => {
      const timestamp = Date.now()
      await logs.putLogEvents({...stream, logEvents: messages.map(message => ({timestamp, message}))})
    },
  }
}

/** What to call the program with so that it tails the lines of that log. */
export const TAIL_ACCESS = ['--access', '--raw', '--api', 'petstore', '--stage', 'prod']
