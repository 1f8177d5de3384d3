/** Time as the program sees it; tests put a clock of their own in its place. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /** Resolves after the given milliseconds; rejects with the signal's reason when it aborts. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>
}

/** How to reach AWS: whose credentials, which Region, which endpoint; and how to tell the user about waiting. */
export interface Session {
  /** Named profile of the shared configuration files. */
  profile?: string | undefined
  region?: string | undefined
  /** Endpoint of all services, instead of the SDK's own choice. */
  endpointUrl?: string | undefined
  /** How a stage is addressed on another endpoint, with `{api}` and `{stage}` in it (APIGW_INVOKE_URL). */
  invokeUrl?: string | undefined
  /** Keep to the service's documented control-plane rates without waiting to be refused. */
  pacing: boolean
  /** Milliseconds that one call may wait in all for a throttle to lift. */
  maxWait: number
  signal: AbortSignal
  clock: Clock
  /** Tells the user why nothing happens for a while. */
  notice(text: string): void
}
