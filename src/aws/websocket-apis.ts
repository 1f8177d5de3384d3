import type {WebSocketApiStore} from '../domain/logs/target.js'
import type {Session} from '../domain/session.js'
import {configurationOf, lazily, sender} from './client.js'

/** WebSocket APIs over the SDK, which is loaded with the first question. */
export function openWebSocketApis(session: Session): WebSocketApiStore {
  const gateway = lazily(async () => {
    const [sdk, configuration] = await Promise.all([import('@aws-sdk/client-apigatewayv2'), configurationOf(session)])
    return {sdk, send: sender(new sdk.ApiGatewayV2Client(configuration), session)}
  })
  return {
    async *list() {
      const {sdk, send} = await gateway()
      let NextToken: string | undefined
      do {
        const page = await send(new sdk.GetApisCommand({NextToken}))
        for (const {ApiId = '', Name = '', ProtocolType} of page.Items ?? []) {
          if (ProtocolType === 'WEBSOCKET') yield {id: ApiId, name: Name}
        }
        NextToken = page.NextToken
      } while (NextToken !== undefined)
    },
    async *stages(ApiId) {
      const {sdk, send} = await gateway()
      let NextToken: string | undefined
      do {
        const page = await send(new sdk.GetStagesCommand({ApiId, NextToken}))
        for (const {StageName = '', DefaultRouteSettings, AccessLogSettings} of page.Items ?? []) {
          yield {
            name: StageName,
            loggingLevel: DefaultRouteSettings?.LoggingLevel,
            accessLog: AccessLogSettings && {destinationArn: AccessLogSettings.DestinationArn},
          }
        }
        NextToken = page.NextToken
      } while (NextToken !== undefined)
    },
  }
}
