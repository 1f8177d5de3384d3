/** Tags on one line: "team=shop, tier=free". */
export const tagsText = (tags: Record<string, string>): string =>
  Object.entries(tags)
    .map(([name, value]) => `${name}=${value}`)
    .join(', ')
