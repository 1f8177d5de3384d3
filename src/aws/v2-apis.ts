import type {RouteSettings, Stage} from '@aws-sdk/client-apigatewayv2'
import type {LogLevel, LogSetting, V2ApiStore, V2Stage} from '../domain/logs/stages.js'
import type {Session} from '../domain/session.js'
import {configurationOf, lazily, sender} from './client.js'

export interface V2Apis extends V2ApiStore {
  /** Sets what all routes log (`*`), and some of their own, in one call. */
  setLogging(apiId: string, stage: string, routes: readonly string[], setting: LogSetting): Promise<V2Stage>
}

/** WebSocket and HTTP APIs over the SDK, which is loaded with the first question. */
export function openV2Apis(session: Session): V2Apis {
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
          yield {kind: ProtocolType === 'WEBSOCKET' ? 'WebSocket' : 'HTTP', id: ApiId, name: Name}
        }
        NextToken = page.NextToken
      } while (NextToken !== undefined)
    },
    async *stages(ApiId) {
      const {sdk, send} = await gateway()
      let NextToken: string | undefined
      do {
        const page = await send(new sdk.GetStagesCommand({ApiId, NextToken}))
        yield* (page.Items ?? []).map(stageFrom)
        NextToken = page.NextToken
      } while (NextToken !== undefined)
    },
    async setLogging(ApiId, StageName, routes, {level, dataTrace}) {
      const {sdk, send} = await gateway()
      const stage = await send(new sdk.GetStageCommand({ApiId, StageName}))
      // Sent whole, with what is there already: whether the service merges a part into it is not documented.
      const changed = (settings?: RouteSettings) => ({...settings, LoggingLevel: level, DataTraceEnabled: dataTrace})
      const own = routes.filter(route => route !== '*')
      return stageFrom(
        await send(
          new sdk.UpdateStageCommand({
            ApiId,
            StageName,
            ...(routes.includes('*') ? {DefaultRouteSettings: changed(stage.DefaultRouteSettings)} : {}),
            ...(own.length > 0
              ? {
                  RouteSettings: {
                    ...stage.RouteSettings,
                    ...Object.fromEntries(own.map(route => [route, changed(stage.RouteSettings?.[route])])),
                  },
                }
              : {}),
          }),
        ),
      )
    },
  }
}

function stageFrom({
  StageName = '',
  DefaultRouteSettings,
  RouteSettings = {},
  AccessLogSettings,
}: Partial<Stage>): V2Stage {
  return {
    name: StageName,
    setting: settingFrom(DefaultRouteSettings),
    routes: Object.entries(RouteSettings).map(([method, settings]) => ({method, ...settingFrom(settings)})),
    accessLog: AccessLogSettings && {
      arn: AccessLogSettings.DestinationArn ?? '',
      format: AccessLogSettings.Format ?? '',
    },
  }
}

function settingFrom(settings: RouteSettings | undefined): LogSetting {
  const {LoggingLevel = 'OFF', DataTraceEnabled = false} = settings ?? {}
  return {level: LoggingLevel as LogLevel, dataTrace: DataTraceEnabled}
}
