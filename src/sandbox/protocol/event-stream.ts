import {pipeline, type Readable, Transform} from 'node:stream'
import {EventStreamCodec} from '@smithy/core/event-streams'
import type {NormalizedSchema} from '@smithy/core/schema'
import {fromUtf8, toUtf8} from '@smithy/core/serde'
import {writeJson} from './wire.js'

export const EVENT_STREAM = 'application/vnd.amazon.eventstream'

const PAYLOAD = 'application/x-amz-json-1.1'
const codec = new EventStreamCodec(toUtf8, fromUtf8)

/**
 * The messages of an RPC operation whose output is nothing but a stream of events: `initial-response`, then one message
 * per event. When either end is destroyed, so is the other.
 * Source: Smithy specification, "Amazon Event Stream" and "Event streams", initial-response messages.
 * @param union of the events that there can be
 * @param events each an object with the name of one member of the union
 */
export function writeEventStream(union: NormalizedSchema, events: Readable): Readable {
  const messages = new Transform({
    writableObjectMode: true,
    writableHighWaterMark: 1,
    transform: (event: Record<string, unknown>, _encoding, done) => done(null, messageOf(union, event)),
  })
  messages.push(encoded('event', 'initial-response', '{}'))
  return pipeline(events, messages, () => {}) // Whoever reads the messages hears of the error, too.
}

function messageOf(union: NormalizedSchema, event: Record<string, unknown>): Uint8Array {
  const [name = ''] = Object.keys(event)
  const member = union.getMemberSchema(name)
  const kind = member.getMergedTraits().error === undefined ? 'event' : 'exception'
  return encoded(kind, name, writeJson(member, event[name], {jsonName: false}))
}

function encoded(kind: 'event' | 'exception', name: string, body: string): Uint8Array {
  const text = (value: string) => ({type: 'string' as const, value})
  const headers = {':message-type': text(kind), [`:${kind}-type`]: text(name), ':content-type': text(PAYLOAD)}
  return codec.encode({headers, body: fromUtf8(body)})
}
