/**
 * A regular expression written for Java, as selection patterns, validation expressions and templates are. Inline flags
 * at its start (`(?i)`, `(?s)`, `(?m)`) are carried over; what only Java knows (possessive quantifiers) fails.
 * @throws SyntaxError
 */
export function javaRegex(pattern: string, flags = ''): RegExp {
  const inline = /^\(\?([ism]+)\)/.exec(pattern)
  return new RegExp(pattern.slice(inline?.[0].length ?? 0), `${flags}${inline?.[1] ?? ''}`)
}

/**
 * Whether the expression matches the whole text, as Java's `matches` asks. What JavaScript cannot read as a regular
 * expression matches nothing.
 */
export function matchesWhole(pattern: string, text: string): boolean {
  try {
    const {source, flags} = javaRegex(pattern)
    return new RegExp(`^(?:${source})$`, flags).test(text)
  } catch {
    return false
  }
}
