import {ServiceError} from '../errors.js'

export const invalidParameter = (message: string) => new ServiceError('InvalidParameterException', 400, message)
export const resourceNotFound = (message: string) => new ServiceError('ResourceNotFoundException', 400, message)
export const alreadyExists = (message: string) => new ServiceError('ResourceAlreadyExistsException', 400, message)
export const limitExceeded = () => new ServiceError('LimitExceededException', 400, 'Resource limit exceeded.')

/** What the model of a parameter allows. */
interface Constraint {
  /** Bounds of a number. */
  min?: number
  max?: number
  /** Bounds of the length of a string. */
  minLength?: number
  maxLength?: number
  /** The whole of a string, as the service prints it. */
  pattern?: string
  oneOf?: readonly (string | number)[]
}

/**
 * Holds parameters against the constraints of the service's model and throws what the service says of all violations
 * together. A parameter that is absent violates nothing.
 * @throws ServiceError InvalidParameterException `1 validation error detected: Value '10001' at 'limit' failed to ...`
 */
export function checkParameters(input: object, constraints: Readonly<Record<string, Constraint>>): void {
  const violations = Object.entries(constraints).flatMap(([name, constraint]) => {
    const value = (input as Record<string, unknown>)[name]
    return value === undefined || value === null
      ? []
      : broken(value as string | number, constraint).map(
          must => `Value '${value}' at '${name}' failed to satisfy constraint: Member must ${must}`,
        )
  })
  if (violations.length > 0) throw violated(violations)
}

/** @param paths of what the model requires and the input lacks */
export const missingParameters = (paths: readonly string[]) =>
  violated(paths.map(path => `Value null at '${path}' failed to satisfy constraint: Member must not be null`))

function violated(violations: readonly string[]): ServiceError {
  const count = violations.length === 1 ? '1 validation error' : `${violations.length} validation errors`
  return invalidParameter(`${count} detected: ${violations.join('; ')}`)
}

function broken(value: string | number, constraint: Constraint): string[] {
  const {min, max, minLength, maxLength, pattern, oneOf} = constraint
  const out: string[] = []
  if (typeof value === 'number') {
    if (min !== undefined && value < min) out.push(`have value greater than or equal to ${min}`)
    if (max !== undefined && value > max) out.push(`have value less than or equal to ${max}`)
  } else {
    if (minLength !== undefined && value.length < minLength) {
      out.push(`have length greater than or equal to ${minLength}`)
    }
    if (maxLength !== undefined && value.length > maxLength) out.push(`have length less than or equal to ${maxLength}`)
    if (pattern !== undefined && !new RegExp(`^(?:${pattern})$`).test(value)) {
      out.push(`satisfy regular expression pattern: ${pattern}`)
    }
  }
  if (oneOf && !oneOf.includes(value)) out.push(`satisfy enum value set: [${oneOf.join(', ')}]`)
  return out
}

export const LOG_GROUP_NAME = {minLength: 1, pattern: '[\\.\\-_/#A-Za-z0-9]+'}
export const LOG_STREAM_NAME = {minLength: 1, pattern: '[^:*]*'}

/**
 * Names that are too long are refused before the model's other constraints are looked at, in words of their own
 * (recorded).
 * @throws ServiceError InvalidParameterException
 */
export function checkNameLength(...names: (string | undefined)[]): void {
  if (names.some(name => (name?.length ?? 0) > 512)) {
    throw invalidParameter('Invalid LogGroup or LogStream, both must have length less than or equal to 512.')
  }
}
