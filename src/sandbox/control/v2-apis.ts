import type {
  Api,
  CreateApiRequest,
  CreateStageRequest,
  RouteSettings,
  Stage,
  UpdateApiRequest,
  UpdateStageRequest,
} from '@aws-sdk/client-apigatewayv2'
import * as client from '@aws-sdk/client-apigatewayv2'
import {badRequest, conflict, notFound, ServiceError} from '../errors.js'
import {longId} from '../identifiers.js'
import {operationsOf} from '../protocol/operations.js'
import {withRequiredMembers} from '../protocol/required.js'
import type {Call, Handlers, Service} from '../service.js'
import {entryOf, type V2ApiRecord} from '../store.js'
import {checkAccessLogFormat, checkArn, checkLoggingRole} from './access-logs.js'
import {allowLogDelivery} from './log-delivery.js'
import {page} from './paging.js'
import {apiMappings} from './v2-api-mappings.js'

interface ApiAddress {
  ApiId: string
}

interface StageAddress extends ApiAddress {
  StageName: string
}

interface RouteAddress extends StageAddress {
  RouteKey: string
}

interface PageRequest {
  MaxResults?: string
  NextToken?: string
}

const operations = operationsOf(client)

const handlers: Handlers = {
  ...apiMappings,

  CreateApi(input: CreateApiRequest, call) {
    const isWebSocket = input.ProtocolType === 'WEBSOCKET'
    if (input.ProtocolType !== 'HTTP' && !isWebSocket) throw badRequest('Invalid protocol specified')
    if (input.Target !== undefined || input.RouteKey !== undefined || input.CredentialsArn !== undefined) {
      throw new ServiceError('NotImplemented', 501, 'The sandbox does not implement quick create.')
    }
    if (isWebSocket && !input.RouteSelectionExpression) {
      // Refused by the service; the words are assumed.
      throw badRequest('RouteSelectionExpression is required for WebSocket APIs')
    }
    const id = longId()
    const api: Api = {
      ApiEndpoint: `${isWebSocket ? 'wss' : 'https'}://${id}.execute-api.${call.region}.amazonaws.com`,
      ApiId: id,
      ApiKeySelectionExpression: input.ApiKeySelectionExpression ?? '$request.header.x-api-key',
      CorsConfiguration: input.CorsConfiguration,
      CreatedDate: call.now(),
      Description: input.Description,
      DisableExecuteApiEndpoint: input.DisableExecuteApiEndpoint ?? false,
      DisableSchemaValidation: input.DisableSchemaValidation,
      IpAddressType: input.IpAddressType ?? 'ipv4',
      Name: input.Name,
      ProtocolType: input.ProtocolType,
      RouteSelectionExpression: input.RouteSelectionExpression ?? '$request.method $request.path',
      Tags: input.Tags ?? {},
      Version: input.Version,
    }
    call.state.v2Apis[id] = {api, stages: {}}
    return api
  },

  GetApi: (input: ApiAddress, call) => apiOf(call, input).api,

  GetApis: (input: PageRequest, call) =>
    pageOf(
      Object.values(call.state.v2Apis).map(({api}) => api),
      input,
    ),

  UpdateApi({ApiId, ...changes}: UpdateApiRequest & ApiAddress, call) {
    const {api} = apiOf(call, {ApiId})
    if (changes.Target !== undefined || changes.RouteKey !== undefined || changes.CredentialsArn !== undefined) {
      throw new ServiceError('NotImplemented', 501, 'The sandbox does not implement quick create.')
    }
    return Object.assign(api, changes)
  },

  DeleteApi(input: ApiAddress, call) {
    apiOf(call, input)
    delete call.state.v2Apis[input.ApiId]
  },

  CreateStage(input: CreateStageRequest & StageAddress, call) {
    const {ApiId, ...settings} = input
    const record = apiOf(call, {ApiId})
    const name = input.StageName
    if (!/^([\w-]{1,128}|\$default)$/.test(name)) throw badRequest('Invalid stage name')
    if (entryOf(record.stages, name)) throw conflict('Stage already exists')
    setUpLogging(call, record, settings)
    const isWebSocket = record.api.ProtocolType === 'WEBSOCKET'
    const stage: Stage = {
      ...settings,
      CreatedDate: call.now(),
      LastUpdatedDate: call.now(),
      DefaultRouteSettings: {
        DetailedMetricsEnabled: false,
        ...(isWebSocket ? {DataTraceEnabled: false, LoggingLevel: 'OFF'} : {}),
        ...(settings.DefaultRouteSettings && stored(settings.DefaultRouteSettings)),
      },
      RouteSettings: allStored(settings.RouteSettings),
      StageName: name,
      StageVariables: settings.StageVariables ?? {},
      Tags: settings.Tags ?? {},
    }
    record.stages[name] = stage
    return stage
  },

  GetStage: (input: StageAddress, call) => stageOf(apiOf(call, input), input),

  GetStages: (input: ApiAddress & PageRequest, call) => pageOf(Object.values(apiOf(call, input).stages), input),

  UpdateStage({ApiId, StageName, ...changes}: UpdateStageRequest & StageAddress, call) {
    const record = apiOf(call, {ApiId})
    const stage = stageOf(record, {ApiId, StageName})
    setUpLogging(call, record, changes)
    return Object.assign(stage, changes, {
      LastUpdatedDate: call.now(),
      DefaultRouteSettings: {
        ...stage.DefaultRouteSettings,
        ...(changes.DefaultRouteSettings && stored(changes.DefaultRouteSettings)),
      },
      RouteSettings: {...stage.RouteSettings, ...allStored(changes.RouteSettings)},
    })
  },

  DeleteAccessLogSettings(input: StageAddress, call) {
    const stage = stageOf(apiOf(call, input), input)
    delete stage.AccessLogSettings
    stage.LastUpdatedDate = call.now()
  },

  DeleteRouteSettings(input: RouteAddress, call) {
    const stage = stageOf(apiOf(call, input), input)
    const {[input.RouteKey]: gone, ...others} = stage.RouteSettings ?? {}
    // The words are assumed.
    if (!gone) throw notFound('Invalid route settings specified')
    stage.RouteSettings = others
    stage.LastUpdatedDate = call.now()
  },

  DeleteStage(input: StageAddress, call) {
    const record = apiOf(call, input)
    stageOf(record, input)
    delete record.stages[input.StageName]
  },
}

