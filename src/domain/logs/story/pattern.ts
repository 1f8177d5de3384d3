/**
 * CloudWatch's filter pattern for lines that have one of some ids in them. Each is quoted: they have hyphens and equal
 * signs. Source: "Filter pattern syntax", CloudWatch Logs User Guide.
 */
export function anyOf(ids: readonly string[]): string {
  const [only, ...others] = ids.map(id => `"${id}"`)
  return others.length === 0 ? (only ?? '') : [only, ...others].map(id => `?${id}`).join(' ')
}
