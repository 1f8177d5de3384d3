/** A map of a definition, whose members nobody has checked yet. */
export type Tree = Record<string, unknown>

export const isTree = (value: unknown): value is Tree =>
  value !== null && typeof value === 'object' && !Array.isArray(value)

export const treeOf = (value: unknown): Tree => (isTree(value) ? value : {})

export const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])

/** Definitions write `200` or `true` where text is meant. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
}

/** Numbers are written as text, too. */
export function numberOf(value: unknown): number | undefined {
  const text = textOf(value)
  return text === undefined || text.trim() === '' || Number.isNaN(Number(text)) ? undefined : Number(text)
}

/**
 * The members of a map that are texts. What the service ignores with a warning is left out; null is an empty text, as
 * for the service, which keeps empty templates as null. Source: recorded integration responses.
 */
export function textsOf(value: unknown): Record<string, string> {
  const texts = Object.entries(treeOf(value)).map(([key, text]) => [key, text ?? ''])
  return Object.fromEntries(texts.filter(([, text]) => typeof text === 'string'))
}

/** Follows `$ref` within a definition, as far as it leads; one to nowhere, or in a circle, gives an empty map. */
export function resolved(root: Tree, value: unknown): Tree {
  const followed = new Set<string>()
  let current = treeOf(value)
  while (typeof current.$ref === 'string') {
    if (followed.has(current.$ref)) return {}
    followed.add(current.$ref)
    current = treeOf(pointed(root, current.$ref))
  }
  return current
}

/** What `#/a/b~1c` points to; undefined for what is not in the definition. */
export function pointed(root: Tree, reference: string): unknown {
  if (!reference.startsWith('#/')) return undefined
  let current: unknown = root
  for (const part of reference.slice(2).split('/')) {
    const name = decoded(part).replaceAll('~1', '/').replaceAll('~0', '~')
    if (!isTree(current) || !Object.hasOwn(current, name)) return undefined
    current = current[name]
  }
  return current
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
