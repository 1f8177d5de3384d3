import {randomUUID} from 'node:crypto'
import {extendedRequestId} from '../identifiers.js'
import type {LogWriter} from '../logs/log-writer.js'
import type {WireRequest, WireResponse} from '../protocol/wire.js'
import type {Snapshot, Store} from '../store.js'

/** Where a data-plane request is addressed to. */
export interface Address {
  apiId: string
  stage: string
  /** The path behind the stage, still percent-encoded, starting with a slash. */
  path: string
}

export interface GatewayParts {
  store: Store
  millis: () => number
  logs: LogWriter
  /** Local modules by Lambda function name. */
  functions: Readonly<Record<string, string>>
}

const HOST = /^([a-z0-9]+)\.execute-api\./
const PATH_PREFIX = '/execute-api/'

/** The data plane: serves the deployed snapshot of each stage. */
export class Gateway {
  constructor(private readonly parts: GatewayParts) {}

  /** Reads `http://{apiId}.execute-api.localhost/{stage}/...` and `/execute-api/{apiId}/{stage}/...`. */
  address(request: WireRequest): Address | undefined {
    const byHost = HOST.exec(request.headers.host ?? '')
    const path = byHost
      ? `${byHost[1]}${request.path}`
      : request.path.startsWith(PATH_PREFIX)
        ? request.path.slice(PATH_PREFIX.length)
        : undefined
    if (path === undefined) return undefined
    const [apiId = '', stage = '', ...rest] = path.split('/')
    return {apiId, stage, path: `/${rest.join('/')}`}
  }

  async invoke(address: Address, request: WireRequest, _sourceIp: string): Promise<WireResponse> {
    const {store, logs} = this.parts
    const requestId = randomUUID()
    const headers = {
      'content-type': 'application/json',
      'x-amzn-requestid': requestId,
      'x-amz-apigw-id': extendedRequestId(),
    }
    const forbidden = (type: string, message: string) => ({
      status: 403,
      headers: {...headers, 'x-amzn-errortype': type},
      body: JSON.stringify({message}),
    })
    const region = store.regionOfApi(address.apiId)
    const stage = region?.record.stages[address.stage]
    const snapshot = region?.record.deployments[stage?.deploymentId ?? '']?.snapshot
    if (!region || !stage || !snapshot) return forbidden('ForbiddenException', 'Forbidden')
    const resource = Object.values((snapshot as Snapshot).resources).find(({path}) => path === address.path)
    const method = resource?.resourceMethods?.[request.method]
    if (!resource || !method) return forbidden('MissingAuthenticationTokenException', 'Missing Authentication Token')
    const log = logs.execution(region.name, address.apiId, stage, resource.path!, request.method, requestId)
    log.info(`Starting execution for request: ${requestId}`)
    log.info(`HTTP Method: ${request.method}, Resource Path: ${resource.path}`)
    let answer: WireResponse
    const key = Object.values(region.state.apiKeys).find(({value}) => value === request.headers['x-api-key'])
    const onPlan = Object.values(region.state.usagePlans).some(
      ({plan, keyIds}) =>
        keyIds.includes(key?.id ?? '') &&
        plan.apiStages?.some(s => s.apiId === address.apiId && s.stage === address.stage),
    )
    if (method.apiKeyRequired && !(key?.enabled && onPlan)) answer = forbidden('ForbiddenException', 'Forbidden')
    else {
      const response = Object.values(method.methodIntegration?.integrationResponses ?? {})[0]
      answer = {
        status: Number(response?.statusCode ?? 200),
        headers,
        body: response?.responseTemplates?.['application/json'] ?? '',
      }
      log.info('Successfully completed execution')
    }
    log.info(`Method completed with status: ${answer.status}`)
    log.close()
    return answer
  }

  async stop(): Promise<void> {}
}
