/** Headers or query parameters: names as they were sent, in order, each with all its values. */
export type Fields = Map<string, string[]>

/** Pairs a flat `name, value, name, value` list, as node keeps raw headers. Names that differ only in case are one. */
export function headerFields(raw: readonly string[]): Fields {
  const fields: Fields = new Map()
  const spelling = new Map<string, string>()
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const lower = raw[i]!.toLowerCase()
    const name = spelling.get(lower) ?? raw[i]!
    spelling.set(lower, name)
    fields.set(name, [...(fields.get(name) ?? []), raw[i + 1]!])
  }
  return fields
}

export function queryFields(query: Iterable<[string, string]>): Fields {
  const fields: Fields = new Map()
  for (const [name, value] of query) fields.set(name, [...(fields.get(name) ?? []), value])
  return fields
}

/** The last value of a header, its name in any case. */
export function header(fields: Fields, name: string): string | undefined {
  return headerValues(fields, name)?.at(-1)
}

export function headerValues(fields: Fields, name: string): string[] | undefined {
  const lower = name.toLowerCase()
  for (const [key, values] of fields) if (key.toLowerCase() === lower) return values
  return undefined
}

/** Sets a header under the given spelling, in place of any other spelling of it. */
export function setHeader(fields: Fields, name: string, ...values: string[]): void {
  removeHeader(fields, name)
  fields.set(name, values)
}

export function removeHeader(fields: Fields, name: string): void {
  const lower = name.toLowerCase()
  for (const key of fields.keys()) if (key.toLowerCase() === lower) fields.delete(key)
}

/** One value per name: the last, which is what API Gateway hands on where only one fits. */
export function lastValues(fields: Fields): Record<string, string> {
  return Object.fromEntries([...fields].map(([name, values]) => [name, values.at(-1) ?? '']))
}

/** A Content-Type or Accept entry without its parameters, in lower case. */
export function mediaType(value: string | undefined): string | undefined {
  return value?.split(/[;,]/, 1)[0]?.trim().toLowerCase() || undefined
}
