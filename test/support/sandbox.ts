import {APIGateway} from '@aws-sdk/client-api-gateway'
import {ApiGatewayV2} from '@aws-sdk/client-apigatewayv2'
import {CloudWatch} from '@aws-sdk/client-cloudwatch'
import {CloudWatchLogs} from '@aws-sdk/client-cloudwatch-logs'
import {IAM} from '@aws-sdk/client-iam'
import {STS} from '@aws-sdk/client-sts'
import {WAFV2} from '@aws-sdk/client-wafv2'
import {onTestFinished} from 'vitest'
import {type Sandbox, type SandboxOptions, startSandbox} from '../../src/sandbox/server.js'

/** A sandbox for one test, with the SDK's own clients on it; stopped when the test ends. */
export async function sandboxForTest(options: SandboxOptions = {}) {
  const sandbox = await startSandbox(options)
  onTestFinished(() => sandbox.stop())
  return {sandbox, ...clientsOn(sandbox)}
}

export function clientsOn(sandbox: Pick<Sandbox, 'url'>) {
  const configuration = {
    endpoint: sandbox.url,
    region: 'us-east-1',
    credentials: {accessKeyId: 'test', secretAccessKey: 'test'},
    maxAttempts: 1,
  }
  return {
    apigateway: new APIGateway(configuration),
    apigatewayv2: new ApiGatewayV2(configuration),
    // StartLiveTail puts `stream-` before the host, unless it is told not to.
    logs: new CloudWatchLogs({...configuration, disableHostPrefix: true}),
    cloudwatch: new CloudWatch(configuration),
    iam: new IAM(configuration),
    sts: new STS(configuration),
    wafv2: new WAFV2(configuration),
  }
}
