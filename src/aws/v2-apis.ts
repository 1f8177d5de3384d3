import type {RouteSettings, Stage} from '@aws-sdk/client-apigatewayv2'
import type {LogChanges} from '../domain/logs/settings.js'
import type {LogLevel, LogSetting, V2ApiStore, V2Stage} from '../domain/logs/stages.js'
import {Problem} from '../domain/problem.js'
import type {Session} from '../domain/session.js'
import {configurationOf, lazily, sender} from './client.js'

export interface V2Apis extends V2ApiStore {
  /** Changes what a stage logs; what is set is set by one call, what is taken away by one for each. */
  changeLogging(apiId: string, stage: string, changes: LogChanges): Promise<V2Stage>
}

/** The client of WebSocket and HTTP APIs, and of what REST APIs have in common with them; loaded at the first call. */
export const apiGatewayV2 = (session: Session) =>
  lazily(async () => {
    const [sdk, configuration] = await Promise.all([import('@aws-sdk/client-apigatewayv2'), configurationOf(session)])
    return {sdk, send: sender(new sdk.ApiGatewayV2Client(configuration), session)}
  })

/** WebSocket and HTTP APIs over the SDK, which is loaded with the first question. */
export function openV2Apis(session: Session): V2Apis {
  const gateway = apiGatewayV2(session)
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
    async changeLogging(ApiId, StageName, {settings = [], accessLog}) {
      const {sdk, send} = await gateway()
      const address = {ApiId, StageName}
      const set = settings.flatMap(({method, setting}) => (setting ? [{method, setting}] : []))
      if (set.length > 0 || (accessLog !== undefined && accessLog !== 'none')) {
        const stage = await send(new sdk.GetStageCommand(address))
        const input = {...address, ...routeSettings(stage, set), ...accessSettings(accessLog)}
        await send(new sdk.UpdateStageCommand(input)).catch(error => {
          throw inPlainWords(error)
        })
      }
      for (const {method, setting} of settings) {
        if (!setting) await send(new sdk.DeleteRouteSettingsCommand({...address, RouteKey: method}))
      }
      if (accessLog === 'none') await send(new sdk.DeleteAccessLogSettingsCommand(address))
      return stageFrom(await send(new sdk.GetStageCommand(address)))
    },
  }
}

/** Sent whole, with what is there already: whether the service merges a part into it is not documented. */
function routeSettings(
  stage: Pick<Stage, 'DefaultRouteSettings' | 'RouteSettings'>,
  settings: readonly {method: string; setting: LogSetting}[],
) {
  const changed = (before: RouteSettings | undefined, {level, dataTrace}: LogSetting): RouteSettings => ({
    ...before,
    LoggingLevel: level,
    DataTraceEnabled: dataTrace,
  })
  const all = settings.find(({method}) => method === '*')
  const own = settings.filter(({method}) => method !== '*')
  const routes = own.map(({method, setting}) => [method, changed(stage.RouteSettings?.[method], setting)] as const)
  return {
    ...(all ? {DefaultRouteSettings: changed(stage.DefaultRouteSettings, all.setting)} : {}),
    ...(own.length > 0 ? {RouteSettings: {...stage.RouteSettings, ...Object.fromEntries(routes)}} : {}),
  }
}

function accessSettings(accessLog: LogChanges['accessLog']) {
  if (accessLog === undefined || accessLog === 'none') return {}
  return {AccessLogSettings: {DestinationArn: accessLog.arn, Format: accessLog.format}}
}

/** What is meant by the refusal of an access log of an HTTP API (sst/sst#125, serverless/serverless#10469). */
function inPlainWords(error: unknown): unknown {
  if (!(error instanceof Problem) || !NO_DELIVERY.test(error.message)) return error
  const hint =
    'HTTP APIs log by the log delivery of CloudWatch Logs. That takes logs:CreateLogDelivery, logs:UpdateLogDelivery, ' +
    'logs:GetLogDelivery, logs:ListLogDeliveries, logs:PutResourcePolicy and logs:DescribeResourcePolicies, and room in the ' +
    'resource policy AWSLogDeliveryWrite20150319 (aws logs describe-resource-policies), of which a Region has ten at most. ' +
    'A group whose name begins with /aws/vendedlogs/ takes the least room.'
  return new Problem(error.kind, error.message, hint, error)
}

const NO_DELIVERY = /Insufficient permissions to enable logging|Policy document length breaking Cloudwatch Logs/i

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
