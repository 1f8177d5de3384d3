import {Problem} from '../problem.js'
import type {ApiKind} from './stages.js'

/**
 * The formats that the console of API Gateway offers, by the kind of the API. Source: "Set up CloudWatch API logging",
 * "Configure WebSocket API logging" and "Configure HTTP API logging" in the Developer Guide; the space before the quote
 * that the CLF of REST APIs lacks there is missing here too.
 */
const PRESETS = {
  REST: {
    json: '{ "requestId":"$context.requestId", "extendedRequestId":"$context.extendedRequestId","ip": "$context.identity.sourceIp", "caller":"$context.identity.caller", "user":"$context.identity.user", "requestTime":"$context.requestTime", "httpMethod":"$context.httpMethod", "resourcePath":"$context.resourcePath", "status":"$context.status", "protocol":"$context.protocol", "responseLength":"$context.responseLength" }',
    clf: '$context.identity.sourceIp $context.identity.caller $context.identity.user [$context.requestTime]"$context.httpMethod $context.resourcePath $context.protocol" $context.status $context.responseLength $context.requestId $context.extendedRequestId',
    csv: '$context.identity.sourceIp,$context.identity.caller,$context.identity.user,$context.requestTime,$context.httpMethod,$context.resourcePath,$context.protocol,$context.status,$context.responseLength,$context.requestId,$context.extendedRequestId',
    xml: '<request id="$context.requestId"> <extendedRequestId>$context.extendedRequestId</extendedRequestId> <ip>$context.identity.sourceIp</ip> <caller>$context.identity.caller</caller> <user>$context.identity.user</user> <requestTime>$context.requestTime</requestTime> <httpMethod>$context.httpMethod</httpMethod> <resourcePath>$context.resourcePath</resourcePath> <status>$context.status</status> <protocol>$context.protocol</protocol> <responseLength>$context.responseLength</responseLength> </request>',
  },
  WebSocket: {
    json: '{ "requestId":"$context.requestId", "ip": "$context.identity.sourceIp", "caller":"$context.identity.caller", "user":"$context.identity.user", "requestTime":"$context.requestTime", "eventType":"$context.eventType", "routeKey":"$context.routeKey", "status":"$context.status", "connectionId":"$context.connectionId" }',
    clf: '$context.identity.sourceIp $context.identity.caller $context.identity.user [$context.requestTime] "$context.eventType $context.routeKey $context.connectionId" $context.status $context.requestId',
    csv: '$context.identity.sourceIp,$context.identity.caller,$context.identity.user,$context.requestTime,$context.eventType,$context.routeKey,$context.connectionId,$context.status,$context.requestId',
    xml: '<request id="$context.requestId"> <ip>$context.identity.sourceIp</ip> <caller>$context.identity.caller</caller> <user>$context.identity.user</user> <requestTime>$context.requestTime</requestTime> <eventType>$context.eventType</eventType> <routeKey>$context.routeKey</routeKey> <status>$context.status</status> <connectionId>$context.connectionId</connectionId> </request>',
  },
  HTTP: {
    json: '{ "requestId":"$context.requestId", "ip": "$context.identity.sourceIp", "requestTime":"$context.requestTime", "httpMethod":"$context.httpMethod","routeKey":"$context.routeKey", "status":"$context.status","protocol":"$context.protocol", "responseLength":"$context.responseLength", "extendedRequestId": "$context.extendedRequestId" }',
    clf: '$context.identity.sourceIp - - [$context.requestTime] "$context.httpMethod $context.routeKey $context.protocol" $context.status $context.responseLength $context.requestId $context.extendedRequestId',
    csv: '$context.identity.sourceIp,$context.requestTime,$context.httpMethod,$context.routeKey,$context.protocol,$context.status,$context.responseLength,$context.requestId,$context.extendedRequestId',
    xml: '<request id="$context.requestId"> <ip>$context.identity.sourceIp</ip> <requestTime>$context.requestTime</requestTime> <httpMethod>$context.httpMethod</httpMethod> <routeKey>$context.routeKey</routeKey> <status>$context.status</status> <protocol>$context.protocol</protocol> <responseLength>$context.responseLength</responseLength> <extendedRequestId>$context.extendedRequestId</extendedRequestId> </request>',
  },
} as const satisfies Record<ApiKind, Record<string, string>>

