import type {NormalizedSchema} from '@smithy/core/schema'
import type {ServiceError} from '../errors.js'
import type {Handler, Handlers} from '../service.js'
import type {Operation} from './operations.js'

type StructSchema = [
  kind: 3,
  namespace: string,
  name: string,
  traits: unknown,
  names: string[],
  members: unknown,
  count?: number,
]

/** Names of the members that the model requires: a struct schema of the SDK has them first, and their number last. */
export function requiredMembers(schema: NormalizedSchema): string[] {
  const [, , , , names = [], , count = 0] = schema.getSchema() as unknown as Partial<StructSchema>
  return names.slice(0, count)
}

/**
 * The required members that are absent from a value, at any depth, in the words of the service's framework:
 * `logEvents.1.member.message`.
 */
export function missingMembers(schema: NormalizedSchema, value: unknown, path = ''): string[] {
  if (value === undefined || value === null) return []
  if (schema.isListSchema()) {
    const items = value as unknown[]
    return items.flatMap((item, i) => missingMembers(schema.getValueSchema(), item, `${path}.${i + 1}.member`))
  }
  if (!schema.isStructSchema()) return []
  const at = (name: string) => (path === '' ? name : `${path}.${name}`)
  const members = value as Record<string, unknown>
  const missing = requiredMembers(schema)
    .filter(name => members[name] === undefined || members[name] === null)
    .map(at)
  const inside = [...schema.structIterator()].flatMap(([name, member]) =>
    missingMembers(member, members[name], at(name)),
  )
  return [...missing, ...inside]
}

/**
 * The same handlers, each called only with all that the model requires, which the SDK does not see to.
 * @param refuse makes the service's own error from the paths of what is missing
 */
export function withRequiredMembers(
  operations: ReadonlyMap<string, Operation>,
  handlers: Handlers,
  refuse: (paths: readonly string[]) => ServiceError,
): Handlers {
  return Object.fromEntries(
    Object.entries(handlers).map(([name, handler]): [string, Handler] => {
      const operation = operations.get(name)
      if (!operation) throw new Error(`${name} is not an operation of the service`)
      return [
        name,
        (input, call) => {
          const missing = missingMembers(operation.input, input)
          if (missing.length > 0) throw refuse(missing)
          return handler(input, call)
        },
      ]
    }),
  )
}
