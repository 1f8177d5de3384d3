/**
 * What an access-log line says, by the variable of the format: `status`, `identity.sourceIp`. What the request did not
 * have, which the service writes as `-`, is left out.
 */
export type AccessRecord = ReadonlyMap<string, string>

/** The format of an access log, ready to take lines apart. */
export interface AccessFormat {
  /** Undefined for a line that was not written in this format, such as one from before the format was changed. */
  read(line: string): AccessRecord | undefined
}

/**
 * Compiles the format of a stage: free text of one line with variables in it. Where it is JSON, lines are read as JSON,
 * which undoes escapes; lines that are not, because a value has a quote in it or stands for a number that there is not,
 * are read like any other text, by what stands between the variables.
 * Source of the grammar and of the variables: "Set up CloudWatch logging for REST APIs" and its counterparts for
 * WebSocket and HTTP APIs, Developer Guide.
 */
export function accessFormat(format: string): AccessFormat {
  const text = textFormat(format.trim())
  const json = jsonFormat(format)
  return {
    read(line) {
      const values = json?.(line) ?? text(line.trim())
      const present = new Map([...(values ?? [])].filter(([, value]) => value !== ABSENT))
      // A format must have one of the two, and every request has both.
      return present.has('requestId') || present.has('extendedRequestId') ? present : undefined
    },
  }
}

const ABSENT = '-'

type Values = Map<string, string>

/** `$context.status` or `${context.status}`. Only keys that an authorizer chose have other characters than letters. */
const VARIABLE =
  /\$(?:\{context\.([\w.:-]+)\}|context\.(authorizer(?:\.\w(?:[\w:-]*\w)?)+|\w+(?:\.\w+)*)|\{?(stageVariables\.\w+)\}?)/g

/** The texts around the variables, one more than there are variables, and the names of the variables. */
function partsOf(format: string): {literals: string[]; variables: string[]} {
  const found = [...format.matchAll(VARIABLE)]
  const starts = found.map(match => match.index)
  const ends = found.map(match => match.index + match[0].length)
  return {
    literals: [0, ...ends].map((end, index) => format.slice(end, starts[index])),
    variables: found.map(([, braced, plain, stage]) => braced ?? plain ?? stage ?? ''),
  }
}

/** What a value can be, where that is known: it tells the space in a line that ends a value from one within a value. */
interface Shape {
  pattern: RegExp
  /** Whether a value that does not fit may fit when it goes on. */
  spaced: boolean
}

const STATUS: Shape = {pattern: /^\d{3}$/, spaced: false}
const NUMBER: Shape = {pattern: /^\d+(\.\d+)?$/, spaced: false}
const WORD: Shape = {pattern: /^\S+$/, spaced: false}
const TIME: Shape = {pattern: /^\d\d\/\w{3}\/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}$/, spaced: true}
const ANYTHING: Shape = {pattern: /^/, spaced: true}

const WORDS = new Set([
  ...['requestId', 'extendedRequestId', 'connectionId', 'messageId', 'integration.requestId', 'xrayTraceId'],
  ...['awsEndpointRequestId', 'apiId', 'deploymentId', 'stage', 'resourceId', 'accountId', 'domainName'],
  ...['domainPrefix', 'httpMethod', 'resourcePath', 'path', 'protocol', 'eventType', 'identity.sourceIp'],
  ...['identity.apiKeyId', 'identity.accountId', 'identity.caller', 'identity.user', 'identity.userArn'],
])

function shapeOf(variable: string): Shape {
  if (variable === 'requestTime') return TIME
  if (WORDS.has(variable)) return WORD
  if (/(^|\.)(status|integrationStatus)$/.test(variable)) return STATUS
  if (/(^|\.)(\w*[lL]atency|responseLength|dataProcessed|requestTimeEpoch|connectedAt)$/.test(variable)) return NUMBER
  return ANYTHING
}

