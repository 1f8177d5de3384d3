import type {CreateApiCommandInput} from '@aws-sdk/client-apigatewayv2'
import {expect, test} from 'vitest'
import {giveLoggingRole} from '../../support/logging-role.js'
import {sandboxForTest} from '../../support/sandbox.js'

const CHAT: CreateApiCommandInput = {
  Name: 'chat',
  ProtocolType: 'WEBSOCKET',
  RouteSelectionExpression: '$request.body.action',
}

/** A sandbox with a role for execution logs and a WebSocket API. */
async function withChat() {
  const clients = await sandboxForTest({millis: () => Date.UTC(2026, 0, 2, 3, 4, 5)})
  await giveLoggingRole(clients)
  const {ApiId} = await clients.apigatewayv2.createApi(CHAT)
  return {...clients, ApiId: ApiId as string}
}

test('a WebSocket API is found by id and in the list, with names on the wire in camel case', async () => {
  const {apigatewayv2, sandbox, ApiId} = await withChat()
  const api = await apigatewayv2.getApi({ApiId})
  expect(api).toMatchObject({
    ApiEndpoint: `wss://${ApiId}.execute-api.us-east-1.amazonaws.com`,
    ApiId,
    ApiKeySelectionExpression: '$request.header.x-api-key',
    CreatedDate: new Date(Date.UTC(2026, 0, 2, 3, 4, 5)),
    DisableExecuteApiEndpoint: false,
    Name: 'chat',
    ProtocolType: 'WEBSOCKET',
    RouteSelectionExpression: '$request.body.action',
  })
  expect((await apigatewayv2.getApis({})).Items).toMatchObject([{ApiId, Name: 'chat'}])

  const wire = await fetch(`${sandbox.url}/v2/apis`, {
    headers: {authorization: 'AWS4-HMAC-SHA256 Credential=AK/20260101/us-east-1/apigateway/aws4_request'},
  })
  expect(await wire.json()).toMatchObject({items: [{apiId: ApiId, createdDate: '2026-01-02T03:04:05Z'}]})
})

test('APIs are listed page by page', async () => {
  const {apigatewayv2} = await sandboxForTest()
  for (const Name of ['a', 'b', 'c']) await apigatewayv2.createApi({...CHAT, Name})
  const first = await apigatewayv2.getApis({MaxResults: '2'})
  const second = await apigatewayv2.getApis({MaxResults: '2', NextToken: first.NextToken})
  expect([first, second].map(({Items}) => Items?.map(({Name}) => Name))).toEqual([['a', 'b'], ['c']])
  expect(second.NextToken).toBeUndefined()
})

test('the log settings of a stage can be read and changed, the others staying as they are', async () => {
  const {apigatewayv2, ApiId} = await withChat()
  await apigatewayv2.createStage({ApiId, StageName: 'prod', StageVariables: {a: 'b'}})
  const before = await apigatewayv2.getStage({ApiId, StageName: 'prod'})
  expect(before.DefaultRouteSettings).toEqual({
    DataTraceEnabled: false,
    DetailedMetricsEnabled: false,
    LoggingLevel: 'OFF',
  })
  await apigatewayv2.updateStage({ApiId, StageName: 'prod', DefaultRouteSettings: {LoggingLevel: 'INFO'}})
  const stages = await apigatewayv2.getStages({ApiId})
  expect(stages.Items).toMatchObject([
    {
      StageName: 'prod',
      StageVariables: {a: 'b'},
      DefaultRouteSettings: {DataTraceEnabled: false, DetailedMetricsEnabled: false, LoggingLevel: 'INFO'},
    },
  ])
})

test('execution logging needs the role of the account, and a WebSocket API', async () => {
  const {apigatewayv2} = await sandboxForTest()
  const logged = {StageName: 'prod', DefaultRouteSettings: {LoggingLevel: 'ERROR' as const}}
  const chat = await apigatewayv2.createApi(CHAT)
  await expect(apigatewayv2.createStage({ApiId: chat.ApiId, ...logged})).rejects.toMatchObject({
    name: 'BadRequestException',
    message: 'CloudWatch Logs role ARN must be set in account settings to enable logging',
  })
  const http = await apigatewayv2.createApi({Name: 'http', ProtocolType: 'HTTP'})
  await expect(apigatewayv2.createStage({ApiId: http.ApiId, ...logged})).rejects.toThrow(
    'Execution logs are not supported on protocolType HTTP',
  )
})

