/**
 * An error of the emulated service, as it goes over the wire: its own code, message and HTTP status. Anything else that
 * a handler throws is a bug of the sandbox and becomes a 500 that says so.
 */
export class ServiceError extends Error {
  constructor(
    readonly code: string,
    readonly status: number,
    message: string,
    /** Further response headers, such as `Retry-After`. */
    readonly headers: Record<string, string> = {},
    /** Further members of the error, such as where in a query the fault is. */
    readonly members: Record<string, unknown> = {},
  ) {
    super(message)
    this.name = 'ServiceError'
  }
}

export const badRequest = (message: string) => new ServiceError('BadRequestException', 400, message)
export const notFound = (message: string) => new ServiceError('NotFoundException', 404, message)
export const conflict = (message: string) => new ServiceError('ConflictException', 409, message)
export const limitExceeded = (message: string) => new ServiceError('LimitExceededException', 429, message)

/** The framework's own complaint, made before a handler sees the request. */
export const serialization = (message: string) => new ServiceError('SerializationException', 400, message)

/** @param violations each in the service's words: `Value 'x' at 'y' failed to satisfy constraint: ...` */
export function validation(...violations: string[]): ServiceError {
  const count = violations.length === 1 ? '1 validation error' : `${violations.length} validation errors`
  return new ServiceError('ValidationException', 400, `${count} detected: ${violations.join('; ')}`)
}
