import {CborCodec} from '@smithy/core/cbor'
import {type ServiceError, serialization} from '../errors.js'
import type {Operation} from './operations.js'
import type {WireRequest, WireResponse} from './wire.js'

const codec = new CborCodec()

/** What an answer has in its headers so that the client takes it for one of the protocol. */
const HEADERS = {'content-type': 'application/cbor', 'smithy-protocol': 'rpc-v2-cbor'}

/** The service and the operation of a call by `smithy.protocols#rpcv2Cbor`; undefined for another kind of call. */
export function cborTarget(path: string): {service: string; operation: string} | undefined {
  const [, service, operation] = /^\/service\/([^/]+)\/operation\/([^/]+)$/.exec(path) ?? []
  return service && operation ? {service, operation} : undefined
}

/** @throws ServiceError SerializationException */
export async function readCborInput(operation: Operation, request: WireRequest): Promise<Record<string, unknown>> {
  if (request.body.length === 0) return {}
  try {
    return (await codec.createDeserializer().read(operation.input, request.body)) as Record<string, unknown>
  } catch {
    throw serialization('Unable to parse request body as CBOR')
  }
}

export function writeCborOutput(operation: Operation, output: unknown): WireResponse {
  const isUnit = operation.output.isUnitSchema()
  return {status: 200, headers: HEADERS, body: isUnit ? '' : written(operation.output, output ?? {})}
}

export function writeCborError(error: ServiceError): WireResponse {
  const body = written(DOCUMENT, {__type: error.code, message: error.message, ...error.members})
  return {status: error.status, headers: {...HEADERS, ...error.headers}, body}
}

/** The SDK's number for a value without a shape. */
const DOCUMENT = 15

function written(schema: Operation['output'] | typeof DOCUMENT, value: unknown): Uint8Array {
  const serializer = codec.createSerializer()
  serializer.write(schema, value)
  return serializer.flush() as Uint8Array
}
