import type {Method, MethodSetting, Resource, Stage} from '@aws-sdk/client-api-gateway'
import type {ExecutionLog} from '../logs/log-writer.js'
import type {Measured} from '../metrics/gateway-metrics.js'
import type {RegionState, Snapshot} from '../store.js'
import type {RequestContext} from './context.js'
import type {Fields} from './fields.js'

/** What the client sent, as the mappings and the integrations see it. */
export interface MethodRequest {
  httpMethod: string
  /** The path behind the stage, still percent-encoded, starting with a slash. */
  path: string
  headers: Fields
  query: Fields
  body: Buffer
  /** By name of the resource's path variables; still percent-encoded. */
  pathParameters: Record<string, string>
}

/** A request that has reached a stage. */
export interface Arrival {
  requestId: string
  /** Milliseconds since 1970. */
  startedAt: number
  region: string
  state: RegionState
  apiId: string
  /** As the API is called now. */
  apiName: string
  stage: Stage
  /** The deployment that answers: the stage's own, or its canary's. */
  snapshot: Snapshot
  isCanary: boolean
  /** Of the stage, with the canary's overrides. */
  variables: Record<string, string>
  request: MethodRequest
  context: RequestContext
  /** For the metrics; what the phases learn of the request is put in. */
  measured: Measured
}

/** A request that has found its method. The phases of the pipeline work on it, one after the other. */
export interface Invocation extends Arrival {
  resource: Resource
  method: Method
  setting: MethodSetting | undefined
  log: ExecutionLog
  /** The key that the request is counted for. */
  apiKey?: string
  /** What the integration left to be logged once the method has completed. */
  endpointRequestId?: string
}

/** What goes back to the client. */
export interface MethodResponse {
  status: number
  headers: Fields
  body: string | Buffer
}