/** Places that are tried in one line. Others end long before; this is for lines made to be costly. */
const MAX_STEPS = 100_000

/** Reads lines by what stands between the variables; the first way in which all values have their shape. */
function textFormat(format: string): (line: string) => Values | undefined {
  const {literals, variables} = partsOf(format)
  const shapes = variables.map(shapeOf)
  return line => {
    const values: string[] = []
    const failed = new Set<number>()
    let steps = 0

    function fits(index: number, start: number): boolean {
      const shape = shapes[index]
      if (!shape) return start === line.length
      const place = index * (line.length + 1) + start
      if (failed.has(place)) return false
      const literal = literals[index + 1] ?? ''
      for (const end of endsOf(line, start, literal, index === shapes.length - 1)) {
        if (++steps > MAX_STEPS) return false
        const value = line.slice(start, end)
        if (value === ABSENT || shape.pattern.test(value)) {
          values[index] = value
          if (fits(index + 1, end + literal.length)) return true
        } else if (!shape.spaced && /\s/.test(value)) break
      }
      failed.add(place)
      return false
    }

    const [first = ''] = literals
    if (!line.startsWith(first) || !fits(0, first.length)) return undefined
    return new Map(variables.map((variable, index) => [variable, values[index] ?? '']))
  }
}

/** Where a value can end, nearest first: before the text that follows it; the last value only before the end. */
function* endsOf(line: string, start: number, literal: string, isLast: boolean): Generator<number> {
  if (isLast) {
    const end = line.length - literal.length
    if (end >= start && line.endsWith(literal)) yield end
    return
  }
  // With nothing between two variables, each has at least one character.
  for (let end = line.indexOf(literal, literal === '' ? start + 1 : start); end !== -1; ) {
    yield end
    end = end < line.length ? line.indexOf(literal, end + 1) : -1
  }
}

/** A text of the format's JSON that has variables in it. */
interface Member {
  path: string[]
  read(text: string): Values | undefined
}

/** Undefined for a format that is not a JSON object. */
function jsonFormat(format: string): ((line: string) => Values | undefined) | undefined {
  const members = membersOf(quotedVariables(format))
  if (!members) return undefined
  return line => {
    const record = parsed(line)
    if (record === undefined) return undefined
    const values: Values = new Map()
    for (const {path, read} of members) {
      const value = path.reduce<unknown>((at, name) => (isMap(at) ? at[name] : undefined), record)
      if (value === undefined || value === null) continue
      const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
      for (const [variable, found] of read(text) ?? []) values.set(variable, found)
    }
    return values
  }
}

/** The format with quotes around the variables that stand outside of a text, as in `"status": $context.status`. */
function quotedVariables(format: string): string {
  const {literals} = partsOf(format)
  const found = [...format.matchAll(VARIABLE)].map(([variable]) => variable)
  let isInText = false
  return literals
    .map((literal, index) => {
      for (const _ of literal.replace(/\\./g, '').matchAll(/"/g)) isInText = !isInText
      const variable = found[index] ?? ''
      return literal + (isInText || variable === '' ? variable : `"${variable}"`)
    })
    .join('')
}

function membersOf(format: string): Member[] | undefined {
  const template = parsed(format)
  if (template === undefined) return undefined
  const members: Member[] = []
  const visit = (value: unknown, path: string[]) => {
    if (isMap(value)) for (const [name, member] of Object.entries(value)) visit(member, [...path, name])
    if (typeof value === 'string') members.push({path, read: memberReader(value)})
  }
  visit(template, [])
  return members
}

/** A text that is one variable and nothing else has the value, whatever it looks like. */
function memberReader(text: string): Member['read'] {
  const {literals, variables} = partsOf(text)
  const [variable] = variables
  if (variable === undefined) return () => undefined
  if (literals.every(literal => literal === '') && variables.length === 1) return value => new Map([[variable, value]])
  return textFormat(text)
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isMap(value) ? value : undefined
  } catch {
    return undefined
  }
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value)