type Preset = keyof (typeof PRESETS)['REST']

/** Bytes of a format, as documented. */
const LARGEST_FORMAT = 3 * 1024

/**
 * The format of an access log from what somebody wrote: the name of a preset, or a format of their own.
 * @throws Problem usage for a format that the service would refuse
 */
export function accessFormatFrom(text: string, kind: ApiKind): string {
  const presets: Readonly<Record<string, string>> = PRESETS[kind]
  const name = text.toLowerCase()
  if (Object.hasOwn(presets, name)) return presets[name] as string
  const hint = `A format of your own, such as '$context.requestId $context.status', or one of: ${Object.keys(presets).join(', ')}`
  if (!text.includes('$context.') && !text.includes('${context.')) {
    throw new Problem('usage', `--access-log "${text}" is neither a known format nor one with variables in it.`, hint)
  }
  if (!/\$\{?context\.(requestId|extendedRequestId)\b/.test(text)) {
    throw new Problem('usage', 'The format of the access log has no request id, which API Gateway wants.', ADD_ID)
  }
  if (/[\r\n]/.test(text.replace(/\r?\n$/, ''))) {
    throw new Problem('usage', 'The format of the access log has more than one line.', 'Write it in one line.')
  }
  const size = new TextEncoder().encode(text).length
  if (size > LARGEST_FORMAT) {
    throw new Problem('usage', `The format of the access log has ${size} bytes: ${LARGEST_FORMAT} are allowed.`, hint)
  }
  return text.replace(/\r?\n$/, '')
}

const ADD_ID = 'Put $context.requestId or $context.extendedRequestId into it.'

/** What a format is called: a preset by its name, another by what it looks like. */
export function accessFormatName(format: string, kind: ApiKind): Preset | 'custom' {
  const preset = Object.entries(PRESETS[kind]).find(([, text]) => text === format)
  return (preset?.[0] as Preset | undefined) ?? 'custom'
}

/** Variables that the logs of a kind of API never have a value for. Source: the lists of variables in those chapters. */
const WITHOUT_VALUE: Readonly<Record<ApiKind, RegExp>> = {
  REST: /\$context\.(routeKey|eventType|connectionId|messageId|connectedAt|dataProcessed)\b/g,
  WebSocket: /\$context\.(httpMethod|resourcePath|path|protocol|responseLength|responseLatency|dataProcessed)\b/g,
  HTTP: /\$context\.(resourcePath|resourceId|xrayTraceId|wafResponseCode|waf\.\w+|eventType|connectionId|messageId)\b/g,
}

/** What a format is taken for by the service although it will hardly do what it is meant to. */
export function accessFormatWarnings(format: string, kind: ApiKind): string[] {
  const empty = [...new Set(format.match(WITHOUT_VALUE[kind]))]
  const warnings = empty.map(variable => `${variable} has no value for a ${kind} API: lines have - in its place.`)
  if (!format.trimStart().startsWith('{')) return warnings
  const bare = [...format.matchAll(/[:,[]\s*(\$context\.[\w.]*\w)/g)].map(([, variable = '']) => variable)
  const unquoted = bare.filter(variable => variable !== QUOTED_ITSELF)
  if (format.includes(`"${QUOTED_ITSELF}"`)) {
    warnings.push(`${QUOTED_ITSELF} comes with quotes of its own: within quotes the line is no JSON.`)
  }
  if (unquoted.length > 0) {
    warnings.push(`${unquoted.join(', ')}: without quotes, the line of a request that has no value there is no JSON.`)
  }
  if (!isJson(format)) warnings.push('The format begins like JSON, but is none.')
  return warnings
}

/** Documented to be `$context.error.message` within quotes. */
const QUOTED_ITSELF = '$context.error.messageString'

/** Whether lines of the format are JSON, as far as that lies in the format. */
function isJson(format: string): boolean {
  const line = format
    .replaceAll(`"${QUOTED_ITSELF}"`, '""')
    .replaceAll(QUOTED_ITSELF, '""')
    .replace(/\$\{[\w.:-]+\}|\$(context|stageVariables)\.[\w.]*\w/g, '0')
  try {
    JSON.parse(line)
    return true
  } catch {
    return false
  }
}
