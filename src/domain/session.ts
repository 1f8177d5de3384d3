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
  /**
   * To be called before a further page of a list is asked for: resolves when what there is of the list so far has been
   * printed. @throws Problem interrupted when nobody reads it any more
   */
  beforeMore?(): Promise<void>
  /** Tells whoever watches what is going on while it takes: "importing petstore.yaml". It has to be ended. */
  progress(what: string): Progress
}

/** Something that takes a while. */
export interface Progress {
  /** How far it is. @param of without a total where nobody knows it */
  at(done: number, of: {unit: string; total?: number; isRough?: boolean}): void
  end(): void
}

/** Does something that takes a while, and tells of it as long as it takes. */
export async function during<Result>(
  session: Pick<Session, 'progress'>,
  what: string,
  work: (progress: Progress) => Promise<Result>,
): Promise<Result> {
  const progress = session.progress(what)
  try {
    return await work(progress)
  } finally {
    progress.end()
  }
}
