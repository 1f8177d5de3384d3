import {NormalizedSchema} from '@smithy/core/schema'

/**
 * One operation of an AWS service, read from the schema that the service's own SDK client exports. The sandbox has no
 * wire format of its own: methods, paths, bindings and shapes all come from there.
 */
export interface Operation {
  name: string
  input: NormalizedSchema
  output: NormalizedSchema
  /** Only for REST protocols. */
  http?: {method: string; uri: string; status: number}
}

type OperationSchema = [kind: 9, namespace: string, name: string, traits: unknown, input: unknown, output: unknown]

/** The schema kind that the SDK gives to operations. */
const OPERATION = 9

/**
 * The operations of a client package, by name.
 * @param client the module namespace of an `@aws-sdk/client-*` package, or a part of it
 */
export function operationsOf(client: Record<string, unknown>): Map<string, Operation> {
  const operations = new Map<string, Operation>()
  for (const value of Object.values(client)) {
    if (!Array.isArray(value) || value[0] !== OPERATION) continue
    const [, , name, traits, input, output] = value as OperationSchema
    operations.set(name, {
      name,
      input: NormalizedSchema.of(deref(input)),
      output: NormalizedSchema.of(deref(output)),
      http: httpTrait(traits),
    })
  }
  return operations
}

/** Schemas that refer to later ones do so through a function. */
function deref(schema: unknown): never {
  return (typeof schema === 'function' ? schema() : schema) as never
}

function httpTrait(traits: unknown): Operation['http'] {
  const http = (traits as {http?: [string, string, number]} | undefined)?.http
  if (!http) return undefined
  const [method, uri, status] = http
  return {method, uri, status}
}