test('what is not there or already there is refused in the form of the second API', async () => {
  const {apigatewayv2, ApiId} = await withChat()
  await expect(apigatewayv2.getApi({ApiId: 'nope'})).rejects.toMatchObject({
    name: 'NotFoundException',
    message: 'Invalid API identifier specified 123456789012:nope',
    $metadata: {httpStatusCode: 404},
  })
  await expect(apigatewayv2.getStage({ApiId, StageName: 'prod'})).rejects.toMatchObject({name: 'NotFoundException'})
  await apigatewayv2.createStage({ApiId, StageName: 'prod'})
  await expect(apigatewayv2.createStage({ApiId, StageName: 'prod'})).rejects.toMatchObject({
    name: 'ConflictException',
    $metadata: {httpStatusCode: 409},
  })
  await apigatewayv2.deleteStage({ApiId, StageName: 'prod'})
  await apigatewayv2.deleteApi({ApiId})
  expect((await apigatewayv2.getApis({})).Items).toEqual([])
})

const GROUP = 'arn:aws:logs:us-east-1:123456789012:log-group:access'

test('an access log needs an ARN, a request id in one line, and the role of the account, in that order', async () => {
  const {apigatewayv2} = await sandboxForTest()
  const {ApiId} = await apigatewayv2.createApi(CHAT)
  await apigatewayv2.createStage({ApiId, StageName: 'prod'})
  const set = (DestinationArn: string, Format: string) =>
    apigatewayv2.updateStage({ApiId, StageName: 'prod', AccessLogSettings: {DestinationArn, Format}})
  await expect(set('access', '$context.status')).rejects.toThrow(
    "Invalid ARN specified in the request. ARNs must start with 'arn:': access",
  )
  await expect(set(GROUP, '$context.status')).rejects.toThrow(
    "The following errors are found in Access Log Format: Access Log format must include either $context.requestId or $context.extendedRequestId : '$context.status'",
  )
  await expect(set(GROUP, '$context.requestId\n')).rejects.toThrow('must be single line')
  await expect(set(GROUP, '$context.requestId')).rejects.toThrow('CloudWatch Logs role ARN must be set')
})

test('the access log of an HTTP API needs no role, and the service lets the log delivery write into its group', async () => {
  const {apigatewayv2, logs} = await sandboxForTest()
  const {ApiId} = await apigatewayv2.createApi({Name: 'http', ProtocolType: 'HTTP'})
  const AccessLogSettings = {DestinationArn: GROUP, Format: '$context.requestId'}
  await apigatewayv2.createStage({ApiId, StageName: '$default', AccessLogSettings})
  await apigatewayv2.updateStage({ApiId, StageName: '$default', AccessLogSettings})
  const {resourcePolicies = []} = await logs.describeResourcePolicies({})
  expect(resourcePolicies.map(({policyName}) => policyName)).toEqual(['AWSLogDeliveryWrite20150319'])
  const {Statement} = JSON.parse(resourcePolicies[0]?.policyDocument ?? '{}')
  expect(Statement).toHaveLength(1)
  expect(Statement[0]).toMatchObject({
    Principal: {Service: 'delivery.logs.amazonaws.com'},
    Resource: `${GROUP}:log-stream:*`,
  })
})

test('without room for that policy logging is refused in the words of the service', async () => {
  const {apigatewayv2, logs} = await sandboxForTest()
  for (let i = 0; i < 10; i++) {
    await logs.putResourcePolicy({policyName: `p${i}`, policyDocument: '{"Statement": []}'})
  }
  const {ApiId} = await apigatewayv2.createApi({Name: 'http', ProtocolType: 'HTTP'})
  const AccessLogSettings = {DestinationArn: GROUP, Format: '$context.requestId'}
  await expect(apigatewayv2.createStage({ApiId, StageName: 'prod', AccessLogSettings})).rejects.toMatchObject({
    name: 'BadRequestException',
    message: 'Insufficient permissions to enable logging',
  })
})

test('access log and settings of a route are taken away by calls of their own', async () => {
  const {apigatewayv2, ApiId} = await withChat()
  const stage = {ApiId, StageName: 'prod'}
  await apigatewayv2.createStage({
    ...stage,
    AccessLogSettings: {DestinationArn: GROUP, Format: '$context.requestId'},
    RouteSettings: {$connect: {LoggingLevel: 'INFO'}},
  })
  await apigatewayv2.deleteAccessLogSettings(stage)
  await apigatewayv2.deleteRouteSettings({...stage, RouteKey: '$connect'})
  const now = await apigatewayv2.getStage(stage)
  expect(now.AccessLogSettings).toBeUndefined()
  expect(now.RouteSettings).toEqual({})
  await expect(apigatewayv2.deleteRouteSettings({...stage, RouteKey: '$connect'})).rejects.toMatchObject({
    name: 'NotFoundException',
  })
})

test('a level that there is not is taken and kept as OFF', async () => {
  const {apigatewayv2, ApiId} = await withChat()
  await apigatewayv2.createStage({ApiId, StageName: 'prod'})
  const DefaultRouteSettings = {LoggingLevel: 'DEBUG' as 'INFO'}
  const {DefaultRouteSettings: now} = await apigatewayv2.updateStage({ApiId, StageName: 'prod', DefaultRouteSettings})
  expect(now?.LoggingLevel).toBe('OFF')
})
