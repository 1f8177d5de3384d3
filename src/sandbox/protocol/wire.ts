import type {IncomingHttpHeaders} from 'node:http'
import type {Readable} from 'node:stream'
import {JsonCodec, JsonShapeSerializer} from '@aws-sdk/core/protocols'
import {NormalizedSchema} from '@smithy/core/schema'
import {serialization} from '../errors.js'

/** A request as it came, body read whole. */
export interface WireRequest {
  method: string
  /** Path without query, still percent-encoded. */
  path: string
  query: URLSearchParams
  headers: IncomingHttpHeaders
  /** Names and values in turn, with the client's own spelling and repetitions. */
  rawHeaders: string[]
  body: Buffer
}

/** A response as it goes out. */
export interface WireResponse {
  status: number
  /** A list is sent as one header line each. */
  headers: Record<string, string | string[]>
  /** Bytes that come bit by bit are sent as they come. */
  body: string | Uint8Array | Readable
}

/** `useTrait` lets a member's own timestamp format win; 7 is epoch seconds, the default of both JSON protocols. */
const settings = {timestampFormat: {useTrait: true, default: 7 as const}}
const plainJson = new JsonCodec({...settings, jsonName: false})
const renamedJson = new JsonCodec({...settings, jsonName: true})

/** Reads a JSON document into the members of a shape. @throws ServiceError SerializationException on wrong types */
export async function readJson(schema: NormalizedSchema, text: string, options: {jsonName: boolean}): Promise<object> {
  let value: unknown
  try {
    value = text.trim() === '' ? {} : JSON.parse(text)
  } catch {
    throw serialization('Unable to parse request body as JSON')
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw serialization('Start of structure or map found where not expected.')
  }
  checkTypes(schema, value, options)
  const codec = options.jsonName ? renamedJson : plainJson
  return (await codec.createDeserializer().read(schema, JSON.stringify(value))) as object
}

/** Writes a value of a shape as compact JSON, members in the order of the shape. */
export function writeJson(schema: NormalizedSchema, value: unknown, options: {jsonName: boolean}): string {
  const serializer = new NullKeepingSerializer((options.jsonName ? renamedJson : plainJson).settings)
  serializer.write(schema, value)
  return serializer.flush() as string
}

/** The service shows null entries of maps (empty templates, recorded); the SDK's writer leaves them out. */
class NullKeepingSerializer extends JsonShapeSerializer {
  protected override _write(...[schema, value, container]: Parameters<JsonShapeSerializer['_write']>): unknown {
    const written = super._write(schema, value, container)
    if (value === null || typeof value !== 'object' || !NormalizedSchema.of(schema).isMapSchema()) return written
    const nulls = Object.entries(value).filter(([, entry]) => entry === null)
    return nulls.length > 0 ? {...written, ...Object.fromEntries(nulls)} : written
  }
}

/**
 * The service refuses a JSON value of the wrong type before any handler sees it, in the words of its Java framework
 * (recorded for Boolean and number where a string is wanted).
 */
function checkTypes(schema: NormalizedSchema, value: unknown, options: {jsonName: boolean}): void {
  if (value === null || value === undefined) return
  if (schema.isStructSchema() && typeof value === 'object') {
    for (const [name, member] of schema.structIterator()) {
      const key = options.jsonName ? ((member.getMergedTraits().jsonName as string | undefined) ?? name) : name
      checkTypes(member, (value as Record<string, unknown>)[key], options)
    }
  } else if (schema.isListSchema()) {
    if (!Array.isArray(value)) throw serialization('Unexpected value type in payload')
    for (const item of value) checkTypes(schema.getValueSchema(), item, options)
  } else if (schema.isMapSchema()) {
    if (typeof value !== 'object' || Array.isArray(value)) throw serialization('Unexpected value type in payload')
    for (const item of Object.values(value)) checkTypes(schema.getValueSchema(), item, options)
  } else if (schema.isStringSchema() && typeof value !== 'string') {
    throw serialization(`${javaClass(value)} can not be converted to an String`)
  }
}

function javaClass(value: unknown): string {
  if (typeof value === 'boolean') return 'class java.lang.Boolean'
  if (typeof value === 'number') return 'class com.amazon.coral.value.json.numbers.TruncatingBigNumber'
  return Array.isArray(value) ? 'class java.util.ArrayList' : 'class java.util.LinkedHashMap'
}