/**
 * WebSocket and HTTP APIs as records, so that their names, stages and log settings can be found. They are not served,
 * have no routes or integrations, and a stage's deployment id is kept as it is given.
 */
export const v2Apis: Service = {
  operations,
  handlers: withRequiredMembers(operations, handlers, ([first = '']) =>
    // The words are assumed: the clients of this API check for themselves.
    badRequest(`Missing required parameter: ${first}`),
  ),
}

/** @throws ServiceError NotFoundException */
function apiOf(call: Call, {ApiId: id}: ApiAddress): V2ApiRecord {
  const record = entryOf(call.state.v2Apis, id)
  if (!record) throw notFound(`Invalid API identifier specified ${call.accountId}:${id}`)
  return record
}

/** @throws ServiceError NotFoundException */
function stageOf(record: V2ApiRecord, {StageName: name}: StageAddress): Stage {
  const stage = entryOf(record.stages, name)
  if (!stage) throw notFound('Invalid stage identifier specified')
  return stage
}

type LogSettings = Pick<Stage, 'AccessLogSettings' | 'DefaultRouteSettings' | 'RouteSettings'>

/**
 * Execution logs are for WebSocket APIs only and need the account's role, as with REST APIs; so do their access logs. Of
 * several errors the ARN comes first, then the format, then the role (recorded). An HTTP API has access logs only, which
 * are delivered by a resource policy that the service writes itself.
 * @throws ServiceError BadRequestException
 */
function setUpLogging(call: Call, {api}: V2ApiRecord, stage: LogSettings): void {
  const {DestinationArn: arn, Format: format} = stage.AccessLogSettings ?? {}
  if (arn !== undefined) checkArn(arn)
  if (format !== undefined) checkAccessLogFormat(format)
  const levels = [stage.DefaultRouteSettings, ...Object.values(stage.RouteSettings ?? {})]
  const isLogged = levels.some(each => each?.LoggingLevel === 'ERROR' || each?.LoggingLevel === 'INFO')
  if (api.ProtocolType === 'HTTP') {
    if (isLogged) throw badRequest('Execution logs are not supported on protocolType HTTP')
    if (arn !== undefined) allowLogDelivery(call, arn)
  } else if (isLogged || arn?.split(':')[2] === 'logs') checkLoggingRole(call.state.account)
}

/** A level that there is not is taken and kept as OFF (recorded). */
function stored(settings: RouteSettings): RouteSettings {
  const {LoggingLevel: level} = settings
  return level === undefined || ['OFF', 'ERROR', 'INFO'].includes(level) ? settings : {...settings, LoggingLevel: 'OFF'}
}

const allStored = (settings: Record<string, RouteSettings> = {}) =>
  Object.fromEntries(Object.entries(settings).map(([route, each]) => [route, stored(each)]))

function pageOf<Item>(all: readonly Item[], {MaxResults, NextToken}: PageRequest) {
  const {items, position} = page(all, {limit: MaxResults === undefined ? 500 : Number(MaxResults), position: NextToken})
  return {Items: items, NextToken: position}
}
