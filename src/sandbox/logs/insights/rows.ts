import type {LogGroupRecord} from '../../store.js'
import type {PlacedEvent} from '../events.js'
import type {Value} from './values.js'

/** What flows through the commands of a query: an event with its fields, or what `stats` made of several. */
export interface Row {
  /** Fields that the row has. */
  fields: Map<string, Value>
  /** What `GetLogRecord` would find the event by; a row of `stats` has none. */
  pointer?: string
}

/** Source: CloudWatch Logs user guide, "Fields in JSON logs". */
const MAX_DISCOVERED = 200

/** An event as a row, with the fields that the service makes and those it discovers. */
export function rowOf({stream, event}: PlacedEvent, {group}: LogGroupRecord, accountId: string): Row {
  const fields = new Map<string, Value>([
    ['@timestamp', new Date(event.timestamp)],
    ['@message', event.message],
    ['@logStream', stream.stream.logStreamName],
    ['@log', `${accountId}:${group.logGroupName}`],
    ['@ingestionTime', new Date(event.ingestionTime)],
  ])
  discover(event.message, fields)
  const pointer = Buffer.from(`${group.logGroupName} ${event.eventId}`).toString('base64')
  fields.set('@ptr', pointer)
  return {fields, pointer}
}

/**
 * The fields of a message that is JSON: `userIdentity.type`, `items.0.id`. The service also finds JSON that stands in
 * the midst of other text; this does not.
 */
function discover(message: string, fields: Map<string, Value>): void {
  if (!/^\s*\{/.test(message)) return
  let document: unknown
  try {
    document = JSON.parse(message)
  } catch {
    return
  }
  const most = fields.size + MAX_DISCOVERED
  const add = (value: unknown, path: string) => {
    if (fields.size >= most || value === null) return
    if (typeof value === 'object') {
      for (const [name, inner] of Object.entries(value as object)) add(inner, path === '' ? name : `${path}.${name}`)
      return
    }
    // A name with an `@` of its own gets another, so that it is not taken for one that the service made.
    fields.set(path.startsWith('@') ? `@${path}` : path, typeof value === 'boolean' ? Number(value) : (value as Value))
  }
  add(document, '')
}
