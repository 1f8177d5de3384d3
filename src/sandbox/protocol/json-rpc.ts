import type {Readable} from 'node:stream'
import type {ServiceError} from '../errors.js'
import {EVENT_STREAM, writeEventStream} from './event-stream.js'
import type {Operation} from './operations.js'
import {readJson, type WireRequest, type WireResponse, writeJson} from './wire.js'

const NAMES = {jsonName: false}

/** The input of an `application/x-amz-json-1.x` call. */
export async function readJsonInput(operation: Operation, request: WireRequest): Promise<Record<string, unknown>> {
  return (await readJson(operation.input, request.body.toString(), NAMES)) as Record<string, unknown>
}

export function writeJsonOutput(operation: Operation, output: unknown, request: WireRequest): WireResponse {
  const stream = operation.output.getEventStreamMember()
  if (stream) {
    const events = (output as Record<string, Readable>)[stream] as Readable
    const body = writeEventStream(operation.output.getMemberSchema(stream), events)
    return {status: 200, headers: {'content-type': EVENT_STREAM}, body}
  }
  const isUnit = operation.output.isUnitSchema()
  return {
    status: 200,
    headers: {'content-type': mediaType(request)},
    body: isUnit ? '' : writeJson(operation.output, output ?? {}, NAMES),
  }
}

export function writeJsonError(error: ServiceError, request: WireRequest): WireResponse {
  return {
    status: error.status,
    headers: {'content-type': mediaType(request), 'x-amzn-errortype': error.code, ...error.headers},
    body: JSON.stringify({__type: error.code, message: error.message, ...error.members}),
  }
}

function mediaType(request: WireRequest): string {
  return request.headers['content-type'] ?? 'application/x-amz-json-1.1'
}
