import {XmlShapeSerializer} from '@aws-sdk/core/protocols'
import type {NormalizedSchema} from '@smithy/core/schema'
import {type ServiceError, serialization} from '../errors.js'
import type {Operation} from './operations.js'
import type {WireResponse} from './wire.js'

/** The input of a query-protocol call, from its form: `Tags.member.1.Key=a` and the like. */
export function readQueryInput(operation: Operation, form: URLSearchParams): Record<string, unknown> {
  return readStruct(operation.input, form, '')
}

function readStruct(schema: NormalizedSchema, form: URLSearchParams, prefix: string): Record<string, unknown> {
  const out: Record<string, unknown> = {}
  for (const [name, member] of schema.structIterator()) {
    const value = readMember(member, form, prefix + name)
    if (value !== undefined) out[name] = value
  }
  return out
}

function readMember(member: NormalizedSchema, form: URLSearchParams, key: string): unknown {
  if (member.isListSchema()) {
    const items: unknown[] = []
    for (let i = 1; hasKey(form, `${key}.member.${i}`); i++) {
      items.push(readMember(member.getValueSchema(), form, `${key}.member.${i}`))
    }
    return items.length > 0 ? items : undefined
  }
  if (member.isStructSchema()) return hasKey(form, key) ? readStruct(member, form, `${key}.`) : undefined
  const text = form.get(key)
  if (text === null) return undefined
  if (member.isBooleanSchema()) return text === 'true'
  if (member.isNumericSchema()) return Number(text)
  if (member.isTimestampSchema()) return timeFrom(text)
  return text
}

/** ISO 8601, as the protocol has times. */
function timeFrom(text: string): Date {
  const time = new Date(text)
  if (Number.isNaN(time.getTime())) throw serialization(`${text} is not a timestamp`)
  return time
}

function hasKey(form: URLSearchParams, key: string): boolean {
  if (form.has(key)) return true
  for (const name of form.keys()) if (name.startsWith(`${key}.`)) return true
  return false
}

export function writeQueryOutput(
  operation: Operation,
  output: unknown,
  requestId: string,
  namespace: string,
): WireResponse {
  let result = ''
  if (!operation.output.isUnitSchema()) {
    const serializer = new XmlShapeSerializer({
      httpBindings: false,
      xmlNamespace: namespace,
      serviceNamespace: namespace,
      timestampFormat: {useTrait: true, default: 5 as const},
    })
    serializer.write(operation.output, output ?? {})
    // The shape's own element gives way to `<{Operation}Result>`.
    result = String(serializer.flush()).replace(/^<([^\s>/]+)[^>]*?(\/?)>/, (_, _name, closed) =>
      closed ? `<${operation.name}Result/>` : `<${operation.name}Result>`,
    )
    result = result.replace(/<\/[^<>]+>$/, `</${operation.name}Result>`)
  }
  const metadata = `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`
  return {
    status: 200,
    headers: {'content-type': 'text/xml'},
    body: `<${operation.name}Response xmlns="${namespace}">${result}${metadata}</${operation.name}Response>`,
  }
}

export function writeQueryError(error: ServiceError, requestId: string, namespace: string): WireResponse {
  // Some errors have a name of their own in this protocol.
  const [code] = (error.headers['x-amzn-query-error'] ?? error.code).split(';')
  const detail = `<Type>Sender</Type><Code>${code}</Code><Message>${escapeXml(error.message)}</Message>`
  return {
    status: error.status,
    headers: {'content-type': 'text/xml', ...error.headers},
    body: `<ErrorResponse xmlns="${namespace}"><Error>${detail}</Error><RequestId>${requestId}</RequestId></ErrorResponse>`,
  }
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
