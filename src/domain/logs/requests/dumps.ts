/**
 * The value of one name in a dump of the data trace, `{Host=x, User-Agent=y}`. Nothing is quoted there: a value ends at
 * the next `, name=`, at the closing brace, or where the service cut the line. Names in lower case are found too.
 */
export function dumpedValue(dump: string, name: string): string | undefined {
  const start = startOfValue(dump, name) ?? startOfValue(dump, name.toLowerCase())
  if (start === undefined) return undefined
  VALUE_END.lastIndex = start
  return dump.slice(start, VALUE_END.exec(dump)?.index ?? dump.length)
}

const VALUE_END = /, [\w.-]{1,128}=|\}\s*$| \[TRUNCATED\]\s*$/g

function startOfValue(dump: string, name: string): number | undefined {
  if (dump.startsWith(`{${name}=`)) return name.length + 2
  const at = dump.indexOf(`, ${name}=`)
  return at < 0 ? undefined : at + name.length + 3
}

/** All names and values of a dump, in its order; a value that was cut off is left out. */
export function dumpedEntries(dump: string): [string, string][] {
  const inner = /^\{(.*?)(?:\}\s*|,[^,]* \[TRUNCATED\]\s*)$/s.exec(dump)?.[1]
  if (!inner) return []
  return inner.split(/, (?=[^,=]{1,128}=)/).map(part => {
    const cut = part.indexOf('=')
    return cut < 0 ? [part, ''] : [part.slice(0, cut), part.slice(cut + 1)]
  })
}
