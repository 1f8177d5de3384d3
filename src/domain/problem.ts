/**
 * What can go wrong in a way that the user should be told about. The kinds are closed: each has one exit code, and
 * anything that is not a Problem is a bug.
 */
export type ProblemKind =
  | 'failed'
  | 'usage'
  | 'missing'
  | 'denied'
  | 'conflict'
  | 'gave-up'
  | 'unreachable'
  | 'interrupted'

/** One of several things that failed. */
export interface Failure {
  /** Of a file. */
  line?: number
  name: string
  kind: ProblemKind
  code?: string | undefined
  message: string
}

export interface ProblemDetails {
  /** The error code of the service, where it was the service that refused. */
  code?: string | undefined
  /** The service's id of the failed request, for a support case. */
  requestId?: string | undefined
  /** Of something done to several things: all that failed, where the message may name only the first. */
  failures?: readonly Failure[] | undefined
  cause?: unknown
}

/** An error meant for the user: what failed and why, and the command that mends it. */
export class Problem extends Error {
  readonly code: string | undefined
  readonly requestId: string | undefined
  readonly failures: readonly Failure[] | undefined

  constructor(
    readonly kind: ProblemKind,
    message: string,
    readonly hint?: string,
    details: ProblemDetails = {},
  ) {
    super(message, {cause: details.cause})
    this.name = 'Problem'
    this.code = details.code
    this.requestId = details.requestId
    this.failures = details.failures
  }
}

/** The user stopped the program, and there is nothing more to say about it. */
export function interrupted(): Problem {
  return new Problem('interrupted', 'Interrupted.')
}

/** True for the service's "there is no such thing". */
export function isMissing(error: unknown): error is Problem {
  return error instanceof Problem && error.kind === 'missing'
}

/** The answer to what is only nice to know: where it cannot be had, something else. An interruption stays one. */
export async function unlessRefused<Answer>(answer: Promise<Answer>, other: Answer): Promise<Answer> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof Problem && error.kind !== 'interrupted') return other
    throw error
  }
}
