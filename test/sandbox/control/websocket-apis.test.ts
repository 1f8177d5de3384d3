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
