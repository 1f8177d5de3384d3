import type {Gateway} from './gateway/gateway.js'
import type {Operation} from './protocol/operations.js'
import type {RegionState, Store} from './store.js'

/** What a handler may know about the call besides its input. */
export interface Call {
  store: Store
  /** The state of the Region that the call was signed for. */
  state: RegionState
  region: string
  accountId: string
  requestId: string
  /** The data plane, for what tests methods and empties caches. */
  gateway: Gateway
  /** The present moment in whole seconds, as the control plane's timestamps are. */
  now: () => Date
  /** The present moment in milliseconds, for CloudWatch Logs. */
  millis: () => number
  /** How many resources an API may have. */
  resourceQuota: number
}

/**
 * Carries out one operation: takes the input in the SDK's shape and returns the output in the SDK's shape. Throws
 * ServiceError for what the real service would refuse. All checks come before the first change: the service changes
 * all or nothing.
 */
// biome-ignore lint/suspicious/noExplicitAny: the shape differs per operation; each handler names its own SDK type
export type Handler = (input: any, call: Call) => unknown

export type Handlers = Record<string, Handler>

/** One AWS service of the sandbox. */
export interface Service {
  operations: Map<string, Operation>
  handlers: Handlers
}

export const ACCOUNT_ID = '123456789012'
