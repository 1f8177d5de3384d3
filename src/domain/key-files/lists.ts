import type {Tags} from '../tags.js'

// How a cell holds several plans or tags, so that whatever the service takes as a name survives.

/**
 * Names with commas between them; a comma, a backslash or an outer space that belongs to a name has a backslash before it:
 * `gold,trial\, 30 days`. Any other backslash is one.
 */
export function readNames(text: string): string[] {
  const names: string[] = []
  let name = ''
  /** Up to where the spaces at the end are part of the name. */
  let kept = 0
  const take = () => {
    const end = name.slice(kept).trimEnd().length + kept
    if (end > 0) names.push(name.slice(0, end))
    name = ''
    kept = 0
  }
  for (let at = 0; at < text.length; at++) {
    const character = text[at] as string
    const next = text[at + 1] ?? ''
    if (character === '\\' && (next === ',' || next === '\\' || (next !== '' && next.trim() === ''))) {
      name += next
      kept = name.length
      at++
    } else if (character === ',') take()
    else if (name !== '' || character.trim() !== '') name += character
  }
  take()
  return names
}

/** @returns what `readNames` reads as the same names */
export function namesText(names: readonly string[]): string {
  const outer = (blanks: string) => blanks.replace(/\s/g, '\\$&')
  return names.map(name => name.replace(/[,\\]/g, '\\$&').replace(/^\s+|\s+$/g, outer)).join(',')
}

/**
 * Tags as in a URL: `team=shop&stage=test`. A `%` or `&`, and in the name a `=`, is written as %25, %26 and %3D; all else as
 * it is.
 * @returns undefined where a `%` begins none of these, a tag comes twice or has no name
 */
export function readTags(text: string): Tags | undefined {
  const tags = new Map<string, string>()
  for (const pair of text === '' ? [] : text.split('&')) {
    const cut = pair.indexOf('=')
    const name = decoded(cut < 0 ? pair : pair.slice(0, cut))
    const value = decoded(cut < 0 ? '' : pair.slice(cut + 1))
    if (!name || value === undefined || tags.has(name)) return undefined
    tags.set(name, value)
  }
  return Object.fromEntries(tags)
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

/** @returns what `readTags` reads as the same tags; in the order of their names */
export function tagsCell(tags: Tags): string {
  const names = Object.keys(tags).sort()
  return names
    .map(name => `${name.replace(/[%&=]/g, encodeURIComponent)}=${tags[name]?.replace(/[%&]/g, encodeURIComponent)}`)
    .join('&')
}
